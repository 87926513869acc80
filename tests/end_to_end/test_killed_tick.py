"""A process killed in the middle of any stage: the next run repairs it, and nothing shows that it ever happened."""

import shutil
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.sample.shop import write_day, write_history
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from pipelines.warehouse.schema import TABLES

REPOSITORY = Path(__file__).parents[2]
ONE_TICK = Path(__file__).with_name("one_tick.py")
KILLS = [("load", 1), ("load", 9), ("facts", 1), ("segments", 1), ("segments", 8), ("walk", 1), ("outbox", 1), ("commit", 1)]
COMPARED = [table.full_name for table in TABLES if table.full_name not in ("raw.files", "runs.schema", "calendar.days", "calendar.zone_offsets")]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("shop")
    for name in ("segments_sql", "scenarios", "mappings"):
        shutil.copytree(REPOSITORY / name, root / name)
    text = (REPOSITORY / "relance.toml").read_text(encoding="utf-8")
    (root / "relance.toml").write_text(_with_contacts(text, 120), encoding="utf-8")
    project = load_project(root)
    write_history(project)
    write_day(project, project.settings.sample.start)
    write_day(project, project.settings.sample.start + timedelta(days=1))
    return project


@pytest.fixture
def twins(shop: Project, tmp_path: Path) -> tuple[Project, Project]:
    first, second = tmp_path / "calm", tmp_path / "killed"
    shutil.copytree(shop.root, first)
    shutil.copytree(shop.root, second)
    return load_project(first), load_project(second)


def test_a_tick_killed_in_every_stage_ends_as_one_that_was_not(twins: tuple[Project, Project]) -> None:
    calm, killed = twins
    first, second = (_instant(calm, number) for number in (0, 1))
    for as_of in (first, second):
        assert _tick(calm, as_of) == 0
    assert _tick(killed, first) == 0
    for stage, times in KILLS:
        assert _tick(killed, second, stage, times) == -signal.SIGKILL, f"not killed in {stage}"
    assert _tick(killed, second) == 0
    with open_warehouse(calm) as one, open_warehouse(killed) as other:
        assert _content(other) == _content(one)


def _instant(project: Project, number: int) -> datetime:
    day: date = project.settings.sample.start + timedelta(days=number)
    return tick_of_day(project, day)


def _tick(project: Project, as_of: datetime, stage: str = "none", times: int = 1) -> int:
    return subprocess.run([sys.executable, ONE_TICK, project.root, as_of.isoformat(), stage, str(times)], check=False).returncode


def _content(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """Return rows and an order-free checksum of every table; wall clocks are not part of it."""
    return {table: warehouse.rows(f"select count(*), coalesce(sum(hash(t)), 0) from {table} t")[0] for table in COMPARED}


def _with_contacts(text: str, contacts: int) -> str:
    lines = text.splitlines()
    here = lines.index("[sample]")
    place = next(number for number in range(here, len(lines)) if lines[number].startswith("contacts"))
    lines[place] = f"contacts = {contacts}"
    return "\n".join(lines) + "\n"
