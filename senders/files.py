"""Messages as files: `.eml` in a maildir, JSON lines for other channels. Nobody receives anything."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from senders.message import Channel, Message, Receipt
from senders.mime import message_id, to_bytes
from senders.pace import PacedSettings


class FilesSettings(BaseModel):
    """Writes messages to a folder instead of sending them: for trying out, and for copies."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["files"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$", description="The sender's name, in lineage and the send ledger.")
    channels: list[Channel] = Field(min_length=1, description="Channels it serves.")
    folder: Path = Field(Path(".relance/outgoing"), description="Where the files go, relative to the project.")


class FilesSender:
    """
    Keeps e-mail in the maildir `email/` of its folder and every other channel in `<channel>.jsonl`.

    A key is kept once, however often it is handed over. Accepted means it is on the disk.
    """

    idempotent = True
    acts = False
    pace = PacedSettings(connections=1)

    def __init__(self, settings: FilesSettings, root: Path) -> None:
        self.name = settings.name
        self.channels: frozenset[str] = frozenset(settings.channels)
        self.folder = root / settings.folder

    @contextmanager
    def session(self) -> Iterator["FilesSession"]:
        yield FilesSession(self.folder)


def erase(settings: FilesSettings, root: Path, keys: Set[str]) -> int:
    """Delete the messages of *keys* from the files of a sender; return how many there were."""
    folder = root / settings.folder
    names = {quote(key, safe="") for key in keys}
    mails = [path for part in ("new", "cur", "tmp") for path in (folder / "email" / part).glob("*.eml*") if path.name.partition(".eml")[0] in names]
    for path in mails:
        path.unlink()
    return len(mails) + sum(JsonLines(path).drop(keys) for path in sorted(folder.glob("*.jsonl")))


class FilesSession:
    """Knows which keys its files hold already, so that one session reads each file once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stores: dict[str, Maildir | JsonLines] = {}

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        taken = list(messages)
        for channel in sorted({message.channel for message in taken}):
            batch = [message for message in taken if message.channel == channel]
            try:
                store = self._store(channel)
            except OSError as error:
                yield from (_retry(message, error) for message in batch)
            else:
                yield from store.keep(batch)

    def _store(self, channel: str) -> "Maildir | JsonLines":
        if channel not in self.stores:
            self.stores[channel] = Maildir(self.folder / channel) if channel == "email" else JsonLines(self.folder / f"{channel}.jsonl")
        return self.stores[channel]


class Maildir:
    """A maildir that any mail program reads: written in `tmp`, moved to `new` when whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        # A mail program moves what it has seen to cur and appends its flags to the name.
        self.kept = {entry.name.partition(":2,")[0] for part in ("new", "cur") for entry in os.scandir(folder / part)}

    def keep(self, messages: Sequence[Message]) -> list[Receipt]:
        """Keep a batch and return its receipts; one wait for the disk serves them all."""
        batch = {message.key: message for message in messages}
        outcomes = {key: self._drafted(message) for key, message in batch.items()}
        outcomes |= {key: self._published(batch[key]) for key, receipt in outcomes.items() if receipt is None}
        sync(self.folder / "new")
        return [outcomes[message.key] or _accepted(message) for message in messages]

    def _drafted(self, message: Message) -> Receipt | None:
        """Write the draft of *message*; return a receipt where there is nothing to publish."""
        if _file_name(message) in self.kept:
            return _accepted(message)
        try:
            self._draft(message).write_bytes(to_bytes(message))
        except ValueError as error:
            return Receipt(message.key, "refused", error=str(error), about="message")
        except OSError as error:
            self._draft(message).unlink(missing_ok=True)
            return _retry(message, error)
        return None

    def _published(self, message: Message) -> Receipt | None:
        draft = self._draft(message)
        try:
            sync(draft)
            os.replace(draft, self.folder / "new" / _file_name(message))
        except OSError as error:
            draft.unlink(missing_ok=True)
            return _retry(message, error)
        self.kept.add(_file_name(message))
        return None

    def _draft(self, message: Message) -> Path:
        return self.folder / "tmp" / _file_name(message)


class JsonLines:
    """One JSON object a line and message. A line that a crash left half written is taken back first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.seek(0)
            lines = file.readlines()
            if lines and not lines[-1].endswith(b"\n"):
                file.truncate(sum(map(len, lines[:-1])))
                lines.pop()
        self.kept: set[str] = {json.loads(line)["key"] for line in lines}

    def keep(self, messages: Sequence[Message]) -> list[Receipt]:
        """Append a batch whole or not at all, and return its receipts."""
        fresh = {message.key: message for message in messages if message.key not in self.kept}
        try:
            if fresh:
                self._append(b"".join(_line(message) for message in fresh.values()))
        except OSError as error:
            return [_retry(message, error) if message.key in fresh else _accepted(message) for message in messages]
        self.kept.update(fresh)
        return [_accepted(message) for message in messages]

    def drop(self, keys: Set[str]) -> int:
        """Take the messages of *keys* out, all or none; return how many there were."""
        dropped = self.kept & keys
        if dropped:
            draft = self.path.with_suffix(".draft")
            lines = self.path.read_bytes().splitlines(keepends=True)
            draft.write_bytes(b"".join(line for line in lines if json.loads(line)["key"] not in dropped))
            os.replace(draft, self.path)
            self.kept -= dropped
        return len(dropped)

    def _append(self, lines: bytes) -> None:
        with self.path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                if file.write(lines) != len(lines):
                    raise OSError("the disk took only a part")
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                raise


def _line(message: Message) -> bytes:
    values = {name: value for name, value in asdict(message).items() if value}
    return json.dumps(values, ensure_ascii=False, default=datetime.isoformat).encode("utf-8") + b"\n"


def _file_name(message: Message) -> str:
    return quote(message.key, safe="") + ".eml"


def _accepted(message: Message) -> Receipt:
    return Receipt(message.key, "accepted", message_id(message) if message.channel == "email" else message.key)


def _retry(message: Message, error: OSError) -> Receipt:
    return Receipt(message.key, "retry", error=error.strerror or str(error))


def sync(path: Path) -> None:
    """Wait until *path*, a file or a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
