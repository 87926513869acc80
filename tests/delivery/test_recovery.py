"""Restored warehouses and lost or spoilt journals: what nobody can vouch for is unknown, and everything else goes on."""

import os
import shutil
from pathlib import Path

import pytest

from pipelines.delivery import recover as recovery
from pipelines.delivery.journal import Journal, Outcome, journal_path
from pipelines.delivery.ownership import NotOwner, require_ownership, warehouse_name
from pipelines.delivery.recover import LedgerTooOld, Reconciled, reconcile
from pipelines.delivery.resolve import resolve, unknown_messages
from pipelines.settings import Project
from senders.message import Sender
from senders.pace import PacedSettings
from tests.delivery.scripted import Scripted
from tests.delivery.test_ledger import claimed, ledger, world_with
from tests.journeys.world import World, empty_world, scenario, settings, utc

NOW, LATER = "2026-01-05 06:00", "2026-01-05 06:15"
ONE_A_DAY = PacedSettings(connections=1, per_day=1)
VIEWED = {"activity": "page_viewed"}


def journals(world: World) -> Path:
    return world.project.state_folder / "journal"


def reconciled(world: World, at: str, *senders: Sender, lost: bool = False) -> Reconciled:
    return reconcile(world.warehouse, world.project, senders or [Scripted()], utc(at), lost=lost)


def states(world: World) -> dict[object, object]:
    """Return the last state of each contact's message in the ledger."""
    return {row[0]: row[2] for row in ledger(world)}


# Journals that are spoilt


def test_a_journal_that_is_spoilt_frees_no_message(tmp_path: Path) -> None:
    world = claimed(tmp_path)
    with Journal(journals(world), utc(NOW)) as journal:
        """Nothing was taken, as far as it says."""
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join([lines[0], b"\0" * 60 + b"\n", *lines[1:]]))
    sender = Scripted()
    world.hand_over(LATER, sender)
    assert (states(world), sender.received) == ({"c0": "unknown"}, [])


def test_a_journal_goes_on_counting_when_it_is_opened_again_after_a_torn_line(tmp_path: Path) -> None:
    world, path = claimed(tmp_path), journal_path(tmp_path / ".relance" / "journal", utc(NOW))
    for torn in (b'{"taken": {"message_k', b""):
        with Journal(path.parent, utc(NOW)):
            """Nothing was taken."""
        with path.open("ab") as file:
            file.write(torn)
    sender = Scripted()
    world.hand_over(LATER, sender)
    assert sender.received == ["mail"], "nothing is missing: the message was never taken"


def test_the_name_of_a_new_journal_is_on_the_disk_before_anything_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    with Journal(tmp_path / "state" / "journal", utc(NOW)) as journal:
        assert {path.stat().st_ino for path in (journal.path, journal.path.parent, journal.path.parent.parent)} <= set(synced)


# Journals that are lost


def test_what_was_claimed_is_unknown_where_its_journal_is_not_the_last_there_was(tmp_path: Path) -> None:
    world = claimed(tmp_path)
    with Journal(journals(world), utc(NOW)):
        """It was restored with the warehouse: nothing was taken, as far as it says."""
    done = reconciled(world, LATER, lost=True)
    assert (done.in_doubt_before, done.unknown, states(world)) == (utc(LATER), 1, {"c0": "unknown"})


def test_what_waited_when_journals_were_lost_is_unknown_and_what_falls_due_later_goes(tmp_path: Path) -> None:
    world = world_with(tmp_path, 3)
    sender = Scripted(pace=ONE_A_DAY)
    world.hand_over(NOW, sender)
    assert sender.received == ["mail"]
    shutil.rmtree(journals(world))
    done = reconciled(world, "2026-01-05 12:00", sender)
    assert (done, states(world)) == (Reconciled({}, 0, 2, utc("2026-01-05 12:00")), {"c0": "accepted", "c1": "unknown", "c2": "unknown"})
    for name, at in (("late", "2026-01-05 11:00"), ("new", "2026-01-05 13:00")):
        world.contact(name)
        world.did(name, "page_viewed", at)
    world.tick("2026-01-06 06:00", scenario([{"send": "mail"}], trigger=VIEWED))
    world.hand_over("2026-01-06 06:00", unhurried := Scripted())
    assert states(world) == {"c0": "accepted", "c1": "unknown", "c2": "unknown", "late": "unknown", "new": "accepted"}
    assert unhurried.received == ["mail"]
    resolve(world.warehouse, world.project, [world.key("c1", "mail")], "retry", utc("2026-01-06 06:05"))
    world.hand_over("2026-01-06 06:10", unhurried)
    assert states(world)["c1"] == "accepted"


def test_a_clock_that_was_once_ahead_leaves_no_doubt_of_the_years_between(tmp_path: Path) -> None:
    world = named(tmp_path, NEW)
    claimed_once(world, "2031-01-05 06:00")
    world.contact("ann")
    assert reconciled(world, NOW).in_doubt_before == utc(NOW)
    require_ownership(world.warehouse, world.project, utc(LATER))
    world.did("ann", "page_viewed", "2026-01-05 06:05")
    world.tick(LATER, scenario([{"send": "mail"}], trigger=VIEWED))
    world.hand_over(LATER, sender := Scripted())
    assert sender.received == ["mail"]


def test_a_message_that_falls_due_later_than_it_did_before_is_unknown_too(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    told = scenario([{"send": "first"}, {"wait": "1 day"}, {"send": "second"}, {"wait": "1 day"}, {"send": "third"}], trigger=VIEWED)
    reconciled(world, "2026-01-06 12:00", lost=True)
    sender = Scripted()
    for at in ("2026-01-06 13:00", "2026-01-07 13:00", "2026-01-08 13:00"):
        world.tick(at, told)
        world.hand_over(at, sender)
    assert sender.received == ["third"]
    assert [row["step"] for row in unknown_messages(world.warehouse)] == ["first", "second"]


def test_what_could_not_go_before_its_window_is_not_in_doubt(tmp_path: Path) -> None:
    world = world_with(tmp_path, window={"from": "09:00", "to": "20:00"})
    reconciled(world, "2026-01-05 07:00", lost=True)
    sender = Scripted()
    world.hand_over("2026-01-05 09:00", sender)
    assert sender.received == ["mail"]


def test_where_the_provider_knows_keys_nothing_is_in_doubt(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    sender = Scripted(idempotent=True)
    reconciled(world, LATER, sender, lost=True)
    world.hand_over("2026-01-05 06:30", sender)
    assert sender.received == ["mail"]


def test_a_warehouse_restored_again_is_refused_again(tmp_path: Path) -> None:
    world = claimed(tmp_path)
    before = world.dump("delivery.sends")["delivery.sends"]
    done = reconciled(world, LATER)
    assert (done.in_doubt_before, done.unknown, states(world)) == (utc(LATER), 1, {"c0": "unknown"})
    world.warehouse.run("delete from delivery.sends")
    world.warehouse.run("delete from delivery.lost_journals")
    world.warehouse.append("delivery.sends", recovery.OUTCOMES, before)
    with pytest.raises(LedgerTooOld, match="journals later than the send ledger are damaged or were cut short"):
        world.hand_over("2026-01-05 06:30", Scripted())
    reconciled(world, "2026-01-05 06:45")
    assert states(world) == {"c0": "unknown"}


NEW, OLD = "0123456789abcdef", "0123456789ab"


def claimed_once(world: World, at: str) -> None:
    row = ("key", "scripted", 1, "claimed", utc(at))
    world.warehouse.append("delivery.sends", ["message_key", "sender", "attempt", "state", "changed_at"], [row])


def named(root: Path, name: str) -> World:
    world = empty_world(root, sending={"warehouse": name})
    world.warehouse.append("delivery.warehouse_name", ["name", "since"], [(name, utc("2025-01-05 06:00"))])
    return world


@pytest.mark.parametrize("known", ["a pass", "its name"])
def test_a_warehouse_without_the_journal_of_what_it_knows_is_refused(tmp_path: Path, known: str) -> None:
    world = named(tmp_path, NEW)
    if known == "a pass":
        with Journal(journals(world), utc("2025-01-05 06:00")):
            """Of the name."""
        claimed_once(world, "2025-02-05 06:00")
    with pytest.raises(NotOwner, match="is missing"):
        require_ownership(world.warehouse, world.project, utc(NOW))
    reconciled(world, NOW)
    require_ownership(world.warehouse, world.project, utc(NOW))


def test_a_warehouse_of_before_needs_no_journals_that_were_not_written_or_were_deleted_then(tmp_path: Path) -> None:
    world = named(tmp_path, OLD)
    require_ownership(world.warehouse, world.project, utc("2025-01-06 06:00"))
    claimed_once(world, "2025-02-05 06:00")
    require_ownership(world.warehouse, world.project, utc(NOW))
    assert reconciled(world, NOW).in_doubt_before is None
    with pytest.raises(NotOwner, match="is missing"):
        require_ownership(world.warehouse, world.project, utc("2025-02-06 06:00"))


def test_a_person_of_before_who_said_what_became_of_a_message_leaves_no_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with(tmp_path)
    with Journal(journals(world), utc(NOW)) as journal:
        """Its end was not written then, nor that it would be."""
    (opened,) = journal.path.read_text().splitlines()[:1]
    journal.path.write_text(opened.replace(', "closes": true', "") + "\n")
    monkeypatch.setattr(recovery, "boot", lambda: "another boot")
    world.hand_over(LATER, sender := Scripted())
    assert sender.received == ["mail"]


def test_a_copy_in_another_folder_does_not_own_the_sending(tmp_path: Path) -> None:
    warehouse, project = (world := empty_world(tmp_path / "shop")).warehouse, world.project
    warehouse.append("delivery.warehouse_name", ["name", "since"], [("stem", utc(NOW))])
    with Journal(journals(world), utc(NOW)):
        """Of the name."""
    name = warehouse_name(warehouse, project, utc(NOW))
    for owner in (name, "stem"):
        owned = project.model_copy(update={"settings": settings(sending={"warehouse": owner})})
        require_ownership(warehouse, owned, utc(NOW))
    shutil.copytree(tmp_path / "shop", tmp_path / "copy")
    copied = Project(root=tmp_path / "copy", settings=settings(sending={"warehouse": name}))
    with pytest.raises(NotOwner, match=f"the warehouse `{name}` owns this project's sending, and this one is `(?!{name})"):
        require_ownership(warehouse, copied, utc(NOW))


def test_the_journal_of_the_latest_pass_is_kept_however_old_it_is(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    world.hand_over(NOW, Scripted())
    world.hand_over("2027-01-05 06:00", Scripted())
    assert journal_path(journals(world), utc(NOW)).exists()


# Warehouses that were restored


def test_a_backup_between_two_senders_of_a_pass_is_older_than_its_journal(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    world.contact("ann", phone="+33612345678")
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    world.tick(NOW, *(scenario([{"send": step, "via": via}], name=step, trigger=VIEWED) for step, via in (("mail", "email"), ("text", "sms"))))
    senders = [Scripted(), Scripted(name="texts", channels=frozenset({"sms"}))]
    world.hand_over(NOW, *senders)
    world.warehouse.run("delete from delivery.sends where sender = 'texts'")
    with pytest.raises(LedgerTooOld, match="know of 1 messages that went"):
        world.hand_over(LATER, *senders)
    assert reconciled(world, LATER, *senders) == Reconciled({"accepted": 1}, 0, 0, None)
    world.hand_over("2026-01-05 06:30", *senders)
    assert [sender.received for sender in senders] == [["mail"], ["text"]]


def test_a_restored_warehouse_is_in_doubt_of_a_journal_that_a_power_cut_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with(tmp_path, 2)
    folder = journals(world)
    with Journal(folder, utc(NOW)) as journal:
        journal.write(Outcome(world.key("c0", "mail"), "scripted", 1, "accepted", utc(NOW), "id"))
    path = journal_path(folder, utc(NOW))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    sender = Scripted()
    monkeypatch.setattr(recovery, "boot", lambda: "another boot")
    with pytest.raises(LedgerTooOld, match="know of 1 messages that went"):
        world.hand_over(LATER, sender)
    assert reconciled(world, LATER) == Reconciled({"accepted": 1}, 0, 1, utc(LATER))
    world.hand_over("2026-01-05 06:30", sender)
    assert (states(world), sender.received) == ({"c0": "accepted", "c1": "unknown"}, [])


def test_what_was_reconciled_without_doubt_stays_so_when_the_machine_starts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with(tmp_path, 2)
    with Journal(journals(world), utc(NOW)) as journal:
        journal.write(Outcome(world.key("c0", "mail"), "scripted", 1, "accepted", utc(NOW), "id"))
    journal.path.write_bytes(b"".join(journal.path.read_bytes().splitlines(keepends=True)[:-1]) + b'{"tak')  # killed
    assert reconciled(world, LATER) == Reconciled({"accepted": 1}, 0, 0, None)
    monkeypatch.setattr(recovery, "boot", lambda: "another boot")
    world.hand_over("2026-01-05 06:30", sender := Scripted())
    assert (states(world), sender.received) == ({"c0": "accepted", "c1": "accepted"}, ["mail"])


def test_a_pass_that_failed_before_it_claimed_anything_leaves_no_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with(tmp_path)
    with pytest.raises(ZeroDivisionError):
        world.hand_over(NOW, Scripted(), render=lambda warehouse, now: [1 // 0])
    monkeypatch.setattr(recovery, "boot", lambda: "another boot")
    sender = Scripted()
    world.hand_over(LATER, sender)
    assert sender.received == ["mail"]


def test_a_restored_warehouse_drops_what_was_refused_and_lists_what_is_unknown_though_its_outbox_lacks_it(tmp_path: Path) -> None:
    world = world_with(tmp_path, 2)
    world.hand_over(NOW, Scripted({"mail": ["refused", "unknown"]}))
    key = world.key("c1", "mail")
    world.warehouse.run("delete from delivery.sends")
    world.warehouse.run("delete from outbox.messages where message_key = $key", key=key)
    world.warehouse.run("update outbox.messages set status = 'to_send', reason = null, detail = null")
    assert reconciled(world, LATER).written == {"refused": 1, "unknown": 1}
    assert world.messages("status", "reason") == [("dropped", "refused")]
    assert [row["message_key"] for row in unknown_messages(world.warehouse)] == [key]
    resolve(world.warehouse, world.project, [key], "accepted", utc(LATER))
    assert unknown_messages(world.warehouse) == []
