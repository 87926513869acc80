"""Commands that only look: a segment, a report; and `release`, which lets a held scenario go on."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from pipelines.commands.asked import console, instant, say
from pipelines.errors import BadFiles, Problem, RelanceError, nearest
from pipelines.privacy.masking import masked_rows
from pipelines.results.report import build_report
from pipelines.results.terminal import print_report
from pipelines.results.write import write_report
from pipelines.segments.files import Segment, read_segments
from pipelines.settings import Project
from pipelines.ticks import tick_of_day
from pipelines.warehouse.duckdb import Warehouse, open_read_copy, open_warehouse
from pipelines.warehouse.engine_errors import EngineError, refusal

HERE = Path(__file__).parent
HISTORY = 14
SHOWN = 5
BARS = "▁▂▃▄▅▆▇█"


def segment(project: Project, name: str, *, as_json: bool) -> int:
    """Show who belongs to a segment as its file is now, on the rows of the last daily tick; return the exit code."""
    found = _segment(project, name)
    with open_read_copy(project) as warehouse:
        members, sample = _asked(project, warehouse, found)
        history = warehouse.records(HERE / "segment_history.sql", segment=name, limit=HISTORY)
        as_of = warehouse.value("select as_of()")
    sample = masked_rows(sample, project.settings.attributes)
    if as_json:
        say({"segment": name, "meaning": found.meaning, "owner": found.owner, "as_of": as_of, "members": members, "history": history, "sample": sample})
    else:
        _print_segment(found, as_of, members, history, sample)
    return 0


def report(project: Project, *, day: date | None, as_of: str | None, as_json: bool) -> int:
    """Show what a tick did, and write its page; return the exit code."""
    with open_warehouse(project) as warehouse:
        wanted = tick_asked(project, warehouse, day, as_of)
        with warehouse.at(wanted):
            found = build_report(warehouse, project, wanted)
    page = write_report(project, found)
    if as_json:
        say(found.as_dict() | {"page": str(page)})
    else:
        print_report(found, console())
        console().print(f"page: {page}")
    return 0


def release(project: Project, scenario: str, now: datetime, *, as_json: bool) -> int:
    """Let a scenario that a guard holds go on with the next tick; return the exit code."""
    with open_warehouse(project) as warehouse:
        held = {
            row["scenario"]: row for row in warehouse.records("select scenario, entries, usual from runs.guards where released_at is null order by scenario")
        }
        if scenario not in held:
            others = f"held by a guard: {', '.join(held)}" if held else "no scenario is held by a guard"
            raise RelanceError(f"`{scenario}` is not held by a guard\n  hint: {nearest(scenario, held) or others}")
        with warehouse.transaction():
            warehouse.run("update runs.guards set released_at = $now where scenario = $scenario and released_at is null", now=now, scenario=scenario)
    if as_json:
        say({"released": scenario, "entries": held[scenario]["entries"], "usual": held[scenario]["usual"]})
    else:
        kept_out = f"the {held[scenario]['entries']} contacts that were kept out"
        console().print(f"{scenario} goes on with the next tick, and takes in those of {kept_out} whose trigger is young enough by then")
    return 0


def tick_asked(project: Project, warehouse: Warehouse, day: date | None, as_of: str | None) -> datetime:
    """Return the tick of *day*, or the one at the instant *as_of*; without either the latest that was committed."""
    return tick_of_day(project, day) if day else instant(project, as_of) if as_of else _last_tick(warehouse)


def _last_tick(warehouse: Warehouse) -> datetime:
    last: datetime | None = warehouse.value("select max(as_of) from runs.ticks where status = 'committed'")
    if last is None:
        raise RelanceError("no tick has run yet\n  hint: `relance run`, or `relance demo` for a made-up shop")
    return last


def _segment(project: Project, name: str) -> Segment:
    files = read_segments(project)
    if problems := files.problems.get(name):
        raise BadFiles(problems)
    if blocker := files.blocked.get(name):
        raise BadFiles(
            [
                Problem(f"segments_sql/{name}.sql", None, f"reads `{blocker}`, whose file cannot be used", f"`relance segment {blocker}` says why"),
                *files.problems.get(blocker, ()),
            ]
        )
    found = files.segment(name)
    if found is None:
        raise RelanceError(f"there is no segment `{name}`\n  hint: {nearest(name, files.names) or 'segments are the files of segments_sql/'}")
    return found


def _asked(project: Project, warehouse: Warehouse, found: Segment) -> tuple[int, list[dict[str, Any]]]:
    try:
        warehouse.run("create or replace temp view segment_query as " + found.sql)
        return warehouse.value("select count(*) from segment_query"), warehouse.records(HERE / "segment_sample.sql", limit=SHOWN)
    except EngineError as error:
        refused = refusal(error, quoting=True)
        raise BadFiles(
            [
                Problem(
                    f"segments_sql/{found.name}.sql",
                    refused.line,
                    refused.text,
                    refused.hint or "a segment it reads may not be in the read copy yet: run a daily tick",
                )
            ]
        ) from None


def _print_segment(found: Segment, as_of: datetime, members: int, history: list[dict[str, Any]], sample: list[dict[str, Any]]) -> None:
    screen = console()
    screen.print(f"[bold]{found.name}[/bold]: {found.meaning} ({found.owner})")
    screen.print(f"{members:,} members by the file as it is now, on the rows of {as_of} UTC")
    if history:
        sizes = [row["members"] for row in history]
        screen.print(f"{sizes[-1]:,} published by the last tick: {history[-1]['entered']} joined, {history[-1]['left_count']} left   {_line(sizes)}")
        if history[-1]["status"] == "held":
            screen.print(f"[yellow]held:[/yellow] {history[-1]['reason']}")
    else:
        screen.print("no tick has built it yet")
    if sample:
        table = Table(*sample[0], box=None, pad_edge=False)
        for row in sample:
            table.add_row(*("" if value is None else str(value) for value in row.values()))
        screen.print(table)


def _line(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    return "".join(BARS[(number - low) * (len(BARS) - 1) // max(high - low, 1)] for number in numbers)
