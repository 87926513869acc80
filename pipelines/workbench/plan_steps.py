"""What differs between two versions of a scenario: its rules, and step by step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any, Literal

from pipelines.durations import spoken
from pipelines.journeys.versions import Published
from pipelines.scenarios.compiled import Compiled, ConditionRow, Node
from pipelines.scenarios.step_words import clock_time, question_words, step_name, step_words

Change = Literal["added", "removed", "changed"]
Definition = Published | Compiled


@dataclass(frozen=True)
class RuleChange:
    """A rule at the door, or of the whole run, as it was and as it is; None for none."""

    rule: str
    before: Any
    after: Any


@dataclass(frozen=True)
class StepChange:
    """A step that is there before or after only, or differs; `people` rest at it now, on the version that ran last."""

    change: Change
    before: str | None
    after: str | None
    people: int


def rule_changes(before: Definition, after: Definition) -> tuple[RuleChange, ...]:
    """Return the rules that differ: trigger, audience, re-entry, priority, goal, exits…"""
    was, now = _rules(before), _rules(after)
    return tuple(RuleChange(rule, was[rule], now[rule]) for rule in was if was[rule] != now[rule])


def _rules(definition: Definition) -> dict[str, Any]:
    watched = {role: sorted(question_words(row) for row in definition.conditions if row.role == role) for role in ("goal", "exit")}
    said = {role: ", ".join(words) or None for role, words in watched.items()}
    entry = {name: value for name, value in asdict(definition.entry).items() if name != "goal_seconds"}  # the goal says it
    rules = entry | {f"trigger {name}": value for name, value in asdict(definition.trigger).items()} | said
    return dict(_spoken(name, value) for name, value in rules.items())


def _spoken(name: str, value: Any) -> tuple[str, Any]:
    """Return a rule and its value as a file has them: lengths of time in words, times of the day as 09:00."""
    if name.endswith("_seconds"):
        return name.removesuffix("_seconds"), value if value is None else spoken(timedelta(seconds=value))
    return (name, clock_time(value)) if name == "trigger clock" and value is not None else (name, value)


def step_changes(before: Definition, after: Definition, people: Mapping[int, int]) -> tuple[StepChange, ...]:
    """Return the steps that differ, in reading order; *people* says how many rest at each node of *before*."""
    return tuple(_Steps(before, after, people).changes())


class _Steps:
    """The steps of two versions side by side: `same` leads from each node before to the node it is after."""

    def __init__(self, before: Definition, after: Definition, people: Mapping[int, int]) -> None:
        self.before, self.after, self.people = before.nodes, after.nodes, people
        self.asked_before, self.asked_after = _by_number(before.conditions), _by_number(after.conditions)
        self.pairs = list(_paired([step_name(n, self.asked_before) for n in self.before], [step_name(n, self.asked_after) for n in self.after], self))
        self.same = {old: new for old, new in self.pairs if old is not None and new is not None}

    def changes(self) -> Iterator[StepChange]:
        for old, new in self.pairs:
            was = step_words(self.before[old], self.asked_before) if old is not None else None
            now = step_words(self.after[new], self.asked_after) if new is not None else None
            here = self.people.get(old, 0) if old is not None else 0
            if was is None or now is None:
                yield StepChange("removed" if now is None else "added", was, now, here)
            elif was != now:
                yield StepChange("changed", was, now, here)
            elif old is not None and new is not None and (turned := self._turned(self.before[old], self.after[new])):
                yield StepChange("changed", f"{was}, then {turned[0]}", f"{now}, then {turned[1]}", here)

    def kind(self, old: int, new: int) -> bool:
        return self.before[old].kind == self.after[new].kind

    def _turned(self, old: Node, new: Node) -> tuple[str, str] | None:
        """Return where a step led and where it leads, if that is another step that both versions have, or the end."""
        for was, now in ((old.next, new.next), (old.other, new.other)):
            known = now is None or now in self.same.values()
            if known and (was is None or was in self.same) and (self.same[was] if was is not None else None) != now:
                return self._said(self.before, was, self.asked_before), self._said(self.after, now, self.asked_after)
        return None

    @staticmethod
    def _said(nodes: Sequence[Node], number: int | None, asked: Mapping[int, ConditionRow]) -> str:
        return "the end" if number is None else step_words(nodes[number], asked)


def _by_number(conditions: Sequence[ConditionRow]) -> dict[int, ConditionRow]:
    return {row.condition: row for row in conditions}


def _paired(before: list[str], after: list[str], steps: _Steps) -> Iterator[tuple[int | None, int | None]]:
    """Yield places before and after of the same step, in reading order; None for a step that one of the two lacks."""
    for what, i, j, k, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield from zip(range(i, j), range(k, last), strict=True)
            continue
        free = list(range(k, last))
        for old in range(i, j):
            new = next((each for each in free if steps.kind(old, each) and steps.before[old].kind != "send"), None)
            if new is not None:
                free.remove(new)
            yield old, new
        yield from ((None, new) for new in free)
