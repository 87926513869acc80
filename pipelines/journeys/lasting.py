"""Conditions of people on their way outlive the declarations of the attributes that they name: how each is read then."""

from functools import lru_cache
from itertools import chain

import sqlglot.expressions as exp

from pipelines.scenarios.expressions import About, Named, Values, contact_condition, contact_values, parse_condition, types_of_contact
from pipelines.scenarios.odd_values import SENSELESS, guarded
from pipelines.scenarios.types import Engine, engine_with, is_answered, wrong_kinds
from pipelines.settings import TYPES
from pipelines.warehouse.schema import BY_NAME

CONTACTS = BY_NAME["facts.contacts"]
Declared = tuple[tuple[str, str], ...]
"""Names of attributes with their SQL types."""


def lasting_condition(where: str | None, values: Values, declared: Declared) -> exp.Expr:
    """
    Return *where* as `contact_condition` does, whatever became of its attributes since it was written: one that is declared no more is empty,
    one of another type is what can be read of it, where the engine would not answer for what it is. SENSELESS where no type of theirs fits.
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
        about = About(dict(values), {name: known[name] for name in attributes if name in known})
        if len(about.attributes) == len(attributes) and is_answered(tree, types_of_contact(about), engine):
            return contact_condition(where, about)
        chosen: dict[str, str] = {}
        for number, name in enumerate(attributes, 1):
            asked = _without(tree, frozenset(attributes[number:]), frozenset(attributes[:number]))
            kinds = {kind: types_of_contact(About(dict(values), {**chosen, name: kind})) for kind in _kinds(known.get(name))}
            fitting = (kind for kind, types in kinds.items() if _fits(asked, types, engine, lenient=kind == known.get(name)))
            answered = (kind for kind, types in kinds.items() if is_answered(asked, types, engine))
            if (kind := next(chain(fitting, answered), None)) is None:
                return SENSELESS
            chosen[name] = kind
    instead = {name: reading for name, kind in chosen.items() if (reading := _reading(name, known.get(name), kind))}
    condition = contact_condition(where, About(dict(values), chosen, instead))
    return condition if isinstance(condition, exp.Try) else guarded(condition, sure=condition.find(exp.TryCast) is None)


def _fits(asked: exp.Expr, types: Values, engine: Engine, *, lenient: bool) -> bool:
    return (lenient and is_answered(asked, types, engine)) or not any(wrong_kinds(asked, types, engine))


def _without(tree: exp.Expr, unknown: frozenset[str], known: frozenset[str]) -> exp.Expr:
    """Return *tree* with nothing where it asks for *unknown* attributes and no *known* one: alone, they could have the engine at a loss for their type."""

    def turn(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Condition) or isinstance(node, exp.If):
            return node
        named = {column.name for column in node.find_all(exp.Column) if not column.table}
        return exp.null() if named & unknown and not named & known else node

    return tree.transform(turn)


def _kinds(now: str | None) -> list[str]:
    """Return the types that an attribute may have had, that which it has *now* first and text last: everything can be read as text."""
    return sorted(TYPES.values(), key=lambda kind: (kind != now, kind == "VARCHAR"))


def _reading(name: str, now: str | None, kind: str) -> exp.Expr | None:
    """Return how an attribute that is of type *now*, None where it is gone, is read as a *kind*; None for as it is."""
    if now is None:
        return exp.cast(exp.null(), kind)
    text = exp.cast(exp.column(name, table="c"), "VARCHAR")
    return None if now == kind else exp.TryCast(this=text, to=exp.DataType.build(kind, dialect="duckdb"))
