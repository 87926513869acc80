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


def test_what_a_template_names_itself_is_known(tmp_path: Path) -> None:
    body = """{% extends "layout/email.html.j2" %}{% import "layout/parts.html.j2" as parts %}{% set code = "X" %}
        {% block content %}{{ parts.a() }}{{ code }}{% for line in cart.lines %}{{ loop.index }}{{ line.quantity }}{% endfor %}
        {% for product in recommendations %}{{ product.name }}{% endfor %}{% endblock %}"""
    layouts = {"layout/email.html.j2": "{% block content %}{% endblock %}", "layout/parts.html.j2": "{% macro a() %}{% endmacro %}"}
    assert problems(tmp_path, {"m/email.html.j2": HEADER + body, **layouts}) == []


def test_a_folder_without_templates_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "scenarios" / "messages" / "m").mkdir(parents=True)
    assert problems(tmp_path, {}) == [f"{FOLDER}/m: holds no template\n  hint: add `email.html.j2`, or remove the folder"]


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
