"""The worked examples that settle what the words of scenarios mean: given, expect. The zone is Europe/Paris."""

import pytest

from tests.journeys.world import empty_world, scenario, utc

LONG = "14 days"


def test_w1_a_window_delays_one_message_only() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 18:00", cart_id="k")
    office_hours = {"days": "mon-fri", "from": "09:00", "to": "17:00"}
    steps = [{"wait": "2 days"}, {"send": "mail", "window": office_hours}, {"wait": "2 days"}, {"send": "note", "via": "push"}]
    world.ticks_at(["2026-01-05 19:00", "2026-01-07 18:00", "2026-01-08 09:00", "2026-01-10 08:59", "2026-01-10 09:00"], scenario(steps))
    assert world.messages("step", "due_at", "not_before") == [
        ("mail", "2026-01-07 18:00", "2026-01-08 09:00"),
        ("note", "2026-01-10 09:00", "2026-01-10 09:00"),
    ]


@pytest.mark.parametrize(
    "ticks", [["2026-01-10 10:00", "2026-01-11 20:00", "2026-01-12 08:00"], ["2026-01-12 08:00"]], ids=["decided on Saturday", "decided on Monday"]
)
def test_w2_branches_are_not_held_by_a_window(ticks: list[str]) -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-08 10:00", cart_id="k")
    world.did("ann", "order_placed", "2026-01-11 12:00")
    ordered = {"if": {"did": {"activity": "order_placed"}}, "steps": [{"send": "thanks"}]}
    window = {"days": "mon-thu", "from": "09:00", "to": "17:00"}
    steps = [{"wait": "2 days"}, {"branch": [ordered, {"else": [{"send": "reminder", "window": window}]}]}]
    world.ticks_at(["2026-01-08 11:00", *ticks], scenario(steps))
    assert world.messages("step", "not_before", "status") == [("reminder", "2026-01-12 09:00", "held")]


def test_w3_calendar_days_against_elapsed_time() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 20:59", cart_id="k")
    calendar = scenario([{"send": "first"}, {"wait": {"days": 1, "at": "09:00"}}, {"send": "second"}])
    elapsed = scenario([{"send": "one"}, {"wait": "1 day"}, {"send": "two"}], name="twin")
    world.ticks_at(["2026-01-05 21:00", "2026-01-06 09:00", "2026-01-06 21:00"], calendar, elapsed)
    assert world.messages("step", "not_before", where="step in ('first', 'second')") == [("first", "2026-01-05 21:00"), ("second", "2026-01-06 09:00")]
    assert world.messages("step", "not_before", where="step in ('one', 'two')") == [("one", "2026-01-05 21:00"), ("two", "2026-01-06 21:00")]


def test_w4_a_cap_is_used_up_in_order() -> None:
    world = empty_world(caps=[{"name": "pushes", "channel": "push", "at_most": 2, "per": "week", "clock": "calendar"}])
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 10:00", cart_id="k")
    pushes = [
        {"send": "monday", "via": "push"},
        {"wait": "2 days"},
        {"send": "wednesday", "via": "push"},
        {"wait": "1 day"},
        {"send": "thursday", "via": "push"},
    ]
    world.ticks("2026-01-05 11:00", "2026-01-12 11:00", scenario([*pushes, {"wait": "1 day"}, {"send": "mail"}]))
    assert world.messages("step", "not_before", "status", "reason", "detail") == [
        ("monday", "2026-01-05 11:00", "to_send", None, None),
        ("wednesday", "2026-01-07 11:00", "to_send", None, None),
        ("thursday", "2026-01-08 11:00", "dropped", "capped", "pushes: 2 of 2 in a week"),
        ("mail", "2026-01-09 11:00", "to_send", None, None),
    ]


@pytest.mark.parametrize(
    ("cap", "second"),
    [({"per": "day", "clock": "calendar"}, ("to_send", None)), ({"per": "24 hours", "clock": "rolling"}, ("dropped", "capped"))],
    ids=["calendar", "rolling"],
)
def test_w5_a_cap_names_its_clock(cap: dict[str, str], second: tuple[str, str | None]) -> None:
    world = empty_world(caps=[{"name": "daily", "at_most": 1, **cap}])
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 22:59", cart_id="k")
    world.ticks_at(["2026-01-05 23:00", "2026-01-06 00:00"], scenario([{"send": "late"}, {"wait": "1 hour"}, {"send": "at_midnight"}]))
    assert world.messages("step", "status", "reason") == [("late", "to_send", None), ("at_midnight", *second)]


def test_w6_a_cooldown_as_long_as_the_cadence_loses_nobody() -> None:
    world = empty_world()
    world.contact("ann")
    daily = scenario([{"send": "reminder"}], trigger={"activity": "page_viewed"}, reentry={"cooldown": "1 day"})
    world.did("ann", "page_viewed", "2026-01-05 08:25")
    world.tick("2026-01-05 08:30", daily)
    world.did("ann", "page_viewed", "2026-01-06 07:10")
    world.tick("2026-01-06 08:00", daily)
    assert world.messages("step", "not_before") == [("reminder", "2026-01-05 08:30"), ("reminder", "2026-01-06 08:00")]


def test_w6_a_second_time_on_the_same_day_is_refused() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-05 07:00")
    world.did("ann", "page_viewed", "2026-01-05 23:00")
    world.ticks("2026-01-05 08:00", "2026-01-06 08:00", scenario([{"send": "reminder"}], trigger={"activity": "page_viewed"}, reentry={"cooldown": "1 day"}))
    assert world.refusals() == [("ann", "2026-01-05 23:00", "cooldown")]


def test_w7_exits_do_not_wait_for_the_wait() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 10:00", cart_id="k")
    world.did("ann", "order_placed", "2026-01-06 15:30")
    world.ticks("2026-01-05 12:00", "2026-01-07 12:00", scenario([{"wait": "15 days"}, {"send": "offer"}], exit_when=[{"activity": "order_placed"}]))
    assert world.endings() == [("ann", "2026-01-06 15:30", "exited", "order_placed")]
    assert world.warehouse.value("select as_of from journeys.endings") == utc("2026-01-07 12:00")
    assert world.messages() == []


def test_w8_exits_are_looked_for_over_the_whole_interval() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-04 00:00", cart_id="k")
    world.did("ann", "order_placed", "2026-01-05 03:00")
    steps = [{"wait": "2 days"}, {"send": "offer"}]
    world.ticks("2026-01-04 06:00", "2026-01-06 06:00", scenario(steps, exit_when=[{"activity": "order_placed"}]))
    assert world.endings() == [("ann", "2026-01-05 03:00", "exited", "order_placed")]
    assert world.warehouse.value("select as_of from journeys.endings") == utc("2026-01-05 06:00")
    assert world.messages() == []


def test_w9_a_goal_already_met_at_the_door_refuses() -> None:
    world = empty_world()
    world.contact("ann")
    renewal = scenario([{"send": "reminder"}], goal={"activity": "order_placed"})
    world.tick("2026-01-04 06:00", renewal)
    world.did("ann", "order_placed", "2026-01-04 21:00", cart_id="k")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", renewal)
    assert world.refusals() == [("ann", "2026-01-05 05:00", "goal_already_met")]
    assert world.warehouse.rows("select sum(entered), sum(converted), sum(refused) from results.scenarios") == [(0, 0, 1)]


def test_w10_a_conversion_needs_a_message() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.did("ann", "order_placed", "2026-01-05 20:00", cart_id="k")
    world.ticks("2026-01-05 06:00", "2026-01-07 06:00", scenario([{"wait": "1 day"}, {"send": "reminder"}], goal={"activity": "order_placed"}))
    assert world.endings() == [("ann", "2026-01-05 20:00", "goal_before_message", "order_placed")]
    assert world.warehouse.rows("select sum(entered), sum(ended), sum(converted) from results.scenarios") == [(1, 1, 0)]
    assert world.warehouse.rows("select * from results.goals") == []


def test_w11_late_triggers_enter_up_to_their_greatest_age() -> None:
    world = empty_world()
    world.contact("ann")
    world.contact("bob")
    cart = scenario([{"send": "reminder", "valid_for": LONG}])
    world.tick("2026-01-01 06:00", cart)
    world.did("ann", "cart_updated", "2026-01-05 07:00", known_at="2026-01-08 06:00", cart_id="a")
    world.did("bob", "cart_updated", "2026-01-05 05:00", known_at="2026-01-08 06:00", cart_id="b")
    world.ticks("2026-01-08 06:00", "2026-01-10 06:00", cart)
    assert world.messages("contact_id", "due_at") == [("ann", "2026-01-05 07:00")]
    assert world.refusals() == [("bob", "2026-01-05 05:00", "trigger_too_old")]


def test_w12_windows_across_midnight_belong_to_the_day_they_open() -> None:
    world = empty_world()
    for name, an_hour_before in [("a", "2026-01-05 07:00"), ("b", "2026-01-05 21:00"), ("c", "2026-01-06 07:00"), ("d", "2026-01-06 09:00")]:
        world.contact(name)
        world.did(name, "cart_updated", an_hour_before, cart_id=name)
    night = {"days": "mon", "from": "21:00", "to": "09:00"}
    steps = [{"wait": "1 hour"}, {"send": "note", "window": night, "valid_for": LONG}]
    world.ticks_at(["2026-01-05 08:00", "2026-01-05 22:00", "2026-01-06 08:00", "2026-01-06 10:00"], scenario(steps))
    assert world.messages("due_at", "not_before") == [
        ("2026-01-05 08:00", "2026-01-05 21:00"),
        ("2026-01-05 22:00", "2026-01-05 22:00"),
        ("2026-01-06 08:00", "2026-01-06 08:00"),
        ("2026-01-06 10:00", "2026-01-12 21:00"),
    ]
