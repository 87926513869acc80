"""Hand-over passes beyond mail servers: a scenario that posts to a tool, a provider that fails in the middle, a list of calls."""

import csv
from pathlib import Path

import pytest

from pipelines.delivery.resolve import ask, resolve, unknown_messages
from pipelines.messages.message_library import read_messages
from pipelines.messages.render import renderer
from pipelines.segments.files import read_segments
from senders.call_list import CallListSettings
from senders.wiring import sender_from
from tests.delivery.test_smtp_pass import contacts, ledger
from tests.journeys.world import World, empty_world, scenario, utc
from tests.senders.http_server import CUT, LOST, Reply, http_server
from tests.senders.mails import clock
from tests.senders.providers import PROVIDERS, SECRETS, id_of

BREVO, BREVO_SMS, HOOK, POSTMARK = (PROVIDERS[name] for name in ("brevo", "brevo_sms", "webhook", "postmark"))
TASK = """{
  "task": "call back",
  "who": {{ (contact.first_name ~ ' "' ~ contact.contact_id ~ '"') | tojson }}
}"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NO_PROXY": "127.0.0.1", **SECRETS}.items():
        monkeypatch.setenv(name, value)


def world_with_due(root: Path, number: int, **send: str) -> World:
    world = empty_world(root)
    for each in range(number):
        world.contact(f"c{each:02}", first_name="Zoé", phone=f"+336123456{each:02}" if each else None)
        for channel in ("webhook", "call_list"):
            world.consent(f"c{each:02}", "2020-01-01 00:00", channel=channel)
        world.did(f"c{each:02}", "page_viewed", f"2026-01-05 05:{each:02}")
    world.tick("2026-01-05 06:00", scenario([{"send": "mail", **send}, {"wait": "3 days"}], trigger={"activity": "page_viewed"}))
    return world


def test_a_scenario_sends_to_a_tool_of_the_shop_and_a_lost_answer_is_asked_for_again(tmp_path: Path) -> None:
    template = tmp_path / "scenarios" / "messages" / "mail" / "webhook.txt.j2"
    template.parent.mkdir(parents=True)
    template.write_text(TASK, encoding="utf-8")
    world = world_with_due(tmp_path, 3, via="webhook")
    library = read_messages(world.project, read_segments(world.project))
    assert library.problems == ()
    with http_server(HOOK.answer) as desk:
        desk.faults = [Reply(204), CUT]
        for moment in ("2026-01-05 06:00", "2026-01-05 06:15", "2026-01-05 06:30"):
            world.hand_over(moment, HOOK.sender(desk.url), render=renderer(library))
    told = [heard.json["data"] for heard in desk.heard]
    lost = told[1]["to"]
    assert told[3] == told[1]
    assert sorted(each["to"] for each in told[:3]) == ["c00", "c01", "c02"]
    assert {each["to"]: each["content"] for each in told} == {each: {"task": "call back", "who": f'Zoé "{each}"'} for each in ("c00", "c01", "c02")}
    assert ledger(world) == {"accepted": [each for each in ("c00", "c01", "c02") if each != lost], "retry accepted": [lost]}
    assert set(world.messages("status", "reason")) == {("to_send", None)}


def test_a_provider_that_refuses_fails_and_goes_away_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    world = world_with_due(tmp_path, 8)
    done = []
    with http_server(BREVO.answer) as desk:
        sender = BREVO.sender(desk.url, per_request=2, connections=1)
        passes = {"06:00": [Reply(429, b"", {"Retry-After": "60"})], "06:15": [Reply(401)], "07:00": [CUT], "07:15": []}
        for moment, desk.faults in passes.items():
            [each] = world.hand_over(f"2026-01-05 {moment}", sender)
            done.append((each.accepted, each.retry, each.unknown))
    assert done == [(0, 2, 0), (0, 2, 0), (6, 0, 2), (0, 0, 0)]
    arrived = [each.to.partition("@")[0] for heard in desk.taken for each in BREVO.took(heard)]
    unknown = [contact for states, contacts in ledger(world).items() if states.endswith("unknown") for contact in contacts]
    assert (len(arrived), len(unknown)) == (6, 2)
    assert sorted(arrived + unknown) == contacts(range(8))


def test_a_provider_that_can_be_asked_settles_what_nobody_knew(tmp_path: Path) -> None:
    world = world_with_due(tmp_path, 4)
    with http_server(POSTMARK.keeper()) as desk:
        sender = POSTMARK.sender(desk.url, connections=1)
        desk.faults = [CUT, LOST, LOST]
        world.hand_over("2026-01-05 06:00", sender)
        unknown = unknown_messages(world.warehouse)
        desk.faults = [Reply(200, {"Messages": []}), LOST]
        now = utc("2026-01-05 06:10")
        first, then, none = ask(unknown, [sender], now), ask(unknown, [sender], now), ask(unknown, [BREVO_SMS.sender(desk.url, name="texts")], now)
        resolve(world.warehouse, world.project, then.found, "accepted", utc("2026-01-05 06:10"))
    keys = [row["message_key"] for row in unknown]
    assert (len(first.not_known), len(first.unanswered), list(first.errors)) == (1 + (not first.found), 1, ["mail"])
    assert sorted([*first.found, *first.not_known, *first.unanswered]) == sorted(keys)
    assert (then.found, then.unanswered, then.errors) == ({key: id_of(key) for key in keys if key not in then.not_known}, [], {})
    assert (len(then.found), sorted(none.cannot_be_asked)) == (2, sorted(keys))
    assert [row["message_key"] for row in unknown_messages(world.warehouse)] == then.not_known
    kept = world.warehouse.rows(
        "select message_key, provider_message_id, error from delivery.sends where state = 'accepted' and changed_at = $at", at=utc("2026-01-05 06:10")
    )
    assert sorted(kept) == sorted((key, id, None) for key, id in then.found.items())


def test_a_provider_that_wants_not_to_be_asked_so_often_is_asked_for_every_message_in_the_end(tmp_path: Path) -> None:
    unknown = [{"message_key": key, "address": "zoe@example.org", "first_at": utc("2026-01-05 06:00"), "sender": "mail"} for key in "abcd"]
    with http_server(POSTMARK.keeper()) as desk:
        for minute in range(12):
            desk.faults = [Reply(429)]
            assert len(ask(unknown, [POSTMARK.sender(desk.url)], utc(f"2026-01-05 07:{minute:02}")).unanswered) == 4
    assert len(desk.heard) == 12
    assert {heard.asked["metadata_message_key"] for heard in desk.heard} == set("abcd")


def test_a_scenario_that_calls_reaches_by_telephone_whoever_has_one(tmp_path: Path) -> None:
    world = world_with_due(tmp_path, 3, via="call_list")
    sender = sender_from(CallListSettings(kind="call_list", name="calls", folder=Path("lists")), tmp_path, clock)
    for moment in ("2026-01-05 06:00", "2026-01-05 06:15"):
        world.hand_over(moment, sender)
    with (tmp_path / "lists" / "calls-2026-01-05.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sorted(row["phone"] for row in csv.DictReader(file)) == ["+33612345601", "+33612345602"]
    assert world.messages("contact_id", "status", "reason") == [("c00", "dropped", "unreachable"), ("c01", "to_send", None), ("c02", "to_send", None)]
