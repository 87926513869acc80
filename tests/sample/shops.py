"""Small sample shops for tests: the demo's own settings with fewer contacts, and their files read back as tables."""

import hashlib
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.sample.shop import write_day, write_history
from pipelines.settings import Project, SourceSettings
from pipelines.settings_file import load_project
from pipelines.warehouse.contract import CONTRACT

ROOT = Path(__file__).parents[2]
START = date(2026, 9, 14)
DAYS = 4


def shop_project(root: Path, *, contacts: int = 300, seed: int = 7, parquet: bool = False) -> Project:
    """Return the demo's project in folder *root*; with *parquet* every source is read from Parquet, which keeps types."""
    demo = load_project(ROOT)
    shutil.copytree(ROOT / "mappings", root / "mappings")
    sample = demo.settings.sample.model_copy(update={"contacts": contacts, "seed": seed, "start": START, "days": DAYS})
    sources = [_as_parquet(source) for source in demo.settings.sources] if parquet else demo.settings.sources
    return Project(root=root, settings=demo.settings.model_copy(update={"sample": sample, "sources": sources}))


def with_settings(project: Project, **changes: Any) -> Project:
    return project.model_copy(update={"settings": project.settings.model_copy(update=changes)})


def with_sample(project: Project, **changes: Any) -> Project:
    return with_settings(project, sample=project.settings.sample.model_copy(update=changes))


def only(project: Project, *tables: str) -> Project:
    """Return the project with the sources of these tables alone."""
    return with_settings(project, sources=[source for source in project.settings.sources if source.table in tables])


def demo_days() -> list[date]:
    return [START + timedelta(days=number) for number in range(DAYS)]


def write_all(project: Project) -> list[Path]:
    return [*write_history(project), *(path for day in demo_days() for path in write_day(project, day))]


def fingerprints(project: Project) -> dict[str, str]:
    """Return the SHA-256 of every file of the sample by its path."""
    paths = sorted((project.root / "sample_data").rglob("*.*"))
    return {str(path.relative_to(project.root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def read_back(project: Project) -> duckdb.DuckDBPyConnection:
    """Return a connection with a table per contract table of a Parquet shop; of rows with the same key the last file's stands."""
    connection = duckdb.connect()
    keys = {table.name: ", ".join(table.key) for table in CONTRACT}
    for source in project.settings.sources:
        files = sorted(str(path) for path in project.root.glob(source.path))
        connection.execute(
            f"""create table {source.table} as select * from read_parquet(?, filename = 'file')
            qualify row_number() over (partition by {keys[source.table]} order by file desc) = 1""",
            [files],
        )
    return connection


def _as_parquet(source: SourceSettings) -> SourceSettings:
    path = Path(source.path).with_suffix(".parquet").as_posix()
    return SourceSettings(name=source.name, table=source.table, path=path, format="parquet")
