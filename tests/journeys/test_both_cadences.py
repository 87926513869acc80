"""
Daily ticks and quarter-hour ticks take in the same people for the same moments, whatever begins a scenario, and they are those of the specification.

The suite tells two histories, and one in which things are known late; `RELANCE_STORIES=200` tells so many.
"""

import os
from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from tests.journeys.histories import DAY, QUARTER, TRIGGERS, UNANSWERED, History, replies
from tests.journeys.invariants import broken
from tests.journeys.oracle_triggers import Entry, Look, Sent, brought_in
from tests.journeys.world import World, instants, utc

SEEDS = range(int(os.environ.get("RELANCE_STORIES", 2)))
LATE_SEEDS = range(int(os.environ.get("RELANCE_STORIES", 1)))


def entered(world: World) -> dict[str, list[Entry]]:
    """Return who entered each scenario, for which moment, at which tick."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for name, *entry in world.warehouse.rows("select scenario, contact_id, entered_at, entered_as_of from journeys.enrolments order by all"):
        found[name].append(tuple(entry))
    return found


def went(world: World) -> list[Sent]:
    """Return the messages that went, and how they were answered."""
    rows = world.warehouse.rows("select message_key, template, contact_id, not_before, as_of from outbox.messages where status = 'to_send'")
    found = []
    for key, message, who, goes, decided in rows:
        answers: dict[str, list[datetime]] = {"opened": [], "clicked": []}
        for kind, after in replies(key) if message == "mail" else ():
            answers[kind].append(goes + after)
        found.append(Sent(message, who, goes, decided, answers))
    return found


def foretold(history: History, look: Look, world: World) -> dict[str, list[Entry]]:
    sent = went(world)
    return {name: found for name, trigger in history.triggers.items() if (found := brought_in(trigger, history.facts, look, sent))}


def as_foretold(history: History, moments: list[datetime], cadence: timedelta) -> tuple[World, dict[str, list[Entry]]]:
    """Live a history and hold what it comes to against the specification."""
    world = history.lived(moments, cadence)
    found = entered(world)
    assert {name: rows for name, rows in found.items() if name != "starts"} == foretold(history, Look(moments, cadence), world)
    assert not broken(world)
    return world, found


def without_ticks(found: dict[str, list[Entry]], until: datetime) -> list[tuple[Any, ...]]:
    """Return who entered what for a moment before *until*: a tick prepares what falls into its time until the next."""
    return sorted((name, who, at) for name, rows in found.items() if name not in UNANSWERED for who, at, _ in rows if at < until)


@cache
def by_day(seed: int) -> dict[str, list[Entry]]:
    history = History(seed)
    return as_foretold(history, list(instants(history.first, history.last)), DAY)[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_both_cadences_take_in_the_same_people_for_the_same_moments_as_the_specification_says(seed: int) -> None:
    history = History(seed)
    by_quarter = as_foretold(history, history.moments(), QUARTER)[1]
    assert without_ticks(by_quarter, utc(history.last)) == without_ticks(by_day(seed), utc(history.last))


@pytest.mark.parametrize("seed", LATE_SEEDS)
def test_what_is_known_late_takes_in_whom_the_specification_says(seed: int) -> None:
    history = History(1000 + seed, free=True)
    as_foretold(history, list(instants(history.first, history.last)), DAY)


def test_the_histories_bring_people_into_every_scenario() -> None:
    rare = {"the_first", "leap_days", "mondays"}  # on days that only some histories have
    assert {name for seed in SEEDS for name in by_day(seed)} >= (TRIGGERS.keys() | UNANSWERED.keys() | {"once", "starts"}) - rare
