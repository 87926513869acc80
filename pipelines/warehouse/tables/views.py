"""The columns of the views that everybody reads; `views.sql` says how they are made."""

from dataclasses import replace

from pipelines.warehouse.contract import CONTRACT
from pipelines.warehouse.table import Table, table

_PRODUCTS = next(table for table in CONTRACT if table.name == "products")

VIEWS: tuple[Table, ...] = (
    *(replace(table, schema="shop", grain=f"{table.grain}, as it stood at as_of()") for table in CONTRACT),
    replace(_PRODUCTS, schema="shop", name="current_products", grain="one row per product: the card that is true at as_of()", key=("product_id",)),
    table(
        "shop.referral_codes",
        "one row per contact: the code in their personal link for friends",
        "contact_id",
        """
        referral_code VARCHAR! what `shop.referral_url` carries; the same for ever
        contact_id VARCHAR! whose it is
    """,
    ),
    table(
        "shop.purchases",
        "one row per line of an order that is not cancelled at as_of(), with who bought it and when",
        "order_id, line_no",
        """
        order_id VARCHAR! the order
        line_no BIGINT! position in the order
        contact_id VARCHAR who bought; null for a visitor not known
        ordered_at TIMESTAMP! when, UTC
        product_id VARCHAR what
        quantity DECIMAL(18,3)! how many
        unit_price DECIMAL(18,4)! price of one, project currency
    """,
        "ordered_at",
    ),
    table(
        "shop.activities",
        "one row per thing that a contact did, before as_of(): what triggers and conditions speak about",
        "name, activity_id",
        """
        activity_id VARCHAR the fact it comes from
        contact_id VARCHAR who; null for a visitor not known
        occurred_at TIMESTAMP when, UTC
        loaded_at TIMESTAMP as_of of the tick that could first see it
        name VARCHAR activity, one of the list below or custom.<name>
        key VARCHAR what it is about: the cart, the order, the product…
        value DECIMAL(18,2) its amount, where it has one
        props VARCHAR its other columns, a JSON object
    """,
        "occurred_at",
    ),
    table(
        "facts.contacts",
        "one row per contact, as of the last tick; windows are whole days of the project's zone. Each attribute declared in relance.toml is a further column",
        "contact_id",
        """
        contact_id VARCHAR! who
        email VARCHAR address, as now
        country VARCHAR as now
        locale VARCHAR as now; the project's where missing
        timezone VARCHAR as now; the project's where missing or unknown
        birth_date DATE as now
        created_at TIMESTAMP first known, UTC
        first_order_at TIMESTAMP first order that stands, UTC
        last_order_at TIMESTAMP last order that stands, UTC
        days_since_order BIGINT recency: calendar days from the last order to as_of, project zone
        order_count BIGINT! frequency: orders that stand, ever
        revenue DECIMAL(18,2)! monetary: paid for orders that stand, ever, minus refunds; a refund of a cancelled order does not count, nor does the order
        gross_revenue DECIMAL(18,2)! paid for orders that stand, ever
        average_order_value DECIMAL(18,2) gross_revenue per order; null without orders
        orders_30d BIGINT! orders of the last 30 days
        orders_90d BIGINT! orders of the last 90 days
        orders_365d BIGINT! orders of the last 365 days
        revenue_30d DECIMAL(18,2)! paid in the last 30 days minus refunds made in them
        revenue_90d DECIMAL(18,2)! the same, 90 days
        revenue_365d DECIMAL(18,2)! the same, 365 days
        items_bought BIGINT! pieces bought in orders that stand, ever (rounded down per line)
        largest_quantity BIGINT! most pieces of one line of an order that stands, ever (rounded down); 0 for none
        average_gap_days DOUBLE elapsed days from first to last order, divided by orders minus one; null under two orders
        discounted_orders BIGINT! orders that stand with a coupon
        discount_share DOUBLE share of orders with a coupon; null without orders
        favourite_category VARCHAR category bought most (lines), then by name; null for none
        top_interests VARCHAR up to three categories by interest, strongest first, separated by commas: visited + 3 clicked + 5 bought + 10 tagged, then by name; null for none
        sessions_30d BIGINT! visits of the last 30 days
        last_session_at TIMESTAMP start of the last visit, UTC
        product_views_30d BIGINT! product pages seen in the last 30 days
        last_cart_at TIMESTAMP last cart update or check-out opened, UTC
        last_quote_at TIMESTAMP last quote asked for, UTC
        has_account BOOLEAN! ever signed up or made an account on the site
        messages_180d BIGINT! messages delivered in the last 180 days
        opens_90d BIGINT! opens of the last 90 days; weak evidence
        clicks_90d BIGINT! clicks of the last 90 days
        last_open_at TIMESTAMP last open, UTC
        last_click_at TIMESTAMP last click, UTC
        engagement VARCHAR! by last click, visit or order: active (30 days), recent (90), at_risk (180), inactive check: engagement in ('active', 'recent', 'at_risk', 'inactive')
        lead_score BIGINT! points in force: initial plus the rules of settings, each over its own number of days
        preferred_channel VARCHAR channel with most clicks and replies, ever; then by name; null without any
        email_consent VARCHAR basis of the widest standing consent by e-mail, on any topic: opt_in, existing_customer (while an order stands); null for none
        sms_consent VARCHAR the same by SMS
        push_consent VARCHAR the same by push
        newsletter BOOLEAN! consent to the newsletter by e-mail stands, given for it or for all topics
    """,
    ),
    table(
        "facts.interests",
        "one row per contact and category touched",
        "contact_id, category",
        """
        contact_id VARCHAR! who
        category VARCHAR! product category, or tag
        visited BIGINT! product pages seen, ever, of products whose category it is as of now
        clicked BIGINT! message links clicked that lead to a product of the category
        bought BIGINT! order lines bought that stand
        tagged BIGINT! 1 while a tag of that name holds
    """,
    ),
    table(
        "facts.attributes",
        "one row per contact and declared attribute they have",
        "contact_id, attribute",
        """
        contact_id VARCHAR! who
        attribute VARCHAR! its name in relance.toml
        value VARCHAR! as it was said: the latest answer, else what the contacts file says under that name
        answered_at TIMESTAMP when it was said, UTC; null for the contacts file
        activity VARCHAR activity that said it; null for the contacts file
        activity_id VARCHAR the fact it comes from; null for the contacts file
    """,
    ),
    table(
        "facts.channels",
        "one row per contact and channel answered",
        "contact_id, channel",
        """
        contact_id VARCHAR! who
        channel VARCHAR! channel
        answers BIGINT! clicks and replies, ever
    """,
    ),
    table(
        "facts.bought_together",
        "one row per product and product bought together with it, in the orders that stand of the 365 days before today (`[bought_together]` of the settings says otherwise); as of the first tick of the day",
        "product_id, related_id",
        """
        product_id VARCHAR! the product
        related_id VARCHAR! what is bought with it
        support BIGINT! orders that hold both; at least 3, unless the settings say otherwise
        confidence DOUBLE! of the orders with the product, the share that hold the other too
        lift DOUBLE! how many times more often they meet in an order than two products that have nothing to do with each other; above 1
        place BIGINT! 1 for what has the highest support times lift with the product, then by lift, then by id
    """,
    ),
)
