"""Which contract tables stand behind each column of `facts`: what a late source makes doubtful."""

import re

ORDERS = ("orders", "order_lines", "refunds")
BEHIND: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("email", "country", "locale", "timezone", "birth_date", "created_at"), ("contacts",)),
    **dict.fromkeys(
        ("first_order_at", "last_order_at", "days_since_order", "order_count", "average_gap_days", "gross_revenue", "average_order_value"), ("orders",)
    ),
    **dict.fromkeys(("orders_30d", "orders_90d", "orders_365d", "discounted_orders", "discount_share"), ("orders",)),
    **dict.fromkeys(("revenue", "revenue_30d", "revenue_90d", "revenue_365d"), ("orders", "refunds")),
    **dict.fromkeys(("items_bought", "largest_quantity"), ("orders", "order_lines")),
    **dict.fromkeys(("favourite_category", "bought"), ("orders", "order_lines", "products")),
    **dict.fromkeys(("top_interests", "visited", "clicked", "tagged"), ("site_events", "message_events", "order_lines", "products", "contact_tags")),
    **dict.fromkeys(("sessions_30d", "last_session_at"), ("sessions",)),
    **dict.fromkeys(("product_views_30d", "last_cart_at", "last_quote_at", "has_account"), ("site_events",)),
    **dict.fromkeys(("messages_180d", "opens_90d", "clicks_90d", "last_open_at", "last_click_at", "preferred_channel", "answers"), ("message_events",)),
    "engagement": ("message_events", "sessions", "orders"),
    "lead_score": ("site_events", "orders", "message_events"),
    **dict.fromkeys(("email_consent", "sms_consent", "push_consent", "newsletter"), ("consents",)),
}


def fact_sources(sql: str) -> set[str]:
    """Return the contract tables behind the columns of facts that *sql* names."""
    return {table for word in set(re.findall(r"[a-z_0-9]+", sql)) for table in BEHIND.get(word, ())}
