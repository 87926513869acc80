"""What may happen between two ticks, one thing at a time: facts carried on are right, and the same as counted anew."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.facts.refresh import refresh_facts
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from tests.facts.history import PARIS, SHOP, Case, answer, at, card, consent, contact, line, load, order, project, refund, seen, snapshot, tag, tick, visit

BEFORE, NOW = at("2026-03-29", "06:00"), at("2026-03-30", "06:00")
EARLY, NEW = at("2026-03-20"), at("2026-03-29")
LEAVING, STAYING = at("2026-02-27"), at("2026-02-28")
CLICK = {"url": f"{SHOP}/p1"}
ORDERS = {
    "nothing": Case({"order_count": 1, "days_since_order": 10}, [order("o1", EARLY)]),
    "an order": Case({"order_count": 2, "days_since_order": 1, "average_gap_days": 9 - 1 / 24}, [order("o1", EARLY)], [order("o2", NEW)]),
    "an order loaded late": Case({"order_count": 2, "orders_365d": 1, "days_since_order": 10}, [order("o1", EARLY)], [order("o2", at("2025-03-01"))]),
    "an order known before it happens": Case({"order_count": 1, "items_bought": 3}, [order("o1", NEW), line("o1", quantity="3")]),
    "the only order cancelled": Case({"order_count": 0, "days_since_order": None, "items_bought": 0}, [order("o1", EARLY, cancelled_at=NEW), line("o1")]),
    "the last order cancelled": Case({"days_since_order": 10, "revenue_30d": 10}, [order("o1", EARLY), order("o2", at("2026-03-28"), cancelled_at=NEW)]),
    "an order placed and cancelled at once": Case({"order_count": 1}, [order("o1", EARLY)], [order("o2", NEW, cancelled_at=NEW)]),
    "a refunded order cancelled": Case({"revenue": 0}, [order("o1", EARLY, cancelled_at=NEW), refund("o1", EARLY)]),
    "another's order cancelled": Case({"revenue": 0}, [order("o1", EARLY, contact_id="bo", cancelled_at=NEW), refund("o1", EARLY)]),
    "another's order, loaded cancelled": Case({"revenue": 0}, [refund("o1", EARLY)], [order("o1", EARLY, contact_id="bo", cancelled_at=EARLY)]),
    "another's order no longer cancelled": Case(
        {"revenue": -4}, [order("o1", EARLY, contact_id="bo", cancelled_at=EARLY), refund("o1", EARLY)], correct=("orders", {"cancelled_at": None}), of=("bo",)
    ),
    "a refund": Case({"revenue": 6, "revenue_30d": 6, "gross_revenue": 10}, [order("o1", EARLY)], [refund("o1", NEW)]),
    "an order corrected": Case({"revenue": 7, "revenue_90d": 7}, [order("o1", EARLY)], correct=("orders", {"total": Decimal(7)})),
    "an order of somebody else": Case({"order_count": 0}, [order("o1", EARLY), line("o1")], correct=("orders", {"contact_id": "bo"}), of=("ada", "bo")),
    "a line corrected": Case({"items_bought": 9}, [order("o1", EARLY), line("o1")], correct=("order_lines", {"quantity": 9})),
    "a line after its order": Case({"items_bought": 6, "largest_quantity": 5}, [order("o1", EARLY), line("o1")], [line("o1", quantity="5", line_no=2)]),
    "lines before their order": Case({"items_bought": 6}, [line("o1", quantity="5")], [order("o1", EARLY), line("o1", line_no=2)]),
    "an order that leaves a window": Case({"orders_30d": 1, "revenue_30d": 10, "orders_90d": 2}, [order("o1", LEAVING), order("o2", STAYING)]),
    "an order too late for a window": Case({"orders_30d": 1, "revenue_30d": 10, "orders_90d": 2}, [order("o1", STAYING)], [order("o2", LEAVING)]),
    "a refund that leaves a window": Case({"revenue_30d": 0, "revenue_90d": 6}, [order("o1", at("2026-02-20")), refund("o1", LEAVING)]),
    "a refund too late for a window": Case({"revenue_30d": 10, "revenue_90d": 6}, [order("o1", STAYING)], [refund("o1", LEAVING)]),
}
ANSWERS = {
    "a day that only passes": Case({"engagement": "recent", "sessions_30d": 0}, [visit(LEAVING)]),
    "visits that leave and come": Case({"sessions_30d": 2, "last_session_at": NEW}, [visit(LEAVING), visit(STAYING)], [visit(NEW), visit(LEAVING)]),
    "a visit corrected": Case({"sessions_30d": 0, "last_session_at": LEAVING}, [visit(EARLY)], correct=("sessions", {"started_at": LEAVING})),
    "views that leave and come": Case({"product_views_30d": 1}, [seen(LEAVING)], [seen(NEW), seen(LEAVING)]),
    "messages that leave": Case(
        {"messages_180d": 1, "opens_90d": 0, "clicks_90d": 0, "engagement": "at_risk"},
        [answer(at("2025-09-29"), "delivered"), answer(at("2025-09-30"), "delivered"), answer(at("2025-12-29"), "opened"), answer(at("2025-12-29"))],
        [answer(NEW, "delivered"), answer(at("2025-12-29"), "opened"), answer(at("2025-09-30"), "delivered")],
    ),
    "a click corrected": Case({"preferred_channel": None, "last_click_at": None}, [answer(EARLY)], correct=("message_events", {"kind": "bounced"})),
    "points that expire": Case({"lead_score": 3}, [seen(at("2026-03-26"), "page_viewed", url="/pricing")]),
    "points loaded late": Case({"lead_score": 13}, [], [seen(at(day), "page_viewed", url="/pricing") for day in ("2026-03-26", "2026-03-28")]),
    "an order shipped": Case({"lead_score": 9}, [order("o1", EARLY)], correct=("orders", {"shipped_at": NEW}), of=()),
    "an order shipped on another day": Case({"lead_score": 9}, [order("o1", EARLY, shipped_at=EARLY)], correct=("orders", {"shipped_at": NEW}), of=()),
    "a shipment delivered": Case({"lead_score": 9}, [order("o1", EARLY, shipped_at=at("2026-03-25"))], correct=("orders", {"delivered_at": NEW}), of=()),
    "an order shipped before it was placed": Case({"lead_score": 9}, [order("o1", NEW, shipped_at=at("2026-03-27"))]),
    "an event that ends later than thought": Case(
        {"lead_score": 3},
        [
            ("calendar_events", {"event_id": "e", "name": "Evening", "starts_at": EARLY}),
            ("registrations", {"registration_id": "r", "event_id": "e", "contact_id": "ada", "registered_at": EARLY, "status": "attended"}),
        ],
        correct=("calendar_events", {"ends_at": at("2026-04-20")}),
        of=(),
    ),
    "a consent withdrawn": Case({"email_consent": None, "newsletter": False}, [consent(EARLY)], [consent(NEW, granted=False)]),
    "a withdrawal loaded late": Case({"email_consent": "opt_in"}, [consent(NEW)], [consent(EARLY, granted=False)]),
    "the order behind a consent cancelled": Case({"email_consent": None}, [consent(EARLY, basis="existing_customer"), order("o1", EARLY, cancelled_at=NEW)]),
    "a consent corrected": Case({"email_consent": None}, [consent(EARLY)], correct=("consents", {"granted": False})),
    "an address corrected": Case({"email": "ada@shop.example", "lead_score": 3}, correct=("contacts", {"email": "ada@shop.example"})),
}
TOUCHES = [order("o1", EARLY), line("o1"), seen(EARLY, product_id="p1"), answer(EARLY, **CLICK)]
INTERESTS = {
    "new touches": Case({"top_interests": "hats"}, [card("p1", "hats"), *TOUCHES], [seen(NEW, product_id="p1"), answer(NEW, **CLICK)]),
    "a product known after it was touched": Case({"favourite_category": "hats", "top_interests": "hats"}, TOUCHES, [card("p1", "hats", EARLY)]),
    "a product bought, known later": Case({"top_interests": "hats"}, TOUCHES[:2], [card("p1", "hats", NEW)]),
    "a product seen, known later": Case({"top_interests": "hats"}, TOUCHES[2:3], [card("p1", "hats", NEW)]),
    "a page clicked, known later": Case({"top_interests": "hats"}, TOUCHES[3:], [card("p1", "hats", NEW)]),
    "another category": Case({"favourite_category": "shoes", "top_interests": "shoes"}, [card("p1", "hats"), *TOUCHES], [card("p1", "shoes", NEW)]),
    "another page": Case({"top_interests": None}, [card("p1", "hats"), *TOUCHES[3:]], [card("p1", "hats", NEW, url=f"{SHOP}/p2")]),
    "another product on the page": Case({"top_interests": "hats"}, [card("p2", "shoes", url=f"{SHOP}/p1"), *TOUCHES[3:]], [card("p1", "hats", NEW)]),
    "a category lost": Case({"top_interests": None}, [card("p1", "hats"), *TOUCHES], [card("p1", None, NEW)]),
    "a card corrected": Case({"top_interests": "shoes"}, [card("p1", "hats"), *TOUCHES], correct=("products", {"category": "shoes"}), of=()),
    "a tag put on": Case({"top_interests": "a,b"}, [tag("a", EARLY)], [tag("b", NEW)]),
    "a tag that ends by its date": Case({"top_interests": None}, [tag("a", EARLY, NEW)]),
    "a tag taken off": Case({"top_interests": None}, [tag("a", EARLY)], correct=("contact_tags", {"removed_at": NEW})),
    "an order cancelled": Case({"top_interests": "a"}, [card("p1", "hats"), order("o1", EARLY, cancelled_at=NEW), line("o1"), tag("a", EARLY)]),
}
CASES = {**ORDERS, **ANSWERS, **INTERESTS}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_facts_follow(warehouse: Warehouse, case: Case) -> None:
    load(warehouse, BEFORE, *case.before)
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    load(warehouse, NOW, *case.after)
    _correct(warehouse, case)
    assert _mode(warehouse) == "incremental"
    carried = snapshot(warehouse)
    ada = next(row for row in carried["contacts"] if row["contact_id"] == "ada")
    assert {name: ada[name] for name in case.expect} == case.expect
    assert _mode(warehouse) == "full", "a tick that is run again"
    assert snapshot(warehouse) == carried


def _correct(warehouse: Warehouse, case: Case) -> None:
    if case.correct:
        table, values = case.correct
        for column, value in {**values, "corrected_at": NOW}.items():
            warehouse.run(f"update raw.{table} set {column} = $value", value=value)
        warehouse.append("raw.corrections", ["contact_id", "contract", "loaded_at"], [(who, table, NOW) for who in case.of])


def _mode(warehouse: Warehouse, rules: Project = PARIS, **limits: float) -> str:
    """Return how the facts of NOW are counted after those of BEFORE."""
    return refresh_facts(warehouse, rules, tick(rules, NOW, BEFORE), **{"worthwhile": 100, **limits}).mode


def test_a_contact_known_after_its_doings_has_them_all(warehouse: Warehouse) -> None:
    doings = [order("o1", EARLY), answer(EARLY), seen(EARLY, product_id="p1")]
    load(warehouse, BEFORE, *((table, {**row, "contact_id": "cy"}) for table, row in doings), card("p1", "hats"))
    load(warehouse, BEFORE, contact("cy", created_at=NEW, email="cy@shop.example"))
    assert refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE)).contacts == 2
    assert {row["contact_id"] for rows in snapshot(warehouse).values() for row in rows} == {"ada", "bo"}
    built = refresh_facts(warehouse, PARIS, tick(PARIS, NOW, BEFORE), worthwhile=100)
    assert (built.mode, built.contacts, built.changed) == ("incremental", 3, 1)
    found = warehouse.rows("select email, order_count, preferred_channel, top_interests from facts.contacts where contact_id = 'cy'")
    assert found == [("cy@shop.example", 1, "email", "hats")]
    assert warehouse.rows("select contact_id from facts.channels union select contact_id from facts.interests") == [("cy",)]


def test_a_contact_who_is_known_only_later_after_all_has_no_facts_until_then(warehouse: Warehouse) -> None:
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    warehouse.run("update raw.contacts set created_at = $later, corrected_at = $now where contact_id = 'bo'", later=NOW, now=NOW)
    assert _mode(warehouse) == "incremental"
    assert warehouse.rows("select contact_id from facts.contacts") == [("ada",)]


def test_a_contact_rewritten_by_its_source_in_what_facts_do_not_say_is_not_written(warehouse: Warehouse) -> None:
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    warehouse.run("update raw.contacts set first_name = 'Ada', corrected_at = $now", now=NOW)
    warehouse.append("raw.corrections", ["contact_id", "contract", "loaded_at"], [("ada", "contacts", NOW), ("bo", "contacts", NOW)])
    assert refresh_facts(warehouse, PARIS, tick(PARIS, NOW, BEFORE)).changed == 0


def test_a_contact_to_whom_nothing_happened_is_not_written(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE, order("o1", EARLY))
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    load(warehouse, NOW, visit(NEW, "bo"))
    built = refresh_facts(warehouse, PARIS, tick(PARIS, NOW, BEFORE), worthwhile=100)
    assert (built.mode, built.contacts, built.changed) == ("incremental", 2, 1)
    assert warehouse.rows("select contact_id, days_since_order from facts.contacts order by 1") == [("ada", 10), ("bo", None)]


def test_facts_are_counted_anew_when_they_do_not_stand_at_the_tick_before(warehouse: Warehouse) -> None:
    assert _mode(warehouse) == "full", "no facts yet"
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE - timedelta(days=1)))
    assert _mode(warehouse) == "full", "facts of an earlier tick"


def test_facts_are_counted_anew_when_a_tick_given_up_had_loaded_rows_from_after_them(warehouse: Warehouse) -> None:
    names = ["source", "contract", "as_of", "files", "inserted", "replaced", "rejected", "status"]
    warehouse.append("raw.loads", names, [("orders", "orders", NOW, 1, 1, 0, 0, "fresh")])
    load(warehouse, NOW, order("o1", EARLY))
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    assert _mode(warehouse) == "full"
    assert warehouse.value("select order_count from facts.contacts where contact_id = 'ada'") == 1


OTHERS = {"zone": project("Europe/London"), "start": project(initial=4), "rules": project(initial=3, rules=[{"activity": "visited", "points": 1, "days": 2}])}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_facts_are_counted_anew_under_other_settings(warehouse: Warehouse, other: Project) -> None:
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    assert _mode(warehouse, other) == "full"
    assert warehouse.value("select min(lead_score) from facts.contacts") == other.settings.lead_score.initial


def test_facts_are_counted_anew_when_many_rows_are_news(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE, order("o1", EARLY))
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    load(warehouse, NOW, order("o2", NEW))
    assert _mode(warehouse, worthwhile=0.4) == "full"


def test_facts_are_counted_anew_when_many_contacts_must_be(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE, order("o1", EARLY, cancelled_at=NEW))
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    assert _mode(warehouse, worthwhile=0.4) == "full"


def test_a_refresh_that_fails_leaves_the_facts_of_the_tick_before(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    load(warehouse, BEFORE, order("o1", EARLY))
    refresh_facts(warehouse, PARIS, tick(PARIS, BEFORE))
    kept = snapshot(warehouse)
    load(warehouse, NOW, order("o2", NEW))
    with monkeypatch.context() as broken:
        broken.setattr(Warehouse, "append", _disk_full)
        with pytest.raises(OSError, match="disk full"):
            _mode(warehouse)
    assert snapshot(warehouse) == kept
    assert _mode(warehouse) == "incremental"
    assert warehouse.value("select order_count from facts.contacts where contact_id = 'ada'") == 2


def _disk_full(*_: Any) -> None:
    raise OSError("disk full")
