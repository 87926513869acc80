"""The report of a tick as data: every number a count over one ledger."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.errors import RelanceError
from pipelines.results.answers import Answers, answers
from pipelines.results.goals import Aim, Revenue, aim, revenues
from pipelines.results.intervals import Difference, difference, verdict
from pipelines.results.words import state_words
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Count:
    """How often something happened, and what."""

    what: str
    number: int


@dataclass(frozen=True)
class ScenarioReport:
    """
    One scenario in one tick. `due` = accepted + unknown + to_send + held + dropped, as it stands when the report is made.

    `goal` names its activities; None for a scenario without. `lift` compares the shares that reached it, `revenue` what contacts brought.
    """

    scenario: str
    state: str
    entered: int
    refused: tuple[Count, ...]
    in_flight: int
    ended: tuple[Count, ...]
    due: int
    accepted: int
    unknown: int
    to_send: int
    held: tuple[Count, ...]
    dropped: tuple[Count, ...]
    answers: tuple[Answers, ...]
    entered_ever: int
    treated: int
    treated_converted: int
    ghosts: int
    ghosts_converted: int
    goal: str | None
    goal_value: float
    aim: Aim | None
    lift: Difference | None
    verdict: str
    revenue: Revenue | None

    @property
    def goal_rate(self) -> float | None:
        return self.treated_converted / self.treated if self.treated else None


@dataclass(frozen=True)
class SegmentReport:
    segment: str
    members: int
    entered: int
    left: int
    status: str
    reason: str
    history: tuple[int, ...]


@dataclass(frozen=True)
class AudienceReport:
    """One audience: its members, what its platform was told in the tick and the passes after it, and who was kept out for which reason."""

    audience: str
    members: int
    adds: int
    removes: int
    kept_out: tuple[Count, ...]
    history: tuple[int, ...]


@dataclass(frozen=True)
class SourceReport:
    source: str
    contract: str
    files: int
    inserted: int
    replaced: int
    rejected: int
    newest_at: datetime | None
    status: str
    reason: str


@dataclass(frozen=True)
class RejectReport:
    source: str
    reason: str
    rows: int
    file: str
    line: int | None


@dataclass(frozen=True)
class SenderReport:
    sender: str
    states: tuple[Count, ...]


@dataclass(frozen=True)
class Report:
    """One tick."""

    as_of: datetime
    day: date
    status: str
    send: bool
    scenarios: tuple[ScenarioReport, ...]
    segments: tuple[SegmentReport, ...]
    audiences: tuple[AudienceReport, ...]
    sources: tuple[SourceReport, ...]
    rejects: tuple[RejectReport, ...]
    senders: tuple[SenderReport, ...]
    attention: tuple[str, ...]

    @property
    def totals(self) -> dict[str, int]:
        """Entered, due, accepted, unknown, to_send, held and dropped over all scenarios."""
        return {
            "entered": sum(each.entered for each in self.scenarios),
            "due": sum(each.due for each in self.scenarios),
            "accepted": sum(each.accepted for each in self.scenarios),
            "unknown": sum(each.unknown for each in self.scenarios),
            "to_send": sum(each.to_send for each in self.scenarios),
            "held": sum(count.number for each in self.scenarios for count in each.held),
            "dropped": sum(count.number for each in self.scenarios for count in each.dropped),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the report with plain values, for JSON."""
        return {**asdict(self), "totals": self.totals}


def build_report(warehouse: Warehouse, project: Project, as_of: datetime) -> Report:
    """Return the report of the tick at *as_of* (UTC); raises RelanceError when there is none. Runs inside `warehouse.at(as_of)`."""
    found = warehouse.rows(HERE / "tick.sql", as_of=as_of)
    if not found:
        raise RelanceError(f"there is no tick at {as_of}\n  hint: `relance report` without a date shows the last one")
    _, day, status, _, _, send = found[0]
    scenarios = _scenarios(warehouse, project, as_of, day)
    segments = tuple(
        SegmentReport(segment, members, entered, left, status, reason or "", _numbers(history))
        for segment, members, entered, left, status, reason, history in warehouse.rows(HERE / "segments.sql", as_of=as_of)
    )
    sources = tuple(SourceReport(**{**row, "reason": row["reason"] or ""}) for row in warehouse.records(HERE / "sources.sql", as_of=as_of))
    rejects = tuple(RejectReport(*row) for row in warehouse.rows(HERE / "rejects.sql", as_of=as_of))
    states = _grouped(warehouse, "senders.sql", as_of)
    senders = tuple(SenderReport(name, counts) for name, counts in states.items())
    attention = tuple(_attention(warehouse, project, as_of, scenarios, segments, sources))
    return Report(as_of, day, status, send, scenarios, segments, _audiences(warehouse, as_of), sources, rejects, senders, attention)


def _audiences(warehouse: Warehouse, as_of: datetime) -> tuple[AudienceReport, ...]:
    return tuple(
        AudienceReport(
            row["audience"], row["members"], row["adds"], row["removes"],
            tuple(Count(reason, row[reason]) for reason in ("no_consent", "suppressed", "unreachable", "held_out") if row[reason]), _numbers(row["history"]),
        )
        for row in warehouse.records(HERE / "audiences.sql", as_of=as_of)
    )  # fmt: skip


def _scenarios(warehouse: Warehouse, project: Project, as_of: datetime, day: date) -> tuple[ScenarioReport, ...]:
    refusals, endings = _grouped(warehouse, "refusals.sql", as_of), _grouped(warehouse, "endings.sql", as_of)
    fates: dict[str, dict[tuple[str, str], int]] = {}
    for name, status, reason, number in warehouse.rows(HERE / "reasons.sql", as_of=as_of):
        fates.setdefault(name, {})[status, reason or ""] = number
    answered, brought = answers(warehouse, project.settings.shop, as_of), revenues(warehouse, as_of)
    found = []
    for row in warehouse.records(HERE / "scenarios.sql", as_of=as_of):
        name = row["scenario"]
        found.append(ScenarioReport(
            scenario=name, state=row["state"], entered=row["entered"], refused=refusals.get(name, ()), in_flight=row["in_flight"],
            ended=endings.get(name, ()), **_fates(fates.get(name, {})), answers=answered.get(name, ()), **_reached(row, day), revenue=brought.get(name),
        ))  # fmt: skip
    return tuple(found)


def _fates(fates: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "due": sum(fates.values()), "accepted": _of(fates, "accepted"), "unknown": _of(fates, "unknown"), "to_send": _of(fates, "to_send"),
        "held": _by_reason(fates, "held"), "dropped": _by_reason(fates, "dropped"),
    }  # fmt: skip


def _reached(row: dict[str, Any], day: date) -> dict[str, Any]:
    arms = (row["treated_converted"], row["treated"], row["ghosts_converted"], row["ghosts"])
    fewest = min(row["treated"], row["ghosts"])
    lift = difference(*arms) if fewest else None
    return {
        **{name: row[name] for name in ("entered_ever", "treated", "treated_converted", "ghosts", "ghosts_converted", "goal")},
        "goal_value": float(row["goal_value"]), "aim": aim(row["goal_target"], row["goal_by"], row["aimed_at"], row["aim_reached"], day),
        "lift": lift, "verdict": verdict(lift, fewest) if lift else "no holdout to compare with",
    }  # fmt: skip


def _of(fates: dict[tuple[str, str], int], wanted: str) -> int:
    return sum(number for (status, _), number in fates.items() if status == wanted)


def _by_reason(fates: dict[tuple[str, str], int], wanted: str) -> tuple[Count, ...]:
    return tuple(Count(reason, number) for (status, reason), number in sorted(fates.items(), key=lambda item: -item[1]) if status == wanted)


def _grouped(warehouse: Warehouse, name: str, as_of: datetime) -> dict[str, tuple[Count, ...]]:
    found: dict[str, tuple[Count, ...]] = {}
    for group, what, number in warehouse.rows(HERE / name, as_of=as_of):
        found[group] = (*found.get(group, ()), Count(what, number))
    return found


def _numbers(text: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",")) if text else ()


def _attention(
    warehouse: Warehouse,
    project: Project,
    as_of: datetime,
    scenarios: tuple[ScenarioReport, ...],
    segments: tuple[SegmentReport, ...],
    sources: tuple[SourceReport, ...],
) -> list[str]:
    """Return what a person should look at, most serious first."""
    said = {
        "unknown": "{scenario}: {number} messages may or may not have arrived; nothing sends them again by itself: `relance resolve`",
        "guard": "{scenario} is held: {number} contacts would have entered at once, far more than usual; `relance release {scenario}` lets them in",
    }
    found = [
        said[kind].format(scenario=scenario, number=f"{number:,}".replace(",", " ")) for kind, scenario, number in warehouse.rows(HERE / "people_needed.sql")
    ]
    found += [
        f"audience {audience} is no longer in relance.toml, and its platform was given {number} addresses: empty it there"
        for audience, number in warehouse.rows(HERE / "given.sql")
        if audience not in project.settings.audiences
    ]
    found += [
        f"attribute {attribute}: {number} new answers are no {project.settings.attributes[attribute].type} and do not count: facts.unread_answers"
        for attribute, number in warehouse.rows(HERE / "unread.sql")
        if attribute in project.settings.attributes
    ]
    found += [
        f"source {each.source} is {each.status}{f': {each.reason}' if each.reason else ''}"
        for each in sources
        if each.status in ("stale", "refused", "missing")
    ]
    found += [
        f"scenario {scenario}: `{question}` cannot be read for {number} contacts and does not hold for them: journeys.unread_values"
        for scenario, question, number in warehouse.rows(HERE / "unread_values.sql", as_of=as_of)
    ]
    found += [f"segment {each.segment} keeps its earlier members: {each.reason}" for each in segments if each.status == "held"]
    found += [f"scenario {each.scenario} is {state_words(each.state)}" for each in scenarios if each.state.startswith("held") and "guard" not in each.state]
    return found
