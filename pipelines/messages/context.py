"""What the templates of a batch of messages see: a few set-based statements, then one context per message."""

import json
from collections import defaultdict, namedtuple
from collections.abc import Iterable, Mapping, Set
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import sqlglot.expressions as exp

from pipelines.messages.data import VARIABLE, MessageData, data_of
from pipelines.messages.views import Cart, Contact, Event, Line, Offer, Order, Product, Subscription
from pipelines.settings import Project
from pipelines.warehouse.build import attribute_value
from pipelines.warehouse.duckdb import Warehouse

HERE = Path(__file__).parent
OBJECTS = json.JSONDecoder(parse_float=Decimal)
NOWHERE: frozenset[str] = frozenset()
Context = Mapping[str, Any]
Row = dict[str, Any]
MessageRow = namedtuple(
    "MessageRow",
    "message_key activity triggered_at trigger_data order_id cart_id product_id "
    "contact_id email phone first_name last_name birth_date country timezone created_at attributes "
    "referral_code order_count last_order_at favourite_category offer code valid_until "
    "event_id event_name starts_at ends_at event_url subscription_id plan started_at expires_at",
)
"""The columns of messages.sql, in their order."""


def contexts(warehouse: Warehouse, project: Project, variables: Set[str], data: Iterable[MessageData] = ()) -> dict[str, Context | str]:
    """
    Return, by message key, what the templates of the rows of `to_render` see; *variables* are those they use, *data* the
    `data.sql` files beside them. A text says why a message has no context; a contact who is gone has none.

    `to_render` is a temporary table with the columns of outbox.messages. Runs
    inside `warehouse.at(as_of)`; better called once for thousands of messages than for each.
    """
    warehouse.run(HERE / "triggers.sql")
    return contexts_of_triggers(warehouse, project, variables, data)


def contexts_of_triggers(warehouse: Warehouse, project: Project, variables: Set[str], data: Iterable[MessageData] = ()) -> dict[str, Context | str]:
    """Return the same for the rows of the temporary table `render_triggers`."""
    warehouse.run(HERE / "subjects.sql")
    subjects = _Subjects(warehouse, project, variables)
    rows = map(MessageRow._make, warehouse.rows(HERE / "messages.sql"))
    seen: dict[str, Context | str] = {row.message_key: _context(row, subjects) for row in rows}
    for key, given in data_of(warehouse, data).items():
        context = seen.get(key)
        if not isinstance(context, str | None):
            seen[key] = given if isinstance(given, str) else {**context, VARIABLE: given}
    return seen


class _Subjects:
    """What the batch speaks about, each thing looked up once: products, carts, orders, recommendations, segments, declared attributes."""

    def __init__(self, warehouse: Warehouse, project: Project, variables: Set[str]) -> None:
        self.zone, self.with_trigger = project.settings.project.timezone, "trigger" in variables
        self.without_attributes = dict.fromkeys(project.settings.attributes)
        self.attributes = _attributes(warehouse, project.settings.attribute_types)
        self.segments: defaultdict[str, set[str]] = defaultdict(set)
        if "in_segment" in variables:
            for contact_id, segment in warehouse.rows(HERE / "segments.sql"):
                self.segments[contact_id].add(segment)
        has_lines = bool(warehouse.value("select count(order_id) + count(cart_id) from render_subjects"))
        warehouse.run(HERE / ("orders_and_carts.sql" if has_lines else "no_orders_or_carts.sql"))
        warehouse.run(HERE / ("recommendations.sql" if "recommendations" in variables else "no_recommendations.sql"))
        self.products = {row["product_id"]: _product(row, project.settings.shop.url) for row in warehouse.records(HERE / "products.sql")}
        lines: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
        for kind, key, product_id, quantity, unit_price in warehouse.rows(HERE / "lines.sql") if has_lines else ():
            lines[kind, key].append(Line(self.products.get(product_id), quantity, unit_price, round(quantity * unit_price, 2)))
        carts, orders = (warehouse.records(HERE / file) if has_lines else [] for file in ("carts.sql", "orders.sql"))
        self.carts = {row["cart_id"]: _cart(row, tuple(lines["cart", row["cart_id"]])) for row in carts}
        self.orders = {row["order_id"]: _order(row, tuple(lines["order", row["order_id"]])) for row in orders}
        self.recommendations: defaultdict[str, list[Product]] = defaultdict(list)
        for message_key, product_id in warehouse.rows(HERE / "recommended.sql"):
            self.recommendations[message_key].append(self.products[product_id])


def _context(row: MessageRow, subjects: _Subjects) -> Context:
    trigger = _object(row.trigger_data) if subjects.with_trigger else {}
    return {
        "contact": _contact(row, subjects.attributes.get(row.contact_id, subjects.without_attributes)),
        "timezone": row.timezone or subjects.zone,
        "trigger": {**trigger, "activity": row.activity, "occurred_at": row.triggered_at},
        "order": subjects.orders.get(row.order_id),
        "cart": subjects.carts.get(row.cart_id),
        "product": subjects.products.get(row.product_id),
        "event": row.event_id and Event(row.event_id, row.event_name, row.starts_at, row.ends_at, _address(row.event_url)),
        "subscription": row.subscription_id and Subscription(row.subscription_id, row.plan, row.started_at, row.expires_at),
        "offer": row.code and Offer(row.offer, row.code, row.valid_until),
        "recommendations": tuple(subjects.recommendations.get(row.message_key, ())),
        "in_segment": subjects.segments.get(row.contact_id, NOWHERE).__contains__,
    }


def _attributes(warehouse: Warehouse, types: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """
    Return, by contact of `render_subjects`, every declared attribute: None where the contact has none of it.

    They are read where they are stored: facts.contacts has those that were declared when it was last opened for writing, and a preview comes before.
    """
    if not types:
        return {}
    whose = exp.column("contact_id", table="c").isin(query=exp.select("contact_id").from_("render_subjects"))
    asked = exp.select("c.contact_id", *(attribute_value(name, kind) for name, kind in types.items())).from_("facts.stored_contacts AS c").where(whose)
    found = warehouse.rows(asked.sql(dialect="duckdb"))
    return {row[0]: {name: _number(value) if isinstance(value, Decimal) else value for name, value in zip(types, row[1:], strict=True)} for row in found}


def _number(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value.normalize()


def _contact(row: MessageRow, attributes: Mapping[str, Any]) -> Contact:
    return Contact(
        contact_id=row.contact_id,
        email=row.email,
        phone=row.phone,
        first_name=_words(row.first_name),
        last_name=_words(row.last_name),
        birth_date=row.birth_date,
        country=row.country,
        created_at=row.created_at,
        referral_code=row.referral_code,
        order_count=row.order_count,
        last_order_at=row.last_order_at,
        favourite_category=row.favourite_category,
        attributes={**_object(row.attributes), **attributes},
    )


def _product(row: Row, shop_url: str) -> Product:
    values = row | {"name": _words(row["name"]), "url": _address(row["url"], shop_url), "image_url": _address(row["image_url"], shop_url)}
    return Product(**values)


def _cart(row: Row, lines: tuple[Line, ...]) -> Cart:
    total = row["cart_value"] if row["cart_value"] is not None else sum((line.amount for line in lines), Decimal())
    return Cart(row["cart_id"], row["updated_at"], total, lines)


def _order(row: Row, lines: tuple[Line, ...]) -> Order:
    return Order(**row | {"tracking_url": _address(row["tracking_url"])}, lines=lines)


def _object(text: str | None) -> dict[str, Any]:
    value = OBJECTS.decode(text) if text else {}
    return value if isinstance(value, dict) else {}


def _words(text: str | None) -> str | None:
    """Return *text* on one line, or None where nothing is left of it."""
    return " ".join((text or "").split()) or None


def _address(url: str | None, base: str = "") -> str | None:
    """Return *url* as a whole web address, or None: a link of a message never leads elsewhere than to the web."""
    whole = urljoin(f"{base}/", url.strip()) if url and url.strip() else ""
    return whole if whole.startswith(("https://", "http://")) else None
