"""
The send journal: one line per outcome, written as it comes, folded into the ledger of the warehouse.

A killed process loses no outcome it was told; what a power cut can cost is the lines since the last `sync`.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType

from senders.message import Receipt, State


@dataclass(frozen=True)
class Outcome:
    """One state a message reached at hand-over: a row of delivery.sends."""

    message_key: str
    sender: str
    attempt: int
    state: State
    changed_at: datetime
    provider_message_id: str = ""
    error: str = ""


class Journal:
    """The file of one day, open for appending."""

    def __init__(self, folder: Path, now: datetime) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{now.date()}.jsonl"
        self._torn = _ends_torn(self.path)
        self._file = self.path.open("a", encoding="utf-8")

    def __enter__(self) -> "Journal":
        if self._torn:
            self._file.write("\n")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def write(self, outcome: Outcome) -> None:
        """Write one outcome so that it survives the process."""
        self._file.write(json.dumps(asdict(outcome), default=str) + "\n")
        self._file.flush()

    def sync(self) -> None:
        """Make everything written survive a power cut."""
        os.fsync(self._file.fileno())


def read_journal(folder: Path, first: date) -> Iterator[Outcome]:
    """Yield every outcome from the day *first* on, oldest first. A line torn by a kill was no outcome yet and is passed over."""
    for path in sorted(path for path in folder.glob("*.jsonl") if path.stem >= first.isoformat()):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                values = json.loads(line)
            except json.JSONDecodeError:
                continue
            yield Outcome(**{**values, "changed_at": datetime.fromisoformat(values["changed_at"])})


def outcome_of(receipt: Receipt, sender: str, attempt: int, now: datetime) -> Outcome:
    """Return what a sender's receipt means for the ledger."""
    return Outcome(receipt.key, sender, attempt, receipt.state, now, receipt.provider_message_id, receipt.error)


def _ends_torn(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
