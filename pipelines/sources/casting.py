"""From what a file gives to the types of the contract: one query, composed per source, that also says what is wrong with each row."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Iterable

import sqlglot
import sqlglot.expressions as exp

from pipelines.settings import SourceSettings
from pipelines.sources.mapping import FILE_LINE
from pipelines.warehouse.contract import contract_columns
from pipelines.warehouse.table import Column, Table

FUTURE_IS_FINE = {"products", "subscriptions"}
"""A price may be announced and a subscription sold before it begins."""
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")


@dataclass(frozen=True)
class Reader:
    """What decides how the cells of one source are read. `now` is the wall instant that dates of facts are held against; None judges none."""

    table: Table
    source: SourceSettings
    currency: str
    now: datetime | None = None


@dataclass(frozen=True)
class _Cell:
    """One column as the file gives it: its `value`, `local` where it is a moment on the shop's clock, `complaint` where there may be neither."""

    column: Column
    given: exp.Expr | None
    value: exp.Expr
    local: exp.Expr | None = None
    complaint: str = ""


@lru_cache(maxsize=64)
def typed_rows(reader: Reader, types: tuple[tuple[str, str], ...]) -> str:
    """
    Return the query over `mapped` that gives `file_line`, every column of the contract in its type, `problem` and `row`.

    *types* holds each column of `mapped` and the engine's type of it. `problem` says in words what is wrong with the row, empty for a
    good one; `row` is a bad row as it was given, as JSON.
    """
    given = dict(types)
    cells = [_cell(column, given.get(column.name), reader) for column in contract_columns(reader.table)]
    read = exp.select(_column(FILE_LINE, "m"), *(part for cell in cells for part in _parts(cell))).from_("mapped as m")
    as_given = [cell for cell in cells if cell.given]
    placed = exp.select(_column(FILE_LINE, "r"), *map(_placed, cells), *(_column(_given(cell), "r") for cell in as_given)).from_(read.subquery("r"))
    for cell in cells:
        if cell.local:
            placed = placed.join(_zone_join(cell, reader.source.timezone), copy=False)
    complaints = [complaint for cell in cells for complaint in _complaints(cell, reader)]
    problem = exp.func("concat_ws", exp.Literal.string("; "), *complaints, dialect="duckdb") if complaints else exp.Literal.string("")
    judged = exp.select("p.*", exp.alias_(problem, "problem")).from_(placed.subquery("p"))
    pairs = (part for cell in as_given for part in (exp.Literal.string(cell.column.name), _column(_given(cell))))
    row = _sql("case when problem <> '' then cast($row as varchar) end", row=exp.func("json_object", *pairs, dialect="duckdb"))
    final = exp.select(FILE_LINE, *(_column(cell.column.name) for cell in cells), "problem", exp.alias_(row, "row")).from_(judged.subquery("j"))
    return final.sql(dialect="duckdb")


def _cell(column: Column, given: str | None, reader: Reader) -> _Cell:
    if given is None:
        return _Cell(column, None, exp.cast(exp.null(), column.type))
    source, value = reader.source, _column(column.name, "m")
    text = _sql("load_text($v)", v=value) if given == "VARCHAR" else None
    match column.type:
        case "VARCHAR":
            read = text or _as_text(value, given)
            return _Cell(column, value, _sql("upper($v)", v=read) if column.name == "currency" else read)
        case "TIMESTAMP":
            return _moment(column, value, text, given, source)
        case "DATE":
            return _Cell(column, value, _date(value, text, source.date_format), complaint=_formed("is not a date", source.date_format, text))
        case "BIGINT":
            return _Cell(column, value, _whole(value, text, given, source.decimal), complaint=_signed("is not a whole number", source, text))
        case "BOOLEAN":
            return _Cell(column, value, _sql("load_boolean($v)", v=text) if text else _try(value, "BOOLEAN"), complaint="is neither yes nor no")
        case "JSON":
            return _Cell(column, value, _sql("load_object($v)", v=text or _sql("cast(to_json($v) as varchar)", v=value)), complaint="is not a JSON object")
        case number if given == number:
            return _Cell(column, value, value)
        case number:
            return _Cell(column, value, _try(_number(text, source.decimal) if text else value, number), complaint=_signed("is not a number", source, text))


def _as_text(value: exp.Expr, given: str) -> exp.Expr:
    match given:
        case "DOUBLE" | "FLOAT":
            return _sql("load_identifier($v)", v=value)
        case "JSON":
            return _sql("load_text($v ->> '$')", v=value)
    return exp.cast(value, "VARCHAR")


def _moment(column: Column, value: exp.Expr, text: exp.Expr | None, given: str, source: SourceSettings) -> _Cell:
    instant, local = _text_moment(text, source.timestamp_format) if text else _typed_moment(value, given)
    complaint = "" if given == "TIMESTAMP" and source.timezone == "UTC" else _formed("is not a date and time", source.timestamp_format, text)
    if local and source.timezone != "UTC":
        return _Cell(column, value, instant or exp.cast(exp.null(), "TIMESTAMP"), local, complaint)
    both = [moment for moment in (instant, local) if moment]
    return _Cell(column, value, exp.func("coalesce", *both), complaint=complaint)


def _text_moment(text: exp.Expr, form: str) -> tuple[exp.Expr | None, exp.Expr | None]:
    """Return what a text says in UTC, where it carries a zone, and what it says on the shop's clock."""
    if form:
        parsed = _sql("cast(try_strptime($v, $f) as timestamp)", v=text, f=exp.Literal.string(form))
        return (parsed, None) if re.search("%[zZ]", form) else (None, parsed)
    return _sql("load_instant($v)", v=text), _sql("load_local($v)", v=text)


def _typed_moment(value: exp.Expr, given: str) -> tuple[exp.Expr | None, exp.Expr | None]:
    if given == "TIMESTAMP WITH TIME ZONE":
        return exp.cast(value, "TIMESTAMP"), None
    if given == "TIMESTAMP":
        return None, value
    return None, _try(value if given.startswith(("TIMESTAMP", "DATE")) else exp.cast(value, "VARCHAR"), "TIMESTAMP")


def _date(value: exp.Expr, text: exp.Expr | None, form: str) -> exp.Expr:
    if text and form:
        return _sql("cast(try_strptime($v, $f) as date)", v=text, f=exp.Literal.string(form))
    return _sql("load_date($v)", v=text) if text else _try(value, "DATE")


def _number(text: exp.Expr, sign: str) -> exp.Expr:
    return _sql("load_number($v, $s)", v=text, s=exp.Literal.string(sign))


def _whole(value: exp.Expr, text: exp.Expr | None, given: str, sign: str) -> exp.Expr:
    return _try(value, "BIGINT") if given in INTEGERS else _sql("load_whole($v)", v=_number(text, sign) if text else value)


def _parts(cell: _Cell) -> Iterable[exp.Expr]:
    """The columns of one cell in the innermost query."""
    yield exp.alias_(cell.value, cell.column.name, quoted=True)
    if cell.given:
        yield exp.alias_(cell.given, _given(cell), quoted=True)
    if cell.local:
        yield exp.alias_(cell.local, f"local {cell.column.name}", quoted=True)


def _placed(cell: _Cell) -> exp.Expr:
    """The value with local moments turned into UTC."""
    value = _column(cell.column.name, "r")
    if not cell.local:
        return value
    moved = _sql("rl_add_seconds($local, -$offset)", local=_column(f"local {cell.column.name}", "r"), offset=_column("offset_seconds", _zone(cell)))
    return exp.alias_(exp.func("coalesce", value, moved), cell.column.name, quoted=True)


def _zone_join(cell: _Cell, zone: str) -> exp.Join:
    local = _column(f"local {cell.column.name}", "r")
    parts = {"z": _column("zone", _zone(cell)), "first": _column("local_starts_at", _zone(cell)), "last": _column("local_ends_at", _zone(cell))}
    on = _sql("$z = $zone and $local >= $first and $local < $last", zone=exp.Literal.string(zone), local=local, **parts)
    return exp.Join(this=exp.table_("zone_offsets", db="calendar", alias=_zone(cell)), side="left", on=on)


def _complaints(cell: _Cell, reader: Reader) -> Iterable[exp.Expr]:
    """What can be wrong with one cell: each a text, or null where nothing is."""
    column, value, given = cell.column, _column(cell.column.name), _column(_given(cell))
    missing = f"{column.name} is missing"
    if cell.given is None:
        if column.required:
            yield exp.Literal.string(missing)
        return
    wrong = [*_cell_wrongs(cell, value, given), *_value_wrongs(column, value, reader)]
    if column.required:
        wrong.append((_sql("$v is null", v=value), missing))
    if wrong:
        yield exp.Case(ifs=[exp.If(this=condition, true=_said(column, given, words, missing)) for condition, words in wrong])


def _cell_wrongs(cell: _Cell, value: exp.Expr, given: exp.Expr) -> Iterable[tuple[exp.Expr, str]]:
    if cell.complaint:
        yield _sql("$v is null and load_text(cast($g as varchar)) is not null", v=value, g=given), cell.complaint
    if cell.column.type == "TIMESTAMP":
        yield _sql("$v < timestamp '1900-01-01' or $v >= timestamp '2100-01-01'", v=value), "is not between 1900 and 2100"
    if cell.column.type == "BIGINT" or cell.column.type.startswith("DECIMAL"):
        # What contacts bring is summed up, and their amounts pass through JSON, which keeps fifteen digits.
        yield _sql("$v <= -1000000000000 or $v >= 1000000000000", v=value), "has more than twelve digits before the point"


def _value_wrongs(column: Column, value: exp.Expr, reader: Reader) -> Iterable[tuple[exp.Expr, str]]:
    """What a value may be in its type and yet not in this column."""
    if column.check:
        yield exp.not_(exp.paren(sqlglot.parse_one(column.check, dialect="duckdb"))), f"is not one of {_words(column)}"
    if column.name == "currency":
        words = f"is not {reader.currency}, the project's: amounts in several currencies need a rates table"
        yield _sql("$v <> $c", v=value, c=exp.Literal.string(reader.currency)), words
    if reader.now and column.name == reader.table.time and reader.table.name not in FUTURE_IS_FINE:
        now = exp.Literal.string(reader.now.isoformat(sep=" "))
        yield _sql("$v > rl_add_seconds(cast($now as timestamp), 86400)", v=value, now=now), "lies in the future"


def _said(column: Column, given: exp.Expr, words: str, missing: str) -> exp.Expr:
    if words == missing:
        return exp.Literal.string(missing)
    before, after = exp.Literal.string(f"{column.name} `"), exp.Literal.string(f"` {words}")
    return _sql("$before || replace(left(cast($g as varchar), 200), '`', '') || $after", before=before, g=given, after=after)


def _words(column: Column) -> str:
    return ", ".join(literal.name for literal in sqlglot.parse_one(column.check, dialect="duckdb").find_all(exp.Literal))


def _formed(words: str, form: str, text: exp.Expr | None) -> str:
    return f"{words} of the form {form}" if form and text else words


def _signed(words: str, source: SourceSettings, text: exp.Expr | None) -> str:
    return f"{words} with `,` as decimal sign" if source.decimal == "," and text else words


def _given(cell: _Cell) -> str:
    return f"given {cell.column.name}"


def _zone(cell: _Cell) -> str:
    return f"zone {cell.column.name}"


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _try(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.TryCast(this=value.copy(), to=exp.DataType.build(kind, dialect="duckdb"))


def _sql(template: str, **parts: exp.Expr) -> exp.Expr:
    return exp.replace_placeholders(sqlglot.parse_one(template, dialect="duckdb"), **parts)
