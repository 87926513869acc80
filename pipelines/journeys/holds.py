"""Which scenarios wait in this tick, and why: a late source, a segment that could not be built, a guard nobody released."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import sqlglot.expressions as exp

from pipelines.facts.sources import fact_sources
from pipelines.scenarios.compiled import Compiled
from pipelines.segments.files import Segment
from pipelines.ticks import Tick
from pipelines.warehouse.activities import known_activity
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


def holds(warehouse: Warehouse, scenarios: Sequence[Compiled], segments: Iterable[Segment], tick: Tick) -> dict[str, str]:
    """Return the reason for every scenario of *scenarios* that waits in this tick."""
    late = {row[0]: f"stale_source: {row[1]} ({row[2]})" for row in warehouse.rows(HERE / "late_sources.sql", as_of=tick.as_of)}
    unbuilt: dict[str, str] = dict(warehouse.rows(HERE / "held_segments.sql", as_of=tick.as_of))
    guarded = {row[0] for row in warehouse.rows("select scenario from runs.guards where released_at is null")}
    by_name = {segment.name: segment for segment in segments}
    found: dict[str, str] = {}
    for compiled in scenarios:
        if compiled.scenario in guarded:
            found[compiled.scenario] = "guard_tripped"
        elif held := sorted(name for name in compiled.segments if name in unbuilt or name not in by_name):
            found[compiled.scenario] = f"segment {held[0]}: {unbuilt.get(held[0], 'its file cannot be used')}"
        elif stale := sorted(tables_read(compiled, by_name) & set(late)):
            found[compiled.scenario] = late[stale[0]]
    return found


def tables_read(compiled: Compiled, segments: Mapping[str, Segment]) -> set[str]:
    """Return the contract tables that decide about *compiled*: those behind its activities, segments and conditions."""
    found: set[str] = set()
    for name in compiled.activities:
        if kind := known_activity(name):
            found |= {table.name for table in kind.query.find_all(exp.Table) if table.db == "shop"}
    for name in compiled.segments:
        found |= _tables_of_segment(segments, name)
    texts = [compiled.entry.audience_where, *(row.query for row in compiled.conditions if row.kind == "where")]
    return found | fact_sources(" ".join(filter(None, texts)))


def _tables_of_segment(segments: Mapping[str, Segment], name: str) -> set[str]:
    segment = segments[name]
    direct = {table.removeprefix("shop.") for table in segment.reads_tables if table.startswith("shop.")}
    return direct.union(fact_sources(segment.sql), *(_tables_of_segment(segments, inner) for inner in segment.reads_segments))
