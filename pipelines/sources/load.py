"""Loading: the files of each source into its contract table, once each, and how fresh that leaves the source."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import sqlglot.expressions as exp

from pipelines.durations import spoken
from pipelines.errors import BadFiles, Problem, shown
from pipelines.settings import Project, SourceSettings
from pipelines.sources.feed import Feed, contract_table
from pipelines.sources.files import files_to_read, find_files
from pipelines.sources.mapping import read_mapping
from pipelines.sources.one_file import Reading, load_file
from pipelines.ticks import Tick
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
Status = Literal["fresh", "stale", "refused", "missing"]


@dataclass(frozen=True)
class Load:
    """What one tick did for one source, and how fresh the source is: its row of raw.loads."""

    source: str
    contract: str
    files: int
    inserted: int
    replaced: int
    rejected: int
    newest_at: datetime | None
    status: Status
    reason: str | None


def load_all(warehouse: Warehouse, project: Project, tick: Tick, *, now: datetime | None = None) -> list[Load]:
    """Load every source of *project* in the order of its settings; raise BadFiles with the problems of all mappings once the others are loaded."""
    loads: list[Load] = []
    problems: list[Problem] = []
    for source in project.settings.sources:
        try:
            loads.append(load_source(warehouse, project, source, tick, now=now))
        except BadFiles as bad:
            problems += bad.problems
    if problems:
        raise BadFiles(problems)
    return loads


def load_source(warehouse: Warehouse, project: Project, source: SourceSettings, tick: Tick, *, now: datetime | None = None) -> Load:
    """
    Load the new and changed files of *source*, each in a transaction of its own, and record how fresh the source is at the tick.

    A file that cannot be used is refused whole and recorded, never raised. With *now* (UTC, without zone) facts dated more than a
    day after it are refused; a replay gives None, as its files hold days that are still to come for the tick. Raises BadFiles for a
    mapping that is wrong whatever the file. Must not be called within a transaction.
    """
    table = contract_table(project, source)
    feed = Feed(warehouse, project, source, table, read_mapping(project, source, table))
    ensure_zones(warehouse, {project.settings.project.timezone, source.timezone})
    if files := files_to_read(feed, tick.as_of):
        warehouse.define(HERE / "casts.sql")
        for file in files:
            load_file(Reading(feed, file, tick, now))
        warehouse.run(HERE / "clear.sql")
    if table.name == "contacts":
        ensure_zones(warehouse, [row[0] for row in warehouse.rows("select distinct timezone from raw.contacts where timezone is not null")])
    return _conclude(feed, tick.as_of)


def _conclude(feed: Feed, as_of: datetime) -> Load:
    newest = _newest(feed, as_of)
    status, reason = _freshness(feed, as_of, newest)
    with feed.warehouse.transaction():
        record = feed.warehouse.records(
            HERE / "conclude.sql", source=feed.source.name, contract=feed.table.name, as_of=as_of, newest_at=newest, status=status, reason=reason
        )
    return Load(**record[0])


def _freshness(feed: Feed, as_of: datetime, newest: datetime | None) -> tuple[Status, str | None]:
    """Return the state of the source and why: a file that is still refused counts until it is mended or taken away."""
    files = find_files(feed.project, feed.source)
    if not files:
        return ("fresh", None) if feed.source.optional else ("missing", f"no file matches `{feed.source.path}`")
    present = {shown(path, feed.project.root) for path in files}
    refused = feed.warehouse.rows("select file, reason from raw.files where source = $source and status = 'refused' order by file", source=feed.source.name)
    if reasons := [f"{file} {reason}" for file, reason in refused if file in present]:
        return "refused", "; ".join(reasons)
    limit = feed.source.stale_after
    if limit and feed.table.time and (newest is None or newest < as_of - limit):
        return "stale", f"the newest row is of {newest:%Y-%m-%d %H:%M} UTC, older than {spoken(limit)}" if newest else "there is no row yet"
    return "fresh", None


def _newest(feed: Feed, as_of: datetime) -> datetime | None:
    """Return the newest moment of the source's rows not after the tick; null for a table without a time of its own."""
    if not feed.table.time:
        return None
    known = feed.warehouse.value("select max(newest_at) from raw.loads where source = $source and as_of <= $as_of", source=feed.source.name, as_of=as_of)
    newest = _newest_since(feed, as_of, known) if known else None
    return newest or _newest_since(feed, as_of, None)


def _newest_since(feed: Feed, as_of: datetime, known: datetime | None) -> datetime | None:
    """Look only at what is not older than *known*: the rest of a long history cannot hold the newest."""
    query = exp.select(exp.Max(this=exp.column(feed.table.time))).from_(feed.table.full_name).where("loaded_from = $source", dialect="duckdb")
    query = query.where(f"{feed.table.time} <= $as_of", dialect="duckdb")
    if known:
        query = query.where(f"{feed.table.time} >= $known", dialect="duckdb")
    found: datetime | None = feed.warehouse.value(query.sql(dialect="duckdb"), source=feed.source.name, as_of=as_of, known=known)
    return found
