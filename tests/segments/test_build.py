"""Building segments: what is published, what is held, and that doing it twice is doing it once."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Iterator

import pytest

from pipelines.segments.build import SegmentBuilt, build_segments
from pipelines.segments.files import read_segments
from pipelines.ticks import Tick
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.workbench.segment_cases import facts_as_tables, give
from tests.segments.shops import project_in

DAY = datetime(2026, 9, 14, 4)
TABLES = ("members", "changes", "sizes", "definitions")
BIG = "select contact_id from facts.contacts where order_count >= 3"


class Shop:
    """A folder of segments, a warehouse, and one tick after the other."""

    def __init__(self, root: Path, warehouse: Warehouse) -> None:
        self.project, self.warehouse = project_in(root, {"lapsed_days": 90}), warehouse
        self.project.segments_folder.mkdir()
        self.files = read_segments(self.project)

    def write(self, **segments: str | None) -> None:
        for name, sql in segments.items():
            path = self.project.segments_folder / f"{name}.sql"
            path.write_text(f"-- Somebody.\n-- owner: team:crm\n{sql}\n", encoding="utf-8") if sql else path.unlink()
        self.files = read_segments(self.project)

    def orders(self, **counts: int) -> None:
        self.warehouse.run("delete from facts.contacts")
        give(self.warehouse, "facts.contacts", [{"contact_id": name, "order_count": count} for name, count in counts.items()], DAY)

    def tick(self, day: int = 0, hour: int = 4, after: datetime | None = None) -> dict[str, SegmentBuilt]:
        as_of = DAY.replace(hour=hour) + timedelta(days=day)
        today = date(2026, 9, 14) + timedelta(days=day)
        with self.warehouse.at(as_of):
            built = build_segments(self.warehouse, self.files, Tick(as_of, today, as_of, after, after.date() if after else None))
        return {segment.segment: segment for segment in built}

    def members(self, name: str) -> dict[str, datetime]:
        return dict(self.warehouse.rows("select contact_id, entered_at from segments.members where segment = $name order by contact_id", name=name))

    def changes(self, name: str) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(
            "select contact_id, change, as_of, cause, entered_at from segments.changes where segment = $name order by as_of, contact_id", name=name
        )

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        return {table: sorted(self.warehouse.rows(f"select * from segments.{table}"), key=str) for table in TABLES}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with memory_warehouse({"lapsed_days": 90}) as warehouse:
        facts_as_tables(warehouse)
        yield Shop(tmp_path, warehouse)


def test_the_first_publication_is_a_baseline(shop: Shop) -> None:
    shop.write(big=BIG)
    shop.orders(ann=3, bob=2, cat=5)
    assert shop.tick()["big"] == SegmentBuilt("big", members=2, entered=2, left=0, cause="first", status="built")
    assert shop.members("big") == {"ann": DAY, "cat": DAY}
    assert {cause for _, _, _, cause, _ in shop.changes("big")} == {"first"}


def test_later_ticks_write_only_what_changed(shop: Shop) -> None:
    shop.write(big=BIG)
    shop.orders(ann=3, bob=2, cat=5)
    shop.tick()
    shop.orders(ann=3, bob=3, cat=0)
    next_day = DAY + timedelta(days=1)
    assert shop.tick(1) == {"big": SegmentBuilt("big", members=2, entered=1, left=1, cause="data", status="built")}
    assert shop.members("big") == {"ann": DAY, "bob": next_day}
    assert shop.changes("big")[2:] == [("bob", "entered", next_day, "data", next_day), ("cat", "left", next_day, "data", DAY)]


def test_a_tick_without_news_writes_a_size_and_nothing_else(shop: Shop) -> None:
    shop.write(big=BIG)
    shop.orders(ann=3)
    shop.tick()
    before = shop.everything()
    shop.tick(1)
    after = shop.everything()
    assert [table for table in TABLES if after[table] != before[table]] == ["sizes"]
    assert len(after["sizes"]) == 2


def test_building_a_tick_twice_is_building_it_once(shop: Shop) -> None:
    shop.write(big=BIG, bigger="select contact_id from segments.big where contact_id in (select contact_id from facts.contacts where order_count > 4)")
    shop.orders(ann=3, bob=2, cat=5)
    shop.tick()
    shop.orders(ann=0, bob=7, cat=5)
    first, once = shop.tick(1), shop.everything()
    assert shop.tick(1) == first
    assert shop.everything() == once


def test_a_tick_built_again_after_more_was_loaded_leaves_no_trace_of_the_first_try(shop: Shop) -> None:
    shop.write(big=BIG)
    shop.orders(ann=3, bob=3)
    shop.tick()
    shop.orders(ann=0, bob=3, cat=3)
    shop.tick(1)
    shop.orders(ann=3, bob=0, cat=0)
    shop.tick(1)
    assert shop.members("big") == {"ann": DAY}
    assert shop.changes("big")[2:] == [("bob", "left", DAY + timedelta(days=1), "data", DAY)]


def test_another_meaning_is_a_new_baseline(shop: Shop) -> None:
    shop.write(big=BIG)
    shop.orders(ann=3, bob=2)
    shop.tick()
    shop.write(big=BIG.replace("3", "2"))
    assert shop.tick(1)["big"] == SegmentBuilt("big", members=2, entered=1, left=0, cause="redefined", status="built")
    assert shop.tick(2)["big"].cause == "data"


def test_another_meaning_of_what_it_reads_is_one_too(shop: Shop) -> None:
    shop.write(big=BIG, named="select contact_id from segments.big")
    shop.orders(ann=3, bob=2)
    shop.tick()
    shop.write(big=BIG.replace("3", "2"))
    assert shop.tick(1)["named"].cause == "redefined"


def test_a_new_comment_is_no_new_meaning(shop: Shop) -> None:
    shop.write(big=BIG)
    shop.orders(ann=3)
    shop.tick()
    shop.write(big="-- As the sales team asked.\n" + BIG)
    assert shop.tick(1)["big"].cause == "data"


def test_attributes_come_back_with_their_types(shop: Shop) -> None:
    shop.write(big="select contact_id, order_count, revenue, last_order_at, birth_date, newsletter, average_gap_days, country from facts.contacts")
    row = {"order_count": 4, "revenue": "12.30", "last_order_at": DAY, "birth_date": date(2000, 2, 29), "newsletter": True, "average_gap_days": 0.1}
    give(shop.warehouse, "facts.contacts", [{"contact_id": "o'ann", **row}], DAY)
    shop.tick()
    (found,) = shop.warehouse.records("select * from segments.big")
    assert {name: str(value) for name, value in found.items()} == {
        "contact_id": "o'ann",
        "entered_at": str(DAY),
        "country": "None",
        **{k: str(v) for k, v in row.items()},
    }
    assert shop.warehouse.value("select typeof(revenue) from segments.big") == "DECIMAL(18,2)"


def test_a_changed_attribute_is_no_change_of_membership(shop: Shop) -> None:
    shop.write(big="select contact_id, order_count from facts.contacts")
    shop.orders(ann=3)
    shop.tick()
    shop.orders(ann=4)
    assert shop.tick(1)["big"].entered == 0
    assert shop.warehouse.rows("select order_count, entered_at from segments.big") == [(4, DAY)]
    assert len(shop.changes("big")) == 1


def test_pasting_a_file_gives_the_members(shop: Shop) -> None:
    shop.write(big=BIG, named="select contact_id, country from segments.big")
    shop.orders(ann=3, bob=1)
    shop.tick()
    with shop.warehouse.at(DAY):
        text = (shop.project.segments_folder / "named.sql").read_text(encoding="utf-8").replace(", country", "")
        assert shop.warehouse.rows(text) == [("ann",)]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        pytest.param("select contact_id from shop.orders", "it returns 1 rows too many: a contact is returned more than once", id="returned_twice"),
        pytest.param("select contact_id from shop.sessions", "it returns 1 rows without a contact_id", id="nobody"),
        pytest.param("select contact_id from shop.subscriptions", "it returns 2 contacts that facts.contacts does not have", id="unknown"),
        pytest.param(
            "select contact_id, cast(country as bigint) as number from facts.contacts",
            "Could not convert string `…` to INT64 when casting from source column country",
            id="engine",
        ),
    ],
)
def test_wrong_rows_keep_yesterdays(shop: Shop, sql: str, reason: str) -> None:
    shop.write(big=BIG)
    shop.warehouse.run("delete from facts.contacts")
    give(shop.warehouse, "facts.contacts", [{"contact_id": "ann", "order_count": 3, "country": "FR"}], DAY)
    give(shop.warehouse, "shop.orders", [{"order_id": number, "contact_id": "ann", "ordered_at": DAY - timedelta(1)} for number in ("1", "2")], DAY)
    give(shop.warehouse, "shop.sessions", [{"session_id": "1", "started_at": DAY - timedelta(1)}], DAY)
    give(shop.warehouse, "shop.subscriptions", [{"subscription_id": n, "contact_id": f"ghost{n}", "started_at": DAY - timedelta(1)} for n in ("1", "2")], DAY)
    shop.tick()
    before = shop.everything()
    shop.write(big=sql, named="select contact_id from segments.big", other="select contact_id from facts.contacts")
    built = shop.tick(1)
    assert built["big"] == SegmentBuilt("big", members=1, entered=0, left=0, cause=None, status="held", reason=reason)
    assert (built["named"].status, built["named"].reason) == ("held", "it reads big, which this tick did not build")
    assert built["other"].status == "built"
    assert shop.members("big") == {"ann": DAY}
    assert [row for row in shop.everything()["definitions"] if row[0] == "big"] == before["definitions"]
    assert shop.warehouse.rows("select * from segments.big") == [("ann", DAY)]


def test_one_contact_returned_twice_among_old_and_new_members_is_found(shop: Shop) -> None:
    shop.write(big="select contact_id from facts.contacts union all select contact_id from shop.orders")
    shop.orders(ann=1, bob=1)
    shop.tick()
    give(shop.warehouse, "shop.orders", [{"order_id": "1", "contact_id": "ann", "ordered_at": DAY - timedelta(1)}], DAY)
    shop.warehouse.run("delete from facts.contacts where contact_id = 'bob'")
    assert shop.tick(1)["big"].status == "held"


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        pytest.param("count(*) >= 3", "its check `count(*) >= 3` fails", id="about_all"),
        pytest.param("order_count < 3", "its check `order_count < 3` fails for 2 contacts", id="about_each"),
        pytest.param("country is not null", "its check `country is not null` fails for 2 contacts", id="empty_values"),
        pytest.param("country <> 'FR'", "its check `country <> 'FR'` fails for 2 contacts", id="unknown_is_no_pass"),
        pytest.param(
            "cast(contact_id as integer) > 0",
            "Could not convert string `…` to INT32 when casting from source column contact_id",
            id="a_value_that_it_cannot_read",
        ),
    ],
)
def test_a_check_that_fails_holds_the_segment(shop: Shop, check: str, reason: str) -> None:
    shop.write(big="-- check: contact_id is not null\n-- check: " + check + "\nselect contact_id, order_count, country from facts.contacts")
    shop.orders(ann=3, bob=4)
    built = shop.tick()["big"]
    assert (built.status, built.reason) == ("held", reason)
    assert shop.members("big") == {}


def test_a_bad_file_keeps_yesterdays_rows_and_holds_what_reads_it(shop: Shop) -> None:
    shop.write(big=BIG, named="select contact_id from segments.big", other="select contact_id from facts.contacts")
    shop.orders(ann=3)
    shop.tick()
    shop.write(big="select contact_id form facts.contacts")
    shop.orders(ann=0, bob=4)
    built = shop.tick(1)
    assert built["big"].reason.startswith("segments_sql/big.sql:3: does not parse")
    assert built["named"].reason == "it reads big, which this tick did not build"
    assert {name: segment.status for name, segment in built.items()} == {"big": "held", "named": "held", "other": "built"}
    assert shop.members("big") == shop.members("named") == {"ann": DAY}
    shop.write(big=BIG)
    assert {name: (segment.status, segment.cause, segment.entered) for name, segment in shop.tick(2).items()} == {
        "big": ("built", "data", 1),
        "named": ("built", "data", 1),
        "other": ("built", "data", 0),
    }


def test_a_tick_that_first_built_and_then_fails_ends_with_yesterdays_rows(shop: Shop) -> None:
    shop.write(big=BIG)
    shop.orders(ann=3, bob=0)
    shop.tick()
    shop.orders(ann=0, bob=3)
    shop.tick(1)
    shop.write(big="select contact_id, cast(contact_id as bigint) as number from facts.contacts")
    assert shop.tick(1)["big"].status == "held"
    assert shop.members("big") == {"ann": DAY}
    assert len(shop.changes("big")) == 1


def test_a_segment_whose_file_is_gone_is_emptied_and_triggers_nobody(shop: Shop) -> None:
    shop.write(big=BIG, other=BIG)
    shop.orders(ann=3)
    shop.tick()
    shop.write(big=None)
    next_day = DAY + timedelta(days=1)
    assert list(shop.tick(1)) == ["other"]
    assert shop.members("big") == {}
    assert shop.changes("big")[1:] == [("ann", "left", next_day, "redefined", DAY)]
    assert not shop.warehouse.rows("select 1 from information_schema.tables where table_schema = 'segments' and table_name = 'big'")
    once = shop.everything()
    shop.tick(1)
    assert shop.everything() == once
    shop.tick(2)
    assert len(shop.changes("big")) == 2
    shop.write(big=BIG)
    assert shop.tick(3)["big"].cause == "redefined"


def test_a_file_that_comes_and_goes_within_one_tick_leaves_nothing(shop: Shop) -> None:
    shop.write(other=BIG)
    shop.orders(ann=3)
    shop.tick()
    shop.tick(1)
    without = shop.everything()
    shop.write(big=BIG)
    shop.tick(1)
    shop.write(big=None)
    shop.tick(1)
    assert shop.everything() == without


def test_a_daily_segment_is_built_by_the_first_tick_of_a_day(shop: Shop) -> None:
    shop.write(big="-- refresh: daily\n" + BIG)
    shop.orders(ann=3, bob=0)
    assert shop.tick()["big"].cause == "first"
    shop.orders(ann=3, bob=3)
    later = shop.tick(hour=5, after=DAY)["big"]
    assert later == SegmentBuilt("big", members=1, entered=0, left=0, cause="data", status="built")
    assert shop.tick(1, after=DAY.replace(hour=5))["big"].entered == 1


def test_a_daily_segment_is_built_at_once_when_it_means_something_else_or_has_failed(shop: Shop) -> None:
    shop.write(big="-- refresh: daily\n" + BIG)
    shop.orders(ann=3, bob=2)
    shop.tick()
    shop.write(big="-- refresh: daily\n" + BIG.replace("3", "2"))
    assert shop.tick(hour=5, after=DAY)["big"].cause == "redefined"
    shop.write(big="-- refresh: daily\nselect")
    assert shop.tick(hour=6, after=DAY.replace(hour=5))["big"].status == "held"
    shop.write(big="-- refresh: daily\n" + BIG.replace("3", "2"))
    shop.orders(ann=3, bob=0)
    assert shop.tick(hour=7, after=DAY.replace(hour=6))["big"].left == 1


def test_the_tick_sees_only_what_happened_before_it(shop: Shop) -> None:
    shop.write(buyers="select contact_id from shop.orders where cancelled_at is null group by contact_id")
    shop.orders(ann=1, bob=1)
    give(
        shop.warehouse,
        "shop.orders",
        [{"order_id": "1", "contact_id": "ann", "ordered_at": DAY - timedelta(1), "cancelled_at": DAY + timedelta(hours=30)}],
        DAY,
    )
    give(shop.warehouse, "shop.orders", [{"order_id": "2", "contact_id": "bob", "ordered_at": DAY}], DAY)
    assert [list(shop.members("buyers")) for day in (0, 1, 2) if shop.tick(day)] == [["ann"], ["ann", "bob"], ["bob"]]


def test_between_days_only_what_somebody_asks_for_is_built(shop: Shop) -> None:
    shop.write(big=BIG, biggest="select contact_id from segments.big", lonely=BIG)
    shop.files = shop.files.resting_without(["biggest"])
    shop.orders(ann=3)
    shop.tick()
    shop.orders(ann=3, bob=3)
    later = shop.tick(hour=5, after=DAY)
    assert {name: built.entered for name, built in later.items()} == {"big": 1, "biggest": 1, "lonely": 0}
    assert shop.tick(1, after=DAY.replace(hour=5))["lonely"].entered == 1
