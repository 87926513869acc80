"""Pushes a claimed batch through the connections of one sender: each message is written down before it leaves and as it fares."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from pipelines.delivery.gate import PATIENCE, Gate, Stop
from pipelines.delivery.journal import Journal, Outcome, Taken
from pipelines.privacy.masking import masked_text
from senders.message import Message, Receipt, Session

LONGEST = timedelta(hours=4)
NOT_TRIED = "not tried in this pass"
ASKED = "asked to be left alone"
"""How the error of an attempt begins with which a provider asked for more time than a pass waits: its sender rests until the attempt's `retry_at`."""
DOUBT = "nothing else was accepted, so it may not be about this message"


@dataclass(frozen=True)
class Connections:
    """
    The connections of one sender in a pass: what may go through them, and where it is written down.

    `sessions` are those that still take messages. `doubted` are refusals since something was last accepted: as what they were
    told, and as what they are kept should nothing be accepted any more.
    """

    pool: Executor
    sessions: list[Session]
    gate: Gate
    journal: Journal
    doubted: list[tuple[Outcome, Outcome]] = field(default_factory=list)

    def lose(self, session: Session, error: str) -> None:
        """Give no more messages to a session; the last that is lost closes the gate."""
        self.sessions.remove(session)
        if not self.sessions:
            self.gate.close(Stop("sender_retry", f"no connection is left: {error}"))

    def settled(self) -> list[Outcome]:
        """Write down what becomes of refusals after which nothing was accepted, and return it; where they may be about us, the pass says so."""
        if not self.doubted:
            return []
        believed = self.gate.believes([told.attempt for told, _ in self.doubted])
        if not believed:
            words = self.doubted[-1][0].error
            self.gate.close(Stop("sender_retry", f"nothing was accepted and {len(self.doubted)} refused, the last with: {words}"))
        last = [told if believed else kept for told, kept in self.doubted]
        for outcome in last:
            self.journal.write(outcome)
        self.journal.sync()
        return last


class Push:
    """
    One batch of one sender on its way.

    `attempts` says the how-manieth attempt it is for each message; `outcomes` has what became of those that went so far. `put_off` are
    messages that came with them and cannot be written yet: nobody claims them, and to have waited is no attempt.
    """

    def __init__(self, sender: str, attempts: Mapping[str, int], now: datetime, *, put_off: Sequence[Outcome] = ()) -> None:
        self.outcomes: list[Outcome] = []
        self.put_off = put_off
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
                self._keep((self._outcome(item),), through.journal)
            else:
                self._left.append(item)
        running = [through.pool.submit(self._through, session, through) for session in tuple(through.sessions)]
        try:
            wait(running)
        except BaseException:
            through.gate.close(Stop("sender_retry", "the pass was interrupted"))
            wait(running)
            raise
        for each in running:
            each.result()
        through.journal.sync()

    def ended(self) -> list[Outcome]:
        """Return what became of the batch so far: messages that were claimed and not taken are free again."""
        free = [(message.key, self._sender, self._attempts[message.key]) for message in self._left]
        return [*self.outcomes, *(Outcome(*each, "retry", self._now, error=NOT_TRIED, retry_at=self._now) for each in free)]

    def _keep(self, outcomes: Iterable[Outcome], journal: Journal) -> None:
        """Write down how messages fared, in memory first: the disk may be full."""
        with self._lock:
            self.outcomes += outcomes
        for outcome in outcomes:
            journal.write(outcome)

    def _note(self, receipt: Receipt, through: Connections) -> None:
        """Write down what a receipt says; a refusal that may be about us is settled by what is accepted after it."""
        outcome = self._outcome(receipt)
        if receipt.state == "refused" and not receipt.about:
            kept = self._outcome(replace(receipt, state="retry", error=f"{receipt.error} ({DOUBT})"))
            with self._lock:
                through.doubted.append((outcome, kept))
            through.journal.write(kept)
            return
        believed: list[Outcome] = []
        if receipt.state == "accepted":
            with self._lock:
                believed = [told for told, _ in through.doubted]
                through.doubted.clear()
        self._keep((outcome, *believed), through.journal)  # it first: what it settles is in the journal already, as doubted

    def _outcome(self, receipt: Receipt) -> Outcome:
        return outcome_of(receipt, self._sender, self._attempts[receipt.key], self._now)

    def _through(self, session: Session, through: Connections) -> None:
        lost = ""
        for receipt in session.send(self._taken(through.gate, through.journal)):
            self._note(receipt, through)
            through.gate.heard(receipt)
            lost = receipt.error if receipt.about == "session" else lost
        if lost:
            with self._lock:
                through.lose(session, lost)

    def _taken(self, gate: Gate, journal: Journal) -> Iterator[Message]:
        while self._left and gate.admits():
            with self._lock:
                if not self._left:
                    return
                message = self._left.popleft()
            journal.write(Taken(message.key, self._sender, self._attempts[message.key]))
            yield message


def outcome_of(receipt: Receipt, sender: str, attempt: int, now: datetime) -> Outcome:
    """
    Return what a sender's receipt means for the ledger; addresses in the provider's words are masked.

    A provider that asks to be left alone is so for as long as it asks: the back-off of one message would silence it for all.
    """
    error, retry_at = receipt.error, None
    if receipt.state == "retry":
        pause = timedelta(seconds=receipt.retry_after or 0)
        waited = back_off(receipt.key, 1 if receipt.about == "session" else attempt)  # a message that only found its session closed was not tried
        error, retry_at = (f"{ASKED}: {error}", now + pause) if pause > PATIENCE else (error, now + max(waited, pause))
    return Outcome(receipt.key, sender, attempt, receipt.state, now, receipt.provider_message_id or None, masked_text(error) or None, retry_at)


def back_off(key: str, attempt: int) -> timedelta:
    """Return how long a message waits after its so-manieth attempt: twice as long each time, give or take a quarter, so that not all come at once."""
    jitter = 0.75 + int(sha256(f"{key}|{attempt}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF / 2
    return min(timedelta(minutes=10 * 2.0 ** min(attempt - 1, 20)), LONGEST) * jitter
