"""The warehouse of one case, told event by event between its ticks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfoNotFoundError

import sqlglot.expressions as exp

from pipelines.audiences.members import refresh_members
from pipelines.errors import nearest
from pipelines.facts.refresh import refresh_facts
from pipelines.journeys.advance import advance
from pipelines.scenarios.compiled import Compiled
from pipelines.settings import Project
from pipelines.ticks import Tick, begin_tick, tick_of_day, to_utc
from pipelines.warehouse.activities import activities, contact_of, known_activity, moment_of
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.contract import CONTRACT, LOADED
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.table import Table
from senders.message import Channel

HERE = Path(__file__).parent
ANSWERS = {"opens": "opened", "clicks": "clicked", "unsubscribes_from": "unsubscribed", "bounces": "bounced"}
KNOWN_SINCE = datetime(2020, 1, 1)
CODES = 9
ELSEWHERE = "elsewhere"
CHANNELS = get_args(Channel)


@dataclass(frozen=True)
class Told:
    """At a local time somebody does something: `act` is the event's word, `what` the activity, message or segment it names, `link` what was clicked."""

    at: datetime
    who: str
    act: str
    what: str
    values: Mapping[str, Any] = field(default_factory=dict)
    link: str | None = None


@dataclass(frozen=True)
class Message:
    """A message at the local time from which it could go, or why it was dropped."""

    name: str
    at: datetime
    dropped: str | None = None

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M}" + (f" dropped: {self.dropped}" if self.dropped else "")


@dataclass
class CaseError(Exception):
    """What a case tells that cannot be: in an event, in the contact of that place, or in the row of `given` there."""

    text: str
    hint: str = ""
    told: Told | None = None
    contact: int = 0
    given: tuple[str | int, ...] = ()


class CaseWorld:
    """An empty warehouse in which one scenario, as if it were live, meets the contacts and events of a case."""

    def __init__(self, warehouse: Warehouse, project: Project, compiled: Compiled) -> None:
        self.warehouse, self.project, self.compiled = warehouse, project, replace(compiled, state="live")
        self.number = 0

    def know(self, given: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """
        Put the rows of *given*, by table of `shop`, into the warehouse; each counts from its own moment on. Raises CaseError.

        Where they have no codes, there are nine of each offer of the scenario: `welcome_10-1` and so on, given in that order.
        """
        tables = {f"shop.{table.name}": table for table in CONTRACT}
        if "shop.offer_codes" not in given:
            given = {**given, "shop.offer_codes": [{"offer": offer, "code": f"{offer}-{number}"} for offer in self._offers() for number in range(1, CODES + 1)]}
        for name, rows in given.items():
            if name not in tables:
                raise CaseError(f"`{name}` is no table of the contract", nearest(name, tables) or "docs/data_dictionary.md lists them", given=("given", name))
            for number, row in enumerate(rows):
                if unknown := set(row) - set(tables[name].column_names):
                    hint = nearest(min(unknown), tables[name].column_names)
                    raise CaseError(f"`{min(unknown)}` is no column of {name}", hint, given=("given", name, number))
                self._insert(tables[name], row, KNOWN_SINCE)

    def _offers(self) -> list[str]:
        return sorted({node.word for node in self.compiled.nodes if node.kind == "offer" and node.word})

    def play(self, contacts: Sequence[Mapping[str, Any]], events: Sequence[Told], days: Sequence[date]) -> None:
        """Let the *events* happen, in order of time, each seen by the first tick after it; a tick on each of *days*. Raises CaseError."""
        for place, contact in enumerate(contacts):
            self._contact(place, contact)
        waiting = list(events)
        for day in days:
            as_of = tick_of_day(self.project, day)
            tick = begin_tick(self.warehouse, self.project, as_of, started_at=as_of)
            assert tick is not None
            while waiting and self._instant(waiting[0].at) < as_of:
                self._tell(waiting.pop(0), tick)
            with self.warehouse.at(as_of):
                refresh_facts(self.warehouse, self.project, tick)
                advance(self.warehouse, self.project, [self.compiled], tick, {})
                if self.compiled.audiences:
                    refresh_members(self.warehouse, self.project, as_of, as_of)
        if waiting:
            raise CaseError("happens after the last tick, so nobody sees it", "add days, or remove it", waiting[0])

    def messages_of(self, who: str) -> list[Message]:
        """Return the messages of one contact in the order they could go."""
        rows = self.warehouse.rows(HERE / "case_messages.sql", contact=who, scenario=self.compiled.scenario)
        return [Message(template, self._local(moment), reason) for template, moment, reason in rows]

    def outcome_of(self, who: str) -> str:
        """Return how the last run of one contact stands."""
        return str(self.warehouse.value(HERE / "case_outcome.sql", contact=who))

    def audiences_of(self, who: str) -> list[str]:
        """Return the ads audiences that one contact is in after the last tick."""
        return [name for (name,) in self.warehouse.rows(HERE / "case_audiences.sql", contact=who)]

    def passed_nodes(self) -> frozenset[int]:
        """Return the nodes that somebody passed."""
        return frozenset(row[0] for row in self.warehouse.rows("select distinct node from journeys.decisions where node is not null"))

    def _contact(self, place: int, contact: Mapping[str, Any]) -> None:
        values = {"email": f"{contact['contact_id']}@example.com", "created_at": KNOWN_SINCE, **contact}
        basis = values.pop("consent", "opt_in")
        try:
            ensure_zones(self.warehouse, {self.project.settings.project.timezone, *filter(None, [values.get("timezone")])})
        except ZoneInfoNotFoundError:
            raise CaseError(f"unknown time zone `{values['timezone']}`", "zones are called as Europe/Paris", contact=place) from None
        if unknown := set(values) - set(_table("contacts").column_names):
            raise CaseError(f"`{min(unknown)}` is no column of shop.contacts", nearest(min(unknown), _table("contacts").column_names), contact=place)
        self._insert(_table("contacts"), values, KNOWN_SINCE)
        channels = sorted({*CHANNELS, *(audience.channel for audience in self.project.settings.audiences.values())})
        for channel in channels if basis != "none" else ():
            consent = {"contact_id": values["contact_id"], "channel": channel, "topic": "all", "basis": basis, "granted": True, "occurred_at": KNOWN_SINCE}
            self._insert(_table("consents"), consent, KNOWN_SINCE)

    def _tell(self, told: Told, tick: Tick) -> None:
        self.number += 1
        match told.act:
            case "does":
                self._activity(told, tick)
            case "gets":
                self._message(told)
            case "joins" | "leaves":
                self._move(told, tick)
            case _:
                self._answer(told, tick)

    def _activity(self, told: Told, tick: Tick) -> None:
        """Add the row that the activity stands for: what its query reads, with the moment, the contact and the words it asks for."""
        if told.what == "offer_redeemed":
            raise CaseError("a code is used by the order that carries it", "tell `does: order_placed, with: {coupon_code: …}`", told)
        activity = known_activity(told.what)
        source = activity.query.args["from_"].this if activity else None
        if activity is None or not isinstance(source, exp.Table) or not isinstance(moment_of(activity.query), exp.Column):
            hint = nearest(told.what, activities()) or "docs/data_dictionary.md lists the activities"
            raise CaseError(f"`{told.what}` is nothing a case can tell", hint, told)
        table, instant = _table(source.name), self._instant(told.at)
        values: dict[str, Any] = {column.name: instant for column in table.columns if column.required and column.type == "TIMESTAMP" and column not in LOADED}
        values |= {name: f"case-{self.number}" for name in table.key if name.endswith("_id")}
        values |= {moment_of(activity.query).name: instant, contact_of(activity.query).name: told.who} | _words(activity.query)
        if told.what.startswith("custom."):
            values["name"] = told.what.removeprefix("custom.")
        if table.name == "orders":
            values |= {"total": 50, "status": "placed"}
        if unknown := set(told.values) - set(table.column_names):
            raise CaseError(f"`{min(unknown)}` is no column of shop.{table.name}", nearest(min(unknown), table.column_names), told)
        self._insert(table, {**values, **told.values}, tick.as_of)

    def _message(self, told: Told) -> None:
        """Put a message of another scenario into the outbox: it went at that time."""
        key = f"case-{self.number}"
        run = {"message_key": key, "scenario": ELSEWHERE, "version": 1, "step": told.what, "enrolment_id": key, "contact_id": told.who}
        what = {"channel": "email", "topic": "all", "category": "marketing", "template": told.what, "locale": "en", "priority": 0, "status": "to_send"}
        when = dict.fromkeys(("as_of", "due_at", "not_before", "expires_at", "changed_at"), self._instant(told.at))
        row: dict[str, Any] = run | what | when
        self.warehouse.append("outbox.messages", list(row), [tuple(row.values())])

    def _answer(self, told: Told, tick: Tick) -> None:
        sent = self.warehouse.rows(HERE / "case_message.sql", contact=told.who, step=told.what)
        if not sent:
            steps = [node.step for node in self.compiled.nodes if node.kind == "send" and node.step]
            raise CaseError(f"{told.who} was not sent `{told.what}` before {told.at:%Y-%m-%d %H:%M}", nearest(told.what, steps), told)
        key, channel, message = sent[0]
        values = {
            "event_id": f"case-{self.number}",
            "message_key": key,
            "contact_id": told.who,
            "channel": channel,
            "occurred_at": self._instant(told.at),
            "kind": ANSWERS[told.act],
            "url": told.link and f"https://case.example/{told.link}",
        }
        if told.link:
            link = (key, told.link, values["url"], values["occurred_at"], message)
            self.warehouse.append("delivery.links", ["message_key", "link", "url", "handed_at", "message"], [link])
        self._insert(_table("message_events"), values, tick.as_of)

    def _move(self, told: Told, tick: Tick) -> None:
        if told.act == "joins":
            self.warehouse.append("segments.members", ["segment", "contact_id", "entered_at"], [(told.what, told.who, tick.as_of)])
        else:
            self.warehouse.run("delete from segments.members where segment = $segment and contact_id = $who", segment=told.what, who=told.who)
        change = (told.what, told.who, "entered" if told.act == "joins" else "left", tick.as_of, "data", tick.as_of)
        self.warehouse.append("segments.changes", ["segment", "contact_id", "change", "as_of", "cause", "entered_at"], [change])

    def _insert(self, table: Table, values: Mapping[str, Any], loaded_at: datetime) -> None:
        row = {**values, LOADED[0].name: "case", LOADED[1].name: loaded_at}
        self.warehouse.append(table.full_name, list(row), [tuple(row.values())])

    def _instant(self, local: datetime) -> datetime:
        return to_utc(local.replace(tzinfo=self.project.settings.zone))

    def _local(self, instant: datetime) -> datetime:
        return instant.replace(tzinfo=UTC).astimezone(self.project.settings.zone).replace(tzinfo=None)


def _table(name: str) -> Table:
    return next(table for table in CONTRACT if table.name == name)


def _words(query: exp.Select) -> dict[str, str]:
    """Return what an activity's query asks of its rows: `kind = 'purchased'`, `name = 'signed_up'`."""
    where = query.args.get("where")
    asked = where.find_all(exp.EQ) if where else ()
    return {each.this.name: each.expression.name for each in asked if isinstance(each.expression, exp.Literal)}
