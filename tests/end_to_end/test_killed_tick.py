"""A process killed in the middle of any stage: the next run repairs it, and nothing shows that it ever happened."""

import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.sample.shop import write_day, write_history
from pipelines.settings import Project
from pipelines.settings_file import load_project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from pipelines.warehouse.schema import TABLES
from tests.end_to_end.killed_tick import STAGES

REPOSITORY = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("killed_tick.py")
COMPARED = [table.full_name for table in TABLES if table.full_name not in ("raw.files", "runs.schema", "calendar.days", "calendar.zone_offsets")]


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Project, Project]:
    """The same sample shop twice, after its first day."""
    root = tmp_path / "calm"
    for name in ("segments_sql", "scenarios", "mappings"):
        shutil.copytree(REPOSITORY / name, root / name)
    text = (REPOSITORY / "relance.toml").read_text(encoding="utf-8")
    (root / "relance.toml").write_text(_with_contacts(text, 120), encoding="utf-8")
    project = load_project(root)
    write_history(project)
    write_day(project, project.settings.sample.start)
    write_day(project, project.settings.sample.start + timedelta(days=1))
    assert _ticks(project, 0, "none") == ["0 none"]
    shutil.copytree(root, tmp_path / "killed")
    return project, load_project(tmp_path / "killed")


def test_a_tick_killed_in_every_stage_ends_as_one_that_was_not(twins: tuple[Project, Project]) -> None:
    calm, killed = twins
    assert _ticks(calm, 1, "none") == ["0 none"]
    assert _ticks(killed, 1, *STAGES, "none") == [*(f"{signal.SIGKILL:d} {stage}" for stage in STAGES), "0 none"]
    with open_warehouse(calm) as one, open_warehouse(killed) as other:
        assert _content(other) == _content(one)


def _ticks(project: Project, number: int, *stages: str) -> list[str]:
    """Run the tick of the sample's day *number* once for each stage, and return how each ended."""
    as_of = tick_of_day(project, project.settings.sample.start + timedelta(days=number))
    done = subprocess.run([sys.executable, SCRIPT, project.root, as_of.isoformat(), *stages], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def _content(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """Return rows and an order-free checksum of every table; wall clocks are not part of it."""
    return {table: warehouse.rows(f"select count(*), coalesce(sum(hash(t)), 0) from {table} t")[0] for table in COMPARED}


def _with_contacts(text: str, contacts: int) -> str:
    lines = text.splitlines()
    here = lines.index("[sample]")
    place = next(number for number in range(here, len(lines)) if lines[number].startswith("contacts"))
    lines[place] = f"contacts = {contacts}"
    return "\n".join(lines) + "\n"
