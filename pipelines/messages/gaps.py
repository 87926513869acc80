"""Where the values of a page stand: between tags, in an attribute or in a comment, and how HTML shows them there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from operator import attrgetter

from pipelines.messages.pieces import VALUES, Value
from pipelines.messages.plain_text import LAST_SLOT, SLOT
from pipelines.messages.utm import HREF, Tags

SIGN = chr(SLOT)
SIGNS = re.compile(f"([{SIGN}-{chr(LAST_SLOT)}])")
NOT_TEXT = re.compile(r"<(style|script|noscript|iframe|template|svg|math)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TAG = re.compile(r"""<[A-Za-z/][^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>""")
ADDRESS = re.compile(r"""\s(?:href|src|background)="[^"]*\"""", re.IGNORECASE)
DESCRIBED = re.compile(r"""\s(?:alt|aria-label)="[^"]*\"""", re.IGNORECASE)
OPEN = re.compile(rf"&[A-Za-z0-9#]*{SIGN}|{SIGN}(?=--?!?>|!>)")
"""A value could make an entity of what stands before it, or the end of a comment of what stands behind it."""

between_tags, in_a_tag, in_a_comment = attrgetter("html"), attrgetter("attribute"), str


@dataclass(frozen=True)
class Gap:
    """
    Where one value stands. `form` is how HTML shows it there; None where it may matter to the rest of the page.

    `address`: it has no spaces. `link`: it is all of an address that a link leads to.
    """

    form: Callable[[Value], str] | None
    address: bool = False
    link: bool = False

    def takes(self, value: Value) -> bool:
        """Whether *value* may be filled in when all else is done."""
        return self.form is not None and value.fills and not (self.address and value.spaces)


def gaps_of(skeleton: str, tagged: bool) -> list[Gap]:
    """Return the gap of each sign of *skeleton*; where links are *tagged*, a value that is part of an address has no form."""
    gaps = {found.start(): Gap(between_tags) for found in SIGNS.finditer(skeleton)}

    def put(gap: Gap, start: int, end: int) -> None:
        for sign in SIGNS.finditer(skeleton, start, end):
            gaps[sign.start()] = gap

    for tag in TAG.finditer(skeleton):
        put(Gap(None), *tag.span())
        for found in DESCRIBED.finditer(skeleton, *tag.span()):
            put(Gap(in_a_tag), *found.span())
        for found in ADDRESS.finditer(skeleton, *tag.span()):
            put(Gap(in_a_tag, address=True), *found.span())
    for comment in COMMENT.finditer(skeleton):
        put(Gap(in_a_comment), *comment.span())
    outside = COMMENT.sub(lambda comment: " " * len(comment[0]), skeleton)
    for found in [*NOT_TEXT.finditer(outside), *OPEN.finditer(skeleton)]:
        put(Gap(None), *found.span())
    for found in HREF.finditer(skeleton) if tagged else ():
        form = gaps[found.start(2)].form if found[2] == SIGN else None
        put(Gap(form, address=True, link=form is not None), *found.span(2))
    return list(gaps.values())


def tagged(value: Value, tags: Tags) -> Value:
    """Return the address *value* with what *tags* add to it."""
    return _tagged(value, tags.common, value.words.startswith(tags.left_alone))


@lru_cache(maxsize=VALUES)
def _tagged(value: Value, tags: Tags, left_alone: bool) -> Value:
    url = unescape(value)
    return Value(escape(url if left_alone else tags.url(url)))
