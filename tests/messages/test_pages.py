"""Filling words into the shape of a page gives what making the page anew gives, to the letter."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, pairwise, repeat
from pathlib import Path
from unittest.mock import Mock

import pytest
from markupsafe import Markup, escape

from pipelines.messages import pages, render
from pipelines.messages.message_library import read_messages
from pipelines.messages.pages import INLINER, Page
from pipelines.messages.pieces import escape as show
from pipelines.messages.plain_text import plain_text
from pipelines.messages.plausible import likely_contexts
from pipelines.messages.render import DueMessage
from pipelines.messages.utm import Tags
from pipelines.segments.files import read_segments
from pipelines.settings import LinkSettings
from senders.message import Message
from tests.messages.shop import NOW, project

ROOT = Path(__file__).parents[2]
PROJECT = project(ROOT, links=LinkSettings(utm_source="relance"))
LIBRARY = read_messages(PROJECT, read_segments(PROJECT))
USUAL = ["Ada", "Jean-Éric d’Été", "%s %(x)s", "narrow\u202f12\u00a0€", "x" * 300, "姓名 🎂 e\u0301"]
WORDS = [
    *USUAL,
    "{0} {{x}}",
    "Ben & Jerry",
    "R&D <b>bold</b> \"quoted\" 'single'",
    "&amp; &lt;br&gt; &copy=1",
    "lt;",
    "copy=2",
    "  spaces  inside  ",
    "two\nlines",
    "\ue000 \uf8ff",
    "\U000f0001 \U000ffffd \U00100000",
    "\ufeff",
    "a\ufeffb",
    "bell \x07 null \x00 \x85",
    "{0} {{x}} %s",
    "]]> --> </td><td>",
]
ADDRESSES = ["https://shop.example/", "https://shop.example/a?b=1&copy=2&lt=3#x", "https://shop.example/ü?q=a+b%20{0}", "http://x.example/&amp;"]
PLACE = re.compile(r"(?<!\{)\{(\d)\}")
LAYOUTS = {
    "a paragraph": "<p>Hello {0}, it is {1}<br>{0}</p>",
    "words that touch": "<p>{0}{1}</p><p>{0}<b>{1}</b>{0}</p>",
    "behind an entity": "<p>A&amp;{0} &#39;{1}&#39; &nbsp;{0}&copy;{1}</p>",
    "a link": '<a href="{2}">{0}</a> <a href="{2}"><img src="{2}" alt="{1}" width="7"></a>',
    "columns": "<table><tr><td>{0}</td><td>{1}</td><td>3</td></tr><tr><td>Lamp</td><td align=right>{0}</td></tr></table>",
    "tables in columns": (
        "<table><tr><td>Left<br>{0}</td><td><table><tr><td>{1}</td><td>x</td></tr><tr><td>longer than that</td><td>{0}</td></tr></table></td></tr></table>"
    ),
    "rows of different height": "<table><tr><td valign=top>{0}</td><td>1<br>2<br>{1}</td><td valign=bottom>{0}</td></tr></table>",
    "lines in the middle": '<table><tr><td align="center"><table><tr><td>{0}</td></tr><tr><td>{1}</td></tr></table></td></tr></table>',
    "words outside of cells": "<table>{0}<tr>{1}<td>x</td></tr></table>",
    "a list": "<ul><li>{0}</li><li>{1}<ol><li>{0}</li></ol></li></ul>",
    "spaces that count": "<pre>{0}\n {1}</pre>",
    "spaces that count by style": '<p style="white-space: pre-wrap">{0}</p><p style="white-space : pre">{0}</p><p style="display:none">{1}</p>',
    "comments": "<!-- {0} --><p>{1}</p><!--[if mso]><td>{0}</td><![endif]-->",
    "rules that ask for values": '<style>a[href*=shop] {{ color: red }} p > b {{ color: blue }}</style><a href="{2}">x</a><p><b>{0}</b></p>',
    "rules": "<style>.a {{ color: red }} p>b {{ color: blue }}</style><p class=a><b>{0}</b>{1}</p>",
    "words in rules": "<style>.a {{ font-family: '{0}' }}</style><p class=a>{1}</p>",
    "words in a script": "<script>var x = '<b>{0}</b>'</script><p>{1}</p><title>{0}</title>",
    "other quotes": "<p title='{0}'>{1}</p><a href='{2}'>{0}</a><i data-x=\">{1}\">y</i>",
    "signs of its own": "<p>\ue001 \U000f0001 {0}</p><table><tr><td>\U000f0000</td><td>{1}</td></tr></table>",
    "signs of its own as entities": "<p>&#xe001; {0}</p><table><tr><td>&#xF0001;</td><td>{1}</td></tr></table>",
    "signs of its own as entities of entities": "<p>&amp;#xe001; {0}</p><table><tr><td>&amp;#xF0001;</td><td>{1}</td></tr></table>",
    "nothing closed": "<p>{0}<td>{1}<li>{0}<b>{1}",
    "a line of the template": "<p>\n  {0}\n  and\n{1}\n</p>\n\n\n<p></p>\n<p>{0}</p>",
}


def pieces(layout: str, *given: str) -> list[str]:
    """What a template writes that has *given* values in the places of a layout."""
    texts = [text.replace("{{", "{").replace("}}", "}") for text in PLACE.split(layout)]
    texts[1::2] = [show(given[int(number)]) for number in texts[1::2]]
    return texts


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_whatever_the_words_are(layout: str) -> None:
    addresses = cycle(ADDRESSES)
    for first, second in [(a, b) for shift in range(0, len(WORDS), 3) for a, b in zip(WORDS, WORDS[shift:] + WORDS[:shift], strict=True)]:
        page = Page(pieces(layout, first, second, next(addresses)))
        assert page.html == INLINER.inline(page.source)
        assert page.text == plain_text(page.source)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_whatever_is_written_as_markup(layout: str) -> None:
    for first, second in pairwise(WORDS):
        page = Page([Markup(layout.format(escape(first), escape(second), escape(ADDRESSES[1])).strip())])
        assert page.html == INLINER.inline(page.source)
        assert page.text == plain_text(page.source)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_links_get_their_tags_and_those_left_alone_do_not(layout: str) -> None:
    for number in range(4):
        alone = f"https://shop.example/stop/{number}?c=1&d=2"
        tags = Tags("shop.example", (("utm_source", "a&b'c"),), (alone, "https://shop.example/ü") if number % 2 else (alone,))
        for address in (*ADDRESSES, alone):
            page = Page(pieces(layout + '<a href="https://shop.example/ü">x</a>', "Ada", "Ben & Jerry", address), tags)
            assert page.html == INLINER.inline(page.source)
            assert page.text == plain_text(page.source)
            assert page.source == tags.html("".join(pieces(layout + '<a href="https://shop.example/ü">x</a>', "Ada", "Ben & Jerry", address)).strip())


class Watched(Page):
    """Keeps every page that was made."""

    made: list[Page] = []

    def __init__(self, pieces: Iterable[str], tags: Tags | None = None) -> None:
        super().__init__(pieces, tags)
        self.made.append(self)


def messages_to(names: Iterator[Sequence[str]]) -> Iterator[Page]:
    """Yield the pages of every e-mail that ships, in both languages, to contacts called as *names* says for each, who see products of such names."""
    for message, channel, locale in sorted(key for key in LIBRARY.templates if key[1] == "email"):
        row = DueMessage("0" * 32, "C1", channel, "zoe@example.org", "marketing", message, locale or "en-GB", "scenario", "step", "topic")
        for number, context in enumerate([*likely_contexts(LIBRARY, message, channel, locale, {})][::3]):
            for name in next(names):
                product = replace(context["product"], name=name, image_url=ADDRESSES[0] if number % 2 else None)
                cart = replace(context["cart"], lines=tuple(replace(line, product=product) for line in context["cart"].lines[number:]))
                known = {"contact": replace(context["contact"], first_name=name), "product": product, "recommendations": (product, context["product"])}
                made = render.render(LIBRARY, row, {**context, **known, "cart": cart}, NOW)
                assert isinstance(made, Message) or not context["offer"], made
                yield from Watched.made
                Watched.made.clear()


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "Page", Watched)
    monkeypatch.setattr(Watched, "made", [])


def test_all_that_ships_is_filled_in_from_the_third_page_of_a_shape_on(monkeypatch: pytest.MonkeyPatch) -> None:
    at_length = Mock(side_effect=plain_text)
    monkeypatch.setattr(pages, "plain_text", at_length)
    pages._shape.cache_clear()
    for page in messages_to(repeat(("Zoe", "Ben"))):
        assert (page.html, page.text) == (INLINER.inline(page.source), plain_text(page.source))
    at_length.reset_mock()
    compared = 0
    for page in messages_to(cycle([(word,) for word in USUAL])):
        compared += 1
        assert (page.html, page.text) == (INLINER.inline(page.source), plain_text(page.source))
    assert compared > 150
    assert at_length.call_count == 0
