"""Random stories with hand-over passes at their ticks and between them: what goes, goes once, in its time, and to whom it may."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.journeys.invariants import broken
from tests.journeys.random_stories import stories
from tests.journeys.story import Story, play, tell
from tests.journeys.world import World, empty_world

HUNT = os.environ.get("RELANCE_STORIES")
BROKEN_BY = {
    "nothing goes twice": "select message_key from delivery.sends where state = 'accepted' group by message_key having count(*) > 1",
    "nothing goes that the outbox did not let go": """
        select s.message_key from delivery.sends s left join outbox.messages m on m.message_key = s.message_key
        where s.state = 'accepted' and coalesce(m.status, 'unknown') <> 'to_send'""",
    "nothing goes before its moment, nor when it is worthless": """
        select s.message_key from delivery.sends s join outbox.messages m on m.message_key = s.message_key
        where s.state = 'accepted' and (s.changed_at < m.not_before or s.changed_at >= m.expires_at)""",
    "nothing goes once its run is known to have ended early": """
        select s.message_key from delivery.sends s join outbox.messages m on m.message_key = s.message_key
        join journeys.endings d on d.enrolment_id = m.enrolment_id
        where s.state = 'accepted' and d.outcome in ('converted', 'goal_before_message', 'exited', 'ejected') and d.as_of <= s.changed_at and d.ended_at < m.due_at""",
    "nothing goes to an address that is known to be dead": """
        select s.message_key from delivery.sends s join outbox.messages m on m.message_key = s.message_key
        join outbox.messages b on b.channel = m.channel and b.address = m.address
        join raw.message_events e on e.message_key = b.message_key
        where s.state = 'accepted' and e.kind = 'bounced' and coalesce(e.reason, '') not ilike 'soft%' and e.occurred_at < s.changed_at and e.loaded_at <= s.changed_at""",
    "what may go now has gone": """
        select m.message_key from outbox.messages m left join delivery.sends s on s.message_key = m.message_key and s.state = 'accepted'
        where m.status = 'to_send' and m.not_before <= $now and s.message_key is null""",
}


def handed_over(world: World, told: Story) -> None:
    """Play *told* with a pass after each tick, another half-way to the next, and each of them twice."""
    for tick in told.ticks:
        play(told, world, [tick])
        for now in (tick, tick + (told.horizon(tick) - tick) / 2):
            world.hand_over(now)
            assert not {name: rows for name, sql in BROKEN_BY.items() if (rows := world.warehouse.rows(sql, **({"now": now} if "$now" in sql else {})))}
            before = world.dump("delivery.sends", "outbox.messages")
            assert not [sender for sender in world.hand_over(now) if sender.accepted]
            assert world.dump("delivery.sends", "outbox.messages") == before
        assert not broken(world)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=int(HUNT or 3), derandomize=not HUNT, suppress_health_check=list(HealthCheck), print_blob=True)
@given(stories())
def test_what_goes_goes_once_in_its_time_and_to_whom_it_may(told: Story) -> None:
    with tempfile.TemporaryDirectory() as root:
        world = empty_world(Path(root), **told.settings)
        tell(told, world)
        handed_over(world, told)
