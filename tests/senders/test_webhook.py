"""What a receiver is posted, and how it knows who posted it."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from senders.webhook import WebhookSettings, signature, signing_key
from senders.wiring import sender_from
from tests.senders.http_server import Desk, Reply, http_server
from tests.senders.mails import clock, mail
from tests.senders.providers import HOOK_SECRET, PROVIDERS
from tests.senders.test_contract import hand_over

HOOK = PROVIDERS["webhook"]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HOOK_SECRET", HOOK_SECRET)
    with http_server(HOOK.answer) as desk:
        yield desk


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that the libraries of Standard Webhooks are tested with."""
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}') == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_the_signature(desk: Desk) -> None:
    hand_over(HOOK.sender(desk.url), [HOOK.message("a")])
    [heard] = desk.heard
    signed = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.content
    expected = hmac.new(base64.b64decode(HOOK_SECRET.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert heard.headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert heard.headers["webhook-timestamp"] == str(int((datetime(2026, 9, 14, 4, 12) - datetime(1970, 1, 1)).total_seconds())), "of the request, not the pass"


def test_a_message_is_told_in_full_and_the_same_way_at_every_attempt(desk: Desk) -> None:
    hand_over(HOOK.sender(desk.url), [HOOK.message("a", text="Rappeler Zoé", locale="fr")])
    hand_over(HOOK.sender(desk.url), [HOOK.message("a", text="Rappeler Zoé", locale="fr", date=datetime(2026, 9, 15, 4, 0))])
    first, again = desk.heard
    assert first.json == {"type": "message", "data": {"message_key": "a", "channel": "webhook", "to": "contact 7", "locale": "fr", "text": "Rappeler Zoé"}}
    assert first.content == again.content


def test_a_template_that_writes_an_object_is_told_as_one(desk: Desk) -> None:
    [receipt] = hand_over(HOOK.sender(desk.url), [HOOK.message("a", text='{"task": "call", "who": "Zoé \\"Z\\""}')])
    assert receipt.state == "accepted"
    assert desk.heard[0].json["data"] == {
        "message_key": "a",
        "channel": "webhook",
        "to": "contact 7",
        "locale": "fr",
        "content": {"task": "call", "who": 'Zoé "Z"'},
    }


def test_other_channels_travel_too(desk: Desk) -> None:
    sender = HOOK.sender(desk.url, channels=["email", "sms"])
    hand_over(sender, [mail("a")])
    data = desk.heard[0].json["data"]
    assert (sender.channels, data["channel"], data["to"], data["html"]) == ({"email", "sms"}, "email", "zoe@example.org", mail("a").html)


def test_an_id_never_holds_the_full_stop_that_ends_it(desk: Desk) -> None:
    desk.faults = [Reply(204)]
    hand_over(HOOK.sender(desk.url), [HOOK.message("one.two trois é")])
    assert desk.heard[0].headers["webhook-id"] == "one%2Etwo%20trois%20%C3%A9"


def test_the_address_may_be_a_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_URL", f"{desk.url}/hooks/relance?shop=1")
    sender = sender_from(WebhookSettings(kind="webhook", name="crm", url_env="HOOK_URL", secret_env="HOOK_SECRET"), Path(), clock)
    desk.faults = [Reply(404, {"message": "Cannot POST /hooks/relance?shop=1"})]
    [receipt] = hand_over(sender, [HOOK.message("a")])
    assert (receipt.state, receipt.error) == ("retry", "404 Cannot POST …")
    [receipt] = hand_over(sender, [HOOK.message("a")])
    assert receipt.state == "accepted"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HOOK_URL", "", "HOOK_URL, which holds the address, is not set"),
        ("HOOK_URL", "http://crm.example/hook", "HOOK_URL, which holds the address, is no https:// address"),
        ("HOOK_SECRET", "", "HOOK_SECRET, which holds the secret, is not set"),
        ("HOOK_SECRET", "right-horse", "the signing secret is not `whsec_` and the base64 of 24 to 64 random bytes"),
        ("HOOK_SECRET", "whsec_c2hvcnQ=", "the signing secret is not `whsec_` and the base64 of 24 to 64 random bytes"),
    ],
    ids=["no address", "address in the clear", "no secret", "another kind of secret", "short secret"],
)
def test_what_the_environment_lacks_is_said_and_everything_waits(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str) -> None:
    for name, usual in {"HOOK_URL": "https://crm.example/hook", "HOOK_SECRET": HOOK_SECRET, variable: value}.items():
        monkeypatch.setenv(name, usual)
    sender = sender_from(WebhookSettings(kind="webhook", name="crm", url_env="HOOK_URL", secret_env="HOOK_SECRET"), Path(), clock)
    receipts = hand_over(sender, [HOOK.message("a"), HOOK.message("b")])
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("retry", said)]


@pytest.mark.parametrize("status", [409, 500, 502, 504])
def test_a_receiver_that_failed_is_asked_again(desk: Desk, status: int) -> None:
    desk.faults = [Reply(status)]
    assert [hand_over(HOOK.sender(desk.url), [HOOK.message("a")])[0].state for _ in range(2)] == ["retry", "accepted"]


def test_a_receiver_that_is_gone_is_left_alone(desk: Desk) -> None:
    desk.faults = [Reply(410)]
    receipts = hand_over(HOOK.sender(desk.url), [HOOK.message("a"), HOOK.message("b")])
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("retry", "410 Gone")]
    assert len(desk.heard) == 1
