"""A stretch of the Online Retail export, day by day: who crosses ninety days enters the win-back that day, and only then."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.settings import Project
from pipelines.ticks import days, tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from pipelines.workbench.project_files import read_files
from pipelines.workbench.replay import run_tick
from tests.projects.online_retail.replay import CROSSING, numbers, play
from tests.projects.real_data import real_project

REPOSITORY = Path(__file__).parents[3]
BEFORE, FIRST, LAST = date(2011, 6, 23), date(2011, 6, 24), date(2011, 6, 30)
COMPARED = (
    "facts.contacts",
    "segments.members",
    "segments.changes",
    "segments.sizes",
    "journeys.enrolments",
    "journeys.positions",
    "journeys.endings",
    "journeys.decisions",
    "outbox.messages",
    "results.scenarios",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return real_project("online_retail", "online_retail/*.parquet", tmp_path_factory.mktemp("replay") / "online_retail")


@pytest.fixture(scope="module")
def entered(project: Project) -> Iterator[tuple[Warehouse, dict[date, int]]]:
    with open_warehouse(project) as warehouse:
        yield warehouse, dict(play(warehouse, project, days(BEFORE, LAST)))


def test_the_win_back_enters_who_crosses_ninety_days_day_by_day(entered: tuple[Warehouse, dict[date, int]]) -> None:
    _, found = entered
    assert found.pop(BEFORE) == 0, "members at the first publication trigger nobody"
    assert found == {day: CROSSING[day] for day in days(FIRST, LAST)}


def test_the_segment_has_the_reference_size(entered: tuple[Warehouse, dict[date, int]]) -> None:
    warehouse, _ = entered
    assert numbers(warehouse) == (2960, 8802, 1357, 988, 991)


def test_a_full_refund_makes_no_big_spender(entered: tuple[Warehouse, dict[date, int]]) -> None:
    warehouse, _ = entered
    spenders = {row[0] for row in warehouse.rows("select contact_id from segments.members where segment = 'big_spenders'")}
    assert "14646" in spenders
    assert "12346" not in spenders


def test_a_tick_run_twice_changes_nothing(entered: tuple[Warehouse, dict[date, int]], project: Project) -> None:
    warehouse, _ = entered
    before = _tables(warehouse)
    assert run_tick(warehouse, project, read_files(project), tick_of_day(project, LAST + timedelta(days=1)), send=False) == []
    assert _tables(warehouse) == before


def test_day_by_day_and_from_scratch_give_identical_tables(entered: tuple[Warehouse, dict[date, int]], tmp_path: Path) -> None:
    warehouse, _ = entered
    again = real_project("online_retail", "online_retail/*.parquet", tmp_path / "online_retail")
    for reference in days(BEFORE, LAST):
        with open_warehouse(again) as other:
            list(play(other, again, [reference]))
    with open_warehouse(again) as other:
        assert _tables(other) == _tables(warehouse)


def test_one_command_for_three_days_and_day_by_day_give_identical_tables(tmp_path: Path) -> None:
    one, daily = (real_project("online_retail", "online_retail/*.parquet", tmp_path / name) for name in ("one", "daily"))
    ticks = [BEFORE + timedelta(days=number) for number in (1, 2, 3)]
    command = ["run", "--from", str(ticks[0]), "--to", str(ticks[-1]), "--no-send", "--project", str(one.root)]
    done = subprocess.run([sys.executable, "-m", "pipelines.cli", *command], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for day in ticks:
        with open_warehouse(daily) as warehouse:
            list(play(warehouse, daily, [day - timedelta(days=1)]))
    with open_warehouse(one) as together, open_warehouse(daily) as apart:
        assert _tables(together) == _tables(apart)
        assert apart.value("select count(*) from journeys.enrolments") == CROSSING[FIRST] + CROSSING[FIRST + timedelta(days=1)]


def _tables(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """Return rows and an order-free checksum per table."""
    return {table: warehouse.rows(f"select count(*), coalesce(sum(hash(t)), 0) from {table} t")[0] for table in COMPARED}
