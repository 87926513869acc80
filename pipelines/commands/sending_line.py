"""The part of the command line that watches over sending. Each command is given the clock as the context's object."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import asked
from pipelines.commands.options import Folder, Json
from pipelines.errors import BadFiles, RelanceError

commands = typer.Typer(rich_markup_mode="markdown")


class Addressed(StrEnum):
    """Channels whose addresses a list may hold."""

    email = "email"
    sms = "sms"
    call_list = "call_list"
    push = "push"


class Suppression(StrEnum):
    """Why an address is suppressed."""

    manual = "manual"
    unsubscribed = "unsubscribed"
    hard_bounce = "hard_bounce"
    complaint = "complaint"


class Fate(StrEnum):
    """What a person may say of a message nobody knows the fate of."""

    accepted = "accepted"
    refused = "refused"
    retry = "retry"


@commands.command()
def halt(
    ctx: typer.Context,
    why: Annotated[str, typer.Argument(metavar="[WHY]", help="What others will read.", show_default=False)] = "",
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """Stop all hand-over at once, also of a run that is under way. Messages wait, and go after `relance resume` while they are valid."""
    from pipelines.commands.sending import halt as stop

    try:
        found = asked.project_in(project)
    except BadFiles as error:
        hint = "mend it, or make an empty file `halt` beside the warehouse: `.relance/halt` unless the settings say another place"
        raise RelanceError(f"{error}\nhand-over is NOT halted: the settings cannot be read\n  hint: {hint}") from None
    raise typer.Exit(stop(found, why, ctx.obj(), as_json=as_json))


@commands.command()
def resume(project: Folder = None, as_json: Json = False) -> None:
    """Let hand-over go on after `relance halt`."""
    from pipelines.commands.sending import resume as go_on

    raise typer.Exit(go_on(asked.project_in(project), as_json=as_json))


@commands.command()
def resolve(
    ctx: typer.Context,
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]…", help="Messages, by their keys; without any, all are shown.", show_default=False)] = None,
    told: Annotated[Fate | None, typer.Option("--as", help="What became of them.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    ask: Annotated[bool, typer.Option("--ask", help="Ask the providers that can be asked, and write down as accepted what they have.")] = False,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """
    Show the messages of which nobody knows whether they went, or say what became of them.

    The provider's own log knows. `accepted`: it went. `retry`: it did not, send it. `refused`: it did not, and is not to.

    Examples: `relance resolve`, `relance resolve --ask`, `relance resolve 3f9c… --as accepted`, `relance resolve --all --as retry`
    """
    from pipelines.commands.sending import ask as ask_providers
    from pipelines.commands.sending import resolve as settle

    if ask:
        if keys or told or every:
            raise asked.WrongUse("`--ask` goes alone\n  hint: `relance resolve --ask`, then `relance resolve` shows what stays unknown")
        raise typer.Exit(ask_providers(asked.project_in(project), ctx.obj(), as_json=as_json))
    raise typer.Exit(settle(asked.project_in(project), keys or [], told.value if told else None, ctx.obj(), every=every, as_json=as_json))


@commands.command()
def reconcile(ctx: typer.Context, project: Folder = None, as_json: Json = False) -> None:
    """Write down what only the journals and the files of ads audiences know, after the warehouse was restored from a backup; hand-over goes on then."""
    from pipelines.commands.sending import reconcile as catch_up

    raise typer.Exit(catch_up(asked.project_in(project), ctx.obj(), as_json=as_json))


@commands.command()
def forget(
    ctx: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id in the shop, or their e-mail address.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to go on.")] = False,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """
    Erase a person from the warehouse and every file of the project, for good. Only hashes stay, so that no file brings them back and nobody writes to them.

    The shop's source files, backups, call lists that were moved away and the logs of providers are out of reach.
    """
    from pipelines.commands.sending import forget as erase

    if not yes:
        typer.confirm(f"Erase everything about {contact}?", abort=True, err=True)
    raise typer.Exit(erase(asked.project_in(project), contact, ctx.obj(), as_json=as_json))


@commands.command()
def suppress(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One address, or SHA-256 of one, a line; or a CSV with --column.")],
    column: Annotated[str, typer.Option(help="The column of a CSV that holds them.", show_default=False)] = "",
    channel: Annotated[Addressed, typer.Option(help="What kind of address they are.")] = Addressed.email,
    reason: Annotated[Suppression, typer.Option(help="Why nobody may write to them.")] = Suppression.manual,
    country: Annotated[
        str, typer.Option(metavar="CODE", help="Where numbers without a calling code are dialled, like FR; else that of project.locale.", show_default=False)
    ] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Undo it, for a wrong list of reason manual.")] = False,
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """
    Never write to the addresses in a file again: a provider's bounce list, the objections another tool knew of. Only hashes are kept.

    Encoding and delimiter are found out. Lines that are no address are told; nothing changes where most are none.

    Examples: `relance suppress bounces.csv --column email --reason hard_bounce`, `relance suppress bloctel.csv --channel call_list --country FR`
    """
    from pipelines.commands.sending import suppress as stop_writing
    from pipelines.sources.suppress_list import AddressList

    listed = AddressList(file, column, channel.value, country.upper())
    raise typer.Exit(stop_writing(asked.project_in(project), listed, reason.value, ctx.obj(), lift=lift, as_json=as_json))


@commands.command("send-test")
def send_test(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="The folder's name in scenarios/messages/.")],
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="The address that gets it, and no other.")],
    contact: Annotated[str, typer.Option(metavar="ID", help="The contact it is written for; without it whoever got it last.", show_default=False)] = "",
    locale: Annotated[str, typer.Option(help="A language, like fr or fr-CA; without it the contact's own.", show_default=False)] = "",
    all_locales: Annotated[bool, typer.Option("--all-locales", help="Once in every language it is written in.")] = False,
    channel: Annotated[str, typer.Option(help="email, sms or push; without it e-mail, where the message has one.", show_default=False)] = "",
    project: Folder = None,
    as_json: Json = False,
) -> None:
    """Send a message as one contact would get it to an address you name, marked as a test. No ledger, report or cap knows of it."""
    from pipelines.commands.sending import TestSend
    from pipelines.commands.sending import send_test as send

    asked_for = TestSend(message, to, contact, channel, locale, all_locales)
    raise typer.Exit(send(asked.project_in(project), asked_for, ctx.obj(), as_json=as_json))
