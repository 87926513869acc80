"""Conditions that join others: in a branch asked one by one, in a wait from when on they hold."""

from typing import Any

import pytest

from tests.journeys.world import World, empty_world, scenario, utc

Json = dict[str, Any]
CLICKED, VIP, FRENCH = {"clicked": "mail"}, {"in_segment": "vip"}, {"where": "country = 'FR'"}
BOUGHT = {"did": {"activity": "order_placed"}}


def started() -> World:
    """Ann left a cart at six and is sent a mail."""
    world = empty_world()
    world.contact("ann", country="FR")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.member("other", "ann", "2026-01-01 00:00")
    return world


@pytest.mark.parametrize(
    ("condition", "way"),
    [
        ({"all": [FRENCH, {"in_segment": "other"}]}, "yes"),
        ({"all": [FRENCH, VIP]}, "no"),
        ({"any": [VIP, FRENCH]}, "yes"),
        ({"any": [VIP, {"where": "country = 'BE'"}]}, "no"),
        ({"not": VIP}, "yes"),
        ({"not": {"any": [VIP, FRENCH]}}, "no"),
        ({"all": [{"any": [VIP, FRENCH]}, {"not": {"all": [FRENCH, VIP]}}]}, "yes"),
        ({"tagged": "likes_trousers"}, "yes"),
        ({"tagged": "likes_hats"}, "no"),
        ({"score_at_least": 0}, "yes"),
        ({"score_at_least": 1}, "no"),
        ({"score_at_least": "prospect"}, "no"),
    ],
)
def test_a_branch_asks_everything_that_is_joined(condition: Json, way: str) -> None:
    world = started()
    world.row("contact_tags", utc("2026-01-01 00:00"), contact_id="ann", tag="likes_trousers", added_at=utc("2026-01-01 00:00"))
    rungs = [{"if": condition, "steps": [{"exit": "yes"}]}, {"else": [{"exit": "no"}]}]
    world.tick("2026-01-05 06:00", scenario([{"branch": rungs}]))
    assert [reason for *_, reason in world.endings()] == [way]


def waits(condition: Json) -> Any:
    return scenario([{"send": "mail"}, {"wait_for": condition, "timeout": "3 days", "then": [{"exit": "yes"}], "else": [{"exit": "no"}]}])


def test_a_wait_for_any_ends_with_the_first() -> None:
    world, told = started(), waits({"any": [CLICKED, BOUGHT]})
    world.tick("2026-01-05 06:00", told)
    world.did("ann", "order_placed", "2026-01-06 12:00")
    world.reply(world.key("ann", "mail"), "clicked", "2026-01-06 10:00")
    world.tick("2026-01-07 06:00", told)
    assert world.endings() == [("ann", "2026-01-06 10:00", "completed", "yes")]


def test_a_wait_for_all_ends_with_the_last_though_they_come_in_different_ticks() -> None:
    world, told = started(), waits({"all": [CLICKED, BOUGHT]})
    world.tick("2026-01-05 06:00", told)
    world.did("ann", "order_placed", "2026-01-05 12:00")
    world.tick("2026-01-06 06:00", told)
    assert world.endings() == []
    world.reply(world.key("ann", "mail"), "clicked", "2026-01-06 10:00")
    world.tick("2026-01-07 06:00", told)
    assert world.endings() == [("ann", "2026-01-06 10:00", "completed", "yes")]


def test_a_wait_for_all_with_a_state_ends_at_the_tick_that_finds_it() -> None:
    world, told = started(), waits({"all": [CLICKED, VIP]})
    world.member("vip", "ann", "2026-01-07 00:00")
    world.tick("2026-01-05 06:00", told)
    world.reply(world.key("ann", "mail"), "clicked", "2026-01-05 10:00")
    world.tick("2026-01-06 06:00", told)
    assert world.endings() == []
    world.tick("2026-01-07 06:00", told)
    assert world.endings() == [("ann", "2026-01-07 06:00", "completed", "yes")]


def test_a_wait_of_which_half_came_in_time_times_out() -> None:
    world, told = started(), waits({"all": [CLICKED, BOUGHT]})
    world.tick("2026-01-05 06:00", told)
    world.reply(world.key("ann", "mail"), "clicked", "2026-01-05 10:00")
    world.did("ann", "order_placed", "2026-01-08 06:30")
    world.tick("2026-01-09 06:00", told)
    assert world.endings() == [("ann", "2026-01-08 06:00", "completed", "no")]


@pytest.mark.parametrize(("condition", "ended"), [({"all": [CLICKED, BOUGHT]}, True), ({"any": [CLICKED, BOUGHT]}, False)])
def test_nobody_waits_for_the_answer_to_a_message_that_was_dropped_unless_something_else_may_come(condition: Json, ended: bool) -> None:
    world = empty_world()
    world.contact("ann", email=None)
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", waits(condition))
    assert [reason for *_, reason in world.endings()] == ["no"] * ended
