"""Sources: the files at the left end of the lineage, and the contract table that each source fills."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import sqlglot.expressions as exp

from pipelines.assets import described
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Metadata, Result, Stage, key
from pipelines.durations import spoken
from pipelines.errors import BadFiles
from pipelines.privacy.masking import masked_text
from pipelines.settings import FILE_NAME, Project, SourceSettings
from pipelines.sources.load import load_source
from pipelines.warehouse.contract import contract_columns
from pipelines.warehouse.schema import BY_NAME

HERE = Path(__file__).parent
SHOWN = 5
PEOPLE = frozenset({"contact_id", "visitor_id", "referrer_id", "order_id", "event_id"})
"""Columns that tie a row to a person."""
SHARED = frozenset({"product_id", "currency"})
Row = dict[str, Any]


def file_specs(project: Project) -> list[dg.AssetSpec]:
    """Return what lies outside: the files of each source. Nothing here makes them."""
    return [
        dg.AssetSpec(
            key("files", source.name),
            group_name="files",
            kinds={source.format},
            description=f"Files `{source.path}` of the project's folder.",
            metadata={"path": dg.MetadataValue.path(str(project.root / source.path)), "format": source.format},
        )
        for source in project.settings.sources
    ]


def source_stages(wiring: Wiring) -> list[Stage]:
    """Return one stage per source, in the order of the settings."""
    return [_stage(wiring.project, source) for source in wiring.project.settings.sources]


def _stage(project: Project, source: SourceSettings) -> Stage:
    asset = key("sources", source.name)
    checks = [
        dg.AssetCheckSpec("contract", asset=asset, description=f"No file is refused: at most {source.max_reject_rate:.0%} of the rows of each are unreadable."),
        dg.AssetCheckSpec("freshness", asset=asset, description=_freshness_rule(source)),
    ]

    def work(run: Run) -> Iterator[Result]:
        if run.tick is not None:
            _load(run, source)
        yield _result(run, source, asset)

    return Stage(f"load_{asset.path[-1]}", [_spec(project, source, asset)], work, checks)


def _spec(project: Project, source: SourceSettings, asset: dg.AssetKey) -> dg.AssetSpec:
    view = BY_NAME.get(f"shop.{source.table}")
    mapping = project.root / source.mapping if source.mapping else None
    mapped = described.code("sql", mapping.read_text(encoding="utf-8")) if mapping and mapping.is_file() else "Columns are those of the contract."
    return dg.AssetSpec(
        asset,
        deps=[key("files", source.name)],
        group_name="sources",
        kinds={source.format, "duckdb"},
        description=f"`shop.{source.table}`: {view.grain if view else 'no table of the contract'}. From `{source.path}`.\n\n{mapped}",
        tags=described.tags(contract=source.table),
        metadata={
            "dagster/table_name": f"shop.{source.table}",
            "dagster/code_references": described.from_file(mapping or project.root / FILE_NAME),
            **({"dagster/column_schema": described.columns(view)} if view else {}),
        },
    )


def _freshness_rule(source: SourceSettings) -> str:
    files = "There may be no file." if source.optional else "There is a file."
    return f"{files} The newest row is at most {spoken(source.stale_after)} old." if source.stale_after else files


def _load(run: Run, source: SourceSettings) -> None:
    """Load the source; where its mapping is wrong nothing is read, and what needs the source waits as if it had been refused."""
    assert run.tick is not None
    try:
        load_source(run.warehouse, run.project, source, run.tick, now=run.now() if run.sends else None)
    except BadFiles as bad:
        more = f", and {len(bad.problems) - 1} more" if len(bad.problems) > 1 else ""
        reason = str(bad.problems[0]).splitlines()[0] + more
        refused = {"source": source.name, "contract": source.table, "as_of": run.as_of, "reason": reason}
        with run.warehouse.transaction():
            run.warehouse.run(HERE / "refused_source.sql", **refused)


def _result(run: Run, source: SourceSettings, asset: dg.AssetKey) -> Result:
    found = run.warehouse.records(HERE / "load.sql", source=source.name, as_of=run.as_of)
    load = found[0] if found else {"status": "missing", "reason": "it was not loaded in this tick"}
    return Result(asset_key=asset, metadata=_metadata(run, source, load), check_results=_checks(asset, load))


def _metadata(run: Run, source: SourceSettings, load: Row) -> Metadata:
    rejects = run.warehouse.records(HERE / "rejects.sql", source=source.name, as_of=run.as_of, limit=SHOWN)
    rows, preview = _rows(run, source)
    return {
        "dagster/row_count": rows,
        "status": load["status"] if load["reason"] is None else f"{load['status']}: {masked_text(load['reason'])}",
        **{name: load.get(name, 0) for name in ("files", "inserted", "replaced", "rejected")},
        **({"newest row": f"{load['newest_at']} UTC"} if load.get("newest_at") else {}),
        **({"rows refused": described.shown_rows(rejects)} if rejects else {}),
        "preview": described.shown_people(preview, _words(source)),
    }


def _words(source: SourceSettings) -> set[str]:
    """Return the columns whose text previews show: those of a closed list, and every one of a table that is not about people."""
    table = BY_NAME.get(f"raw.{source.table}")
    columns = table.columns if table else ()
    about_people = any(column.name in PEOPLE for column in columns)
    return {column.name for column in columns if column.check or not about_people or column.name in SHARED}


def _rows(run: Run, source: SourceSettings) -> tuple[int, list[Row]]:
    """Return how many rows the contract table has, and some that this tick loaded into it."""
    table = BY_NAME.get(f"raw.{source.table}")
    if table is None:
        return 0, []
    everything, names = exp.to_table(table.full_name), [column.name for column in contract_columns(table)]
    loaded = exp.select(*names).from_(everything).where("loaded_from = $source and loaded_at = $as_of", dialect="duckdb").limit(SHOWN)
    total = run.warehouse.value(exp.select(exp.Count(this=exp.Star())).from_(everything).sql("duckdb"))
    return total, run.warehouse.records(loaded.sql("duckdb"), source=source.name, as_of=run.as_of)


def _checks(asset: dg.AssetKey, load: Row) -> list[dg.AssetCheckResult]:
    status, read = load["status"], load.get("inserted", 0) + load.get("replaced", 0) + load.get("rejected", 0)
    why = None if load["reason"] is None else masked_text(load["reason"])
    rejected = {"rows refused": load.get("rejected", 0), "share refused": load.get("rejected", 0) / max(read, 1)}
    return [
        dg.AssetCheckResult(
            asset_key=asset, check_name="contract", passed=status != "refused", metadata=rejected, description=why if status == "refused" else None
        ),
        dg.AssetCheckResult(
            asset_key=asset, check_name="freshness", passed=status not in ("stale", "missing"), description=why if status in ("stale", "missing") else None
        ),
    ]
