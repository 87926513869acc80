"""A telephone number that nobody can have is no address, where it would be refused."""

from pathlib import Path

import pytest

from tests.delivery.scripted import Scripted
from tests.journeys.world import World, empty_world, scenario

GOOD, NOBODYS, FAULT = "+33612345678", "+33000000000", "the number is in no country's numbering plan"
TEXTS = {"kind": "http_sms", "name": "texts", "provider": "brevo", "sender_id": "SHOP", "api_key_env": "KEY"}
MAILS = {"kind": "files", "name": "files", "channels": ["email"]}
NOW = "2026-01-05 06:00"


def decided(world: World, phone: str, via: list[str]) -> list[tuple[object, ...]]:
    world.contact("ann", phone=phone)
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    world.tick(NOW, scenario([{"send": "mail", "via": via}], trigger={"activity": "page_viewed"}))
    return world.messages("channel", "status", "reason", "detail")


@pytest.mark.parametrize(
    ("phone", "via", "expected"),
    [
        (GOOD, ["sms", "email"], ("sms", "to_send", None, None)),
        (NOBODYS, ["sms", "email"], ("email", "to_send", None, None)),
        (NOBODYS, ["sms"], ("sms", "dropped", "unreachable", FAULT)),
    ],
    ids=["somebody's", "nobody's", "nobody's alone"],
)
def test_the_next_channel_is_taken_for_a_number_that_nobody_can_have(tmp_path: Path, phone: str, via: list[str], expected: tuple[object, ...]) -> None:
    world = empty_world(tmp_path, senders=[TEXTS, MAILS])
    assert decided(world, phone, via) == [expected]
    assert world.warehouse.rows("select fault from outbox.numbers") == [(FAULT if phone == NOBODYS else None,)]


def test_numbers_are_not_judged_where_no_sender_refuses_any(tmp_path: Path) -> None:
    world = empty_world(tmp_path)
    assert decided(world, NOBODYS, ["sms", "email"]) == [("sms", "to_send", None, None)]
    assert world.warehouse.rows("select * from outbox.numbers") == []


def test_each_number_is_judged_once_and_anew_by_the_plans_of_a_new_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = empty_world(tmp_path, senders=[TEXTS, MAILS])
    asked: list[str] = []
    monkeypatch.setattr("pipelines.outbox.possible.phone_number", asked.append)
    decided(world, NOBODYS, ["sms"])
    monkeypatch.undo()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipelines.outbox.possible.phone_number", asked.append)
        world.hand_over(NOW, Scripted(channels=frozenset({"fax"})))
    assert asked == [NOBODYS]
    world.warehouse.run("update outbox.numbers set plans = 'an old release'")
    sender = Scripted(channels=frozenset({"sms"}))
    world.hand_over("2026-01-05 06:15", sender)
    assert sender.received == []
    assert world.messages("status", "reason", "detail") == [("dropped", "unreachable", FAULT)]
