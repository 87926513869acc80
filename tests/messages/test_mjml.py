"""MJML becomes what every e-mail is; what is none stops its own message, with words for its author."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path
from unittest.mock import Mock

import pytest
from markupsafe import Markup

from pipelines.messages import pages
from pipelines.messages.message_library import MessageLibrary
from pipelines.messages.mjml import UnsoundMjml, mjml_problems, to_html
from pipelines.messages.pages import INLINER, Page
from pipelines.messages.plain_text import plain_text
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message
from senders.smtp import SmtpSender, SmtpSettings
from tests.messages.shop import due, library, rendered, written, wrong
from tests.messages.test_pages import ADDRESSES, WORDS
from tests.senders.mail_server import mail_server

HERE = Path(__file__).parent / "mjml"
LAYOUT = Path(__file__).parents[2] / "scenarios" / "messages" / "layout"
EXAMPLE = {
    **{path.relative_to(HERE).as_posix(): path.read_text(encoding="utf-8") for path in HERE.rglob("*.j2")},
    **{f"layout/{path.name}": path.read_text(encoding="utf-8") for path in LAYOUT.glob("*") if path.name.startswith(("footer", "parts"))},
}
HEADER = "---\nsubject: Hello\n---\n"
SOUND = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
ALL = """<mjml><mj-head><mj-title>{0}</mj-title><mj-preview>{1}</mj-preview><mj-attributes><mj-all font-family="Arial" /></mj-attributes>
<mj-style>i {{ color: red }} .a > b {{ color: red }} @media (prefers-color-scheme: dark) {{ .a {{ color: white !important }} }}</mj-style></mj-head>
<mj-body><mj-wrapper><mj-section css-class="a" background-url="{2}"><mj-group><mj-column><mj-image src="{2}" alt="{0}" href="{2}" /></mj-column>
<mj-column><mj-text>{0} <b>{1}</b><br>&amp; {0}</mj-text><mj-button href="{2}">{1}</mj-button><mj-divider /><mj-spacer height="9px" /></mj-column></mj-group>
</mj-section></mj-wrapper><mj-section><mj-column><mj-table><tr><td>{0}</td><td>{1}</td></tr><tr><td>x</td><td>{0}</td></tr></mj-table>
<mj-social><mj-social-element name="web" src="{2}" href="{2}">{1}</mj-social-element></mj-social><mj-raw><p>{0}</p></mj-raw>
<mj-accordion><mj-accordion-element><mj-accordion-title>{0}</mj-accordion-title><mj-accordion-text>{1}</mj-accordion-text></mj-accordion-element></mj-accordion>
</mj-column></mj-section><mj-hero background-url="{2}" background-height="90px"><mj-text>{1}</mj-text></mj-hero></mj-body></mjml>"""
"""Most elements there are, with words and addresses wherever they may stand."""


@pytest.fixture
def messages(tmp_path: Path) -> MessageLibrary:
    found = library(tmp_path, EXAMPLE)
    assert found.problems == ()
    return found


def test_it_is_an_email_like_any_other(warehouse: Warehouse, messages: MessageLibrary) -> None:
    due(warehouse, "basket")
    message = written(warehouse, messages)
    assert message.subject == "Votre panier, Zoé"
    assert "<mj" not in message.html
    for part in ('lang="fr"', 'alt="Lampe &amp; pied"', "https://cdn.example/lamp.jpg", 'href="https://tilleul.example/cart/K1"', "339,30"):
        assert part in message.html, part
    for part in ("Lampe & pied", "2 × 49,90 €", "Un article de la boutique", "[Me désinscrire](https://tilleul.example/stop/m1?c=zoe)"):
        assert part in message.text, part
    assert set(message.headers) > {"List-Unsubscribe", "List-Unsubscribe-Post"}


def test_its_rules_are_in_each_tag_and_those_of_screens_stay(warehouse: Warehouse, messages: MessageLibrary) -> None:
    due(warehouse, "basket")
    html = written(warehouse, messages).html
    assert 'class="brand" href="https://tilleul.example" style="letter-spacing: 1px;"' in html
    head = html.partition("<body")[0]
    assert "@media (prefers-color-scheme: dark)" in head
    assert "@media only screen and (min-width:480px)" in head
    assert "fonts.googleapis.com" not in html, "no font is loaded that the template does not name"


def test_a_mail_server_gets_both_its_parts(warehouse: Warehouse, messages: MessageLibrary) -> None:
    due(warehouse, "basket", locale="en-GB")
    with mail_server() as server, SmtpSender(SmtpSettings(kind="smtp", name="mail", host="127.0.0.1", port=server.port, tls="none"), Path()).session() as line:
        (receipt,) = line.send([written(warehouse, messages)])
    assert receipt.state == "accepted"
    mail = message_from_bytes(server.mails[0], policy=default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    assert "Back to my basket" in text.get_content()
    assert "Back to my basket</a>" in html.get_content()


@pytest.mark.parametrize("source", [ALL, EXAMPLE["layout/email.mjml.j2"]], ids=["most elements", "the example's layout"])
def test_filling_words_into_its_shape_gives_what_making_it_anew_gives(source: str) -> None:
    for number, word in enumerate(WORDS):
        address = escape(ADDRESSES[number % len(ADDRESSES)])
        filled = source.format(escape(word), escape(WORDS[number - 5]), address) if source is ALL else jinja_filled(source, escape(word))
        html = to_html(filled, "fr")
        page = Page([Markup(html)])
        assert (page.html, page.text) == (INLINER.inline(html), plain_text(html))


def jinja_filled(source: str, word: str) -> str:
    return source.replace("{{ subject }}", word).replace("{{ shop.name }}", word).replace("{% ", "<!-- ").replace(" %}", " -->")


def test_it_is_filled_in_from_the_third_page_of_a_shape_on(monkeypatch: pytest.MonkeyPatch) -> None:
    at_length, inliner = Mock(side_effect=plain_text), Mock(wraps=INLINER)
    monkeypatch.setattr(pages, "plain_text", at_length)
    monkeypatch.setattr(pages, "INLINER", inliner)
    pages._shape.cache_clear()
    source = ALL.replace('background-url="{2}"', 'background-url="https://shop.example/"')
    source = source.partition("<mj-accordion>")[0] + source.partition("</mj-accordion>")[2]
    for number, name in enumerate(("Ada", "Ben", "Zoé", "d’Été", "François-Xavier")):
        page = Page([Markup(to_html(source.format(name, name, f"https://shop.example/{number}"), "en"))])
        assert page.html == INLINER.inline(page.source)
        assert name in page.text
    assert at_length.call_count == 2
    assert inliner.inline.call_count == 3, "two pages, and the shape they have"


def test_pieces_that_do_not_fit_stop_their_message_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    table = HEADER + '{% import "layout/parts.html.j2" as parts with context %}' + SOUND.replace("<mj-text>{}</mj-text>", "{{ parts.code('X') }}")
    found = library(tmp_path, EXAMPLE | {"m/email.mjml.j2": table})
    due(warehouse, "m", "m1")
    due(warehouse, "basket", "m2")
    assert wrong(warehouse, found) == "scenarios/messages/m/email.mjml.j2: `table` stands in `mj-column`: it goes into `mj-raw`, `mj-table` or `mj-text`"
    assert isinstance(rendered(warehouse, found)["m2"], Message)


def test_the_example_in_the_documentation_is_sound(warehouse: Warehouse, tmp_path: Path) -> None:
    documentation = (LAYOUT.parents[2] / "docs" / "messages.md").read_text(encoding="utf-8")
    text = documentation.partition("## MJML")[2].partition("```html\n")[2].partition("```")[0]
    found = library(tmp_path, EXAMPLE | {"m/email.mjml.j2": text})
    assert found.problems == ()
    due(warehouse, "m", locale="en-GB")
    assert "2 × Lampe & pied" in written(warehouse, found).text


def test_what_a_contact_is_called_is_never_markup(warehouse: Warehouse, tmp_path: Path) -> None:
    found = library(tmp_path, {"m/email.mjml.j2": HEADER + SOUND.format("{{ '</mj-text><mj-raw>' }}{{ cart.lines[0].product.name }}")})
    due(warehouse, "m")
    html = written(warehouse, found).html
    assert "&lt;/mj-text&gt;&lt;mj-raw&gt;Lampe &amp; pied" in html


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", "it is empty"),
        ("<p>Hello</p>", "it begins with `p`, not with `mjml`"),
        ("<mjml></mjml>", "it has no `mj-body`"),
        ("<mjml><mj-body></mj-body><mj-body></mj-body></mjml>", "it has more than one `mj-body`"),
        ('<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>', "`mj-include` reads no file here"),
        (SOUND.format("<b>never closed"), "`b` is never closed"),
        ("Hello <mjml><mj-body></mj-body></mjml>", "words stand outside of `mjml`"),
    ],
    ids=["nothing", "HTML", "no body", "two bodies", "a file to read", "a tag left open", "words before it"],
)
def test_what_is_no_mjml_is_refused(source: str, why: str) -> None:
    with pytest.raises(UnsoundMjml, match=why):
        to_html(source, "en")


@pytest.mark.parametrize(
    "body",
    [
        '{% if a %}<mj-section background-color="#fff">{% else %}<mj-section>{% endif %}<mj-column><mj-text>x</mj-text></mj-column></mj-section>',
        "{% for a in b %}<mj-section><mj-column>{{ a }}</mj-column></mj-section>{% else %}<mj-section></mj-section>{% endfor %}",
        "<mj-section><mj-column><mj-text>{% if u %}<a href='x'>{% endif %}x{% if u %}</a>{% endif %}<br><img src='x > y'></mj-text></mj-column></mj-section>",
        '{% macro m() %}<mj-text>x</mj-text>{% endmacro %}{% set x %}<b>{% endset %}<mj-section {% if a > 3 %}padding="0"{% endif %}></mj-section>',
        "<mj-wrapper>{# <mj-nothing> #}<!-- <mj-nothing> --><mj-section></mj-section></mj-wrapper>{% block more %}{% endblock %}",
        "{% filter upper %}<mj-raw><style>a > b { }</style><p>1 &lt; 2</p></mj-raw>{% endfilter %}{% call m() %}<b>x</b>{% endcall %}",
    ],
    ids=["two ways to begin", "a loop", "a link by chance", "pieces shown elsewhere", "comments and blocks", "rules of style"],
)
def test_what_jinja_puts_together_is_presumed_to_fit(body: str) -> None:
    assert mjml_problems(f"<mjml><mj-body>{body}</mj-body></mjml>", "m", is_layout=False) == []
