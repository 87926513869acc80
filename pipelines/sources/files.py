"""The files of a source: which there are, and which of them the warehouse has not read as they are now."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from glob import escape, glob
from pathlib import Path

from pipelines.errors import shown
from pipelines.settings import Project, SourceSettings
from pipelines.sources.feed import Feed

HERE = Path(__file__).parent
UNREADABLE = "unreadable"
FRESH_NS = 2_000_000_000
"""A file written so short a time ago may be written once more and keep its time: the coarsest file systems count in two seconds."""
READING = {"table", "format", "delimiter", "quote", "header", "encoding", "decimal", "timezone", "timestamp_format", "date_format", "max_reject_rate"}


@dataclass(frozen=True)
class SourceFile:
    """
    A file of a source. `name` is its path relative to the project, `fingerprint` says what it holds and how it is read.

    `modified_ns` is when it was last written, None where that is too short a time ago to know it again by.
    """

    path: Path
    name: str
    fingerprint: str
    modified_ns: int | None

    @property
    def is_empty(self) -> bool:
        return self.fingerprint.startswith("0 ")


def find_files(project: Project, source: SourceSettings) -> list[Path]:
    """Return the files of *source* in the order of their names, the order in which they are loaded."""
    found = glob(os.path.join(escape(str(project.root)), source.path), recursive=True)
    return sorted(Path(path) for path in found if not os.path.isdir(path))


def files_to_read(feed: Feed, as_of: datetime) -> list[SourceFile]:
    """
    Return the files of the source that were never read, or are not what they were, or would be read otherwise today.

    A file of the size and time that it had is not opened. One that could not be opened is tried again in every tick, but once
    only in the tick at *as_of*.
    """
    rules, settled = _rules(feed), _instant_of(feed.project.state_folder) - FRESH_NS
    done = "select file, fingerprint, modified_ns from raw.files where source = $source and (fingerprint <> $unreadable or loaded_at = $as_of)"
    rows = feed.warehouse.rows(done, source=feed.source.name, unreadable=UNREADABLE, as_of=as_of)
    known = {name: (fingerprint, modified) for name, fingerprint, modified in rows}
    named = {shown(path, feed.project.root): path for path in find_files(feed.project, feed.source)}
    opened = [_opened(path, name, rules, settled) for name, path in named.items() if name not in known or not _keeps(path, rules, *known[name])]
    same = [file for file in opened if file.name in known and known[file.name][0] == file.fingerprint]
    _remember(feed, [file for file in same if file.modified_ns])
    return [file for file in opened if file not in same]


def _keeps(path: Path, rules: str, fingerprint: str, modified: int | None) -> bool:
    """Return whether a file of this *fingerprint* still has its size and its time, and is read by the same rules."""
    try:
        now = path.stat()
    except OSError:
        return False
    return now.st_mtime_ns == modified and fingerprint.startswith(f"{now.st_size} ") and fingerprint.endswith(f" {rules}")


def _opened(path: Path, name: str, rules: str, settled: int) -> SourceFile:
    """Look into a file. Its time is taken first, so that a change meanwhile shows the next time."""
    try:
        modified = path.stat().st_mtime_ns
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return SourceFile(path, name, f"{file.tell()} {digest} {rules}", modified if modified < settled else None)
    except OSError:
        return SourceFile(path, name, UNREADABLE, None)


def _remember(feed: Feed, files: list[SourceFile]) -> None:
    """Note when files that have not changed were last written: a copy of a project has all its files written anew."""
    if files:
        with feed.warehouse.transaction():
            names, times = [file.name for file in files], [file.modified_ns for file in files]
            feed.warehouse.run(HERE / "settle.sql", source=feed.source.name, files=names, modified=times)


def _instant_of(folder: Path) -> int:
    """Return the instant by which files written now are dated, in nanoseconds since 1970. It decides what is looked at twice, never what is found."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as written:
        return os.fstat(written.fileno()).st_mtime_ns


def _rules(feed: Feed) -> str:
    """A file refused for its encoding must be read again once the settings say another, though not a byte of it has changed."""
    settings = feed.source.model_dump_json(include=READING)
    query = feed.mapping.query.sql(dialect="duckdb", comments=False) if feed.mapping else ""
    return hashlib.sha256("\n".join([settings, query, feed.project.settings.project.currency]).encode()).hexdigest()[:16]
