"""Facts worked out by hand, column by column. The tick is Monday 30 March 2026, 06:00 in Paris; the clocks went forward the day before."""

from decimal import Decimal
from typing import Any, Iterator

import pytest

from pipelines.facts.refresh import refresh_facts
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.schema import BY_NAME, TABLES
from tests.facts.history import instant, project, put, tick

PARIS = project()
NOW = instant(PARIS, "2026-03-30", "06:00")


def at(day: str, clock: str = "12:00") -> Any:
    return instant(PARIS, day, clock)


@pytest.fixture(scope="module")
def built() -> Iterator[Warehouse]:
    with memory_warehouse() as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(built: Warehouse) -> Iterator[Warehouse]:
    """A warehouse with the contact `ada` and nothing else; what a test puts in is taken out after it."""
    put(built, "contacts", NOW, {"contact_id": "ada", "created_at": at("2025-01-01")})
    yield built
    for table in TABLES:
        if table.schema in ("raw", "facts") and built.value(f"select count(*) from {table.full_name}"):
            built.run(f"delete from {table.full_name}")


def facts(warehouse: Warehouse, *names: str, contact: str = "ada") -> Any:
    """Return the named facts of a contact at the tick, the one value where one is asked for."""
    refresh_facts(warehouse, PARIS, tick(PARIS, NOW))
    found = warehouse.records("select * from facts.contacts where contact_id = $contact", contact=contact)[0]
    return found[names[0]] if len(names) == 1 else tuple(found[name] for name in names)


def order(number: int, ordered_at: Any, total: str = "10", **more: Any) -> dict[str, Any]:
    return {"order_id": f"o{number}", "contact_id": "ada", "ordered_at": ordered_at, "total": Decimal(total), **more}


def line(number: int, product: str | None, quantity: str = "1", line_no: int = 1) -> dict[str, Any]:
    return {"order_id": f"o{number}", "line_no": line_no, "product_id": product, "quantity": Decimal(quantity), "unit_price": 5}


def seen(number: int, occurred_at: Any, name: str, **more: Any) -> dict[str, Any]:
    return {"event_id": f"s{number}", "contact_id": "ada", "occurred_at": occurred_at, "name": name, **more}


def answer(number: int, occurred_at: Any, kind: str, channel: str = "email", **more: Any) -> dict[str, Any]:
    return {"event_id": f"m{number}", "contact_id": "ada", "occurred_at": occurred_at, "kind": kind, "channel": channel, **more}


def product(number: str, category: str | None, since: Any = None, **more: Any) -> dict[str, Any]:
    return {"product_id": number, "category": category, "url": f"https://shop.example/{number}", "valid_from": since or at("2025-01-01"), **more}


def consent(occurred_at: Any, topic: str, *, granted: bool = True, channel: str = "email", basis: str = "opt_in") -> dict[str, Any]:
    return {"contact_id": "ada", "channel": channel, "topic": topic, "basis": basis, "granted": granted, "occurred_at": occurred_at}


def test_the_columns_are_those_of_the_schema_in_order_and_type(warehouse: Warehouse) -> None:
    for view in ("contacts", "interests", "channels"):
        found = warehouse.rows("select column_name, data_type from duckdb_columns() where schema_name = 'facts' and table_name = $view order by column_index", view=view)
        assert found == [(column.name, column.type) for column in BY_NAME[f"facts.{view}"].columns]


def test_a_contact_to_whom_nothing_happened_has_zeros_and_nothing_else(warehouse: Warehouse) -> None:
    refresh_facts(warehouse, PARIS, tick(PARIS, NOW))
    found = warehouse.records("select * from facts.contacts")[0]
    given = {"contact_id": "ada", "locale": "fr", "timezone": "Europe/Paris", "created_at": at("2025-01-01"), "engagement": "inactive", "lead_score": 3}
    zeros = {name: 0 for name, value in found.items() if value is not None and name not in given}
    assert found == {**dict.fromkeys(found), **zeros, **given}
    for column in BY_NAME["facts.contacts"].columns:
        assert not column.required or found[column.name] is not None, column.name


def test_attributes_are_those_of_now_with_the_projects_language_and_zone_where_missing(warehouse: Warehouse) -> None:
    known = {"email": "bo@shop.example", "country": "CA", "locale": "fr-CA", "timezone": "America/Toronto", "birth_date": at("1990-02-28").date()}
    put(warehouse, "contacts", NOW, {"contact_id": "bo", "created_at": None, **known}, {"contact_id": "later", "created_at": NOW})
    assert facts(warehouse, "email", "country", "locale", "timezone", "birth_date", "created_at", contact="bo") == (*known.values(), None)
    assert facts(warehouse, "locale", "timezone") == ("fr", "Europe/Paris")
    assert warehouse.rows("select contact_id from facts.contacts order by 1") == [("ada",), ("bo",)]


def test_orders_that_stand_count_and_cancelled_ones_do_not(warehouse: Warehouse) -> None:
    put(
        warehouse, "orders", NOW,
        order(1, at("2025-03-10"), "100", coupon_code="HELLO"), order(2, at("2026-03-10"), "50"), order(3, at("2026-03-20"), "30", coupon_code="SPRING"),
        order(4, at("2026-03-25"), "999", cancelled_at=at("2026-03-26")), order(5, at("2026-03-29"), "20", cancelled_at=NOW),
        order(6, NOW, "999"), order(7, at("2026-03-01"), "999", contact_id=None),
    )  # fmt: skip
    assert facts(warehouse, "order_count", "gross_revenue", "revenue", "average_order_value") == (4, 200, 200, 50)
    assert facts(warehouse, "first_order_at", "last_order_at") == (at("2025-03-10"), at("2026-03-29"))
    assert facts(warehouse, "orders_30d", "orders_90d", "orders_365d") == (3, 3, 3)
    assert facts(warehouse, "revenue_30d", "revenue_365d") == (100, 100)
    assert facts(warehouse, "discounted_orders", "discount_share") == (2, 0.5)


def test_windows_are_whole_days_of_the_projects_zone(warehouse: Warehouse) -> None:
    # 28 February 00:00 in Paris (winter time) is 30 days before 30 March (summer time): 23:00 UTC of the day before.
    put(warehouse, "orders", NOW, order(1, at("2026-02-28", "00:00")), order(2, at("2026-02-27", "23:59:59")))
    put(warehouse, "orders", NOW, order(3, at("2025-12-30", "00:00")), order(4, at("2025-12-29", "23:59:59")))
    put(warehouse, "orders", NOW, order(5, at("2025-03-30", "00:00")), order(6, at("2025-03-29", "23:59:59")))
    assert facts(warehouse, "orders_30d", "orders_90d", "orders_365d", "order_count") == (1, 3, 5, 6)


@pytest.mark.parametrize(
    ("ordered", "days"),
    [(("2026-03-30", "05:59"), 0), (("2026-03-30", "00:00"), 0), (("2026-03-29", "23:59"), 1), (("2026-03-29", "00:00"), 1), (("2026-03-28", "23:30"), 2), (("2025-12-31", "23:30"), 89)],
    ids=["today", "midnight", "yesterday", "the day of 23 hours", "the evening before it", "winter"],
)
def test_recency_counts_calendar_days_of_the_projects_zone(warehouse: Warehouse, ordered: tuple[str, str], days: int) -> None:
    put(warehouse, "orders", NOW, order(1, at(*ordered)))
    assert facts(warehouse, "days_since_order") == days


def test_the_average_gap_is_elapsed_days_over_orders_minus_one(warehouse: Warehouse) -> None:
    put(warehouse, "orders", NOW, order(1, at("2026-03-01", "00:00")))
    assert facts(warehouse, "average_gap_days") is None
    put(warehouse, "orders", NOW, order(2, at("2026-03-02", "12:00")), order(3, at("2026-03-04", "00:00")))
    assert facts(warehouse, "average_gap_days") == 1.5


def test_refunds_lower_revenue_when_they_are_made_unless_their_order_does_not_stand(warehouse: Warehouse) -> None:
    put(warehouse, "orders", NOW, order(1, at("2026-01-10"), "100"), order(2, at("2026-03-10"), "40"), order(3, at("2026-03-11"), "70", cancelled_at=at("2026-03-12")))
    back = [("r1", "o1", "30.50", at("2026-03-15")), ("r2", None, "5", at("2026-01-20")), ("r3", "o3", "70", at("2026-03-12")), ("r4", "o2", "9", NOW)]
    for refund_id, order_id, amount, refunded_at in back:
        put(warehouse, "refunds", NOW, {"refund_id": refund_id, "contact_id": "ada", "order_id": order_id, "amount": Decimal(amount), "refunded_at": refunded_at})
    assert facts(warehouse, "gross_revenue", "revenue") == (140, Decimal("104.50"))
    assert facts(warehouse, "revenue_30d", "revenue_90d", "revenue_365d") == (Decimal("9.50"), Decimal("104.50"), Decimal("104.50"))


def test_pieces_are_rounded_down_by_line_of_orders_that_stand(warehouse: Warehouse) -> None:
    put(warehouse, "orders", NOW, order(1, at("2026-03-10")), order(2, at("2026-03-11"), cancelled_at=at("2026-03-12")))
    put(warehouse, "order_lines", NOW, line(1, "p1", "2.9"), line(1, None, "3.5", 2), line(1, "p1", "-1", 3), line(2, "p1", "50"))
    assert facts(warehouse, "items_bought", "largest_quantity") == (4, 3)


def test_a_largest_quantity_below_zero_is_none(warehouse: Warehouse) -> None:
    put(warehouse, "orders", NOW, order(1, at("2026-03-10")))
    put(warehouse, "order_lines", NOW, line(1, "p1", "-2"))
    assert facts(warehouse, "items_bought", "largest_quantity") == (-2, 0)


def test_interests_come_from_views_clicks_lines_and_tags(warehouse: Warehouse) -> None:
    put(warehouse, "products", NOW, product("p1", "shoes"), product("p2", "hats"), product("p3", None))
    put(warehouse, "products", NOW, product("p4", "old"), product("p4", "bags", at("2026-03-01")), product("p4", "future", NOW))
    put(warehouse, "orders", NOW, order(1, at("2026-03-10")), order(2, at("2026-03-11"), cancelled_at=at("2026-03-12")))
    put(warehouse, "order_lines", NOW, line(1, "p2"), line(1, "p1", "7", 2), line(1, "p2", "1", 3), line(1, "p3", "1", 4), line(2, "p4"))
    put(warehouse, "site_events", NOW, *(seen(number, at("2024-03-10"), "product_viewed", product_id="p4") for number in range(4)))
    put(warehouse, "site_events", NOW, seen(5, at("2026-03-10"), "cart_updated", product_id="p4"), seen(6, at("2026-03-10"), "product_viewed", product_id="gone"))
    put(warehouse, "message_events", NOW, answer(1, at("2026-03-10"), "clicked", url="https://shop.example/p4?utm=x"), answer(2, at("2026-03-10"), "opened", url="https://shop.example/p4"))
    put(warehouse, "message_events", NOW, answer(3, at("2026-03-10"), "clicked", url="https://shop.example/p44"), answer(4, at("2026-03-10"), "clicked"))
    tags = [("hats", at("2026-03-01"), None), ("hats", at("2026-02-01"), None), ("shoes", at("2026-03-01"), at("2026-03-02")), ("vip", at("2026-03-01"), NOW), ("soon", NOW, None)]
    for tag, added_at, removed_at in tags:
        put(warehouse, "contact_tags", NOW, {"contact_id": "ada", "tag": tag, "added_at": added_at, "removed_at": removed_at})
    # interest: hats 5 + 5 + 10, vip 10, bags 4 + 3, shoes 5
    assert facts(warehouse, "favourite_category", "top_interests") == ("hats", "hats,vip,bags")
    expected = [("bags", 4, 1, 0, 0), ("hats", 0, 0, 2, 1), ("shoes", 0, 0, 1, 0), ("vip", 0, 0, 0, 1)]
    assert warehouse.rows("select category, visited, clicked, bought, tagged from facts.interests order by category") == expected


def test_equal_interests_go_by_name_and_views_alone_make_no_favourite(warehouse: Warehouse) -> None:
    put(warehouse, "products", NOW, *(product(name, name) for name in ("c", "a", "d", "b")))
    put(warehouse, "site_events", NOW, *(seen(number, at("2026-03-10"), "product_viewed", product_id=name) for number, name in enumerate("dcba")))
    assert facts(warehouse, "favourite_category", "top_interests") == (None, "a,b,c")
    put(warehouse, "orders", NOW, order(1, at("2026-03-10")))
    put(warehouse, "order_lines", NOW, line(1, "d"), line(1, "c", line_no=2))
    assert facts(warehouse, "favourite_category", "top_interests") == ("c", "c,d,a")


def test_a_page_of_two_products_stands_for_the_first(warehouse: Warehouse) -> None:
    put(warehouse, "products", NOW, product("p2", "hats", url="https://shop.example/both"), product("p1", "shoes", url="https://shop.example/both?variant=1"))
    put(warehouse, "message_events", NOW, answer(1, at("2026-03-10"), "clicked", url="https://shop.example/both"))
    assert facts(warehouse, "top_interests") == "shoes"


def test_visits_and_what_was_done_on_the_site(warehouse: Warehouse) -> None:
    for number, started_at in enumerate([at("2026-02-27"), at("2026-02-28"), at("2026-03-29"), NOW]):
        put(warehouse, "sessions", NOW, {"session_id": f"v{number}", "contact_id": "ada", "started_at": started_at})
    put(warehouse, "site_events", NOW, seen(1, at("2026-02-27"), "product_viewed"), seen(2, at("2026-03-01"), "product_viewed"), seen(3, at("2026-03-02"), "page_viewed"))
    put(warehouse, "site_events", NOW, seen(4, at("2025-06-01"), "cart_updated"), seen(5, at("2025-06-02"), "checkout_started"), seen(6, at("2025-05-01"), "quote_requested"))
    assert facts(warehouse, "sessions_30d", "last_session_at", "product_views_30d") == (2, at("2026-03-29"), 1)
    assert facts(warehouse, "last_cart_at", "last_quote_at", "has_account") == (at("2025-06-02"), at("2025-05-01"), False)
    put(warehouse, "site_events", NOW, seen(7, at("2025-01-01"), "account_created"))
    assert facts(warehouse, "has_account") is True


def test_messages_delivered_opened_and_clicked(warehouse: Warehouse) -> None:
    # 90 days before 30 March is 30 December, 180 days before is 1 October
    put(warehouse, "message_events", NOW, answer(1, at("2025-10-01", "00:00"), "delivered"), answer(2, at("2025-09-30", "23:59:59"), "delivered"), answer(3, at("2026-03-01"), "bounced"))
    put(warehouse, "message_events", NOW, answer(4, at("2025-12-30", "00:00"), "opened"), answer(5, at("2025-12-29"), "opened"), answer(6, at("2025-12-29"), "clicked"), answer(7, NOW, "clicked"))
    assert facts(warehouse, "messages_180d", "opens_90d", "clicks_90d") == (1, 1, 0)
    assert facts(warehouse, "last_open_at", "last_click_at") == (at("2025-12-30", "00:00"), at("2025-12-29"))


@pytest.mark.parametrize(
    ("last", "engagement"),
    [(("2026-02-28", "00:00"), "active"), (("2026-02-27", "23:59"), "recent"), (("2025-12-29", "23:59"), "at_risk"), (("2025-09-30", "23:59"), "inactive")],
    ids=["30 days", "more than 30", "more than 90", "more than 180"],
)
@pytest.mark.parametrize("what", ["click", "visit", "order"])
def test_engagement_goes_by_the_last_click_visit_or_order(warehouse: Warehouse, last: tuple[str, str], engagement: str, what: str) -> None:
    match what:
        case "click":
            put(warehouse, "message_events", NOW, answer(1, at(*last), "clicked"), answer(2, at("2026-03-29"), "opened"))
        case "visit":
            put(warehouse, "sessions", NOW, {"session_id": "v", "contact_id": "ada", "started_at": at(*last)})
        case _:
            put(warehouse, "orders", NOW, order(1, at(*last)), order(2, at("2026-03-29"), cancelled_at=at("2026-03-29", "13:00")))
    assert facts(warehouse, "engagement") == engagement


def test_the_lead_score_adds_the_points_of_each_activity_while_they_last(warehouse: Warehouse) -> None:
    put(warehouse, "site_events", NOW, seen(1, at("2026-03-27", "00:00"), "page_viewed", url="https://shop.example/pricing/eu"), seen(2, at("2026-03-29"), "page_viewed", url="https://shop.example/blog"))
    put(warehouse, "site_events", NOW, seen(3, at("2026-03-28"), "page_viewed", url="https://shop.example/pricing"), seen(4, at("2026-03-26", "23:59"), "page_viewed", url="https://shop.example/pricing"))
    assert facts(warehouse, "lead_score") == 3 + 10 + 10
    put(warehouse, "orders", NOW, order(1, at("2026-03-01"), shipped_at=at("2026-03-25")), order(2, at("2026-03-01"), shipped_at=at("2026-03-19"), cancelled_at=at("2026-03-20")))
    assert facts(warehouse, "lead_score") == 23 - 1 - 1 + 7
    put(warehouse, "calendar_events", NOW, {"event_id": "e", "name": "Evening", "starts_at": at("2026-03-20")})
    put(warehouse, "registrations", NOW, {"registration_id": "r", "event_id": "e", "contact_id": "ada", "registered_at": at("2026-02-01"), "status": "attended"})
    put(warehouse, "custom_events", NOW, *({"event_id": f"x{number}", "contact_id": "ada", "occurred_at": at("2026-03-01"), "name": name} for number, name in enumerate(["demo", "other"])))
    assert facts(warehouse, "lead_score") == 28 + 4 + 2


def test_the_preferred_channel_is_the_one_answered_most_then_the_first_by_name(warehouse: Warehouse) -> None:
    put(warehouse, "message_events", NOW, answer(1, at("2020-03-01"), "clicked", "sms"), answer(2, at("2026-03-01"), "replied", "email"), answer(3, at("2026-03-01"), "opened", "push"))
    assert facts(warehouse, "preferred_channel") == "email"
    put(warehouse, "message_events", NOW, answer(4, at("2026-03-02"), "replied", "sms"))
    assert facts(warehouse, "preferred_channel") == "sms"
    assert warehouse.rows("select channel, answers from facts.channels order by channel") == [("email", 1), ("sms", 2)]


EARLY, LATE = at("2026-03-01"), at("2026-03-02")


@pytest.mark.parametrize(
    ("log", "basis", "newsletter"),
    [
        ([consent(EARLY, "newsletter")], "opt_in", True),
        ([consent(EARLY, "newsletter"), consent(LATE, "newsletter", granted=False)], None, False),
        ([consent(EARLY, "newsletter"), consent(LATE, "all", granted=False)], None, False),
        ([consent(EARLY, "newsletter"), consent(EARLY, "all", granted=False)], None, False),
        ([consent(EARLY, "newsletter", granted=False), consent(EARLY, "all")], "opt_in", False),
        ([consent(EARLY, "all", granted=False), consent(LATE, "newsletter")], "opt_in", True),
        ([consent(EARLY, "newsletter", granted=False), consent(LATE, "all")], "opt_in", True),
        ([consent(EARLY, "all"), consent(LATE, "newsletter", granted=False)], "opt_in", False),
        ([consent(EARLY, "promotions")], "opt_in", False),
        ([consent(EARLY, "orders", basis="transactional")], None, False),
        ([consent(EARLY, "newsletter", basis="existing_customer")], None, False),
        ([consent(EARLY, "newsletter"), consent(NOW, "newsletter", granted=False)], "opt_in", True),
    ],
    ids=[
        "given", "withdrawn", "all withdrawn later", "all withdrawn at once", "withdrawn at once with all given", "given after all withdrawn", "all given later",
        "withdrawn after all given", "another topic", "transactional", "customer without order", "withdrawn in the future",
    ],
)  # fmt: skip
def test_consent_is_the_last_word_on_a_topic_or_on_all(warehouse: Warehouse, log: list[dict[str, Any]], basis: str | None, newsletter: bool) -> None:
    put(warehouse, "consents", NOW, *log)
    assert facts(warehouse, "email_consent", "newsletter") == (basis, newsletter)
    assert facts(warehouse, "sms_consent", "push_consent") == (None, None)


def test_the_widest_basis_counts_and_an_existing_customer_needs_an_order_that_stands(warehouse: Warehouse) -> None:
    put(warehouse, "consents", NOW, consent(EARLY, "promotions", basis="existing_customer"), consent(EARLY, "news", channel="sms"), consent(EARLY, "all", channel="push", basis="existing_customer"))
    put(warehouse, "consents", NOW, consent(EARLY, "offers", channel="sms", basis="existing_customer"))
    assert facts(warehouse, "email_consent", "sms_consent", "push_consent") == (None, "opt_in", None)
    put(warehouse, "orders", NOW, order(1, EARLY, cancelled_at=LATE))
    assert facts(warehouse, "email_consent", "sms_consent", "push_consent") == (None, "opt_in", None)
    put(warehouse, "orders", NOW, order(2, EARLY))
    assert facts(warehouse, "email_consent", "sms_consent", "push_consent") == ("existing_customer", "opt_in", "existing_customer")


def test_ids_that_are_no_contacts_have_no_facts(warehouse: Warehouse) -> None:
    put(warehouse, "orders", NOW, order(1, EARLY, contact_id="nobody"))
    put(warehouse, "message_events", NOW, answer(1, EARLY, "clicked", contact_id="nobody"))
    put(warehouse, "contact_tags", NOW, {"contact_id": "nobody", "tag": "vip", "added_at": EARLY})
    built = refresh_facts(warehouse, PARIS, tick(PARIS, NOW))
    assert (built.mode, built.contacts, warehouse.rows("select contact_id from facts.contacts")) == ("full", 1, [("ada",)])
    assert warehouse.rows("select * from facts.interests") == warehouse.rows("select * from facts.channels") == []
