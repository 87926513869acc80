"""What each provider is told of a message, and what it is never asked."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from tests.senders.http_server import Desk, Heard, Reply, http_server
from tests.senders.mails import mail
from tests.senders.providers import EMAIL, PROVIDERS, SECRET, asked_by_us
from tests.senders.test_contract import hand_over

WAY_OUT = {"List-Unsubscribe": "<https://maison.example/u/a>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
STREAM = {"List-Id": "<news.maison.example>", "Feedback-ID": "welcome/hello:news:maison:maisonexample"}
OF_ITS_OWN = {"brevo": {"X-Mailin-custom": "a"}, "mailjet": {}, "sendgrid": {"Message-ID": "<a@maison.example>"}, "mailgun": {"Message-ID": "<a@maison.example>"}, "postmark": {}, "listmonk": {"Message-ID": "<a@maison.example>"}}  # fmt: skip


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("MAIL_KEY", SECRET)


@pytest.fixture
def desk(provider: str) -> Iterator[Desk]:
    with http_server(PROVIDERS[provider].answer) as desk:
        yield desk


@pytest.mark.parametrize("provider", EMAIL)
def test_the_key_the_names_and_the_further_headers_travel(provider: str, desk: Desk) -> None:
    hand_over(PROVIDERS[provider].sender(desk.url), [mail("a", headers=WAY_OUT | STREAM, reply_to="service@maison.example")])
    [heard] = desk.heard
    [arrived] = PROVIDERS[provider].read(heard)
    assert asked_by_us(provider, heard)
    assert arrived.key == "a"
    assert arrived.sender == ("Maison Élégante, fils", "bonjour@maison.example")
    assert arrived.reply_to == "service@maison.example"
    withheld = {"List-Id"} if provider == "mailjet" else set()
    assert arrived.headers == {name: value for name, value in (WAY_OUT | STREAM).items() if name not in withheld} | OF_ITS_OWN[provider]


@pytest.mark.parametrize("provider", EMAIL)
def test_what_a_message_has_not_leaves_no_trace(provider: str, desk: Desk) -> None:
    [receipt] = hand_over(PROVIDERS[provider].sender(desk.url), [mail("a", html="", sender_name="")])
    [arrived] = PROVIDERS[provider].read(desk.heard[0])
    assert (receipt.state, arrived.html, arrived.sender, arrived.reply_to) == ("accepted", "", ("", "bonjour@maison.example"), "")
    assert not hollow(desk.heard[0].form if provider == "mailgun" else desk.heard[0].json)


def hollow(part: Any) -> bool:
    """Whether there is an empty value anywhere in *part*."""
    match part:
        case dict():
            return not part or any(map(hollow, part.values()))
        case list():
            return not part or any(map(hollow, part))
        case _:
            return part in ("", None)


@pytest.mark.parametrize(("provider", "requests"), [("brevo", 1), ("mailjet", 1), ("postmark", 1), ("sendgrid", 3), ("mailgun", 3), ("listmonk", 3)])
def test_messages_go_together_where_the_provider_takes_several(provider: str, requests: int, desk: Desk) -> None:
    hand_over(PROVIDERS[provider].sender(desk.url, per_request=50), [mail(key) for key in "abc"])
    assert len(desk.heard) == requests


@pytest.mark.parametrize("provider", ["brevo", "mailjet", "postmark"])
def test_a_request_carries_one_message_unless_the_settings_say_otherwise_so_that_a_lost_answer_costs_no_more(provider: str, desk: Desk) -> None:
    hand_over(PROVIDERS[provider].sender(desk.url), [mail(key) for key in "abc"])
    assert [len(PROVIDERS[provider].read(heard)) for heard in desk.heard] == [1, 1, 1]


HOUR = datetime(2026, 9, 14, 7, 0)


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        ("brevo", lambda heard: heard.json["scheduledAt"] == "2026-09-14T07:00:00+00:00"),
        ("sendgrid", lambda heard: heard.json["send_at"] == 1789369200),
        ("mailgun", lambda heard: heard.form["o:deliverytime"] == "Mon, 14 Sep 2026 07:00:00 +0000"),
    ],
    ids=["brevo", "sendgrid", "mailgun"],
)
def test_a_provider_that_schedules_is_told_when_a_message_shall_go(provider: str, told: Callable[[Heard], bool], desk: Desk) -> None:
    sender = PROVIDERS[provider].sender(desk.url, schedule_ahead=60)
    [receipt] = hand_over(sender, [mail("a", send_at=HOUR)])
    assert receipt.state == "accepted"
    assert told(desk.heard[0])
    assert sender.pace.ahead == timedelta(hours=1)


@pytest.mark.parametrize("provider", ["brevo"])
def test_messages_of_two_hours_never_share_a_request_that_has_one(provider: str, desk: Desk) -> None:
    hand_over(PROVIDERS[provider].sender(desk.url, per_request=50, schedule_ahead=60), [mail("a", send_at=HOUR), mail("b"), mail("c")])
    assert [heard.json.get("scheduledAt") for heard in desk.heard] == ["2026-09-14T07:00:00+00:00", None]


@pytest.mark.parametrize("provider", ["mailjet", "postmark", "listmonk"])
def test_a_provider_that_does_not_schedule_is_not_asked_to(provider: str, desk: Desk) -> None:
    with pytest.raises(ValidationError, match=f"{provider} cannot be told when a message shall go"):
        PROVIDERS[provider].sender(desk.url, schedule_ahead=60)
    [receipt] = hand_over(PROVIDERS[provider].sender(desk.url), [mail("a", send_at=HOUR)])
    assert (receipt.state, desk.heard) == ("refused", [])


@pytest.mark.parametrize("provider", ["brevo", "mailjet", "postmark"])
def test_a_request_carries_no_more_messages_than_the_settings_say(provider: str, desk: Desk) -> None:
    sender = PROVIDERS[provider].sender(desk.url, per_request=2)
    hand_over(sender, [mail(key) for key in "abcde"])
    assert [len(PROVIDERS[provider].read(heard)) for heard in desk.heard] == [2, 2, 1]


@pytest.mark.parametrize("provider", ["brevo"])
def test_messages_of_two_senders_never_share_a_request(provider: str, desk: Desk) -> None:
    hand_over(
        PROVIDERS[provider].sender(desk.url, per_request=50), [mail("a"), mail("b", sender="autre@maison.example"), mail("c", sender="autre@maison.example")]
    )
    assert [PROVIDERS[provider].read(heard)[0].sender[1] for heard in desk.heard] == ["bonjour@maison.example", "autre@maison.example"]


@pytest.mark.parametrize("provider", ["brevo"])
def test_brevo_gets_the_same_key_for_the_same_messages_and_what_it_knows_already_is_unknown(provider: str, desk: Desk) -> None:
    sender = PROVIDERS[provider].sender(desk.url, per_request=50)
    hand_over(sender, [mail("a"), mail("b")])
    hand_over(sender, [mail("a"), mail("b")])
    hand_over(sender, [mail("a")])
    first, again, other = [heard.json["headers"]["idempotencyKey"] for heard in desk.heard]
    assert first == again != other
    assert UUID(first).version == 5
    desk.faults = [Reply(400, {"code": "duplicate_parameter", "message": "Request already processed"})]
    receipts = hand_over(sender, [mail("a"), mail("b")])
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("unknown", "Brevo has processed this request before: Request already processed")] * 2
    assert len(desk.heard) == 4


@pytest.mark.parametrize(("provider", "text"), [("brevo", "Bonjour {{ params.x }}"), ("brevo", "Bonjour {% if %}"), ("listmonk", "{{ .Subscriber.Email }}")])
def test_what_a_provider_would_read_as_its_own_code_is_refused(provider: str, text: str, desk: Desk) -> None:
    receipts = hand_over(PROVIDERS[provider].sender(desk.url), [mail("a", text=text), mail("b")])
    assert [receipt.state for receipt in receipts] == ["refused", "accepted"]
    assert "which the provider would read as its own template language" in receipts[0].error


@pytest.mark.parametrize("provider", ["sendgrid"])
def test_the_same_signs_are_text_elsewhere(provider: str, desk: Desk) -> None:
    [receipt] = hand_over(PROVIDERS[provider].sender(desk.url), [mail("a", text="$text {{ x }}", subject="$to")])
    [arrived] = PROVIDERS[provider].read(desk.heard[0])
    assert (receipt.state, arrived.text, arrived.subject) == ("accepted", "$text {{ x }}", "$to")


@pytest.mark.parametrize("provider", ["mailjet"])
def test_a_sender_that_mailjet_does_not_know_is_no_fault_of_the_message(provider: str, desk: Desk) -> None:
    wrong = {
        "Status": "error",
        "Errors": [{"ErrorCode": "send-0008", "StatusCode": 403, "ErrorMessage": '"bonjour@maison.example" is not an authorized sender'}],
    }
    desk.faults = [Reply(403, {"Messages": [wrong, wrong]})]
    with PROVIDERS[provider].sender(desk.url, per_request=50).session() as session:
        receipts = [*session.send([mail("a"), mail("b")]), *session.send([mail("c")])]
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("retry", '"bonjour@maison.example" is not an authorized sender')] * 3
    assert len(desk.heard) == 1


@pytest.mark.parametrize(
    ("provider", "reply"),
    [
        ("mailjet", Reply(400, {"Messages": [{"Status": "success", "To": [{"MessageID": 7}]}, {"Status": "error"}]})),
        ("mailjet", Reply(200, {"Messages": [{"Status": "success", "To": [{"MessageID": 7}]}]})),
        ("brevo", Reply(201, {"messageIds": ["<1@brevo.example>"]})),
        ("postmark", Reply(200, [{"ErrorCode": 0, "MessageID": "1"}, {}])),
    ],
    ids=["an error without a reason", "one answer for two", "one id for two", "an answer without a code"],
)
def test_half_an_answer_leaves_both_messages_unknown_and_nothing_is_sent_again(provider: str, desk: Desk, reply: Reply) -> None:
    desk.faults = [reply]
    receipts = hand_over(PROVIDERS[provider].sender(desk.url, per_request=50), [mail("a"), mail("b")])
    assert [receipt.state for receipt in receipts] == ["unknown", "unknown"]
    assert len(desk.heard) == 1


@pytest.mark.parametrize("provider", ["postmark"])
@pytest.mark.parametrize(("code", "state"), [(405, "retry"), (412, "retry"), (429, "retry"), (300, "refused")])
def test_postmark_says_in_numbers_of_its_own_whose_fault_it_is(provider: str, code: int, state: str, desk: Desk) -> None:
    desk.faults = [Reply(422, {"ErrorCode": code, "Message": "so it is"}), Reply(422, {"ErrorCode": code, "Message": "so it is"})]
    receipts = hand_over(PROVIDERS[provider].sender(desk.url), [mail("a")])
    assert [(receipt.state, receipt.error.removeprefix("422 ")) for receipt in receipts] == [(state, "so it is")]


@pytest.mark.parametrize("provider", ["mailjet"])
def test_headers_that_a_provider_writes_itself_are_left_to_it(provider: str, desk: Desk) -> None:
    [receipt] = hand_over(PROVIDERS[provider].sender(desk.url), [mail("a", headers={"List-Id": "<news.maison.example>", **WAY_OUT})])
    [arrived] = PROVIDERS[provider].read(desk.heard[0])
    assert (receipt.state, arrived.headers) == ("accepted", WAY_OUT)


@pytest.mark.parametrize("provider", ["sendgrid"])
def test_a_header_of_two_lines_is_refused(provider: str, desk: Desk) -> None:
    [receipt] = hand_over(PROVIDERS[provider].sender(desk.url), [mail("a", headers={"X-Note": "one\r\nBcc: all@example.org"})])
    assert (receipt.state, receipt.error) == ("refused", "the value of header `X-Note` is not one line of ASCII")
    assert desk.heard == []
