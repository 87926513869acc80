"""Random stories: scenarios out of a grammar, contacts, what they do, segments, caps, and ticks at any rhythm."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from pipelines.scenarios import model as m
from tests.journeys.story import HOUR, Consent, Doing, Person, Stay, Story
from tests.journeys.world import scenario

STARTS = [datetime(2026, 1, 5), datetime(2026, 3, 27), datetime(2026, 10, 23), datetime(2028, 2, 26)]
SPAN = 8 * 24
WINDOWS = [
    {"days": "mon-fri", "from": "09:00", "to": "17:00"},
    {"days": "mon", "from": "21:00", "to": "09:00"},
    {"days": "sat,sun", "from": "02:30", "to": "04:00"},
    {"from": "08:00", "to": "20:00"},
]
CAPS = [
    {"name": "daily", "at_most": 1, "per": "day", "clock": "calendar"},
    {"name": "weekly", "at_most": 2, "per": "week", "clock": "calendar", "zone": "contact"},
    {"name": "rolling", "at_most": 1, "per": "24 hours", "clock": "rolling"},
    {"name": "email_only", "at_most": 2, "per": "3 days", "clock": "rolling", "channel": "email"},
    {"name": "news_only", "at_most": 1, "per": "week", "clock": "calendar", "topic": "news"},
    {"name": "vip_only", "at_most": 0, "per": "month", "clock": "calendar", "segment": "vip"},
]
ACTIVITIES = ["cart_updated", "order_placed", "page_viewed", "custom.demo"]
HOURS = ["1 hour", "5 hours", "12 hours", "1 day", "2 days"]
CLOCKS = ["00:00", "02:30", "09:00", "18:00"]


def rules() -> st.SearchStrategy[dict[str, Any]]:
    """A goal's or exit's question."""
    return st.sampled_from([
        {"activity": "order_placed"}, {"activity": ["order_placed", "custom.demo"]}, {"activity": "order_placed", "where": "total >= 20"},
        {"activity": "page_viewed"}, {"activity": "message_clicked"},
    ])  # fmt: skip


def questions(sent: list[str], *, waiting: bool) -> st.SearchStrategy[dict[str, Any]]:
    """A condition; about messages sent anywhere before, or nothing of them."""
    did = [{"activity": "order_placed"}, {"activity": "cart_updated", "where": "cart_value >= 50"}, {"activity": ["page_viewed", "custom.demo"]}]
    found = [{"did": each} for each in did]
    found += [] if waiting else [{"did": each | {"within": within}} for each in did for within in ("6 hours", "2 days")]
    found += [{"in_segment": "vip"}, {"where": "order_count >= 1"}, {"where": "country = 'FR'"}, {"where": "trigger.cart_value >= 50"}]
    found += [{event: message} for message in sent for event in ("clicked", "opened", "replied")]
    return st.sampled_from(found)


@st.composite
def steps(draw: st.DrawFn, sent: list[str], depth: int = 2) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw(st.integers(1, 3))):
        found.append(draw(step(sent, depth)))
        if ends(found[-1]):
            break
    return found


def ends(step: dict[str, Any]) -> bool:
    """Whether nobody goes on after *step*: what followed would be unreachable."""
    ways = [step["then"], step["else"]] if "wait_for" in step else [arm["steps"] for arm in step.get("split", {}).values()]
    ways += [part.get("steps") or part["else"] for part in step.get("branch", [])]
    return "exit" in step or (bool(ways) and all(ends(way[-1]) for way in ways))


@st.composite
def step(draw: st.DrawFn, sent: list[str], depth: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(["send", "send", "wait", "wait", "exit"] + ["wait_for", "branch", "split"] * (2 if depth else 0)))
    match kind:
        case "send":
            name = f"m{len(sent)}"
            sent.append(name)
            more = draw(st.fixed_dictionaries({}, optional={
                "valid_for": st.sampled_from(["6 hours", "1 day", "5 days"]), "window": st.sampled_from([*WINDOWS, "none"]),
                "on_capped": st.just("hold"), "via": st.sampled_from([["email"], ["sms", "email"], ["push"]]),
            }))  # fmt: skip
            return {"send": name, **more}
        case "wait":
            forms = [*HOURS, *({"until": clock} for clock in CLOCKS), *({"days": days, "at": clock} for days in (0, 1, 2) for clock in CLOCKS)]
            return {"wait": draw(st.sampled_from(forms))}
        case "exit":
            return {"exit": "gone"}
        case "wait_for":
            asked, timeout = draw(questions(list(sent), waiting=True)), draw(st.sampled_from(HOURS))
            return {"wait_for": asked, "timeout": timeout, "then": draw(steps(sent, depth - 1)), "else": draw(steps(sent, depth - 1))}
        case "branch":
            rungs = [{"if": draw(questions(list(sent), waiting=False)), "steps": draw(steps(sent, depth - 1))} for _ in range(draw(st.integers(1, 2)))]
            return {"branch": [*rungs, {"else": draw(steps(sent, depth - 1))}]}
        case _:
            weights = draw(st.sampled_from([(50, 50), (20, 50, 30)]))
            return {"split": {f"arm{number}": {"weight": weight, "steps": draw(steps(sent, depth - 1))} for number, weight in enumerate(weights)}, "id": f"split{len(sent)}"}


def triggers(late: bool) -> st.SearchStrategy[dict[str, Any]]:
    """What brings people in. Waiting to settle is not combined with late rows: which cart event was last then depends on the tick."""
    carts = st.fixed_dictionaries({"activity": st.just("cart_updated")}, optional={
        "key": st.just("cart_id"), "where": st.just("cart_value >= 50"), "max_age": st.sampled_from(["12 hours", "30 hours"])})  # fmt: skip
    settling = st.fixed_dictionaries({"activity": st.just("cart_updated"), "key": st.just("cart_id"), "settle": st.sampled_from(["1 hour", "7 hours"])},
                                     optional={"where": st.just("cart_value >= 50")})  # fmt: skip
    others = st.sampled_from([
        {"activity": "order_placed", "key": "order_id"}, {"activity": ["page_viewed", "custom.demo"]}, {"activity": "order_placed", "where": "total >= 20"},
        {"segment": {"entered": "vip"}}, {"segment": {"left": "vip"}}, {"segment": {"entered": "vip"}, "backfill": {"max": 100}},
        {"anniversary": "birth_date", "at": "09:00"}, {"anniversary": "birth_date", "offset": "-1 days", "at": "00:00"}, {"anniversary": "birth_date", "offset": "2 days"},
    ])  # fmt: skip
    return st.one_of(carts, others, *([] if late else [settling]))


@st.composite
def scenarios(draw: st.DrawFn, number: int, late: bool) -> m.Scenario:
    sent: list[str] = []
    trigger = draw(triggers(late))
    more = draw(st.fixed_dictionaries({}, optional={
        "reentry": st.sampled_from(["never", "per_key", "after_exit", "once_per_year", {"cooldown": "1 day"}, {"cooldown": "30 hours"}, {"cooldown": "2 days"}]),
        "exit_when": st.lists(rules(), min_size=1, max_size=2), "goal": st.one_of(rules(), rules().map(lambda rule: rule | {"within": "2 days"})),
        "audience": st.sampled_from([{"in": ["vip"]}, {"not_in": ["vip"]}, {"where": "country = 'FR'"}, {"where": "order_count >= 1"}]),
        "holdout": st.just("40%"), "window": st.sampled_from(WINDOWS), "priority": st.sampled_from([10, 50, 90]),
        "topic": st.sampled_from(["promotions", "news"]), "category": st.sampled_from(["transactional", "marketing", "marketing"]),
    }))  # fmt: skip
    return scenario(draw(steps(sent)), name=f"s{number}", trigger=trigger, **more)


def people() -> st.SearchStrategy[tuple[Person, ...]]:
    consents = st.sampled_from([
        (), (Consent(datetime(2020, 1, 1), True),) * 1, tuple(Consent(datetime(2020, 1, 1), True, channel) for channel in ("email", "sms", "push")),
        (Consent(datetime(2020, 1, 1), True, basis="existing_customer"), Consent(datetime(2020, 1, 1), True, "push", "news")),
        (Consent(datetime(2020, 1, 1), True), Consent(datetime(2020, 1, 1), False, topic="news")),
    ])  # fmt: skip
    born = st.one_of(st.none(), st.sampled_from([date(1990, 1, 8), date(1988, 2, 29), date(1999, 3, 29), date(1970, 10, 25), date(2000, 1, 6)]))
    person = st.builds(
        Person, id=st.just("x"), email=st.sampled_from(["one@shop.example", "two@shop.example", "three@shop.example", None]), phone=st.sampled_from([None, "+33612345678"]),
        zone=st.sampled_from([None, "Europe/Paris", "America/New_York", "Pacific/Kiritimati"]), country=st.sampled_from(["FR", "DE", None]),
        birth_date=born, consents=st.one_of(consents, st.just(tuple(Consent(datetime(2020, 1, 1), True, channel) for channel in ("email", "sms", "push")))),
    )  # fmt: skip
    return st.lists(person, min_size=3, max_size=5).map(lambda some: tuple(Person(**(vars(one) | {"id": f"c{number}"})) for number, one in enumerate(some)))


@st.composite
def doings(draw: st.DrawFn, number: int, start: datetime, contacts: int, late: bool) -> Doing:
    """Something at a full hour, so that instants coincide with ticks and with each other; known at once, or up to three days late."""
    at = start + draw(st.integers(-12, SPAN)) * HOUR
    known = at + (draw(st.sampled_from([0, 0, 3, 30, 72])) * HOUR if late else timedelta())
    activity = draw(st.sampled_from(ACTIVITIES))
    values: dict[str, Any] = {
        "cart_updated": lambda: {"cart_id": draw(st.sampled_from(["k1", "k2"])), "cart_value": draw(st.sampled_from([0, 50]))},
        "order_placed": lambda: {"order_id": f"e{number}", "cart_id": draw(st.sampled_from([None, "k1", "k2"])), "total": draw(st.sampled_from([10, 20]))},
        "page_viewed": lambda: {"url": "/page"},
        "custom.demo": dict,
    }[activity]()
    return Doing(f"c{draw(st.integers(0, contacts - 1))}", activity, at, known, f"e{number}", values)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    start, late = draw(st.sampled_from(STARTS)), draw(st.booleans())
    everybody = draw(people())
    count = draw(st.integers(5, 40))
    did = tuple(draw(doings(number, start, len(everybody), late)) for number in range(count))
    stays = tuple(
        Stay("vip", person.id, start + begins * HOUR, start + (begins + lasts) * HOUR if lasts else None)
        for person in everybody for begins, lasts in draw(st.lists(st.tuples(st.integers(-20, SPAN), st.sampled_from([0, 20, 60])), max_size=1))
    )  # fmt: skip
    settings: Mapping[str, Any] = draw(st.fixed_dictionaries({}, optional={
        "caps": st.lists(st.sampled_from(CAPS), min_size=1, max_size=3, unique_by=lambda cap: cap["name"]), "holdout": st.just({"share": 0.2})}))  # fmt: skip
    told = tuple(draw(scenarios(number, late)) for number in range(draw(st.integers(1, 4))))
    return Story(everybody, did, stays, draw(rhythms(start)), told, settings, draw(st.integers(0, 1000)))


@st.composite
def rhythms(draw: st.DrawFn, start: datetime) -> tuple[datetime, ...]:
    """Ticks daily, a few times a day, or at any hours at all."""
    match draw(st.sampled_from(["daily", "often", "any"])):
        case "daily":
            hours = list(range(5, SPAN, 24))
        case "often":
            first, every = draw(st.integers(0, 100)), draw(st.sampled_from([1, 3, 7, 12]))
            hours = [first + number * every for number in range(7)]
        case _:
            hours = sorted(draw(st.sets(st.integers(0, SPAN), min_size=3, max_size=7)))
    return tuple(start + hour * HOUR for hour in hours)
