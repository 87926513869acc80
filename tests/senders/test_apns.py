"""Pushes to iOS: a double of Apple's service that speaks HTTP/2 and believes in no token that the team's key has not signed."""

import json
import logging
import re
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipelines.delivery.gate import FAILURES, Gate
from senders import apns
from senders.apns import ApnsSettings
from senders.message import Message, Sender, State
from senders.wiring import sender_from
from tests.senders.http2_server import Goaway, Reset, http2_server
from tests.senders.http_server import CUT, SLOW, Desk, Heard, Reply
from tests.senders.mail_server import free_port
from tests.senders.mails import PLAIN, clock, mail
from tests.senders.providers import Arrived
from tests.senders.test_contract import SenderContract, hand_over

TEAM = ec.generate_private_key(ec.SECP256R1())
KEY = TEAM.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
DEVICE = re.compile(r"/3/device/[0-9a-f]+")
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def apple(heard: Heard) -> Reply:
    """Take a message, or say what is wrong with it in Apple's words."""
    match heard.headers:
        case {"apns-topic": topic} if topic != "example.maison.app":
            return refused(400, "TopicDisallowed")
        case {"apns-collapse-id": key} if len(key) > 64:
            return refused(400, "BadCollapseId")
        case {"authorization": token, "apns-push-type": "alert", "apns-id": name} if DEVICE.fullmatch(heard.path) and IDENTIFIER.fullmatch(name):
            return Reply(200, b"", {"apns-id": name}) if signed(token) else refused(403, "InvalidProviderToken")
        case _:
            return refused(400, "BadRequest")


def signed(authorization: str) -> dict[str, Any]:
    """Return the header and the claims of a token that the team's key has signed, nothing for another."""
    kind, _, token = authorization.partition(" ")
    content, _, signature = token.rpartition(".")
    r, s = (int.from_bytes(decoded(signature)[start : start + 32]) for start in (0, 32))
    try:
        TEAM.public_key().verify(encode_dss_signature(r, s), content.encode("ascii"), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return {}
    return {"kind": kind} | {name: value for part in content.split(".") for name, value in json.loads(decoded(part)).items()}


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def refused(status: int, reason: str, **more: Any) -> Reply:
    return Reply(status, {"reason": reason, **more}, {"apns-id": "00000000-0000-0000-0000-000000000000"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("apple")


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[Desk]:
    with http2_server(apple, folder) as desk:
        yield desk


@pytest.fixture
def desk(shared: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    shared.faults, shared.heard, shared.taken = [], [], []
    monkeypatch.setenv("APNS_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return shared


@pytest.fixture
def told(desk: Desk, folder: Path) -> dict[str, Any]:
    """What relance.toml says of the sender."""
    account = {"bundle_id": "example.maison.app", "team_id": "C86NV9JX3D", "key_id": "8YL3G3RRW7", "private_key_env": "APNS_KEY"}
    return {"kind": "apns", "name": "app", **account, "base_url": desk.url, "ca_file": folder / "ca.pem"}


@pytest.fixture
def sender(told: dict[str, Any]) -> Sender:
    return sender_of(told)


def sender_of(told: dict[str, Any], **settings: Any) -> Sender:
    return sender_from(ApnsSettings.model_validate(told | settings), Path(), clock)


def push(key: str, **changes: Any) -> Message:
    return mail(key, **{"channel": "push", "to": f"00fc13ad{ord(key[0]):02x}", "html": "", "sender": "", "text": "À très vite"} | changes)


class TestApns(SenderContract):
    unwritable = ({"to": "dGh:APA91b"}, "the address is no device token of Apple: hexadecimal digits")

    @pytest.fixture(autouse=True)
    def _keep(self, desk: Desk) -> None:
        self.desk = desk

    def message(self, key: str, **changes: Any) -> Message:
        return push(key, **changes)

    def arrived(self) -> list[Arrived]:
        """What the device is told to show."""
        shown = []
        for heard in self.desk.taken:
            says = heard.json["aps"]["alert"]
            shown.append(Arrived(heard.path.split("/")[-1], says["body"], subject=says["title"], id=heard.headers["apns-id"], key=heard.json["message_key"]))
        return shown


def test_what_apple_and_the_app_are_told(desk: Desk, told: dict[str, Any]) -> None:
    until = PLAIN.date + timedelta(hours=1)
    hand_over(sender_of(told, priority="high"), [push("a", links={"cart": "https://maison.example/panier"}, valid_until=until)])
    [heard] = desk.taken
    assert heard.path == "/3/device/00fc13ad61"
    assert {name: value for name, value in heard.headers.items() if name.startswith("apns-") and name != "apns-id"} == {
        "apns-topic": "example.maison.app",
        "apns-push-type": "alert",
        "apns-collapse-id": "a",
        "apns-expiration": "1789362000",
        "apns-priority": "10",
    }
    assert heard.json == {
        "aps": {"alert": {"title": "Votre panier vous attend, Zoé", "body": "À très vite"}},
        "message_key": "a",
        "link": "https://maison.example/panier",
    }


def test_an_attempt_more_bears_the_same_name(desk: Desk, sender: Sender) -> None:
    desk.faults = [refused(503, "Shutdown")]
    hand_over(sender, [push("a")])
    hand_over(sender, [push("a"), push("b")])
    first, again, other = (heard.headers["apns-id"] for heard in desk.heard)
    assert first == again != other


def test_every_request_carries_a_fresh_token_and_all_processes_the_same(desk: Desk, told: dict[str, Any]) -> None:
    """Apple takes no token older than an hour, and no new one more often than every 20 minutes."""
    seen: dict[datetime, str] = {}
    for start in (0, 25):
        now = [PLAIN.date + timedelta(minutes=start)]
        sender = sender_from(ApnsSettings.model_validate(told), Path(), lambda now=now: now[0])  # type: ignore[misc]
        with sender.session() as session:
            for _ in range(12):
                assert [receipt.state for receipt in session.send([push("a")])] == ["accepted"]
                token = desk.taken[-1].headers["authorization"]
                assert seen.setdefault(now[0], token) == token, "two processes at the same moment have the same token"
                now[0] += timedelta(minutes=25)
    tokens = {token: signed(token) for token in seen.values()}
    issued = sorted(claims["iat"] for claims in tokens.values())
    assert all(later - earlier >= 20 * 60 for earlier, later in zip(issued, issued[1:], strict=False))
    assert all(0 < moment.replace(tzinfo=UTC).timestamp() - tokens[token]["iat"] < 50 * 60 for moment, token in seen.items())
    assert {tuple(claims.items())[:-1] for claims in tokens.values()} == {
        (("kind", "bearer"), ("alg", "ES256"), ("typ", "JWT"), ("kid", "8YL3G3RRW7"), ("iss", "C86NV9JX3D"))
    }


ANSWERS: dict[str, tuple[Reply, State, str, bool]] = {
    "app removed": (refused(410, "Unregistered", timestamp=1789358400000), "refused", "address gone: 410 Unregistered", True),
    "device token expired": (refused(410, "ExpiredToken"), "refused", "address gone: 410 ExpiredToken", True),
    "no device token": (refused(400, "BadDeviceToken"), "refused", "address gone: 400 BadDeviceToken", True),
    "device of another app": (refused(400, "DeviceTokenNotForTopic"), "refused", "400 DeviceTokenNotForTopic", True),
    "too long": (refused(413, "PayloadTooLarge"), "refused", "413 PayloadTooLarge", True),
    "key too long": (refused(400, "BadCollapseId"), "refused", "400 BadCollapseId", True),
    "too many for one device": (refused(429, "TooManyRequests"), "retry", "429 TooManyRequests", True),
    "overloaded": (refused(503, "ServiceUnavailable"), "retry", "503 ServiceUnavailable", True),
    "shutting down": (refused(503, "Shutdown"), "retry", "503 Shutdown", True),
    "idle for too long": (refused(400, "IdleTimeout"), "retry", "400 IdleTimeout", True),
    "failed": (refused(500, "InternalServerError"), "unknown", "500 InternalServerError", True),
    "not Apple": (Reply(200), "unknown", "127.0.0.1 answered 200 in a form that cannot be read: 200 OK", True),
    "a page": (Reply(502, b"<h1>Bad gateway</h1>"), "unknown", "502 Bad Gateway", True),
    "wrong key": (refused(403, "InvalidProviderToken"), "retry", "403 InvalidProviderToken", False),
    "wrong clock": (refused(403, "ExpiredProviderToken"), "retry", "403 ExpiredProviderToken", False),
    "key of another environment": (refused(403, "BadEnvironmentKeyIdInToken"), "retry", "403 BadEnvironmentKeyIdInToken", False),
    "topic of another team": (refused(400, "TopicDisallowed"), "retry", "400 TopicDisallowed", False),
    "no topic": (refused(400, "BadTopic"), "retry", "400 BadTopic", False),
    "too many tokens": (refused(429, "TooManyProviderTokenUpdates"), "retry", "429 TooManyProviderTokenUpdates", False),
    "no such address": (refused(404, "BadPath"), "retry", "404 BadPath", False),
}


@pytest.mark.parametrize(("reply", "state", "words", "goes_on"), ANSWERS.values(), ids=ANSWERS.keys())
def test_what_apple_answers(desk: Desk, sender: Sender, reply: Reply, state: State, words: str, goes_on: bool) -> None:
    with sender.session() as session:
        assert [receipt.state for receipt in session.send([push("z")])] == ["accepted"]
        desk.faults = [reply]
        first, second = (receipt for key in "ab" for receipt in session.send([push(key)]))
    assert (first.state, first.error) == (state, words)
    assert second.state == ("accepted" if goes_on else "retry")


@pytest.mark.parametrize(("reason", "setting"), [("BadDeviceToken", "sandbox"), ("DeviceTokenNotForTopic", "bundle_id")])
def test_no_device_is_given_up_for_a_wrong_setting(desk: Desk, sender: Sender, reason: str, setting: str) -> None:
    desk.faults = [refused(400, reason)] * 2
    doubted = hand_over(sender, [push("a"), push("b")])
    assert [(receipt.state, receipt.error) for receipt in doubted] == [("retry", f"400 {reason}: nobody was reached yet, so `{setting}` may be wrong")] * 2
    hand_over(sender, [push("c")])
    desk.faults = [refused(400, reason)]
    assert [receipt.state for receipt in hand_over(sender, [push("a")])] == ["refused"], "another session of the same pass has reached somebody"


@pytest.mark.parametrize(
    ("dead", "states"), [(FAILURES + 2, ["retry"] * (FAILURES + 2) + ["accepted"]), (40, ["retry"] * (2 * FAILURES + 2))], ids=["some", "all"]
)
def test_no_good_device_tokens_in_front_keep_nobody_waiting_unless_it_may_be_the_setting(
    desk: Desk, sender: Sender, dead: int, states: list[State], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apns, "MOST_DOUBTED", FAILURES + 2)
    gate = Gate(sender.pace, timedelta(minutes=10), lambda: None)
    desk.faults, found = [refused(400, "BadDeviceToken")] * dead, []
    with sender.session() as session:
        for receipt in session.send(push(f"k{number:02}") for number in range(dead + 1) if gate.admits()):
            gate.heard(receipt)
            found.append(receipt.state)
    assert found == states
    assert (gate.stop is None) == ("accepted" in states)


FAULTS: dict[str, tuple[Reply, State, str]] = {
    "closed before the answer": (CUT, "unknown", "connection lost before the answer came: "),
    "closed, the request looked at": (
        Goaway(seen=True, reason="Shutdown"),
        "unknown",
        'connection lost before the answer came: the server closed it: {"reason": "Shutdown"}',
    ),
    "closed without a word": (Goaway(seen=True), "unknown", "connection lost before the answer came: the server closed it and did not say why"),
    "closed, no request ever looked at, it says": (
        Goaway(forgetful=True),
        "unknown",
        "connection lost before the answer came: the server closed it and did not say why",
    ),
    "closed, the request not looked at": (Goaway(), "accepted", ""),
    "closed after the answer": (Goaway(answers=True, seen=True, headers={"apns-id": "a"}), "accepted", ""),
    "stream failed": (Reset(code=2), "unknown", "connection lost before the answer came: the server broke the request off, HTTP/2 error 2"),
    "stream refused": (Reset(code=7), "retry", "the request was not looked at: the server broke the request off, HTTP/2 error 7"),
    "too slow": (SLOW, "unknown", "connection lost before the answer came: The read operation timed out"),
}


@pytest.mark.parametrize(("reply", "state", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_ends_in_its_state_and_the_next_message_takes_a_new_connection(
    desk: Desk, told: dict[str, Any], reply: Reply, state: State, words: str
) -> None:
    with sender_of(told, timeout=0.3).session() as session:
        assert [receipt.state for receipt in session.send([push("z")])] == ["accepted"]
        desk.faults = [reply]
        first, second = (receipt for key in "ab" for receipt in session.send([push(key)]))
    assert first.state == state
    assert first.error.startswith(f"127.0.0.1: {words}" if words else "")
    assert second.state == "accepted"
    assert [heard.json["message_key"] for heard in desk.taken] == ["z", *("a" if reply == Goaway() else ""), "b"]


def test_a_server_that_closes_at_once_has_looked_at_nothing(desk: Desk, sender: Sender) -> None:
    desk.faults = [Goaway(reason="BadCertificate")]
    first, second = hand_over(sender, [push("a"), push("b")])
    assert (first.state, first.error) == ("retry", '127.0.0.1: the request was not looked at: the server closed it: {"reason": "BadCertificate"}')
    assert second.state == "accepted"


def test_connections_in_threads_mix_nothing_up(desk: Desk, sender: Sender) -> None:
    def through(letter: str) -> list[tuple[str, str]]:
        with sender.session() as session:
            return [(receipt.key, receipt.provider_message_id) for number in range(10) for receipt in session.send([push(f"{letter}{number}")])]

    with ThreadPoolExecutor(4) as pool:
        receipts = [receipt for receipts in pool.map(through, "abcd") for receipt in receipts]
    assert sorted(receipts) == sorted((heard.json["message_key"], heard.headers["apns-id"]) for heard in desk.taken)
    assert len({name for _, name in receipts}) == 40


@pytest.mark.parametrize("changes", [{"text": " "}, {"text": "é" * 2100}], ids=["empty", "too long"])
def test_what_cannot_be_pushed_is_refused(desk: Desk, sender: Sender, changes: dict[str, str]) -> None:
    [receipt] = hand_over(sender, [push("a", **changes)])
    assert receipt.state == "refused"
    assert desk.heard == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"private_key_env": "NO_SUCH_KEY"}, "NO_SUCH_KEY, which holds the secret, is not set"),
        ({"private_key_env": "OTHER_KEY"}, "OTHER_KEY holds no signing key of Apple (.p8)"),
        ({"private_key_env": "", "private_key_file": Path("apple.p8")}, "apple.p8, which holds the secret, cannot be read: No such file or directory"),
        ({"base_url": f"https://127.0.0.1:{free_port()}"}, "127.0.0.1: Connection refused"),
        ({"ca_file": None}, "127.0.0.1: its certificate cannot be verified: unable to get local issuer certificate"),
    ],
    ids=["no key", "key of another kind", "no file", "nobody listens", "not Apple"],
)
def test_where_apple_cannot_be_had_everything_waits(told: dict[str, Any], changes: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ec.generate_private_key(ec.SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    monkeypatch.setenv("OTHER_KEY", other.decode("ascii"))
    receipts = hand_over(sender_of(told, **changes), [push("a"), push("b")])
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("retry", words)]


@pytest.mark.parametrize(("module", "name"), [("h2", "h2"), ("google.auth", "google-auth")])
def test_without_the_extra_everything_waits(sender: Sender, module: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    [receipt] = hand_over(sender, [push("a")])
    assert (receipt.state, receipt.error) == ("retry", f"{name} is not installed: install relance with its extra `push`")


def test_a_token_that_the_server_repeats_is_not_told(desk: Desk, sender: Sender) -> None:
    hand_over(sender, [push("z")])
    token = desk.taken[0].headers["authorization"].removeprefix("bearer ")
    for status in (400, 403, 500):
        desk.faults = [refused(status, f"who is {token}?")]
        [receipt] = hand_over(sender, [push("a")])
        assert receipt.error == f"{status} who is …?"


def test_no_log_says_whose_device_it_was(desk: Desk, sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hand_over(sender, [push("a")])
    assert "00fc13ad61" in desk.taken[0].path
    assert "00fc13ad61" not in caplog.text
