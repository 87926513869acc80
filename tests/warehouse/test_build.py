"""The schema: what is declared exists, old files are brought up to date, newer ones are refused."""

from datetime import datetime
from pathlib import Path
from typing import Iterator

import duckdb
import pytest

from pipelines.errors import WarehouseTooNew
from pipelines.warehouse import build as building
from pipelines.warehouse.build import build
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.schema import SCHEMA_VERSION, TABLES, VIEWS
from pipelines.warehouse.table import Column, Table, columns

T1 = datetime(2026, 3, 2, 5)
T2 = datetime(2026, 3, 3, 5)
NEXT = SCHEMA_VERSION + 1


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    """A warehouse of today's schema with one order in it."""
    with memory_warehouse() as warehouse:
        warehouse.append("raw.orders", ["order_id", "ordered_at", "total", "loaded_from", "loaded_at"], [("o1", T1, 20, "orders", T1)])
        yield warehouse


@pytest.fixture(scope="module")
def built() -> Iterator[Warehouse]:
    with duckdb.connect() as connection:
        build(connection)
        yield Warehouse(connection, Path(":memory:"))


def test_a_warehouse_of_a_later_version_is_refused_untouched(warehouse: Warehouse) -> None:
    warehouse.run("update runs.schema set version = 99; drop view shop.orders")
    with pytest.raises(WarehouseTooNew, match=f"has schema version 99, this relance knows up to {SCHEMA_VERSION}\n  hint: upgrade relance"):
        build(warehouse.connection)
    assert warehouse.value("select count(*) from duckdb_views() where schema_name = 'shop' and view_name = 'orders'") == 0


def test_migrations_run_in_order_once_each_and_keep_the_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / f"{NEXT:04}.sql").write_text("alter table raw.orders add column note varchar; update raw.orders set note = 'two'")
    (tmp_path / f"{NEXT + 1:04}.sql").write_text("update raw.orders set note = note || ', three'; alter table raw.orders rename column note to remark")
    build(warehouse.connection, NEXT + 1, tmp_path)
    build(warehouse.connection, NEXT + 1, tmp_path)
    assert warehouse.rows("select order_id, remark from raw.orders") == [("o1", "two, three")]
    assert warehouse.rows("select version from runs.schema order by version") == [(SCHEMA_VERSION,), (NEXT + 1,)]


def test_a_migration_that_fails_changes_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / f"{NEXT:04}.sql").write_text("delete from raw.orders; select * from nowhere")
    with pytest.raises(duckdb.CatalogException):
        build(warehouse.connection, NEXT, tmp_path)
    assert warehouse.value("select count(*) from raw.orders") == 1
    assert warehouse.rows("select version from runs.schema") == [(SCHEMA_VERSION,)]


def test_a_new_column_and_a_new_table_appear_in_an_old_file(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_schema(monkeypatch, columns("gift BOOLEAN whether it is a gift"))
    build(warehouse.connection)
    with warehouse.at(T2):
        assert warehouse.rows("select order_id, gift from raw.orders") == [("o1", None)]
        assert warehouse.rows("select order_id, status from shop.orders") == [("o1", None)]
    assert warehouse.rows("select day, note from runs.notes") == []


def test_a_new_column_that_is_never_null_is_refused_where_rows_lack_it(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_schema(monkeypatch, columns("gift BOOLEAN! whether it is a gift"))
    with pytest.raises(duckdb.ConstraintException, match="gift"):
        build(warehouse.connection)
    assert warehouse.value("select count(*) from duckdb_columns() where column_name = 'gift'") == 0


def _with_schema(monkeypatch: pytest.MonkeyPatch, added: tuple[Column, ...]) -> None:
    notes = Table("runs", "notes", "one row per day", columns("day DATE! the day\nnote VARCHAR a remark"))
    wider = tuple(Table(t.schema, t.name, t.grain, t.columns + added) if t.full_name == "raw.orders" else t for t in TABLES)
    monkeypatch.setattr(building, "TABLES", (*wider, notes))
    monkeypatch.setattr(building, "definition", building.definition.__wrapped__)


def test_views_that_changed_are_defined_anew_in_an_old_file_and_otherwise_left_alone(warehouse: Warehouse) -> None:
    warehouse.run("drop view shop.refunds")
    build(warehouse.connection)
    assert warehouse.value("select count(*) from duckdb_views() where view_name = 'refunds'") == 0
    warehouse.run("update runs.schema set definition = 'of an older relance'")
    build(warehouse.connection)
    assert warehouse.value("select count(*) from duckdb_views() where view_name = 'refunds'") == 1


def test_every_table_and_column_exists_with_its_type_comment_and_not_null(built: Warehouse) -> None:
    sql = "select schema_name || '.' || table_name, column_name, data_type, comment, not is_nullable from duckdb_columns() where not internal"
    found = {(table, column): rest for table, column, *rest in built.rows(sql)}
    for table in TABLES:
        for column in table.columns:
            assert found.pop((table.full_name, column.name)) == [column.type, column.comment, column.required], (table.full_name, column.name)
    for view in VIEWS:
        for column in view.columns:
            assert found.pop((view.full_name, column.name))[1] == column.comment, (view.full_name, column.name)
    assert not found


def test_every_table_and_view_carries_its_grain(built: Warehouse) -> None:
    sql = "select schema_name || '.' || {0}_name, comment from duckdb_{0}s() where not internal and not temporary"
    assert dict(built.rows(sql.format("table"))) == {table.full_name: table.grain for table in TABLES}
    assert dict(built.rows(sql.format("view"))) == {view.full_name: view.grain for view in VIEWS}


def test_every_declared_check_is_a_constraint_of_its_table(built: Warehouse) -> None:
    found = dict(built.rows("select schema_name || '.' || table_name, count(*) from duckdb_constraints() where constraint_type = 'CHECK' group by all"))
    declared = {table.full_name: sum(bool(column.check) for column in table.columns) for table in TABLES}
    assert found == {name: count for name, count in declared.items() if count}


def test_no_table_has_an_index(built: Warehouse) -> None:
    assert built.rows("select * from duckdb_indexes()") == []


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        pytest.param({"contact_id": None}, "NOT NULL constraint failed", id="who is missing"),
        pytest.param({"basis": "legitimate_interest"}, "CHECK constraint failed", id="basis that is not in the list"),
        pytest.param({"granted": "perhaps"}, "Could not convert", id="text for true or false"),
    ],
)
def test_a_row_that_breaks_the_contract_does_not_get_in(built: Warehouse, row: dict[str, object], complaint: str) -> None:
    good = {"contact_id": "c1", "channel": "email", "topic": "all", "basis": "opt_in", "granted": True, "occurred_at": T1, "loaded_from": "s", "loaded_at": T1}
    with pytest.raises(duckdb.Error, match=complaint):
        built.append("raw.consents", list(good), [tuple((good | row).values())])
    assert built.value("select count(*) from raw.consents") == 0
