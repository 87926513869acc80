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
CONTACTS = ["ada", "bo", "cy", "stranger"]
PRODUCTS = ["p1", "p2", "p3"]
PAGES = ["https://shop.example/a", "https://shop.example/a?utm=1", "https://shop.example/b", "https://shop.example/pricing", None]
GAPS = [timedelta(minutes=15), timedelta(minutes=15), timedelta(hours=3), timedelta(days=1), timedelta(days=1), timedelta(days=2), timedelta(days=20), timedelta(days=100), timedelta(days=400)]
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

    def moment(self) -> datetime:
        """Return an instant near one that matters: the tick, the one before, or a day on which a window begins."""
        day = local_day(self.project, self.random.choice([self.as_of, self.previous or self.as_of]))
        edge = start_of_day(self.project, day - timedelta(days=self.random.choice(EDGES)))
        anchor = self.random.choice([self.as_of, self.previous or self.as_of, edge, edge, edge + timedelta(days=1)])
        return anchor + self.random.choice([timedelta(0), timedelta(seconds=-1), timedelta(hours=-5), timedelta(hours=7), timedelta(days=25)])

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
        "order_id": f"o{next(h.numbers) % 7}", "contact_id": h.perhaps(h.contact()) or h.contact(), "ordered_at": at, "total": h.random.choice([0, 10, 25]),
        "coupon_code": h.perhaps("HELLO"), "shipped_at": h.perhaps(h.moment()), "cancelled_at": h.random.choice([None, None, at + timedelta(days=2), h.moment()]),
    }  # fmt: skip


MAKERS: dict[str, Callable[[History], dict[str, Any]]] = {
    "contacts": lambda h: {"contact_id": h.random.choice(CONTACTS[:3]), "created_at": h.perhaps(h.moment()), "email": h.perhaps("a@b.c"), "locale": h.perhaps("en"), "country": h.perhaps("FR")},
    "products": lambda h: {"product_id": h.random.choice(PRODUCTS), "valid_from": h.moment(), "category": h.random.choice(["hats", "shoes", None]), "url": h.random.choice(PAGES)},
    "orders": _order,
    "order_lines": lambda h: {"order_id": f"o{h.random.randrange(7)}", "line_no": h.random.randrange(2), "product_id": h.random.choice([*PRODUCTS, None]), "quantity": h.random.choice([-1, 1, 2.5, 7]), "unit_price": 1},
    "refunds": lambda h: {"refund_id": f"r{next(h.numbers) % 5}", "contact_id": h.contact(), "order_id": h.perhaps(f"o{h.random.randrange(7)}"), "refunded_at": h.moment(), "amount": h.random.choice([3, 5])},
    "sessions": lambda h: {"session_id": f"v{next(h.numbers) % 9}", "contact_id": h.perhaps(h.contact()), "started_at": h.moment()},
    "site_events": lambda h: {
        "event_id": f"s{next(h.numbers) % 12}", "contact_id": h.contact(), "occurred_at": h.moment(), "url": h.random.choice(PAGES), "product_id": h.random.choice(PRODUCTS),
        "name": h.random.choice(["product_viewed", "product_viewed", "page_viewed", "cart_updated", "quote_requested", "signed_up"]),
    },
    "message_events": lambda h: {
        "event_id": f"m{next(h.numbers) % 12}", "contact_id": h.contact(), "channel": h.random.choice(["email", "sms"]), "occurred_at": h.moment(), "url": h.random.choice(PAGES),
        "kind": h.random.choice(["delivered", "opened", "clicked", "clicked", "replied"]),
    },
    "consents": lambda h: {
        "contact_id": h.contact(), "channel": h.random.choice(["email", "sms"]), "topic": h.random.choice(["all", "newsletter", "promotions"]), "occurred_at": h.moment(),
        "basis": h.random.choice(["opt_in", "existing_customer", "transactional"]), "granted": h.random.choice([True, True, False]),
    },
    "contact_tags": lambda h: {"contact_id": h.contact(), "tag": h.random.choice(["hats", "vip"]), "added_at": h.moment(), "removed_at": h.perhaps(h.moment())},
    "calendar_events": lambda h: {"event_id": "e1", "name": "Evening", "starts_at": h.moment(), "ends_at": h.perhaps(h.moment())},
    "registrations": lambda h: {"registration_id": f"g{next(h.numbers) % 4}", "event_id": "e1", "contact_id": h.contact(), "registered_at": h.moment(), "status": h.random.choice(["attended", "registered"])},
    "subscriptions": lambda h: {"subscription_id": f"b{next(h.numbers) % 4}", "contact_id": h.contact(), "started_at": h.moment(), "renewed_at": h.perhaps(h.moment())},
    "custom_events": lambda h: {"event_id": f"x{next(h.numbers) % 5}", "contact_id": h.contact(), "occurred_at": h.moment(), "name": h.random.choice(["demo", "other"])},
}  # fmt: skip


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
    for number in range(random.randint(2, 5)):
        _happen(history, first=number == 0)
        _compare(*pair, history)


def _happen(history: History, *, first: bool) -> None:
    random = history.random
    if not first:
        history.previous, history.as_of = history.as_of, history.as_of + random.choice(GAPS)
    for _ in range(random.randint(0, 40 if first else 12)):
        history.load(random.choice(sorted(MAKERS)))
    for _ in range(0 if first else random.choice([0, 0, 1, 3])):
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
