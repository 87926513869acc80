"""Ways through a scenario's tree of steps: every step with its place in the file."""

from collections.abc import Iterable, Iterator

from pipelines.scenarios import model as m
from pipelines.scenarios.yaml_file import Path_

TOP: Path_ = ("steps",)


def steps(tree: Iterable[m.Step], place: Path_ = TOP) -> Iterator[tuple[Path_, m.Step]]:
    """Yield every step of a tree, in reading order."""
    for number, step in enumerate(tree):
        here = (*place, number)
        yield here, step
        match step:
            case m.WaitFor():
                yield from steps(step.then, (*here, "then"))
                yield from steps(step.otherwise, (*here, "else"))
            case m.Branch():
                for rung, part in enumerate(step.branch):
                    inside, word = (part.steps, "steps") if isinstance(part, m.Rung) else (part.otherwise, "else")
                    yield from steps(inside, (*here, "branch", rung, word))
            case m.Split():
                for name, arm in step.split.items():
                    yield from steps(arm.steps, (*here, "split", name, "steps"))
            case m.Repeat():
                yield from steps(step.repeat.steps, (*here, "repeat", "steps"))
            case m.Send() | m.Wait() | m.StartStep() | m.TagStep() | m.ExitStep():
                pass


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
