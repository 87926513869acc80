"""Erases a person (GDPR, article 17): every row about them goes, hashes stay so that no file and no message brings them back."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import sqlglot.expressions as exp

from pipelines.errors import RelanceError
from pipelines.settings import Project
from pipelines.sources.addresses import address_as_kept, address_as_written
from pipelines.warehouse.duckdb import Warehouse, open_warehouse
from pipelines.warehouse.rewrite import rewrite_warehouse
from pipelines.warehouse.schema import TABLES
from pipelines.warehouse.table import Table
from senders import audience, call_list, files

HERE = Path(__file__).parent
LEFT_BY_KILLED = ("reading/*", "plan-*/before.*", "plan-*/after.*")
"""What killed commands leave beside the warehouse: the rows of a source file, copies of the read copy."""


@dataclass(frozen=True)
class Forgotten:
    """
    What was erased. `rows` by table; messages in files of senders: `messages` kept by the sender `files`, `calls` of call lists; `previews`,
    all of them, since a page does not say who is on it.

    `audiences` whose platform was given an address of theirs: the next hand-over pass asks it to take that out, by hash; `adds` are
    their lines in files of adds. `out_of_reach` are files that should not name them and may.
    """

    contacts: list[str]
    rows: dict[str, int]
    messages: int
    calls: int
    adds: int
    previews: int
    audiences: list[str]
    out_of_reach: list[str]


def forget(project: Project, asked: str, now: datetime) -> Forgotten:
    """
    Erase the contact with the id or e-mail address *asked*, and every profile with the same address, from everything the project keeps on its disk.

    Whoever was erased before may be named again: a process that was killed in the middle is made good. Raises RelanceError where there is
    nobody of that id or address and never was.
    """
    with open_warehouse(project) as warehouse:
        gone = forget_rows(warehouse, project, asked, now)
    _write_anew(project)
    return gone


def forget_again(project: Project, now: datetime) -> int:
    """Erase whoever was erased before and came back with a warehouse that was restored; return how many contacts."""
    with open_warehouse(project) as warehouse:
        back = [contact for (contact,) in warehouse.rows(HERE / "back_again.sql")]
        for contact in back:
            forget_rows(warehouse, project, contact, now)
    if back:
        _write_anew(project)
    return len(back)


def _write_anew(project: Project) -> None:
    rewrite_warehouse(project)
    with open_warehouse(project) as warehouse:
        if latest := warehouse.value("select max(as_of) from runs.ticks where status = 'committed'"):
            warehouse.publish_read_copy(project.read_copy_path, latest)


def forget_rows(warehouse: Warehouse, project: Project, asked: str, now: datetime) -> Forgotten:
    """Do so in the tables, and in the files that messages and members of audiences were written to. Deleted rows still lie in the warehouse's file."""
    asked = address_as_kept(asked)
    before = {table.full_name: _count(warehouse, table) for table in TABLES}
    with warehouse.transaction():
        warehouse.run(HERE / "forget.sql", asked=asked, now=now)
        contacts = [contact for (contact,) in warehouse.rows("select contact_id from leaving order by contact_id")]
        if not contacts and not warehouse.value(HERE / "known_as_gone.sql", asked=asked):
            raise RelanceError(f"there is no contact with the id or the e-mail address `{asked}`\n  hint: contact_id in shop.contacts is the shop's own id")
        keys = {key for (key,) in warehouse.rows("select message_key from leaving_messages")}
        for (email,) in warehouse.rows("select distinct email from leaving where contains(email, 'xn--')"):
            warehouse.run(HERE / "forget_as_written.sql", written=address_as_written(email))
        hashes = _hashes(warehouse, project)
        for contact in contacts:
            warehouse.run(HERE / "forget_in_triggers.sql", leaving=contact)
        for table in TABLES:
            if any(column.name == "contact_id" for column in table.columns):
                warehouse.run(_delete(table))
        taken_out = _erase_in_files(project, keys, hashes)  # before the commit: else a killed process would have forgotten whom to look for
    gone = {table.full_name: before[table.full_name] - _count(warehouse, table) for table in TABLES}
    audiences = sorted({each.audience for each in hashes if each.given})
    return Forgotten(contacts, {name: number for name, number in gone.items() if number > 0}, *taken_out, audiences, _out_of_reach(project))


class _Hash(NamedTuple):
    """An address as the platform of an audience knows it: whether that was `given` it of those who leave, and whether somebody else in it has it too."""

    audience: str
    hash: str
    given: bool
    shared: bool


def _hashes(warehouse: Warehouse, project: Project) -> list[_Hash]:
    """Return the addresses of those who leave, by what platforms were given and by what they would be given now."""
    warehouse.run("create or replace temp table leaving_hashes (audience varchar, hash varchar, shared boolean)")
    leaving, staying = warehouse.rows(HERE / "leaving_people.sql"), warehouse.rows(HERE / "staying_people.sql")
    for name, settings in sorted(project.settings.audiences.items()):
        theirs = _known_by(settings.platform, leaving)
        others = _known_by(settings.platform, [person for member_of, *person in staying if member_of == name])
        warehouse.append("leaving_hashes", ["audience", "hash", "shared"], [(name, hash, hash in others) for hash in sorted(theirs)])
    return [_Hash(*row) for row in warehouse.rows(HERE / "leaving_audiences.sql")]


def _known_by(platform: audience.Platform, people: Iterable[Sequence[str]]) -> set[str]:
    """Return the hashed addresses by which *platform* knows *people*: e-mail, telephone, country."""
    persons = [audience.Person(email=email, phone=phone, country=country) for email, phone, country in people]
    return {hash for person in persons for hash in audience.addresses(platform, person).values()}


def _erase_in_files(project: Project, keys: set[str], hashes: Sequence[_Hash]) -> tuple[int, int, int, int]:
    """Return how many messages, calls, lines of audiences and previews were taken out of files."""
    senders, root = project.settings.senders, project.root
    messages = sum(files.erase(settings, root, keys) for settings in senders if isinstance(settings, files.FilesSettings))
    calls = sum(call_list.erase(settings, root, keys) for settings in senders if isinstance(settings, call_list.CallListSettings))
    try:
        adds = sum(
            audience.erase(root / settings.folder, name, own)
            for name, settings in sorted(project.settings.audiences.items())
            if (own := {each.hash for each in hashes if each.audience == name and not each.shared})
        )
    except ValueError as error:
        raise RelanceError(f"{error}\n  hint: put the file back as it was, or take it away; until then nobody is erased") from None
    return messages, calls, adds, _erase_copies(project)


def _erase_copies(project: Project) -> int:
    """Delete what anybody may be on and nothing needs; return how many previews there were."""
    for path in (path for pattern in LEFT_BY_KILLED for path in project.state_folder.glob(pattern)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    previews = list(project.previews_folder.glob("*.html"))
    for page in previews:
        page.unlink()
    return len(previews)


def _out_of_reach(project: Project) -> list[str]:
    """Return the files of call lists that say no longer which calls they hold."""
    lists = [settings for settings in project.settings.senders if isinstance(settings, call_list.CallListSettings)]
    return [str(path) for settings in lists for path in call_list.unreadable(settings, project.root)]


def _delete(table: Table) -> str:
    leaving = exp.select("contact_id").from_("leaving")
    return exp.delete(table.full_name).where(exp.column("contact_id").isin(query=leaving)).sql(dialect="duckdb")


def _count(warehouse: Warehouse, table: Table) -> int:
    return int(warehouse.value(exp.select("count(*)").from_(table.full_name).sql(dialect="duckdb")))
