"""The journal of hand-over: lines that a killed process left."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.delivery.journal import Damaged, Journal, Outcome, Taken, read_journal

NOW = datetime(2026, 1, 5, 5)


def test_a_torn_line_was_no_outcome_and_spoils_no_other(tmp_path: Path) -> None:
    def outcome(key: str) -> Outcome:
        return Outcome(key, "scripted", 1, "accepted", NOW, "id")

    with Journal(tmp_path, NOW) as journal:
        journal.write(outcome("whole"))
    (file,) = tmp_path.iterdir()
    with file.open("a") as torn:
        torn.write('{"outcome": {"message_key": "torn", "sen')
    with Journal(tmp_path, NOW) as journal:
        journal.write(outcome("after"))
    assert [entry.message_key for entry in read_journal(file) if isinstance(entry, Outcome)] == ["whole", "after"]


SPOILT: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "NUL in the middle": lambda lines: [lines[0], b"\0" * 60 + b"\n", *lines[2:]],
    "letters in the middle": lambda lines: [lines[0], b"x" * 60 + b"\n", *lines[2:]],
    "a line that is gone": lambda lines: [lines[0], *lines[2:]],
    "a first line that is gone": lambda lines: lines[1:],
    "two lines made one": lambda lines: [lines[0], lines[1].rstrip(), *lines[2:]],
    "a last line that is whole and says nothing": lambda lines: [*lines[:-1], b"x" * 60 + b"\n"],
    "a number": lambda lines: [*lines, b"123\n"],
    "null": lambda lines: [*lines, b"null\n"],
    "a list": lambda lines: [*lines, b"[]\n"],
    "a word of a newer version": lambda lines: [*lines, b'{"later": {}, "line": 5}\n'],
    "a field of a newer version": lambda lines: [*lines, b'{"taken": {"message_key": "a", "sender": "s", "attempt": 1, "to": 2}, "line": 5}\n'],
    "a state of a newer version": lambda lines: [
        *lines,
        b'{"outcome": {"message_key": "a", "sender": "s", "attempt": 1, "state": "read", "changed_at": "2026-01-05"}, "line": 5}\n',
    ],
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=list(SPOILT))
def test_lines_that_no_kill_explains_are_damage(tmp_path: Path, spoilt: Callable[[list[bytes]], list[bytes]]) -> None:
    with Journal(tmp_path, NOW) as journal:
        journal.write(Taken("a", "scripted", 1))
        journal.write(Outcome("a", "scripted", 1, "accepted", NOW, "id"))
    lines = journal.path.read_bytes().splitlines(keepends=True)
    assert Damaged() not in read_journal(journal.path)
    journal.path.write_bytes(b"".join(spoilt(lines)))
    assert Damaged() in read_journal(journal.path)


def test_a_journal_of_before_lines_had_numbers_is_read(tmp_path: Path) -> None:
    with Journal(tmp_path, NOW) as journal:
        journal.write(Taken("a", "scripted", 1))
    numbered = list(read_journal(journal.path))
    journal.path.write_bytes(b"".join(line.partition(b', "line"')[0] + b"}\n" for line in journal.path.read_bytes().splitlines()))
    assert list(read_journal(journal.path)) == numbered
