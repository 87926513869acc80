"""Which scenarios wait in this tick, and why: a late source, a segment that could not be built, a guard nobody released."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.facts.sources import behind_activities, behind_columns, behind_query, columns_named
from pipelines.scenarios.compiled import Compiled
from pipelines.segments.files import Segment, SegmentFiles
from pipelines.settings import Project, Settings
from pipelines.ticks import Tick
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
ANYBODY = {"contacts"}
"""Where a message goes and in which language."""
MARKETING = {"consents", "message_events"}
"""Who took a consent back, unsubscribed, complained or could not be reached."""


def holds(warehouse: Warehouse, project: Project, scenarios: Sequence[Compiled], segments: SegmentFiles, tick: Tick) -> dict[str, str]:
    """Return the reason for every scenario of *scenarios* that waits in this tick."""
    late = {row[0]: f"stale_source: {row[1]} ({row[2]})" for row in warehouse.rows(HERE / "late_sources.sql", as_of=tick.as_of)}
    unbuilt: dict[str, str] = dict(warehouse.rows(HERE / "held_segments.sql", as_of=tick.as_of))
    guarded = {row[0] for row in warehouse.rows("select scenario from runs.guards where released_at is null")}
    by_name = {segment.name: segment for segment in segments.segments}
    found: dict[str, str] = {}
    for compiled in scenarios:
        if compiled.scenario in guarded:
            found[compiled.scenario] = "guard_tripped"
        elif held := sorted(name for name in compiled.segments if name in unbuilt or name not in by_name):
            found[compiled.scenario] = f"segment {held[0]}: {unbuilt.get(held[0], 'its file cannot be used')}"
        elif late and (stale := sorted(tables_needed(compiled, by_name, project.settings) & set(late))):
            found[compiled.scenario] = late[stale[0]]
    return found


def tables_needed(compiled: Compiled, segments: Mapping[str, Segment], settings: Settings) -> set[str]:
    """Return the contract tables that decide about *compiled*: those behind its activities, segments and conditions, and behind who may get a message."""
    texts = [compiled.entry.audience_where, *(row.query for row in compiled.conditions if row.kind == "where")]
    asked = {name for text in texts if text for name in columns_named(text)}
    read = [_tables_of_segment(segments, name, settings) for name in compiled.segments]
    may_get = ANYBODY | (MARKETING if compiled.entry.category == "marketing" else set())
    return behind_activities(compiled.activities).union(compiled.tables, behind_columns(asked, settings), may_get, *read)


def _tables_of_segment(segments: Mapping[str, Segment], name: str, settings: Settings) -> set[str]:
    segment = segments[name]
    inner = [_tables_of_segment(segments, other, settings) for other in segment.reads_segments]
    return behind_query(segment.reads_tables, columns_named(segment.qualified), settings).union(*inner)
