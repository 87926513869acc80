"""Sensors that tell people when a run failed, or when it held something back. The command line tells of its own runs itself."""

from collections.abc import Iterable, Sequence

import dagster as dg

from pipelines.assets.notify import Alert, notify
from pipelines.assets.run import Wiring
from pipelines.assets.tags import DAILY, PARTITION, TRIGGER

RUNNING = dg.DefaultSensorStatus.RUNNING


def alert_sensors(wiring: Wiring) -> Sequence[dg.SensorDefinition]:
    """Return the sensor of failed runs, and that of daily runs in which a check failed."""

    @dg.run_failure_sensor(name="alert_on_failure", default_status=RUNNING, description="Tells the people of [alerts] when a run fails.")
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        if TRIGGER not in context.dagster_run.tags:
            _tell(wiring, failure_alert(wiring, context.dagster_run, [context.failure_event]))

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
            _tell(wiring, holds_alert(wiring, run, failed))

    return [alert_on_failure, alert_on_holds]


def failure_alert(wiring: Wiring, run: dg.DagsterRun, events: Iterable[dg.DagsterEvent]) -> Alert:
    words = "\n".join(dict.fromkeys(said for event in events if (said := reason(event))))
    return Alert(run.run_id, f"{wiring.project.settings.project.name}: the run {_name(run)} failed", words or "see the run in Dagster", wiring.clock())


def holds_alert(wiring: Wiring, run: dg.DagsterRun, failed: Sequence[str]) -> Alert:
    return Alert(run.run_id, f"{wiring.project.settings.project.name}: the run {_name(run)} held something back", "\n".join(failed), wiring.clock())


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


def _tell(wiring: Wiring, alert: Alert) -> None:
    notify(wiring.project, alert, live=wiring.live)
