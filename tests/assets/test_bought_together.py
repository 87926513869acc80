"""What the asset of what is bought together shows, tick by tick."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.assets.bought_together import bought_together_stage
from pipelines.assets.run import Run, Wiring
from pipelines.assets.stage import Result, is_news
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.facts.history import PARIS, at, line, load, order, tick

NOW = at("2026-03-30", "06:00")


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    with memory_warehouse() as warehouse:
        lines = [line(f"o{number}", product, line_no=place) for number in range(3) for place, product in enumerate(("lamp", "bulb"))]
        load(warehouse, NOW, *(order(f"o{number}", at("2026-03-20")) for number in range(4)), *lines, line("o3", "soap"))
        load(warehouse, NOW, ("products", {"product_id": "lamp", "name": "A lamp", "valid_from": at("2025-01-01")}))
        yield warehouse


def made(warehouse: Warehouse, as_of: datetime, *, in_use: bool = True, again: bool = False) -> Result:
    files: Any = SimpleNamespace(ask_what_is_bought_together=in_use)
    wiring = Wiring(PARIS, files, lambda: as_of, live=False, reports_url="")
    run = Run(wiring, warehouse, as_of, None if again else tick(PARIS, as_of), as_of, lambda: as_of, sends=False, daily=True)
    [result] = bought_together_stage(wiring).work(run)
    warehouse.append("runs.ticks", ["as_of", "day", "started_at", "status", "send"], [(as_of, as_of.date(), as_of, "committed", True)])
    return result


def test_it_shows_how_it_was_counted_and_its_strongest_pairs_by_name(warehouse: Warehouse) -> None:
    metadata = made(warehouse, NOW).metadata or {}
    shown = {name: metadata[name] for name in ("dagster/row_count", "counted", "orders looked into")}
    assert shown == {"dagster/row_count": 2, "counted": "from the whole year", "orders looked into": 4}
    assert metadata["preview"].value.splitlines()[2:] == ["| bulb | A lamp | 3 | 1.0 | 1.3 |"]


def test_a_tick_that_counts_nothing_is_no_news(warehouse: Warehouse) -> None:
    assert is_news(made(warehouse, NOW))
    rested = made(warehouse, NOW + timedelta(minutes=15))
    assert not is_news(rested)
    assert (rested.metadata or {})["dagster/row_count"] == 2
    assert "counted" not in (made(warehouse, NOW, again=True).metadata or {})


def test_a_table_that_nobody_reads_is_empty_and_says_why(warehouse: Warehouse) -> None:
    made(warehouse, NOW)
    metadata = made(warehouse, NOW + timedelta(days=1), in_use=False).metadata or {}
    assert (metadata["dagster/row_count"], metadata["counted"].partition(":")[0], metadata["preview"].value) == (0, "not at all", "no rows")


def test_it_opens_the_statement_that_makes_it() -> None:
    [spec] = bought_together_stage(Wiring(PARIS, SimpleNamespace(), lambda: NOW, live=False, reports_url="")).specs  # type: ignore[arg-type]
    [reference] = spec.metadata["dagster/code_references"].code_references
    assert "insert into facts.stored_together" in Path(reference.file_path).read_text(encoding="utf-8")
    assert "insert into facts.stored_together" in (spec.description or "")
