"""Messages as lists for the people who telephone: one CSV file a day, one row a call, readable by every spreadsheet."""

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from senders.files import sync
from senders.message import Message, Receipt
from senders.pace import PacedSettings
from senders.phone import phone_number

Row = tuple[str, str, str, str]
COLUMNS = ("phone", "text", "due_on", "message_key")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Signs that make a spreadsheet compute a cell instead of showing it."""


class CallListSettings(BaseModel):
    """Writes messages to a list of calls for the service team, a CSV file a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["call_list"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$", description="The sender's name, in lineage and the send ledger, and how its files begin.")
    channels: list[Literal["call_list"]] = Field(["call_list"], description="Calls are all it can carry.")
    folder: Path = Field(Path(".relance/call_lists"), description="Where the files go, relative to the project; may be a shared folder.")
    delimiter: Literal[",", ";"] = Field(",", description="What separates columns; spreadsheets in French want `;`.")


class CallListSender:
    """
    Adds calls to `<name>-<day>.csv` of its folder, the day of the hand-over in UTC. Accepted means the file on the disk has the call.

    A key is written once, however often it is handed over, as long as the files of earlier days lie there.
    """

    idempotent = True
    acts = True
    pace = PacedSettings(connections=1)

    def __init__(self, settings: CallListSettings, root: Path) -> None:
        self.settings = settings
        self.name = settings.name
        self.channels = frozenset[str](settings.channels)
        self.folder = root / settings.folder

    @contextmanager
    def session(self) -> Iterator["CallListSession"]:
        yield CallListSession(self.folder, self.name, self.settings.delimiter)


def erase(settings: CallListSettings, root: Path, keys: set[str]) -> int:
    """Take the calls of *keys* out of the files that lie in a sender's folder, notes and all; return how many there were."""
    return CallListSession(root / settings.folder, settings.name, settings.delimiter).drop(keys)


def unreadable(settings: CallListSettings, root: Path) -> list[Path]:
    """Return the files in a sender's folder that say no longer which calls they hold."""
    return CallListSession(root / settings.folder, settings.name, settings.delimiter).unreadable()


class CallListSession:
    """Reads which keys the files hold before it adds to them: somebody may have worked in them meanwhile."""

    def __init__(self, folder: Path, name: str, delimiter: str) -> None:
        self.folder = folder
        self.name = name
        self.delimiter = delimiter

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        fit = []
        for message in messages:
            try:
                fit.append((message, _row(message)))
            except ValueError as error:
                yield Receipt(message.key, "refused", error=str(error), about="message")
        try:
            self._keep([row for _, row in fit])
        except (OSError, ValueError) as error:
            yield from (Receipt(message.key, "retry", error=getattr(error, "strerror", None) or str(error)) for message, _ in fit)
        else:
            yield from (Receipt(message.key, "accepted", message.key) for message, _ in fit)

    def _keep(self, rows: Sequence[Row]) -> None:
        """Put those of *rows* that no file holds into the file of their day; raise OSError or ValueError where that cannot be done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {key for path in self._files() for key in self._keys(path)}
        for day in sorted({day for _, _, day, _ in rows}):
            fresh = {row[-1]: row for row in rows if row[2] == day and row[-1] not in kept}
            if fresh:
                self._add(self.folder / f"{self.name}-{day}.csv", list(fresh.values()))

    def _keys(self, path: Path) -> list[str]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter=self.delimiter)
            if "message_key" not in (rows.fieldnames or ()):
                raise ValueError(f"{path.name} has no column `message_key` any more: move it out of {path.parent.name}")
            return [row["message_key"] for row in rows]

    def drop(self, keys: set[str]) -> int:
        """Write every file that holds calls of *keys* anew without them, delete drafts that killed passes left, and return how many calls there were."""
        for draft in self.folder.glob(f"{self.name}-*.part"):
            draft.unlink()
        unreadable = self.unreadable()
        held = {path: len(keys.intersection(self._keys(path))) for path in self._files() if path not in unreadable}
        for path in (path for path, count in held.items() if count):
            with path.open(encoding="utf-8-sig", newline="") as file:
                heading, *rows = csv.reader(file, delimiter=self.delimiter)
            place = heading.index("message_key")
            kept = [row for row in rows if len(row) <= place or row[place] not in keys]
            self._replace(path, self._lines([heading, *kept]).encode("utf-8-sig"))
        return sum(held.values())

    def unreadable(self) -> list[Path]:
        found = []
        for path in self._files():
            try:
                self._keys(path)
            except ValueError:
                found.append(path)
        return found

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"{self.name}-*.csv"))

    def _add(self, path: Path, rows: Sequence[Row]) -> None:
        """Write the whole file anew beside the old one, and put it in its place when it is on the disk."""
        before = path.read_bytes() if path.exists() else self._lines([COLUMNS]).encode("utf-8-sig")
        self._replace(path, before + (b"" if before.endswith(b"\n") else b"\r\n") + self._lines(rows).encode("utf-8"))

    def _replace(self, path: Path, content: bytes) -> None:
        draft = path.with_suffix(".part")
        draft.write_bytes(content)
        sync(draft)
        os.replace(draft, path)
        sync(path.parent)

    def _lines(self, rows: Sequence[Sequence[str]]) -> str:
        written = io.StringIO()
        csv.writer(written, delimiter=self.delimiter).writerows(rows)
        return written.getvalue()


def _row(message: Message) -> Row:
    """Return the cells of a call; raise ValueError where there is no number, or nothing to say."""
    if not message.text.strip():
        raise ValueError("the text is empty")
    text = f"'{message.text}" if message.text.startswith(FORMULA) else message.text
    return phone_number(message.to), text, message.date.date().isoformat(), message.key
