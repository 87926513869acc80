"""The send ledger: every attempt is written down, and nothing goes twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.delivery import hand_over as room
from pipelines.delivery import recover as recovery
from pipelines.delivery.journal import Journal, Outcome, Taken, journal_path
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message, Receipt, State
from senders.pace import PacedSettings
from tests.delivery.scripted import Scripted
from tests.journeys.world import World, empty_world, plain, scenario, utc

NOW = "2026-01-05 06:00"


def world_with(root: Path, contacts: int = 1, **more: object) -> World:
    """A message to each of some contacts is due, each at its own minute."""
    world = empty_world(root)
    for number in range(contacts):
        world.contact(f"c{number}")
        world.did(f"c{number}", "page_viewed", f"2026-01-05 05:0{number}")
    world.tick(NOW, scenario([{"send": "mail"} | more], trigger={"activity": "page_viewed"}))
    return world


def ledger(world: World) -> list[tuple[object, ...]]:
    rows = world.warehouse.rows("""
        select m.contact_id, s.attempt, s.state, s.error from delivery.sends s join outbox.messages m on m.message_key = s.message_key
        order by m.contact_id, s.attempt, case s.state when 'claimed' then 0 else 1 end""")
    return [tuple(row) for row in rows]


def test_every_message_is_claimed_before_and_settled_after(tmp_path: Path) -> None:
    world = world_with(tmp_path, 3)
    sender = Scripted()
    (done,) = world.hand_over(NOW, sender)
    assert (done.accepted, done.refused, done.retry, done.unknown) == (3, 0, 0, 0)
    assert [row[:3] for row in ledger(world)] == [(f"c{number}", 1, state) for number in range(3) for state in ("claimed", "accepted")]


def test_a_second_pass_sends_nothing_again(tmp_path: Path) -> None:
    world = world_with(tmp_path, 3)
    sender = Scripted()
    world.hand_over(NOW, sender)
    before = ledger(world)
    world.hand_over("2026-01-05 06:15", sender)
    assert len(sender.received) == 3
    assert ledger(world) == before


def test_highest_priority_goes_first_then_whoever_was_due_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = empty_world(tmp_path)
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    world.did("ann", "cart_updated", "2026-01-05 04:00", cart_id="k")
    viewed = {"activity": "page_viewed"}
    told = [
        scenario([{"send": "low"}], name="low", trigger=viewed, priority=1),
        scenario([{"send": "early"}], name="early"),
        scenario([{"send": "later"}], name="later", trigger=viewed),
    ]
    world.tick(NOW, *told)
    sender = Scripted()
    monkeypatch.setattr(room, "BATCH", 1)
    world.hand_over(NOW, sender)
    assert sender.received == ["early", "later", "low"]


def test_a_slice_after_the_other_goes_in_the_same_order_and_what_is_left_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SLICE", 2)
    monkeypatch.setattr(room, "PART", 1)
    world = world_with(tmp_path, 7)
    world.consent("c1", "2026-01-05 06:10", granted=False)
    sender = Scripted(pace=PacedSettings(connections=1, per_day=4))
    world.hand_over("2026-01-05 06:30", sender)
    went = "select contact_id from delivery.sends s join outbox.messages m on m.message_key = s.message_key where state = 'accepted' order by m.due_at"
    assert world.warehouse.rows(went) == [("c0",), ("c2",), ("c3",), ("c4",)]
    reasons = "select contact_id, reason from outbox.messages where reason is not null order by contact_id"
    assert world.warehouse.rows(reasons) == [("c1", "no_consent"), ("c5", "sender_quota"), ("c6", "sender_quota")]
    world.hand_over("2026-01-06 05:00", sender)
    assert world.warehouse.value(f"select count(*) from ({went})") == 6


def test_what_was_settled_is_looked_up_once_a_pass_and_only_while_it_is_valid(tmp_path: Path) -> None:
    world = world_with(tmp_path, 3, valid_for="2 hours")
    kept = []
    for moment in ("06:00", "06:15", "09:00"):
        world.hand_over(f"2026-01-05 {moment}", Scripted())
        kept.append(world.warehouse.value("select count(*) from settled"))
    assert kept == [0, 3, 0]


def test_what_went_long_ago_makes_no_parts_of_what_is_left_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PART", 1)
    world = world_with(tmp_path, 3, valid_for="2 hours")
    world.hand_over(NOW, Scripted())
    for late in ("ann", "bob"):
        world.contact(late)
        world.did(late, "page_viewed", "2026-01-06 05:00")
    world.tick("2026-01-06 06:00", scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}))
    parts: list[object] = []
    run = Warehouse.run

    def counted(self: Warehouse, sql: Path | str, **parameters: object) -> None:
        parts.extend([sql] if Path(sql).name == "left_over.sql" else [])
        run(self, sql, **parameters)

    monkeypatch.setattr(Warehouse, "run", counted)
    (done,) = world.hand_over("2026-01-06 06:30", Scripted(pace=PacedSettings(connections=1, per_day=1)))
    assert (done.stopped, len(parts)) == ("1 on 2026-01-06: the next day goes on", 3)


def test_what_nobody_could_send_says_why_it_waits_when_somebody_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SLICE", 1)
    world = world_with(tmp_path, 2)
    world.hand_over(NOW, Scripted(), live=False)
    assert world.messages("status", "reason") == [("held", "not_sent")] * 2
    world.hand_over("2026-01-05 06:15", Scripted(pace=PacedSettings(connections=1, per_day=1)))
    assert world.messages("status", "reason") == [("to_send", None), ("held", "sender_quota")]


def test_what_is_rendered_ahead_is_claimed_a_batch_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BATCH", 2)
    monkeypatch.setattr(room, "AHEAD", 5)
    world = world_with(tmp_path, 7)
    claims: list[int] = []
    sender = Scripted(pace=PacedSettings(connections=1, per_day=6))

    def seen(warehouse: Warehouse, now: datetime) -> Iterator[Message]:
        for message in plain(warehouse, now):
            claims.append(warehouse.value("select count(*) from delivery.sends where state = 'claimed'"))
            yield message

    with world.warehouse.at(utc(NOW)):
        (done,) = room.hand_over(world.warehouse, world.project, [sender], seen, utc(NOW), live=True)
    assert (done.accepted, done.stopped) == (6, "6 on 2026-01-05: the next day goes on")
    assert claims == [0, 0, 2, 2, 4, 5]
    assert [row[2] for row in ledger(world)] == ["claimed", "accepted"] * 6


def test_what_the_provider_cannot_take_now_is_tried_again_later_and_later(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    sender = Scripted({"mail": ["retry", "retry"]})
    world.hand_over(NOW, sender)
    assert sender.received == ["mail"]
    assert world.messages("status", "reason", "detail") == [("held", "sender_retry", "said retry")]
    for moment, tries in (("06:05", 1), ("06:15", 2), ("06:20", 2), ("06:45", 3), ("07:45", 3)):
        world.hand_over(f"2026-01-05 {moment}", sender)
        assert len(sender.received) == tries
    assert world.messages("status", "reason", "detail") == [("to_send", None, None)]
    assert ledger(world) == [
        ("c0", 1, "claimed", None), ("c0", 1, "retry", "said retry"), ("c0", 2, "claimed", None), ("c0", 2, "retry", "said retry"),
        ("c0", 3, "claimed", None), ("c0", 3, "accepted", None),
    ]  # fmt: skip


def test_a_message_that_is_tried_again_too_long_expires(tmp_path: Path) -> None:
    world = world_with(tmp_path, valid_for="2 hours")
    sender = Scripted({"mail": ["retry"] * 9})
    world.hand_over(NOW, sender)
    world.hand_over("2026-01-05 07:00", sender)
    assert sender.received == ["mail"]
    assert world.messages("status", "reason") == [("dropped", "expired")]


def test_a_refused_message_is_dropped_with_the_words_of_the_provider(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    sender = Scripted({"mail": ["refused"]})
    world.hand_over(NOW, sender)
    world.hand_over("2026-01-05 06:15", sender)
    assert sender.received == ["mail"]
    assert world.messages("status", "reason", "detail") == [("dropped", "refused", "said refused")]


def test_what_nobody_knows_about_is_never_sent_again(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    sender = Scripted({"mail": ["unknown"]})
    for moment in (NOW, "2026-01-05 06:15", "2026-01-06 06:00"):
        world.hand_over(moment, sender)
    assert sender.received == ["mail"]
    assert [row[2] for row in ledger(world)] == ["claimed", "unknown"]


@pytest.mark.parametrize("state", ["accepted", "unknown"])
def test_what_went_or_may_have_gone_uses_its_cap_and_what_was_refused_does_not(tmp_path: Path, state: State) -> None:
    for answer, expected in ((state, "capped"), ("refused", None)):
        world = empty_world(tmp_path / answer, caps=[{"name": "weekly", "at_most": 1, "per": "week", "clock": "calendar"}])
        world.contact("ann")
        world.did("ann", "page_viewed", "2026-01-05 05:00")
        world.did("ann", "cart_updated", "2026-01-06 05:00", cart_id="k")
        told = [scenario([{"send": "first"}], name="first", trigger={"activity": "page_viewed"}), scenario([{"send": "second"}], name="second")]
        world.tick(NOW, *told)
        world.hand_over(NOW, Scripted({"first": [answer]}))
        world.tick("2026-01-06 06:00", *told)
        assert world.messages("reason", where="step = 'second'") == [(expected,)]


def test_each_channel_has_its_sender(tmp_path: Path) -> None:
    world = world_with(tmp_path, via=["push", "email"])
    mail, push = Scripted(), Scripted(name="pusher", channels=frozenset({"push"}))
    assert [done.accepted for done in world.hand_over(NOW, mail, push)] == [0, 1]
    assert world.warehouse.rows("select distinct sender from delivery.sends") == [("pusher",)]


def test_a_message_that_cannot_be_written_takes_no_other_down(tmp_path: Path) -> None:
    world = world_with(tmp_path, 2)

    def half_written(warehouse: Warehouse, now: datetime) -> Iterator[Message | Receipt]:
        first, *rest = plain(warehouse, now)
        yield Receipt(first.key, "refused", error="invalid content: mail/email.html.j2:3: `cart` is not known")
        yield from rest

    sender = Scripted()
    world.hand_over(NOW, sender, render=half_written)
    assert sender.received == ["mail"]
    assert world.messages("status", "reason") == [("dropped", "invalid_content"), ("to_send", None)]


def test_a_message_that_cannot_be_written_yet_waits(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    sender = Scripted()
    world.hand_over(NOW, sender, render=lambda warehouse, now: [Receipt(message.key, "retry", error="no secret") for message in plain(warehouse, now)])
    assert (sender.received, world.messages("status", "reason", "detail")) == ([], [("held", "sender_retry", "no secret")])
    assert ledger(world) == [], "nothing was tried, so the next attempt is the first"
    world.hand_over("2026-01-05 06:01", sender)
    assert sender.received == ["mail"]


# What a killed pass leaves behind


def claimed(root: Path) -> World:
    """A message that was claimed by a pass that was killed."""
    world = world_with(root)
    world.warehouse.append(
        "delivery.sends", ["message_key", "sender", "attempt", "state", "changed_at"], [(world.key("c0", "mail"), "scripted", 1, "claimed", utc(NOW))]
    )
    return world


@pytest.mark.parametrize(
    ("idempotent", "states", "received"), [(True, ["claimed", "retry", "claimed", "accepted"], ["mail"]), (False, ["claimed", "unknown"], [])]
)
def test_a_claimed_message_is_sent_again_only_where_the_provider_knows_keys(tmp_path: Path, idempotent: bool, states: list[str], received: list[str]) -> None:
    world = claimed(tmp_path)
    sender = Scripted(idempotent=idempotent)
    world.hand_over("2026-01-05 06:15", sender)
    assert [row[2] for row in ledger(world)] == states
    assert sender.received == received


def test_a_message_claimed_by_a_sender_that_is_gone_is_unknown(tmp_path: Path) -> None:
    world = claimed(tmp_path)
    world.hand_over("2026-01-05 06:15", Scripted(name="another", idempotent=True))
    assert [row[2] for row in ledger(world)] == ["claimed", "unknown"]


@pytest.mark.parametrize("idempotent", [True, False])
def test_an_outcome_in_the_journal_counts_even_if_the_warehouse_never_heard_of_it(tmp_path: Path, idempotent: bool) -> None:
    world = claimed(tmp_path)
    with Journal(tmp_path / ".relance" / "journal", utc(NOW)) as journal:
        journal.write(Outcome(world.key("c0", "mail"), "scripted", 1, "accepted", utc(NOW), "id"))
    sender = Scripted(idempotent=idempotent)
    world.hand_over("2026-01-06 06:15", sender)
    assert [row[2] for row in ledger(world)] == ["claimed", "accepted"]
    assert sender.received == []


def test_a_refusal_that_only_the_journal_knows_of_drops_its_message(tmp_path: Path) -> None:
    world = claimed(tmp_path)
    with Journal(tmp_path / ".relance" / "journal", utc(NOW)) as journal:
        journal.write(Outcome(world.key("c0", "mail"), "scripted", 1, "refused", utc(NOW), error="no such box"))
    sender = Scripted()
    world.hand_over("2026-01-05 06:15", sender)
    assert world.messages("status", "reason", "detail") == [("dropped", "refused", "no such box")]
    assert sender.received == []


@pytest.mark.parametrize(("taken", "state"), [(False, "retry"), (True, "unknown")])
def test_what_was_claimed_and_never_taken_goes_in_the_next_pass(tmp_path: Path, taken: bool, state: str) -> None:
    world = claimed(tmp_path)
    with Journal(tmp_path / ".relance" / "journal", utc(NOW)) as journal:
        if taken:
            journal.write(Taken(world.key("c0", "mail"), "scripted", 1))
    sender = Scripted()
    world.hand_over("2026-01-05 06:15", sender)
    assert ledger(world)[1][2] == state
    assert sender.received == ([] if taken else ["mail"])


def test_after_a_power_cut_a_line_may_be_missing_so_what_was_claimed_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = claimed(tmp_path)
    with Journal(tmp_path / ".relance" / "journal", utc(NOW)):
        pass
    monkeypatch.setattr(recovery, "boot", lambda: "another boot")
    sender = Scripted()
    world.hand_over("2026-01-05 06:15", sender)
    assert [row[2] for row in ledger(world)] == ["claimed", "unknown"]
    assert sender.received == []


def test_a_journal_that_a_power_cut_left_empty_knows_nothing(tmp_path: Path) -> None:
    world = claimed(tmp_path)
    path = journal_path(tmp_path / ".relance" / "journal", utc(NOW))
    path.parent.mkdir(parents=True)
    path.touch()
    world.hand_over("2026-01-05 06:15", Scripted())
    assert [row[2] for row in ledger(world)] == ["claimed", "unknown"]


def test_folding_the_journal_again_changes_nothing(tmp_path: Path) -> None:
    world = world_with(tmp_path, 2)
    sender = Scripted()
    world.hand_over(NOW, sender)
    before = ledger(world)
    world.warehouse.run("delete from delivery.sends where state = 'accepted'")
    world.hand_over("2026-01-05 06:15", sender)
    assert ledger(world) == before
    assert len(sender.received) == 2


def test_where_named_links_lead_is_written_down_before_anybody_can_click(tmp_path: Path) -> None:
    world = world_with(tmp_path)

    def linked(warehouse: Warehouse, now: datetime) -> Iterator[Message]:
        for message in plain(warehouse, now):
            yield replace(message, links={"shop": "https://x.example/", "home": "https://x.example/", "guide": "https://x.example/g"})

    world.hand_over(NOW, Scripted({"mail": ["retry"]}), render=linked)
    world.hand_over("2026-01-05 06:15", Scripted(), render=linked)
    rows = world.warehouse.rows("select link, url from delivery.links order by link")
    assert rows == [("guide", "https://x.example/g"), ("shop", "https://x.example/")]
