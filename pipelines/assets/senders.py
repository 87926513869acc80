"""Senders: the assets at which messages leave. They look again at each message first, and the send ledger sees to it that none goes twice."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.assets import described
from pipelines.assets.keys import OUTBOX
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Metadata, Result, Stage, key
from pipelines.delivery.hand_over import HandedOver, hand_over
from pipelines.delivery.ownership import require_ownership
from pipelines.messages.render import renderer
from pipelines.privacy.masking import masked_text
from pipelines.settings import FILE_NAME
from pipelines.warehouse.schema import BY_NAME
from senders.wiring import sender_from

HERE = Path(__file__).parent
SHOWN = 5
RULE = "Every message handed over has an outcome: none is left claimed, and none is unknown."


def senders_stage(wiring: Wiring) -> Stage:
    """Return the stage that hands over. All senders are one operation: each message is looked at once, for the sender of its channel."""
    names = [settings.name for settings in wiring.project.settings.senders]

    def work(run: Run) -> Iterator[Result]:
        done = {each.sender: each for each in hand_over_now(run)} if run.sends else {}
        for name in names:
            yield _result(run, name, done.get(name))

    checks = [dg.AssetCheckSpec("outcomes_known", asset=key("senders", name), description=RULE) for name in names]
    return Stage("hand_over_messages", _specs(wiring), work, checks)


def hand_over_now(run: Run) -> list[HandedOver]:
    """Hand over what may go at this moment."""
    senders = [sender_from(settings, run.project.root, run.now) for settings in run.project.settings.senders]
    if run.wiring.live and any(sender.acts for sender in senders):
        require_ownership(run.warehouse, run.project, run.now())
    done = hand_over(run.warehouse, run.project, senders, renderer(run.files.messages), run.now(), live=run.wiring.live)
    run.warehouse.checkpoint()
    return done


def _specs(wiring: Wiring) -> list[dg.AssetSpec]:
    table = BY_NAME["delivery.sends"]
    return [
        dg.AssetSpec(
            key("senders", settings.name),
            deps=[OUTBOX],
            group_name="senders",
            kinds={settings.kind},
            description=f"{type(settings).__doc__}\n\nCarries {', '.join(settings.channels)}. Never tried again by Dagster: the send ledger decides that.",
            tags=described.tags(kind=settings.kind, live="yes" if wiring.live else "no"),
            metadata={
                "dagster/table_name": table.full_name,
                "dagster/column_schema": described.columns(table),
                "dagster/code_references": described.from_file(wiring.project.root / FILE_NAME),
            },
        )
        for settings in wiring.project.settings.senders
    ]


def _result(run: Run, name: str, done: HandedOver | None) -> Result:
    states: dict[str, int] = dict(run.warehouse.rows(HERE / "sender_states.sql", sender=name))
    errors = [{**row, "error": masked_text(row["error"])} for row in run.warehouse.records(HERE / "sender_errors.sql", sender=name, limit=SHOWN)]
    counts = {state: getattr(done, state) if done else 0 for state in ("accepted", "refused", "retry", "unknown")}
    metadata: Metadata = {
        "dagster/row_count": states.get("accepted", 0),
        **counts,
        **({} if run.sends else {"not sent": "the tick lies in the past, and was not told to send"}),
        **({"stopped": masked_text(done.stopped)} if done and done.stopped else {}),
        "all messages so far": described.shown_rows([states]) if states else "none",
        **({"last errors": described.shown_rows(errors)} if errors else {}),
    }
    open_ends = states.get("claimed", 0) + states.get("unknown", 0)
    check = dg.AssetCheckResult(asset_key=key("senders", name), check_name="outcomes_known", passed=open_ends == 0, metadata={"not known": open_ends})
    return Result(asset_key=key("senders", name), metadata=metadata, check_results=[check])
