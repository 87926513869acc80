"""The way out that every marketing message offers: in its text, and in the headers mail programs read (RFC 2369, RFC 8058)."""

from collections.abc import Iterator
from urllib.parse import quote

from pipelines.errors import Problem
from pipelines.settings import FILE_NAME, ShopSettings
from senders.mime import ascii_address


def unsubscribe_url(shop: ShopSettings, message_key: str, contact_id: str) -> str:
    """Return where the link in the text leads: a page, else an e-mail to write; empty where the shop has neither."""
    return _page(shop, message_key, contact_id) or _mailto(shop, message_key)


def unsubscribe_headers(shop: ShopSettings, message_key: str, contact_id: str) -> dict[str, str]:
    """
    Return List-Unsubscribe and, where the page takes a one-click POST over HTTPS, List-Unsubscribe-Post.

    Gmail and Yahoo ask bulk senders for both; the provider's DKIM signature has to cover them.
    """
    page, mailto = _page(shop, message_key, contact_id), _mailto(shop, message_key)
    ways = ", ".join(f"<{way}>" for way in (page, mailto) if way)
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if page.startswith("https://") else {}
    return {"List-Unsubscribe": ways} | one_click if ways else {}


def problems_of_shop(shop: ShopSettings) -> Iterator[Problem]:
    """Yield what in the shop's settings would spoil every message: better said before a run than refused in it."""
    page = shop.unsubscribe_url
    if page and not (page.isascii() and page.startswith(("https://", "http://"))):
        yield Problem(FILE_NAME, None, f"`shop.unsubscribe_url` is `{page}`, which a mail header cannot carry", "write an https:// address in ASCII")
    for name in ("email", "reply_to", "unsubscribe_mailto"):
        try:
            ascii_address(getattr(shop, name) or "hello@shop.example")
        except ValueError as error:
            yield Problem(FILE_NAME, None, f"`shop.{name}`: {error}", "write an address such as `hello@shop.example`")


def _page(shop: ShopSettings, message_key: str, contact_id: str) -> str:
    return shop.unsubscribe_url.replace("{message_key}", quote(message_key, safe="")).replace("{contact_id}", quote(contact_id, safe=""))


def _mailto(shop: ShopSettings, message_key: str) -> str:
    return f"mailto:{shop.unsubscribe_mailto}?subject=unsubscribe%20{quote(message_key, safe='')}" if shop.unsubscribe_mailto else ""
