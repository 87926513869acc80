"""Which files are looked into: those that are new, or have another size or time, or were written too short a time ago to tell."""

import os
from datetime import timedelta

from pipelines.warehouse.build import build
from tests.sources.shop import MONDAY, OpenShop, Shop

HEADER = "order_id,ordered_at,total\n"
LONG_AGO = 1_700_000_000_000_000_000
TO_COME = 4_000_000_000_000_000_000
"""The year 2096: whenever this runs, a file of that time was not written a while ago."""


def write(shop: Shop, total: str, at: int) -> None:
    """Write a file of one order, as if at *at*."""
    shop.write("a.csv", f"{HEADER}A,2026-02-01,{total}\n")
    os.utime(shop.root / "a.csv", ns=(at, at))


def totals(shop: Shop, day: int) -> list[int]:
    """Load on a day and return the totals of all orders."""
    shop.load(MONDAY + timedelta(days=day))
    return [int(row[0]) for row in shop.rows("total")]


def times(shop: Shop) -> list[int | None]:
    return [row[0] for row in shop.warehouse.rows("select modified_ns from raw.files")]


def test_a_file_of_the_size_and_time_that_it_had_is_not_looked_into(open_shop: OpenShop) -> None:
    shop = open_shop()
    write(shop, "1", LONG_AGO)
    assert totals(shop, 0) == [1]
    write(shop, "2", LONG_AGO)
    assert totals(shop, 1) == [1]


def test_another_time_or_another_size_is_looked_into(open_shop: OpenShop) -> None:
    shop = open_shop()
    write(shop, "1", LONG_AGO)
    assert totals(shop, 0) == [1]
    write(shop, "2", LONG_AGO + 1)
    assert totals(shop, 1) == [2]
    write(shop, "33", LONG_AGO + 1)
    assert totals(shop, 2) == [33]


def test_a_file_that_was_just_written_may_be_written_once_more_and_keep_its_time(open_shop: OpenShop) -> None:
    shop = open_shop()
    write(shop, "1", TO_COME)
    assert totals(shop, 0) == [1]
    write(shop, "2", TO_COME)
    assert totals(shop, 1) == [2]
    assert times(shop) == [None]


def test_a_file_with_a_new_time_and_its_old_content_is_not_read_and_known_by_that_time(open_shop: OpenShop) -> None:
    shop = open_shop()
    write(shop, "1", LONG_AGO)
    shop.load()
    write(shop, "1", LONG_AGO + 5)
    assert shop.load(MONDAY + timedelta(days=1)).files == 0
    assert times(shop) == [LONG_AGO + 5]


def test_a_file_is_read_again_under_other_settings_though_nobody_touched_it(open_shop: OpenShop) -> None:
    shop = open_shop()
    write(shop, '"1,5"', LONG_AGO)
    assert shop.load().status == "refused"
    mended = Shop(shop.warehouse, shop.root, {"decimal": ","}, "Europe/Paris")
    assert mended.load(MONDAY + timedelta(days=1)).status == "fresh"


def test_a_warehouse_of_before_times_were_kept_learns_them_without_reading_again(open_shop: OpenShop) -> None:
    shop = open_shop()
    write(shop, "1", LONG_AGO)
    shop.load()
    shop.warehouse.run("alter table raw.files drop column modified_ns; update runs.schema set definition = 'of before'")
    build(shop.warehouse.connection)
    assert times(shop) == [None]
    assert shop.load(MONDAY + timedelta(days=1)).files == 0
    assert times(shop) == [LONG_AGO]
