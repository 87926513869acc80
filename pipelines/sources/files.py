"""The files of a source: which there are, and which of them the warehouse has not read as they are now."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from glob import escape, glob
from pathlib import Path

from pipelines.errors import shown
from pipelines.settings import Project, SourceSettings
from pipelines.sources.feed import Feed

UNREADABLE = "unreadable"
READING = {"table", "format", "delimiter", "quote", "header", "encoding", "decimal", "timezone", "timestamp_format", "date_format", "max_reject_rate"}


@dataclass(frozen=True)
class SourceFile:
    """A file of a source. `name` is its path relative to the project, `fingerprint` says what it holds and how it is read."""

    path: Path
    name: str
    fingerprint: str

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

    A file that could not be opened is tried again in every tick, but once only in the tick at *as_of*.
    """
    rules = _rules(feed)
    files = [SourceFile(path, shown(path, feed.project.root), _fingerprint(path, rules)) for path in find_files(feed.project, feed.source)]
    done = "select file, fingerprint from raw.files where source = $source and (fingerprint <> $unreadable or loaded_at = $as_of)"
    read: dict[str, str] = dict(feed.warehouse.rows(done, source=feed.source.name, unreadable=UNREADABLE, as_of=as_of))
    return [file for file in files if read.get(file.name) != file.fingerprint]


def _fingerprint(path: Path, rules: str) -> str:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return f"{file.tell()} {digest} {rules}"
    except OSError:
        return UNREADABLE


def _rules(feed: Feed) -> str:
    """A file refused for its encoding must be read again once the settings say another, though not a byte of it has changed."""
    settings = feed.source.model_dump_json(include=READING)
    query = feed.mapping.query.sql(dialect="duckdb", comments=False) if feed.mapping else ""
    return hashlib.sha256("\n".join([settings, query, feed.project.settings.project.currency]).encode()).hexdigest()[:16]
