"""The rows of a scenario in words, for those who review or ask: one line a step."""

from collections.abc import Mapping
from datetime import timedelta

from pipelines.durations import spoken
from pipelines.scenarios.compiled import ConditionRow, Node


def step_name(node: Node, conditions: Mapping[int, ConditionRow]) -> str:
    """Return what tells a step from the others, whatever its details: a message's name, the arms of a split, else all it does."""
    return f"{node.kind} {node.step}" if node.kind in ("send", "split") else step_words(node, conditions)


def step_words(node: Node, conditions: Mapping[int, ConditionRow]) -> str:
    """Return what a step does, in the words of the file: `wait 2 days`, `send cart_reminder by email, valid for 1 day`."""
    match node.kind:
        case "send":
            by = f"send {node.step} by {' or '.join((node.channels or '').split(','))}, valid for {_lasting(node.valid_seconds)}"
            held = ", held while capped" if node.on_capped == "hold" else ""
            return by + (f", window {node.window_id}" if node.window_id else "") + held
        case "wait":
            return f"wait {_lasting(node.seconds)}"
        case "wait_until":
            return f"wait until {clock_time(node.clock)}"
        case "wait_days":
            months = f"{node.months} months and " if node.months else ""
            return f"wait {months}{node.days} days, until {clock_time(node.clock)}"
        case "wait_date":
            return f"wait until {node.word} {node.days:+d} days" + (f" at {clock_time(node.clock)}" if node.clock is not None else "")
        case "wait_for":
            return f"wait for {_asked(node, conditions)}, at most {_lasting(node.seconds)}"
        case "if":
            return f"if {_asked(node, conditions)}"
        case "split":
            return f"split {node.arm} or {node.other_arm or 'the other arms'}, {(node.below or 0) / 100:g} of 100 below"
        case "sync":
            return f"add to the audience {node.word}"
        case "unsync":
            return f"remove from the audience {node.word}"
        case "offer" | "start" | "tag" | "untag" | "exit":
            return f"{node.kind} {node.word}"


def question_words(row: ConditionRow) -> str:
    """Return what a condition asks, as the decision log says it."""
    match row.kind:
        case "message":
            return f"{row.event} {row.step}" + (f", link {row.link}" if row.link else "")
        case "in_segment":
            return f"in {row.segment}"
        case "offer_unused":
            return f"{row.offer} unused"
        case "tagged":
            return f"tagged {row.tag}"
        case "did":
            where = f" where {row.query}" if row.query else ""
            return f"{row.activities}{where}" + (f" within {_lasting(row.within_seconds)}" if row.within_seconds else "")
        case "where" | "joined":
            return str(row.query)


def _asked(node: Node, conditions: Mapping[int, ConditionRow]) -> str:
    assert node.condition is not None
    return question_words(conditions[node.condition])


def _lasting(seconds: int | None) -> str:
    return spoken(timedelta(seconds=seconds or 0))


def clock_time(seconds: int | None) -> str:
    """Return seconds after midnight as `09:00`."""
    return f"{(seconds or 0) // 3600:02}:{(seconds or 0) % 3600 // 60:02}"
