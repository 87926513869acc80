"""
HTML → what an e-mail carries: the HTML with its rules written into each tag, and the same as plain text.

Both take a millisecond and hardly depend on the words: messages of one template differ in names, prices and addresses.
So a page is split into its shape (tags, attributes, spaces) and its leaves (words, addresses); what becomes of a shape
is worked out once, and the leaves are filled in. A shape's first filling is compared with the long way: one that
differs, or whose words could matter to it, always takes the long way.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count

from css_inline import CSSInliner

from pipelines.messages.plain_text import LAST_SLOT, SLOT, filling, plain_text, plain_text_to_fill

# Rules inlined into a template instead would be faster, but HTML parsers move jinja tags out of tables and cannot see
# through inheritance; after rendering it is always right.
INLINER = CSSInliner(load_remote_stylesheets=False)
SHAPES, LEAVES = 500, 20_000
"""How many are kept: some 30 kB and 0.3 kB each."""

SIGN = chr(SLOT)
SIGNS = re.compile(f"[{SIGN}-{chr(LAST_SLOT)}]")
LEAF = re.compile(r"""((?:>|="(?:(?=http)|(?<=alt="|bel="))|&(?:amp|\#39|\#34|nbsp);)[^<>&"]*[^<>&"\s])""")
"""A run of words behind a tag or an entity, a web address or the words of a picture or a label; with the sign before it."""
SIGN_BEFORE = re.compile(r'>|="|&[a-z0-9#]+;')
PLAIN = re.compile(r"[\t\n\x20-z|~\xa0-\ud7ff\uf900-\ufffd\U00010000-\U000effff]*")
"""What all parsers pass on as it is. No braces: those of rules of style are no words."""
WORDS_MATTER = re.compile(r"<(?:pre|textarea|xmp|listing|plaintext)\b|<style[^>]*>[^<]*\[|white-space\s*:\s*pre[^<>]*>", re.IGNORECASE)
"""Spaces are shown as they are, or rules of style ask for values of attributes."""
NOT_TEXT = re.compile(r"<(style|script|noscript|iframe|template|svg|math)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Page:
    """One page of HTML."""

    def __init__(self, source: str) -> None:
        self.source = source
        head, tag, body = source.partition("<body")
        (head_shape, head_leaves), (body_shape, body_leaves) = _known_part(head), _part(body)
        self._leaves = [*head_leaves, *body_leaves]
        self._shape = _shape(head_shape + tag + body_shape, len(self._leaves))

    @property
    def html(self) -> str:
        """The page with its rules of style written into each tag; media rules stay."""
        return self._shape.html.of(self.source, self._leaves)

    @property
    def text(self) -> str:
        """The page as plain text: link addresses beside their words, tables in columns, nothing hidden."""
        return self._shape.text.of(self.source, self._leaves)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What stands for a run of words in the shape, and how HTML, a comment in it and text show them; one that does not fill is part of the shape."""

    shape: str
    fills: bool = False
    html: str = ""
    raw: str = ""
    text: str = ""


def _part(source: str) -> tuple[str, list[_Leaf]]:
    """Return the shape of a part of a page, and its leaves."""
    parts = LEAF.split(source)
    found = [_leaf(part) for part in parts[1::2]]
    parts[1::2] = [leaf.shape for leaf in found]
    return "".join(parts), [leaf for leaf in found if leaf.fills]


# Heads are mostly rules of style, and the same but for a name in some titles.
_known_part = lru_cache(maxsize=SHAPES)(_part)


@lru_cache(maxsize=LEAVES)
def _leaf(found: str) -> _Leaf:
    words = SIGN_BEFORE.sub("", found, count=1).strip()
    if not PLAIN.fullmatch(words):
        return _Leaf(found)
    return _Leaf(found[: -len(words)] + SIGN, True, words.replace("\xa0", "&nbsp;"), words, " ".join(words.split()))


Fill = Callable[[Sequence[_Leaf]], str | None]


class _Way:
    """How pages of one shape are made: the long way until a second one comes, then the short way, where there is one."""

    def __init__(self, long: Callable[[str], str], short: Callable[[], Fill | None]) -> None:
        self._long, self._short = long, short
        self._pages = 0
        self._fill: Fill | None = None

    def of(self, source: str, leaves: Sequence[_Leaf]) -> str:
        self._pages += 1
        if self._pages == 2:
            made, self._fill = self._long(source), self._short()
            if self._fill and self._fill(leaves) != made:
                self._fill = None
            return made
        filled = self._fill(leaves) if self._fill else None
        return self._long(source) if filled is None else filled


class _Shape:
    """A page without its leaves: the *skeleton* has a sign for each of so many."""

    def __init__(self, skeleton: str, leaves: int) -> None:
        self._skeleton, self._leaves = skeleton, leaves
        self.html, self.text = _Way(INLINER.inline, self._html), _Way(plain_text, self._text)

    @cached_property
    def _numbered(self) -> str | None:
        """The skeleton with a sign of its own for each leaf; None where words could matter to it."""
        if SIGNS.findall(self._skeleton) != [SIGN] * self._leaves or self._leaves > LAST_SLOT - SLOT or WORDS_MATTER.search(self._skeleton):
            return None
        numbers = count(SLOT)
        return SIGNS.sub(lambda _: chr(next(numbers)), self._skeleton)

    def _html(self) -> Fill | None:
        if self._numbered is None:
            return None
        inlined = INLINER.inline(self._numbered)
        each_once = sorted(SIGNS.findall(inlined)) == [chr(SLOT + number) for number in range(self._leaves)]
        if not each_once or any(SIGNS.search(found[0]) for found in NOT_TEXT.finditer(COMMENT.sub("", inlined))):
            return None
        # In a comment, words stand as they are.
        template = filling(COMMENT.sub(lambda found: SIGNS.sub(lambda sign: chr(ord(sign[0]) + self._leaves), found[0]), inlined), 0)
        return lambda leaves: template(*[leaf.html for leaf in leaves], *[leaf.raw for leaf in leaves])

    def _text(self) -> Fill | None:
        if self._numbered is None:
            return None
        filled = plain_text_to_fill(self._numbered, self._leaves)
        return lambda leaves: filled([leaf.text for leaf in leaves])


@lru_cache(maxsize=SHAPES)
def _shape(skeleton: str, leaves: int) -> _Shape:
    return _Shape(skeleton, leaves)
