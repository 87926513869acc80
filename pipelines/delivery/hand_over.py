"""Hands messages over: look again, render, claim, send, record. Never the same message twice."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

from pipelines.delivery.gate import Gate, Stop
from pipelines.delivery.halt import halted
from pipelines.delivery.journal import Journal, Outcome
from pipelines.delivery.push import ASKED, NOT_TRIED, Connections, Push
from pipelines.delivery.recover import OUTCOMES, journal_folder, keep_outcomes, recover, rows_of
from pipelines.journeys.stream import probes_in_use, read_news
from pipelines.outbox.people import meet, nobody
from pipelines.outbox.possible import judge_options
from pipelines.outbox.suppress import suppress
from pipelines.settings import Project
from pipelines.ticks import local_day, start_of_day
from pipelines.warehouse.duckdb import Row, Warehouse
from senders.message import Message, Receipt, Sender

HERE = Path(__file__).parent
BATCH = 250
"""Messages claimed and recorded together; a power cut leaves so many unknown at most, a killed process one a connection."""
AHEAD = 2000
"""Messages whose data are looked up together before they are claimed: a look at all contacts for each batch would take longer than to send it."""
SLICE = 20_000
"""Messages that are looked at again together: what a pass takes of memory does not grow with those that wait."""
PART = 100_000
"""Messages that are told together why they wait."""
FIRST = (1000, datetime(1900, 1, 1), "")
"""The place before every message, in the order of priority, due time and key."""
LINKS = ["message_key", "link", "url", "handed_at", "message"]
SHARE = 2 / 3
"""A pass lasts this share of the time to the next at most, so that a slow provider never delays a tick for long."""


class Render(Protocol):
    """Renders the messages of the temporary table `to_render`; one that cannot be written comes back as a refused receipt."""

    def __call__(self, warehouse: Warehouse, now: datetime, /) -> Iterable[Message | Receipt]: ...


class Ahead(NamedTuple):
    """A message that is to be rendered: the how-manieth attempt it is, and after which template."""

    attempt: int
    template: str


@dataclass(frozen=True)
class HandedOver:
    """What one sender did in a pass. `stopped` says why it did not come to the rest."""

    sender: str
    accepted: int = 0
    refused: int = 0
    retry: int = 0
    unknown: int = 0
    stopped: str = ""


def hand_over(warehouse: Warehouse, project: Project, senders: Sequence[Sender], render: Render, now: datetime, *, live: bool) -> list[HandedOver]:
    """
    Hand over every message that may go at *now* (UTC), after looking again at exits, consent, suppression and holds.

    Senders that reach real people act only when *live*. What an earlier, killed pass left open is settled first.
    Raises LedgerTooOld where the warehouse was restored from a backup.
    """
    recover(warehouse, project, senders, now, live=live)
    acting = [sender for sender in senders if live or not sender.acts]
    with warehouse.at(now):
        _begin(warehouse, project, acting, now)
        for _ in _looked_at(warehouse, project, _without_sender(warehouse), now):
            """They are held, and say so."""
        return [_send_all(warehouse, project, sender, render, now) if sender in acting else HandedOver(sender.name) for sender in senders]


def _begin(warehouse: Warehouse, project: Project, senders: Sequence[Sender], now: datetime) -> None:
    """Say which channels may go, and how far ahead; take note of bounces and unsubscriptions; drop what is worthless."""
    with warehouse.transaction():
        warehouse.run("create or replace temp table reach (channel varchar, since timestamp, until timestamp)")
        reach = [(channel, now + _longest(project) + sender.pace.notice, now + sender.pace.ahead) for sender in senders for channel in sorted(sender.channels)]
        warehouse.append("reach", ["channel", "since", "until"], reach)
        suppress(warehouse, warehouse.value("select max(as_of) from runs.ticks where status = 'committed'"))
        warehouse.run(HERE / "expired.sql", now=now)
        warehouse.run(HERE / "settled.sql", now=now)


def _without_sender(warehouse: Warehouse) -> list[str]:
    """Return the channels of waiting messages that nobody may hand over."""
    query = "select distinct channel from outbox.messages where status in ('to_send', 'held') and channel not in (select channel from reach) order by channel"
    return [channel for (channel,) in warehouse.rows(query)]


def _looked_at(warehouse: Warehouse, project: Project, channels: Iterable[str], now: datetime) -> Iterator[int]:
    """
    Decide again, with everything loaded by now, which messages that wait on *channels* go, a slice at a time in the order they go.

    Yields how many go for each slice of which some do; the table `going` has them. What is not asked for is not looked at.
    """
    warehouse.run("create or replace temp table channels_of (channel varchar)")
    warehouse.append("channels_of", ["channel"], [(channel,) for channel in sorted(channels)])
    place: tuple[int, datetime, str] | None = FIRST
    while place:
        with warehouse.transaction():
            priority, due_at, key = place
            warehouse.run(HERE / "candidates.sql", now=now, size=SLICE, priority=priority, due_at=due_at, message_key=key)
            _look_again(warehouse, project, now)
            seen = warehouse.rows("select priority, due_at, message_key from candidates order by priority, due_at desc, message_key desc limit 1")
            place = seen[0] if seen and warehouse.value("select count(*) from candidates") == SLICE else None
        if going := warehouse.value("select count(*) from going"):
            yield going
        if place:
            warehouse.checkpoint()  # else what a long pass writes would stay in memory to its end


def _look_again(warehouse: Warehouse, project: Project, now: datetime) -> None:
    """Decide again which messages of the temporary table `waiting` go."""
    _exits(warehouse, now)
    lists = sorted({row[0] for row in warehouse.rows("select distinct channels from due")})
    warehouse.run("create or replace temp table channels (channels varchar, channel varchar, place bigint, answered_first boolean)")
    warehouse.append("channels", ["channels", "channel", "place", "answered_first"], [(channel, channel, 0, False) for channel in lists])
    nobody(warehouse)
    meet(warehouse, "due")
    judge_options(warehouse, project)
    warehouse.run(HERE / "windowed.sql", now=now, zone=project.settings.project.timezone)
    if warehouse.value("select 1 from touched limit 1"):
        warehouse.run(HERE.parent / "journeys" / "openings.sql", as_of=now, horizon=now)
        warehouse.run(HERE / "closed_windows.sql", now=now)
    warehouse.run(HERE / "look_again.sql", now=now)


def _exits(warehouse: Warehouse, now: datetime) -> None:
    """Find who met a goal or exit that no tick has seen."""
    since, late_since = warehouse.rows(HERE / "looked_until.sql", now=now)[0]
    names = {name for row in warehouse.rows(HERE / "watched.sql") for name in row[0].split(",")}
    warehouse.run(HERE / "watching.sql")
    read_news(warehouse, names, since, late_since)
    warehouse.keep("probe_matches", *probes_in_use(warehouse))
    warehouse.run(HERE / "exits.sql")


def _send_all(warehouse: Warehouse, project: Project, sender: Sender, render: Render, now: datetime) -> HandedOver:
    looks = _looked_at(warehouse, project, sender.channels, now)
    if not next(looks, 0):
        return HandedOver(sender.name)
    if until := warehouse.value(HERE / "left_alone.sql", sender=sender.name, asked=ASKED, now=now):
        stop = Stop("sender_retry", f"the provider asked to be left alone until {until:%Y-%m-%d %H:%M} UTC")
        _leave(warehouse, sender, stop, now)
        return HandedOver(sender.name, stopped=stop.detail)
    gate = Gate(sender.pace, _longest(project), halted(project))
    counts: Counter[str] = Counter()
    journal = Journal(journal_folder(project), now)
    with ExitStack() as stack, ThreadPoolExecutor(sender.pace.connections) as pool:
        stack.push(journal)
        sessions = [stack.enter_context(sender.session()) for _ in range(sender.pace.connections)]
        connections = Connections(pool, sessions, gate, journal)
        going, place = 1, 0
        while going:
            while ahead := _ahead(warehouse, place, _room(warehouse, project, sender, gate, now)):
                place = int(warehouse.value("select max(place) from to_render"))
                rendered = _with_their_hours(warehouse, sender, render(warehouse, now), now)
                counts.update(_send(warehouse, sender, rendered, ahead, connections, now))
            going, place = next(looks, 0) if gate.is_open() else 0, 0
        if last := connections.settled():
            _record_and_claim(warehouse, last, now)
            counts.update(outcome.state for outcome in last)
        journal.claimed = warehouse.value("select count(*) from delivery.sends where state = 'claimed' and changed_at = $now", now=now)
    if gate.stop:
        _leave(warehouse, sender, gate.stop, now)
    return HandedOver(sender.name, **counts, stopped=gate.stop.detail if gate.stop else "")


def _send(
    warehouse: Warehouse, sender: Sender, rendered: Iterator[Message | Receipt], ahead: Mapping[str, Ahead], connections: Connections, now: datetime
) -> Counter[str]:
    """Claim what is rendered and push it, a batch at a time, until the gate closes; return how many came to which state."""
    counts: Counter[str] = Counter()
    push = Push(sender.name, {}, now)
    known = set(warehouse.rows(HERE / "links_of_repeats.sql")) if any(each.attempt > 1 for each in ahead.values()) else set()
    try:
        while connections.gate.is_open() and (messages := list(islice(rendered, BATCH))):
            written = [item for item in messages if isinstance(item, Message) or item.state != "retry"]
            put_off = [item for item in messages if isinstance(item, Receipt) and item.state == "retry"]
            waiting = [Outcome(item.key, sender.name, ahead[item.key].attempt, item.state, now, error=item.error) for item in put_off]
            before, push = push, Push(sender.name, {item.key: ahead[item.key].attempt for item in written}, now, put_off=waiting)
            connections.journal.open()
            _record_and_claim(warehouse, before.ended(), now, before.put_off, push.claims(), _led_to(written, ahead, known, now))
            push.go(written, connections)
            counts.update(outcome.state for outcome in (*push.outcomes, *push.put_off))
    finally:  # also of a batch that was broken off
        _record_and_claim(warehouse, push.ended(), now, push.put_off)
    return counts


def _leave(warehouse: Warehouse, sender: Sender, stop: Stop, now: datetime) -> None:
    """Say of everything that was not come to why it waits, a part at a time."""
    told = {"sender": sender.name, "reason": stop.reason, "detail": stop.detail, "now": now, "not_tried": NOT_TRIED}
    waiting = "select count(*) from outbox.messages where status in ('to_send', 'held') and expires_at > $now"
    parts = 1 + int(warehouse.value(waiting, now=now)) // PART
    cuts = ["", *(f"{256 * part // parts:02x}" for part in range(1, parts)), chr(sys.maxunicode)]  # keys are hashes in hexadecimal
    for first, until in pairwise(cuts):
        with warehouse.transaction():
            warehouse.run(HERE / "left_over.sql", **told, first=first, until=until)
        if parts > 1:
            warehouse.checkpoint()


def _longest(project: Project) -> timedelta:
    """Return how long a pass may last."""
    return timedelta(minutes=project.settings.schedule.hand_over_every) * SHARE


def _room(warehouse: Warehouse, project: Project, sender: Sender, gate: Gate, now: datetime) -> int:
    """Return how many messages may be looked up now: the most, or what the day's quota leaves."""
    today = local_day(project, now)
    left = AHEAD
    if (allowance := sender.pace.allowance(today)) is not None:
        left = allowance - int(warehouse.value(HERE / "used_today.sql", sender=sender.name, since=start_of_day(project, today)))
        if left <= 0:
            gate.close(Stop("sender_quota", f"{allowance} on {today}: the next day goes on"))
    return min(AHEAD, left) if gate.is_open() else 0


def _record_and_claim(
    warehouse: Warehouse, done: Sequence[Outcome], now: datetime, put_off: Sequence[Outcome] = (), claims: Sequence[Row] = (), links: Sequence[Row] = ()
) -> None:
    """
    Write what became of a batch and claim the next, with where its *links* lead: in one transaction, for a commit costs more than its rows.

    This pass claimed what is *done*: the ledger has no outcome of it, and looking for one would take longer the more it has. What was *put_off* nobody claimed.
    """
    with warehouse.transaction():
        warehouse.append("delivery.sends", OUTCOMES, [*rows_of(done), *claims])
        if any(outcome.state in ("refused", "retry") for outcome in (*done, *put_off)):
            keep_outcomes(warehouse, [*done, *put_off])
            warehouse.run(HERE / "settle.sql", now=now)
        warehouse.append("delivery.links", LINKS, links)


def _ahead(warehouse: Warehouse, place: int, size: int) -> Mapping[str, Ahead]:
    """Choose the next messages after a place, to be rendered; return them by key."""
    if not size:
        return {}
    warehouse.run(HERE / "ahead.sql", after=place, size=size)
    return {key: Ahead(*rest) for key, *rest in warehouse.rows("select message_key, attempt, template from to_render")}


def _with_their_hours(warehouse: Warehouse, sender: Sender, rendered: Iterable[Message | Receipt], now: datetime) -> Iterator[Message | Receipt]:
    """Give messages whose moment is still to come their hour, for a provider that schedules."""
    looks = "select message_key, not_before from to_render where not_before > $now"
    hours: dict[str, datetime] = dict(warehouse.rows(looks, now=now)) if sender.pace.ahead else {}
    yield from (replace(item, send_at=hours.get(item.key)) if isinstance(item, Message) else item for item in rendered)


def _led_to(messages: Iterable[Message | Receipt], ahead: Mapping[str, Ahead], known: Set[Row], now: datetime) -> list[Row]:
    """Return where named links lead that are not *known*, as rows of `LINKS`. Two names of one address cannot be told apart: the first stands for both."""
    linked = [item for item in messages if isinstance(item, Message) and item.links]
    named = [(item.key, url, link) for item in linked for url, link in {url: link for link, url in reversed(item.links.items())}.items()]
    return [(key, link, url, now, ahead[key].template) for key, url, link in named if (key, url) not in known]
