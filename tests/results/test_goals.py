"""How far an aim is, and what contacts brought: small worlds whose figures are worked out by hand."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.results.goals import Revenue, aim, revenues
from pipelines.results.report import ScenarioReport, build_report
from pipelines.results.words import aim_words
from pipelines.settings_file import load_project
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.results.told import put

ROOT = Path(__file__).parents[2]
FIRST = datetime(2026, 3, 2, 5)
DAY = timedelta(days=1)
BY = date(2026, 3, 31)


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    with memory_warehouse() as opened:
        yield opened


def version(warehouse: Warehouse, *, within: timedelta | None = 5 * DAY, goal: str | None = "order_placed", **values: Any) -> None:
    seconds = int(within.total_seconds()) if within else None
    row = {"scenario": "hello", "version": 1, "fingerprint": "x", "first_as_of": FIRST, "category": "marketing", "topic": "promotions", "priority": 50}
    put(warehouse, "journeys.versions", [{**row, "reentry": "after_exit", "holdout": 0.1, "goal_seconds": seconds, **values}])
    number = values.get("version", 1)
    condition = {"scenario": "hello", "version": number, "condition": 0, "role": "goal", "kind": "did", "activities": goal}
    put(warehouse, "journeys.conditions", [condition] if goal else [{**condition, "role": "exit"}])


def enters(warehouse: Warehouse, contact: str, after: timedelta = timedelta(), *, ghost: bool = False) -> None:
    entered_at = FIRST + after
    row = {"scenario": "hello", "version": 1, "enrolment_id": f"{contact}:{entered_at}", "contact_id": contact, "entry_key": str(entered_at), "ghost": ghost}
    put(warehouse, "journeys.enrolments", [{**row, "triggered_at": entered_at, "entered_at": entered_at, "entered_as_of": entered_at}])


def orders(warehouse: Warehouse, contact: str, after: timedelta, total: float, **values: Any) -> None:
    order_id = f"{contact}:{after}"
    row = {"order_id": order_id, "contact_id": contact, "ordered_at": FIRST + after, "total": total, "loaded_from": "orders", "loaded_at": FIRST}
    put(warehouse, "raw.orders", [{**row, **values}])


def pays_back(warehouse: Warehouse, contact: str, after: timedelta, amount: float, number: int = 1) -> None:
    row = {"refund_id": f"{contact}:{number}", "contact_id": contact, "order_id": f"{contact}:{after}", "refunded_at": FIRST + after, "amount": amount}
    put(warehouse, "raw.refunds", [{**row, "loaded_from": "refunds", "loaded_at": FIRST}])


def brought(warehouse: Warehouse, days: int = 10) -> Revenue | None:
    as_of = FIRST + days * DAY
    with warehouse.at(as_of):
        return revenues(warehouse, as_of).get("hello")


def means(warehouse: Warehouse, days: int = 10) -> tuple[int, float, int, float] | None:
    found = brought(warehouse, days)
    return (found.treated, found.per_treated, found.ghosts, found.per_ghost) if found else None


@pytest.mark.parametrize(
    ("entered", "reached", "day", "said"),
    [
        pytest.param(200, 15, date(2026, 3, 2), "10.0 % by 31 March 2026 (29 days left): not yet, 15 of 200, 75 % of the way", id="on_the_way"),
        pytest.param(200, 20, date(2026, 3, 30), "10.0 % by 31 March 2026 (1 day left): reached so far, 20 of 200, 100 % of the way", id="just_there"),
        pytest.param(200, 19, date(2026, 3, 31), "10.0 % by 31 March 2026 (0 days left): not yet, 19 of 200, 95 % of the way", id="the_day_itself_counts"),
        pytest.param(200, 19, date(2026, 4, 1), "10.0 % by 31 March 2026: missed, 19 of 200, 95 % of the way", id="missed"),
        pytest.param(200, 30, date(2026, 4, 1), "10.0 % by 31 March 2026: reached, 30 of 200, 150 % of the way", id="reached"),
        pytest.param(0, 0, date(2026, 3, 2), "10.0 % by 31 March 2026 (29 days left): not yet, nobody entered", id="nobody_yet"),
        pytest.param(0, 0, date(2026, 4, 1), "10.0 % by 31 March 2026: missed, nobody entered", id="nobody"),
    ],
)
def test_an_aim_is_said_with_how_far_it_is(entered: int, reached: int, day: date, said: str) -> None:
    found = aim(0.1, BY, entered, reached, day)
    assert found is not None
    assert aim_words(found) == said


def test_an_aim_may_have_no_day_and_a_scenario_no_aim() -> None:
    found = aim(0.12, None, 100, 12, BY)
    assert found is not None
    assert aim_words(found) == "12.0 %: reached so far, 12 of 100, 100 % of the way"
    assert aim(None, BY, 100, 12, BY) is None


def report_of(warehouse: Warehouse, day: int) -> ScenarioReport:
    as_of = FIRST + day * DAY
    figures = dict.fromkeys(("entered", "refused", "ended", "converted", "in_flight", "due", "to_send", "held", "dropped"), 0)
    put(warehouse, "results.scenarios", [{"scenario": "hello", "as_of": as_of, "state": "live", **figures}])
    with warehouse.at(as_of):
        return build_report(warehouse, load_project(ROOT), as_of).scenarios[0]


def test_what_comes_after_the_day_changes_the_rate_but_not_the_answer(warehouse: Warehouse) -> None:
    """Wanted by the fourth day: one of two entered had got there by then; the second did so, and two more entered, the day after."""
    version(warehouse, goal_target=0.75, goal_by=(FIRST + 3 * DAY).date())
    for day in range(6):
        put(
            warehouse, "runs.ticks", [{"as_of": FIRST + day * DAY, "day": (FIRST + day * DAY).date(), "started_at": FIRST, "status": "committed", "send": True}]
        )
    for contact, day, met in (("ann", 0, 3), ("bob", 1, 4), ("cleo", 4, 5), ("dan", 4, 5)):
        enters(warehouse, contact, day * DAY)
        goal = {"enrolment_id": f"{contact}:{FIRST + day * DAY}", "scenario": "hello", "contact_id": contact, "goal": "order_placed", "ghost": False}
        put(warehouse, "results.goals", [{**goal, "met_at": FIRST + met * DAY, "as_of": FIRST + met * DAY, "value": 10}])
    on_the_day, after = report_of(warehouse, 3), report_of(warehouse, 5)
    assert (on_the_day.goal_rate, after.goal_rate) == (0.5, 1.0)
    assert on_the_day.aim is not None
    assert after.aim is not None
    assert (on_the_day.aim.state, on_the_day.aim.days_left, on_the_day.aim.progress) == ("not yet", 0, pytest.approx(2 / 3))
    assert (after.aim.state, after.aim.days_left, after.aim.entered, after.aim.reached) == ("missed", -2, 2, 1)


def test_a_contact_brings_the_orders_of_the_goals_time(warehouse: Warehouse) -> None:
    """Ann 30 + 20 - 5, Bob nothing in his five days: 22.50 each. Cleo and Dan, held out: 0 and 12.40."""
    version(warehouse)
    for contact in ("ann", "bob", "cleo", "dan"):
        enters(warehouse, contact, ghost=contact in ("cleo", "dan"))
    orders(warehouse, "ann", timedelta(), 99)
    orders(warehouse, "ann", timedelta(seconds=1), 30)
    orders(warehouse, "ann", 5 * DAY, 20)
    pays_back(warehouse, "ann", 5 * DAY, 2, 1)
    pays_back(warehouse, "ann", 5 * DAY, 3, 2)
    orders(warehouse, "ann", 5 * DAY + timedelta(seconds=1), 99)
    orders(warehouse, "bob", -DAY, 99)
    orders(warehouse, "bob", 2 * DAY, 99, cancelled_at=FIRST + 3 * DAY)
    orders(warehouse, "dan", DAY, 12.4)
    assert means(warehouse) == (2, 22.5, 2, 6.2)


def test_an_order_cancelled_or_paid_back_after_the_tick_still_stands(warehouse: Warehouse) -> None:
    version(warehouse)
    enters(warehouse, "ann")
    enters(warehouse, "dan", ghost=True)
    orders(warehouse, "ann", DAY, 30, cancelled_at=FIRST + 8 * DAY)
    assert means(warehouse, days=7) == (1, 30.0, 1, 0.0)
    assert means(warehouse, days=9) == (1, 0.0, 1, 0.0)


def test_contacts_count_once_their_time_is_over(warehouse: Warehouse) -> None:
    version(warehouse)
    enters(warehouse, "ann")
    enters(warehouse, "bob", 2 * DAY)
    enters(warehouse, "dan", ghost=True)
    orders(warehouse, "bob", 3 * DAY, 30)
    assert means(warehouse, days=4) is None
    assert means(warehouse, days=5) == (1, 0.0, 1, 0.0)
    assert means(warehouse, days=7) == (2, 15.0, 1, 0.0)


def test_a_contact_counts_once_from_the_first_run_on(warehouse: Warehouse) -> None:
    version(warehouse)
    enters(warehouse, "ann")
    enters(warehouse, "ann", 2 * DAY)
    enters(warehouse, "dan", ghost=True)
    orders(warehouse, "ann", 3 * DAY, 10)
    orders(warehouse, "ann", 6 * DAY, 99)
    assert means(warehouse) == (1, 10.0, 1, 0.0)


def test_who_entered_before_there_was_a_holdout_is_not_compared(warehouse: Warehouse) -> None:
    version(warehouse)
    enters(warehouse, "early")
    enters(warehouse, "early", 3 * DAY)
    enters(warehouse, "earlier")
    enters(warehouse, "dan", 2 * DAY, ghost=True)
    enters(warehouse, "ann", 2 * DAY)
    for contact, total in (("early", 50), ("earlier", 99), ("ann", 10)):
        orders(warehouse, contact, 4 * DAY, total)
    assert means(warehouse) == (2, 30.0, 1, 0.0), "early counts from the run that the holdout could have caught"


def test_a_goal_without_a_time_counts_up_to_the_tick(warehouse: Warehouse) -> None:
    version(warehouse, within=None)
    enters(warehouse, "ann")
    enters(warehouse, "dan", ghost=True)
    orders(warehouse, "ann", 9 * DAY, 10)
    assert means(warehouse) == (1, 10.0, 1, 0.0)


@pytest.mark.parametrize(("goal", "ghosts"), [pytest.param(None, True, id="no_goal"), pytest.param("order_placed", False, id="no_holdout")])
def test_without_a_goal_or_a_holdout_there_is_nothing_to_compare(warehouse: Warehouse, goal: str | None, ghosts: bool) -> None:
    version(warehouse, goal=goal)
    enters(warehouse, "ann")
    enters(warehouse, "dan", ghost=ghosts)
    assert brought(warehouse) is None


def test_a_contact_is_of_the_arm_of_the_first_run(warehouse: Warehouse) -> None:
    """Somebody whose address changed may have been drawn anew."""
    version(warehouse)
    enters(warehouse, "held_out_first", ghost=True)
    enters(warehouse, "held_out_first", DAY)
    enters(warehouse, "treated_first")
    enters(warehouse, "treated_first", DAY, ghost=True)
    orders(warehouse, "treated_first", 2 * DAY, 10)
    assert means(warehouse) == (1, 10.0, 1, 0.0)


def test_everybody_has_the_time_that_the_goal_has_now(warehouse: Warehouse) -> None:
    version(warehouse, within=2 * DAY)
    enters(warehouse, "ann")
    enters(warehouse, "dan", ghost=True)
    orders(warehouse, "ann", 4 * DAY, 10)
    assert means(warehouse, days=6) == (1, 0.0, 1, 0.0)
    version(warehouse, version=2, first_as_of=FIRST + 5 * DAY)
    assert means(warehouse, days=6) == (1, 10.0, 1, 0.0)
    assert means(warehouse, days=4) == (1, 0.0, 1, 0.0), "a report of an earlier tick says what it said"


def test_under_five_hundred_a_side_there_is_no_interval(warehouse: Warehouse) -> None:
    """500 against 499, then 500: ten of each arm buy for 50 and 30. Variances 49.098 and 17.675: 1.96 times the root of their sum over 500 is 0.716."""
    version(warehouse)
    for number in range(500):
        enters(warehouse, f"treated{number}")
    for number in range(499):
        enters(warehouse, f"ghost{number}", ghost=True)
    for number in range(10):
        orders(warehouse, f"treated{number}", DAY, 50)
        orders(warehouse, f"ghost{number}", DAY, 30)
    few = brought(warehouse)
    assert few is not None
    assert (few.difference, few.verdict) == (None, "need more data")
    enters(warehouse, "one_more", ghost=True)
    found = brought(warehouse)
    assert found is not None
    assert found.difference is not None
    assert (found.per_treated, found.per_ghost, found.verdict) == (1.0, 0.6, "no difference shown")
    assert found.difference.value == pytest.approx(0.4)
    assert (found.difference.low, found.difference.high) == (pytest.approx(-0.3163, abs=5e-4), pytest.approx(1.1163, abs=5e-4))
