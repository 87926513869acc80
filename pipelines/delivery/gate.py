"""Decides, message by message, whether a sender goes on: its rate, the time a pass has, a person's halt, a provider that fails."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import Literal

from pipelines.privacy.masking import masked_text
from senders.message import Receipt
from senders.pace import PacedSettings

FAILURES = 10
"""
So many messages in a row that a provider does not take, for good or for now, and it is left alone until the next pass. Of a list of which
four addresses in ten are dead, without the provider saying that it is about the address, a pass still hands over 16,000 in the mean.
"""
DOUBTED = 3
"""So many refusals in a pass in which nothing was accepted may be about us; fewer first attempts are believed: most passes of a small shop have no more."""
UNKNOWNS = 3
"""So many in a row of which nobody knows whether they went; fewer, since each of them takes a person's time."""
PATIENCE = timedelta(seconds=30)
"""A provider that asks for no more than this is waited for; else the next pass goes on."""


@dataclass(frozen=True)
class Stop:
    """Why a sender stopped before everything was handed over: the reason and detail of what is left in the outbox."""

    reason: Literal["halted", "sender_quota", "sender_retry"]
    detail: str


class Gate:
    """Lets messages of one sender through, one at a time, for all its connections. `stop` says why it closed."""

    def __init__(self, pace: PacedSettings, longest: timedelta, halted: Callable[[], str | None]) -> None:
        self.stop: Stop | None = None
        self._lock = Lock()
        self._gap = 1 / pace.per_second if pace.per_second else 0.0
        self._next = time.monotonic()
        self._end = self._next + longest.total_seconds()
        self._longest = longest
        self._halted = halted
        self._in_a_row: list[str] = []
        self._has_accepted = False

    def is_open(self) -> bool:
        """Return whether another message may go."""
        with self._lock:
            return self._is_open_at(time.monotonic())

    def admits(self) -> bool:
        """Wait for the next message's turn; False once the gate is closed."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            if not self._is_open_at(turn):
                return False
            self._next = turn + self._gap
        if (wait := turn - time.monotonic()) > 0:  # to sleep for no time gives the processor away
            time.sleep(wait)
            return self.is_open()
        return self.stop is None

    def _is_open_at(self, turn: float) -> bool:
        if (why := self._halted()) is not None:
            self.close(Stop("halted", why))
        if turn > self._end:
            self.close(Stop("sender_quota", f"a pass lasts {self._longest.total_seconds() / 60:.0f} minutes: the next one goes on"))
        return self.stop is None

    def heard(self, receipt: Receipt) -> None:
        """Take note of how a message fared. What is certain to be about it alone, or about its session, says nothing of the provider."""
        with self._lock:
            if receipt.state == "accepted":
                self._has_accepted = True
                self._in_a_row.clear()
                return
            if receipt.about:
                return
            self._in_a_row.append(receipt.state)
            if len(self._in_a_row) >= FAILURES or self._in_a_row.count("unknown") >= UNKNOWNS:
                self.close(Stop("sender_retry", f"{len(self._in_a_row)} messages in a row failed, the last with: {receipt.error}"))
            if receipt.retry_after is None:
                return
            if receipt.retry_after <= PATIENCE.total_seconds():
                self._next = max(self._next, time.monotonic() + receipt.retry_after)
            else:
                self.close(Stop("sender_retry", f"the provider asked to be left alone for {receipt.retry_after:.0f} seconds: {receipt.error}"))

    def believes(self, attempts: Sequence[int]) -> bool:
        """
        Return whether the last refusals, after which nothing was accepted, are about their messages and not about us.

        *attempts* are the how-manieth of its message each was. One that was tried before may have been doubted with many, whose
        waits then part them: that few of them meet in a pass says nothing.
        """
        few = len(attempts) < DOUBTED and all(attempt == 1 for attempt in attempts)
        return len(self._in_a_row) < FAILURES and (self._has_accepted or few)

    def close(self, stop: Stop) -> None:
        """Let nothing more through; the first reason stands, and names nobody: it is told of everybody's messages."""
        self.stop = self.stop or replace(stop, detail=masked_text(stop.detail))
