"""Who is in an audience: those meant to be who agreed to it and may still be told of."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.results.explain import explain
from tests.audiences.told import FIRST, agreed, ask, members, tell, world_with
from tests.journeys.world import World, scenario, utc

MIRROR = {"vips": {"platform": "csv", "topic": "promotions", "segment": "vip"}}
SYNC = [{"sync": {"add": "buyers"}}, {"wait": "3 days"}, {"sync": {"remove": "buyers"}}, {"wait": "7 days"}]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = world_with(tmp_path)
    agreed(world, "ann", phone="+33612345678")
    return world


def test_the_last_step_counts_and_of_one_moment_the_removal(world: World) -> None:
    for who in ("bob", "cid"):
        agreed(world, who)
    ask(world, "add", "ann", "2026-01-05 10:00")
    ask(world, "remove", "ann", "2026-01-05 09:00")
    ask(world, "add", "bob", "2026-01-05 10:00")
    ask(world, "remove", "bob", "2026-01-05 11:00")
    ask(world, "add", "cid", "2026-01-05 10:00")
    ask(world, "remove", "cid", "2026-01-05 10:00")
    tell(world, "2026-01-06 06:00")
    assert members(world) == ["ann"]


@pytest.mark.parametrize(
    ("consents", "inside"),
    [
        pytest.param([], False, id="never asked"),
        pytest.param([{"channel": "email"}], False, id="agreed to e-mail alone"),
        pytest.param([{"channel": "ads"}], True, id="agreed to ads"),
        pytest.param([{"channel": "ads", "topic": "promotions"}], True, id="agreed to the topic"),
        pytest.param([{"channel": "ads", "topic": "newsletter"}], False, id="agreed to another topic"),
        pytest.param([{"channel": "ads", "basis": "existing_customer"}], False, id="a customer who was not asked"),
        pytest.param([{"channel": "ads"}, {"channel": "ads", "granted": False, "topic": "promotions"}], False, id="withdrawn at the same moment"),
    ],
)
def test_nobody_is_in_it_who_did_not_agree(tmp_path: Path, consents: list[dict[str, Any]], inside: bool) -> None:
    world = world_with(tmp_path)
    world.contact("ann")
    for consent in consents:
        world.consent("ann", "2025-01-01 00:00", **consent)
    ask(world, "add", "ann")
    tell(world, FIRST)
    assert members(world) == (["ann"] if inside else [])
    assert world.warehouse.value("select no_consent from audiences.sizes") == int(not inside)


def test_the_consent_of_another_channel_serves_where_the_settings_say_so(tmp_path: Path) -> None:
    world = world_with(tmp_path, {"buyers": {"platform": "csv", "topic": "promotions", "channel": "email"}})
    world.contact("ann")
    ask(world, "add", "ann")
    tell(world, FIRST)
    assert members(world) == ["ann"]


@pytest.mark.parametrize(
    ("channel", "reason", "topic", "inside"),
    [
        ("email", "unsubscribed", None, False), ("sms", "unsubscribed", None, False), ("email", "unsubscribed", "promotions", False),
        ("email", "unsubscribed", "newsletter", True), ("email", "complaint", None, False), ("email", "hard_bounce", None, False), ("email", "manual", None, False),
    ],
)  # fmt: skip
def test_nobody_is_in_it_whose_address_is_suppressed(world: World, channel: str, reason: str, topic: str | None, inside: bool) -> None:
    address = "ann@shop.example" if channel == "email" else "+33612345678"
    hashed = world.warehouse.value("select rl_sha256($address)", address=address)
    columns = ["channel", "address_hash", "reason", "topic", "since"]
    world.warehouse.append("delivery.suppressions", columns, [(channel, hashed, reason, topic, utc("2026-01-04 10:00"))])
    ask(world, "add", "ann")
    tell(world, FIRST)
    assert members(world) == (["ann"] if inside else [])
    assert world.warehouse.value("select suppressed from audiences.sizes") == int(not inside)
    world.consent("ann", "2026-01-05 12:00", channel="ads")
    tell(world, "2026-01-06 06:00")
    assert members(world) == (["ann"] if inside or reason == "unsubscribed" else [])


def test_somebody_without_any_address_or_held_out_of_all_marketing_is_not_in_it(tmp_path: Path) -> None:
    world = world_with(tmp_path, holdout={"share": 0.5})
    agreed(world, "nobody", email=None)
    for number in range(20):
        agreed(world, f"c{number}")
    arms = ["experiment", "subject", "arm", "assigned_at"]
    drawn = [("holdout", world.warehouse.value("select rl_sha256($a)", a=f"c{n}@shop.example"), "ghost", utc(FIRST)) for n in range(10)]
    world.warehouse.append("journeys.arms", arms, drawn)
    for who in ("nobody", *(f"c{number}" for number in range(20))):
        ask(world, "add", who)
    tell(world, FIRST)
    found = set(members(world))
    assert not found & {"nobody", *(f"c{number}" for number in range(10))}
    assert 0 < len(found) < 10
    [sizes] = world.warehouse.rows("select members, no_consent, suppressed, unreachable, held_out from audiences.sizes")
    assert sizes == (len(found), 0, 0, 1, 20 - len(found))


def test_somebody_with_a_number_alone_is_not_in_it_where_the_platform_takes_none(tmp_path: Path) -> None:
    world = world_with(tmp_path, {name: {"platform": platform, "topic": "promotions"} for name, platform in (("buyers", "microsoft"), ("others", "tiktok"))})
    agreed(world, "ann", email=None, phone="+33612345678")
    for audience in ("buyers", "others"):
        ask(world, "add", "ann", audience=audience)
    tell(world, FIRST)
    assert (members(world), members(world, "others")) == ([], ["ann"])
    assert world.warehouse.rows("select audience, unreachable from audiences.sizes order by audience") == [("buyers", 1), ("others", 0)]


def test_an_audience_mirrors_a_segment(tmp_path: Path) -> None:
    world = world_with(tmp_path, MIRROR)
    for who in ("ann", "bob"):
        agreed(world, who)
    world.member("vip", "ann", "2026-01-05 06:00", "2026-01-06 06:00")
    world.member("vip", "bob", "2026-01-06 06:00")
    found = []
    for day in ("2026-01-05 06:00", "2026-01-06 06:00"):
        world.tick(day)
        tell(world, day)
        found.append(members(world, "vips"))
    assert found == [["ann"], ["bob"]]


def test_an_audience_that_the_settings_name_no_more_has_no_members(world: World) -> None:
    ask(world, "add", "ann")
    tell(world, FIRST)
    world.project = world_with(world.project.root, MIRROR).project.model_copy()
    tell(world, "2026-01-06 06:00")
    assert members(world) == []


def test_steps_put_in_and_take_out_as_of_their_own_moment_at_any_cadence(tmp_path: Path) -> None:
    seldom, often = (FIRST, "2026-01-08 06:00"), ("2026-01-05 04:15", "2026-01-05 06:00", "2026-01-08 04:00", "2026-01-08 04:15", "2026-01-08 06:00")
    asked = []
    for moments in (seldom, often):
        world = world_with(tmp_path)
        agreed(world, "ann")
        world.did("ann", "cart_updated", "2026-01-05 04:10", cart_id="k")
        world.ticks_at(moments, scenario(SYNC))
        asked.append(world.warehouse.rows("select action, asked_at from audiences.asked order by asked_at"))
    assert asked[0] == asked[1] == [("add", utc("2026-01-05 04:10")), ("remove", utc("2026-01-08 04:10"))]


def test_explain_names_the_audiences_a_contact_is_in(world: World) -> None:
    world.tick(FIRST)
    ask(world, "add", "ann", "2026-01-05 05:00")
    tell(world, FIRST)
    found = explain(world.warehouse, "ann", utc(FIRST))
    assert found.audiences == ({"audience": "buyers", "entered_at": utc(FIRST), "addresses_given": 2},)


def test_steps_of_runs_that_are_held_out_or_waiting_ask_for_nothing(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    agreed(world, "ann")
    world.did("ann", "cart_updated", "2026-01-05 04:10", cart_id="k")
    world.tick(FIRST, scenario(SYNC, holdout="100%"), scenario(SYNC, name="held"), held={"held": "stale_source"})
    assert world.warehouse.rows("select scenario, outcome, reason from journeys.decisions where outcome = 'synced'") == [("cart", "synced", "buyers")]
    assert world.warehouse.value("select count(*) from audiences.asked") == 0
