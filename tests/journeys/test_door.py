"""Who enters, who comes back, and why the others were refused."""

import pytest

from pipelines.scenarios import model as m
from tests.journeys.world import World, empty_world, scenario, utc

MAIL = [{"send": "mail"}]


def entries(world: World) -> list[tuple[str, str]]:
    """Return who entered with which key."""
    return world.warehouse.rows("select contact_id, entry_key from journeys.enrolments order by entered_at, contact_id, entry_key")


def world_with(*contacts: str) -> World:
    world = empty_world()
    for contact in contacts:
        world.contact(contact)
    return world


@pytest.mark.parametrize(
    ("reentry", "expected"),
    [
        ("never", ["2025-12-30 10:00"]),
        ("per_key", ["2025-12-30 10:00", "2026-01-05 10:00"]),
        ("after_exit", ["2025-12-30 10:00", "2026-01-02 10:00", "2026-01-05 10:00"]),
        ("once_per_year", ["2025-12-30 10:00", "2026-01-02 10:00"]),
        ({"cooldown": "3 days"}, ["2025-12-30 10:00", "2026-01-02 10:00", "2026-01-05 10:00"]),
        ({"cooldown": "90 hours"}, ["2025-12-30 10:00", "2026-01-05 10:00"]),
    ],
    ids=["never", "per key", "after exit", "once per year", "cooldown of days", "cooldown of hours"],
)
def test_somebody_comes_back_as_the_scenario_says(reentry: object, expected: list[str]) -> None:
    world = world_with("ann")
    for moment, cart in [("2025-12-30 10:00", "k1"), ("2025-12-31 10:00", "k1"), ("2026-01-02 10:00", "k1"), ("2026-01-05 10:00", "k2")]:
        world.did("ann", "cart_updated", moment, cart_id=cart)
    steps = [*MAIL, {"wait": "36 hours"}, {"exit": "done"}]
    world.ticks_at(["2025-12-30 18:00", "2025-12-31 18:00", "2026-01-02 09:00", "2026-01-02 18:00", "2026-01-05 18:00"], scenario(steps, reentry=reentry))
    entered = world.warehouse.rows("select entered_at from journeys.enrolments order by 1")
    assert entered == [(utc(moment),) for moment in expected]
    assert len(world.refusals()) == 4 - len(expected)


def test_the_exit_of_an_earlier_tick_counts_from_its_own_moment() -> None:
    world = world_with("ann")
    again = scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}, reentry="after_exit", exit_when=[{"activity": "order_placed"}])
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    world.tick("2026-01-05 06:00", again)  # the only message goes at once: the run is over at 06:00
    world.did("ann", "page_viewed", "2026-01-05 05:30", known_at="2026-01-05 12:00")
    world.tick("2026-01-06 06:00", again)
    assert world.refusals() == [("ann", "2026-01-05 05:30", "still_in")]


def test_goals_and_exits_agree_on_the_key_whatever_the_reentry() -> None:
    world = world_with("ann")
    waits = scenario([{"wait": "3 days"}, {"send": "mail"}], reentry="after_exit", exit_when=[{"activity": "order_placed"}])
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k1")
    world.did("ann", "order_placed", "2026-01-05 12:00", cart_id="other")
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", waits)
    assert world.endings() == []
    world.did("ann", "order_placed", "2026-01-06 12:00", cart_id="k1")
    world.tick("2026-01-07 06:00", waits)
    assert world.endings() == [("ann", "2026-01-06 12:00", "exited", "order_placed")]


def test_of_two_open_carts_only_the_one_without_an_order_is_reminded() -> None:
    world = world_with("ann")
    world.did("ann", "cart_updated", "2026-01-05 08:00", cart_id="k1")
    world.did("ann", "cart_updated", "2026-01-05 08:30", cart_id="k2")
    world.did("ann", "order_placed", "2026-01-05 10:00", cart_id="k1")
    trigger = {"activity": "cart_updated", "key": "cart_id", "settle": "1 hour"}
    world.tick("2026-01-05 12:00", scenario(MAIL, trigger=trigger, exit_when=[{"activity": "order_placed"}]))
    assert world.messages("status", "due_at") == [("to_send", "2026-01-05 09:30")]
    assert world.endings()[0] == ("ann", "2026-01-05 10:00", "exited", "order_placed")


def test_an_order_without_a_cart_counts_for_every_cart() -> None:
    world = world_with("ann")
    world.did("ann", "cart_updated", "2026-01-05 08:00", cart_id="k1")
    world.did("ann", "order_placed", "2026-01-05 08:30")
    trigger = {"activity": "cart_updated", "key": "cart_id", "settle": "1 hour"}
    world.tick("2026-01-05 12:00", scenario(MAIL, trigger=trigger, exit_when=[{"activity": "order_placed"}]))
    assert world.refusals() == [("ann", "2026-01-05 09:00", "exit_already_met")]


def test_an_order_loaded_late_ends_the_run_of_its_cart() -> None:
    world = world_with("ann")
    trigger = {"activity": "cart_updated", "key": "cart_id", "settle": "1 hour"}
    waits = scenario([{"wait": "2 days"}, {"send": "mail"}], trigger=trigger, exit_when=[{"activity": "order_placed"}])
    world.did("ann", "cart_updated", "2026-01-05 08:00", cart_id="k1")
    world.did("ann", "order_placed", "2026-01-05 08:20", known_at="2026-01-06 03:00", cart_id="k1")
    world.tick("2026-01-05 12:00", waits)
    assert world.endings() == []
    world.tick("2026-01-06 12:00", waits)
    assert world.endings() == [("ann", "2026-01-05 09:00", "exited", "order_placed")]


def test_the_trigger_itself_meets_no_goal() -> None:
    world = world_with("ann")
    world.did("ann", "order_placed", "2026-01-05 05:00", id="o1")
    again = scenario(MAIL, trigger={"activity": "order_placed", "key": "order_id"}, goal={"activity": "order_placed"})
    world.tick("2026-01-05 06:00", again)
    assert world.messages("status") == [("to_send",)]


def test_a_cart_is_left_when_nothing_new_happens_on_it() -> None:
    world = world_with("ann")
    trigger = {"activity": "cart_updated", "key": "cart_id", "settle": "1 hour", "where": "cart_value >= 50"}
    left = scenario(MAIL, trigger=trigger)
    world.did("ann", "cart_updated", "2026-01-05 08:00", cart_id="k1", cart_value=60)
    world.tick("2026-01-05 08:30", left)
    world.did("ann", "cart_updated", "2026-01-05 08:40", cart_id="k1", cart_value=70)
    world.tick("2026-01-05 09:20", left)
    assert entries(world) == []
    world.tick("2026-01-05 09:40", left)
    assert world.messages("due_at", "not_before") == [("2026-01-05 09:40", "2026-01-05 09:40")]


def test_an_emptied_cart_is_not_left() -> None:
    world = world_with("ann")
    trigger = {"activity": "cart_updated", "key": "cart_id", "settle": "1 hour", "where": "cart_value >= 50"}
    world.did("ann", "cart_updated", "2026-01-05 08:00", cart_id="k1", cart_value=60)
    world.did("ann", "cart_updated", "2026-01-05 08:40", cart_id="k1", cart_value=0)
    world.tick("2026-01-05 12:00", scenario(MAIL, trigger=trigger))
    assert entries(world) == []


def test_one_trigger_that_waits_to_settle_serves_several_ticks() -> None:
    world = world_with("ann")
    trigger = {"activity": "cart_updated", "key": "cart_id", "settle": "1 day"}
    world.did("ann", "cart_updated", "2026-01-05 08:00", cart_id="k1")
    world.ticks_at(["2026-01-05 09:00", "2026-01-05 20:00", "2026-01-06 07:00", "2026-01-06 08:00"], scenario(MAIL, trigger=trigger))
    assert world.messages("due_at") == [("2026-01-06 08:00",)]


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ({"in": ["vip"]}, ["ann"]),
        ({"not_in": ["vip"]}, ["bob", "eve"]),
        ({"where": "country in ('FR', 'BE')"}, ["ann", "bob"]),
        ({"in": ["vip"], "not_in": ["asleep"], "where": "country = 'FR'"}, ["ann"]),
        ({"in": ["vip", "asleep"]}, []),
    ],
    ids=["in", "not in", "where", "all three", "in both"],
)
def test_the_audience_holds_for_who_enters(audience: dict[str, object], expected: list[str]) -> None:
    world = empty_world()
    for contact, country in [("ann", "FR"), ("bob", "BE"), ("eve", None)]:
        world.contact(contact, country=country)
        world.did(contact, "page_viewed", "2026-01-05 05:00")
    world.member("vip", "ann", "2026-01-01 00:00")
    world.member("asleep", "eve", "2026-01-01 00:00")
    world.tick("2026-01-05 06:00", scenario(MAIL, trigger={"activity": "page_viewed"}, audience=audience))
    assert [contact for contact, _ in entries(world)] == expected
    assert {reason for _, _, reason in world.refusals()} <= {"not_in_audience"}


def lapsed(**more: object) -> m.Scenario:
    return scenario(MAIL, trigger={"segment": {"entered": "lapsed"}, **more})


def test_who_joins_a_segment_enters_and_its_first_members_do_not() -> None:
    world = world_with("ann", "bob", "eve")
    world.member("lapsed", "ann", "2026-01-01 00:00")
    world.member("lapsed", "bob", "2026-01-05 20:00")
    world.member("lapsed", "eve", "2026-01-05 20:00", "2026-01-06 05:00")
    world.ticks("2026-01-05 06:00", "2026-01-07 06:00", lapsed())
    assert [contact for contact, _ in entries(world)] == ["bob"]


def test_a_backfill_takes_in_as_many_first_members_as_it_says_the_latest_first() -> None:
    world = world_with("ann", "bob", "eve")
    for contact, since in [("ann", "2026-01-01 00:00"), ("bob", "2026-01-03 00:00"), ("eve", "2026-01-03 00:00")]:
        world.member("lapsed", contact, since)
    world.ticks("2026-01-02 06:00", "2026-01-03 06:00")
    world.ticks("2026-01-04 06:00", "2026-01-05 06:00", lapsed(backfill={"max": 2}))
    assert [contact for contact, _ in entries(world)] == ["bob", "eve"]


def test_who_comes_back_to_a_segment_enters_again() -> None:
    world = world_with("ann")
    world.member("lapsed", "ann", "2026-01-05 20:00", "2026-01-06 20:00")
    world.member("lapsed", "ann", "2026-01-07 20:00")
    world.ticks("2026-01-05 06:00", "2026-01-08 06:00", lapsed())
    assert len(entries(world)) == 2


def test_leaving_a_segment_can_be_the_trigger() -> None:
    world = world_with("ann")
    world.member("lapsed", "ann", "2026-01-01 00:00", "2026-01-05 20:00")
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", scenario(MAIL, trigger={"segment": {"left": "lapsed"}}))
    assert entries(world) == [("ann", "2026-01-06 05:00:00")]


def test_somebody_who_is_no_contact_yet_is_refused() -> None:
    world = empty_world()
    world.did("ghost", "page_viewed", "2026-01-05 05:00")
    world.tick("2026-01-05 06:00", scenario(MAIL, trigger={"activity": "page_viewed"}))
    assert world.refusals() == [("ghost", "2026-01-05 05:00", "unknown_contact")]


def test_a_scenario_that_loses_a_contact_to_another_keeps_them_from_no_third_one() -> None:
    world = world_with("ann")
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    first, second, third = (
        scenario(MAIL, name=name, trigger={"activity": "page_viewed"}, priority=priority, exclusive_with=others)
        for name, priority, others in (("first", 90, ["second"]), ("second", 50, ["third"]), ("third", 10, []))
    )
    world.tick("2026-01-05 06:00", first, second, third)
    assert [name for (name,) in world.warehouse.rows("select scenario from journeys.enrolments order by 1")] == ["first", "third"]
    assert world.refusals() == [("ann", "2026-01-05 05:00", "in_other_scenario")]
