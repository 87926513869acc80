"""Messages kept as files: once each, whole or not at all."""

import json
import mailbox
import os
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from senders.files import FilesSender, FilesSettings
from senders.message import Message, Receipt, by_key
from tests.senders.mails import mail

SMS = {"channel": "sms", "to": "+33612345678", "html": "", "subject": ""}


@pytest.fixture
def sender(tmp_path: Path) -> FilesSender:
    return FilesSender(FilesSettings(kind="files", name="folder", channels=["email", "sms"], folder=Path("out")), tmp_path)


def handed_over(sender: FilesSender, messages: list[Message]) -> dict[str, Receipt]:
    with sender.session() as session:
        return by_key(session.send(messages))


def lines(sender: FilesSender) -> list[dict[str, str]]:
    return [json.loads(line) for line in (sender.folder / "sms.jsonl").read_text(encoding="utf-8").splitlines()]


def test_an_email_is_a_file_that_mail_programs_open(sender: FilesSender) -> None:
    handed_over(sender, [mail("0a1b")])
    path = sender.folder / "email" / "new" / "0a1b.eml"
    found = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert found["Subject"] == "Votre panier vous attend, Zoé"
    assert [part.get_content().replace("\r\n", "\n") for part in found.iter_parts()] == [mail("x").text, mail("x").html]
    assert os.listdir(sender.folder / "email" / "tmp") == []


def test_an_email_already_read_is_not_written_again(sender: FilesSender) -> None:
    handed_over(sender, [mail("a")])
    box = mailbox.Maildir(sender.folder / "email")
    (key,) = box.keys()
    seen = box[key]
    seen.set_subdir("cur")
    seen.set_flags("S")
    box[key] = seen
    assert handed_over(sender, [mail("a"), mail("b")])["a"].state == "accepted"
    assert len(mailbox.Maildir(sender.folder / "email")) == 2


def test_a_key_twice_in_one_batch_makes_one_file(sender: FilesSender) -> None:
    with sender.session() as session:
        receipts = list(session.send([mail("a"), mail("a"), mail("s", **SMS), mail("s", **SMS)]))
    assert [receipt.state for receipt in receipts] == ["accepted"] * 4
    assert os.listdir(sender.folder / "email" / "new") == ["a.eml"]
    assert len(lines(sender)) == 1


def test_a_key_cannot_leave_the_folder(sender: FilesSender) -> None:
    handed_over(sender, [mail("../../a")])
    assert os.listdir(sender.folder / "email" / "new") == ["..%2F..%2Fa.eml"]


def test_other_channels_are_lines_of_one_file_each(sender: FilesSender) -> None:
    handed_over(sender, [mail("s", **SMS), mail("t", **SMS)])
    handed_over(sender, [mail("t", **SMS), mail("u", **SMS)])
    assert [line["key"] for line in lines(sender)] == ["s", "t", "u"]
    assert lines(sender)[0] == {
        "key": "s",
        "channel": "sms",
        "to": "+33612345678",
        "text": mail("s").text,
        "date": "2026-09-14T04:00:00",
        "sender": "bonjour@maison.example",
        "sender_name": "Maison Élégante, fils",
        "locale": "fr",
    }


def test_a_line_that_a_crash_left_half_written_is_taken_back(sender: FilesSender) -> None:
    handed_over(sender, [mail("s", **SMS)])
    with (sender.folder / "sms.jsonl").open("a") as file:
        file.write('{"key": "t", "chan')
    handed_over(sender, [mail("t", **SMS)])
    assert [line["key"] for line in lines(sender)] == ["s", "t"]


def test_a_draft_that_a_crash_left_is_written_over(sender: FilesSender) -> None:
    (sender.folder / "email" / "tmp").mkdir(parents=True)
    (sender.folder / "email" / "tmp" / "a.eml").write_text("half")
    assert handed_over(sender, [mail("a")])["a"].state == "accepted"
    assert len(list(mailbox.Maildir(sender.folder / "email"))) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a file on a disk that is always full")
def test_a_full_disk_leaves_every_message_for_later_and_nothing_half_written(sender: FilesSender) -> None:
    (sender.folder / "email" / "tmp").mkdir(parents=True)
    (sender.folder / "email" / "tmp" / "a.eml").symlink_to("/dev/full")
    receipts = handed_over(sender, [mail("a"), mail("b")])
    assert (receipts["a"].state, receipts["a"].error) == ("retry", "No space left on device")
    assert receipts["b"].state == "accepted"
    assert os.listdir(sender.folder / "email" / "tmp") == []
    assert handed_over(sender, [mail("a")])["a"].state == "accepted"


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], None]]:
    """Gives a function after which no file can grow beyond so many bytes: a write there is cut short, then refused."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_line_that_does_not_fit_leaves_no_part_of_itself(sender: FilesSender, small_disk: Callable[[int], None]) -> None:
    handed_over(sender, [mail("s", **SMS)])
    small_disk((sender.folder / "sms.jsonl").stat().st_size + 10)
    receipts = handed_over(sender, [mail("s", **SMS), mail("t", **SMS)])
    assert (receipts["s"].state, receipts["t"].state) == ("accepted", "retry")
    assert [line["key"] for line in lines(sender)] == ["s"]


def test_a_folder_that_cannot_be_made_leaves_every_message_for_later(sender: FilesSender) -> None:
    sender.folder.write_text("a file where the folder should be")
    receipts = handed_over(sender, [mail("a"), mail("s", **SMS)])
    assert {receipt.state for receipt in receipts.values()} == {"retry"}
