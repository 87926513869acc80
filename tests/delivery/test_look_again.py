"""Just before hand-over everything is looked at again: what became impossible since the tick does not go."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.scenarios import model as m
from tests.delivery.scripted import Scripted
from tests.journeys.world import World, empty_world, scenario

MORNING = {"days": "mon-fri", "from": "09:00", "to": "17:00"}
ORDERED = [{"activity": "order_placed"}]


def waits(*further: dict[str, object], **more: object) -> m.Scenario:
    """A reminder that falls due on Saturday evening and waits for Monday morning."""
    return scenario([{"send": "reminder", "window": MORNING}, *further], **more)


def world_on_saturday(root: Path, told: m.Scenario, **settings: object) -> World:
    world = empty_world(root, **settings)
    world.contact("ann", phone="+33612345678")
    world.did("ann", "cart_updated", "2026-01-10 17:00", cart_id="k")
    world.tick("2026-01-10 18:00", told)
    assert world.messages("not_before", "status") == [("2026-01-12 09:00", "held")]
    return world


def monday(world: World) -> tuple[tuple[object, ...], list[str]]:
    """Hand over on Monday morning; return what became of the reminder and what the sender received."""
    sender = Scripted()
    world.hand_over("2026-01-12 08:59", sender)
    assert sender.received == []
    world.hand_over("2026-01-12 09:00", sender)
    return world.messages("status", "reason")[0], sender.received


def test_what_nothing_happened_to_goes_when_its_moment_has_come(tmp_path: Path) -> None:
    assert monday(world_on_saturday(tmp_path, waits())) == (("to_send", None), ["reminder"])


@pytest.mark.parametrize("ticks", [[], ["2026-01-11 06:00"], ["2026-01-11 06:00", "2026-01-12 06:00"]], ids=["no tick", "a tick", "two ticks"])
@pytest.mark.parametrize("steps", [[], [{"wait": "1 day"}, {"exit": "done"}]], ids=["last step", "more to come"])
def test_an_order_in_the_meantime_keeps_the_message_back(tmp_path: Path, ticks: list[str], steps: list[dict[str, object]]) -> None:
    told = waits(*steps, exit_when=ORDERED)
    world = world_on_saturday(tmp_path, told)
    world.did("ann", "order_placed", "2026-01-10 20:00")
    world.ticks_at(ticks, told)
    assert monday(world) == (("dropped", "exited_before_send"), [])


def test_what_a_provider_could_not_take_in_its_window_waits_for_the_next(tmp_path: Path) -> None:
    world, sender = world_on_saturday(tmp_path, waits()), Scripted({"reminder": ["retry"]})
    world.hand_over("2026-01-12 16:50", sender)
    world.hand_over("2026-01-12 17:30", sender)
    assert sender.received == ["reminder"]
    assert world.messages("status", "reason", "not_before") == [("held", "quiet_hours", "2026-01-13 09:00")]
    world.hand_over("2026-01-13 08:59", sender)
    world.hand_over("2026-01-13 09:00", sender)
    assert sender.received == ["reminder"] * 2


def test_it_goes_to_the_address_of_today(tmp_path: Path) -> None:
    world = world_on_saturday(tmp_path, waits())
    world.warehouse.run("update raw.contacts set email = 'new@shop.example' where contact_id = 'ann'")
    world.tick("2026-01-12 06:00", waits())
    assert monday(world) == (("to_send", None), ["reminder"])
    assert world.messages("address") == [("new@shop.example",)]


def test_an_order_loaded_only_now_keeps_the_message_back(tmp_path: Path) -> None:
    told = waits(exit_when=ORDERED)
    world = world_on_saturday(tmp_path, told)
    world.did("ann", "order_placed", "2026-01-10 17:30", known_at="2026-01-12 08:30")
    assert monday(world) == (("dropped", "exited_before_send"), [])


def test_an_order_of_another_cart_keeps_nothing_back(tmp_path: Path) -> None:
    told = waits(exit_when=ORDERED, reentry="after_exit")
    world = world_on_saturday(tmp_path, told)
    world.did("ann", "order_placed", "2026-01-10 20:00", cart_id="other")
    assert monday(world)[0] == ("to_send", None)


def test_a_goal_met_too_late_to_count_keeps_nothing_back(tmp_path: Path) -> None:
    told = waits(goal={"activity": "order_placed", "within": "1 day"})
    world = world_on_saturday(tmp_path, told)
    world.did("ann", "order_placed", "2026-01-11 20:00")
    assert monday(world)[0] == ("to_send", None)


def _withdraws(world: World) -> None:
    world.consent("ann", "2026-01-12 08:00", granted=False)


def _bounces(world: World) -> None:
    world.reply("another message", "bounced", "2026-01-12 08:00", contact_id="ann", reason="hard")


def _unsubscribes(world: World) -> None:
    world.reply("another message", "unsubscribed", "2026-01-12 08:00", contact_id="ann")


@pytest.mark.parametrize(
    ("happens", "reason"), [(_withdraws, "no_consent"), (_bounces, "suppressed"), (_unsubscribes, "suppressed")], ids=["withdrawn", "bounced", "unsubscribed"]
)
def test_consent_and_suppression_are_read_again(tmp_path: Path, happens: Callable[[World], None], reason: str) -> None:
    world = world_on_saturday(tmp_path, waits())
    happens(world)
    assert monday(world) == (("dropped", reason), [])


def test_what_waited_too_long_is_expired(tmp_path: Path) -> None:
    world = world_on_saturday(tmp_path, waits())
    sender = Scripted()
    world.hand_over("2026-01-13 17:00", sender)
    assert world.messages("status", "reason") == [("dropped", "expired")]
    assert sender.received == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"status": "paused", "paused": "hold"}, ("held", "scenario_paused")),
        ({"status": "paused", "paused": "expire"}, ("dropped", "scenario_paused")),
        ({"status": "stopped", "stopped": "eject"}, ("dropped", "exited_before_send")),
        ({"status": "stopped", "stopped": "drain"}, ("to_send", None)),
        ({"status": "draft"}, ("held", "scenario_paused")),
    ],
    ids=["hold", "expire", "eject", "drain", "draft"],
)
def test_a_scenario_paused_or_stopped_meanwhile_holds_or_drops(tmp_path: Path, now: dict[str, str], expected: tuple[str, str | None]) -> None:
    world = world_on_saturday(tmp_path, waits())
    world.tick("2026-01-11 06:00", waits(**now))
    assert monday(world)[0] == expected


def test_a_scenario_whose_file_is_gone_drops_what_waits(tmp_path: Path) -> None:
    world = world_on_saturday(tmp_path, waits())
    world.tick("2026-01-11 06:00")
    assert monday(world) == (("dropped", "exited_before_send"), [])


@pytest.mark.parametrize(
    ("held", "reason"), [("stale_source: orders", "stale_source"), ("guard_tripped", "guard_tripped"), ("segment vip: bad", "stale_source")]
)
def test_a_held_scenario_sends_later_if_it_is_not_too_late(tmp_path: Path, held: str, reason: str) -> None:
    world = world_on_saturday(tmp_path, waits())
    world.tick("2026-01-11 06:00", waits(), held={"cart": held})
    assert monday(world) == (("held", reason), [])
    world.tick("2026-01-12 10:00", waits())
    sender = Scripted()
    world.hand_over("2026-01-12 10:05", sender)
    assert (world.messages("status", "reason"), sender.received) == ([("to_send", None)], ["reminder"])


def test_what_is_held_still_uses_its_cap(tmp_path: Path) -> None:
    cap = {"name": "weekly", "at_most": 1, "per": "week", "clock": "calendar"}
    other = scenario([{"send": "other"}], name="other", trigger={"activity": "page_viewed"})
    world = world_on_saturday(tmp_path, waits(), caps=[cap])
    world.tick("2026-01-12 06:00", waits(status="paused"), other)
    world.hand_over("2026-01-12 09:00", Scripted())
    world.did("ann", "page_viewed", "2026-01-12 10:00")
    world.tick("2026-01-12 12:00", waits(), other)
    assert world.messages("step", "status", "reason") == [("reminder", "held", "scenario_paused"), ("other", "dropped", "capped")]


def test_nobody_real_gets_anything_where_the_environment_is_not_live(tmp_path: Path) -> None:
    world = world_on_saturday(tmp_path, waits())
    sender = Scripted()
    world.hand_over("2026-01-12 09:00", sender, live=False)
    assert (world.messages("status", "reason"), sender.received) == ([("held", "not_sent")], [])
    world.hand_over("2026-01-12 09:15", sender, live=True)
    assert (world.messages("status", "reason"), sender.received) == ([("to_send", None)], ["reminder"])


def test_a_drop_at_hand_over_frees_whoever_waits_for_the_answer(tmp_path: Path) -> None:
    told = waits({"wait_for": {"clicked": "reminder"}, "timeout": "3 days", "then": [{"exit": "yes"}], "else": [{"exit": "no"}]})
    world = world_on_saturday(tmp_path, told)
    _withdraws(world)
    monday(world)
    world.tick("2026-01-13 06:00", told)
    assert world.endings() == [("ann", "2026-01-12 09:00", "completed", "no")]


def test_a_goal_after_the_only_message_was_dropped_is_no_conversion(tmp_path: Path) -> None:
    told = waits({"wait": "3 days"}, {"exit": "done"}, goal={"activity": "order_placed"})
    world = world_on_saturday(tmp_path, told)
    _withdraws(world)
    monday(world)
    world.did("ann", "order_placed", "2026-01-12 20:00")
    world.tick("2026-01-13 06:00", told)
    assert world.endings()[0][2] == "goal_before_message"
