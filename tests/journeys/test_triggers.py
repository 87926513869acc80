"""What makes contacts enter, beside what they do: dates, campaigns, products, messages nobody answered, scores."""

from typing import Any

import pytest

from tests.journeys.world import World, empty_world, scenario, utc

EXIT = [{"exit": "in"}]


def entries(world: World) -> list[tuple[Any, ...]]:
    """Return who entered, for when, at which tick."""
    from tests.journeys.world import local

    rows = world.warehouse.rows("select contact_id, entered_at, entered_as_of from journeys.enrolments order by contact_id, entered_at")
    return [(contact, local(at), local(tick)) for contact, at, tick in rows]


def brought_in(trigger: dict[str, Any], **more: Any) -> Any:
    return scenario(EXIT, trigger=trigger, **more)


# Dates that rows carry


def subscriber(contact: str = "ann", expires: str = "2026-02-01 15:00", zone: str | None = None, **values: Any) -> World:
    world = empty_world()
    world.contact(contact, timezone=zone)
    world.row(
        "subscriptions", values.pop("known_at", utc("2025-02-01 15:00")), subscription_id=f"s {contact}", contact_id=contact, plan="year",
        started_at=utc("2025-02-01 15:00"), expires_at=utc(expires), **values,
    )  # fmt: skip
    return world


RENEWAL = {"date": "subscriptions.expires_at", "offset": "-21 days"}


@pytest.mark.parametrize(
    ("trigger", "entered"),
    [
        (RENEWAL, "2026-01-11 15:00"),
        (RENEWAL | {"at": "09:00"}, "2026-01-11 09:00"),
        (RENEWAL | {"offset": "2 days"}, "2026-02-03 15:00"),
        (RENEWAL | {"where": "plan = 'year' and cancelled_at is null"}, "2026-01-11 15:00"),
        (RENEWAL | {"where": "plan = 'month'"}, None),
    ],
    ids=["before", "at an hour", "after", "where it holds", "where it does not"],
)
def test_a_date_of_a_row_brings_its_contact_in_once(trigger: dict[str, Any], entered: str | None) -> None:
    world = subscriber()
    world.ticks_at(["2026-01-10 06:00", "2026-01-11 06:00", "2026-01-12 06:00", "2026-02-03 06:00", "2026-02-04 06:00"], brought_in(trigger))
    assert [at for _, at, _ in entries(world)] == ([entered] if entered else [])


def test_a_known_date_is_prepared_by_the_tick_before_it() -> None:
    world = subscriber()
    world.ticks("2026-01-10 06:00", "2026-01-12 06:00", brought_in(RENEWAL))
    assert entries(world) == [("ann", "2026-01-11 15:00", "2026-01-11 06:00")]


def test_the_hour_of_a_date_is_the_contacts_own() -> None:
    world = subscriber(zone="America/New_York")
    world.ticks("2026-01-10 06:00", "2026-01-13 06:00", brought_in(RENEWAL | {"at": "09:00"}))
    assert [at for _, at, _ in entries(world)] == ["2026-01-11 15:00"]


def test_a_date_that_is_moved_brings_its_contact_in_again() -> None:
    world, told = subscriber(expires="2026-01-30 15:00"), brought_in(RENEWAL)
    world.ticks("2026-01-08 06:00", "2026-01-10 06:00", told)
    world.warehouse.run("update raw.subscriptions set expires_at = timestamp '2026-02-10 14:00', corrected_at = timestamp '2026-01-11 05:00'")
    world.ticks("2026-01-11 06:00", "2026-01-22 06:00", told)
    assert [at for _, at, _ in entries(world)] == ["2026-01-09 15:00", "2026-01-20 15:00"]


@pytest.mark.parametrize(("known_at", "expected"), [("2026-01-13 06:00", ["2026-01-11 15:00"]), ("2026-01-16 06:00", [])], ids=["a little late", "too late"])
def test_a_row_that_comes_late_still_counts_while_its_date_is_young(known_at: str, expected: list[str]) -> None:
    world = subscriber(known_at=utc(known_at))
    world.ticks("2026-01-10 06:00", "2026-01-18 06:00", brought_in(RENEWAL))
    assert [at for _, at, _ in entries(world)] == expected


def test_those_registered_for_an_event_enter_before_it_unless_they_cancelled() -> None:
    world = empty_world()
    for contact, status in (("ann", "registered"), ("bob", "cancelled")):
        world.contact(contact)
        world.row(
            "registrations", utc("2026-01-02 10:00"), registration_id=f"r {contact}", event_id="fair", contact_id=contact,
            registered_at=utc("2026-01-02 10:00"), status=status,
        )  # fmt: skip
    world.row("calendar_events", utc("2026-01-01 10:00"), event_id="fair", name="Fair", starts_at=utc("2026-01-20 19:00"))
    world.ticks("2026-01-05 06:00", "2026-01-21 06:00", brought_in({"date": "calendar_events.starts_at", "offset": "-1 day", "at": "10:00"}))
    assert entries(world) == [("ann", "2026-01-19 10:00", "2026-01-19 06:00")]


# Campaigns


def club() -> World:
    """Ann is a member throughout; Bob joins on the sixth, Cat leaves then."""
    world = empty_world()
    for contact, since, until in (("ann", "2026-01-01", None), ("bob", "2026-01-06", None), ("cat", "2026-01-01", "2026-01-06")):
        world.contact(contact)
        world.member("vip", contact, f"{since} 00:00", f"{until} 00:00" if until else None)
    return world


def test_a_campaign_takes_in_who_is_a_member_when_its_moment_comes() -> None:
    world = club()
    world.ticks("2026-01-03 06:00", "2026-01-12 06:00", brought_in({"at": "2026-01-07 10:00", "segment": "vip"}))
    assert entries(world) == [("ann", "2026-01-07 10:00", "2026-01-07 06:00"), ("bob", "2026-01-07 10:00", "2026-01-07 06:00")]


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("monday 10:00", ["2026-01-05 10:00", "2026-01-12 10:00"]),
        ("6 january 08:30", ["2026-01-06 08:30"]),
        ("day 23:00", [f"2026-01-{day:02} 23:00" for day in range(4, 14)]),
    ],
)
def test_a_campaign_comes_round(every: str, expected: list[str]) -> None:
    world = club()
    world.ticks("2026-01-04 06:00", "2026-01-13 06:00", brought_in({"every": every, "segment": "vip"}))
    assert [at for contact, at, _ in entries(world) if contact == "ann"] == expected


def test_a_campaign_whose_moment_had_passed_when_it_went_live_takes_in_nobody() -> None:
    world = club()
    world.ticks("2026-01-09 06:00", "2026-01-12 06:00", brought_in({"at": "2026-01-07 10:00", "segment": "vip"}))
    assert entries(world) == []


def test_a_campaign_missed_by_an_outage_takes_in_the_members_of_the_first_tick_after_it() -> None:
    world, told = club(), brought_in({"at": "2026-01-05 10:00", "segment": "vip"})
    world.tick("2026-01-04 06:00", told)
    world.tick("2026-01-06 06:00", told)
    assert entries(world) == [("ann", "2026-01-05 10:00", "2026-01-06 06:00"), ("bob", "2026-01-05 10:00", "2026-01-06 06:00")]


# Products


def shelf() -> World:
    """A lamp that was sold out at 40 euros comes back at 30 on the sixth."""
    world = empty_world()
    for since, price, stock in (("2026-01-01 00:00", 40, 0), ("2026-01-06 12:00", 30, 5)):
        world.row("products", utc(since), product_id="lamp", name="Lamp", price=price, stock=stock, valid_from=utc(since))
    for contact in ("ann", "bob", "cat"):
        world.contact(contact)
    return world


BACK = {"product": "restocked", "interest": "requested"}


def asked(world: World, contact: str, at: str) -> None:
    world.row("stock_requests", utc(at), contact_id=contact, product_id="lamp", requested_at=utc(at))


def test_who_asked_for_a_product_enters_when_it_is_back() -> None:
    world = shelf()
    asked(world, "ann", "2026-01-03 10:00")
    asked(world, "bob", "2026-01-06 13:00")
    world.ticks("2026-01-05 06:00", "2026-01-09 06:00", brought_in(BACK))
    assert entries(world) == [("ann", "2026-01-06 12:00", "2026-01-07 06:00")]


def test_who_bought_it_meanwhile_is_left_alone() -> None:
    world = shelf()
    asked(world, "ann", "2026-01-03 10:00")
    world.did("ann", "order_placed", "2026-01-04 10:00", id="o")
    world.row("order_lines", utc("2026-01-04 10:00"), order_id="o", line_no=1, product_id="lamp", quantity=1, unit_price=40)
    world.ticks("2026-01-05 06:00", "2026-01-09 06:00", brought_in(BACK))
    assert entries(world) == []


@pytest.mark.parametrize(
    ("drop", "interest", "expected"),
    [
        ("25%", "viewed", ["ann", "bob"]),
        ("26%", "viewed", []),
        ("10%", "viewed within 3 days", ["bob"]),
        ("10%", "carted within 30 days", ["cat"]),
    ],
)
def test_who_looked_at_a_product_enters_when_it_is_cheaper(drop: str, interest: str, expected: list[str]) -> None:
    world = shelf()
    world.did("ann", "product_viewed", "2026-01-02 10:00", product_id="lamp")
    world.did("bob", "product_viewed", "2026-01-05 10:00", product_id="lamp")
    world.did("cat", "cart_updated", "2026-01-05 10:00", id="e", cart_id="k")
    world.row("cart_lines", utc("2026-01-05 10:00"), event_id="e", line_no=1, product_id="lamp", quantity=1, unit_price=40)
    world.ticks("2026-01-05 06:00", "2026-01-09 06:00", brought_in({"product": {"price_dropped": drop}, "interest": interest}))
    assert [contact for contact, *_ in entries(world)] == expected


# Messages nobody answered


def test_who_has_not_clicked_in_a_message_enters_so_long_after_it() -> None:
    world = empty_world()
    sends = scenario([{"send": "mail"}, {"wait": "30 days"}], name="first")
    again = brought_in({"not_clicked": {"message": "mail", "after": "3 days"}}, name="again")
    for contact in ("ann", "bob"):
        world.contact(contact)
        world.did(contact, "cart_updated", "2026-01-05 05:00", cart_id=contact)
    world.tick("2026-01-05 06:00", sends, again)
    world.reply(world.key("ann", "mail"), "clicked", "2026-01-06 10:00")
    world.ticks("2026-01-06 06:00", "2026-01-12 06:00", sends, again)
    rows = world.warehouse.rows("select contact_id, entered_at from journeys.enrolments where scenario = 'again'")
    assert rows == [("bob", utc("2026-01-08 06:00"))]


# Started by another scenario


def chained(*, wait: bool = False) -> list[Any]:
    pause = [{"wait": "2 days"}] if wait else []
    first = scenario([*pause, {"start": "second"}, {"exit": "first"}], name="first")
    second = scenario([{"send": "mail"}, {"start": "third"}, {"wait": "1 day"}, {"exit": "second"}], name="second", trigger={"scenario": "first"})
    third = scenario([{"exit": "third"}], name="third", trigger={"scenario": "second"}, reentry="never")
    return [first, second, third]


def carted() -> World:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    return world


def runs(world: World) -> list[tuple[Any, ...]]:
    from tests.journeys.world import local

    return [(name, local(at)) for name, at in world.warehouse.rows("select scenario, entered_at from journeys.enrolments order by entered_at, scenario")]


def test_a_chain_of_scenarios_is_entered_in_one_tick() -> None:
    world = carted()
    world.tick("2026-01-05 06:00", *chained())
    assert runs(world) == [("first", "2026-01-05 05:00"), ("second", "2026-01-05 05:00"), ("third", "2026-01-05 06:00")]
    assert world.messages("step", "status") == [("mail", "to_send")]
    world.tick("2026-01-06 06:00", *chained())
    assert len(runs(world)) == 3


def test_a_scenario_is_started_when_the_step_is_reached() -> None:
    world = carted()
    world.ticks("2026-01-05 06:00", "2026-01-08 06:00", *chained(wait=True))
    assert runs(world)[:2] == [("first", "2026-01-05 05:00"), ("second", "2026-01-07 05:00")]


def test_whom_a_scenario_could_not_take_in_enters_when_it_goes_on() -> None:
    world = carted()
    told = chained()
    world.tick("2026-01-05 06:00", *told, held={"second": "stale_source"})
    assert [name for name, _ in runs(world)] == ["first"]
    world.tick("2026-01-06 06:00", *told)
    assert [name for name, _ in runs(world)] == ["first", "second", "third"]


# Tags


def test_a_tag_is_put_on_and_taken_off_and_known_from_the_next_tick_on() -> None:
    world = carted()
    asks = [{"branch": [{"if": {"tagged": "hot"}, "steps": [{"tag": {"remove": "hot"}}]}, {"else": [{"tag": {"add": "hot"}}]}]}, {"wait": "1 day"}]
    world.ticks("2026-01-05 06:00", "2026-01-09 06:00", scenario([*asks, *asks, *asks]))
    rows = world.warehouse.rows("select tag, added_at, removed_at from raw.contact_tags order by added_at")
    assert rows == [("hot", utc("2026-01-05 06:00"), utc("2026-01-06 06:00")), ("hot", utc("2026-01-07 06:00"), None)]
    assert world.warehouse.value("select count(*) from journeys.decisions where outcome in ('tagged', 'untagged')") == 3


# Who may enter beside others


def test_scenarios_that_exclude_each_other_never_hold_one_contact_at_once() -> None:
    stays = [{"wait": "3 days"}, {"exit": "done"}]
    world = carted()
    high = scenario(stays, name="zulu", priority=80, exclusive_with=["alpha"])
    low = scenario(stays, name="alpha", reentry="per_key")
    world.tick("2026-01-05 06:00", low, high)
    assert [name for name, _ in runs(world)] == ["zulu"]
    world.did("ann", "cart_updated", "2026-01-06 05:00", cart_id="l")
    world.tick("2026-01-06 06:00", low, high)
    assert world.refusals() == [("ann", "2026-01-05 05:00", "in_other_scenario"), ("ann", "2026-01-06 05:00", "in_other_scenario")]
    world.did("ann", "cart_updated", "2026-01-10 05:00", cart_id="m")
    world.ticks("2026-01-07 06:00", "2026-01-10 06:00", low, scenario(stays, name="zulu", status="stopped", stopped="drain", exclusive_with=["alpha"]))
    assert [name for name, _ in runs(world)] == ["zulu", "zulu", "alpha"]


def test_a_rollout_lets_in_a_share_of_contacts_and_a_larger_one_more_of_them() -> None:
    def let_in(share: str) -> set[str]:
        world = empty_world()
        for number in range(60):
            world.contact(f"c{number}")
            world.did(f"c{number}", "cart_updated", "2026-01-05 05:00", cart_id="k")
        world.tick("2026-01-05 06:00", scenario(EXIT, rollout=share))
        return {contact for contact, *_ in entries(world)}

    few, more, everybody = let_in("20%"), let_in("60%"), let_in("100%")
    assert 3 < len(few) < len(more) < len(everybody) == 60
    assert few < more


# Waiting for a date of the trigger


REMINDERS = [
    {"wait": {"until": {"date": "expires_at", "offset": "-7 days", "at": "10:00", "if_past": "skip"}}},
    {"send": "week"},
    {"wait": {"until": {"date": "expires_at", "offset": "-1 day"}}},
    {"send": "day"},
]


@pytest.mark.parametrize(
    ("started_at", "expected"),
    [("2026-01-11 05:00", [("week", "2026-01-25 10:00"), ("day", "2026-01-31 15:00")]), ("2026-01-27 05:00", [("day", "2026-01-31 15:00")])],
    ids=["in time", "past the first"],
)
def test_a_wait_ends_at_a_date_of_the_trigger_and_may_be_skipped_with_its_step(started_at: str, expected: list[tuple[str, str]]) -> None:
    world = empty_world()
    world.contact("ann")
    world.row("subscriptions", utc(started_at), subscription_id="s", contact_id="ann", started_at=utc(started_at), expires_at=utc("2026-02-01 15:00"))
    told = scenario(REMINDERS, trigger={"activity": "subscription_started", "key": "subscription_id"})
    world.ticks_at([f"2026-01-{day} 06:00" for day in (10, 11, 12, 24, 25, 26, 27, 28, 30, 31)] + ["2026-02-01 06:00"], told)
    assert world.messages("step", "due_at") == expected


# The channel a contact answers


def test_preferred_is_the_channel_a_contact_answers_else_the_first() -> None:
    world = empty_world()
    for contact in ("ann", "bobby"):
        world.contact(contact, phone=f"+3361234567{len(contact)}", attributes='{"answers": "sms"}' if contact == "ann" else None)
        world.did(contact, "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario([{"send": "mail", "via": ["preferred", "email", "sms"]}]))
    assert world.messages("contact_id", "channel", "status") == [("ann", "sms", "to_send"), ("bobby", "email", "to_send")]
