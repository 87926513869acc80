"""A message to try senders with."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from senders.message import Message

PLAIN = Message(
    key="0a1b",
    channel="email",
    to="zoe@example.org",
    text="Bonjour Zoé,\n.une ligne qui commence par un point\nÀ très vite",
    date=datetime(2026, 9, 14, 4, 0),
    subject="Votre panier vous attend, Zoé",
    html="<p>Bonjour <b>Zoé</b>, à très vite : €</p>",
    sender="bonjour@maison.example",
    sender_name="Maison Élégante, fils",
    locale="fr",
)


def mail(key: str, **changes: Any) -> Message:
    return replace(PLAIN, key=key, **changes)


def clock() -> datetime:
    """The time at the requests of these tests: twelve minutes after the pass of `PLAIN` began."""
    return PLAIN.date + timedelta(minutes=12)
