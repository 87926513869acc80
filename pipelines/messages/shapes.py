"""What is known of each value a template can name, before there is any: its attributes, and whether it may be empty."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from pipelines.messages.views import Cart, Contact, Event, Offer, Order, Product, Subscription
from pipelines.settings import ShopSettings


@dataclass(frozen=True)
class Shape:
    """
    One value. `of` says what it is in data (`product.name`), nothing for what is not from there.

    `fields` None stands for attributes nobody knows; `items` is what a loop over it gives.
    """

    of: str = ""
    fields: "Mapping[str, Shape] | None" = None
    items: "Shape | None" = None
    may_be_empty: bool = False


UNKNOWN = Shape()
VIEWS: Mapping[str, type] = {"product": Product, "cart": Cart, "order": Order, "event": Event, "subscription": Subscription, "offer": Offer}
"""What a message may be about: there, or not."""


def _shape(of: str, hint: Any, *, may_be_empty: bool = False) -> Shape:
    kinds = [kind for kind in get_args(hint) if kind is not NoneType] if NoneType in get_args(hint) else []
    if kinds:
        return _shape(of, kinds[0], may_be_empty=True)
    if get_origin(hint) is tuple:
        return Shape(of, {}, _shape("", get_args(hint)[0]))
    if is_dataclass(hint) and isinstance(hint, type):
        hints, name = get_type_hints(hint), hint.__name__.lower()
        return Shape(of, {field.name: _shape(f"{name}.{field.name}", hints[field.name]) for field in fields(hint)}, may_be_empty=may_be_empty)
    return Shape(of, None, may_be_empty=may_be_empty)


SHAPES: Mapping[str, Shape] = {
    "contact": _shape("contact", Contact),
    **{name: _shape(name, view, may_be_empty=True) for name, view in VIEWS.items()},
    "recommendations": Shape(items=_shape("", Product)),
    "trigger": Shape("trigger"),
    "shop": Shape(fields={name: Shape() for name in ShopSettings.model_fields}),
}
"""Every variable of a known shape."""


def named(of: str, names: Mapping[str, Any] | frozenset[str], *, may_be_empty: bool) -> Shape:
    """Return the shape of something that has exactly the attributes *names*."""
    return Shape(of, {name: Shape(f"{of}.{name}", may_be_empty=may_be_empty) for name in names})


def attribute(owner: Shape, name: str) -> Shape | None:
    """Return the shape of an attribute; None where there is none of that name. What a trigger or a shop adds may always be empty."""
    if owner.of in ("trigger", "contact.attributes"):
        return Shape(f"{owner.of}.{name}", may_be_empty=name != "occurred_at")
    return UNKNOWN if owner.fields is None else owner.fields.get(name)
