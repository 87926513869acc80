"""What a push says, whoever carries it: a title, a text, and the page that opens."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from senders.message import Message
from senders.mime import CONTROL

LONGEST = timedelta(weeks=4)
"""Push services keep nothing longer (RFC 8030 leaves it to them; FCM says four weeks)."""
USUAL = timedelta(days=1)


@dataclass(frozen=True)
class PushText:
    """
    `link` is the first of the links that the template names, empty for none. `seconds` is for how long the message is worth
    showing, `until` the same as an instant, in seconds since 1970.
    """

    title: str
    text: str
    link: str
    seconds: int
    until: int


def push_text(message: Message) -> PushText:
    """Return what *message* says: its subject is the title, or else the shop's name. Raises ValueError where there is nothing to say."""
    if not message.text.strip():
        raise ValueError("the text is empty")
    left = message.valid_until - message.date if message.valid_until else USUAL
    title = CONTROL.sub(" ", message.subject or message.sender_name).strip()
    seconds = max(0, int(min(left, LONGEST).total_seconds()))
    until = message.date.replace(tzinfo=UTC) + timedelta(seconds=seconds)
    return PushText(title, message.text, next(iter(message.links.values()), ""), seconds, int(until.timestamp()))
