"""A run whose process was killed does not keep Dagster waiting: it is failed by whoever comes next."""

import logging
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._daemon.monitoring.run_monitoring import check_run_timeout

from pipelines.assets.dead_runs import end_dead_runs
from pipelines.assets.in_process import end_and_tell, history
from pipelines.assets.tags import CLI, DEMO, PROCESS, TRIGGER
from pipelines.settings import Project
from tests.assets.small_shop import Day
from tests.assets.webhook import heard

KILLED_RUN = Path(__file__).with_name("killed_run.py")


def statuses(project: Project) -> list[str]:
    """Return how the runs of *project* stand, oldest first."""
    with history(project) as instance:
        return [run.status.value for run in reversed(instance.get_runs())]


def left(instance: dg.DagsterInstance, **tags: str) -> str:
    """Leave a run behind as going on and return its id."""
    run = dg.DagsterRun("daily", run_id="00000000-0000-0000-0000-000000000001", status=dg.DagsterRunStatus.STARTED, tags=tags)
    return instance.add_run(run).run_id


def test_the_next_run_ends_one_that_was_killed_tells_people_and_finishes_its_tick(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert subprocess.run([sys.executable, KILLED_RUN, project.root], check=False).returncode == -signal.SIGKILL
    assert statuses(project) == ["STARTED"]
    with heard(monkeypatch) as told:
        assert Day(project, recorded=True).daily().failed_checks == ()
    assert [words.partition(":")[0] for words in told] == ["lilas"]
    assert told[0].startswith("lilas: the run `daily` of 2026-03-02 failed\nThe process of this run is no more")
    assert statuses(project) == ["FAILURE", "SUCCESS"]


@pytest.mark.parametrize(
    ("tags", "launched", "ended"),
    [({}, False, 0), ({}, True, 1), ({PROCESS: "1"}, True, 0)],
    ids=["launched by the Dagster that goes on", "launched by one that is gone", "of a process that lives"],
)
def test_only_what_is_dead_is_ended(project: Project, tags: dict[str, str], launched: bool, ended: int) -> None:
    with history(project) as instance:
        left(instance, **tags)
        assert len(end_dead_runs(instance, launched=launched)) == ended


@pytest.mark.parametrize(
    ("tags", "told"), [({TRIGGER: CLI}, 1), ({TRIGGER: DEMO}, 0), ({}, 0)], ids=["the command line's", "the demo's", "told of by the sensor"]
)
def test_people_are_told_of_dead_runs_that_nobody_else_tells_of(project: Project, monkeypatch: pytest.MonkeyPatch, tags: dict[str, str], told: int) -> None:
    with history(project) as instance, heard(monkeypatch) as words:
        left(instance, **tags)
        assert end_and_tell(project, instance, datetime(2026, 3, 2), live=False, launched=True) == []
    assert len(words) == told


def test_a_dagster_that_goes_on_ends_a_run_that_has_gone_on_for_half_a_day(project: Project) -> None:
    with history(project) as instance:
        record = instance.get_run_record_by_id(left(instance))
        assert record is not None
        ages_ago = record._replace(start_time=1.0)
        check_run_timeout(instance, ages_ago, logging.getLogger("monitoring"), float(instance.run_monitoring_max_runtime_seconds))
    assert statuses(project) == ["FAILURE"]
