"""What a pass left in the outbox, and why."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.privacy.masking import masked_text
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Waiting:
    """
    So many messages of a channel that wait for one reason of the outbox; `unknown` where nobody knows whether they went.

    `goes_at` says when the first of them goes, where that is known; without a reason they go with the next pass. `detail` is what is said of one of them.
    """

    channel: str
    reason: str | None
    messages: int
    goes_at: datetime | None
    detail: str


def waiting(warehouse: Warehouse, now: datetime) -> list[Waiting]:
    """Return what waits at *now* and is still valid, the most of each channel first."""
    return [
        Waiting(channel, reason, messages, goes_at, masked_text(detail or ""))
        for channel, reason, messages, goes_at, detail in warehouse.rows(HERE / "waits.sql", now=now)
    ]
