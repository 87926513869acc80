"""Everything that is wrong, or doubtful, in a project's files: what `relance check` says."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pipelines.durations import spoken
from pipelines.errors import BadFiles, Problem, nearest, shown
from pipelines.facts.score import score_problems
from pipelines.scenarios import model as m
from pipelines.scenarios.files import ScenarioFile
from pipelines.scenarios.tree import sends, steps
from pipelines.scenarios.yaml_file import Path_
from pipelines.settings import FILE_NAME, Project, line_of_setting, load_project
from pipelines.sources.contract_check import check_sources
from pipelines.workbench.project_files import ProjectFiles, read_files
from senders.smtp import SmtpSettings

DAY = timedelta(days=1)


def check(root: Path) -> list[Problem]:
    """Return every problem of every file of the project in *root*, errors and warnings; an empty list means all is well."""
    try:
        project = load_project(root)
    except BadFiles as error:
        return list(error.problems)
    files = read_files(project)
    found = [*check_sources(project), *score_problems(project), *_dangling(project, files), *files.problems, *_doubts(project, files)]
    return sorted(found, key=lambda problem: (problem.file, problem.line or 0, problem.text))


def _dangling(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    """Settings that name a segment or a sender must name one there is: a cap of no segment would bind nobody, an alert nobody carries is never heard."""
    for number, cap in enumerate(project.settings.caps):
        if cap.segment and cap.segment not in files.segments.names:
            hint = nearest(cap.segment, files.segments.names) or "segments are the files of segments_sql/"
            line = line_of_setting(project, "caps", number, "segment")
            yield Problem(FILE_NAME, line, f"cap `{cap.name}` is for the segment `{cap.segment}`, which does not exist", hint)
    alerts, carriers = project.settings.alerts, [each.name for each in project.settings.senders if isinstance(each, SmtpSettings)]
    if alerts.email_to and alerts.smtp_sender not in carriers:
        hint = nearest(alerts.smtp_sender, carriers) or "name a sender of kind smtp, or leave email_to out"
        line = line_of_setting(project, "alerts", "smtp_sender")
        yield Problem(FILE_NAME, line, f"alerts.smtp_sender names `{alerts.smtp_sender}`, which is no smtp sender", hint)


def _doubts(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    for file in files.scenarios:
        if file.scenario:
            yield from _cadence_doubts(project, file, file.scenario)
            yield from _window_doubts(project, file, file.scenario)
            yield from _marketing_doubts(project, file, file.scenario) if file.scenario.category == "marketing" else ()
    yield from _unused(project, files)
    yield from _unset(project)


def _cadence_doubts(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    """What ends between two ticks is seen by the next one, later than written."""
    cadence = timedelta(minutes=15) if project.settings.schedule.quarter_hourly else DAY
    every, hint = f"ticks are {spoken(cadence)} apart", "turn schedule.quarter_hourly on, or wait longer"
    for place, word, length in _durations(scenario):
        if length < cadence:
            yield _warning(file, place, f"a {word} of {spoken(length)} is finer than the schedule can serve: {every}", hint)
    daily_at = project.settings.schedule.daily_at
    for place, clock in _clocks_before_a_send(scenario) if cadence == DAY else ():
        if clock > daily_at:
            text = f"a wait until {clock} ends after the day's tick of {daily_at}: the message after it goes the next day"
            yield _warning(file, place, text, f"wait until {daily_at} or earlier, and give the message a `window` from {clock}")


def _window_doubts(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    """A window that opens and closes between two passes sends nothing."""
    every = timedelta(minutes=project.settings.schedule.hand_over_every)
    sent = [((*place, "window"), step.window) for place, step in sends(scenario.steps)]
    for place, window in [(("window",), scenario.window), *sent]:
        if isinstance(window, m.Window) and (open_for := _length(window)) < every:
            text = f"a window of {spoken(open_for)} may open and close unseen: what waits for it is handed over every {spoken(every)}"
            yield _warning(file, place, text, f"let it be open for {spoken(every)} or longer, or lower schedule.hand_over_every")


def _length(window: m.Window) -> timedelta:
    opens, closes = (timedelta(hours=int(clock[:2]), minutes=int(clock[3:])) for clock in (window.opens, window.closes))
    return (closes - opens) % DAY


def _durations(scenario: m.Scenario) -> Iterator[tuple[Path_, str, timedelta]]:
    """Yield every length of time that a step waits for, with its place and its name."""
    for place, step in steps(scenario.steps):
        if isinstance(step, m.Wait) and isinstance(step.wait, timedelta):
            yield (*place, "wait"), "wait", step.wait
        if isinstance(step, m.WaitFor):
            yield (*place, "timeout"), "timeout", step.timeout


def _clocks_before_a_send(scenario: m.Scenario) -> Iterator[tuple[Path_, str]]:
    """Yield the times of day that waits end at where a message without a window comes next, each with its place."""
    tree = dict(steps(scenario.steps))
    for place, step in tree.items():
        following = tree.get((*place[:-1], int(place[-1]) + 1))
        if isinstance(step, m.Wait) and isinstance(following, m.Send) and not _windowed(following, scenario):
            match step.wait:
                case m.CalendarWait(at=clock) | m.UntilWait(until=clock):
                    yield (*place, "wait"), clock
                case _:
                    continue


def _windowed(send: m.Send, scenario: m.Scenario) -> bool:
    return isinstance(scenario.window if send.window is None else send.window, m.Window)


def _marketing_doubts(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    shop = project.settings.shop
    if scenario.goal is None:
        yield _warning(file, ("scenario",), "has no goal: nobody will know whether it works", "add `goal:` with an activity, `within` and a target")
    mails = [(*place, "send") for place, step in sends(scenario.steps) if "email" in step.via]
    if mails and not (shop.unsubscribe_url or shop.unsubscribe_mailto):
        text, hint = "sends marketing e-mail that nobody can unsubscribe from", f"set shop.unsubscribe_url or shop.unsubscribe_mailto in {FILE_NAME}"
        goes = scenario.status == "live" or (scenario.status == "stopped" and scenario.stopped == "drain")
        yield Problem(file.name, file.yaml.line(mails[0]), text, hint) if goes else _warning(file, mails[0], text, hint)


def _unused(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    sent = {step.send for file in files.scenarios if file.scenario for _, step in sends(file.scenario.steps)}
    if all(file.scenario for file in files.scenarios):
        for name in sorted(set(files.messages.channels) - sent):
            folder = shown(project.messages_folder / name, project.root)
            yield Problem(folder, None, "no scenario sends this message", "send it, or remove the folder", "warning")
        given = {step.offer for file in files.scenarios if file.scenario for _, step in steps(file.scenario.steps) if isinstance(step, m.OfferStep)}
        for name in sorted(set(project.settings.offers) - given):
            yield Problem(FILE_NAME, line_of_setting(project, "offers", name), f"no scenario gives the offer `{name}`", "give it, or remove it", "warning")
    used = {name for segment in files.segments.segments for name in segment.params}
    if not files.segments.problems:
        for name in sorted(set(project.settings.params) - used):
            line = line_of_setting(project, "params", name)
            yield Problem(FILE_NAME, line, f"no segment asks for the parameter `{name}`", "remove it from [params]", "warning")


def _unset(project: Project) -> Iterator[Problem]:
    """Where messages may reach people, an alert that cannot be posted is a failure of its own: better heard of before."""
    name = project.settings.alerts.webhook_env
    if name and not os.environ.get(name):
        line, hint = line_of_setting(project, "alerts", "webhook_env"), f"set {name} where the schedule runs"
        yield Problem(FILE_NAME, line, f"alerts.webhook_env names `{name}`, which is not set here: no alert would be posted", hint, "warning")


def _warning(file: ScenarioFile, place: Path_, text: str, hint: str) -> Problem:
    return Problem(file.name, file.yaml.line(place), text, hint, "warning")
