"""
What a template wrote → what an e-mail carries: HTML with its rules of style written into each tag, and the same as plain text.

Both take a millisecond and hardly depend on the values: messages of one template differ in names, prices and addresses.
So what becomes of a page's shape (all but its values) is worked out once, and the values are filled in. The first filling
of a shape is compared with the long way: one that differs, or whose values could matter to it, always takes the long way.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from html import unescape

from css_inline import CSSInliner

from pipelines.messages.gaps import COMMENT, NOT_TEXT, SIGN, SIGNS, Gap, gaps_of, tagged
from pipelines.messages.pieces import Value, flat
from pipelines.messages.plain_text import LAST_SLOT, SLOT, UNKNOWN, plain_text, plain_text_to_fill
from pipelines.messages.utm import HREF, Tags

# Rules inlined into a template instead would be faster, but HTML parsers move jinja tags out of tables and cannot see
# through inheritance; after rendering it is always right.
INLINER = CSSInliner(load_remote_stylesheets=False)
WORDS_MATTER = re.compile(r"<(?:pre|textarea|xmp|listing|plaintext)\b|<style[^>]*>[^<]*\[|white-space\s*:\s*pre[^<>]*>", re.IGNORECASE)
"""Spaces are shown as they are, or rules of style ask for values of attributes."""
SHAPES = 500
"""How many are kept, of some 60 kB."""


class Page:
    """One page of HTML, of the pieces that a template wrote; its links to the shop get the *tags*."""

    def __init__(self, pieces: Iterable[str], tags: Tags | None = None) -> None:
        self._pieces, self._tags = flat(pieces), tags
        frame = _frame(tuple([None if type(piece) is Value else piece for piece in self._pieces]), tags is not None)
        values: Sequence[Value] = [piece for piece in self._pieces if type(piece) is Value]
        if tags:
            values = [tagged(value, tags) if gap.link else value for value, gap in zip(values, frame.gaps, strict=True)]
        kept = tuple([None if gap.takes(value) else value for value, gap in zip(values, frame.gaps, strict=True)])
        self._leaves = [value for value, keeps in zip(values, kept, strict=True) if keeps is None]
        self._shape = _shape(frame, kept, tags and tags.common)

    @property
    def html(self) -> str:
        """The page with its rules of style written into each tag; media rules stay."""
        return self._made(self._shape.html)

    @property
    def text(self) -> str:
        """The page as plain text: link addresses beside their words, tables in columns, nothing hidden."""
        return self._made(self._shape.text)

    @property
    def source(self) -> str:
        """The page as the template wrote it."""
        whole = "".join(self._pieces).strip()
        return self._tags.html(whole) if self._tags else whole

    def _made(self, way: "_Way") -> str:
        alone = self._tags is not None and any(link.startswith(self._tags.left_alone) for link in self._shape.links)
        return way.long(self.source) if alone else way.of(self, self._leaves)


class _Frame:
    """The texts of a template that went one way through its branches and loops, with None for each value between, and the gaps of these."""

    def __init__(self, texts: Sequence[str | None], is_tagged: bool) -> None:
        skeleton = "".join([SIGN if text is None else text for text in texts])
        self.texts, self.gaps = texts, gaps_of(skeleton, is_tagged)
        if len(self.gaps) != texts.count(None):  # the template has signs of its own
            self.gaps = [Gap(None)] * texts.count(None)


@lru_cache(maxsize=SHAPES)
def _frame(texts: Sequence[str | None], is_tagged: bool) -> _Frame:
    return _Frame(texts, is_tagged)


Fill = Callable[[Sequence[Value]], str | None]


class _Way:
    """How pages of one shape are made: the long way until a second one comes, then the short way, where there is one."""

    def __init__(self, long: Callable[[str], str], short: Callable[[], Fill | None]) -> None:
        self.long, self._short = long, short
        self._pages = 0
        self._fill: Fill | None = None

    def of(self, page: Page, leaves: Sequence[Value]) -> str:
        self._pages += 1
        if self._pages == 2:
            made, self._fill = self.long(page.source), self._short()
            if self._fill and self._fill(leaves) != made:
                self._fill = None
            return made
        filled = self._fill(leaves) if self._fill else None
        return self.long(page.source) if filled is None else filled


class _Shape:
    """A page without the values that are filled in: *texts* has None for each, which stands in one of *gaps*."""

    def __init__(self, texts: Sequence[str | None], gaps: Sequence[Gap], tags: Tags | None) -> None:
        self._skeleton = "".join([SIGN if text is None else text for text in texts]).strip()
        self._forms = [gap.form for gap in gaps if gap.form]
        self._tags = tags
        self.links = [unescape(found[2] or found[3] or "") for found in HREF.finditer(self._skeleton)] if tags else []
        self.html, self.text = _Way(INLINER.inline, self._html), _Way(plain_text, self._text)

    @cached_property
    def _numbered(self) -> str | None:
        """The skeleton with a sign of its own for each leaf; None where words could matter to it."""
        count = len(self._forms)
        shown = unescape(unescape(self._skeleton))  # as parsers read it, and inscriptis what they give it
        if UNKNOWN.findall(shown) != [SIGN] * count or count > LAST_SLOT - SLOT or WORDS_MATTER.search(self._skeleton):
            return None
        numbers = iter(range(SLOT, LAST_SLOT))
        return SIGNS.sub(lambda _: chr(next(numbers)), self._tags.html(self._skeleton) if self._tags else self._skeleton)

    def _html(self) -> Fill | None:
        if self._numbered is None:
            return None
        inlined = INLINER.inline(self._numbered)
        parts = SIGNS.split(inlined)
        numbers = [ord(sign) - SLOT for sign in parts[1::2]]
        if sorted(numbers) != [*range(len(self._forms))] or any(SIGNS.search(found[0]) for found in NOT_TEXT.finditer(COMMENT.sub("", inlined))):
            return None
        forms = [self._forms[number] for number in numbers]

        def fill(leaves: Sequence[Value]) -> str:
            filled = parts.copy()
            filled[1::2] = [form(leaves[number]) for form, number in zip(forms, numbers, strict=True)]
            return "".join(filled)

        return fill

    def _text(self) -> Fill | None:
        if self._numbered is None:
            return None
        filled = plain_text_to_fill(self._numbered, len(self._forms))
        return lambda leaves: filled([leaf.words for leaf in leaves])


@lru_cache(maxsize=SHAPES)
def _shape(frame: _Frame, kept: Sequence[Value | None], tags: Tags | None) -> _Shape:
    gaps = [gap for gap, keeps in zip(frame.gaps, kept, strict=True) if keeps is None]
    values = iter(kept)
    return _Shape([next(values) if text is None else text for text in frame.texts], gaps, tags)
