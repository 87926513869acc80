"""
Hashes of who is never to be written to again, kept beside the journals: a warehouse restored from a backup lacks the latest.

The warehouse comes first, and each pass and command notes after it what the file lacks: whatever kept one from doing so, the next makes it good.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pipelines.warehouse.duckdb import Row, Warehouse
from senders.files import sync

HERE = Path(__file__).parent
READING = HERE.parent / "sources"
NAME = "hashes.txt"


@dataclass(frozen=True)
class Differences:
    """Rows that the file alone has, and those that the warehouse alone has."""

    noted: list[Row]
    known: list[Row]


def compare_hashes(warehouse: Warehouse, folder: Path) -> Differences:
    """Hold what was noted in the journals' *folder* against the warehouse, in the engine: a shop may have a million of them."""
    noted = folder / NAME
    warehouse.run(READING / "compare_hashes.sql", noted=str(noted if noted.exists() else os.devnull))
    known = warehouse.rows(HERE / "hashes.sql")
    return Differences(warehouse.rows("select what, kind, hash, reason, topic, since from noted_alone"), known)


def bring_back_hashes(warehouse: Warehouse) -> None:
    """Write into the warehouse what the file alone has, as it was last compared."""
    warehouse.run(HERE / "bring_back_hashes.sql")


def lifted_hashes(warehouse: Warehouse, channel: str) -> list[Row]:
    """Return what the file alone has, as it was last compared, of the suppressions of a list (`listed`) on *channel* that a person lifts."""
    return warehouse.rows(HERE / "lifted_hashes.sql", channel=channel)


def note_hashes(folder: Path, rows: Sequence[Row]) -> None:
    """Note *rows* in *folder*: what the warehouse alone has, or `lifted` in place of `suppressed`, that it has no longer."""
    if not rows:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("a+b") as file:
        begun = file.tell() > 0
        if begun and file.seek(-1, os.SEEK_END) >= 0 and file.read() != b"\n":
            file.write(b"\n")
        file.writelines(_line(row) for row in rows)
        file.flush()
        os.fsync(file.fileno())
    if not begun:
        sync(folder)


def _line(row: Row) -> bytes:
    """Return a row as it is noted; the dot at its end tells it from one that was torn."""
    what, kind, hash, reason, topic, since = row
    return "\t".join([what, kind, hash, reason, quote(topic, safe=""), since.isoformat(), ".\n"]).encode()
