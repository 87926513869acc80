"""Facts from orders, worked out by hand. The tick is Monday 30 March 2026, 06:00 in Paris; the clocks went forward the day before."""

from decimal import Decimal
from typing import Any

import pytest

from pipelines.facts.refresh import refresh_facts
from pipelines.warehouse.duckdb import Warehouse
from pipelines.warehouse.schema import BY_NAME
from tests.facts.history import PARIS, SHOP, answer, at, card, contact, line, load, order, refund, seen, tag, tick

NOW = at("2026-03-30", "06:00")
MARCH = at("2026-03-10")


def facts(warehouse: Warehouse, *names: str, contact: str = "ada") -> Any:
    """Return the named facts of a contact at the tick, the one value where one is asked for."""
    refresh_facts(warehouse, PARIS, tick(PARIS, NOW))
    found = warehouse.records("select * from facts.contacts where contact_id = $contact", contact=contact)[0]
    return found[names[0]] if len(names) == 1 else tuple(found[name] for name in names)


@pytest.mark.parametrize("view", ["contacts", "interests", "channels", "attributes"])
def test_the_columns_are_those_of_the_schema_in_order_and_type(warehouse: Warehouse, view: str) -> None:
    sql = "select column_name, data_type from duckdb_columns() where schema_name = 'facts' and table_name = $view order by column_index"
    assert warehouse.rows(sql, view=view) == [(column.name, column.type) for column in BY_NAME[f"facts.{view}"].columns]


def test_a_contact_to_whom_nothing_happened_has_zeros_and_nothing_else(warehouse: Warehouse) -> None:
    refresh_facts(warehouse, PARIS, tick(PARIS, NOW))
    found = warehouse.records("select * from facts.contacts where contact_id = 'bo'")[0]
    given = {"contact_id": "bo", "locale": "fr", "timezone": "Europe/Paris", "engagement": "inactive", "lead_score": 3}
    zeros = {name: 0 for name, value in found.items() if value is not None and name not in given}
    assert found == {**dict.fromkeys(found), **zeros, **given}
    assert all(found[column.name] is not None for column in BY_NAME["facts.contacts"].columns if column.required)


def test_attributes_are_those_of_now_with_the_projects_language_and_zone_where_missing(warehouse: Warehouse) -> None:
    known = {"email": "cy@shop.example", "country": "CA", "locale": "fr-CA", "timezone": "America/Toronto", "birth_date": at("1990-02-28").date()}
    load(warehouse, NOW, contact("cy", **known), contact("later", created_at=NOW))
    assert facts(warehouse, *known, "created_at", contact="cy") == (*known.values(), None)
    assert facts(warehouse, "locale", "timezone", "created_at") == ("fr", "Europe/Paris", at("2025-01-01"))
    assert warehouse.rows("select contact_id from facts.contacts order by 1") == [("ada",), ("bo",), ("cy",)]


def test_ids_that_are_no_contacts_have_no_facts(warehouse: Warehouse) -> None:
    load(warehouse, NOW, order("o1", MARCH, contact_id="nobody"), answer(MARCH, contact_id="nobody"), tag("vip", MARCH, contact_id="nobody"))
    built = refresh_facts(warehouse, PARIS, tick(PARIS, NOW))
    assert (built.mode, built.contacts, built.changed) == ("full", 2, 3)
    assert warehouse.rows("select contact_id from facts.contacts order by 1") == [("ada",), ("bo",)]
    assert warehouse.rows("select * from facts.interests") == warehouse.rows("select * from facts.channels") == []


def test_orders_that_stand_count_and_cancelled_ones_do_not(warehouse: Warehouse) -> None:
    load(warehouse, NOW, order("o1", at("2025-03-10"), "100", coupon_code="HELLO"), order("o2", MARCH, "50"))
    load(warehouse, NOW, order("o3", at("2026-03-20"), "30", coupon_code="SPRING"), order("o4", at("2026-03-25"), "999", cancelled_at=at("2026-03-26")))
    load(warehouse, NOW, order("o5", at("2026-03-29"), "20", cancelled_at=NOW), order("o6", NOW, "999"), order("o7", MARCH, "999", contact_id=None))
    assert facts(warehouse, "order_count", "gross_revenue", "revenue", "average_order_value") == (4, 200, 200, 50)
    assert facts(warehouse, "first_order_at", "last_order_at") == (at("2025-03-10"), at("2026-03-29"))
    assert facts(warehouse, "orders_30d", "orders_90d", "orders_365d") == (3, 3, 3)
    assert facts(warehouse, "revenue_30d", "revenue_90d", "revenue_365d") == (100, 100, 100)
    assert facts(warehouse, "discounted_orders", "discount_share") == (2, 0.5)


def test_windows_are_whole_days_of_the_projects_zone(warehouse: Warehouse) -> None:
    # 28 February 00:00 in Paris (winter time) is 30 days before 30 March (summer time): 23:00 UTC of the day before.
    load(warehouse, NOW, order("o1", at("2026-02-28", "00:00")), order("o2", at("2026-02-27", "23:59:59")))
    load(warehouse, NOW, order("o3", at("2025-12-30", "00:00")), order("o4", at("2025-12-29", "23:59:59")))
    load(warehouse, NOW, order("o5", at("2025-03-30", "00:00")), order("o6", at("2025-03-29", "23:59:59")))
    assert facts(warehouse, "orders_30d", "orders_90d", "orders_365d", "order_count") == (1, 3, 5, 6)


RECENCY = {
    "today": ("2026-03-30", "05:59", 0), "midnight": ("2026-03-30", "00:00", 0), "yesterday": ("2026-03-29", "23:59", 1),
    "the day of 23 hours": ("2026-03-29", "00:00", 1), "the evening before it": ("2026-03-28", "23:30", 2), "winter": ("2025-12-31", "23:30", 89),
}  # fmt: skip


@pytest.mark.parametrize(("day", "clock", "days"), RECENCY.values(), ids=RECENCY)
def test_recency_counts_calendar_days_of_the_projects_zone(warehouse: Warehouse, day: str, clock: str, days: int) -> None:
    load(warehouse, NOW, order("o1", at(day, clock)))
    assert facts(warehouse, "days_since_order") == days


def test_the_average_gap_is_elapsed_days_over_orders_minus_one(warehouse: Warehouse) -> None:
    load(warehouse, NOW, order("o1", at("2026-03-01", "00:00")))
    assert facts(warehouse, "average_gap_days") is None
    load(warehouse, NOW, order("o2", at("2026-03-02", "12:00")), order("o3", at("2026-03-04", "00:00")))
    assert facts(warehouse, "average_gap_days") == 1.5


def test_refunds_lower_revenue_when_they_are_made_unless_their_order_does_not_stand(warehouse: Warehouse) -> None:
    load(warehouse, NOW, order("o1", at("2026-01-10"), "100"), order("o2", MARCH, "40"), order("o3", MARCH, "70", cancelled_at=at("2026-03-12")))
    load(warehouse, NOW, refund("o1", at("2026-03-15"), "30.50"), refund(None, at("2026-01-20"), "5"))
    load(warehouse, NOW, refund("o3", at("2026-03-12"), "70"), refund("o2", NOW, "9"))
    assert facts(warehouse, "gross_revenue", "revenue") == (140, Decimal("104.50"))
    assert facts(warehouse, "revenue_30d", "revenue_90d", "revenue_365d") == (Decimal("9.50"), Decimal("104.50"), Decimal("104.50"))


def test_pieces_are_rounded_down_by_line_of_orders_that_stand(warehouse: Warehouse) -> None:
    load(warehouse, NOW, order("o1", MARCH), order("o2", MARCH, cancelled_at=at("2026-03-12")), line("o2", quantity="50"))
    load(warehouse, NOW, line("o1", quantity="2.9"), line("o1", None, "3.5", 2), line("o1", "p1", "-1", 3))
    assert facts(warehouse, "items_bought", "largest_quantity") == (4, 3)


def test_a_largest_quantity_below_zero_is_none(warehouse: Warehouse) -> None:
    load(warehouse, NOW, order("o1", MARCH), line("o1", quantity="-2"))
    assert facts(warehouse, "items_bought", "largest_quantity") == (-2, 0)


def test_interests_come_from_views_clicks_lines_and_tags(warehouse: Warehouse) -> None:
    load(warehouse, NOW, card("p1", "shoes"), card("p2", "hats"), card("p3", None))
    load(warehouse, NOW, card("p4", "old"), card("p4", "bags", at("2026-03-01")), card("p4", "future", NOW))
    load(warehouse, NOW, order("o1", MARCH), order("o2", MARCH, cancelled_at=at("2026-03-12")), line("o2", "p4"))
    load(warehouse, NOW, line("o1", "p2"), line("o1", "p1", "7", 2), line("o1", "p2", "1", 3), line("o1", "p3", "1", 4))
    load(warehouse, NOW, *(seen(at("2024-03-10"), product_id="p4") for _ in range(4)))
    load(warehouse, NOW, seen(MARCH, "cart_updated", product_id="p4"), seen(MARCH, product_id="gone"), seen(MARCH))
    load(warehouse, NOW, answer(MARCH, url=f"{SHOP}/p4?utm=x"), answer(MARCH, "opened", url=f"{SHOP}/p4"), answer(MARCH, url=f"{SHOP}/p44"), answer(MARCH))
    load(warehouse, NOW, tag("hats", at("2026-03-01")), tag("hats", at("2026-02-01")), tag("shoes", at("2026-03-01"), MARCH))
    load(warehouse, NOW, tag("vip", at("2026-03-01"), NOW), tag("soon", NOW))
    # Interest: hats 5 + 5 + 10, vip 10, bags 4 + 3, shoes 5.
    assert facts(warehouse, "favourite_category", "top_interests") == ("hats", "hats,vip,bags")
    expected = [("bags", 4, 1, 0, 0), ("hats", 0, 0, 2, 1), ("shoes", 0, 0, 1, 0), ("vip", 0, 0, 0, 1)]
    assert warehouse.rows("select category, visited, clicked, bought, tagged from facts.interests order by category") == expected


def test_equal_interests_go_by_name_and_views_alone_make_no_favourite(warehouse: Warehouse) -> None:
    load(warehouse, NOW, *(card(name, name) for name in "cadb"), *(seen(MARCH, product_id=name) for name in "dcba"))
    assert facts(warehouse, "favourite_category", "top_interests") == (None, "a,b,c")
    load(warehouse, NOW, order("o1", MARCH), line("o1", "d"), line("o1", "c", line_no=2))
    assert facts(warehouse, "favourite_category", "top_interests") == ("c", "c,d,a")


def test_a_page_of_two_products_stands_for_the_first(warehouse: Warehouse) -> None:
    load(warehouse, NOW, card("p2", "hats", url=f"{SHOP}/both"), card("p1", "shoes", url=f"{SHOP}/both?colour=1"), answer(MARCH, url=f"{SHOP}/both"))
    assert facts(warehouse, "top_interests") == "shoes"
