"""What the tests of facts share: a project, ticks, and rows put straight into raw tables as a load would leave them."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pipelines.settings import Project, Settings
from pipelines.ticks import Tick, local_day, to_utc
from pipelines.warehouse.duckdb import Warehouse

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


def project(zone: str = "Europe/Paris", **lead_score: Any) -> Project:
    """Return a project with the tests' lead score, or another one."""
    settings = {
        "project": {"name": "tests", "timezone": zone, "currency": "EUR", "locale": "fr"},
        "schedule": {"start": "2025-01-01"},
        "shop": {"name": "Shop", "url": "https://shop.example", "address": "1 rue Exemple", "email": "shop@shop.example"},
        "sources": [{"name": "orders", "table": "orders", "path": "orders.csv", "format": "csv"}],
        "senders": [{"name": "files", "kind": "files", "channels": ["email"]}],
        "lead_score": lead_score or {"initial": 3, "rules": RULES},
    }
    return Project(root=Path("anywhere"), settings=Settings.model_validate(settings))


def instant(project: Project, day: str, at: str = "00:00") -> datetime:
    """Return the instant of a local day and time, UTC without zone."""
    return to_utc(datetime.combine(date.fromisoformat(day), time.fromisoformat(at), project.settings.zone))


def tick(project: Project, as_of: datetime, previous: datetime | None = None) -> Tick:
    return Tick(as_of, local_day(project, as_of), as_of + timedelta(days=1), previous, local_day(project, previous) if previous else None)


def put(warehouse: Warehouse, table: str, loaded_at: datetime, *rows: dict[str, Any]) -> None:
    """Put rows into a raw table as loaded at *loaded_at*, unless they say when themselves."""
    full = [{"loaded_from": "tests", "loaded_at": loaded_at, **row} for row in rows]
    names = sorted(set().union(*full))
    warehouse.append(f"raw.{table}", names, [tuple(row.get(name) for name in names) for row in full])
