"""Keeps delivery.suppressions: by hash of the address, so that it outlives the contact."""

from datetime import datetime
from pathlib import Path

from pipelines.ticks import Tick
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
EVER = datetime(1900, 1, 1)


def suppress(warehouse: Warehouse, tick: Tick) -> None:
    """Add the addresses that bounced for good, complained or unsubscribed since the previous tick. Idempotent."""
    warehouse.run(HERE / "suppress.sql", since=tick.previous or EVER)
