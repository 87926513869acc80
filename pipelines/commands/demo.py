"""`demo`: a made-up shop, played day by day through the same job that a real one runs."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import Progress
from rich.table import Table

from pipelines.assets.demo_mark import is_demo, mark_as_demo
from pipelines.assets.tags import DAILY, DEMO, HAND_OVER, LIVE, NOW, PARTITION, SEND, TRIGGER
from pipelines.audiences.hand_over import acts
from pipelines.commands.asked import WrongUse, console, progress, say
from pipelines.commands.runs import exit_code, print_troubles, runner_of
from pipelines.errors import RelanceError
from pipelines.results.words import words as said
from pipelines.sample.answers import answer
from pipelines.sample.files import sample_sources
from pipelines.sample.shop import write_day, write_history
from pipelines.settings import Project
from pipelines.ticks import days, local_day, tick_of_day
from pipelines.warehouse.duckdb import open_warehouse
from senders.files import FilesSettings

if TYPE_CHECKING:
    from pipelines.assets.in_process import Outcome, Runner

HERE = Path(__file__).parent
MIDDAY = timedelta(hours=6)
"""How long after the tick of a day the pass comes that hands over what waited for its window."""


def demo(project: Project, clock: Callable[[], datetime], environment: Mapping[str, str], *, as_json: bool) -> int:
    """
    Begin the demo afresh and play its days; return the exit code.

    Raises RelanceError where the warehouse is not the demo's: it would be emptied. Nothing leaves the machine: only
    senders that write files take part, and nobody is told where a run fails.
    """
    played = list(days(project.settings.sample.start, project.settings.sample.start + timedelta(days=project.settings.sample.days - 1)))
    _refuse(project, played, local_day(project, clock()))
    with progress() as bar:
        _begin_afresh(project)
        _history(project, bar)
        runner = runner_of(project, clock, {name: value for name, value in environment.items() if name != LIVE})
        task = bar.add_task("days", total=len(played))
        outcomes: list[Outcome] = []
        for day in played:
            bar.update(task, description=f"day {day}")
            outcomes += _play(project, runner, day)
            bar.advance(task)
    _tell(project, outcomes, as_json)
    return exit_code(outcomes)


def _refuse(project: Project, played: Sequence[date], today: date) -> None:
    sample_sources(project)
    for path in (project.warehouse_path, _journal(project)):
        if path.exists() and not is_demo(project):
            raise RelanceError(f"{path} is not the demo's, and the demo begins by removing it\n  hint: run the demo in a copy of the project")
    if played[-1] > today:
        raise WrongUse(f"the demo plays {played[0]} to {played[-1]}, and it is {today}\n  hint: set sample.start in relance.toml to an earlier day")
    if played[0] < project.settings.schedule.start:
        raise WrongUse(f"the demo begins on {played[0]}, before schedule.start\n  hint: set sample.start to {project.settings.schedule.start} or later")


def _begin_afresh(project: Project) -> None:
    """Remove what an earlier demo made, once it has ended; the history of its runs in Dagster stays."""
    mark_as_demo(project)
    with open_warehouse(project):
        pass
    warehouse = project.warehouse_path
    for path in (warehouse, warehouse.with_name(warehouse.name + ".wal"), project.read_copy_path):
        path.unlink(missing_ok=True)
    for folder in (_journal(project), project.state_folder / "reports", *(folder / "email" for folder in _outgoing(project))):
        shutil.rmtree(folder, ignore_errors=True)
    for path in [*(path for folder in _outgoing(project) for path in folder.glob("*.jsonl")), *_told(project)]:
        path.unlink()


def _journal(project: Project) -> Path:
    return project.state_folder / "journal"


def _told(project: Project) -> list[Path]:
    """Return the files for ads platforms, those inside the project."""
    inside = [(name, audience) for name, audience in project.settings.audiences.items() if not acts(project, audience)]
    return [path for name, audience in inside for path in (project.root / audience.folder).glob(f"{name}-*.csv*")]


def _outgoing(project: Project) -> list[Path]:
    """Return the folders that senders write messages to, those inside the project."""
    folders = [project.root / sender.folder for sender in project.settings.senders if isinstance(sender, FilesSettings)]
    return [folder for folder in folders if folder.resolve().is_relative_to(project.root)]


def _history(project: Project, bar: Progress) -> None:
    task = bar.add_task("two years of history", total=None)
    write_history(project, lambda path: bar.advance(task))
    bar.remove_task(task)


def _play(project: Project, runner: "Runner", day: date) -> list["Outcome"]:
    """Play one day: what the shop exports in the morning, the tick, a pass at midday, and what contacts make of their messages."""
    write_day(project, day)
    as_of = tick_of_day(project, day)
    tick = runner.run(DAILY, {PARTITION: str(day), NOW: as_of.isoformat(), SEND: "yes", TRIGGER: DEMO})
    midday = runner.run(HAND_OVER, {NOW: (as_of + MIDDAY).isoformat(), TRIGGER: DEMO})
    with open_warehouse(project) as warehouse:
        answer(warehouse, project, day)
    return [tick, midday]


def _tell(project: Project, outcomes: Sequence["Outcome"], as_json: bool) -> None:
    with open_warehouse(project) as warehouse:
        scenarios = warehouse.records(HERE / "demo_scenarios.sql")
        reasons = warehouse.records(HERE / "demo_reasons.sql")
    places = _places(project)
    if as_json:
        runs = [{name: value for name, value in asdict(outcome).items() if name != "numbers"} for outcome in outcomes]
        say({"scenarios": scenarios, "not_sent": reasons, "places": places, "runs": runs})
        return
    screen, sample = console(), project.settings.sample
    last = sample.start + timedelta(days=sample.days - 1)
    screen.print(f"{project.settings.shop.name}, a made-up shop of {sample.contacts:,} contacts, from {sample.start} to {last}\n")
    screen.print(_scenarios(scenarios))
    screen.print()
    screen.print(_who_sent(scenarios))
    screen.print()
    screen.print(_reasons(reasons))
    screen.print()
    for words, place in places.items():
        screen.print(f"{words + ':':<12} {place}")
    print_troubles(outcomes)


def _scenarios(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 0, 0, 1))
    table.add_column("scenario", no_wrap=True)
    for heading in ("entered", "due", "sent", "waiting", "dropped", "clicked", "goals", "worth"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    return table


def _who_sent(rows: Sequence[dict[str, Any]]) -> str:
    """Say whether every scenario sent a message in the days played, and which did not."""
    silent = [row["scenario"] for row in rows if not row["sent"]]
    if not silent:
        return f"Each of the {len(rows)} scenarios sent at least once."
    return f"{len(rows) - len(silent)} of the {len(rows)} scenarios sent; nothing came of {', '.join(silent)}."


def _reasons(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table("not sent", "", "why", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for row in rows:
        table.add_row(row["scenario"], str(row["messages"]), said(row["reason"]))
    return table


def _places(project: Project) -> dict[str, str]:
    """Return where a person goes on looking."""
    here = Path.cwd()
    shown = {
        "messages": ", ".join(str(_near(folder, here)) for folder in _outgoing(project)),
        "reports": str(_near(project.state_folder / "reports" / "index.html", here)),
        "read copy": str(_near(project.read_copy_path, here)),
        "lineage": "relance ui" if here == project.root else f"relance ui --project {_near(project.root, here)}",
    }
    return {words: place for words, place in shown.items() if place}


def _near(path: Path, here: Path) -> Path:
    return path.relative_to(here) if path.is_relative_to(here) else path
