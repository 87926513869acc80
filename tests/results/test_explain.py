"""`relance explain`: every decision about a contact, as any tick left it."""

from pathlib import Path

import pytest

from pipelines.errors import RelanceError
from pipelines.results.explain import explain
from tests.journeys.world import World, empty_world, local, scenario, utc

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


def told_of(world: World, as_of: str, contact: str = "ann") -> list[tuple[str, list[tuple[str, str | None, str | None]]]]:
    """Return the values of each decision and message of a contact's runs, by step or outcome; instants in the project's zone."""
    runs = explain(world.warehouse, contact, utc(as_of)).runs
    rows = [(row["step"] or row["outcome"], row["values"]) for run in runs for row in (*run.decisions, *run.messages)]
    return [(name, [(value.what, local(value.at), value.amount) for value in values]) for name, values in rows if values]


def test_a_branch_shows_the_facts_it_was_decided_by_even_when_they_changed_since() -> None:
    world = empty_world()
    world.contact("ann", country="FR")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    branch = {"branch": [{"if": {"where": "country = 'BE' or trigger.cart_value > 10"}, "steps": [{"exit": "far"}]}, {"else": [{"wait": "9 days"}]}]}
    world.tick("2026-01-05 06:00", scenario([branch], audience={"where": "country in ('FR', 'BE')"}))
    world.row("contacts", utc("2026-01-06 05:00"), contact_id="ann", email="ann@shop.example", created_at=utc("2020-01-01 00:00"), country="BE")
    world.tick("2026-01-06 06:00", scenario([branch], audience={"where": "country in ('FR', 'BE')"}))
    assert told_of(world, "2026-01-06 06:00") == [
        ("entered", [("cart_updated", "2026-01-05 05:00", "k"), ("country = FR", None, None)]),
        ("if", [("country = FR, trigger.cart_value = none", None, None)]),
    ]


def test_what_somebody_did_and_when_is_the_value_of_a_question() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "order_placed", "2025-06-01 10:00", total=45)
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    asked = [
        {"if": {"did": {"activity": "order_placed", "where": "total >= 20", "within": "30 days"}}, "steps": [{"exit": "bought"}]},
        {"if": {"did": {"activity": "page_viewed"}}, "steps": [{"exit": "looked"}]},
        {"if": {"tagged": "fan"}, "steps": [{"exit": "fan"}]},
        {"if": {"in_segment": "vip"}, "steps": [{"exit": "vip"}]},
        {"else": [{"exit": "nothing"}]},
    ]
    world.member("vip", "ann", "2026-01-01 00:00", "2026-01-06 00:00")
    world.ticks("2026-01-04 06:00", "2026-01-06 06:00", scenario([{"wait": "1 day"}, {"branch": asked}]))
    assert told_of(world, "2026-01-06 06:00") == [
        ("entered", [("cart_updated", "2026-01-05 05:00", "k")]),
        ("if", [("last order_placed where total >= 20", "2025-06-01 10:00", "45.00")]),
        ("if", [("no page_viewed", None, None)]),
        ("if", [("not tagged fan", None, None)]),
        ("if", [("left vip", "2026-01-06 06:00", None)]),
    ]


def test_a_click_loaded_later_was_not_known_then() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    wait = {"wait_for": {"clicked": "mail"}, "timeout": "1 day", "then": [{"exit": "yes"}], "else": [{"wait": "9 days"}]}
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}, wait]))
    world.reply(world.key("ann", "mail"), "clicked", "2026-01-05 08:00", known_at="2026-01-07 05:00")
    world.ticks("2026-01-06 06:00", "2026-01-07 06:00", scenario([{"send": "mail"}, wait]))
    assert told_of(world, "2026-01-07 06:00")[1:] == [("wait_for", [("never clicked mail", None, None)])]


def test_a_goal_has_its_moment_and_its_value() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.did("ann", "order_placed", "2026-01-05 20:00", cart_id="k", total=45)
    world.did("ann", "cart_updated", "2026-01-06 05:00", cart_id="k", id="again")
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", scenario([{"send": "mail"}, {"wait": "9 days"}], goal={"activity": "order_placed"}))
    bought = ("last order_placed", "2026-01-05 20:00", "45.00")
    assert [values for name, values in told_of(world, "2026-01-06 06:00") if name in ("converted", "refused")] == [[bought], [bought]]


def test_a_door_that_stays_shut_names_what_kept_it() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.did("ann", "cart_updated", "2026-01-06 05:00", cart_id="k", id="again")
    world.member("unengaged", "ann", "2026-01-04 00:00")
    world.member("known", "ann", "2026-01-04 00:00")
    kept = scenario([{"wait": "1 day"}], name="kept", audience={"in": ["known"], "not_in": ["unengaged"]})
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", kept, scenario([{"wait": "9 days"}]))
    found = told_of(world, "2026-01-06 06:00")
    assert ("refused", [("in unengaged since", "2026-01-05 06:00", None)]) in found
    assert ("refused", [("entered", "2026-01-05 05:00", None)]) in found


def test_a_message_that_does_not_go_says_what_kept_it() -> None:
    world = empty_world(caps=[{"name": "weekly", "channel": "email", "at_most": 1, "per": "7 days", "clock": "rolling"}])
    for contact in ("ann", "bob", "zoe"):
        world.contact(contact, consent=contact != "zoe")
        world.did(contact, "cart_updated", "2026-01-05 05:00", cart_id=contact)
    world.consent("bob", "2026-01-03 10:00", granted=False)
    world.consent("ann", "2026-01-03 10:00", topic="other", granted=False)
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", scenario([{"send": "one"}, {"wait": "1 hour"}, {"send": "two"}]))
    [capped] = [message for run in explain(world.warehouse, "ann", utc("2026-01-06 06:00")).runs for message in run.messages if message["step"] == "two"]
    assert (capped["reason"], capped["detail"]) == ("capped", "weekly: 1 of 1 in 1 week")
    assert dict(told_of(world, "2026-01-06 06:00", "bob"))["one"] == [("withdrawn", "2026-01-03 10:00", None)]
    assert dict(told_of(world, "2026-01-06 06:00", "zoe"))["one"] == [("never asked for promotions", None, None)]


def test_an_address_nobody_writes_to_says_since_when() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    steps = scenario([{"send": "one"}, {"wait": "1 day"}, {"send": "two"}])
    world.tick("2026-01-05 06:00", steps)
    world.reply(world.key("ann", "one"), "bounced", "2026-01-05 08:00")
    world.tick("2026-01-06 06:00", steps)
    assert dict(told_of(world, "2026-01-06 06:00"))["two"] == [("hard_bounce since", "2026-01-05 08:00", None)]


def test_a_run_rests_where_it_did_then() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.ticks("2026-01-05 06:00", "2026-01-08 06:00", scenario([{"wait": "1 day"}, {"send": "mail"}, {"wait": "5 days"}]))
    [early], [late] = (explain(world.warehouse, "ann", utc(f"2026-01-0{day} 06:00")).runs for day in (5, 8))
    assert (early.rests, local(early.leaves_at)) == ("wait 1 day", "2026-01-06 05:00")
    assert (late.rests, local(late.leaves_at)) == ("wait 5 days", "2026-01-11 06:00")


def test_what_was_decided_later_about_a_message_was_not_decided_then(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    steps = scenario([{"send": "mail"}, {"wait": "9 days"}], window={"from": "20:00", "to": "21:00"}, exit_when=[{"activity": "page_viewed"}])
    world.tick("2026-01-05 06:00", steps)
    world.hand_over("2026-01-05 20:05")
    world.tick("2026-01-06 06:00", steps)
    early, late = (explain(world.warehouse, "ann", utc(f"2026-01-0{day} 06:00")).runs[0].messages[0] for day in (5, 6))
    assert (early["status"], early["state"], late["status"], late["state"]) == ("to_send", "accepted", "to_send", "accepted")
    world.did("ann", "cart_updated", "2026-01-06 21:00", cart_id="l")
    world.ticks("2026-01-07 06:00", "2026-01-07 06:00", steps)
    world.did("ann", "page_viewed", "2026-01-07 10:00")
    world.tick("2026-01-08 06:00", steps)
    world.hand_over("2026-01-08 07:00")
    found = [explain(world.warehouse, "ann", utc(f"2026-01-0{day} 06:00")).runs[-1].messages[0] for day in (7, 8)]
    assert [(message["status"], message["reason"]) for message in found] == [("held", None), ("dropped", "exited_before_send")]


def test_nobody_by_that_name_is_said() -> None:
    with pytest.raises(RelanceError, match="no contact has the id or the address `zoe`"):
        explain(told().warehouse, "zoe", utc("2026-01-08 06:00"))


def test_attributes_are_told_with_where_they_come_from() -> None:
    world = told()
    names = ["contact_id", "attribute", "value", "answered_at", "activity", "activity_id"]
    clicked = ("ann", "room", "garden", utc("2026-01-05 04:00"), "message_clicked", "e1")
    world.warehouse.append("facts.stored_attributes", names, [clicked, ("ann", "club", "true", None, None, None), ("bob", "room", "attic", None, None, None)])
    found = explain(world.warehouse, "ann", utc("2026-01-08 06:00")).attributes
    assert [tuple(row.values()) for row in found] == [("club", "true", None, None, None), clicked[1:]]
