"""A whole tick, stage by stage, without a scheduler: for tests, benchmarks and replays. The assets call the same stages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipelines.facts.bought_together import refresh_bought_together
from pipelines.facts.refresh import refresh_facts
from pipelines.journeys.advance import Advanced, advance
from pipelines.journeys.holds import holds
from pipelines.segments.build import build_segments
from pipelines.settings import Project
from pipelines.sources.load import load_all
from pipelines.ticks import Tick, begin_tick
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import Warehouse
from pipelines.workbench.files_run import keep_files
from pipelines.workbench.project_files import ProjectFiles


def run_tick(
    warehouse: Warehouse, project: Project, files: ProjectFiles, as_of: datetime, *, cadence: timedelta | None = None, send: bool = True
) -> list[Advanced]:
    """
    Run the tick at *as_of* (UTC) up to the outbox and commit it; an empty list when it was committed before.

    Nothing here reads the clock: the tick's own instant stands for when it began.
    """
    tick = begin_tick(warehouse, project, as_of, started_at=as_of, send=send, cadence=cadence)
    if tick is None:
        return []
    load_all(warehouse, project, tick)
    ensure_zones(warehouse, zones_in_use(warehouse, project))
    keep_files(warehouse, files.texts, as_of)
    advanced = _decide(warehouse, project, files, tick)
    warehouse.tidy()
    return advanced


def rehearse(warehouse: Warehouse, project: Project, files: ProjectFiles, ticks: Sequence[datetime]) -> None:
    """Run *ticks* (UTC) in a *warehouse* of its own as if nothing new came in: what only time, and the files, bring."""
    ensure_zones(warehouse, zones_in_use(warehouse, project))
    for as_of in ticks:
        tick = begin_tick(warehouse, project, as_of, started_at=as_of)
        if tick is not None:
            _decide(warehouse, project, files, tick)


def _decide(warehouse: Warehouse, project: Project, files: ProjectFiles, tick: Tick) -> list[Advanced]:
    with warehouse.at(tick.as_of):
        refresh_facts(warehouse, project, tick)
        refresh_bought_together(warehouse, project, tick, in_use=files.ask_what_is_bought_together)
        build_segments(warehouse, files.segments, tick)
        held = files.unusable | holds(warehouse, project, files.compiled, files.segments, tick)
        return advance(warehouse, project, files.compiled, tick, held)


def zones_in_use(warehouse: Warehouse, project: Project) -> set[str]:
    """Return the zones local time is asked for in: the project's and the contacts'."""
    return {project.settings.project.timezone, *(row[0] for row in warehouse.rows("select distinct timezone from raw.contacts where timezone is not null"))}
