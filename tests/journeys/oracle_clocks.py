"""When a wait is over, when a window opens, which sends come before any wait, and how lots are drawn."""

import hashlib
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from pipelines.scenarios import model as m
from pipelines.scenarios.unroll import turn
from tests.journeys.story import local, to_utc


def before_any_wait(steps: Sequence[m.Step]) -> list[m.Send]:
    """The sends that a contact can reach without waiting."""
    found: list[m.Send] = []
    _passes(steps, found)
    return found


def _passes(steps: Sequence[m.Step], found: list[m.Send]) -> bool:
    """Collect the sends at the beginning of *steps*; return whether what follows them can be reached without waiting too."""
    for step in steps:
        match step:
            case m.Send():
                found.append(step)
            case m.Repeat():
                _passes(turn(step.repeat.steps, 1), found)
                return False
            case m.Wait() | m.WaitFor() | m.ExitStep():
                return False
            case m.Branch():
                ways = [_passes(part.steps if isinstance(part, m.Rung) else part.otherwise, found) for part in step.branch]
                if not any(ways):
                    return False
            case m.Split():
                ways = [_passes(arm.steps, found) for arm in step.split.values()]
                if not any(ways):
                    return False
    return True


def waited(step: m.Wait, reached: datetime, zone: str | None) -> datetime:
    """When a wait that began at *reached* is over."""
    here = local(reached, zone)
    match step.wait:
        case timedelta() as length:
            return reached + length
        case m.CalendarWait(days=days, months=months, at=at):
            year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
            day = date(year, month + 1, min(here.day, monthrange(year, month + 1)[1])) + timedelta(days=days)
        case m.UntilWait(until=at):
            day = here.date() + timedelta(days=here.strftime("%H:%M:%S.%f") > f"{at}:00.000000")
    return max(reached, to_utc(datetime.combine(day, datetime.strptime(at, "%H:%M").time()), zone))


def awaited(step: m.DateOfTrigger, brought: date | datetime | None, zone: str | None) -> datetime | None:
    """The moment that a wait for a date of the trigger ends at, on the contact's own clock; None where the trigger brought none."""
    if brought is None:
        return None
    clock = local(brought, zone) if isinstance(brought, datetime) else datetime.combine(brought, time())
    clock += timedelta(days=int(step.offset.split()[0]))
    return to_utc(datetime.combine(clock.date(), time.fromisoformat(step.at)) if step.at else clock, zone)


def next_opening(window: m.Window, moment: datetime, zone: str | None) -> datetime:
    """Return *moment* if the window is open, else when it opens next. A window belongs to the day it opens."""
    today = local(moment, zone).date()
    for number in range(-1, 10):
        day = today + timedelta(days=number)
        if day.isoweekday() in window.days:
            opens, closes = (datetime.combine(day, datetime.strptime(text, "%H:%M").time()) for text in (window.opens, window.closes))
            begin, end = to_utc(opens, zone), to_utc(closes if closes > opens else closes + timedelta(days=1), zone)
            if begin < end and moment < end:
                return max(moment, begin)
    raise AssertionError("every window opens within a week or two")


def bucket(text: str) -> int:
    return int(hashlib.md5(text.encode()).hexdigest()[:8], 16) % 10_000


def drawn(weights: Mapping[str, int], number: int) -> str:
    """Return the arm on which *number*, out of 10,000, falls; the weights are percentages."""
    ends = accumulate(weight * 100 for weight in weights.values())
    return next(name for name, end in zip(weights, ends, strict=True) if number < end)
