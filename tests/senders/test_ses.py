"""E-mail through SES: against moto's server, and against one that answers as SES does when something is wrong."""

import sys
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import SSLError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer
from moto.ses.models import SESBackend, ses_backends

from senders.message import Sender, State
from senders.ses import SesSender, SesSession, SesSettings
from senders.wiring import sender_from
from tests.senders.http_server import CUT, SLOW, Desk, Heard, Reply, http_server
from tests.senders.logs import Arrived
from tests.senders.mail_server import free_port
from tests.senders.mails import PLAIN, clock, mail
from tests.senders.test_contract import SenderContract, hand_over, read

REGION = "eu-west-3"
SECRET = "wJalrXUtnFEMI-right-horse"


def sender_at(url: str, root: Path = Path(), **settings: Any) -> Sender:
    return sender_from(SesSettings.model_validate({"kind": "ses", "name": "mail", "endpoint_url": url, "region": REGION} | settings), root, clock)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = {"AWS_ACCESS_KEY_ID": "AKIA0RIGHT0HORSE", "AWS_SECRET_ACCESS_KEY": SECRET, "NO_PROXY": "127.0.0.1", "AWS_EC2_METADATA_DISABLED": "true"}
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class TestSes(SenderContract):
    @pytest.fixture
    def sender(self, moto: str) -> Sender:
        ses_backends[DEFAULT_ACCOUNT_ID][REGION].reset()
        boto3.client("sesv2", endpoint_url=moto, region_name=REGION).create_email_identity(EmailIdentity=PLAIN.sender)
        return sender_at(moto)

    @property
    def backend(self) -> SESBackend:
        return ses_backends[DEFAULT_ACCOUNT_ID][REGION]

    def arrived(self) -> list[Arrived]:
        found = []
        for sent in self.backend.sent_messages:
            mail = read(message_from_string(sent.raw_data))
            found.append(Arrived(mail.to, mail.text, mail.html, mail.subject, id=sent.id))
        return found

    def test_one_refusal_keeps_no_other_waiting(self, sender: Sender) -> None:
        receipts = hand_over(sender, [mail("a", sender="other@maison.example"), mail("b")])
        assert receipts[0].state == "refused"
        assert receipts[1].state == "accepted"


def error(status: int, code: str, words: str = "words") -> Reply:
    return Reply(status, {"message": words}, {"x-amzn-ErrorType": code})


def accepts(heard: Heard) -> Reply:
    return Reply(200, {"MessageId": "0102-aaaa"})


@pytest.fixture(scope="module")
def shared() -> Iterator[Desk]:
    with http_server(accepts) as desk:
        yield desk


@pytest.fixture(scope="module")
def client(shared: Desk) -> Any:
    """One client for all faults: making it takes half a second."""
    settings = SesSettings(kind="ses", name="mail", endpoint_url=shared.url, region=REGION, timeout=0.3)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "AKIA0RIGHT0HORSE")
        environment.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        environment.setenv("NO_PROXY", "127.0.0.1")
        return SesSender(settings, Path()).client


@pytest.fixture
def desk(shared: Desk) -> Desk:
    shared.faults, shared.heard = [], []
    return shared


def test_the_key_and_the_configuration_set_travel(desk: Desk) -> None:
    [receipt] = hand_over(sender_at(desk.url, configuration_set="marketing"), [mail("a")])
    told = desk.heard[0].json
    assert (receipt.state, receipt.provider_message_id) == ("accepted", "0102-aaaa")
    assert (told["EmailTags"], told["ConfigurationSetName"]) == ([{"Name": "message_key", "Value": "a"}], "marketing")
    assert told["Destination"] == {"ToAddresses": ["zoe@example.org"]}
    assert f"/{REGION}/ses/" in desk.heard[0].headers["authorization"]


FAULTS: dict[str, tuple[Reply, State, str, bool]] = {
    "too fast": (error(429, "TooManyRequestsException"), "retry", "429 TooManyRequestsException: words", True),
    "the day's quota": (error(400, "LimitExceededException"), "retry", "400 LimitExceededException: words", True),
    "sending paused": (error(400, "SendingPausedException"), "retry", "400 SendingPausedException: words", False),
    "account suspended": (error(400, "AccountSuspendedException"), "retry", "400 AccountSuspendedException: words", False),
    "domain not verified": (error(400, "MailFromDomainNotVerifiedException"), "retry", "400 MailFromDomain", False),
    "no such configuration set": (error(404, "NotFoundException"), "retry", "404 NotFoundException: words", False),
    "wrong key": (error(403, "SignatureDoesNotMatch"), "retry", "403 SignatureDoesNotMatch: words", False),
    "in the sandbox": (error(400, "MessageRejected", "Email address is not verified."), "retry", "400 MessageRejected: Email address", False),
    "rejected": (error(400, "MessageRejected", "a virus"), "refused", "400 MessageRejected: a virus", True),
    "bad request": (error(400, "BadRequestException"), "refused", "400 BadRequestException: words", True),
    "failed": (error(500, "InternalFailure"), "unknown", "500 InternalFailure: words", True),
    "closed for a while": (error(503, "ServiceUnavailable"), "retry", "503 ServiceUnavailable: words", True),
    "line cut": (CUT, "unknown", "connection lost before the answer came", True),
    "no answer": (SLOW, "unknown", "connection lost before the answer came", True),
    "nonsense": (Reply(200, b'{"MessageId'), "unknown", "connection lost before the answer came, or it cannot be read", True),
}


@pytest.mark.parametrize(("reply", "state", "words", "tried_again"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_ends_in_its_state_and_no_request_is_repeated(desk: Desk, client: Any, reply: Reply, state: State, words: str, tried_again: bool) -> None:
    desk.faults = [reply]
    first, *others = SesSession(client, "").send([mail("a"), mail("b")])
    assert (first.state, first.error[: len(words)]) == (state, words)
    assert [other.state for other in others] == (["accepted"] if tried_again else [])
    assert len(desk.heard) == (2 if tried_again else 1), "botocore repeats nothing of itself"
    assert SECRET not in first.error


@pytest.mark.parametrize(
    ("words", "state"), [("EOF occurred in violation of protocol", "unknown"), ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "retry")]
)
def test_encryption_that_breaks_may_break_after_the_message_was_taken(words: str, state: State) -> None:
    class Client:
        def send_email(self, **request: Any) -> Any:
            raise SSLError(endpoint_url="https://email.example", error=words)

    [receipt] = SesSession(Client(), "").send([mail("a")])
    assert receipt.state == state


def test_nobody_listens() -> None:
    [receipt] = hand_over(sender_at(f"http://127.0.0.1:{free_port()}"), [mail("a"), mail("b")])
    assert (receipt.state, receipt.about) == ("retry", "session")
    assert "Could not connect" in receipt.error


def test_without_credentials_region_or_library_everything_waits(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    [receipt] = hand_over(sender_at(desk.url, profile="nobody"), [mail("a")])
    assert (receipt.state, receipt.error) == ("retry", "The config profile (nobody) could not be found")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    [receipt] = hand_over(sender_at(desk.url), [mail("a")])
    assert (receipt.state, receipt.error) == ("retry", "Unable to locate credentials")
    [receipt] = hand_over(sender_at(desk.url, region=""), [mail("a")])
    assert (receipt.state, receipt.error) == ("retry", "You must specify a region.")
    monkeypatch.setitem(sys.modules, "boto3", None)
    [receipt] = hand_over(sender_at(desk.url), [mail("a")])
    assert (receipt.state, receipt.error) == ("retry", "boto3 is not installed: install relance with its extra `ses`")
    assert desk.heard == []
