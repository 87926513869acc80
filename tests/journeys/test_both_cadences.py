"""
Daily ticks and quarter-hour ticks take in the same people for the same moments, whatever begins a scenario.

The suite tells two histories; `RELANCE_STORIES=200` tells so many.
"""

import os
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.journeys.invariants import broken
from tests.journeys.world import World, empty_world, instants, scenario, utc

SEEDS = range(int(os.environ.get("RELANCE_STORIES", 2)))
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
STARTS = ["2026-01-30", "2026-03-27", "2026-10-23", "2028-02-27"]
"""A month's end, the nights on which clocks change, a 29 February."""
DAYS = 4
PEOPLE = [f"p{number}" for number in range(6)]
ZONES_OF = ["Europe/Paris", "America/New_York", "Asia/Tokyo", None]
EXIT = [{"exit": "in"}]
TRIGGERS: dict[str, dict[str, Any]] = {
    "back": {"product": "restocked", "interest": "requested"},
    "cheaper": {"product": {"price_dropped": "10%"}, "interest": "viewed within 3 days"},
    "much_cheaper": {"product": {"price_dropped": "40%"}, "interest": "carted within 30 days"},
    "prospect": {"score": {"reaches": "prospect"}},
    "expires": {"date": "subscriptions.expires_at", "offset": "-2 days"},
    "expired": {"date": "subscriptions.expires_at", "offset": "1 day", "at": "09:00"},
    "birthday": {"anniversary": "birth_date", "at": "09:00"},
    "before_birthday": {"anniversary": "birth_date", "offset": "-1 days", "at": "02:30"},
    "every_night": {"every": "day 02:30", "segment": "club"},
    "mondays": {"every": "monday 10:00", "segment": "club"},
    "started": {"scenario": "starts"},
}
SCENARIOS = [
    *(scenario(EXIT, name=name, trigger=trigger) for name, trigger in TRIGGERS.items()),
    scenario([{"start": "started"}, {"send": "mail"}, {"wait": "6 hours"}, {"send": "more"}, {"exit": "in"}], name="starts"),
]


class History:
    """What happened in four days to six people and two products; the same seed tells the same."""

    def __init__(self, seed: int) -> None:
        self.seed, self.dice = seed, Random(seed)
        self.first = f"{self.dice.choice(STARTS)} 06:00"
        self.last = str(datetime.fromisoformat(self.first) + DAYS * DAY)

    def told(self) -> World:
        """Return a world in which all of it is known as it happens."""
        world, self.dice = empty_world(), Random(self.seed)
        for who in PEOPLE:
            self._person(world, who)
        changes = {product: self._cards(world, product) for product in ("lamp", "jug")}
        for number in range(30):
            self._deed(world, number, changes)
        return world

    def moments(self) -> list[datetime]:
        """Return some of the quarters of an hour of these days, those of the daily ticks among them."""
        quarters = list(instants(self.first, self.last, QUARTER))
        return sorted({*instants(self.first, self.last), *Random(self.first).sample(quarters, 12)})

    def _moment(self, days_before: int = 2) -> datetime:
        begin = utc(self.first) - days_before * DAY
        return begin + timedelta(minutes=self.dice.randrange(1, int((DAYS + days_before) * 1440) - 60))

    def _person(self, world: World, who: str) -> None:
        birthday = utc(self.first) + timedelta(days=self.dice.randrange(-1, DAYS + 2))
        world.contact(who, timezone=self.dice.choice(ZONES_OF), birth_date=birthday.replace(year=1980).date())
        if self.dice.random() < 0.5:
            world.member("club", who, "2026-01-01 00:00")
        if self.dice.random() < 0.7:
            since = datetime.fromisoformat(self.first) + self.dice.randrange(1, DAYS) * DAY
            world.member("qualified_leads", who, str(since), str(since + self.dice.randrange(1, 3) * DAY))
        expires = utc(self.first) + timedelta(minutes=self.dice.randrange(-1440, (DAYS + 2) * 1440))
        world.row(
            "subscriptions", utc("2025-01-01 00:00"), subscription_id=who, contact_id=who, plan="x", started_at=utc("2025-01-01 00:00"), expires_at=expires
        )

    def _cards(self, world: World, product: str) -> list[datetime]:
        changes = sorted({self._moment(0) for _ in range(4)})
        for at in (utc("2025-12-01 00:00"), *changes):
            card = {"price": self.dice.choice([40, 38, 30, 20]), "stock": self.dice.choice([0, 0, 5])}
            world.row("products", at, product_id=product, name=product, valid_from=at, **card)
        return changes

    def _deed(self, world: World, number: int, changes: dict[str, list[datetime]]) -> None:
        who, product, at = self.dice.choice(PEOPLE), self.dice.choice(list(changes)), self._moment()
        match self.dice.choice(["asks", "views", "carts", "buys", "carts"]):
            case "asks":
                world.row("stock_requests", at, contact_id=who, product_id=product, requested_at=at)
            case "views":
                world.did(who, "product_viewed", at, id=f"e{number}", product_id=product)
            case "carts":
                world.did(who, "cart_updated", at, id=f"e{number}", cart_id=f"k{number}")
                world.row("cart_lines", at, event_id=f"e{number}", line_no=1, product_id=product, quantity=1, unit_price=40)
            case _:
                # A purchase in the day after a change is seen by the next daily tick and not by the next quarter of an hour: as it should.
                if not any(timedelta() <= at - change < DAY + timedelta(hours=1) for change in changes[product]):
                    world.did(who, "order_placed", at, id=f"o{number}")
                    world.row("order_lines", at, order_id=f"o{number}", line_no=1, product_id=product, quantity=1, unit_price=40)


def entered(world: World, until: datetime) -> list[tuple[Any, ...]]:
    """Return who entered what under which key for a moment before *until*: a tick prepares what falls into its time until the next."""
    rows = world.warehouse.rows("select scenario, contact_id, entry_key, entered_at from journeys.enrolments order by all")
    return [row for row in rows if row[3] < until]


def lived(history: History, moments: list[datetime], cadence: timedelta) -> World:
    world = history.told()
    for at in moments:
        world.tick(at, *SCENARIOS, cadence=cadence)
    return world


@cache
def taken_in_by_day(seed: int) -> list[tuple[Any, ...]]:
    """Return what daily ticks make of a history, having looked at what must hold."""
    history = History(seed)
    world = lived(history, list(instants(history.first, history.last)), DAY)
    assert not broken(world)
    return entered(world, utc(history.last))


@pytest.mark.parametrize("seed", SEEDS)
def test_both_cadences_take_in_the_same_people_for_the_same_moments(seed: int) -> None:
    by_day, history = taken_in_by_day(seed), History(seed)
    world = lived(history, history.moments(), QUARTER)
    assert entered(world, utc(history.last)) == by_day
    assert not broken(world)


def test_the_histories_bring_people_into_every_scenario() -> None:
    assert {row[0] for seed in SEEDS for row in taken_in_by_day(seed)} == {each.scenario for each in SCENARIOS}
