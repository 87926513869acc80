"""Audiences of the small world, and what a platform that read all their files would have."""

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.audiences.hand_over import Told, hand_over_audiences
from tests.journeys.world import World, empty_world, utc

FIRST = "2026-01-05 06:00"


def world_with(root: Path, audiences: dict[str, Any] | None = None, **more: Any) -> World:
    """Return a world with the audience `buyers`, which steps fill, as plain columns; or with *audiences*."""
    return empty_world(root, audiences=audiences or {"buyers": {"platform": "csv", "topic": "promotions"}}, **more)


def agreed(world: World, contact_id: str, **values: Any) -> None:
    """Add somebody who agreed to ads long ago."""
    world.contact(contact_id, **values)
    world.consent(contact_id, "2020-01-01 00:00", channel="ads")


def ask(world: World, action: str, contact_id: str, at: str = FIRST, audience: str = "buyers") -> None:
    """Let a step put a contact into an audience (add), or take them out (remove)."""
    row = (audience, contact_id, action, utc(at), f"{contact_id} {at}", "story", utc(at))
    world.warehouse.append("audiences.asked", ["audience", "contact_id", "action", "asked_at", "enrolment_id", "scenario", "as_of"], [row])


def tell(world: World, at: str | datetime, *, live: bool = False) -> list[Told]:
    """Make a hand-over pass, with everything loaded by then."""
    now = utc(at) if isinstance(at, str) else at
    world.load(now)
    return hand_over_audiences(world.warehouse, world.project, utc(FIRST), now, live=live)


def members(world: World, audience: str = "buyers") -> list[str]:
    return [who for (who,) in world.warehouse.rows("select contact_id from audiences.members where audience = $name order by 1", name=audience)]


def files(world: World) -> list[str]:
    """Return the names of all files, in the order a platform reads them."""
    return sorted(path.name for path in world.project.root.rglob("*.csv"))


def lines(world: World, name: str) -> list[dict[str, str]]:
    with next(world.project.root.rglob(name)).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def platform(world: World, audience: str = "buyers") -> set[str]:
    """Return the hashed addresses that a platform knows after it has read the files of *audience*: the first cells of a line, names come after them."""
    known: set[str] = set()
    for name in files(world):
        if name.startswith(f"{audience}-"):
            with next(world.project.root.rglob(name)).open(encoding="utf-8", newline="") as file:
                cells = {cell for line in csv.reader(file) for cell in line[:2] if len(cell) == 64}
            known = known - cells if "-removes-" in name else known | cells
    return known


def backed_up(world: World) -> Callable[[], None]:
    """Keep what the warehouse knows of audiences, and return what puts it back, as a restored backup does."""
    kept = {table: world.warehouse.records(f"select * from {table}") for table in ("audiences.given", "audiences.files", "audiences.members")}

    def restore() -> None:
        for table, rows in kept.items():
            world.warehouse.run(f"delete from {table}")
            for row in rows:
                world.warehouse.append(table, list(row), [tuple(row.values())])

    return restore
