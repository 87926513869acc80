"""
Hashes of who is never to be written to again, kept beside the journals: a warehouse restored from a backup lacks the latest.

The warehouse comes first, and each pass and command notes after it what the file lacks: whatever kept one from doing so, the next makes it good.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.warehouse.duckdb import Row, Warehouse
from senders.files import sync

HERE = Path(__file__).parent
NAME = "hashes.txt"


@dataclass(frozen=True)
class Differences:
    """Rows that the file alone has, and those that the warehouse alone has."""

    noted: list[Row]
    known: list[Row]


def compare_hashes(warehouse: Warehouse, folder: Path) -> Differences:
    """Hold what was noted in the journals' *folder* against the warehouse."""
    noted, known = _noted(folder / NAME), {_key(row): row for row in warehouse.rows(HERE / "hashes.sql")}
    return Differences([noted[key] for key in noted.keys() - known.keys()], [row for key, row in known.items() if key not in noted])


def bring_back_hashes(warehouse: Warehouse, noted: Sequence[Row]) -> None:
    """Write into the warehouse what the file alone has."""
    warehouse.run("create or replace temp table noted (what varchar, kind varchar, hash varchar, reason varchar, topic varchar, since timestamp)")
    warehouse.append("noted", ["what", "kind", "hash", "reason", "topic", "since"], noted)
    warehouse.run(HERE / "bring_back_hashes.sql")


def note_hashes(folder: Path, rows: Sequence[Row]) -> None:
    """Note *rows* in *folder*: what the warehouse alone has, or `lifted` in place of `suppressed`, that it has no longer."""
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
        sync(folder)


def _noted(path: Path) -> dict[Row, Row]:
    """Return the rows of the file by their keys; a line torn by a kill is passed over, for the warehouse has it."""
    rows: dict[Row, Row] = {}
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                try:
                    what, kind, hash, reason, topic, since = json.loads(line)
                    row = ("suppressed" if what == "lifted" else what, kind, hash, reason, topic, datetime.fromisoformat(since))
                except (ValueError, TypeError):
                    continue
                if what == "lifted":
                    rows.pop(row, None)
                else:
                    rows[_key(row)] = row
    return rows


def _key(row: Row) -> Row:
    """Return what makes a row one: an address may be suppressed several times, somebody is forgotten once."""
    return row if row[0] == "suppressed" else row[:3]
