"""How often values that templates need are empty on the data there is."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlglot
import sqlglot.expressions as exp

from pipelines.messages.data import VARIABLE, MessageData
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.engine_errors import StatementError
from pipelines.warehouse.schema import BY_NAME

HERE = Path(__file__).parent
ATTRIBUTE = "contact.attributes."
TRIGGER = "trigger."
ABOUT = ("order", "cart", "product", "event", "subscription")
RUNS = "runs that send it"
KEPT_IN = {
    "contact": ("shop.contacts", "contacts"),
    "product": ("shop.current_products", "products"),
    "order": ("shop.orders", "orders"),
    "event": ("shop.calendar_events", "events"),
    "subscription": ("shop.subscriptions", "subscriptions"),
}
"""Where the attributes of what a message speaks of are kept, and what one row is."""


@dataclass(frozen=True)
class Emptiness:
    """Of `rows` of a kind, `empty` lack the value."""

    empty: int
    rows: int
    kind: str

    def __str__(self) -> str:
        share = self.empty / self.rows
        percent = "under 1" if share < 0.01 else f"{share * 100:.0f}"
        return f"{percent} % of {self.kind} ({self.empty:,} of {self.rows:,})"


def emptiness(
    warehouse: Warehouse, message: str, needed: Iterable[str], data: MessageData | None, declared: Container[str] = frozenset()
) -> dict[str, Emptiness]:
    """
    Return how often each value *needed* by the templates of *message* (`contact.first_name`, `cart`, `trigger.cart_value`, `data.points`) is empty.

    *declared* are the attributes that the settings declare. What no row speaks of is left out. What the message is about, values of its
    trigger and of its `data.sql` are those of the runs that send it. Runs inside `warehouse.at(…)`.
    """
    wanted = sorted(set(needed))
    found = {of: counted for of in wanted if (counted := _kept(warehouse, of, declared))}
    if any(of in ABOUT or of.startswith((TRIGGER, f"{VARIABLE}.")) for of in wanted):
        found |= _of_runs(warehouse, message, wanted, data)
    return {of: counted for of, counted in found.items() if counted.rows}


def _kept(warehouse: Warehouse, of: str, declared: Container[str]) -> Emptiness | None:
    owner, _, name = of.partition(".")
    if owner not in KEPT_IN or not name:
        return None
    table, kind = KEPT_IN[owner]
    value: exp.Expr
    if of.startswith(ATTRIBUTE) and of.removeprefix(ATTRIBUTE) in declared:
        table, value = "facts.contacts", exp.column(of.removeprefix(ATTRIBUTE), quoted=True)
    elif of.startswith(ATTRIBUTE):
        value = _json("attributes", of.removeprefix(ATTRIBUTE))
    else:
        table = next((each for each in (table, "facts.contacts") if name in BY_NAME[each].column_names), "")
        value = exp.column(name)
    return next(iter(_counted(warehouse, exp.to_table(table), {of: value}, kind).values()), None) if table else None


def _of_runs(warehouse: Warehouse, message: str, wanted: Iterable[str], data: MessageData | None) -> dict[str, Emptiness]:
    warehouse.run(HERE / "runs_that_send.sql", message=message)
    warehouse.run(HERE / "subjects.sql")
    values = {of: _json("trigger_data", of.removeprefix(TRIGGER)) for of in wanted if of.startswith(TRIGGER) and of != "trigger.activity"}
    about = {of: exp.column(f"{of}_id") for of in wanted if of in ABOUT}
    found = _counted(warehouse, exp.table_("render_subjects"), values | about, RUNS)
    columns = {of: exp.column(of.removeprefix(f"{VARIABLE}."), table="d") for of in wanted if of.startswith(f"{VARIABLE}.")}
    if data and columns:
        warehouse.run(HERE / "data_messages.sql", message=message, first=None, last=None)
        given = exp.Subquery(this=sqlglot.parse_one(data.sql, dialect="duckdb"), alias=exp.TableAlias(this=exp.to_identifier("d")))
        rows = exp.select("m.message_key", *columns.values()).from_("messages as m").join(given, on="d.message_key = m.message_key", join_type="left")
        try:
            found |= _counted(warehouse, rows.subquery("d"), columns, RUNS)
        except StatementError:
            return found  # what the engine refuses is said where the message is rendered
    return found


def _counted(warehouse: Warehouse, rows: exp.Expr, values: Mapping[str, exp.Expr], kind: str) -> dict[str, Emptiness]:
    if not values:
        return {}
    query = exp.select("count(*)", *(exp.func("count", _words(value)) for value in values.values())).from_(rows)
    ((total, *filled),) = warehouse.rows(query.sql(dialect="duckdb"))
    return {of: Emptiness(total - count, total, kind) for of, count in zip(values, filled, strict=True)}


def _words(value: exp.Expr) -> exp.Expr:
    """Return *value*, or null where it is a text of spaces: a template sees nothing there either."""
    blank = exp.func("trim", exp.cast(value.copy(), "VARCHAR")).eq(exp.Literal.string(""))
    return exp.case().when(blank, exp.null()).else_(value.copy())


def _json(column: str, name: str) -> exp.Expr:
    return exp.Anonymous(this="rl_json", expressions=[exp.column(column), exp.Literal.string(name)])
