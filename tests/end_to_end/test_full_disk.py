"""A disk that is full: the run ends with words, nothing half-written stays, and the next run with room does it all."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.settings import Project
from pipelines.warehouse.duckdb import open_warehouse
from pipelines.warehouse.schema import TABLES
from tests.assets.small_shop import write_shop

SCRIPT = Path(__file__).with_name("full_disk.py")
DAY = "2026-03-02"
ROOMS = {"before the history": 600_000, "in the middle": 3_000_000}
COMPARED = [table.full_name for table in TABLES if table.full_name not in ("raw.files", "runs.schema", "runs.ticks")]


@dataclass(frozen=True)
class Ran:
    """A shop after its runs, and how each one ended: its code, and what it said."""

    shop: Project
    ended: list[tuple[int, str]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """One shop whose run has room, and for each of ROOMS one that runs short of it and then has it."""
    runs = {"calm": [0], **{name: [room, 0] for name, room in ROOMS.items()}}
    shops = {name: write_shop(tmp_path_factory.mktemp("full") / "shop") for name in runs}
    words = [str(word) for name, rooms in runs.items() for room in rooms for word in (room, shops[name].root)]
    done = subprocess.run([sys.executable, SCRIPT, DAY, *words], capture_output=True, text=True, check=True)
    ended = [tuple(each) for each in json.loads(done.stdout)]
    return {name: Ran(shops[name], [ended.pop(0) for _ in rooms]) for name, rooms in runs.items()}


def content(project: Project) -> dict[str, object]:
    with open_warehouse(project) as warehouse:
        return {table: sorted(map(str, warehouse.rows(f"from {table}"))) for table in COMPARED}


@pytest.mark.parametrize("when", ROOMS)
def test_a_full_disk_is_named_and_leaves_nothing_behind(ran: dict[str, Ran], when: str) -> None:
    (code, said), then = ran[when].ended
    assert code == 1
    assert "cannot be written" in said
    assert "hint: " in said
    assert "Traceback" not in said
    assert then[0] == 0, then[1]
    assert ran["calm"].ended[0][0] == 0
    assert content(ran[when].shop) == content(ran["calm"].shop)
