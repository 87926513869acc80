"""Conditions of people on their way outlive the declarations of the attributes that they name: how each is read then."""

from functools import lru_cache
from itertools import product

import sqlglot.expressions as exp

from pipelines.scenarios.expressions import About, Named, Values, contact_condition, contact_values, parse_condition, types_of_contact
from pipelines.scenarios.odd_values import SENSELESS, guarded
from pipelines.scenarios.types import engine_with, wrong_kinds
from pipelines.settings import TYPES
from pipelines.warehouse.schema import BY_NAME

CONTACTS = BY_NAME["facts.contacts"]
Declared = tuple[tuple[str, str], ...]
"""Names of attributes with their SQL types."""


def lasting_condition(where: str | None, values: Values, declared: Declared) -> exp.Expr:
    """
    Return *where* as `contact_condition` does, whatever became of its attributes since it was written: one that is declared no more is empty,
    one of another type is what can be read of it. SENSELESS where no type of theirs fits.
    """
    attributes = attributes_of(where) if where else ()
    if not attributes:
        return contact_condition(where, About(values))
    return _understood(where or "", tuple(values.items()), attributes, declared).copy()


def lasting_values(where: str, values: Values, declared: Declared) -> Named:
    """Return what *where* names as `contact_values` does; an attribute that is declared no more is empty."""
    known = dict(declared)
    return contact_values(where, About(values, known, {name: exp.null() for name in attributes_of(where) if name not in known}))


def attributes_of(where: str) -> tuple[str, ...]:
    """Return the attributes that *where* names, declared or not."""
    named = {column.name for column in parse_condition(where).find_all(exp.Column) if not column.table}
    return tuple(sorted(named - set(CONTACTS.column_names)))


@lru_cache(maxsize=500)
def _understood(where: str, values: tuple[tuple[str, str], ...], attributes: tuple[str, ...], declared: Declared) -> exp.Expr:
    tree, known = parse_condition(where), dict(declared)
    params = {word.this: 1 for word in tree.find_all(exp.Literal) if word.is_string}  # of any name that it could ask for
    with engine_with(params, {}) as engine:
        for kinds in product(*(_kinds(known.get(name)) for name in attributes)):
            chosen = dict(zip(attributes, kinds, strict=True))
            about = About(dict(values), chosen, {name: reading for name, kind in chosen.items() if (reading := _reading(name, known.get(name), kind))})
            if not any(wrong_kinds(tree, types_of_contact(about), engine)):
                condition = contact_condition(where, about)
                return condition if isinstance(condition, exp.Try) else guarded(condition, sure=condition.find(exp.TryCast) is None)
    return SENSELESS


def _kinds(now: str | None) -> list[str]:
    """Return the types that an attribute may have had, that which it has *now* first and text last: everything can be read as text."""
    return sorted(TYPES.values(), key=lambda kind: (kind != now, kind == "VARCHAR"))


def _reading(name: str, now: str | None, kind: str) -> exp.Expr | None:
    """Return how an attribute that is of type *now*, None where it is gone, is read as a *kind*; None for as it is."""
    if now is None:
        return exp.cast(exp.null(), kind)
    text = exp.cast(exp.column(name, table="c"), "VARCHAR")
    return None if now == kind else exp.TryCast(this=text, to=exp.DataType.build(kind, dialect="duckdb"))
