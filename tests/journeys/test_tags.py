"""Tags that steps put on and take off: the last step of a tick counts."""

from typing import Any

from tests.journeys.world import LONG_AGO, empty_world, local, scenario

ON, OFF, HOUR = {"tag": {"add": "blue"}}, {"tag": {"remove": "blue"}}, {"wait": "1 hour"}
NOW = "2026-01-05 06:00"
CASES: dict[str, tuple[list[dict[str, Any]], bool, list[tuple[str, str | None]]]] = {
    "on": ([ON], False, [(NOW, None)]),
    "on_already": ([ON], True, [("long ago", None)]),
    "off": ([OFF], True, [("long ago", NOW)]),
    "on_and_off": ([ON, HOUR, OFF], False, []),
    "on_already_and_off": ([ON, HOUR, OFF], True, [("long ago", NOW)]),
    "off_and_on": ([OFF, HOUR, ON], True, [("long ago", None)]),
    "on_and_off_at_once": ([ON, OFF], True, [("long ago", NOW)]),
    "off_and_on_at_once": ([OFF, ON], True, [("long ago", NOW)]),
}
"""Steps, whether the contact has the tag before, and the tags they have after: since when, and until when."""


def test_the_last_step_of_a_tick_counts_and_of_one_moment_the_removal() -> None:
    world = empty_world()
    for name, (_, before, _) in CASES.items():
        world.contact(name)
        world.did(name, f"custom.{name}", "2026-01-05 01:00")
        if before:
            world.row("contact_tags", LONG_AGO, contact_id=name, tag="blue", added_at=LONG_AGO)
    world.tick(NOW, *(scenario(steps, name=name, trigger={"activity": f"custom.{name}"}) for name, (steps, _, _) in CASES.items()))
    found: dict[str, list[Any]] = {name: [] for name in CASES}
    for name, added, removed in world.warehouse.rows("select contact_id, added_at, removed_at from raw.contact_tags"):
        found[name].append((local(added) if added > LONG_AGO else "long ago", local(removed)))
    assert found == {name: after for name, (_, _, after) in CASES.items()}
    assert {(outcome, word) for _, _, outcome, word in world.endings()} == {("completed", None)}
