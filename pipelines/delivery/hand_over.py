"""Hands messages over: look again, claim, render, send, record. Never the same message twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from pipelines.delivery.journal import Journal, Outcome, outcome_of, read_journal
from pipelines.journeys.stream import probes_in_use, read_news
from pipelines.outbox.people import meet, nobody
from pipelines.outbox.suppress import suppress
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Message, Receipt, Sender

HERE = Path(__file__).parent
OUTBOX = HERE.parent / "outbox"
COLUMNS = ["message_key", "sender", "attempt", "state", "changed_at", "provider_message_id", "error"]


class Render(Protocol):
    """Renders the messages of the temporary table `to_render`; one that cannot be written comes back as a refused receipt."""

    def __call__(self, warehouse: Warehouse, now: datetime, /) -> Iterable[Message | Receipt]: ...


@dataclass(frozen=True)
class HandedOver:
    """What one sender did in a pass."""

    sender: str
    accepted: int = 0
    refused: int = 0
    retry: int = 0
    unknown: int = 0


def hand_over(warehouse: Warehouse, project: Project, senders: Sequence[Sender], render: Render, now: datetime, *, live: bool) -> list[HandedOver]:
    """
    Hand over every message that may go at *now* (UTC), after looking again at exits, consent, suppression and holds.

    Senders that reach real people act only when *live*. What an earlier, killed pass left open is settled first.
    """
    recover(warehouse, project, senders, now)
    with warehouse.at(now):
        look_again(warehouse, project, [sender for sender in senders if live or not sender.acts], now)
        return [_send_all(warehouse, project, sender, render, now) for sender in senders]


def recover(warehouse: Warehouse, project: Project, senders: Sequence[Sender], now: datetime) -> None:
    """Fold what the journal knows into the ledger, and settle messages claimed by a pass that was killed."""
    with warehouse.transaction():
        last = warehouse.value("select max(changed_at) from delivery.sends")
        _fold(warehouse, list(read_journal(_folder(project), last.date() if last else date.min)))
        warehouse.run("create or replace temp table idempotence (sender varchar, idempotent boolean)")
        warehouse.append("idempotence", ["sender", "idempotent"], [(sender.name, sender.idempotent) for sender in senders])
        warehouse.run(HERE / "interrupted.sql", now=now)


def look_again(warehouse: Warehouse, project: Project, senders: Sequence[Sender], now: datetime) -> None:
    """Decide again, with everything loaded by now, which waiting messages go; the table `going` has them."""
    with warehouse.transaction():
        warehouse.run(HERE / "candidates.sql", now=now)
        suppress(warehouse, warehouse.value("select max(as_of) from runs.ticks where status = 'committed'"))
        _exits(warehouse, now)
        lists = sorted({row[0] for row in warehouse.rows("select distinct channels from due")})
        warehouse.run("create or replace temp table channels (channels varchar, channel varchar, place bigint, answered_first boolean)")
        warehouse.append("channels", ["channels", "channel", "place", "answered_first"], [(channel, channel, 0, False) for channel in lists])
        nobody(warehouse)
        meet(warehouse, "due")
        warehouse.run(OUTBOX / "possible.sql")
        warehouse.run("create or replace temp table allowed (channel varchar)")
        warehouse.append("allowed", ["channel"], [(channel,) for sender in senders for channel in sorted(sender.channels)])
        warehouse.run(HERE / "look_again.sql", now=now)


def _exits(warehouse: Warehouse, now: datetime) -> None:
    """Find who met a goal or exit that no tick has seen."""
    since, late_since = warehouse.rows(HERE / "looked_until.sql", now=now)[0]
    names = {name for row in warehouse.rows(HERE / "watched.sql") for name in row[0].split(",")}
    warehouse.run(HERE / "watching.sql")
    read_news(warehouse, names, since, late_since)
    warehouse.keep("probe_matches", probes_in_use(warehouse))
    warehouse.run(HERE / "exits.sql")


def _send_all(warehouse: Warehouse, project: Project, sender: Sender, render: Render, now: datetime) -> HandedOver:
    warehouse.run("create or replace temp table channels_of (channel varchar)")
    warehouse.append("channels_of", ["channel"], [(channel,) for channel in sorted(sender.channels)])
    counts: dict[str, int] = {}
    if not warehouse.value("select 1 from going g join channels_of c on c.channel = g.channel limit 1"):
        return HandedOver(sender.name)
    with Journal(_folder(project), now) as journal, sender.session() as session:
        while attempts := _claim(warehouse, sender, now):
            rendered = list(render(warehouse, now))
            unwritten = [item for item in rendered if isinstance(item, Receipt)]
            messages = [item for item in rendered if isinstance(item, Message)]
            done = []
            for receipt in _receipts(unwritten, session.send(messages)):
                outcome = outcome_of(receipt, sender.name, attempts[receipt.key], now)
                journal.write(outcome)
                done.append(outcome)
                counts[outcome.state] = counts.get(outcome.state, 0) + 1
            journal.sync()
            with warehouse.transaction():
                _fold(warehouse, done)
                warehouse.run(HERE / "settle.sql", now=now)
    return HandedOver(sender.name, **counts)


def _receipts(unwritten: Sequence[Receipt], sent: Iterator[Receipt]) -> Iterator[Receipt]:
    yield from unwritten
    yield from sent


def _claim(warehouse: Warehouse, sender: Sender, now: datetime) -> Mapping[str, int]:
    """Claim the next batch, durably, and return the attempt of each message."""
    with warehouse.transaction():
        warehouse.run(HERE / "claim.sql", sender=sender.name, now=now, size=sender.batch_size)
    return dict(warehouse.rows("select message_key, attempt from to_render"))


def _fold(warehouse: Warehouse, outcomes: Sequence[Outcome]) -> None:
    warehouse.run("""create or replace temp table journal (
        message_key varchar, sender varchar, attempt bigint, state varchar, changed_at timestamp, provider_message_id varchar, error varchar)""")
    rows = [(o.message_key, o.sender, o.attempt, o.state, o.changed_at, o.provider_message_id or None, o.error or None) for o in outcomes]
    warehouse.append("journal", COLUMNS, rows)
    warehouse.run(HERE / "fold.sql")


def _folder(project: Project) -> Path:
    return project.state_folder / "journal"
