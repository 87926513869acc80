"""One file into its table, in one transaction: all of it with its refused rows on record, or nothing and the reason."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Iterator
from zoneinfo import available_timezones

import sqlglot.expressions as exp

from pipelines.errors import SourceRefused
from pipelines.sources.addresses import judge_addresses
from pipelines.sources.binding import Binder, Bound
from pipelines.sources.casting import Reader, typed_rows
from pipelines.sources.feed import Feed
from pipelines.sources.files import SourceFile
from pipelines.sources.forgotten import pass_over_forgotten
from pipelines.sources.merging import Merged, merge
from pipelines.sources.relation import Opened, fault_of_the_file, open_file, show_lines
from pipelines.ticks import Tick
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
PART = 2_000_000
"""Rows read at a time: a part and its keys fit in memory whatever the size of the file."""
REJECTS = ("source", "file", "line", "reason", "row", "loaded_at")


@dataclass(frozen=True)
class Reading:
    """One file in one tick. `now` is the wall instant (UTC, without zone) that dates of facts are held against; None judges none."""

    feed: Feed
    file: SourceFile
    tick: Tick
    now: datetime | None = None

    @property
    def warehouse(self) -> Warehouse:
        return self.feed.warehouse

    @property
    def identity(self) -> dict[str, object]:
        """What the file and its reading are called in the tables of the load."""
        source, table = self.feed.source.name, self.feed.table.name
        file = {"file": self.file.name, "fingerprint": self.file.fingerprint, "modified_ns": self.file.modified_ns}
        return {"source": source, "contract": table, "as_of": self.tick.as_of, **file}


@dataclass
class _Tally:
    """Counts over the parts of one file. `read` are the rows that the file gave for the contract, torn lines included."""

    read: int = 0
    unreadable: int = 0
    doubled: int = 0
    forgotten: int = 0
    merged: list[Merged] = field(default_factory=list)


def load_file(reading: Reading) -> None:
    """Load the file, or refuse it whole and leave everything as it was but for the record of the refusal."""
    rows = 0
    try:
        if reading.file.is_empty:
            return _record_nothing(reading, "the file is empty")
        opened = open_file(reading.warehouse, reading.feed.project, reading.feed.source, reading.file.path)
        rows = opened.rows + opened.torn
        if not rows:
            return _record_nothing(reading, "no row")
        bound = Binder(reading.feed).bind(opened.columns)
        with reading.warehouse.transaction():
            _load(reading, opened, bound)
    except SourceRefused as refusal:
        with reading.warehouse.transaction():
            _record_refusal(reading, str(refusal), rows)


def _load(reading: Reading, opened: Opened, bound: Bound) -> None:
    feed, warehouse, tally = reading.feed, reading.warehouse, _Tally(read=opened.torn, unreadable=opened.torn)
    warehouse.run(HERE / "begin_file.sql", **reading.identity)
    before = warehouse.value(exp.select("coalesce(max(rowid), -1)").from_(feed.table.full_name).sql(dialect="duckdb"))
    query = typed_rows(Reader(feed.table, feed.source, feed.project.settings.project.currency, reading.now), bound.types)
    _reject(reading, "torn")
    for first, last in _parts(feed, opened):
        show_lines(warehouse, first, last)
        with fault_of_the_file(feed.mapping.file if feed.mapping else ""):
            tally.read += warehouse.value("create or replace temp table typed as " + query)
        tally.unreadable += warehouse.value(HERE / "faulty.sql")
        _reject(reading, "faulty")
        tally.forgotten += pass_over_forgotten(warehouse, feed.table)
        _normalise(reading)
        tally.merged.append(merge(warehouse, feed.table, feed.source.name, reading.tick, before))
    tally.doubled = _reject(reading, "doubles")
    _check_rate(reading, tally)
    identical = sum(merged.identical for merged in tally.merged)
    notes = [(identical, "rows known already"), (tally.forgotten, "rows about people who were forgotten, passed over")]
    _record(reading, tally, [*bound.notes, *(f"{number} {words}" for number, words in notes if number)])


def _parts(feed: Feed, opened: Opened) -> Iterator[tuple[int, int]]:
    """Yield the lines of each part; one part where the mapping looks at the file as a whole."""
    if feed.mapping and not feed.mapping.row_wise:
        yield 0, opened.last_line
        return
    for first in range(1, opened.last_line + 1, PART):
        yield first, first + PART - 1


def _normalise(reading: Reading) -> None:
    if reading.feed.table.name == "contacts":
        zones = sorted(zone for zone in available_timezones() if not zone.startswith("Etc/GMT"))
        reading.warehouse.run(HERE / "contacts.sql", zones=zones)
        judge_addresses(reading.warehouse)
        reading.warehouse.run(HERE / "contacts_judged.sql")
        _reject(reading, "notes")


@cache
def _insert_rejects(relation: str) -> str:
    chosen = exp.select("$source", "$file", "file_line", "reason", "left(row, 2000)", "$as_of", dialect="duckdb").from_(relation)
    return exp.insert(chosen, "raw.rejects", columns=REJECTS).sql(dialect="duckdb")


def _reject(reading: Reading, relation: str) -> int:
    """Put the rows of *relation* (file_line, reason, row) on record as refused; return how many."""
    return int(reading.warehouse.value(_insert_rejects(relation), **reading.identity))


def _check_rate(reading: Reading, tally: _Tally) -> None:
    """Raise SourceRefused where more rows are unreadable than the source allows, naming the first of them."""
    limit = reading.feed.source.max_reject_rate
    if tally.unreadable > tally.read * limit:
        line, reason = reading.warehouse.rows(HERE / "first_reject.sql", **reading.identity)[0]
        place = f", in line {line}" if line else ""
        reason = re.sub("`[^`]*`", "`…`", reason)  # what is in rows stays in raw.rejects
        raise SourceRefused(f"has {tally.unreadable} unreadable rows of {tally.read}, more than max_reject_rate = {limit:g} allows; the first{place}: {reason}")


def _record(reading: Reading, tally: _Tally, notes: list[str]) -> None:
    inserted, replaced = sum(merged.inserted for merged in tally.merged), sum(merged.replaced for merged in tally.merged)
    counts = {"rows": tally.read, "rejected": tally.unreadable + tally.doubled, "inserted": inserted, "replaced": replaced}
    reading.warehouse.run(HERE / "record_file.sql", **reading.identity, **counts, status="loaded", reason="; ".join(notes) or None)


def _record_nothing(reading: Reading, note: str) -> None:
    with reading.warehouse.transaction():
        reading.warehouse.run(HERE / "begin_file.sql", **reading.identity)
        _record(reading, _Tally(), [note])


def _record_refusal(reading: Reading, reason: str, rows: int) -> None:
    """A refused file is one reject row: what is wrong with it as a whole."""
    source, file = reading.feed.source.name, reading.file.name
    reading.warehouse.run(HERE / "begin_file.sql", **reading.identity)
    reading.warehouse.append("raw.rejects", REJECTS, [(source, file, None, f"the file {reason}", None, reading.tick.as_of)])
    counts = {"rows": rows, "rejected": rows, "inserted": 0, "replaced": 0}
    reading.warehouse.run(HERE / "record_file.sql", **reading.identity, **counts, status="refused", reason=reason)
