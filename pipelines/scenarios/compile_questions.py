"""What a condition asks → rows: single questions, and the ways in which several of them come true together."""

import hashlib
from datetime import timedelta
from itertools import product

from pipelines.scenarios import model as m
from pipelines.scenarios.compiled import ConditionRow


def said(condition: m.Condition) -> str:
    """Return a question in the words of the decision log."""
    match condition.word:
        case "did":
            assert condition.did is not None
            return ",".join(condition.did.activity)
        case "in_segment":
            return f"in {condition.in_segment}"
        case "where":
            return str(condition.where)
        case word if condition.message:
            return f"{word} {condition.message}" + (f" {condition.link}" if condition.link else "")
        case word:
            return f"{word} {getattr(condition, word)}"


def ways_to_hold(condition: m.Condition) -> list[list[m.Condition]]:
    """Return the sets of questions of which one must hold whole: what `all` and `any` come to."""
    match condition.word:
        case "any":
            return [way for _, part in condition.parts for way in ways_to_hold(part)]
        case "all":
            return [[each for way in combination for each in way] for combination in product(*(ways_to_hold(part) for _, part in condition.parts))]
        case _:
            return [[condition]]


def condition_row(number: int, condition: m.Condition) -> ConditionRow:
    match condition.word:
        case "did":
            assert condition.did is not None
            return did_row(number, condition.did.activity, condition.did.where, condition.did.within, condition.did.same)
        case "in_segment":
            return ConditionRow(number, "step", "in_segment", segment=condition.in_segment)
        case "tagged":
            return ConditionRow(number, "step", "tagged", tag=condition.tagged)
        case "score_at_least":
            least = "param('lead_score_threshold')" if condition.score_at_least == "prospect" else condition.score_at_least
            return ConditionRow(number, "step", "where", query=f"lead_score >= {least}")
        case "where":
            return ConditionRow(number, "step", "where", query=condition.where)
        case "offer_unused":
            return ConditionRow(number, "step", "offer_unused", offer=condition.offer_unused)
        case event:
            return ConditionRow(number, "step", "message", step=condition.message, event=event, link=condition.link)


def did_row(number: int, activities: list[str], where: str | None, within: timedelta | None, same: str | None = None) -> ConditionRow:
    """Return the question whether *activities* happened; with *same* only those count that carry the trigger's value there, or none."""
    text = ",".join(activities)
    seconds = int(within.total_seconds()) if within else None
    probe = probe_name(text, where, same)
    return ConditionRow(number, "step", "did", activities=text, query=where, within_seconds=seconds, match_key=same, probe=probe)


def probe_name(activities: str | None, where: str | None, key: str | None) -> str:
    """Return the name of a question to the activity stream; the same question of two scenarios is asked once."""
    return hashlib.sha256(repr((activities, where, key)).encode()).hexdigest()[:12]
