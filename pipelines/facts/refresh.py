"""Facts about contacts: counted from the day's rows where that is possible and worth it, otherwise from the whole history."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from pipelines.facts.attributes import count_attributes, define_answers
from pipelines.facts.score import define_points
from pipelines.settings import Project
from pipelines.ticks import Tick, local_day, start_of_day
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.schema import OWN

HERE = Path(__file__).parent
WINDOWS = (30, 90, 180, 365)
BEGINNING = datetime(1, 1, 1)
WORTHWHILE = 0.1


@dataclass(frozen=True)
class FactsBuilt:
    """How facts were counted, how many contacts they speak of, and how many stored rows were written for it."""

    mode: Literal["full", "incremental"]
    contacts: int
    changed: int


@dataclass(frozen=True)
class _Counted:
    """What facts were last counted for."""

    as_of: datetime
    day: date


def refresh_facts(warehouse: Warehouse, project: Project, tick: Tick, *, worthwhile: float = WORTHWHILE) -> FactsBuilt:
    """
    Bring facts.contacts, facts.interests, facts.channels and facts.attributes up to *tick*, in one transaction.

    From the news of the tick alone where facts stand at the tick before, under the same settings; from the whole
    history otherwise, and where news are more than the share *worthwhile* of all rows, or contacts to count anew more
    than that share of all. Both give the same rows. Raises BadFiles where the rules of the lead score or the attributes make no sense.
    """
    with warehouse.at(tick.as_of), warehouse.transaction():
        counted = _last_counted(warehouse, project, tick)
        incremental = counted is not None and _news_gathered(warehouse, project, tick, counted, worthwhile)
        values = _values(project, tick, counted if incremental else None)
        define_answers(warehouse, project, counted.as_of if counted and incremental else None)
        if not incremental:
            define_points(warehouse, project, tick.day, None)
            _run(warehouse, values, "placed", "everything")
        _run(warehouse, values, "unplaced", "orders")
        _days_of_orders(warehouse, project)
        _run(warehouse, values, "visits", "messages", "points", "consents")
        count_attributes(warehouse, project, values)
        _run(warehouse, values, "touched")
        changed = warehouse.value("select count(*) from touched_contacts")
        if changed:
            _run(warehouse, values, "interests", "publish")
        _run(warehouse, values, "state", "forget")
        contacts = warehouse.value("select count(*) from facts.stored_contacts where known")
    return FactsBuilt("incremental" if incremental else "full", contacts, changed)


def _last_counted(warehouse: Warehouse, project: Project, tick: Tick) -> _Counted | None:
    """Return what facts were last counted for if *tick* can carry on from it."""
    found = warehouse.records(HERE / "last_counted.sql", previous=tick.previous, rules=_rules(project))
    return _Counted(found[0]["as_of"], found[0]["day"]) if found else None


def _news_gathered(warehouse: Warehouse, project: Project, tick: Tick, counted: _Counted, worthwhile: float) -> bool:
    """Gather what is new since *counted*; return False, having gathered nothing, where that is not worth it."""
    values = _values(project, tick, counted)
    if warehouse.value(HERE / "share_of_news.sql", **values) > worthwhile:
        return False
    define_points(warehouse, project, tick.day, (counted.as_of, counted.day))
    _run(warehouse, values, "placed", "products")
    if warehouse.value("select 1 from new_cards limit 1"):
        _run(warehouse, values, "new_cards")
    _run(warehouse, values, "recount")
    if warehouse.value(HERE / "share_counted_anew.sql") > worthwhile:
        return False
    _run(warehouse, values, "news")
    return True


def _days_of_orders(warehouse: Warehouse, project: Project) -> None:
    """
    Say on which day of the project's zone the last orders fall that were just counted, by their day in UTC.

    A day begins at most once within a day of UTC: before `turns_at` it is still `day`, then the one after.
    """
    warehouse.run("create or replace temp table days_of_orders (utc_on date, day date, turns_at timestamp)")
    dates = warehouse.rows("select distinct cast(last_order_at as date) from changed_orders where last_order_at is not null")
    days = [(utc_on, local_day(project, datetime.combine(utc_on, datetime.min.time()))) for (utc_on,) in dates]
    rows = [(utc_on, day, start_of_day(project, day + timedelta(1))) for utc_on, day in days]
    warehouse.append("days_of_orders", ["utc_on", "day", "turns_at"], rows)


def _values(project: Project, tick: Tick, counted: _Counted | None) -> dict[str, Any]:
    """Return the parameters of every statement: windows are whole days of the project's zone that end with the tick."""
    since = {f"since_{n}d": start_of_day(project, tick.day - timedelta(n)) for n in WINDOWS}
    was = {f"was_{n}d": start_of_day(project, (counted.day if counted else tick.day) - timedelta(n)) for n in WINDOWS}
    settings = project.settings
    return {
        "as_of": tick.as_of, "day": tick.day,
        "previous": counted.as_of if counted else None, "loaded_after": counted.as_of if counted else BEGINNING,
        "zone": settings.project.timezone, "locale": settings.project.locale, "initial_score": settings.lead_score.initial, "rules": _rules(project),
        **since, **was,
    }  # fmt: skip


def _rules(project: Project) -> str:
    """Return a fingerprint of everything but rows that facts depend on: settings, columns and the statements themselves."""
    score = project.settings.lead_score.model_dump(exclude={"threshold"})
    stored = {table.name: table.column_names for table in OWN if table.schema == "facts"}
    statements = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.sql"))]
    declared = {name: attribute.model_dump() for name, attribute in project.settings.attributes.items()}
    text = json.dumps([score, declared, project.settings.project.timezone, project.settings.project.locale, stored, statements], sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _run(warehouse: Warehouse, values: dict[str, Any], *names: str) -> None:
    for name in names:
        warehouse.run(HERE / f"{name}.sql", **values)
