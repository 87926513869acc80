"""How many messages a contact gets, and who wins when there are too many."""

import pytest

from pipelines.scenarios import model as m
from tests.journeys.world import World, empty_world, scenario

SEEN = {"activity": "page_viewed"}
SENT, CAPPED = ("to_send", None), ("dropped", "capped")


def capped(**cap: object) -> World:
    world = empty_world(caps=[{"name": "cap", "at_most": 1, "per": "day", "clock": "calendar"} | cap])
    world.contact("ann", phone="+33612345678")
    return world


def sends(name: str, at: str = "1 day", **more: object) -> m.Scenario:
    return scenario([{"send": name}], name=name, trigger=SEEN, **more)


def outcomes(world: World) -> list[tuple[str, str | None]]:
    return world.messages("status", "reason")


def test_three_scenarios_share_a_cap_by_priority_due_time_and_name() -> None:
    world = capped(at_most=2)
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    scenarios = [sends("low", priority=10), sends("b_high", priority=90), sends("a_high", priority=90)]
    world.tick("2026-01-05 06:00", *scenarios)
    assert world.messages("scenario", "status", "reason", "detail") == [
        ("a_high", "to_send", None, None),
        ("b_high", "to_send", None, None),
        ("low", "dropped", "lower_priority", "cap: 2 of 2 in a day"),
    ]


def test_the_earlier_due_time_wins_among_equals() -> None:
    world = capped()
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    world.did("ann", "cart_updated", "2026-01-05 04:00", cart_id="k")
    world.tick("2026-01-05 06:00", sends("a_later"), scenario([{"send": "z_earlier"}], name="z_earlier"))
    assert world.messages("step", "status") == [("z_earlier", "to_send"), ("a_later", "dropped")]


def test_a_cap_used_before_is_capped_and_not_lower_priority() -> None:
    world = capped(per="week")
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    world.did("ann", "cart_updated", "2026-01-06 05:00", cart_id="k")
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", sends("first"), scenario([{"send": "second"}], name="second", priority=99))
    assert world.messages("step", "status", "reason") == [("first", *SENT), ("second", *CAPPED)]


@pytest.mark.parametrize(
    ("cap", "days", "expected"),
    [
        ({"per": "day"}, ["2026-01-05 05:00", "2026-01-05 12:00", "2026-01-06 05:00"], [SENT, CAPPED, SENT]),
        ({"per": "week"}, ["2026-01-09 05:00", "2026-01-11 05:00", "2026-01-12 05:00"], [SENT, CAPPED, SENT]),
        ({"per": "month"}, ["2026-01-05 05:00", "2026-01-31 05:00", "2026-02-01 05:00"], [SENT, CAPPED, SENT]),
        ({"per": "7 days", "clock": "rolling"}, ["2026-01-09 05:00", "2026-01-12 05:00", "2026-01-16 05:00"], [SENT, CAPPED, SENT]),
        ({"per": "36 hours", "clock": "rolling"}, ["2026-01-05 05:00", "2026-01-06 12:00", "2026-01-07 05:00"], [SENT, CAPPED, SENT]),
        ({"at_most": 0}, ["2026-01-05 05:00"], [CAPPED]),
        ({"at_most": 2}, ["2026-01-05 05:00", "2026-01-05 12:00"], [SENT, SENT]),
        ({"channel": "sms"}, ["2026-01-05 05:00", "2026-01-05 12:00"], [SENT, SENT]),
        ({"topic": "news"}, ["2026-01-05 05:00", "2026-01-05 12:00"], [SENT, SENT]),
        ({"topic": "promotions", "channel": "email"}, ["2026-01-05 05:00", "2026-01-05 12:00"], [SENT, CAPPED]),
        ({"per": "day"}, ["2026-03-28 23:30", "2026-03-29 00:30", "2026-03-29 23:30"], [SENT, SENT, CAPPED]),
        ({"per": "week"}, ["2026-10-18 23:30", "2026-10-19 00:30", "2026-10-25 23:30"], [SENT, SENT, CAPPED]),
        ({"per": "month"}, ["2026-02-28 23:30", "2026-03-01 00:30", "2026-03-31 23:30"], [SENT, SENT, CAPPED]),
    ],
    ids=[
        "day", "week", "month", "rolling days", "rolling hours", "zero", "two", "another channel", "another topic", "this topic and channel",
        "spring night", "week of the autumn night", "month of the spring night",
    ],
)  # fmt: skip
def test_a_cap_counts_on_its_clock(cap: dict[str, object], days: list[str], expected: list[tuple[str, str | None]]) -> None:
    world = capped(**cap)
    told = scenario([{"send": "note"}], trigger=SEEN, reentry={"cooldown": "1 hour"})
    for moment in days:
        world.did("ann", "page_viewed", moment)
    world.ticks_at([moment.replace(":00", ":01").replace(":30", ":31") for moment in days], told)
    assert outcomes(world) == expected


@pytest.mark.parametrize(("zone", "expected"), [("project", [SENT, SENT]), ("contact", [SENT, CAPPED])])
def test_a_calendar_cap_can_follow_the_day_of_the_contact(zone: str, expected: list[tuple[str, str | None]]) -> None:
    world = capped(zone=zone)
    world.contact("bob", timezone="America/New_York")
    for moment in ("2026-01-05 23:00", "2026-01-06 01:00"):
        world.did("bob", "page_viewed", moment)
    world.ticks_at(["2026-01-05 23:30", "2026-01-06 01:30"], scenario([{"send": "note"}], trigger=SEEN, reentry={"cooldown": "1 hour"}))
    assert outcomes(world) == expected


def test_a_cap_for_a_segment_binds_its_members_only() -> None:
    world = capped(segment="asleep", at_most=0)
    world.contact("bob")
    world.member("asleep", "ann", "2026-01-01 00:00")
    for contact in ("ann", "bob"):
        world.did(contact, "page_viewed", "2026-01-05 05:00")
    world.tick("2026-01-05 06:00", sends("note"))
    assert world.messages("contact_id", "reason") == [("ann", "capped"), ("bob", None)]


def test_transactional_messages_skip_caps_and_use_none() -> None:
    world = capped()
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    receipts = [sends(f"receipt{number}", category="transactional", priority=99) for number in (1, 2)]
    world.tick("2026-01-05 06:00", *receipts, sends("offer"))
    assert outcomes(world) == [SENT, SENT, SENT]


def test_what_was_dropped_for_another_reason_uses_no_cap() -> None:
    world = capped(per="week")
    world.contact("bob", email=None)
    world.did("bob", "page_viewed", "2026-01-05 05:00")
    world.did("bob", "cart_updated", "2026-01-06 05:00", cart_id="k")
    push = scenario([{"send": "push_note", "via": "push"}], name="push_note")
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", sends("mail"), push)
    assert world.messages("step", "status", "reason") == [("mail", "dropped", "unreachable"), ("push_note", *SENT)]


def test_a_message_that_waits_for_its_window_uses_the_cap_of_the_day_it_goes() -> None:
    world = capped()
    world.did("ann", "page_viewed", "2026-01-05 22:00")
    world.did("ann", "cart_updated", "2026-01-06 05:00", cart_id="k")
    waits = scenario([{"send": "waits", "window": {"from": "09:00", "to": "17:00"}}], name="waits", trigger=SEEN)
    world.ticks_at(["2026-01-05 23:00", "2026-01-06 06:00"], waits, scenario([{"send": "urgent"}], name="urgent", priority=99))
    assert world.messages("step", "status", "reason") == [("waits", "held", "quiet_hours"), ("urgent", *CAPPED)]


# Holding on


HOLD = scenario([{"send": "note", "on_capped": "hold", "valid_for": "3 days"}, {"wait": "1 hour"}, {"exit": "done"}], name="held_back", priority=10)


def held_back() -> World:
    """Ann's cap of the week is used; her reminder would rather wait."""
    world = capped(per="week")
    world.did("ann", "page_viewed", "2026-01-10 05:00")
    world.did("ann", "cart_updated", "2026-01-10 05:00", cart_id="k")
    world.tick("2026-01-10 06:00", sends("first"), HOLD)
    return world


def test_a_message_may_rather_wait_than_be_capped() -> None:
    world = held_back()
    world.tick("2026-01-11 06:00", sends("first"), HOLD)
    assert world.messages("step", "status", "reason") == [("first", *SENT), ("note", "held", "capped")]
    world.ticks_at(["2026-01-12 06:00", "2026-01-12 08:00"], sends("first"), HOLD)
    assert world.messages("step", "due_at", "not_before", "status") == [
        ("first", "2026-01-10 05:00", "2026-01-10 06:00", "to_send"),
        ("note", "2026-01-10 05:00", "2026-01-12 06:00", "to_send"),
    ]
    assert ("ann", "2026-01-12 07:00", "completed", "done") in world.endings()


def test_a_held_message_expires_and_its_contact_moves_on() -> None:
    world = held_back()
    world.tick("2026-01-13 06:00", sends("first"), HOLD)
    assert world.messages("step", "status", "reason") == [("first", *SENT), ("note", "dropped", "expired")]


@pytest.mark.parametrize("day", [11, 25], ids=["the next day", "after two weeks without a tick"])
def test_a_held_message_is_dropped_when_its_run_ends(day: int) -> None:
    world = held_back()
    told = scenario(
        [{"send": "note", "on_capped": "hold", "valid_for": "3 days"}, {"wait": "1 hour"}, {"exit": "done"}], name="held_back", priority=10, status="stopped"
    )
    world.tick(f"2026-01-{day} 06:00", sends("first"), told)
    assert world.messages("step", "status", "reason") == [("first", *SENT), ("note", "dropped", "exited_before_send")]


# Holdouts


def test_a_ghost_sees_caps_but_uses_none() -> None:
    world = capped()
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    world.did("ann", "cart_updated", "2026-01-05 12:00", cart_id="k")
    ghost = scenario([{"send": "ghost"}], name="ghost", trigger=SEEN, holdout="100%", priority=99)
    ghost_later = scenario([{"send": "ghost_later"}], name="ghost_later", holdout="100%")
    world.ticks_at(["2026-01-05 06:00", "2026-01-05 13:00"], ghost, sends("real"), ghost_later)
    assert world.messages("step", "status", "reason") == [("ghost", "dropped", "holdout"), ("real", *SENT), ("ghost_later", *CAPPED)]


def test_a_ghost_without_consent_is_compared_with_nobody() -> None:
    world = capped()
    world.contact("bob", consent=False)
    world.did("bob", "page_viewed", "2026-01-05 05:00")
    world.tick("2026-01-05 06:00", scenario([{"send": "ghost"}], trigger=SEEN, holdout="100%"))
    assert outcomes(world) == [("dropped", "no_consent")]


def test_two_profiles_with_one_address_share_an_arm() -> None:
    world = empty_world(holdout={"share": 0.5})
    for number in range(12):
        for twin in "ab":
            world.contact(f"c{number}{twin}", email=f"c{number}@shop.example")
            world.did(f"c{number}{twin}", "page_viewed", "2026-01-05 05:00")
    world.tick("2026-01-05 06:00", sends("note"))
    arms = world.warehouse.rows("select left(contact_id, length(contact_id) - 1), count(distinct ghost) from journeys.enrolments group by 1")
    assert {row[1] for row in arms} == {1}
    assert world.warehouse.rows("select count(*), count(distinct arm) from journeys.arms") == [(12, 2)]
