"""Thresholds of the shipped segments, as their tests set them, and a project to put segment files in."""

from datetime import date
from pathlib import Path
from typing import Mapping

from pipelines.settings import LeadScoreSettings, Project, ProjectSettings, ScheduleSettings, Settings, ShopSettings, SourceSettings
from senders.files import FilesSettings

ROOT = Path(__file__).parents[2]
LEAD_SCORE_THRESHOLD = 30
PARAMS: dict[str, int | float] = {
    "hot_product_views": 3,
    "hot_clicks": 2,
    "loyal_orders": 3,
    "lapsed_days": 90,
    "lapsed_gaps": 1.5,
    "birthday_days": 7,
    "price_sensitive_orders": 2,
    "price_sensitive_share": 0.5,
    "early_adopter_days": 30,
    "early_adopter_products": 2,
    "bulk_quantity": 10,
    "bulk_items_per_order": 20,
    "seasonal_orders": 2,
    "replenishment_orders": 3,
    "replenishment_late_days": 30,
    "unengaged_messages": 10,
}


def project_in(root: Path, params: Mapping[str, int | float] | None = None) -> Project:
    """Return a project whose folder is *root*."""
    return Project(
        root=root,
        settings=Settings(
            project=ProjectSettings(name="shop", timezone="Europe/Paris", currency="EUR"),
            schedule=ScheduleSettings(start=date(2026, 3, 1)),
            shop=ShopSettings(name="Shop", url="https://shop.example", address="1 rue du Port, Nantes", email="shop@shop.example"),
            sources=[SourceSettings(name="orders", table="orders", path="orders.csv", format="csv")],
            senders=[FilesSettings(kind="files", name="files", channels=["email"])],
            params=dict(PARAMS if params is None else params),
            lead_score=LeadScoreSettings(threshold=LEAD_SCORE_THRESHOLD),
        ),
    )
