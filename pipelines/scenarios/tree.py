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
            case m.Send() | m.Wait() | m.ExitStep():
                pass


def sends(tree: Iterable[m.Step]) -> Iterator[tuple[Path_, m.Send]]:
    """Yield every send."""
    return ((place, step) for place, step in steps(tree) if isinstance(step, m.Send))


def conditions(tree: Iterable[m.Step]) -> Iterator[tuple[Path_, m.Condition]]:
    """Yield every condition of a wait or branch."""
    for place, step in steps(tree):
        if isinstance(step, m.WaitFor):
            yield (*place, "wait_for"), step.wait_for
        if isinstance(step, m.Branch):
            yield from (((*place, "branch", rung, "if"), part.condition) for rung, part in enumerate(step.branch) if isinstance(part, m.Rung))
