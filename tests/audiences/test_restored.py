"""A warehouse that was restored from a backup: it tells a platform nothing before it knows again what that was told."""

from pathlib import Path

import pytest

from pipelines.audiences.hand_over import Told
from pipelines.audiences.take_over import TakenOver, take_over
from senders.audience import erase
from tests.audiences.told import FIRST, agreed, ask, backed_up, files, lines, platform, tell, world_with
from tests.journeys.world import World, utc

TUESDAY = "2026-01-06 06:00"
WEDNESDAY = "2026-01-07 06:00"
LATER = "2026-01-07 06:15"
SETTINGS = {name: {"platform": "csv", "topic": "promotions", "folder": folder} for name, folder in (("buyers", ".relance/audiences"), ("spared", "spared"))}


@pytest.fixture
def restored(tmp_path: Path) -> World:
    """Ann and Bob were told of, then Cid, then Bob was taken out; the backup is of after the first pass. The audience `spared` is new since."""
    world = world_with(tmp_path, SETTINGS)
    for who in ("ann", "bob", "cid"):
        agreed(world, who)
    for who in ("ann", "bob"):
        ask(world, "add", who)
    tell(world, FIRST)
    restore = backed_up(world)
    ask(world, "add", "cid", TUESDAY)
    tell(world, TUESDAY)
    ask(world, "remove", "bob", WEDNESDAY)
    tell(world, WEDNESDAY)
    restore()
    ask(world, "add", "ann", WEDNESDAY, audience="spared")
    assert files(world)[1:] == ["buyers-00002-adds-2026-01-06.csv", "buyers-00003-removes-2026-01-07.csv"]
    return world


def reconcile(world: World) -> list[TakenOver]:
    return take_over(world.warehouse, world.project, utc(WEDNESDAY))


def take_away(world: World) -> None:
    for path in world.project.root.rglob("buyers-*.csv"):
        path.unlink()


def test_its_audience_is_told_nothing_and_others_are(restored: World) -> None:
    before = files(restored)
    buyers, spared = tell(restored, LATER)
    assert buyers.stopped.splitlines() == [
        "its file 3 was published, and the warehouse knows of 1: it was restored from a backup",
        "  hint: `relance reconcile` takes over what the files say; where it cannot, give the audience another name, and empty the old one at its platform",
    ]
    assert spared == Told("spared", adds=1)
    assert files(restored) == [*before, "spared-00001-adds-2026-01-07.csv"]
    take_away(restored)
    assert tell(restored, WEDNESDAY) == [buyers, Told("spared")], "an uploader that took the files away changes nothing"


def test_what_its_files_say_is_taken_over_where_all_are_there(restored: World) -> None:
    assert reconcile(restored) == [TakenOver("buyers", files=2)]
    assert tell(restored, LATER)[0] == Told("buyers"), "nothing is news"
    ask(restored, "remove", "ann", "2026-01-08 05:00")
    assert tell(restored, "2026-01-08 06:00")[0] == Told("buyers", removes=1)
    assert files(restored)[3] == "buyers-00004-removes-2026-01-08.csv"
    assert platform(restored) == {line["email_sha256"] for line in lines(restored, "buyers-00002-*")}
    assert reconcile(restored) == []


def test_an_address_that_was_told_beside_one_that_leaves_is_told_again_by_itself(restored: World) -> None:
    restored.warehouse.run("update raw.contacts set phone = '+33612345678' where contact_id = 'cid'")
    reconcile(restored)
    assert tell(restored, LATER)[0] == Told("buyers", adds=1)
    restored.warehouse.run("update raw.contacts set phone = null where contact_id = 'cid'")
    assert tell(restored, "2026-01-08 06:00")[0] == Told("buyers", adds=1, removes=1)


def test_files_that_are_not_all_there_are_not_taken_over(restored: World) -> None:
    [cid] = lines(restored, "buyers-00002-*")
    assert erase(restored.project.root / ".relance" / "audiences", "buyers", {cid["email_sha256"]}) == 1
    assert reconcile(restored) == [TakenOver("buyers", why="its files have not all the lines that they were published with")]
    next(restored.project.root.rglob("buyers-00002-*")).unlink()
    assert reconcile(restored) == [TakenOver("buyers", why="its file 2 is not in its folder any more")]
    (restored.project.state_folder / "journal" / "audiences.json").unlink()
    assert reconcile(restored) == [TakenOver("buyers", why="nobody noted that buyers-00003-removes-2026-01-07.csv was published")]
    assert tell(restored, LATER)[0].stopped.splitlines()[0] == (
        "the warehouse did not write buyers-00003-removes-2026-01-07.csv: it was restored from a backup, or another one writes into that folder"
    )


def test_a_backup_that_knows_all_that_was_published_goes_on(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    agreed(world, "ann")
    ask(world, "add", "ann")
    tell(world, FIRST)
    restore = backed_up(world)
    tell(world, TUESDAY)
    take_away(world)
    restore()
    assert tell(world, WEDNESDAY) == [Told("buyers")]
