"""
What scenarios mean, read off the specification: one contact at a time, step by step, without SQL.

Slow and obvious on purpose. The engine is held to it; it shares nothing with the engine but the typed scenario.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.journeys.oracle_door import newcomers
from tests.journeys.oracle_outbox import decided
from tests.journeys.oracle_runs import HELD_BY_CAP
from tests.journeys.oracle_steps import Life, Shop
from tests.journeys.story import Story


@dataclass(frozen=True)
class Outcome:
    """What a story comes to, as sorted rows: messages, endings, people in flight, refusals."""

    messages: list[tuple[Any, ...]]
    endings: list[tuple[Any, ...]]
    in_flight: list[tuple[Any, ...]]
    refusals: list[tuple[Any, ...]]


def foretold(story: Story) -> Outcome:
    """Return what the specification says of *story*."""
    shop = Shop(story)
    shop.lives += [Life(shop, person, [doing for doing in story.doings if doing.contact == person.id]) for person in story.people]
    lives = shop.lives
    for now in story.ticks:
        for life in lives:
            tick(life, now)
    runs = [run for life in lives for run in life.runs]
    return Outcome(
        sorted(
            (letter.key, letter.name, letter.due, letter.goes, letter.status, letter.reason or "", letter.channel) for life in lives for letter in life.letters
        ),
        sorted((run.scenario.scenario, run.person.id, run.entry_key, run.ghost, run.ended[0], run.ended[1], run.ended[2] or "") for run in runs if run.ended),
        sorted((run.scenario.scenario, run.person.id, run.entry_key, run.entered) for run in runs if not run.ended),
        sorted(refusal for life in lives for refusal in life.refusals),
    )


def tick(life: Life, now: datetime) -> None:
    """Exits and goals come first, then everybody advances, then who is new; what fell due is decided together."""
    for run in life.running():
        life.stop(run, now)
    for run in life.running():
        life.eject(run, now)
    due = [letter for run in life.walking(now) for letter in life.walk(run, now)]
    fresh = newcomers(life, now)
    life.runs += fresh
    for run in fresh:
        life.stop(run, now)
    due += [letter for run in fresh if not run.ended for letter in life.walk(run, now)]
    while due:
        decided(due, life, now)
        for letter in due:
            if letter not in life.letters:
                life.letters.append(letter)
            if letter.status != "dropped" and letter.reason not in HELD_BY_CAP:
                life.doings += life.story.replies(letter.key, life.person.id, letter.channel, letter.goes)
        due = [letter for run in life.walking(now) for letter in life.freed(run, now)]
