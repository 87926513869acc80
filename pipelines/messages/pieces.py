"""
What a template writes, piece by piece: its own text is `str`, what it was given is `Value`, what its macros write is `Written`.

Compiled templates have `escape`, `str` and `Macro` of here: they do what jinja's do, faster, and leave visible what was given.
"""

import builtins
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import unescape
from typing import Any

import markupsafe
from jinja2 import UndefinedError, runtime
from markupsafe import Markup

VALUES = 10_000
"""How many values are kept, some 0.7 kB each: names of products, prices and addresses come again and again."""
PLAIN = re.compile(r"(?:[\t\n\x20-%'-;=?-z|~\xa0-\ud7ff\uf900-\ufefe\uff00-\ufffd\U00010000-\U000effff]|&(?![A-Za-z0-9#]*\Z))+")
"""What all parsers pass on as it is, unless it looks like an entity. No braces: those of rules of style are no words."""
SPACE = re.compile(r"\s")
WORDS = re.compile(r"""(?:\A|(?<=>)|(?<=="(?=http))|(?<=alt="|bel="))(\s*)([^<>"]*[^<>"\s])""")
"""In markup, a run of words, a web address or the words of a picture or a label, and the spaces before it."""


class Value(str):
    """
    A value as a page shows it, and what becomes of it where it `fills` its place in a page that is known already.

    That is `html` between tags and `attribute` in one, once the page was read and written again, and `words` in plain text.
    It does not fill where parsers would not pass it on as it is. As an address, it fills only with no `spaces`.
    """

    __slots__ = ("attribute", "fills", "html", "spaces", "words")

    def __init__(self, shown: str) -> None:
        words = unescape(str(shown))
        self.fills = PLAIN.fullmatch(words) is not None and words == words.strip() and unescape(words) == words
        self.spaces = SPACE.search(words) is not None
        self.html = words.replace("&", "&amp;").replace("\xa0", "&nbsp;")
        self.attribute = self.html.replace('"', "&quot;")
        self.words = " ".join(words.split())


class Joined(str):
    """Pieces in one, which it keeps."""

    __slots__ = ("pieces",)
    pieces: Sequence[str]


class Written(Markup):
    """The same, safe to be shown in a page. What filters and methods make of it has no `pieces`."""

    __slots__ = ("pieces",)
    pieces: Sequence[str]


def joined(pieces: Iterable[str]) -> Joined:
    """Return *pieces* in one."""
    pieces = [*pieces]
    whole = Joined("".join(pieces))
    whole.pieces = pieces
    return whole


class Macro(runtime.Macro):
    """A macro whose pieces are still to be seen where its result is printed; anywhere else that is a text like any other."""

    def takes(self, number: int) -> bool:
        """Whether it takes so many values, each in its place, and nothing more."""
        return number == self._argument_count and not (self.catch_kwargs or self.catch_varargs or self.caller)

    def _invoke(self, arguments: Sequence[Any], autoescape: bool) -> str:
        whole = self._func(*arguments)
        if not autoescape:
            return whole
        written = str.__new__(Written, whole)
        written.pieces = getattr(whole, "pieces", (whole,))
        return written


def escape(value: Any) -> str:
    """Return what a page shows of *value*."""
    kind = type(value)
    if kind is builtins.str:
        return _value(value)
    if kind is Written:
        return value  # type: ignore[no-any-return]
    if hasattr(value, "__html__"):
        return markupsafe.escape(value)
    return _value(builtins.str(printed(value)))


def text(value: Any) -> str:
    """Return what plain text shows of *value*."""
    return value if type(value) is builtins.str else builtins.str(printed(value))


@lru_cache(maxsize=VALUES)
def _value(value: str) -> Value:
    return Value(markupsafe.escape(value))


_shown = lru_cache(maxsize=VALUES)(Value)


def flat(pieces: Iterable[str]) -> list[str]:
    """Return *pieces*, those of macros one by one, with the words and addresses of other markup as values."""
    found: list[str] = []
    _flatten(pieces, found)
    return found


def _flatten(pieces: Iterable[str], found: list[str]) -> None:
    for piece in pieces:
        kind = type(piece)
        if kind is Value or kind is builtins.str:
            found.append(piece)
        elif isinstance(piece, Written | Joined) and hasattr(piece, "pieces"):
            _flatten(piece.pieces, found)
        else:
            found += _marked_up(piece)


def _marked_up(markup: str) -> Sequence[str]:
    parts = WORDS.split(markup)
    found = [piece for place in range(0, len(parts) - 1, 3) for piece in (parts[place] + parts[place + 1], _shown(parts[place + 2]))]
    return [*found, parts[-1]]


def printed(value: Any) -> Any:
    """Refuse to print nothing: «Hello None» must never reach anybody."""
    if value is None:
        raise UndefinedError("an empty value would be printed: put it in an `{% if %}`, or write `… or 'something else'`")
    return value
