"""`where:` in scenario files: SQL over the columns of an activity, of facts.contacts and of the trigger."""

from dataclasses import dataclass, field
from functools import cache, partial
from typing import Callable, Collection, Iterable, Mapping, Sequence

import sqlglot
import sqlglot.expressions as exp
from sqlglot.errors import SqlglotError

from pipelines.errors import nearest
from pipelines.scenarios.odd_values import KINDS, Kind, guarded, kind_of, tried
from pipelines.warehouse.activities import Activity, known_activity
from pipelines.warehouse.dates import Dated, dated
from pipelines.warehouse.schema import BY_NAME, TABLES

DERIVED = {"order_number": "BIGINT"}
"""Columns of order_placed that the tick works out: the how-many-th order of its contact."""


ALWAYS = ("key", "value", "occurred_at", "contact_id")
"""Columns that every activity has."""

Values = Mapping[str, str]
"""Columns with their types."""
CONDITION: frozenset[Kind] = frozenset({"yes or no"})
Named = list[tuple[str, exp.Expr]]
"""What a condition names, as written and as an expression."""
PRODUCT: Values = {
    "product_id": "VARCHAR", "name": "VARCHAR", "url": "VARCHAR", "price": "DECIMAL(18,2)", "previous_price": "DECIMAL(18,2)", "stock": "BIGINT",
    "valid_from": "TIMESTAMP",
}  # fmt: skip
"""What a product that changed brings along."""
UNANSWERED: Values = {"message": "VARCHAR", "message_key": "VARCHAR", "sent_by": "VARCHAR", "sent_at": "TIMESTAMP"}
"""What a message nobody answered brings along."""


class WhereError(ValueError):
    """A condition that cannot be used; the text says why, the hint what to write."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.hint = hint


def activity_condition(where: str | None, names: Sequence[str]) -> exp.Expr:
    """
    Return *where* over rows `a` of the activity stream: columns of the activities become key, value or props.

    Raises WhereError for what does not parse or names a column that one of the activities lacks.
    """
    if not where:
        return exp.true()
    return _bound(parse_condition(where), partial(_activity_column, kinds=_kinds(names)), types_of_activities(names))


def answer_value(text: str, name: str) -> exp.Expr:
    """
    Return *text* over the rows `a` of the query of the activity called *name*: in the language of `where:`, without the tick's news.

    Raises WhereError as `activity_condition` does, and for what is not the same in every tick.
    """
    return _answered(text, name, KINDS.values())


def answer_condition(text: str, name: str) -> exp.Expr:
    """Return *text* as `answer_value` does, where it says which rows are answers."""
    return _answered(text, name, CONDITION)


def answer_values(text: str | None, name: str) -> Named:
    """Return the values that *text* names, on the same rows."""
    return _named(text, partial(_answer_column, name=name)) if text else []


def _answered(text: str, name: str, wanted: Collection[Kind]) -> exp.Expr:
    tree = parse_value(text)
    for node in tree.walk():
        _refuse(node)
    return _bound(tree, partial(_answer_column, name=name), types_of_activities([name]), wanted)


def _answer_column(column: exp.Column, name: str) -> exp.Expr:
    kind = known_activity(name)
    assert kind is not None, name
    if column.name == "name" and column.name not in kind.query.named_selects:
        return exp.Literal.string(name)
    if column.name in (*ALWAYS, "name"):
        return exp.column(column.name, table="a")
    if column.name in DERIVED:
        raise WhereError(f"`{column.name}` is known to triggers and conditions alone", f"it has {', '.join(sorted(kind.columns))}")
    return exp.cast(exp.column(column.name, table="a"), _type_in(column.name, [kind], name))


def _refuse(node: exp.Expr) -> None:
    """Raise WhereError for what a later tick would answer otherwise."""
    if isinstance(node, exp.Window):
        raise WhereError("a value is of one row: no window function inside", "write it over the columns of the activity")
    if isinstance(node, exp.Anonymous) and (called := node.name.lower()) in ("as_of", "param"):
        raise WhereError(f"`{called}` would change answers that were read before", "write the value itself; segments and conditions may ask for it")


def trigger_values(kind: str, activities: Sequence[str] = (), source: str | None = None) -> Values:
    """Return the columns, with their types, that a trigger of *kind* brings along: those that all its *activities* have, or those of the row."""
    match kind:
        case "activity":
            return _shared(activities)
        case "date":
            return dated()[source or ""].columns
        case "product":
            return PRODUCT
        case "unanswered":
            return UNANSWERED
        case _:
            return {}


@dataclass(frozen=True)
class About:
    """
    What a condition on a contact may name: the `values` of the trigger, and the declared `attributes` beside the columns of facts.contacts.

    `instead` says how attributes are read that are not, or are no more, what they were when the condition was written.
    """

    values: Values
    attributes: Values = field(default_factory=dict)
    instead: Mapping[str, exp.Expr] = field(default_factory=dict)


def contact_condition(where: str | None, about: About) -> exp.Expr:
    """Return *where* over facts.contacts (called c) and, as `trigger.<column>`, the values of the trigger of an enrolment (called e)."""
    return _bound(parse_condition(where), partial(_contact_column, about=about), types_of_contact(about)) if where else exp.true()


def types_of_contact(about: About) -> dict[str, str]:
    """Return the types of what a condition on a contact may name, as it is written."""
    columns = {column.name: column.type for column in BY_NAME["facts.contacts"].columns}
    return {**columns, **about.attributes, **{f"trigger.{name}": kind for name, kind in about.values.items()}}


def contact_values(where: str, about: About) -> Named:
    """Return the values that *where* names, on the rows that `contact_condition` asks."""
    return _named(where, partial(_contact_column, about=about))


def activity_values(where: str, names: Iterable[str]) -> Named:
    """Return the values that *where* names, on the rows that `activity_condition` asks."""
    return _named(where, partial(_activity_column, kinds=_kinds(names)))


def _named(text: str, bind: Callable[[exp.Column], exp.Expr]) -> Named:
    found = {node.sql(dialect="duckdb"): node for node in parse_value(text).walk(prune=_is_value) if _is_value(node)}
    bound = {written: _with_columns(node, bind) for written, node in sorted(found.items())}
    return [(written, exp.Try(this=value) if isinstance(value, exp.Anonymous) else value) for written, value in bound.items()]


def _is_value(node: exp.Expr) -> bool:
    """Whether *node* is looked up, not worked out: a column, what is under a key of one, a threshold."""
    return isinstance(node, exp.Column | exp.JSONExtractScalar) or (isinstance(node, exp.Anonymous) and node.name.lower() == "param")


def said(named: Named) -> exp.Expr | None:
    """Return the text that shows *named* values: `order_count = 3, country = none`; None where there are none."""
    text: exp.Expr | None = None
    for name, value in named:
        words = exp.Literal.string(f"{name} = " if text is None else f", {name} = ")
        shown = exp.func("coalesce", exp.cast(value, "VARCHAR"), exp.Literal.string("none"))
        text = exp.DPipe(this=words if text is None else exp.DPipe(this=text, expression=words), expression=shown)
    return text


def _contact_column(column: exp.Column, about: About) -> exp.Expr:
    values = about.values
    if column.table == "trigger" and not values:
        raise WhereError("nothing is known of a trigger here", "`trigger.<column>` is for conditions of steps, where the trigger brings values along")
    if column.table == "trigger":
        if column.name not in values:
            hint = nearest(column.name, values) or f"it has {', '.join(sorted(values))}"
            raise WhereError(f"unknown column `{column.name}` of the trigger", hint)
        return _from_json(exp.column("trigger_data", table="e"), column.name, values[column.name])
    known = (*BY_NAME["facts.contacts"].column_names, *about.attributes)
    if not column.table and column.name in about.instead:
        return about.instead[column.name].copy()
    if column.table or column.name not in known:
        raise WhereError(
            f"unknown column `{column.sql()}` of a contact",
            nearest(column.name, known) or "docs/data_dictionary.md lists facts.contacts; values of the trigger are written `trigger.<column>`",
        )
    return exp.column(column.name, table="c")


def row_condition(where: str | None, date: Dated) -> exp.Expr:
    """Return *where* over the columns of the rows that carry *date*."""
    if not where:
        return exp.true()

    def bind(column: exp.Column) -> exp.Expr:
        if column.table or column.name not in date.columns:
            known = ", ".join(sorted(date.columns))
            raise WhereError(f"unknown column `{column.sql()}` of {date.table}", nearest(column.name, date.columns) or f"it has {known}")
        return date.bound(column)

    return _bound(parse_condition(where), bind, date.columns)


def row_values(where: str, date: Dated) -> Named:
    """Return the values that *where* names, on the rows that `row_condition` asks."""
    return _named(where, date.bound)


def types_of_activities(names: Sequence[str]) -> dict[str, str]:
    """Return the types of what `where:` may name of every activity among *names*."""
    return {**_shared(names), "name": "VARCHAR", "key": "VARCHAR", "value": "DECIMAL(18,2)", "occurred_at": "TIMESTAMP", "contact_id": "VARCHAR"}


def _shared(names: Sequence[str]) -> dict[str, str]:
    each = [activity_columns(name) for name in names]
    return {name: of for name, of in each[0].items() if all(name in columns for columns in each)} if each else {}


def activity_columns(name: str) -> dict[str, str]:
    """Return the columns, with their types, that `where:` may use for an activity."""
    kind = known_activity(name)
    return {column: _type_of(column) for column in (*kind.columns, *(DERIVED if name == "order_placed" else ()))} if kind else {}


def parse_value(text: str) -> exp.Expr:
    """Return *text* as a tree; raises WhereError for what is no SQL value of one row."""
    try:
        tree = sqlglot.parse_one(f"select {text}", dialect="duckdb")
    except SqlglotError:
        tree = exp.Null()
    if (
        not isinstance(tree, exp.Select)
        or len(tree.selects) != 1
        or isinstance(tree.selects[0], exp.Alias | exp.Star)
        or any(given for part, given in tree.args.items() if part != "expressions")
    ):
        raise WhereError(f"`{text}` is not a SQL value", "write for example `link`")
    if any(tree.selects[0].find_all(exp.Query, exp.Subquery)):
        raise WhereError("a value is of one row: no SELECT inside", "write it over the columns of the activity")
    return tree.selects[0]


def parse_condition(where: str) -> exp.Expr:
    """Return *where* as a tree; raises WhereError for what is no SQL condition on one row."""
    try:
        tree: exp.Expr = sqlglot.parse_one(f"select 1 where {where}", dialect="duckdb").args["where"].this
    except SqlglotError:
        raise WhereError(f"`{where}` is not a SQL condition", "write for example `cart_value >= 20`") from None
    if any(tree.find_all(exp.Query, exp.Subquery)):
        raise WhereError("a condition asks about one row: no SELECT inside", "put it in a segment and use `in_segment:`")
    return tree


def _bound(tree: exp.Expr, bind: Callable[[exp.Column], exp.Expr], types: Values, wanted: Collection[Kind] = CONDITION) -> exp.Expr:
    """Return *tree* on the columns that *bind* gives; a value that cannot be read, or not be worked out with, gives nothing for its row."""
    return guarded(_with_columns(tried(tree), bind), sure=kind_of(tree, types) in wanted)


def _with_columns(tree: exp.Expr, bind: Callable[[exp.Column], exp.Expr]) -> exp.Expr:
    return tree.transform(lambda node: exp.paren(bind(node)) if isinstance(node, exp.Column) else node)


def _kinds(names: Iterable[str]) -> list[Activity]:
    return [kind for name in names if (kind := known_activity(name))]


def _activity_column(column: exp.Column, kinds: list[Activity], table: str = "a") -> exp.Expr:
    name = column.name
    if name in (*ALWAYS, "name"):
        return exp.column(name, table=table)
    if name in DERIVED:
        _type_in(name, kinds, ", ".join(kind.name for kind in kinds))
        return exp.column(name, table=table)
    if name == "props":
        return exp.cast(_json_text(exp.column("props", table=table), "props"), "JSON")
    return _from_json(exp.column("props", table=table), name, _type_in(name, kinds, ", ".join(kind.name for kind in kinds)))


def _type_in(name: str, kinds: list[Activity], of: str) -> str:
    for kind in kinds:
        allowed = {*kind.columns, *(DERIVED if kind.name == "order_placed" else ())}
        if name not in allowed:
            raise WhereError(f"unknown column `{name}` of {of}", nearest(name, allowed) or f"it has {', '.join(sorted(allowed))}")
    return _type_of(name)


def _from_json(json: exp.Expr, name: str, kind: str) -> exp.Expr:
    text = _json_text(json, name)
    # JSON keeps fifteen digits of a number: one that has more is nothing here.
    return text if kind in ("VARCHAR", "JSON") else exp.TryCast(this=text, to=exp.DataType.build(kind, dialect="duckdb"))


def _json_text(json: exp.Expr, name: str) -> exp.Expr:
    return exp.Anonymous(this="rl_json", expressions=[json, exp.Literal.string(name)])


@cache
def _type_of(name: str) -> str:
    if name in DERIVED:
        return DERIVED[name]
    types = {column.type for table in TABLES if table.schema == "raw" for column in table.columns if column.name == name}
    return types.pop() if len(types) == 1 else "VARCHAR"
