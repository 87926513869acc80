"""Pushes to browsers: a double of a push service that opens what it was sent as the browser would."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from senders.message import Message, Sender, State
from senders.web_push import WebPushSettings
from senders.wiring import sender_from
from tests.senders.http_server import CUT, Desk, Heard, Reply, http_server
from tests.senders.logs import Arrived
from tests.senders.mail_server import free_port
from tests.senders.mails import PLAIN, clock, mail
from tests.senders.test_contract import SenderContract, hand_over

BROWSER = ec.generate_private_key(ec.SECP256R1())
AUTH = b"sixteen bytes ok"


def base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode("ascii").rstrip("=")


SHOP = ec.generate_private_key(ec.SECP256R1())
VAPID_KEY = base64(SHOP.private_numbers().private_value.to_bytes(32, "big"))
P256DH = base64(BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def sender_of(root: Path = Path(), **settings: Any) -> Sender:
    told = {"kind": "web_push", "name": "browsers", "private_key_env": "VAPID_KEY", "subject": "mailto:web@maison.example", "services": ["127.0.0.1"]}
    return sender_from(WebPushSettings.model_validate(told | settings), root, clock)


def opened(heard: Heard) -> Any:
    """Return what the browser reads: nobody but it holds the key (RFC 8291)."""
    return json.loads(http_ece.decrypt(heard.content, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm"))


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NO_PROXY": "127.0.0.1", "VAPID_KEY": VAPID_KEY}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def shared() -> Iterator[Desk]:
    with http_server(lambda heard: Reply(201)) as desk:
        yield desk


@pytest.fixture
def desk(shared: Desk) -> Desk:
    shared.faults, shared.heard, shared.taken = [], [], []
    return shared


def push(desk: Desk, key: str, **changes: Any) -> Message:
    told = {"channel": "push", "to": f"{desk.url}/send/{key} {P256DH} {base64(AUTH)}", "html": "", "sender": "", "text": "À très vite : €"}
    return mail(key, **told | changes)


class TestWebPush(SenderContract):
    unwritable = ({"to": "C0042"}, "the address is no subscription of a browser: endpoint, p256dh and auth")
    desk: Desk

    @pytest.fixture
    def sender(self, desk: Desk) -> Sender:
        self.desk = desk
        return sender_of()

    def message(self, key: str, **changes: Any) -> Message:
        return push(self.desk, key, **changes)

    def arrived(self) -> list[Arrived]:
        """What the browser is told to show."""
        shown = []
        for heard in self.desk.taken:
            told = opened(heard)
            says, to = told["notification"], f"{self.desk.url}{heard.path} {P256DH} {base64(AUTH)}"
            shown.append(Arrived(to, says["body"], subject=says["title"], key=told["message_key"]))
        return shown


def test_the_browser_alone_reads_what_was_sent(desk: Desk) -> None:
    hand_over(sender_of(), [push(desk, "a", links={"cart": "https://maison.example/panier", "home": "https://maison.example/"})])
    [heard] = desk.heard
    assert opened(heard) == {
        "web_push": 8030,
        "notification": {
            "title": "Votre panier vous attend, Zoé", "body": "À très vite : €", "navigate": "https://maison.example/panier", "tag": "a", "lang": "fr",
        },
        "message_key": "a",
    }  # fmt: skip
    assert b"vite" not in heard.content


def test_the_push_service_knows_who_sends_how_long_it_is_good_and_what_it_replaces(desk: Desk) -> None:
    with sender_of(urgency="high").session() as session:
        list(session.send([push(desk, "a", valid_until=PLAIN.date + timedelta(hours=5)), push(desk, "b"), push(desk, "a", subject="")]))
    first, second, again = (heard.headers for heard in desk.heard)
    assert (first["ttl"], second["ttl"], first["urgency"], first["content-encoding"]) == ("18000", "86400", "high", "aes128gcm")
    assert first["topic"] == again["topic"] != second["topic"]
    assert len(first["topic"]) == 32
    assert opened(desk.heard[2])["notification"]["title"] == "Maison Élégante, fils"
    scheme, token, key = first["authorization"].replace(",", " ").split()
    claims = json.loads(urlsafe_b64decode(token.removeprefix("t=").split(".")[1] + "=="))
    assert scheme == "vapid"
    assert Vapid02.verify(first["authorization"])
    assert key.removeprefix("k=") == base64(SHOP.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    assert (claims["aud"], claims["sub"]) == (desk.url, "mailto:web@maison.example")
    assert claims["exp"] == int((clock() - PLAIN.date.replace(1970, 1, 1, 0, 0)).total_seconds()) + 12 * 3600


ANSWERS: dict[str, tuple[Reply, State, str, float | None]] = {
    "gone": (Reply(410), "refused", "address gone: 410, the browser has unsubscribed", None),
    "not found": (Reply(404), "refused", "address gone: 404, the browser has unsubscribed", None),
    "another key": (Reply(403), "retry", "403: the subscription was not made with this VAPID key", None),
    "too many": (Reply(429, b"", {"Retry-After": "120"}), "retry", "429 Too Many Requests", 120),
    "failed": (Reply(500), "unknown", "500 Internal Server Error", None),
    "closed": (Reply(503), "retry", "503 Service Unavailable", None),
    "too long": (Reply(413), "refused", "413 Request Entity Too Large", None),
    "line cut": (CUT, "unknown", "127.0.0.1: connection lost before the answer came", None),
}


@pytest.mark.parametrize(("reply", "state", "words", "wait"), ANSWERS.values(), ids=ANSWERS.keys())
def test_what_a_push_service_answers(desk: Desk, reply: Reply, state: State, words: str, wait: float | None) -> None:
    desk.faults = [reply]
    first, second = hand_over(sender_of(), [push(desk, "a"), push(desk, "b")])
    assert (first.state, first.error[: len(words)], first.retry_after) == (state, words, wait)
    assert second.state == "accepted", "one subscription keeps no other waiting"
    assert VAPID_KEY not in first.error


def test_a_push_service_that_is_down_keeps_no_other_waiting(desk: Desk) -> None:
    lost = f"http://127.0.0.1:{free_port()}"
    receipts = hand_over(sender_of(), [push(desk, "a", to=push(desk, "a").to.replace(desk.url, lost)), push(desk, "b")])
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("retry", "127.0.0.1: Connection refused"), ("accepted", "")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": f"https://intranet.example/a {P256DH} {base64(AUTH)}"}, "the subscription is with intranet.example, which is none of `services`"),
        ({"to": f"http://push.example/a {P256DH} {base64(AUTH)}"}, "the address is no subscription of a browser: endpoint, p256dh and auth"),
        ({"to": f"http://127.0.0.1/a {P256DH[:40]} {base64(AUTH)}"}, "the keys of the subscription have another length than a browser's"),
        ({"to": f"http://127.0.0.1/a {base64(bytes(65))} {base64(AUTH)}"}, "the keys of the subscription encrypt nothing: "),
        ({"text": " "}, "the text is empty"),
        ({"text": "x" * 3900}, "the message takes 41"),
    ],
    ids=["another host", "in the clear", "half a key", "no key", "empty", "too long"],
)
def test_what_cannot_be_pushed_is_refused_before_anybody_is_asked(desk: Desk, changes: dict[str, str], words: str) -> None:
    [receipt] = hand_over(sender_of(), [push(desk, "a", **changes)])
    assert (receipt.state, receipt.error[: len(words)]) == ("refused", words)
    assert desk.heard == []


@pytest.mark.parametrize(
    ("key", "words"),
    [("", "VAPID_KEY, which holds the secret, is not set"), ("abc", "the private VAPID key is not the base64url of 32 bytes")],
    ids=["none", "short"],
)
def test_without_a_key_everything_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch, key: str, words: str) -> None:
    monkeypatch.setenv("VAPID_KEY", key)
    [receipt] = hand_over(sender_of(), [push(desk, "a")])
    assert (receipt.state, receipt.error) == ("retry", words)
