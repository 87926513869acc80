"""What every sender promises, told once and held against each of them."""

import csv
import mailbox
from abc import ABC, abstractmethod
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest

from senders.call_list import CallListSettings
from senders.files import FilesSettings
from senders.message import Answers, Lost, Message, Receipt, Sender, by_key
from senders.mime import message_id
from senders.smtp import SmtpSettings
from senders.wiring import sender_from
from tests.senders.http_server import Desk, http_server
from tests.senders.logs import ASKED, Arrived
from tests.senders.mail_server import Mailroom, mail_server
from tests.senders.mails import clock, mail
from tests.senders.providers import NO_ADDRESS, NO_NUMBER, PROVIDERS, SECRETS, Provider


class SenderContract(ABC):
    """A subclass gives `sender` and says what came out at the other end."""

    unwritable = NO_ADDRESS

    @abstractmethod
    def arrived(self) -> list[Arrived]: ...

    def message(self, key: str, **changes: Any) -> Message:
        return mail(key, **changes)

    def test_gives_one_receipt_for_each_message(self, sender: Sender) -> None:
        receipts = hand_over(sender, [self.message(key) for key in "abc"])
        assert [(receipt.key, receipt.state) for receipt in receipts] == [("a", "accepted"), ("b", "accepted"), ("c", "accepted")]

    def test_names_a_message_as_the_other_end_does(self, sender: Sender) -> None:
        receipts = hand_over(sender, [self.message("a"), self.message("b")])
        assert {receipt.provider_message_id for receipt in receipts} == {arrived.id for arrived in self.arrived()}

    def test_carries_every_part_unchanged(self, sender: Sender) -> None:
        given = self.message("a")
        hand_over(sender, [given])
        [arrived] = self.arrived()
        assert (arrived.to, arrived.subject, arrived.text, arrived.html) == (given.to, given.subject, given.text, given.html)

    def test_refuses_what_cannot_be_written_and_goes_on(self, sender: Sender) -> None:
        changes, words = self.unwritable
        receipts = by_key(hand_over(sender, [self.message("a", **changes), self.message("b")]))
        assert (receipts["a"].state, receipts["a"].error) == ("refused", words)
        assert receipts["b"].state == "accepted"
        assert len(self.arrived()) == 1

    def test_takes_batch_after_batch_in_one_session(self, sender: Sender) -> None:
        with sender.session() as session:
            states = [receipt.state for key in "abc" for receipt in session.send([self.message(key)])]
        assert states == ["accepted"] * 3
        assert len(self.arrived()) == 3

    def test_a_key_twice_arrives_once_where_the_sender_knows_keys(self, sender: Sender) -> None:
        for _ in range(2):
            assert [receipt.state for receipt in hand_over(sender, [self.message("a")])] == ["accepted"]
        assert len(self.arrived()) == (1 if sender.idempotent else 2)


class TestFiles(SenderContract):
    @pytest.fixture
    def sender(self, tmp_path: Path) -> Sender:
        self.folder = tmp_path / "out"
        return sender_from(FilesSettings(kind="files", name="folder", channels=["email"], folder=Path("out")), tmp_path, clock)

    def arrived(self) -> list[Arrived]:
        return [read(each) for each in mailbox.Maildir(self.folder / "email", create=False)]


class TestSmtp(SenderContract):
    @pytest.fixture
    def sender(self, tmp_path: Path) -> Iterator[Sender]:
        with mail_server() as self.server:
            yield sender_from(SmtpSettings(kind="smtp", name="mail", host="127.0.0.1", port=self.server.port, tls="none"), tmp_path, clock)

    server: Mailroom

    def arrived(self) -> list[Arrived]:
        return [read(message_from_bytes(content)) for content in self.server.mails]

    def test_names_an_email_by_its_message_id(self, sender: Sender) -> None:
        [receipt] = hand_over(sender, [mail("a")])
        assert receipt.provider_message_id == message_id(mail("a"))


class TestCallList(SenderContract):
    unwritable = NO_NUMBER

    @pytest.fixture
    def sender(self, tmp_path: Path) -> Sender:
        self.folder = tmp_path / "lists"
        return sender_from(CallListSettings(kind="call_list", name="calls", folder=Path("lists")), tmp_path, clock)

    def message(self, key: str, **changes: Any) -> Message:
        return mail(key, **{"channel": "call_list", "to": "+33612345678", "subject": "", "html": "", "sender": ""} | changes)

    def arrived(self) -> list[Arrived]:
        with (self.folder / "calls-2026-09-14.csv").open(encoding="utf-8-sig", newline="") as file:
            return [Arrived(row["phone"], row["text"], id=row["message_key"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("name", PROVIDERS)
class TestWebApis(SenderContract):
    @pytest.fixture
    def sender(self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
        for variable, value in {"NO_PROXY": "127.0.0.1", **SECRETS}.items():
            monkeypatch.setenv(variable, value)
        self.provider, self.unwritable = PROVIDERS[name], PROVIDERS[name].unwritable
        with http_server(self.provider.keeper()) as self.desk:
            yield self.provider.sender(self.desk.url, tmp_path)

    desk: Desk
    provider: Provider

    def test_says_later_what_it_has_by_the_names_it_gave_where_it_can_be_asked(self, name: str, sender: Sender) -> None:
        sent = [self.message(key) for key in "ab"]
        named = {receipt.key: receipt.provider_message_id for receipt in hand_over(sender, sent)}
        answers = sender.has([Lost(each.key, each.to, each.date) for each in (*sent, self.message("c"))]) if isinstance(sender, Answers) else None
        assert (None if answers is None else dict(answers)) == ({**named, "c": ""} if name in ASKED else None)

    def message(self, key: str, **changes: Any) -> Message:
        return self.provider.message(key, **changes)

    def arrived(self) -> list[Arrived]:
        """What is there in the end: a receiver that knows keys keeps one of each."""
        arrived = [arrived for heard in self.desk.taken for arrived in self.provider.took(heard)]
        return list({each.key: each for each in arrived}.values()) if self.provider.idempotent else arrived


def hand_over(sender: Sender, messages: list[Message]) -> list[Receipt]:
    with sender.session() as session:
        return list(session.send(messages))


def read(mail: Mail) -> Arrived:
    text, html = (decoded(part) for part in mail.get_payload())
    subject = "".join(part.decode(charset or "ascii") if isinstance(part, bytes) else part for part, charset in decode_header(mail["Subject"]))
    return Arrived(to=mail["To"], text=text, html=html, subject=subject, id=mail["Message-ID"])


def decoded(part: Mail | str) -> str:
    assert isinstance(part, Mail)
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode("utf-8").replace("\r\n", "\n")
