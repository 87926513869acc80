"""What providers are asked of messages whose answer was lost, and what of their answers counts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from senders.message import Answers, Lost, Sender
from tests.senders.http_server import CUT, SLOW, Desk, Reply, http_server
from tests.senders.logs import ASKED, SG_REST
from tests.senders.mails import PLAIN
from tests.senders.providers import PROVIDERS, SECRET, SECRETS, Provider
from tests.senders.test_contract import hand_over


@pytest.fixture
def provider(name: str) -> Provider:
    return PROVIDERS[name]


@pytest.fixture
def desk(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for variable, value in {"NO_PROXY": "127.0.0.1", **SECRETS}.items():
        monkeypatch.setenv(variable, value)
    with http_server(provider.keeper()) as desk:
        yield desk


def lost(provider: Provider, keys: str, **changes: Any) -> list[Lost]:
    return [Lost(key, changes.get("to", provider.message(key).to), PLAIN.date) for key in keys]


def asked(sender: Sender, messages: list[Lost]) -> Iterator[tuple[str, str]]:
    assert isinstance(sender, Answers)
    answers = sender.has(messages)
    assert answers is not None
    return answers


MAILGUN_LOG = {
    "start": "Mon, 14 Sep 2026 03:00:00 +0000",
    "events": ["accepted"],
    "filter": {
        "AND": [
            {"attribute": "domain", "comparator": "=", "values": [{"label": "mg.maison.example", "value": "mg.maison.example"}]},
            {"attribute": "recipient", "comparator": "=", "values": [{"label": "zoe@example.org", "value": "zoe@example.org"}]},
        ]
    },
    "pagination": {"sort": "timestamp:desc", "limit": 100},
}
QUESTIONS: dict[str, tuple[str, dict[str, Any] | None]] = {
    "brevo_sms": ("/v3/transactionalSMS/statistics/events?tags=%5B%22k%22%5D&limit=100", None),
    "mailjet": ("/v3/REST/message?CustomID=k&ShowCustomID=true&FromTS=1789354800&Limit=100", None),
    "mailgun": ("/v1/analytics/logs", MAILGUN_LOG),
    "postmark": ("/messages/outbound?count=100&offset=0&metadata_message_key=k&messagestream=broadcast", None),
    "sendgrid": ("/v3/logs", {"query": 'to_email = "zoe@example.org" AND sg_message_id_created_at >= TIMESTAMP "2026-09-14T03:00:00Z"', "limit": 1000}),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_provider_is_asked_as_its_documentation_says_from_an_hour_before_the_hand_over_on(name: str, provider: Provider, desk: Desk) -> None:
    path, body = QUESTIONS[name]
    assert dict(asked(provider.sender(desk.url), lost(provider, "k"))) == {"k": ""}
    first = desk.heard[0]
    assert (first.path, first.method, json.loads(first.content) if first.content else None) == (path, "POST" if body else "GET", body)


NOBODY = {
    "brevo_sms": {"events": [{"messageId": "<1@b>", "event": "requests", "tag": "x"}, {"messageId": "<2@b>", "event": "requests"}]},
    "mailjet": {"Data": [{"ID": 1, "CustomID": "x"}, {"ID": 2}]},
    "mailgun": {"items": [{"message": {"headers": {"message-id": "k@maison.example"}}, "user-variables": '{"message_key": "kk"}'}]},
    "postmark": {"Messages": [{"MessageID": "1", "Metadata": {"message_key": "x"}}, {"MessageID": "2", "Metadata": {}}]},
    "sendgrid": {"messages": []},
}


@pytest.mark.parametrize("name", ASKED)
def test_what_an_answer_says_without_our_key_counts_for_nothing(name: str, provider: Provider, desk: Desk) -> None:
    desk.faults = [Reply(200, NOBODY[name])]
    assert dict(asked(provider.sender(desk.url), lost(provider, "k"))) == {"k": ""}


@pytest.mark.parametrize("name", ["brevo_sms"])
def test_a_tag_may_come_back_as_a_list_in_text(name: str, provider: Provider, desk: Desk) -> None:
    desk.faults = [Reply(200, {"events": [{"messageId": "<1@b>", "event": "requests", "tag": '["k"]'}]})]
    assert dict(asked(provider.sender(desk.url), lost(provider, "k"))) == {"k": "<1@b>"}


@pytest.mark.parametrize("name", ["postmark"])
def test_a_message_that_was_taken_twice_has_the_id_of_its_latest_try(name: str, provider: Provider, desk: Desk) -> None:
    desk.faults = [Reply(200, {"Messages": [{"MessageID": id, "Metadata": {"message_key": "k"}} for id in ("2", "1")]})]
    assert dict(asked(provider.sender(desk.url), lost(provider, "k"))) == {"k": "2"}


@pytest.mark.parametrize("name", ["sendgrid"])
@pytest.mark.parametrize("args", [{"unique_args": '{"message_key": "k"}'}, {"unique_args": "{'message_key': 'k'}"}, {"custom_args": {"message_key": "k"}}])
def test_variables_may_come_as_text(name: str, provider: Provider, desk: Desk, args: dict[str, Any]) -> None:
    entry = {"sg_message_id": f"abc{SG_REST}"}
    desk.faults = [Reply(200, {"messages": [entry]}), Reply(200, entry | args)]
    assert dict(asked(provider.sender(desk.url), lost(provider, "k"))) == {"k": "abc"}


@pytest.mark.parametrize("name", ["mailgun"])
def test_a_list_is_read_to_where_the_message_is_or_to_its_last_page(name: str, provider: Provider, desk: Desk) -> None:
    sender = provider.sender(desk.url)
    named = {receipt.key: receipt.provider_message_id for receipt in hand_over(sender, [provider.message(key) for key in "abc"])}
    desk.heard.clear()
    assert dict(asked(sender, lost(provider, "b"))) == {"b": named["b"]}
    assert [heard.json["pagination"].get("token") for heard in desk.heard] == [None, "1", "2"]
    desk.heard.clear()
    assert dict(asked(sender, lost(provider, "d"))) == {"d": ""}
    assert [heard.json["pagination"].get("token") for heard in desk.heard] == [None, "1", "2", "3", "4"]


FAULTS = {
    "wrong key": (Reply(401, {"message": f"no such key {SECRET}"}), "127.0.0.1 answered 401 no such key …: the API key may not look for messages"),
    "no right": (Reply(403, {"errors": [{"message": "access forbidden"}]}), "127.0.0.1 answered 403 access forbidden: the API key may not look for messages"),
    "too often": (Reply(429), "127.0.0.1 answered 429 Too Many Requests: ask again later"),
    "out of order": (Reply(500, b"<html>"), "127.0.0.1 answered 500 Internal Server Error: ask again later"),
    "moved": (Reply(302), "127.0.0.1 answered 302 Found"),
    "half an answer": (Reply(200, b"{"), "127.0.0.1 answered in a form that cannot be read"),
    "another form": (Reply(200, [{"Count": 1}]), "127.0.0.1 answered in a form that cannot be read"),
    "no answer": (CUT, "127.0.0.1: Server disconnected without sending a response."),
}
RIGHTS = {
    "mailgun": "; a sending key cannot, give the sender a key of the account",
    "sendgrid": "; one with restricted access needs the right to read the e-mail logs",
}


@pytest.mark.parametrize(("name", "faults"), [(name, [*FAULTS] if name == "sendgrid" else ["no right", "another form"]) for name in ASKED], ids=ASKED)
def test_a_provider_that_does_not_answer_is_told_of_in_plain_words_without_the_secret(name: str, faults: list[str], provider: Provider, desk: Desk) -> None:
    sender = provider.sender(desk.url)
    for reply, words in (FAULTS[fault] for fault in faults):
        desk.faults = [reply]
        with pytest.raises(ConnectionError) as failure:
            list(asked(sender, lost(provider, "k")))
        assert str(failure.value) == words + (RIGHTS.get(name, "") if reply.status in (401, 403) else "")


@pytest.mark.parametrize("name", ASKED)
def test_what_was_answered_before_a_fault_stands(name: str, provider: Provider, desk: Desk) -> None:
    sender = provider.sender(desk.url)
    [receipt] = hand_over(sender, [provider.message("a")])
    answers = asked(sender, lost(provider, "ab"))
    assert next(answers) == ("a", receipt.provider_message_id)
    desk.faults = [Reply(429)]
    with pytest.raises(ConnectionError, match="429"):
        next(answers)


@pytest.mark.parametrize("name", ASKED)
def test_a_fault_at_one_message_keeps_nobody_from_asking_for_the_others(name: str, provider: Provider, desk: Desk) -> None:
    sender = provider.sender(desk.url)
    named = {receipt.key: receipt.provider_message_id for receipt in hand_over(sender, [provider.message(key) for key in "abc"])}
    desk.faults = [Reply(404, {"message": "gone"}), CUT]
    answers, found = asked(sender, lost(provider, "abcd")), []
    with pytest.raises(ConnectionError, match="127.0.0.1 answered 404 gone"):
        found.extend(answers)
    assert found == [("c", named["c"]), ("d", "")]


@pytest.mark.parametrize("name", ["sendgrid"])
@pytest.mark.parametrize("reply", [Reply(401), Reply(403), Reply(429), SLOW], ids=["wrong key", "no right", "too often", "no answer"])
def test_a_provider_that_lets_nobody_ask_is_left_alone(name: str, provider: Provider, desk: Desk, reply: Reply) -> None:
    desk.faults = [Reply(404), reply]
    with pytest.raises(ConnectionError, match="timed out" if reply.slow else str(reply.status)):
        list(asked(provider.sender(desk.url, timeout=0.2), lost(provider, "abcd")))
    assert len(desk.heard) == 2


@pytest.mark.parametrize("name", ["sendgrid"])
def test_a_key_that_cannot_be_had_is_an_answer_that_is_missing(name: str, provider: Provider, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIL_KEY")
    answers = asked(provider.sender(desk.url), lost(provider, "k"))
    with pytest.raises(ConnectionError, match="MAIL_KEY"):
        next(answers)


@pytest.mark.parametrize("name", ["sendgrid"])
def test_an_address_is_asked_for_as_it_was_given_and_one_that_never_was_not_at_all(name: str, provider: Provider, desk: Desk) -> None:
    sender = provider.sender(desk.url)
    assert dict(
        asked(sender, [*lost(provider, "a", to='zoe" OR "1'), *lost(provider, "c", to="zoe\\@example.org"), *lost(provider, "b", to="zoe@exämple.org")])
    ) == {"b": ""}
    [query] = [heard.json["query"] for heard in desk.heard if heard.method == "POST"]
    assert query.startswith('to_email = "zoe@xn--exmple-cua.org" AND')


@pytest.mark.parametrize("name", ["listmonk", "twilio"])
def test_a_provider_that_cannot_tell_messages_by_our_key_is_not_asked(name: str, provider: Provider, desk: Desk) -> None:
    sender = provider.sender(desk.url)
    assert isinstance(sender, Answers)
    assert sender.has(lost(provider, "k")) is None
    assert desk.heard == []
