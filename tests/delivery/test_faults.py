"""What can go wrong at a server or on this machine: each ends in the state and reason of its row in `faults.py`, which the documentation shows."""

import resource
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pipelines.delivery.journal import WORD, Entry, Journal
from pipelines.settings import Project
from senders.message import Sender
from tests.delivery.faults import (
    ALL_REFUSED,
    BROKEN,
    CLOCK,
    DOCUMENT,
    FAULTS,
    FULL_DISK,
    HALF_REFUSED,
    NOBODIES,
    Fault,
    Row,
    over_http,
    over_smtp,
    table,
)  # fmt: skip
from tests.delivery.scripted import Scripted
from tests.journeys.world import World, empty_world, scenario
from tests.senders.http_server import Reply, http_server
from tests.senders.mail_server import mail_server
from tests.senders.providers import PROVIDERS, SECRETS

NOW, LATER, MUCH_LATER = "2026-01-05 06:00", "2026-01-05 06:15", "2026-01-05 09:00"
KEPT = ("outbox.messages", "journeys.in_flight_messages")
EVERYBODY = ("ann", "bob", *NOBODIES)


@pytest.fixture(scope="module")
def shop() -> World:
    """A shop in which a message to each of four contacts is due; what a hand-over changes of that is kept to be put back."""
    world = empty_world()
    for contact in EVERYBODY:
        world.contact(contact)
        world.did(contact, "page_viewed", "2026-01-05 05:00")
    world.tick(NOW, scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}))
    for name in KEPT:
        world.warehouse.run(f"create or replace temp table kept_{name.partition('.')[2]} as select * from {name}")
    return world


@pytest.fixture
def due(shop: World, tmp_path: Path) -> Callable[..., World]:
    """Make messages due to some of the contacts, as if there had been no others and no hand-over before."""

    def made(*contacts: str) -> World:
        for name in ("delivery.sends", *KEPT):
            shop.warehouse.run(f"delete from {name}")
        for name in KEPT:
            kept = f"kept_{name.partition('.')[2]}"
            shop.warehouse.run(
                f"insert into {name} select k.* from {kept} k where k.message_key in (select message_key from kept_messages where contact_id in {(*contacts, '')})"
            )
        return World(shop.warehouse, Project(root=tmp_path, settings=shop.project.settings))

    return made


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NO_PROXY": "127.0.0.1", **SECRETS}.items():
        monkeypatch.setenv(name, value)


LATEST = """
    select m.contact_id, m.status, m.reason, l.state
    from outbox.messages m
    left join (
        select message_key, state from delivery.sends
        qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
    ) l on l.message_key = m.message_key"""


def ended(world: World, contact: str = "ann") -> tuple[str | None, str, str | None]:
    """Return the state in the ledger, and status and reason in the outbox, of a contact's message."""
    ((state, status, reason),) = world.warehouse.rows(f"select state, status, reason from ({LATEST}) where contact_id = $contact", contact=contact)
    return state, status, reason


def balanced(world: World) -> bool:
    """Whether due = accepted + refused + held + dropped + unknown, each counted by itself."""
    due, *parts = world.warehouse.rows(f"""
        select count(*),
            count(*) filter (where status = 'to_send' and state = 'accepted'),
            count(*) filter (where status = 'dropped' and reason in ('refused', 'invalid_content') and state = 'refused'),
            count(*) filter (where status = 'held' and (state is null or state = 'retry')),
            count(*) filter (where status = 'dropped' and reason not in ('refused', 'invalid_content') and (state is null or state = 'retry')),
            count(*) filter (where status = 'to_send' and state = 'unknown')
        from ({LATEST})""")[0]
    return due == sum(parts) and due == world.warehouse.value("select count(*) from outbox.messages")


def check_next_run(world: World, row: Row, **more: Any) -> None:
    """See that the next run, over a provider that works, does what the row says."""
    sender = Scripted(name="mail", **more)
    world.hand_over(LATER, sender)
    assert len(sender.received) == (1 if row.then in ("sends it", "sends it under the same key") else 0)
    assert balanced(world)
    world.hand_over(MUCH_LATER, sender)
    assert len(sender.received) == (0 if row.then in ("does not send it", "has nothing to do") else 1)
    assert balanced(world)


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault.row.where}, {fault.row.what}, {fault.words}" for fault in FAULTS])
def test_each_fault_at_a_server_ends_as_its_row_says(due: Callable[..., World], fault: Fault) -> None:
    world = due("ann")
    with ExitStack() as stack:
        sender = fault.arrange(stack)
        world.hand_over(NOW, sender)
    assert ended(world) == fault.row.ended()
    assert fault.words in world.warehouse.value("select error from delivery.sends where error is not null")
    assert balanced(world)
    check_next_run(world, fault.row, idempotent=sender.idempotent)


@pytest.fixture(params=HALF_REFUSED)
def half(request: pytest.FixtureRequest) -> Iterator[tuple[Row, Sender]]:
    """A provider that does not know two of four contacts, and the row of what becomes of theirs."""
    name = request.param
    if name == "smtp":
        with mail_server() as room:
            room.answers |= {f"{nobody}@shop.example": "550 no such user" for nobody in NOBODIES}
            yield HALF_REFUSED[name], over_smtp(room.port)
    else:
        with http_server(PROVIDERS[name].answer) as desk:
            yield HALF_REFUSED[name], over_http(desk.url, name, per_request=4)


def test_half_a_batch_that_is_refused_keeps_the_rest_from_nobody(due: Callable[..., World], half: tuple[Row, Sender]) -> None:
    row, sender = half
    world = due(*EVERYBODY)
    world.hand_over(NOW, sender)
    assert {contact: ended(world, contact) for contact in EVERYBODY} == {
        contact: row.ended() if contact in NOBODIES else ("accepted", "to_send", None) for contact in EVERYBODY
    }
    assert balanced(world)
    check_next_run(world, row)


@pytest.mark.parametrize("name", ALL_REFUSED)
def test_a_provider_that_refuses_everything_may_mean_us_and_everything_is_kept(due: Callable[..., World], name: str) -> None:
    world, row = due(*EVERYBODY), ALL_REFUSED[name]
    with ExitStack() as stack:
        if name == "smtp":
            room = stack.enter_context(mail_server())
            room.last_answers = {f"{contact}@shop.example": "554 not from here" for contact in EVERYBODY}
            sender: Sender = over_smtp(room.port)
        else:
            desk = stack.enter_context(http_server(PROVIDERS[name].answer))
            desk.faults = [Reply(422, {"errors": [{"message": "no such list"}]})] * len(EVERYBODY)
            sender = over_http(desk.url, name)
        (done,) = world.hand_over(NOW, sender)
    assert done.stopped.startswith("nothing was accepted and 4 refused, the last with: ")
    assert {ended(world, contact) for contact in EVERYBODY} == {row.ended()}
    assert balanced(world)
    sender = Scripted(name="mail")
    world.hand_over(LATER, sender)
    assert len(sender.received) == len(EVERYBODY)
    assert balanced(world)


@pytest.mark.parametrize("word", FULL_DISK)
def test_a_full_disk_sends_nothing_unwritten_and_loses_no_outcome(due: Callable[..., World], monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """The system itself refuses to let the journal grow, in the middle of a line, as it does where the disk is full."""
    world, row, sender = due("ann"), FULL_DISK[word], Scripted(name="mail")
    write, limits = Journal.write, resource.getrlimit(resource.RLIMIT_FSIZE)

    def full(journal: Journal, entry: Entry) -> None:
        if WORD[type(entry)] == word:
            resource.setrlimit(resource.RLIMIT_FSIZE, (journal.path.stat().st_size + 20, limits[1]))
        write(journal, entry)

    monkeypatch.setattr(Journal, "write", full)
    try:
        with pytest.raises(OSError, match="File too large"):
            world.hand_over(NOW, sender)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    monkeypatch.undo()
    assert len(sender.received) == (1 if word == "outcome" else 0)
    assert ended(world) == row.ended()
    check_next_run(world, row)
    assert ended(world) == ("accepted", "to_send", None)


def test_a_clock_that_jumps_sends_nothing_twice(due: Callable[..., World]) -> None:
    world = due("ann")
    sender = Scripted({"mail": ["retry"]}, name="mail")
    for moment in (NOW, "2026-01-04 06:00", "2026-01-05 06:30", "2026-01-04 07:00", "2026-03-05 06:00", NOW):
        world.hand_over(moment, sender)
    assert sender.received == ["mail", "mail"]
    assert ended(world) == CLOCK.ended()
    check_next_run(world, CLOCK)


def test_a_sender_that_breaks_ends_the_pass_and_loses_nothing(due: Callable[..., World]) -> None:
    world = due("ann")

    class Broken(Scripted):
        def send(self, messages: Any) -> Any:
            next(iter(messages))
            raise RuntimeError("a mistake in the sender")
            yield

    with pytest.raises(RuntimeError, match="a mistake in the sender"):
        world.hand_over(NOW, Broken(name="mail"))
    assert ended(world) == BROKEN.ended()
    check_next_run(world, BROKEN)
    assert ended(world) == ("unknown", "to_send", None)


def test_the_table_in_the_documentation_is_that_of_these_faults() -> None:
    assert table() in DOCUMENT.read_text(encoding="utf-8"), "write it anew with: python -m tests.delivery.faults"
