"""`plan`: what the files of now would change, before they do."""

import sys
from dataclasses import asdict

from rich.console import Console

from pipelines.commands.asked import console, progress, say
from pipelines.results.words import state_words, words
from pipelines.settings import Project
from pipelines.ticks import local_time
from pipelines.workbench.plan import DAYS, Plan, plan
from pipelines.workbench.plan_messages import Example, MessageChange
from pipelines.workbench.plan_scenarios import ScenarioChange
from pipelines.workbench.plan_segments import SegmentChange
from pipelines.workbench.plan_steps import StepChange
from pipelines.workbench.project_files import read_files

SAID = {
    "same": "the files are those that the last tick ran: nothing changes",
    "words": "files differ, and nothing that anybody gets, enters or leaves does",
}
SIGNS = {"added": "+", "removed": "-", "changed": "~"}
CHANGES = {"added": "more", "gone": "fewer", "moved": "at another time", "changed": "by another way", "text": "with another text"}


def plan_changes(project: Project, *, as_json: bool) -> int:
    """Show what the files of *project* change compared with what ran last; return 1 where a file cannot be used, else 0."""
    with progress() as bar:
        bar.add_task(f"trying {DAYS} days with the files of before and of now", total=None)
        found = plan(project, read_files(project))
    if as_json:
        say({"outcome": found.outcome, **asdict(found)})
    else:
        _print(console(), project.settings.project.timezone, found)
        for problem in found.problems:
            print(problem, file=sys.stderr)
    return 1 if found.problems else 0


def _print(screen: Console, zone: str, found: Plan) -> None:
    screen.print(f"compared with the tick of {local_time(found.as_of, zone)}")
    for path, change in found.files.items():
        screen.print(f"  {SIGNS[change]} {path}", markup=False)
    if said := SAID.get(found.outcome):
        screen.print(said)
        return
    if found.segments:
        screen.print("\n[bold]Segments[/bold], at the next tick")
        for segment in found.segments:
            _print_segment(screen, segment)
    if found.scenarios or found.moves:
        screen.print("\n[bold]Scenarios[/bold]")
        for scenario in found.scenarios:
            _print_scenario(screen, scenario)
    for move in found.moves:
        to, people = f"after {move.to_step} of version {move.to_version}", _people(move.people)
        screen.print(f"  {move.scenario}: {people} moved from after {move.from_step} of version {move.from_version} to {to}", markup=False)
    screen.print(f"\n[bold]Messages[/bold] until {local_time(found.until, zone)}, if nothing new came in")
    for message in found.messages:
        screen.print(f"  {_message(message, zone)}", markup=False)
    if not found.messages:
        screen.print("  none changes")
    for guard in found.guards:
        at, numbers = local_time(guard.tripped_at, zone), f"{guard.entries} contacts would enter at once, usual are {guard.usual}"
        screen.print(f"[yellow]{guard.scenario} would be held from {at} on:[/yellow] {numbers}")


def _print_segment(screen: Console, segment: SegmentChange) -> None:
    because = segment.change if segment.change != "changed" else f"changed: {segment.because}"
    counts = f"{segment.members_before:,} → {segment.members_after:,} members, {segment.entering:,} enter, {segment.leaving:,} leave"
    screen.print(f"  {SIGNS[segment.change]} {segment.segment} ({because}): {counts}", markup=False)
    for what, examples in (("enter", segment.examples_entering), ("leave", segment.examples_leaving)):
        if examples:
            screen.print(f"      {what}: {', '.join(examples)}", markup=False)
    if segment.held:
        screen.print(f"      held with the members it had: {segment.held}", markup=False)


def _print_scenario(screen: Console, scenario: ScenarioChange) -> None:
    before, after = scenario.version_before, scenario.version_after
    version = f"version {before} → {after}" if before and after and before != after else f"version {after or before}" if after or before else "no version yet"
    states = [state_words(state) for state in (scenario.state_before, scenario.state_after) if state]
    screen.print(f"  {SIGNS[scenario.change]} {scenario.scenario}: {version}, {' → '.join(dict.fromkeys(states))}", markup=False)
    for rule in scenario.rules:
        screen.print(f"      {rule.rule.replace('_', ' ')}: {_value(rule.before)} → {_value(rule.after)}", markup=False)
    for step in scenario.steps:
        screen.print(f"      {SIGNS[step.change]} {_step(step)}", markup=False)
    for flight in scenario.in_flight:
        screen.print(f"      {_people(flight.people)} on version {flight.version}: {flight.fate}", markup=False)


def _step(step: StepChange) -> str:
    here = f"   ({_people(step.people)} there now)" if step.people else ""
    return " → ".join(each for each in (step.before, step.after) if each) + here


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def _value(value: object) -> str:
    return "none" if value is None else str(value)


def _message(each: MessageChange, zone: str) -> str:
    first, last = local_time(each.first_at, zone), local_time(each.last_at, zone)
    when = first if first == last else f"{first} to {last}"
    why = f"{words(each.reason)}: " if each.reason else f"{each.detail}: " if each.detail else ""
    return f"{each.scenario}, {each.step}: {each.messages:,} {CHANGES[each.change]}, {when} ({why}{', '.join(_example(one, zone) for one in each.examples)})"


def _example(example: Example, zone: str) -> str:
    if example.at_before and example.at_after and example.at_before != example.at_after:
        return f"{example.contact_id} {local_time(example.at_before, zone)} → {local_time(example.at_after, zone)}"
    return example.contact_id
