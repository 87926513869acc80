"""The engine against the oracle: random scenarios, random histories, any rhythm of ticks; the same messages, the same endings."""

import pytest

from tests.journeys.invariants import broken
from tests.journeys.oracle import Outcome, foretold
from tests.journeys.random_stories import story
from tests.journeys.story import Story, play, tell
from tests.journeys.world import World, empty_world


def played(told: Story) -> World:
    """Return a world in which *told* has happened."""
    world = empty_world(**told.settings)
    tell(told, world)
    play(told, world)
    return world


def outcome_of(world: World) -> Outcome:
    """Return what *world* came to, as the oracle says it."""
    rows = world.warehouse.rows
    return Outcome(
        sorted(rows("select message_key, step, due_at, not_before, status, coalesce(reason, ''), channel from outbox.messages")),
        sorted(rows("""
            select e.scenario, e.contact_id, e.entry_key, e.ghost, d.ended_at, d.outcome, coalesce(d.reason, '')
            from journeys.endings d join journeys.enrolments e on e.enrolment_id = d.enrolment_id""")),
        sorted(rows("select scenario, contact_id, entry_key, entered_at from journeys.positions")),
        sorted(rows("select scenario, contact_id, decided_at, reason from journeys.decisions where outcome = 'refused'")),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_the_engine_does_what_the_specification_says(seed: int) -> None:
    told = story(seed)
    world = played(told)
    assert outcome_of(world) == foretold(told)
    assert not broken(world)
