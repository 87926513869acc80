"""When a message may leave, and until when it is worth leaving."""

import pytest

from tests.journeys.world import World, empty_world, scenario, utc


def note(world: World, due: str, window: object = None, zone: str | None = None, **more: object) -> None:
    """Let a message to Ann fall due at *due*, at a tick of that very moment."""
    world.contact("ann", timezone=zone)
    world.did("ann", "page_viewed", utc(due), id="e")
    send = {"send": "note", "window": window} if window else {"send": "note"}
    world.tick(utc(due).replace(second=1), scenario([send | more], trigger={"activity": "page_viewed"}))


def goes(world: World) -> str:
    return str(world.warehouse.value("select not_before from outbox.messages"))[:16]


DAY = {"from": "08:00", "to": "20:00"}
NIGHT = {"from": "20:00", "to": "08:00"}


@pytest.mark.parametrize(
    ("due", "window", "expected"),
    [
        ("2026-01-05 12:00", DAY, "2026-01-05 12:00"),
        ("2026-01-05 07:59", DAY, "2026-01-05 08:00"),
        ("2026-01-05 20:00", DAY, "2026-01-06 08:00"),
        ("2026-01-05 23:00", NIGHT, "2026-01-05 23:00"),
        ("2026-01-05 03:00", NIGHT, "2026-01-05 03:00"),
        ("2026-01-05 12:00", NIGHT, "2026-01-05 20:00"),
        ("2026-01-03 12:00", {"days": "mon-fri", **DAY}, "2026-01-05 08:00"),
        ("2026-01-05 03:00", {"days": "mon-fri", **NIGHT}, "2026-01-05 20:00"),
        ("2026-01-03 03:00", {"days": "mon-fri", **NIGHT}, "2026-01-03 03:00"),
        ("2026-01-05 12:00", {"days": "sun", **DAY}, "2026-01-11 08:00"),
        ("2026-03-28 22:00", DAY, "2026-03-29 08:00"),
        ("2026-10-24 22:00", DAY, "2026-10-25 08:00"),
        ("2026-03-29 01:00", {"from": "02:30", "to": "06:00"}, "2026-03-29 03:30"),
        ("2026-03-29 01:00", {"from": "02:00", "to": "03:00"}, "2026-03-30 02:00"),
        ("2026-10-25 01:00", {"from": "02:30", "to": "06:00"}, "2026-10-25 02:30"),
    ],
    ids=[
        "open", "a minute early", "just closed", "open at night", "open after midnight", "closed by day", "weekend", "Sunday's night is not Monday's",
        "Friday's night", "once a week", "night of spring", "night of autumn", "opens in the skipped hour", "lies in the skipped hour", "opens in the repeated hour",
    ],
)  # fmt: skip
def test_a_message_waits_for_its_window(due: str, window: dict[str, str], expected: str) -> None:
    world = empty_world()
    note(world, due, window, valid_for="7 days")
    moment = max(utc(expected), utc(due).replace(second=1)) if expected == due else utc(expected)
    assert goes(world) == str(moment)[:16]
    status, reason = world.messages("status", "reason")[0]
    assert (status, reason) == (("to_send", None) if expected == due else ("held", "quiet_hours"))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Asia/Tokyo", "2026-01-05 08:00"), ("America/New_York", "2026-01-05 13:00"), (None, "2026-01-05 07:00"), ("Pacific/Kiritimati", "2026-01-05 18:00")],
)
def test_a_window_is_in_the_zone_of_the_contact_and_else_of_the_project(zone: str | None, expected: str) -> None:
    world = empty_world()
    note(world, "2026-01-05 07:00", {"from": "08:00", "to": "17:00"} if zone != "Asia/Tokyo" else {"from": "17:00", "to": "18:00"}, zone)
    assert goes(world) == expected


def test_transactional_messages_wait_for_no_window() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-05 02:59")
    world.tick("2026-01-05 03:00", scenario([{"send": "note"}], trigger={"activity": "page_viewed"}, category="transactional", window=DAY))
    assert world.messages("status") == [("to_send",)]


def test_a_step_can_do_without_the_window_of_its_scenario() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-05 02:59")
    steps = [{"send": "now", "window": "none"}, {"send": "later"}]
    world.tick("2026-01-05 03:00", scenario(steps, trigger={"activity": "page_viewed"}, window=DAY))
    assert world.messages("step", "not_before") == [("now", "2026-01-05 03:00"), ("later", "2026-01-05 08:00")]


# Expiry


def test_a_message_decided_too_late_is_expired_and_the_contact_moves_on() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    steps = [{"send": "note", "valid_for": "24 hours"}, {"wait": "1 day"}, {"send": "next"}]
    world.ticks_at(["2026-01-06 06:00", "2026-01-07 06:00"], scenario(steps, trigger={"activity": "page_viewed"}))
    assert world.messages("step", "status", "reason") == [("note", "dropped", "expired"), ("next", "to_send", None)]


def test_a_message_whose_window_opens_too_late_is_expired_at_once() -> None:
    world = empty_world()
    note(world, "2026-01-03 12:00", {"days": "mon-fri", **DAY}, valid_for="24 hours")
    assert world.messages("status", "reason") == [("dropped", "expired")]


@pytest.mark.parametrize(("via", "hours"), [("email", 72), ("sms", 24), ("push", 24)])
def test_each_channel_has_its_validity(via: str, hours: int) -> None:
    world = empty_world()
    note(world, "2026-01-05 12:00", via=via)
    assert world.warehouse.value("select expires_at - due_at from outbox.messages").total_seconds() == hours * 3600


def test_without_sending_messages_end_as_not_sent_and_journeys_go_on() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "page_viewed", "2026-01-05 05:00")
    steps = [{"send": "note"}, {"wait_for": {"clicked": "note"}, "timeout": "1 day", "then": [{"exit": "yes"}], "else": [{"exit": "no"}]}]
    world.ticks("2026-01-05 06:00", "2026-01-06 06:00", scenario(steps, trigger={"activity": "page_viewed"}), send=False)
    assert world.messages("status", "reason") == [("dropped", "not_sent")]
    assert world.endings() == [("ann", "2026-01-06 06:00", "completed", "no")]
