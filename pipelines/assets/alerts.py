"""Sensors that tell people when a run failed, or when it held something back. The command line tells of its own runs itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import dagster as dg

from pipelines.assets.notify import Alert, notify
from pipelines.assets.run import Wiring
from pipelines.assets.tags import DAILY, PARTITION, TRIGGER
from pipelines.settings import Project

RUNNING = dg.DefaultSensorStatus.RUNNING


def alert_sensors(wiring: Wiring) -> Sequence[dg.SensorDefinition]:
    """Return the sensor of failed runs, and that of daily runs in which a check failed."""

    @dg.run_failure_sensor(name="alert_on_failure", default_status=RUNNING, description="Tells the people of [alerts] when a run fails.")
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        if TRIGGER not in context.dagster_run.tags:
            alert = failure_alert(wiring.project, context.dagster_run, [reason(context.failure_event)], wiring.clock())
            notify(wiring.project, alert, live=wiring.live)

    @dg.run_status_sensor(
        name="alert_on_holds",
        run_status=dg.DagsterRunStatus.SUCCESS,
        default_status=RUNNING,
        description="Tells the people of [alerts] when a daily run held something back.",
    )
    def alert_on_holds(context: dg.RunStatusSensorContext) -> None:
        run = context.dagster_run
        records = context.instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
        failed = failed_checks(record.event_log_entry.asset_check_evaluation for record in records)
        if failed and run.job_name == DAILY and TRIGGER not in run.tags:
            notify(wiring.project, holds_alert(wiring.project, run, failed, wiring.clock()), live=wiring.live)

    return [alert_on_failure, alert_on_holds]


def failure_alert(project: Project, run: dg.DagsterRun, reasons: Sequence[str], at: datetime) -> Alert:
    return Alert(run.run_id, f"{project.settings.project.name}: the run {_name(run)} failed", "\n".join(filter(None, reasons)) or "see the run in Dagster", at)


def holds_alert(project: Project, run: dg.DagsterRun, failed: Sequence[str], at: datetime) -> Alert:
    return Alert(run.run_id, f"{project.settings.project.name}: the run {_name(run)} held something back", "\n".join(failed), at)


def failed_checks(evaluations: Iterable[dg.AssetCheckEvaluation | None]) -> list[str]:
    """Return the checks that failed as errors, in words."""
    return [
        f"{each.asset_key.to_user_string()}: {each.description or each.check_name}"
        for each in evaluations
        if each is not None and not each.passed and each.severity == dg.AssetCheckSeverity.ERROR
    ]


def reason(event: dg.DagsterEvent) -> str:
    """Return what made a run fail as the person who reads it wants it: our own words without the name of their class."""
    error = getattr(event.event_specific_data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return event.message or ""
    said = str(error.message).strip()
    name, _, words = said.partition(": ")
    return words if name.startswith("pipelines.errors.") else said


def _name(run: dg.DagsterRun) -> str:
    partition = run.tags.get(PARTITION)
    return f"`{run.job_name}` of {partition}" if partition else f"`{run.job_name}`"
