"""A scenario's tree → the rows the engine walks. Built from the end backwards, so that every node knows what follows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, assert_never

from pipelines.scenarios import model as m
from pipelines.scenarios.compile_entry import DAY, entry_row, seconds_of, state_of, trigger_row, window_rows
from pipelines.scenarios.compile_questions import condition_row, did_row, said, ways_to_hold
from pipelines.scenarios.compiled import AlternativeRow, Compiled, ConditionRow, Node, NodeKind
from pipelines.scenarios.tree import sends
from pipelines.scenarios.unroll import Turns, name_of, spelled_out, turn, turns_of
from pipelines.warehouse.activities import known_activity

VALID_FOR = {"email": timedelta(hours=72), "sms": timedelta(hours=24), "push": timedelta(hours=24)}
Place = tuple[str | int, ...]


@dataclass
class Unreachable(Exception):
    """Steps that no path leads to."""

    places: list[Place]


@dataclass
class _Builder:
    scenario: m.Scenario
    turns: Turns
    written: Mapping[str, frozenset[str]]
    coded: frozenset[str]
    nodes: list[Node] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    conditions: list[ConditionRow] = field(default_factory=list)
    alternatives: list[AlternativeRow] = field(default_factory=list)
    windows: dict[str, m.Window] = field(default_factory=dict)

    def steps(self, steps: Sequence[m.Step], after: int | None, place: Place) -> int | None:
        """Add *steps*, of which the last leads to node *after*; return the first one's node."""
        beyond = after
        for number in range(len(steps) - 1, -1, -1):
            after, beyond = self.step(steps[number], after, (*place, number), beyond), after
        return after

    def step(self, step: m.Step, after: int | None, place: Place, beyond: int | None) -> int:
        """Add *step*, which leads to node *after*, or past the step there to *beyond*; return its first node."""
        match step:
            case m.Send():
                return self.add(self.sent(step, after), place)
            case m.Wait():
                return self.add(_waited(step, after, beyond), place)
            case m.OfferStep():
                return self.add(Node(0, "offer", next=after, word=step.offer), place)
            case m.StartStep():
                return self.add(Node(0, "start", next=after, word=step.start), place)
            case m.TagStep(tag=tag):
                return self.add(Node(0, "tag" if tag.add else "untag", next=after, word=tag.add or tag.remove), place)
            case m.SyncStep(sync=change):
                return self.add(Node(0, "sync" if change.add else "unsync", next=after, word=change.audience), place)
            case m.ExitStep():
                return self.add(Node(0, "exit", word=step.exit), place)
            case m.WaitFor():
                return self.wait_for(step, after, place)
            case m.Branch():
                return self.branch(step, after, place)
            case m.Split():
                return self.split(step, after, place)
            case m.Repeat():
                return self.repeat(step.repeat, after, (*place, "repeat"))
            case _:
                assert_never(step)

    def add(self, node: Node, place: Place) -> int:
        self.nodes.append(replace(node, node=len(self.nodes)))
        self.places.append(place)
        return len(self.nodes) - 1

    def sent(self, step: m.Send, after: int | None) -> Node:
        window = self.window(step)
        channels = channels_of(step, self.written)
        valid_for = step.valid_for or VALID_FOR.get(channels[0], VALID_FOR["email"])
        return Node(
            0, "send", step=name_of(step), next=after, message=step.send, channels=",".join(channels), on_capped=step.on_capped,
            valid_seconds=int(valid_for.total_seconds()), window_id=window.window_id if window else None,
            needs_code=step.send in self.coded,
        )  # fmt: skip

    def window(self, step: m.Send) -> m.Window | None:
        """The step's window, else the scenario's; transactional messages wait for none."""
        window = self.scenario.window if step.window is None else step.window
        if not isinstance(window, m.Window) or self.scenario.category == "transactional":
            return None
        self.windows[window.window_id] = window
        return window

    def wait_for(self, step: m.WaitFor, after: int | None, place: Place) -> int:
        no = self.steps(step.otherwise, after, (*place, "else"))
        yes = self.steps(step.then, after, (*place, "then"))
        condition = self.awaited(spelled_out(step.wait_for, self.turns))
        return self.add(Node(0, "wait_for", next=yes, other=no, seconds=int(step.timeout.total_seconds()), condition=condition), place)

    def repeat(self, loop: m.Repetition, after: int | None, place: Place) -> int:
        """Add the turns from the last to the first; before each but the first a wait, and the question whether it is needed."""
        begin = self.steps(turn(loop.steps, loop.times), after, (*place, "steps"))
        for number in range(loop.times - 1, 0, -1):
            asked = self.asked(spelled_out(loop.until, self.turns), after, begin, (*place, "until")) if loop.until else begin
            waited = self.add(Node(0, "wait", next=asked, seconds=int(loop.every.total_seconds())), (*place, "every"))
            begin = self.steps(turn(loop.steps, number), waited, (*place, "steps"))
        assert begin is not None
        return begin

    def branch(self, step: m.Branch, after: int | None, place: Place) -> int:
        other: int | None = None
        for number in range(len(step.branch) - 1, -1, -1):
            part, here = step.branch[number], (*place, "branch", number)
            match part:
                case m.Otherwise():
                    other = self.steps(part.otherwise, after, (*here, "else"))
                case m.Rung():
                    yes = self.steps(part.steps, after, (*here, "steps"))
                    other = self.asked(spelled_out(part.condition, self.turns), yes, other, here)
        assert other is not None
        return other

    def split(self, step: m.Split, after: int | None, place: Place) -> int:
        arms = list(step.split.items())
        firsts = {name: self.steps(arm.steps, after, (*place, "split", name, "steps")) for name, arm in arms}
        last, below = arms[-1][0], 10_000
        other, other_arm = firsts[last], last
        for name, _ in reversed(arms[:-1]):
            below -= step.split[last].weight * 100
            other = self.add(Node(0, "split", split_id(step), firsts[name], other, arm=name, other_arm=other_arm, below=below), place)
            last, other_arm = name, None  # type: ignore[assignment]
        assert other is not None
        return other

    def asked(self, condition: m.Condition, yes: int | None, no: int | None, place: Place) -> int | None:
        """Add the nodes that ask *condition*, one question each, and return the first: no question is asked whose answer would change nothing."""
        match condition.word:
            case "all":
                for _, part in reversed(condition.parts):
                    yes = self.asked(part, yes, no, place)
                return yes
            case "any":
                for _, part in reversed(condition.parts):
                    no = self.asked(part, yes, no, place)
                return no
            case "negated":
                return self.asked(condition.parts[0][1], no, yes, place)
            case _:
                return self.add(Node(0, "if", next=yes, other=no, condition=self.condition(condition)), place)

    def awaited(self, condition: m.Condition) -> int:
        """Add the rows of a condition that is waited for: the ways in which it can come true, each a set of questions."""
        ways = ways_to_hold(condition)
        if ways == [[condition]]:
            number = self.condition(condition)
            self.alternatives.append(AlternativeRow(number, 0, number, 1))
            return number
        number = len(self.conditions)
        self.conditions.append(ConditionRow(number, "step", "joined", query=" or ".join(" and ".join(map(said, parts)) for parts in ways)))
        asked: dict[int, int] = {}
        for way, parts in enumerate(ways):
            for part in parts:
                if id(part) not in asked:
                    asked[id(part)] = self.condition(part)
                self.alternatives.append(AlternativeRow(number, way, asked[id(part)], len(parts)))
        return number

    def condition(self, condition: m.Condition) -> int:
        number = len(self.conditions)
        self.conditions.append(condition_row(number, condition))
        return number

    def watched(self, role: Literal["goal", "exit"], part: m.Goal | m.Exit, within: timedelta | None = None) -> None:
        key = trigger_row(self.scenario.trigger).key
        shared = key if any(key in kind.columns for name in part.activity if (kind := known_activity(name))) else None
        row = did_row(len(self.conditions), part.activity, part.where, within, shared)
        self.conditions.append(replace(row, role=role))


def compile_scenario(scenario: m.Scenario, written: Mapping[str, frozenset[str]] = MappingProxyType({}), coded: frozenset[str] = frozenset()) -> Compiled:
    """
    Return *scenario* as rows; *written* says for which channels each message is, *coded* which of them show a personal code.

    Raises Unreachable for steps that nothing leads to.
    """
    builder = _Builder(scenario, turns_of(scenario.steps), written, coded)
    first = builder.steps(scenario.steps, None, ("steps",))
    for part in scenario.exit_when:
        builder.watched("exit", part)
    if scenario.goal:
        builder.watched("goal", scenario.goal, scenario.goal.within)
    order = _reached(builder.nodes, first)
    if lost := {builder.places[node.node] for node in builder.nodes if node.node not in order}:
        raise Unreachable(sorted(lost, key=str))
    numbers: dict[int | None, int | None] = {None: None, **{old: new for new, old in enumerate(order)}}
    nodes = [
        replace(builder.nodes[old], node=new, next=numbers[builder.nodes[old].next], other=numbers[builder.nodes[old].other]) for new, old in enumerate(order)
    ]
    return Compiled(
        scenario=scenario.scenario, state=state_of(scenario), description=scenario.description, owner=scenario.owner, stage=scenario.stage,
        entry=entry_row(scenario), trigger=trigger_row(scenario.trigger), nodes=tuple(_same_day(nodes, scenario.trigger, scenario)),
        conditions=tuple(builder.conditions), alternatives=tuple(builder.alternatives),
        windows=tuple(row for window in builder.windows.values() for row in window_rows(window)),
        moves=tuple(sorted(scenario.migrate.items())),
    )  # fmt: skip


def channels_of(step: m.Send, written: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the channels of a send by preference. `preferred` stands first, before every channel the message is written for."""
    if "preferred" not in step.via:
        return list(step.via)
    named: list[str] = [channel for channel in step.via if channel != "preferred"]
    return ["preferred", *(named or [channel for channel in VALID_FOR if channel in written.get(step.send, VALID_FOR)])]


def split_id(step: m.Split) -> str:
    """Return what names a split in the ledger of arms: its id, else its arms."""
    return step.id or "_or_".join(step.split)


def _reached(nodes: list[Node], first: int | None) -> list[int]:
    """Return the nodes reachable from *first*, in reading order."""
    found: list[int] = []
    waiting = [first]
    while waiting:
        number = waiting.pop()
        if number is not None and number not in found:
            found.append(number)
            waiting += [nodes[number].other, nodes[number].next]
    return found


def _waited(step: m.Wait, after: int | None, beyond: int | None) -> Node:
    match step.wait:
        case m.DateWait(until=until):
            clock = seconds_of(until.at) if until.at else None
            past = after if until.if_past == "go_on" else beyond
            return Node(0, "wait_date", next=after, other=past, days=int(until.offset.split()[0]), clock=clock, word=until.date)
        case timedelta() as duration:
            return Node(0, "wait", next=after, seconds=int(duration.total_seconds()))
        case m.CalendarWait(days=days, months=months, at=at):
            return Node(0, "wait_days", next=after, days=days, months=months or None, clock=seconds_of(at))
        case m.UntilWait(until=until):
            return Node(0, "wait_until", next=after, clock=seconds_of(until))
        case _:
            assert_never(step.wait)


def _same_day(nodes: list[Node], trigger: m.Trigger, scenario: m.Scenario) -> list[Node]:
    """A message sent at the anniversary itself is worthless the day after, unless its step says otherwise."""
    if not isinstance(trigger, m.AnniversaryTrigger):
        return nodes
    explicit = {name_of(step) for _, step in sends(scenario.steps) if step.valid_for}
    kept, here = list(nodes), _without_waiting(nodes)
    for number in here:
        if nodes[number].kind == "send" and str(nodes[number].step).split("#")[0] not in explicit:
            kept[number] = replace(nodes[number], valid_seconds=DAY - seconds_of(trigger.at))
    return kept


def _without_waiting(nodes: list[Node]) -> set[int]:
    waits: set[NodeKind] = {"wait", "wait_until", "wait_days", "wait_date", "wait_for"}
    found: set[int] = set()
    waiting: list[int | None] = [0]
    while waiting:
        number = waiting.pop()
        if number is not None and number not in found and nodes[number].kind not in waits:
            found.add(number)
            waiting += [nodes[number].next, nodes[number].other]
    return found
