"""Ways through a scenario's tree of steps: every step with its place in the file."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from pipelines.scenarios import model as m
from pipelines.scenarios.yaml_file import Path_

TOP: Path_ = ("steps",)


def steps(tree: Iterable[m.Step], place: Path_ = TOP) -> Iterator[tuple[Path_, m.Step]]:
    """Yield every step of a tree, in reading order."""
    for number, step in enumerate(tree):
        here = (*place, number)
        yield here, step
        for inside, tree_of_side in sides(step):
            yield from steps(tree_of_side, (*here, *inside))


def sides(step: m.Step) -> list[tuple[Path_, list[m.Step]]]:
    """Return the ways on that *step* holds, each with its place in it; none for a step that holds no others."""
    match step:
        case m.WaitFor():
            return [(("then",), step.then), (("else",), step.otherwise)]
        case m.Branch():
            return [
                (("branch", rung, "steps"), part.steps) if isinstance(part, m.Rung) else (("branch", rung, "else"), part.otherwise)
                for rung, part in enumerate(step.branch)
            ]
        case m.Split():
            return [(("split", name, "steps"), arm.steps) for name, arm in step.split.items()]
        case m.Repeat():
            return [(("repeat", "steps"), step.repeat.steps)]
        case m.Send() | m.Wait() | m.OfferStep() | m.StartStep() | m.TagStep() | m.SyncStep() | m.ExitStep():
            return []
        case _:
            assert_never(step)


def sends(tree: Iterable[m.Step]) -> Iterator[tuple[Path_, m.Send]]:
    """Yield every send."""
    return ((place, step) for place, step in steps(tree) if isinstance(step, m.Send))


def conditions(tree: Iterable[m.Step]) -> Iterator[tuple[Path_, m.Condition]]:
    """Yield every question that a wait, a branch or a repetition asks, those that `all`, `any` and `not` join one by one."""
    for place, step in steps(tree):
        match step:
            case m.WaitFor():
                yield from questions(step.wait_for, (*place, "wait_for"))
            case m.Branch():
                for rung, part in enumerate(step.branch):
                    if isinstance(part, m.Rung):
                        yield from questions(part.condition, (*place, "branch", rung, "if"))
            case m.Repeat() if step.repeat.until:
                yield from questions(step.repeat.until, (*place, "repeat", "until"))
            case _:
                pass


def questions(condition: m.Condition, place: Path_ = ()) -> Iterator[tuple[Path_, m.Condition]]:
    """Yield the questions that *condition* joins, or itself where it is one."""
    if not condition.parts:
        yield place, condition
    for inside, part in condition.parts:
        yield from questions(part, (*place, *inside))
