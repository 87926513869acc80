"""A tick is a function of its inputs: again, killed, in another order or from scratch, it gives the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.errors import TickRefused
from pipelines.warehouse.duckdb import Warehouse
from tests.journeys.oracle import foretold
from tests.journeys.random_stories import story
from tests.journeys.story import Story, play, tell
from tests.journeys.test_against_oracle import played
from tests.journeys.world import World, empty_world, scenario

TICK = 2  # the tick of the busy story that is killed


class KilledError(Exception):
    """The process is gone."""


@cache
def busy() -> Story:
    """The first short story of which much falls due in one tick, and whose scenarios are edited."""
    return next(told for told in map(story, count()) if len(told.ticks) == TICK + 3 and len(told.edits) > 1 and len(set(due_in(told, TICK))) > 9)


def due_in(told: Story, tick: int) -> list[datetime]:
    """Return when the messages that fall due between the tick before and this one do so."""
    return [due for _, _, due, *_ in foretold(told).messages if told.ticks[tick - 1] < due <= told.ticks[tick]]


@cache
def calm() -> dict[str, list[tuple[Any, ...]]]:
    """What the busy story comes to when nothing goes wrong."""
    return played(busy()).dump()


def shuffled(told: Story) -> World:
    """The same world, its rows and its scenario files in another order."""
    backwards = replace(told, scenarios=told.scenarios[::-1], edits=tuple((since, folder[::-1]) for since, folder in told.edits))
    world = empty_world(**told.settings)
    tell(backwards, world)
    Random(1).shuffle(world.waiting)
    play(backwards, world)
    return world


def test_from_scratch_with_rows_and_scenario_files_in_another_order_everything_is_the_same_again() -> None:
    assert sum(map(len, calm().values())) > 100
    assert shuffled(busy()).dump() == calm()


def short() -> World:
    """A world after two ticks."""
    return played(replace(busy(), ticks=busy().ticks[:2]))


def test_arms_once_drawn_never_change() -> None:
    drawn = short().dump("journeys.arms")["journeys.arms"]
    assert len(drawn) > 1
    assert set(drawn) <= set(calm()["journeys.arms"])


def test_a_committed_tick_changes_nothing_when_it_is_run_again() -> None:
    world = short()
    before = world.dump()
    assert world.tick(busy().ticks[1], *busy().folder(busy().ticks[1])) == []
    assert world.dump() == before


def test_a_tick_before_a_committed_one_is_refused() -> None:
    world = short()
    with pytest.raises(TickRefused, match="is committed already"):
        world.tick(busy().ticks[0].replace(minute=30), *busy().folder(busy().ticks[0]))


def test_a_tick_to_which_nothing_is_new_decides_nothing() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 05:00", cart_id="k")
    told = scenario([{"send": "mail"}, {"wait": "10 days"}, {"exit": "done"}])
    world.ticks_at(["2026-01-05 06:00", "2026-01-06 06:00"], told)
    before = world.dump("journeys.decisions", "journeys.positions", "outbox.messages")
    world.tick("2026-01-07 06:00", told)
    assert world.dump("journeys.decisions", "journeys.positions", "outbox.messages") == before


def test_a_tick_killed_at_any_script_ends_as_if_nothing_had_been(monkeypatch: pytest.MonkeyPatch) -> None:
    told = busy()
    expected = calm()
    world = empty_world(**told.settings)
    tell(told, world)
    run, left = Warehouse._executed, [-1]

    def killed(self: Warehouse, sql: Path | str, parameters: dict[str, Any]) -> Iterator[Any]:
        if isinstance(sql, Path) and sql.parent.name in ("journeys", "outbox") and sql.name != "facts.sql":
            left[0] -= 1
            if left[0] == 0:
                raise KilledError
        yield from run(self, sql, parameters)

    monkeypatch.setattr(Warehouse, "_executed", killed)
    play(told, world, told.ticks[:TICK])
    kills = 0
    while _is_killed(told, world, left, 1 + 8 * kills):
        kills += 1
    assert kills > 8
    play(told, world, told.ticks[TICK + 1 :])
    assert world.dump() == expected


def _is_killed(told: Story, world: World, left: list[int], script: int) -> bool:
    left[0] = script
    try:
        play(told, world, [told.ticks[TICK]])
    except KilledError:
        return True
    finally:
        left[0] = -1
    return False
