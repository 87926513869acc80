"""Everything that can go wrong between a sender and a web API, against a real server: each ends in the right state with the right reason."""

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from senders import http as module
from senders.http import seconds_to_wait
from senders.http_email import HttpEmailSettings
from senders.message import Message, Receipt, State
from senders.wiring import sender_from
from tests.senders.http_server import CUT, SLOW, Desk, Reply, http_server
from tests.senders.mail_server import free_port
from tests.senders.mails import clock, mail
from tests.senders.providers import PROVIDERS, SECRETS, Provider
from tests.senders.test_contract import hand_over

LOST: State = "unknown"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NO_PROXY": "127.0.0.1", **SECRETS}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> Provider:
    return PROVIDERS[request.param]


@pytest.fixture
def desk(provider: Provider) -> Iterator[Desk]:
    with http_server(provider.answer) as desk:
        yield desk


def lost(provider: Provider) -> State:
    """What becomes of a message that may have arrived."""
    return "retry" if provider.idempotent else LOST


def states(receipts: list[Receipt]) -> list[State]:
    return [receipt.state for receipt in receipts]


@dataclass(frozen=True)
class Fault:
    """What the server does to the first request, the state its messages end in, what is said of it, and whether the next batch is tried."""

    reply: Reply
    state: State
    words: str
    tried_again: bool = True
    retry_after: float | None = None


FAULTS = {
    "429": Fault(Reply(429, {"message": "slow down"}), "retry", "429 slow down"),
    "429 with Retry-After": Fault(Reply(429, b"", {"Retry-After": "120"}), "retry", "429 Too Many Requests", retry_after=120),
    "429 with Retry-After as a date": Fault(
        Reply(429, b"", {"Retry-After": "Fri, 31 Dec 2100 00:01:00 GMT", "Date": "Fri, 31 Dec 2100 00:00:00 GMT"}), "retry", "429", retry_after=60
    ),
    "429 with a nonsense Retry-After": Fault(Reply(429, b"", {"Retry-After": "soon"}), "retry", "429"),
    "503": Fault(Reply(503, b"<h1>maintenance</h1>", {"Retry-After": "3"}), "retry", "503 Service Unavailable", retry_after=3),
    "408, with a header that says no pause of ours": Fault(Reply(408, b"", {"X-RateLimit-Reset": "90"}), "retry", "408 Request Timeout"),
    "500": Fault(Reply(500, {"message": "Internal error"}), LOST, "500 Internal error"),
    "502 with a page": Fault(Reply(502, b"<h1>Bad gateway</h1>"), LOST, "502 Bad Gateway"),
    "malformed answer": Fault(Reply(200, b'{"messageId": "<1'), LOST, "127.0.0.1 answered 200 in a form that cannot be read"),
    "answer of another form": Fault(Reply(200, {"ok": 1}), LOST, "127.0.0.1 answered 200 in a form that cannot be read"),
    "connection closed before the answer": Fault(CUT, LOST, "127.0.0.1: connection lost before the answer came"),
    "401": Fault(Reply(401, {"message": "unknown key"}), "retry", "401 unknown key", tried_again=False),
    "402": Fault(Reply(402, {"message": "no credits left"}), "retry", "402 no credits left", tried_again=False),
    "403": Fault(Reply(403, {"errors": [{"message": "access forbidden"}]}), "retry", "403 access forbidden", tried_again=False),
    "404": Fault(Reply(404), "retry", "404 Not Found", tried_again=False),
    "redirect": Fault(Reply(302, b"", {"Location": "https://elsewhere.example/"}), "retry", "302 Found", tried_again=False),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_ends_in_its_state_and_the_next_batch_is_tried_where_it_may_fare_better(provider: Provider, desk: Desk, fault: Fault) -> None:
    desk.faults = [fault.reply]
    with provider.sender(desk.url).session() as session:
        [first] = session.send([provider.message("a")])
        [second] = session.send([provider.message("b")])
    if fault.reply.status < 300 and not fault.reply.cut and provider.any_success:
        assert [first.state, second.state] == ["accepted", "accepted"]
        return
    assert (first.state, first.retry_after) == (lost(provider) if fault.state == LOST else fault.state, fault.retry_after)
    assert first.error.startswith(fault.words)
    assert second.state == ("accepted" if fault.tried_again else "retry")
    assert len(desk.heard) == (2 if fault.tried_again else 1)


def test_a_message_is_taken_only_when_it_is_about_to_go(provider: Provider, desk: Desk) -> None:
    taken: list[str] = []

    def given() -> Iterator[Message]:
        for key in "abc":
            taken.append(key)
            yield provider.message(key)

    with provider.sender(desk.url, **({"per_request": 2} if provider.channel == "email" else {})).session() as session:
        receipts = session.send(given())
        assert next(receipts).key == "a"
        assert taken == (["a", "b"] if len(provider.read(desk.heard[0])) == 2 else ["a"])
        assert [receipt.key for receipt in receipts] == ["b", "c"]


def test_a_refusal_concerns_one_message_and_says_why(provider: Provider, desk: Desk) -> None:
    given = [provider.message(key, **({"to": provider.stranger} if key in "be" else {})) for key in "abcde"]
    receipts = hand_over(provider.sender(desk.url), given)
    assert states(receipts) == ["accepted", "refused", "accepted", "accepted", "refused"]
    assert receipts[1].error.startswith(("400 ", "422 ", '"nobody" is an invalid', "You tried to send"))
    assert [each.key for heard in desk.taken for each in provider.took(heard)] == ["a", "c", "d"]


def test_a_secret_that_the_server_repeats_is_not_told(provider: Provider, desk: Desk) -> None:
    for status in (400, 401, 500):
        desk.faults = [Reply(status, {"message": f"who is {provider.secret}?"})]
        [receipt] = hand_over(provider.sender(desk.url), [provider.message("a")])
        assert "who is …" in receipt.error
        assert provider.secret not in receipt.error


def test_a_server_that_takes_too_long_leaves_the_outcome_unknown(provider: Provider, desk: Desk) -> None:
    desk.faults = [SLOW]
    [receipt] = hand_over(provider.sender(desk.url, timeout=0.2), [provider.message("a")])
    assert (receipt.state, receipt.error) == (lost(provider), "127.0.0.1: connection lost before the answer came: timed out")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 502 Bad Gateway\r\n\r\n", None], ids=["drops it", "refuses it", "says nothing"])
def test_a_proxy_that_lets_nobody_through_has_sent_nothing(answer: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")

        def serve() -> None:
            line, _ = proxy.accept()
            with line:
                assert line.recv(65536).startswith(b"CONNECT api.provider.example:443 ")
                if answer is None:
                    line.recv(1)
                else:
                    line.sendall(answer)

        with ThreadPoolExecutor(1) as pool:
            serving = pool.submit(serve)
            [receipt] = hand_over(PROVIDERS["brevo"].sender("https://api.provider.example", timeout=0.2), [mail("a")])
            serving.result()
    assert receipt.state == "retry"


def test_nobody_listens(provider: Provider) -> None:
    receipts = hand_over(provider.sender(f"http://127.0.0.1:{free_port()}"), [provider.message("a"), provider.message("b")])
    assert [(receipt.state, receipt.error, receipt.about) for receipt in receipts] == [("retry", "127.0.0.1: Connection refused", "session")]


@pytest.mark.parametrize(("refused", "gone"), [(1, 3), (2, 1)], ids=["once", "twice"])
def test_a_further_connection_that_is_refused_is_asked_for_once_more(
    provider: Provider, desk: Desk, refused: int, gone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RECONNECT", 0)
    post, fates = httpx.Client.post, [None, *[httpx.ConnectError("Connection refused")] * refused]

    def posted(client: httpx.Client, *told: Any, **more: Any) -> httpx.Response:
        if fate := fates.pop(0) if fates else None:
            raise fate
        return post(client, *told, **more)

    monkeypatch.setattr(httpx.Client, "post", posted)
    receipts = hand_over(provider.sender(desk.url), [provider.message(key) for key in "abc"])
    assert states(receipts) == ["accepted"] * gone + ["retry"] * (gone < 3)


def test_a_name_that_nobody_knows(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **named: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    receipts = hand_over(provider.sender("https://api.nobody.example"), [provider.message("a"), provider.message("b")])
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("retry", "api.nobody.example: Name or service not known")]


def test_a_certificate_is_verified_and_a_project_may_trust_its_own(tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with http_server(PROVIDERS["brevo"].answer, tls=context) as desk:
        [stranger] = hand_over(PROVIDERS["brevo"].sender(desk.url), [mail("a")])
        [friend] = hand_over(PROVIDERS["brevo"].sender(desk.url, ca_file=str(tmp_path / "ca.pem")), [mail("a")])
        [lost] = hand_over(PROVIDERS["brevo"].sender(desk.url, ca_file=str(tmp_path / "none.pem")), [mail("a")])
    assert (stranger.state, stranger.error) == ("retry", "127.0.0.1: its certificate cannot be verified: unable to get local issuer certificate")
    assert friend.state == "accepted"
    assert (lost.state, lost.error) == ("retry", f"{tmp_path / 'none.pem'}: No such file or directory")


@pytest.mark.parametrize(
    ("variable", "file", "said"),
    [
        ("NO_SUCH_KEY", None, "NO_SUCH_KEY, which holds the secret, is not set"),
        ("", "key.txt", "key.txt, which holds the secret, cannot be read: No such file or directory"),
        ("", "empty.txt", "empty.txt, which holds the secret, is empty"),
        ("", "two.txt", "two.txt holds something that no header can carry: a space, a line break or a sign beyond ASCII"),
    ],
    ids=["no variable", "no file", "empty file", "two lines"],
)
def test_without_a_key_everything_is_for_a_later_try(tmp_path: Path, variable: str, file: str | None, said: str) -> None:
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "two.txt").write_text("one\ntwo\n")
    values = {"kind": "http_email", "name": "mail", "provider": "brevo", "api_key_env": variable, "api_key_file": file}
    [receipt] = hand_over(sender_from(HttpEmailSettings.model_validate(values), tmp_path, clock), [mail("a")])
    assert (receipt.state, receipt.error) == ("retry", said)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Mon, 14 Sep 2026 04:01:00 GMT"}, 60),
        ({"retry-after": "Mon, 14 Sep 2026 04:01:00 GMT", "date": "Mon, 14 Sep 2026 04:00:30 GMT"}, 30),
        ({"retry-after": "Mon, 14 Sep 2026 03:00:00 GMT"}, 0),
        ({"x-sib-ratelimit-reset": "7"}, 7),
        ({"x-ratelimit-reset": str(int(datetime(2026, 9, 14, 4, 2).timestamp() - datetime(1970, 1, 1).timestamp()))}, 120),
        ({"retry-after": "whenever"}, None),
        ({"retry-after": "1795908320036"}, 86_400),
        ({"retry-after": "9" * 400}, 86_400),
        ({"retry-after": "Mon, 14 Sep 2099 04:01:00 GMT"}, 86_400),
        ({"retry-after": "Mon, 14 Sep 99999 04:01:00 GMT"}, None),
        ({"retry-after": "60", "date": "now"}, 60),
        ({"retry-after": "-60"}, None),
        ({"retry-after": "NaN"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
    ids=[
        "seconds",
        "parts of a second",
        "a date",
        "a date by the server's clock",
        "a date gone by",
        "seconds at Brevo",
        "an instant at SendGrid",
        "nonsense",
        "an instant in milliseconds",
        "a number without end",
        "a date in another century",
        "a year of five digits",
        "a clock that tells no time",
        "less than nothing",
        "no number",
        "for ever",
        "an empty header",
        "nothing",
    ],
)
def test_how_long_a_provider_asks_to_be_left_alone(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(headers, datetime(2026, 9, 14, 4, 0)) == seconds
