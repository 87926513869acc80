"""A sender that answers as it was told, and remembers what it was given."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from senders.message import Message, Receipt, State
from senders.pace import PacedSettings


@dataclass
class Scripted:
    """Answers each message with the next of `answers` for its step, and accepts where none is left."""

    answers: dict[str, list[State]] = field(default_factory=dict)
    name: str = "scripted"
    channels: frozenset[str] = frozenset({"email"})
    idempotent: bool = False
    acts: bool = True
    pace: PacedSettings = PacedSettings(connections=1)
    retry_after: float | None = None
    received: list[str] = field(default_factory=list)

    @contextmanager
    def session(self) -> Iterator["Scripted"]:
        yield self

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        for message in messages:
            self.received.append(message.subject)
            told = self.answers.get(message.subject, [])
            state = told.pop(0) if told else "accepted"
            went = state == "accepted"
            yield Receipt(
                message.key, state, f"id of {message.key}" if went else "", "" if went else f"said {state}", self.retry_after if state == "retry" else None
            )
