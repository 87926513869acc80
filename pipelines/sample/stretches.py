"""Which stretches of time the sample shop is drawn in: months of the past, the days before the demo, each demo day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pipelines.settings import Project
from pipelines.ticks import days, tick_of_day

HISTORY_MONTHS = 24
CONSEQUENCES = timedelta(days=12)
"""All that follows from a visit (a cart that comes back, its parcel, a refund, a score) follows within these days."""

BEGINNING = datetime(1900, 1, 1)


@dataclass(frozen=True)
class Period:
    """Trading days drawn at once; each is named after the day of the tick that reads it. Only a target's bare visits matter."""

    number: int
    first: date
    last: date
    target: bool = True


@dataclass(frozen=True)
class Stretch:
    """
    What happened from `opens_at` to before `closes_at` (UTC), as known at `known_at`.

    Files are named after the `last` day in them, so that they sort as time goes: a later file of a table has the later word about a row.
    `whole`: all that follows from the stretch is in it too, however late. `daily`: rows changed in the stretch are in it again.
    """

    last: date
    opens_at: datetime
    closes_at: datetime
    known_at: datetime
    periods: tuple[Period, ...] = ()
    whole: bool = False
    daily: bool = False


def first_day(project: Project) -> date:
    """Return the first trading day of the shop's history, the first of a month."""
    return _months_before(project.settings.sample.start.replace(day=1), HISTORY_MONTHS)


def history_ends(project: Project) -> datetime:
    """Return the instant (UTC) at which the first demo day begins: the tick of the day before."""
    return tick_of_day(project, project.settings.sample.start - timedelta(days=1))


def history(project: Project) -> list[Stretch]:
    """Return the stretches before the demo: all that was there at first, whole months, and the latest days together."""
    known_at, recent = history_ends(project), _first_recent_day(project)
    before = Stretch(first_day(project) - timedelta(days=1), BEGINNING, _opens(project, first_day(project)), known_at)
    found, month = [before], first_day(project)
    while month < recent:
        following = _months_before(month, -1)
        end = following - timedelta(days=1)
        period = Period(month.year * 100 + month.month, month, end)
        found.append(Stretch(end, _opens(project, month), _opens(project, following), known_at, (period,), whole=True))
        month = following
    last = project.settings.sample.start - timedelta(days=1)
    return [*found, Stretch(last, _opens(project, recent), known_at, known_at, tuple(_day_period(day) for day in days(recent, last)))]


def whole_history(project: Project) -> Stretch:
    """Return all of history as one stretch, for tables that nobody's visit is behind."""
    last = project.settings.sample.start - timedelta(days=1)
    return Stretch(last, BEGINNING, history_ends(project), history_ends(project))


def day_stretch(project: Project, day: date) -> Stretch:
    """Return what the files of demo day *day* hold: what happened between the tick of the day before and that of *day*."""
    first = max(_first_recent_day(project), day - CONSEQUENCES)
    periods = tuple(replace(_day_period(each), target=each == day) for each in days(first, day))
    return Stretch(day, _opens(project, day), tick_of_day(project, day), tick_of_day(project, day), periods, daily=True)


def _first_recent_day(project: Project) -> date:
    """From this day on trading is drawn day by day: whatever came before has had all its consequences when the demo begins."""
    return (project.settings.sample.start - CONSEQUENCES).replace(day=1)


def _day_period(day: date) -> Period:
    return Period(day.year * 10_000 + day.month * 100 + day.day, day, day)


def _opens(project: Project, day: date) -> datetime:
    return tick_of_day(project, day - timedelta(days=1))


def _months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)
