"""Settles what an earlier pass left open, from its journal; and sees that the ledger is not older than the journals."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from pipelines.delivery.journal import Entry, Journal, Opened, Outcome, Taken, boot, claimed_in, forget_before, journal_path, passes_since, read_journal
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


class LedgerTooOld(RelanceError):
    """The journals know of messages that went and that the send ledger lacks: the warehouse was restored from a backup."""


def recover(warehouse: Warehouse, project: Project, senders: Sequence[Sender], now: datetime, *, live: bool) -> None:
    """
    Fold what journals know into the ledger, and settle messages claimed by a pass that was killed.

    Raises LedgerTooOld where a *live* pass could reach people and journals know of hand-overs that the ledger never claimed:
    nothing may go before `reconcile`.
    """
    folder = journal_folder(project)
    if live and any(sender.acts for sender in senders) and (missing := _never_claimed(warehouse, folder)):
        hint = "hint: was the warehouse restored from a backup? `relance reconcile` writes down what went, then hand-over goes on"
        raise LedgerTooOld(f"nothing is handed over: the journals know of {len(missing)} messages that went and that the send ledger lacks\n  {hint}")
    with warehouse.transaction():
        entries = _of_open_claims(warehouse, folder)
        fold(warehouse, [entry for found in entries.values() for entry in found if isinstance(entry, Outcome)])
        warehouse.run(HERE / "settle.sql", now=now)
        warehouse.run("create or replace temp table taken (message_key varchar, attempt bigint)")
        taken = [(entry.message_key, entry.attempt) for found in entries.values() for entry in found if isinstance(entry, Taken)]
        warehouse.append("taken", ["message_key", "attempt"], taken)
        warehouse.run("create or replace temp table whole_journals (changed_at timestamp)")
        warehouse.append("whole_journals", ["changed_at"], [(instant,) for instant, found in entries.items() if _whole(found)])
        warehouse.run("create or replace temp table idempotence (sender varchar, idempotent boolean)")
        warehouse.append("idempotence", ["sender", "idempotent"], [(sender.name, sender.idempotent) for sender in senders])
        warehouse.run(HERE / "interrupted.sql", now=now)
    longest = warehouse.value("select max(expires_at - due_at) from outbox.messages")
    forget_before(folder, now, max(KEPT, longest or KEPT))


def reconcile(warehouse: Warehouse, project: Project, now: datetime) -> dict[str, int]:
    """
    Write into the ledger what only the journals know, and return how many messages of each state that were.

    A message that was taken and has no outcome is unknown. Ticks that are run again decide the same messages under the
    same keys, and find them handed over.
    """
    folder = journal_folder(project)
    outcomes = _never_claimed(warehouse, folder)
    with warehouse.transaction():
        fold(warehouse, outcomes)
    with Journal(folder, latest_pass(warehouse) or now) as journal:  # where that of the latest pass was lost, there is one again
        journal.sync()
    return dict(Counter(outcome.state for outcome in outcomes))


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
    """Return the instant of the latest pass that the ledger knows of."""
    latest: datetime | None = warehouse.value("select max(changed_at) from delivery.sends where state = 'claimed'")
    return latest


def _of_open_claims(warehouse: Warehouse, folder: Path) -> dict[datetime, list[Entry]]:
    """Return what the journals say of messages that were claimed and of which nothing is known since, by pass; of the others they say a great deal."""
    claims: dict[datetime, set[tuple[str, int]]] = {}
    for instant, key, attempt in warehouse.rows(HERE / "open_claims.sql"):
        claims.setdefault(instant, set()).add((key, attempt))
    return {instant: [*_entries_about(claimed, journal_path(folder, instant))] for instant, claimed in claims.items()}


def _entries_about(attempts: Set[tuple[str, int]], path: Path) -> Iterator[Entry]:
    """Yield how one pass began, each time, and what became of some *attempts*."""
    for entry in read_journal(path):
        if isinstance(entry, Opened) or (isinstance(entry, Taken | Outcome) and (entry.message_key, entry.attempt) in attempts):
            yield entry


def _never_claimed(warehouse: Warehouse, folder: Path) -> list[Outcome]:
    """Return the last state, by the journals, of each message whose attempt the ledger does not know as claimed."""
    latest = latest_pass(warehouse) or EVER
    last = journal_path(folder, latest)
    complete = claimed_in(last) == warehouse.value("select count(*) from delivery.sends where state = 'claimed' and changed_at = $latest", latest=latest)
    paths = [*([] if complete else [last]), *passes_since(folder, latest)]
    known: dict[tuple[str, int], Outcome] = {}
    for path in paths:
        opened_at = latest
        for entry in _entries_about(_not_in_ledger(warehouse, path), path):
            match entry:
                case Opened():
                    opened_at = entry.opened_at
                case Taken(message_key=key, sender=sender, attempt=attempt):
                    error = "it was handed over before the warehouse was restored, and nobody wrote down how it fared"
                    known.setdefault((key, attempt), Outcome(key, sender, attempt, "unknown", opened_at, error=error))
                case Outcome(message_key=key, attempt=attempt):
                    known[key, attempt] = entry
    return [known[attempt] for attempt in sorted(known)]


def _not_in_ledger(warehouse: Warehouse, path: Path) -> set[tuple[str, int]]:
    """Return the attempts of one journal that the ledger does not know; a journal may have a million, so they are looked for in parts."""
    entries = (entry for entry in read_journal(path) if isinstance(entry, Taken | Outcome))
    missing: set[tuple[str, int]] = set()
    while part := {(entry.message_key, entry.attempt) for entry in islice(entries, PART)}:
        warehouse.run("create or replace temp table journaled (message_key varchar, attempt bigint)")
        warehouse.append("journaled", ["message_key", "attempt"], list(part))
        missing.update(warehouse.rows(HERE / "never_claimed.sql"))
    return missing


def _whole(entries: Sequence[Entry]) -> bool:
    """Return whether nothing that was written can be missing: the journal is there, and the machine has not started again since."""
    boots = {entry.boot for entry in entries if isinstance(entry, Opened)}
    return boots == {boot()} and "" not in boots
