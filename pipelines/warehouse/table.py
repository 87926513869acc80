"""The vocabulary in which the schema is written: tables, views, columns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    comment: str
    required: bool = False
    check: str = ""
    """A condition on the row, in portable SQL, that the warehouse enforces."""


@dataclass(frozen=True)
class Table:
    """
    One table. `key` is the grain: unique, kept by whoever writes (DuckDB indexes would double the cost of a tick).

    `time` is the column the rows are ordered by, so that a tick reads only the stretch it needs.
    """

    schema: str
    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    time: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def columns(text: str) -> tuple[Column, ...]:
    """
    Return columns from lines of `name TYPE! comment [check: condition]`; `!` after the type means never null.

    A type with spaces does not occur; a comment is compulsory.
    """
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, kind, comment = line.split(maxsplit=2)
        comment, _, check = comment.partition(" check: ")
        found.append(Column(name, kind.rstrip("!"), comment, kind.endswith("!"), check))
    return tuple(found)


def table(name: str, grain: str, key: str, text: str, time: str = "") -> Table:
    """Return the table *name*, written `schema.table`, with the columns of *text* and the key columns of *key*, separated by commas."""
    schema, _, short = name.partition(".")
    return Table(schema, short, grain, columns(text), tuple(filter(None, key.split(", "))), time)
