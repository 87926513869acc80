"""A scenario as rows: what the engine reads. One class per table of `journeys` that a file fills."""

import hashlib
import json
from dataclasses import asdict, astuple, dataclass, fields, replace
from datetime import date
from typing import Any, Literal

from pipelines.warehouse.dates import dated

NodeKind = Literal[
    "send", "wait", "wait_until", "wait_days", "wait_date", "wait_for", "if", "split", "offer", "start", "tag", "untag", "sync", "unsync", "exit"
]


TABLES_OF = {"message": ("message_events",), "tagged": ("contact_tags",), "offer_unused": ("offer_codes", "orders")}
BEGIN = "begin"
"""What `migrate` calls the place before the first message."""
INTEREST = {"requested": ("stock_requests",), "viewed": ("site_events",), "carted": ("site_events", "cart_lines")}
"""Where it is written that a contact cares for a product."""


@dataclass(frozen=True)
class Node:
    """One row of journeys.nodes, without scenario and version. `next` None is the end of the scenario."""

    node: int
    kind: NodeKind
    step: str | None = None
    next: int | None = None
    other: int | None = None
    seconds: int | None = None
    days: int | None = None
    months: int | None = None
    clock: int | None = None
    condition: int | None = None
    arm: str | None = None
    other_arm: str | None = None
    below: int | None = None
    message: str | None = None
    channels: str | None = None
    valid_seconds: int | None = None
    on_capped: str | None = None
    window_id: str | None = None
    needs_code: bool = False
    word: str | None = None


@dataclass(frozen=True)
class ConditionRow:
    """One row of journeys.conditions, without scenario and version."""

    condition: int
    role: Literal["step", "goal", "exit"]
    kind: Literal["message", "did", "in_segment", "tagged", "offer_unused", "where", "joined"]
    step: str | None = None
    event: str | None = None
    link: str | None = None
    activities: str | None = None
    query: str | None = None
    segment: str | None = None
    tag: str | None = None
    offer: str | None = None
    within_seconds: int | None = None
    match_key: str | None = None
    probe: str | None = None


@dataclass(frozen=True)
class AlternativeRow:
    """
    One row of journeys.alternatives, without scenario and version: a question that is part of one way in which a condition that is
    waited for comes true. A way holds when all its questions do, the condition when one way does.
    """

    condition: int
    way: int
    part: int
    parts: int


@dataclass(frozen=True)
class WindowRow:
    """One row of journeys.windows: a window on one day of the week."""

    window_id: str
    isodow: int
    opens_seconds: int
    closes_seconds: int


@dataclass(frozen=True)
class TriggerRow:
    """How contacts enter: one row of journeys.triggers."""

    kind: Literal["activity", "unanswered", "product", "segment", "anniversary", "date", "campaign", "scenario"]
    activities: str | None = None
    query: str | None = None
    key: str | None = None
    settle_seconds: int | None = None
    max_age_seconds: int | None = None
    segment: str | None = None
    change: str | None = None
    backfill: int | None = None
    offset_days: int | None = None
    clock: int | None = None
    source: str | None = None
    message: str | None = None
    event: str | None = None
    within_seconds: int | None = None
    price_drop: float | None = None
    on_date: str | None = None
    isodow: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True)
class Entry:
    """The rules at the door and what holds for the whole run: columns of journeys.versions."""

    category: str
    topic: str
    priority: int
    reentry: str
    cooldown_seconds: int | None
    cooldown_days: int | None
    goal_seconds: int | None
    goal_target: float | None
    goal_by: date | None
    holdout: float
    rollout: float
    exclusive_with: str | None
    audience_in: str | None
    audience_not_in: str | None
    audience_where: str | None


@dataclass(frozen=True)
class Compiled:
    """
    A whole scenario, ready for the engine. `state` is live, draft, paused or stopped, with how.

    `moves` lead people of earlier versions from the message they last had to the one they go on after.
    """

    scenario: str
    state: str
    description: str
    owner: str
    stage: str
    entry: Entry
    trigger: TriggerRow
    nodes: tuple[Node, ...]
    conditions: tuple[ConditionRow, ...]
    alternatives: tuple[AlternativeRow, ...]
    windows: tuple[WindowRow, ...]
    moves: tuple[tuple[str, str], ...] = ()

    @property
    def fingerprint(self) -> str:
        """Hash of all that decides what happens to people in flight; words about the scenario are not part of it."""
        meaning = [
            asdict(self.entry),
            asdict(self.trigger),
            [asdict(n) for n in self.nodes],
            [asdict(c) for c in self.conditions],
            [asdict(a) for a in self.alternatives],
            [asdict(w) for w in self.windows],
        ]
        return hashlib.sha256(json.dumps(meaning, sort_keys=True, default=str).encode()).hexdigest()[:16]

    @property
    def activities(self) -> set[str]:
        """Every activity the scenario speaks about."""
        texts = [self.trigger.activities, *(condition.activities for condition in self.conditions)]
        return {name for text in texts if text for name in text.split(",")}

    @property
    def segments(self) -> set[str]:
        """Every segment the scenario reads."""
        texts = [self.trigger.segment, self.entry.audience_in, self.entry.audience_not_in, *(condition.segment for condition in self.conditions)]
        return {name for text in texts if text for name in text.split(",")}

    @property
    def tables(self) -> set[str]:
        """The contract tables it reads itself, beside those behind its activities and segments."""
        found = {table for row in self.conditions for table in TABLES_OF.get(row.kind, ())}
        found.update("offer_codes" for node in self.nodes if node.kind == "offer")
        match self.trigger.kind:
            case "date":
                found.update(dated()[self.trigger.source or ""].tables)
            case "product":
                found.update(("products", "orders", "order_lines", *INTEREST[self.trigger.source or ""]))
            case "unanswered":
                found.add("message_events")
            case _:
                pass
        return found

    @property
    def audiences(self) -> set[str]:
        """The audiences whose members it puts in or takes out."""
        return {str(node.word) for node in self.nodes if node.kind in ("sync", "unsync")}

    @property
    def messages(self) -> set[str]:
        return {node.message for node in self.nodes if node.message}

    @property
    def channels(self) -> set[str]:
        return {channel for node in self.nodes if node.channels for channel in node.channels.split(",")} - {"preferred"}


def names(row: type[Any]) -> list[str]:
    """Return the column names of a row class."""
    return [field.name for field in fields(row)]


def values(row: Any) -> tuple[Any, ...]:
    return astuple(row)


def linked(node: Node, **targets: int | None) -> Node:
    """Return *node* leading elsewhere."""
    return replace(node, **targets)  # type: ignore[arg-type]
