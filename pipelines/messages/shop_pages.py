"""Pages of the shop that messages lead to: address patterns of the settings, filled in with what a message is about."""

from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import quote

from pipelines.settings import ShopSettings

PAGES = {
    "cart_url": ("cart", "cart_id"), "order_url": ("order", "order_id"), "subscription_url": ("subscription", "subscription_id"),
    "survey_url": ("order", "order_id"), "referral_url": ("contact", "referral_code"),
}  # fmt: skip
"""By variable, which is the setting's name too: what the page is about, and the value that its address carries as a placeholder of that name."""


def pages(shop: ShopSettings, context: Mapping[str, Any], wanted: Set[str]) -> dict[str, str]:
    """Return the address of each page *wanted*. Where a message is not about such a thing, it is cut at the placeholder: the page of all orders, say."""
    named = [page for page in PAGES if page in wanted]
    return {page: _filled(getattr(shop, page), "{" + PAGES[page][1] + "}", getattr(context[PAGES[page][0]], PAGES[page][1], None)) for page in named}


def unnamed(shop: ShopSettings) -> frozenset[str]:
    """Return the pages that the settings do not name: no template can lead there."""
    return frozenset(page for page in PAGES if not getattr(shop, page))


def _filled(pattern: str, placeholder: str, value: str | None) -> str:
    return pattern.replace(placeholder, quote(value, safe="")) if value else pattern.partition(placeholder)[0].rstrip("/")
