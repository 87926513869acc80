"""What a tick is, and the order of ticks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Iterator
from zoneinfo import ZoneInfo

from pipelines.errors import TickRefused
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse


@dataclass(frozen=True)
class Tick:
    """
    One pass of the pipeline: it sees what happened strictly before `as_of` (UTC, without zone).

    `horizon` is the instant of the tick expected next: known dates (birthdays) up to it are served ahead. `previous` is
    the last committed tick before it, None for the first. `day` and `previous_day` are days of the project's zone.
    `send` False makes every message of the tick end as not_sent.
    """

    as_of: datetime
    day: date
    horizon: datetime
    previous: datetime | None = None
    previous_day: date | None = None
    send: bool = True


def tick_of_day(project: Project, day: date) -> datetime:
    """Return the instant (UTC, without zone) of the daily tick of *day* in the project's zone."""
    at = time.fromisoformat(project.settings.schedule.daily_at)
    return to_utc(datetime.combine(day, at, project.settings.zone))


def next_daily_tick(project: Project, after: datetime) -> datetime:
    """Return the first daily tick later than *after*."""
    day = local_day(project, after)
    return next(instant for number in range(3) if (instant := tick_of_day(project, day + timedelta(days=number))) > after)


def days(first: date, last: date) -> Iterator[date]:
    """Yield every day from *first* to *last*, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def to_utc(moment: datetime) -> datetime:
    """Return an instant with a zone as UTC without one, the form the warehouse keeps."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def begin_tick(
    warehouse: Warehouse, project: Project, as_of: datetime, *, started_at: datetime, send: bool = True, cadence: timedelta | None = None
) -> Tick | None:
    """
    Open the tick at *as_of* and return it; None when it is committed already, so that only hand-over and report remain.

    *cadence* is the time to the next tick; without it the next daily tick is expected.

    Raises TickRefused when a later tick is committed: what it decided stands.
    """
    if warehouse.value("select 1 from runs.ticks where status = 'committed' and as_of = $as_of", as_of=as_of):
        return None
    later = warehouse.value("select max(as_of) from runs.ticks where status = 'committed' and as_of > $as_of", as_of=as_of)
    if later is not None:
        hint = "hint: ticks run in order; replay from an empty warehouse to see the past again"
        raise TickRefused(f"a tick at {later} is committed already, after {as_of}\n  {hint}")
    previous = warehouse.value("select max(as_of) from runs.ticks where status = 'committed' and as_of < $as_of", as_of=as_of)
    day = local_day(project, as_of)
    with warehouse.transaction():
        warehouse.run("delete from runs.ticks where status = 'running'")
        warehouse.append("runs.ticks", ["as_of", "day", "started_at", "status", "send"], [(as_of, day, started_at, "running", send)])
    horizon = as_of + cadence if cadence else next_daily_tick(project, as_of)
    previous_day = local_day(project, previous) if previous else None
    # Between two days most statements are too small to share: on one thread they cost a tenth less, and the other core stays free.
    warehouse.use_threads(1 if previous_day == day else project.settings.warehouse.threads)
    return Tick(as_of, day, horizon, previous, previous_day, send)


def local_time(instant: datetime, zone: str) -> str:
    """Return an instant (UTC, without zone) as people of *zone* read it: `2026-09-14 06:00`."""
    return f"{instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def local_day(project: Project, instant: datetime) -> date:
    """Return the day of the project's zone that *instant* (UTC, without zone) falls in."""
    return instant.replace(tzinfo=UTC).astimezone(project.settings.zone).date()


def start_of_day(project: Project, day: date) -> datetime:
    """Return the first instant of *day* in the project's zone, UTC without zone."""
    return to_utc(datetime.combine(day, time(), project.settings.zone))
