"""Keeps delivery.suppressions: by hash of the address, so that it outlives the contact."""

from datetime import datetime
from pathlib import Path

from pipelines.warehouse.duckdb import Warehouse
from senders.message import GONE

HERE = Path(__file__).parent
EVER = datetime(1900, 1, 1)


def suppress(warehouse: Warehouse, since: datetime | None) -> None:
    """Add the addresses that bounced for good, are gone, complained or unsubscribed since *since*, a tick; None for ever. Idempotent."""
    warehouse.run(HERE / "told.sql", since=since or EVER, gone=GONE)
    if warehouse.value("select 1 from told limit 1"):
        warehouse.run(HERE / "suppress.sql")
