"""What every sender promises, told once and held against each of them."""

import mailbox
from abc import ABC, abstractmethod
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mail
from pathlib import Path

import pytest

from senders.files import FilesSettings
from senders.message import Message, Receipt, Sender, by_key
from senders.mime import message_id
from senders.smtp import SmtpSettings
from senders.wiring import sender_from
from tests.senders.mail_server import Mailroom, mail_server
from tests.senders.mails import mail


class SenderContract(ABC):
    """A subclass gives `sender` and says what e-mails came out at the other end."""

    @abstractmethod
    def arrived(self) -> list[Mail]: ...

    def test_gives_one_receipt_for_each_message(self, sender: Sender) -> None:
        receipts = hand_over(sender, [mail("a"), mail("b"), mail("c")])
        assert [(receipt.key, receipt.state) for receipt in receipts] == [("a", "accepted"), ("b", "accepted"), ("c", "accepted")]

    def test_names_an_email_by_its_message_id(self, sender: Sender) -> None:
        (receipt,) = hand_over(sender, [mail("a")])
        assert receipt.provider_message_id == self.arrived()[0]["Message-ID"] == message_id(mail("a"))

    def test_carries_text_and_html_unchanged(self, sender: Sender) -> None:
        hand_over(sender, [mail("a")])
        assert [decoded(part) for part in self.arrived()[0].get_payload()] == [mail("a").text, mail("a").html]

    def test_refuses_an_address_that_is_none_and_goes_on(self, sender: Sender) -> None:
        receipts = by_key(hand_over(sender, [mail("a", to="zoe\nBcc: all@example.org"), mail("b")]))
        assert receipts["a"].state == "refused"
        assert receipts["a"].error == "`zoe Bcc: all@example.org` is not an address that mail can be sent to"
        assert receipts["b"].state == "accepted"
        assert len(self.arrived()) == 1

    def test_takes_batch_after_batch_in_one_session(self, sender: Sender) -> None:
        with sender.session() as session:
            states = [receipt.state for key in "abc" for receipt in session.send([mail(key)])]
        assert states == ["accepted"] * 3
        assert len(self.arrived()) == 3

    def test_a_key_twice_arrives_once_where_the_sender_knows_keys(self, sender: Sender) -> None:
        for _ in range(2):
            assert [receipt.state for receipt in hand_over(sender, [mail("a")])] == ["accepted"]
        assert len(self.arrived()) == (1 if sender.idempotent else 2)


class TestFiles(SenderContract):
    @pytest.fixture
    def sender(self, tmp_path: Path) -> Sender:
        self.folder = tmp_path / "out"
        return sender_from(FilesSettings(kind="files", name="folder", channels=["email"], folder=Path("out")), tmp_path)

    def arrived(self) -> list[Mail]:
        return list(mailbox.Maildir(self.folder / "email", create=False))


class TestSmtp(SenderContract):
    @pytest.fixture
    def sender(self, tmp_path: Path) -> Iterator[Sender]:
        with mail_server() as self.server:
            yield sender_from(SmtpSettings(kind="smtp", name="mail", host="127.0.0.1", port=self.server.port, tls="none"), tmp_path)

    server: Mailroom

    def arrived(self) -> list[Mail]:
        return [message_from_bytes(content) for content in self.server.mails]


def hand_over(sender: Sender, messages: list[Message]) -> list[Receipt]:
    with sender.session() as session:
        return list(session.send(messages))


def decoded(part: Mail | str) -> str:
    assert isinstance(part, Mail)
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode("utf-8").replace("\r\n", "\n")
