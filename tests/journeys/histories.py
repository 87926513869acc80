"""
Small random histories for the triggers that stories do not tell: products, dates that rows carry, scores, campaigns, birthdays, messages left unanswered.

The same seed tells the same, to a world and, as plain lists, to whoever works out what should come of it.
"""

import hashlib
import os
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from pipelines.scenarios import model as m
from tests.journeys.world import World, empty_world, instants, scenario, utc

DAY, QUARTER, HOUR = timedelta(days=1), timedelta(minutes=15), timedelta(hours=1)
STARTS = ["2026-01-30", "2026-03-27", "2026-10-23", "2028-02-27"]
"""A month's end, the nights on which clocks change, a 29 February."""
DAYS = 4
PEOPLE = [f"p{number}" for number in range(6)]
PRODUCTS = ("lamp", "jug")
ZONES_OF = ["Europe/Paris", "America/New_York", "Asia/Tokyo", None]
EXIT = [{"exit": "in"}]
TRIGGERS: dict[str, dict[str, Any]] = {
    "back": {"product": "restocked", "interest": "requested"},
    "cheaper": {"product": {"price_dropped": "10%"}, "interest": "viewed within 3 days"},
    "much_cheaper": {"product": {"price_dropped": "40%"}, "interest": "carted within 30 days"},
    "prospect": {"score": {"reaches": "prospect"}},
    "expires": {"date": "subscriptions.expires_at", "offset": "-2 days"},
    "expired": {"date": "subscriptions.expires_at", "offset": "1 day", "at": "09:00"},
    "expected": {"date": "orders.expected_delivery_on", "offset": "1 day"},
    "event": {"date": "calendar_events.starts_at", "offset": "-1 day", "at": "18:00"},
    "birthday": {"anniversary": "birth_date", "at": "09:00"},
    "before_birthday": {"anniversary": "birth_date", "offset": "-1 days", "at": "02:30"},
    "every_night": {"every": "day 02:30", "segment": "club"},
    "mondays": {"every": "monday 10:00", "segment": "club"},
    "the_first": {"every": "1 february", "segment": "club"},
    "leap_days": {"every": "29 february 08:00", "segment": "club"},
    "started": {"scenario": "starts"},
}
UNANSWERED: dict[str, dict[str, Any]] = {
    "unclicked": {"not_clicked": {"message": "mail", "after": "30 hours"}},
    "unopened": {"not_opened": {"message": "mail", "after": "1 day"}},
}
"""When a message went depends on the tick, and with it when nobody has answered it: told of apart."""


@dataclass(frozen=True)
class Fact:
    """Something that is so from `at` on, and known from `known` on; `what` it is about, `values` of it."""

    who: str
    what: str
    at: datetime
    known: datetime
    values: dict[str, Any] = field(default_factory=dict)

    def seen(self, tick: datetime) -> bool:
        return self.at < tick and self.known <= tick


@dataclass
class Told:
    """A history as lists."""

    zones: dict[str, str | None] = field(default_factory=dict)
    births: dict[str, date] = field(default_factory=dict)
    stays: list[tuple[str, str, datetime, datetime | None]] = field(default_factory=list)
    cards: list[Fact] = field(default_factory=list)
    ties: list[Fact] = field(default_factory=list)
    orders: list[Fact] = field(default_factory=list)
    carts: list[Fact] = field(default_factory=list)
    subscriptions: list[Fact] = field(default_factory=list)
    registrations: list[Fact] = field(default_factory=list)
    starts_at: datetime = datetime.max


class History:
    """
    What happened in four days to six people and two products.

    *free* histories know of things late, let people join and leave at any hour and buy at any moment: what comes of these depends on when ticks look.
    """

    def __init__(self, seed: int, *, free: bool = False) -> None:
        self.seed, self.free, self.dice = seed, free, Random(seed)
        self.first = f"{self.dice.choice(STARTS)} 06:00"
        self.last = str(datetime.fromisoformat(self.first) + DAYS * DAY)
        self.once = f"{datetime.fromisoformat(self.first) + self.dice.choice([1, 2]) * DAY:%Y-%m-%d} {self.dice.choice(['02:30', '10:00'])}"
        self.facts = Told()

    @property
    def triggers(self) -> dict[str, dict[str, Any]]:
        return TRIGGERS | UNANSWERED | {"once": {"at": self.once, "segment": "club"}}

    @property
    def scenarios(self) -> list[m.Scenario]:
        starts = [{"start": "started"}, {"send": "mail"}, {"wait": "6 hours"}, {"send": "more"}, {"exit": "in"}]
        return [*(scenario(EXIT, name=name, trigger=trigger) for name, trigger in self.triggers.items()), scenario(starts, name="starts")]

    def told(self) -> World:
        """Return a world in which all of it is known as it happens, or later."""
        world, self.dice, self.facts = empty_world(), Random(self.seed), Told()
        self._event(world)
        for who in PEOPLE:
            self._person(world, who)
        changes = {product: self._cards(world, product) for product in PRODUCTS}
        for number in range(30):
            self._deed(world, number, changes)
        return world

    def moments(self) -> list[datetime]:
        """Return some of the quarters of an hour of these days, those of the daily ticks among them."""
        quarters = list(instants(self.first, self.last, QUARTER))
        return sorted({*instants(self.first, self.last), *Random(self.first).sample(quarters, 12 if os.environ.get("RELANCE_STORIES") else 6)})

    def lived(self, moments: list[datetime], cadence: timedelta) -> World:
        """Return the world after ticks at *moments*. Some messages are answered, after some hours, by what their key says."""
        world, answered = self.told(), set()
        for at in moments:
            world.tick(at, *self.scenarios, cadence=cadence)
            for key, goes in world.warehouse.rows("select message_key, not_before from outbox.messages where template = 'mail'"):
                if key not in answered:
                    answered.add(key)
                    for kind, after in replies(key):
                        world.reply(key, kind, goes + after)
        return world

    def _moment(self, days_before: int = 2) -> datetime:
        begin = utc(self.first) - days_before * DAY
        return begin + timedelta(minutes=self.dice.randrange(1, int((DAYS + days_before) * 1440) - 60))

    def _late(self) -> timedelta:
        """How much later than it happened something is known."""
        return self.dice.choice([0, 0, 0, 5, 30, 90]) * HOUR if self.free else timedelta()

    def _event(self, world: World) -> None:
        self.facts.starts_at = utc(self.first) + timedelta(minutes=self.dice.randrange((DAYS + 1) * 1440))
        world.row("calendar_events", utc("2025-12-01 00:00"), event_id="fair", name="Fair", starts_at=self.facts.starts_at)

    def _person(self, world: World, who: str) -> None:
        facts, born = self.facts, (utc(self.first) + timedelta(days=self.dice.randrange(-1, DAYS + 2))).replace(year=1980).date()
        facts.zones[who], facts.births[who] = self.dice.choice(ZONES_OF), born
        world.contact(who, timezone=facts.zones[who], birth_date=born)
        if self.dice.random() < 0.5:
            self._joins(world, "club", who, utc("2026-01-01 00:00") if not self.free else self._moment(), None)
        if self.dice.random() < 0.7:
            since = datetime.fromisoformat(self.first) + self.dice.randrange(0, DAYS * 24, 1 if self.free else 24) * HOUR
            self._joins(world, "qualified_leads", who, utc(str(since)), utc(str(since + self.dice.randrange(1, 3) * DAY)))
        expires = utc(self.first) + timedelta(minutes=self.dice.randrange(-1440, (DAYS + 2) * 1440))
        known = utc(self.first) + self.dice.randrange(0, DAYS * 24) * HOUR if self.free and self.dice.random() < 0.5 else utc("2025-01-01 00:00")
        facts.subscriptions.append(Fact(who, who, utc("2025-01-01 00:00"), known, {"date": expires}))
        world.row("subscriptions", known, subscription_id=who, contact_id=who, plan="x", started_at=utc("2025-01-01 00:00"), expires_at=expires)
        status = self.dice.choice(["registered", "cancelled", None, "no"])
        if status != "no":
            at = self._moment()
            facts.registrations.append(Fact(who, who, at, at + self._late(), {"status": status}))
            world.row("registrations", facts.registrations[-1].known, registration_id=who, event_id="fair", contact_id=who, registered_at=at, status=status)

    def _joins(self, world: World, segment: str, who: str, since: datetime, until: datetime | None) -> None:
        self.facts.stays.append((segment, who, since, until))
        world.memberships.setdefault(segment, []).append((who, since, until))

    def _cards(self, world: World, product: str) -> list[datetime]:
        changes = sorted({self._moment(4) for _ in range(5)})
        for at in (utc("2025-12-01 00:00"), *changes):
            card, known = {"price": self.dice.choice([40, 38, 30, 20]), "stock": self.dice.choice([0, 0, 5])}, at + self._late()
            self.facts.cards.append(Fact("", product, at, known, card))
            world.row("products", known, product_id=product, name=product, valid_from=at, **card)
        return changes

    def _deed(self, world: World, number: int, changes: dict[str, list[datetime]]) -> None:
        who, product, at = self.dice.choice(PEOPLE), self.dice.choice(PRODUCTS), self._moment()
        fact = Fact(who, product, at, at + self._late())
        match self.dice.choice(["asks", "views", "carts", "buys", "carts"]):
            case "asks":
                self.facts.ties.append(Fact(who, product, at, fact.known, {"kind": "requested"}))
                world.row("stock_requests", fact.known, contact_id=who, product_id=product, requested_at=at)
            case "views":
                self.facts.ties.append(Fact(who, product, at, fact.known, {"kind": "viewed"}))
                self._site(world, fact, event_id=f"e{number}", name="product_viewed", product_id=product)
            case "carts":
                self.facts.ties.append(Fact(who, product, at, fact.known, {"kind": "carted"}))
                self.facts.carts.append(Fact(who, f"k{number}", at, fact.known))
                self._site(world, fact, event_id=f"e{number}", name="cart_updated", cart_id=f"k{number}")
                world.row("cart_lines", fact.known, event_id=f"e{number}", line_no=1, product_id=product, quantity=1, unit_price=40)
            case _:
                # A purchase in the day after a change is seen by the next daily tick and not by the next quarter of an hour: as it should.
                if self.free or not any(timedelta() <= at - change < DAY + HOUR for change in changes[product]):
                    expected = (at + self.dice.randrange(-1, 3) * DAY).date()
                    self.facts.orders.append(Fact(who, product, at, fact.known, {"date": expected}))
                    order = {"order_id": f"o{number}", "contact_id": who, "ordered_at": at, "total": 40, "expected_delivery_on": expected}
                    world.row("orders", fact.known, **order)
                    world.row("order_lines", fact.known, order_id=f"o{number}", line_no=1, product_id=product, quantity=1, unit_price=40)

    def _site(self, world: World, fact: Fact, **values: Any) -> None:
        world.row("site_events", fact.known, contact_id=fact.who, occurred_at=fact.at, **values)


def replies(key: str) -> list[tuple[str, timedelta]]:
    """Return how the message of a key is answered, and how long after it went."""
    dice = hashlib.sha256(key.encode()).digest()
    return [(kind, (1 + dice[place + 1] % 40) * HOUR) for place, kind in ((0, "opened"), (2, "clicked")) if dice[place] < 160]
