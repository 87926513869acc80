"""From what somebody does to the message in the maildir: quarter-hour ticks of a sample shop through Dagster, with a sign-up and a cart every minute."""

import json
import os
import statistics
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from bench.framework import sample
from pipelines.assets.in_process import Runner
from pipelines.assets.tags import AS_OF, DAILY, NOW, PARTITION, QUARTER_HOUR
from pipelines.sample.shop import write_day
from pipelines.settings import Project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import open_warehouse

HERE = Path(__file__).parent
DAYS = 2
FIRST, TICKS, QUARTER = timedelta(hours=4), 12, timedelta(minutes=15)
"""Ticks begin four hours after the daily one, when every window is open."""


def main(folder: Path, contacts: int) -> dict[str, dict[str, float]]:
    """Return, by scenario, the minutes from the activity to the message handed over; of a tick, the seconds until its last message is."""
    project = sample(folder, contacts)
    days = [project.settings.sample.start + timedelta(days=number) for number in range(DAYS)]
    runner = Runner(project, lambda: tick_of_day(project, days[-1]) + FIRST + TICKS * QUARTER, os.environ)
    for day in days:
        write_day(project, day)
        run(runner, DAILY, tick_of_day(project, day), {PARTITION: str(day)})
    begin = tick_of_day(project, days[-1]) + FIRST
    with open_warehouse(project) as warehouse, warehouse.at(tick_of_day(project, days[-1])):
        people = [contact for (contact,) in warehouse.rows(HERE / "lag_contacts.sql")]
    took: dict[datetime, float] = {}
    for number in range(1, TICKS + 1):
        as_of = begin + number * QUARTER
        visit(project, as_of - QUARTER, people[(number - 1) * 30 : number * 30])
        took[as_of] = run(runner, QUARTER_HOUR, as_of, {AS_OF: as_of.isoformat()})
    with open_warehouse(project) as warehouse:
        rows = warehouse.rows(HERE / "lag_messages.sql", first=begin)
    lags: dict[str, list[float]] = {}
    for scenario, as_of, waited in rows:
        lags.setdefault(scenario, []).append((waited + took[as_of]) / 60)
    seconds = [took[as_of] for as_of in {as_of for _, as_of, _ in rows}]
    return {**{name: summary(each, "minutes") for name, each in lags.items()}, "tick": summary(seconds, "seconds")}


def summary(values: list[float], unit: str) -> dict[str, float]:
    return {"count": len(values), f"median_{unit}": round(statistics.median(values), 1), f"most_{unit}": round(max(values), 1)}


def run(runner: Runner, job: str, as_of: datetime, tags: dict[str, str]) -> float:
    """Run *job*; return the seconds from its beginning to its last message."""
    began = time.time()
    outcome = runner.run(job, {**tags, NOW: as_of.isoformat()})
    assert outcome.success, outcome.failures
    assert not outcome.failed_checks, outcome.failed_checks
    written = [path.stat().st_mtime for path in (runner.wiring.project.root / ".relance" / "outgoing").rglob("*") if path.is_file()]
    return max(written, default=began) - began


def visit(project: Project, since: datetime, people: list[str]) -> None:
    """Write the site's events of a quarter of an hour: each minute somebody signs up, and somebody else leaves a cart."""
    events = []
    for minute in range(15):
        at = f"{since + timedelta(minutes=minute, seconds=30):%Y-%m-%dT%H:%M:%SZ}"
        names = ({"name": "signed_up"}, {"name": "cart_updated", "cart_id": f"cart-{since:%H%M}-{minute}", "cart_value": 50})
        for person, event in zip(people[2 * minute : 2 * minute + 2], names, strict=True):
            events.append({"event_id": f"{event['name']}-{since:%H%M}-{minute}", "visitor_id": person, "contact_id": person, "occurred_at": at, **event})
    path = project.root / "sample_data" / "site_events" / f"site_events-{since:%Y-%m-%d-%H%M}.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
