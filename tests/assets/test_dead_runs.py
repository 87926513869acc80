"""A run whose process was killed does not keep Dagster waiting: it is failed by whoever comes next."""

import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.dead_runs import end_dead_runs
from pipelines.assets.in_process import history
from pipelines.assets.tags import PROCESS
from pipelines.settings import Project
from tests.assets.small_shop import Day

KILLED_RUN = Path(__file__).with_name("killed_run.py")


def statuses(project: Project) -> list[str]:
    """Return how the runs of *project* stand, oldest first."""
    with history(project) as instance:
        return [run.status.value for run in reversed(instance.get_runs())]


def test_the_next_run_ends_one_that_was_killed_and_finishes_its_tick(project: Project) -> None:
    assert subprocess.run([sys.executable, KILLED_RUN, project.root], check=False).returncode == -signal.SIGKILL
    assert statuses(project) == ["STARTED"]
    assert Day(project, recorded=True).daily().failed_checks == ()
    assert statuses(project) == ["FAILURE", "SUCCESS"]


@pytest.mark.parametrize(
    ("tags", "launched", "ended"),
    [({}, False, 0), ({}, True, 1), ({PROCESS: "1"}, True, 0)],
    ids=["launched by the Dagster that goes on", "launched by one that is gone", "of a process that lives"],
)
def test_only_what_is_dead_is_ended(project: Project, tags: dict[str, str], launched: bool, ended: int) -> None:
    with history(project) as instance:
        instance.add_run(dg.DagsterRun("daily", run_id="00000000-0000-0000-0000-000000000001", status=dg.DagsterRunStatus.STARTED, tags=tags))
        assert end_dead_runs(instance, launched=launched) == ended
