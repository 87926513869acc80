"""Pushes to apps: doubles of Google's token endpoint and of FCM, on one server."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from senders.message import Message, Sender, State
from senders.mobile_push import MobilePushSettings
from senders.wiring import sender_from
from tests.senders.http_server import Desk, Heard, Reply, http_server
from tests.senders.logs import Arrived
from tests.senders.mails import PLAIN, clock, mail
from tests.senders.test_contract import SenderContract, hand_over

KEY = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
TOKEN = "ya29.right-horse"
TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


def answer(heard: Heard) -> Reply:
    """A token for the service account; a name for each message that comes with it."""
    if heard.path == "/token":
        return Reply(200, {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})
    assert heard.path == "/v1/projects/maison-app/messages:send"
    assert heard.headers["authorization"] == f"Bearer {TOKEN}"
    return Reply(200, {"name": f"projects/maison-app/messages/{heard.json['message']['data']['message_key']}"})


def refused(status: int, code: str, google: str = "NOT_FOUND", words: str = "words") -> Reply:
    return Reply(status, {"error": {"code": status, "message": words, "status": google, "details": [{"@type": TYPE, "errorCode": code}] if code else []}})


@pytest.fixture(scope="module")
def shared() -> Iterator[Desk]:
    with http_server(answer) as desk:
        yield desk


@pytest.fixture
def desk(shared: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    shared.faults, shared.heard, shared.taken = [], [], []
    account = {
        "type": "service_account",
        "project_id": "maison-app",
        "private_key": KEY,
        "client_email": "a@maison.example",
        "token_uri": f"{shared.url}/token",
    }
    monkeypatch.setenv("FCM_ACCOUNT", json.dumps(account))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return shared


def sender_at(desk: Desk, root: Path = Path(), **settings: Any) -> Sender:
    told = {"kind": "mobile_push", "name": "app", "service_account_env": "FCM_ACCOUNT", "base_url": desk.url}
    return sender_from(MobilePushSettings.model_validate(told | settings), root, clock)


def push(key: str, **changes: Any) -> Message:
    return mail(key, **{"channel": "push", "to": f"token-{key}", "html": "", "sender": "", "text": "À très vite"} | changes)


def pushes(desk: Desk) -> list[dict[str, Any]]:
    return [heard.json["message"] for heard in desk.taken if heard.path != "/token"]


class TestMobilePush(SenderContract):
    unwritable = ({"to": "two words"}, "the address is no registration token of an app")
    desk: Desk

    @pytest.fixture
    def sender(self, desk: Desk) -> Sender:
        self.desk = desk
        return sender_at(desk)

    def message(self, key: str, **changes: Any) -> Message:
        return push(key, **changes)

    def arrived(self) -> list[Arrived]:
        """What the device is told to show."""
        shown = []
        for told in pushes(self.desk):
            key, says = told["data"]["message_key"], told["notification"]
            name = f"projects/maison-app/messages/{key}"
            shown.append(Arrived(told["token"], says["body"], subject=says["title"], id=name, key=key))
        return shown


def test_android_and_ios_are_told_the_same(desk: Desk) -> None:
    until = PLAIN.date + timedelta(hours=1)
    hand_over(sender_at(desk, priority="high"), [push("a", links={"cart": "https://maison.example/panier"}, valid_until=until)])
    [told] = pushes(desk)
    assert told == {
        "token": "token-a",
        "notification": {"title": "Votre panier vous attend, Zoé", "body": "À très vite"},
        "data": {"message_key": "a", "link": "https://maison.example/panier"},
        "android": {"ttl": "3600s", "priority": "HIGH", "collapse_key": "a", "notification": {"tag": "a"}},
        "apns": {"headers": {"apns-collapse-id": "a", "apns-expiration": "1789362000", "apns-priority": "10"}},
        "webpush": {"headers": {"TTL": "3600", "Urgency": "high"}, "fcm_options": {"link": "https://maison.example/panier"}},
    }


def test_one_token_serves_all_connections(desk: Desk) -> None:
    sender = sender_at(desk)
    for _ in range(3):
        hand_over(sender, [push("a")])
    assert [heard.path for heard in desk.heard].count("/token") == 1


ANSWERS: dict[str, tuple[Reply, State, str, bool]] = {
    "app removed": (refused(404, "UNREGISTERED"), "refused", "address gone: 404 UNREGISTERED: words", True),
    "another project's token": (refused(403, "SENDER_ID_MISMATCH", "PERMISSION_DENIED"), "refused", "403 SENDER_ID_MISMATCH: words", True),
    "no token at all": (refused(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"), "refused", "400 INVALID_ARGUMENT: words", True),
    "too many": (refused(429, "QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED"), "retry", "429 QUOTA_EXCEEDED: words", True),
    "overloaded": (refused(503, "UNAVAILABLE", "UNAVAILABLE"), "retry", "503 UNAVAILABLE: words", True),
    "failed": (refused(500, "INTERNAL", "INTERNAL"), "unknown", "500 INTERNAL: words", True),
    "no key for Apple": (refused(401, "THIRD_PARTY_AUTH_ERROR", "UNAUTHENTICATED"), "retry", "401 THIRD_PARTY_AUTH_ERROR: words", True),
    "token not accepted": (refused(401, "", "UNAUTHENTICATED"), "retry", "401 UNAUTHENTICATED: words", False),
    "API not enabled": (refused(403, "", "PERMISSION_DENIED"), "retry", "403 PERMISSION_DENIED: words", False),
    "no such project": (refused(404, "", "NOT_FOUND"), "retry", "404 NOT_FOUND: words", False),
}


@pytest.mark.parametrize(("reply", "state", "words", "goes_on"), ANSWERS.values(), ids=ANSWERS.keys())
def test_what_fcm_answers(desk: Desk, reply: Reply, state: State, words: str, goes_on: bool) -> None:
    with sender_at(desk).session() as session:
        desk.faults = [reply]
        first, second = (receipt for key in "ab" for receipt in session.send([push(key)]))
    assert (first.state, first.error) == (state, words)
    assert second.state == ("accepted" if goes_on else "retry")


@pytest.mark.parametrize("changes", [{"text": " "}, {"text": "é" * 2100}], ids=["empty", "too long"])
def test_what_cannot_be_pushed_is_refused(desk: Desk, changes: dict[str, str]) -> None:
    [receipt] = hand_over(sender_at(desk), [push("a", **changes)])
    assert receipt.state == "refused"
    assert pushes(desk) == []


def test_without_a_token_everything_waits_and_the_key_is_not_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.faults = [Reply(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})]
    [receipt] = hand_over(sender_at(desk), [push("a")])
    assert receipt.state == "retry"
    assert receipt.error.startswith("the service account gets no token: ('invalid_grant: Invalid JWT Signature.'")
    assert KEY[40:80] not in receipt.error
    for value, words in (("", "FCM_ACCOUNT, which holds the secret, is not set"), ('{"a": 1}', "FCM_ACCOUNT holds no key of a Google service account")):
        monkeypatch.setenv("FCM_ACCOUNT", value)
        [receipt] = hand_over(sender_at(desk), [push("a")])
        assert (receipt.state, receipt.error) == ("retry", words)
