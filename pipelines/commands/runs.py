"""`run` and `deliver`: Dagster's jobs, in this process and in the same history as those of its schedule."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.assets.tags import AS_OF, CLI, DAILY, HAND_OVER, PARTITION, QUARTER_HOUR, SEND, TRIGGER
from pipelines.commands.asked import WrongUse, console, instant, progress, say
from pipelines.delivery.waits import Waiting, waiting
from pipelines.results.report import build_report
from pipelines.results.terminal import print_report
from pipelines.results.words import words
from pipelines.settings import Project
from pipelines.ticks import days, local_day, local_time, tick_of_day
from pipelines.warehouse.duckdb import open_warehouse

if TYPE_CHECKING:
    from pipelines.assets.in_process import Outcome, Runner

GOES_ON = {
    "halted": "`relance resume` lets hand-over go on",
    "unknown": "`relance resolve` says of which",
    "guard_tripped": "`relance release` lets the scenario go on",
    "capped": "the next tick decides",
    "lower_priority": "the next tick decides",
}
"""What makes messages go on that wait for a person or a tick; the others go with the first pass that may have them."""

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Asked:
    """Which ticks to run: one day, one instant, a range of days, or the latest tick that is due."""

    day: date | None = None
    as_of: str | None = None
    first: date | None = None
    last: date | None = None
    send: bool | None = None


def run(project: Project, asked: Asked, clock: Clock, environment: Mapping[str, str], *, as_json: bool) -> int:
    """Run the ticks *asked* for, in order, stopping at the first that fails; return the exit code."""
    ticks = _ticks(project, asked, clock())
    if local_day(project, ticks[-1]) > local_day(project, clock()):
        raise WrongUse(f"the tick of {local_day(project, ticks[-1])} lies ahead: it is {local_day(project, clock())}\n  hint: run it once its time has come")
    runner = runner_of(project, clock, environment)
    outcomes: list[tuple[datetime, Outcome]] = []
    with progress() as bar:
        task = bar.add_task("ticks", total=len(ticks))
        for as_of in ticks:
            bar.update(task, description=f"tick of {as_of:%Y-%m-%d %H:%M} UTC")
            outcomes.append((as_of, runner.run(*_job(project, as_of, asked.send))))
            bar.advance(task)
            if not outcomes[-1][1].success:
                break
    _show(project, outcomes, as_json)
    return exit_code([outcome for _, outcome in outcomes])


def deliver(project: Project, clock: Clock, environment: Mapping[str, str], *, as_json: bool) -> int:
    """Hand over what may go now; return the exit code."""
    outcome = runner_of(project, clock, environment).run(HAND_OVER, {TRIGGER: CLI})
    senders = {name.partition("/")[2]: _states(numbers) for name, numbers in outcome.numbers.items() if name.startswith("senders/")}
    left: list[Waiting] = []
    if senders and outcome.success:
        with open_warehouse(project) as warehouse:
            left = waiting(warehouse, clock())
    if as_json:
        say({"senders": senders, "waiting": [asdict(each) for each in left], **_said(outcome)})
    else:
        for name, states in senders.items():
            console().print(f"{name}: " + (", ".join(f"{number} {state}" for state, number in states.items() if number) or "nothing to hand over"))
        for each in left:
            console().print(_waits(project, each))
        if outcome.success and not senders:
            console().print("no tick has run yet: there is nothing to hand over")
        print_troubles([outcome])
    return exit_code([outcome])


def _waits(project: Project, left: Waiting) -> str:
    """Return `60 email wait: hand-over is halted (since …): relance resume lets them go`."""
    number = f"{left.messages} {left.channel} wait{'s' if left.messages == 1 else ''}"
    why = "the next pass has them" if left.reason is None else words(left.reason)
    said = f" ({left.detail})" if left.detail else ""
    if left.goes_at:
        at = local_time(left.goes_at, project.settings.project.timezone)
        until = f", until {at}" if left.messages == 1 else f", the first until {at}"
    else:
        until = ""
    goes_on = f": {GOES_ON[left.reason]}" if left.reason in GOES_ON else ""
    return f"{number}: {why}{said}{until}{goes_on}"


def runner_of(project: Project, clock: Clock, environment: Mapping[str, str]) -> "Runner":
    """Return what runs the jobs of *project* in this process."""
    from pipelines.assets.in_process import Runner  # importing Dagster takes longer than most commands

    return Runner(project, clock, environment)


def exit_code(outcomes: Sequence["Outcome"]) -> int:
    return 0 if all(outcome.success and not outcome.failed_checks for outcome in outcomes) else 1


def print_troubles(outcomes: Sequence["Outcome"]) -> None:
    """Print why runs failed, and what they held back."""
    for trouble in dict.fromkeys(trouble for outcome in outcomes for trouble in (*outcome.failures, *outcome.failed_checks)):
        print(trouble, file=sys.stderr)


def _ticks(project: Project, asked: Asked, now: datetime) -> list[datetime]:
    """Return the instants to run, oldest first."""
    match asked:
        case Asked(day=None, as_of=None, first=None, last=None):
            today = local_day(project, now)
            return [next(tick for tick in (tick_of_day(project, today), tick_of_day(project, today - timedelta(days=1))) if tick <= now)]
        case Asked(day=date() as day, as_of=None, first=None, last=None):
            return [tick_of_day(project, day)]
        case Asked(day=None, as_of=str() as text, first=None, last=None):
            return [instant(project, text)]
        case Asked(day=None, as_of=None, first=date() as first, last=date() as last) if first <= last:
            return [tick_of_day(project, day) for day in days(first, last)]
        case _:
            raise WrongUse("give one of --date, --as-of, or --from with a later --to\n  hint: `relance run --help` has examples")


def _job(project: Project, as_of: datetime, send: bool | None) -> tuple[str, dict[str, str]]:
    """Return the job of a tick and its tags: the daily one at the hour of the settings, else that of the quarter-hours."""
    tags = {TRIGGER: CLI} | ({} if send is None else {SEND: "yes" if send else "no"})
    day = local_day(project, as_of)
    if as_of == tick_of_day(project, day):
        if day < project.settings.schedule.start:
            raise WrongUse(f"{day} lies before the first day that may have a tick\n  hint: set schedule.start in relance.toml to it")
        return DAILY, tags | {PARTITION: str(day)}
    return QUARTER_HOUR, tags | {AS_OF: as_of.isoformat()}


def _show(project: Project, outcomes: Sequence[tuple[datetime, "Outcome"]], as_json: bool) -> None:
    if as_json:
        say([{"as_of": as_of, **_said(outcome)} for as_of, outcome in outcomes])
        return
    as_of, outcome = outcomes[-1]
    if outcome.success:
        with open_warehouse(project) as warehouse, warehouse.at(as_of):
            print_report(build_report(warehouse, project, as_of), console())
    print_troubles([outcome for _, outcome in outcomes])


def _said(outcome: "Outcome") -> dict[str, Any]:
    return {name: value for name, value in asdict(outcome).items() if name != "numbers"} | {"outbox": _states(outcome.numbers.get("outbox/messages", {}))}


def _states(numbers: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if not name.startswith("dagster/")}
