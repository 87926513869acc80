"""
The send journal: one file per hand-over pass, one line as each message is taken and one as its outcome comes.

A killed process loses nothing it wrote, and tears one line at most, the last. A power cut can cost the lines since the last
`sync`; the machine has another boot by then, which `Opened` tells. Lines are numbered, so that one that was lost or spoilt in
the middle is missed. Nobody takes a missing line for a message that never left.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, TextIO, get_args

from senders.files import sync
from senders.message import State

BOOT = Path("/proc/sys/kernel/random/boot_id")
NAME = "%Y-%m-%dT%H-%M-%S-%f"


@dataclass(frozen=True)
class Opened:
    """A pass began to write, on a machine that has run without a break since `boot`; empty where nobody knows. Only who `closes` writes `Closed`."""

    opened_at: datetime
    boot: str
    closes: bool = False


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
    """Whoever opened the file came to an end, and all that it wrote is there; so many messages were claimed in the pass by then, None where it broke off."""

    claimed: int | None = None


@dataclass(frozen=True)
class Lost:
    """A person went on without journals that were lost: what fell due before `reconciled_at` may have gone."""

    reconciled_at: datetime


@dataclass(frozen=True)
class Damaged:
    """Lines that cannot be read or are not there, and that no kill explains; nothing writes this."""


Entry = Opened | Taken | Outcome | Closed | Lost
KINDS: dict[str, type[Entry]] = {"opened": Opened, "taken": Taken, "outcome": Outcome, "closed": Closed, "lost": Lost}
WORD = {kind: word for word, kind in KINDS.items()}
INSTANTS = frozenset({"opened_at", "changed_at", "retry_at", "reconciled_at"})
STATES = frozenset(get_args(State))
LINE = 100
"""A `Closed` line is shorter than so many bytes."""


class Journal:
    """
    The file of one pass, open for appending by many threads; `claimed` is to say in the end how many messages the pass claimed.

    A pass opens it right before its first claim, so that one which was cut short and tells of nothing may have sent something.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self.claimed: int | None = None
        self.path = journal_path(folder, now)
        self._now, self._lines, self._lock = now, 0, Lock()
        self._file: TextIO | None = None

    def __enter__(self) -> "Journal":
        try:
            self.open()
        except BaseException:
            if self._file:
                self._file.close()
            raise
        return self

    def open(self) -> None:
        """Open the file, unless it is, and write down that somebody does."""
        if self._file:
            return
        folder = self.path.parent
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        self._lines, torn = _lines_of(self.path)
        self._file = self.path.open("a", encoding="utf-8")
        if not self._lines:  # a file whose folder does not know it is lost with the power
            sync(folder)
        if made:
            sync(folder.parent)
        if torn:
            self._file.write("\n")
        self.write(Opened(self._now, boot(), closes=True))
        self.sync()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._file:
            return
        try:
            self.write(Closed(self.claimed))
            self.sync()
        except OSError:
            if error is None:
                raise
        finally:
            self._file.close()

    def write(self, entry: Entry) -> None:
        """Write one entry so that it survives the process."""
        said = json.dumps({name: value for name, value in vars(entry).items() if value is not None}, default=str)
        assert self._file, "it was not opened"
        with self._lock:
            self._lines += 1
            self._file.write(f'{{"{WORD[type(entry)]}": {said}, "line": {self._lines}}}\n')
            self._file.flush()

    def sync(self) -> None:
        """Make everything written survive a power cut."""
        assert self._file, "it was not opened"
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


def read_journal(path: Path) -> Iterator[Entry | Damaged]:
    """
    Yield the entries of one pass as they were written; none where it has no journal.

    A line torn by a kill, at the end or before a pass that opened the file again, is passed over; Damaged stands for any other that
    cannot be read, and for lines that are not there.
    """
    if not path.exists():
        return
    torn = False
    with path.open("rb") as file:
        for place, line in enumerate(file, 1):
            entry, number = _entry(line)
            if (torn and not isinstance(entry, Opened)) or number not in (None, place):
                yield Damaged()
            if entry:
                yield entry
            elif line.endswith(b"\n"):
                torn = True
                continue
            torn = False
    if torn:
        yield Damaged()


def seal(path: Path) -> None:
    """End the journal of a pass that was killed: what it wrote is on the disk from then on, whatever becomes of the machine."""
    with Journal(path.parent, datetime.strptime(path.stem, NAME)):
        """Nothing more is to be said."""


def claimed_in(path: Path) -> int | None:
    """Return how many messages the pass claimed, by its last line alone; None where its last sender did not come to its end."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LINE))
        lines = file.read().splitlines()
    last = _entry(lines[-1])[0] if lines else None
    return last.claimed if isinstance(last, Closed) else None


def forget_before(folder: Path, now: datetime, kept: timedelta, latest: datetime) -> None:
    """Delete the journals of passes more than *kept* before *now*, no message of which could still go; that of the *latest* pass stays."""
    for path in folder.glob("*.jsonl"):
        if path.name < journal_path(folder, min(latest, now - kept)).name:
            path.unlink(missing_ok=True)


def _entry(line: bytes) -> tuple[Entry | None, int | None]:
    """Return what a line says and its number; no entry where it says nothing that is known here, no number where it has none."""
    try:
        said = json.loads(line)
        number = said.pop("line", None)
        ((word, values),) = said.items()
        if values.get("state", "accepted") not in STATES:
            return None, number
        return KINDS[word](**{name: _read(name, value) for name, value in values.items()}), number
    except (ValueError, TypeError, AttributeError, KeyError):
        return None, None


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in INSTANTS else value


def _lines_of(path: Path) -> tuple[int, bool]:
    """Return how many lines a journal has, and whether the last was torn."""
    if not path.exists():
        return 0, False
    with path.open("rb") as file:
        whole = sum(line.endswith(b"\n") for line in file)
        torn = file.seek(-1, os.SEEK_END) >= 0 and file.read() != b"\n" if path.stat().st_size else False
    return whole + torn, torn
