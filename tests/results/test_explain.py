"""`relance explain`: every decision about a contact, as any tick left it."""

import pytest

from pipelines.errors import RelanceError
from pipelines.results.explain import explain
from tests.journeys.world import World, empty_world, scenario, utc

STEPS = [{"send": "mail"}, {"wait": "1 day"}, {"branch": [{"if": {"in_segment": "vip"}, "steps": [{"send": "thanks"}]}, {"else": [{"exit": "enough"}]}]}]


def told() -> World:
    """Ann is sent a mail and leaves; Bob, who bought what he had in his cart, is not let in."""
    world = empty_world()
    for contact in ("ann", "bob"):
        world.contact(contact)
        world.did(contact, "cart_updated", "2026-01-05 05:00", cart_id=contact)
    world.did("bob", "order_placed", "2026-01-05 04:00", cart_id="bob")
    world.member("other", "ann", "2026-01-05 00:00", "2026-01-07 00:00")
    goal = {"activity": "order_placed"}
    world.ticks("2026-01-05 06:00", "2026-01-08 06:00", scenario(STEPS, goal=goal, exit_when=[{"activity": "page_viewed"}]))
    return world


def test_each_decision_has_its_moment_and_its_reason() -> None:
    found = explain(told().warehouse, "ann", utc("2026-01-08 06:00"))
    [run] = found.runs
    assert [(row["step"], row["outcome"], row["reason"]) for row in run.decisions] == [
        (None, "entered", None), ("mail", "due", "email"), ("wait", "waited", None), ("if", "no", "in vip"), ("exit", "exit", "enough"),
        (None, "completed", "enough"),
    ]  # fmt: skip
    assert run.ended == "completed"
    assert [(message["step"], message["status"]) for message in run.messages] == [("mail", "to_send")]


def test_a_tick_of_the_past_knows_nothing_of_what_came_after() -> None:
    world = told()
    early, late = (explain(world.warehouse, "ann", utc(f"2026-01-0{day} 06:00")) for day in (5, 8))
    assert (early.runs[0].ended, len(early.runs[0].decisions)) == (None, 2)
    assert [row["segment"] for row in early.segments] == ["other"]
    assert late.segments == ()


def test_a_refusal_is_explained_too_and_addresses_are_as_good_as_ids() -> None:
    found = explain(told().warehouse, "BOB@shop.example", utc("2026-01-08 06:00"))
    assert found.contact["contact_id"] == "bob"
    assert [(run.entered, row["outcome"], row["reason"]) for run in found.runs for row in run.decisions] == [(False, "refused", "goal_already_met")]


def test_nobody_by_that_name_is_said() -> None:
    with pytest.raises(RelanceError, match="no contact has the id or the address `zoe`"):
        explain(told().warehouse, "zoe", utc("2026-01-08 06:00"))
