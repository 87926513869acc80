"""How fresh a source is, and what a load says of itself."""

from datetime import datetime, timedelta

import pytest

from pipelines.errors import BadFiles
from pipelines.sources.load import load_all
from pipelines.warehouse.duckdb import Warehouse
from tests.sources.shop import MONDAY, OpenShop, project_in, tick_at

HEADER = "order_id,ordered_at,total\n"


@pytest.mark.parametrize(
    ("newest", "status", "reason"),
    [
        ("2026-02-28 05:00", "fresh", None),
        ("2026-02-28 04:59", "stale", "the newest row is of 2026-02-28 04:59 UTC, older than 2 days"),
        ("2026-03-05 05:00", "stale", "there is no row yet"),
    ],
    ids=["young enough", "a minute too old", "only of days to come"],
)
def test_a_source_is_stale_when_its_newest_row_is_too_old(open_shop: OpenShop, newest: str, status: str, reason: str | None) -> None:
    shop = open_shop(stale_after="2 days")
    shop.write("a.csv", f"{HEADER}A,{newest},1\n")
    load = shop.load()
    assert (load.status, load.reason) == (status, reason)


def test_the_newest_row_is_of_the_tick_and_of_the_source(open_shop: OpenShop) -> None:
    """A replay has all days in its files: what a tick calls newest must not depend on them."""
    shop = open_shop()
    shop.warehouse.append("raw.orders", ["order_id", "ordered_at", "total", "loaded_from", "loaded_at"], [("X", datetime(2026, 3, 2, 4), 1, "other", MONDAY)])
    shop.write("a.csv", HEADER + "".join(f"A{day},2026-03-0{day} 04:00,1\n" for day in range(1, 9)))
    newest = [shop.load(MONDAY + timedelta(days=day)).newest_at for day in (0, 0, 1, 3)]
    assert newest == [datetime(2026, 3, day, 4) for day in (2, 2, 3, 5)]


def test_a_table_without_time_has_no_newest_row(open_shop: OpenShop) -> None:
    shop = open_shop(table="product_relations")
    shop.write("a.csv", "product_id,related_id,kind\np,q,refill\n")
    load = shop.load()
    assert (load.newest_at, load.status) == (None, "fresh")


def test_a_refused_file_counts_until_it_is_mended_or_taken_away(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.write("a.csv", f"{HEADER}A,2026-03-01,1\n")
    shop.write("b.csv", "nothing\nof use\n")
    said = "b.csv has no column `order_id`; none of its columns has a name that is known"
    assert [(load.status, load.reason, load.files) for load in (shop.load(), shop.load(MONDAY + timedelta(days=1)))] == [
        ("refused", said, 2),
        ("refused", said, 0),
    ]
    (shop.root / "b.csv").unlink()
    assert shop.load(MONDAY + timedelta(days=2)).status == "fresh"


def test_every_tick_has_a_row_for_every_source(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("shop")
    (root / "orders.csv").write_text(f"{HEADER}A,2026-03-01,1\n")
    project = project_in(
        root,
        {"path": "orders.csv"},
        {"name": "lines", "table": "order_lines", "path": "lines.csv"},
        {"name": "later", "table": "refunds", "path": "r.csv", "optional": True},
    )
    for as_of in (MONDAY, MONDAY, MONDAY + timedelta(days=1)):
        load_all(warehouse, project, tick_at(as_of, project))
    assert warehouse.rows("select source, as_of, files, inserted, status, reason from raw.loads order by as_of, source") == [
        ("later", MONDAY, 0, 0, "fresh", None),
        ("lines", MONDAY, 0, 0, "missing", "no file matches `lines.csv`"),
        ("orders", MONDAY, 1, 1, "fresh", None),
        ("later", MONDAY + timedelta(days=1), 0, 0, "fresh", None),
        ("lines", MONDAY + timedelta(days=1), 0, 0, "missing", "no file matches `lines.csv`"),
        ("orders", MONDAY + timedelta(days=1), 0, 0, "fresh", None),
    ]


def test_a_wrong_mapping_stops_its_source_and_no_other(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("shop")
    (root / "orders.csv").write_text(f"{HEADER}A,2026-03-01,1\n")
    project = project_in(root, {"name": "lines", "table": "order_lines", "mapping": "nowhere.sql"}, {"name": "refunds", "table": "refund"}, {})
    with pytest.raises(BadFiles) as bad:
        load_all(warehouse, project, tick_at(MONDAY, project))
    assert [problem.file for problem in bad.value.problems] == ["nowhere.sql", "relance.toml"]
    assert warehouse.rows("select order_id from raw.orders") == [("A",)]
