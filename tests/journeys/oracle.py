"""
What scenarios mean, read off the specification: one contact at a time, step by step, without SQL.

Slow and obvious on purpose. The engine is held to it; it shares nothing with the engine but the typed scenario.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.journeys.oracle_audiences import members
from tests.journeys.oracle_codes import Shop
from tests.journeys.oracle_door import newcomers
from tests.journeys.oracle_outbox import decided
from tests.journeys.oracle_runs import HELD_BY_CAP, Letter, Run
from tests.journeys.oracle_steps import Life, Tag
from tests.journeys.story import Story
from tests.journeys.world import LONG_AGO

NEVER = datetime(9999, 12, 31)


@dataclass(frozen=True)
class Outcome:
    """What a story comes to, as sorted rows. `happened` says which words of the language came about."""

    messages: list[tuple[Any, ...]]
    endings: list[tuple[Any, ...]]
    in_flight: list[tuple[Any, ...]]
    refusals: list[tuple[Any, ...]]
    codes: list[tuple[Any, ...]]
    tags: list[tuple[Any, ...]]
    audiences: list[tuple[Any, ...]]
    happened: set[str] = field(default_factory=set, compare=False, repr=False)


def foretold(story: Story) -> Outcome:
    """Return what the specification says of *story*."""
    shop = Shop(story)
    for person in story.people:
        doings = [doing for doing in story.doings if doing.contact == person.id]
        shop.lives.append(Life(shop, person, doings, tags=[Tag(tag, LONG_AGO) for tag in person.tags]))
    lives = shop.lives
    for now in story.ticks:
        tick(shop, now)
    runs = [run for life in lives for run in life.runs]
    return Outcome(
        sorted(
            (letter.key, letter.name, letter.due, letter.goes, letter.status, letter.reason or "", letter.channel) for life in lives for letter in life.letters
        ),
        sorted((run.scenario.scenario, run.person.id, run.entry_key, run.ghost, run.ended[0], run.ended[1], run.ended[2] or "") for run in runs if run.ended),
        sorted((run.scenario.scenario, run.person.id, run.entry_key, run.entered) for run in runs if not run.ended),
        sorted(refusal for life in lives for refusal in life.refusals),
        sorted((run.scenario.scenario, run.person.id, run.entry_key, *row) for run in runs for row in handed(run)),
        sorted((life.person.id, tag.tag, tag.added, tag.removed or NEVER) for life in lives for tag in life.tags),
        sorted(members(shop)),
        shop.happened
        | {str(reason) for life in lives for *_, reason in life.refusals}
        | {each.reason or each.status for life in lives for each in life.letters}
        | {run.ended[1] for run in runs if run.ended},
    )


def handed(run: Run) -> Iterator[tuple[Any, ...]]:
    """The codes of a run, and of which offers none was left; ghosts get none."""
    for offer, given in run.codes.items():
        if not run.ghost:
            yield offer, given.code or "", given.until or NEVER


def tick(shop: Shop, now: datetime) -> None:
    """Exits and goals come first, then everybody advances, then who is new; what fell due is decided together. Tags are written last."""
    for life in shop.lives:
        for run in life.running():
            life.stop(run, now)
        for run in life.running():
            life.eject(run, now)
    due = advanced(shop, [(life, run) for life in shop.lives for run in life.walking(now)], now)
    fresh = [(life, run) for life in shop.lives for run in newcomers(life, now)]
    for life, run in fresh:
        life.runs.append(run)
        life.stop(run, now)
    due += advanced(shop, [(life, run) for life, run in fresh if not run.ended], now)
    while due:
        for life in shop.lives:
            settle(life, [letter for letter in due if letter.run.person == life.person], now)
        due = advanced(shop, [(life, run) for life in shop.lives for run in life.walking(now) if life.is_freed(run, now)], now)
    for life in shop.lives:
        life.tag(now)


def advanced(shop: Shop, moving: Sequence[tuple[Life, Run]], now: datetime) -> list[Letter]:
    """Everybody goes as far as time allows, and as far as codes go round; return the messages that fell due."""
    due: list[Letter] = []
    while moving:
        due += [letter for life, run in moving for letter in life.walk(run, now)]
        moving = shop.serve(now)
    return due


def settle(life: Life, due: list[Letter], now: datetime) -> None:
    """Decide the messages of one contact; what goes is answered."""
    decided(due, life, now)
    for letter in due:
        if letter not in life.letters:
            life.letters.append(letter)
        if letter.status != "dropped" and letter.reason not in HELD_BY_CAP:
            life.doings += life.story.replies(letter.key, life.person.id, letter.channel, letter.goes)
