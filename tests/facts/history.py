"""What the tests of facts share: a project, ticks, and rows put straight into raw tables as a load would leave them."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from pipelines.settings import Project, Settings
from pipelines.ticks import Tick, local_day, to_utc
from pipelines.warehouse import emptying
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.schema import OWN, TABLES

Row = tuple[str, dict[str, Any]]
SHOP = "https://shop.example"
NUMBERS = count()
RULES = [
    {"activity": "page_viewed", "url": "%/pricing%", "points": 10, "days": 3},
    {"activity": "message_clicked", "points": 5, "days": 30},
    {"activity": "order_placed", "points": -1, "days": 365},
    {"activity": "order_shipped", "points": 7, "days": 10},
    {"activity": "attended", "points": 4, "days": 20},
    {"activity": "subscription_renewed", "points": 6, "days": 40},
    {"activity": "custom.demo", "points": 2, "days": 90},
    {"activity": "tagged", "points": 1, "days": 30},
]


ATTRIBUTES = {
    "room": {"activity": ["message_clicked", "message_replied"], "where": "url is not null", "value": "split_part(url, 'shop.example', 2)"},
    "shoe": {"activity": "custom.demo", "value": "props ->> 'shoe'", "type": "number"},
    "parcel": {"activity": "order_shipped", "value": "occurred_at", "type": "date"},
    "club": {"type": "boolean"},
}


@dataclass(frozen=True)
class Case:
    """Rows loaded by the tick before and by this one, what this one corrects, and what is expected of `ada` then."""

    expect: dict[str, Any]
    before: list[Row] = field(default_factory=list)
    after: list[Row] = field(default_factory=list)
    correct: tuple[str, dict[str, Any]] | None = None
    """Table whose rows are corrected, and the new values."""
    of: tuple[str, ...] = ("ada",)
    """Contacts whose earlier facts the correction changes, as a load says."""


def project(zone: str = "Europe/Paris", attributes: dict[str, Any] | None = None, **lead_score: Any) -> Project:
    """Return a project with the tests' lead score, or another one; without attributes, or with these."""
    settings = {
        "project": {"name": "tests", "timezone": zone, "currency": "EUR", "locale": "fr"},
        "schedule": {"start": "2025-01-01"},
        "shop": {"name": "Shop", "url": SHOP, "address": "1 rue Exemple", "email": "shop@shop.example"},
        "sources": [{"name": "orders", "table": "orders", "path": "orders.csv", "format": "csv"}],
        "senders": [{"name": "files", "kind": "files", "channels": ["email"]}],
        "lead_score": lead_score or {"initial": 3, "rules": RULES},
        "attributes": attributes or {},
    }
    return Project(root=Path("anywhere"), settings=Settings.model_validate(settings))


PARIS = project()


def at(day: str, clock: str = "12:00", shop: Project = PARIS) -> datetime:
    """Return the instant of a local day and time, UTC without zone."""
    return to_utc(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), shop.settings.zone))


def tick(shop: Project, as_of: datetime, previous: datetime | None = None) -> Tick:
    return Tick(as_of, local_day(shop, as_of), as_of + timedelta(days=1), previous, local_day(shop, previous) if previous else None)


def load(warehouse: Warehouse, loaded_at: datetime, *rows: Row) -> None:
    """Put rows into raw tables as loaded at *loaded_at*, unless they say when themselves."""
    for name in {table for table, _ in rows}:
        full = [{"loaded_from": "tests", "loaded_at": loaded_at, **row} for table, row in rows if table == name]
        columns = sorted(set().union(*full))
        warehouse.append(f"raw.{name}", columns, [tuple(row.get(column) for column in columns) for row in full])


def snapshot(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """Return every row of the facts that people read."""
    return {view: warehouse.records(f"select * from facts.{view} order by 1, 2") for view in ("contacts", "interests", "channels", "attributes")} | {
        "unread": warehouse.records("select * from facts.unread_answers order by all")
    }


def empty(warehouse: Warehouse, schema: str) -> None:
    """Empty the tables of `raw` or of `facts`."""
    emptying.empty(warehouse, (table.full_name for table in (TABLES if schema == "raw" else OWN) if table.schema == schema))


def contact(contact_id: str, **more: Any) -> Row:
    return "contacts", {"contact_id": contact_id, **more}


def order(order_id: str, ordered_at: datetime, total: str = "10", **more: Any) -> Row:
    return "orders", {"order_id": order_id, "contact_id": "ada", "ordered_at": ordered_at, "total": Decimal(total), **more}


def line(order_id: str, product: str | None = "p1", quantity: str = "1", line_no: int = 1) -> Row:
    return "order_lines", {"order_id": order_id, "line_no": line_no, "product_id": product, "quantity": Decimal(quantity), "unit_price": 5}


def refund(order_id: str | None, refunded_at: datetime, amount: str = "4") -> Row:
    row = {"refund_id": f"r{next(NUMBERS)}", "contact_id": "ada", "order_id": order_id}
    return "refunds", {**row, "refunded_at": refunded_at, "amount": Decimal(amount)}


def card(product: str, category: str | None, since: datetime | None = None, url: str = "") -> Row:
    return "products", {"product_id": product, "category": category, "url": url or f"{SHOP}/{product}", "valid_from": since or at("2025-01-01")}


def seen(occurred_at: datetime, name: str = "product_viewed", **more: Any) -> Row:
    return "site_events", {"event_id": f"s{next(NUMBERS)}", "contact_id": "ada", "occurred_at": occurred_at, "name": name, **more}


def answer(occurred_at: datetime, kind: str = "clicked", channel: str = "email", **more: Any) -> Row:
    row = {"event_id": f"m{next(NUMBERS)}", "contact_id": "ada", "channel": channel}
    return "message_events", {**row, "occurred_at": occurred_at, "kind": kind, **more}


def visit(started_at: datetime, contact_id: str = "ada") -> Row:
    return "sessions", {"session_id": f"v{next(NUMBERS)}", "contact_id": contact_id, "started_at": started_at}


def tag(name: str, added_at: datetime, removed_at: datetime | None = None, contact_id: str = "ada") -> Row:
    return "contact_tags", {"contact_id": contact_id, "tag": name, "added_at": added_at, "removed_at": removed_at}


def consent(occurred_at: datetime, topic: str = "newsletter", *, granted: bool = True, channel: str = "email", basis: str = "opt_in") -> Row:
    row = {"contact_id": "ada", "channel": channel, "topic": topic, "basis": basis}
    return "consents", {**row, "granted": granted, "occurred_at": occurred_at}
