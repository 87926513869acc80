"""Keys: a row is there once, its last version counts, and what was counted before is counted anew when it changes."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sources import one_file
from pipelines.warehouse.duckdb import Warehouse
from tests.sources.conftest import empty
from tests.sources.shop import MONDAY, OpenShop, Shop

TUESDAY = MONDAY + timedelta(days=1)
HEADER = "order_id,contact_id,ordered_at,total,status,shipped_at\n"


def test_loading_twice_changes_nothing(open_shop: OpenShop) -> None:
    shop = open_shop(max_reject_rate=1)
    shop.write("a.csv", f"{HEADER}A,c1,2026-01-01,1,,\nB,c1,2026-01-01,x,,\nC,c1\n")
    first, before = shop.load(), shop.contents()
    assert shop.load() == first
    assert shop.contents() == before
    again = shop.load(TUESDAY)
    assert (again.files, again.inserted, again.replaced, again.rejected) == (0, 0, 0, 0)
    assert shop.contents(with_ticks=False) == before[:-1]


def test_a_copy_of_a_file_changes_nothing_but_the_list_of_files(open_shop: OpenShop) -> None:
    shop = open_shop()
    text = f"{HEADER}A,c1,2026-01-01,1,,\nB,c2,2026-01-02,2,,\n"
    shop.write("a.csv", text)
    shop.load()
    before = shop.rows("*")
    shop.write("b.csv", text)
    load = shop.load(TUESDAY)
    assert (load.files, load.inserted, load.replaced, load.rejected) == (1, 0, 0, 0)
    assert shop.rows("*") == before
    assert shop.warehouse.rows("select reason from raw.files where file = 'b.csv'") == [("2 rows known already",)]


def test_a_corrected_row_replaces_the_old_one_and_names_whom_it_concerns(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", f"{HEADER}A,c1,2026-01-01,1,,\nB,c2,2026-01-02,2,,\n")
    shop.load()
    shop.write("b.csv", f"{HEADER}A,c3,2026-01-01,1.5,,\nB,c2,2026-01-02,2,,\n")
    load = shop.load(TUESDAY)
    assert (load.inserted, load.replaced) == (0, 1)
    assert shop.rows("order_id, contact_id, total, loaded_at, corrected_at") == [
        ("A", "c3", Decimal("1.50"), MONDAY, TUESDAY),
        ("B", "c2", Decimal("2.00"), MONDAY, None),
    ]
    assert shop.warehouse.rows("select * from raw.corrections order by all") == [("c1", "orders", TUESDAY), ("c3", "orders", TUESDAY)]


def test_a_changed_file_is_read_again_whole(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", f"{HEADER}A,c1,2026-01-01,1,,\nB,c2,2026-01-02,2,,\n")
    shop.load()
    shop.write("a.csv", f"{HEADER}A,c1,2026-01-01,1,,\nB,c2,2026-01-02,7,,\nC,c2,2026-01-03,3,,\n")
    load = shop.load(TUESDAY)
    assert (load.files, load.inserted, load.replaced) == (1, 1, 1)
    assert shop.rows("order_id, total, loaded_at") == [("A", Decimal(1), MONDAY), ("B", Decimal(7), MONDAY), ("C", Decimal(3), TUESDAY)]


def test_milestones_are_no_correction_of_what_was_counted(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", f"{HEADER}A,c1,2026-01-01,1,placed,\n")
    shop.load()
    shop.write("a.csv", f"{HEADER}A,c1,2026-01-01,1,shipped,2026-03-03 09:00\n")
    assert shop.load(TUESDAY).replaced == 1
    assert shop.rows("status, shipped_at, loaded_at, corrected_at") == [("shipped", datetime(2026, 3, 3, 9), MONDAY, TUESDAY)]
    assert shop.warehouse.rows("from raw.corrections") == []


def test_late_rows_are_loaded_by_the_tick_that_sees_them(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", f"{HEADER}A,c1,2026-03-01,1,,\n")
    shop.load()
    shop.write("b.csv", f"{HEADER}B,c1,2026-02-01,1,,\n")
    shop.load(TUESDAY)
    assert shop.rows("order_id, loaded_at, corrected_at") == [("A", MONDAY, None), ("B", TUESDAY, None)]
    assert shop.warehouse.rows("from raw.corrections") == []


def test_in_one_file_the_last_row_of_a_key_wins_and_the_others_are_on_record(open_shop: OpenShop) -> None:
    shop = open_shop(max_reject_rate=0)
    shop.write("a.csv", f"{HEADER}A,c1,2026-01-01,1,,\nB,c2,2026-01-02,2,,\nA,c1,2026-01-01,3,,\nA,c1,2026-01-01,3,,\nB,c2,2026-01-02,2,,\n")
    load = shop.load()
    assert (load.inserted, load.rejected, load.status) == (2, 1, "fresh")
    assert shop.rows("order_id, total, corrected_at") == [("A", Decimal(3), None), ("B", Decimal(2), None)]
    assert shop.refused() == [(2, "duplicate key order_id `A`: line 5 is kept")]
    assert shop.warehouse.rows("select rows, rejected, reason from raw.files") == [(5, 1, "2 rows known already")]


def test_of_two_files_in_one_tick_the_later_name_wins_and_nobody_was_told_otherwise(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", f"{HEADER}A,c1,2026-01-01,1,,\n")
    shop.write("b.csv", f"{HEADER}A,c1,2026-01-01,2,,\n")
    load = shop.load()
    assert (load.inserted, load.replaced) == (1, 1)
    assert shop.rows("total, loaded_at, corrected_at") == [(Decimal(2), MONDAY, None)]
    assert shop.warehouse.rows("from raw.corrections") == []


def test_a_key_of_several_columns_is_one_key(open_shop: OpenShop) -> None:
    shop = open_shop(table="order_lines", max_reject_rate=1)
    shop.write("a.csv", "order_id,line_no,quantity,unit_price\nA,1,1,5\nA,2,1,5\nB,1,1,5\nA,2,3,5\n")
    shop.load()
    assert shop.rows("order_id, line_no, quantity") == [("A", 1, Decimal(1)), ("A", 2, Decimal(3)), ("B", 1, Decimal(1))]
    assert shop.refused() == [(3, "duplicate key order_id `A`, line_no `2`: line 5 is kept")]


CONCERNED: list[tuple[str, str, str, list[str]]] = [
    ("order_lines", "order_id,line_no,quantity,unit_price\nA,1,1,5\n", "order_id,line_no,quantity,unit_price\nA,1,2,5\n", ["c1"]),
    ("refunds", "refund_id,order_id,refunded_at,amount\nR,A,2026-01-02,1\n", "refund_id,order_id,refunded_at,amount\nR,A,2026-01-02,2\n", ["c1"]),
    ("refunds", "refund_id,contact_id,refunded_at,amount\nR,c2,2026-01-02,1\n", "refund_id,contact_id,refunded_at,amount\nR,c3,2026-01-02,1\n", ["c2", "c3"]),
    ("cart_lines", "event_id,line_no,quantity,unit_price\nE,1,1,5\n", "event_id,line_no,quantity,unit_price\nE,1,2,5\n", ["c9"]),
    (
        "referrals",
        "referral_id,kind,referrer_id,occurred_at\nF,invited,c1,2026-01-01\n",
        "referral_id,kind,referrer_id,referee_id,occurred_at\nF,invited,c1,c2,2026-01-01\n",
        ["c1", "c2"],
    ),
    ("contacts", "contact_id,first_name\nc1,Ann\n", "contact_id,first_name\nc1,Anne\n", ["c1"]),
    ("products", "product_id,price,valid_from\np,1,2026-01-01\n", "product_id,price,valid_from\np,2,2026-01-01\n", []),
]


@pytest.mark.parametrize(("table", "before", "after", "contacts"), CONCERNED, ids=[f"{case[0]}-{number}" for number, case in enumerate(CONCERNED)])
def test_whom_a_correction_concerns(open_shop: OpenShop, table: str, before: str, after: str, contacts: list[str]) -> None:
    shop = open_shop(table=table)
    shop.warehouse.append(
        "raw.orders", ["order_id", "contact_id", "ordered_at", "total", "loaded_from", "loaded_at"], [("A", "c1", MONDAY, 1, "orders", MONDAY)]
    )
    shop.warehouse.append(
        "raw.site_events", ["event_id", "contact_id", "occurred_at", "name", "loaded_from", "loaded_at"], [("E", "c9", MONDAY, "cart_updated", "site", MONDAY)]
    )
    shop.write("a.csv", before)
    shop.load()
    shop.write("a.csv", after)
    shop.load(TUESDAY)
    assert shop.warehouse.rows("select contact_id, contract, loaded_at from raw.corrections order by all") == [
        (contact, table, TUESDAY) for contact in contacts
    ]


def test_a_big_file_read_in_parts_is_the_same_as_read_at_once(open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"A{number * 7 % 40},c{number % 3},2026-01-{number % 28 + 1:02},{number if number % 9 else 'x'},," for number in range(60)]
    shop = open_shop(max_reject_rate=1)
    shop.write("a.csv", HEADER + "\n".join(lines) + "\n")
    shop.load()
    whole, refused = shop.rows("*"), shop.refused()
    monkeypatch.setattr(one_file, "PART", 7)
    shop = open_shop(max_reject_rate=1)
    shop.load()
    assert shop.rows("*") == whole
    assert len(shop.refused()) == len(refused)
    assert shop.warehouse.rows("from raw.corrections") == []


def test_rows_lie_in_order_of_their_time(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", HEADER + "".join(f"A{number},c,2026-01-{number * 11 % 28 + 1:02},1,,\n" for number in range(28)))
    shop.load()
    moments = [row[0] for row in shop.warehouse.rows("select ordered_at from raw.orders")]
    assert all(one <= other for one, other in pairwise(moments))


ROWS = st.lists(
    st.fixed_dictionaries({"event_id": st.integers(0, 30), "day": st.integers(1, 28), "contact": st.integers(0, 3)}),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row["event_id"],
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, data=st.data())
def test_rows_spread_over_files_in_any_order_give_the_same_table(
    built_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    lines = [f"E{row['event_id']},c{row['contact']},2026-01-{row['day']:02},page_viewed" for row in rows]
    doubled = [*lines, *data.draw(st.lists(st.sampled_from(lines), max_size=5))]
    spread: list[list[str]] = [[], [], []]
    for line in data.draw(st.permutations(doubled)):
        spread[data.draw(st.integers(0, 2))].append(line)
    assert _loaded(built_warehouse, tmp_path_factory.mktemp("spread"), spread) == _loaded(built_warehouse, tmp_path_factory.mktemp("whole"), [lines])


def _loaded(warehouse: Warehouse, root: Path, files: list[list[str]]) -> Any:
    empty(warehouse)
    shop = Shop(warehouse, root, {"table": "site_events"}, "Europe/Paris")
    for number, lines in enumerate(files):
        shop.write(f"{number}.csv", "\n".join(["event_id,contact_id,occurred_at,name", *lines]))
    shop.load()
    return shop.rows("*"), shop.refused()
