"""
A tick runs only what its scenarios make use of: nothing that they need is left out, and no new word of the language is forgotten.

The suite tries several words in a world, and not all; with `RELANCE_STORIES` each is alone in one.
"""

import os
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import pipelines.journeys.advance as engine
from pipelines.journeys import needed
from pipelines.journeys.needed import BROUGHT_BY, NEEDS
from pipelines.scenarios import model as m
from pipelines.scenarios.compiled import ConditionRow, NodeKind, TriggerRow
from tests.journeys.world import LONG_AGO, OUTCOMES, World, empty_world, scenario, utc

ENGINE = Path(engine.__file__).parent
RUN = {*needed.BEFORE_MOVING, *needed.BEFORE_A_WALK, *needed.AFTER_A_WALK, *needed.AFTER_MOVING}
WRITTEN = (*OUTCOMES, "journeys.starts", "journeys.facts_seen")
ORDERED = {"activity": "order_placed", "key": "order_id"}


def ask(condition: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"branch": [{"if": condition, "steps": [{"exit": "yes"}]}, {"else": [{"exit": "no"}]}]}]


def await_(condition: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"wait_for": condition, "timeout": "2 hours", "then": [{"exit": "yes"}], "else": [{"exit": "no"}]}]


def split(first: int) -> dict[str, Any]:
    return {"split": {name: {"weight": weight, "steps": [{"send": name}]} for name, weight in (("a", first), ("b", 100 - first))}}


def told(*steps: dict[str, Any], **more: Any) -> list[m.Scenario]:
    return [scenario(list(steps), **more)]


WAIT, EXIT = {"wait": "2 days"}, {"exit": "out"}
ALONE: dict[str, list[list[m.Scenario]]] = {
    "send": [told({"send": "mail"}, EXIT)],
    "wait": [told({"wait": "1 hour"}, EXIT)],
    "wait_until": [told({"wait": {"until": "22:00"}}, EXIT)],
    "wait_days": [told({"wait": {"days": 0, "at": "23:00"}}, EXIT)],
    "wait_date": [told({"wait": {"until": {"date": "expected_delivery_on", "at": "23:00"}}}, EXIT, trigger=ORDERED)],
    "wait_for": [told(*await_({"did": {"activity": "order_placed"}}))],
    "if": [told({"wait": "3 hours"}, *ask({"did": {"activity": "order_placed"}}))],
    "split": 2 * [told(split(50), EXIT)],
    "offer": [told({"offer": "gift"}, EXIT)],
    "start": [[*told({"start": "other"}, EXIT), scenario([EXIT], name="other", trigger={"scenario": "start"})]],
    "tag": [told({"tag": {"add": "blue"}}, EXIT)],
    "untag": [told({"tag": {"remove": "red"}}, EXIT)],
    "sync": [told({"sync": {"add": "buyers"}}, EXIT)],
    "unsync": [told({"sync": {"remove": "buyers"}}, EXIT)],
    "exit": [told(EXIT)],
    "message": [told({"send": "mail", "via": "sms"}, *await_({"clicked": "mail"}))],
    "did": [told({"wait": "3 hours"}, *ask({"did": {"activity": "order_placed", "within": "1 day"}}))],
    "in_segment": [told(*ask({"in_segment": "vip"}))],
    "tagged": [told(*ask({"tagged": "red"}))],
    "offer_unused": [told(*ask({"offer_unused": "gift"}))],
    "where": [told(*ask({"where": "country = 'FR'"}))],
    "joined": [told(*await_({"any": [{"did": {"activity": "page_viewed"}}, {"did": {"activity": "order_placed"}}]}))],
    "window": [told({"send": "mail", "window": {"from": "08:00", "to": "09:00"}}, EXIT)],
    "moved": [told({"send": "mail"}, WAIT), told({"send": "mail"}, {"wait": "1 hour"}, EXIT, migrate={"begin": "begin", "mail": "begin"})],
    "weighed_anew": [told(WAIT, split(5)), told({"wait": "1 day"}, split(95)), told({"wait": "1 day"}, split(95))],
    "audience": [told(EXIT, audience={"where": "country = 'DE'"})],
    "ejected": [told(WAIT), told(WAIT, status="stopped")],
}
"""Stories of one word each: its scenario, and others it takes, at one tick after the other."""
WORLDS = [
    ["send", "wait", "exit", "audience"],
    ["did", "if", "wait_for", "joined", "wait_until", "offer", "start", "tag", "sync", "window"],
    ["message", "wait_days", "wait_date", "untag", "unsync"],
]
"""Words in use together: those that need nothing with no other beside them but what brings them about, the others with such as need something else."""


def lived(words: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Return what comes of Ann, who leaves a cart before each tick and ordered an hour after the first."""
    world: World = empty_world(offers={"gift": {}})
    world.contact("ann", country="FR")
    world.member("vip", "ann", "2020-01-01 00:00")
    world.row("contact_tags", LONG_AGO, contact_id="ann", tag="red", added_at=LONG_AGO)
    world.row("offer_codes", LONG_AGO, offer="gift", code="G1", contact_id=None)
    world.row("offer_codes", LONG_AGO, offer="gift", code="G2", contact_id="ann")
    world.did("ann", "order_placed", "2026-01-04 20:00", expected_delivery_on=utc("2026-01-04 12:00").date())
    for number in range(max(len(ALONE[word]) for word in words)):
        world.did("ann", "cart_updated", f"2026-01-0{4 + number} 19:00", cart_id=f"k{number}")
        folders = [(word, ALONE[word][min(number, len(ALONE[word]) - 1)]) for word in words]
        world.tick(f"2026-01-0{5 + number} 06:00", *(each for word, (first, *more) in folders for each in (first.model_copy(update={"scenario": word}), *more)))
    return world.dump(*WRITTEN)


@pytest.mark.parametrize("words", [[word] for word in NEEDS] if os.environ.get("RELANCE_STORIES") else WORLDS, ids=" ".join)
def test_a_tick_that_runs_only_what_is_in_use_comes_to_what_running_everything_comes_to(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    monkeypatch.setattr(engine, "words_in_use", lambda warehouse: seen.update(found := needed.words_in_use(warehouse)) or found)
    chosen = lived(words)
    assert seen.issuperset(words)
    monkeypatch.setattr(engine, "words_in_use", lambda warehouse: set(NEEDS))
    assert lived(words) == chosen


def test_every_kind_of_step_condition_and_trigger_says_what_it_needs() -> None:
    kinds = {*get_args(NodeKind), *get_args(get_type_hints(ConditionRow)["kind"])}
    others = {"window", "moved", "weighed_anew", "audience", "ejected"}
    assert set(NEEDS) == set(ALONE) == kinds | others
    assert {word for word, names in NEEDS.items() if not names} <= {word for words in WORLDS for word in words}
    assert set(BROUGHT_BY) == set(get_args(get_type_hints(TriggerRow)["kind"]))


def test_every_statement_that_a_word_needs_is_run_and_the_other_way_round() -> None:
    assert {name for names in NEEDS.values() for name in names} == RUN


def test_every_file_of_the_engine_is_named_in_its_code() -> None:
    code = "".join(path.read_text() for path in ENGINE.parent.rglob("*.py"))
    assert [path.name for path in sorted(ENGINE.glob("*.sql")) if f'"{path.name}"' not in code] == []


def test_a_word_that_nobody_said_what_it_needs_stops_the_tick() -> None:
    with pytest.raises(KeyError, match="teleport"):
        needed.needed_for({"send", "teleport"})
