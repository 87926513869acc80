"""The file that the service team opens."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from senders.call_list import CallListSettings, erase
from senders.message import Message, Sender
from senders.wiring import sender_from
from tests.senders.mails import clock, mail
from tests.senders.test_contract import hand_over


def call(key: str, **changes: Any) -> Message:
    return mail(key, **{"channel": "call_list", "to": "+33612345678", "text": f"Rappeler {key}", "html": "", "subject": "", "sender": ""} | changes)


def sender_in(root: Path, **changes: Any) -> Sender:
    return sender_from(CallListSettings(kind="call_list", name="calls", folder=Path("lists"), **changes), root, clock)


def files(root: Path) -> dict[str, list[list[str]]]:
    return {path.name: list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines())) for path in sorted((root / "lists").iterdir())}


def test_a_day_has_a_file_with_one_row_a_call(tmp_path: Path) -> None:
    hand_over(sender_in(tmp_path), [call("a"), call("b", text="Rappeler Zoé, « avant midi »\nau plus tard")])
    hand_over(sender_in(tmp_path), [call("c"), call("d", date=datetime(2026, 9, 15, 4, 0))])
    text = (tmp_path / "lists" / "calls-2026-09-14.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfphone,text,due_on,message_key\r\n")
    with (tmp_path / "lists" / "calls-2026-09-14.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [
        ["+33612345678", "Rappeler a", "2026-09-14", "a"],
        ["+33612345678", "Rappeler Zoé, « avant midi »\nau plus tard", "2026-09-14", "b"],
        ["+33612345678", "Rappeler c", "2026-09-14", "c"],
    ]
    assert files(tmp_path)["calls-2026-09-15.csv"][1:] == [["+33612345678", "Rappeler d", "2026-09-15", "d"]]


def test_a_key_is_written_once_whatever_its_day(tmp_path: Path) -> None:
    hand_over(sender_in(tmp_path), [call("a")])
    [receipt] = hand_over(sender_in(tmp_path), [call("a", date=datetime(2026, 9, 16, 4, 0))])
    assert receipt.state == "accepted"
    assert list(files(tmp_path)) == ["calls-2026-09-14.csv"]


def test_what_people_wrote_into_the_file_stays(tmp_path: Path) -> None:
    hand_over(sender_in(tmp_path), [call("a")])
    path = tmp_path / "lists" / "calls-2026-09-14.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("Rappeler a", "Rappeler a: fait").rstrip("\n"), encoding="utf-8")
    hand_over(sender_in(tmp_path), [call("a"), call("b")])
    assert [row[1] for row in files(tmp_path)[path.name][1:]] == ["Rappeler a: fait", "Rappeler b"]


def test_a_file_of_another_form_is_left_alone_and_the_calls_wait(tmp_path: Path) -> None:
    hand_over(sender_in(tmp_path), [call("a")])
    path = tmp_path / "lists" / "calls-2026-09-14.csv"
    path.write_text("phone;note\n+33612345678;fait\n", encoding="utf-8")
    [receipt] = hand_over(sender_in(tmp_path), [call("b")])
    assert (receipt.state, receipt.error) == ("retry", "calls-2026-09-14.csv has no column `message_key` any more: move it out of lists")
    assert path.read_text(encoding="utf-8") == "phone;note\n+33612345678;fait\n"


def test_no_disk_no_call(tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("in the way")
    receipts = hand_over(sender_in(tmp_path), [call("a"), call("b")])
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("retry", "File exists")] * 2


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_shows_a_text_and_never_computes_it(tmp_path: Path, text: str) -> None:
    hand_over(sender_in(tmp_path, delimiter=";"), [call("a", text=text)])
    assert f";'{text};" in (tmp_path / "lists" / "calls-2026-09-14.csv").read_text(encoding="utf-8-sig").replace('"', "")


def test_a_call_needs_something_to_say(tmp_path: Path) -> None:
    [receipt] = hand_over(sender_in(tmp_path), [call("a", text=" ")])
    assert (receipt.state, receipt.error) == ("refused", "the text is empty")


def test_who_is_forgotten_is_in_no_draft_that_a_killed_pass_left(tmp_path: Path) -> None:
    hand_over(sender_in(tmp_path), [call("a"), call("b")])
    (tmp_path / "lists" / "calls-2026-09-14.part").write_text("+33612345678")
    assert erase(CallListSettings(kind="call_list", name="calls", folder=Path("lists")), tmp_path, {"a"}) == 1
    assert [row[-1] for row in files(tmp_path)["calls-2026-09-14.csv"][1:]] == ["b"]
    assert list(files(tmp_path)) == ["calls-2026-09-14.csv"]
