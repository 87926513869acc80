"""One warehouse for all tests of sources, emptied for each: building it takes longer than any load here."""

from pathlib import Path
from typing import Any, Iterator

import pytest

from pipelines.warehouse import emptying
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.schema import TABLES
from tests.sources.shop import OpenShop, Shop


@pytest.fixture(scope="session")
def built_warehouse() -> Iterator[Warehouse]:
    with memory_warehouse() as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(built_warehouse: Warehouse) -> Warehouse:
    empty(built_warehouse)
    return built_warehouse


@pytest.fixture
def open_shop(warehouse: Warehouse, tmp_path: Path) -> OpenShop:
    def opened(*, zone: str = "Europe/Paris", **source: Any) -> Shop:
        empty(warehouse)
        return Shop(warehouse, tmp_path, source, zone)

    return opened


def empty(warehouse: Warehouse) -> None:
    emptying.empty(warehouse, (table.full_name for table in TABLES if table.schema == "raw"))
