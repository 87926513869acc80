"""Audience passes killed with SIGKILL: a platform that reads the files in order has exactly who is meant, and is told nothing twice."""

import signal
from collections import Counter
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from pipelines.audiences import hand_over as room
from pipelines.settings import Project
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import open_warehouse
from tests.audiences.told import agreed, ask, files, lines, members, platform, tell
from tests.chaos.one_pass import Death, arrange, dying
from tests.journeys.world import World, settings, utc

PROCESSES = get_context("forkserver")
FIRST = "2026-01-05 06:00"
DEATHS = [Death("after draft", 2), Death("after the commit of tell", 1), Death("after note", 1), Death("after publish", 1)]


def project_in(root: Path) -> Project:
    return Project(root=root, settings=settings(audiences={"buyers": {"platform": "csv", "topic": "promotions"}}))


def killed_pass(root: Path, now: datetime, death: Death) -> None:
    """Make a pass that dies at its moment: either side of its commit, after a file is drafted, after it is noted as published, or after it has its name."""
    come = dying(death)
    arrange(come)
    for name in ("draft", "note", "publish"):
        setattr(room, name, telling(getattr(room, name), f"after {name}", come))
    project = project_in(root)
    with open_warehouse(project) as warehouse:
        tell(World(warehouse, project), now)


def telling(function: Any, point: str, come: Any) -> Any:
    @wraps(function)
    def told(*arguments: Any) -> Any:
        done = function(*arguments)
        come(point)
        return done

    return told


@pytest.mark.parametrize("death", DEATHS, ids=["all drafted", "all decided", "removes noted", "removes published"])
def test_whatever_is_killed_the_platform_has_who_is_meant_and_is_told_nothing_twice(tmp_path: Path, death: Death) -> None:
    project = project_in(tmp_path)
    with open_warehouse(project) as warehouse:
        ensure_zones(warehouse, ["Europe/Paris"])
        world = World(warehouse, project)
        for number in range(6):
            agreed(world, f"c{number}")
        for number in range(4):
            ask(world, "add", f"c{number}")
        tell(world, FIRST)
        for number, action in ((0, "remove"), (1, "remove"), (4, "add"), (5, "add")):
            ask(world, action, f"c{number}", "2026-01-06 06:00")
    process = PROCESSES.Process(target=killed_pass, args=(tmp_path, utc("2026-01-06 06:00") + timedelta(minutes=1), death))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with open_warehouse(project) as warehouse:
        world = World(warehouse, project)
        tell(world, "2026-01-06 07:00")
        assert members(world) == ["c2", "c3", "c4", "c5"]
        assert platform(world) == {sha256(f"{who}@shop.example".encode()).hexdigest() for who in members(world)}
        told = Counter((name.split("-")[2], tuple(line.values())) for name in files(world) for line in lines(world, name))
        assert set(told.values()) == {1}
        assert len(told) == 8
