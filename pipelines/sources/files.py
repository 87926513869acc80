"""The files of a source: which there are, and which of them the warehouse has not read as they are now."""

import hashlib
import os
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from pipelines.errors import shown
from pipelines.settings import Project, SourceSettings
from pipelines.sources.mapping import Mapping
from pipelines.warehouse.duckdb import Warehouse

UNREADABLE = "unreadable"
READING = {"table", "format", "delimiter", "quote", "header", "encoding", "decimal", "timezone", "timestamp_format", "date_format", "max_reject_rate"}


@dataclass(frozen=True)
class SourceFile:
    """A file of a source. `name` is its path relative to the project, `fingerprint` says what it holds and how it is read."""

    path: Path
    name: str
    fingerprint: str

    @property
    def empty(self) -> bool:
        return self.fingerprint.startswith("0 ")


def find_files(project: Project, source: SourceSettings) -> list[Path]:
    """Return the files of *source* in the order of their names, the order in which they are loaded."""
    found = glob(os.path.join(glob_escaped(project.root), source.path), recursive=True)
    return sorted(Path(path) for path in found if not os.path.isdir(path))


def glob_escaped(root: Path) -> str:
    """Return the project's folder so that nothing in its own name is taken for a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(root))


def changed_files(warehouse: Warehouse, project: Project, source: SourceSettings, mapping: Mapping | None) -> list[SourceFile]:
    """Return the files of *source* that were never read, or are not what they were, or would be read otherwise today."""
    rules = _rules(project, source, mapping)
    files = [SourceFile(path, shown(path, project.root), _fingerprint(path, rules)) for path in find_files(project, source)]
    read = dict(warehouse.rows("select file, fingerprint from raw.files where source = $source", source=source.name))
    return [file for file in files if read.get(file.name) != file.fingerprint or file.fingerprint == UNREADABLE]


def _fingerprint(path: Path, rules: str) -> str:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return f"{file.tell()} {digest} {rules}"
    except OSError:
        return UNREADABLE


def _rules(project: Project, source: SourceSettings, mapping: Mapping | None) -> str:
    """A file refused for its encoding must be read again once the settings say another, though not a byte of it has changed."""
    settings = source.model_dump_json(include=READING)
    query = mapping.query.sql(dialect="duckdb", comments=False) if mapping else ""
    return hashlib.sha256("\n".join([settings, query, project.settings.project.currency]).encode()).hexdigest()[:16]
