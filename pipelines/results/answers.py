"""How messages were answered once they were handed over."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.settings import ShopSettings
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
HOW_COUNTED = (
    "Opened and clicked are shares of what was handed over in the 30 days before the tick, each message counted once; a click on the unsubscribe link is none. "
    "Opens are weak evidence: mail programs and scanners open by themselves, and some hide that a person did."
)


@dataclass(frozen=True)
class Answers:
    """
    What was handed over by one channel in the 30 days before the tick, and how many of these messages were opened and clicked.

    `opened` leaves out those that only machines opened, as far as the provider tells; both are None where opening cannot be seen.
    """

    channel: str
    handed_over: int
    opened: int | None
    opened_by_machine: int | None
    clicked: int
    opened_of_handed_over: float | None
    clicked_of_handed_over: float


def answers(warehouse: Warehouse, shop: ShopSettings, as_of: datetime) -> dict[str, tuple[Answers, ...]]:
    """Return the answers to each scenario's messages, channel by channel; runs inside `warehouse.at(as_of)`."""
    found: dict[str, tuple[Answers, ...]] = {}
    for scenario, *figures in warehouse.rows(HERE / "answers.sql", as_of=as_of, way_out=shop.unsubscribe_url or None):
        found[scenario] = (*found.get(scenario, ()), Answers(*figures))
    return found
