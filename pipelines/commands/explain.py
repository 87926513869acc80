"""`explain`: one contact, decision by decision."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.commands.asked import console, say
from pipelines.commands.reading import tick_asked
from pipelines.privacy.masking import masked_rows, masked_text
from pipelines.results.explain import Explained, Run, Value, explain
from pipelines.results.words import words
from pipelines.settings import Project
from pipelines.ticks import local_time
from pipelines.warehouse.duckdb import open_warehouse


def explain_contact(project: Project, contact: str, *, scenario: str, day: date | None, as_of: str | None, as_json: bool) -> int:
    """Show where *contact* stands and why; with *scenario*, in that one only. Returns the exit code."""
    with open_warehouse(project) as warehouse:
        found = explain(warehouse, contact, tick_asked(project, warehouse, day, as_of))
    runs = [run for run in found.runs if scenario in ("", run.scenario)]
    [contact_shown] = masked_rows([found.contact])
    attributes = tuple(row | {"value": masked_text(row["value"])} for row in found.attributes)
    found = replace(found, contact=contact_shown, attributes=attributes)
    if as_json:
        say(asdict(found) | {"runs": [asdict(run) for run in runs]})
    else:
        _print(console(), project.settings.project.timezone, found, runs)
    return 0


def _print(screen: Console, zone: str, found: Explained, runs: list[Run]) -> None:
    screen.print(
        f"[bold]{found.contact['contact_id']}[/bold]  "
        + ", ".join(str(value) for name, value in found.contact.items() if value and name not in ("contact_id", "created_at"))
    )
    screen.print(f"as of the tick of {local_time(found.as_of, zone)}")
    screen.print("segments: " + (", ".join(row["segment"] for row in found.segments) or "none"))
    said = [f"{row['channel']} {row['topic']}: {words(row['basis']) if row['granted'] else 'withdrawn'}" for row in found.consents]
    screen.print("consents: " + (", ".join(said) or "none"))
    if found.attributes:
        screen.print("attributes: " + "; ".join(_attribute(row, zone) for row in found.attributes))
    if found.audiences:
        screen.print("ads audiences: " + ", ".join(row["audience"] for row in found.audiences))
    for run in runs:
        screen.print()
        _print_run(screen, zone, run)
    if not runs:
        screen.print("\nno scenario has looked at this contact")


def _attribute(row: dict[str, Any], zone: str) -> str:
    """Return an attribute in words: `favourite_room = garden (message_clicked 2026-03-02 10:00)`."""
    source = f"{row['activity']} {local_time(row['answered_at'], zone)}" if row["activity"] else "contacts file"
    return f"{row['attribute']} = {row['value']} ({source})"


def _print_run(screen: Console, zone: str, run: Run) -> None:
    stands = words(run.ended) if run.ended else "on the way" if run.entered else "did not enter"
    if run.rests:
        stands = f"rests at `{run.rests}`" + (f", until {local_time(run.leaves_at, zone)} at most" if run.leaves_at else "")
    held_out = ", held out: gets no message, to compare with" if run.ghost else ""
    screen.print(f"[bold]{run.scenario}[/bold] (version {run.version}): {stands}{held_out}")
    table = Table("when", "step", "decision", "why", "values", box=None, pad_edge=False, header_style="dim")
    for row in run.decisions:
        decision = "not let in" if row["outcome"] == "refused" else words(row["outcome"])
        why = " ".join(filter(None, [words(row["reason"] or ""), row["code"]]))
        table.add_row(local_time(row["decided_at"], zone), row["step"] or "", decision, why, _values(row["values"], zone))
    screen.print(table)
    for message in run.messages:
        screen.print(f"  {message['step']} by {message['channel']}: {_fate(message, zone)}")


def _fate(message: dict[str, Any], zone: str) -> str:
    """Return what became of a message: handed over and when, or why not."""
    if message["state"]:
        ahead = message["state"] == "accepted" and message["not_before"] > message["handed_over_at"]
        hour = f", for the provider to let it go at {local_time(message['not_before'], zone)}" if ahead else ""
        return f"{words(message['state'])}, {local_time(message['handed_over_at'], zone)}{hour}"
    if message["status"] == "to_send":
        return f"to send, from {local_time(message['not_before'], zone)}"
    why = "; ".join(filter(None, [message["detail"], _values(message["values"], zone)]))
    until = f", until {local_time(message['not_before'], zone)}" if message["status"] == "held" else ""
    return f"{message['status']}: {words(message['reason'] or 'not decided then')}{f' ({why})' if why else ''}{until}"


def _values(values: Sequence[Value], zone: str) -> str:
    """Return what made a decision in words: `last order_placed 2026-03-02 10:00 (45.00); in vip since 2026-02-01 06:00`."""
    return "; ".join(f"{each.what}{f' {local_time(each.at, zone)}' if each.at else ''}{f' ({each.amount})' if each.amount else ''}" for each in values)
