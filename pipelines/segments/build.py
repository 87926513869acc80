"""Segment by segment: compute who belongs, audit, publish the differences. A segment that fails keeps yesterday's rows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Sequence

import sqlglot.expressions as exp

from pipelines.segments.conditions import failures_query
from pipelines.segments.files import Segment, SegmentFiles
from pipelines.segments.view import packed, segment_view
from pipelines.ticks import Tick
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.engine_errors import StatementError, refusal

HERE = Path(__file__).parent
GONE = "gone"
Cause = Literal["data", "redefined", "first"]


@dataclass(frozen=True)
class SegmentBuilt:
    """
    What a tick did to a segment: members after it, and how many entered and left.

    `cause` is data when contacts changed, redefined when the segment did, first at its first publication; None for a
    held segment, whose `reason` says why. Only data triggers scenarios.
    """

    segment: str
    members: int
    entered: int
    left: int
    cause: Cause | None
    status: Literal["built", "held"]
    reason: str = ""


def build_segments(warehouse: Warehouse, files: SegmentFiles, tick: Tick) -> list[SegmentBuilt]:
    """
    Build every segment of the folder in order, hold the bad ones and those that read them, drop those whose file is gone.

    Runs inside `warehouse.at(tick.as_of)`. Each segment commits on its own; running the same tick again gives the same.
    """
    drop_missing_segments(warehouse, files, tick)
    held = [hold_segment(warehouse, name, why, tick) for name, why in reasons_to_hold(files).items()]
    rested = _rested(warehouse, [segment for segment in files.segments if not segment.reads_segments], tick)
    return held + [rested.get(segment.name) or build_segment(warehouse, segment, tick) for segment in files.segments]


def reasons_to_hold(files: SegmentFiles) -> dict[str, str]:
    """Return the segments whose file, or a file they read, is bad, each with the reason."""
    bad = {name: str(problems[0]).splitlines()[0] for name, problems in files.problems.items()}
    return bad | {name: _waits_for([other]) for name, other in files.blocked.items()}


def build_segment(warehouse: Warehouse, segment: Segment, tick: Tick) -> SegmentBuilt:
    """Compute, audit and publish one segment in one transaction; hold it where that fails or what it reads is held."""
    if missing := _not_built(warehouse, segment, tick):
        return hold_segment(warehouse, segment.name, _waits_for(missing), tick)
    if rested := _rested(warehouse, [segment], tick):
        return rested[segment.name]
    try:
        _compute(warehouse, segment)
        failed = _failed_checks(warehouse, segment)
    except StatementError as error:
        return hold_segment(warehouse, segment.name, refusal(error).text, tick)
    with warehouse.transaction():
        _revert(warehouse, segment.name, tick)
        warehouse.run(HERE / "difference.sql", segment=segment.name, as_of=tick.as_of)
        bad = _audited(warehouse, failed)
        return _held(warehouse, segment.name, bad, tick) if bad else _published(warehouse, segment, tick)


def hold_segment(warehouse: Warehouse, name: str, reason: str, tick: Tick) -> SegmentBuilt:
    """Keep the rows and the meaning that the segment had before this tick, and write down why."""
    with warehouse.transaction():
        _revert(warehouse, name, tick)
        return _held(warehouse, name, reason, tick)


def drop_missing_segments(warehouse: Warehouse, files: SegmentFiles, tick: Tick) -> list[str]:
    """Empty the segments that no file defines any more, and return their names. Their history stays."""
    gone = [name for (name,) in warehouse.rows(HERE / "gone.sql", as_of=tick.as_of) if name not in files.names]
    for name in gone:
        with warehouse.transaction():
            _revert(warehouse, name, tick)
            if _definition(warehouse, name)[1] is not None:
                warehouse.run(HERE / "drop.sql", segment=name, as_of=tick.as_of)
            warehouse.run(_no_view(name))
    return gone


def _not_built(warehouse: Warehouse, segment: Segment, tick: Tick) -> list[str]:
    built = {name for (name,) in warehouse.rows(HERE / "built.sql", as_of=tick.as_of)} if segment.reads_segments else set()
    return [name for name in segment.reads_segments if name not in built]


def _rested(warehouse: Warehouse, segments: Sequence[Segment], tick: Tick) -> dict[str, SegmentBuilt]:
    """Let the daily ones of *segments* stand that this day has built already, that did not fail and mean the same now; return them by name."""
    daily = [(segment.name, segment.fingerprint) for segment in segments if segment.daily]
    if not daily or tick.day != tick.previous_day:
        return {}
    with warehouse.transaction():
        warehouse.run("create or replace temp table resting (segment varchar, fingerprint varchar)")
        warehouse.append("resting", ["segment", "fingerprint"], daily)
        found = warehouse.rows(HERE / "rests.sql", as_of=tick.as_of)
        for name in (name for name, _, tried in found if tried):
            warehouse.run(HERE / "revert.sql", segment=name, as_of=tick.as_of)
        sizes = [(name, tick.as_of, members, 0, 0, "built") for name, members, _ in found]
        warehouse.append("segments.sizes", ["segment", "as_of", "members", "entered", "left_count", "status"], sizes)
    return {name: SegmentBuilt(name, members, entered=0, left=0, cause="data", status="built") for name, members, _ in found}


def _waits_for(names: Sequence[str]) -> str:
    return f"it reads {', '.join(names)}, which this tick did not build"


def _compute(warehouse: Warehouse, segment: Segment) -> None:
    """Give the new membership as the temporary table segment_rows, and as segment_now with its attributes in one column."""
    warehouse.run("create or replace temp view segment_query as " + segment.sql)
    warehouse.run("create or replace temp table segment_rows as select * from segment_query")
    contact = exp.cast(exp.column("contact_id"), "VARCHAR").as_("contact_id")
    rows = exp.select(contact, packed(segment.attributes).as_("attributes")).from_("segment_rows")
    properties = exp.Properties(expressions=[exp.TemporaryProperty()])
    view = exp.Create(this=exp.table_("segment_now"), kind="VIEW", replace=True, properties=properties, expression=rows)
    warehouse.run(view.sql(dialect="duckdb"))


def _failed_checks(warehouse: Warehouse, segment: Segment) -> list[str]:
    counted = ((check, warehouse.value(failures_query(check, exp.table_("segment_rows")))) for check in segment.checks)
    return [f"its check `{check}` fails{_how_often(count)}" for check, count in counted if count]


def _audited(warehouse: Warehouse, failed: list[str]) -> str:
    """Return what forbids publishing segment_now, the checks that *failed* included, in words; nothing where all is well."""
    [counts] = warehouse.records(HERE / "audit.sql")
    said = {
        "without_id": "{} rows without a contact_id",
        "repeated": "{} rows too many: a contact is returned more than once",
        "unknown": "{} contacts that facts.contacts does not have",
    }
    return "; ".join([*(f"it returns {said[name].format(counts[name])}" for name in said if counts[name]), *failed])


def _how_often(count: int) -> str:
    return f" for {count} contacts" if count > 1 else ""


def _held(warehouse: Warehouse, name: str, reason: str, tick: Tick) -> SegmentBuilt:
    warehouse.run(HERE / "hold.sql", segment=name, as_of=tick.as_of, reason=reason)
    _, attributes = _definition(warehouse, name)
    warehouse.run(_no_view(name) if attributes is None else segment_view(name, attributes))
    return _result(warehouse, name, tick, None)


def _published(warehouse: Warehouse, segment: Segment, tick: Tick) -> SegmentBuilt:
    fingerprint, _ = _definition(warehouse, segment.name)
    cause: Cause = "first" if fingerprint is None else "data" if fingerprint == segment.fingerprint else "redefined"
    warehouse.run(HERE / "publish.sql", segment=segment.name, as_of=tick.as_of, cause=cause)
    if cause != "data":
        row = (segment.name, tick.as_of, segment.fingerprint, json.dumps(dict(segment.attributes)))
        warehouse.append("segments.definitions", ["segment", "since", "fingerprint", "attributes"], [row])
    warehouse.run(segment_view(segment.name, segment.attributes))
    return _result(warehouse, segment.name, tick, cause)


def _revert(warehouse: Warehouse, name: str, tick: Tick) -> None:
    """Take back what an earlier try of this tick wrote; its size is written in the same transaction as all the rest."""
    if warehouse.value(HERE / "size.sql", segment=name, as_of=tick.as_of) is not None:
        warehouse.run(HERE / "revert.sql", segment=name, as_of=tick.as_of)


def _definition(warehouse: Warehouse, name: str) -> tuple[str | None, dict[str, str] | None]:
    """Return fingerprint and attributes of the standing meaning; None for a segment that was never published, or is gone."""
    rows = warehouse.rows(HERE / "latest_definition.sql", segment=name)
    fingerprint, attributes = rows[0] if rows else (None, None)
    return fingerprint, None if fingerprint in (None, GONE) else json.loads(attributes)


def _no_view(name: str) -> str:
    return exp.Drop(tables=[exp.table_(name, db="segments", quoted=True)], kind="VIEW", exists=True).sql(dialect="duckdb")


def _result(warehouse: Warehouse, name: str, tick: Tick, cause: Cause | None) -> SegmentBuilt:
    [(members, entered, left, status, reason)] = warehouse.rows(HERE / "size.sql", segment=name, as_of=tick.as_of)
    return SegmentBuilt(name, members, entered, left, cause, status, reason or "")
