"""What counts as opened and clicked, message by message."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipelines.results.answers import Answers, answers
from pipelines.settings import ShopSettings
from pipelines.warehouse.duckdb import Warehouse, memory_warehouse
from tests.results.told import AS_OF, message, put

WEEK_AGO = AS_OF - timedelta(days=7)
SHOP = ShopSettings(
    name="Shop", url="https://shop.example", address="1 rue du Port, Nantes", email="hello@shop.example",
    unsubscribe_url="https://shop.example/{contact_id}/leave?message={message_key}",
)  # fmt: skip


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    with memory_warehouse() as opened:
        yield opened


def handed_over(warehouse: Warehouse, key: str, days_ago: float = 7, state: str = "accepted", channel: str = "email") -> None:
    when = AS_OF - timedelta(days=days_ago)
    put(warehouse, "outbox.messages", [{**message("hello", when, channel), "message_key": key, "status": "to_send"}])
    put(warehouse, "delivery.sends", [{"message_key": key, "sender": "mail_out", "attempt": 1, "state": state, "changed_at": when}])


def told(warehouse: Warehouse, key: str, kind: str, hours: float = 1, **words: str) -> None:
    number = warehouse.value("select count(*) from raw.message_events")
    row = {"event_id": number, "message_key": key, "channel": "email", "kind": kind, "occurred_at": WEEK_AGO + timedelta(hours=hours), **words}
    put(warehouse, "raw.message_events", [{**row, "loaded_from": "mail", "loaded_at": AS_OF}])


def found(warehouse: Warehouse, shop: ShopSettings = SHOP) -> tuple[Answers, ...]:
    with warehouse.at(AS_OF):
        return answers(warehouse, shop, AS_OF).get("hello", ())


def test_a_message_counts_once_however_often_it_was_answered(warehouse: Warehouse) -> None:
    for key in ("a", "b", "c", "d"):
        handed_over(warehouse, key)
    for hours in (1, 2, 300):
        told(warehouse, "a", "opened", hours)
    told(warehouse, "a", "clicked", url="https://shop.example/lamp")
    told(warehouse, "a", "clicked", 3, url="https://shop.example/chair")
    told(warehouse, "b", "clicked")
    told(warehouse, "c", "delivered")
    assert found(warehouse) == (Answers("email", 4, opened=1, opened_by_machine=0, clicked=2, opened_of_handed_over=0.25, clicked_of_handed_over=0.5),)


def test_only_what_was_accepted_in_the_thirty_days_before_the_tick_is_looked_at(warehouse: Warehouse) -> None:
    for key, days_ago in (("just_now", 0), ("thirty_days", 30), ("older", 30.01)):
        handed_over(warehouse, key, days_ago)
        told(warehouse, key, "opened")
    handed_over(warehouse, "unknown", state="unknown")
    told(warehouse, "unknown", "opened")
    told(warehouse, "of_another_tool", "opened")
    assert [(each.handed_over, each.opened) for each in found(warehouse)] == [(1, 1)]


def test_what_happens_after_the_tick_is_not_seen_yet(warehouse: Warehouse) -> None:
    handed_over(warehouse, "a")
    told(warehouse, "a", "opened", hours=7 * 24)
    assert [each.opened for each in found(warehouse)] == [0]


def test_openings_by_machines_are_told_apart_unless_a_person_opened_too(warehouse: Warehouse) -> None:
    for key in ("person", "machine", "both"):
        handed_over(warehouse, key)
    told(warehouse, "person", "opened", reason="Apple Mail 18")
    told(warehouse, "machine", "opened", reason="Machine: privacy proxy")
    told(warehouse, "both", "opened", reason="machine")
    told(warehouse, "both", "opened", 5)
    assert [(each.opened, each.opened_by_machine) for each in found(warehouse)] == [(2, 1)]


def test_a_click_on_the_unsubscribe_link_is_none(warehouse: Warehouse) -> None:
    for key in ("left", "looked", "looked_and_left"):
        handed_over(warehouse, key)
    told(warehouse, "left", "clicked", url="https://shop.example/c%201/leave?message=left&utm=mail")
    told(warehouse, "looked", "clicked", url="https://shop.example/lamp")
    told(warehouse, "looked_and_left", "clicked", url="https://shop.example/lamp")
    told(warehouse, "looked_and_left", "clicked", 2, url="https://shop.example/c2/leave?message=looked_and_left")
    assert [each.clicked for each in found(warehouse)] == [2]
    signed = SHOP.model_copy(update={"unsubscribe_url": "https://shop.example/c2/leave?t={token}"})
    told(warehouse, "left", "clicked", 3, url="https://shop.example/c2/leave?t=1.WyJsZWZ0Il0.c2lnbmVk")
    assert [each.clicked for each in found(warehouse, signed)] == [3], "the pages of before are pages like others"
    nowhere = SHOP.model_copy(update={"unsubscribe_url": ""})
    assert [each.clicked for each in found(warehouse, nowhere)] == [3]


def test_nobody_sees_whether_an_sms_was_opened(warehouse: Warehouse) -> None:
    handed_over(warehouse, "mail")
    handed_over(warehouse, "sms", channel="sms")
    told(warehouse, "sms", "opened")
    assert [(each.channel, each.opened, each.opened_of_handed_over) for each in found(warehouse)] == [("email", 0, 0.0), ("sms", None, None)]


def test_nothing_handed_over_is_no_rate(warehouse: Warehouse) -> None:
    assert found(warehouse) == ()
