"""The journal of hand-over: lines that a killed process left."""

from datetime import datetime
from pathlib import Path

from pipelines.delivery.journal import Journal, Outcome, read_journal

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
