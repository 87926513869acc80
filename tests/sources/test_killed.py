"""A load killed anywhere and run again is as if it had run once."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import Project
from pipelines.sources.load import load_source
from pipelines.warehouse.duckdb import Row, open_warehouse
from tests.sources.shop import MONDAY, project_in, tick_at

HEADER = "order_id,contact_id,ordered_at,total\n"
KILLED = """
import os, signal, sys
from pipelines.settings import Project
from pipelines.sources.load import load_source
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from tests.sources.shop import MONDAY, tick_at

project, left = Project.model_validate_json(sys.argv[1]), int(sys.argv[2])
run = Warehouse._executed

def counted(warehouse, sql, parameters):
    global left
    for result in run(warehouse, sql, parameters):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        yield result

Warehouse._executed = counted
with open_warehouse(project) as warehouse:
    load_source(warehouse, project, project.settings.sources[0], tick_at(MONDAY, project))
print(int(sys.argv[2]) - left)
"""


def shop(root: Path) -> Project:
    root.mkdir()
    for name, day in (("a", 1), ("b", 2), ("c", 3)):
        (root / f"{name}.csv").write_text(f"{HEADER}{name}1,c1,2026-02-0{day},1\n{name}2,c2,2026-02-0{day},x\nshared,c{day},2026-02-01,{day}\n")
    return project_in(root, {"max_reject_rate": 0.5})


def start(project: Project, statements: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, project.model_dump_json(), str(statements)]
    return subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)


def contents(project: Project) -> list[list[Row]]:
    with open_warehouse(project) as warehouse:
        load_source(warehouse, project, project.settings.sources[0], tick_at(MONDAY, project))
        return [
            warehouse.rows(f"select columns(lambda c: c <> 'modified_ns') from raw.{table} order by all")
            for table in ("orders", "files", "rejects", "loads", "corrections")
        ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[list[Row]]]:
    """How many statements a load takes that nobody kills, and what it leaves."""
    project = shop(tmp_path_factory.mktemp("whole") / "shop")
    return int(start(project, 10**9).stdout), contents(project)


@pytest.mark.parametrize("share", [0.2, 0.45, 0.6, 0.75, 0.9])
def test_a_load_that_was_killed_is_finished_by_the_next(tmp_path: Path, whole: tuple[int, list[list[Row]]], share: float) -> None:
    killed = shop(tmp_path / "shop")
    assert start(killed, round(whole[0] * share)).returncode == -signal.SIGKILL
    assert contents(killed) == whole[1]
    assert not (tmp_path / "shop/.relance/reading").exists()
