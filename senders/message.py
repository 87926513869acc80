"""What a sender is given and what it gives back. This package knows nothing else of the project."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Iterable, Iterator, Literal, Protocol, Sequence, runtime_checkable

from senders.pace import PacedSettings

State = Literal["accepted", "refused", "retry", "unknown"]
About = Literal["", "message", "session"]
Channel = Literal["email", "sms", "push", "webhook", "call_list"]
GONE = "address gone"
"""How the error of a refusal begins where the address itself exists no more: nobody writes to it again."""


@dataclass(frozen=True)
class Message:
    """
    One rendered message for one address.

    `key` is the same in every attempt and every re-run: providers that take an idempotency key get it, and the
    Message-ID of an e-mail is made from it. `date` (UTC, without zone) is the instant of the hand-over: given, so that
    the same message gives the same bytes. `html` and `subject` are empty on channels without them. `sender` is the
    address that speaks, `sender_name` the name beside it. `headers` are further e-mail headers, such as
    List-Unsubscribe, written as they are: one line of ASCII each. `links` are the addresses of its links that have a name, by name.
    `send_at` (UTC, without zone) is when a provider that schedules shall let it go: only a sender whose settings look ahead is given any.
    After `valid_until` (UTC, without zone) it is worth nothing: providers that keep messages for a while are told.
    """

    key: str
    channel: str
    to: str
    text: str
    date: datetime
    subject: str = ""
    html: str = ""
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    locale: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    send_at: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """
    What became of one message.

    accepted: the provider took it. refused: it never will. retry: it may later (the reason says why).
    unknown: the connection was lost after the message may have been taken; nobody sends it again by itself.
    `retry_after`: seconds that the provider asked to be left alone for, with retry.
    `about`: what a failure is about, where that is known. This `message` or its address: it says nothing of others. The `session`, with
    retry: nothing else would get through it, and it takes no more.
    """

    key: str
    state: State
    provider_message_id: str = ""
    error: str = ""
    retry_after: float | None = None
    about: About = ""


@dataclass(frozen=True)
class Lost:
    """A message whose answer was lost: its key, the address it was to go to, and when it was first handed over (UTC, without zone)."""

    key: str
    to: str
    at: datetime


class Sender(Protocol):
    """What a kind of sender is, and how fast it may go."""

    name: str
    channels: frozenset[str]
    idempotent: bool  # True where the provider takes the same key twice for one message
    acts: bool  # True when a real person could receive something

    @property
    def pace(self) -> PacedSettings: ...

    def session(self) -> "AbstractContextManager[Session]": ...


class Session(Protocol):
    """A connection to the provider; many messages go through one, and nobody else uses it meanwhile."""

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        """
        Hand over *messages* and yield one receipt each, as soon as its outcome is known.

        A message is taken from *messages* only when it is about to go: after a crash, what was taken may have gone,
        and what was not taken has not. A provider that takes many in one request has as many taken at once. After a
        receipt about the session no more are taken, and the receipts end before the messages do.
        """
        ...


@runtime_checkable
class Answers(Protocol):
    """A sender whose provider may be asked later whether it has a message."""

    name: str

    def has(self, lost: Sequence[Lost]) -> Iterator[tuple[str, str]] | None:
        """
        Yield the key and the provider's id of each of *lost*, as it answers, the id empty where it does not know it; None where it cannot be asked.

        Only an answer that carries the key counts. Raises ConnectionError at the end where some were not answered for; what it said stands.
        """
        ...


def by_key(receipts: Iterable[Receipt]) -> dict[str, Receipt]:
    """Return *receipts* by message key."""
    return {receipt.key: receipt for receipt in receipts}
