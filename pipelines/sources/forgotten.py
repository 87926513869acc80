"""Rows of files about people who were forgotten (`relance forget`): they are passed over, and leave no trace."""

from pathlib import Path

from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.table import Table

HERE = Path(__file__).parent


def pass_over_forgotten(warehouse: Warehouse, table: Table) -> int:
    """Take the rows about forgotten people out of `typed`, the rows of a file for *table*; return how many."""
    names = {column.name for column in table.columns}
    if not warehouse.value("select 1 from delivery.forgotten limit 1"):
        return 0
    if "referee_id" in names:
        return int(warehouse.value(HERE / "forgotten_referrals.sql"))
    if "contact_id" not in names:
        return 0
    passed_over = int(warehouse.value(HERE / "forgotten_rows.sql"))
    return passed_over + (int(warehouse.value(HERE / "forgotten_visitors.sql")) if "visitor_id" in names else 0)
