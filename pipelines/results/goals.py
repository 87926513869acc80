"""What a scenario is to reach, and what it brought."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pipelines.durations import spoken
from pipelines.results.intervals import ENOUGH, Difference, Sample, difference_of_means, verdict
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Aim:
    """
    The share of the entered that a scenario is to lead to its goal, by a day where it says one, and how far it is.

    `reached` of `entered` are those of the last tick up to that day. `progress` is their share of what was aimed at: 1 is
    there; None where nobody entered. `days_left` is negative once the day is over.
    """

    target: float
    by: date | None
    days_left: int | None
    entered: int
    reached: int
    progress: float | None
    state: Literal["reached", "not yet", "missed"]


@dataclass(frozen=True)
class Revenue:
    """
    What a contact brought in the goal's time, counted from the first run on, treated against held out.

    The effect of being meant to get messages: everybody counts, whatever became of them. `within` reads `5 days`; None where the goal
    has no time and every order up to the tick counts. `difference` is None under ENOUGH contacts an arm.
    """

    within: str | None
    treated: int
    per_treated: float
    ghosts: int
    per_ghost: float
    difference: Difference | None
    verdict: str


def aim(target: float | None, by: date | None, entered: int, reached: int, day: date) -> Aim | None:
    """Return how far a scenario is on *day*; None where it aims at nothing."""
    if not target:
        return None
    progress = reached / entered / target if entered else None
    over = by is not None and day > by
    there = entered > 0 and reached / entered >= target
    state: Literal["reached", "not yet", "missed"] = "reached" if there else "missed" if over else "not yet"
    return Aim(target, by, (by - day).days if by else None, entered, reached, progress, state)


def revenues(warehouse: Warehouse, as_of: datetime) -> dict[str, Revenue]:
    """Return what each scenario with both arms brought; runs inside `warehouse.at(as_of)`."""
    arms: dict[str, dict[bool, Sample]] = {}
    times: dict[str, str | None] = {}
    for scenario, ghost, seconds, contacts, total, squares in warehouse.rows(HERE / "revenue.sql", as_of=as_of):
        arms.setdefault(scenario, {})[ghost] = Sample(contacts, Decimal(total), Decimal(squares))
        times[scenario] = None if seconds is None else spoken(timedelta(seconds=seconds))
    return {scenario: _revenue(times[scenario], found[False], found[True]) for scenario, found in arms.items() if len(found) == 2}


def _revenue(within: str | None, treated: Sample, ghosts: Sample) -> Revenue:
    fewest = min(treated.number, ghosts.number)
    found = difference_of_means(treated, ghosts) if fewest >= ENOUGH else None
    return Revenue(within, treated.number, treated.mean, ghosts.number, ghosts.mean, found, verdict(found, fewest))
