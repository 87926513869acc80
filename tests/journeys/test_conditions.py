"""What branches and waits ask, and as of which moment they are answered."""

import pytest

from pipelines.scenarios.compile import compile_scenario
from tests.journeys.world import World, empty_world, scenario, utc


def started(at: str = "2026-01-05 10:00", **values: object) -> World:
    world = empty_world()
    world.contact("ann", country="FR")
    world.did("ann", "cart_updated", at, cart_id="k", **values)
    return world


def asking(condition: dict[str, object]) -> dict[str, object]:
    return {"branch": [{"if": condition, "steps": [{"exit": "yes"}]}, {"else": [{"exit": "no"}]}]}


def waiting(condition: dict[str, object], timeout: str = "2 days") -> dict[str, object]:
    return {"wait_for": condition, "timeout": timeout, "then": [{"exit": "yes"}], "else": [{"exit": "no"}]}


def answer(world: World) -> tuple[str, str]:
    """Return how the only run ended, and when."""
    ((_, ended_at, _, word),) = world.endings()
    return word, ended_at


@pytest.mark.parametrize(
    ("ordered", "within", "expected"),
    [
        ("2026-01-05 09:00", None, "no"),
        ("2026-01-06 09:00", None, "yes"),
        ("2026-01-07 10:00", None, "no"),
        ("2026-01-05 09:00", "3 days", "yes"),
        ("2026-01-06 09:59", "1 day", "no"),
        ("2026-01-06 10:01", "1 day", "yes"),
        ("2026-01-02 09:00", "3 days", "no"),
        ("2026-01-07 11:00", "3 days", "no"),
    ],
    ids=["before entry", "since entry", "at the very moment", "before entry, within", "just too early", "just within", "too early", "after the moment"],
)
@pytest.mark.parametrize("tick", ["2026-01-07 10:00", "2026-01-09 06:00"], ids=["on time", "two days late"])
def test_did_is_answered_as_of_the_moment_the_contact_arrives(ordered: str, within: str | None, expected: str, tick: str) -> None:
    world = started()
    world.did("ann", "order_placed", ordered)
    did = {"activity": "order_placed"} | ({"within": within} if within else {})
    world.ticks_at(["2026-01-05 12:00", tick, "2026-01-09 12:00"], scenario([{"wait": "2 days"}, asking({"did": did})]))
    assert answer(world) == (expected, "2026-01-07 10:00")


def test_a_branch_on_entry_counts_what_brought_the_contact_in_when_it_asks_within_a_time() -> None:
    world = started()
    world.tick("2026-01-05 12:00", scenario([asking({"did": {"activity": "cart_updated", "within": "1 hour"}})]))
    assert answer(world)[0] == "yes"


def test_the_first_branch_that_holds_is_taken() -> None:
    world = started(cart_value=80)
    rungs = [
        {"if": {"where": "country = 'BE'"}, "steps": [{"exit": "belgian"}]},
        {"if": {"where": "trigger.cart_value >= 50"}, "steps": [{"exit": "big"}]},
        {"if": {"where": "country = 'FR'"}, "steps": [{"exit": "french"}]},
        {"else": [{"exit": "nobody"}]},
    ]
    world.tick("2026-01-05 12:00", scenario([{"branch": rungs}]))
    assert answer(world)[0] == "big"


def test_an_attribute_that_is_declared_no_more_is_nobodys() -> None:
    world = started()
    rungs = [{"if": {"where": "favourite_room = 'garden' or order_count > 9"}, "steps": [{"exit": "gardener"}]}, {"else": [{"exit": "nobody"}]}]
    world.tick("2026-01-05 12:00", scenario([{"branch": rungs}], audience={"where": "favourite_room is null"}))
    assert answer(world)[0] == "nobody"


def test_a_segment_is_asked_as_of_the_tick_that_decides() -> None:
    world = started()
    world.member("vip", "ann", "2026-01-07 11:00")
    world.ticks_at(["2026-01-05 12:00", "2026-01-07 12:00"], scenario([{"wait": "2 days"}, asking({"in_segment": "vip"})]))
    assert answer(world) == ("yes", "2026-01-07 10:00")


@pytest.mark.parametrize(
    ("same", "ordered", "expected"),
    [({}, "other", "yes"), ({"same": "cart_id"}, "other", "no"), ({"same": "cart_id"}, "k", "yes"), ({"same": "cart_id"}, None, "yes")],
    ids=["any order", "another cart's", "its own cart's", "of no cart"],
)
def test_of_two_carts_at_once_each_asks_about_its_own_where_the_condition_says_so(same: dict[str, str], ordered: str | None, expected: str) -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.did("ann", "order_placed", "2026-01-05 12:00", cart_id=ordered)
    asks = [{"if": {"did": {"activity": "order_placed", **same}}, "steps": [{"exit": "yes"}]}, {"else": [{"exit": "no"}]}]
    world.ticks("2026-01-05 06:00", "2026-01-07 06:00", scenario([{"wait": "1 day"}, {"branch": asks}]))
    assert [reason for *_, reason in world.endings()] == [expected]


def test_an_order_number_can_be_asked_about() -> None:
    world = empty_world()
    world.contact("ann")
    for moment in ("2026-01-01 10:00", "2026-01-05 10:00"):
        world.did("ann", "order_placed", moment)
    welcome = scenario([{"send": "welcome_back"}], trigger={"activity": "order_placed", "key": "order_id", "where": "order_number = 2"})
    world.ticks("2026-01-01 12:00", "2026-01-05 12:00", welcome)
    assert world.messages("due_at") == [("2026-01-05 10:00",)]


# Waiting for something


@pytest.mark.parametrize(
    ("ordered", "expected"),
    [
        ("2026-01-06 15:00", ("yes", "2026-01-06 15:00")),
        ("2026-01-07 10:00", ("no", "2026-01-07 10:00")),
        ("2026-01-08 10:00", ("no", "2026-01-07 10:00")),
        ("2026-01-05 09:00", ("no", "2026-01-07 10:00")),
        (None, ("no", "2026-01-07 10:00")),
    ],
    ids=["in time", "at the time-out", "too late", "before entry", "never"],
)
@pytest.mark.parametrize("last", ["2026-01-07 10:00", "2026-01-08 12:00"], ids=["on time", "late"])
def test_a_wait_ends_with_what_it_waits_for_or_its_time_out(ordered: str | None, expected: tuple[str, str], last: str) -> None:
    world = started()
    if ordered:
        world.did("ann", "order_placed", ordered)
    world.ticks_at(["2026-01-05 12:00", last, "2026-01-08 18:00"], scenario([waiting({"did": {"activity": "order_placed"}})]))
    assert answer(world) == expected


def test_a_wait_for_what_holds_already_passes_at_once() -> None:
    world = started()
    world.did("ann", "order_placed", "2026-01-05 11:00")
    world.ticks_at(["2026-01-05 12:00", "2026-01-07 12:00"], scenario([{"wait": "2 days"}, waiting({"did": {"activity": "order_placed"}})]))
    assert answer(world) == ("yes", "2026-01-07 10:00")


@pytest.mark.parametrize("condition", [{"in_segment": "vip"}, {"where": "country = 'FR'"}], ids=["segment", "fact"])
def test_a_state_that_holds_all_along_is_found_by_a_daily_tick_whatever_the_time_out(condition: dict[str, object]) -> None:
    world = started()
    world.member("vip", "ann", "2026-01-01 00:00")
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", scenario([waiting(condition, "12 hours")]))
    assert answer(world) == ("yes", "2026-01-05 22:00")


def test_a_wait_ends_with_the_tick_that_finds_the_contact_in_the_segment() -> None:
    world = started()
    world.member("vip", "ann", "2026-01-06 15:00")
    world.ticks_at(["2026-01-05 12:00", "2026-01-06 12:00", "2026-01-06 18:00"], scenario([waiting({"in_segment": "vip"})]))
    assert answer(world) == ("yes", "2026-01-06 18:00")


# Messages


def test_clicks_of_any_earlier_message_can_be_asked_about() -> None:
    world = started()
    steps = [{"send": "one"}, {"wait": "1 day"}, {"send": "two"}, {"wait": "1 day"}, {"send": "three"}, {"wait": "1 day"}, asking({"clicked": "one"})]
    told = scenario(steps)
    world.tick("2026-01-05 12:00", told)
    world.reply(world.key("ann", "one"), "clicked", "2026-01-06 20:00")
    world.ticks("2026-01-06 12:00", "2026-01-08 12:00", told)
    assert len(world.messages()) == 3
    assert answer(world)[0] == "yes"


def test_a_click_after_the_moment_of_the_branch_does_not_count() -> None:
    world = started()
    told = scenario([{"send": "one"}, {"wait": "1 day"}, asking({"clicked": "one"})])
    world.tick("2026-01-05 12:00", told)
    world.reply(world.key("ann", "one"), "clicked", "2026-01-06 12:30")
    world.tick("2026-01-07 12:00", told)
    assert answer(world) == ("no", "2026-01-06 12:00")


def test_a_click_of_a_mail_scanner_is_no_answer() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    told = scenario([{"send": "mail"}, {"wait_for": {"clicked": "mail"}, "timeout": "1 day", "then": [{"exit": "yes"}], "else": [{"exit": "no"}]}])
    world.tick("2026-01-05 06:00", told)
    world.reply(world.key("ann", "mail"), "clicked", "2026-01-05 06:01", reason="Machine: link scanner")
    world.ticks("2026-01-06 06:00", "2026-01-07 06:00", told)
    assert [reason for *_, reason in world.endings()] == ["no"]


def test_a_click_loaded_late_is_not_lost() -> None:
    world = started()
    told = scenario([{"send": "one"}, {"wait": "3 days"}, asking({"clicked": "one"})])
    world.tick("2026-01-05 12:00", told)
    world.reply(world.key("ann", "one"), "clicked", "2026-01-05 13:00", known_at="2026-01-08 09:00")
    world.ticks("2026-01-06 12:00", "2026-01-08 12:00", told)
    assert answer(world)[0] == "yes"


@pytest.mark.parametrize("event", ["opened", "clicked", "replied", "delivered", "bounced"])
def test_a_wait_for_an_answer_ends_with_it(event: str) -> None:
    world = started()
    told = scenario([{"send": "one"}, waiting({event: "one"})])
    world.tick("2026-01-05 12:00", told)
    world.reply(world.key("ann", "one"), event, "2026-01-05 17:00")
    world.tick("2026-01-06 12:00", told)
    assert answer(world) == ("yes", "2026-01-05 17:00")


def test_the_answer_to_a_message_of_another_run_is_none_of_this_one() -> None:
    world = started()
    world.did("ann", "cart_updated", "2026-01-05 10:30", cart_id="other")
    told = scenario([{"send": "one"}, waiting({"clicked": "one"})])
    world.tick("2026-01-05 12:00", told)
    (first,) = world.warehouse.rows("select message_key from outbox.messages m join journeys.enrolments e using (enrolment_id) where e.entry_key = 'k'")
    world.reply(first[0], "clicked", "2026-01-05 17:00")
    world.tick("2026-01-06 12:00", told)
    assert len(world.endings()) == 1


def test_waiting_for_an_answer_to_a_message_that_was_dropped_takes_else_at_once() -> None:
    world = empty_world()
    world.contact("ann", consent=False)
    world.did("ann", "cart_updated", "2026-01-05 10:00", cart_id="k")
    world.tick("2026-01-05 12:00", scenario([{"send": "one"}, waiting({"clicked": "one"})]))
    assert world.messages("status", "reason") == [("dropped", "no_consent")]
    assert answer(world) == ("no", "2026-01-05 12:00")


def test_whoever_is_freed_by_a_dropped_message_walks_on_in_the_same_tick() -> None:
    world = empty_world()
    world.contact("ann", consent=False)
    world.consent("ann", "2020-01-01 00:00", channel="sms")
    world.contact("bob", phone="+33612345678")
    world.row("contacts", world.waiting[0].known_at, contact_id="eve", phone="+33612345679", created_at=world.waiting[0].known_at)
    world.consent("eve", "2020-01-01 00:00", channel="sms")
    world.did("eve", "cart_updated", "2026-01-05 10:00", cart_id="k")
    steps = [{"send": "mail"}, {"wait_for": {"clicked": "mail"}, "timeout": "1 day", "then": [{"exit": "yes"}], "else": [{"send": "text", "via": "sms"}]}]
    world.tick("2026-01-05 12:00", scenario(steps))
    assert world.messages("step", "channel", "status", "reason") == [("mail", "email", "dropped", "unreachable"), ("text", "sms", "to_send", None)]


# Waiting for a time


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        ("90 minutes", "2026-01-05 11:30"),
        ("2 weeks", "2026-01-19 10:00"),
        ({"until": "10:00"}, "2026-01-05 10:00"),
        ({"until": "09:59"}, "2026-01-06 09:59"),
        ({"until": "18:30"}, "2026-01-05 18:30"),
        ({"days": 0, "at": "12:00"}, "2026-01-05 12:00"),
        ({"days": 0, "at": "08:00"}, "2026-01-05 10:00"),
        ({"days": 2, "at": "08:00"}, "2026-01-07 08:00"),
    ],
    ids=str,
)
def test_waits_end_when_they_say(wait: object, expected: str) -> None:
    world = started()
    world.ticks_at(["2026-01-05 10:30", "2026-01-20 12:00"], scenario([{"wait": wait}, {"exit": "over"}]))
    assert answer(world) == ("over", expected)


@pytest.mark.parametrize(
    ("begins", "wait", "expected"),
    [
        ("2026-03-28 10:00", "1 day", "2026-03-29 11:00"),
        ("2026-03-28 10:00", {"days": 1, "at": "10:00"}, "2026-03-29 10:00"),
        ("2026-10-24 10:00", "1 day", "2026-10-25 09:00"),
        ("2026-10-24 10:00", {"days": 1, "at": "10:00"}, "2026-10-25 10:00"),
        ("2026-01-31 10:00", {"days": 1, "at": "10:00"}, "2026-02-01 10:00"),
        ("2026-01-31 10:00", {"months": 1, "at": "10:00"}, "2026-02-28 10:00"),
        ("2028-01-31 10:00", {"months": 1, "at": "10:00"}, "2028-02-29 10:00"),
        ("2026-12-15 10:00", {"months": 2, "days": 1, "at": "09:00"}, "2027-02-16 09:00"),
    ],
    ids=["spring, elapsed", "spring, calendar", "autumn, elapsed", "autumn, calendar", "month's end", "a month", "a month to 29 February", "months and a day"],
)
def test_a_day_that_is_waited_is_24_hours_or_a_day_of_the_calendar(begins: str, wait: object, expected: str) -> None:
    world = started(begins)
    world.ticks_at([begins.replace("10:00", "12:00"), expected.replace(expected[11:], "23:00")], scenario([{"wait": wait}, {"exit": "over"}]))
    assert answer(world) == ("over", expected)


# One link of a message


def clicking(*urls: str) -> World:
    """A shop where ann was sent a message with two named links, and clicked these addresses a day later."""
    world = started()
    world.tick("2026-01-05 12:00", scenario(LINKED))
    key = world.key("ann", "mail")
    for link in ("shop", "guide"):
        world.warehouse.append(
            "delivery.links", ["message_key", "link", "url", "handed_at"], [(key, link, f"https://x.example/{link}", utc("2026-01-05 12:00"))]
        )
    for number, url in enumerate(urls):
        world.reply(key, "clicked", f"2026-01-06 09:0{number}", url=url)
    return world


LINKED = [{"send": "mail"}, waiting({"clicked": {"message": "mail", "link": "guide"}})]


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (["https://x.example/guide"], ("yes", "2026-01-06 09:00")),
        (["https://x.example/shop", "https://x.example/guide"], ("yes", "2026-01-06 09:01")),
        (["https://x.example/shop"], ("no", "2026-01-07 12:00")),
        (["https://elsewhere.example/guide"], ("no", "2026-01-07 12:00")),
        ([], ("no", "2026-01-07 12:00")),
    ],
    ids=["that one", "another first", "another", "an address of no name", "none"],
)
def test_a_click_on_one_link_is_told_from_clicks_on_others(urls: list[str], expected: tuple[str, str]) -> None:
    world = clicking(*urls)
    world.ticks("2026-01-06 12:00", "2026-01-08 12:00", scenario(LINKED))
    assert answer(world) == expected


def test_any_click_answers_a_question_about_the_message() -> None:
    told = scenario([{"send": "mail"}, waiting({"clicked": "mail"})])
    world = started()
    world.tick("2026-01-05 12:00", told)
    world.reply(world.key("ann", "mail"), "clicked", "2026-01-06 09:00", url="https://x.example/other")
    world.ticks("2026-01-06 12:00", "2026-01-08 12:00", told)
    assert answer(world) == ("yes", "2026-01-06 09:00")


def test_a_click_on_a_named_link_brings_contacts_into_another_scenario() -> None:
    world = clicking("https://x.example/guide")
    readers = scenario([{"wait": "1 day"}], name="readers", trigger={"activity": "message_clicked", "where": "link = 'guide'"})
    others = scenario([{"wait": "1 day"}], name="others", trigger={"activity": "message_clicked", "where": "link = 'shop'"})
    world.tick("2026-01-06 12:00", scenario(LINKED), readers, others)
    assert world.warehouse.rows("select scenario from journeys.enrolments order by scenario") == [("cart",), ("readers",)]


def test_in_a_repetition_a_link_is_asked_about_turn_by_turn_and_from_outside_about_all() -> None:
    link = {"clicked": {"message": "mail", "link": "guide"}}
    asks = {"branch": [{"if": link, "steps": [{"tag": {"add": "reader"}}]}, {"else": [{"tag": {"add": "other"}}]}]}
    compiled = compile_scenario(scenario([{"repeat": {"times": 2, "every": "1 day", "until": link, "steps": [{"send": "mail"}, asks]}}]))
    assert sorted((row.step, row.link) for row in compiled.conditions) == [("mail#1", "guide")] * 2 + [("mail#2", "guide")] * 2
