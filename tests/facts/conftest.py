"""One warehouse for the whole room; every test finds it empty but for two contacts, `ada` and `bo`."""

from typing import Iterator

import pytest

from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.facts.history import at, contact, empty, load


@pytest.fixture(scope="package")
def built() -> Iterator[Warehouse]:
    with memory_warehouse() as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(built: Warehouse) -> Iterator[Warehouse]:
    load(built, at("2026-03-29", "06:00"), contact("ada", created_at=at("2025-01-01")), contact("bo"))
    yield built
    empty(built, "raw")
    empty(built, "facts")
