"""More scenarios than one statement asks about at once: each gets its answers all the same."""

import pytest

from pipelines.journeys import stream
from tests.journeys.world import empty_world, scenario


def test_the_questions_of_each_of_many_scenarios_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "AT_ONCE", 3)
    world, count = empty_world(), 10
    world.contact("ann", country="FR")
    world.did("ann", "cart_updated", "2026-01-05 10:00", cart_id="k", cart_value=count / 2 + 0.5)
    told = [
        scenario(
            [{"branch": [{"if": {"where": f"order_count >= {number % 2}"}, "steps": [{"exit": "yes"}]}, {"else": [{"exit": "no"}]}]}],
            name=f"s{number:03}",
            trigger={"activity": "cart_updated", "key": "cart_id", "where": f"cart_value > {number}"},
            audience={"where": f"order_count < {number}"},
        )
        for number in range(count)
    ]
    world.tick("2026-01-05 12:00", *told)
    ended = world.warehouse.rows("select e.scenario, d.reason from journeys.endings d join journeys.enrolments e using (enrolment_id) order by e.scenario")
    assert ended == [(f"s{number:03}", "no" if number % 2 else "yes") for number in range(1, count // 2 + 1)]
