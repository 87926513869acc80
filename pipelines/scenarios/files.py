"""Scenario files → compiled scenarios, or every problem of every file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipelines.errors import Problem, nearest, shown
from pipelines.scenarios import model as m
from pipelines.scenarios.compile import Unreachable, compile_scenario
from pipelines.scenarios.compiled import Compiled
from pipelines.scenarios.references import Known, reference_problems
from pipelines.scenarios.tree import conditions, sends
from pipelines.scenarios.yaml_file import Path_, YamlFile, load_yaml
from pipelines.settings import Project


@dataclass(frozen=True)
class ScenarioFile:
    """One file: its scenario where it is sound, else what is wrong with it. A bad file takes no other down."""

    path: Path
    name: str
    scenario: m.Scenario | None
    compiled: Compiled | None
    problems: tuple[Problem, ...]


def read_scenarios(project: Project, known: Known) -> list[ScenarioFile]:
    """Return every file of `scenarios/`, by name, checked against what the project *known*s: segments, messages, channels."""
    files = [_read(path, shown(path, project.root), known) for path in sorted(project.scenarios_folder.glob("*.y*ml"))]
    doubles = {file.scenario.scenario for file in files if file.scenario and sum(file.scenario.scenario == each.path.stem for each in files) > 1}
    return [
        file if file.path.stem not in doubles else _with(file, Problem(file.name, None, "two files are called the same", "remove one of them"))
        for file in files
    ]


def _read(path: Path, name: str, known: Known) -> ScenarioFile:
    yaml = load_yaml(path, name)
    scenario, problems = _typed(yaml)
    problems += yaml.problems
    compiled = None
    if scenario is not None:
        problems += _name_problems(scenario, path, yaml)
        problems += reference_problems(scenario, yaml, known)
        problems += _message_problems(scenario, yaml)
        try:
            compiled = compile_scenario(scenario)
        except Unreachable as lost:
            problems += [
                Problem(name, yaml.line(place), "nothing leads to this step: every way before it has ended", "remove it, or let a way go on")
                for place in lost.places
            ]
    sound = compiled is not None and not any(problem.severity == "error" for problem in problems)
    return ScenarioFile(path, name, scenario, compiled if sound else None, tuple(sorted(problems)))


def _typed(yaml: YamlFile) -> tuple[m.Scenario | None, list[Problem]]:
    if yaml.problems:
        return None, []
    if not isinstance(yaml.values, dict):
        return None, [
            Problem(
                yaml.name,
                1,
                "is empty" if yaml.values is None else "is not a list of `key: value` lines",
                "`relance new scenario NAME` writes one to start from",
            )
        ]
    try:
        return m.Scenario.model_validate(yaml.values), []
    except ValidationError as error:
        return None, list(_problems(error, yaml))


def _problems(error: ValidationError, yaml: YamlFile) -> Iterator[Problem]:
    seen: set[tuple[int, str]] = set()
    for details in error.errors():
        line = yaml.line(details["loc"])
        problem = Problem(yaml.name, line, *_said(details, yaml))
        if (line, problem.text) not in seen:
            seen.add((line, problem.text))
            yield problem


def _said(details: Any, yaml: YamlFile) -> tuple[str, str]:
    """Return what is wrong, in words, and a hint; model names of alternatives stay inside."""
    path = _real(details["loc"], yaml)
    key = str(path[-1]) if path else "the file"
    match details["type"]:
        case "extra_forbidden":
            known = _keys_of(details["loc"], yaml)
            return f"unknown key `{details['loc'][-1]}`", nearest(str(details["loc"][-1]), known) or (
                f"known here: {', '.join(sorted(known))}" if known else ""
            )
        case "missing":
            return f"`{details['loc'][-1]}` is missing", "docs/scenarios.md explains every key"
        case "literal_error":
            expected = details["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
            return f"`{key}` cannot be `{details['input']}`", nearest(str(details["input"]), expected) or f"one of {', '.join(expected)}"
        case "string_pattern_mismatch":
            return (
                f"`{key}: {details['input']}` is not written as expected",
                'names are lower-case letters, digits and _; times are "09:00"; offsets are `-7 days`',
            )
        case "value_error":
            text, _, hint = str(details["ctx"]["error"]).partition("|")
            return text, hint
        case _:
            return f"`{key}`: {details['msg'][0].lower()}{details['msg'][1:]}", ""


def _real(path: Path_, yaml: YamlFile) -> Path_:
    kept: Path_ = ()
    for part in path:
        if (*kept, part) in yaml.lines:
            kept = (*kept, part)
    return kept


MODELS: tuple[type[m.Part], ...] = (
    m.Scenario,
    m.ActivityTrigger,
    m.SegmentTrigger,
    m.AnniversaryTrigger,
    m.Audience,
    m.Goal,
    m.Exit,
    m.Did,
    m.Condition,
    m.Window,
    m.Send,
    m.WaitFor,
    m.Rung,
    m.Otherwise,
    m.Split,
    m.Arm,
    m.Wait,
    m.Branch,
    m.ExitStep,
)


def _keys_of(path: Path_, yaml: YamlFile) -> set[str]:
    """Return the keys that fit where *path* ends: those of the model most of whose keys stand there already."""
    here = set(_value(yaml.values, _real(path, yaml)[:-1]) or {})
    best = max(MODELS, key=lambda model: len(here & _names(model)))
    return _names(best) - here


def _names(model: type[m.Part]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _value(values: Any, path: Path_) -> Any:
    for part in path:
        values = values[part]
    return values if isinstance(values, dict) else None


def _name_problems(scenario: m.Scenario, path: Path, yaml: YamlFile) -> Iterator[Problem]:
    if scenario.scenario != path.stem:
        yield Problem(yaml.name, yaml.line(("scenario",)), f"the scenario is called `{scenario.scenario}`, the file `{path.stem}`", "give both the same name")
    if isinstance(scenario.reentry, m.Cooldown) and not scenario.reentry.cooldown:
        yield Problem(yaml.name, yaml.line(("reentry",)), "a cooldown of nothing never refuses anybody", "use `reentry: after_exit`")


def _message_problems(scenario: m.Scenario, yaml: YamlFile) -> Iterator[Problem]:
    """Every step has its own id, and conditions speak about steps of the scenario."""
    ids = [step.id or step.send for _, step in sends(scenario.steps)]
    for double in sorted({step for step in ids if ids.count(step) > 1}):
        yield Problem(yaml.name, yaml.line(("steps",)), f"two steps are called `{double}`: replies could not be told apart", "give one of them an `id:`")
    for place, condition in conditions(scenario.steps):
        if condition.word in m.MESSAGE_EVENTS and (step := getattr(condition, condition.word)) not in ids:
            yield Problem(yaml.name, yaml.line(place), f"`{condition.word}: {step}` asks about a message this scenario does not send", nearest(step, ids))


def _with(file: ScenarioFile, problem: Problem) -> ScenarioFile:
    return replace(file, compiled=None, problems=(*file.problems, problem))
