"""Addresses nobody may write to again, from a file: a provider's list, another tool's export, a pile of letters."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.errors import BadFiles, Problem, nearest
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Suppressed:
    """What a list came to: entries that are addresses, how many of them were new, and those that are none."""

    entries: int
    new: int
    no_addresses: list[str]


def suppress_list(warehouse: Warehouse, path: Path, column: str, channel: str, reason: str, now: datetime) -> Suppressed:
    """
    Suppress every address, or SHA-256 of one, in the file at *path*: one a line, or a CSV whose *column* holds them.

    Only hashes are kept. A list that is read again changes nothing. Raises BadFiles for a file that cannot be read.
    """
    entries = _entries(path, column)
    warehouse.define(HERE / "casts.sql")
    with warehouse.transaction():
        before = warehouse.value("select count(*) from delivery.suppressions")
        warehouse.run("create or replace temp table entries (entry varchar)")
        warehouse.append("entries", ["entry"], [(entry,) for entry in entries])
        wrong = [entry for (entry,) in warehouse.rows(HERE / "suppress_list.sql", channel=channel, reason=reason, now=now)]
        new = warehouse.value("select count(*) from delivery.suppressions") - before
    return Suppressed(len(entries) - len(wrong), new, wrong)


def _entries(path: Path, column: str) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if not column:
                return [line.strip() for line in file if line.strip()]
            rows = csv.DictReader(file)
            names = rows.fieldnames or []
            if column not in names:
                raise BadFiles([Problem(path.name, 1, f"has no column `{column}`", nearest(column, names) or f"it has {', '.join(names)}")])
            return [row[column].strip() for row in rows if (row[column] or "").strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadFiles([Problem(str(path), None, f"cannot be read: {error}", "give a text file in UTF-8")]) from None
