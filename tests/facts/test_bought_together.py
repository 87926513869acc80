"""What is bought together: what counts, when it is counted, and that carrying on gives what counting anew gives."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines import privacy
from pipelines.facts.bought_together import Mode, refresh_bought_together
from pipelines.facts.sources import behind_query
from pipelines.settings import Project
from pipelines.ticks import start_of_day
from pipelines.warehouse.duckdb import Warehouse
from tests.facts.history import PARIS, Row, at, line, load, order, tick

DAY = date(2026, 3, 30)
NOW = at("2026-03-30", "06:00")
BEFORE = NOW - timedelta(days=1)
EARLY = at("2026-03-20")
FORGET = Path(privacy.__file__).with_name("forget.sql")
STORED = ("baskets", "pairs", "stored_together")


@pytest.fixture(autouse=True)
def _no_ticks(warehouse: Warehouse) -> Iterator[None]:
    yield
    warehouse.run("delete from runs.ticks")


def shop(**wanted: int) -> Project:
    return PARIS.model_copy(
        update={"settings": PARIS.settings.model_copy(update={"bought_together": PARIS.settings.bought_together.model_copy(update=wanted)})}
    )


LOW = shop(min_support=1)


def counted(warehouse: Warehouse, as_of: datetime = NOW, project: Project = LOW, *, in_use: bool = True) -> Mode:
    """Count as a tick does that commits afterwards; return how."""
    mode = refresh_bought_together(warehouse, project, tick(project, as_of), in_use=in_use).mode
    warehouse.append("runs.ticks", ["as_of", "day", "started_at", "status", "send"], [(as_of, as_of.date(), as_of, "committed", True)])
    return mode


def basket(order_id: str, products: str, ordered_at: datetime = EARLY, **more: Any) -> list[Row]:
    """Return an order whose lines are *products*, a letter each."""
    return [order(order_id, ordered_at, **more), *(line(order_id, product, line_no=number) for number, product in enumerate(products, 1))]


def bought(warehouse: Warehouse, *baskets: str, ordered_at: datetime = EARLY) -> None:
    load(warehouse, BEFORE, *(row for number, products in enumerate(baskets) for row in basket(f"o{number}", products, ordered_at)))


def rules(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.rows("select product_id, related_id, support, confidence, lift, place from facts.bought_together order by product_id, place")


def supports(warehouse: Warehouse) -> dict[str, int]:
    """Return the orders that hold each two products."""
    return {a + b: orders for a, b, orders in warehouse.rows("select product_id, related_id, orders from facts.pairs") if a != b}


def test_support_confidence_and_lift_are_those_of_the_books(warehouse: Warehouse) -> None:
    bought(warehouse, "ab", "ab", "ab", "ac", "ac", "ac", "ac", "c", "d", "d")
    assert counted(warehouse, project=PARIS) == "full"
    assert rules(warehouse) == [
        ("a", "c", 4, 4 / 7, 4 * 10 / (7 * 5), 1),
        ("a", "b", 3, 3 / 7, 3 * 10 / (7 * 3), 2),
        ("b", "a", 3, 1.0, 3 * 10 / (3 * 7), 1),
        ("c", "a", 4, 4 / 5, 4 * 10 / (5 * 7), 1),
    ]


def test_two_orders_are_chance_and_so_is_what_meets_as_often_as_chance_has_it(warehouse: Warehouse) -> None:
    bought(warehouse, *["ab"] * 2, *["cd"] * 3, *["c"] * 3, *["d"] * 3, "e")
    counted(warehouse, project=PARIS)
    assert rules(warehouse) == []
    counted(warehouse, NOW + timedelta(days=1), LOW)
    assert [rule[:3] for rule in rules(warehouse)] == [("a", "b", 2), ("b", "a", 2)]


@pytest.mark.parametrize(
    ("ordered_at", "counts"),
    [
        pytest.param(start_of_day(PARIS, DAY), False, id="today"),
        pytest.param(start_of_day(PARIS, DAY) - timedelta(seconds=1), True, id="last_second_of_yesterday"),
        pytest.param(start_of_day(PARIS, DAY - timedelta(365)), True, id="first_second_of_the_year"),
        pytest.param(start_of_day(PARIS, DAY - timedelta(365)) - timedelta(seconds=1), False, id="before_it"),
    ],
)
def test_the_year_is_whole_days_of_the_projects_zone(warehouse: Warehouse, ordered_at: datetime, counts: bool) -> None:
    bought(warehouse, "ab", ordered_at=ordered_at)
    counted(warehouse)
    assert supports(warehouse) == ({"ab": 1} if counts else {})


def test_a_product_counts_once_an_order_and_only_one_that_is_known_in_an_order_that_stands(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE, *basket("o1", "aab"), line("o1", None, line_no=9), *basket("o2", "ab", contact_id=None), *basket("o3", "ab", cancelled_at=EARLY))
    counted(warehouse)
    assert supports(warehouse) == {"ab": 2}


def test_an_order_of_more_products_than_the_settings_allow_does_not_count(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE, *basket("o1", "abc"), *basket("o2", "abccba"), *basket("o3", "abcd"))
    counted(warehouse, project=shop(largest_order=3))
    assert supports(warehouse) == {"ab": 2, "ac": 2, "bc": 2}


def test_the_first_tick_of_a_day_counts_and_later_ones_rest(warehouse: Warehouse) -> None:
    bought(warehouse, "ab")
    assert counted(warehouse, BEFORE) == "full"
    load(warehouse, NOW - timedelta(hours=20), *basket("late", "ab"))
    assert counted(warehouse, BEFORE + timedelta(hours=6)) == "rested"
    assert supports(warehouse) == {"ab": 1}
    assert counted(warehouse, NOW) == "incremental"
    assert supports(warehouse) == {"ab": 2}


def test_nothing_is_kept_where_nobody_reads_it(warehouse: Warehouse) -> None:
    bought(warehouse, "ab")
    assert counted(warehouse, BEFORE, in_use=False) == "unused"
    assert counted(warehouse, BEFORE + timedelta(hours=1)) == "full"
    assert counted(warehouse, NOW, in_use=False) == "unused"
    assert [warehouse.value(f"select count(*) from facts.{name}") for name in (*STORED, "together_state")] == [0, 0, 0, 0]


def test_other_settings_count_anew_the_same_day(warehouse: Warehouse) -> None:
    bought(warehouse, "ab", "c")
    counted(warehouse, BEFORE, PARIS)
    assert rules(warehouse) == []
    assert counted(warehouse, BEFORE + timedelta(hours=1), LOW) == "full"
    assert len(rules(warehouse)) == 2


def test_a_tick_given_up_after_a_later_load_and_a_tick_begun_again_count_anew(warehouse: Warehouse) -> None:
    bought(warehouse, "ab")
    counted(warehouse, BEFORE - timedelta(days=1))
    warehouse.append("raw.loads", ["source", "contract", "as_of", *COUNTS, "status"], [("orders", "orders", NOW, 0, 0, 0, 0, "fresh")])
    assert counted(warehouse, BEFORE) == "incremental"
    assert counted(warehouse, NOW) == "full"
    assert counted(warehouse, NOW) == "full"


COUNTS = ("files", "inserted", "replaced", "rejected")
Change = Callable[[Warehouse], None]


def loaded(*rows: Row) -> Change:
    return lambda warehouse: load(warehouse, NOW, *rows)


def said(statement: str) -> Change:
    return lambda warehouse: warehouse.run(statement, now=NOW, early=EARLY, old=at("2025-01-01"))


CHANGES: dict[str, tuple[Change, dict[str, int]]] = {
    "nothing": (loaded(), {"ab": 2, "bc": 2, "ac": 1}),
    "an order of yesterday": (loaded(*basket("new", "ab", at("2026-03-29"))), {"ab": 3, "bc": 2, "ac": 1}),
    "an order of today": (loaded(*basket("new", "ab", NOW)), {"ab": 2, "bc": 2, "ac": 1}),
    "an order loaded late": (loaded(*basket("new", "ab", at("2025-06-01"))), {"ab": 3, "bc": 2, "ac": 1}),
    "an order loaded too late": (loaded(*basket("new", "ab", at("2025-01-01"))), {"ab": 2, "bc": 2, "ac": 1}),
    "an order cancelled": (said("update raw.orders set cancelled_at = $early, corrected_at = $now where order_id = 'o1'"), {"ab": 1, "bc": 1}),
    "an order that was to be cancelled": (said("select 1"), {"ab": 2, "bc": 2, "ac": 1}),
    "an order no longer cancelled": (said("update raw.orders set cancelled_at = null, corrected_at = $now where order_id = 'o3'"), {"ab": 2, "bc": 3, "ac": 1}),
    "an order shipped": (said("update raw.orders set shipped_at = $early, corrected_at = $now where order_id = 'o1'"), {"ab": 2, "bc": 2, "ac": 1}),
    "an order moved out of the year": (said("update raw.orders set ordered_at = $old, corrected_at = $now where order_id = 'o1'"), {"ab": 1, "bc": 1}),
    "an order moved within it": (said("update raw.orders set ordered_at = $early, corrected_at = $now where order_id = 'o2'"), {"ab": 2, "bc": 2, "ac": 1}),
    "a line corrected": (
        said("update raw.order_lines set product_id = 'd', corrected_at = $now where order_id = 'o1' and product_id = 'c'"),
        {"ab": 2, "bc": 1, "ad": 1, "bd": 1},
    ),
    "a line after its order": (loaded(line("o2", "d", line_no=3)), {"ab": 2, "bc": 2, "ac": 1, "ad": 1, "bd": 1}),
    "an order after its lines": (loaded(order("o9", EARLY)), {"ab": 3, "bc": 2, "ac": 1}),
    "a person forgotten": (lambda warehouse: forgotten(warehouse, "bo"), {"ab": 2, "bc": 1, "ac": 1}),
    "an order grown too large": (loaded(line("o1", "d", line_no=4)), {"ab": 1, "bc": 1}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_carried_on_from_the_day_before_it_counts_what_changed(warehouse: Warehouse, change: str) -> None:
    project, (happen, expected) = shop(min_support=1, largest_order=3), CHANGES[change]
    load(
        warehouse,
        BEFORE,
        *basket("o1", "abc"),
        *basket("o2", "ab", at("2026-03-01")),
        *basket("o3", "bc", cancelled_at=EARLY),
        *basket("o4", "bc", contact_id="bo"),
    )
    load(warehouse, BEFORE, *basket("gone", "ab", at("2025-03-29")), *basket("o9", "ab")[1:])
    load(warehouse, BEFORE, *basket("cancelled", "ac", cancelled_at=BEFORE + timedelta(hours=1)))
    assert counted(warehouse, BEFORE, project) == "full"
    assert supports(warehouse) == {"ab": 3, "bc": 2, "ac": 2}
    happen(warehouse)
    assert counted(warehouse, NOW, project) == "incremental"
    assert supports(warehouse) == expected


def forgotten(warehouse: Warehouse, contact: str) -> None:
    warehouse.run(FORGET, asked=contact, now=NOW)
    warehouse.run("delete from raw.orders where contact_id = $contact", contact=contact)
    assert not warehouse.value("select 1 from facts.baskets where order_id = 'o4'")


def stored(warehouse: Warehouse) -> list[Any]:
    kept = [sorted(warehouse.rows(f"select * from facts.{name}")) for name in STORED]
    return [*kept, warehouse.rows("select * from facts.together_state")]


def anew(warehouse: Warehouse, as_of: datetime, project: Project) -> list[Any]:
    warehouse.run("delete from facts.together_state")
    assert refresh_bought_together(warehouse, project, tick(project, as_of), in_use=True).mode == "full"
    return stored(warehouse)


def test_days_of_anything_carried_on_are_what_a_plain_count_says_and_what_counting_anew_gives(warehouse: Warehouse) -> None:
    draw, project = Random(7), shop(days=5, largest_order=4, min_support=2)
    for number in range(12):
        as_of = NOW + timedelta(days=number)
        fresh = [f"o{number}-{place}" for place in range(draw.randrange(8))]
        moments = {name: as_of - timedelta(hours=draw.choice([1, 8, 20, 30, 90, 140])) for name in fresh}
        load(
            warehouse, as_of,
            *(row for name in fresh for row in basket(name, "".join(draw.choices("abcde", k=draw.randrange(1, 7))), moments[name])[draw.randrange(2) :]),
            *(order(name, as_of - timedelta(hours=40)) for (name,) in orphans(warehouse)[: draw.randrange(3)]),
        )  # fmt: skip
        for statement in (CANCEL, MOVE, SWAP):
            warehouse.run(statement, bucket=draw.randrange(7), now=as_of, then=as_of - timedelta(hours=draw.choice([-30, 10, 50])))
        assert counted(warehouse, as_of, project) == ("incremental" if number else "full")
        assert supports(warehouse) == plain(warehouse, project, as_of)
        if number % 3 == 2:
            assert stored(warehouse) == anew(warehouse, as_of, project)


def orphans(warehouse: Warehouse) -> list[tuple[str]]:
    return warehouse.rows("select distinct order_id from raw.order_lines where order_id not in (select order_id from raw.orders) order by order_id")


CANCEL = "update raw.orders set cancelled_at = $then, corrected_at = $now where loaded_at < $now and rl_bucket(order_id, 7) = $bucket"
MOVE = "update raw.orders set ordered_at = $then, corrected_at = $now where loaded_at < $now and rl_bucket(order_id || 'm', 7) = $bucket"
SWAP = "update raw.order_lines set product_id = 'e', corrected_at = $now where loaded_at < $now and line_no = 1 and rl_bucket(order_id || 's', 7) = $bucket"


def plain(warehouse: Warehouse, project: Project, as_of: datetime) -> dict[str, int]:
    """Return what loops over the raw rows find."""
    day = tick(project, as_of).day
    since, until = start_of_day(project, day - timedelta(5)), start_of_day(project, day)
    orders = warehouse.rows("select order_id, ordered_at, cancelled_at from raw.orders")
    stands = {name for name, ordered_at, cancelled_at in orders if since <= ordered_at < until and not (cancelled_at and cancelled_at < as_of)}
    held: dict[str, set[str]] = {}
    for name, product in warehouse.rows("select order_id, product_id from raw.order_lines"):
        held.setdefault(name, set()).add(product)
    pairs = Counter(pair for name, products in held.items() if name in stands and len(products) <= 4 for pair in combinations(sorted(products), 2))
    return {a + b: number for (a, b), number in pairs.items()}


def test_what_reads_it_waits_for_late_orders_and_lines() -> None:
    assert behind_query(["facts.bought_together"], {"product_id", "place"}, PARIS.settings) == {"orders", "order_lines"}
