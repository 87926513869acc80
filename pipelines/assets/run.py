"""What every operation of a run works on: the open warehouse, the project's files, the tick and the time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import dagster as dg

from pipelines.assets.nameless import nameless_errors
from pipelines.assets.tags import AS_OF, HAND_OVER, NOW, PARTITION, QUARTER_HOUR, SEND
from pipelines.errors import TickRefused
from pipelines.settings import Project
from pipelines.ticks import Tick, begin_tick, local_day, local_time, tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from pipelines.workbench.project_files import ProjectFiles

Clock = Callable[[], datetime]
"""Gives the instant it is, UTC without zone."""

QUARTER = timedelta(minutes=15)
PAST = timedelta(hours=24)
"""A tick older than this sends only when told so."""
EARLY = timedelta(hours=1)
"""How far ahead of the clock a tick may lie: an hour that summer time skips is on time."""


@dataclass(frozen=True)
class Wiring:
    """What the wiring modules give to all runs. `live`: senders may reach people. `reports_url`: where the folder of reports can be read."""

    project: Project
    files: ProjectFiles
    clock: Clock
    live: bool
    reports_url: str


@dataclass(frozen=True)
class Run:
    """
    One run. `tick` is what is still to do: None when the tick at `as_of` was committed before, or between ticks.

    It began at `began`, and `now` tells the time as it sees it; `sends`: whether it hands anything over; `daily`: whether the
    day's read copy is due.
    """

    wiring: Wiring
    warehouse: Warehouse
    as_of: datetime
    tick: Tick | None
    began: datetime
    now: Clock
    sends: bool
    daily: bool

    @property
    def project(self) -> Project:
        return self.wiring.project

    @property
    def files(self) -> ProjectFiles:
        return self.wiring.files

    @property
    def day(self) -> date:
        """The day of the project's zone that the tick belongs to."""
        return local_day(self.project, self.as_of)

    @property
    def committed(self) -> bool:
        return bool(self.warehouse.value("select 1 from runs.ticks where status = 'committed' and as_of = $as_of", as_of=self.as_of))


def run_resource(wiring: Wiring) -> dg.ResourceDefinition:
    """Return the resource `run`: the warehouse, opened once a run and closed at its end, and the tick begun."""

    def opened(context: dg.InitResourceContext) -> Iterator[Run]:
        assert context.run is not None
        with nameless_errors(), open_warehouse(wiring.project) as warehouse:
            yield begin_run(wiring, warehouse, context.run.job_name, context.run.tags)

    return dg.ResourceDefinition(opened)


def begin_run(wiring: Wiring, warehouse: Warehouse, job: str, tags: Mapping[str, str]) -> Run:
    """
    Return the run that *job* and *tags* ask for, its tick begun.

    Raises TickRefused for a tick that lies ahead of the clock, or before one that is committed.
    """
    fixed = datetime.fromisoformat(tags[NOW]) if NOW in tags else None
    now = fixed or wiring.clock()

    def clock() -> datetime:
        return fixed or wiring.clock()

    if job == HAND_OVER:
        last = warehouse.value("select max(as_of) from runs.ticks where status = 'committed'")
        return Run(wiring, warehouse, last or now, None, now, clock, sends=True, daily=False)
    as_of, cadence = _asked(wiring.project, job, tags, now)
    if as_of > now + EARLY:
        zone = wiring.project.settings.project.timezone
        raise TickRefused(f"the tick at {local_time(as_of, zone)} lies ahead: it is {local_time(now, zone)}\n  hint: run it once its time has come")
    sends = tags[SEND] == "yes" if SEND in tags else as_of >= now - PAST
    tick = begin_tick(warehouse, wiring.project, as_of, started_at=now, send=sends, cadence=cadence)
    return Run(wiring, warehouse, as_of, tick, now, clock, sends=sends, daily=cadence is None)


def _asked(project: Project, job: str, tags: Mapping[str, str], now: datetime) -> tuple[datetime, timedelta | None]:
    """Return the instant of the tick that is asked for and the time to the next one, None for the next daily tick."""
    if job == QUARTER_HOUR:
        return (datetime.fromisoformat(tags[AS_OF]) if AS_OF in tags else now - (now - datetime.min) % QUARTER), QUARTER
    if AS_OF in tags:
        return datetime.fromisoformat(tags[AS_OF]), None
    return tick_of_day(project, date.fromisoformat(tags[PARTITION])), None
