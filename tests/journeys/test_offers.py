"""Personal codes: given once, never two contacts the same; used, run out, or none left."""

from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.invariants import broken
from tests.journeys.world import LONG_AGO, World, empty_world, local, scenario, utc

OFFERS = {"cart_10": {"valid_for": "10 days"}, "gift": {}}


def carted(*people: str, codes: int = 3, at: str = "2026-01-05 05:00", **sections: Any) -> World:
    """A shop with so many free codes of `cart_10`, where *people* left a cart an hour after one another."""
    world = empty_world(offers=OFFERS, **sections)
    stock(world, "cart_10", *(f"C{number}" for number in range(1, codes + 1)))
    for number, person in enumerate(people or ("ann",)):
        world.contact(person)
        world.did(person, "cart_updated", utc(at) - timedelta(hours=number), cart_id=f"cart of {person}")
    return world


def stock(world: World, offer: str, *codes: str, **values: Any) -> None:
    for code in codes:
        world.row("offer_codes", LONG_AGO, offer=offer, code=code, **values)


def given(world: World) -> list[tuple[Any, ...]]:
    return world.warehouse.rows("select contact_id, offer, code from journeys.codes order by contact_id, offer, enrolment_id")


def decisions(world: World, *outcomes: str) -> list[tuple[Any, ...]]:
    return [
        row for row in world.warehouse.rows("select contact_id, outcome, reason from journeys.decisions order by contact_id, decided_at") if row[1] in outcomes
    ]


def shop_codes(world: World, as_of: str) -> list[dict[str, Any]]:
    with world.warehouse.at(utc(as_of)):
        return world.warehouse.records("select * from shop.offer_codes order by offer, code")


GIVES: list[dict[str, Any]] = [{"offer": "cart_10"}, {"send": "voucher"}, {"wait": "3 days"}]
ASKS: dict[str, Any] = {"branch": [{"if": {"offer_unused": "cart_10"}, "steps": [{"send": "reminder"}]}, {"else": [{"exit": "used"}]}]}


def test_whoever_comes_first_gets_a_code_first_and_nobody_gets_one_twice() -> None:
    world = carted("ann", "bob", "zoe")
    world.tick("2026-01-05 06:00", scenario(GIVES))
    assert given(world) == [("ann", "cart_10", "C3"), ("bob", "cart_10", "C2"), ("zoe", "cart_10", "C1")]
    assert decisions(world, "offered", "no_code") == [(who, "offered", "cart_10") for who in ("ann", "bob", "zoe")]


def test_the_view_of_the_shop_says_who_has_a_code_how_long_and_which_message_carried_it() -> None:
    world = carted()
    world.tick("2026-01-05 06:00", scenario(GIVES))
    code = shop_codes(world, "2026-01-05 06:00")[0]
    assert (code["contact_id"], code["message_key"], local(code["valid_until"])) == ("ann", world.key("ann", "voucher"), "2026-01-15 06:00")
    assert shop_codes(world, "2026-01-05 05:59")[0]["contact_id"] is None


def test_a_code_runs_out_when_the_shop_says_where_that_is_sooner() -> None:
    world = carted(codes=0)
    stock(world, "cart_10", "late", valid_until=utc("2027-01-01 00:00"))
    stock(world, "cart_10", "soon", valid_until=utc("2026-01-07 00:00"))
    stock(world, "cart_10", "over", valid_until=utc("2026-01-01 00:00"))
    stock(world, "gift", "ever")
    world.tick("2026-01-05 06:00", scenario([*GIVES[:1], {"offer": "gift"}, {"wait": "1 day"}]))
    rows = world.warehouse.rows("select code, valid_until from journeys.codes order by code")
    assert [(code, local(until)) for code, until in rows] == [("ever", None), ("soon", "2026-01-07 00:00")]


def test_a_moment_prepared_ahead_gets_no_code_that_has_run_out_by_then() -> None:
    world = empty_world(offers=OFFERS)
    world.contact("ann", birth_date=utc("1990-01-05 12:00").date())
    stock(world, "cart_10", "A", valid_until=utc("2026-01-05 08:00"))
    stock(world, "cart_10", "B", valid_until=utc("2026-01-05 10:00"))
    world.tick("2026-01-05 06:00", scenario(GIVES, trigger={"anniversary": "birth_date", "at": "09:00"}))
    assert [code for _, _, code in given(world)] == ["B"]


def test_a_step_passed_again_and_a_tick_run_again_give_the_same_code() -> None:
    world = carted()
    told = scenario([{"repeat": {"times": 3, "every": "1 day", "steps": [*GIVES[:1], {"send": "voucher"}]}}])
    world.ticks("2026-01-05 06:00", "2026-01-08 06:00", told)
    world.tick("2026-01-08 06:00", told)
    assert given(world) == [("ann", "cart_10", "C1")]


def test_each_run_of_a_contact_has_a_code_of_its_own() -> None:
    world = carted()
    world.tick("2026-01-05 06:00", scenario(GIVES))
    world.did("ann", "cart_updated", "2026-01-06 05:00", cart_id="another")
    world.tick("2026-01-06 06:00", scenario(GIVES))
    assert [code for _, _, code in given(world)] in (["C1", "C2"], ["C2", "C1"])


def test_a_code_that_two_offers_have_goes_to_one_contact() -> None:
    world = carted("ann", "bob", codes=1)
    stock(world, "gift", "C1", "G1")
    world.tick("2026-01-05 06:00", scenario(GIVES), scenario([{"offer": "gift"}, {"wait": "1 day"}], name="gifts"))
    codes = [code for _, _, code in given(world) if code]
    assert len(codes) == len(set(codes)) == 2


@pytest.mark.parametrize("codes", [0, 5, 12, 20], ids=["none", "too few", "just enough", "plenty"])
def test_however_many_come_each_gets_a_code_of_their_own_while_there_are_some(codes: int) -> None:
    people = [f"p{number}" for number in range(4)]
    told = [scenario([*GIVES, ASKS], name=name, holdout="20%") for name in ("first", "second", "third")]
    outcomes = []
    for backwards in (False, True):
        world = carted(*people, codes=0)
        stock(world, "cart_10", *sorted((f"C{number:02}" for number in range(codes)), reverse=backwards))
        world.ticks("2026-01-05 06:00", "2026-01-09 06:00", *(reversed(told) if backwards else told))
        assert broken(world) == {}
        treated = world.warehouse.value("select count(*) from journeys.enrolments where not ghost")
        assert len([code for _, _, code in given(world) if code]) == min(codes, treated)
        outcomes.append(world.dump("journeys.codes"))
    assert outcomes[0] == outcomes[1]


def test_where_no_code_is_left_nobody_gets_the_message_and_the_decisions_say_so() -> None:
    world = carted("ann", "bob", codes=1)
    world.coded = frozenset({"voucher"})
    world.tick("2026-01-05 06:00", scenario([*GIVES[:2], {"send": "guide"}, {"wait": "1 day"}]))
    assert decisions(world, "offered", "no_code") == [("ann", "no_code", "cart_10"), ("bob", "offered", "cart_10")]
    assert world.messages("contact_id", "step", "status", "reason") == [
        ("ann", "voucher", "dropped", "no_code"), ("ann", "guide", "to_send", None), ("bob", "voucher", "to_send", None), ("bob", "guide", "to_send", None),
    ]  # fmt: skip


def test_a_message_dropped_for_want_of_a_code_uses_no_cap_and_nobody_waits_for_its_answer() -> None:
    world = carted(codes=0, caps=[{"name": "one", "at_most": 1, "per": "7 days", "clock": "rolling"}])
    world.coded = frozenset({"voucher"})
    waits = {"wait_for": {"clicked": "voucher"}, "timeout": "5 days", "then": [{"exit": "interested"}], "else": [{"send": "guide"}]}
    world.tick("2026-01-05 06:00", scenario([*GIVES[:2], waits]))
    assert world.messages("step", "status", "reason") == [("voucher", "dropped", "no_code"), ("guide", "to_send", None)]


def test_new_codes_serve_those_who_come_to_the_step_again() -> None:
    world = carted(codes=0)
    told = scenario([{"repeat": {"times": 2, "every": "1 day", "steps": GIVES[:1]}}, {"wait": "1 day"}])
    world.tick("2026-01-05 06:00", told)
    assert given(world) == [("ann", "cart_10", None)]
    stock(world, "cart_10", "new")
    world.tick("2026-01-06 06:00", told)
    assert given(world) == [("ann", "cart_10", "new")]


@pytest.mark.parametrize("held_out", ["0%", "100%"], ids=["treated", "held out"])
def test_who_never_came_to_the_offer_has_no_unused_code(held_out: str) -> None:
    world = carted("ann", "bob")
    world.member("vip", "ann", "2026-01-01 00:00")
    only_vips = {"branch": [{"if": {"in_segment": "vip"}, "steps": GIVES[:1]}, {"else": [{"wait": "1 hour"}]}]}
    world.tick("2026-01-05 06:00", scenario([only_vips, ASKS], holdout=held_out))
    assert world.messages("contact_id", "step") == [("ann", "reminder")]


def test_where_no_code_is_left_the_next_step_knows_that_there_is_none() -> None:
    world = carted("ann", "bob", codes=1)
    world.tick("2026-01-05 06:00", scenario([*GIVES[:1], ASKS]))
    assert world.messages("contact_id", "step") == [("bob", "reminder")]


def test_those_held_out_get_no_code_and_go_the_way_of_a_code_not_used() -> None:
    world = carted("ann", "bob", codes=0)
    world.coded = frozenset({"voucher", "reminder"})
    world.ticks("2026-01-05 06:00", "2026-01-09 06:00", scenario([*GIVES, ASKS], holdout="100%"))
    assert given(world) == [("ann", "cart_10", None), ("bob", "cart_10", None)]
    assert world.messages("step", "reason", where="contact_id = 'ann'") == [("voucher", "holdout"), ("reminder", "holdout")]


@pytest.mark.parametrize(
    ("ordered", "coupon", "expected"),
    [("2026-01-06 09:00", "c1", "used"), ("2026-01-06 09:00", "C2", None), ("2026-01-06 09:00", None, None), ("2026-01-09 09:00", "C1", None)],
    ids=["with the code", "with another", "without one", "after the question"],
)
def test_an_order_with_the_code_uses_it(ordered: str, coupon: str | None, expected: str | None) -> None:
    world = carted()
    world.did("ann", "order_placed", ordered, coupon_code=coupon)
    world.ticks("2026-01-05 06:00", "2026-01-09 06:00", scenario([*GIVES, ASKS]))
    assert world.messages("step")[-1] == (("voucher",) if expected else ("reminder",))
    assert [reason for _, _, _, reason in world.endings()] == [expected]


def test_after_an_outage_a_code_just_given_is_unused_and_one_that_an_order_carried_before_is_not_given() -> None:
    world = carted()
    world.did("zoe", "order_placed", "2026-01-06 09:00", coupon_code="C1")
    trigger = {"activity": "cart_updated", "key": "cart_id", "max_age": "5 days"}
    world.tick("2026-01-08 06:00", scenario([{"offer": "cart_10"}, {"wait": "3 days"}, ASKS], trigger=trigger))
    assert given(world) == [("ann", "cart_10", "C2")]
    assert world.messages("step") == [("reminder",)]


def test_the_shop_may_tell_itself_that_a_code_was_used() -> None:
    world = carted(codes=0)
    stock(world, "cart_10", "C1")
    world.tick("2026-01-05 06:00", scenario([*GIVES, ASKS]))
    world.warehouse.run("update raw.offer_codes set redeemed_at = timestamp '2026-01-06 09:00:00', corrected_at = timestamp '2026-01-07 05:00:00'")
    world.ticks("2026-01-06 06:00", "2026-01-09 06:00", scenario([*GIVES, ASKS]))
    assert world.endings()[0][3] == "used"


def test_a_code_that_ran_out_is_not_unused_any_more() -> None:
    world = carted()
    world.ticks("2026-01-05 06:00", "2026-01-20 06:00", scenario([*GIVES[:2], {"wait": "12 days"}, ASKS]))
    assert world.endings()[0][3] == "used"


def test_a_scenario_may_ask_about_a_code_that_came_from_elsewhere() -> None:
    world = carted("ann", "bob", codes=0)
    stock(world, "cart_10", "HERS", contact_id="ann", valid_until=utc("2026-02-01 00:00"))
    world.tick("2026-01-05 06:00", scenario([ASKS]))
    assert world.messages("contact_id", "step") == [("ann", "reminder")]


def test_a_code_that_was_used_ends_a_run_that_watches_for_it() -> None:
    world = carted()
    told = scenario([*GIVES, {"wait": "20 days"}], exit_when=[{"activity": "offer_redeemed", "where": "offer = 'cart_10'"}])
    world.tick("2026-01-05 06:00", told)
    world.did("ann", "order_placed", "2026-01-07 09:00", coupon_code="C1")
    world.ticks("2026-01-06 06:00", "2026-01-09 06:00", told)
    assert world.endings() == [("ann", "2026-01-07 09:00", "exited", "offer_redeemed")]
