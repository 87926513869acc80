"""The report of a tick in a terminal."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from pipelines.results.answers import HOW_COUNTED
from pipelines.results.intervals import Difference
from pipelines.results.report import Count, Report, ScenarioReport
from pipelines.results.words import aim_words, since_words, state_words, words


def print_report(report: Report, console: Console) -> None:
    """Print what happened, to whom it matters first: what needs a person, scenarios, how they were answered and what they reached, segments."""
    totals = report.totals
    parts = [("accepted", "handed over"), ("to_send", "to send"), ("held", "held"), ("dropped", "dropped"), ("unknown", "unknown")]
    fates = ", ".join(f"{totals[name]} {said}" for name, said in parts if totals[name] or name != "unknown")
    console.print(f"[bold]{report.day}[/bold]  tick of {report.as_of} UTC, {report.status}")
    console.print(f"{totals['entered']} entered, {totals['due']} messages due: {fates}")
    for line in report.attention:
        console.print(f"[yellow]look:[/yellow] {line}", highlight=False)
    console.print(_scenarios(report))
    if any(each.answers for each in report.scenarios):
        console.print(_answers(report))
        console.print(f"[dim]{HOW_COUNTED}[/dim]")
    for line in (line for each in report.scenarios for line in _goals(each)):
        console.print(line)
    console.print(_segments(report))
    if report.audiences:
        console.print(_audiences(report))


def _scenarios(report: Report) -> Table:
    table = Table("scenario", "state", box=None, pad_edge=False)
    for heading in ("entered", "in flight", "due", "handed over", "to send"):
        table.add_column(heading, justify="right")
    table.add_column("held and dropped")
    for each in report.scenarios:
        why = _counted(each.held) + _counted(each.dropped)
        table.add_row(
            each.scenario,
            state_words(each.state),
            *(str(number) for number in (each.entered, each.in_flight, each.due, each.accepted, each.to_send)),
            ", ".join(why),
        )
    return table


def _answers(report: Report) -> Table:
    table = Table("scenario", "channel", box=None, pad_edge=False)
    for heading in ("handed over in 30 days", "opened", "only by machines", "clicked"):
        table.add_column(heading, justify="right")
    for each in report.scenarios:
        for channel in each.answers:
            opened = "" if channel.opened_of_handed_over is None else _percent(channel.opened_of_handed_over)
            machines = str(channel.opened_by_machine or "")
            table.add_row(each.scenario, channel.channel, str(channel.handed_over), opened, machines, _percent(channel.clicked_of_handed_over))
    return table


def _goals(scenario: ScenarioReport) -> Iterator[str]:
    """Yield what a scenario reached, a line for each thing that can be said of it."""
    if scenario.goal is None or scenario.goal_rate is None:
        return
    yield f"{scenario.scenario}: goal reached by {_percent(scenario.goal_rate)} so far, {scenario.treated_converted} of {scenario.treated}"
    if scenario.aim:
        yield f"  aim {aim_words(scenario.aim)}"
    if scenario.lift:
        yield f"  holdout {scenario.ghosts_converted} of {scenario.ghosts}, difference in points {_sure(scenario.lift, 100, 1)}: {scenario.verdict}"
    if revenue := scenario.revenue:
        sure = f", difference {_sure(revenue.difference, 1, 2)}" if revenue.difference else ""
        means = f"{revenue.per_treated:.2f} ({revenue.treated} contacts), held out {revenue.per_ghost:.2f} ({revenue.ghosts})"
        yield f"  revenue per contact {since_words(revenue)} {means}{sure}: {revenue.verdict}"


def _sure(found: Difference, times: int, places: int) -> str:
    value, low, high = (f"{number * times:+.{places}f}" for number in (found.value, found.low, found.high))
    return f"{value}, 95 % interval {low} to {high}"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _segments(report: Report) -> Table:
    table = Table("segment", box=None, pad_edge=False)
    for heading in ("members", "joined", "left"):
        table.add_column(heading, justify="right")
    for each in report.segments:
        table.add_row(each.segment, str(each.members), str(each.entered), str(each.left))
    return table


def _audiences(report: Report) -> Table:
    table = Table("ads audience", box=None, pad_edge=False)
    for heading in ("members", "told to add", "to take out"):
        table.add_column(heading, justify="right")
    table.add_column("kept out")
    for each in report.audiences:
        table.add_row(each.audience, str(each.members), str(each.adds), str(each.removes), ", ".join(_counted(each.kept_out)))
    return table


def _counted(counts: tuple[Count, ...]) -> list[str]:
    return [f"{count.number} {words(count.what)}" for count in counts]
