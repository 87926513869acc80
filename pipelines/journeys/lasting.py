"""Conditions of people on their way outlive the declarations of the attributes that they name: how each is read then."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import product

import sqlglot.expressions as exp

from pipelines.scenarios.expressions import About, Named, Values, contact_condition, contact_values, parse_condition
from pipelines.scenarios.odd_values import SENSELESS, guarded
from pipelines.settings import TYPES
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.engine_errors import EngineError
from pipelines.warehouse.schema import BY_NAME

NUMBERS = "range(1) as numbers(number)"
ANY_INSTANT = datetime(2000, 1, 1)
CONTACTS = BY_NAME["facts.contacts"]
Declared = tuple[tuple[str, str], ...]
"""Names of attributes with their SQL types."""


def lasting_condition(where: str | None, values: Values, declared: Declared) -> exp.Expr:
    """
    Return *where* as `contact_condition` does, whatever became of its attributes since it was written: one that is declared no more is empty,
    one of another type is what can be read of it. SENSELESS where it makes no sense with any type.
    """
    attributes = _attributes(where) if where else ()
    if not attributes:
        return contact_condition(where, About(values))
    return _understood(where or "", tuple(values.items()), attributes, declared).copy()


def senseless(wheres: Iterable[tuple[str, Values]], declared: Declared) -> list[str]:
    """Return those of *wheres*, each with the values of its trigger, that mean nothing with the attributes as they are declared now."""
    return [where for where, values in wheres if lasting_condition(where, values, declared) == SENSELESS]


def lasting_values(where: str, values: Values, declared: Declared) -> Named:
    """Return what *where* names as `contact_values` does; an attribute that is declared no more is empty."""
    known = dict(declared)
    return contact_values(where, About(values, known, {name: exp.null() for name in _attributes(where) if name not in known}))


def _attributes(where: str) -> tuple[str, ...]:
    named = {column.name for column in parse_condition(where).find_all(exp.Column) if not column.table}
    return tuple(sorted(named - set(CONTACTS.column_names)))


@lru_cache(maxsize=500)
def _understood(where: str, values: tuple[tuple[str, str], ...], attributes: tuple[str, ...], declared: Declared) -> exp.Expr:
    params = {word.this: 1 for word in parse_condition(where).find_all(exp.Literal) if word.is_string}  # of any name that it could ask for
    with memory_warehouse(params) as warehouse, warehouse.at(ANY_INSTANT):
        readings = list(product(*(_readings(name, dict(declared).get(name)) for name in attributes)))
        conditions = [_read_as(where, values, dict(zip(attributes, chosen, strict=True))) for chosen in readings]
        for worded in (True, False):
            for condition in conditions:
                if _runs(warehouse, condition.this if isinstance(condition, exp.Try) else condition, declared, worded=worded):
                    return condition
    return SENSELESS


def _read_as(where: str, values: tuple[tuple[str, str], ...], readings: dict[str, exp.Expr]) -> exp.Expr:
    """Return *where* with its attributes read so; what cannot be read so is told apart."""
    condition = contact_condition(where, About(dict(values), instead=readings))
    return condition if isinstance(condition, exp.Try) else guarded(condition, sure=condition.find(exp.TryCast) is None)


def _readings(name: str, kind: str | None) -> Iterator[exp.Expr]:
    """Yield the ways to read an attribute that is of *kind* now, None where it is gone: as it is, then as each type it may have had."""
    if kind is None:
        yield from (exp.cast(exp.null(), before) for before in TYPES.values())
        return
    column = exp.column(name, table="c")
    yield column
    for before in sorted(TYPES.values(), key=lambda each: each == "VARCHAR"):  # everything can be read as text: it goes last
        yield exp.TryCast(this=exp.cast(column.copy(), "VARCHAR"), to=exp.DataType.build(before, dialect="duckdb"))


def _runs(warehouse: Warehouse, condition: exp.Expr, declared: Declared, *, worded: bool) -> bool:
    """
    Whether the engine answers *condition* with yes or no for a contact of whom nothing is known, or where *worded* nothing but a word for attributes of text.

    It is run, for a plan alone does not show what the engine would cast to another type without being told.
    """
    nothing = exp.cast(exp.func("nullif", exp.column("number"), exp.Literal.number(0)), "VARCHAR")
    word = exp.cast(exp.Concat(expressions=[exp.Literal.string("word "), exp.column("number")], safe=False, coalesce=False), "VARCHAR")
    columns = [exp.alias_(exp.cast(nothing, column.type), column.name, quoted=True) for column in CONTACTS.columns]
    columns += [exp.alias_(word if worded and kind == "VARCHAR" else exp.cast(nothing, kind), name, quoted=True) for name, kind in declared]
    contact = exp.select(*columns).from_(NUMBERS)
    run = exp.select(exp.alias_(exp.cast(nothing, "JSON"), "trigger_data")).from_(NUMBERS)
    asked = exp.select(exp.func("typeof", condition), condition).from_(contact.subquery("c")).join(run.subquery("e"), join_type="cross")
    try:
        return [kind for kind, _ in warehouse.rows(asked.sql(dialect="duckdb"))] == ["BOOLEAN"]
    except EngineError:
        return False
