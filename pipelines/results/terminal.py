"""The report of a tick in a terminal."""

from rich.console import Console
from rich.table import Table

from pipelines.results.report import Count, Report
from pipelines.results.words import state_words, words


def print_report(report: Report, console: Console) -> None:
    """Print what happened, to whom it matters first: what needs a person, scenarios, segments."""
    totals = report.totals
    parts = [("accepted", "handed over"), ("to_send", "to send"), ("held", "held"), ("dropped", "dropped"), ("unknown", "unknown")]
    fates = ", ".join(f"{totals[name]} {said}" for name, said in parts if totals[name] or name != "unknown")
    console.print(f"[bold]{report.day}[/bold]  tick of {report.as_of} UTC, {report.status}")
    console.print(f"{totals['entered']} entered, {totals['due']} messages due: {fates}")
    for line in report.attention:
        console.print(f"[yellow]look:[/yellow] {line}", highlight=False)
    console.print(_scenarios(report))
    console.print(_segments(report))


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


def _segments(report: Report) -> Table:
    table = Table("segment", box=None, pad_edge=False)
    for heading in ("members", "joined", "left"):
        table.add_column(heading, justify="right")
    for each in report.segments:
        table.add_row(each.segment, str(each.members), str(each.entered), str(each.left))
    return table


def _counted(counts: tuple[Count, ...]) -> list[str]:
    return [f"{count.number} {words(count.what)}" for count in counts]
