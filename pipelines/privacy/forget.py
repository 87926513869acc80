"""Erases a person (GDPR, article 17): every row about them goes, hashes stay so that no file and no message brings them back."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlglot.expressions as exp

from pipelines.errors import RelanceError
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.schema import TABLES
from pipelines.warehouse.table import Table
from senders.files import FilesSettings, erase

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Forgotten:
    """
    What was erased. `rows` by table; `files`: messages that the sender `files` had kept.

    `audiences` whose platform was given an address of theirs: the next hand-over pass asks it to take that out, by hash.
    """

    contacts: list[str]
    rows: dict[str, int]
    files: int
    audiences: list[str]


def forget(warehouse: Warehouse, project: Project, asked: str, now: datetime) -> Forgotten:
    """
    Erase the contact with the id or e-mail address *asked*, and every profile with the same address.

    Publishes the read copy anew. Raises RelanceError where there is nobody of that id or address.
    """
    before = {table.full_name: _count(warehouse, table) for table in TABLES}
    with warehouse.transaction():
        warehouse.run(HERE / "forget.sql", asked=asked, now=now)
        contacts = [contact for (contact,) in warehouse.rows("select contact_id from leaving order by contact_id")]
        if not contacts:
            raise RelanceError(f"there is no contact with the id or the e-mail address `{asked}`\n  hint: contact_id in shop.contacts is the shop's own id")
        keys = {key for (key,) in warehouse.rows("select message_key from leaving_messages")}
        audiences = [audience for (audience,) in warehouse.rows(HERE / "leaving_audiences.sql")]
        for contact in contacts:
            warehouse.run(HERE / "forget_in_triggers.sql", leaving=contact)
        for table in TABLES:
            if any(column.name == "contact_id" for column in table.columns):
                warehouse.run(_delete(table))
    warehouse.checkpoint()
    if latest := warehouse.value("select max(as_of) from runs.ticks where status = 'committed'"):
        warehouse.publish_read_copy(project.read_copy_path, latest)
    files = sum(erase(settings, project.root, keys) for settings in project.settings.senders if isinstance(settings, FilesSettings))
    gone = {table.full_name: before[table.full_name] - _count(warehouse, table) for table in TABLES}
    return Forgotten(contacts, {name: number for name, number in gone.items() if number > 0}, files, audiences)


def _delete(table: Table) -> str:
    leaving = exp.select("contact_id").from_("leaving")
    return exp.delete(table.full_name).where(exp.column("contact_id").isin(query=leaving)).sql(dialect="duckdb")


def _count(warehouse: Warehouse, table: Table) -> int:
    return int(warehouse.value(exp.select("count(*)").from_(table.full_name).sql(dialect="duckdb")))
