"""Facts carried on tick after tick from the news alone are the facts counted from the whole history."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.refresh import refresh_facts
from pipelines.settings import Project
from pipelines.ticks import local_day, start_of_day
from pipelines.warehouse.contract import CONTRACT, MILESTONES
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.facts.history import ATTRIBUTES, SHOP, at, empty, load, project, snapshot, tick

PROJECTS = {zone: project(zone, ATTRIBUTES) for zone in ("Europe/Paris", "America/New_York", "Asia/Kathmandu", "Europe/London")}
KEYS = {table.name: table.key for table in CONTRACT}
CONTACTS = ["ada", "ada", "bo", "cy"]
PAGES = [f"{SHOP}/a", f"{SHOP}/a?utm=1", f"{SHOP}/b", f"{SHOP}/pricing", None]
TOPICS = [
    ["orders", "orders", "order_lines", "refunds"],
    ["orders", "orders", "order_lines", "order_lines", "products"],
    ["orders", "subscriptions", "custom_events", "contacts"],
    ["site_events", "products", "sessions"],
    ["message_events", "products"],
    ["contact_tags", "message_events"],
    ["message_events", "custom_events", "custom_events", "contacts"],
    ["registrations", "calendar_events", "contacts"],
    ["consents", "orders"],
]
"""What a history is about: things that meddle with each other come close together."""
GAPS = [timedelta(minutes=15), timedelta(hours=3), *(timedelta(days=number) for number in (1, 1, 2, 20, 100, 400))]
EDGES = [1, 2, 3, 9, 10, 11, 29, 30, 31, 40, 89, 90, 91, 179, 180, 181, 364, 365, 366]
NUDGES = [timedelta(0), timedelta(seconds=-1), timedelta(hours=-5), timedelta(minutes=5), timedelta(hours=7), timedelta(days=1)]
Values = dict[str, Any]


@dataclass
class History:
    """Rows as loads leave them, tick by tick: new, late, ahead of their time, corrected."""

    random: Random
    project: Project
    as_of: datetime
    previous: datetime | None = None
    topic: list[str] = field(default_factory=list)
    rows: dict[str, list[Values]] = field(default_factory=lambda: {table.name: [] for table in CONTRACT})
    corrections: set[tuple[str, str, datetime]] = field(default_factory=set)

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def who(self) -> str:
        return self.random.choice(CONTACTS)

    def moment(self) -> datetime:
        """Return an instant that matters: around the tick or the one before, soon, or around the beginning of a window."""
        day = local_day(self.project, self.pick(self.as_of, self.previous or self.as_of))
        edge = start_of_day(self.project, day - timedelta(days=self.random.choice(EDGES)))
        return self.pick(self.as_of, self.previous or self.as_of, edge) + self.random.choice(NUDGES)

    def later(self, than: datetime) -> datetime | None:
        """Return an instant that is filled in for something that happened before: mostly yet to come."""
        return self.pick(None, than + timedelta(hours=1), self.as_of + timedelta(minutes=5), self.as_of + timedelta(hours=20), self.moment())

    def load(self, table: str) -> None:
        """Load a row, or correct the one that has its key already."""
        row = ROWS[table](self)
        same = [old for old in self.rows[table] if all(old[key] == row[key] for key in KEYS[table])]
        if same:
            self.correct(table, same[0], row)
        else:
            self.rows[table].append({"loaded_at": self.as_of, "corrected_at": None, **row})

    def correct(self, table: str, row: Values, values: Values) -> None:
        changed = {name for name in values if row[name] != values[name]}
        before = self.contacts_of(table, row)
        row.update(values, corrected_at=self.as_of if changed else row["corrected_at"])
        if changed - MILESTONES.get(table, frozenset()):
            self.corrections |= {(contact, table, self.as_of) for contact in before | self.contacts_of(table, row) if contact}

    def contacts_of(self, table: str, row: Values) -> set[Any]:
        if table == "order_lines":
            return {order["contact_id"] for order in self.rows["orders"] if order["order_id"] == row["order_id"]}
        return {row.get("contact_id")}

    def correct_any(self) -> None:
        """Correct one column of one row."""
        if tables := [name for name in ROWS if self.rows[name]]:
            table = self.random.choice(tables)
            values = ROWS[table](self)
            name = self.random.choice(sorted(set(values) - set(KEYS[table])))
            self.correct(table, self.random.choice(self.rows[table]), {name: values[name]})

    def fill(self, warehouse: Warehouse) -> None:
        """Make the raw tables what the loads so far have left."""
        empty(warehouse, "raw")
        load(warehouse, self.as_of, *((table, row) for table, rows in self.rows.items() for row in rows))
        warehouse.append("raw.corrections", ["contact_id", "contract", "loaded_at"], sorted(self.corrections))


def _contact(h: History) -> Values:
    said = {"attributes": h.pick(None, '{"club": true, "room": "/file"}', '{"shoe": "wide"}', '{"room": "  ", "club": "no"}')}
    return {"contact_id": h.who(), "created_at": h.pick(None, h.moment()), "email": h.pick(None, "a@b.c"), "locale": h.pick(None, "en"), **said}


def _custom_event(h: History) -> Values:
    props = h.pick(None, '{"shoe": 38}', '{"shoe": "39.5"}', '{"shoe": "wide"}')
    return {"event_id": h.pick("x1", "x2", "x3"), "contact_id": h.who(), "name": h.pick("demo", "demo", "other"), "occurred_at": h.moment(), "props": props}


def _product(h: History) -> Values:
    return {"product_id": h.pick("p1", "p2"), "valid_from": h.moment(), "category": h.pick("hats", "shoes", None), "url": h.random.choice(PAGES)}


def _order(h: History) -> Values:
    ordered_at = h.moment()
    paid = {"total": h.pick(0, 10, 25), "coupon_code": h.pick(None, "HELLO")}
    dates = {"ordered_at": ordered_at, "shipped_at": h.later(ordered_at), "cancelled_at": h.pick(None, h.later(ordered_at))}
    return {"order_id": h.pick("o1", "o2", "o3", "o4"), "contact_id": h.pick(None, h.who(), h.who()), **paid, **dates}


def _line(h: History) -> Values:
    what = {"product_id": h.pick("p1", "p2", None), "quantity": h.pick(-1, 1, 2.5, 7), "unit_price": 1}
    return {"order_id": h.pick("o1", "o2", "o3", "o4"), "line_no": h.pick(1, 2), **what}


def _refund(h: History) -> Values:
    order = h.random.choice(h.rows["orders"] or [{"contact_id": "ada", "order_id": "o4"}])
    order_id, contact_id = h.pick(order["order_id"], "o1", None), h.pick(order["contact_id"], order["contact_id"], h.who())
    return {"refund_id": h.pick("r1", "r2", "r3"), "contact_id": contact_id, "order_id": order_id, "refunded_at": h.moment(), "amount": h.pick(3, 5)}


def _site_event(h: History) -> Values:
    name = h.pick("product_viewed", "product_viewed", "page_viewed", "cart_updated", "quote_requested", "signed_up")
    what = {"name": name, "url": h.random.choice(PAGES), "product_id": h.pick("p1", "p2")}
    return {"event_id": h.random.choice("abcdefgh"), "contact_id": h.who(), "occurred_at": h.moment(), **what}


def _message_event(h: History) -> Values:
    what = {"channel": h.pick("email", "sms"), "kind": h.pick("delivered", "opened", "clicked", "clicked", "replied"), "url": h.random.choice(PAGES)}
    return {"event_id": h.random.choice("abcdefgh"), "contact_id": h.who(), "occurred_at": h.moment(), **what}


def _consent(h: History) -> Values:
    given = {"basis": h.pick("opt_in", "existing_customer", "transactional"), "granted": h.pick(True, True, False)}
    return {"contact_id": h.who(), "channel": "email", "topic": h.pick("all", "newsletter", "promotions"), "occurred_at": h.moment(), **given}


def _registration(h: History) -> Values:
    what = {"event_id": "e", "status": h.pick("attended", "registered")}
    return {"registration_id": h.pick("g1", "g2", "g3"), "contact_id": h.who(), "registered_at": h.moment(), **what}


def _subscription(h: History) -> Values:
    started_at = h.moment()
    return {"subscription_id": h.pick("b1", "b2"), "contact_id": h.who(), "started_at": started_at, "renewed_at": h.later(started_at)}


ROWS: dict[str, Callable[[History], Values]] = {
    "contacts": _contact,
    "products": _product,
    "orders": _order,
    "order_lines": _line,
    "refunds": _refund,
    "sessions": lambda h: {"session_id": h.random.choice("abcdef"), "contact_id": h.pick(None, h.who()), "started_at": h.moment()},
    "site_events": _site_event,
    "message_events": _message_event,
    "consents": _consent,
    "contact_tags": lambda h: {"contact_id": h.who(), "tag": h.pick("hats", "vip"), "added_at": (since := h.moment()), "removed_at": h.later(since)},
    "calendar_events": lambda h: {"event_id": "e", "name": "Evening", "starts_at": (since := h.moment()), "ends_at": h.later(since)},
    "registrations": _registration,
    "subscriptions": _subscription,
    "custom_events": _custom_event,
}


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Warehouse, Warehouse]]:
    types = PROJECTS["Europe/Paris"].settings.attribute_types
    with memory_warehouse({}, types) as carried, memory_warehouse({}, types) as anew:
        yield carried, anew


@settings(max_examples=8)
@given(random=st.randoms(use_true_random=False), zone=st.sampled_from(sorted(PROJECTS)), season=st.sampled_from(["2026-03-28", "2026-10-24"]))
def test_facts_from_news_are_the_facts_from_history(pair: tuple[Warehouse, Warehouse], random: Random, zone: str, season: str) -> None:
    history = History(random, PROJECTS[zone], at(season, random.choice(["00:00", "06:00", "23:50"]), PROJECTS[zone]))
    for warehouse in pair:
        empty(warehouse, "facts")
    begin(history)
    compare(*pair, history)
    for _ in range(random.randint(1, 4)):
        go_on(history)
        compare(*pair, history)


def begin(history: History) -> None:
    history.topic = history.random.choice(TOPICS)
    known = {"created_at": None, "email": None, "locale": None, "attributes": None, "loaded_at": history.as_of, "corrected_at": None}
    history.rows["contacts"] = [{"contact_id": name, **known} for name in ("ada", "bo")]
    for _ in range(history.random.randint(5, 15)):
        history.load(history.random.choice(history.topic))


def go_on(history: History) -> None:
    history.previous, history.as_of = history.as_of, history.as_of + history.random.choice(GAPS)
    for _ in range(history.random.randint(0, 6)):
        history.load(history.random.choice(history.topic))
    for _ in range(history.pick(0, 0, 1, 2)):
        history.correct_any()


def compare(carried: Warehouse, anew: Warehouse, history: History) -> None:
    now = tick(history.project, history.as_of, history.previous)
    for warehouse in (carried, anew):
        history.fill(warehouse)
    anew.run("delete from facts.state")
    assert refresh_facts(carried, history.project, now, worthwhile=100).mode == ("incremental" if history.previous else "full")
    assert refresh_facts(anew, history.project, now).mode == "full"
    assert snapshot(carried) == snapshot(anew)
