"""The shop that messages are written from."""

from collections.abc import Iterator

import pytest

from pipelines.warehouse.duckdb import Warehouse
from tests.messages.shop import shop_warehouse, undone


@pytest.fixture(scope="session")
def shop() -> Iterator[Warehouse]:
    """Made once: each test takes back what it did."""
    with shop_warehouse() as opened:
        yield opened


@pytest.fixture
def warehouse(shop: Warehouse) -> Iterator[Warehouse]:
    yield from undone(shop)
