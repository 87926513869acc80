"""Rows into their table by key: new ones are appended, identical ones change nothing, corrected ones replace the old."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Callable, Sequence

import sqlglot
import sqlglot.expressions as exp

from pipelines.ticks import Tick
from pipelines.warehouse.contract import MILESTONES, contract_columns
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.table import Table

HERE = Path(__file__).parent
STEPS = HERE / "merge"
CORRECTIONS = HERE / "corrections"


@dataclass(frozen=True)
class Merged:
    """What became of the rows of `typed`. `identical` counts those that changed nothing, because the file or the table has them already."""

    inserted: int
    replaced: int
    identical: int


def merge(warehouse: Warehouse, table: Table, source: str, tick: Tick, before: int) -> Merged:
    """
    Bring the rows of `typed` into *table*, ordered by its time; rows that give way to a later one of the file are added to `doubles`.

    *before* is the highest row number that the table had before this file. Whoever a correction of earlier counted rows concerns is
    written to raw.corrections. Call it within a transaction.
    """
    dropped = _drop_doubles(warehouse, table) if _value(warehouse, table, "find_doubles") else 0
    if not _value(warehouse, table, "find_known"):
        return Merged(_append(warehouse, table, "append_new", source, tick), 0, dropped)
    other, own, identical = warehouse.rows(_step(table, "find_changed"), before=before, as_of=tick.as_of)[0]
    if other or own:
        warehouse.run(_step(table, "take_out"))
        _note_corrections(warehouse, table, tick)
    return Merged(_append(warehouse, table, "append", source, tick) - other - own, other, dropped + identical)


def _drop_doubles(warehouse: Warehouse, table: Table) -> int:
    """Leave one row a key; return how many were dropped because they say nothing else than the one that stays."""
    dropped = _value(warehouse, table, "drop_doubles")
    return dropped - int(warehouse.value("select count(*) from doubles"))


def _append(warehouse: Warehouse, table: Table, step: str, source: str, tick: Tick) -> int:
    """Append `typed` and return how many rows it has; a sort costs a sixth of the whole load, so it is left out where it would change nothing."""
    in_order = not table.time or _value(warehouse, table, "count_steps_back") == 0
    return int(warehouse.value(_step(table, step, in_order), source=source, as_of=tick.as_of))


def _note_corrections(warehouse: Warehouse, table: Table, tick: Tick) -> None:
    """Write down whose earlier facts were counted from rows that have changed; tables that concern no contact have no file there."""
    concerned = CORRECTIONS / f"{table.name}.sql"
    if "contact_id" in table.column_names and not concerned.exists():
        concerned = CORRECTIONS / "by_contact.sql"
    if concerned.exists():
        warehouse.run(concerned)
        warehouse.run(CORRECTIONS / "note.sql", contract=table.name, as_of=tick.as_of)


def _value(warehouse: Warehouse, table: Table, step: str) -> int:
    """Run a step and return the number its last statement gives: the rows it wrote or deleted, or its own count."""
    return int(warehouse.value(_step(table, step)))


@cache
def _step(table: Table, name: str, in_order: bool = False) -> str:
    """Return the statements of a step with its stand-ins, `raw.target`, `same_key(a, b)`…, in the names of *table*; unsorted where the rows are *in_order*."""
    trees = sqlglot.parse((STEPS / f"{name}.sql").read_text(encoding="utf-8"), dialect="duckdb")
    statements = [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]
    if in_order and (order := statements[-1].find(exp.Order)):
        order.pop()
    return ";\n".join(_named(tree, table).sql(dialect="duckdb", comments=False) for tree in statements)


def _named(tree: exp.Expr, table: Table) -> exp.Expr:
    for node in list(tree.find_all(exp.Table)):
        if (node.db, node.name) == ("raw", "target"):
            node.replace(exp.table_(table.name, db=table.schema, alias=node.alias or None))
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name in STAND_INS:
            call.replace(STAND_INS[call.name](table, *(argument.name for argument in call.expressions)))
    return tree


def _keys(table: Table, alias: str) -> list[exp.Expr]:
    return [_column(name, alias) for name in table.key]


def _contract_columns(table: Table, alias: str) -> list[exp.Expr]:
    return [_column(column.name, alias) for column in contract_columns(table)]


def _same_key(table: Table, one: str, other: str) -> exp.Expr:
    return exp.and_(*(exp.EQ(this=_column(name, one), expression=_column(name, other)) for name in table.key))


def _any_different(table: Table, one: str, other: str) -> exp.Expr:
    return _different([column.name for column in contract_columns(table)], one, other)


def _counted_different(table: Table, one: str, other: str) -> exp.Expr:
    return _different([column.name for column in contract_columns(table) if column.name not in MILESTONES.get(table.name, ())], one, other)


def _different(names: Sequence[str], one: str, other: str) -> exp.Expr:
    return exp.paren(exp.or_(*(exp.NullSafeNEQ(this=_column(name, one), expression=_column(name, other)) for name in names)))


def _key_text(table: Table, alias: str) -> exp.Expr:
    """The key in words: order_id `A1`, line_no `2`."""
    parts = [part for name in table.key for part in (exp.Literal.string(f", {name} `"), exp.cast(_column(name, alias), "varchar"), exp.Literal.string("`"))]
    text: exp.Expr = exp.Literal.string(f"{table.key[0]} `")
    for part in parts[1:]:
        text = exp.DPipe(this=text, expression=part)
    return exp.paren(text)


def _row_text(table: Table, alias: str) -> exp.Expr:
    fields = [part for column in contract_columns(table) for part in (exp.Literal.string(column.name), _column(column.name, alias))]
    return exp.cast(exp.func("json_object", *fields, dialect="duckdb"), "varchar")


def _moment(table: Table, alias: str) -> exp.Expr:
    return _column(table.time, alias)


def _column(name: str, alias: str) -> exp.Column:
    return exp.column(name, table=alias, quoted=True)


STAND_INS: dict[str, Callable[..., exp.Expr | list[exp.Expr]]] = {
    "keys": _keys,
    "contract_columns": _contract_columns,
    "same_key": _same_key,
    "any_different": _any_different,
    "counted_different": _counted_different,
    "key_text": _key_text,
    "row_text": _row_text,
    "moment": _moment,
}
