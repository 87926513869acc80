"""MJML → HTML, and what is wrong with MJML: its compiler passes over much that it does not know, and names no lines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.errors import Problem, nearest

SUFFIX = ".mjml.j2"
_BLOCKS = frozenset({
    "mj-accordion", "mj-button", "mj-carousel", "mj-divider", "mj-image", "mj-navbar", "mj-raw", "mj-social", "mj-spacer", "mj-table", "mj-text",
})  # fmt: skip
HOLDS: Mapping[str, frozenset[str]] = {
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": frozenset({"mj-attributes", "mj-breakpoint", "mj-font", "mj-preview", "mj-raw", "mj-style", "mj-title"}),
    "mj-body": frozenset({"mj-hero", "mj-raw", "mj-section", "mj-wrapper"}),
    "mj-wrapper": frozenset({"mj-hero", "mj-raw", "mj-section"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": _BLOCKS,
    "mj-hero": _BLOCKS,
    "mj-accordion": frozenset({"mj-accordion-element", "mj-raw"}),
    "mj-accordion-element": frozenset({"mj-accordion-text", "mj-accordion-title", "mj-raw"}),
    "mj-carousel": frozenset({"mj-carousel-image"}),
    "mj-navbar": frozenset({"mj-navbar-link", "mj-raw"}),
    "mj-social": frozenset({"mj-raw", "mj-social-element"}),
}
"""What each element of order may hold, and nothing else. `mj-attributes` holds defaults, by the name of any element."""
HTML = frozenset({
    "mj-accordion-text", "mj-accordion-title", "mj-button", "mj-navbar-link", "mj-preview", "mj-raw", "mj-social-element", "mj-table", "mj-text", "mj-title",
})  # fmt: skip
"""What holds HTML and words."""
ALONE = frozenset({"mj-breakpoint", "mj-carousel-image", "mj-divider", "mj-font", "mj-image", "mj-spacer", "mj-style"})
"""What holds neither."""
DEFAULTS = "mj-attributes"
KNOWN = frozenset({*HOLDS, *HTML, *ALONE, DEFAULTS})
NO_END = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"})

_SIDES = ("", "-bottom", "-left", "-right", "-top")
ATTRIBUTES = frozenset({
    "align", "alt", "background-color", "background-height", "background-position", "background-position-x", "background-position-y", "background-repeat",
    "background-size", "background-url", "background-width", *(f"border{side}" for side in _SIDES), "border-color", "border-radius", "border-style",
    "border-width", "base-url", "cellpadding", "cellspacing", "color", "container-background-color", "css-class", "dir", "direction", "fluid-on-mobile",
    "font-family", "font-size", "font-style", "font-weight", "full-width", "hamburger", "height", "href", "ico-align", "ico-close", "ico-color",
    "ico-font-family", "ico-font-size", "ico-line-height", "ico-open", *(f"ico-padding{side}" for side in _SIDES), "ico-text-decoration",
    "ico-text-transform", "icon-align", "icon-height", "icon-padding", "icon-position", "icon-size", "icon-unwrapped-alt", "icon-unwrapped-url",
    "icon-width", "icon-wrapped-alt", "icon-wrapped-url", "id", "inline", "inner-background-color", *(f"inner-border{side}" for side in _SIDES),
    "inner-border-radius", *(f"inner-padding{side}" for side in _SIDES), "lang", "left-icon", "letter-spacing", "line-height", "max-height", "mj-class", "mode",
    "name", "owa", *(f"padding{side}" for side in _SIDES), "position", "rel", "right-icon", "role", "sizes", "src", "srcset", "table-layout", "target",
    "tb-border", "tb-border-radius", "tb-hover-border-color", "tb-selected-border-color", "tb-width", "text-align", "text-decoration", "text-padding",
    "text-transform", "thumbnails", "thumbnails-src", "title", "type", "usemap", "vertical-align", "width",
})  # fmt: skip
"""What any element of MJML knows."""
ELEMENT = re.compile(r"""<(mj[\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"[^"]*"|'[^']*')""")

NO_SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML has no place for and nobody sees; some end up in names all the same."""

OPEN, CLOSE = "\ue000", "\ue001"
"""Around the name of a statement of jinja: signs for private use."""
JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%[-+]?\s*(\w+)(.*?)%\}", re.DOTALL)
COMPOSED = re.compile(r"\{%[-+]?\s*(extends|include|import|from|block)\b")
"""Jinja by which a text may hold elements that are not written in it."""
PIECE = re.compile(
    rf"""<!--.*?-->|<(?P<rules>mj-style|style)\b[^>]*(?<!/)>.*?</(?P=rules)\s*>|{OPEN}(?P<statement>\w+){CLOSE}"""
    rf"""|<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)(?:[^<>"']|"[^"]*"|'[^']*')*?(?P<alone>/?)>|(?P<stray><)|(?P<words>[^<\s{OPEN}{CLOSE}][^<{OPEN}{CLOSE}]*)""",
    re.DOTALL,
)
ASIDE = frozenset({"macro", "call", "set"})
"""Statements whose body is shown elsewhere than where it stands."""
IN_PLACE = frozenset({"if", "for", "block", "filter", "with", "autoescape"})


class UnsoundMjml(ValueError):
    """MJML that cannot become an e-mail, in words for its author."""


def to_html(source: str, language: str) -> str:
    """
    Return the HTML of a whole MJML message in a language, its rules of style to be inlined and kept. Raises UnsoundMjml.

    No file is read, and no font loaded but those that `mj-font` names.
    """
    if fault := _fault(tuple((each.lastgroup, each["rules"] or each["name"] or "", each["end"] or "", each["alone"] or "") for each in PIECE.finditer(source))):
        raise UnsoundMjml(fault)
    from mjml import mjml2html  # two megabytes, which most projects have no use for

    try:
        html = mjml2html(NO_SIGNS.sub("", source), fonts={})
    except ValueError as error:
        raise UnsoundMjml(str(error)) from None
    return html.replace(' lang="und"', f' lang="{language}"').replace("<style", '<style data-css-inline="keep"')


def mjml_problems(text: str, file: str, *, is_layout: bool) -> list[Problem]:
    """
    Return what is wrong with the MJML of a template: unknown elements, what stands or ends in the wrong place, a missing body.

    Of what jinja puts together nothing is presumed: a piece may stand anywhere, and what the ways of an `{% if %}` leave open is not judged.
    """
    shown = JINJA.sub(_marked, text)
    whole = "<mjml" in shown
    walk = _Walk(file, complete=whole or not is_layout)
    if not whole and not is_layout and not COMPOSED.search(text):
        walk.say(1, "has no `<mjml>`", "begin it with `<mjml>` and `<mj-body>`, or extend a layout that does")
    if whole and "<mj-body" not in shown and not COMPOSED.search(text):
        walk.say(1 + shown[: shown.index("<mjml")].count("\n"), "`mjml` has no `mj-body`", "what is shown goes into `<mj-body>`")
    line, seen = 1, 0
    for each in PIECE.finditer(shown):
        line, seen = line + shown.count("\n", seen, each.start()), each.start()
        walk.piece(each.lastgroup, each["rules"] or each["statement"] or each["name"] or "", each["end"] or "", each["alone"] or "", line)
    return list(dict.fromkeys(walk.done()))


def attribute_doubts(text: str, file: str) -> Iterator[Problem]:
    """Yield the attributes that no element of MJML knows: they would be passed over in silence."""
    shown = JINJA.sub(_marked, text)
    for element in ELEMENT.finditer(shown):
        for found in ATTRIBUTE.finditer(element[2]):
            if found[1] not in ATTRIBUTES:
                line = shown.count("\n", 0, element.start(2) + found.start()) + 1
                yield Problem(file, line, f"`{element[1]}` knows no `{found[1]}`", nearest(found[1], ATTRIBUTES), "warning")


@lru_cache(maxsize=500)
def _fault(pieces: tuple[tuple[str | None, str, str, str], ...]) -> str:
    """Return the first thing wrong with the elements of a whole message, or nothing."""
    walk = _Walk("", complete=True)
    names = [name for kind, name, end, _ in pieces if kind in ("alone", "rules") and not end]
    if names[:1] != ["mjml"]:
        return f"it begins with `{names[0]}`, not with `mjml`" if names else "it is empty"
    if names.count("mj-body") != 1:
        return "it has no `mj-body`" if "mj-body" not in names else "it has more than one `mj-body`"
    for piece in pieces:
        if piece[0] == "words" and not walk.open:
            return "words stand outside of `mjml`"
        walk.piece(*piece, None)
    return next((f"{problem.text}: {problem.hint}" if problem.hint else problem.text for problem in walk.done()), "")


def _marked(found: re.Match[str]) -> str:
    """Return a sign for a statement that begins or ends something, nothing for the rest of jinja, on as many lines."""
    word, rest = found[1] or "", found[2] or ""
    counts = word in IN_PLACE | ASIDE | {"elif", "else"} or word.startswith("end")
    return (f"{OPEN}{word}{CLOSE}" if counts and not (word == "set" and "=" in rest) else "") + "\n" * found[0].count("\n")


@dataclass(frozen=True)
class _Open:
    """An element that is open; where it stands makes it no other."""

    name: str
    line: int | None = field(compare=False)


@dataclass
class _Statement:
    """A statement of jinja that is open: what was open where it began, and at the end of each of its ways so far."""

    word: str
    before: list[_Open]
    ends: list[list[_Open]] = field(default_factory=list)
    has_else: bool = False


class _Walk:
    """Goes through the pieces of a text in order. `complete`: what it opens it closes."""

    def __init__(self, file: str, *, complete: bool) -> None:
        self.file, self.complete = file, complete
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.statements: list[_Statement] = []
        self.is_sure = True

    def say(self, line: int | None, text: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, line, text, hint))

    def piece(self, kind: str | None, name: str, end: str, alone: str, line: int | None) -> None:
        match kind:
            case "statement":
                self.statement(name)
            case "stray":
                self.say(line, "`<` begins no tag", "write `&lt;` where the sign itself is meant")
            case "words" if self.is_sure and self.open and self.open[-1].name in HOLDS:
                self.say(line, f"words stand in `{self.open[-1].name}`", "they go into `mj-text`")
            case "rules" if name == "mj-style":
                self.begins(name, line)
            case "alone" if end:
                self.ends(name, line)
            case "alone":
                self.begins(name, line)
                if not alone and name not in NO_END:
                    self.open.append(_Open(name, line))

    def begins(self, name: str, line: int | None) -> None:
        around = next((each.name for each in reversed(self.open) if each.name in KNOWN), None) if self.is_sure else None
        if name == "mj-include":
            self.say(line, "`mj-include` reads no file here", 'write `{% include "layout/…" %}`')
        elif around == DEFAULTS and name in ("mj-all", "mj-class"):
            pass
        elif name.startswith("mj") and name not in KNOWN:
            self.say(line, f"unknown element `{name}`", nearest(name, KNOWN))
        elif around in HTML and name in KNOWN:
            self.say(line, f"`{name}` stands in `{around}`", f"`{around}` holds words and HTML; perhaps it is not closed")
        elif name not in HOLDS.get(around or "", {name}):
            homes = sorted(home for home, held in HOLDS.items() if name in held) if name in KNOWN else ["mj-raw", "mj-table", "mj-text"]
            self.say(line, f"`{name}` stands in `{around}`", f"it goes into {_listed(homes)}" if homes else "a message has one")

    def ends(self, name: str, line: int | None) -> None:
        if not self.is_sure:
            return
        if name not in {each.name for each in self.open}:
            if self.complete:
                self.say(line, f"`</{name}>` ends what nothing begins", "take it out, or write its beginning")
            return
        while (last := self.open.pop()).name != name:
            self.never_closed(last)

    def never_closed(self, left: _Open) -> None:
        self.say(left.line, f"`{left.name}` is never closed", f"put `</{left.name}>` where it ends")

    def statement(self, word: str) -> None:
        """The ways of an `if` begin where it does; where they end differently, what is open from there on is unknown."""
        if not word.startswith("e"):
            self.statements.append(_Statement(word, [*self.open]))
            self.open = [] if word in ASIDE else self.open
        elif self.statements and word in ("elif", "else"):
            self.statements[-1].ends.append(self.open)
            self.statements[-1].has_else |= word == "else"
            self.open = [*self.statements[-1].before]
        elif self.statements:
            ended = self.statements.pop()
            ways = [*ended.ends, self.open, *([] if ended.word == "if" and ended.has_else else [ended.before])]
            if ended.word in ASIDE:
                ways = [ended.before]
            elif ended.word == "block" and len(self.open) > len(ended.before):
                for left in self.open[len(ended.before) :]:
                    self.never_closed(left)
                ways = [ended.before]
            elif any(way != ways[0] for way in ways):
                self.is_sure = False
            self.open = ways[0]

    def done(self) -> Iterator[Problem]:
        if self.complete and self.is_sure:
            for left in self.open:
                self.never_closed(left)
        return iter(self.problems)


def _listed(names: Sequence[str]) -> str:
    *first, last = (f"`{name}`" for name in names)
    return f"{', '.join(first)} or {last}" if first else last
