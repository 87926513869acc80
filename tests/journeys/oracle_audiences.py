"""Who is in an ads audience in the end: put in by the last step on it, agreed to it, and may still be told of."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.journeys.oracle_clocks import bucket
from tests.journeys.oracle_codes import Shop
from tests.journeys.oracle_outbox import bounced_hard, last_word, told_of
from tests.journeys.oracle_steps import Life, last_words
from tests.journeys.story import Consent

CHANNELS = ("email", "sms", "push")


def members(shop: Shop) -> Iterator[tuple[str, str]]:
    """Yield every audience with its members at the last tick."""
    now = shop.story.ticks[-1] if shop.story.ticks else datetime.min
    for name, audience in shop.story.settings.get("audiences", {}).items():
        yield from ((name, life.person.id) for life in shop.lives if meant(life, name, audience, now) and may_be_told_of(life, audience["topic"], now))


def meant(life: Life, name: str, audience: dict[str, Any], now: datetime) -> bool:
    if "segment" in audience:
        return life.in_segment(audience["segment"], now)
    return any(noted.word == name and not noted.removes for noted in last_words(life.synced))


def may_be_told_of(life: Life, topic: str, now: datetime) -> bool:
    """A consent for ads stands, an address is there, none is suppressed, and the contact is not held out of all marketing."""
    person = life.person
    word = last_word(each for each in person.consents if each.channel == "ads" and each.topic in (topic, "all") and each.visible(now))
    agreed = word is not None and word.granted and word.basis == "opt_in"
    return agreed and bool(person.email or person.phone) and not suppressed(life, topic, word, now) and not held_out(life)


def suppressed(life: Life, topic: str, word: Consent | None, now: datetime) -> bool:
    """Whatever the channel: a hard bounce and a complaint for good, an unsubscription from this topic or from everything until a later opt-in to ads."""
    topics = {scenario.topic for scenario in life.story.scenarios}
    for channel in CHANNELS:
        address = life.person.address(channel)
        for doing in told_of(address, channel, life, now) if address else ():
            reason = doing.values["reason"]
            match doing.activity:
                case "message_bounced" if bounced_hard(doing):
                    return True
                case "message_complained":
                    return True
                case "message_unsubscribed" if (reason not in topics or reason == topic) and not (word and word.at > doing.at):
                    return True
    return False


def held_out(life: Life) -> bool:
    email = life.person.email
    subject = hashlib.sha256(email.encode()).hexdigest() if email else life.person.id
    drawn = "ghost" if bucket(f"holdout|{subject}") < life.story.settings.get("holdout", {}).get("share", 0) * 10_000 else "treated"
    return life.shop.arms.get(("holdout", subject), drawn) == "ghost"
