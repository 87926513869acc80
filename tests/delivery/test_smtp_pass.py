"""Hand-over passes with a real mail server that refuses, puts off, goes away in the middle and comes back."""

from collections import Counter
from email import message_from_bytes
from pathlib import Path

from senders.smtp import SmtpSender, SmtpSettings
from tests.journeys.world import World, empty_world, scenario
from tests.senders.mail_server import Mailroom, mail_server

REFUSED, PUT_OFF, TAKEN, CUT_BEFORE, CUT_AFTER = range(6), range(6, 8), range(8, 10), (10,), (11,)


def world_with_twelve_due(root: Path) -> World:
    world = empty_world(root)
    for number in range(12):
        world.contact(f"c{number:02}")
        world.did(f"c{number:02}", "page_viewed", f"2026-01-05 05:{number:02}")
    world.tick("2026-01-05 06:00", scenario([{"send": "mail"}, {"wait": "3 days"}], trigger={"activity": "page_viewed"}))
    return world


def over_smtp(port: int) -> SmtpSender:
    return SmtpSender(SmtpSettings(kind="smtp", name="mail", host="127.0.0.1", port=port, tls="none"), Path())


def address(number: int) -> str:
    return f"c{number:02}@shop.example"


def given_to(world: World, moment: str, port: int) -> dict[str, int]:
    """Hand over at *moment*; return what the pass counted, without zeros."""
    (done,) = world.hand_over(moment, over_smtp(port))
    return {state: count for state in ("accepted", "refused", "retry", "unknown") if (count := getattr(done, state))}


def ledger(world: World) -> dict[str, list[str]]:
    """Return the contacts by what was written down about their attempts, in order, claims apart."""
    rows = world.warehouse.rows("""
        select m.contact_id, string_agg(s.state, ' ' order by s.attempt) from delivery.sends s join outbox.messages m on m.message_key = s.message_key
        where s.state <> 'claimed' group by m.contact_id order by m.contact_id""")
    told: dict[str, list[str]] = {}
    for contact, states in rows:
        told.setdefault(states, []).append(contact)
    return told


def received(*rooms: Mailroom) -> Counter[str]:
    return Counter(str(message_from_bytes(mail)["To"]) for room in rooms for mail in room.mails)


def contacts(numbers: range | tuple[int, ...]) -> list[str]:
    return [f"c{number:02}" for number in numbers]


def test_half_a_batch_refused_then_no_server_then_the_server_again_and_nothing_goes_twice(tmp_path: Path) -> None:
    world = world_with_twelve_due(tmp_path)
    with mail_server() as first:
        first.answers = {address(number): "550 no such user here" for number in REFUSED} | {address(number): "451 try again later" for number in PUT_OFF}
        first.cut_before_data = {address(*CUT_BEFORE)}
        first.cut_after_data = {address(*CUT_AFTER)}
        assert given_to(world, "2026-01-05 06:00", first.port) == {"accepted": 2, "refused": 6, "retry": 3, "unknown": 1}
    assert given_to(world, "2026-01-05 06:15", first.port) == {"retry": 3}
    with mail_server(port=first.port) as second:
        assert given_to(world, "2026-01-05 06:45", second.port) == {"accepted": 3}
        assert given_to(world, "2026-01-05 07:00", second.port) == {}
    assert ledger(world) == {
        "refused": contacts(REFUSED), "accepted": contacts(TAKEN), "retry retry accepted": contacts((*PUT_OFF, *CUT_BEFORE)), "unknown": contacts(CUT_AFTER),
    }  # fmt: skip
    assert received(first, second) == {address(number): 1 for number in (*PUT_OFF, *TAKEN, *CUT_BEFORE, *CUT_AFTER)}
    assert world.messages("contact_id", "status", "reason", "detail") == [
        (f"c{number:02}", "dropped", "refused", "550 no such user here") if number in REFUSED else (f"c{number:02}", "to_send", None, None)
        for number in range(12)
    ]


def test_a_server_that_relays_nothing_keeps_every_message_until_it_does(tmp_path: Path) -> None:
    world = world_with_twelve_due(tmp_path)
    with mail_server() as closed:
        closed.answers = {address(number): "554 5.7.1 Relay access denied" for number in range(12)}
        assert given_to(world, "2026-01-05 06:00", closed.port)["retry"] >= 10
    assert {row[:2] for row in world.messages("status", "reason")} == {("held", "sender_retry")}
    with mail_server(port=closed.port) as open_:
        assert given_to(world, "2026-01-05 06:45", open_.port) == {"accepted": 12}


def test_a_server_with_fewer_connections_than_ours_gets_all_but_one_message_for_each_too_many(tmp_path: Path) -> None:
    world = world_with_twelve_due(tmp_path)
    with mail_server() as server:
        server.turned_away = {2, 4}
        (done,) = world.hand_over("2026-01-05 06:00", over_smtp(server.port))
        assert (done.accepted, done.retry, done.stopped) == (10, 2, "")


def test_a_server_that_turns_everybody_away_costs_each_connection_one_message(tmp_path: Path) -> None:
    world = world_with_twelve_due(tmp_path)
    with mail_server() as server:
        server.most = 0
        (done,) = world.hand_over("2026-01-05 06:00", over_smtp(server.port))
    told = f"no connection is left: 127.0.0.1:{server.port}: 421 4.7.0 too many connections"
    assert (done.accepted, done.retry, done.stopped) == (0, 4, told)
    assert world.warehouse.value("select count(*) from outbox.messages where status = 'held' and detail = $told", told=told) == 8


def test_a_server_that_stays_away_lets_messages_expire_and_the_run_goes_on(tmp_path: Path) -> None:
    world = world_with_twelve_due(tmp_path)
    with mail_server() as server:
        nobody = server.port
    for moment in ("2026-01-05 06:00", "2026-01-08 04:00", "2026-01-08 06:00"):
        given_to(world, moment, nobody)
    assert set(world.messages("status", "reason")) == {("dropped", "expired")}
    assert ledger(world) == {"retry retry": contacts(range(12))}
    world.tick("2026-01-09 06:00", scenario([{"send": "mail"}, {"wait": "3 days"}], trigger={"activity": "page_viewed"}))
    assert {row[2] for row in world.endings()} == {"completed"}
