"""What the tests of sources share: a project with one source, ticks, and a load into a warehouse of its own."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from pipelines.settings import Project, Settings
from pipelines.sources.load import Load, load_source
from pipelines.ticks import Tick, local_day
from pipelines.warehouse.duckdb import Row, Warehouse

MONDAY = datetime(2026, 3, 2, 5)


def project_in(root: Path, *sources: dict[str, Any], zone: str = "Europe/Paris") -> Project:
    """Return a project whose folder is *root*; a source is a CSV file of orders but for what it says itself."""
    settings = {
        "project": {"name": "tests", "timezone": zone, "currency": "EUR", "locale": "fr"},
        "schedule": {"start": "2026-01-01"},
        "shop": {"name": "Shop", "url": "https://shop.example", "address": "1 rue du Port, Nantes", "email": "shop@shop.example"},
        "sources": [{"name": "orders", "table": "orders", "path": "*.csv", "format": "csv", **source} for source in sources or ({},)],
        "senders": [{"name": "files", "kind": "files", "channels": ["email"]}],
    }
    return Project(root=root, settings=Settings.model_validate(settings))


def tick_at(as_of: datetime, project: Project) -> Tick:
    return Tick(as_of, local_day(project, as_of), as_of + timedelta(days=1))


class Shop:
    """A project with one source, and the warehouse it is loaded into."""

    def __init__(self, warehouse: Warehouse, root: Path, source: dict[str, Any], zone: str) -> None:
        self.warehouse = warehouse
        self.root = root
        self.project = project_in(root, source, zone=zone)

    def write(self, name: str, text: str, encoding: str = "utf-8") -> None:
        (self.root / name).write_bytes(text.encode(encoding))

    def load(self, as_of: datetime = MONDAY, *, now: datetime | None = None) -> Load:
        return load_source(self.warehouse, self.project, self.project.settings.sources[0], tick_at(as_of, self.project), now=now)

    def rows(self, columns: str) -> list[Row]:
        """Return columns of the contract table, in order."""
        return self.warehouse.rows(f"select {columns} from raw.{self.project.settings.sources[0].table} order by all")

    def refused(self) -> list[Row]:
        """Return line and reason of every refused row, in order."""
        return self.warehouse.rows("select line, reason from raw.rejects order by file, line, reason")

    def contents(self, *, with_ticks: bool = True) -> list[list[Row]]:
        """Return everything a load writes, sorted, but for when files were last written."""
        tables = [f"raw.{self.project.settings.sources[0].table}", "raw.files", "raw.rejects", "raw.corrections", *(["raw.loads"] if with_ticks else [])]
        return [self.warehouse.rows(f"select columns(lambda c: c <> 'modified_ns') from {table} order by all") for table in tables]


class OpenShop(Protocol):
    """Opens a shop whose one source is a CSV file of orders but for what it is told."""

    def __call__(self, *, zone: str = ..., **source: Any) -> Shop: ...
