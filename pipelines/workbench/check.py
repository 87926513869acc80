"""Everything that is wrong, or doubtful, in a project's files: what `relance check` says."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pipelines.durations import spoken
from pipelines.errors import BadFiles, Problem, shown
from pipelines.scenarios import model as m
from pipelines.scenarios.files import ScenarioFile
from pipelines.scenarios.tree import sends, steps
from pipelines.settings import FILE_NAME, Project, load_project
from pipelines.sources.contract_check import check_sources
from pipelines.workbench.project_files import ProjectFiles, read_files

DAY = timedelta(days=1)


def check(root: Path) -> list[Problem]:
    """Return every problem of every file of the project in *root*, errors and warnings; an empty list means all is well."""
    try:
        project = load_project(root)
    except BadFiles as error:
        return list(error.problems)
    files = read_files(project)
    found = [*check_sources(project), *files.problems, *_doubts(project, files)]
    return sorted(found, key=lambda problem: (problem.file, problem.line or 0, problem.text))


def _doubts(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    for file in files.scenarios:
        if file.scenario:
            yield from _cadence_doubts(project, file, file.scenario)
            yield from _marketing_doubts(project, file, file.scenario) if file.scenario.category == "marketing" else ()
    yield from _unused(project, files)


def _cadence_doubts(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    """What ends between two ticks is seen by the next one, later than written."""
    cadence = timedelta(minutes=15) if project.settings.schedule.quarter_hourly else DAY
    every, hint = f"ticks are {spoken(cadence)} apart", "turn schedule.quarter_hourly on, or wait longer"
    waits = [step.wait for _, step in steps(scenario.steps) if isinstance(step, m.Wait) and isinstance(step.wait, timedelta)]
    timeouts = [step.timeout for _, step in steps(scenario.steps) if isinstance(step, m.WaitFor)]
    for word, found in (("waits", waits), ("timeouts", timeouts)):
        if short := [each for each in found if each < cadence]:
            yield _warning(file.name, f"{word} of {spoken(min(short))} are finer than the schedule can serve: {every}", hint)
    daily_at = project.settings.schedule.daily_at
    for clock in _clocks_before_a_send(scenario) if cadence == DAY else ():
        if clock > daily_at:
            text = f"a wait until {clock} ends after the day's tick of {daily_at}: the message after it goes the next day"
            yield _warning(file.name, text, f"wait until {daily_at} or earlier, and give the message a `window` from {clock}")


def _clocks_before_a_send(scenario: m.Scenario) -> list[str]:
    """Return the times of day that waits end at where a message without a window comes next."""
    tree = dict(steps(scenario.steps))
    found = set()
    for place, step in tree.items():
        following = tree.get((*place[:-1], int(place[-1]) + 1))
        if isinstance(step, m.Wait) and isinstance(following, m.Send) and not _windowed(following, scenario):
            found |= {clock for clock in (getattr(step.wait, "at", None), getattr(step.wait, "until", None)) if clock}
    return sorted(found)


def _windowed(send: m.Send, scenario: m.Scenario) -> bool:
    return isinstance(scenario.window if send.window is None else send.window, m.Window)


def _marketing_doubts(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    shop = project.settings.shop
    if scenario.goal is None:
        yield _warning(file.name, "has no goal: nobody will know whether it works", "add `goal:` with an activity, `within` and a target")
    if any("email" in step.via for _, step in sends(scenario.steps)) and not (shop.unsubscribe_url or shop.unsubscribe_mailto):
        hint = f"set shop.unsubscribe_url or shop.unsubscribe_mailto in {FILE_NAME}"
        yield Problem(file.name, None, "sends marketing e-mail that nobody can unsubscribe from", hint)


def _unused(project: Project, files: ProjectFiles) -> Iterator[Problem]:
    sent = {step.send for file in files.scenarios if file.scenario for _, step in sends(file.scenario.steps)}
    if all(file.scenario for file in files.scenarios):
        for name in sorted(set(files.messages.channels) - sent):
            yield _warning(shown(project.messages_folder / name, project.root), "no scenario sends this message", "send it, or remove the folder")
    used = {name for segment in files.segments.segments for name in segment.params}
    if not files.segments.problems:
        for name in sorted(set(project.settings.params) - used):
            yield _warning(FILE_NAME, f"no segment asks for the parameter `{name}`", "remove it from [params]")


def _warning(file: str, text: str, hint: str) -> Problem:
    return Problem(file, None, text, hint, severity="warning")
