"""A tick is a function of its inputs: again, killed, in another order or from scratch, it gives the same."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.errors import TickRefused
from pipelines.warehouse.duckdb import Warehouse
from tests.journeys.random_stories import story
from tests.journeys.story import Story, play, tell
from tests.journeys.test_against_oracle import played
from tests.journeys.world import World, empty_world

BUSY, TICK = 13, 3  # a story, and a tick of it, in which much happens


class KilledError(Exception):
    """The process is gone."""


def busy() -> Story:
    return story(BUSY)


@cache
def calm() -> dict[str, list[tuple[Any, ...]]]:
    """What the busy story comes to when nothing goes wrong."""
    return played(busy()).dump()


def shuffled(told: Story) -> World:
    """The same world, its rows in another order."""
    world = empty_world(**told.settings)
    tell(told, world)
    Random(1).shuffle(world.waiting)
    play(told, world)
    return world


def test_from_scratch_everything_is_the_same_again() -> None:
    assert sum(map(len, calm().values())) > 100
    assert played(busy()).dump() == calm()


def test_the_order_of_rows_in_raw_tables_changes_nothing() -> None:
    assert shuffled(busy()).dump() == calm()


def test_a_committed_tick_changes_nothing_when_it_is_run_again() -> None:
    told = busy()
    world = played(told)
    before = world.dump()
    assert world.tick(told.ticks[-1], *told.scenarios) == []
    assert world.dump() == before


def test_a_tick_before_a_committed_one_is_refused() -> None:
    told = busy()
    world = played(told)
    with pytest.raises(TickRefused, match="is committed already"):
        world.tick(told.ticks[0].replace(minute=30), *told.scenarios)


def test_a_tick_over_unchanged_data_decides_nothing() -> None:
    told = replace(busy(), doings=(), stays=(), people=busy().people[:1], answers=0)
    world = played(told)
    decided = world.warehouse.value("select count(*) from journeys.decisions")
    world.tick(told.ticks[-1].replace(minute=1), *[each for each in told.scenarios if each.status == "live"])
    assert world.warehouse.value("select count(*) from journeys.decisions") == decided


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
    while _is_killed(told, world, left, 1 + 3 * kills):
        kills += 1
    assert kills > 14
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
