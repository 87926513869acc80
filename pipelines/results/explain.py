"""Why one contact got what they got: where they are in each scenario, every decision with the values that made it, every message and its reason."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.errors import RelanceError
from pipelines.journeys.stream import match_history
from pipelines.journeys.versions import version_of
from pipelines.scenarios.step_words import step_words
from pipelines.sources.addresses import address_as_kept
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
EVER = datetime(9999, 12, 31)
SHOWN = ("decided_at", "as_of", "step", "outcome", "reason", "code")


@dataclass(frozen=True)
class Value:
    """Something that made a decision: `last order_placed`, when that was (UTC), and its amount or key; None where there is none."""

    what: str
    at: datetime | None
    amount: str | None


Values = Mapping[Any, list[Value]]


@dataclass(frozen=True)
class Run:
    """
    One run of a contact through a scenario, or a refusal at its door. Instants are UTC.

    `rests` says at which step it rests and `leaves_at` until when at most; None for a run that ended or never began, and for a cap.
    `decisions` have decided_at, as_of, step, outcome, reason, code (the personal one given there), values; `messages` have step,
    channel, due_at, not_before, status, reason, detail, basis, state, handed_over_at, values.
    """

    scenario: str
    version: int
    entered: bool
    ghost: bool
    ended: str | None
    rests: str | None
    leaves_at: datetime | None
    decisions: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Explained:
    """
    A contact as of a tick: who they are, the segments they are in, what they consented to, their runs.

    `attributes` and `audiences` are those of now, whatever the tick: nobody keeps what they were before.
    """

    as_of: datetime
    contact: dict[str, Any]
    segments: tuple[dict[str, Any], ...]
    consents: tuple[dict[str, Any], ...]
    attributes: tuple[dict[str, Any], ...]
    audiences: tuple[dict[str, Any], ...]
    runs: tuple[Run, ...]


def explain(warehouse: Warehouse, asked: str, as_of: datetime) -> Explained:
    """Return what is known after the tick *as_of* of the contact with this id or e-mail address; raises RelanceError where there is none."""
    with warehouse.at(as_of):
        found = warehouse.records(HERE / "explain_contact.sql", asked=address_as_kept(asked))
        if not found:
            raise RelanceError(f"no contact has the id or the address `{asked}`\n  hint: ids are the shop's own, as in shop.contacts")
        contact = found[0]["contact_id"]
        consents = warehouse.records(HERE / "explain_consents.sql", contact=contact)
        runs = _Runs(warehouse, contact, as_of).read()
    segments = warehouse.records(HERE / "explain_segments.sql", contact=contact, as_of=as_of)
    attributes = warehouse.records(HERE / "explain_attributes.sql", contact=contact)
    audiences = warehouse.records(HERE / "explain_audiences.sql", contact=contact)
    return Explained(as_of, found[0], tuple(segments), tuple(consents), tuple(attributes), tuple(audiences), tuple(runs))


class _Runs:
    """The runs of one contact as of a tick; `until` is the tick after it, before which hand-over passes belong to it."""

    def __init__(self, warehouse: Warehouse, contact: str, as_of: datetime) -> None:
        self.warehouse = warehouse
        next_tick = warehouse.value("select min(as_of) from runs.ticks where status = 'committed' and as_of > $as_of", as_of=as_of)
        self.contact = contact
        self.asked = {"contact": contact, "as_of": as_of, "until": next_tick or EVER}

    def read(self) -> list[Run]:
        decisions = self.rows("explain_decisions.sql")
        why, fates = self.reasons(), self.values("explain_fates.sql", "message_key")
        rests = {row["enrolment_id"]: row for row in self.rows("explain_rests.sql")}
        messages = defaultdict(list)
        for row in self.rows("explain_messages.sql"):
            enrolment, key = row.pop("enrolment_id"), row.pop("message_key")
            messages[enrolment].append(row | {"values": fates.get((key,), [])})
        return [
            self.run(list(rows), why, rests.get(enrolment), messages[enrolment]) for enrolment, rows in groupby(decisions, key=lambda row: row["enrolment_id"])
        ]

    def reasons(self) -> Values:
        """Return the values behind each decision, by enrolment, tick, node and outcome."""
        questions = self.warehouse.rows(HERE / "explain_questions.sql", **self.asked)
        replies = {name for (name,) in self.warehouse.rows("select distinct 'message_' || event from journeys.conditions where kind = 'message'")}
        match_history(self.warehouse, self.contact, questions, replies)
        return self.values("explain_values.sql", "enrolment_id", "as_of", "node", "outcome")

    def rows(self, name: str) -> list[dict[str, Any]]:
        return self.warehouse.records(HERE / name, **self.asked)

    def values(self, name: str, *keys: str) -> Values:
        found = defaultdict(list)
        for row in self.rows(name):
            found[tuple(row[key] for key in keys)].append(Value(row["what"], row["moment"], row["amount"]))
        return found

    def run(self, rows: list[dict[str, Any]], why: Values, rests: dict[str, Any] | None, messages: list[dict[str, Any]]) -> Run:
        first = rows[0]
        shown = [
            {name: row[name] for name in SHOWN} | {"values": why.get((row["enrolment_id"], row["as_of"], row["node"], row["outcome"]), [])} for row in rows
        ]
        step = self.step(rests) if rests else None
        leaves = rests["leave_at"] if rests and not str(step).startswith("send ") else None
        return Run(first["scenario"], first["version"], first["entered"], first["ghost"], first["ended"], step, leaves, tuple(shown), tuple(messages))

    def step(self, rests: dict[str, Any]) -> str:
        version = version_of(self.warehouse, rests["scenario"], rests["version"])
        return step_words(version.nodes[rests["node"]], {row.condition: row for row in version.conditions})
