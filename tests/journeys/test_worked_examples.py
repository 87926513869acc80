"""The worked examples that settle what the words of scenarios mean: given, expect. The zone is Europe/Paris."""

from datetime import timedelta

from tests.journeys.world import empty_world, scenario

HOUR = timedelta(hours=1)
DAYTIME = {"days": "mon-fri", "from": "09:00", "to": "17:00"}


def test_w1_a_window_delays_one_message_only() -> None:
    world = empty_world()
    world.contact("ann")
    world.did("ann", "cart_updated", "2026-01-05 18:00", cart_id="k")
    steps = [{"wait": "2 days"}, {"send": "mail", "window": DAYTIME}, {"wait": "2 days"}, {"send": "note", "via": "push"}]
    world.ticks("2026-01-05 19:00", "2026-01-11 09:00", scenario(steps), every=HOUR)
    assert world.messages("step", "due_at", "not_before") == [
        ("mail", "2026-01-07 18:00", "2026-01-08 09:00"),
        ("note", "2026-01-10 09:00", "2026-01-10 09:00"),
    ]
