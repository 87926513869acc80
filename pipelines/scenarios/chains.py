"""Scenarios that start others: each `start:` has a scenario that begins by it, and no chain comes back to itself without a wait."""

from collections.abc import Iterator, Mapping, Sequence

from pipelines.errors import Problem, nearest
from pipelines.scenarios import model as m
from pipelines.scenarios.tree import sides, steps
from pipelines.scenarios.yaml_file import Path_, YamlFile

Read = Mapping[str, tuple[m.Scenario | None, YamlFile]]
"""Every scenario file by the scenario's name; None where it cannot be read."""
ALL = "scenarios are the files of scenarios/"


def chain_problems(name: str, read: Read) -> Iterator[Problem]:
    """Yield what is wrong between the scenario called *name* and those it starts or is started by."""
    scenario, yaml = read[name]
    if scenario is None:
        return
    for place, target in _starts(scenario):
        line = yaml.line((*place, "start"))
        if target not in read:
            yield Problem(yaml.name, line, f"there is no scenario `{target}` to start", nearest(target, read) or ALL)
        elif not _begins_by(read[target][0], name):
            yield Problem(yaml.name, line, f"`{target}` does not begin by being started from here", f"its trigger would be `scenario: {name}`")
    yield from _trigger_problems(scenario, yaml, read)
    yield from _exclusion_problems(scenario, yaml, read)
    if circle := _circle(name, read):
        chain = " → ".join(circle)
        hint = "put a wait before one of the starts"
        yield Problem(yaml.name, yaml.line(("steps",)), f"it starts itself again without a wait: {chain}", hint)


def _trigger_problems(scenario: m.Scenario, yaml: YamlFile, read: Read) -> Iterator[Problem]:
    if not isinstance(scenario.trigger, m.ScenarioTrigger):
        return
    line, starter = yaml.line(("trigger", "scenario")), scenario.trigger.scenario
    if starter not in read:
        yield Problem(yaml.name, line, f"there is no scenario `{starter}`", nearest(starter, read) or ALL)
    elif (other := read[starter][0]) and scenario.scenario not in [target for _, target in _starts(other)]:
        yield Problem(
            yaml.name, line, f"`{starter}` starts no `{scenario.scenario}`: nobody would ever enter", f"add the step `start: {scenario.scenario}` there"
        )


def _exclusion_problems(scenario: m.Scenario, yaml: YamlFile, read: Read) -> Iterator[Problem]:
    for number, other in enumerate(scenario.exclusive_with):
        line = yaml.line(("exclusive_with", number))
        if other not in read:
            yield Problem(yaml.name, line, f"there is no scenario `{other}`", nearest(other, read) or ALL)
        elif other == scenario.scenario:
            yield Problem(yaml.name, line, "a scenario does not exclude itself", "`reentry` says how often the same contact enters")


def _starts(scenario: m.Scenario) -> Iterator[tuple[Path_, str]]:
    return ((place, step.start) for place, step in steps(scenario.steps) if isinstance(step, m.StartStep))


def _begins_by(scenario: m.Scenario | None, starter: str) -> bool:
    return scenario is None or (isinstance(scenario.trigger, m.ScenarioTrigger) and scenario.trigger.scenario == starter)


def _circle(name: str, read: Read) -> list[str]:
    """Return the way from *name* back to itself through starts that need no wait; nothing where there is none."""
    ways = [[name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        scenario = read[way[-1]][0] if way[-1] in read else None
        for target in sorted(_at_once(scenario.steps)[0]) if scenario else []:
            if target == name:
                return [*way, name]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []


def _at_once(tree: Sequence[m.Step]) -> tuple[set[str], bool]:
    """Return the scenarios that *tree* starts without waiting before, and whether what follows it can be reached without waiting."""
    found: set[str] = set()
    for step in tree:
        match step:
            case m.StartStep():
                found.add(step.start)
            case m.Wait() | m.ExitStep():
                return found, False
            case m.WaitFor() | m.Branch() | m.Split() | m.Repeat():
                ways = [_at_once(side) for _, side in sides(step)]
                found = found.union(*(starts for starts, _ in ways))
                if isinstance(step, m.WaitFor) or not any(goes_on for _, goes_on in ways):
                    return found, False
            case m.Send() | m.OfferStep() | m.TagStep() | m.SyncStep():
                pass
    return found, True
