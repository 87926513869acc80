"""Addresses nobody may write to again, from a file: a provider's list, another tool's export, a pile of letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlglot.expressions as exp

from pipelines.errors import BadFiles, Problem, SourceRefused, nearest
from pipelines.settings import Project, SourceSettings
from pipelines.sources.addresses import judge_addresses
from pipelines.sources.encodings import encoding_of
from pipelines.sources.relation import columns_of, fault_of_the_file, open_file
from pipelines.sources.text_lines import UNIT_SEPARATOR
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
DELIMITERS = (";", ",", "\t", "|")
LONGEST = 80
"""Characters that are shown of what is no address."""


@dataclass(frozen=True)
class AddressList:
    """
    A file with one address, or SHA-256 of one, a line, or a table whose *column* holds them; encoding and delimiter are found out.

    Numbers without a calling code are read as people dial them in *country* (ISO 3166); empty for none.
    """

    path: Path
    column: str = ""
    channel: str = "email"
    country: str = ""


@dataclass(frozen=True)
class Suppressed:
    """What a list came to: entries that are addresses, how many of them changed anything, and the lines that are none with what is in them."""

    entries: int
    changed: int
    no_addresses: list[tuple[int, str]]


def suppress_list(warehouse: Warehouse, project: Project, listed: AddressList, reason: str, now: datetime) -> Suppressed:
    """
    Suppress every address of a list. Only hashes are kept. A list that is read again changes nothing.

    Raises BadFiles, and changes nothing, for a file that cannot be read or of which hardly anything is an address.
    """
    return _apply(warehouse, project, listed, "suppress_insert.sql", reason=reason, now=now)


def lift_list(warehouse: Warehouse, project: Project, listed: AddressList) -> Suppressed:
    """Undo what `suppress_list` did with the reason `manual`; people who were erased stay suppressed. Raises BadFiles like that."""
    return _apply(warehouse, project, listed, "suppress_lift.sql")


def _apply(warehouse: Warehouse, project: Project, listed: AddressList, statement: str, **values: object) -> Suppressed:
    wrong = _read(warehouse, project, listed)
    entries = int(warehouse.value("select count(*) from listed where address_hash is not null"))
    if len(wrong) > entries:
        raise BadFiles(_not_trusted(listed, wrong))
    with warehouse.transaction():
        before = warehouse.value("select count(*) from delivery.suppressions")
        warehouse.run(HERE / statement, channel=listed.channel, **values)
        changed = abs(warehouse.value("select count(*) from delivery.suppressions") - before)
    return Suppressed(entries, changed, wrong)


def _read(warehouse: Warehouse, project: Project, listed: AddressList) -> list[tuple[int, str]]:
    """Make `listed` of a file; return the lines that are no address, with what is in them."""
    try:
        source = _source(warehouse, listed)
        columns = open_file(warehouse, project, source, listed.path).columns
    except SourceRefused as refused:
        raise BadFiles([Problem(listed.path.name, None, str(refused), "give a text file: one address a line, or CSV")]) from None
    warehouse.define(HERE / "casts.sql")
    held = next((name for name in columns if name.casefold() == listed.column.casefold()), next(iter(columns), None))
    cells = exp.select("file_line as line", exp.alias_(exp.column(held, quoted=True) if held else exp.null(), "entry")).from_("source_rows")
    warehouse.run("create or replace temp table entries as " + cells.sql(dialect="duckdb"))
    asked = {"channel": listed.channel, "country": listed.country}
    warehouse.run(HERE / "suppress_list.sql", **asked)
    judge_addresses(warehouse)
    warehouse.run(HERE / "suppress_judged.sql", channel=listed.channel)
    torn = warehouse.rows("select file_line, reason, row from torn")
    if several := [line for line, _, row in torn if "\n" in row]:
        text = "begins a record of several lines that does not fit the columns: a quote may be missing, and addresses lie inside"
        raise BadFiles([Problem(listed.path.name, line, text, "mend the quotes; nothing was changed") for line in several])
    entries = warehouse.rows("select line, entry from listed where address_hash is null")
    return sorted([*((line, f"{row} ({reason})") for line, reason, row in torn), *entries])


def _source(warehouse: Warehouse, listed: AddressList) -> SourceSettings:
    """Return how the file is to be read; raise BadFiles where it is a table and nobody said which column, or it has no such column."""
    with fault_of_the_file():
        encoding = encoding_of(listed.path)
    tables = [
        SourceSettings(name="list", table="contacts", path=str(listed.path), format="csv", encoding=encoding, delimiter=delimiter) for delimiter in DELIMITERS
    ]
    headings = {table.delimiter: columns_of(warehouse, table, listed.path) for table in tables}
    for table in tables:
        if listed.column and listed.column.casefold() in [name.casefold() for name in headings[table.delimiter]]:
            return table
    names = max(headings.values(), key=len)
    told = f"it has {', '.join(names)}"
    if listed.column:
        text = f"has no column `{listed.column}`"
        raise BadFiles([Problem(listed.path.name, 1, text, nearest(listed.column, names) or told)])
    if len(names) > 1 and not any("@" in name for name in names):
        raise BadFiles([Problem(listed.path.name, 1, "is a table, and which column holds the addresses is not said", f"give it with --column; {told}")])
    return tables[0].model_copy(update={"header": False, "delimiter": UNIT_SEPARATOR, "quote": ""})


def _not_trusted(listed: AddressList, wrong: list[tuple[int, str]]) -> Iterator[Problem]:
    hint = "one address a line, or a table with --column; is it the right --channel, and --country for numbers without a calling code? Nothing was changed"
    line, entry = wrong[0]
    yield Problem(listed.path.name, line, f"most of it is no address ({len(wrong)} lines), as `{entry[:LONGEST]}`", hint)
