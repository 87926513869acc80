"""The outbox as an asset: every message that fell due, with one reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.assets import described
from pipelines.assets.charts import bars
from pipelines.assets.keys import OUTBOX
from pipelines.assets.run import Run
from pipelines.assets.stage import Metadata, Result
from pipelines.settings import OfferSettings
from pipelines.warehouse.schema import BY_NAME

HERE = Path(__file__).parent
SHOWN = 8
WORDS = frozenset({"scenario", "step", "channel", "locale", "status", "reason"})
HISTORY, KINDS = 10, 4
DECIDE = HERE.parent / "outbox" / "decide.sql"
CHECKS = [
    dg.AssetCheckSpec("due_adds_up", asset=OUTBOX, description="Due = to send + held + dropped, and no message that fell due is missing."),
    dg.AssetCheckSpec(
        "codes_left", asset=OUTBOX, description="Every contact got the code an offer promises, and as many free codes are left as its settings ask for."
    ),
    dg.AssetCheckSpec("nobody_suppressed", asset=OUTBOX, description="No message is to go to an address that bounced, complained or unsubscribed."),
]


def outbox_spec(deps: set[dg.AssetKey]) -> dg.AssetSpec:
    table = BY_NAME["outbox.messages"]
    return dg.AssetSpec(
        OUTBOX,
        deps=deps,
        group_name="outbox",
        kinds={"sql", "duckdb"},
        description=(
            f"`{table.full_name}`: {table.grain}. Decided all together: consent, suppression, caps, windows, priority.\n\n"
            f"{described.code('sql', DECIDE.read_text(encoding='utf-8'))}"
        ),
        metadata={
            "dagster/table_name": table.full_name,
            "dagster/column_schema": described.columns(table),
            "dagster/code_references": described.from_file(DECIDE),
        },
    )


def outbox_result(run: Run) -> Result:
    """Return what fell due in the tick and what was decided about it."""
    return Result(asset_key=OUTBOX, metadata=_metadata(run), check_results=_checks(run))


def _metadata(run: Run) -> Metadata:
    reasons = run.warehouse.records(HERE / "outbox_reasons.sql", as_of=run.as_of)
    messages = run.warehouse.records(HERE / "outbox_messages.sql", as_of=run.as_of, limit=SHOWN)
    now = {status: sum(row["messages"] for row in reasons if row["status"] == status) for status in ("to_send", "held", "dropped")}
    return {
        "dagster/row_count": run.warehouse.value("select count(*) from outbox.messages"),
        "due": sum(now.values()),
        **now,
        "due by reason": described.shown_rows(reasons),
        "history": dg.MetadataValue.md(_history(run)),
        "preview": described.shown_people(messages, WORDS),
    }


def _history(run: Run) -> str:
    """Return a chart of what fell due in the latest ticks, by what became of it; rare reasons count together."""
    rows = run.warehouse.records(HERE / "outbox_history.sql", as_of=run.as_of, ticks=HISTORY)
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row["what"]] += row["messages"]
    shown = ["sent", *(what for what, _ in totals.most_common() if what != "sent")][:KINDS]
    ticks = sorted({row["as_of"] for row in rows})
    counts: Counter[tuple[datetime, str]] = Counter()
    for row in rows:
        counts[row["as_of"], row["what"] if row["what"] in shown else "other"] += row["messages"]
    series = [(kind, [counts[tick, kind] for tick in ticks]) for kind in (*shown, "other")]
    return bars([f"{tick:%d %b}" for tick in ticks], [each for each in series if any(each[1])], "Messages due, by what became of them")


def _checks(run: Run) -> list[dg.AssetCheckResult]:
    with run.warehouse.at(run.as_of):
        [sums] = run.warehouse.records(HERE / "outbox_sums.sql", as_of=run.as_of)
        suppressed = run.warehouse.value(HERE / "outbox_suppressed.sql", as_of=run.as_of)
        codes = run.warehouse.records(HERE / "outbox_codes.sql", as_of=run.as_of)
    return [
        _codes_check(codes, run.project.settings.offers),
        dg.AssetCheckResult(asset_key=OUTBOX, check_name="due_adds_up", passed=sums["due"] == sums["decided"] and not sums["missing"], metadata=sums),
        dg.AssetCheckResult(asset_key=OUTBOX, check_name="nobody_suppressed", passed=suppressed == 0, metadata={"suppressed": suppressed}),
    ]


def _codes_check(codes: Sequence[Mapping[str, Any]], offers: Mapping[str, OfferSettings]) -> dg.AssetCheckResult:
    found = {row["offer"]: row for row in codes}
    rows = [found.get(name, {"offer": name, "free": 0, "without": 0}) for name in sorted(offers)]
    short = [row for row in rows if row["without"] or row["free"] < offers[row["offer"]].warn_below]
    said = [f"{row['offer']}: {row['free']} codes left, {row['without']} missing in this tick" for row in short]
    return dg.AssetCheckResult(
        asset_key=OUTBOX,
        check_name="codes_left",
        passed=not short,
        severity=dg.AssetCheckSeverity.ERROR if any(row["without"] for row in short) else dg.AssetCheckSeverity.WARN,
        description="; ".join(said) or None,
        metadata={row["offer"]: row["free"] for row in rows},
    )
