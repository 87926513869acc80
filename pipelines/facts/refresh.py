"""Facts about contacts: counted from the day's rows where that is possible and worth it, otherwise from the whole history."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from pipelines.facts.score import define_points
from pipelines.settings import Project
from pipelines.ticks import Tick, local_day, start_of_day
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.schema import OWN

HERE = Path(__file__).parent
WINDOWS = (30, 90, 180, 365)
WORTHWHILE = 0.1
BEGINNING = datetime(1, 1, 1)


@dataclass(frozen=True)
class FactsBuilt:
    """How facts were counted, how many contacts they now speak of, and how many rows were written for it."""

    mode: Literal["full", "incremental"]
    contacts: int
    changed: int


@dataclass(frozen=True)
class _Counted:
    """The instant and day that facts were last counted for."""

    as_of: datetime
    day: date


def refresh_facts(warehouse: Warehouse, project: Project, tick: Tick, *, worthwhile: float = WORTHWHILE) -> FactsBuilt:
    """
    Bring facts.contacts, facts.interests and facts.channels up to *tick*, in one transaction.

    From the day's rows alone when facts stand at the tick before under the same settings; from the whole history
    otherwise, and when more than the share *worthwhile* of all rows are news or of all contacts must be counted anew.
    Both give the same rows. Raises BadFiles when the rules of the lead score make no sense.
    """
    with warehouse.at(tick.as_of), warehouse.transaction():
        counted = _last_counted(warehouse, project, tick)
        if counted and not _few_news(warehouse, counted, worthwhile):
            counted = None
        if counted:
            counted = _prepare_news(warehouse, project, tick, counted, worthwhile)
        ...
