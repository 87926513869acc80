"""Runs a job in this process: the same job that the schedule starts, in the same history."""

import os
import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from pipelines.assets.alerts import failed_checks, failure_alert, holds_alert, reason
from pipelines.assets.dead_runs import WORDS, end_dead_runs
from pipelines.assets.home import prepare_home
from pipelines.assets.notify import Alert, notify
from pipelines.assets.run import Clock
from pipelines.assets.tags import CLI, DAILY, DEMO, PARTITION, PROCESS, TRIGGER
from pipelines.assets.wiring import definitions_of, wiring_of
from pipelines.errors import RelanceError
from pipelines.settings import Project

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Outcome:
    """What became of a run: why it failed, the checks that failed although the rest went on, and the numbers each asset showed."""

    run_id: str
    success: bool
    failures: tuple[str, ...]
    failed_checks: tuple[str, ...]
    numbers: Mapping[str, Mapping[str, int]]


class Runner:
    """The jobs of one project. Made once for many runs: reading the files takes as long as a small run."""

    def __init__(self, project: Project, clock: Clock, environment: Mapping[str, str]) -> None:
        warnings.filterwarnings("ignore", category=dg.BetaWarning)
        self.home = prepare_home(project)
        self.wiring = wiring_of(project, clock, environment)
        self.definitions = definitions_of(self.wiring)

    def run(self, job: str, tags: Mapping[str, str]) -> Outcome:
        """Run *job* and return what became of it; the people of [alerts] are told where the run failed or held something back."""
        with _history_writable(self.home), history(self.wiring.project) as instance, _history_kept_open(self.home):
            untold = end_and_tell(self.wiring.project, instance, self.wiring.clock(), live=self.wiring.live)
            outcome = self.run_in(instance, job, {**tags, PROCESS: str(os.getpid())})
            return replace(outcome, failures=(*outcome.failures, *untold))

    def run_in(self, instance: dg.DagsterInstance, job: str, tags: Mapping[str, str]) -> Outcome:
        """Do the same in a history that may be another than the project's."""
        result = self.definitions.resolve_job_def(job).execute_in_process(
            instance=instance, tags=dict(tags), partition_key=tags.get(PARTITION), run_config=QUIET, raise_on_error=False
        )
        run = instance.get_run_by_id(result.run_id)
        assert run is not None
        failures = [*dict.fromkeys(reason(each) for each in result.all_events if each.is_failure)]
        checks = failed_checks(result.get_asset_check_evaluations())
        untold = self._tell(run, failures, checks) if tags.get(TRIGGER) != DEMO else []
        return Outcome(result.run_id, result.success, (*failures, *untold), tuple(checks), _numbers(result))

    def _tell(self, run: dg.DagsterRun, failures: list[str], checks: list[str]) -> list[str]:
        """Tell people of what went wrong; return why they could not be told."""
        project, now = self.wiring.project, self.wiring.clock()
        if failures:
            return _told(project, failure_alert(project, run, failures, now), live=self.wiring.live)
        if checks and run.job_name == DAILY:
            return _told(project, holds_alert(project, run, checks, now), live=self.wiring.live)
        return []


def end_and_tell(project: Project, instance: dg.DagsterInstance, now: datetime, *, live: bool, launched: bool = False) -> list[str]:
    """
    End the runs that a killed process left behind as going on, and return why people could not be told of them.

    They are told of those of the command line, which would have told of its failure itself had it lived. *launched*: see `end_dead_runs`.
    """
    dead = [run for run in end_dead_runs(instance, launched=launched) if run.tags.get(TRIGGER) == CLI]
    return [words for run in dead for words in _told(project, failure_alert(project, run, [WORDS], now), live=live)]


def _told(project: Project, alert: Alert, *, live: bool) -> list[str]:
    try:
        notify(project, alert, live=live)
    except RelanceError as error:
        return [str(error)]
    return []


def history(project: Project) -> dg.DagsterInstance:
    """Return the instance that holds the runs of *project*, to be closed."""
    return dg.DagsterInstance.from_config(str(prepare_home(project)))


def _numbers(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, int]]:
    made = [each.step_materialization_data.materialization for each in result.get_asset_materialization_events()]
    return {
        each.asset_key.to_user_string(): {
            name: value.value for name, value in each.metadata.items() if isinstance(value, dg.IntMetadataValue) and value.value is not None
        }
        for each in made
    }


@contextmanager
def _history_writable(home: Path) -> Iterator[None]:
    """Name the folder where the history of runs could not be written, as on a full disk."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        said = error.orig if isinstance(error, OperationalError) else error
        raise RelanceError(f"{home}: the history of runs cannot be written ({said})\n  hint: is there room on the disk? then run again") from None


@contextmanager
def _history_kept_open(home: Path) -> Iterator[None]:
    """
    Keep a connection to each file of the history while a run writes its hundreds of events, one connection and commit each.

    SQLite folds its log into the file whenever the last connection closes: without this, and the pragma below, a run of 44
    assets waited for the disk 1,700 times, and took 1.8 times the CPU and 4 times as long.
    """
    with ExitStack() as open_files:
        for path in sorted(home.rglob("*.db")):
            connection = open_files.enter_context(closing(sqlite3.connect(path)))
            connection.execute("select count(*) from sqlite_master").fetchone()
        yield


@event.listens_for(Engine, "connect")
def _wait_less_for_the_disk(connection: Any, record: Any) -> None:
    """A power cut may cost the history its last events, never its file; what was sent is in the warehouse and the journal."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal").close()
