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
    cadence = timedelta(minutes=15) if project.settings.schedule.quarter_hourly else DAY
    for file in files.scenarios:
        if file.scenario:
            yield from _cadence_doubts(file, file.scenario, cadence)
            yield from _scenario_doubts(project, file, file.scenario)
    yield from _unused(project, files)


def _cadence_doubts(file: ScenarioFile, scenario: m.Scenario, cadence: timedelta) -> Iterator[Problem]:
    """Waits shorter than the time between ticks end later than written."""
    every = f"ticks are {spoken(cadence)} apart"
    waits = [step.wait for _, step in steps(scenario.steps) if isinstance(step, m.Wait) and isinstance(step.wait, timedelta)]
    if short := [wait for wait in waits if wait < cadence]:
        yield _warning(file.name, f"waits of {spoken(min(short))} are finer than the schedule can serve: {every}", "turn schedule.quarter_hourly on, or wait longer")


def _scenario_doubts(project: Project, file: ScenarioFile, scenario: m.Scenario) -> Iterator[Problem]:
    shop = project.settings.shop
    mails = any("email" in step.via for _, step in sends(scenario.steps))
    if scenario.goal is None and scenario.category == "marketing":
        yield _warning(file.name, "has no goal: nobody will know whether it works", "add `goal:` with an activity, `within` and a target")
    if scenario.category == "marketing" and mails and not (shop.unsubscribe_url or shop.unsubscribe_mailto):
        yield Problem(file.name, None, "sends marketing e-mail that nobody can unsubscribe from", f"set shop.unsubscribe_url or shop.unsubscribe_mailto in {FILE_NAME}")


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
