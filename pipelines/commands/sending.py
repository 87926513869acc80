"""Commands of whoever watches over sending: halt, resume, resolve, reconcile, forget, suppress, and a test to oneself."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from pipelines.audiences.take_over import take_over
from pipelines.commands.asked import WrongUse, console, say
from pipelines.delivery import halt as halting
from pipelines.delivery import recover
from pipelines.delivery import resolve as resolving
from pipelines.errors import RelanceError
from pipelines.messages import preview as messages
from pipelines.messages.message_library import read_messages
from pipelines.messages.render import InvalidContent
from pipelines.privacy import forget as privacy
from pipelines.privacy.masking import masked_rows, masked_text
from pipelines.segments.files import read_segments
from pipelines.settings import Project
from pipelines.sources.suppress_list import LONGEST, AddressList, lift_list, suppress_list
from pipelines.warehouse.duckdb import open_read_copy, open_warehouse
from senders.address import fault_of_address
from senders.message import Message, Receipt, State
from senders.wiring import sender_from

HERE = Path(__file__).parent
RENAME = "hint: put back the files that were taken away, or give it another name, whose first file then has everybody, and empty the old one at its platform"
SHOWN_WRONG = 50
SHOWN = ("message_key", "scenario", "step", "address", "channel", "sender", "changed_at", "error")


def halt(project: Project, why: str, now: datetime, *, as_json: bool) -> int:
    """Stop all hand-over; return the exit code."""
    halting.halt(project, now, why)
    since = halting.halted(project)()
    _told(as_json, {"halted": since}, f"hand-over is halted {since}\n`relance resume` lets it go on")
    return 0


def resume(project: Project, *, as_json: bool) -> int:
    """Let hand-over go on; return the exit code."""
    was_halted = halting.resume(project)
    _told(as_json, {"resumed": was_halted}, "hand-over goes on with the next pass" if was_halted else "hand-over was not halted")
    return 0


def resolve(project: Project, keys: Sequence[str], state: State | None, now: datetime, *, every: bool, as_json: bool) -> int:
    """Show the messages nobody knows the fate of, or write down what became of *keys*; return the exit code."""
    if bool(keys or every) != bool(state) or (keys and every):
        raise WrongUse("say which messages, or --all, together with --as\n  hint: `relance resolve --help` has examples")
    with open_warehouse(project) as warehouse:
        unknown = resolving.unknown_messages(warehouse)
        interrupted = recover.open_claims(warehouse)
        if state:
            keys = keys or [row["message_key"] for row in unknown]
            resolving.resolve(warehouse, project, keys, state, now)
    if state:
        _told(as_json, {"resolved": len(keys), "as": state}, f"{len(keys)} written down as {state}")
    elif as_json:
        say(masked_rows(unknown))
    else:
        _print_unknown(masked_rows(unknown), interrupted)
    return 0


def ask(project: Project, now: datetime, *, as_json: bool) -> int:
    """Ask providers for the messages nobody knows the fate of, write down those they have; return the exit code: 1 where some stay unknown."""
    with open_warehouse(project) as warehouse:
        unknown = resolving.unknown_messages(warehouse)
    asked = resolving.ask(unknown, [sender_from(each, project.root, lambda: now) for each in project.settings.senders], now)
    found: dict[str, str] = {}
    if asked.found:
        with open_warehouse(project) as warehouse:
            still = {row["message_key"] for row in resolving.unknown_messages(warehouse)}  # somebody may have said so while providers were asked
            if found := {key: id for key, id in asked.found.items() if key in still}:
                resolving.resolve(warehouse, project, found, "accepted", now)
    not_known, cannot_be_asked, unanswered = len(asked.not_known), len(asked.cannot_be_asked), len(asked.unanswered)
    errors = {name: masked_text(error) for name, error in asked.errors.items()}
    words = f"{len(found)} are with their provider: written down as accepted"
    if left := not_known + cannot_be_asked + unanswered:
        words += f"\n{left} stay unknown: {not_known} their provider does not know so far, {cannot_be_asked} nobody can be asked about"
        words += f", {unanswered} without an answer" if unanswered else ""
    answer = {"accepted": len(found), "not_known": not_known, "cannot_be_asked": cannot_be_asked, "unanswered": unanswered, "errors": errors}
    _told(as_json, answer, "\n".join([words, *(f"{name}: {error}" for name, error in errors.items())]))
    return 1 if left else 0


def reconcile(project: Project, now: datetime, *, lost: bool, as_json: bool) -> int:
    """
    Write down what only lies beside the warehouse: journals, hashes, files of ads audiences; erase again who came back.

    Returns the exit code: 1 where an audience stays stopped.
    """
    senders = [sender_from(each, project.root, lambda: now) for each in project.settings.senders]
    with open_warehouse(project) as warehouse:
        done = recover.reconcile(warehouse, project, senders, now, lost=lost)
        audiences = take_over(warehouse, project, now)
    erased = privacy.forget_again(project, now)
    lines = ["the journals knew of " + (", ".join(f"{number} {state}" for state, number in done.written.items()) or "nothing that the ledger lacks")]
    if done.hashes:
        lines.append(f"of addresses and people that nobody may write to any more, {done.hashes} were written down again")
    if erased:
        lines.append(f"of people who had been erased, {erased} were erased again")
    if done.in_doubt_before:
        before = f"{done.in_doubt_before:%Y-%m-%d %H:%M} UTC"
        lines.append(f"journals are lost: what fell due before {before} may have gone. {done.unknown} messages are unknown now, later ticks may find more")
    if done.unknown or done.written.get("unknown"):
        lines.append("`relance resolve` lists what is unknown; nobody sends it but a person")
    for each in audiences:
        files = "1 file" if each.files == 1 else f"{each.files} files"
        stays = f"stays stopped, {each.why}" + ("" if "hint: " in each.why else f"\n  {RENAME}")
        lines.append(f"the ads audience {each.audience}: " + (stays if each.why else f"{files} taken over"))
    told = {
        "written": done.written,
        "hashes": done.hashes,
        "erased": erased,
        "in_doubt_before": done.in_doubt_before.isoformat() if done.in_doubt_before else None,
        "unknown": done.unknown,
        "audiences": [asdict(each) for each in audiences],
    }
    _told(as_json, told, "\n".join(lines))
    return 1 if any(each.why for each in audiences) else 0


def forget(project: Project, contact: str, now: datetime, *, as_json: bool) -> int:
    """Erase a person, say what went and which places it cannot reach; return the exit code."""
    gone = privacy.forget(project, contact, now)
    with open_warehouse(project) as warehouse:
        recover.note_all_hashes(warehouse, project)
    counts = {
        "messages in files": gone.messages,
        "calls in call lists": gone.calls,
        "lines in files of adds for ads platforms": gone.adds,
        "previews, of anybody": gone.previews,
    }
    lines = [f"{name}: {number} rows" for name, number in gone.rows.items()] + [f"{what}: {number}" for what, number in counts.items() if number]
    for audience in gone.audiences:
        named = audience in project.settings.audiences
        lines.append(
            f"the ads audience {audience}: " + ("taken out by the next hand-over" if named else "relance.toml names it no more, empty it at its platform")
        )
    what = {0: "what was left of somebody erased before", 1: "1 contact"}.get(len(gone.contacts), f"{len(gone.contacts)} contacts with one address")
    kept = "hashes stay, so that no file brings them back and nobody writes to them; the warehouse and its read copy were written anew"
    lists = [f"look into {path}: it has no column `message_key` any more" for path in gone.out_of_reach]
    untouched = "out of reach: the shop's source files, backups and other copies, call lists that were moved away, providers and ads platforms and their logs"
    history = "Dagster's history names nobody; runs made by a version that kept ids in it are deleted in its pages"
    _told(
        as_json,
        {
            "contacts": len(gone.contacts),
            "rows": gone.rows,
            "files": gone.messages,
            "calls": gone.calls,
            "adds": gone.adds,
            "previews": gone.previews,
            "audiences": gone.audiences,
            "out_of_reach": gone.out_of_reach,
        },
        "\n".join([f"erased {what}", *lines, kept, *lists, untouched, history]),
    )
    return 0


def suppress(project: Project, listed: AddressList, reason: str, now: datetime, *, lift: bool, as_json: bool) -> int:
    """Suppress the addresses in a file, or undo that; return the exit code: 1 where some lines are no addresses."""
    if lift and reason != "manual":
        raise WrongUse(f"what is suppressed as {reason} is not lifted: people or their providers said so\n  hint: --lift undoes lists of reason manual")
    country = listed.country or project.settings.project.locale.partition("-")[2]
    listed = replace(listed, country=country)
    with open_warehouse(project) as warehouse, recover.hashes_kept(warehouse, project, lifts=listed.channel if lift else ""):
        done = lift_list(warehouse, project, listed) if lift else suppress_list(warehouse, project, listed, reason, now)
    wrong = [{"line": line, "entry": masked_text(entry[:LONGEST])} for line, entry in done.no_addresses]
    lines = [f"{done.entries} addresses, {done.changed} of them {'lifted' if lift else 'new'}"]
    lines += [f"{listed.path.name}:{each['line']}: no address: {each['entry']}" for each in wrong[:SHOWN_WRONG]]
    if len(wrong) > SHOWN_WRONG:
        lines.append(f"and {len(wrong) - SHOWN_WRONG} more; --json names all")
    answer = {"addresses": done.entries, "lifted" if lift else "new": done.changed, "no_addresses": len(wrong), "lines": wrong}
    _told(as_json, answer, "\n".join(lines))
    return 1 if wrong else 0


@dataclass(frozen=True)
class TestSend:
    """A test: which message, to which address, as which contact would get it."""

    __test__ = False
    message: str
    to: str
    contact: str
    channel: str
    locale: str
    all_locales: bool


def send_test(project: Project, wanted: TestSend, now: datetime, *, as_json: bool) -> int:
    """Hand over the tests asked for; return the exit code."""
    made = _made(project, wanted)
    if made[0].channel == "email" and (fault := fault_of_address(wanted.to)):
        raise WrongUse(f"`{wanted.to}` is no address that mail can go to: {fault}")
    settings = next((each for each in project.settings.senders if made[0].channel in each.channels), None)
    if settings is None:
        raise RelanceError(f"no sender carries {made[0].channel}\n  hint: add one under [[senders]] in relance.toml")
    tests = [_addressed(message, wanted.to, now) for message in made]
    with sender_from(settings, project.root, lambda: now).session() as session:
        receipts = [receipt for test in tests for receipt in session.send([test])]
    answer = [{"locale": test.locale, "subject": test.subject, **_outcome(receipt)} for test, receipt in zip(tests, receipts, strict=True)]
    lines = [f"{each['locale']}: {each['state']}" + (f" ({each['error']})" if each["error"] else "") for each in answer]
    _told(as_json, {"sender": settings.name, "to": wanted.to, "tests": answer}, "\n".join([f"to {wanted.to} by {settings.name}", *lines]))
    return 0 if all(receipt.state == "accepted" for receipt in receipts) else 1


def _made(project: Project, wanted: TestSend) -> list[Message]:
    library = read_messages(project, read_segments(project))
    made = []
    with open_read_copy(project) as warehouse, warehouse.at(warehouse.value("select as_of()")):
        contact = wanted.contact or warehouse.value(HERE / "someone.sql", message=wanted.message)
        if contact is None:
            raise RelanceError("there is no contact to write it for\n  hint: `relance run` loads them, `relance demo` makes some up")
        for locale in (library.languages(wanted.message) or [""]) if wanted.all_locales else [wanted.locale]:
            seen = messages.preview(warehouse, library, wanted.message, contact, channel=wanted.channel, locale=locale)
            if isinstance(seen.outcome, InvalidContent):
                raise RelanceError(f"{seen.outcome.detail}\n  hint: made with {seen.made_with}")
            made.append(seen.outcome)
    return made


def _addressed(message: Message, to: str, now: datetime) -> Message:
    """Return *message* for one address and marked as a test: a key of its own, no way to unsubscribe the contact it was written for."""
    key = f"test-{now:%Y%m%dT%H%M%S}-{message.locale}"
    return replace(message, key=key, to=to, date=now, subject=f"[test {message.locale}] {message.subject}" if message.subject else "", headers={})


def _outcome(receipt: Receipt) -> dict[str, str]:
    return {"state": receipt.state, "provider_message_id": receipt.provider_message_id, "error": receipt.error}


def _told(as_json: bool, answer: dict[str, Any], words: str) -> None:
    if as_json:
        say(answer)
    else:
        console().print(words)


def _print_unknown(rows: list[dict[str, Any]], interrupted: int) -> None:
    if interrupted:
        console().print(
            f"{interrupted} messages were being handed over when their pass was interrupted: the next one (`relance deliver`) finds out whether they went"
        )
    elif not rows:
        console().print("it is known of every message whether it went")
    if not rows:
        return
    table = Table(*SHOWN, box=None, title=f"{len(rows)} messages may or may not have arrived", title_justify="left")
    for row in rows:
        table.add_row(*(str(row[name] or "") for name in SHOWN))
    console().print(table)
