"""Audiences of ads platforms as assets: who is in each, and what its platform was told."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.assets import described
from pipelines.assets.charts import bars
from pipelines.assets.keys import OUTBOX, sources_of
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Metadata, Result, Stage, key
from pipelines.audiences.hand_over import Told, acts, hand_over_audiences
from pipelines.audiences.members import refresh_members
from pipelines.delivery.ownership import require_ownership
from pipelines.settings import FILE_NAME, AudienceSettings
from pipelines.warehouse.schema import BY_NAME

HERE = Path(__file__).parent
SHOWN = 5
HISTORY = 30
KEPT_OUT = ("no_consent", "suppressed", "unreachable", "held_out")
RULE = "The platform was told of everybody who joined and left: hand-over is not halted, and the folder of its files can be written."


def audiences_stage(wiring: Wiring) -> Stage:
    """Return the stage that works out who is in each audience and writes the files for its platform. It begins once the tick is committed."""
    audiences = wiring.project.settings.audiences

    def work(run: Run) -> Iterator[Result]:
        told = {each.audience: each for each in _told(run)} if audiences else {}
        for name in sorted(audiences):
            yield _result(run, name, told.get(name))

    checks = [dg.AssetCheckSpec("told", asset=key("audiences", name), description=RULE) for name in sorted(audiences)]
    return Stage("hand_over_audiences", [_spec(wiring, name, audience) for name, audience in sorted(audiences.items())], work, checks)


def _told(run: Run) -> list[Told]:
    """Make a pass. A tick that sends nothing only works out who would be told of; one that was committed before changes nothing then."""
    if not run.sends:
        if run.tick is not None:
            with run.warehouse.at(run.as_of):
                refresh_members(run.warehouse, run.project, run.as_of, run.as_of)
        return []
    if run.wiring.live and any(acts(run.project, audience) for audience in run.project.settings.audiences.values()):
        require_ownership(run.warehouse, run.project, run.now())
    latest = run.warehouse.value("select max(as_of) from runs.ticks where status = 'committed'")
    return hand_over_audiences(run.warehouse, run.project, latest, max(latest, run.now()), live=run.wiring.live)


def _spec(wiring: Wiring, name: str, audience: AudienceSettings) -> dg.AssetSpec:
    table = BY_NAME["audiences.members"]
    filled = {key("scenarios", each.scenario) for each in wiring.files.compiled if name in each.audiences}
    source = {key("segments", audience.segment)} if audience.segment in wiring.files.segments.names else set()
    by = f"the segment `{audience.segment}`" if audience.segment else "the step `sync` of scenarios"
    return dg.AssetSpec(
        key("audiences", name),
        # The outbox too: unsubscriptions are known, and the steps of the tick decided, once it is there.
        deps={OUTBOX, *filled, *source, *sources_of(wiring.project, {"consents"})},
        group_name="audiences",
        kinds={"csv", "duckdb"},
        description=(
            f"Whom {audience.platform} is told of: those whom {by} gives, who agreed to {audience.channel} about {audience.topic}, and whose addresses "
            f"are not suppressed.\n\nFiles of who joins and which addresses leave, hashed, go to `{audience.folder}`, to be read in the order of their numbers."
        ),
        tags=described.tags(platform=audience.platform, topic=audience.topic),
        metadata={
            "dagster/table_name": table.full_name,
            "dagster/column_schema": described.columns(table),
            "dagster/code_references": described.from_file(wiring.project.root / FILE_NAME),
        },
    )


def _result(run: Run, name: str, told: Told | None) -> Result:
    sizes = run.warehouse.records(HERE / "audience_sizes.sql", audience=name, as_of=run.as_of, limit=HISTORY)
    now = sizes[-1] if sizes else dict.fromkeys(("members", *KEPT_OUT), 0)
    labels = [f"{size['as_of']:%d %b}" for size in sizes]
    stopped = told.stopped if told else ""
    metadata: Metadata = {
        "dagster/row_count": now["members"],
        "adds": told.adds if told else 0,
        "removes": told.removes if told else 0,
        "kept out": described.shown_rows([{reason: now[reason] for reason in KEPT_OUT}]),
        **({} if run.sends else {"not told": "the tick lies in the past, and was not told to send"}),
        **({"stopped": stopped} if stopped else {}),
        "size": dg.MetadataValue.md(bars(labels, [("members", [size["members"] for size in sizes])], f"Members of {name}")),
        "told": dg.MetadataValue.md(bars(labels, [(each, [size[each] for size in sizes]) for each in ("adds", "removes")], f"Told of {name}")),
        "last files": described.shown_rows(run.warehouse.records(HERE / "audience_files.sql", audience=name, limit=SHOWN)),
    }
    check = dg.AssetCheckResult(asset_key=key("audiences", name), check_name="told", passed=not stopped, description=stopped or None)
    return Result(asset_key=key("audiences", name), metadata=metadata, check_results=[check])
