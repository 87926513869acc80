"""What links of e-mail tell web analytics, and what they never do."""

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.messages.utm import Tags, host_of
from pipelines.settings import LinkSettings
from pipelines.warehouse.duckdb import Warehouse
from tests.messages.shop import due, library, written

TAGS = Tags("shop.example", (("utm_source", "mail"), ("utm_campaign", "win back")), ("https://shop.example/stop", "https://shop.example/friends/r1"))
ADDED = "utm_source=mail&utm_campaign=win+back"
ALL = "utm_source=relance&utm_medium=email&utm_campaign=abandoned_cart&utm_content=m"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example", f"https://shop.example?{ADDED}"),
        ("https://www.shop.example/p/1", f"https://www.shop.example/p/1?{ADDED}"),
        ("HTTPS://Shop.Example/P?a=1&b=%20x&c", f"HTTPS://Shop.Example/P?a=1&b=%20x&c&{ADDED}"),
        ("https://shop.example/p?a=1#top?x", f"https://shop.example/p?a=1&{ADDED}#top?x"),
        ("https://shop.example/p#", f"https://shop.example/p?{ADDED}#"),
        ("https://shop.example/p?utm_source=own", "https://shop.example/p?utm_source=own&utm_campaign=win+back"),
        (f"https://shop.example/?{ADDED}", f"https://shop.example/?{ADDED}"),
        ("https://shop.example.evil.example/", "https://shop.example.evil.example/"),
        ("https://notshop.example/", "https://notshop.example/"),
        ("https://shop.example/stop/m1?t=x", "https://shop.example/stop/m1?t=x"),
        ("https://shop.example/friends/r1", "https://shop.example/friends/r1"),
        ("mailto:hello@shop.example", "mailto:hello@shop.example"),
        ("http://[shop.example/", "http://[shop.example/"),
        ("", ""),
    ],
)
def test_an_address_of_the_shop_gets_what_it_lacks(url: str, expected: str) -> None:
    assert TAGS.url(url) == expected


@given(st.from_regex(r"https://shop\.example/[a-z/]*(\?[a-z=&%;]*)?(#[a-z?&]*)?", fullmatch=True))
def test_it_gets_it_once_and_keeps_the_rest(url: str) -> None:
    once = TAGS.url(url)
    assert TAGS.url(once) == once
    assert once.partition("#")[2] == url.partition("#")[2]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://shop.example/?a=1&amp;b=2">x</a>', f'<a href="https://shop.example/?a=1&amp;b=2&amp;{ADDED.replace("&", "&amp;")}">x</a>'),
        (
            "<A title='a > b' class=c HREF = 'https://shop.example/'>",
            f"""<A title='a > b' class=c HREF = "https://shop.example/?{ADDED.replace("&", "&amp;")}">""",
        ),
        ('<a data-href="https://shop.example/">', '<a data-href="https://shop.example/">'),
        (
            '<img src="https://shop.example/a.png"><abbr href="https://shop.example/">',
            '<img src="https://shop.example/a.png"><abbr href="https://shop.example/">',
        ),
        ('<a href="https://shop.example/stop?a=1&amp;b=2">', '<a href="https://shop.example/stop?a=1&amp;b=2">'),
    ],
    ids=["entities", "other spellings", "another attribute", "no link", "the way out"],
)
def test_links_of_html_are_tagged_and_nothing_else(html: str, expected: str) -> None:
    assert TAGS.html(html) == expected


def test_addresses_of_a_text_are_tagged_without_the_stop_behind_them() -> None:
    assert TAGS.text("See (https://shop.example/p). Or https://other.example/!") == f"See (https://shop.example/p?{ADDED}). Or https://other.example/!"


def test_the_domain_of_the_shop_has_no_www() -> None:
    assert [host_of(url) for url in ("https://www.shop.example", "http://shop.example:8080")] == ["shop.example", "shop.example"]


def test_a_message_is_tagged_everywhere_its_named_links_included(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    due(warehouse, "m", key="text", channel="sms")
    head = "---\nsubject: Hello\nlink.shop: '{{ shop.url }}/new?a=1#b'\nlink.friend: '{{ referral_url }}'\n---\n".replace("'", "")
    body = '<a href="{{ links.shop }}">1</a><a href="{{ links.friend }}">2</a><a href="{{ unsubscribe_url }}">3</a><a href="https://other.example/">4</a>'
    templates = {"m/email.html.j2": head + body, "m/sms.txt.j2": "{{ shop.url }}/new"}
    messages = library(tmp_path, templates, links=LinkSettings(utm_source="relance"))
    mail = written(warehouse, messages)
    tagged = f"https://tilleul.example/new?a=1&{ALL}#b"
    hrefs = [unescape(href) for href in re.findall('href="([^"]*)"', mail.html)]
    assert mail.links["shop"] == hrefs[0] == tagged
    assert mail.links["friend"] == hrefs[1]
    assert (hrefs[2], hrefs[3]) == ("https://tilleul.example/stop/m1?c=zoe", "https://other.example/")
    assert [mail.html.count("utm_source"), mail.text.count("utm_source"), tagged in mail.text] == [1, 1, True]
    assert "utm_" not in mail.headers["List-Unsubscribe"]
    assert written(warehouse, messages, "text").text == "https://tilleul.example/new"


def test_an_alternative_text_is_tagged_too(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    templates = {"m/email.html.j2": "---\nsubject: Hello\n---\n<p>Hello</p>", "m/email.txt.j2": "See {{ shop.url }}/new."}
    messages = library(tmp_path, templates, links=LinkSettings(utm_source="relance"))
    assert written(warehouse, messages).text == f"See https://tilleul.example/new?{ALL}."


def test_nothing_is_added_unless_it_is_asked_for(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    mail = written(warehouse, library(tmp_path, {"m/email.html.j2": '---\nsubject: Hello\n---\n<a href="{{ shop.url }}">x</a>'}))
    assert "utm_" not in mail.html + mail.text
