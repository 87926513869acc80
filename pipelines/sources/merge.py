"""Rows into their table by key: new ones are appended, identical ones change nothing, corrected ones replace the old."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Sequence

import sqlglot
import sqlglot.expressions as exp

from pipelines.ticks import Tick
from pipelines.warehouse.contract import MILESTONES, contract_columns
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.table import Table

HERE = Path(__file__).parent
CORRECTIONS = HERE / "corrections"
ROWID = "rowid"


@dataclass(frozen=True)
class Merged:
    """What became of the rows of `typed`. `doubled` counts rows that a later one of the same file took the place of."""

    inserted: int
    replaced: int
    doubled: int
    identical: int


def merge(warehouse: Warehouse, table: Table, source: str, tick: Tick, before: int) -> Merged:
    """
    Bring the rows of `typed` into *table*, in order of its time; rows that give way to another of the file go to `doubles`.

    *before* is the highest row number the table had before this file: a later one is of the file itself. Whoever is concerned by
    a correction of what an earlier tick counted goes to raw.corrections.
    """
    identical, doubled = _keep_last(warehouse, table)
    known = _look_up(warehouse, table)
    replaced = _compare(warehouse, table, before, tick) if known else {"other": 0, "own": 0, "identical": 0}
    if replaced["other"] or replaced["own"]:
        _note_replaced(warehouse, table)
        _note_corrections(warehouse, table, tick)
    rows = int(warehouse.value("select count(*) from typed"))
    _append(warehouse, table, source, tick, bool(known))
    return Merged(rows - replaced["other"] - replaced["own"], replaced["other"], doubled + replaced["own"], identical + replaced["identical"])
