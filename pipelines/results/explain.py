"""Why one contact got what they got: where they are in each scenario, every decision about them, every message and its reason."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.errors import RelanceError
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Run:
    """
    One run of a contact through a scenario, or a refusal at its door. Instants are UTC.

    `decisions` have decided_at, as_of, step, outcome, reason, code (the personal one given there).
    `messages` have step, channel, due_at, not_before, status, reason, detail, basis, state.
    """

    scenario: str
    version: int
    entered: bool
    ghost: bool
    ended: str | None
    decisions: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Explained:
    """A contact as of a tick: who they are, the segments they are in, what they consented to, their runs."""

    as_of: datetime
    contact: dict[str, Any]
    segments: tuple[dict[str, Any], ...]
    consents: tuple[dict[str, Any], ...]
    runs: tuple[Run, ...]


def explain(warehouse: Warehouse, asked: str, as_of: datetime) -> Explained:
    """Return what is known after the tick *as_of* of the contact with this id or e-mail address; raises RelanceError where there is none."""
    with warehouse.at(as_of):
        found = warehouse.records(HERE / "explain_contact.sql", asked=asked)
        if not found:
            raise RelanceError(f"no contact has the id or the address `{asked}`\n  hint: ids are the shop's own, as in shop.contacts")
        contact = found[0]["contact_id"]
        consents = warehouse.records(HERE / "explain_consents.sql", contact=contact)
    segments = warehouse.records(HERE / "explain_segments.sql", contact=contact, as_of=as_of)
    return Explained(as_of, found[0], tuple(segments), tuple(consents), tuple(_runs(warehouse, contact, as_of)))


def _runs(warehouse: Warehouse, contact: str, as_of: datetime) -> list[Run]:
    messages = warehouse.records(HERE / "explain_messages.sql", contact=contact, as_of=as_of)
    decisions = warehouse.records(HERE / "explain_decisions.sql", contact=contact, as_of=as_of)
    return [
        _run(enrolment, list(rows), [message for message in messages if message["enrolment_id"] == enrolment])
        for enrolment, rows in groupby(decisions, key=lambda row: str(row["enrolment_id"]))
    ]


def _run(enrolment: str, rows: list[dict[str, Any]], messages: list[dict[str, Any]]) -> Run:
    first = rows[0]
    shown = tuple({name: row[name] for name in ("decided_at", "as_of", "step", "outcome", "reason", "code")} for row in rows)
    return Run(first["scenario"], first["version"], first["entered"], first["ghost"], first["ended"], shown, tuple(messages))
