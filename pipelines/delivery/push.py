"""Pushes a claimed batch through the connections of one sender: each message is written down before it leaves and as it fares."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from pipelines.delivery.gate import Gate, Stop
from pipelines.delivery.journal import Journal, Outcome, Taken
from pipelines.privacy.masking import masked_text
from senders.message import Message, Receipt, Session

LONGEST = timedelta(hours=4)
NOT_TRIED = "not tried in this pass"


@dataclass(frozen=True)
class Connections:
    """The connections of one sender in a pass: what may go through them, and where it is written down."""

    pool: Executor
    sessions: Sequence[Session]
    gate: Gate
    journal: Journal


class Push:
    """
    One batch of one sender on its way.

    `attempts` says the how-manieth attempt it is for each message; `outcomes` has what became of those that went so far.
    """

    def __init__(self, sender: str, attempts: Mapping[str, int], now: datetime) -> None:
        self.outcomes: list[Outcome] = []
        self._left: deque[Message] = deque()
        self._sender = sender
        self._attempts = attempts
        self._now = now
        self._lock = Lock()

    def claims(self) -> list[tuple[object, ...]]:
        """Return the rows of the ledger that claim the batch, in the order of `OUTCOMES`."""
        return [(key, self._sender, attempt, "claimed", self._now, None, None, None) for key, attempt in self._attempts.items()]

    def go(self, rendered: Iterable[Message | Receipt], through: Connections) -> None:
        """Hand messages over, until none is left or the gate closes. What a sender raises is raised here, once all connections rest."""
        for item in rendered:
            if isinstance(item, Receipt):
                self._note(item, through.journal)
            else:
                self._left.append(item)
        running = [through.pool.submit(self._through, session, through.gate, through.journal) for session in through.sessions]
        try:
            wait(running)
        except BaseException:
            through.gate.close(Stop("sender_retry", "the pass was interrupted"))
            wait(running)
            raise
        for each in running:
            each.result()
        through.journal.sync()

    def not_tried(self) -> list[Outcome]:
        """Return what becomes of the messages that were claimed and not taken: they are free again."""
        return [
            Outcome(message.key, self._sender, self._attempts[message.key], "retry", self._now, error=NOT_TRIED, retry_at=self._now) for message in self._left
        ]

    def _note(self, receipt: Receipt, journal: Journal) -> None:
        """Write down how a message fared, in memory first: the disk may be full."""
        outcome = outcome_of(receipt, self._sender, self._attempts[receipt.key], self._now)
        with self._lock:
            self.outcomes.append(outcome)
        journal.write(outcome)

    def _through(self, session: Session, gate: Gate, journal: Journal) -> None:
        for receipt in session.send(self._taken(gate, journal)):
            self._note(receipt, journal)
            gate.heard(receipt)

    def _taken(self, gate: Gate, journal: Journal) -> Iterator[Message]:
        while self._left and gate.admits():
            with self._lock:
                if not self._left:
                    return
                message = self._left.popleft()
            journal.write(Taken(message.key, self._sender, self._attempts[message.key]))
            yield message


def outcome_of(receipt: Receipt, sender: str, attempt: int, now: datetime) -> Outcome:
    """Return what a sender's receipt means for the ledger; addresses in the provider's words are masked."""
    retry_at = now + max(back_off(receipt.key, attempt), timedelta(seconds=receipt.retry_after or 0)) if receipt.state == "retry" else None
    return Outcome(receipt.key, sender, attempt, receipt.state, now, receipt.provider_message_id or None, masked_text(receipt.error) or None, retry_at)


def back_off(key: str, attempt: int) -> timedelta:
    """Return how long a message waits after its so-manieth attempt: twice as long each time, give or take a quarter, so that not all come at once."""
    jitter = 0.75 + int(sha256(f"{key}|{attempt}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF / 2
    return min(timedelta(minutes=10 * 2.0 ** min(attempt - 1, 20)), LONGEST) * jitter
