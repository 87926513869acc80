"""Whatever contacts do can begin a scenario: each activity of the dictionary, told once."""

from pipelines.warehouse.activities import activities
from tests.journeys.world import empty_world, scenario, utc

EXIT = [{"exit": "in"}]


def test_every_activity_can_begin_a_scenario() -> None:
    world, at, later = empty_world(), utc("2026-01-05 10:00"), utc("2026-01-05 12:00")
    for contact in ("ann", "bob"):
        world.contact(contact)
    for name in (
        "cart_updated",
        "checkout_started",
        "page_viewed",
        "product_viewed",
        "form_submitted",
        "quote_requested",
        "signed_up",
        "subscribed",
        "account_created",
    ):
        world.row("site_events", at, event_id=name, contact_id="ann", occurred_at=at, name=name)
    for kind in ("opened", "clicked", "delivered", "bounced", "complained", "replied", "unsubscribed"):
        world.row("message_events", at, event_id=kind, message_key="k", contact_id="ann", channel="sms", occurred_at=at, kind=kind, reason="Yes")
    for kind in ("signed_up", "purchased"):
        world.row("referrals", at, referral_id="f", referrer_id="ann", referee_id="bob", kind=kind, occurred_at=at)
    world.row("calendar_events", at, event_id="fair", name="Fair", starts_at=at, ends_at=later)
    for contact, status in (("ann", "attended"), ("bob", "absent")):
        world.row("registrations", at, registration_id=contact, event_id="fair", contact_id=contact, registered_at=at, ticket_sent_at=later, status=status)
    world.row("orders", at, order_id="o", contact_id="ann", ordered_at=at, total=10, shipped_at=later, delivered_at=later)
    world.row("orders", at, order_id="p", contact_id="ann", ordered_at=at, total=10, cancelled_at=later, coupon_code="C")
    world.row("refunds", at, refund_id="r", contact_id="ann", order_id="o", refunded_at=later, amount=1)
    world.row("sessions", at, session_id="s", contact_id="ann", started_at=at, page_views=1)
    world.row("stock_requests", at, contact_id="ann", product_id="lamp", requested_at=at)
    world.row("subscriptions", at, subscription_id="b", contact_id="ann", started_at=at, expires_at=utc("2027-01-05 10:00"), renewed_at=later)
    world.row("survey_responses", at, response_id="v", contact_id="ann", order_id="o", score=9, occurred_at=at)
    world.row("contact_tags", at, contact_id="ann", tag="hot", added_at=at)
    world.row("offer_codes", at, offer="x", code="C", contact_id="ann", redeemed_at=later)
    world.row("custom_events", at, event_id="c", contact_id="ann", occurred_at=at, name="demo")
    names = {name: "custom.demo" if name == "custom" else name for name in activities()}
    told = [scenario(EXIT, name=name, trigger={"activity": activity}) for name, activity in names.items()]
    for answer in ("yes", "no"):
        told.append(scenario(EXIT, name=f"said_{answer}", trigger={"activity": "message_replied", "where": f"lower(reason) = '{answer}'"}))
    world.ticks_at(["2026-01-05 06:00", "2026-01-06 06:00"], *told)
    assert {name for (name,) in world.warehouse.rows("select scenario from journeys.enrolments")} == {*names, "said_yes"}
