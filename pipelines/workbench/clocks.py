"""Times that do not fit together: waits and ticks, windows and hand-over passes, a message's validity and the hours it may leave in."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipelines.durations import spoken
from pipelines.errors import Problem
from pipelines.scenarios import model as m
from pipelines.scenarios.compile_entry import seconds_of, window_rows
from pipelines.scenarios.compiled import Compiled
from pipelines.scenarios.files import ScenarioFile
from pipelines.scenarios.tree import TOP, sends, steps
from pipelines.scenarios.triggers import WEEKDAYS
from pipelines.scenarios.unroll import name_of
from pipelines.scenarios.yaml_file import Path_
from pipelines.settings import Project

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
Opening = tuple[timedelta, timedelta]
"""When a window opens and closes, since Monday midnight."""


def clock_doubts(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    """Yield what the times of *scenario* make happen later than it says, or never."""
    yield from _finer_than_the_schedule(project, file, scenario)
    yield from _short_windows(project, file, scenario)
    yield from _windows_without_effect(file, scenario)
    if file.compiled and scenario.category == "marketing":
        yield from _lost_in_closed_windows(file, scenario, file.compiled)
        yield from _campaigns_on_closed_days(file, scenario)


def doubt(file: ScenarioFile, place: Path_, text: str, hint: str) -> Problem:
    """Return a warning about what stands at *place* of a scenario file."""
    return Problem(file.name, file.yaml.line(place), text, hint, "warning")


def _finer_than_the_schedule(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    """What ends between two ticks is seen by the next one, later than written."""
    cadence = timedelta(minutes=15) if project.settings.schedule.quarter_hourly else DAY
    every, hint = f"ticks are {spoken(cadence)} apart", "turn schedule.quarter_hourly on, or wait longer"
    for place, word, length in _durations(scenario):
        if length < cadence:
            yield doubt(file, place, f"a {word} of {spoken(length)} is finer than the schedule can serve: {every}", hint)
    daily_at = project.settings.schedule.daily_at
    for place, clock in _clocks_before_a_send(scenario) if cadence == DAY else ():
        if clock > daily_at:
            text = f"a wait until {clock} ends after the day's tick of {daily_at}: the message after it goes the next day"
            yield doubt(file, place, text, f"wait until {daily_at} or earlier, and give the message a `window` from {clock}")


def _short_windows(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    """A window that opens and closes between two passes sends nothing."""
    every = timedelta(minutes=project.settings.schedule.hand_over_every)
    for place, window in _windows(scenario):
        opens, closes = (timedelta(seconds=seconds_of(clock)) for clock in (window.opens, window.closes))
        if (open_for := (closes - opens) % DAY) < every:
            text = f"a window of {spoken(open_for)} may open and close unseen: what waits for it is handed over every {spoken(every)}"
            yield doubt(file, place, text, f"let it be open for {spoken(every)} or longer, or lower schedule.hand_over_every")


def _windows_without_effect(file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    for place, _ in _windows(scenario) if scenario.category == "transactional" else ():
        yield doubt(file, place, "a window has no effect here: transactional messages go at any hour", "leave it out, or make the scenario `marketing`")


def _lost_in_closed_windows(file: ScenarioFile, scenario: m.Scenario, compiled: Compiled) -> Iterator[Problem]:
    """What falls due while its window is closed must be valid until it opens."""
    valid = {node.step: node.valid_seconds for node in reversed(compiled.nodes) if node.kind == "send"}
    for place, send in sends(scenario.steps):
        window, seconds = _window_of(send, scenario), valid.get(name_of(send), valid.get(f"{name_of(send)}#1"))
        if window is None or seconds is None:
            continue
        clocks = _due(place, scenario)
        openings = _openings(window)
        moments = clocks or [closes % WEEK for _, closes in openings]
        lost = [(until_open, at) for at in moments if (until_open := _closed_for(at, openings)) > timedelta(seconds=seconds)]
        if lost:
            longest, at = max(lost)
            always = bool(clocks) and len(lost) == len(moments)
            text = f"is valid for {spoken(timedelta(seconds=seconds))}, and what falls due {_said(at)} waits {spoken(longest)} for its window to open"
            end = "no message would ever go" if always else "it would expire unsent"
            severity = "error" if always and scenario.status == "live" else "warning"
            hint = f"write `valid_for: {spoken(longest)}` or longer, or open the window earlier"
            yield Problem(file.name, file.yaml.line((*place, "send")), f"{text}: {end}", hint, severity)


def _campaigns_on_closed_days(file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    trigger, word = scenario.trigger, "at"
    if not isinstance(trigger, m.CampaignTrigger):
        return
    moments, first = _due((*TOP, 0), scenario), scenario.steps[0]
    window = _window_of(first, scenario) if isinstance(first, m.Send) else None
    if window is None or len(moments) != 1:
        return
    word = "at" if trigger.at else "every"
    later = moments[0] + _closed_for(moments[0], _openings(window))
    if later // DAY != moments[0] // DAY:
        text = f"the campaign comes {_said(moments[0])}, when its window has closed for the day: its messages go {_said(later % WEEK)}"
        yield doubt(file, ("trigger", word), text, "let it come on a day and at an hour of its window")


def _due(place: Path_, scenario: m.Scenario) -> list[timedelta]:
    """Return the moments of the week at which the message at *place* can fall due; none where that may be any."""
    number = int(place[-1])
    if number == 0:
        return _begun(scenario.trigger) if place[:-1] == TOP else []
    match dict(steps(scenario.steps))[*place[:-1], number - 1]:
        case m.Wait(wait=m.CalendarWait(at=str(clock)) | m.UntilWait(until=str(clock)) | m.DateWait(until=m.DateOfTrigger(at=str(clock)))):
            return _each_day(clock)
        case _:
            return []


def _begun(trigger: m.Trigger) -> list[timedelta]:
    match trigger:
        case m.AnniversaryTrigger(at=clock):
            return _each_day(clock)
        case m.DateTrigger(at=str(clock)):
            return _each_day(clock)
        case m.CampaignTrigger(at=datetime() as moment):
            return [timedelta(days=moment.weekday(), hours=moment.hour, minutes=moment.minute)]
        case m.CampaignTrigger(every=every) if every and every.isodow:
            return [timedelta(days=every.isodow - 1, seconds=seconds_of(every.clock))]
        case m.CampaignTrigger(every=every) if every:
            return _each_day(every.clock)
        case _:
            return []


def _each_day(clock: str) -> list[timedelta]:
    return [timedelta(days=day, seconds=seconds_of(clock)) for day in range(7)]


def _openings(window: m.Window) -> list[Opening]:
    rows = window_rows(window)
    return [(timedelta(days=row.isodow - 1, seconds=row.opens_seconds), timedelta(days=row.isodow - 1, seconds=row.closes_seconds)) for row in rows]


def _closed_for(at: timedelta, openings: Sequence[Opening]) -> timedelta:
    """Return how long after *at* the window is open: nothing where it is open then."""
    return min(timedelta() if (at - opens) % WEEK < closes - opens else (opens - at) % WEEK for opens, closes in openings)


def _said(moment: timedelta) -> str:
    minutes = int(moment.total_seconds()) // 60
    return f"on {WEEKDAYS[minutes // 1440]} at {minutes % 1440 // 60:02}:{minutes % 60:02}"


def _durations(scenario: m.Scenario) -> Iterator[tuple[Path_, str, timedelta]]:
    """Yield every length of time that a step waits for, with its place and its name."""
    for place, step in steps(scenario.steps):
        match step:
            case m.Wait(wait=timedelta() as length):
                yield (*place, "wait"), "wait", length
            case m.WaitFor():
                yield (*place, "timeout"), "timeout", step.timeout
            case m.Repeat():
                yield (*place, "repeat", "every"), "repetition", step.repeat.every
            case _:
                pass


def _clocks_before_a_send(scenario: m.Scenario) -> Iterator[tuple[Path_, str]]:
    """Yield the times of day that waits end at where a message without a window comes next, each with its place."""
    tree = dict(steps(scenario.steps))
    for place, step in tree.items():
        following = tree.get((*place[:-1], int(place[-1]) + 1))
        if isinstance(step, m.Wait) and isinstance(following, m.Send) and not _window_of(following, scenario):
            match step.wait:
                case m.CalendarWait(at=clock) | m.UntilWait(until=clock):
                    yield (*place, "wait"), clock
                case _:
                    continue


def _windows(scenario: m.Scenario) -> Iterator[tuple[Path_, m.Window]]:
    written = [(("window",), scenario.window), *(((*place, "window"), step.window) for place, step in sends(scenario.steps))]
    return ((place, window) for place, window in written if isinstance(window, m.Window))


def _window_of(send: m.Send, scenario: m.Scenario) -> m.Window | None:
    window = scenario.window if send.window is None else send.window
    return window if isinstance(window, m.Window) else None
