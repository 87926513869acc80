"""
Dates that rows of a contact carry: a subscription's end, an event's beginning, the day an order is expected.

Scenarios that begin before or after one name it `table.column`.
"""

from dataclasses import dataclass
from functools import cache

import sqlglot.expressions as exp

from pipelines.warehouse.contract import CONTRACT, LOADED
from pipelines.warehouse.table import Column, Table

EVENTS = "calendar_events"
ATTENDED_BY = "registrations"
"""Contacts are tied to an event by having registered for it."""


@dataclass(frozen=True)
class Dated:
    """
    One date. `key` is the column that tells one row of a contact from another; `columns` what a `where:` may name, with types.

    `whole_day`: a day of the calendar, which begins in the contact's own zone; otherwise an instant.
    """

    table: str
    column: str
    key: str
    whole_day: bool
    columns: dict[str, str]

    @property
    def tables(self) -> tuple[str, ...]:
        return (ATTENDED_BY, EVENTS) if self.table == EVENTS else (self.table,)

    def rows(self) -> exp.Select:
        """Return contact_id, key, moment, loaded_at and the row's values as JSON (props) of every row that carries the date."""
        values = [part for name in self.columns for part in (exp.Literal.string(name), self._column(name))]
        loaded = [exp.func("coalesce", exp.column("corrected_at", table=alias), exp.column("loaded_at", table=alias)) for alias in self._aliases]
        query = exp.select(
            exp.alias_(exp.column("contact_id", table="c"), "contact_id"),
            exp.alias_(exp.cast(self._column(self.key), "VARCHAR"), "key"),
            exp.alias_(exp.cast(self._column(self.column), "TIMESTAMP"), "moment"),
            exp.alias_(loaded[0] if len(loaded) == 1 else exp.func("greatest", *loaded), "loaded_at"),
            exp.alias_(exp.func("json_object", *values, dialect="duckdb"), "props"),
        )
        if self.table != EVENTS:
            return query.from_(f"shop.{self.table} AS c")
        still = exp.column("status", table="c").neq("cancelled").or_(exp.column("status", table="c").is_(exp.null()))
        return query.from_(f"shop.{ATTENDED_BY} AS c").join(f"shop.{EVENTS} AS r", on="r.event_id = c.event_id").where(still)

    @property
    def _aliases(self) -> tuple[str, ...]:
        return ("c", "r") if self.table == EVENTS else ("c",)

    def _column(self, name: str) -> exp.Column:
        return exp.column(name, table=self._aliases[-1])

    def bound(self, column: exp.Column) -> exp.Column:
        """Return *column* of a `where:` as a column of `rows()`."""
        return self._column(column.name)


@cache
def dated() -> dict[str, Dated]:
    """Return every date by the name scenarios know it by."""
    tables = [table for table in CONTRACT if "contact_id" in table.column_names or table.name == EVENTS]
    return {f"{table.name}.{column.name}": _dated(table, column.name, column.type) for table in tables for column in _dates_of(table)}


def _dates_of(table: Table) -> list[Column]:
    return [column for column in table.columns if column.type in ("DATE", "TIMESTAMP") and column not in LOADED and column.name != "birth_date"]


def _dated(table: Table, column: str, kind: str) -> Dated:
    columns = {each.name: each.type for each in table.columns if each not in LOADED and each.name != "contact_id"}
    own = [name for name in table.key if name != "contact_id"]
    return Dated(table.name, column, own[0] if own else column, kind == "DATE", columns)
