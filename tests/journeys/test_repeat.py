"""`repeat`: the same steps a number of times, or until something holds."""

from typing import Any

from tests.journeys.world import World, empty_world, scenario


def repeated(**loop: Any) -> Any:
    steps = [{"send": "mail"}]
    return scenario([{"repeat": {"times": 3, "every": "2 days", "steps": steps} | loop}, {"wait": "1 day"}, {"exit": "done"}])


def started() -> World:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    return world


def test_the_steps_are_taken_as_often_as_said_with_the_time_between() -> None:
    world = started()
    world.ticks("2026-01-05 06:00", "2026-01-14 06:00", repeated())
    assert world.messages("step", "due_at") == [
        ("mail#1", "2026-01-05 05:00"), ("mail#2", "2026-01-07 06:00"), ("mail#3", "2026-01-09 06:00"),
    ]  # fmt: skip
    assert world.endings() == [("ann", "2026-01-10 06:00", "completed", "done")]


def test_it_ends_when_the_answer_to_any_turn_has_come() -> None:
    world, told = started(), repeated(until={"clicked": "mail"})
    world.ticks("2026-01-05 06:00", "2026-01-07 06:00", told)
    world.reply(world.key("ann", "mail#1"), "clicked", "2026-01-08 10:00")
    world.ticks("2026-01-08 06:00", "2026-01-14 06:00", told)
    assert [step for (step,) in world.messages("step")] == ["mail#1", "mail#2"]
    assert world.endings() == [("ann", "2026-01-10 06:00", "completed", "done")]


def test_inside_a_turn_its_own_message_is_meant_outside_any() -> None:
    inside = [{"send": "mail"}, {"wait": "1 day"}, {"branch": [{"if": {"clicked": "mail"}, "steps": [{"send": "thanks"}]}, {"else": [{"wait": "1 hour"}]}]}]
    after = [{"branch": [{"if": {"clicked": "mail"}, "steps": [{"exit": "answered"}]}, {"else": "exit"}]}]
    told = scenario([{"repeat": {"times": 2, "every": "1 day", "steps": inside}}, *after])
    world = started()
    world.tick("2026-01-05 06:00", told)
    world.reply(world.key("ann", "mail#1"), "clicked", "2026-01-05 10:00")
    world.ticks("2026-01-06 06:00", "2026-01-12 06:00", told)
    assert [step for (step,) in world.messages("step")] == ["mail#1", "thanks#1", "mail#2"]
    assert [reason for *_, reason in world.endings()] == ["answered"]


def test_repetitions_may_stand_in_repetitions() -> None:
    inner = {"repeat": {"times": 2, "every": "1 day", "steps": [{"send": "mail"}]}}
    world = started()
    world.ticks("2026-01-05 06:00", "2026-01-20 06:00", scenario([{"repeat": {"times": 2, "every": "3 days", "steps": [inner]}}]))
    assert [step for (step,) in world.messages("step")] == ["mail#1#1", "mail#1#2", "mail#2#1", "mail#2#2"]
