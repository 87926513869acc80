"""The one relational step of a tick: it moves everybody in every scenario and makes all scenario assets and the outbox."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.assets.keys import BOUGHT_TOGETHER, sources_of
from pipelines.assets.outbox import CHECKS, outbox_result, outbox_spec
from pipelines.assets.run import Run, Wiring
from pipelines.assets.scenarios import scenario_checks, scenario_names, scenario_results, scenario_spec
from pipelines.assets.stage import Result, Stage, key
from pipelines.errors import TickRefused
from pipelines.facts.sources import behind_activities, behind_facts
from pipelines.journeys.advance import advance
from pipelines.journeys.holds import holds
from pipelines.segments.build import drop_missing_segments
from pipelines.ticks import Tick
from pipelines.workbench.files_run import keep_files

HERE = Path(__file__).parent


def journeys_stage(wiring: Wiring) -> Stage:
    """Return the stage that commits the tick. Whoever selects one scenario in Dagster runs them all: caps make them compete."""
    names = scenario_names(wiring)
    specs = [*(scenario_spec(wiring, name) for name in names), outbox_spec(_deps(wiring))]
    checks = [*(check for name in names for check in scenario_checks(name)), *CHECKS]

    def work(run: Run) -> Iterator[Result]:
        if run.tick is not None:
            _advance(run, run.tick)
        yield from scenario_results(run)
        yield outbox_result(run)

    return Stage("advance_scenarios", specs, work, checks)


def _deps(wiring: Wiring) -> set[dg.AssetKey]:
    """
    Return what the outbox comes from: scenarios, every source and segment that none of them reads, and what is bought together.

    Messages may speak about those, and the tick must not be committed before they are there.
    """
    compiled = wiring.files.compiled
    read = behind_facts(wiring.project.settings) | behind_activities({name for each in compiled for name in each.activities})
    read |= {table for each in compiled for table in each.tables}
    others = sources_of(wiring.project, {source.table for source in wiring.project.settings.sources} - read)
    unread = set(wiring.files.segments.names) - {name for each in compiled for name in each.segments}
    return {*(key("scenarios", name) for name in scenario_names(wiring)), *(key("segments", name) for name in unread), *others, BOUGHT_TOGETHER}


def _advance(run: Run, tick: Tick) -> None:
    files, warehouse = run.files, run.warehouse
    _refuse_half_a_tick(run)
    keep_files(warehouse, files.texts, run.as_of)
    with warehouse.at(run.as_of):
        drop_missing_segments(warehouse, files.segments, tick)
        held = files.unusable | holds(warehouse, run.project, files.compiled, files.segments, tick)
        advance(warehouse, run.project, files.compiled, tick, held)
    with warehouse.transaction():
        warehouse.run("update runs.ticks set finished_at = $now where as_of = $as_of", now=run.now(), as_of=run.as_of)
    warehouse.checkpoint()


def _refuse_half_a_tick(run: Run) -> None:
    """A person may ask Dagster for scenarios alone: without this tick's rows and segments they would decide on yesterday's."""
    warehouse, as_of = run.warehouse, run.as_of
    loaded = {name for (name,) in warehouse.rows("select source from raw.loads where as_of = $as_of", as_of=as_of)}
    built = {name for (name,) in warehouse.rows("select segment from segments.sizes where as_of = $as_of", as_of=as_of)}
    counted = bool(warehouse.value("select 1 from facts.state where as_of = $as_of", as_of=as_of))
    missing = [f"source {source.name}" for source in run.project.settings.sources if source.name not in loaded]
    missing += [] if counted else ["facts"]
    missing += [] if _knows_what_is_bought_together(run) else ["what is bought together"]
    missing += [f"segment {name}" for name in run.files.segments.names if name not in built]
    if missing:
        raise TickRefused(
            f"this tick lacks {', '.join(missing[:5])}{' and more' if missing[5:] else ''}\n  hint: run the job `daily`, which does everything in order"
        )


def _knows_what_is_bought_together(run: Run) -> bool:
    return not run.files.ask_what_is_bought_together or bool(run.warehouse.value("select 1 from facts.together_state where day = $day", day=run.day))
