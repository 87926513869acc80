"""The command line. Each command reads what was asked, and one function of `commands` does it."""

import os
import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from pipelines.assets.tags import LIVE, REPORTS_PORT
from pipelines.commands import asked
from pipelines.commands.options import Folder, Json
from pipelines.commands.sending_line import commands as sending_commands
from pipelines.errors import RelanceError
from pipelines.ticks import to_utc

HELP = """
Works out on a schedule who is due which message, says why for every contact, and sends it once.

Segments are SQL files in segments_sql/, scenarios are YAML files in scenarios/. After a change: `relance check`.
"""
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
app.add_typer(sending_commands)

DAYS = ["%Y-%m-%d"]


class Kind(StrEnum):
    """What `new` can begin."""

    segment = "segment"
    scenario = "scenario"
    project = "project"


def now() -> datetime:
    return to_utc(datetime.now(UTC))


@app.command()
def demo(
    days: Annotated[int | None, typer.Option(min=1, help="Days to play; without it what [sample] says.", show_default=False)] = None,
    contacts: Annotated[int | None, typer.Option(min=50, help="Contacts to make up; without it what [sample] says.", show_default=False)] = None,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """
    Make up a shop and play some of its days, from files to messages and reports.

    Messages are written to a folder; nobody receives anything. Running it again begins afresh.
    """
    from pipelines.commands.demo import demo as play

    found = asked.project_in(project)
    wanted = {name: value for name, value in (("days", days), ("contacts", contacts)) if value is not None}
    sample = found.settings.sample.model_copy(update=wanted)
    changed = found.model_copy(update={"settings": found.settings.model_copy(update={"sample": sample})})
    raise typer.Exit(play(changed, now, os.environ, as_json=as_json))


@app.command()
def run(
    day: Annotated[datetime | None, typer.Option("--date", formats=DAYS, metavar="DAY", help="The tick of this day.", show_default=False)] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="INSTANT", help="A tick at this instant, like 2026-09-14T08:15 on the project's clock.", show_default=False)
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAYS, metavar="DAY", help="With --to: every day from this one.", show_default=False)
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAYS, metavar="DAY", help="With --from: up to this day.", show_default=False)] = None,
    send: Annotated[
        bool | None, typer.Option("--send/--no-send", help="Hand messages over or not. Without it, only a tick of the last 24 hours does.", show_default=False)
    ] = None,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """
    Run a tick: load, segments, scenarios, messages, report.

    Without a date it is the latest daily tick that is due. A tick that ran before only finishes what is unfinished.
    With --no-send messages end as not sent, and contacts go on as if they had got nothing.

    Examples: `relance run`, `relance run --date 2026-09-14`, `relance run --from 2026-01-01 --to 2026-06-30 --no-send`
    """
    from pipelines.commands.runs import Asked
    from pipelines.commands.runs import run as run_ticks

    wanted = Asked(_day(day), as_of, _day(first), _day(last), send)
    raise typer.Exit(run_ticks(asked.project_in(project), wanted, now, os.environ, as_json=as_json))


@app.command()
def deliver(project: Folder = None, as_json: Json = False) -> None:
    """Hand over what had to wait for its window or its provider, after looking again at each message."""
    from pipelines.commands.runs import deliver as hand_over

    raise typer.Exit(hand_over(asked.project_in(project), now, os.environ, as_json=as_json))


@app.command()
def check(project: Folder = None, as_json: Json = False) -> None:
    """Look for mistakes in settings, segments, scenarios, messages and mappings. Nothing is run or sent."""
    from pipelines.commands.files import check as check_files

    raise typer.Exit(check_files(asked.folder_of(project), as_json=as_json))


@app.command()
def plan(project: Folder = None, as_json: Json = False) -> None:
    """
    Show what the files change compared with those the last tick ran: segments, people in flight, messages of the next seven days.

    Nothing is run or sent: it is tried out in a copy. Ends with 0 whether anything changes or not, with 1 where a file cannot be used.
    """
    from pipelines.commands.plan import plan_changes

    raise typer.Exit(plan_changes(asked.project_in(project), as_json=as_json))


@app.command("test")
def cases(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Segments and scenarios; without any, all of them.", show_default=False)] = None,
    record: Annotated[bool, typer.Option("--record", help="Write what happened into the case files that differ, for you to read.")] = False,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """Run the cases in tests/cases/: made-up contacts and events, and what is meant to become of them. No warehouse is needed, nothing is sent."""
    from pipelines.commands.cases import run_cases

    raise typer.Exit(run_cases(asked.project_in(project), names or [], recording=record, as_json=as_json))


@app.command()
def new(
    kind: Annotated[Kind, typer.Argument(help="What to begin.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: lower-case letters, digits and _.")],
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """Begin a segment, a scenario or a project of this name, with files that work and can be changed."""
    from pipelines.commands.files import new as begin

    raise typer.Exit(begin(kind.value, name, project, as_json=as_json))


@app.command()
def segment(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The file's name in segments_sql/, without .sql.")], project: Folder = None, as_json: Json = False
) -> None:
    """Show who belongs to a segment as its file is now, how its size went, and what is wrong with it."""
    from pipelines.commands.reading import segment as show

    raise typer.Exit(show(asked.project_in(project), name, as_json=as_json))


@app.command()
def preview(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="The folder's name in scenarios/messages/.")],
    contact: Annotated[str, typer.Option(metavar="ID", help="The contact's id in the shop.")],
    locale: Annotated[str, typer.Option(help="A language, like fr or fr-CA; without it the contact's own.", show_default=False)] = "",
    channel: Annotated[str, typer.Option(help="email, sms or push; without it e-mail, where the message has one.", show_default=False)] = "",
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """Show a message as one real contact would get it, with their own cart, order or product. Nothing is sent."""
    from pipelines.commands.preview import preview as show

    raise typer.Exit(show(asked.project_in(project), message, contact, channel=channel, locale=locale, opened=open_page and not as_json, as_json=as_json))


@app.command()
def report(
    day: Annotated[
        datetime | None, typer.Option("--date", formats=DAYS, metavar="DAY", help="The daily tick of this day; without it the latest tick.", show_default=False)
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="INSTANT", help="The tick at this instant, like 2026-09-14T08:15.", show_default=False)
    ] = None,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """Show what a tick did: who entered, what was due, sent, held and dropped, and why; segments and their sizes."""
    from pipelines.commands.reading import report as show

    asked.refuse_both(day, as_of)
    raise typer.Exit(show(asked.project_in(project), day=_day(day), as_of=as_of, as_json=as_json))


@app.command()
def explain(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id in the shop, or their e-mail address.")],
    scenario: Annotated[str, typer.Option(help="Only what this scenario decided.", show_default=False)] = "",
    day: Annotated[
        datetime | None, typer.Option("--date", formats=DAYS, metavar="DAY", help="As the daily tick of this day left it.", show_default=False)
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="INSTANT", help="As the tick at this instant left it.", show_default=False)] = None,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """Show where one contact is in each scenario, every decision about them, and why each message went or did not."""
    from pipelines.commands.explain import explain_contact

    asked.refuse_both(day, as_of)
    raise typer.Exit(explain_contact(asked.project_in(project), contact, scenario=scenario, day=_day(day), as_of=as_of, as_json=as_json))


@app.command()
def release(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="The file's name in scenarios/, without .yaml.")],
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """Let a scenario go on that was held because far more contacts than usual would have entered it at once."""
    from pipelines.commands.reading import release as let_go

    raise typer.Exit(let_go(asked.project_in(project), scenario, now(), as_json=as_json))


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port of Dagster's pages.")] = 3000,
    reports_port: Annotated[int, typer.Option(help="Port of the reports that those pages link to.")] = REPORTS_PORT,
    project: Folder = None,
) -> None:
    """Serve lineage, runs and reports to a browser on this machine, and run what the schedule asks for, until stopped with Ctrl-C."""
    from pipelines.commands.ui import ui as serve

    raise typer.Exit(serve(asked.project_in(project), port, reports_port, now=now(), live=os.environ.get(LIVE) == "live"))


def main() -> None:
    """Run the command line: 0 all is well, 1 a problem was found, 2 wrong use."""
    try:
        app(obj=lambda: now())
    except RelanceError as error:
        print(error, file=sys.stderr)
        sys.exit(2 if isinstance(error, asked.WrongUse) else 1)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


if __name__ == "__main__":
    main()
