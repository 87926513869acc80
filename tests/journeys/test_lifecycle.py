"""Scenarios that change, pause, stop, wait for a source or trip a guard, with people in flight."""

from datetime import date, timedelta

import pytest

from pipelines.scenarios import model as m
from tests.journeys.world import World, empty_world, scenario, utc

WAIT = {"wait": "1 day"}


def entered(at: str = "2026-01-05 05:00", **settings: object) -> World:
    world = empty_world(**settings)
    world.contact("ann")
    world.did("ann", "cart_updated", at, cart_id="k")
    return world


def test_people_in_flight_finish_on_the_version_they_entered() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario([WAIT, {"send": "old"}, WAIT, {"send": "old_too"}]))
    world.did("ann", "cart_updated", "2026-01-05 12:00", cart_id="later")
    changed = scenario([{"send": "new"}])
    world.ticks("2026-01-06 06:00", "2026-01-08 06:00", changed)
    assert world.messages("version", "step") == [(2, "new"), (1, "old"), (1, "old_too")]


def test_other_words_about_a_scenario_make_no_version() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario([WAIT, {"send": "mail"}]))
    world.tick("2026-01-06 06:00", scenario([WAIT, {"send": "mail"}], description="Better said.", owner="someone@shop.example"))
    assert world.warehouse.rows("select version from journeys.versions") == [(1,)]


def test_a_message_keeps_its_key_in_a_new_version() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}]))
    world.did("ann", "cart_updated", "2026-01-05 12:00", cart_id="k")
    world.tick("2026-01-06 06:00", scenario([{"send": "mail"}, WAIT], priority=60))
    assert world.refusals() == [("ann", "2026-01-05 12:00", "already_entered")]
    assert len(world.messages()) == 1


STEPS = [{"send": "first"}, WAIT, {"send": "second", "valid_for": "36 hours"}, WAIT, {"send": "third", "valid_for": "36 hours"}]


def test_a_hold_keeps_people_where_they_are() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario(STEPS))
    world.ticks("2026-01-06 06:00", "2026-01-08 06:00", scenario(STEPS, status="paused", paused="hold"))
    assert world.messages("step") == [("first",)]
    world.ticks("2026-01-09 06:00", "2026-01-10 06:00", scenario(STEPS))
    assert world.messages("step", "due_at", "status", "reason") == [
        ("first", "2026-01-05 05:00", "to_send", None),
        ("second", "2026-01-06 06:00", "dropped", "expired"),
        ("third", "2026-01-10 06:00", "to_send", None),
    ]


def test_a_pause_that_expires_lets_messages_lapse_and_people_go_on() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario(STEPS))
    world.tick("2026-01-06 06:00", scenario(STEPS, status="paused", paused="expire"))
    world.tick("2026-01-07 06:00", scenario(STEPS))
    assert world.messages("step", "status", "reason") == [("first", "to_send", None), ("second", "dropped", "scenario_paused"), ("third", "to_send", None)]


def test_nobody_enters_while_paused_and_the_young_ones_do_afterwards() -> None:
    world = entered("2026-01-04 05:00")
    world.ticks("2026-01-04 06:00", "2026-01-04 06:00", scenario(STEPS, status="paused"))
    world.contact("bob")
    world.did("bob", "cart_updated", "2026-01-06 05:00", cart_id="b")
    world.tick("2026-01-06 06:00", scenario(STEPS, status="paused"))
    assert world.messages() == []
    world.tick("2026-01-08 06:00", scenario(STEPS))
    assert world.messages("contact_id") == [("bob",)]


def test_stopping_ejects() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario(STEPS))
    world.tick("2026-01-06 06:00", scenario(STEPS, status="stopped"))
    assert world.messages("step") == [("first",)]
    assert world.endings() == [("ann", "2026-01-06 06:00", "ejected", "stopped:eject")]


def test_stopping_drains() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario(STEPS))
    world.contact("bob")
    world.did("bob", "cart_updated", "2026-01-05 12:00", cart_id="b")
    world.ticks("2026-01-06 06:00", "2026-01-07 06:00", scenario(STEPS, status="stopped", stopped="drain"))
    assert world.messages("contact_id", "step") == [("ann", "first"), ("ann", "second"), ("ann", "third")]
    assert world.endings() == [("ann", "2026-01-07 06:00", "completed", None)]


def test_a_scenario_whose_file_is_gone_ejects() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario(STEPS))
    world.tick("2026-01-06 06:00")
    assert world.endings() == [("ann", "2026-01-06 06:00", "ejected", "removed")]


def test_a_draft_moves_nobody() -> None:
    world = entered()
    world.tick("2026-01-05 06:00", scenario(STEPS, status="draft"))
    assert world.messages() == []
    assert world.warehouse.value("select count(*) from journeys.enrolments") == 0


# Held for a while


def test_a_held_scenario_catches_up_on_everybody_young_enough() -> None:
    world = entered("2026-01-05 05:00")
    world.contact("bob")
    world.did("bob", "cart_updated", "2026-01-08 05:00", cart_id="b")
    told = scenario([{"send": "mail"}])
    world.tick("2026-01-04 06:00", told)
    world.ticks("2026-01-05 06:00", "2026-01-08 06:00", told, held={"cart": "stale_source: orders"})
    assert world.messages() == []
    world.ticks("2026-01-09 06:00", "2026-01-10 06:00", told)
    assert world.messages("contact_id", "due_at") == [("bob", "2026-01-08 05:00")]
    assert world.refusals() == [("ann", "2026-01-05 05:00", "trigger_too_old")]


def test_a_held_scenario_catches_up_on_segments_and_birthdays() -> None:
    world = empty_world()
    world.contact("ann", birth_date=date(1990, 1, 6))
    world.contact("bob")
    joins = scenario([{"send": "mail"}], name="joins", trigger={"segment": {"entered": "lapsed"}})
    cake = scenario([{"send": "cake"}], name="cake", trigger={"anniversary": "birth_date", "at": "09:00"})
    world.member("lapsed", "bob", "2026-01-05 20:00")
    world.tick("2026-01-05 06:00", joins, cake)
    world.ticks("2026-01-06 06:00", "2026-01-07 06:00", joins, cake, held={"joins": "stale_source: orders", "cake": "stale_source: contacts"})
    world.tick("2026-01-08 06:00", joins, cake)
    assert world.messages("step", "due_at", "status", "reason") == [
        ("cake", "2026-01-06 09:00", "dropped", "expired"),
        ("mail", "2026-01-06 06:00", "to_send", None),
    ]


def test_exits_are_found_while_a_scenario_is_held() -> None:
    world = entered()
    told = scenario(STEPS, exit_when=[{"activity": "order_placed"}])
    world.tick("2026-01-05 06:00", told)
    world.did("ann", "order_placed", "2026-01-05 12:00")
    world.tick("2026-01-06 06:00", told, held={"cart": "stale_source: orders"})
    assert world.endings() == [("ann", "2026-01-05 12:00", "exited", "order_placed")]


def test_a_scenario_that_is_held_stops_no_other() -> None:
    world = entered()
    told = [scenario([{"send": "mail"}], name=name) for name in ("held", "free")]
    world.tick("2026-01-05 06:00", *told, held={"held": "stale_source: orders"})
    assert world.messages("scenario") == [("free",)]
    assert world.warehouse.rows("select scenario, state from results.scenarios order by 1") == [("free", "live"), ("held", "held: stale_source: orders")]


# The guard


def guarded(world: World) -> m.Scenario:
    """A week with one entry a day, then ten in one night."""
    for number in range(8):
        world.contact(f"day{number}")
        world.did(f"day{number}", "cart_updated", f"2026-01-0{number + 1} 05:00", cart_id=f"d{number}")
    for number in range(10):
        world.contact(f"many{number}")
        world.did(f"many{number}", "cart_updated", "2026-01-09 05:00", cart_id=f"m{number}")
    return scenario([{"send": "mail"}])


def test_entries_far_outside_the_usual_are_kept_out_until_a_person_releases_them() -> None:
    world = empty_world(guards={"max_factor": 3, "min_entries": 5})
    told = guarded(world)
    world.ticks("2026-01-01 06:00", "2026-01-09 06:00", told)
    assert world.warehouse.value("select count(*) from journeys.enrolments") == 8
    assert world.warehouse.rows("select entries, usual, released_at from runs.guards") == [(10, 1, None)]
    world.tick("2026-01-10 06:00", told, held={"cart": "guard_tripped"})
    world.warehouse.run("update runs.guards set released_at = $at", at=utc("2026-01-10 12:00"))
    world.tick("2026-01-11 06:00", told)
    assert world.warehouse.value("select count(*) from journeys.enrolments") == 18
    assert world.refusals() == []


def test_a_guard_trips_for_one_scenario_only() -> None:
    world = empty_world(guards={"max_factor": 3, "min_entries": 5})
    told = guarded(world)
    world.ticks("2026-01-01 06:00", "2026-01-08 06:00", told)
    world.tick("2026-01-09 06:00", told, scenario([{"send": "mail"}], name="young"))
    assert world.messages("scenario", where="due_at > timestamp '2026-01-08 12:00'") == [("young",)] * 10


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_an_arm_stands_for_ever_when_weights_change(share: float) -> None:
    world = empty_world(holdout={"share": share})

    def split(first: int) -> m.Scenario:
        arms = {"a": {"weight": first, "steps": [{"exit": "a"}]}, "b": {"weight": 100 - first, "steps": [{"exit": "b"}]}}
        return scenario([{"split": arms}], trigger={"activity": "page_viewed"}, reentry={"cooldown": "1 hour"}, holdout="30%" if first == 50 else "60%")

    for number in range(20):
        world.contact(f"c{number:02}")
        world.did(f"c{number:02}", "page_viewed", "2026-01-05 05:00")
        world.did(f"c{number:02}", "page_viewed", "2026-01-06 05:00")
    world.tick("2026-01-05 06:00", split(50))
    world.tick("2026-01-06 06:00", split(90), cadence=timedelta(days=1))
    arms = world.warehouse.rows("select contact_id, count(*), count(distinct reason), count(distinct ghost) from journeys.endings group by contact_id")
    assert {row[1:] for row in arms} == {(2, 1, 1)}
    assert {row[0] for row in world.warehouse.rows("select distinct reason from journeys.endings")} == {"a", "b"}


def test_runs_on_two_versions_that_reach_a_split_in_one_tick_take_one_arm() -> None:
    """Were each version to draw for itself, a contact would have two arms, and later runs of theirs would be walked twice."""
    world = empty_world()

    def split(first: int, wait: str) -> m.Scenario:
        arms = {"a": {"weight": first, "steps": [{"exit": "a"}]}, "b": {"weight": 100 - first, "steps": [{"exit": "b"}]}}
        return scenario([{"wait": wait}, {"split": arms, "id": "trial"}])

    for number in range(20):
        world.contact(f"c{number:02}")
        for cart, day in (("k1", 5), ("k2", 6), ("k3", 7)):
            world.did(f"c{number:02}", "cart_updated", f"2026-01-0{day} 05:00", cart_id=cart)
    world.tick("2026-01-05 06:00", split(50, "2 days"))
    world.ticks("2026-01-06 06:00", "2026-01-08 06:00", split(90, "1 day"))
    arms = world.warehouse.rows("select contact_id, count(*), count(distinct reason) from journeys.endings group by contact_id")
    assert {row[1:] for row in arms} == {(3, 1)}
    assert {row[0] for row in world.warehouse.rows("select count(*) from journeys.arms group by subject")} == {1}
