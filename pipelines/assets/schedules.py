"""When runs are asked for, in the project's zone."""

from collections.abc import Sequence
from datetime import time, timedelta

import dagster as dg

from pipelines.assets.run import QUARTER, Clock
from pipelines.assets.tags import AS_OF, DAILY, HAND_OVER, QUARTER_HOUR
from pipelines.settings import Project
from pipelines.ticks import local_day, next_daily_tick, tick_of_day, to_utc

LATE = timedelta(hours=24)


def schedules(project: Project, clock: Clock, *, running: bool) -> Sequence[dg.ScheduleDefinition]:
    """Return the three schedules; *running* says whether those that a project needs are on from the start."""
    return [_daily(project, clock, running), _quarter_hour(project, clock, running), _hand_over(project, running)]


def _daily(project: Project, clock: Clock, running: bool) -> dg.ScheduleDefinition:
    at = time.fromisoformat(project.settings.schedule.daily_at)

    @dg.schedule(
        name=DAILY, job_name=DAILY, cron_schedule=f"{at.minute} {at.hour} * * *", execution_timezone=project.settings.project.timezone,
        default_status=_status(running), description="Every day at the hour of the settings.",
    )  # fmt: skip
    def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = local_day(project, to_utc(context.scheduled_execution_time))
        if tick_of_day(project, day) < clock() - LATE:
            return dg.SkipReason(f"the tick of {day} was missed: the next one looks at everything since the last that ran")
        return dg.RunRequest(run_key=f"{DAILY}-{day}", partition_key=str(day))

    return daily


def _quarter_hour(project: Project, clock: Clock, running: bool) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=QUARTER_HOUR, job_name=QUARTER_HOUR, cron_schedule="*/15 * * * *", execution_timezone="UTC",
        default_status=_status(running and project.settings.schedule.quarter_hourly), description="For messages that cannot wait for the day's tick.",
    )  # fmt: skip
    def quarter_hour(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        as_of = to_utc(context.scheduled_execution_time)
        if as_of == next_daily_tick(project, as_of - timedelta(seconds=1)):
            return dg.SkipReason("the daily tick serves this quarter of an hour")
        if as_of < clock() - QUARTER:
            return dg.SkipReason("missed: the next tick looks at everything since the last that ran")
        return dg.RunRequest(run_key=f"{QUARTER_HOUR}-{as_of.isoformat()}", tags={AS_OF: as_of.isoformat()})

    return quarter_hour


def _hand_over(project: Project, running: bool) -> dg.ScheduleDefinition:
    every = project.settings.schedule.hand_over_every

    @dg.schedule(
        name=HAND_OVER, job_name=HAND_OVER, cron_schedule="0 * * * *" if every == 60 else f"*/{every} * * * *", execution_timezone="UTC",
        default_status=_status(running), description=f"Every {every} minutes, for messages that waited for their window or their provider.",
    )  # fmt: skip
    def hand_over(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=f"{HAND_OVER}-{to_utc(context.scheduled_execution_time).isoformat()}")

    return hand_over


def _status(running: bool) -> dg.DefaultScheduleStatus:
    return dg.DefaultScheduleStatus.RUNNING if running else dg.DefaultScheduleStatus.STOPPED
