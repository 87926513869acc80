"""Scenario files → compiled scenarios, or every problem of every file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from pipelines.errors import Problem, nearest, shown
from pipelines.scenarios import model as m
from pipelines.scenarios.chains import chain_problems
from pipelines.scenarios.compile import Unreachable, compile_scenario, split_id
from pipelines.scenarios.compiled import BEGIN, Compiled
from pipelines.scenarios.references import Known, reference_problems
from pipelines.scenarios.tree import conditions, sends, steps
from pipelines.scenarios.types import Engine, engine_with, type_problems
from pipelines.scenarios.unroll import name_of
from pipelines.scenarios.wording import problems_in_words
from pipelines.scenarios.yaml_file import Path_, YamlFile, load_yaml
from pipelines.settings import Project


@dataclass(frozen=True)
class ScenarioFile:
    """One file: its scenario where it is sound, else what is wrong with it. A bad file takes no other down."""

    path: Path
    name: str
    yaml: YamlFile
    scenario: m.Scenario | None
    compiled: Compiled | None
    problems: tuple[Problem, ...]


def read_scenarios(project: Project, known: Known) -> list[ScenarioFile]:
    """Return every file of `scenarios/`, by name, checked against what the project *known*s: segments, messages, channels."""
    with engine_with(project.settings.thresholds, project.settings.attribute_types) as engine:
        files = [_read(path, shown(path, project.root), known, engine) for path in sorted(project.scenarios_folder.glob("*.y*ml"))]
    doubles = {file.scenario.scenario for file in files if file.scenario and sum(file.scenario.scenario == each.path.stem for each in files) > 1}
    read = {file.path.stem: (file.scenario, file.yaml) for file in files}
    between = {file.path: list(chain_problems(file.path.stem, read)) for file in files}
    for file in files:
        if file.path.stem in doubles:
            between[file.path].append(Problem(file.name, None, "two files are called the same", "remove one of them"))
    return [_with(file, between[file.path]) for file in files]


def _read(path: Path, name: str, known: Known, engine: Engine) -> ScenarioFile:
    yaml = load_yaml(path, name)
    scenario, problems = _typed(yaml)
    problems += yaml.problems
    compiled = None
    if scenario is not None:
        problems += _name_problems(scenario, path, yaml)
        problems += reference_problems(scenario, yaml, known)
        problems += type_problems(scenario, yaml, known.attributes, engine)
        problems += _message_problems(scenario, yaml)
        problems += _rung_problems(scenario, yaml)
        try:
            compiled = compile_scenario(scenario, known.messages, known.coded)
        except Unreachable as lost:
            problems += [
                Problem(name, yaml.line(place), "nothing leads to this step: every way before it has ended", "remove it, or let a way go on")
                for place in _first_of(lost.places)
            ]
    sound = compiled is not None and not any(problem.severity == "error" for problem in problems)
    return ScenarioFile(path, name, yaml, scenario, compiled if sound else None, tuple(sorted(problems)))


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
        return None, list(problems_in_words(error, yaml))


def _first_of(places: list[Path_]) -> list[Path_]:
    """Return the places where something unreachable begins: neither inside nor right after another."""
    return [place for place in places if not any(other != place and other[:-1] == place[: len(other) - 1] and other < place for other in places)]


def _name_problems(scenario: m.Scenario, path: Path, yaml: YamlFile) -> Iterator[Problem]:
    if scenario.scenario != path.stem:
        yield Problem(yaml.name, yaml.line(("scenario",)), f"the scenario is called `{scenario.scenario}`, the file `{path.stem}`", "give both the same name")
    if isinstance(scenario.reentry, m.Cooldown) and not scenario.reentry.cooldown:
        yield Problem(yaml.name, yaml.line(("reentry",)), "a cooldown of nothing never refuses anybody", "use `reentry: after_exit`")


def _message_problems(scenario: m.Scenario, yaml: YamlFile) -> Iterator[Problem]:
    """Every step has its own id, and conditions speak about steps of the scenario."""
    messages = {name_of(step): step for _, step in sends(scenario.steps)}
    ids = [(place, name_of(step)) for place, step in sends(scenario.steps)]
    yield from _doubles(ids, "steps", "replies could not be told apart", yaml)
    for old, new in scenario.migrate.items():
        if new not in messages and new != BEGIN:
            text = f"`migrate` leads to `{new}`, which is no message of this scenario"
            hint = nearest(new, messages) or f"name the step after which they go on, or `{BEGIN}`"
            yield Problem(yaml.name, yaml.line(("migrate", old)), text, hint)
    splits = [(place, split_id(step)) for place, step in steps(scenario.steps) if isinstance(step, m.Split)]
    yield from _doubles(splits, "splits", "one arm would decide both", yaml)
    for place, condition in conditions(scenario.steps):
        if condition.message is None:
            continue
        step = condition.message
        if step not in messages:
            yield Problem(yaml.name, yaml.line(place), f"`{condition.word}: {step}` asks about a message this scenario does not send", nearest(step, messages))
        elif condition.word == "opened" and "email" not in messages[step].via:
            text = f"`opened: {step}` asks about a message by {' or '.join(messages[step].via)}, whose opening nobody sees"
            yield Problem(yaml.name, yaml.line(place), text, f"ask `clicked: {step}`")


def _rung_problems(scenario: m.Scenario, yaml: YamlFile) -> Iterator[Problem]:
    """Who meets a condition takes the first rung that asks it."""
    for place, step in steps(scenario.steps):
        asked: list[m.Condition] = []
        for number, part in enumerate(step.branch if isinstance(step, m.Branch) else []):
            if isinstance(part, m.Rung) and part.condition in asked:
                first = yaml.line((*place, "branch", asked.index(part.condition), "if"))
                line = yaml.line((*place, "branch", number, "if"))
                yield Problem(yaml.name, line, f"asks what line {first} asked already: nobody ever comes here", "remove it, or ask something else")
            asked += [part.condition] if isinstance(part, m.Rung) else []


def _doubles(named: Sequence[tuple[Path_, str]], what: str, why: str, yaml: YamlFile) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, name in named:
        if name in first:
            yield Problem(yaml.name, yaml.line(place), f"two {what} are called `{name}`, the first in line {first[name]}: {why}", "give one of them an `id:`")
        first.setdefault(name, yaml.line(place))


def _with(file: ScenarioFile, problems: Sequence[Problem]) -> ScenarioFile:
    return replace(file, compiled=None, problems=(*file.problems, *problems)) if problems else file
