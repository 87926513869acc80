"""What facts are counted into."""

from pipelines.warehouse.table import Table, table

TABLES: tuple[Table, ...] = (
    table(
        "facts.stored_contacts",
        "one row per contact, and per id whose contact is not known yet: what facts.contacts is read from",
        "contact_id",
        """
        contact_id VARCHAR! who
        known BOOLEAN! true where shop.contacts has the contact; false while only its doings have been seen
        email VARCHAR address, as now
        country VARCHAR as now
        locale VARCHAR as now; the project's where missing
        timezone VARCHAR as now; the project's where missing or unknown
        birth_date DATE as now
        created_at TIMESTAMP first known, UTC
        first_order_at TIMESTAMP first order that stands, UTC
        last_order_at TIMESTAMP last order that stands, UTC
        last_order_on DATE its day in the project's zone
        order_count BIGINT! orders that stand, ever
        gross_revenue DECIMAL(18,2)! paid for orders that stand, ever
        refunded DECIMAL(18,2)! refunds that count, ever
        orders_30d BIGINT! orders of the last 30 days
        orders_90d BIGINT! orders of the last 90 days
        orders_365d BIGINT! orders of the last 365 days
        revenue_30d DECIMAL(18,2)! paid in the last 30 days minus refunds made in them
        revenue_90d DECIMAL(18,2)! the same, 90 days
        revenue_365d DECIMAL(18,2)! the same, 365 days
        items_bought BIGINT! pieces bought, ever
        largest_quantity BIGINT! most pieces of one line, ever
        discounted_orders BIGINT! orders that stand with a coupon
        favourite_category VARCHAR category bought most
        top_interests VARCHAR up to three categories by interest
        sessions_30d BIGINT! visits of the last 30 days
        last_session_at TIMESTAMP start of the last visit, UTC
        product_views_30d BIGINT! product pages seen in the last 30 days
        last_cart_at TIMESTAMP last cart update or check-out, UTC
        last_quote_at TIMESTAMP last quote asked for, UTC
        has_account BOOLEAN! ever signed up or made an account
        messages_180d BIGINT! messages delivered in the last 180 days
        opens_90d BIGINT! opens of the last 90 days
        clicks_90d BIGINT! clicks of the last 90 days
        last_open_at TIMESTAMP last open, UTC
        last_click_at TIMESTAMP last click, UTC
        lead_score BIGINT! points in force
        preferred_channel VARCHAR channel with most clicks and replies
        email_basis VARCHAR basis of the widest standing consent by e-mail, whether or not an order stands behind it
        sms_basis VARCHAR the same by SMS
        push_basis VARCHAR the same by push
        newsletter_basis VARCHAR basis of the standing consent to the newsletter by e-mail
        contact_no BIGINT the contact's number within facts, new with each count from the whole history: quicker to search for than a text
        attributes JSON the declared attributes by name, as they were said; null for none
    """,
    ),
    table(
        "facts.stored_interests",
        "one row per contact or id not known yet, and category touched: what facts.interests is read from",
        "contact_id, category",
        """
        contact_id VARCHAR! who
        category VARCHAR! product category, or tag
        visited BIGINT! product pages seen
        clicked BIGINT! message links clicked that lead to a product of the category
        bought BIGINT! order lines bought that stand
        tagged BIGINT! 1 while a tag of that name holds
        contact_no BIGINT the contact's number in facts.stored_contacts
    """,
    ),
    table(
        "facts.stored_channels",
        "one row per contact or id not known yet, and channel answered: what facts.channels is read from",
        "contact_id, channel",
        """
        contact_id VARCHAR! who
        channel VARCHAR! channel
        answers BIGINT! clicks and replies, ever
    """,
    ),
    table(
        "facts.stored_attributes",
        "one row per contact or id not known yet, and declared attribute they have: what facts.attributes is read from",
        "contact_id, attribute",
        """
        contact_id VARCHAR! who
        attribute VARCHAR! its name in relance.toml
        value VARCHAR! as it was said
        answered_at TIMESTAMP when it was said, UTC; null for what the contacts file says
        activity VARCHAR activity that said it; null for the contacts file
        activity_id VARCHAR the fact it comes from; null for the contacts file
    """,
    ),
    table(
        "facts.unread_answers",
        "one row per answer, or value in the contacts file, that is not of its attribute's type and does not count",
        "contact_id, attribute, activity, activity_id",
        """
        contact_id VARCHAR! who
        attribute VARCHAR! its name in relance.toml
        said VARCHAR! what was said
        answered_at TIMESTAMP when, UTC; null for the contacts file
        activity VARCHAR activity; null for the contacts file
        activity_id VARCHAR the fact it comes from; null for the contacts file
        loaded_at TIMESTAMP! as_of of the tick that could first see it
    """,
    ),
    table(
        "facts.products",
        "one row per product: the category and page that interests were last counted with",
        "product_id",
        """
        product_id VARCHAR! the product
        category VARCHAR its category
        page VARCHAR its address without what follows a question mark
    """,
    ),
    table(
        "facts.unplaced",
        "one row per product or page that was touched while no category was known for it",
        "kind, ref",
        """
        kind VARCHAR! what was touched check: kind in ('product', 'page')
        ref VARCHAR! product, or address without what follows a question mark
    """,
    ),
    table(
        "facts.awaited_orders",
        "one row per order that lines were loaded for and that was not loaded itself",
        "order_id",
        """
        order_id VARCHAR! the order
    """,
    ),
    table(
        "facts.baskets",
        "one row per order that counts for facts.bought_together, and product of it",
        "order_id, product_id",
        """
        ordered_at TIMESTAMP! when, UTC
        order_id VARCHAR! the order
        product_id VARCHAR! what it holds
    """,
    ),
    table(
        "facts.pairs",
        "one row per two products that orders of facts.baskets hold, the first in the order of their ids; and per product with itself",
        "product_id, related_id",
        """
        product_id VARCHAR! the first
        related_id VARCHAR! the second, or the first again
        orders BIGINT! orders that hold both
    """,
    ),
    table(
        "facts.stored_together",
        "one row per product and product bought together with it: what facts.bought_together is read from",
        "product_id, related_id",
        """
        product_id VARCHAR! the product
        related_id VARCHAR! what is bought with it
        support BIGINT! orders that hold both
        confidence DOUBLE! share of the orders with the product that hold the other too
        lift DOUBLE! how many times more often than by chance
        place BIGINT! 1 for the highest support times lift of the product
    """,
    ),
    table(
        "facts.together_state",
        "one row: what pairs were last counted for; none where nobody reads them",
        "",
        """
        as_of TIMESTAMP! tick
        day DATE! project day whose beginning the year of orders ends with
        orders BIGINT! orders that count
        loaded_until TIMESTAMP! latest load that was counted: after as_of where a later tick was begun and given up
        rules VARCHAR! fingerprint of the settings that pairs depend on
    """,
    ),
    table(
        "facts.state",
        "one row: what facts were last counted for",
        "",
        """
        as_of TIMESTAMP! tick
        day DATE! project day that windows end with
        since_30d TIMESTAMP! first instant of the window of 30 days, UTC
        since_90d TIMESTAMP! the same, 90 days
        since_180d TIMESTAMP! the same, 180 days
        loaded_until TIMESTAMP! latest load that was counted: after as_of where a later tick was begun and given up
        rules VARCHAR! fingerprint of the settings that facts depend on
    """,
    ),
)
