"""A project to put segment files in."""

from datetime import date
from pathlib import Path
from typing import Mapping

from pipelines.settings import Project, ProjectSettings, ScheduleSettings, Settings, ShopSettings, SourceSettings
from senders.files import FilesSettings

ROOT = Path(__file__).parents[2]


def project_in(root: Path, params: Mapping[str, int | float]) -> Project:
    """Return a project whose folder is *root*."""
    return Project(
        root=root,
        settings=Settings(
            project=ProjectSettings(name="shop", timezone="Europe/Paris", currency="EUR"),
            schedule=ScheduleSettings(start=date(2026, 3, 1)),
            shop=ShopSettings(name="Shop", url="https://shop.example", address="1 rue du Port, Nantes", email="shop@shop.example"),
            sources=[SourceSettings(name="orders", table="orders", path="orders.csv", format="csv")],
            senders=[FilesSettings(kind="files", name="files", channels=["email"])],
            params=dict(params),
        ),
    )
