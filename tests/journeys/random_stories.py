"""Random stories: scenarios out of a grammar and how they are edited, contacts, what they do, segments, caps, and ticks at any rhythm."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from pipelines.scenarios import model as m
from tests.journeys.random_steps import OFFERS, TAGS, WINDOWS, Scope, perhaps, steps
from tests.journeys.story import HOUR, Code, Consent, Doing, Person, Stay, Story
from tests.journeys.world import LONG_AGO, scenario

T = TypeVar("T")
STARTS = [datetime(2026, 1, 5), datetime(2026, 3, 27), datetime(2026, 10, 23), datetime(2028, 2, 26)]
SPAN = 8 * 24
MOST_DOINGS = 300
MOST_CODES = 30
PARTS = MOST_DOINGS + MOST_CODES + 60  # doings, codes, and the fewer people, stays, ticks, scenarios and edits
CAPS = [
    {"name": "daily", "at_most": 1, "per": "day", "clock": "calendar"},
    {"name": "weekly", "at_most": 2, "per": "week", "clock": "calendar", "zone": "contact"},
    {"name": "rolling", "at_most": 1, "per": "24 hours", "clock": "rolling"},
    {"name": "email_only", "at_most": 2, "per": "3 days", "clock": "rolling", "channel": "email"},
    {"name": "news_only", "at_most": 1, "per": "week", "clock": "calendar", "topic": "news"},
    {"name": "vip_only", "at_most": 0, "per": "month", "clock": "calendar", "segment": "vip"},
]
RULES: list[dict[str, Any]] = [
    {"activity": "order_placed"},
    {"activity": ["order_placed", "custom.demo"]},
    {"activity": "order_placed", "where": "total >= 20"},
    {"activity": "page_viewed"},
    {"activity": "message_clicked"},
    {"activity": ["message_bounced", "message_unsubscribed"]},
]
DID: list[dict[str, Any]] = [
    {"activity": "order_placed"},
    {"activity": "cart_updated", "where": "cart_value >= 50"},
    {"activity": ["page_viewed", "custom.demo"]},
]
DID_ON_THE_CART: list[dict[str, Any]] = [{"activity": asked, "same": "cart_id"} for asked in ("order_placed", ["cart_updated", "order_placed"])]
SETTINGS: dict[str, Any] = {
    "offers": OFFERS,
    "audiences": {
        "buyers": {"platform": "csv", "topic": "promotions"},
        "spared": {"platform": "google", "topic": "news"},
        "vips": {"platform": "meta", "topic": "promotions", "segment": "vip"},
    },
}
STATES: list[dict[str, Any]] = [*({"tagged": tag} for tag in TAGS), {"in_segment": "vip"}, {"where": "order_count >= 1"}, {"where": "country = 'FR'"}]
CODED = frozenset(f"v{number}" for number in range(40))
"""Messages that show a code: what a scenario sends after it gave one may be of these."""
OF_CARTS = {"where": "trigger.cart_value >= 50"}
TRIGGERS: list[dict[str, Any]] = [
    {"activity": "cart_updated"},
    {"activity": "cart_updated", "key": "cart_id"},
    {"activity": "cart_updated", "key": "cart_id", "where": "cart_value >= 50", "max_age": "30 hours"},
    {"activity": "order_placed", "key": "order_id"},
    {"activity": "order_placed", "key": "cart_id"},
    {"activity": "subscription_started", "key": "subscription_id"},
    {"activity": "order_placed", "where": "total >= 20", "max_age": "12 hours"},
    {"activity": ["page_viewed", "custom.demo"]},
    {"segment": {"entered": "vip"}},
    {"segment": {"left": "vip"}},
    {"segment": {"entered": "vip"}, "backfill": {"max": 100}},
    {"anniversary": "birth_date", "at": "09:00"},
    {"anniversary": "birth_date", "offset": "-1 days", "at": "00:00"},
    {"anniversary": "birth_date", "offset": "2 days"},
]
SETTLING: list[dict[str, Any]] = [
    {"activity": "cart_updated", "key": "cart_id", "settle": "1 hour"},
    {"activity": "cart_updated", "key": "cart_id", "settle": "7 hours", "where": "cart_value >= 50"},
]
OPTIONS: dict[str, list[Any]] = {
    "reentry": ["never", "per_key", "after_exit", "once_per_year", {"cooldown": "1 day"}, {"cooldown": "30 hours"}, {"cooldown": "2 days"}],
    "exit_when": [[rule] for rule in RULES] + [[RULES[0], RULES[3]]],
    "goal": [*RULES, *(rule | {"within": "2 days"} for rule in RULES)],
    "audience": [{"in": ["vip"]}, {"not_in": ["vip"]}, {"where": "country = 'FR'"}, {"where": "order_count >= 1"}],
    "holdout": ["40%"],
    "window": WINDOWS,
    "priority": [10, 90],
    "exclusive_with": [["s0"], ["s1"], ["s2"], ["s1", "s2"]],
    "topic": ["promotions", "news"],
    "category": ["transactional", "marketing"],
}
DATES = {"subscription_started": "expires_at", "order_placed": "expected_delivery_on"}
"""What some triggers bring along that a wait can end at."""
EVERYWHERE = tuple(Consent(LONG_AGO, True, channel) for channel in ("email", "sms", "push", "ads"))
CONSENTS = [
    *10 * [EVERYWHERE],
    (),
    (Consent(LONG_AGO, True),),
    (Consent(LONG_AGO, True, basis="existing_customer"), Consent(LONG_AGO, True, "push", "news")),
    (Consent(LONG_AGO, True), Consent(LONG_AGO, True, "ads"), Consent(LONG_AGO, False, topic="news")),
]


STATUSES: list[dict[str, Any] | None] = [
    {"status": "paused", "paused": "hold"},
    {"status": "paused", "paused": "expire"},
    {"status": "stopped", "stopped": "drain"},
    {"status": "stopped", "stopped": "eject"},
    {"status": "draft"},
    None,
]
ELSEWHERE = ["message_bounced", "message_complained", "message_unsubscribed"]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """
    Stories of any number with a little left out: a byte below 8 leaves out its part, so that a story which fails shrinks to what it fails for.

    All bytes are one draw. Of several alike, Hypothesis would spend most examples on telling the same story slightly otherwise.
    """
    told = story(draw(st.integers(0, 2**32 - 1)))
    left = iter(draw(st.binary(min_size=PARTS, max_size=PARTS)))

    def some(things: Iterable[T]) -> tuple[T, ...]:
        return tuple(thing for thing in things if next(left) >= 8)

    people = some(told.people)
    known = {person.id for person in people}
    scenarios = some(told.scenarios)
    names = {each.scenario for each in scenarios}
    edits = tuple((since, tuple(each for each in folder if each.scenario in names)) for since, folder in some(told.edits))
    ticks, stays = some(told.ticks), some(stay for stay in told.stays if stay.contact in known)
    doings = some(doing for doing in told.doings if doing.contact in known)
    codes = some(told.codes)
    return replace(told, codes=codes, people=people, doings=doings, stays=stays, ticks=ticks, scenarios=scenarios, edits=edits)


def story(seed: int) -> Story:
    """Return the story of a number: always the same one."""
    dice = Random(seed)
    start, late = dice.choice(STARTS), perhaps(dice, 50)
    ticks = _ticks(dice, start)
    people = tuple(_person(dice, number, start, late) for number in range(dice.randint(8, 14)))
    scenarios = tuple(_scenario(dice, number, late) for number in range(dice.randint(2, 5)))
    settings = SETTINGS | ({"holdout": {"share": 0.2}} if perhaps(dice, 20) else {})
    if perhaps(dice, 60):
        settings["caps"] = dice.sample(CAPS, dice.randint(1, 3))
    answers = dice.randint(0, 1000)
    edits = tuple(_edits(dice, scenarios, ticks))
    stays = tuple(_stay(dice, person, start) for person in people if perhaps(dice, 60))
    codes = tuple(_code(dice, number, start) for number in range(dice.randint(0, MOST_CODES)))
    doings = tuple(_doing(dice, number, start, len(people), late) for number in range(dice.randint(120, MOST_DOINGS)))
    return Story(people, doings, stays, ticks, scenarios, settings, answers, edits, codes, CODED)


def _person(dice: Random, number: int, start: datetime, late: bool) -> Person:
    born = dice.choice([None, date(1988, 2, 29), (start + timedelta(days=dice.randint(-1, 9))).date().replace(year=1992)])
    said = tuple(_consent(dice, start, late) for _ in range(dice.choice([0, 0, 0, 1, 2, 3])))
    return Person(
        f"c{number}", dice.choice([*6 * [f"c{number}@shop.example"], "one@shop.example", "two@shop.example", None]),
        dice.choice([None, "+33612345678"]), dice.choice([None, "Europe/Paris", "America/New_York", "Pacific/Kiritimati"]), dice.choice(["FR", "DE", None]),
        born, (*dice.choice(CONSENTS), *said), dice.choice([None, "email", "sms", "push"]),
        dice.choice([(), (), TAGS[:1]]),
    )  # fmt: skip


def _consent(dice: Random, start: datetime, late: bool) -> Consent:
    """A word given or taken back in the middle of the story."""
    return Consent(
        start + dice.randint(0, SPAN) * HOUR, perhaps(dice, 60), dice.choice(["email", "email", "sms", "push", "ads"]),
        dice.choice(["all", "promotions", "news"]),
        late=dice.choice([0, 0, 3, 30]) * HOUR if late else timedelta(),
    )  # fmt: skip


def _doing(dice: Random, number: int, start: datetime, people: int, late: bool) -> Doing:
    """Something at a full hour, so that instants coincide with ticks and with each other; known at once, or up to three days late."""
    at = start + dice.randint(-12, SPAN) * HOUR
    values: dict[str, Any]
    often = 3 * ["cart_updated"] + 2 * ["order_placed", "page_viewed"] + ["custom.demo", "subscription_started"]
    match activity := dice.choice(12 * often + ELSEWHERE):
        case "cart_updated":
            values = {"cart_id": dice.choice(["k1", "k2", "k3"]), "cart_value": dice.choice([0, 50])}
        case "order_placed":
            values = {"order_id": f"e{number:03}", "cart_id": dice.choice([None, "k1", "k2", "k3"]), "total": dice.choice([10, 20])}
            expected = dice.choice([None, (start + timedelta(days=dice.randint(0, 12))).date()])
            coupon = f"{dice.choice('Cc')}{dice.randrange(2 * MOST_CODES):02}" if perhaps(dice, 40) else None
            values |= {"expected_delivery_on": expected, "coupon_code": coupon}
        case "subscription_started":
            values = {"subscription_id": f"e{number:03}", "plan": "x", "expires_at": at + dice.randint(-30, 120) * HOUR}
        case "page_viewed":
            values = {"url": "/page"}
        case "custom.demo":
            values = {}
        case _:
            values = {"message_key": f"elsewhere {number}", "channel": dice.choice(["email", "email", "sms", "push"]), "reason": None}
    known = at + (dice.choice([0, 0, 3, 30, 72]) * HOUR if late else timedelta())
    return Doing(f"c{dice.randrange(people)}", activity, at, known, f"e{number:03}", values)


def _code(dice: Random, number: int, start: datetime) -> Code:
    """A code there from the beginning or brought later, good for ever or for some days of the story."""
    known = dice.choice([LONG_AGO, LONG_AGO, start + dice.randint(0, SPAN) * HOUR])
    return Code(dice.choice(list(OFFERS)), f"C{number:02}", known, dice.choice([None, start + dice.randint(0, 2 * SPAN) * HOUR]))


def _stay(dice: Random, person: Person, start: datetime) -> Stay:
    begins = start + dice.randint(-20, SPAN) * HOUR
    return Stay("vip", person.id, begins, dice.choice([None, begins + 20 * HOUR, begins + 60 * HOUR]))


def _ticks(dice: Random, start: datetime) -> tuple[datetime, ...]:
    """Daily, a few times a day, at any hours at all, or on over months."""
    match dice.randrange(4):
        case 0:
            hours: Sequence[int] = range(5, SPAN, 24)
        case 1:
            first, every = dice.randint(0, 100), dice.choice([1, 3, 7, 12])
            hours = range(first, first + 7 * every, every)
        case 2:
            hours = sorted([*dice.sample(range(SPAN), 3), *(SPAN + 11 * 24 * number for number in range(1, 5))])
        case _:
            hours = sorted(dice.sample(range(SPAN), dice.randint(3, 7)))
    return tuple(start + hour * HOUR for hour in hours)


def _scenario(dice: Random, number: int, late: bool) -> m.Scenario:
    """A scenario. Waiting to settle is not combined with late rows: which cart event was last then depends on the tick."""
    trigger = dice.choice(TRIGGERS if late else TRIGGERS + 2 * SETTLING)
    fixed = {name: dice.choice(OPTIONS[name]) for name in ("topic", "category") if perhaps(dice, 20)}
    return _version(dice, f"s{number}", trigger, fixed | (dice.choice([status for status in STATUSES if status]) if perhaps(dice, 10) else {}))


def _version(dice: Random, name: str, trigger: Mapping[str, Any], fixed: Mapping[str, Any]) -> m.Scenario:
    more = {
        name: dice.choice(options) for name, options in OPTIONS.items() if name not in ("topic", "category") and perhaps(dice, 40 if name == "goal" else 20)
    }
    states = [*STATES, OF_CARTS] if trigger.get("activity") == "cart_updated" else STATES
    did = DID + 2 * DID_ON_THE_CART if trigger.get("key") == "cart_id" else DID
    asked = trigger.get("activity", [])
    dates = [DATES[asked]] if isinstance(asked, str) and asked in DATES else []
    return scenario(steps(Scope(dice, states, did, dates), 2), name=name, trigger=trigger, **more, **fixed)


def _edits(dice: Random, scenarios: Sequence[m.Scenario], ticks: Sequence[datetime]) -> Iterator[tuple[datetime, tuple[m.Scenario, ...]]]:
    """Scenarios are paused, stopped, taken away and brought back, and get new versions, on their old trigger."""
    files: list[m.Scenario | None] = list(scenarios)
    for tick in ticks[1:]:
        if not perhaps(dice, 45):
            continue
        number = dice.randrange(len(files))
        then = files[number] or scenarios[number]
        if perhaps(dice, 60) and then.status == "live":
            status = dice.choice(STATUSES)
            files[number] = then.model_copy(update=status) if status else None
        elif perhaps(dice, 50):
            files[number] = then.model_copy(update={"status": "live"})
        elif perhaps(dice, 50):
            files[number] = _turned(then).model_copy(update={"holdout": dice.choice([0.0, 0.4])})
        else:
            trigger = then.trigger.model_dump(by_alias=True, exclude_unset=True)
            files[number] = _version(dice, then.scenario, trigger, {"topic": then.topic, "category": then.category})
        yield tick, tuple(each for each in files if each)


def _turned(part: Any) -> Any:
    """The same with the weights of every split the other way round."""
    match part:
        case m.Split(split=arms):
            weights = [arm.weight for arm in arms.values()]
            turned = zip(arms.items(), reversed(weights), strict=True)
            return part.model_copy(
                update={"split": {name: arm.model_copy(update={"weight": weight, "steps": _turned(arm.steps)}) for (name, arm), weight in turned}}
            )
        case m.Part():
            return part.model_copy(update={name: _turned(getattr(part, name)) for name in part.model_fields_set})
        case list():
            return [_turned(each) for each in part]
        case _:
            return part
