"""How fast a sender goes, and when it stops."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.delivery import gate as module
from pipelines.delivery import hand_over as room
from pipelines.delivery.gate import Gate
from pipelines.delivery.halt import halt, resume
from pipelines.delivery.journal import Entry, Journal, Outcome, journal_path, read_journal
from pipelines.delivery.push import LONGEST, back_off, outcome_of
from pipelines.delivery.waits import waiting
from pipelines.errors import RelanceError
from pipelines.warehouse.duckdb import Warehouse
from senders.message import About, Message, Receipt, State
from senders.pace import PacedSettings, WarmUp
from tests.delivery.scripted import Scripted
from tests.delivery.test_ledger import ledger, world_with
from tests.journeys.world import World, plain, utc

NOW = "2026-01-05 06:00"
ABOUTS: tuple[About, ...] = ("", "session")
CLAIM = ["message_key", "sender", "attempt", "state", "changed_at"]


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 100.0

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def gate(*, longest: timedelta = timedelta(minutes=10), **pace: Any) -> Gate:
    return Gate(PacedSettings(**pace), longest, lambda: None)


def stops(world: World) -> list[tuple[Any, ...]]:
    return sorted(set(world.messages("status", "reason", "detail")), key=str)


def test_messages_keep_their_distance(clock: Clock) -> None:
    slow = gate(per_second=2)
    times = [clock.time for _ in range(5) if slow.admits()]
    assert times == [100, 100.5, 101, 101.5, 102]


def test_a_pass_ends_before_the_next(clock: Clock) -> None:
    slow = gate(per_second=1, longest=timedelta(seconds=3))
    assert [slow.admits() for _ in range(6)] == [True, True, True, True, False, False]
    assert slow.stop is not None
    assert slow.stop.reason == "sender_quota"


def test_a_halt_holds_for_a_message_that_waited_for_its_turn(clock: Clock) -> None:
    told: list[str] = []
    slow = Gate(PacedSettings(per_second=0.2), timedelta(minutes=10), lambda: told[0] if told else None)
    assert slow.admits()
    clock.sleep = lambda seconds: told.append("stop it")  # type: ignore[method-assign]
    assert not slow.admits()
    assert slow.stop is not None
    assert slow.stop.reason == "halted"


@pytest.mark.parametrize(("state", "times"), [("retry", 10), ("refused", 10), ("unknown", 3)])
def test_a_provider_that_fails_everything_is_left_alone(clock: Clock, state: State, times: int) -> None:
    watched = gate()
    for number in range(times):
        assert watched.admits()
        watched.heard(Receipt(f"m{number}", state, error="down"))
    assert not watched.admits()
    assert watched.stop is not None
    assert watched.stop.detail == f"{times} messages in a row failed, the last with: down"


@pytest.mark.parametrize("retry_after", [None, 3600])
def test_what_a_provider_says_of_one_person_is_told_masked_of_all_that_is_left(clock: Clock, retry_after: float | None) -> None:
    watched = gate()
    for _ in range(10):
        watched.heard(Receipt("m", "retry", error="450 <zoe@shop.example>, +33 6 12 34 56 78: try later", retry_after=retry_after))
    assert watched.stop is not None
    assert watched.stop.detail.endswith(": 450 <z***@s***.example>, +33*****78: try later")


def test_one_that_answers_between_failures_is_not(clock: Clock) -> None:
    watched = gate()
    for number in range(40):
        assert watched.admits()
        watched.heard(Receipt(f"m{number}", "accepted" if number % 5 == 4 else "retry"))


@pytest.mark.parametrize(("state", "about"), [("refused", "message"), ("retry", "session")])
def test_what_is_about_a_message_or_a_session_says_nothing_of_the_provider(clock: Clock, state: State, about: About) -> None:
    watched = gate()
    for number in range(40):
        assert watched.admits()
        watched.heard(Receipt(f"m{number}", state, about=about))


@pytest.mark.parametrize(("receipts", "believed"), [("rr", True), ("rrr", False), ("arrr", True), ("arrrrrrrrrr", False), ("rrra", True)])
def test_refusals_are_believed_where_few_or_where_something_else_was_accepted(clock: Clock, receipts: str, believed: bool) -> None:
    watched = gate()
    for letter in receipts:
        watched.heard(Receipt("m", "refused" if letter == "r" else "accepted"))
    assert watched.believes([1] * len(receipts.rpartition("a")[2])) == believed


@pytest.mark.parametrize(("accepted", "attempts", "believed"), [(False, [1, 1], True), (False, [2], False), (False, [1, 3], False), (True, [2, 3, 1], True)])
def test_few_refusals_are_believed_at_the_first_attempt_alone(accepted: bool, attempts: list[int], believed: bool) -> None:
    watched = gate()
    if accepted:
        watched.heard(Receipt("m", "accepted"))
    assert watched.believes(attempts) == believed


def test_a_provider_that_asks_for_a_moment_gets_it_and_one_that_asks_for_long_is_left(clock: Clock) -> None:
    asked = gate()
    asked.heard(Receipt("m1", "retry", error="429", retry_after=20))
    assert asked.admits()
    assert clock.time == 120
    asked.heard(Receipt("m2", "retry", error="429", retry_after=3600))
    assert not asked.admits()


def test_who_asks_to_be_left_alone_is_by_everybody_and_by_later_passes(tmp_path: Path) -> None:
    world = world_with(tmp_path, 6, valid_for="3 days")
    sender = Scripted({"mail": ["accepted", "retry"]}, retry_after=86_400)
    world.hand_over(NOW, sender)
    for moment in ("2026-01-05 06:15", "2026-01-06 05:45"):
        (done,) = world.hand_over(moment, sender)
        assert (len(sender.received), done.stopped) == (2, "the provider asked to be left alone until 2026-01-06 05:00 UTC")
    assert stops(world) == [("held", "sender_retry", "asked to be left alone: said retry"), ("held", "sender_retry", done.stopped), ("to_send", None, None)]
    world.hand_over("2026-01-06 06:00", sender)
    assert len(sender.received) == 7


def test_who_asks_for_a_minute_is_left_alone_for_a_minute_however_often_it_asked(tmp_path: Path) -> None:
    world = world_with(tmp_path, 2)
    sender = Scripted({"mail": ["retry"] * 4}, retry_after=60)
    for minutes in range(0, 60, 15):
        world.hand_over(f"2026-01-05 06:{minutes:02}", sender)
    assert len(sender.received) == 4
    (done,) = world.hand_over("2026-01-05 06:46", sender)
    assert done.accepted == 2


def test_a_quota_counts_what_went_today_and_the_rest_goes_tomorrow(tmp_path: Path) -> None:
    world = world_with(tmp_path, 5, valid_for="3 days")
    sender = Scripted(pace=PacedSettings(connections=1, per_day=2))
    for moment, gone in ((NOW, 2), ("2026-01-05 12:00", 2), ("2026-01-05 23:59", 2), ("2026-01-06 00:00", 4), ("2026-01-07 05:00", 5)):
        world.hand_over(moment, sender)
        assert len(sender.received) == gone
    assert stops(world) == [("to_send", None, None)]


def test_what_the_quota_holds_says_so(tmp_path: Path) -> None:
    world = world_with(tmp_path, 3)
    (done,) = world.hand_over(NOW, Scripted(pace=PacedSettings(connections=1, per_day=2)))
    assert stops(world) == [("held", "sender_quota", "2 on 2026-01-05: the next day goes on"), ("to_send", None, None)]
    assert (done.accepted, done.stopped) == (2, "2 on 2026-01-05: the next day goes on")


def test_warm_up_grows_day_by_day_until_it_is_over() -> None:
    plan = WarmUp(first_day=date(2026, 1, 5), start=50, growth=1.5, full=200)
    assert [plan.allowance(date(2026, 1, day)) for day in range(4, 10)] == [0, 50, 75, 112, 168, None]
    assert PacedSettings(per_day=60, warm_up=plan).allowance(date(2026, 1, 6)) == 60
    assert PacedSettings().allowance(date(2026, 1, 6)) is None


def test_what_is_left_when_a_provider_fails_is_held_and_goes_later(tmp_path: Path) -> None:
    world = world_with(tmp_path, 9, valid_for="3 days")
    sender = Scripted({"mail": ["unknown"] * 3})
    (done,) = world.hand_over(NOW, sender)
    assert (done.unknown, done.accepted, len(sender.received)) == (3, 0, 3)
    assert done.stopped == "3 messages in a row failed, the last with: said unknown"
    assert stops(world) == [("held", "sender_retry", done.stopped), ("to_send", None, None)]
    world.hand_over("2026-01-05 06:15", sender)
    assert len(sender.received) == 9


def test_a_provider_that_refuses_everything_loses_nothing(tmp_path: Path) -> None:
    world = world_with(tmp_path, 9, valid_for="3 days")
    (done,) = world.hand_over(NOW, Scripted({"mail": ["refused"] * 9}))
    assert (done.refused, done.retry, done.stopped) == (0, 9, "nothing was accepted and 9 refused, the last with: said refused")
    for passes in range(1, 13):  # their waits part them: few meet in a pass
        world.hand_over(f"2026-01-05 {6 + passes // 4:02}:{passes % 4 * 15:02}", Scripted({"mail": ["refused"] * 9}))
    assert stops(world) == [("held", "sender_retry", "said refused (nothing else was accepted, so it may not be about this message)")]
    (done,) = world.hand_over("2026-01-06 06:00", Scripted({"mail": ["refused"] * 4}))
    assert (done.refused, done.accepted, done.stopped) == (4, 5, "")


def test_refusals_of_several_batches_are_settled_by_what_is_accepted_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BATCH", 2)
    world = world_with(tmp_path, 6)
    (done,) = world.hand_over(NOW, Scripted({"mail": ["refused"] * 5}))
    assert (done.refused, done.accepted) == (5, 1)
    assert stops(world) == [("dropped", "refused", "said refused"), ("to_send", None, None)]


def test_what_is_accepted_is_written_down_before_the_refusals_it_settles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world, write = world_with(tmp_path, 3), Journal.write

    def full(self: Journal, entry: Entry) -> None:
        if isinstance(entry, Outcome) and entry.state == "refused":
            raise OSError("the disk is full")
        write(self, entry)

    monkeypatch.setattr(Journal, "write", full)
    with pytest.raises(OSError, match="the disk is full"):
        world.hand_over(NOW, Scripted({"mail": ["refused"] * 2}))
    told = read_journal(journal_path(tmp_path / ".relance" / "journal", utc(NOW)))
    assert [entry.state for entry in told if isinstance(entry, Outcome)] == ["retry", "retry", "accepted"]
    world.hand_over("2026-01-05 06:05", Scripted())
    assert [row[2] for row in ledger(world) if row[2] != "claimed"] == ["refused", "refused", "accepted"]


def test_a_pass_that_breaks_off_while_it_doubts_keeps_the_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BATCH", 2)
    world = world_with(tmp_path, 3)

    def breaks(warehouse: Warehouse, now: datetime) -> Iterator[Message]:
        yield from list(plain(warehouse, now))[:2]
        raise ValueError("no such template")

    with pytest.raises(ValueError, match="no such template"):
        world.hand_over(NOW, Scripted({"mail": ["refused"] * 2}), render=breaks)
    world.hand_over("2026-01-05 06:05", Scripted())
    doubted = "said refused (nothing else was accepted, so it may not be about this message)"
    assert [row[:3] for row in ledger(world)] == [
        (f"c{number}", 1, state) for number in range(3) for state in ("claimed", "accepted" if number == 2 else "retry")
    ]
    assert stops(world) == [("held", "sender_retry", doubted), ("to_send", None, None)]


def test_a_pass_killed_while_it_doubts_keeps_the_messages_and_one_killed_after_drops_them(tmp_path: Path) -> None:
    """Both are in the journal; of one attempt the last counts."""
    world = world_with(tmp_path, 2)
    keys = [world.key(contact, "mail") for contact in ("c0", "c1")]
    world.warehouse.append("delivery.sends", CLAIM, [(key, "scripted", 1, "claimed", utc(NOW)) for key in keys])
    with Journal(tmp_path / ".relance" / "journal", utc(NOW)) as journal:
        for key in keys:
            journal.write(Outcome(key, "scripted", 1, "retry", utc(NOW), error="doubted", retry_at=utc("2026-01-05 06:10")))
        journal.write(Outcome(keys[1], "scripted", 1, "refused", utc(NOW), error="believed"))
    world.hand_over("2026-01-05 06:05", Scripted())
    assert world.messages("status", "reason", "detail") == [("held", "sender_retry", "doubted"), ("dropped", "refused", "believed")]


def test_a_halt_stops_a_pass_under_way(tmp_path: Path) -> None:
    world = world_with(tmp_path, 4)
    sender = Scripted()

    class Hand(list[str]):
        def append(self, word: str) -> None:
            super().append(word)
            halt(world.project, utc(NOW), "stop it")

    sender.received = Hand()
    world.hand_over(NOW, sender)
    assert len(sender.received) == 1
    assert ("held", "halted", "since 2026-01-05 05:00 UTC: stop it") in stops(world)
    resume(world.project)
    world.hand_over("2026-01-05 06:15", Scripted())
    assert stops(world) == [("to_send", None, None)]


def test_a_full_disk_keeps_the_words_of_a_halt_and_not_the_halt(tmp_path: Path) -> None:
    """The system itself lets no file grow, as it does where the disk is full."""
    world, sender = world_with(tmp_path, 1), Scripted()
    with no_file_grows():
        halt(world.project, utc(NOW), "stop it")
    assert [path.name for path in world.project.state_folder.glob("halt*")] == ["halt"]
    world.hand_over(NOW, sender)
    assert sender.received == []
    assert stops(world) == [("held", "halted", "by the file halt")]


def test_what_waits_says_why_and_until_when(tmp_path: Path) -> None:
    world = world_with(tmp_path, 5)
    for pace, answers in ((2, ["retry", "unknown"]), (3, [])):
        world.hand_over(NOW, Scripted({"mail": answers}, pace=PacedSettings(connections=1, per_day=pace)))
    [back_off] = world.warehouse.rows("select retry_at from delivery.sends where state = 'retry'")
    told = {each.reason: (each.messages, each.goes_at, each.detail) for each in waiting(world.warehouse, utc(NOW))}
    assert told == {
        "sender_retry": (1, back_off[0], "said retry"),
        "unknown": (1, None, "said unknown"),
        "sender_quota": (1, None, "3 on 2026-01-05: the next day goes on"),
    }
    assert waiting(world.warehouse, utc("2027-01-05 06:00")) == []


def test_a_halt_that_cannot_be_is_told_with_what_else_stops_sending(tmp_path: Path) -> None:
    world = world_with(tmp_path, 1)
    world.project.state_folder.write_text("a file where the folder would be")
    with pytest.raises(RelanceError) as told:
        halt(world.project, utc(NOW), "stop it")
    assert "hand-over is NOT halted" in str(told.value)
    assert "`kill`" in str(told.value)
    assert "RELANCE_ENVIRONMENT" in str(told.value)


@contextmanager
def no_file_grows() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_message_waits_twice_as_long_each_time() -> None:
    waits = [back_off("some key", attempt) for attempt in range(1, 12)]
    for number, wait in enumerate(waits):
        middle = min(timedelta(minutes=10 * 2**number), LONGEST)
        assert middle * 0.75 <= wait <= middle * 1.25
    assert len({back_off(f"key {number}", 1) for number in range(50)}) == 50
    assert back_off("some key", 1000) <= LONGEST * 1.25


def test_a_message_that_only_found_its_session_closed_waits_no_longer_each_time() -> None:
    told = [outcome_of(Receipt("m", "retry", about=about), "mail", 9, utc(NOW)).retry_at for about in ABOUTS]
    assert [moment - utc(NOW) > timedelta(hours=1) for moment in told if moment] == [True, False]
