"""What is said of a template before it meets any data: the file, the line, what is wrong, what to do."""

from pathlib import Path

import pytest

from pipelines.errors import Problem
from pipelines.messages.message_library import Template
from pipelines.settings import ShopSettings
from tests.messages.shop import SHOP, library

HEADER = "---\nsubject: Hello\n---\n"
FOLDER = "scenarios/messages"


def problems(root: Path, templates: dict[str, str]) -> list[str]:
    return [str(problem) for problem in library(root, templates).problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            HEADER + "<p>\n{% if contact %}\n</p>",
            f"{FOLDER}/m/email.html.j2:6: unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. "
            "The innermost block that needs to be closed is 'if'",
            id="a block never closed",
        ),
        pytest.param(
            HEADER + "<p>\n{{ cart.total | mony }}\n</p>",
            f"{FOLDER}/m/email.html.j2:5: no filter named 'mony'\n  hint: did you mean `money`?",
            id="an unknown filter",
        ),
        pytest.param(
            HEADER + "\n\n{{ contct.first_name }}",
            f"{FOLDER}/m/email.html.j2:6: unknown variable `contct`\n  hint: did you mean `contact`?",
            id="an unknown variable",
        ),
        pytest.param(
            HEADER + "{{ contact.firstname }}",
            f"{FOLDER}/m/email.html.j2:4: `contact` has no `firstname`\n  hint: did you mean `first_name`?",
            id="an unknown attribute",
        ),
        pytest.param(
            HEADER + "{{ shop.adress }}",
            f"{FOLDER}/m/email.html.j2:4: `shop` has no `adress`\n  hint: did you mean `address`?",
            id="an unknown setting of the shop",
        ),
        pytest.param(
            "---\nsubject: Hello\nlink.cart: https://x.example\n---\n{{ links.card }}",
            f"{FOLDER}/m/email.html.j2:5: `links` has no `card`\n  hint: did you mean `cart`?",
            id="an unknown link",
        ),
        pytest.param(
            "---\npreheader: So\nsubject: Hello {{ contact.fist_name }}\n---\n",
            f"{FOLDER}/m/email.html.j2:3: `contact` has no `fist_name`\n  hint: did you mean `first_name`?",
            id="an unknown attribute in the subject",
        ),
        pytest.param(
            HEADER + '{% extends "layout/mail.html.j2" %}',
            f"{FOLDER}/m/email.html.j2:4: there is no template `layout/mail.html.j2`\n  hint: did you mean `layout/email.html.j2`?",
            id="an unknown layout",
        ),
        pytest.param(
            "<p>Hello</p>",
            f"{FOLDER}/m/email.html.j2:1: the e-mail has no subject\n  hint: start the file with `---`, `subject: …`, `---`",
            id="no subject",
        ),
        pytest.param(
            "---\nsubject: Hello\n<p>Hello</p>",
            f"{FOLDER}/m/email.html.j2:1: the header that `---` opens is never closed\n  hint: put another line `---` after it",
            id="a header never closed",
        ),
        pytest.param(
            "---\nsubject: Hello\nsubjet: Hello\n---\n",
            f"{FOLDER}/m/email.html.j2:3: unknown key `subjet` in the header\n  hint: did you mean `subject`?",
            id="an unknown key in the header",
        ),
        pytest.param(
            "---\nsubject: Hello\nsubject: Hello\n---\n",
            f"{FOLDER}/m/email.html.j2:3: `subject` stands twice in the header\n  hint: it is on line 2 already",
            id="a key twice",
        ),
        pytest.param(
            "---\nsubject: Hello\nlink.shop: https://x.example/\nlink.home: https://x.example/\n---\n",
            f"{FOLDER}/m/email.html.j2:4: `link.home` leads where `link.shop` does: clicks could not be told apart\n  hint: use one of them for both",
            id="two names for one address",
        ),
        pytest.param(
            HEADER + "{{ contact.first_name | random }}",
            f"{FOLDER}/m/email.html.j2:4: no filter named 'random'",
            id="chance",
        ),
    ],
)
def test_a_template_that_cannot_work_is_a_problem_on_its_line(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, {"m/email.html.j2": text, "layout/email.html.j2": ""}) == [expected]


def test_what_a_template_names_itself_is_known(tmp_path: Path) -> None:
    body = """{% extends "layout/email.html.j2" %}{% import "layout/parts.html.j2" as parts %}{% set code = "X" %}
        {% block content %}{{ parts.a() }}{{ code }}{% for line in cart.lines %}{{ loop.index }}{{ line.anything }}{% endfor %}
        {% for product in recommendations %}{{ product.anything }}{% endfor %}{% endblock %}"""
    layouts = {"layout/email.html.j2": "{% block content %}{% endblock %}", "layout/parts.html.j2": "{% macro a() %}{% endmacro %}"}
    assert problems(tmp_path, {"m/email.html.j2": HEADER + body, **layouts}) == []


def test_a_segment_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "segments_sql").mkdir()
    (tmp_path / "segments_sql" / "loyal_customers.sql").write_text("select 1")
    found = problems(tmp_path, {"m/email.html.j2": HEADER + "\n{% if in_segment('loyal_customer') %}a{% endif %}{{ in_segment('loyal_customers') }}"})
    assert found == [f"{FOLDER}/m/email.html.j2:5: unknown segment `loyal_customer`\n  hint: did you mean `loyal_customers`?"]


@pytest.mark.parametrize(
    ("templates", "expected"),
    [
        pytest.param(
            {"m/email.html.j2": HEADER, "m/emial.fr.html.j2": HEADER},
            f"{FOLDER}/m/emial.fr.html.j2: `emial.fr.html.j2` is no template name\n  hint: did you mean `email.html.j2`?",
            id="a misspelt file",
        ),
        pytest.param(
            {"m/email.fr.html.j2": HEADER},
            f"{FOLDER}/m: `email` has no template for other languages\n  hint: add {FOLDER}/m/email.html.j2",
            id="no default language",
        ),
        pytest.param(
            {"m/email.html.j2": HEADER, "m/email.fr.txt.j2": "Bonjour"},
            f"{FOLDER}/m/email.fr.txt.j2: is the plain text of an e-mail that is not there\n  hint: add m/email.fr.html.j2",
            id="a text without its html",
        ),
        pytest.param(
            {"m/email.html.j2": HEADER, "m/email.txt.j2": HEADER + "Hello"},
            f"{FOLDER}/m/email.txt.j2:1: a plain text alternative has no header\n  hint: it shares that of {FOLDER}/m/email.html.j2",
            id="a text with a header",
        ),
        pytest.param({"m/sms.html.j2": "Hello"}, f"{FOLDER}/m/sms.html.j2: `sms` is plain text\n  hint: rename it to sms.txt.j2", id="an sms in html"),
        pytest.param(
            {"My Message/email.html.j2": HEADER},
            f"{FOLDER}/My Message: `My Message` is no name for a message\n  hint: use small letters, digits and `_`",
            id="a bad name",
        ),
        pytest.param(
            {"hello.html.j2": HEADER},
            f"{FOLDER}/hello.html.j2: is no message: each message is a folder of templates\n  hint: move it to {FOLDER}/hello/",
            id="a loose file",
        ),
        pytest.param(
            {"m/email.html.j2": HEADER, "layout/notes.md": ""},
            f"{FOLDER}/layout/notes.md: `notes.md` is no template name",
            id="a stranger in the layout",
        ),
    ],
)
def test_a_file_that_has_no_business_there_is_a_problem(tmp_path: Path, templates: dict[str, str], expected: str) -> None:
    (found,) = problems(tmp_path, templates)
    assert found.startswith(expected)


def test_a_folder_without_templates_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "scenarios" / "messages" / "m").mkdir(parents=True)
    assert problems(tmp_path, {}) == [f"{FOLDER}/m: holds no template\n  hint: add `email.html.j2`, or remove the folder"]


def test_a_file_in_another_encoding_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "scenarios" / "messages" / "m").mkdir(parents=True)
    (tmp_path / "scenarios" / "messages" / "m" / "sms.txt.j2").write_bytes("Été".encode("latin-1"))
    assert problems(tmp_path, {}) == [f"{FOLDER}/m/sms.txt.j2: is not UTF-8 text (invalid continuation byte)\n  hint: save it as UTF-8"]


def test_all_problems_are_found_at_once_and_good_templates_serve(tmp_path: Path) -> None:
    found = library(tmp_path, {"a/email.html.j2": "{{", "b/email.html.j2": HEADER + "{{ x }}{{ y }}", "c/email.html.j2": HEADER})
    assert [(problem.file, problem.line) for problem in found.problems] == [
        (f"{FOLDER}/a/email.html.j2", 1),
        (f"{FOLDER}/a/email.html.j2", 1),
        (f"{FOLDER}/b/email.html.j2", 4),
        (f"{FOLDER}/b/email.html.j2", 4),
    ]
    assert isinstance(found.find("b", "email", ""), Problem)
    assert isinstance(found.find("c", "email", ""), Template)


def test_a_language_falls_back_on_its_own_and_then_on_the_default(tmp_path: Path) -> None:
    found = library(tmp_path, {"m/email.html.j2": HEADER, "m/email.fr.html.j2": HEADER, "m/email.fr-CA.html.j2": HEADER})

    def file(locale: str) -> str:
        template = found.find("m", "email", locale)
        return template.file.removeprefix(f"{FOLDER}/m/")

    assert [file(locale) for locale in ("fr-CA", "fr_ca", "fr-BE", "fr", "de-DE", "")] == [
        "email.fr-CA.html.j2",
        "email.fr-CA.html.j2",
        "email.fr.html.j2",
        "email.fr.html.j2",
        "email.html.j2",
        "email.html.j2",
    ]


def test_a_broken_language_does_not_fall_back_on_another(tmp_path: Path) -> None:
    found = library(tmp_path, {"m/email.html.j2": HEADER, "m/email.fr.html.j2": "{{"})
    assert isinstance(found.find("m", "email", "fr"), Problem)
    assert isinstance(found.find("m", "email", "en"), Template)


def test_the_channels_of_a_message_are_those_it_has_templates_for(tmp_path: Path) -> None:
    found = library(tmp_path, {"m/email.html.j2": HEADER, "m/sms.txt.j2": "Hello", "m/push.fr.txt.j2": "Bonjour", "m/push.txt.j2": "Hello"})
    assert found.channels == {"m": frozenset({"email", "sms", "push"})}
    assert str(found.find("m", "webhook", "")) == f"{FOLDER}/m: has no template for `webhook`\n  hint: add one, or send by another channel"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"unsubscribe_url": "tilleul.example/stop"}, "which a mail header cannot carry", id="a way out that is no address"),
        pytest.param({"reply_to": "équipe@tilleul.example"}, "`shop.reply_to`: `équipe@tilleul.example`", id="an address no mail has"),
    ],
)
def test_settings_of_the_shop_that_would_spoil_every_message_are_problems(tmp_path: Path, changes: dict[str, str], expected: str) -> None:
    (problem,) = library(tmp_path, {"m/email.html.j2": HEADER}, shop=ShopSettings(**SHOP.model_dump() | changes)).problems
    assert (problem.file, problem.severity) == ("relance.toml", "error")
    assert expected in problem.text


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        ("{{ offer.code }}", True),
        ("{% if offer %}{{ offer.code }}{% endif %}", False),
        ("{% if offer and offer.valid_until %}{{ offer.code }}{% endif %}{{ offer.name }}", True),
        ("{{ offer.code if offer else 'none' }}", False),
        ("{% if cart %}{{ offer.code }}{% endif %}", True),
        ("{% if offer %}yes{% else %}{{ offer.name }}{% endif %}", True),
        ("Hello", False),
    ],
    ids=["shown", "asked for first", "asked for, and shown elsewhere", "in an expression", "something else asked for", "where there is none", "not spoken of"],
)
def test_a_message_needs_a_code_where_it_shows_one_without_asking(tmp_path: Path, body: str, needs: bool) -> None:
    assert ("m" in library(tmp_path, {"m/email.html.j2": HEADER + body}).coded) is needs


def test_a_message_has_the_links_that_it_has_in_every_language(tmp_path: Path) -> None:
    head = "---\nsubject: Hello\nlink.shop: https://x.example/\n"
    texts = {"m/email.html.j2": head + "link.guide: https://x.example/g\n---\n", "m/email.fr.html.j2": head + "---\n", "m/sms.txt.j2": "Hello"}
    assert library(tmp_path, texts).links == {"m": frozenset({"shop"})}
