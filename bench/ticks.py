"""Ticks of a large shop: prepare a warehouse with people in flight, then measure one daily and a few quarter-hour ticks."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bench import shop
from bench.measure import Cost, cost
from pipelines.facts.bought_together import refresh_bought_together
from pipelines.facts.refresh import refresh_facts
from pipelines.journeys.advance import advance
from pipelines.scenarios.compiled import Compiled
from pipelines.segments.build import build_segments
from pipelines.segments.files import SegmentFiles, read_segments
from pipelines.settings import Project
from pipelines.ticks import begin_tick
from pipelines.warehouse.duckdb import Warehouse, open_warehouse

QUARTER = timedelta(minutes=15)


def tick(
    warehouse: Warehouse, project: Project, segments: SegmentFiles, scenarios: list[Compiled], as_of: datetime, cadence: timedelta | None = None
) -> dict[str, Cost]:
    """Run the stages of one tick between load and hand-over; return what each cost."""
    opened = begin_tick(warehouse, project, as_of, started_at=as_of, cadence=cadence)
    assert opened is not None
    costs: dict[str, Cost] = {}
    with warehouse.at(as_of):
        with cost() as costs["facts"]:
            facts = refresh_facts(warehouse, project, opened)
        with cost() as costs["bought together"]:
            refresh_bought_together(warehouse, project, opened, in_use=True)
        with cost() as costs["segments"]:
            built = build_segments(warehouse, segments, opened)
        with cost() as costs["enter, advance, outbox"]:
            advance(warehouse, project, scenarios, opened, {})
    with cost() as costs["checkpoint"]:
        warehouse.checkpoint()
    if opened.previous and (facts.mode == "full" or any(segment.cause == "redefined" for segment in built)):
        sys.exit(f"{warehouse.path} was prepared by another version, whose facts or segments this tick counted anew: prepare it again")
    return costs


def prepare(folder: Path, contacts: int, years: float, days: int, count: int) -> None:
    """Write the history and play *days* daily ticks, so that people are on their way."""
    folder.mkdir(parents=True, exist_ok=True)
    project = shop.project(folder)
    scenarios = shop.scenarios(count)
    segments = read_segments(project).resting_without({name for scenario in scenarios for name in scenario.segments})
    with open_warehouse(project) as warehouse:
        shop.build_history(warehouse, contacts, years)
        instants = shop.instants(days)
        for since, until in zip(instants, [*instants[1:], instants[-1] + timedelta(days=1)], strict=True):
            costs = tick(warehouse, project, segments, scenarios, since)
            with cost() as costs["tidy, after the hand-over"]:
                warehouse.tidy()
            print(since, {stage: round(spent.cpu, 2) for stage, spent in costs.items()}, file=sys.stderr, flush=True)
            shop.bring(warehouse, contacts, since, until)
        warehouse.checkpoint()


def measure(folder: Path, contacts: int, days: int, count: int, quarters: int = 4) -> dict[str, object]:
    """Measure the next daily tick and then *quarters* quarter-hour ticks."""
    project = shop.project(folder)
    scenarios = shop.scenarios(count)
    segments = read_segments(project).resting_without({name for scenario in scenarios for name in scenario.segments})
    as_of = shop.instants(days)[-1] + timedelta(days=1)
    with open_warehouse(project) as warehouse:
        daily = tick(warehouse, project, segments, scenarios, as_of)
        with cost() as tidy:
            warehouse.tidy()
        peak = tidy.peak_mb
        short: list[float] = []
        stages: dict[str, float] = {}
        for _ in range(quarters):
            shop.bring(warehouse, contacts, as_of, as_of + QUARTER)
            as_of += QUARTER
            spent = tick(warehouse, project, segments, scenarios, as_of, QUARTER)
            short.append(sum(each.cpu for each in spent.values()))
            stages = {stage: round(each.cpu, 3) for stage, each in spent.items()}
        counts = dict(
            zip(
                ("orders", "sessions", "site_events", "message_events", "in_flight", "due"),
                warehouse.rows(Path(__file__).with_name("counts.sql"))[0],
                strict=True,
            )
        )
    return {
        "daily_cpu": {stage: round(spent.cpu, 2) for stage, spent in daily.items()}, "daily_total_cpu": round(sum(spent.cpu for spent in daily.values()), 2),
        "daily_total_wall": round(sum(spent.wall for spent in daily.values()), 2), "tidy_cpu": round(tidy.cpu, 2), "peak_mb": round(peak),
        "quarter_total_cpu": round(sorted(short)[len(short) // 2], 3), "quarter_cpu": stages, "rows": counts,
    }  # fmt: skip


if __name__ == "__main__":
    verb, folder, contacts, years, days, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6])
    if verb == "prepare":
        prepare(folder, contacts, years, days, count)
    else:
        print(json.dumps(measure(folder, contacts, days, count)))
