"""Which contract tables stand behind what is read: activities, views of the shop, columns of `facts`. What a late source makes doubtful."""

from collections.abc import Iterable, Mapping, Set
from functools import cache

import sqlglot
import sqlglot.expressions as exp

from pipelines.settings import Settings
from pipelines.warehouse.activities import activities, known_activity
from pipelines.warehouse.schema import BY_NAME

BEHIND: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("email", "country", "locale", "timezone", "birth_date", "created_at"), ("contacts",)),
    **dict.fromkeys(
        ("first_order_at", "last_order_at", "days_since_order", "order_count", "average_gap_days", "gross_revenue", "average_order_value"), ("orders",)
    ),
    **dict.fromkeys(("orders_30d", "orders_90d", "orders_365d", "discounted_orders", "discount_share"), ("orders",)),
    **dict.fromkeys(("revenue", "revenue_30d", "revenue_90d", "revenue_365d"), ("orders", "refunds")),
    **dict.fromkeys(("items_bought", "largest_quantity"), ("orders", "order_lines")),
    **dict.fromkeys(("favourite_category", "bought"), ("orders", "order_lines", "products")),
    "visited": ("site_events", "products"),
    "clicked": ("message_events", "products"),
    "tagged": ("contact_tags",),
    "top_interests": ("site_events", "message_events", "orders", "order_lines", "products", "contact_tags"),
    **dict.fromkeys(("sessions_30d", "last_session_at"), ("sessions",)),
    **dict.fromkeys(("product_views_30d", "last_cart_at", "last_quote_at", "has_account"), ("site_events",)),
    **dict.fromkeys(("messages_180d", "opens_90d", "clicks_90d", "last_open_at", "last_click_at", "preferred_channel", "answers"), ("message_events",)),
    "engagement": ("message_events", "sessions", "orders"),
    **dict.fromkeys(("email_consent", "sms_consent", "push_consent", "newsletter"), ("consents",)),
}
"""Contract tables by column of `facts`, but for the lead score and attributes: the settings say what they come from."""

BEHIND_TOGETHER = frozenset({"orders", "order_lines"})
"""Contract tables behind `facts.bought_together`."""


def behind_activities(names: Iterable[str]) -> set[str]:
    """Return the contract tables that the activities *names* come from."""
    kinds = [kind for name in names if (kind := known_activity(name))]
    named = {table.name for kind in kinds for table in kind.query.find_all(exp.Table) if table.db == "shop"}
    return {table for name in named for table in behind_view(name)}


def behind_facts(settings: Settings) -> set[str]:
    """Return every contract table that facts are counted from."""
    return {"contacts", *(table for tables in BEHIND.values() for table in tables), *behind_columns({"lead_score", *settings.attributes}, settings)}


def behind_columns(names: Iterable[str], settings: Settings) -> set[str]:
    """Return the contract tables behind columns of `facts`, the lead score and attributes by what the settings say; other names have none."""
    wanted = set(names)
    said = behind_activities(rule.activity for rule in settings.lead_score.rules) if "lead_score" in wanted else set()
    for name in wanted & settings.attributes.keys():
        said |= {"contacts", *behind_activities(settings.attributes[name].activity)}
    return {table for name in wanted for table in BEHIND.get(name, ())} | said


def behind_view(view: str) -> set[str]:
    """Return the contract tables behind a name of `shop`."""
    match view:
        case "activities":
            return behind_activities(activities())
        case "current_products":
            return {"products"}
        case "referral_codes":
            return {"contacts"}
        case "offer_codes":
            return {"offer_codes", "orders"}
        case "purchases":
            return {"orders", "order_lines"}
        case _:
            return {view}


def behind_query(views: Iterable[str], columns: Set[str], settings: Settings) -> set[str]:
    """
    Return the contract tables behind a query that reads *views*, written `schema.table`, and names *columns*.

    Whoever reads a view of `facts` other than its contacts, and names none of its counts, asks whether there is a row: every count may have made it.
    """
    found = behind_columns(columns, settings)
    for schema, name in (view.split(".") for view in views):
        counts = BEHIND.keys() & BY_NAME[f"{schema}.{name}"].column_names
        match schema:
            case "shop":
                found |= behind_view(name)
            case "facts" if name == "bought_together":
                found |= BEHIND_TOGETHER
            case "facts" if name == "attributes":
                found |= behind_columns(settings.attributes, settings)
            case "facts" if name != "contacts" and not counts & columns:
                found |= behind_columns(counts, settings)
    return found


@cache
def columns_named(sql: str) -> frozenset[str]:
    """Return the columns that *sql*, a query or a condition, names."""
    return frozenset(column.name for column in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Column))
