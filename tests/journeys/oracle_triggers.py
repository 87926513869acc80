"""
Whom each kind of trigger brings in, for which moment, and at which tick: the table of triggers read off the specification, one contact at a time.

Slow and obvious on purpose; it shares nothing with the engine. Scenarios here have no audience, goal or exit, and re-entry is per key.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from tests.journeys.histories import DAY, PEOPLE, PRODUCTS, Fact, Told
from tests.journeys.story import local, to_utc

MAX_AGE = timedelta(hours=72)
Entry = tuple[str, datetime, datetime]
"""Who, for which moment, at which tick."""
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]


@dataclass(frozen=True)
class Sent:
    """A message that went: what, to whom, when, and when it was answered, by kind."""

    message: str
    who: str
    went: datetime
    decided: datetime
    answers: dict[str, list[datetime]]


@dataclass(frozen=True)
class Look:
    """The ticks of a history, and how far ahead each prepares what is known beforehand."""

    ticks: Sequence[datetime]
    cadence: timedelta

    def pairs(self) -> Iterator[tuple[datetime | None, datetime]]:
        """Yield every tick with the one before it."""
        return pairwise([None, *self.ticks])  # type: ignore[return-value]

    def prepared(self, moment: datetime) -> datetime | None:
        """The tick that lets people in for a moment known beforehand: the first from which no later tick would come in time. From the day it went live on."""
        for previous, tick in self.pairs():
            if moment <= tick + self.cadence:
                new = moment > previous + self.cadence if previous else moment >= midnight(local(tick, None).date(), None)
                return tick if new else None
        return None


def brought_in(trigger: dict[str, Any], told: Told, look: Look, sent: Sequence[Sent] = ()) -> list[Entry]:
    """Return everybody whom *trigger* brings in."""
    return sorted(next(find(trigger, told, look, sent) for word, find in FINDERS if word in trigger))


# Products


def product(trigger: dict[str, Any], told: Told, look: Look, sent: Sequence[Sent]) -> Iterator[Entry]:
    """Contacts tied to a product before it came back, or became so much cheaper than on its card before, who have not bought it since."""
    drop = None if trigger["product"] == "restocked" else int(trigger["product"]["price_dropped"].rstrip("%"))
    kind, _, within = trigger["interest"].partition(" within ")
    longest = timedelta(days=int(within.split()[0])) if within else None
    for previous, tick in look.pairs():
        for name in PRODUCTS:
            cards = sorted((card for card in told.cards if card.what == name and card.seen(tick)), key=lambda card: card.at)
            for before, card in pairwise(cards):
                if previous and card.seen(previous) or tick - card.at > MAX_AGE:
                    continue
                if came_back(before, card) if drop is None else 100 * card.values["price"] <= before.values["price"] * (100 - drop):
                    yield from ((who, card.at, tick) for who in PEOPLE if cares(told, who, card, kind, longest, tick))


def came_back(before: Fact, card: Fact) -> bool:
    return before.values["stock"] == 0 and card.values["stock"] > 0


def cares(told: Told, who: str, card: Fact, kind: str, longest: timedelta | None, tick: datetime) -> bool:
    ties = [
        tie.at
        for tie in told.ties
        if (tie.who, tie.what, tie.values["kind"]) == (who, card.what, kind)
        and tie.seen(tick)
        and tie.at < card.at
        and (longest is None or tie.at >= card.at - longest)
    ]
    return bool(ties) and not any(order.who == who and order.what == card.what and order.seen(tick) and order.at >= max(ties) for order in told.orders)


# Dates that rows carry


def carried(trigger: dict[str, Any], told: Told, look: Look, sent: Sequence[Sent]) -> Iterator[Entry]:
    """So many days before or after the date, on the contact's own clock; a row that came late counts while its moment is young."""
    table = trigger["date"].split(".")[0]
    rows = {"subscriptions": told.subscriptions, "orders": told.orders, "calendar_events": told.registrations}[table]
    days, at = timedelta(days=int(trigger["offset"].split()[0])), trigger.get("at")
    for row in rows:
        if row.values.get("status") == "cancelled":
            continue
        carries, zone = row.values.get("date", told.starts_at), told.zones[row.who]
        clock = (local(carries, zone) if isinstance(carries, datetime) else datetime.combine(carries, time())) + days
        moment = to_utc(datetime.combine(clock.date(), time.fromisoformat(at)) if at else clock, zone)
        if tick := first_news(row, moment, look):
            yield row.who, moment, tick


def first_news(row: Fact, moment: datetime, look: Look) -> datetime | None:
    """The tick that prepares a moment, or, where its row was not known then, the first that knows it while the moment is young."""
    tick = look.prepared(moment)
    if tick and row.seen(tick):
        return tick
    for previous, later in look.pairs():
        if row.seen(later):
            came_late = previous is not None and not row.seen(previous)
            return later if came_late and later - MAX_AGE <= moment <= later + look.cadence else None
    return None


# Birthdays and campaigns


def anniversary(trigger: dict[str, Any], told: Told, look: Look, sent: Sequence[Sent]) -> Iterator[Entry]:
    days, at = timedelta(days=int(trigger.get("offset", "0 days").split()[0])), time.fromisoformat(trigger.get("at", "00:00"))
    for who, born in told.births.items():
        for year in {tick.year for tick in look.ticks}:
            leap = year % 4 == 0
            day = date(year, 2, 28) if (born.month, born.day) == (2, 29) and not leap else born.replace(year=year)
            moment = to_utc(datetime.combine(day + days, at), told.zones[who])
            if tick := look.prepared(moment):
                yield who, moment, tick


def campaign(trigger: dict[str, Any], told: Told, look: Look, sent: Sequence[Sent]) -> Iterator[Entry]:
    """The members, at the tick that prepares it, of a moment in the project's zone."""
    day = local(look.ticks[0], None).date()
    while day <= local(look.ticks[-1], None).date() + 2 * DAY:
        clock = occasion(trigger, day)
        moment = to_utc(datetime.combine(day, clock), None) if clock is not None else None
        if moment and (tick := look.prepared(moment)):
            yield from ((who, moment, tick) for who in PEOPLE if is_member(told, trigger["segment"], who, tick))
        day += DAY


def occasion(trigger: dict[str, Any], day: date) -> time | None:
    """At what time of a day a campaign comes round, if it does."""
    if "at" in trigger:
        on, clock = trigger["at"].split()
        return time.fromisoformat(clock) if on == str(day) else None
    *words, last = trigger["every"].split()
    if ":" not in last:
        words, last = [*words, last], "00:00"
    days = {"day": True, WEEKDAYS[day.weekday()]: True, f"{day.day} {MONTHS[day.month - 1]}": True}
    return time.fromisoformat(last) if " ".join(words) in days else None


# Segments, scores


def score(trigger: dict[str, Any], told: Told, look: Look, sent: Sequence[Sent]) -> Iterator[Entry]:
    """Who is a qualified lead at a tick and was none at the one before."""
    for previous, tick in look.pairs():
        for who in PEOPLE:
            if previous and is_member(told, "qualified_leads", who, tick) and not is_member(told, "qualified_leads", who, previous):
                yield who, tick, tick


def is_member(told: Told, segment: str, who: str, tick: datetime) -> bool:
    return any(name == segment and each == who and since <= tick and (until is None or tick < until) for name, each, since, until in told.stays)


# Messages nobody answered, other scenarios


def unanswered(trigger: dict[str, Any], told: Told, look: Look, sent: Sequence[Sent]) -> Iterator[Entry]:
    """Who had the message so long ago and has not answered it in that time."""
    kind = "clicked" if "not_clicked" in trigger else "opened"
    asked = trigger[f"not_{kind}"]
    number, unit = asked["after"].split()
    after = timedelta(**{unit.rstrip("s") + "s": int(number)})
    for letter in sent:
        over = letter.went + after
        tick = next((tick for tick in look.ticks if tick >= over), None)
        if letter.message == asked["message"] and tick and not any(at < over for at in letter.answers[kind]):
            yield letter.who, over, tick


def started(trigger: dict[str, Any], told: Told, look: Look, sent: Sequence[Sent]) -> Iterator[Entry]:
    """The scenario of these histories that starts another does so at once, for every cart."""
    for cart in told.carts:
        tick = next((tick for tick in look.ticks if cart.seen(tick)), None)
        if tick and tick - cart.at <= MAX_AGE:
            yield cart.who, cart.at, tick


def midnight(day: date, zone: str | None) -> datetime:
    return to_utc(datetime.combine(day, time()), zone)


FINDERS: list[tuple[str, Callable[[dict[str, Any], Told, Look, Sequence[Sent]], Iterator[Entry]]]] = [
    ("product", product), ("date", carried), ("anniversary", anniversary), ("score", score), ("scenario", started), ("not_clicked", unanswered),
    ("not_opened", unanswered), ("segment", campaign),
]  # fmt: skip
