"""Conditions of people on their way when the attributes they name are declared otherwise, or no more."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.journeys.lasting import lasting_condition
from pipelines.scenarios import types
from pipelines.scenarios.odd_values import SENSELESS as MEANS_NOTHING
from pipelines.settings import Project
from pipelines.warehouse.build import build
from pipelines.warehouse.calendar import ensure_zones
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from pipelines.warehouse.engine_errors import Refusal, refusal_of
from pipelines.workbench.in_flight import senseless_problems
from tests.journeys.world import ZONES, World, scenario, settings


@pytest.mark.parametrize(
    ("where", "was", "is_now", "said", "expected"),
    [
        ("year(since) < 2024", "date", None, "2020-01-01", "no"),
        ("coalesce(year(since), 0) < 2024", "date", None, "2030-01-01", "yes"),
        ("since and country = 'FR'", "boolean", None, "true", "no"),
        ("since > param('lead_score_threshold')", "number", "text", "100", "yes"),
        ("since > param('lead_score_threshold')", "number", "text", "large", "no"),
        ("since in (40, 41)", "number", "date", "2020-01-01", "no"),
        ("since = 'XL'", "text", "number", "40", "no"),
        ("since", "boolean", "text", "often", "no"),
        ("year(since) < 2024", "date", "text", "2020-01-01", "yes"),
        ("strftime(as_of(), '%m') = 1 and since = 'XL'", "text", "text", "XL", "yes"),
        ("since = 1", "boolean", "boolean", "true", "yes"),
    ],
    ids=[
        "gone",
        "gone, asked for nothing",
        "gone, of two",
        "a number as text",
        "no number",
        "a date",
        "a word as number",
        "a word as yes",
        "a date as text",
        "text and a number",
        "yes and a number",
    ],
)
def test_conditions_of_people_on_their_way_outlive_another_declaration(where: str, was: str, is_now: str | None, said: str, expected: str) -> None:
    with on_their_way(where, was, is_now, said) as world:
        assert [reason for *_, reason in world.endings()] == [expected]


@pytest.mark.parametrize(
    ("where", "declared", "expected"),
    [
        ("loves_cats = 1", {"loves_cats": "BOOLEAN"}, "TRY((c.loves_cats) = 1)"),
        ("newsletter = 1 and town = 'Paris'", {"town": "VARCHAR"}, "TRY((c.newsletter) = 1 AND (c.town) = 'Paris')"),
        ("strftime(as_of(), '%m') = 12 and town = 'Paris'", {"town": "VARCHAR"}, "TRY(STRFTIME(AS_OF(), '%m') = 12 AND (c.town) = 'Paris')"),
        ("order_count and town = 'Paris'", {"town": "VARCHAR"}, "TRY((c.order_count) AND (c.town) = 'Paris')"),
        ("newsletter = 1 or town = 'Paris'", {}, "TRY((c.newsletter) = 1 OR (CAST(NULL AS TEXT)) = 'Paris')"),
        ("year(a) < year(b) and c - interval 3 day > b", {"b": "DATE"}, None),
    ],
)
def test_a_condition_that_the_engine_answers_stays_as_it_is(where: str, declared: Mapping[str, str], expected: str | None) -> None:
    condition = lasting_condition(where, {}, tuple(declared.items()))
    assert condition != MEANS_NOTHING
    assert expected in (None, condition.sql(dialect="duckdb"))


@pytest.mark.parametrize("declared", [{}, {f"a{number}": "BOOLEAN" for number in range(6)}], ids=["gone", "of another type"])
def test_a_type_is_found_for_one_attribute_at_a_time(declared: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(warehouse: Warehouse, sql: str) -> Refusal | None:
        asked.append(sql)
        return refusal_of(warehouse, sql)

    monkeypatch.setattr(types, "refusal_of", counted)
    where = " and ".join(f"year(a{number}) = 2026" for number in range(6))
    assert lasting_condition(where, {}, tuple(declared.items())).sql().count("DATE") == 6
    assert len(asked) < 6 * 8 + 2


@contextmanager
def on_their_way(where: str, was: str, is_now: str | None, said: str) -> Iterator[World]:
    """Give the world in which Ann, who *said* so, was asked *where* after the attribute `since` became another."""
    first = settings(attributes={"since": {"type": was}})
    then = settings(attributes={"since": {"type": is_now}} if is_now else {})
    with memory_warehouse(first.thresholds, first.attribute_types) as warehouse:
        ensure_zones(warehouse, ZONES)
        world = World(warehouse, Project(root=Path("anywhere"), settings=first))
        world.contact("ann", country="FR", attributes=json.dumps({"since": said}))
        world.did("ann", "cart_updated", "2026-01-05 10:00", cart_id="k")
        other = scenario([{"send": "later"}], trigger={"activity": "signed_up"}, name="other")
        asks = scenario([{"wait": "2 days"}, {"branch": [{"if": {"where": where}, "steps": [{"exit": "yes"}]}, {"else": [{"exit": "no"}]}]}])
        world.tick("2026-01-05 12:00", asks, other)
        world.project = Project(root=Path("anywhere"), settings=then)
        build(warehouse.connection, commented=False, attributes=then.attribute_types)
        assert [problem.text for problem in senseless_problems(warehouse, world.project)] == ([SENSELESS] if where == MONTH else [])
        world.tick("2026-01-07 12:00", asks, other)
        yield world


MONTH = "month(since) = 1 and since = 'winter'"
SENSELESS = f"`{MONTH}` of `cart` means nothing with the attributes as they are: 1 people on their way will not meet it"


@pytest.mark.parametrize(
    ("where", "was", "is_now", "said", "seen"),
    [
        ("since > 40", "number", "text", "large", "since = large"),
        ("since = 'XL'", "text", "number", "40", None),
        (MONTH, "text", "text", "winter", "since = winter"),
    ],
    ids=["what cannot be read", "what can be read", "a condition that means nothing"],
)
def test_what_no_longer_can_be_read_is_written_down(where: str, was: str, is_now: str, said: str, seen: str | None) -> None:
    with on_their_way(where, was, is_now, said) as world:
        assert [reason for *_, reason in world.endings()] == ["no"]
        kept = world.warehouse.rows("select scenario, question, contact_id, seen from journeys.unread_values")
        assert kept == ([("cart", where, "ann", seen)] if seen else [])
