"""What can go wrong at a mail server or on this machine, and the state and reason that each ends in."""

import errno
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from pipelines.delivery.journal import Entry, Journal, Opened, Outcome, Taken
from senders.smtp import SmtpSender, SmtpSettings
from tests.delivery.scripted import Scripted
from tests.journeys.world import World, empty_world, scenario
from tests.senders.mail_server import Mailroom, free_port, mail_server

NOW, LATER = "2026-01-05 06:00", "2026-01-05 06:15"
ANN = "ann@shop.example"


def world_with_one_due(root: Path) -> World:
    world = empty_world(root)
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    world.tick(NOW, scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}))
    return world


def over_smtp(port: int, **more: Any) -> SmtpSender:
    told = {"kind": "smtp", "name": "mail", "host": "127.0.0.1", "port": port, "tls": "none", "timeout": 1, "connections": 1}
    return SmtpSender(SmtpSettings.model_validate(told | more), Path())


def ended(world: World) -> tuple[str, str, str | None]:
    """Return the state in the ledger, and status and reason in the outbox, of the one message."""
    state = world.warehouse.value("select state from delivery.sends order by attempt desc, rl_state_rank(state) desc limit 1")
    ((status, reason),) = world.messages("status", "reason")
    return state, status, reason


def balanced(world: World) -> bool:
    """Whether every message due is accepted, refused, held, dropped or unknown, and only one of them."""
    return bool(
        world.warehouse.value("""
        with latest as (
            select message_key, state from delivery.sends
            qualify row_number() over (partition by message_key order by attempt desc, rl_state_rank(state) desc) = 1
        )
        select bool_and(case when m.status = 'to_send' then coalesce(l.state in ('accepted', 'unknown'), false) else coalesce(l.state, 'retry') in ('retry', 'refused') end)
        from outbox.messages m left join latest l on l.message_key = m.message_key""")
    )


RETRY = ("retry", "held", "sender_retry")
UNKNOWN = ("unknown", "to_send", None)
REFUSED = ("refused", "dropped", "refused")
Arrange = Callable[[Mailroom], object]
AT_THE_SERVER: dict[str, tuple[Arrange, tuple[str, str, str | None], str]] = {
    "the address is not known": (lambda room: room.answers.update({ANN: "550 no such user"}), REFUSED, "550 no such user"),
    "greylisted": (lambda room: room.answers.update({ANN: "451 try again later"}), RETRY, "451 try again later"),
    "the mailbox is full": (lambda room: room.answers.update({ANN: "452 mailbox full"}), RETRY, "452 mailbox full"),
    "the server goes down": (lambda room: room.answers.update({ANN: "421 closing"}), RETRY, "421 closing"),
    "the content is refused": (lambda room: room.last_answers.update({ANN: "554 looks like spam"}), REFUSED, "554 looks like spam"),
    "put off after the whole message": (lambda room: room.last_answers.update({ANN: "451 busy"}), RETRY, "451 busy"),
    "the line breaks before the message": (lambda room: room.cut_before_data.add(ANN), RETRY, "connection lost before the message was sent"),
    "the answer is lost": (lambda room: room.cut_after_data.add(ANN), UNKNOWN, "connection lost before the server said whether it took"),
    "the answer makes no sense": (lambda room: room.last_answers.update({ANN: "banana"}), UNKNOWN, "last answer makes no sense"),
    "slow before the message": (lambda room: room.slow_before_data.add(ANN), RETRY, "before the message was sent: Connection unexpectedly closed: timed out"),
    "slow after the message": (lambda room: room.slow_after_data.add(ANN), UNKNOWN, "whether it took the message: Connection unexpectedly closed: timed out"),
    "the shop may not send": (lambda room: setattr(room, "sender_answer", "550 relaying denied"), RETRY, "does not let shop@shop.example send"),
}


@pytest.mark.parametrize(("arrange", "expected", "words"), AT_THE_SERVER.values(), ids=list(AT_THE_SERVER))
def test_each_fault_at_the_server_ends_in_its_state(tmp_path: Path, arrange: Arrange, expected: tuple[str, str, str | None], words: str) -> None:
    world = world_with_one_due(tmp_path)
    with mail_server() as room:
        arrange(room)
        world.hand_over(NOW, over_smtp(room.port))
    assert ended(world) == expected
    assert words in world.warehouse.value("select error from delivery.sends where error is not null")
    assert balanced(world)
    with mail_server() as room:
        world.hand_over(LATER, over_smtp(room.port))
        assert len(room.mails) == (1 if expected == RETRY else 0)
    assert balanced(world)


def certificate_for(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"port": free_port()}, "Connection refused"),
        ({"host": "no-such-host.invalid", "port": 25}, "no-such-host.invalid:25: "),
        ({"tls": "starttls"}, "certificate cannot be verified"),
    ],
    ids=["nobody listens", "no such host", "a certificate nobody knows"],
)
def test_a_server_that_cannot_be_had_is_tried_again(tmp_path: Path, more: dict[str, Any], words: str) -> None:
    world = world_with_one_due(tmp_path)
    with mail_server(starttls=certificate_for("127.0.0.1")) as room:
        world.hand_over(NOW, over_smtp(**({"port": room.port} | more)))
        assert room.mails == []
    assert ended(world) == RETRY
    assert words in world.warehouse.value("select error from delivery.sends where error is not null")
    assert balanced(world)


@pytest.mark.parametrize("kind", [Opened, Taken, Outcome], ids=["before anything", "before the message", "as the answer comes"])
def test_a_full_disk_sends_nothing_unwritten_and_loses_no_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Entry]) -> None:
    world = world_with_one_due(tmp_path)
    write = Journal.write

    def full(journal: Journal, entry: Entry) -> None:
        if isinstance(entry, kind):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(journal, entry)

    monkeypatch.setattr(Journal, "write", full)
    sender = Scripted()
    with pytest.raises(OSError, match="No space left"):
        world.hand_over(NOW, sender)
    assert sender.received == (["mail"] if kind is Outcome else [])
    monkeypatch.undo()
    world.hand_over(LATER, sender)
    assert sender.received == ["mail"]
    assert ended(world) == ("accepted", "to_send", None)
    assert balanced(world)


def test_a_clock_that_jumps_sends_nothing_twice(tmp_path: Path) -> None:
    world = world_with_one_due(tmp_path)
    sender = Scripted({"mail": ["retry"]})
    for moment in (NOW, "2026-01-04 06:00", "2026-01-05 06:30", "2026-01-04 07:00", "2026-03-05 06:00", NOW):
        world.hand_over(moment, sender)
    assert sender.received == ["mail", "mail"]
    assert ended(world) == ("accepted", "to_send", None)
    assert balanced(world)


def test_a_sender_that_breaks_ends_the_pass_and_loses_nothing(tmp_path: Path) -> None:
    world = world_with_one_due(tmp_path)

    class Broken(Scripted):
        def send(self, messages: Any) -> Any:
            next(iter(messages))
            raise RuntimeError("a mistake in the sender")
            yield

    with pytest.raises(RuntimeError, match="a mistake in the sender"):
        world.hand_over(NOW, Broken())
    world.hand_over(LATER, Scripted())
    assert ended(world) == UNKNOWN
    assert balanced(world)
