"""A message with the longest values that are likely: what its length is judged by before any contact gets it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from pipelines.messages.message_library import Key, MessageLibrary, Template
from pipelines.messages.render import DueMessage, InvalidContent, Unsound, example, render
from pipelines.messages.views import Cart, Contact, Event, Line, Offer, Order, Product, Subscription
from senders.message import Message

WHEN = datetime(2026, 9, 28, 20, 30, tzinfo=UTC).replace(tzinfo=None)
AMOUNT = Decimal("1249.90")
WORD = "1234567890ab"
"""A text nothing is known of, as long as an id or a tag often is."""
KEY = "0" * 32
BY_TYPE = {"TIMESTAMP": WHEN, "DATE": WHEN.date(), "BIGINT": 1250, "INTEGER": 1250, "HUGEINT": 1250, "DOUBLE": 1249.9, "BOOLEAN": True}
"""A likely long value of each type; decimals are amounts."""


class _Whatever(dict[str, Any]):
    """Values of the shop's own, whatever they are called."""

    def __missing__(self, key: str) -> str:
        return WORD


def longest(library: MessageLibrary, message: str, channel: str, locale: str, category: str, trigger: Mapping[str, str]) -> str:
    """Return the longest text that *message* is likely to be on a channel; *trigger* are the types of its trigger's values. Empty where it cannot be made."""
    return max((each.text for each in _made(library, (message, channel, locale), category, trigger)), key=len, default="")


def pages(library: MessageLibrary, message: str, locale: str, category: str, trigger: Mapping[str, str]) -> list[str]:
    """Return the HTML that *message* may turn out to be as an e-mail, with the longest likely values as in `longest`, the largest first."""
    return sorted({each.html for each in _made(library, (message, "email", locale), category, trigger)}, key=len, reverse=True)


def unsound(library: MessageLibrary, message: str, locale: str, category: str, trigger: Mapping[str, str]) -> str:
    """Return what is wrong with the MJML that the pieces of an e-mail's template make together, if anything."""
    return next((each.detail for each in _outcomes(library, (message, "email", locale), category, trigger) if isinstance(each, Unsound)), "")


def _made(library: MessageLibrary, template: Key, category: str, trigger: Mapping[str, str]) -> list[Message]:
    return [each for each in _outcomes(library, template, category, trigger) if isinstance(each, Message)]


def _outcomes(library: MessageLibrary, template: Key, category: str, trigger: Mapping[str, str]) -> Iterator[Message | InvalidContent]:
    message, channel, locale = template
    locale_of_contact = locale or library.project.settings.project.locale
    row = DueMessage(KEY, WORD, channel, "+33612345678", category, message, locale_of_contact, WORD, message, WORD)
    return (render(library, example(row), context, WHEN) for context in likely_contexts(library, message, channel, locale, trigger))


def likely_contexts(library: MessageLibrary, message: str, channel: str, locale: str, trigger: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield everything known, then with no offer, each for members of every segment and of none."""
    url = library.project.settings.shop.url
    product = Product(WORD, "Stoneware salad bowl with two spoons", "Kitchen and garden", f"{url}/p/stoneware-salad-bowl", None, AMOUNT, 12)
    lines = (Line(product, Decimal(12), AMOUNT, AMOUNT),) * 3
    found = library.find(message, channel, locale)
    data = found.data.columns if isinstance(found, Template) and found.data else {}
    attributes = {name: value_of(kind) for name, kind in library.project.settings.attribute_types.items()}
    seen: dict[str, Any] = {
        "contact": Contact(
            WORD, "marie-christine.lefebvre@mail.example", "+33612345678", "Marie-Christine", "Lefebvre-Dupont", date(1978, 9, 28), "FR", WHEN,
            "r1234567890abcdef", 128, WHEN, "Kitchen and garden", _Whatever(attributes),
        ),
        "timezone": library.project.settings.project.timezone,
        "trigger": _Whatever({name: value_of(kind) for name, kind in trigger.items()} | {"activity": WORD, "occurred_at": WHEN}),
        "order": Order(WORD, WHEN, "shipped", AMOUNT, WORD, WHEN, f"{url}/parcels/LX123456789FR", WHEN.date(), WHEN, lines),
        "cart": Cart(WORD, WHEN, AMOUNT, lines),
        "product": product,
        "event": Event(WORD, "Cooking with the seasons, an evening", WHEN, WHEN, f"{url}/events/cooking-with-the-seasons"),
        "subscription": Subscription(WORD, "Every month, large", WHEN, WHEN),
        "recommendations": (product,) * 3,
        "data": SimpleNamespace(**{name: value_of(kind) for name, kind in data.items()}),
    }  # fmt: skip
    for offer in (Offer(WORD, "COM-1234567890", WHEN), None):
        for member in (True, False):
            yield {**seen, "offer": offer, "in_segment": lambda _, member=member: member}


def value_of(kind: str) -> Any:
    """Return a likely long value of a column's type."""
    return AMOUNT if kind.startswith("DECIMAL") else BY_TYPE.get(kind, WORD)
