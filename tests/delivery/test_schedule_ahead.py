"""Messages whose hour is still to come wait here, unless a provider that schedules is asked to let them go on time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.commands.explain import _fate
from pipelines.results.explain import explain
from senders.http_sms import HttpSmsSettings
from senders.message import Sender
from tests.delivery.scripted import Scripted
from tests.journeys.world import World, empty_world, scenario, utc
from tests.senders.http_server import Desk, http_server
from tests.senders.providers import PROVIDERS, SECRETS

SENDGRID = PROVIDERS["sendgrid"]
TICK, BEFORE, SOON, OPENING = "2026-01-05 06:00", "2026-01-05 07:45", "2026-01-05 08:15", "2026-01-05 09:00"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NO_PROXY": "127.0.0.1", **SECRETS}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with http_server(SENDGRID.answer) as desk:
        yield desk


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A shop in which a message to each of two contacts waits for its window, which opens at nine."""
    world = empty_world(tmp_path)
    for contact in ("ann", "bob"):
        world.contact(contact)
        world.did(contact, "page_viewed", "2026-01-05 05:00")
    world.tick(TICK, scenario([{"send": "mail"}], trigger={"activity": "page_viewed"}, window={"from": "09:00", "to": "20:00"}))
    assert world.messages("not_before", "status", "reason") == [(OPENING, "held", "quiet_hours")] * 2
    return world


def over(desk: Desk, minutes: int) -> Sender:
    return SENDGRID.sender(desk.url, connections=1, schedule_ahead=minutes)


def test_a_message_waits_here_for_its_hour_unless_settings_ask_for_more(world: World, desk: Desk) -> None:
    world.hand_over(SOON, over(desk, 0))
    assert desk.heard == []
    world.hand_over(OPENING, over(desk, 0))
    assert ["send_at" in heard.json for heard in desk.heard] == [False, False]


def test_a_provider_asked_to_schedule_gets_messages_ahead_of_their_hour_and_once(world: World, desk: Desk) -> None:
    world.hand_over(BEFORE, over(desk, 60))
    assert desk.heard == []
    [done] = world.hand_over(SOON, over(desk, 60))
    assert [heard.json["send_at"] for heard in desk.heard] == [1767600000] * 2
    world.hand_over(OPENING, over(desk, 60))
    assert (done.accepted, len(desk.heard)) == (2, 2)
    assert world.messages("not_before", "status", "reason") == [(OPENING, "to_send", None)] * 2
    assert world.warehouse.rows("select distinct state, changed_at from delivery.sends where state <> 'claimed'") == [("accepted", utc(SOON))]


def test_what_arrives_before_the_message_is_handed_over_still_stops_it(world: World, desk: Desk) -> None:
    world.consent("ann", "2026-01-05 08:00", granted=False)
    world.hand_over(SOON, over(desk, 60))
    assert [heard.json["personalizations"][0]["to"][0]["email"] for heard in desk.heard] == ["bob@shop.example"]
    assert world.messages("contact_id", "status", "reason") == [("ann", "dropped", "no_consent"), ("bob", "to_send", None)]


def test_explain_says_from_when_the_provider_lets_it_go(world: World, desk: Desk) -> None:
    world.hand_over(SOON, over(desk, 60))
    with world.warehouse.at(utc(TICK)):
        [message] = [message for run in explain(world.warehouse, "ann", utc(TICK)).runs for message in run.messages]
    assert _fate(message, "Europe/Paris") == "accepted, 2026-01-05 08:15, for the provider to let it go at 2026-01-05 09:00"


def test_a_provider_that_wants_notice_is_given_nothing_whose_hour_is_too_near(world: World) -> None:
    texts = {"kind": "http_sms", "name": "texts", "provider": "twilio", "username": "AC1", "api_key_env": "KEY", "sender_id": "MG" + "0" * 32}
    sender = Scripted(pace=HttpSmsSettings.model_validate(texts | {"connections": 1, "schedule_ahead": 60}))
    world.hand_over(utc(OPENING) - timedelta(minutes=25), sender)
    assert sender.received == []
    world.hand_over(utc(OPENING) - timedelta(minutes=26), sender)
    assert len(sender.received) == 2
