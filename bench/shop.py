"""The shop that is measured: a project without files, twelve scenarios, and days that bring what a load would bring."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.scenarios import model as m
from pipelines.scenarios.compile import compile_scenario
from pipelines.scenarios.compiled import Compiled
from pipelines.settings import Project, Settings
from pipelines.ticks import tick_of_day
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
ROOT = HERE.parent
FIRST_DAY = date(2026, 3, 2)
ZONES = ("Europe/Paris", "Europe/London", "America/Montreal")


def project(folder: Path) -> Project:
    """Return the measured project: the shipped segments, caps and lead score, a warehouse in *folder*."""
    settings = Settings.model_validate({
        "project": {"name": "bench", "timezone": "Europe/Paris", "currency": "EUR", "locale": "fr"},
        "schedule": {"start": str(FIRST_DAY)},
        "shop": {"name": "Bench", "url": "https://shop.example", "address": "1 Example Street", "email": "hello@shop.example"},
        "warehouse": {"path": str(folder / "warehouse.duckdb"), "memory_limit": "1GB", "threads": 2},
        "sources": [{"name": "orders", "table": "orders", "path": "none/*.csv", "format": "csv", "optional": True}],
        "senders": [{"kind": "files", "name": "files", "channels": ["email"]}],
        "caps": [{"name": "three_a_week", "at_most": 3, "per": "7 days", "clock": "rolling"}],
        "lead_score": {
            "threshold": 30,
            "rules": [{"activity": "product_viewed", "points": 2, "days": 30}, {"activity": "cart_updated", "points": 10, "days": 60}],
        },
        "params": _params(),
        "guards": {"min_entries": 10_000_000},
    })  # fmt: skip
    return Project(root=ROOT, settings=settings)


def _params() -> dict[str, float]:
    import tomllib

    return tomllib.loads((ROOT / "relance.toml").read_text(encoding="utf-8"))["params"]  # type: ignore[no-any-return]


def build_history(warehouse: Warehouse, contacts: int, years: float = 2) -> None:
    """Fill the raw tables with *years* of history of *contacts*."""
    today = tick_of_day(project(Path("/nowhere")), FIRST_DAY)
    warehouse.run(HERE / "world.sql", contacts=contacts, today=today, seconds=int(years * 365 * 86_400), per_contact=int(10 * years))
    ensure_zones(warehouse, ZONES)


def bring(warehouse: Warehouse, contacts: int, since: datetime, until: datetime) -> None:
    """Add what happened between two ticks."""
    warehouse.run(HERE / "day.sql", contacts=contacts, since=since, until=until)


def scenarios(count: int = 12) -> list[Compiled]:
    """Return *count* scenarios of about six nodes each: carts, sign-ups, orders, lapses, birthdays in turn."""
    triggers: Sequence[dict[str, object]] = (
        {"activity": "cart_updated", "where": "cart_value >= 50", "key": "cart_id", "settle": "1 hour"},
        {"activity": "signed_up"},
        {"activity": "order_placed"},
        {"segment": {"entered": "lapsed_customers"}},
        {"anniversary": "birth_date", "at": "09:00"},
        {"segment": {"entered": "unengaged"}},
    )
    return [compile_scenario(m.Scenario.model_validate(_scenario(number, triggers[number % len(triggers)]))) for number in range(count)]


def _scenario(number: int, trigger: dict[str, object]) -> dict[str, object]:
    first, second, third = (f"m{number}_{step}" for step in ("first", "second", "third"))
    arms = {"a": {"weight": 50, "steps": [{"wait": {"days": 2, "at": "10:00"}}]}, "b": {"weight": 50, "steps": [{"wait": "3 days"}]}}
    ladder = [
        {"if": {"clicked": first}, "steps": [{"exit": "interested"}]},
        {"if": {"did": {"activity": "product_viewed", "within": "3 days"}}, "steps": [{"wait": "12 hours"}]},
        {"else": [{"split": arms}]},
    ]
    answer = {"wait_for": {"clicked": first}, "timeout": f"{2 + number % 3} days", "then": [{"wait": "1 day"}], "else": [{"send": second}, {"wait": "5 days"}]}
    return {
        "scenario": f"scenario_{number}", "description": "measured", "owner": "bench@shop.example", "stage": "loyalty", "status": "live",
        "category": "marketing", "topic": "promotions", "priority": number % 100, "holdout": "5%",
        "trigger": trigger, "reentry": "after_exit" if trigger == {"activity": "order_placed"} else "per_key",
        "goal": {"activity": "order_placed", "within": "10 days"},
        "steps": [{"send": first}, answer, {"branch": ladder}, {"send": third}, {"wait": "10 days"}],
    }  # fmt: skip


def instants(days: int, first: date = FIRST_DAY) -> list[datetime]:
    """Return the instants of daily ticks from the day after *first*."""
    return [tick_of_day(project(Path("/nowhere")), first + timedelta(days=number)) for number in range(1, days + 1)]
