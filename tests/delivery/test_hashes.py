"""Who may not be written to any more, noted beside the journals."""

from pathlib import Path

import pytest

from pipelines.delivery.hashes import NAME, Differences, compare_hashes, note_hashes
from pipelines.delivery.recover import LedgerTooOld, hashes_kept
from pipelines.sources.suppress_list import AddressList, lift_list, suppress_list
from tests.delivery.scripted import Scripted
from tests.delivery.test_ledger import world_with
from tests.delivery.test_recovery import LATER, NOW, journals, reconciled
from tests.journeys.world import empty_world, utc


def test_nobody_is_written_to_whom_a_restored_warehouse_no_longer_knows_as_suppressed(tmp_path: Path) -> None:
    world = world_with(tmp_path, 2)
    lists = [AddressList(tmp_path / f"{name}.txt") for name in ("right", "wrong")]
    for each, number in zip(lists, (0, 1), strict=True):
        each.path.write_text(f"c{number}@shop.example\n")
        with hashes_kept(world.warehouse, world.project):
            suppress_list(world.warehouse, world.project, each, "manual", utc("2026-01-05 05:30"))
    with hashes_kept(world.warehouse, world.project):
        lift_list(world.warehouse, world.project, lists[1])
        world.warehouse.run("insert into delivery.forgotten by name select 'contact' as kind, 'h' as hash, timestamp '2026-01-05 05:40' as since")
    with (journals(world) / NAME).open("ab") as file:
        file.write(b"suppressed\temail\thash\tmanual\t\t2026-01-05")
    before = {table: world.dump(table) for table in ("delivery.suppressions", "delivery.forgotten")}
    for table in before:
        world.warehouse.run(f"delete from {table}")
    sender = Scripted()
    with pytest.raises(LedgerTooOld, match="2 addresses and people that nobody may write to any more are not in the warehouse"):
        world.hand_over(LATER, sender)
    assert reconciled(world, LATER).hashes == 2
    assert {table: world.dump(table) for table in before} == before
    world.reply("elsewhere", "unsubscribed", "2026-01-05 06:20", contact_id="c1")
    for at in ("2026-01-05 06:30", "2026-01-05 06:45"):
        world.hand_over(at, sender)
    assert sender.received == []
    assert len((journals(world) / NAME).read_text().splitlines()) == 6, "each once, what was lifted again, and the torn line"


def test_hashes_are_noted_as_they_are_whatever_else_is_in_the_file(tmp_path: Path) -> None:
    world = empty_world(tmp_path / "a [shop]")
    rows = [("suppressed", "email", "h", "unsubscribed", topic, utc(NOW)) for topic in ("", '50 % \n\t"Übersicht')]
    for row in rows:
        world.warehouse.run(
            "insert into delivery.suppressions by name select 'email' as channel, 'h' as address_hash, 'unsubscribed' as reason, $topic as topic, $now as since",
            topic=row[4] or None,
            now=row[5],
        )
    world.warehouse.run("insert into delivery.forgotten by name select 'contact' as kind, 'h' as hash, $now as since", now=utc(NOW))
    rows.insert(0, ("forgotten", "contact", "h", "", "", utc(NOW)))
    assert compare_hashes(world.warehouse, journals(world)) == Differences([], rows)
    journals(world).mkdir(parents=True)
    (journals(world) / NAME).write_bytes(b"\0" * 60 + b'\n"suppressed\te\xff\n\n')
    note_hashes(journals(world), rows)
    assert compare_hashes(world.warehouse, journals(world)) == Differences([], [])
    world.warehouse.run("delete from delivery.suppressions")
    world.warehouse.run("delete from delivery.forgotten")
    assert sorted(compare_hashes(world.warehouse, journals(world)).noted) == rows
    note_hashes(journals(world), [("lifted", *row[1:]) for row in rows[1:]] + rows[1:2])
    assert sorted(compare_hashes(world.warehouse, journals(world)).noted) == rows[:2], "the last word counts"


def test_a_lift_that_was_killed_before_it_was_noted_is_lifted_by_the_next(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    listed = AddressList(tmp_path / "wrong.txt")
    listed.path.write_text("c0@shop.example\n")
    for at in ("2026-01-05 05:30", "2026-01-05 05:40"):
        with hashes_kept(world.warehouse, world.project):
            suppress_list(world.warehouse, world.project, listed, "manual" if at.endswith("30") else "complaint", utc(at))
    lift_list(world.warehouse, world.project, listed)  # and killed
    with hashes_kept(world.warehouse, world.project, lifts="email"):
        lift_list(world.warehouse, world.project, listed)
    assert compare_hashes(world.warehouse, journals(world)) == Differences([], [])
    world.hand_over(LATER, Scripted())
