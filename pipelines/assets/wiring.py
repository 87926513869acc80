"""A project as Dagster definitions."""

from collections.abc import Mapping
from pathlib import Path

import dagster as dg

from pipelines.assets import described
from pipelines.assets.alerts import alert_sensors
from pipelines.assets.audiences import audiences_stage
from pipelines.assets.bought_together import bought_together_stage
from pipelines.assets.demo_mark import is_demo
from pipelines.assets.facts import facts_stage
from pipelines.assets.jobs import hand_over_job, partitions, quarter_hour_job
from pipelines.assets.journeys import journeys_stage
from pipelines.assets.results import results_stage
from pipelines.assets.run import Clock, Wiring, run_resource
from pipelines.assets.schedules import schedules
from pipelines.assets.segments import segment_stages
from pipelines.assets.senders import senders_stage
from pipelines.assets.sources import file_specs, source_stages
from pipelines.assets.stage import Stage, asset_of, key
from pipelines.assets.tags import DAILY, LIVE, REPORTS, REPORTS_PORT
from pipelines.errors import BadFiles
from pipelines.settings import FILE_NAME, Project
from pipelines.workbench.project_files import read_files


def wiring_of(project: Project, clock: Clock, environment: Mapping[str, str]) -> Wiring:
    """Return what every run of *project* is given: its files as they are now, and what the *environment* says about where it runs."""
    reports = environment.get(REPORTS) or f"http://127.0.0.1:{REPORTS_PORT}"
    return Wiring(project, read_files(project), clock, environment.get(LIVE) == "live", reports.rstrip("/"))


def stages_of(wiring: Wiring) -> list[Stage]:
    """Return every stage of a tick, in order."""
    sources, segments = source_stages(wiring), segment_stages(wiring)
    facts = [facts_stage(wiring), bought_together_stage(wiring)]
    return [*sources, *facts, *segments, journeys_stage(wiring), senders_stage(wiring), audiences_stage(wiring), results_stage(wiring)]


def definitions_of(wiring: Wiring) -> dg.Definitions:
    """Return assets, checks, jobs, schedules and sensors of a project. Bad files are among them as assets that say what is wrong; nothing is opened."""
    days, stages = partitions(wiring.project), stages_of(wiring)
    daily = dg.define_asset_job(DAILY, dg.AssetSelection.all(), description="The tick of a day: load, facts, segments, scenarios, outbox, hand over, report.")
    return dg.Definitions(
        assets=[*file_specs(wiring.project), *(asset_of(stage, days) for stage in stages if stage.specs)],
        jobs=[daily, quarter_hour_job(stages), hand_over_job(wiring)],
        schedules=schedules(wiring.project, wiring.clock, running=not is_demo(wiring.project)),
        sensors=alert_sensors(wiring),
        resources={"run": run_resource(wiring)},
        # One process writes to the warehouse: steps run one after the other in the process of the run.
        executor=dg.in_process_executor,
    )


def definitions_without(root: Path, bad: BadFiles) -> dg.Definitions:
    """Return one asset that says what is wrong with the settings, and fails."""

    @dg.asset(
        key=key("settings", "relance_toml"), group_name="settings", kinds={"toml"},
        description=f"The settings cannot be used.\n\n{described.code('text', str(bad))}",
        metadata={"dagster/code_references": described.from_file(root / FILE_NAME, next((problem.line for problem in bad.problems if problem.line), 1))},
    )  # fmt: skip
    def relance_toml() -> None:
        raise dg.Failure(str(bad), allow_retries=False)

    return dg.Definitions(assets=[relance_toml], executor=dg.in_process_executor)
