"""Scenarios that nobody can ever enter, and what they wait for that no source could bring."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import sqlglot.expressions as exp

from pipelines.errors import Problem
from pipelines.scenarios import model as m
from pipelines.scenarios.compiled import INTEREST
from pipelines.scenarios.files import ScenarioFile
from pipelines.scenarios.tree import conditions, sends, steps
from pipelines.scenarios.triggers import SegmentChange
from pipelines.scenarios.yaml_file import Path_
from pipelines.settings import FILE_NAME, Project
from pipelines.warehouse.activities import known_activity
from pipelines.warehouse.contract import CONTRACT

TABLES = frozenset(table.name for table in CONTRACT)


def entry_problems(project: Project, scenarios: Iterable[ScenarioFile]) -> Iterator[Problem]:
    """Yield why contacts can never enter: an error for a live scenario, else a warning; and what steps ask about that never happens."""
    files = [file for file in scenarios if file.scenario]
    read = {file.scenario.scenario: file.scenario for file in files if file.scenario}
    supplied = _supplied(project, read.values())
    for file in files:
        if file.scenario:
            severity = "error" if file.scenario.status == "live" else "warning"
            for place, text, hint in (*_never_triggered(project, file.scenario, supplied, read), *_nobody_in_the_audience(file.scenario)):
                yield Problem(file.name, file.yaml.line(place), f"nobody can ever enter: {text}", hint, severity)
            yield from _never_happens(file, file.scenario, supplied)


Reason = tuple[Path_, str, str]
"""Where in the file, what is wrong, what to do."""


def _never_triggered(project: Project, scenario: m.Scenario, supplied: frozenset[str], read: dict[str, m.Scenario]) -> Iterator[Reason]:
    match scenario.trigger:
        case m.ActivityTrigger(activity=names):
            if all(_missing(name, supplied) for name in names):
                lacking = sorted(set().union(*(_missing(name, supplied) for name in names)))
                yield ("trigger", "activity"), _no_source(lacking), _add_source(lacking)
        case m.ProductTrigger(interest=interest):
            yield from _without_source(("trigger", "product"), ("products", *INTEREST[interest.kind]), supplied)
        case m.DateTrigger() as trigger:
            yield from _without_source(("trigger", "date"), trigger.carried_by.tables, supplied)
        case m.UnansweredTrigger(asked=asked) as trigger:
            if asked.message not in {step.send for each in read.values() for _, step in sends(each.steps)}:
                yield ("trigger", "not_opened" if trigger.not_opened else "not_clicked", "message"), f"no scenario sends `{asked.message}`", "send it in one"
        case m.ScenarioTrigger(scenario=name) if name in read and read[name].status != "live" and scenario.status == "live":
            yield ("trigger", "scenario"), f"`{name}`, which starts it, is {read[name].status}", "set both to `live`, or both to `draft`"
        case m.CampaignTrigger(at=datetime() as moment) if moment.date() < project.settings.schedule.start:
            text = f"its moment lies before {project.settings.schedule.start}, the first day that may have a tick"
            yield ("trigger", "at"), text, f"choose a later moment, or mend schedule.start in {FILE_NAME}"
        case _:
            return


def _nobody_in_the_audience(scenario: m.Scenario) -> Iterator[Reason]:
    wanted, refused = scenario.audience.within, scenario.audience.not_in
    for number, name in enumerate(refused):
        if name in wanted:
            yield ("audience", "not_in", number), f"the audience asks for `{name}` and refuses it", "keep one of the two"
    match scenario.trigger:
        case m.SegmentTrigger(segment=SegmentChange(entered=str(name))) | m.CampaignTrigger(segment=name) if name in refused:
            yield ("audience", "not_in", refused.index(name)), f"it begins with members of `{name}`, whom the audience refuses", "take it out of `not_in`"
        case m.SegmentTrigger(segment=SegmentChange(left=str(name))) if name in wanted:
            yield ("audience", "in", wanted.index(name)), f"it begins with who left `{name}`, and the audience asks for its members", "take it out of `in`"
        case _:
            return


def _never_happens(file: ScenarioFile, scenario: m.Scenario, supplied: frozenset[str]) -> Iterator[Problem]:
    """What a goal, an exit or a condition asks about must come from somewhere, and so must those who are pushed to."""
    for place, names in _asked(scenario):
        lacking = sorted(set().union(*(_missing(name, supplied) for name in names)))
        if all(_missing(name, supplied) for name in names):
            text = f"asks about what can never happen: {_no_source(lacking)}"
            yield Problem(file.name, file.yaml.line(place), text, _add_source(lacking), "warning")
    for place, step in sends(scenario.steps):
        if "push" in step.via and (lacking := sorted({"push_subscriptions"} - supplied)):
            yield Problem(file.name, file.yaml.line((*place, "send")), f"pushes to nobody: {_no_source(lacking)}", _add_source(lacking), "warning")


def _asked(scenario: m.Scenario) -> Iterator[tuple[Path_, list[str]]]:
    if scenario.goal:
        yield ("goal", "activity"), scenario.goal.activity
    yield from ((("exit_when", number, "activity"), rule.activity) for number, rule in enumerate(scenario.exit_when))
    for place, condition in conditions(scenario.steps):
        if condition.did:
            yield (*place, "did", "activity"), condition.did.activity
        elif condition.word in m.MESSAGE_EVENTS:
            yield place, [f"message_{condition.word}"]


def _supplied(project: Project, scenarios: Iterable[m.Scenario]) -> frozenset[str]:
    """Return the tables that sources fill, or steps of scenarios."""
    tags = any(isinstance(step, m.TagStep) for scenario in scenarios for _, step in steps(scenario.steps))
    return frozenset({source.table for source in project.settings.sources} | ({"contact_tags"} if tags else set()))


def _missing(activity: str, supplied: frozenset[str]) -> set[str]:
    """Return the tables that *activity* is read from and nothing fills."""
    kind = known_activity(activity)
    return {table.name for table in kind.query.find_all(exp.Table) if table.name in TABLES} - supplied if kind else set()


def _without_source(place: Path_, tables: Iterable[str], supplied: frozenset[str]) -> Iterator[Reason]:
    if lacking := sorted(set(tables) - supplied):
        yield place, _no_source(lacking), _add_source(lacking)


def _no_source(tables: list[str]) -> str:
    return f"no source fills {' or '.join(f'shop.{table}' for table in tables)}"


def _add_source(tables: list[str]) -> str:
    return f'add a source with table = "{tables[0]}" to {FILE_NAME}'
