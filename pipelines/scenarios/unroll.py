"""What `repeat` stands for: its steps once per turn, each turn's messages under names of their own (`reminder#1`, `reminder#2`)."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from pipelines.scenarios import model as m
from pipelines.scenarios.tree import sends, sides

Turns = Mapping[str, Sequence[str]]
"""The names under which each step of a repetition is sent."""


def name_of(step: m.Send) -> str:
    return step.id or step.send


def turns_of(steps: Sequence[m.Step]) -> dict[str, list[str]]:
    """Return for each send in a repetition of *steps*, however deep, the names of all its turns."""
    found: dict[str, list[str]] = {}
    for step in steps:
        for _, side in sides(step):
            inside = turns_of(side)
            if isinstance(step, m.Repeat):
                inside = {name_of(send): _numbered(name_of(send), inside, step.repeat.times) for _, send in sends(side)}
            found |= inside
    return found


def _numbered(name: str, inside: Turns, times: int) -> list[str]:
    """Return the names of a send in all turns, numbered from outside in: `reminder#2#1` is the first inside the second."""
    inner = [each.removeprefix(name) for each in inside.get(name, [name])]
    return [f"{name}#{number}{rest}" for number in range(1, times + 1) for rest in inner]


def turn(steps: Sequence[m.Step], number: int) -> list[m.Step]:
    """
    Return *steps* as those of turn *number*: their messages have its number, and what they ask about each other too.

    A repetition in a repetition numbers from outside in: `reminder#2#1` is the first inside the second.
    """
    return [_renamed(step, {name_of(send): f"{name_of(send)}#{number}" for _, send in sends(steps)}) for step in steps]


def _renamed(step: m.Step, names: Mapping[str, str]) -> m.Step:
    def inside(steps: Sequence[m.Step]) -> list[m.Step]:
        return [_renamed(each, names) for each in steps]

    def asked(condition: m.Condition) -> m.Condition:
        return _about(condition, {old: [new] for old, new in names.items()})

    match step:
        case m.Send():
            return step.model_copy(update={"id": names[name_of(step)]})
        case m.WaitFor():
            return step.model_copy(update={"wait_for": asked(step.wait_for), "then": inside(step.then), "otherwise": inside(step.otherwise)})
        case m.Branch():
            parts = [
                part.model_copy(update={"condition": asked(part.condition), "steps": inside(part.steps)})
                if isinstance(part, m.Rung)
                else part.model_copy(update={"otherwise": inside(part.otherwise)})
                for part in step.branch
            ]
            return step.model_copy(update={"branch": parts})
        case m.Split():
            arms = {name: arm.model_copy(update={"steps": inside(arm.steps)}) for name, arm in step.split.items()}
            return step.model_copy(update={"split": arms})
        case m.Repeat():
            until = asked(step.repeat.until) if step.repeat.until else None
            return m.Repeat(repeat=step.repeat.model_copy(update={"steps": inside(step.repeat.steps), "until": until}))
        case m.Wait() | m.OfferStep() | m.StartStep() | m.TagStep() | m.SyncStep() | m.ExitStep():
            return step
        case _:
            assert_never(step)


def spelled_out(condition: m.Condition, turns: Turns) -> m.Condition:
    """Return *condition* with every question about a repeated message as one about any of its turns."""
    return _about(condition, turns)


def _about(condition: m.Condition, names: Turns) -> m.Condition:
    if condition.parts:
        parts = [_about(part, names) for _, part in condition.parts]
        return condition.model_copy(update={condition.word: parts[0] if condition.word == "negated" else parts})
    asked = condition.message
    if asked is None or asked not in names:
        return condition
    each = [condition.about(name) for name in names[asked]]
    return each[0] if len(each) == 1 else m.Condition.model_validate({"any": each})
