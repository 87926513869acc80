"""Which files the ticks ran with: what `plan` compares the files of now with."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


def keep_files(warehouse: Warehouse, texts: Mapping[str, str], as_of: datetime) -> None:
    """Write down which of *texts*, by path, changed since the tick before *as_of*, and which are gone. Idempotent."""
    with warehouse.transaction():
        warehouse.run("delete from runs.files where since >= $as_of", as_of=as_of)
        known: dict[str, str] = dict(warehouse.rows(HERE / "files_known.sql"))
        now = {path: sha256(text.encode()).hexdigest() for path, text in texts.items()}
        rows: list[tuple[str, datetime, str, str | None]] = [(path, as_of, mark, texts[path]) for path, mark in now.items() if known.get(path) != mark]
        rows += [(path, as_of, "", None) for path in sorted(known.keys() - now.keys())]
        warehouse.append("runs.files", ["path", "since", "fingerprint", "text"], rows)


def files_of(warehouse: Warehouse, as_of: datetime) -> dict[str, str]:
    """Return the texts that the tick *as_of* ran with, by path."""
    return dict(warehouse.rows(HERE / "files_of_tick.sql", as_of=as_of))
