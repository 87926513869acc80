"""Nobody gets a message without a basis for it."""

import pytest

from tests.journeys.world import World, empty_world, scenario


def decision(world: World, **more: object) -> tuple[str, str | None]:
    """Let Ann fill a cart, send her a message, and return what was decided about it."""
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}], **more))
    ((status, reason),) = world.messages("status", "reason")
    return status, reason


def ann() -> World:
    world = empty_world()
    world.contact("ann", consent=False)
    return world


SENT, NO = ("to_send", None), ("dropped", "no_consent")


@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        ([], NO),
        ([{}], SENT),
        ([{"topic": "promotions"}], SENT),
        ([{"topic": "news"}], NO),
        ([{"channel": "sms"}], NO),
        ([{"basis": "transactional"}], NO),
        ([{"at": "2025-01-01 00:00"}, {"at": "2025-01-02 00:00", "granted": False}], NO),
        ([{"at": "2025-01-01 00:00", "granted": False}, {"at": "2025-01-02 00:00"}], SENT),
        ([{"at": "2025-01-01 00:00"}, {"at": "2025-01-01 00:00", "granted": False, "topic": "promotions"}], NO),
        ([{"at": "2025-01-01 00:00", "topic": "promotions"}, {"at": "2025-01-02 00:00", "granted": False}], NO),
        ([{"at": "2025-01-01 00:00", "granted": False}, {"at": "2025-01-02 00:00", "topic": "promotions"}], SENT),
        ([{"at": "2025-01-01 00:00"}, {"at": "2025-01-02 00:00", "granted": False, "topic": "news"}], SENT),
        ([{"at": "2026-01-05 05:59"}], SENT),
        ([{"at": "2026-01-05 06:00"}], NO),
    ],
    ids=[
        "none", "everything", "this topic", "another topic", "another channel", "for transactions only", "withdrawn", "given again", "withdrawn at the same instant",
        "everything withdrawn", "one topic given again", "another topic withdrawn", "just given", "given at the tick",
    ],
)  # fmt: skip
def test_marketing_needs_the_last_word_on_its_topic_or_on_everything(consents: list[dict[str, object]], expected: tuple[str, str | None]) -> None:
    world = ann()
    for consent in consents:
        world.consent("ann", **({"at": "2025-01-01 00:00"} | consent))
    assert decision(world) == expected


@pytest.mark.parametrize("orders", [0, 1])
def test_an_existing_customer_is_one_whose_order_stands(orders: int) -> None:
    world = ann()
    world.consent("ann", "2025-01-01 00:00", basis="existing_customer")
    for number in range(orders):
        world.did("ann", "order_placed", "2025-02-01 00:00", id=f"o{number}")
    world.did("ann", "order_placed", "2025-03-01 00:00", id="cancelled", cancelled_at=world.waiting[0].known_at)
    assert decision(world) == (SENT if orders else NO)


def test_the_basis_is_written_down() -> None:
    world = ann()
    world.consent("ann", "2025-01-01 00:00", topic="promotions")
    decision(world)
    assert world.messages("basis", "topic", "category") == [("opt_in", "promotions", "marketing")]


def test_transactional_messages_ask_no_consent() -> None:
    world = ann()
    world.consent("ann", "2025-01-01 00:00", granted=False)
    assert decision(world, category="transactional", topic="orders") == SENT
    assert world.messages("basis") == [("transactional",)]


# Addresses nobody may write to


def after(kind: str, reason: str | None) -> World:
    """Ann got a message last week, and something came of it."""
    world = empty_world()
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-01 05:00")
    world.tick("2026-01-01 06:00", scenario([{"send": "earlier"}], name="earlier", trigger={"activity": "page_viewed"}))
    world.reply(world.key("ann", "earlier"), kind, "2026-01-01 07:00", reason=reason)
    world.warehouse.run("update outbox.messages set step = 'old'")
    return world


@pytest.mark.parametrize(
    ("kind", "reason", "marketing", "transactional"),
    [
        ("bounced", "hard: no such mailbox", False, False),
        ("bounced", "soft: mailbox full", True, True),
        ("complained", None, False, True),
        ("unsubscribed", None, False, True),
        ("unsubscribed", "promotions", False, True),
        ("unsubscribed", "news", True, True),
        ("unsubscribed", "by the link in the footer", False, True),
        ("opened", None, True, True),
    ],
    ids=["hard bounce", "soft bounce", "complaint", "unsubscribed", "from this topic", "from another topic", "in words", "opened"],
)
def test_what_came_of_earlier_messages_decides(kind: str, reason: str | None, marketing: bool, transactional: bool) -> None:
    for category, allowed in [("marketing", marketing), ("transactional", transactional)]:
        world = after(kind, reason)
        world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
        world.consent("ann", "2020-01-01 00:00", topic="news")
        world.tick("2026-01-05 06:00", scenario([{"send": "mail"}], category=category))
        assert world.messages("status", "reason", where="step = 'mail'") == [SENT if allowed else ("dropped", "suppressed")]


def test_an_address_is_suppressed_for_everybody_who_has_it() -> None:
    world = after("bounced", "hard")
    world.contact("bob", email="ann@shop.example")
    world.did("bob", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}]))
    assert world.messages("contact_id", "reason", where="step = 'mail'") == [("bob", "suppressed")]


@pytest.mark.parametrize(("kind", "expected"), [("unsubscribed", SENT), ("bounced", ("dropped", "suppressed")), ("complained", ("dropped", "suppressed"))])
def test_a_later_opt_in_lifts_an_unsubscription_and_nothing_else(kind: str, expected: tuple[str, str | None]) -> None:
    world = after(kind, None)
    world.consent("ann", "2026-01-02 00:00", topic="promotions")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}]))
    assert world.messages("status", "reason", where="step = 'mail'") == [expected]


def test_a_bounce_loaded_late_still_suppresses() -> None:
    world = after("opened", None)
    world.reply(world.key("ann", "old"), "bounced", "2026-01-01 08:00", known_at="2026-01-05 05:00", reason="hard")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.ticks("2026-01-03 06:00", "2026-01-05 06:00", scenario([{"send": "mail"}]))
    assert world.messages("reason", where="step = 'mail'") == [("suppressed",)]


def test_nothing_due_is_suppressed() -> None:
    world = after("complained", None)
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}]))
    assert (
        world.warehouse.rows("""
        select * from outbox.messages m join delivery.suppressions s on s.channel = m.channel and s.address_hash = sha256(m.address)
        where m.status <> 'dropped' and m.due_at > s.since""")
        == []
    )


# Which channel


@pytest.mark.parametrize(
    ("phone", "consents", "expected"),
    [
        ("+33612345678", ["email", "sms", "push"], ("push", "to_send", None)),
        ("+33612345678", ["email", "sms"], ("sms", "to_send", None)),
        (None, ["email", "sms"], ("email", "to_send", None)),
        ("+33612345678", [], ("push", "dropped", "no_consent")),
    ],
    ids=["all", "no push", "no telephone", "none"],
)
def test_a_preference_list_takes_the_first_channel_the_contact_can_get(phone: str | None, consents: list[str], expected: tuple[str, ...]) -> None:
    world = empty_world()
    world.contact("ann", consent=False, phone=phone)
    for channel in consents:
        world.consent("ann", "2025-01-01 00:00", channel=channel)
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario([{"send": "note", "via": ["push", "sms", "email"]}]))
    assert world.messages("channel", "status", "reason") == [expected]


@pytest.mark.parametrize(("channel", "address"), [("email", "ann@shop.example"), ("sms", "+33612345678"), ("push", "ann")])
def test_each_channel_has_its_address(channel: str, address: str) -> None:
    world = empty_world()
    world.contact("ann", phone="+33612345678")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario([{"send": "note", "via": channel}]))
    assert world.messages("channel", "address") == [(channel, address)]


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_without_an_address_a_contact_is_unreachable(channel: str) -> None:
    world = empty_world()
    world.contact("ann", email=None)
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario([{"send": "note", "via": channel}], category="transactional"))
    assert world.messages("status", "reason") == [("dropped", "unreachable")]
