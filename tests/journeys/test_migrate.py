"""`migrate:` moves people on their way to the newest version, to the place after a message; nobody gets a message twice."""

from typing import Any

from pipelines.results.explain import explain
from pipelines.scenarios import model as m
from tests.journeys.world import World, empty_world, local, scenario, utc

OLD = [{"send": "first"}, {"wait": "2 days"}, {"send": "second"}]
NEW = [{"send": "first"}, {"wait": "3 days"}, {"send": "third"}, {"wait": "1 day"}]


def on_the_way(*steps: Any, **more: Any) -> World:
    """Ann had `first` of the old version on the fifth, and rests."""
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario(list(steps or OLD), **more))
    return world


def new(migrate: dict[str, str], *steps: Any, **more: Any) -> m.Scenario:
    return scenario(list(steps or NEW), migrate=migrate, **more)


def places(world: World) -> list[tuple[Any, ...]]:
    rows = world.warehouse.rows("select contact_id, version, node, leave_at from journeys.positions order by contact_id, entry_key")
    return [(*row[:3], local(row[3])) for row in rows]


def test_without_it_people_finish_on_their_version() -> None:
    world = on_the_way()
    world.ticks("2026-01-06 06:00", "2026-01-09 06:00", new({}))
    assert world.messages("step", "version") == [("first", 1), ("second", 1)]


def test_people_go_on_after_the_message_it_names_and_waits_count_from_when_they_had_theirs() -> None:
    world = on_the_way()
    world.tick("2026-01-06 06:00", new({"first": "first"}))
    assert places(world) == [("ann", 2, 1, "2026-01-08 06:00")]
    world.ticks("2026-01-07 06:00", "2026-01-09 06:00", new({"first": "first"}))
    assert world.messages("step", "version", "due_at") == [("first", 1, "2026-01-05 05:00"), ("third", 2, "2026-01-08 06:00")]
    assert world.warehouse.rows("select distinct version from journeys.enrolments") == [(2,)]


def test_a_message_of_another_name_can_stand_for_the_one_they_had() -> None:
    world = on_the_way()
    world.ticks("2026-01-06 06:00", "2026-01-09 06:00", new({"first": "third"}))
    assert world.messages("step") == [("first",)]
    assert [row[2] for row in world.endings()] == ["completed"]


def test_who_goes_back_to_the_beginning_gets_no_message_twice() -> None:
    world = on_the_way()
    again = [{"send": "before"}, {"send": "first", "on_capped": "hold"}, {"wait": "1 day"}, {"send": "third"}]
    world.ticks("2026-01-06 06:00", "2026-01-07 06:00", new({"first": "begin"}, *again))
    assert world.messages("step", "version") == [("first", 1), ("before", 2), ("third", 2)]
    assert len(world.messages("message_key")) == 3


def test_who_had_nothing_yet_is_at_the_beginning() -> None:
    world = on_the_way({"wait": "5 days"}, {"send": "late"})
    world.ticks("2026-01-06 06:00", "2026-01-07 06:00", new({"begin": "begin"}, {"wait": "2 days"}, {"send": "early"}))
    assert world.messages("step", "due_at") == [("early", "2026-01-07 05:00")]


def test_people_move_once_they_stand_at_a_named_message() -> None:
    world = on_the_way(*OLD, {"wait": "5 days"})
    moved = new({"second": "third"}, *NEW[:-1], {"wait": "9 days"})
    versions = []
    for day in (6, 7, 8):
        world.tick(f"2026-01-0{day} 06:00", moved)
        versions += [version for _, version, *_ in places(world)]
    assert versions == [1, 1, 2]
    assert world.messages("step") == [("first",), ("second",)]


def test_a_new_end_of_the_steps_ends_the_run() -> None:
    world = on_the_way()
    world.tick("2026-01-06 06:00", new({"first": "only"}, {"send": "only"}))
    assert world.endings() == [("ann", "2026-01-06 06:00", "completed", None)]
    assert places(world) == []


def test_a_click_before_the_move_counts_after_it() -> None:
    def waits(timeout: str) -> list[dict[str, Any]]:
        then, other = [{"wait": "9 days"}], [{"exit": "no"}]
        return [{"send": "first"}, {"wait": timeout}, {"branch": [{"if": {"clicked": "first"}, "steps": then}, {"else": other}]}]

    world = on_the_way(*waits("4 days"))
    world.reply(world.key("ann", "first"), "clicked", "2026-01-05 08:00")
    world.tick("2026-01-06 06:00", scenario(waits("4 days")))
    world.ticks("2026-01-07 06:00", "2026-01-08 06:00", new({"first": "first"}, *waits("2 days")))
    assert world.endings() == []
    assert world.warehouse.rows("select outcome from journeys.decisions where step = 'if'") == [("yes",)]


def test_the_order_of_the_day_of_the_move_still_ends_the_run() -> None:
    goal = {"activity": "order_placed"}
    world = on_the_way(goal=goal)
    world.did("ann", "order_placed", "2026-01-05 20:00", cart_id="k")
    world.tick("2026-01-06 06:00", new({"first": "first"}, goal=goal))
    assert [row[2] for row in world.endings()] == ["converted"]


def test_a_paused_scenario_moves_nobody_until_it_goes_on() -> None:
    world = on_the_way()
    world.tick("2026-01-06 06:00", new({"first": "first"}, status="paused"))
    assert [(version, node) for _, version, node, _ in places(world)] == [(1, 1)]
    world.tick("2026-01-07 06:00", new({"first": "first"}))
    assert [(version, node) for _, version, node, _ in places(world)] == [(2, 1)]


def test_moving_is_explained_and_entered_is_still_ended_and_in_flight() -> None:
    world = on_the_way()
    world.ticks("2026-01-06 06:00", "2026-01-07 06:00", new({"first": "first"}))
    [run] = explain(world.warehouse, "ann", utc("2026-01-07 06:00")).runs
    assert (run.version, run.rests) == (2, "wait 3 days")
    assert [(row["outcome"], row["step"], row["reason"]) for row in run.decisions if row["outcome"] == "moved"] == [("moved", "first", "version 1, first")]
    assert world.warehouse.value("select count(*) from journeys.enrolments") == 1
    assert world.warehouse.value("select count(*) from journeys.moves") == 1
