"""The `where:` conditions of the tests, each as SQL for the engine and as Python for the oracle. Unknown is not true."""

from collections.abc import Callable, Mapping
from typing import Any

Predicate = Callable[[Mapping[str, Any]], bool]


def at_least(name: str, least: int) -> Predicate:
    return lambda row: row.get(name) is not None and row[name] >= least


HOLDS: dict[str, Predicate] = {
    "cart_value >= 50": at_least("cart_value", 50),
    "total >= 20": at_least("total", 20),
    "order_count >= 1": at_least("order_count", 1),
    "trigger.cart_value >= 50": at_least("trigger.cart_value", 50),
    "country = 'FR'": lambda row: row.get("country") == "FR",
    "country in ('FR', 'BE')": lambda row: row.get("country") in ("FR", "BE"),
}
