"""
Hashes of who is never to be written to again, kept beside the journals: a warehouse restored from a backup lacks the latest.

The warehouse comes first, and each pass and command notes after it what the file lacks: whatever kept one from doing so, the next makes it good.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipelines.delivery.journal import sync_folder
from pipelines.warehouse.duckdb import Row, Warehouse

HERE = Path(__file__).parent
NAME = "hashes.txt"
NOTED = ["what", "kind", "hash", "reason", "topic", "since"]


def read_hashes(warehouse: Warehouse, folder: Path) -> int:
    """Read what was noted in the journals' *folder* as the temporary table `noted`; return how much of it the warehouse lacks."""
    warehouse.run("create or replace temp table noted (what varchar, kind varchar, hash varchar, reason varchar, topic varchar, since timestamp)")
    warehouse.append("noted", NOTED, sorted(set(_lines(folder / NAME))))
    return len(warehouse.rows(HERE / "noted_alone.sql"))


def bring_back_hashes(warehouse: Warehouse) -> None:
    """Write into the warehouse what `noted` alone has."""
    warehouse.run(HERE / "bring_back_hashes.sql")


def note_hashes(warehouse: Warehouse, folder: Path) -> None:
    """Note in *folder* what the warehouse has and `noted` lacks."""
    rows = warehouse.rows(HERE / "not_noted.sql")
    if not rows:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("a+b") as file:
        begun = file.tell() > 0
        if begun and file.seek(-1, os.SEEK_END) >= 0 and file.read() != b"\n":
            file.write(b"\n")
        file.write("".join(json.dumps([*row[:5], row[5].isoformat()]) + "\n" for row in rows).encode())
        file.flush()
        os.fsync(file.fileno())
    if not begun:
        sync_folder(folder)


def _lines(path: Path) -> Iterator[Row]:
    """Yield the rows of the file; a line torn by a kill is passed over, for the warehouse has it."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                what, kind, hash, reason, topic, since = json.loads(line)
                yield what, kind, hash, reason, topic, datetime.fromisoformat(since)
            except (ValueError, TypeError):
                continue
