"""The people that a tick or a hand-over pass deals with. Facts are searched for them once: that costs the same for few and for many."""

from pathlib import Path

import sqlglot.expressions as exp

from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


def nobody(warehouse: Warehouse) -> None:
    """Begin with an empty table `people`."""
    warehouse.run(HERE / "nobody.sql")


def meet(warehouse: Warehouse, table: str) -> None:
    """Add the contacts of a temporary *table*, those whom facts know, to `people`."""
    warehouse.keep("concerned", exp.select("contact_id").from_(table))
    warehouse.run(HERE / "people.sql")
