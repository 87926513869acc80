"""A sender that answers as it was told, and remembers what it was given."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from senders.message import Message, Receipt, State


@dataclass
class Scripted:
    """Answers each message with the next of `answers` for its step, and accepts where none is left."""

    answers: dict[str, list[State]] = field(default_factory=dict)
    name: str = "scripted"
    channels: frozenset[str] = frozenset({"email"})
    idempotent: bool = False
    batch_size: int = 2
    acts: bool = True
    received: list[str] = field(default_factory=list)

    @contextmanager
    def session(self) -> Iterator["Scripted"]:
        yield self

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for message in messages:
            self.received.append(message.subject)
            told = self.answers.get(message.subject, [])
            state = told.pop(0) if told else "accepted"
            yield Receipt(message.key, state, f"id of {message.key}" if state == "accepted" else "", "" if state == "accepted" else f"said {state}")
