"""What every engine promises behind its door, told once and held against each of them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlglot.expressions as exp

from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.engine_errors import EngineError
from pipelines.warehouse.schema import VIEWS

T1 = datetime(2026, 3, 2, 5)
T2 = datetime(2026, 3, 3, 5)


def order(warehouse: Warehouse, order_id: str, ordered_at: datetime, **values: Any) -> None:
    row = {"order_id": order_id, "contact_id": "c1", "ordered_at": ordered_at, "total": 20, "loaded_from": "orders", "loaded_at": ordered_at, **values}
    warehouse.append("raw.orders", list(row), [tuple(row.values())])


class EngineContract:
    """A subclass gives `warehouse`, with every table and nothing in it."""

    # Time

    def test_a_view_without_as_of_is_an_error_even_on_empty_tables(self, warehouse: Warehouse) -> None:
        timeless = {"shop.calendar_events", "shop.product_relations"}
        for view in {view.full_name for view in VIEWS if view.schema == "shop"} - timeless:
            with pytest.raises(EngineError, match="as_of"):
                warehouse.rows(f"select * from {view}")

    def test_what_happens_at_or_after_as_of_is_not_seen_yet(self, warehouse: Warehouse) -> None:
        order(warehouse, "before", T1 - timedelta(seconds=1), status="cancelled", cancelled_at=T1)
        order(warehouse, "at", T1)
        seen = "select order_id, status, cancelled_at from shop.orders order by order_id"
        with warehouse.at(T1):
            assert warehouse.rows(seen) == [("before", "placed", None)]
        with warehouse.at(T2):
            assert warehouse.rows(seen) == [("at", None, None), ("before", "cancelled", T1)]

    def test_as_of_comes_back_to_the_outer_tick_and_ends_with_it(self, warehouse: Warehouse) -> None:
        with warehouse.at(T2):
            with warehouse.at(T1):
                assert warehouse.value("select as_of()") == T1
            assert warehouse.value("select as_of()") == T2
        with pytest.raises(EngineError, match="as_of"):
            warehouse.value("select as_of()")

    # Transactions

    def test_a_transaction_that_ends_well_stays(self, warehouse: Warehouse) -> None:
        with warehouse.transaction():
            order(warehouse, "o1", T1)
        assert warehouse.rows("select order_id from raw.orders") == [("o1",)]

    def test_a_transaction_that_fails_takes_everything_back(self, warehouse: Warehouse) -> None:
        with pytest.raises(ZeroDivisionError), warehouse.transaction():
            order(warehouse, "o1", T1)
            raise ZeroDivisionError
        assert warehouse.value("select count(*) from raw.orders") == 0

    def test_a_statement_that_fails_inside_a_transaction_shows_its_own_error_and_unbinds_time(self, warehouse: Warehouse) -> None:
        with pytest.raises(EngineError, match="(?i)not null"), warehouse.transaction(), warehouse.at(T1):
            order(warehouse, "o1", T1)
            order(warehouse, "o2", T1, total=None)
        assert warehouse.value("select count(*) from raw.orders") == 0
        with pytest.raises(EngineError, match="as_of"):
            warehouse.value("select as_of()")

    # Statements and rows

    def test_every_statement_of_a_file_runs_with_the_parameters_it_names(self, warehouse: Warehouse, tmp_path: Path) -> None:
        path = tmp_path / "two.sql"
        path.write_text("-- Twice; with a ; in it.\ncreate or replace temp table twice as select 2 * $number as n;\n\nselect n + $more as sum from twice;\n")
        assert warehouse.records(path, number=20, more=2, unused=1) == [{"sum": 42}]
        assert warehouse.value("select n from twice") == 40
        assert warehouse.value("select n from twice where n > 100") is None

    def test_rows_born_in_python_arrive_whole_however_many(self, warehouse: Warehouse) -> None:
        warehouse.run("delete from calendar.days")
        warehouse.append("calendar.days", ["day", "isodow"], [(date(2020, 1, 1) + timedelta(days=n), n % 7 + 1) for n in range(1201)])
        assert warehouse.rows("select count(*), min(day), max(isodow) from calendar.days") == [(1201, date(2020, 1, 1), 7)]

    def test_a_composed_query_is_kept_until_another_takes_its_name(self, warehouse: Warehouse) -> None:
        query = exp.select(exp.alias_(exp.Parameter(this=exp.to_identifier("number")), "n"))
        warehouse.keep("kept", query, number=1)
        warehouse.keep("kept", exp.union(query, query, distinct=False), number=2)
        assert warehouse.rows("select n from kept") == [(2,), (2,)]

    # What dialects do differently

    @pytest.mark.parametrize(
        ("call", "value"),
        [
            pytest.param("rl_days(timestamp '2026-01-01 23:00', timestamp '2026-01-02 01:00')", 1, id="days_are_calendar_days"),
            pytest.param("rl_hours(timestamp '2026-01-01 23:30', timestamp '2026-01-02 01:00')", 1, id="hours_are_elapsed"),
            pytest.param("rl_hours(timestamp '2026-01-02 01:00', timestamp '2026-01-01 23:30')", -2, id="hours_round_down"),
            pytest.param("rl_seconds(timestamp '2026-01-01 00:00:00.9', timestamp '2026-01-01 00:00:02.1')", 1, id="seconds"),
            pytest.param("rl_isodow(date '2026-09-13')", 7, id="sunday_is_seven"),
            pytest.param("rl_isodow(date '2026-09-14')", 1, id="monday_is_one"),
            pytest.param("rl_add_days(date '2026-02-27', 2)", date(2026, 3, 1), id="add_days"),
            pytest.param("rl_add_months(timestamp '2026-01-31 10:00', 1)", date(2026, 2, 28), id="add_months"),
            pytest.param("rl_add_seconds(timestamp '2026-01-01', 90)", datetime(2026, 1, 1, 0, 1, 30), id="add_seconds"),
            pytest.param("rl_anniversary(date '2000-02-29', 2026)", date(2026, 2, 28), id="leap_birthday"),
            pytest.param("rl_anniversary(date '2000-02-29', 2028)", date(2028, 2, 29), id="leap_birthday_in_a_leap_year"),
            pytest.param("rl_bucket('c1', 10000)", int("a9f7e979", 16) % 10000, id="bucket"),
            pytest.param("rl_json('{\"a b\": 1}', 'a b')", "1", id="json"),
            pytest.param("rl_json('{}', 'a')", None, id="json_without_the_key"),
            pytest.param("rl_sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", id="sha256"),
        ],
    )
    def test_a_macro_gives(self, warehouse: Warehouse, call: str, value: Any) -> None:
        assert warehouse.value("select " + call) == value


@pytest.fixture(scope="module")
def duckdb_in_memory() -> Iterator[Warehouse]:
    with memory_warehouse() as warehouse:
        yield warehouse


class TestDuckdb(EngineContract):
    @pytest.fixture
    def warehouse(self, duckdb_in_memory: Warehouse) -> Warehouse:
        duckdb_in_memory.run("delete from raw.orders")
        return duckdb_in_memory
