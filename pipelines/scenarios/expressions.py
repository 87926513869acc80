"""`where:` in scenario files: SQL over the columns of an activity, of facts.contacts and of the trigger."""

from dataclasses import dataclass, field
from functools import cache, partial
from typing import Callable, Collection, Iterable, Mapping, Sequence

import sqlglot
import sqlglot.expressions as exp
from sqlglot.errors import SqlglotError

from pipelines.errors import nearest
from pipelines.warehouse.activities import Activity, known_activity
from pipelines.warehouse.dates import Dated, dated
from pipelines.warehouse.schema import BY_NAME, TABLES

DERIVED = {"order_number": "BIGINT"}
"""Columns of order_placed that the tick works out: the how-many-th order of its contact."""


ALWAYS = ("key", "value", "occurred_at", "contact_id")
"""Columns that every activity has."""

Values = Mapping[str, str]
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


def activity_condition(where: str | None, names: Iterable[str], table: str = "a") -> exp.Expr:
    """
    Return *where* over rows of the activity stream called *table*: columns of the activities become key, value or props.

    Raises WhereError for what does not parse or names a column that one of the activities lacks.
    """
    if not where:
        return exp.true()
    kinds = [kind for name in names if (kind := known_activity(name))]
    return _bound(where, lambda column: _activity_column(column, kinds, table))


def answer_value(text: str, name: str, table: str = "a") -> exp.Expr:
    """
    Return *text*, a value or a condition, over the rows of the query of the activity called *name*: in the language of `where:`, without the tick's news.

    What cannot become another type is nothing there. Raises WhereError as `activity_condition` does, and for what is not the same in every tick.
    """
    kind = known_activity(name)
    assert kind is not None, name

    def bind(column: exp.Column) -> exp.Expr:
        if column.name == "name" and column.name not in kind.query.named_selects:
            return exp.Literal.string(name)
        if column.name in (*ALWAYS, "name"):
            return exp.column(column.name, table=table)
        if column.name in DERIVED:
            raise WhereError(f"`{column.name}` is known to triggers and conditions alone", f"it has {', '.join(sorted(kind.columns))}")
        return exp.cast(exp.column(column.name, table=table), _type_in(column.name, [kind], name))

    tree = parse_value(text)
    for node in tree.walk():
        _refuse(node, {column: _type_of(column) for column in (*kind.columns, "contact_id")} | {"name": "VARCHAR", "key": "VARCHAR"})
    return tree.transform(_tried).transform(lambda node: exp.paren(bind(node)) if isinstance(node, exp.Column) else node)


def _tried(node: exp.Expr) -> exp.Expr:
    """Return a cast that a person wrote as one that gives nothing for what is not of the type: one odd row stops no tick."""
    return exp.TryCast(this=node.this.transform(_tried), to=node.to) if type(node) is exp.Cast else node


def _refuse(node: exp.Expr, types: Mapping[str, str]) -> None:
    """Raise WhereError for what a later tick would answer otherwise, and for text that the engine would read as a number, where one odd row stops a tick."""
    if isinstance(node, exp.Window):
        raise WhereError("a value is of one row: no window function inside", "write it over the columns of the activity")
    if isinstance(node, exp.Anonymous) and (called := node.name.lower()) in ("as_of", "param"):
        raise WhereError(f"`{called}` would change answers that were read before", "write the value itself; segments and conditions may ask for it")
    sides = _compared(node)
    texts = [side.name for side in sides if isinstance(side, exp.Column) and types.get(side.name) == "VARCHAR"]
    numbers = [side.sql() for side in sides if side.is_number]
    if texts and numbers:
        raise WhereError(f"`{texts[0]}` is text and `{numbers[0]}` a number", f"write `'{numbers[0]}'` for the text, or `cast({texts[0]} as double)`")


def _compared(node: exp.Expr) -> list[exp.Expr]:
    """Return what *node* compares where the engine would read text as a number without being told."""
    match node:
        case exp.EQ() | exp.NEQ() | exp.NullSafeEQ() | exp.NullSafeNEQ():
            return [node.this, node.expression]
        case exp.In():
            return [node.this, *node.expressions]
        case exp.Case(this=exp.Column()):
            return [node.this, *(branch.this for branch in node.args["ifs"])]
        case _:
            return []


def trigger_values(kind: str, activities: Sequence[str] = (), source: str | None = None) -> Values:
    """Return the columns, with their types, that a trigger of *kind* brings along: those that all its *activities* have, or those of the row."""
    match kind:
        case "activity":
            each = [activity_columns(name) for name in activities]
            return {name: of for name, of in each[0].items() if all(name in columns for columns in each)} if each else {}
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
    attributes: Collection[str] = ()
    instead: Mapping[str, exp.Expr] = field(default_factory=dict)


def contact_condition(where: str | None, about: About) -> exp.Expr:
    """Return *where* over facts.contacts (called c) and, as `trigger.<column>`, the values of the trigger of an enrolment (called e)."""
    return _bound(where, partial(_contact_column, about=about)) if where else exp.true()


def contact_values(where: str, about: About) -> list[tuple[str, exp.Expr]]:
    """Return the columns and thresholds that *where* names, each as written and as an expression on the rows that `contact_condition` asks."""
    named = {node.sql(dialect="duckdb"): node for node in parse_condition(where).find_all(exp.Column, exp.Anonymous) if _is_value(node)}
    bound = {text: _contact_column(node, about) if isinstance(node, exp.Column) else node for text, node in named.items()}
    return [(text, node.copy()) for text, node in sorted(bound.items())]


def _is_value(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) or node.name.lower() == "param"


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

    return _bound(where, bind)


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


def _bound(where: str, bind: Callable[[exp.Column], exp.Expr]) -> exp.Expr:
    return parse_condition(where).transform(lambda node: exp.paren(bind(node)) if isinstance(node, exp.Column) else node)


def _activity_column(column: exp.Column, kinds: list[Activity], table: str) -> exp.Expr:
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
    return text if kind in ("VARCHAR", "JSON") else exp.cast(text, kind)


def _json_text(json: exp.Expr, name: str) -> exp.Expr:
    return exp.Anonymous(this="rl_json", expressions=[json, exp.Literal.string(name)])


@cache
def _type_of(name: str) -> str:
    if name in DERIVED:
        return DERIVED[name]
    types = {column.type for table in TABLES if table.schema == "raw" for column in table.columns if column.name == name}
    return types.pop() if len(types) == 1 else "VARCHAR"
