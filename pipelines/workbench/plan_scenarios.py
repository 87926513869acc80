"""Which scenarios the files change, and how many people on their way each change touches."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.journeys.versions import Published, published
from pipelines.scenarios.compiled import Compiled
from pipelines.warehouse.duckdb import Warehouse
from pipelines.workbench.plan_steps import Change, RuleChange, StepChange, rule_changes, step_changes
from pipelines.workbench.project_files import ProjectFiles

People = Mapping[tuple[str, int], Mapping[int, int]]


@dataclass(frozen=True)
class InFlight:
    """How many people are on their way on a version, and what becomes of them."""

    version: int
    people: int
    fate: str


@dataclass(frozen=True)
class ScenarioChange:
    """
    What the files change about a scenario. Versions and states are None where there is none.

    `version_after` is the one that contacts enter from the next tick on; `steps` compare the two versions.
    """

    scenario: str
    change: Change
    version_before: int | None
    version_after: int | None
    state_before: str | None
    state_after: str | None
    rules: tuple[RuleChange, ...]
    steps: tuple[StepChange, ...]
    in_flight: tuple[InFlight, ...]


def scenario_changes(warehouse: Warehouse, files: ProjectFiles) -> tuple[ScenarioChange, ...]:
    """Return what *files* change about the scenarios that the ticks of *warehouse* ran."""
    versions: dict[str, dict[int, Published]] = defaultdict(dict)
    for each in published(warehouse):
        versions[each.scenario][each.version] = each
    stood = {name: (version, state) for name, version, state in warehouse.rows("select scenario, version, state from journeys.states order by scenario")}
    people: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for name, version, node, count in warehouse.rows("select scenario, version, node, count(*) from journeys.positions group by scenario, version, node"):
        people[name, version][node] = count
    now = {each.scenario: each for each in files.compiled}
    found = []
    for name in sorted({*stood, *now, *files.unusable}):
        before = versions[name][stood[name][0]] if name in stood and stood[name][1] != "removed" else None
        if name in files.unusable:
            found.append(_unusable(name, before, stood, people))
        elif change := _changed(name, before, stood.get(name), now.get(name), people):
            found.append(change)
    return tuple(found)


def _changed(name: str, before: Published | None, stood: tuple[int, str] | None, now: Compiled | None, people: People) -> ScenarioChange | None:
    if before is None and now is None:
        return None
    last, state = stood or (0, None)
    if now is None:
        return ScenarioChange(name, "removed", last, None, state, "removed", (), (), _in_flight(name, people, "are taken out of the scenario by the next tick"))
    state = None if state == "removed" else state
    if before is None:
        return ScenarioChange(name, "added", None, last + 1, state, now.state, (), (), ())
    same = before.fingerprint == now.fingerprint
    if same and state == now.state:
        return None
    steps = () if same else step_changes(before, now, people.get((name, last), {}))
    rules = () if same else rule_changes(before, now)
    return ScenarioChange(name, "changed", last, last if same else last + 1, state, now.state, rules, steps, _in_flight(name, people, _fate(now)))


def _unusable(name: str, before: Published | None, stood: Mapping[str, tuple[int, str]], people: People) -> ScenarioChange:
    last, state = stood.get(name, (None, None))
    waiting = _in_flight(name, people, "wait until the file can be used")
    return ScenarioChange(name, "changed" if before else "added", last, last, state, "its file cannot be used", (), (), waiting)


def _fate(now: Compiled) -> str | None:
    """Return what the state of a scenario does to those on their way; None where each finishes on their version."""
    match now.state:
        case "stopped:eject":
            return "are taken out of the scenario by the next tick"
        case "draft" | "paused:hold":
            return "stay where they are"
        case "paused:expire":
            return "go on, and their messages lapse"
        case _:
            return None


def _in_flight(name: str, people: People, fate: str | None) -> tuple[InFlight, ...]:
    on = sorted((version, sum(nodes.values())) for (scenario, version), nodes in people.items() if scenario == name)
    return tuple(InFlight(version, count, fate or f"finish on version {version}") for version, count in on)
