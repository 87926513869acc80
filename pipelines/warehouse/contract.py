"""
The contract: what a shop's sources are mapped to. One table a kind of fact, the grain and every column explained.

Rows live in `raw.<name>` as loaded; everybody reads `shop.<name>`, the same columns as they were at `as_of()`.
"""

from pipelines.warehouse.table import Column, Table, columns

LOADED = columns("""
    loaded_from VARCHAR! name of the source the row came from
    loaded_at TIMESTAMP! as_of of the tick that first loaded the row
    corrected_at TIMESTAMP as_of of the tick that loaded its last correction (same key, other values); null for none
""")


def _contract(name: str, grain: str, key: str, time: str, text: str) -> Table:
    return Table("raw", name, grain, columns(text) + LOADED, tuple(key.split(", ")), time)


CONTRACT: tuple[Table, ...] = (
    _contract(
        "contacts",
        "one row per contact",
        "contact_id",
        "created_at",
        """
        contact_id VARCHAR! the shop's own id of the contact
        email VARCHAR e-mail address, trimmed and in lower case; null when missing or not an address
        phone VARCHAR telephone in international form (+33612345678); null when missing or not a number
        first_name VARCHAR given name
        last_name VARCHAR family name
        birth_date DATE date of birth
        locale VARCHAR language, with or without country: fr, fr-CA
        country VARCHAR ISO 3166 code of two letters
        timezone VARCHAR IANA zone name; null when missing or unknown, then the project's zone serves
        created_at TIMESTAMP first known, UTC; before it the contact does not exist for a tick
        attributes JSON further values of the shop's own, an object
    """,
    ),
    _contract(
        "consents",
        "one row per change of a contact's consent, an event log",
        "contact_id, channel, topic, occurred_at",
        "occurred_at",
        """
        contact_id VARCHAR! who
        channel VARCHAR! email, sms, push…
        topic VARCHAR! what about: newsletter, promotions…; `all` speaks of every topic
        basis VARCHAR! legal basis check: basis in ('opt_in', 'existing_customer', 'transactional')
        granted BOOLEAN! true given, false withdrawn
        occurred_at TIMESTAMP! when, UTC
        proof VARCHAR what proves it: form and text version, import
    """,
    ),
    _contract(
        "products",
        "one row per product and change of its card: a history",
        "product_id, valid_from",
        "valid_from",
        """
        product_id VARCHAR! the shop's own id
        name VARCHAR name as shown
        category VARCHAR one category
        url VARCHAR page of the product
        image_url VARCHAR picture of the product
        price DECIMAL(18,2) selling price, project currency
        currency VARCHAR ISO 4217; null means the project's
        stock BIGINT pieces available; null when not counted
        valid_from TIMESTAMP! since when this row is true, UTC
    """,
    ),
    _contract(
        "orders",
        "one row per order",
        "order_id",
        "ordered_at",
        """
        order_id VARCHAR! the shop's own id
        contact_id VARCHAR who ordered; null for an unknown buyer
        cart_id VARCHAR cart it came from, where known
        ordered_at TIMESTAMP! when, UTC
        status VARCHAR the shop's own word
        total DECIMAL(18,2)! amount paid, project currency
        currency VARCHAR ISO 4217; null means the project's
        coupon_code VARCHAR code used, null for none
        shipped_at TIMESTAMP when it left, UTC
        tracking_url VARCHAR page where the parcel is followed
        expected_delivery_on DATE promised day
        delivered_at TIMESTAMP when it arrived, UTC
        cancelled_at TIMESTAMP when it was cancelled, UTC
    """,
    ),
    _contract(
        "order_lines",
        "one row per line of an order",
        "order_id, line_no",
        "",
        """
        order_id VARCHAR! the order
        line_no BIGINT! position in the order
        product_id VARCHAR what
        quantity DECIMAL(18,3)! how many
        unit_price DECIMAL(18,4)! price of one, project currency
    """,
    ),
    _contract(
        "refunds",
        "one row per refund",
        "refund_id",
        "refunded_at",
        """
        refund_id VARCHAR! the shop's own id
        contact_id VARCHAR who got money back
        order_id VARCHAR order it belongs to; null when not known
        refunded_at TIMESTAMP! when, UTC
        amount DECIMAL(18,2)! money given back, positive, project currency
    """,
    ),
    _contract(
        "sessions",
        "one row per visit of the site",
        "session_id",
        "started_at",
        """
        session_id VARCHAR! the visit
        visitor_id VARCHAR browser or device, known or not
        contact_id VARCHAR who, where known
        started_at TIMESTAMP! first page, UTC
        ended_at TIMESTAMP last page, UTC
        page_views BIGINT pages seen
        source VARCHAR where the visit came from: newsletter, search…
        device VARCHAR desktop, mobile, tablet
    """,
    ),
    _contract(
        "site_events",
        "one row per event on the site",
        "event_id",
        "occurred_at",
        """
        event_id VARCHAR! the event
        visitor_id VARCHAR browser or device
        contact_id VARCHAR who, where known
        session_id VARCHAR the visit
        occurred_at TIMESTAMP! when, UTC
        name VARCHAR! page_viewed, product_viewed, cart_updated, checkout_started, form_submitted, signed_up, subscribed, account_created, quote_requested
        url VARCHAR page
        product_id VARCHAR product it concerns
        cart_id VARCHAR cart it concerns
        cart_value DECIMAL(18,2) value of the whole cart after the event, project currency
        props JSON anything else, an object
    """,
    ),
    _contract(
        "cart_lines",
        "one row per line of the cart that an event is a snapshot of",
        "event_id, line_no",
        "",
        """
        event_id VARCHAR! the cart_updated or checkout_started event
        line_no BIGINT! position in the cart
        product_id VARCHAR what
        quantity DECIMAL(18,3)! how many
        unit_price DECIMAL(18,4)! price of one, project currency
    """,
    ),
    _contract(
        "message_events",
        "one row per thing that happened to a message",
        "event_id",
        "occurred_at",
        """
        event_id VARCHAR! the provider's id of the event
        message_key VARCHAR key of the message in outbox.messages, where the provider returns it
        provider_message_id VARCHAR the provider's id of the message
        contact_id VARCHAR who
        channel VARCHAR! email, sms, push…
        occurred_at TIMESTAMP! when, UTC
        kind VARCHAR! what happened check: kind in ('delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed', 'replied', 'failed')
        url VARCHAR link clicked
        reason VARCHAR provider's words; a bounce whose reason starts with `soft` is temporary, an opening whose reason starts with `machine` is no person's and reported apart, a click whose reason does is left out everywhere; the answer for a reply; the topic for an unsubscribe (null: everything)
    """,
    ),
    _contract(
        "calendar_events",
        "one row per event that contacts can attend",
        "event_id",
        "",
        """
        event_id VARCHAR! the event
        name VARCHAR title
        starts_at TIMESTAMP! beginning, UTC
        ends_at TIMESTAMP end, UTC
        url VARCHAR page of the event
    """,
    ),
    _contract(
        "registrations",
        "one row per contact and event registered for",
        "registration_id",
        "registered_at",
        """
        registration_id VARCHAR! the registration
        event_id VARCHAR! the event
        contact_id VARCHAR! who
        registered_at TIMESTAMP! when, UTC
        ticket_sent_at TIMESTAMP ticket sent, UTC
        status VARCHAR registered, attended, absent, cancelled
    """,
    ),
    _contract(
        "subscriptions",
        "one row per subscription",
        "subscription_id",
        "started_at",
        """
        subscription_id VARCHAR! the subscription
        contact_id VARCHAR! who
        plan VARCHAR what
        started_at TIMESTAMP! beginning, UTC
        expires_at TIMESTAMP end unless renewed, UTC
        renewed_at TIMESTAMP last renewal, UTC
        cancelled_at TIMESTAMP cancelled, UTC
    """,
    ),
    _contract(
        "survey_responses",
        "one row per answer to a survey",
        "response_id",
        "occurred_at",
        """
        response_id VARCHAR! the answer
        contact_id VARCHAR! who
        order_id VARCHAR order it is about
        score BIGINT 0 to 10
        comment VARCHAR their words
        occurred_at TIMESTAMP! when, UTC
    """,
    ),
    _contract(
        "referrals",
        "one row per step of a referral",
        "referral_id, kind",
        "occurred_at",
        """
        referral_id VARCHAR! the referral
        referrer_id VARCHAR! contact who recommends
        referee_id VARCHAR contact who was recommended, once known
        kind VARCHAR! what happened check: kind in ('invited', 'signed_up', 'purchased')
        occurred_at TIMESTAMP! when, UTC
    """,
    ),
    _contract(
        "stock_requests",
        "one row per contact and product asked to be told about",
        "contact_id, product_id, requested_at",
        "requested_at",
        """
        contact_id VARCHAR! who
        product_id VARCHAR! what
        requested_at TIMESTAMP! when, UTC
    """,
    ),
    _contract(
        "offer_codes",
        "one row per code of an offer: a code is given once",
        "offer, code",
        "",
        """
        offer VARCHAR! the offer
        code VARCHAR! the code
        contact_id VARCHAR who got it; null while free
        message_key VARCHAR message that carried it
        valid_until TIMESTAMP last instant it is good, UTC
        redeemed_at TIMESTAMP when used, UTC
    """,
    ),
    _contract(
        "product_relations",
        "one row per declared compatibility",
        "product_id, related_id, kind",
        "",
        """
        product_id VARCHAR! product bought
        related_id VARCHAR! product that goes with it
        kind VARCHAR! accessory, refill, set…
    """,
    ),
    _contract(
        "contact_tags",
        "one row per tag put on a contact",
        "contact_id, tag, added_at",
        "added_at",
        """
        contact_id VARCHAR! who
        tag VARCHAR! the word
        added_at TIMESTAMP! since, UTC
        removed_at TIMESTAMP until, UTC; null while it holds
        source VARCHAR who put it
    """,
    ),
    _contract(
        "push_subscriptions",
        "one row per browser or app that a contact lets the shop push to",
        "endpoint",
        "subscribed_at",
        """
        endpoint VARCHAR! address that a browser gives (PushSubscription.endpoint), or the token of an app (registration token of FCM, device token of APNs)
        contact_id VARCHAR! whose
        p256dh VARCHAR a browser's key (PushSubscription.getKey), base64url; null for an app
        auth VARCHAR a browser's secret, base64url; null for an app
        subscribed_at TIMESTAMP! since, UTC
        ended_at TIMESTAMP until, UTC; null while it holds
    """,
    ),
    _contract(
        "custom_events",
        "one row per event of the shop's own",
        "event_id",
        "occurred_at",
        """
        event_id VARCHAR! the event
        contact_id VARCHAR who
        occurred_at TIMESTAMP! when, UTC
        name VARCHAR! the shop's own word; scenarios say custom.<name>
        props JSON anything else, an object
    """,
    ),
)


def contract_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns a source fills: all but the three that the load writes."""
    return table.columns[: -len(LOADED)]


MILESTONES: dict[str, frozenset[str]] = {
    "orders": frozenset({"status", "shipped_at", "tracking_url", "expected_delivery_on", "delivered_at"}),
}
"""Columns that are filled in as time goes by: a change in them alone is no correction of what was counted before."""
