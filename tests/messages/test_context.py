"""What templates see of the shop: what is true at the tick, looked up once for a whole batch."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.messages.context import HERE, Context, MessageRow, contexts
from pipelines.messages.shapes import VIEWS
from pipelines.messages.views import Event, Offer, Subscription
from pipelines.warehouse.duckdb import Warehouse
from tests.messages.shop import NOW, add, due, product, project

ALL = frozenset({"recommendations", "trigger", "in_segment"})


def seen(warehouse: Warehouse, at: datetime = NOW, variables: frozenset[str] = ALL) -> dict[str, Context]:
    with warehouse.at(at):
        warehouse.run("create or replace temp table to_render as select * from outbox.messages")
        found = contexts(warehouse, project(Path()), variables)
        return {key: context for key, context in found.items() if not isinstance(context, str)}


def of(warehouse: Warehouse, trigger: str = "{}", at: datetime = NOW) -> Context:
    due(warehouse, "m", trigger=trigger)
    return seen(warehouse, at)["m1"]


def test_what_is_known_of_a_message_has_the_names_that_the_engine_gives_it(warehouse: Warehouse) -> None:
    seen(warehouse)
    with warehouse.at(NOW):
        assert tuple(name for name, *_ in warehouse.rows("describe " + (HERE / "messages.sql").read_text(encoding="utf-8"))) == MessageRow._fields


def test_a_cart_is_shown_as_it_stands_at_the_tick(warehouse: Warehouse) -> None:
    cart = of(warehouse, '{"cart_id": "K1"}')["cart"]
    assert [(line.product and line.product.name, line.quantity, line.amount) for line in cart.lines] == [
        ("Lampe & pied", 2, Decimal("99.80")),
        (None, 1, Decimal("5.00")),
        (None, 1, Decimal("1234.50")),
    ]
    assert (cart.total, cart.updated_at) == (Decimal("1339.30"), datetime(2026, 9, 13, 11))


def test_a_cart_emptied_since_is_empty(warehouse: Warehouse) -> None:
    cart = of(warehouse, '{"cart_id": "K1"}', NOW + timedelta(days=7))["cart"]
    assert (cart.lines, cart.total) == ((), 0)


def test_a_checkout_without_lines_does_not_hide_the_cart(warehouse: Warehouse) -> None:
    opened = {"event_id": "e9", "contact_id": "zoe", "occurred_at": datetime(2026, 9, 13, 12), "name": "checkout_started"}
    add(warehouse, "raw.site_events", **opened, cart_id="K1", cart_value=1)
    assert len(of(warehouse, '{"cart_id": "K1"}')["cart"].lines) == 3


def test_a_product_is_shown_with_its_card_of_the_tick(warehouse: Warehouse) -> None:
    lamp = of(warehouse, '{"product_id": "lamp"}')["product"]
    assert (lamp.price, lamp.stock) == (Decimal("49.90"), 3)
    assert (lamp.url, lamp.image_url) == ("https://tilleul.example/p/lamp", "https://cdn.example/lamp.jpg")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " ", "mailto:x@example.org"])
def test_an_address_that_is_not_of_the_web_is_none(warehouse: Warehouse, url: str) -> None:
    warehouse.run("update raw.products set url = $url where product_id = 'lamp'", url=url)
    assert of(warehouse, '{"product_id": "lamp"}')["product"].url is None


def test_an_order_comes_with_its_lines_and_only_what_has_happened(warehouse: Warehouse) -> None:
    sent = {"shipped_at": NOW + timedelta(days=1), "tracking_url": "https://post.example/1", "expected_delivery_on": NOW.date()}
    add(warehouse, "raw.orders", order_id="O1", contact_id="zoe", ordered_at=datetime(2026, 9, 10), total=Decimal("49.90"), **sent)
    add(warehouse, "raw.order_lines", order_id="O1", line_no=2, product_id=None, quantity=1, unit_price=Decimal("1"))
    add(warehouse, "raw.order_lines", order_id="O1", line_no=1, product_id="lamp", quantity=1, unit_price=Decimal("49.90"))
    order = of(warehouse, '{"order_id": "O1"}')["order"]
    assert [line.product.name if line.product else None for line in order.lines] == ["Lampe & pied", None]
    assert (order.total, order.shipped_at, order.tracking_url) == (Decimal("49.90"), None, None)


def test_an_event_is_known_by_a_registration_or_its_beginning_not_by_the_id_of_a_click(warehouse: Warehouse) -> None:
    add(warehouse, "raw.calendar_events", event_id="e1", name="Atelier", starts_at=NOW, url="https://tilleul.example/e")
    due(warehouse, "m", key="registered", trigger='{"event_id": "e1", "registration_id": "r1"}')
    due(warehouse, "m", key="reminded", trigger='{"event_id": "e1", "starts_at": "2026-09-14 04:00:00"}')
    due(warehouse, "m", key="clicked", trigger='{"event_id": "e1", "cart_id": "K1"}')
    found = seen(warehouse)
    assert found["registered"]["event"] == Event("e1", "Atelier", NOW, None, "https://tilleul.example/e")
    assert found["reminded"]["event"] == found["registered"]["event"]
    assert found["clicked"]["event"] is None


def test_a_subscription_is_known_by_its_id(warehouse: Warehouse) -> None:
    add(warehouse, "raw.subscriptions", subscription_id="S1", contact_id="zoe", plan="coffee", started_at=datetime(2026, 1, 1), expires_at=datetime(2027, 1, 1))
    assert of(warehouse, '{"subscription_id": "S1"}')["subscription"] == Subscription("S1", "coffee", datetime(2026, 1, 1), datetime(2027, 1, 1))


def test_an_offer_is_the_code_that_this_run_gave(warehouse: Warehouse) -> None:
    due(warehouse, "first", key="m0")
    due(warehouse, "second", key="m1", enrolment_id="run-m0")
    due(warehouse, "other", key="m2")
    codes = (
        ("birthday", "ABC", "run-m0", NOW),
        ("early", "OLD", "run-m0", datetime(2026, 9, 1)),
        ("full", None, "run-m0", NOW),
        ("welcome", "XYZ", "other", NOW),
    )
    for offer, code, run, given_at in codes:
        values = {"contact_id": "zoe", "given_at": given_at, "valid_until": NOW, "as_of": NOW}
        warehouse.append("journeys.codes", ["enrolment_id", "offer", "code", *values], [(run, offer, code, *values.values())])
    found = seen(warehouse)
    assert [found[key]["offer"] for key in ("m0", "m1", "m2")] == [Offer("birthday", "ABC", NOW), Offer("birthday", "ABC", NOW), None]


def test_what_goes_with_the_products_comes_before_what_is_new(warehouse: Warehouse) -> None:
    for number in range(1, 7):
        product(warehouse, f"new{number}", datetime(2026, 3, number), name=f"New {number}", category="light", url="/n")
    proposed = of(warehouse, '{"cart_id": "K1"}')["recommendations"]
    assert [proposal.product_id for proposal in proposed] == ["candle", "new6", "new5", "new4"]


def bought(warehouse: Warehouse, order_id: str, contact_id: str, *products: str, cancelled_at: datetime | None = None) -> None:
    add(warehouse, "raw.orders", order_id=order_id, contact_id=contact_id, ordered_at=datetime(2026, 8, 1), total=Decimal("1"), cancelled_at=cancelled_at)
    for number, product_id in enumerate(products, 1):
        add(warehouse, "raw.order_lines", order_id=order_id, line_no=number, product_id=product_id, quantity=1, unit_price=Decimal("1"))


def proposed_with(warehouse: Warehouse, product_id: str) -> list[str]:
    return [proposal.product_id for proposal in of(warehouse, f'{{"product_id": "{product_id}"}}')["recommendations"]]


def test_what_is_bought_together_comes_after_what_is_declared_and_before_what_is_new(warehouse: Warehouse) -> None:
    for name, category in (("bulb", "spares"), ("shade", "spares"), ("soap", "bath"), ("vase", "light")):
        product(warehouse, name, datetime(2026, 3, 1), name=name, category=category, url=f"/{name}")
    for place, name in enumerate(("soap", "bulb", "shade"), 1):
        counts = {"support": 3, "confidence": 0.5, "lift": 4.0 - place, "place": place}
        add(warehouse, "facts.stored_together", product_id="lamp", related_id=name, **counts)
    bought(warehouse, "o", "zoe", "soap")
    assert proposed_with(warehouse, "lamp") == ["candle", "bulb", "shade", "vase"]


def test_what_a_contact_clicked_on_leads_and_its_like_stands_before_the_rest(warehouse: Warehouse) -> None:
    for name, category in (("bulb", "spares"), ("shade", "spares"), ("cable", "cables"), ("soap", "bath")):
        product(warehouse, name, datetime(2026, 3, 1), name=name, category=category, url=f"https://tilleul.example/p/{name}")
        add(warehouse, "raw.product_relations", product_id="lamp", related_id=name, kind="accessory")
    assert proposed_with(warehouse, "lamp") == ["bulb", "cable", "candle", "soap"]
    clicked = {"message_key": "m0", "contact_id": "zoe", "channel": "email", "kind": "clicked"}
    for number, (page, days) in enumerate([("shade?utm_source=relance", 3), ("soap", 40)]):
        add(warehouse, "raw.message_events", event_id=f"k{number}", occurred_at=NOW - timedelta(days=days), url=f"https://tilleul.example/p/{page}", **clicked)
    assert [proposal.product_id for proposal in seen(warehouse)["m1"]["recommendations"]] == ["shade", "bulb", "cable", "candle"]


@pytest.mark.parametrize(("cancelled_at", "proposed"), [(None, []), (datetime(2026, 8, 2), ["candle"])], ids=["kept", "cancelled"])
def test_what_the_contact_has_is_not_proposed(warehouse: Warehouse, cancelled_at: datetime | None, proposed: list[str]) -> None:
    bought(warehouse, "o", "zoe", "candle", cancelled_at=cancelled_at)
    assert proposed_with(warehouse, "lamp") == proposed


def test_the_code_for_friends_is_the_one_the_shop_can_look_up(warehouse: Warehouse) -> None:
    code = of(warehouse)["contact"].referral_code
    with warehouse.at(NOW):
        assert warehouse.rows("select contact_id from shop.referral_codes where referral_code = $code", code=code) == [("zoe",)]
    assert "zoe" not in code


def test_nothing_is_proposed_twice_nor_out_of_stock_nor_from_the_future(warehouse: Warehouse) -> None:
    product(warehouse, "soon", NOW + timedelta(days=1), name="Soon", category="light", url="/s")
    assert [proposal.product_id for proposal in of(warehouse, '{"product_id": "lamp"}')["recommendations"]] == ["candle"]


def test_nothing_is_looked_for_that_no_template_shows(warehouse: Warehouse) -> None:
    due(warehouse, "m")
    assert seen(warehouse, variables=frozenset())["m1"]["recommendations"] == ()


def test_a_contact_brings_facts_segments_and_attributes(warehouse: Warehouse) -> None:
    add(warehouse, "segments.members", segment="loyal", contact_id="zoe", entered_at=NOW)
    found = of(warehouse)
    contact = found["contact"]
    assert (contact.first_name, contact.order_count, contact.favourite_category, contact.last_order_at) == ("Zoé", 1, "light", datetime(2026, 5, 1))
    assert contact.attributes == {"shoe_size": 38, "favourite_room": None, "cap_size": Decimal("56.5"), "member_since": date(2026, 1, 2)}
    assert (found["in_segment"]("loyal"), found["in_segment"]("lapsed"), found["timezone"]) == (True, False, "Europe/Paris")


def test_an_answer_goes_before_what_the_contacts_file_says(warehouse: Warehouse) -> None:
    warehouse.run("""update facts.stored_contacts set attributes = '{"favourite_room": "garden", "cap_size": "57"}' where contact_id = 'zoe'""")
    assert of(warehouse)["contact"].attributes == {"shoe_size": 38, "favourite_room": "garden", "cap_size": 57, "member_since": None}


def test_a_contact_of_whom_nothing_is_known_brings_nothing(warehouse: Warehouse) -> None:
    due(warehouse, "m", contact_id="nobody", trigger="null")
    found = seen(warehouse)["m1"]
    assert (found["contact"].first_name, found["contact"].order_count, found["timezone"]) == (None, 0, "Europe/Paris")
    assert found["contact"].attributes == {"favourite_room": None, "cap_size": None, "member_since": None}
    assert [name for name in ("contact", *VIEWS) if found[name] is not None] == ["contact"]


def test_the_trigger_carries_its_values_amounts_exact(warehouse: Warehouse) -> None:
    found = of(warehouse, '{"cart_id": "K1", "cart_value": 59.90, "url": null}')
    carried = {"cart_id": "K1", "cart_value": Decimal("59.90"), "url": None}
    assert found["trigger"] == {**carried, "activity": "cart_updated", "occurred_at": datetime(2026, 9, 13, 10)}
