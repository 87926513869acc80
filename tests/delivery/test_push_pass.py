"""Pushes from scenario to browser: which subscription a contact is reached at, and what becomes of one that is gone."""

from pathlib import Path

import pytest

from pipelines.messages.message_library import read_messages
from pipelines.messages.render import renderer
from pipelines.segments.files import read_segments
from pipelines.warehouse.duckdb import Warehouse
from senders.message import GONE
from tests.journeys.world import World, empty_world, scenario, utc
from tests.senders.http_server import Desk, Reply, http_server
from tests.senders.test_web_push import AUTH, P256DH, VAPID_KEY, base64, opened, sender_of

TEMPLATE = "---\nsubject: Your basket\nlink.cart: {{ shop.url }}/cart\n---\nIt is waiting, {{ contact.first_name }}.\n"
SECRET = base64(AUTH)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NO_PROXY": "127.0.0.1", "VAPID_KEY": VAPID_KEY}.items():
        monkeypatch.setenv(name, value)


def world_with(root: Path, desk: Desk) -> World:
    """Ann let the shop push to a telephone, then to a laptop, and has taken back a third; she leaves a basket on two days."""
    template = root / "scenarios" / "messages" / "mail" / "push.txt.j2"
    template.parent.mkdir(parents=True)
    template.write_text(TEMPLATE, encoding="utf-8")
    world = empty_world(root)
    world.contact("ann", first_name="Ann")
    for day, (name, ended_at) in enumerate({"telephone": None, "laptop": None, "library": utc("2025-12-01 00:00")}.items(), 1):
        told = {"endpoint": f"{desk.url}/{name}", "contact_id": "ann", "p256dh": P256DH, "auth": SECRET, "ended_at": ended_at}
        world.row("push_subscriptions", utc("2025-11-01 00:00"), subscribed_at=utc(f"2025-10-{day:02} 00:00"), **told)
    for day in (5, 6, 7):
        world.did("ann", "cart_updated", f"2026-01-{day:02} 05:00", cart_id=f"k{day}")
    return world


def day(world: World, day: int) -> None:
    """Run the tick of a day of January and hand over, as the project would."""
    library = read_messages(world.project, read_segments(world.project))
    assert library.problems == ()
    world.tick(f"2026-01-{day:02} 06:00", scenario([{"send": "mail", "via": "push", "valid_for": "2 hours"}], reentry="per_key"))
    world.hand_over(f"2026-01-{day:02} 06:00", sender_of(), render=renderer(library))


def suppressed(warehouse: Warehouse) -> list[tuple[str, str]]:
    return warehouse.rows("select channel, reason from delivery.suppressions where address_hash in (select sha256(address) from outbox.messages)")


def test_the_newest_browser_is_pushed_to_and_one_that_is_gone_never_again(tmp_path: Path) -> None:
    with http_server(lambda heard: Reply(201)) as desk:
        world = world_with(tmp_path, desk)
        day(world, 5)
        desk.faults = [Reply(410)]
        day(world, 6)
        assert world.messages("status", "reason", "detail", where="status = 'dropped'") == [
            ("dropped", "refused", f"{GONE}: 410, the browser has unsubscribed")
        ]
        day(world, 7)
    assert [heard.path for heard in desk.heard] == ["/laptop", "/laptop", "/telephone"]
    assert suppressed(world.warehouse) == [("push", "hard_bounce")]
    told = opened(desk.heard[0])["notification"]
    assert (told["title"], told["body"], told["navigate"]) == ("Your basket", "It is waiting, Ann.", "https://shop.example/cart")
    assert desk.heard[0].headers["ttl"] == "3600", "a push is kept for as long as its message is valid: two hours, of which one is over"


def test_who_wants_no_pushes_gets_none_on_any_browser(tmp_path: Path) -> None:
    with http_server(lambda heard: Reply(201)) as desk:
        world = world_with(tmp_path, desk)
        day(world, 5)
        [(key,)] = world.messages("message_key")
        world.reply(key, "unsubscribed", "2026-01-05 12:00", channel="push")
        told = {"endpoint": f"{desk.url}/new", "contact_id": "ann", "p256dh": P256DH, "auth": SECRET, "ended_at": None}
        world.row("push_subscriptions", utc("2026-01-05 13:00"), subscribed_at=utc("2026-01-05 13:00"), **told)
        day(world, 6)
    assert [heard.path for heard in desk.heard] == ["/laptop"]
    assert world.messages("status", "reason", where="status <> 'to_send'") == [("dropped", "suppressed")]
