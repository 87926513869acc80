"""What a template makes of a real contact's data, and what it must never make of it."""

import re
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from jinja2.environment import TemplateModule
from jinja2.runtime import LoopContext

from pipelines.messages.environment import OWN
from pipelines.messages.locales import normal, writing
from pipelines.messages.plain_text import plain_text
from pipelines.messages.render import renderer
from pipelines.settings import ShopSettings
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message, Receipt
from tests.messages.shop import NOW, SHOP, add, due, library, rendered, written, wrong

FOLDER = "scenarios/messages"
STREAM = {"List-Id": "<promotions.tilleul.tilleul.example>", "Feedback-ID": "abandoned_cart/m:promotions:tilleul:tilleulexample"}
"""How the marketing mail of these tests is told from other mail."""


def email(body: str, subject: str = "Hello", **header: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in {"subject": subject, **header}.items())
    return f"---\n{lines}---\n{body}"


def shown(warehouse: Warehouse, root: Path, body: str, locale: str = "fr-FR", trigger: str = '{"cart_id": "K1"}') -> str:
    """The text that *body* gives as an SMS to Zoé."""
    due(warehouse, "m", channel="sms", locale=locale, trigger=trigger)
    return written(warehouse, library(root, {"m/sms.txt.j2": body, "m/sms.fr.txt.j2": body})).text


def tags(html: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Every tag that a browser would see, with its attributes."""
    found: list[tuple[str, list[tuple[str, str | None]]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, attrs))  # type: ignore[method-assign]
    parser.feed(html)
    return found


def test_a_message_has_all_that_a_sender_needs(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    found = written(warehouse, library(tmp_path, {"m/email.html.j2": email("<p>Hello <b>you</b></p>", "Your cart, {{ contact.first_name }}")}))
    assert (found.key, found.channel, found.to, found.date) == ("m1", "email", "zoe@example.org", NOW)
    assert (found.subject, found.text) == ("Your cart, Zoé", "Hello you")
    assert (found.sender, found.sender_name, found.locale) == ("bonjour@tilleul.example", "Tilleul", "en")
    assert "<p>Hello <b>you</b></p>" in found.html


def test_each_contact_reads_their_language(warehouse: Warehouse, tmp_path: Path) -> None:
    for locale in ("fr-FR", "fr-CA", "en-GB", "de-DE"):
        due(warehouse, "m", key=locale, locale=locale)
    texts = rendered(warehouse, library(tmp_path, {"m/email.html.j2": email("Hello"), "m/email.fr.html.j2": email("Bonjour")}))
    assert {key: message.text for key, message in texts.items() if isinstance(message, Message)} == {
        "fr-FR": "Bonjour",
        "fr-CA": "Bonjour",
        "en-GB": "Hello",
        "de-DE": "Hello",
    }


def test_the_layout_follows_the_language_of_the_message(warehouse: Warehouse, tmp_path: Path) -> None:
    layouts = {
        "layout/email.html.j2": '{% block content %}{% endblock %} {% include "layout/foot.html.j2" %}',
        "layout/foot.html.j2": "bye",
        "layout/foot.fr.html.j2": "à bientôt",
    }
    body = '{% extends "layout/email.html.j2" %}{% block content %}CONTENT{% endblock %}'
    messages = library(tmp_path, {"m/email.html.j2": email(body), "m/email.fr.html.j2": email(body), "english/email.html.j2": email(body), **layouts})
    due(warehouse, "m", key="french", locale="fr-CA")
    due(warehouse, "english", key="english", locale="fr-CA")
    assert written(warehouse, messages, "french").text == "CONTENT à bientôt"
    assert written(warehouse, messages, "english").text == "CONTENT bye", "one message, one language"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        pytest.param("fr-FR", "1\u202f234,50\u00a0€ · 1\u202f234,5 · 13 septembre 2026 · 12:00", id="France"),
        pytest.param("fr-CA", "1\u00a0234,50\u00a0€ · 1\u00a0234,5 · 13 septembre 2026 · 12 h 00", id="Canada"),
        pytest.param("en-GB", "€1,234.50 · 1,234.5 · 13 September 2026 · 12:00", id="Britain"),
        pytest.param("en-US", "€1,234.50 · 1,234.5 · September 13, 2026 · 12:00\u202fPM", id="America"),
        pytest.param("de-DE", "€1,234.50 · 1,234.5 · September 13, 2026 · 12:00\u202fPM", id="a German who reads the English text"),
    ],
)
def test_amounts_and_dates_are_written_as_the_contact_does(warehouse: Warehouse, tmp_path: Path, locale: str, expected: str) -> None:
    body = "{{ cart.lines[2].amount | money }} · {{ cart.lines[2].unit_price | number }} · {{ trigger.occurred_at | date }} · {{ trigger.occurred_at | time }}"
    assert shown(warehouse, tmp_path, body, locale) == expected


def test_an_instant_falls_on_the_day_of_the_contacts_zone(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.run("update raw.contacts set timezone = 'Pacific/Auckland' where contact_id = 'zoe'")
    assert shown(warehouse, tmp_path, "{{ '2026-09-13 22:30:00' | date('d MMM') }}", "en-GB") == "14 Sept"


@pytest.mark.parametrize(
    ("form", "expected"),
    [("long", "1er septembre 2026"), ("full", "mardi 1er septembre 2026"), ("short", "01/09/2026"), ("medium", "1er sept. 2026"), ("d MMMM", "1er septembre")],
)
def test_french_writes_the_first_of_a_month_its_own_way(warehouse: Warehouse, tmp_path: Path, form: str, expected: str) -> None:
    assert shown(warehouse, tmp_path, "{{ '2026-09-01 12:00:00' | date('" + form + "') }}") == expected


def test_what_a_contact_writes_is_escaped_in_html_and_plain_in_text(warehouse: Warehouse, tmp_path: Path) -> None:
    name = "\"'><script>alert(1)</script>"
    warehouse.run("update raw.contacts set first_name = $name where contact_id = 'zoe'", name=name)
    body = "<p>{{ contact.first_name }}</p><a title=\"{{ contact.first_name }}\" href='{{ links.a }}'>x</a>"
    due(warehouse, "m")
    due(warehouse, "m", key="sms", channel="sms")
    header = {"subject": "For {{ contact.first_name }}", "link.a": "https://x.example/?n={{ contact.first_name | urlencode }}"}
    messages = library(tmp_path, {"m/email.html.j2": email(body, **header), "m/sms.txt.j2": "{{ contact.first_name }}"})
    mail = written(warehouse, messages)
    assert [tag for tag, _ in tags(mail.html)] == ["html", "head", "body", "p", "a"]
    assert dict(tags(mail.html)[-1][1]) == {"title": name, "href": f"https://x.example/?n={quote(name)}"}
    assert mail.subject == f"For {name}"
    assert mail.text.startswith(name)
    assert written(warehouse, messages, "sms").text == name


def test_a_name_of_two_lines_stays_on_one(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.run("update raw.contacts set first_name = 'Zoé' || chr(13) || chr(10) || 'Bcc: all@example.org' where contact_id = 'zoe'")
    due(warehouse, "m")
    messages = library(tmp_path, {"m/email.html.j2": email("x", "Hello {{ contact.first_name }}\u00a0!")})
    assert written(warehouse, messages).subject == "Hello Zoé Bcc: all@example.org\u00a0!"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("{{ contact.attributes.hat }}", "'dict object' has no attribute 'hat'", id="a value the contact lacks"),
        pytest.param("{{ trigger.coupon }}", "'dict object' has no attribute 'coupon'", id="a value the trigger lacks"),
        pytest.param("{{ order.total }}", "'None' has no attribute 'total'", id="an order where there is none"),
        pytest.param("{{ cart.lines[1].product.name }}", "an empty value would be printed", id="nothing"),
        pytest.param("{{ cart.lines[1].product.price | money }}", "`money` needs a number, this is empty", id="an amount of nothing"),
        pytest.param("{{ order | date }}", "`date` needs a date, this is empty", id="the date of nothing"),
        pytest.param("{{ contact.birth_date | time }}", "`time` needs a date, this is empty", id="the time of nothing"),
        pytest.param("{{ 1 // 0 }}", "integer division or modulo by zero", id="a sum that has no answer"),
        pytest.param("{{ trigger.__class__ }}", "access to attribute '__class__' of 'dict' object is unsafe.", id="what is behind an object"),
        pytest.param("{{ ''['__class__'] }}", "access to attribute '__class__' of 'str' object is unsafe.", id="the same by name"),
        pytest.param("{{ in_segment.__self__ }}", "access to attribute '__self__' of", id="what is behind a function"),
        pytest.param("{{ '{0.__class__}'.format(contact) }}", "access to attribute '__class__' of 'Contact' object is unsafe.", id="the same by format"),
        pytest.param("{{ contact.attributes.update({'a': 1}) }}", "access to attribute 'update' of 'dict' object is unsafe.", id="a change of data"),
        *[
            pytest.param(body, f"access to attribute '{name}' of 'ShopSettings' object is unsafe.", id=body)
            for body, name in [
                ("{{ shop['parse' ~ '_raw']('…', proto='pickle', allow_pickle=true) }}", "parse_raw"),
                ("{{ (shop | attr('parse_raw'))('…') }}", "parse_raw"),
                ("{{ ([shop] | map(attribute='parse_file') | first)('/etc/hostname') }}", "parse_file"),
                ("{{ ([shop] | first).model_validate_json('{}') }}", "model_validate_json"),
                ("{{ '{0.model_dump}'.format(shop) }}", "model_dump"),
                ("{{ ([shop] | first).copy() }}", "copy"),
                ("{{ shop['__class__'] }}", "__class__"),
                ("{{ shop | attr('__module__') }}", "__module__"),
            ]
        ],
        pytest.param("{{ contact['__init__'] }}", "access to attribute '__init__' of 'Contact' object is unsafe.", id="what makes a contact"),
        pytest.param("{{ contact | attr('__class__') }}", "access to attribute '__class__' of 'Contact' object is unsafe.", id="what a contact is"),
        pytest.param("{% for a in [1] %}{{ loop['_iterable'] }}{% endfor %}", "access to attribute '_iterable' of 'LoopContext' object", id="behind a loop"),
        pytest.param("{% macro m() %}{% endmacro %}{{ m['_environment'] }}", "access to attribute '_environment' of 'Macro' object", id="behind a macro"),
        pytest.param("{{ self._TemplateReference__context }}", "access to attribute '_TemplateReference__context' of", id="behind a template"),
        pytest.param("{{ range(10000000) | list }}", "Range too big", id="a very long list"),
    ],
)
def test_what_a_template_must_not_do_spoils_its_message_and_no_other(warehouse: Warehouse, tmp_path: Path, body: str, expected: str) -> None:
    due(warehouse, "bad", key="bad")
    due(warehouse, "good", key="good")
    messages = library(tmp_path, {"bad/email.html.j2": email(f"<p>\n{body}\n</p>"), "good/email.html.j2": email("fine")})
    assert wrong(warehouse, messages, "bad").startswith(f"{FOLDER}/bad/email.html.j2:5: {expected}")
    assert written(warehouse, messages, "good").text == "fine"


def test_all_that_a_template_may_read_of_a_view_is_its_fields() -> None:
    for view in OWN - {TemplateModule, LoopContext}:
        assert {name for name in dir(view) if name[0] != "_"} == {field.name for field in fields(view)}


def test_filters_and_methods_change_what_a_macro_writes(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    macro = "{% macro hi(name) %} <b>{{ name }}</b> {% endmacro %}"
    body = "<p>{{ hi('A&B') | trim }},{{ hi('C') | upper }},{{ hi('D').strip() }},{{ hi('E')[:5] }}</b>,{{ hi('F') + '<' }}</p>"
    html = "<p><b>A&amp;B</b>, <b>C</b> ,<b>D</b>, <b>E</b>, <b>F</b> &lt;</p>"
    assert html in written(warehouse, library(tmp_path, {"m/email.html.j2": email(macro + body)})).html


def test_a_value_of_the_header_is_written_as_each_contact_does(warehouse: Warehouse, tmp_path: Path) -> None:
    locales = ("en-US", "en-GB", "de-DE")
    for locale in locales:
        due(warehouse, "m", key=locale, locale=locale)
    subject = "{{ '2026-12-25' | date }}, {{ [1234.5] | map('number') | first }}"
    made = rendered(warehouse, library(tmp_path, {"m/email.html.j2": email("x", subject)}))
    assert [getattr(made[locale], "subject", made[locale]) for locale in locales] == [
        "December 25, 2026, 1,234.5",
        "25 December 2026, 1,234.5",
        "December 25, 2026, 1,234.5",
    ]


def test_an_error_in_the_header_names_its_line(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    messages = library(tmp_path, {"m/email.html.j2": "---\npreheader: x\nsubject: {{ order.total }}\n---\n"})
    assert wrong(warehouse, messages).startswith(f"{FOLDER}/m/email.html.j2:3: ")


def test_an_error_in_the_layout_names_the_layout(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    messages = library(tmp_path, {"m/email.html.j2": email('{% extends "layout/email.html.j2" %}'), "layout/email.html.j2": "\n{{ order.total }}"})
    assert wrong(warehouse, messages).startswith(f"{FOLDER}/layout/email.html.j2:2: ")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "{{ trigger.cart_id }}", "cart/1", ""])
def test_a_link_that_is_no_web_address_spoils_the_message(warehouse: Warehouse, tmp_path: Path, address: str) -> None:
    due(warehouse, "m")
    assert re.search("link `a` is `.*`, which is no web address", wrong(warehouse, library(tmp_path, {"m/email.html.j2": email("x", **{"link.a": address})})))


def test_a_problem_of_the_library_is_the_detail_of_the_message(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    messages = library(tmp_path, {"m/email.html.j2": email("{{ nothing }}")})
    assert wrong(warehouse, messages).startswith(f"{FOLDER}/m/email.html.j2:4: unknown variable `nothing`")


def test_a_hand_over_pass_gets_a_refused_receipt_for_what_cannot_be_written(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    due(warehouse, "good", key="good")
    render = renderer(library(tmp_path, {"m/email.html.j2": email("{{ order.total }}"), "good/email.html.j2": email("fine")}))
    with warehouse.at(NOW):
        warehouse.run("create or replace temp table to_render as select * from outbox.messages")
        good, bad = render(warehouse, NOW)
    assert isinstance(good, Message)
    assert bad == Receipt("m1", "refused", error=f"invalid content: {FOLDER}/m/email.html.j2:4: 'None' has no attribute 'total'")


def test_a_contact_who_is_gone_gets_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m", contact_id="erased")
    assert wrong(warehouse, library(tmp_path, {"m/email.html.j2": email("x")})) == "contact erased is gone"


def test_rendering_again_gives_the_same_messages(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    messages = library(tmp_path, {"m/email.html.j2": email("{{ cart.lines | length }} {{ recommendations | map(attribute='name') | join(',') }}")})
    assert rendered(warehouse, messages) == rendered(warehouse, messages)


def test_rules_are_written_into_each_tag_and_media_rules_stay(warehouse: Warehouse, tmp_path: Path) -> None:
    css = "<style>p { color: red }</style><style data-css-inline='keep'>@media (max-width: 480px) { p { color: blue !important } }</style>"
    due(warehouse, "m")
    html = written(warehouse, library(tmp_path, {"m/email.html.j2": email(f"<html><head>{css}</head><body><p>Hello</p></body></html>")})).html
    assert '<p style="color: red;">Hello</p>' in html
    assert "@media (max-width: 480px)" in html
    assert "p { color: red }" not in html


def test_the_text_of_an_email_is_its_own_where_it_has_one(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    mail = email("<p>Hello</p>", **{"link.shop": "https://x.example/?a=1&b=2"})
    messages = library(tmp_path, {"m/email.html.j2": mail, "m/email.txt.j2": "Hello & welcome: {{ links.shop }}\n"})
    assert written(warehouse, messages).text == "Hello & welcome: https://x.example/?a=1&b=2"


def test_text_made_from_html_shows_addresses_and_hides_what_is_hidden() -> None:
    html = """<head><title>no</title><style>p {color: red}</style></head><div style="display: none">hidden</div><p>Hello <a href="https://x.example/?a=1&amp;b=2">there</a></p>
        <table><tr><td>Lamp</td><td>5 €</td></tr><tr><td>Jug</td><td>12 €</td></tr></table><ul><li>one</li></ul>"""
    assert plain_text(html) == "Hello [there](https://x.example/?a=1&b=2)\n\nLamp  5 €\nJug   12 €\n\n  * one"


def test_marketing_mail_carries_the_way_out(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.run("update raw.contacts set contact_id = 'zoé/1'")
    due(warehouse, "m", key="k=1", contact_id="zoé/1")
    found = written(warehouse, library(tmp_path, {"m/email.html.j2": email('<a href="{{ unsubscribe_url }}">out</a>')}), "k=1")
    page = "https://tilleul.example/stop/k%3D1?c=zo%C3%A9%2F1"
    assert found.headers == STREAM | {
        "List-Unsubscribe": f"<{page}>, <mailto:stop@tilleul.example?subject=unsubscribe%20k%3D1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert f'href="{page}"' in found.html


def test_a_shop_with_an_address_only_offers_that(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m")
    shop = ShopSettings(**SHOP.model_dump() | {"unsubscribe_url": ""})
    found = written(warehouse, library(tmp_path, {"m/email.html.j2": email("{{ unsubscribe_url }}")}, shop=shop))
    assert found.headers == STREAM | {"List-Unsubscribe": "<mailto:stop@tilleul.example?subject=unsubscribe%20m1>"}
    assert found.text == "mailto:stop@tilleul.example?subject=unsubscribe%20m1"


def test_transactional_mail_and_other_channels_carry_none(warehouse: Warehouse, tmp_path: Path) -> None:
    due(warehouse, "m", key="order", category="transactional")
    due(warehouse, "m", key="sms", channel="sms")
    messages = library(tmp_path, {"m/email.html.j2": email("({{ unsubscribe_url }})"), "m/sms.txt.j2": "x"})
    assert (written(warehouse, messages, "order").headers, written(warehouse, messages, "order").text) == ({}, "()")
    assert written(warehouse, messages, "sms").headers == {}


def test_members_of_a_segment_can_read_something_else(warehouse: Warehouse, tmp_path: Path) -> None:
    add(warehouse, "segments.members", segment="loyal", contact_id="zoe", entered_at=NOW)
    assert shown(warehouse, tmp_path, "{{ in_segment('loyal') }} {{ in_segment('lapsed') }}") == "True False"


@pytest.mark.parametrize(
    ("tag", "language", "expected"),
    [("fr-CA", "fr", "fr_CA"), ("fr-XX", "fr", "fr"), ("de-DE", "en", "en"), ("", "fr", "fr"), ("zh-hant", "zh", "zh_Hant"), ("xx", "xx", "en")],
)
def test_the_country_counts_only_in_the_contacts_own_language(tag: str, language: str, expected: str) -> None:
    assert writing(tag, language) == expected


@pytest.mark.parametrize(("written", "expected"), [("FR_ca", "fr-CA"), ("fr", "fr"), ("zh-hant-tw", "zh-Hant-TW"), (" en-gb ", "en-GB")])
def test_a_language_is_named_one_way(written: str, expected: str) -> None:
    assert normal(written) == expected
