"""A story: contacts, what they did, and the instants of ticks. Both the engine and its oracle are told the same one."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.scenarios import model as m
from tests.journeys.world import LONG_AGO, World

HOUR = timedelta(hours=1)
PROJECT_ZONE = "Europe/Paris"


@dataclass(frozen=True)
class Doing:
    """Something a contact did, which the first tick at or after `known_at` can see. `values` are the activity's columns."""

    contact: str
    activity: str
    at: datetime
    known_at: datetime
    id: str
    values: dict[str, Any] = field(default_factory=dict)

    def visible(self, now: datetime) -> bool:
        return self.at < now and self.known_at <= now


@dataclass(frozen=True)
class Consent:
    at: datetime
    granted: bool
    channel: str = "email"
    topic: str = "all"
    basis: str = "opt_in"
    late: timedelta = timedelta()

    def visible(self, now: datetime) -> bool:
        return self.at < now and self.at + self.late <= now


@dataclass(frozen=True)
class Person:
    id: str
    email: str | None = None
    phone: str | None = None
    zone: str | None = None
    country: str | None = None
    birth_date: date | None = None
    consents: tuple[Consent, ...] = ()
    preferred: str | None = None  # the channel they answer most
    tags: tuple[str, ...] = ()  # those they have from the beginning

    def address(self, channel: str) -> str | None:
        return {"email": self.email, "sms": self.phone, "push": self.id}[channel]


@dataclass(frozen=True)
class Stay:
    """Belonging to a segment at the ticks from `since` up to `until`."""

    segment: str
    contact: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Code:
    """A personal code that the shop brings."""

    offer: str
    code: str
    known_at: datetime
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Story:
    people: tuple[Person, ...]
    doings: tuple[Doing, ...]
    stays: tuple[Stay, ...]
    ticks: tuple[datetime, ...]
    scenarios: tuple[m.Scenario, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    answers: int = 0  # says how contacts answer messages; 0 for not at all
    edits: tuple[tuple[datetime, tuple[m.Scenario, ...]], ...] = ()  # what the folder of scenarios holds from a tick on
    codes: tuple[Code, ...] = ()
    coded: frozenset[str] = frozenset()  # messages that show a personal code

    def folder(self, tick: datetime) -> tuple[m.Scenario, ...]:
        """Return the scenarios as their files are at a tick."""
        return [self.scenarios, *(scenarios for since, scenarios in self.edits if since <= tick)][-1]

    def horizon(self, tick: datetime) -> datetime:
        """Return the tick expected next."""
        later = [other for other in self.ticks if other > tick]
        return later[0] if later else tick + 24 * HOUR

    def replies(self, message_key: str, contact: str, channel: str, goes: datetime) -> Iterator[Doing]:
        """Yield how *contact* answers a message: from its key alone, so that engine and oracle hear the same."""
        if not self.answers:
            return
        dice = hashlib.sha256(f"{self.answers} {message_key}".encode()).digest()
        topics = sorted({scenario.topic for scenario in self.scenarios})
        for kind, luck, share, hours, reason in (
            ("opened", dice[0], 110, dice[1] % 30, None),
            ("clicked", dice[2], 110, dice[3] % 24, None),
            ("clicked", dice[4], 110, dice[5] % 100, None),
            ("replied", dice[6], 110, 2, None),
            ("delivered", dice[8], 150, dice[9] % 4, None),
            ("bounced", dice[10], 40, dice[11] % 9, [None, "hard: no such address", "Soft: mailbox full"][dice[12] % 3]),
            ("complained", dice[13], 10, dice[14] % 20, None),
            ("unsubscribed", dice[15], 30, dice[16] % 20, [None, "too many mails", *topics][dice[17] % (2 + len(topics))]),
        ):
            if luck < share:
                at = goes + (1 + hours) * HOUR
                late = dice[7] % 3 * 7 * HOUR
                values = {"message_key": message_key, "channel": channel, "reason": reason}
                yield Doing(contact, f"message_{kind}", at, at + late, f"{message_key} {kind} {hours}", values)


def local(instant: datetime, zone: str | None) -> datetime:
    """Return an instant on the clock of *zone*, without zone."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone or PROJECT_ZONE)).replace(tzinfo=None)


def to_utc(clock: datetime, zone: str | None) -> datetime:
    """Return a local time as an instant: a skipped hour moves forward, a repeated one is its first."""
    return clock.replace(tzinfo=ZoneInfo(zone or PROJECT_ZONE), fold=0).astimezone(UTC).replace(tzinfo=None)


def tell(story: Story, world: World) -> None:
    """Tell *story* to a world, up to its ticks."""
    for person in story.people:
        world.contact(
            person.id, email=person.email, consent=False, phone=person.phone, timezone=person.zone, country=person.country, birth_date=person.birth_date,
            attributes=json.dumps({"answers": person.preferred}),
        )  # fmt: skip
        for tag in person.tags:
            world.row("contact_tags", LONG_AGO, contact_id=person.id, tag=tag, added_at=LONG_AGO)
        for consent in person.consents:
            world.row(
                "consents", consent.at + consent.late, contact_id=person.id, channel=consent.channel, topic=consent.topic, basis=consent.basis, granted=consent.granted,
                occurred_at=consent.at,
            )  # fmt: skip
    for doing in story.doings:
        told(doing, world)
    for stay in story.stays:
        world.memberships.setdefault(stay.segment, []).append((stay.contact, stay.since, stay.until))
    for code in story.codes:
        world.row("offer_codes", code.known_at, offer=code.offer, code=code.code, valid_until=code.valid_until)
    world.coded = story.coded


def told(doing: Doing, world: World) -> None:
    """Tell one doing."""
    before = len(world.waiting)
    if doing.activity.startswith("message_"):
        world.row(
            "message_events", doing.known_at, event_id=doing.id, contact_id=doing.contact, occurred_at=doing.at,
            kind=doing.activity.removeprefix("message_"), **doing.values,
        )  # fmt: skip
    elif doing.activity == "subscription_started":
        world.row("subscriptions", doing.known_at, contact_id=doing.contact, started_at=doing.at, **doing.values)
    else:
        values = {name: value for name, value in doing.values.items() if name != "order_id"}
        world.did(doing.contact, doing.activity, doing.at, id=doing.id, **values)
        row = world.waiting.pop(before)
        world.row(row.table, doing.known_at, **row.values)


def play(story: Story, world: World, ticks: Sequence[datetime] | None = None) -> None:
    """Run the ticks of *story*, or some of them, on the engine; contacts answer its messages."""
    answered = {row[0] for row in world.warehouse.rows("select message_key from raw.message_events")} | {
        row.values["message_key"] for row in world.waiting if row.table == "message_events"
    }
    for now in story.ticks if ticks is None else ticks:
        world.tick(now, *story.folder(now), cadence=story.horizon(now) - now)
        going = world.warehouse.rows("""
            select message_key, contact_id, channel, not_before from outbox.messages
            where status = 'to_send' or (status = 'held' and reason not in ('capped', 'lower_priority'))""")
        for key, contact, channel, goes in going:
            if key not in answered:
                answered.add(key)
                for doing in story.replies(key, contact, channel, goes):
                    told(doing, world)
