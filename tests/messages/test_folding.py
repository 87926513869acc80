"""What depends on the shop alone is worked out when a template is compiled, and writes what it would have written anew for each message."""

import pytest
from jinja2 import UndefinedError, nodes

from pipelines.messages.environment import Source, environment
from pipelines.messages.folding import folded
from pipelines.messages.pieces import Value
from tests.messages.shop import SHOP

BASE = "{% set tone = 'loud' %}{% block words %}{{ tone }}{% endblock %} {{ tone }}"
TEMPLATES = {
    "a page of the shop alone": ("{{ shop.name }}, {{ shop.phone | replace(' ', '') }}{% if shop.logo_url %} <img>{% endif %}", "Tilleul, +33400000000"),
    "names set to what follows": ("{% set dark = shop.color == '#1f4e5f' %}{% set ink = 'white' if dark else 'black' %}{{ ink }}", "white"),
    "a name set twice": ("{% set a = 1 %}{{ a }}{% set a = 2 %}{{ a }}", "12"),
    "a name set in a loop": ("{% set a = 1 %}{% for x in [1, 2] %}{% set a = x %}{{ a }}{% endfor %}{{ a }}", "121"),
    "a shop of its own": ("{% macro of(shop) %}{{ shop.name }}{% endmacro %}{{ of({'name': 'another'}) }} {{ shop.name }}", "another Tilleul"),
    "what is escaped": ("{{ shop.address }} {{ shop.email ~ '&' }}", "12 rue des Tilleuls, 69004 Lyon bonjour@tilleul.example&amp;"),
    "branches": ("{% if not shop.phone %}no{% elif contact %}{{ contact }}{% else %}{{ shop.name }}{% endif %}", "Zo&amp;"),
    "a known test in an elif": ("{% if nobody %}no{% elif shop.phone %}{{ shop.name }}{% else %}else{% endif %}", "Tilleul"),
    "another known test in an elif": ("{% if nobody %}no{% elif shop.logo_url %}logo{% elif contact %}{{ contact }}{% endif %}", "Zo&amp;"),
    "a shop of its own around a piece": ("{% with shop = {'name': 'another'} %}{% include 'piece.html.j2' %}{% endwith %}", "another"),
    "shops of its own around a piece": ("{% for shop in [{'name': '%}'}, shop] %}{% include 'piece.html.j2' %}{% endfor %}", "%}Tilleul"),
    "a block in what is never taken": ("{% if shop.logo_url %}{% block logo %}<img>{% endblock %}{% endif %}({{ self.logo() }})", "(<img>)"),
    "a block that another template fills": (BASE, "loud loud"),
    "what its base sets": ("{% extends 'base.html.j2' %}{% set tone = 'quiet' %}{% block words %}{{ tone }}{{ super() }}{% endblock %}", "loudloud loud"),
}


@pytest.mark.parametrize(("text", "expected"), TEMPLATES.values(), ids=TEMPLATES.keys())
def test_it_writes_the_same(text: str, expected: str) -> None:
    sources = {"m.html.j2": Source(text, "m.html.j2"), "base.html.j2": Source(BASE, "base.html.j2"), "piece.html.j2": Source("{{ shop.name }}", "")}
    for fixed in ({"shop": SHOP}, {}):
        assert environment(sources, ("",), fixed).get_template("m.html.j2").render(shop=SHOP, contact="Zo&", nobody=None) == expected


def test_nothing_is_not_printed_under_a_name_either() -> None:
    made = environment({"m.html.j2": Source("{% set a = none %}{{ a }}", "")}, ("",), {"shop": SHOP})
    with pytest.raises(UndefinedError, match="an empty value would be printed"):
        made.get_template("m.html.j2").render()


def test_what_it_reads_of_the_shop_is_its_own_text() -> None:
    made = environment({}, ("",), {"shop": SHOP})
    text = "{% set ink = shop.color %}{% if shop.phone %}<p style='color: {{ ink }}'>{{ shop.name }}</p>{% endif %}"
    tree = folded(made.parse(text), made, "m.html.j2", {"shop": SHOP})
    assert [node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"] == []
    assert not any(isinstance(piece, Value) for piece in made.from_string(text).root_render_func(made.from_string(text).new_context()))
