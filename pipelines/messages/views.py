"""What templates see: the things a message can speak about, as typed objects. Anything may be missing where it says None."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Contact:
    contact_id: str
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    birth_date: date | None
    country: str | None
    created_at: datetime | None
    referral_code: str
    order_count: int
    last_order_at: datetime | None
    favourite_category: str | None
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Product:
    product_id: str
    name: str | None
    category: str | None
    url: str | None
    image_url: str | None
    price: Decimal | None
    stock: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cart or an order; `product` is None where the shop no longer knows it."""

    product: Product | None
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart as it stands now, not as it was when it triggered."""

    cart_id: str
    updated_at: datetime
    total: Decimal
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Order:
    order_id: str
    ordered_at: datetime
    status: str | None
    total: Decimal
    coupon_code: str | None
    shipped_at: datetime | None
    tracking_url: str | None
    expected_delivery_on: date | None
    delivered_at: datetime | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Event:
    event_id: str
    name: str | None
    starts_at: datetime
    ends_at: datetime | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Subscription:
    subscription_id: str
    plan: str | None
    started_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """The personal code that this run of the scenario gave the contact."""

    name: str
    code: str
    valid_until: datetime | None
