"""
The send journal: one file per hand-over pass, one line as each message is taken and one as its outcome comes.

A killed process loses nothing it wrote. A power cut can cost the lines since the last `sync`; the machine has another
boot by then, which `Opened` tells, so that nobody takes a missing line for a message that never left.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

from senders.message import State

BOOT = Path("/proc/sys/kernel/random/boot_id")
NAME = "%Y-%m-%dT%H-%M-%S-%f"


@dataclass(frozen=True)
class Opened:
    """A pass began to write, on a machine that has run without a break since `boot`; empty where nobody knows."""

    opened_at: datetime
    boot: str


@dataclass(frozen=True)
class Taken:
    """A message was about to leave."""

    message_key: str
    sender: str
    attempt: int


@dataclass(frozen=True)
class Outcome:
    """One state a message reached at hand-over: a row of delivery.sends."""

    message_key: str
    sender: str
    attempt: int
    state: State
    changed_at: datetime
    provider_message_id: str | None = None
    error: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True)
class Closed:
    """The pass came to its end; so many messages were claimed in it, and the ledger has the outcome of each."""

    claimed: int


Entry = Opened | Taken | Outcome | Closed
KINDS: dict[str, type[Entry]] = {"opened": Opened, "taken": Taken, "outcome": Outcome, "closed": Closed}
WORD = {kind: word for word, kind in KINDS.items()}
INSTANTS = frozenset({"opened_at", "changed_at", "retry_at"})
LINE = 100
"""A `Closed` line is shorter than so many bytes."""


class Journal:
    """The file of one pass, open for appending by many threads."""

    def __init__(self, folder: Path, now: datetime) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = journal_path(folder, now)
        self._now, self._torn, self._lock = now, _ends_torn(self.path), Lock()
        self._file = self.path.open("a", encoding="utf-8")

    def __enter__(self) -> "Journal":
        try:
            if self._torn:
                self._file.write("\n")
            self.write(Opened(self._now, boot()))
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def write(self, entry: Entry) -> None:
        """Write one entry so that it survives the process."""
        line = json.dumps({WORD[type(entry)]: {name: value for name, value in vars(entry).items() if value is not None}}, default=str)
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()

    def sync(self) -> None:
        """Make everything written survive a power cut."""
        os.fsync(self._file.fileno())


def boot() -> str:
    """Return what names the time since this machine last started; empty where the system does not say."""
    return BOOT.read_text(encoding="ascii").strip() if BOOT.exists() else ""


def journal_path(folder: Path, now: datetime) -> Path:
    """Return the journal of the pass of *now* (UTC); sorted by name, journals are sorted by time."""
    return folder / f"{now.strftime(NAME)}.jsonl"


def passes_since(folder: Path, instant: datetime) -> list[Path]:
    """Return the journals of passes later than *instant*, oldest first."""
    return sorted(path for path in folder.glob("*.jsonl") if path.name > journal_path(folder, instant).name)


def read_journal(path: Path) -> Iterator[Entry]:
    """Yield the entries of one pass as they were written; none where it has no journal. A line torn by a kill is passed over."""
    if not path.exists():
        return
    with path.open("rb") as file:
        yield from (entry for line in file if (entry := _entry(line)))


def claimed_in(path: Path) -> int | None:
    """Return how many messages the pass claimed, by its last line alone; None where it did not come to its end."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LINE))
        lines = file.read().splitlines()
    last = _entry(lines[-1]) if lines else None
    return last.claimed if isinstance(last, Closed) else None


def forget_before(folder: Path, now: datetime, kept: timedelta) -> None:
    """Delete the journals of passes more than *kept* before *now*: no message of theirs could still go."""
    for path in folder.glob("*.jsonl"):
        if path.name < journal_path(folder, now - kept).name:
            path.unlink(missing_ok=True)


def _entry(line: bytes) -> Entry | None:
    try:
        ((word, values),) = json.loads(line).items()
    except ValueError:
        return None
    return KINDS[word](**{name: _read(name, value) for name, value in values.items()})


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in INSTANTS else value


def _ends_torn(path: Path) -> bool:
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"
