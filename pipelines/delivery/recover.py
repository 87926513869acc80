"""
Settles what an earlier pass left open, from its journal; and sees that the warehouse is not older than what lies beside it.

What the journals cannot vouch for is unknown, never free.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import assert_never

from pipelines.delivery.hashes import bring_back_hashes, compare_hashes, lifted_hashes, note_hashes
from pipelines.delivery.journal import (
    Closed,
    Damaged,
    Entry,
    Journal,
    Lost,
    Opened,
    Outcome,
    Taken,
    boot,
    claimed_in,
    forget_before,
    journal_path,
    passes_since,
    read_journal,
    seal,
)
from pipelines.errors import RelanceError
from pipelines.settings import Project
from pipelines.warehouse.duckdb import Warehouse
from senders.message import Sender

HERE = Path(__file__).parent
EVER = datetime(1900, 1, 1)
PART = 50_000
"""Lines of a journal that are compared with the ledger together."""
OUTCOMES = ["message_key", "sender", "attempt", "state", "changed_at", "provider_message_id", "error", "retry_at"]
KEPT = timedelta(days=35)
"""Journals stay at least so long, and in any case until no message of theirs is valid any more."""

AHEAD = timedelta(days=1)
"""A journal that is lost and later than this was written while the clock was ahead: it puts nothing in doubt that falls due from now on."""


class LedgerTooOld(RelanceError):
    """What lies beside the warehouse knows what it lacks, or cannot say what that is: it was restored from a backup."""


@dataclass(frozen=True)
class Behind:
    """What the ledger lacks: the last state of each message by the journals, and whether messages may have gone of which they do not tell."""

    outcomes: list[Outcome]
    in_doubt: bool


@dataclass(frozen=True)
class Reconciled:
    """
    What a warehouse was told: messages of the journals by state, hashes that it lacked, and messages that are unknown now.

    `in_doubt_before` where journals could not vouch for what fell due before: such messages are unknown, those of later ticks too.
    """

    written: dict[str, int]
    hashes: int
    unknown: int
    in_doubt_before: datetime | None


def recover(warehouse: Warehouse, project: Project, senders: Sequence[Sender], now: datetime, *, live: bool) -> None:
    """
    Fold what journals know into the ledger, and settle messages claimed by a pass that was killed.

    Raises LedgerTooOld where a *live* pass could reach people and the warehouse lacks what journals and hashes beside it know:
    nothing may go before `reconcile`.
    """
    folder = journal_folder(project)
    hashes = compare_hashes(warehouse, folder)
    if live and any(sender.acts for sender in senders):
        _refuse_if_behind(_behind(warehouse, folder), len(hashes.noted))
    note_hashes(folder, hashes.known)
    with warehouse.transaction():
        _settle_open_claims(warehouse, folder, senders, now)
        _doubt(warehouse, senders, now)
    longest = warehouse.value("select max(expires_at - due_at) from outbox.messages")
    forget_before(folder, now, max(KEPT, longest or KEPT), latest_pass(warehouse) or now)


def reconcile(warehouse: Warehouse, project: Project, senders: Sequence[Sender], now: datetime, *, lost: bool = False) -> Reconciled:
    """
    Write into the warehouse what only the journals and the hashes beside it know.

    A message that was taken and has no outcome is unknown. Ticks that are run again decide the same messages under the
    same keys, and find them handed over. Where the journal of the latest pass is gone, others are damaged, or a person says that
    journals are *lost*, nobody can vouch for what waits, nor for what later ticks find due before *now*: that is unknown, too.
    """
    folder = journal_folder(project)
    hashes = compare_hashes(warehouse, folder)
    latest = latest_pass(warehouse)
    behind = _behind(warehouse, folder)
    in_doubt = lost or behind.in_doubt or missing_journal(warehouse, folder, now) is not None
    instant = max(now, (latest or EVER) + timedelta(microseconds=1))  # the clock may have jumped back
    before = instant if instant < now + AHEAD else now
    if in_doubt:  # first: should the warehouse be restored once more, that is known still
        with Journal(folder, instant) as journal:
            journal.write(Lost(instant))
    with warehouse.transaction():
        bring_back_hashes(warehouse)
        fold(warehouse, behind.outcomes)
        warehouse.run(HERE / "settle.sql", now=now)
        if in_doubt:
            warehouse.append("delivery.lost_journals", ["reconciled_at"], [(each,) for each in sorted({before, instant})])
        _settle_open_claims(warehouse, folder, senders, now, vouched=not in_doubt)
        _doubt(warehouse, senders, now)
        unknown = int(warehouse.value("select count(*) from delivery.sends where state = 'unknown' and changed_at = $now", now=now))
    note_hashes(folder, hashes.known)
    if not in_doubt:  # and none comes of it when the machine starts again
        for path in passes_since(folder, latest or EVER):
            seal(path)
    return Reconciled(dict(Counter(outcome.state for outcome in behind.outcomes)), len(hashes.noted), unknown, before if in_doubt else None)


def _refuse_if_behind(behind: Behind, hashes: int) -> None:
    """Raise LedgerTooOld, with all that there is to say."""
    told = [f"the journals know of {len(behind.outcomes)} messages that went and that the send ledger lacks"] if behind.outcomes else []
    if not told and behind.in_doubt:
        told.append("journals later than the send ledger are damaged or were cut short, and messages that they do not tell of may have gone")
    if hashes:
        told.append(f"{hashes} addresses and people that nobody may write to any more are not in the warehouse")
    if told:
        hint = "hint: was the warehouse restored from a backup? `relance reconcile` writes down what it lacks, then hand-over goes on"
        raise LedgerTooOld(f"nothing is handed over: {'; '.join(told)}\n  {hint}")


def _settle_open_claims(warehouse: Warehouse, folder: Path, senders: Sequence[Sender], now: datetime, *, vouched: bool = True) -> None:
    """Settle what was claimed and of which nothing is known since, from the journals; unless those are *vouched* for, what they do not tell means nothing."""
    entries = _of_open_claims(warehouse, folder)
    fold(warehouse, [entry for found in entries.values() for entry in found if isinstance(entry, Outcome)])
    warehouse.run(HERE / "settle.sql", now=now)
    warehouse.run("create or replace temp table taken (message_key varchar, attempt bigint)")
    taken = [(entry.message_key, entry.attempt) for found in entries.values() for entry in found if isinstance(entry, Taken)]
    warehouse.append("taken", ["message_key", "attempt"], taken)
    warehouse.run("create or replace temp table whole_journals (changed_at timestamp)")
    warehouse.append("whole_journals", ["changed_at"], [(instant,) for instant, found in entries.items() if vouched and _whole(found)])
    warehouse.run("create or replace temp table idempotence (sender varchar, idempotent boolean)")
    warehouse.append("idempotence", ["sender", "idempotent"], [(sender.name, sender.idempotent) for sender in senders])
    warehouse.run(HERE / "interrupted.sql", now=now)


def _doubt(warehouse: Warehouse, senders: Sequence[Sender], now: datetime) -> None:
    """Write down as unknown what may have gone before journals were lost; where the provider takes the same key twice for one, it may go again."""
    until = warehouse.value("select max(reconciled_at) from delivery.lost_journals where reconciled_at < $soon", soon=now + AHEAD)
    if until is None:
        return
    carriers = {channel: sender for sender in reversed(senders) if not sender.idempotent for channel in sender.channels}
    warehouse.run("create or replace temp table carriers (channel varchar, sender varchar, ahead bigint)")
    rows = [(channel, sender.name, int(sender.pace.ahead.total_seconds())) for channel, sender in sorted(carriers.items())]
    warehouse.append("carriers", ["channel", "sender", "ahead"], rows)
    warehouse.run(HERE / "in_doubt.sql", until=until, now=now)


def note_all_hashes(warehouse: Warehouse, project: Project) -> None:
    """Note beside the journals whom nobody may write to, for a warehouse that is restored later."""
    folder = journal_folder(project)
    note_hashes(folder, compare_hashes(warehouse, folder).known)


@contextmanager
def hashes_kept(warehouse: Warehouse, project: Project, *, lifts: str = "") -> Iterator[None]:
    """
    Note beside the journals whom nobody may write to after the block, for a warehouse that is restored later.

    What the block took away is lifted; where it *lifts* the list `listed` on that channel, so is what an earlier one took away and could not note.
    """
    folder = journal_folder(project)
    missing = set(compare_hashes(warehouse, folder).noted)
    yield
    differences = compare_hashes(warehouse, folder)
    lifted = {row for row in differences.noted if row not in missing} | {*(lifted_hashes(warehouse, lifts) if lifts else [])}
    note_hashes(folder, [*differences.known, *(("lifted", *row[1:]) for row in sorted(lifted))])


def fold(warehouse: Warehouse, outcomes: Iterable[Outcome]) -> None:
    """Write *outcomes* into the ledger, of each attempt the last, but for those it has."""
    keep_outcomes(warehouse, {(outcome.message_key, outcome.attempt): outcome for outcome in outcomes}.values())
    warehouse.run(HERE / "fold.sql")


def keep_outcomes(warehouse: Warehouse, outcomes: Iterable[Outcome]) -> None:
    """Keep *outcomes* as the temporary table `journal`."""
    warehouse.run("""create or replace temp table journal (
        message_key varchar, sender varchar, attempt bigint, state varchar, changed_at timestamp,
        provider_message_id varchar, error varchar, retry_at timestamp)""")
    warehouse.append("journal", OUTCOMES, rows_of(outcomes))


def rows_of(outcomes: Iterable[Outcome]) -> list[tuple[object, ...]]:
    """Return *outcomes* as rows of the ledger, in the order of `OUTCOMES`."""
    return [tuple(getattr(outcome, name) for name in OUTCOMES) for outcome in outcomes]


def journal_folder(project: Project) -> Path:
    return project.state_folder / "journal"


def latest_pass(warehouse: Warehouse) -> datetime | None:
    """Return the latest instant that the warehouse knows of whose journal must be there."""
    latest: datetime | None = warehouse.value(HERE / "latest_pass.sql")
    return latest


def missing_journal(warehouse: Warehouse, folder: Path, now: datetime) -> datetime | None:
    """Return the latest instant whose journal must be there, and is not; versions whose names had 12 digits deleted even that after `KEPT`."""
    latest = latest_pass(warehouse)
    before = bool(warehouse.value("select count(*) from delivery.warehouse_name where length(name) <= 12"))
    if latest is None or journal_path(folder, latest).exists() or (before and latest < now - KEPT):
        return None
    return latest


def open_claims(warehouse: Warehouse) -> int:
    """Return how many messages were claimed by a pass that was interrupted, and wait for the next to settle them."""
    return len(warehouse.rows(HERE / "open_claims.sql"))


def _of_open_claims(warehouse: Warehouse, folder: Path) -> dict[datetime, list[Entry | Damaged]]:
    """Return what the journals say of messages that were claimed and of which nothing is known since, by pass; of the others they say a great deal."""
    claims: dict[datetime, set[tuple[str, int]]] = {}
    for instant, key, attempt in warehouse.rows(HERE / "open_claims.sql"):
        claims.setdefault(instant, set()).add((key, attempt))
    return {instant: [*_entries_about(claimed, journal_path(folder, instant))] for instant, claimed in claims.items()}


def _entries_about(attempts: Set[tuple[str, int]], path: Path) -> Iterator[Entry | Damaged]:
    """Yield how one pass began and ended, each time, what is damaged, and what became of some *attempts*."""
    for entry in read_journal(path):
        if not isinstance(entry, Taken | Outcome) or (entry.message_key, entry.attempt) in attempts:
            yield entry


def _behind(warehouse: Warehouse, folder: Path) -> Behind:
    """Return what journals know of messages whose attempt the ledger does not know as claimed."""
    latest = latest_pass(warehouse) or EVER
    last = journal_path(folder, latest)
    complete = claimed_in(last) == warehouse.value("select count(*) from delivery.sends where state = 'claimed' and changed_at = $latest", latest=latest)
    lost = {instant for (instant,) in warehouse.rows("select reconciled_at from delivery.lost_journals")}
    outcomes: dict[tuple[str, int], Outcome] = {}
    vouches = complete or _read_missing(warehouse, last, lost, outcomes)
    later = [_read_missing(warehouse, path, lost, outcomes) for path in passes_since(folder, latest)]
    # What is open of the latest pass is settled by itself, but for a warehouse that does not know all of it.
    return Behind([outcomes[attempt] for attempt in sorted(outcomes)], not all(later) or bool(outcomes and not vouches))


def _read_missing(warehouse: Warehouse, path: Path, lost: Set[datetime], outcomes: dict[tuple[str, int], Outcome]) -> bool:
    """Add to *outcomes* the last state of each message of one journal that the ledger lacks; return whether it tells of all that went."""
    vouches, opened_at, runs_on = True, EVER, ""
    for entry in _entries_about(_not_in_ledger(warehouse, path), path):
        match entry:
            case Opened():
                vouches &= runs_on in ("", entry.boot)  # who opens it again makes what is there last
                opened_at, runs_on = entry.opened_at, (entry.boot or "unknown") if entry.closes else ""
            case Closed():
                runs_on = ""
            case Taken(message_key=key, sender=sender, attempt=attempt):
                error = "it was handed over before the warehouse was restored, and nobody wrote down how it fared"
                outcomes.setdefault((key, attempt), Outcome(key, sender, attempt, "unknown", opened_at, error=error))
            case Outcome(message_key=key, attempt=attempt):
                outcomes[key, attempt] = entry
            case Lost():
                vouches &= entry.reconciled_at in lost
            case Damaged():
                vouches = False
            case _:
                assert_never(entry)
    return vouches and runs_on in ("", boot())


def _not_in_ledger(warehouse: Warehouse, path: Path) -> set[tuple[str, int]]:
    """Return the attempts of one journal that the ledger does not know; a journal may have a million, so they are looked for in parts."""
    entries = (entry for entry in read_journal(path) if isinstance(entry, Taken | Outcome))
    missing: set[tuple[str, int]] = set()
    while part := {(entry.message_key, entry.attempt) for entry in islice(entries, PART)}:
        warehouse.run("create or replace temp table journaled (message_key varchar, attempt bigint)")
        warehouse.append("journaled", ["message_key", "attempt"], list(part))
        missing.update(warehouse.rows(HERE / "never_claimed.sql"))
    return missing


def _whole(entries: Sequence[Entry | Damaged]) -> bool:
    """Return whether nothing that was written can be missing: the journal is there and sound, and the machine has not started again since."""
    boots = {entry.boot for entry in entries if isinstance(entry, Opened)}
    return boots == {boot()} and "" not in boots and not any(isinstance(entry, Damaged) for entry in entries)
