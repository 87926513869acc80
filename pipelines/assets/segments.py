"""Segments: one asset a file. A bad one keeps yesterday's members, says why, and holds only what reads it."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from sqlglot.errors import SqlglotError

from pipelines.assets import described
from pipelines.assets.charts import bars
from pipelines.assets.keys import sources_of
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Metadata, Result, Stage, key
from pipelines.errors import Problem
from pipelines.facts.sources import behind_view
from pipelines.segments.build import build_segment, hold_segment, reasons_to_hold
from pipelines.segments.files import Segment
from pipelines.segments.lineage import column_lineage
from pipelines.settings import Project
from pipelines.warehouse.table import Column, Table

HERE = Path(__file__).parent
SHOWN = 5
HISTORY = 30
BUILT = "The file can be used, its checks hold, and so does every segment it reads. Otherwise yesterday's members stay, and scenarios that need it wait."


def segment_stages(wiring: Wiring) -> list[Stage]:
    """Return one stage per file of the folder, bad ones included; Dagster runs each after those it reads."""
    files = wiring.files.segments
    held = reasons_to_hold(files)
    in_order = [segment.name for segment in files.segments]
    return [_stage(wiring, name, held.get(name)) for name in [*held, *in_order]]


def _stage(wiring: Wiring, name: str, reason: str | None) -> Stage:
    asset = key("segments", name)
    segment = wiring.files.segments.segment(name)

    def work(run: Run) -> Iterator[Result]:
        if run.tick is not None:
            with run.warehouse.at(run.as_of):
                if segment is None or reason is not None:
                    hold_segment(run.warehouse, name, reason or "its file cannot be used", run.tick)
                else:
                    build_segment(run.warehouse, segment, run.tick)
        yield _result(run, name, asset, segment)

    spec = _spec(wiring, segment, asset) if segment else _bad_spec(wiring, name, asset)
    return Stage(f"build_{asset.path[-1]}", [spec], work, [dg.AssetCheckSpec("built", asset=asset, description=BUILT)])


def _spec(wiring: Wiring, segment: Segment, asset: dg.AssetKey) -> dg.AssetSpec:
    return dg.AssetSpec(
        asset,
        deps=_reads(wiring.project, segment),
        group_name="segments",
        kinds={"sql", "duckdb"},
        owners=described.owners(segment.owner),
        description=f"{segment.meaning}\n\n{described.code('sql', segment.sql)}",
        tags=described.tags(refresh="daily" if segment.daily else "every_tick"),
        metadata={
            "dagster/table_name": f"segments.{segment.name}",
            "dagster/column_schema": described.columns(_columns(segment)),
            "dagster/code_references": described.from_file(segment.path),
            "thresholds": ", ".join(f"{name} = {wiring.project.settings.thresholds[name]}" for name in segment.params) or "none",
        },
    )


def _bad_spec(wiring: Wiring, name: str, asset: dg.AssetKey) -> dg.AssetSpec:
    """A file that cannot be used is still there to be seen, with everything that is wrong with it."""
    files, path = wiring.files.segments, wiring.project.segments_folder / f"{name}.sql"
    problems, blocker = files.problems.get(name, ()), files.blocked.get(name)
    words = f"It reads `{blocker}`, whose file cannot be used." if blocker else described.code("text", "\n".join(map(str, problems)))
    return dg.AssetSpec(
        asset,
        deps=[key("segments", blocker)] if blocker else [],
        group_name="segments",
        kinds={"sql", "duckdb"},
        description=f"This file cannot be used.\n\n{words}",
        metadata={"dagster/code_references": described.from_file(path, _line(problems))},
    )


def _line(problems: tuple[Problem, ...]) -> int:
    return next((problem.line for problem in problems if problem.line), 1)


def _reads(project: Project, segment: Segment) -> set[dg.AssetKey]:
    """Return what a segment comes from; who is a contact at all, facts know, and nobody else becomes a member."""
    found = {key("facts", "contacts"), *(key("segments", name) for name in segment.reads_segments)}
    for schema, name in (table.split(".") for table in segment.reads_tables):
        found |= {key("facts", name)} if schema == "facts" else sources_of(project, behind_view(name))
    return found


def _columns(segment: Segment) -> Table:
    own = (
        Column("contact_id", "VARCHAR", "member", required=True),
        Column("entered_at", "TIMESTAMP", "as_of of the tick the contact joined in", required=True),
    )
    return Table(
        "segments", segment.name, segment.meaning, own + tuple(Column(name, kind, "attribute for messages") for name, kind in segment.attributes.items())
    )


def _result(run: Run, name: str, asset: dg.AssetKey, segment: Segment | None) -> Result:
    sizes = run.warehouse.records(HERE / "segment_sizes.sql", segment=name, as_of=run.as_of, limit=HISTORY)
    now = sizes[-1] if sizes and sizes[-1]["as_of"] == run.as_of else None
    passed, why = (now["status"] == "built", now["reason"]) if now else (False, "this tick did not build it")
    members = sizes[-1]["members"] if sizes else 0
    metadata: Metadata = {
        "dagster/row_count": members,
        "entered": now["entered"] if now else 0,
        "left": now["left_count"] if now else 0,
        **({"held": why} if not passed else {}),
        "size": dg.MetadataValue.md(
            bars([f"{size['as_of']:%d %b}" for size in sizes], [("members", [size["members"] for size in sizes])], f"Members of {name}")
        ),
        "preview": described.shown_people(_members(run, name)),
        **_lineage(run.project, segment),
    }
    check = dg.AssetCheckResult(asset_key=asset, check_name="built", passed=passed, description=why, metadata={"members": members})
    return Result(asset_key=asset, metadata=metadata, check_results=[check])


def _members(run: Run, name: str) -> list[dict[str, object]]:
    """Return some members, with what the segment says about them under its own names."""
    rows = run.warehouse.records(HERE / "segment_members.sql", segment=name, limit=SHOWN)
    said = [json.loads(row.pop("says") or "{}") for row in rows]
    names = dict.fromkeys(name for attributes in said for name in attributes)
    return [{**row, **{name: attributes.get(name) for name in names}} for row, attributes in zip(rows, said, strict=True)]


def _lineage(project: Project, segment: Segment | None) -> Metadata:
    """Return where each column comes from, worked out when the file has changed."""
    if segment is None:
        return {}
    try:
        columns = column_lineage(project, segment)
    except SqlglotError as error:
        return {"column lineage": f"could not be told: {error}"}
    deps = {name: [dep for table, column in sources for dep in _column_deps(project, table, column)] for name, sources in columns.items()}
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}


def _column_deps(project: Project, table: str, column: str) -> list[dg.TableColumnDep]:
    schema, name = table.split(".")
    assets = {key(schema, name)} if schema in ("facts", "segments") else sources_of(project, behind_view(name))
    return [dg.TableColumnDep(asset, column) for asset in sorted(assets)]
