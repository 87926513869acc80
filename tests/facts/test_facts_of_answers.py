"""Facts from visits, messages, points and consents, worked out by hand. The tick is Monday 30 March 2026, 06:00 in Paris."""

from typing import Any

import pytest

from pipelines.errors import BadFiles
from pipelines.facts.refresh import refresh_facts
from pipelines.facts.score import score_problems
from pipelines.warehouse.duckdb import Warehouse
from tests.facts.history import PARIS, SHOP, Row, answer, at, consent, load, order, project, seen, tick, visit

NOW = at("2026-03-30", "06:00")
EARLY, LATE = at("2026-03-01"), at("2026-03-02")


def facts(warehouse: Warehouse, *names: str) -> Any:
    """Return the named facts of `ada` at the tick, the one value where one is asked for."""
    refresh_facts(warehouse, PARIS, tick(PARIS, NOW))
    found = warehouse.records("select * from facts.contacts where contact_id = 'ada'")[0]
    return found[names[0]] if len(names) == 1 else tuple(found[name] for name in names)


def test_visits_and_what_was_done_on_the_site(warehouse: Warehouse) -> None:
    load(warehouse, NOW, visit(at("2026-02-27")), visit(at("2026-02-28")), visit(at("2026-03-29")), visit(NOW))
    load(warehouse, NOW, seen(at("2026-02-27")), seen(EARLY), seen(LATE, "page_viewed"))
    load(warehouse, NOW, seen(at("2025-06-01"), "cart_updated"), seen(at("2025-06-02"), "checkout_started"), seen(at("2025-05-01"), "quote_requested"))
    assert facts(warehouse, "sessions_30d", "last_session_at", "product_views_30d") == (2, at("2026-03-29"), 1)
    assert facts(warehouse, "last_cart_at", "last_quote_at", "has_account") == (at("2025-06-02"), at("2025-05-01"), False)
    load(warehouse, NOW, seen(at("2025-01-01"), "account_created"))
    assert facts(warehouse, "has_account") is True


def test_messages_delivered_opened_and_clicked(warehouse: Warehouse) -> None:
    # 90 days before 30 March is 30 December, 180 days before is 1 October.
    load(warehouse, NOW, answer(at("2025-10-01", "00:00"), "delivered"), answer(at("2025-09-30", "23:59:59"), "delivered"), answer(EARLY, "bounced"))
    load(warehouse, NOW, answer(at("2025-12-30", "00:00"), "opened"), answer(at("2025-12-29"), "opened"), answer(at("2025-12-29")), answer(NOW))
    assert facts(warehouse, "messages_180d", "opens_90d", "clicks_90d") == (1, 1, 0)
    assert facts(warehouse, "last_open_at", "last_click_at") == (at("2025-12-30", "00:00"), at("2025-12-29"))


LADDER = {
    "30 days": (at("2026-02-28", "00:00"), "active"), "more than 30": (at("2026-02-27", "23:59"), "recent"),
    "more than 90": (at("2025-12-29", "23:59"), "at_risk"), "more than 180": (at("2025-09-30", "23:59"), "inactive"),
}  # fmt: skip


@pytest.mark.parametrize(("last", "engagement"), LADDER.values(), ids=LADDER)
@pytest.mark.parametrize("what", [answer, visit, lambda last: order("o1", last)], ids=["click", "visit", "order"])
def test_engagement_goes_by_the_last_click_visit_or_order(warehouse: Warehouse, last: Any, engagement: str, what: Any) -> None:
    load(warehouse, NOW, what(last), answer(LATE, "opened"), order("o2", LATE, cancelled_at=at("2026-03-29")))
    assert facts(warehouse, "engagement") == engagement


def test_the_preferred_channel_is_the_one_answered_most_then_the_first_by_name(warehouse: Warehouse) -> None:
    load(warehouse, NOW, answer(at("2020-03-01"), channel="sms"), answer(EARLY, "replied"), answer(EARLY, "opened", "push"))
    assert facts(warehouse, "preferred_channel") == "email"
    load(warehouse, NOW, answer(LATE, "replied", "sms"))
    assert facts(warehouse, "preferred_channel") == "sms"
    assert warehouse.rows("select channel, answers from facts.channels order by channel") == [("email", 1), ("sms", 2)]


def test_the_lead_score_adds_the_points_of_each_activity_while_they_last(warehouse: Warehouse) -> None:
    load(warehouse, NOW, seen(at("2026-03-27", "00:00"), "page_viewed", url=f"{SHOP}/pricing/eu"), seen(at("2026-03-28"), "page_viewed", url=f"{SHOP}/pricing"))
    load(warehouse, NOW, seen(at("2026-03-26", "23:59"), "page_viewed", url=f"{SHOP}/pricing"), seen(at("2026-03-29"), "page_viewed", url=f"{SHOP}/blog"))
    assert facts(warehouse, "lead_score") == 3 + 10 + 10
    load(warehouse, NOW, order("o1", EARLY, shipped_at=at("2026-03-25")), order("o2", EARLY, shipped_at=at("2026-03-19"), cancelled_at=at("2026-03-20")))
    assert facts(warehouse, "lead_score") == 23 - 1 - 1 + 7
    attended = {"registration_id": "r", "event_id": "e", "contact_id": "ada", "registered_at": at("2026-02-01"), "status": "attended"}
    load(warehouse, NOW, ("calendar_events", {"event_id": "e", "name": "Evening", "starts_at": at("2026-03-20")}), ("registrations", attended))
    load(warehouse, NOW, *(("custom_events", {"event_id": name, "contact_id": "ada", "occurred_at": EARLY, "name": name}) for name in ("demo", "other")))
    assert facts(warehouse, "lead_score") == 28 + 4 + 2


def test_rules_of_the_lead_score_that_make_no_sense_are_named(warehouse: Warehouse) -> None:
    rules = [{"activity": "page_vewed"}, {"activity": "order_placed", "url": "%/pricing"}, {"activity": "custom.any"}]
    wrong = project(initial=0, rules=[{**rule, "points": 1, "days": 2} for rule in rules])
    assert [str(problem) for problem in score_problems(wrong)] == [
        "relance.toml: rule 1 of lead_score: unknown activity `page_vewed`\n  hint: did you mean `page_viewed`?",
        "relance.toml: rule 2 of lead_score: `order_placed` has no page, so `url` can never match\n  hint: leave `url` out",
    ]
    with pytest.raises(BadFiles, match="page_vewed"):
        refresh_facts(warehouse, wrong, tick(wrong, NOW))


LOGS: dict[str, tuple[list[Row], str | None, bool]] = {
    "given": ([consent(EARLY)], "opt_in", True),
    "withdrawn": ([consent(EARLY), consent(LATE, granted=False)], None, False),
    "all withdrawn later": ([consent(EARLY), consent(LATE, "all", granted=False)], None, False),
    "all withdrawn at once": ([consent(EARLY), consent(EARLY, "all", granted=False)], None, False),
    "withdrawn at once with all given": ([consent(EARLY, granted=False), consent(EARLY, "all")], "opt_in", False),
    "given after all withdrawn": ([consent(EARLY, "all", granted=False), consent(LATE)], "opt_in", True),
    "all given later": ([consent(EARLY, granted=False), consent(LATE, "all")], "opt_in", True),
    "all given": ([consent(EARLY, "all")], "opt_in", True),
    "withdrawn after all given": ([consent(EARLY, "all"), consent(LATE, granted=False)], "opt_in", False),
    "another topic": ([consent(EARLY, "promotions")], "opt_in", False),
    "transactional": ([consent(EARLY, "orders", basis="transactional")], None, False),
    "customer without order": ([consent(EARLY, basis="existing_customer")], None, False),
    "withdrawn in the future": ([consent(EARLY), consent(NOW, granted=False)], "opt_in", True),
}


@pytest.mark.parametrize(("log", "basis", "newsletter"), LOGS.values(), ids=LOGS)
def test_consent_is_the_last_word_on_a_topic_or_on_all(warehouse: Warehouse, log: list[Row], basis: str | None, newsletter: bool) -> None:
    load(warehouse, NOW, *log)
    assert facts(warehouse, "email_consent", "sms_consent", "push_consent", "newsletter") == (basis, None, None, newsletter)


def test_the_widest_basis_counts_and_an_existing_customer_needs_an_order_that_stands(warehouse: Warehouse) -> None:
    load(warehouse, NOW, consent(EARLY, basis="existing_customer"), consent(EARLY, "all", channel="push", basis="existing_customer"))
    load(warehouse, NOW, consent(EARLY, "news", channel="sms"), consent(EARLY, "offers", channel="sms", basis="existing_customer"))
    names = ("email_consent", "newsletter", "sms_consent", "push_consent")
    assert facts(warehouse, *names) == (None, False, "opt_in", None)
    load(warehouse, NOW, order("o1", EARLY, cancelled_at=LATE))
    assert facts(warehouse, *names) == (None, False, "opt_in", None)
    load(warehouse, NOW, order("o2", EARLY))
    assert facts(warehouse, *names) == ("existing_customer", True, "opt_in", "existing_customer")
