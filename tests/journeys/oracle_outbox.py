"""What becomes of the messages of one contact that fell due at one tick."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from pipelines.durations import parse_duration
from pipelines.scenarios import model as m
from tests.journeys.oracle_runs import Letter
from tests.journeys.oracle_steps import Life
from tests.journeys.story import Consent, Doing, Person, local

UNITS = {"day": "%Y-%m-%d", "week": "%G-%V", "month": "%Y-%m"}


def decided(due: list[Letter], life: Life, now: datetime) -> None:
    """Decide every message of *due*: what forbids it by itself first, then caps in one ranking, then the holdout."""
    person, caps = life.person, life.story.settings.get("caps", [])
    for letter in due:
        letter.decided_at = now
        letter.channel, forbidden = channel_of(letter, person, life, now)
        forbidden = forbidden or ("scenario_paused" if life.standing(letter.scenario.scenario, now) == "paused:expire" else None)
        late = letter.goes >= letter.expires or letter.expires <= now
        forbidden = forbidden or ("expired" if late else None) or ("no_code" if wants_code(letter, life) else None)
        letter.status, letter.reason = ("dropped", forbidden) if forbidden else ("", None)
    used = [letter for letter in life.letters if letter not in due and letter.went and counts(letter)]
    admitted: list[Letter] = []
    for letter in sorted((each for each in due if not each.status), key=rank):
        full = [cap for cap in caps if binds(cap, letter, life, now) and taken(cap, letter, [*used, *admitted], person) >= cap["at_most"]]
        if letter.scenario.category == "marketing" and full:
            past = any(taken(cap, letter, used, person) >= cap["at_most"] for cap in full)
            letter.status = "held" if letter.step.on_capped == "hold" else "dropped"
            letter.reason = "capped" if past else "lower_priority"
        elif letter.ghost:
            letter.status, letter.reason = "dropped", "holdout"
        else:
            letter.status, letter.reason = _when(letter, now)
            admitted += [letter] if counts(letter) else []
    for letter in due:
        letter.lost_at = max(letter.due, now) if letter.status == "dropped" and not letter.went else None


def _when(letter: Letter, now: datetime) -> tuple[str, str | None]:
    if letter.goes > max(letter.due, now):
        return "held", "quiet_hours"
    return ("held", "not_yet") if letter.goes > now else ("to_send", None)


def rank(letter: Letter) -> tuple[Any, ...]:
    return -letter.scenario.priority, letter.due, letter.scenario.scenario, letter.key


def counts(letter: Letter) -> bool:
    return letter.scenario.category == "marketing" and not letter.ghost


def wants_code(letter: Letter, life: Life) -> bool:
    """The message shows a code, and the run got none. Those of ghosts go on as if they had one."""
    return letter.step.send in life.story.coded and not letter.ghost and not any(given.code for given in letter.run.codes.values())


def preferences(step: m.Send, person: Person) -> list[str]:
    """The channels to try; `preferred` puts the one first that the contact answers, before those named, or all."""
    named = [channel for channel in step.via if channel != "preferred"] or ["email", "sms", "push"]
    first = [person.preferred] if "preferred" in step.via and person.preferred in named else []
    return [*first, *named]


def channel_of(letter: Letter, person: Person, life: Life, now: datetime) -> tuple[str, str | None]:
    """The first channel the contact can get, else the first with its reason."""
    tried = [(channel, forbidden(letter, channel, person, life, now)) for channel in preferences(letter.step, person)]
    channel, why = next(((channel, why) for channel, why in tried if why is None), tried[0])
    if why is None and letter.step.via != [channel]:
        life.shop.happened.add("the channel they answer" if channel == person.preferred and "preferred" in letter.step.via else "a channel of several")
    return channel, why


def forbidden(letter: Letter, channel: str, person: Person, life: Life, now: datetime) -> str | None:
    if person.address(channel) is None or (channel == "push" and any(bounced_hard(doing) for doing in told_of(person.id, channel, life, now))):
        return "unreachable"  # whose only browser is gone has none
    marketing = letter.scenario.category == "marketing"
    said = [each for each in person.consents if each.channel == channel and each.topic in (letter.scenario.topic, "all") and each.visible(now)]
    if suppressed(letter, channel, last_word(said), life, now):
        return "suppressed"
    return "no_consent" if marketing and not stands(last_word(said), life.facts(now)["order_count"]) else None


def suppressed(letter: Letter, channel: str, word: Consent | None, life: Life, now: datetime) -> bool:
    """A hard bounce stops every message to the address, a complaint all marketing, an unsubscription that of its topic until an opt-in after it."""
    marketing = letter.scenario.category == "marketing"
    for doing in told_of(life.person.address(channel), channel, life, now):
        reason = doing.values["reason"]
        match doing.activity:
            case "message_bounced" if bounced_hard(doing):
                return True
            case "message_complained" if marketing:
                return True
            case "message_unsubscribed" if marketing:
                of_topic = reason in {scenario.topic for scenario in life.story.scenarios}
                lifted = word and word.granted and word.basis == "opt_in" and word.at > doing.at
                if not lifted and (not of_topic or reason == letter.scenario.topic):
                    return True
    return False


def bounced_hard(doing: Doing) -> bool:
    return doing.activity == "message_bounced" and not (doing.values["reason"] or "").lower().startswith("soft")


def told_of(address: str | None, channel: str, life: Life, now: datetime) -> Iterator[Doing]:
    """What anybody with this address said by this channel."""
    for other in life.shop.lives:
        if other.person.address(channel) == address:
            yield from (doing for doing in other.doings if doing.visible(now) and doing.values.get("channel") == channel)


def last_word(said: Iterable[Consent]) -> Consent | None:
    """The last word counts; at the same instant a withdrawal wins."""
    return max(said, key=lambda each: (each.at, not each.granted), default=None)


def stands(word: Consent | None, orders: int) -> bool:
    return word is not None and word.granted and (word.basis == "opt_in" or (word.basis == "existing_customer" and orders > 0))


def binds(cap: dict[str, Any], letter: Letter, life: Life, now: datetime) -> bool:
    return (
        cap.get("channel") in (None, letter.channel)
        and cap.get("topic") in (None, letter.scenario.topic)
        and (cap.get("segment") is None or life.in_segment(cap["segment"], now))
    )


def taken(cap: dict[str, Any], letter: Letter, others: list[Letter], person: Person) -> int:
    """How many of *others* count in the cap's stretch of time around *letter*."""
    alike = [o for o in others if cap.get("channel") in (None, o.channel) and cap.get("topic") in (None, o.scenario.topic)]
    if cap["clock"] == "rolling":
        length: timedelta = parse_duration(cap["per"])
        return sum(-length < other.goes - letter.goes < length for other in alike)
    zone = person.zone if cap.get("zone") == "contact" else None
    return sum(local(other.goes, zone).strftime(UNITS[cap["per"]]) == local(letter.goes, zone).strftime(UNITS[cap["per"]]) for other in alike)
