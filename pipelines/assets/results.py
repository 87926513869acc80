"""The right end of the lineage: the report of the tick as a page, and the read copy for people and tools."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import dagster as dg

from pipelines.assets import described
from pipelines.assets.keys import REPORT
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Metadata, Result, Stage, key
from pipelines.privacy.masking import masked_text
from pipelines.results.report import Count, Report, build_report
from pipelines.results.write import write_report
from pipelines.warehouse.schema import BY_NAME

HERE = Path(__file__).parent
DESCRIPTION = (
    "What the tick did, for whoever decides: contacts who entered and left, messages due and what became of them, goals and what they were worth, "
    "segments, sources, and what needs a person.\n\nThe page needs no terminal: follow the link `page` of the latest materialization. "
    "After a daily tick the read copy of the warehouse is published too."
)


def results_stage(wiring: Wiring) -> Stage:
    """Return the stage that tells people."""
    spec = dg.AssetSpec(
        REPORT,
        deps=[
            *(key("senders", settings.name) for settings in wiring.project.settings.senders),
            *(key("audiences", name) for name in sorted(wiring.project.settings.audiences)),
        ],
        group_name="results",
        kinds={"html", "duckdb"},
        description=DESCRIPTION,
        metadata={"dagster/table_name": "results.scenarios", "dagster/column_schema": described.columns(BY_NAME["results.scenarios"])},
    )

    def work(run: Run) -> Iterator[Result]:
        yield Result(asset_key=REPORT, metadata=_published(run))

    return Stage("write_report", [spec], work)


def _published(run: Run) -> Metadata:
    report, page = _written(run, run.as_of)
    for (earlier,) in run.warehouse.rows(HERE / "touched_ticks.sql", began=run.began, as_of=run.as_of):
        _written(run, earlier)
    if run.daily and run.as_of == run.warehouse.value("select max(as_of) from runs.ticks where status = 'committed'"):
        run.warehouse.publish_read_copy(run.project.read_copy_path, run.as_of)
    return {
        "page": dg.MetadataValue.url(f"{run.wiring.reports_url}/{page.name}"),
        "file": dg.MetadataValue.path(str(page)),
        **report.totals,
        "summary": dg.MetadataValue.md(_summary(report)),
    }


def _written(run: Run, as_of: datetime) -> tuple[Report, Path]:
    with run.warehouse.at(as_of):
        report = build_report(run.warehouse, run.project, as_of)
    return report, write_report(run.project, report)


def _summary(report: Report) -> str:
    rows = [
        (each.scenario, each.state, each.entered, each.in_flight, each.due, each.accepted, _sum(each.held), _sum(each.dropped)) for each in report.scenarios
    ]
    attention = "\n".join(f"- **look:** {masked_text(line)}" for line in report.attention)
    table = described.table(("scenario", "state", "entered", "in flight", "due", "handed over", "held", "dropped"), rows)
    return "\n\n".join(filter(None, [attention, table]))


def _sum(counts: Sequence[Count]) -> int:
    return sum(count.number for count in counts)
