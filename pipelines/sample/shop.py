"""
The sample shop's exports: two years of history, then one set of files a day. All made up, all from the seed.

Everything is a function of (seed, contacts, start, day): the same settings give the same bytes, and a day can be written without
the days before it.
"""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Iterator

import sqlglot.expressions as exp

from pipelines.sample.files import OnFile, Writer, clear, ignore, sample_sources
from pipelines.sample.stretches import CONSEQUENCES, Stretch, day_stretch, first_day, history, history_ends, whole_history
from pipelines.settings import Project, SourceSettings
from pipelines.ticks import days, tick_of_day
from pipelines.warehouse.duckdb import Warehouse, scratch_engine

HERE = Path(__file__).parent
ANALYTICS_KEEPS = timedelta(days=90)
DRAWN = frozenset({
    "contacts", "consents", "orders", "order_lines", "refunds", "sessions", "site_events", "cart_lines", "custom_events", "survey_responses", "message_events",
})  # fmt: skip
"""Tables that visits are behind, which are drawn month by month: their history is one file a year. The others' is one file."""


def write_history(project: Project, on_file: OnFile = ignore) -> list[Path]:
    """
    Write what the shop exported before the demo's first day where the project's sources look, replacing an earlier sample.

    *on_file* is called with each file as it is finished. Returns the files. Raises SourceRefused for a source it cannot write for.
    """
    sources, whole = sample_sources(project), whole_history(project)
    clear(sources, project)
    writer = Writer(project, "history", on_file)
    drawn = [source for source in sources if source.table in DRAWN]
    with _shop(project, project.settings.sample.start - timedelta(days=1)) as shop:
        for _, year in groupby(history(project), lambda stretch: stretch.last.year):
            for stretch in year:
                _trade(shop, project, stretch)
                for source in drawn:
                    _export(shop, project, source, stretch)
                    _gather(shop, source)
            for source in drawn:
                _ungather(shop, source)
                writer.write(shop, source, f"{source.table}-{stretch.last}")
        for source in sources:
            if source.table not in DRAWN:
                _export(shop, project, source, whole)
                writer.write(shop, source, f"{source.table}-{whole.last}")
    return writer.written


def write_day(project: Project, day: date, on_file: OnFile = ignore) -> list[Path]:
    """
    Write what the shop exports in the morning of *day* (a demo day): what happened since the tick of the day before.

    Orders, registrations and the like that changed since are in the files again, as they are now. Returns the files.
    """
    sources, stretch = sample_sources(project), day_stretch(project, day)
    writer = Writer(project, "day", on_file)
    with _shop(project, day) as shop:
        _trade(shop, project, stretch)
        for source in sources:
            _export(shop, project, source, stretch)
            writer.write(shop, source, f"{source.table}-{stretch.last}")
    return writer.written


@contextmanager
def _shop(project: Project, last: date) -> Iterator[Warehouse]:
    """An engine that holds everybody who is a contact by the end of trading day *last*, and the shelves until some time after."""
    sample = project.settings.sample
    daily, demo_days = max(2, sample.contacts // 900), (last - sample.start).days + 1
    with scratch_engine(project) as shop:
        _set_up(shop, project, last + CONSEQUENCES)
        for name in ("calendar", "catalogue", "names", "people", "workshops"):
            shop.run(HERE / f"{name}.sql", **_constants(project), people=sample.contacts + daily * demo_days, daily=daily, ends_at=tick_of_day(project, last))
        yield shop


def _set_up(shop: Warehouse, project: Project, last: date) -> None:
    """Define the draws and the trading days up to *last*."""
    first = first_day(project)
    cut = datetime.strptime(project.settings.schedule.daily_at, "%H:%M")
    shop.run(HERE / "draws.sql", seed=project.settings.sample.seed)
    shop.run(HERE / "shop_days.sql", cut=cut.hour * 3600 + cut.minute * 60)
    rows = [(number, day, tick_of_day(project, day - timedelta(days=1)), tick_of_day(project, day)) for number, day in enumerate(days(first, last))]
    shop.append("shop_days", ["day_no", "day", "opens_at", "closes_at"], rows)


def _constants(project: Project) -> dict[str, Any]:
    sample, first = project.settings.sample, first_day(project)
    return {
        "contacts": sample.contacts,
        "begins_at": tick_of_day(project, first - timedelta(days=1)),
        "demo_at": history_ends(project),
        "first_demo_no": (sample.start - first).days,
        "kept_from": history_ends(project) - ANALYTICS_KEEPS,
        "url": project.settings.shop.url,
        "currency": project.settings.project.currency,
        "zone": project.settings.project.timezone,
    }


def _trade(shop: Warehouse, project: Project, stretch: Stretch) -> None:
    """Draw who comes in *stretch* and what they put into carts and order."""
    first = first_day(project)
    periods = [(period.number, (period.first - first).days, (period.last - first).days, period.target) for period in stretch.periods]
    shop.run("create or replace temp table batch (period_no bigint, first_no bigint, last_no bigint, target boolean)")
    shop.append("batch", ["period_no", "first_no", "last_no", "target"], periods)
    for name in ("visits", "baskets", "snapshots"):
        shop.run(HERE / f"{name}.sql", **_constants(project), **_bounds(stretch))


def _export(shop: Warehouse, project: Project, source: SourceSettings, stretch: Stretch) -> None:
    """Put the rows of a source's table in *stretch* into the table `export`."""
    shop.run(HERE / "exports" / f"{source.table}.sql", **_constants(project), **_bounds(stretch))


def _bounds(stretch: Stretch) -> dict[str, Any]:
    return {name: getattr(stretch, name) for name in ("opens_at", "closes_at", "known_at", "whole", "daily")}


def _gathered(source: SourceSettings) -> str:
    return f"gathered_{source.table}"


def _gather(shop: Warehouse, source: SourceSettings) -> None:
    """Add the table `export` to what was gathered of its source before."""
    shop.run(_table(_gathered(source), exp.select("*").from_("export").limit(0), exists=True))
    shop.run(exp.insert(exp.select("*").from_("export"), _gathered(source)).sql("duckdb"))


def _ungather(shop: Warehouse, source: SourceSettings) -> None:
    """Make what was gathered of a source the table `export`."""
    shop.run(_table("export", exp.select("*").from_(_gathered(source)), replace=True))
    shop.run(exp.delete(_gathered(source)).sql("duckdb"))


def _table(name: str, rows: exp.Select, **how: bool) -> str:
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=exp.to_table(name), kind="TABLE", expression=rows, properties=temporary, **how).sql("duckdb")
