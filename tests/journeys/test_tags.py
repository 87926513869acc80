"""Tags that steps put on and take off: the last step of a tick counts, whichever run it is in."""

from typing import Any

import pytest

from tests.journeys.world import LONG_AGO, World, empty_world, local, scenario

ON, OFF = {"tag": {"add": "blue"}}, {"tag": {"remove": "blue"}}
HOUR = {"wait": "1 hour"}


def tagged(world: World) -> list[tuple[str | None, str | None]]:
    rows = world.warehouse.rows("select added_at, removed_at from raw.contact_tags order by added_at")
    return [(local(added) if added > LONG_AGO else "long ago", local(removed)) for added, removed in rows]


@pytest.mark.parametrize(
    ("steps", "before", "expected"),
    [
        ([ON], False, [("2026-01-05 06:00", None)]),
        ([ON], True, [("long ago", None)]),
        ([OFF], True, [("long ago", "2026-01-05 06:00")]),
        ([ON, HOUR, OFF], False, []),
        ([ON, HOUR, OFF], True, [("long ago", "2026-01-05 06:00")]),
        ([OFF, HOUR, ON], True, [("long ago", None)]),
        ([ON, OFF], True, [("long ago", "2026-01-05 06:00")]),
        ([OFF, ON], True, [("long ago", "2026-01-05 06:00")]),
    ],
    ids=["on", "on already", "off", "on and off", "on already and off", "off and on", "on and off at once", "off and on at once"],
)
def test_the_last_step_of_a_tick_counts_and_of_one_moment_the_removal(steps: list[dict[str, Any]], before: bool, expected: list[Any]) -> None:
    world = empty_world()
    world.contact("ann")
    if before:
        world.row("contact_tags", LONG_AGO, contact_id="ann", tag="blue", added_at=LONG_AGO)
    world.did("ann", "cart_updated", "2026-01-05 01:00", cart_id="k")
    world.tick("2026-01-05 06:00", scenario(steps))
    assert tagged(world) == expected
    assert world.endings() == [("ann", world.endings()[0][1], "completed", None)]
