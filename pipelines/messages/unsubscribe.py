"""The way out that every marketing message offers: in its text, and in the headers mail programs read (RFC 2369, RFC 8058)."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from pipelines.errors import Problem
from pipelines.messages.unsubscribe_token import Leaver, sign
from pipelines.settings import FILE_NAME, ShopSettings
from senders.address import fault_of_address
from senders.credentials import read_secret
from senders.mime import ascii_address

FILLED_IN = ("{token}", "{message_key}", "{contact_id}")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
SHORTEST = 32
"""Characters of a secret: whoever holds a token can try secrets at leisure."""


def is_signed(shop: ShopSettings) -> bool:
    """Whether links to unsubscribe carry a token."""
    return "{token}" in shop.unsubscribe_url


def token_of(shop: ShopSettings, root: Path, leaver: Leaver) -> str:
    """Return the token of a message; raise ConnectionError, in words that never tell it, where the secret cannot be had."""
    variable = shop.unsubscribe_secret_env
    secret = read_secret(variable, None, root)
    if len(secret) < SHORTEST:
        raise ConnectionError(f"{variable} holds a secret of fewer than {SHORTEST} characters")
    return sign(secret, leaver)


def example_token(leaver: Leaver) -> str:
    """Return a token as long as the real one, which no page believes: for messages that are looked at and not sent."""
    return sign("example", leaver)


def unsubscribe_url(shop: ShopSettings, leaver: Leaver, token: str) -> str:
    """Return where the link in the text leads: a page, else an e-mail to write; empty where the shop has neither."""
    return _page(shop, leaver, token) or _mailto(shop, leaver)


def unsubscribe_headers(shop: ShopSettings, leaver: Leaver, token: str) -> dict[str, str]:
    """
    Return List-Unsubscribe and, where the page takes a one-click POST over HTTPS, List-Unsubscribe-Post.

    Gmail and Yahoo ask bulk senders for both; the provider's DKIM signature has to cover them.
    """
    page, mailto = _page(shop, leaver, token), _mailto(shop, leaver)
    ways = ", ".join(f"<{way}>" for way in (page, mailto) if way)
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if page.startswith("https://") else {}
    return {"List-Unsubscribe": ways} | one_click if ways else {}


def problems_of_shop(shop: ShopSettings) -> Iterator[Problem]:
    """Yield what in the shop's settings would spoil every message: better said before a run than refused in it."""
    page = shop.unsubscribe_url
    if page and not (page.isascii() and page.startswith(("https://", "http://"))):
        yield Problem(FILE_NAME, None, f"`shop.unsubscribe_url` is `{page}`, which a mail header cannot carry", "write an https:// address in ASCII")
    for unknown in sorted(set(PLACEHOLDER.findall(page)).difference(FILLED_IN)):
        yield Problem(FILE_NAME, None, f"`shop.unsubscribe_url` has `{unknown}`, which nothing fills in", f"there are {', '.join(FILLED_IN)}")
    if is_signed(shop) and not shop.unsubscribe_secret_env:
        hint = "name the environment variable that holds it in `shop.unsubscribe_secret_env`"
        yield Problem(FILE_NAME, None, "`shop.unsubscribe_url` has a `{token}`, and there is no secret to sign it with", hint)
    if shop.unsubscribe_secret_env and not is_signed(shop):
        hint = "put `{token}` into `shop.unsubscribe_url`, or leave it out"
        yield Problem(FILE_NAME, None, "`shop.unsubscribe_secret_env` names a secret that signs nothing", hint)
    for name in ("email", "reply_to", "unsubscribe_mailto"):
        try:
            ascii_address(getattr(shop, name) or "hello@shop.example")
        except ValueError as error:
            yield Problem(FILE_NAME, None, f"`shop.{name}`: {error}", "write an address such as `hello@shop.example`")
            continue
        if getattr(shop, name) and (fault := fault_of_address(getattr(shop, name))):
            text = f"`shop.{name}`: `{getattr(shop, name)}` is no address that mail can go to: {fault}"
            yield Problem(FILE_NAME, None, text, "write an address such as `hello@shop.example`")


def _page(shop: ShopSettings, leaver: Leaver, token: str) -> str:
    page = shop.unsubscribe_url.replace("{message_key}", quote(leaver.message_key, safe="")).replace("{contact_id}", quote(leaver.contact_id, safe=""))
    return page.replace("{token}", token)


def _mailto(shop: ShopSettings, leaver: Leaver) -> str:
    return f"mailto:{shop.unsubscribe_mailto}?subject=unsubscribe%20{quote(leaver.message_key, safe='')}" if shop.unsubscribe_mailto else ""
