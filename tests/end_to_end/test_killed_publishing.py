"""A daily run killed while its report is written or the read copy is published: nobody reads half of it, and the next run repairs it."""

import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.assets.in_process import Outcome
from pipelines.assets.tags import NOW
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import Warehouse, open_read_copy, open_warehouse
from pipelines.warehouse.schema import TABLES
from tests.assets.small_shop import Day, write_shop
from tests.end_to_end.killed_publishing import MOMENTS

SCRIPT = Path(__file__).with_name("killed_publishing.py")
COMPARED = [table.full_name for table in TABLES if table.full_name not in ("raw.files", "calendar.days", "calendar.zone_offsets")]


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Project, Project]:
    """The same shop twice, after its first day."""
    first = write_shop(tmp_path / "calm" / "shop")
    assert Day(first).daily().success
    second = tmp_path / "killed" / "shop"
    shutil.copytree(first.root, second)
    return first, load_project(second)


def test_a_run_killed_while_it_tells_people_ends_as_one_that_was_not(twins: tuple[Project, Project]) -> None:
    calm, killed = twins
    done = subprocess.run([sys.executable, SCRIPT, killed.root, *MOMENTS], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{signal.SIGKILL:d} {moment}" for moment in MOMENTS]
    assert copied(killed) == copied(calm), "the read copy of the day before is whole until the next one is in its place"
    assert all(page.endswith(b"</html>") for page in told(killed).values())
    assert Day(calm, 1).daily().success
    assert an_hour_later(killed).success
    assert content(killed) == content(calm)
    assert copied(killed) == copied(calm)
    assert told(killed) == told(calm), "also the page of the day before, of which a message was handed over by the killed run"
    assert sent(killed) == sent(calm)
    assert not list(killed.state_folder.rglob("*.draft*"))


def an_hour_later(project: Project) -> Outcome:
    day = Day(project, 1)
    return day.daily(**{NOW: (day.as_of + timedelta(hours=1)).isoformat()})


def rows(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """Return rows and an order-free checksum of every table; the clock of these runs stands still."""
    return {table: warehouse.rows(f"select count(*), coalesce(sum(hash(t)), 0) from {table} t")[0] for table in COMPARED}


def content(project: Project) -> dict[str, tuple[int, int]]:
    with open_warehouse(project) as warehouse:
        return rows(warehouse)


def copied(project: Project) -> dict[str, object]:
    with open_read_copy(project) as warehouse:
        return {**rows(warehouse), "as_of": warehouse.value("select as_of()")}


def told(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.state_folder / "reports").iterdir()}


def sent(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.state_folder / "outgoing").rglob("*.eml")}
