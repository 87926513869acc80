"""Jobs: the tick of a day, the tick of a quarter of an hour, and the passes between them that only hand over."""

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines.assets.audiences import audiences_stage
from pipelines.assets.nameless import nameless_errors
from pipelines.assets.results import results_stage
from pipelines.assets.run import Run, Wiring
from pipelines.assets.senders import senders_stage
from pipelines.assets.stage import Stage, is_news, made
from pipelines.assets.tags import AS_OF, HAND_OVER, QUARTER_HOUR
from pipelines.errors import BadFiles
from pipelines.settings import Project
from pipelines.sources.load import load_all
from pipelines.ticks import Tick, local_day, next_daily_tick


def partitions(project: Project) -> dg.DailyPartitionsDefinition:
    """Return the days that have a tick, from the schedule's start to today: day D is the tick of D at the scheduled time."""
    schedule = project.settings.schedule
    return dg.DailyPartitionsDefinition(start_date=schedule.start.isoformat(), timezone=project.settings.project.timezone, end_offset=1)


def quarter_hour_job(stages: Sequence[Stage]) -> dg.JobDefinition:
    """Return the job of a tick that belongs to no partition; the tag `relance/as_of` says which, else it is the last quarter of an hour."""

    @dg.op(name="tick", out={}, description="Every stage of a tick, in order.")
    def tick(run: dg.ResourceParam[Run]) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
        # Ninety-six ticks a day would fill the history with assets to which nothing happened.
        with nameless_errors():
            yield from made(run, (result for stage in stages for result in stage.work(run) if is_news(result)))

    @dg.job(name=QUARTER_HOUR, description=f"A tick between the daily ones. Tag `{AS_OF}`: its instant, UTC.")
    def quarter_hour() -> None:
        tick()

    return quarter_hour


def hand_over_job(wiring: Wiring) -> dg.JobDefinition:
    """Return the job that sends what had to wait, after looking again with everything loaded by now."""
    stages = [senders_stage(wiring), audiences_stage(wiring), results_stage(wiring)]

    @dg.op(name="look_again_and_hand_over", out={}, description="Load, suppress, look again at what waits, hand over, report.")
    def look_again_and_hand_over(context: dg.OpExecutionContext, run: dg.ResourceParam[Run]) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
        if not run.committed:
            context.log.info("no tick has run yet: there is nothing to hand over")
            return
        with nameless_errors():
            _catch_up(context, run)
            yield from made(run, (result for stage in stages for result in stage.work(run)))

    @dg.job(name=HAND_OVER, description="Between ticks: hands over what its window or its provider made wait.")
    def hand_over() -> None:
        look_again_and_hand_over()

    return hand_over


def _catch_up(context: dg.OpExecutionContext, run: Run) -> None:
    """Load what has come in since the tick: orders, clicks, bounces, consents taken back."""
    now = run.now()
    tick = Tick(now, local_day(run.project, now), next_daily_tick(run.project, now), run.as_of, run.day)
    try:
        load_all(run.warehouse, run.project, tick, now=now)
    except BadFiles as bad:
        context.log.warning(f"not everything could be loaded; the next tick holds what needs it\n{bad}")
