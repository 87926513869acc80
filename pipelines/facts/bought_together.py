"""What is bought together: pairs of products in the orders of a year, counted once a day from what changed in those orders."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from pipelines.settings import Project
from pipelines.ticks import Tick, start_of_day
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).with_suffix("")
Mode = Literal["full", "incremental", "rested", "unused"]


@dataclass(frozen=True)
class TogetherBuilt:
    """
    How pairs were counted and how many orders were looked into for it.

    `rested`: this day has counted already; `unused`: nobody reads them, so that there are none.
    """

    mode: Mode
    orders: int = 0


@dataclass(frozen=True)
class _Counted:
    """What pairs were last counted for, and of how many orders."""

    as_of: datetime
    day: date
    orders: int


def refresh_bought_together(warehouse: Warehouse, project: Project, tick: Tick, *, in_use: bool) -> TogetherBuilt:
    """
    Bring facts.bought_together up to the day of *tick*, in one transaction: the orders of the whole days before it.

    The first tick of a day counts, from what changed in the orders where pairs were counted before under the same
    settings, otherwise from the whole year; both give the same rows. Where it is not *in_use* the table is empty.
    """
    with warehouse.at(tick.as_of), warehouse.transaction():
        if not in_use:
            if warehouse.value("select 1 from facts.together_state"):
                _run(warehouse, {}, "rest")
            return TogetherBuilt("unused")
        found = warehouse.records(HERE / "carried.sql", rules=_rules(project))
        counted = _Counted(**found[0]) if found else None
        if counted and counted.day == tick.day:
            return TogetherBuilt("rested")
        values = _values(project, tick, counted)
        _run(warehouse, values, "news" if counted else "everything", "count")
        orders = warehouse.value("select count(*) from due_orders")
        _run(warehouse, values, "publish")
    return TogetherBuilt("incremental" if counted else "full", orders)


def _values(project: Project, tick: Tick, counted: _Counted | None) -> dict[str, Any]:
    wanted = project.settings.bought_together
    before = {"counted_at": counted.as_of, "was_until": start_of_day(project, counted.day)} if counted else {}
    return {
        "since": start_of_day(project, tick.day - timedelta(wanted.days)), "until": start_of_day(project, tick.day), "day": tick.day,
        "orders": counted.orders if counted else 0, "largest_order": wanted.largest_order, "min_support": wanted.min_support,
        "rules": _rules(project), **before,
    }  # fmt: skip


def _rules(project: Project) -> str:
    """Return a fingerprint of everything but rows that pairs depend on: settings and the statements themselves."""
    statements = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.sql"))]
    wanted = project.settings.bought_together.model_dump()
    return sha256(json.dumps([wanted, project.settings.project.timezone, statements], sort_keys=True).encode()).hexdigest()


def _run(warehouse: Warehouse, values: dict[str, Any], *names: str) -> None:
    for name in names:
        warehouse.run(HERE / f"{name}.sql", **values)
