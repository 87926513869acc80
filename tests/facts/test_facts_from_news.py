"""Facts carried on tick after tick from the news alone are the facts counted from the whole history."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.facts.refresh import refresh_facts
from pipelines.settings import Project
from pipelines.ticks import local_day, start_of_day
from pipelines.warehouse.contract import CONTRACT
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.schema import OWN
from tests.facts.history import instant, project, put, tick

PROJECTS = {zone: project(zone) for zone in ("Europe/Paris", "America/New_York", "Asia/Kathmandu", "Europe/London")}
KEYS = {table.name: table.key for table in CONTRACT}
CONTACTS = ["ada", "ada", "bo", "cy"]
PRODUCTS = ["p1", "p2"]
PAGES = ["https://shop.example/a", "https://shop.example/a?utm=1", "https://shop.example/b", "https://shop.example/pricing", None]
TOPICS = [
    ["orders", "orders", "order_lines", "refunds"], ["orders", "orders", "order_lines", "order_lines", "products"], ["orders", "subscriptions", "custom_events", "contacts"],
    ["site_events", "products", "sessions"], ["message_events", "products"], ["contact_tags", "message_events"], ["registrations", "calendar_events", "contacts"], ["consents", "orders"],
]  # fmt: skip
GAPS = [timedelta(minutes=15), timedelta(hours=3), timedelta(days=1), timedelta(days=1), timedelta(days=2), timedelta(days=20), timedelta(days=100), timedelta(days=400)]
EDGES = [1, 2, 3, 9, 10, 11, 29, 30, 31, 40, 89, 90, 91, 179, 180, 181, 364, 365, 366]
MILESTONES = {"status", "shipped_at"}


@dataclass
class History:
    """Rows as a shop would load them, tick by tick: new, late, ahead of their time, corrected."""

    random: Random
    project: Project
    as_of: datetime
    previous: datetime | None = None
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {table.name: [] for table in CONTRACT})
    corrections: set[tuple[str, str, datetime]] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=count)
    topic: list[str] = field(default_factory=list)

    def moment(self) -> datetime:
        """Return an instant that matters: around the tick or the one before, soon, or around the beginning of a window."""
        day = local_day(self.project, self.random.choice([self.as_of, self.previous or self.as_of]))
        edge = start_of_day(self.project, day - timedelta(days=self.random.choice(EDGES)))
        anchor = self.random.choice([self.as_of, self.previous or self.as_of, edge])
        return anchor + self.random.choice([timedelta(0), timedelta(seconds=-1), timedelta(hours=-5), timedelta(minutes=5), timedelta(hours=7), timedelta(days=1)])

    def later(self, at: datetime) -> datetime | None:
        """Return an instant that is filled in for something that happened at *at*: after it, mostly yet to come."""
        return self.random.choice([None, at + timedelta(hours=1), self.as_of + timedelta(minutes=5), self.as_of + timedelta(hours=20), self.moment()])

    def perhaps(self, value: Any) -> Any:
        return self.random.choice([None, value])

    def contact(self) -> str:
        return self.random.choice(CONTACTS)

    def load(self, table: str) -> None:
        """Load one row, or correct the one that has its key already."""
        row = MAKERS[table](self)
        same = [old for old in self.rows[table] if all(old[key] == row[key] for key in KEYS[table])]
        if same:
            self.correct(table, same[0], row)
        else:
            self.rows[table].append({"loaded_at": self.as_of, "corrected_at": None, **row})

    def correct(self, table: str, row: dict[str, Any], values: dict[str, Any]) -> None:
        changed = {name for name in values if row[name] != values[name]}
        before = self.contacts_of(table, row)
        row.update(values)
        if changed:
            row["corrected_at"] = self.as_of
        if changed - (MILESTONES if table == "orders" else set()):
            self.corrections |= {(contact, table, self.as_of) for contact in before | self.contacts_of(table, row) if contact}

    def contacts_of(self, table: str, row: dict[str, Any]) -> set[Any]:
        if table == "order_lines":
            return {order["contact_id"] for order in self.rows["orders"] if order["order_id"] == row["order_id"]}
        return {row.get("contact_id"), row.get("referrer_id")}

    def correct_any(self) -> None:
        table = self.random.choice([name for name in MAKERS if self.rows[name]] or [""])
        if table:
            row, made = self.random.choice(self.rows[table]), MAKERS[table](self)
            names = self.random.sample(sorted(set(made) - set(KEYS[table])), k=1)
            self.correct(table, row, {name: made[name] for name in names})

    def fill(self, warehouse: Warehouse) -> None:
        """Make the raw tables what the loads so far have left."""
        for table, rows in self.rows.items():
            warehouse.run(f"delete from raw.{table}")
            put(warehouse, table, self.as_of, *rows)
        warehouse.run("delete from raw.corrections")
        warehouse.append("raw.corrections", ["contact_id", "contract", "loaded_at"], sorted(self.corrections))


def _order(h: History) -> dict[str, Any]:
    at = h.moment()
    return {
        "order_id": f"o{next(h.numbers) % 5}", "contact_id": h.perhaps(h.contact()) or h.contact(), "ordered_at": at, "total": h.random.choice([0, 10, 25]),
        "coupon_code": h.perhaps("HELLO"), "shipped_at": h.later(at), "cancelled_at": h.perhaps(h.later(at)),
    }  # fmt: skip


def _refund(h: History) -> dict[str, Any]:
    order = h.random.choice(h.rows["orders"] or [{"contact_id": "ada", "order_id": "o4"}])
    contact, order_id = h.random.choice([order["contact_id"], order["contact_id"], "bo"]), h.random.choice([order["order_id"], f"o{h.random.randrange(5)}", None])
    return {"refund_id": f"r{next(h.numbers) % 4}", "contact_id": contact, "order_id": order_id, "refunded_at": h.moment(), "amount": h.random.choice([3, 5])}


def _site_event(h: History) -> dict[str, Any]:
    name = h.random.choice(["product_viewed", "product_viewed", "page_viewed", "cart_updated", "quote_requested", "signed_up"])
    page, product = h.random.choice(PAGES), h.random.choice(PRODUCTS)
    return {"event_id": f"s{next(h.numbers) % 8}", "contact_id": h.contact(), "occurred_at": h.moment(), "name": name, "url": page, "product_id": product}


def _message_event(h: History) -> dict[str, Any]:
    channel, kind = h.random.choice(["email", "sms"]), h.random.choice(["delivered", "opened", "clicked", "clicked", "replied"])
    return {"event_id": f"m{next(h.numbers) % 8}", "contact_id": h.contact(), "channel": channel, "occurred_at": h.moment(), "kind": kind, "url": h.random.choice(PAGES)}


def _consent(h: History) -> dict[str, Any]:
    topic, basis = h.random.choice(["all", "newsletter", "promotions"]), h.random.choice(["opt_in", "existing_customer", "transactional"])
    return {"contact_id": h.contact(), "channel": "email", "topic": topic, "basis": basis, "granted": h.random.choice([True, True, False]), "occurred_at": h.moment()}


def _product(h: History) -> dict[str, Any]:
    return {"product_id": h.random.choice(PRODUCTS), "valid_from": h.moment(), "category": h.random.choice(["hats", "shoes", None]), "url": h.random.choice(PAGES)}


def _line(h: History) -> dict[str, Any]:
    order_id, line_no = f"o{h.random.randrange(5)}", h.random.randrange(2)
    return {"order_id": order_id, "line_no": line_no, "product_id": h.random.choice([*PRODUCTS, None]), "quantity": h.random.choice([-1, 1, 2.5, 7]), "unit_price": 1}


def _registration(h: History) -> dict[str, Any]:
    return {"registration_id": f"g{next(h.numbers) % 4}", "event_id": "e1", "contact_id": h.contact(), "registered_at": h.moment(), "status": h.random.choice(["attended", "registered"])}


MAKERS: dict[str, Callable[[History], dict[str, Any]]] = {
    "contacts": lambda h: {"contact_id": h.random.choice(CONTACTS), "created_at": h.perhaps(h.moment()), "email": h.perhaps("a@b.c"), "locale": h.perhaps("en")},
    "products": _product,
    "orders": _order,
    "order_lines": _line,
    "refunds": _refund,
    "sessions": lambda h: {"session_id": f"v{next(h.numbers) % 6}", "contact_id": h.perhaps(h.contact()), "started_at": h.moment()},
    "site_events": _site_event,
    "message_events": _message_event,
    "consents": _consent,
    "contact_tags": lambda h: {"contact_id": h.contact(), "tag": h.random.choice(["hats", "vip"]), "added_at": (at := h.moment()), "removed_at": h.later(at)},
    "calendar_events": lambda h: {"event_id": "e1", "name": "Evening", "starts_at": (at := h.moment()), "ends_at": h.later(at)},
    "registrations": _registration,
    "subscriptions": lambda h: {"subscription_id": f"b{next(h.numbers) % 4}", "contact_id": h.contact(), "started_at": (at := h.moment()), "renewed_at": h.later(at)},
    "custom_events": lambda h: {"event_id": f"x{next(h.numbers) % 5}", "contact_id": h.contact(), "occurred_at": h.moment(), "name": h.random.choice(["demo", "other"])},
}


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Warehouse, Warehouse]]:
    with memory_warehouse() as carried, memory_warehouse() as anew:
        yield carried, anew


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False), zone=st.sampled_from(sorted(PROJECTS)), season=st.sampled_from(["2026-03-28", "2026-10-24"]))
def test_facts_from_news_are_the_facts_from_history(pair: tuple[Warehouse, Warehouse], random: Random, zone: str, season: str) -> None:
    shop = PROJECTS[zone]
    history = History(random, shop, instant(shop, season, random.choice(["00:00", "06:00", "23:50"])))
    for warehouse in pair:
        _forget(warehouse)
    _begin(history)
    _compare(*pair, history)
    for _ in range(random.randint(1, 5)):
        _go_on(history)
        _compare(*pair, history)


def _begin(history: History) -> None:
    history.topic = history.random.choice(TOPICS)
    history.rows["contacts"] = [{"contact_id": name, "created_at": None, "email": None, "locale": None, "loaded_at": history.as_of, "corrected_at": None} for name in ("ada", "bo")]
    for _ in range(history.random.randint(5, 15)):
        history.load(history.random.choice(history.topic))


def _go_on(history: History) -> None:
    history.previous, history.as_of = history.as_of, history.as_of + history.random.choice(GAPS)
    for _ in range(history.random.randint(0, 6)):
        history.load(history.random.choice(history.topic))
    for _ in range(history.random.choice([0, 0, 1, 2])):
        history.correct_any()


def _compare(carried: Warehouse, anew: Warehouse, history: History) -> None:
    now = tick(history.project, history.as_of, history.previous)
    for warehouse in (carried, anew):
        history.fill(warehouse)
    anew.run("delete from facts.state")
    assert refresh_facts(carried, history.project, now, worthwhile=100).mode == ("incremental" if history.previous else "full")
    assert refresh_facts(anew, history.project, now).mode == "full"
    for view in ("contacts", "interests", "channels"):
        assert _rows(carried, view) == _rows(anew, view)


def _rows(warehouse: Warehouse, view: str) -> list[dict[str, Any]]:
    return warehouse.records(f"select * from facts.{view} order by 1, 2")


def _forget(warehouse: Warehouse) -> None:
    for table in OWN:
        if table.schema == "facts":
            warehouse.run(f"delete from {table.full_name}")
