"""Runs that a killed process left behind as going on: Dagster starts no other while one seems to."""

import os

import dagster as dg

from pipelines.assets.tags import PROCESS

GOING_ON = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
WORDS = "The process of this run is no more: it was killed, or the machine stopped. The next run finishes what it left."


def end_dead_runs(instance: dg.DagsterInstance, *, launched: bool = False) -> list[dg.DagsterRun]:
    """
    Mark the runs of the command line whose process is no more as failed, and return them.

    With *launched* those that Dagster itself launched count as dead too: only whoever starts Dagster knows that none of them lives.
    """
    dead = [run for run in instance.get_runs(dg.RunsFilter(statuses=GOING_ON)) if _is_dead(run, launched)]
    for run in dead:
        instance.report_run_failed(run, WORDS)
    return dead


def _is_dead(run: dg.DagsterRun, launched: bool) -> bool:
    if PROCESS not in run.tags:
        return launched
    process = int(run.tags[PROCESS])
    return process == os.getpid() or not _lives(process)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process, so there is one
        return True
    return True
