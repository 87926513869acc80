"""Values that a condition cannot read: they stop no tick, the condition does not hold for them, and they are written down."""

import json

import pytest

from tests.journeys.world import LONG_AGO, World, empty_world, scenario, utc

SIZES = {
    "a number": "41",
    "a small one": "38",
    "a word": "wide",
    "nothing": "",
    "no such thing": None,
    "no number": "NaN",
    "without end": "1e400",
    "huge": "99999999999999999999999999999999999999999",
    "a date": "2026-01-05",
}


def sized(**more: object) -> World:
    """Return a world in which contacts tell their size, each one of SIZES, at ten."""
    world = empty_world()
    for who, size in SIZES.items():
        world.contact(who, attributes=json.dumps({"answers": size}))
        world.did(who, "custom.size", "2026-01-05 10:00", props=json.dumps({"size": size}), **more)
    return world


def unread(world: World) -> dict[str, str]:
    return dict(world.warehouse.rows("select contact_id, seen from journeys.unread_values order by contact_id"))


BY_SIZE = {"activity": "custom.size", "where": "cast(props ->> 'size' as double) >= 40"}
NO_SIZE = {name: f"props ->> '$.size' = {SIZES[name]}" for name in ("a date", "a word", "no number", "nothing")}


def test_a_trigger_lets_in_whom_it_can_read() -> None:
    world = sized()
    world.tick("2026-01-05 12:00", scenario([{"exit": "in"}], trigger=BY_SIZE))
    assert [who for who, *_ in world.endings()] == ["a number", "huge", "without end"]
    assert unread(world) == NO_SIZE


def test_what_is_met_again_is_written_down_once() -> None:
    world = sized()
    asks = scenario([{"wait": "3 days"}, {"branch": [{"if": {"did": BY_SIZE | {"within": "9 days"}}, "steps": [{"exit": "yes"}]}, {"else": [{"exit": "no"}]}]}],
                    trigger={"activity": "custom.size"}, goal={"activity": "custom.size", "where": "cast(props ->> 'size' as date) > as_of()"})  # fmt: skip
    world.ticks("2026-01-05 12:00", "2026-01-09 12:00", asks)
    assert {who: word for who, _, _, word in world.endings()} == {who: "yes" if who in ("a number", "huge", "without end") else "no" for who in SIZES}
    rows = world.warehouse.rows("select question, contact_id, count(*) from journeys.unread_values group by all")
    assert {number for *_, number in rows} == {1}
    assert {who for question, who, _ in rows if "as date" in question} == set(SIZES) - {"a date", "no such thing"}


@pytest.mark.parametrize(
    ("where", "holds", "odd"),
    [
        ("cast(preferred_channel as integer) >= 40", ["a number"], ["a date", "a word", "huge", "no number", "nothing", "without end"]),
        ("not cast(preferred_channel as integer) >= 40", ["a small one"], ["a date", "a word", "huge", "no number", "nothing", "without end"]),
        ("coalesce(cast(preferred_channel as integer), 50) >= 40", [who for who in SIZES if who != "a small one"], []),
        ("regexp_matches(preferred_channel, '^[0-9]{2}$') and cast(preferred_channel as integer) >= 40", ["a number"], []),
        ("make_date(cast(preferred_channel as bigint) + 1980, 13, 1) > as_of()", [], ["a number", "a small one"]),
        ("cast(preferred_channel as bigint) * 9000000000000000000 * 9000000000000000000 * 9000000000000000000 > 0", [], ["a number", "a small one"]),
    ],
    ids=["a cast", "what is not so", "a way out", "looked at before", "no month", "out of range"],
)  # fmt: skip
def test_an_audience_takes_in_whom_it_can_read(where: str, holds: list[str], odd: list[str]) -> None:
    world = sized()
    world.tick("2026-01-05 12:00", scenario([{"exit": "in"}], trigger={"activity": "custom.size"}, audience={"where": where}))
    assert [who for who, *_ in world.endings()] == sorted(holds)
    assert set(unread(world)) >= set(odd) if odd else unread(world) == {}
    assert set(unread(world)).isdisjoint(holds)


def test_a_branch_reads_what_the_trigger_brought() -> None:
    world = empty_world()
    for who, total in (("ann", 10), ("bo", 999999999999999)):
        world.contact(who)
        world.did(who, "order_placed", "2026-01-05 10:00", total=total)
    asks = {"where": "trigger.total * 9000000000000000000 * 900000000 > 50 or trigger.order_id = '5'"}
    steps = [{"branch": [{"if": asks, "steps": [{"exit": "yes"}]}, {"else": [{"exit": "no"}]}]}]
    world.tick("2026-01-05 12:00", scenario(steps, trigger={"activity": "order_placed"}))
    assert {who: word for who, _, _, word in world.endings()} == {"ann": "yes", "bo": "no"}
    assert {who: seen.split(", ")[-1] for who, seen in unread(world).items()} == {"bo": "trigger.total = 999999999999999.00"}


def test_a_date_brings_in_whose_row_can_be_read() -> None:
    world = empty_world()
    for who, plan in (("ann", "12"), ("bo", "yearly"), ("cy", None)):
        world.contact(who)
        world.row("subscriptions", LONG_AGO, subscription_id=who, contact_id=who, plan=plan,
                  started_at=LONG_AGO, expires_at=utc("2026-01-05 10:00"))  # fmt: skip
    ends = {"date": "subscriptions.expires_at", "where": "cast(plan as integer) >= 12"}
    world.tick("2026-01-05 12:00", scenario([{"exit": "in"}], trigger=ends))
    assert [who for who, *_ in world.endings()] == ["ann"]
    assert unread(world) == {"bo": "plan = yearly"}


def test_a_threshold_that_is_gone_stops_no_tick() -> None:
    world = sized()
    world.tick("2026-01-05 12:00", scenario([{"exit": "in"}], trigger={"activity": "custom.size"}, audience={"where": "order_count < param('gone')"}))
    assert world.endings() == []
    assert set(unread(world)) == set(SIZES)
