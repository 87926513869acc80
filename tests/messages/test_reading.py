"""Which values a template needs not to be empty: those it prints or reads further where nothing guards them."""

from pathlib import Path

import pytest

from pipelines.messages.message_library import Template
from tests.messages.shop import library

HEADER = "---\nsubject: Hello\n---\n"
PARTS = """{% macro shown(text) %}{{ text }}{% endmacro %}
{% macro maybe(text, other) %}{% if text %}{{ text }}{% else %}{{ other }}{% endif %}{% endmacro %}
{% macro within(text) %}{{ shown(text) }}{% endmacro %}
{% macro listed(lines) %}{% for line in lines %}{{ line.amount }}{% endfor %}{% endmacro %}"""
IMPORT = '{% import "layout/parts.html.j2" as parts with context %}'


def needs(root: Path, body: str, **more: str) -> list[str]:
    files = {"m/email.html.j2": HEADER + body, "layout/parts.html.j2": PARTS, **more}
    template = library(root, files).find("m", "email", "")
    assert isinstance(template, Template), template
    return [need.typed if need.typed == need.of else f"{need.typed} = {need.of}" for need in template.needs]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{{ contact.first_name or 'you' }}", id="or"),
        pytest.param("{{ contact.first_name | default('you') }}", id="default"),
        pytest.param("{% if contact.first_name %}{{ contact.first_name }}{% endif %}", id="if"),
        pytest.param("{{ contact.first_name if contact.first_name else 'you' }}", id="if_in_a_line"),
        pytest.param("{% if not contact.first_name %}you{% else %}{{ contact.first_name }}{% endif %}", id="else"),
        pytest.param("{% if contact.first_name is not none %}{{ contact.first_name }}{% endif %}", id="is_not_none"),
        pytest.param("{% if contact.first_name == none %}you{% elif contact.last_name %}{{ contact.last_name }}{% endif %}", id="elif"),
        pytest.param("{% if contact.first_name and contact.last_name %}{{ contact.first_name }} {{ contact.last_name }}{% endif %}", id="and"),
        pytest.param("{% if contact.country == 'FR' %}{{ contact.country }}{% endif %}", id="is_something"),
        pytest.param("{% if order %}{{ order.total | money }}{% endif %}", id="what_it_is_about"),
        pytest.param("{{ offer.code if offer else 'X' }}{{ (product and product.name) or 'it' }}", id="read_further_behind_a_guard"),
        pytest.param("{% for line in [] if line.product %}{{ line.product.name }}{% endfor %}", id="a_loop_over_what_nobody_knows"),
        pytest.param("{% for each in recommendations if each.url %}<a href='{{ each.url }}'>x</a>{% endfor %}", id="if_of_a_loop"),
        pytest.param("{% set name = contact.first_name or 'you' %}{{ name }}", id="set"),
        pytest.param("{% set who = contact.first_name %}{% if who %}{{ who }}{% endif %}", id="another_name"),
        pytest.param("{{ contact.order_count }}{{ contact.referral_code }}{{ trigger.occurred_at | date }}", id="never_empty"),
        pytest.param("{{ contact.first_name is none }}{{ contact.first_name == 'Zoé' }}", id="only_asked"),
        pytest.param(IMPORT + "{{ parts.maybe(contact.first_name, 'you') }}", id="a_macro_that_guards"),
        pytest.param(IMPORT + "{{ parts.shown(contact.first_name or 'you') }}", id="guarded_before_a_macro"),
        pytest.param("{% if order and order.tracking_url %}{{ order.tracking_url }}{% endif %}", id="two_levels"),
    ],
)
def test_what_has_a_way_out_is_not_needed(tmp_path: Path, body: str) -> None:
    assert needs(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("{{ contact.first_name }}", ["contact.first_name"], id="printed"),
        pytest.param("{{ contact.first_name | upper }}", ["contact.first_name"], id="filtered"),
        pytest.param("{{ 'Dear ' ~ contact.first_name }}", ["contact.first_name"], id="joined"),
        pytest.param("{{ contact.first_name or contact.last_name }}", ["contact.last_name"], id="the_last_resort"),
        pytest.param("{% if contact.first_name %}x{% endif %}{{ contact.first_name }}", ["contact.first_name"], id="after_the_if"),
        pytest.param("{% if contact.first_name or contact.last_name %}{{ contact.last_name }}{% endif %}", ["contact.last_name"], id="either"),
        pytest.param("{% if contact.first_name %}x{% else %}{{ contact.first_name }}{% endif %}", ["contact.first_name"], id="the_wrong_way"),
        pytest.param("{{ order.total }}", ["order"], id="what_it_is_about"),
        pytest.param("{% if order.total > 3 %}much{% endif %}", ["order"], id="read_in_a_test"),
        pytest.param("{% if order %}{{ order.tracking_url }}{% endif %}", ["order.tracking_url"], id="an_attribute_of_it"),
        pytest.param(
            "{% if cart %}{% for line in cart.lines %}{{ line.product.name }}{% endfor %}{% endif %}",
            ["line.product", "line.product.name = product.name"],
            id="in_a_loop",
        ),
        pytest.param("{% for each in recommendations %}{{ each.url }}{% endfor %}", ["each.url = product.url"], id="recommended"),
        pytest.param("{% set who = contact.first_name %}{{ who }}", ["who = contact.first_name"], id="another_name"),
        pytest.param("{{ trigger.cart_value }}", ["trigger.cart_value"], id="of_the_trigger"),
        pytest.param("{{ contact.attributes.shoe_size }}", ["contact.attributes.shoe_size"], id="of_the_shop"),
        pytest.param("{{ contact['first_name'] }}", ["contact.first_name"], id="in_brackets"),
        pytest.param(IMPORT + "{{ parts.shown(contact.first_name) }}", ["contact.first_name"], id="handed_to_a_macro"),
        pytest.param(IMPORT + "{{ parts.within(text=contact.first_name) }}", ["contact.first_name"], id="handed_on"),
        pytest.param(IMPORT + "{{ parts.maybe('x', contact.first_name) }}", ["contact.first_name"], id="the_other_argument"),
    ],
)
def test_what_has_none_is_needed(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert needs(tmp_path, body) == expected


def test_the_header_needs_values_too(tmp_path: Path) -> None:
    assert needs(tmp_path, "", **{"m/email.html.j2": "---\nsubject: Hello {{ contact.first_name }}\n---\n"}) == ["contact.first_name"]


def test_a_template_needs_what_the_layout_needs_in_its_language_and_no_other_piece(tmp_path: Path) -> None:
    layouts = {
        "layout/email.html.j2": '{% block content %}{% endblock %}{% include "layout/foot.html.j2" %}',
        "layout/foot.html.j2": "bye",
        "layout/foot.fr.html.j2": "{{ contact.last_name }}",
        "layout/other.html.j2": "{{ contact.country }}",
    }
    body = HEADER + '{% extends "layout/email.html.j2" %}{% block content %}{% endblock %}'
    found = library(tmp_path, {"m/email.html.j2": body, "m/email.fr.html.j2": body, **layouts})
    templates = {locale: found.find("m", "email", locale) for locale in ("", "fr")}
    assert {locale: [need.typed for need in template.needs] for locale, template in templates.items() if isinstance(template, Template)} == {
        "": [],
        "fr": ["contact.last_name"],
    }


def test_data_is_needed_like_the_rest(tmp_path: Path) -> None:
    sql = "select message_key, 1 as points from messages"
    assert needs(tmp_path, "{{ data.points }}", **{"m/data.sql": sql}) == ["data.points"]
