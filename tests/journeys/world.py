"""
A small world to try scenarios in: contacts, what they do, and ticks at given instants, on a real warehouse in memory.

Instants are written as text in the project's zone, Europe/Paris: "2026-01-05 18:00" is a Monday evening.
"""

import atexit
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.delivery.hand_over import HandedOver, Render, hand_over
from pipelines.journeys.advance import Advanced, advance
from pipelines.scenarios import model as m
from pipelines.scenarios.compile import compile_scenario
from pipelines.settings import Project, Settings
from pipelines.ticks import begin_tick
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.emptying import empty
from pipelines.warehouse.schema import TABLES
from senders.files import FilesSender, FilesSettings
from senders.message import Message, Sender

HERE = Path(__file__).parent
PARIS = ZoneInfo("Europe/Paris")
ZONES = ["Europe/Paris", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "UTC"]
LONG_AGO = datetime(2020, 1, 1)
KEPT = ("calendar.zone_offsets", "calendar.days", "runs.schema")
SITE = ("cart_updated", "page_viewed", "product_viewed", "signed_up", "subscribed")
OUTCOMES = ("journeys.enrolments", "journeys.endings", "journeys.positions", "journeys.observations", "journeys.in_flight_messages",
            "journeys.settling", "journeys.arms", "journeys.codes", "journeys.decisions", "journeys.states", "outbox.messages", "delivery.suppressions", "results.goals",
            "results.scenarios", "raw.contact_tags", "audiences.asked")  # fmt: skip


def utc(text: str, zone: str = "Europe/Paris") -> datetime:
    """Return the instant of a local day and time, UTC without zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def local(instant: datetime | None, zone: str = "Europe/Paris") -> str | None:
    """Return an instant as people in *zone* read it."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if instant else None


def scenario(steps: list[dict[str, Any]], name: str = "cart", trigger: Mapping[str, Any] | None = None, **more: Any) -> m.Scenario:
    """Return a live marketing scenario with *steps*; by default a cart brings people in."""
    values = {
        "scenario": name, "description": "A scenario to try.", "owner": "crm@shop.example", "stage": "conversion", "status": "live",
        "category": "marketing", "topic": "promotions", "trigger": trigger or {"activity": "cart_updated", "key": "cart_id"}, "steps": steps,
    }  # fmt: skip
    return m.Scenario.model_validate(values | more)


def settings(**more: Any) -> Settings:
    """Return the settings of the world's project; *more* are whole sections such as `caps`."""
    values = {
        "project": {"name": "world", "timezone": "Europe/Paris", "currency": "EUR", "locale": "fr"},
        "schedule": {"start": "2020-01-01"},
        "shop": {"name": "Shop", "url": "https://shop.example", "address": "1 rue Exemple", "email": "shop@shop.example"},
        "sources": [{"name": "orders", "table": "orders", "path": "orders.csv", "format": "csv"}],
        "senders": [{"kind": "files", "name": "files", "channels": ["email", "sms", "push"]}],
    }
    return Settings.model_validate(values | more)


@dataclass(frozen=True)
class Row:
    """A raw row that the first tick at or after `known_at` loads."""

    table: str
    known_at: datetime
    values: dict[str, Any]


@dataclass
class World:
    """One shop on one warehouse. What is told to it is loaded by the next tick that may know it."""

    warehouse: Warehouse
    project: Project
    waiting: list[Row] = field(default_factory=list)
    memberships: dict[str, list[tuple[str, datetime, datetime | None]]] = field(default_factory=dict)
    coded: frozenset[str] = frozenset()

    def contact(self, contact_id: str, *, email: str | None = "", consent: bool = True, **values: Any) -> None:
        """Add somebody, known for ever, with consent to everything by every channel unless *consent* is False."""
        address = f"{contact_id}@shop.example" if email == "" else email
        self.row("contacts", LONG_AGO, contact_id=contact_id, email=address, created_at=LONG_AGO, **values)
        self.row("push_subscriptions", LONG_AGO, endpoint=contact_id, contact_id=contact_id, subscribed_at=LONG_AGO)
        for channel in ("email", "sms", "push") if consent else ():
            self.consent(contact_id, "2020-01-01 00:00", channel=channel)

    def consent(self, contact_id: str, at: str, *, granted: bool = True, channel: str = "email", topic: str = "all", basis: str = "opt_in") -> None:
        self.row("consents", utc(at), contact_id=contact_id, channel=channel, topic=topic, basis=basis, granted=granted, occurred_at=utc(at))

    def did(self, contact_id: str, activity: str, at: str | datetime, *, id: str = "", known_at: str | None = None, **values: Any) -> None:
        """Let a contact do *activity*: on the site, an order, or `custom.<name>`."""
        moment = utc(at) if isinstance(at, str) else at
        known, id = utc(known_at) if known_at else moment, id or f"{contact_id} {activity} {moment:%m-%d %H:%M:%S} {values.get('cart_id', '')}"
        if activity == "order_placed":
            self.row("orders", known, order_id=id, contact_id=contact_id, ordered_at=moment, **({"total": 10} | values))
        elif activity in SITE:
            self.row("site_events", known, event_id=id, contact_id=contact_id, occurred_at=moment, name=activity, **values)
        else:
            self.row("custom_events", known, event_id=id, contact_id=contact_id, occurred_at=moment, name=activity.removeprefix("custom."), **values)

    def reply(self, message_key: str, kind: str, at: str | datetime, *, known_at: str | None = None, channel: str = "email", **values: Any) -> None:
        """Let a message be delivered, opened, clicked, bounced, unsubscribed from…"""
        moment = utc(at) if isinstance(at, str) else at
        contact = values.pop("contact_id", None) or self.warehouse.value("select contact_id from outbox.messages where message_key = $key", key=message_key)
        self.row(
            "message_events", utc(known_at) if known_at else moment, event_id=f"{message_key} {kind} {moment}", message_key=message_key,
            contact_id=contact, channel=channel, occurred_at=moment, kind=kind, **values,
        )  # fmt: skip

    def member(self, segment: str, contact_id: str, since: str, until: str | None = None) -> None:
        """Let a contact belong to a segment at the ticks from *since* up to *until*."""
        self.memberships.setdefault(segment, []).append((contact_id, utc(since), utc(until) if until else None))

    def row(self, table: str, known_at: datetime, **values: Any) -> None:
        self.waiting.append(Row(table, known_at, values))

    def tick(
        self, at: str | datetime, *scenarios: m.Scenario, held: Mapping[str, str] | None = None, send: bool = True, cadence: timedelta | None = None
    ) -> list[Advanced]:
        """Load what is known by now, count facts and segments, and advance *scenarios*. Nothing for a tick committed before."""
        as_of = utc(at) if isinstance(at, str) else at
        tick = begin_tick(self.warehouse, self.project, as_of, started_at=as_of, send=send, cadence=cadence)
        if tick is None:
            return []
        self.load(as_of)
        with self.warehouse.at(as_of):
            self.warehouse.run(HERE / "facts.sql", as_of=as_of, zone=self.project.settings.project.timezone, locale="fr")
            self._segments(as_of)
            return advance(self.warehouse, self.project, [compile_scenario(each, coded=self.coded) for each in scenarios], tick, held or {})

    def ticks(self, first: str, last: str, *scenarios: m.Scenario, every: timedelta = timedelta(days=1), **more: Any) -> None:
        """Tick from *first* to *last*, both included; whole days keep the local hour."""
        for instant in instants(first, last, every):
            self.tick(instant, *scenarios, cadence=every, **more)

    def ticks_at(self, moments: Iterable[str], *scenarios: m.Scenario, **more: Any) -> None:
        """Tick at each of *moments*."""
        for moment in moments:
            self.tick(moment, *scenarios, **more)

    def load(self, as_of: datetime) -> None:
        """Load every row that is known at *as_of*."""
        for row in [row for row in self.waiting if row.known_at <= as_of]:
            self.waiting.remove(row)
            values = {"loaded_from": "world", "loaded_at": as_of, **row.values}
            self.warehouse.append(f"raw.{row.table}", list(values), [tuple(values.values())])

    def _segments(self, as_of: datetime) -> None:
        for segment, stays in self.memberships.items():
            members = {contact for contact, since, until in stays if since <= as_of and (until is None or as_of < until)}
            known = self.warehouse.value("select 1 from segments.definitions where segment = $segment", segment=segment)
            before = {
                row[0]: row[1] for row in self.warehouse.rows("select contact_id, entered_at from segments.members where segment = $segment", segment=segment)
            }
            if not known:
                self.warehouse.append("segments.definitions", ["segment", "since", "fingerprint", "attributes"], [(segment, as_of, "f", "{}")])
            entered, left = sorted(members - set(before)), sorted(set(before) - members)
            cause = "data" if known else "first"
            changes = [(segment, c, "entered", as_of, cause, as_of) for c in entered] + [(segment, c, "left", as_of, cause, before[c]) for c in left]
            self.warehouse.append("segments.changes", ["segment", "contact_id", "change", "as_of", "cause", "entered_at"], changes)
            for contact in left:
                self.warehouse.run("delete from segments.members where segment = $segment and contact_id = $contact", segment=segment, contact=contact)
            self.warehouse.append("segments.members", ["segment", "contact_id", "entered_at"], [(segment, c, as_of) for c in entered])

    def hand_over(self, at: str | datetime, *senders: Sender, live: bool = True, render: Render | None = None) -> list[HandedOver]:
        """Hand over what may go, by default to a folder of files, with everything loaded by now."""
        now = utc(at) if isinstance(at, str) else at
        self.load(now)
        return hand_over(self.warehouse, self.project, senders or [files_sender(self.project)], render or plain, now, live=live)

    def messages(self, *columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Return columns of the outbox, by contact and due time; instants in the project's zone."""
        named = ", ".join(columns or ("contact_id", "step", "not_before", "status", "reason"))
        rows = self.warehouse.rows(f"select {named} from outbox.messages where {where} order by contact_id, due_at, scenario, step")
        return [tuple(local(value) if isinstance(value, datetime) else value for value in row) for row in rows]

    def endings(self) -> list[tuple[Any, ...]]:
        """Return who ended when, how and why."""
        rows = self.warehouse.rows("select contact_id, ended_at, outcome, reason from journeys.endings order by contact_id, ended_at, scenario, enrolment_id")
        return [(row[0], local(row[1]), *row[2:]) for row in rows]

    def refusals(self) -> list[tuple[Any, ...]]:
        """Return who was refused at the door, for which moment, and why."""
        rows = self.warehouse.rows(
            "select contact_id, decided_at, reason from journeys.decisions where outcome = 'refused' order by contact_id, decided_at, as_of"
        )
        return [(row[0], local(row[1]), row[2]) for row in rows]

    def key(self, contact_id: str, step: str) -> str:
        """Return the key of a contact's message."""
        return str(self.warehouse.value("select message_key from outbox.messages where contact_id = $contact and step = $step", contact=contact_id, step=step))

    def dump(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of *tables*, by default of all that scenarios decide, in an order of their own."""
        return {table: sorted(self.warehouse.rows(f"select * from {table}"), key=str) for table in tables or OUTCOMES}


def instants(first: str, last: str, every: timedelta = timedelta(days=1)) -> Iterator[datetime]:
    """Yield instants from *first* to *last*, both included; whole days keep the local hour."""
    here = datetime.fromisoformat(first)
    if every % timedelta(days=1):
        here, end, zone = utc(first), utc(last), "UTC"
    else:
        end, zone = datetime.fromisoformat(last), "Europe/Paris"
    while here <= end:
        yield utc(str(here), zone)
        here += every


def empty_world(root: Path = Path("anywhere"), **more: Any) -> World:
    """Return a world without anybody; *root* is the project's folder, *more* are sections of settings. The one before it is gone."""
    warehouse = _warehouse()
    empty(warehouse, (table.full_name for table in TABLES if table.full_name not in KEPT))
    return World(warehouse, Project(root=root, settings=settings(**more)))


@cache
def _warehouse() -> Warehouse:
    """One warehouse serves every world: building one takes half a second, emptying it milliseconds."""
    stack = ExitStack()
    atexit.register(_warehouse.cache_clear)
    atexit.register(stack.close)
    warehouse = stack.enter_context(memory_warehouse(settings().thresholds))
    warehouse.run("set threads = 1")
    ensure_zones(warehouse, ZONES)
    return warehouse


def files_sender(project: Project) -> FilesSender:
    return FilesSender(FilesSettings(kind="files", name="files", channels=["email", "sms", "push"]), project.root)


def plain(warehouse: Warehouse, now: datetime) -> Iterator[Message]:
    """Render the claimed messages as one line each."""
    for row in warehouse.records("select * from to_render"):
        yield Message(
            key=row["message_key"], channel=row["channel"], to=row["address"], text=row["template"], date=now, subject=row["step"], sender="shop@shop.example"
        )
