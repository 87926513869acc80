"""A disk that is full: the run ends with words, nothing half-written stays, and the next run with room does it all."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.settings import Project
from pipelines.warehouse.duckdb import open_warehouse
from pipelines.warehouse.schema import TABLES
from tests.assets.small_shop import write_shop

DAY = "2026-03-02"
COMPARED = [table.full_name for table in TABLES if table.full_name not in ("raw.files", "runs.schema", "runs.ticks")]


def run(project: Project, room: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the day in a process of its own in which no file may grow beyond *room* bytes."""
    command = [sys.executable, "-m", "pipelines.cli", "run", "--date", DAY, "--project", str(project.root)]
    return subprocess.run(command, check=False, capture_output=True, text=True, preexec_fn=_limited(room) if room else None)  # noqa: PLW1509


def _limited(room: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


def content(project: Project) -> dict[str, object]:
    with open_warehouse(project) as warehouse:
        return {table: sorted(map(str, warehouse.rows(f"from {table}"))) for table in COMPARED}


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a run that has room leaves."""
    project = write_shop(tmp_path_factory.mktemp("calm") / "shop")
    assert run(project).returncode == 0
    return content(project)


@pytest.mark.parametrize("room", [600_000, 3_000_000], ids=["before the history", "in the middle"])
def test_a_full_disk_is_named_and_leaves_nothing_behind(tmp_path: Path, calm: dict[str, object], room: int) -> None:
    full = write_shop(tmp_path / "shop")
    short = run(full, room)
    assert short.returncode == 1
    assert "cannot be written" in short.stderr + short.stdout
    assert "hint: " in short.stderr + short.stdout
    assert "Traceback" not in short.stderr
    assert run(full).returncode == 0
    assert content(full) == calm
