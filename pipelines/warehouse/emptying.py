"""A warehouse that one case after another has to itself."""

from collections.abc import Iterable

import sqlglot.expressions as exp

from pipelines.warehouse.duckdb import Warehouse


def empty(warehouse: Warehouse, tables: Iterable[str]) -> None:
    """Delete the rows of those of *tables* that have any: looking at all of them costs less than deleting nothing from each."""
    looks = " union all ".join(f"(select {exp.Literal.string(table)} from {table} limit 1)" for table in tables)
    for (table,) in warehouse.rows(looks):
        warehouse.run(f"delete from {table}")
