"""A warehouse that was restored from a backup: it tells a platform nothing before it knows again what that was told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from pipelines.audiences import hand_over
from pipelines.audiences.hand_over import Told
from pipelines.audiences.published import Published, published
from pipelines.audiences.take_over import TakenOver, take_over
from pipelines.errors import RelanceError
from pipelines.privacy.forget import forget_rows
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


@pytest.mark.parametrize("platform_of_files", ["csv", "tiktok", "snapchat"])
def test_files_are_taken_over_in_the_form_of_their_platform(tmp_path: Path, platform_of_files: str) -> None:
    world = world_with(tmp_path, {"buyers": {"platform": platform_of_files, "topic": "promotions"}})
    for number, who in enumerate(("ann", "bob", "cid")):
        agreed(world, who, phone=f"+3361234560{number}")
    ask(world, "add", "ann")
    tell(world, FIRST)
    restore = backed_up(world)
    ask(world, "add", "bob", TUESDAY)
    ask(world, "add", "cid", TUESDAY)
    tell(world, TUESDAY)
    ask(world, "remove", "bob", WEDNESDAY)
    tell(world, WEDNESDAY)
    told = platform(world)
    restore()
    assert [(each.audience, each.why) for each in reconcile(world)] == [("buyers", "")]
    assert tell(world, LATER) == [Told("buyers")]
    ask(world, "remove", "cid", "2026-01-08 05:00")
    tell(world, "2026-01-08 06:00")
    assert (len(told), len(platform(world))) == (4, 2)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda path: path.write_text(path.read_text(), encoding="utf-16"), "is not as it was written: a CSV file in UTF-8"),
        (lambda path: path.write_text("x" * 200_000), "is not as it was written: a CSV file in UTF-8"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read: Is a directory"),
    ],
    ids=["saved anew by another program", "no CSV file", "no file"],
)
def test_a_file_that_cannot_be_read_is_not_taken_over(restored: World, damage: Callable[[Path], Any], why: str) -> None:
    damage(next(restored.project.root.rglob("buyers-00002-*")))
    assert reconcile(restored) == [TakenOver("buyers", why=f"buyers-00002-adds-2026-01-06.csv {why}")]
    with pytest.raises(RelanceError, match=f"{why}\n  hint: put the file back as it was, or take it away; until then nobody is erased"):
        forget_rows(restored.warehouse, restored.project, "cid", utc(WEDNESDAY))
    assert restored.warehouse.value("select count(*) from raw.contacts") == 3


@pytest.mark.parametrize("text", ["", "[]", '{"buyers": 3}', '{"buyers": ["x", 1]}'], ids=["empty", "a list", "one number", "no number"])
def test_a_note_that_cannot_be_read_stops_all_audiences_and_says_so(restored: World, text: str) -> None:
    note = restored.project.state_folder / "journal" / "audiences.json"
    note.write_text(text)
    why = (
        ".relance/journal/audiences.json is not as relance wrote it\n"
        "  hint: put it back; or, unless the warehouse was restored from a backup, delete it, and the next pass writes it anew"
    )
    assert tell(restored, LATER) == [Told("buyers", stopped=why), Told("spared", stopped=why)]
    assert reconcile(restored) == [TakenOver("buyers", why=why), TakenOver("spared", why=why)]
    assert note.read_text() == text


def test_what_is_noted_never_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with(tmp_path)
    for who in ("ann", "bob"):
        agreed(world, who)
    ask(world, "add", "ann")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(hand_over, "publish", Mock(side_effect=KeyboardInterrupt))
        tell(world, FIRST)
    restore = backed_up(world)
    ask(world, "add", "bob", TUESDAY)
    tell(world, TUESDAY)
    restore()
    assert reconcile(world) == [TakenOver("buyers", files=1)]
    tell(world, WEDNESDAY)
    assert published(world.project, "buyers") == Published(2, 2)


def test_a_note_that_was_lost_is_taken_again(restored: World) -> None:
    reconcile(restored)
    (restored.project.state_folder / "journal" / "audiences.json").unlink()
    tell(restored, LATER)
    assert published(restored.project, "buyers") == Published(3, 4)


def test_who_is_forgotten_leaves_the_files_that_were_taken_over(restored: World) -> None:
    [cid] = lines(restored, "buyers-00002-*")
    reconcile(restored)
    gone = forget_rows(restored.warehouse, restored.project, "cid", utc(WEDNESDAY))
    assert (gone.adds, gone.audiences, lines(restored, "buyers-00002-*")) == (1, ["buyers"], [])
    assert tell(restored, LATER)[0] == Told("buyers", removes=1)
    assert lines(restored, "buyers-00004-removes-*") == [cid]


def test_who_is_forgotten_before_they_are_taken_over_leaves_the_files_too(restored: World) -> None:
    gone = forget_rows(restored.warehouse, restored.project, "cid", utc(WEDNESDAY))
    assert (gone.adds, gone.audiences, lines(restored, "buyers-00002-*")) == (1, [], [])
    assert reconcile(restored) == [TakenOver("buyers", why="its files have not all the lines that they were published with")]


def test_who_was_taken_out_and_is_forgotten_leaves_the_file_that_had_put_them_in(restored: World) -> None:
    reconcile(restored)
    tell(restored, LATER)
    gone = forget_rows(restored.warehouse, restored.project, "bob", utc(WEDNESDAY))
    assert (gone.adds, gone.audiences, len(lines(restored, "buyers-00001-*"))) == (1, [], 1)


def test_a_number_that_somebody_else_has_too_stays_in_the_files_that_were_taken_over(tmp_path: Path) -> None:
    world = world_with(tmp_path, {"buyers": {"platform": "tiktok", "topic": "promotions"}})
    restore = backed_up(world)
    for who in ("ann", "bob"):
        agreed(world, who, phone="+33612345678")
        ask(world, "add", who)
    tell(world, FIRST)
    members = world.warehouse.records("select * from audiences.members")
    restore()
    for row in members:
        world.warehouse.append("audiences.members", list(row), [tuple(row.values())])
    reconcile(world)
    gone = forget_rows(world.warehouse, world.project, "ann", utc(TUESDAY))
    assert (gone.adds, gone.audiences, len(lines(world, "buyers-00001-adds-email-*")), len(lines(world, "buyers-00002-adds-phone-*"))) == (1, ["buyers"], 1, 1)


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
