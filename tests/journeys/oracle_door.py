"""The door: who would enter a scenario at a tick, and who does."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from pipelines.scenarios import model as m
from tests.journeys.oracle_clocks import bucket
from tests.journeys.oracle_runs import Run
from tests.journeys.oracle_steps import Life, answers, concerns
from tests.journeys.predicates import HOLDS
from tests.journeys.story import Doing, local, to_utc


@dataclass(frozen=True)
class Candidate:
    triggered: datetime
    entered: datetime
    id: str
    key: str | None
    doing: Doing | None = None


def newcomers(life: Life, now: datetime) -> list[Run]:
    """Judge the candidates of a tick; return the runs that begin. Of scenarios that exclude each other the one of highest priority takes the contact."""
    live = sorted((each for each in life.story.folder(now) if each.status == "live"), key=lambda each: (-each.priority, each.scenario))
    taken: dict[str, list[Run]] = {}
    for scenario, runs in [(each, list(admitted(life, each, now))) for each in live]:
        if rivals(life, scenario.scenario, now) & taken.keys():
            life.refusals += [(scenario.scenario, life.person.id, run.entered, "in_other_scenario") for run in runs]
        elif runs:
            taken[scenario.scenario] = runs
    fresh = [run for runs in taken.values() for run in runs]
    for run in fresh:
        run.ghost = ghost(life, run.scenario)
    return fresh


def rivals(life: Life, name: str, now: datetime) -> set[str]:
    """The scenarios that exclude this one, by their file or by its own."""
    folder = life.story.folder(now)
    return {other for each in folder for other in each.exclusive_with if each.scenario == name} | {
        each.scenario for each in folder if name in each.exclusive_with
    }


def live_ticks(life: Life, name: str) -> list[datetime]:
    """The ticks at which a scenario lets people in."""
    return [tick for tick in life.story.ticks if life.standing(name, tick) == "live"]


def admitted(life: Life, scenario: m.Scenario, now: datetime) -> Iterator[Run]:
    """Whoever triggered it since it last let people in enters, unless refused."""
    before = [tick for tick in live_ticks(life, scenario.scenario) if tick < now]
    fresh: list[Run] = []
    for candidate in sorted(candidates(life, scenario, now, before[-1] if before else None), key=lambda each: (each.entered, each.triggered, each.id)):
        reason = refusal(life, scenario, candidate, fresh, now)
        if reason is None:
            run = begun(life, scenario, candidate)
            fresh.append(run)
            yield run
        elif reason != "before it was live":
            life.refusals.append((scenario.scenario, life.person.id, candidate.entered, reason))


def candidates(life: Life, scenario: m.Scenario, now: datetime, previous: datetime | None) -> Iterator[Candidate]:
    match scenario.trigger:
        case m.ActivityTrigger() as trigger:
            yield from activities(life, trigger, now, previous)
        case m.SegmentTrigger() as trigger:
            yield from changes(life, trigger, now, previous)
        case m.AnniversaryTrigger() as trigger:
            yield from anniversaries(life, trigger, now, previous)


def activities(life: Life, trigger: m.ActivityTrigger, now: datetime, previous: datetime | None) -> Iterator[Candidate]:
    seen = [doing for doing in life.seen(now) if doing.activity in trigger.activity]
    for doing in seen:
        key = doing.values.get(trigger.key) if trigger.key else None
        candidate = Candidate(
            doing.at, doing.at + (trigger.settle or timedelta()), f"{doing.id}:order_placed" if doing.activity == "order_placed" else doing.id, key, doing
        )
        if trigger.settle is None:
            if answers(trigger, doing) and (previous is None or not doing.visible(previous)):
                yield candidate
        elif answers(trigger, doing) and settled(doing, seen, trigger, now) and (previous is None or not settled_before(doing, life, trigger, previous)):
            yield candidate


def settled(doing: Doing, seen: list[Doing], trigger: m.ActivityTrigger, now: datetime) -> bool:
    """Nothing new on the key for a while, and the while is over."""
    assert trigger.settle
    assert trigger.key
    over = doing.at + trigger.settle
    key = doing.values.get(trigger.key)
    later = [other for other in seen if other.values.get(trigger.key) == key and (other.at, other.id) > (doing.at, doing.id)]
    return over <= now and not any(other.at < over for other in later)


def settled_before(doing: Doing, life: Life, trigger: m.ActivityTrigger, previous: datetime) -> bool:
    seen = [other for other in life.seen(previous) if other.activity in trigger.activity]
    return doing.visible(previous) and settled(doing, seen, trigger, previous)


def changes(life: Life, trigger: m.SegmentTrigger, now: datetime, previous: datetime | None) -> Iterator[Candidate]:
    """Who joined or left since the last look and still is in, or out; when first live, who did at this tick, and those a backfill takes in."""
    name, wanted = trigger.segment.entered or trigger.segment.left or "", trigger.segment.entered is not None
    moved = []
    for before, tick in pairwise(life.story.ticks):
        looked_at = previous < tick <= now if previous else tick == now
        if looked_at and life.in_segment(name, before) != life.in_segment(name, tick) == wanted == life.in_segment(name, now):
            moved.append(tick)
    yield from (Candidate(tick, tick, f"segment:{name}:{tick}", str(tick)) for tick in moved)
    if previous is None and trigger.backfill and not moved and life.in_segment(name, now):
        yield Candidate(now, now, f"backfill:{name}", str(now))


def anniversaries(life: Life, trigger: m.AnniversaryTrigger, now: datetime, previous: datetime | None) -> Iterator[Candidate]:
    """Once a year in the contact's zone, up to the tick expected next."""
    born = life.person.birth_date
    hours, minutes = map(int, trigger.at.split(":"))
    for year in range(now.year - 1, now.year + 2) if born else ():
        day = date(year, 2, 28) if (born.month, born.day) == (2, 29) and year % 4 else date(year, born.month, born.day)
        clock = datetime.combine(day + timedelta(days=int(trigger.offset.split()[0])), datetime.min.time()) + timedelta(hours=hours, minutes=minutes)
        moment = to_utc(clock, life.person.zone)
        looked = life.story.horizon(previous) if previous else None
        begin = to_utc(datetime.combine(local(now, None).date(), datetime.min.time()), None)
        new = moment > looked if looked else moment >= begin
        if born < day and new and moment <= life.story.horizon(now):
            yield Candidate(moment, moment, f"birth_date:{year}", str(year))


def refusal(life: Life, scenario: m.Scenario, candidate: Candidate, fresh: list[Run], now: datetime) -> str | None:
    """The first gate that fails, in the order of the specification."""
    trigger = scenario.trigger
    if isinstance(trigger, m.ActivityTrigger) and now - candidate.triggered > trigger.max_age:
        return "trigger_too_old" if candidate.triggered >= live_ticks(life, scenario.scenario)[0] else "before it was live"
    if not in_audience(life, scenario.audience, now):
        return "not_in_audience"
    if rivals(life, scenario.scenario, now) & {run.scenario.scenario for run in life.running()}:
        return "in_other_scenario"
    if met := met_already(life, scenario, candidate, now):
        return met
    return reentry(life, scenario, candidate, fresh)


def in_audience(life: Life, audience: m.Audience, now: datetime) -> bool:
    return (
        all(life.in_segment(name, now) for name in audience.within)
        and not any(life.in_segment(name, now) for name in audience.not_in)
        and (audience.where is None or HOLDS[audience.where](life.facts(now)))
    )


def met_already(life: Life, scenario: m.Scenario, candidate: Candidate, now: datetime) -> str | None:
    """A goal or exit up to the moment of entering: on the same key at any time, else at or after the trigger."""
    key = candidate.key if isinstance(scenario.trigger, m.ActivityTrigger) else None
    goals = [scenario.goal] if scenario.goal else []
    for reason, rules in (("goal_already_met", goals), ("exit_already_met", scenario.exit_when)):
        for rule in rules:
            for doing in life.seen(now):
                if answers(rule, doing) and doing.at <= candidate.entered and concerns(scenario, key, doing, candidate.triggered, candidate.doing):
                    return reason
    return None


def reentry(life: Life, scenario: m.Scenario, candidate: Candidate, fresh: list[Run]) -> str | None:
    theirs = [run for run in [*life.runs, *fresh] if run.scenario.scenario == scenario.scenario]
    match scenario.reentry:
        case "after_exit":
            # `fresh` runs have not walked yet: of several triggers of one tick the first counts.
            still = any(run in fresh or run.ended is None or run.ended[0] > candidate.entered for run in theirs)
            return "still_in" if still else None
        case m.Cooldown(cooldown=cooldown):
            return "cooldown" if theirs and not cooled_down(max(run.entered for run in theirs), candidate.entered, cooldown) else None
        case _:
            key = entry_key(scenario, candidate)
            return "already_entered" if any(run.entry_key == key for run in theirs) else None


def cooled_down(last: datetime, entered: datetime, cooldown: timedelta) -> bool:
    """Cooldowns in days count calendar days of the project's zone."""
    if cooldown % timedelta(days=1):
        return entered - last >= cooldown
    return local(entered, None).date() - local(last, None).date() >= cooldown


def entry_key(scenario: m.Scenario, candidate: Candidate) -> str:
    match scenario.reentry:
        case "never":
            return ""
        case "per_key":
            return candidate.key or ""
        case "once_per_year":
            return candidate.key or "" if isinstance(scenario.trigger, m.AnniversaryTrigger) else str(local(candidate.entered, None).year)
        case _:
            return candidate.id


def begun(life: Life, scenario: m.Scenario, candidate: Candidate) -> Run:
    return Run(
        scenario, life.person, entry_key(scenario, candidate), candidate.doing, candidate.triggered, candidate.entered,
        False, tuple(scenario.steps), candidate.entered,
    )  # fmt: skip


def ghost(life: Life, scenario: m.Scenario) -> bool:
    """Drawn by address: the scenario's holdout, and for marketing the global one."""
    email = life.person.email
    subject = hashlib.sha256(email.encode()).hexdigest() if email else life.person.id
    shares = {f"holdout:{scenario.scenario}": scenario.holdout}
    if scenario.category == "marketing":
        shares["holdout"] = life.story.settings.get("holdout", {}).get("share", 0)
    arms = [
        life.shop.arm(experiment, subject, "ghost" if bucket(f"{experiment}|{subject}") < share * 10_000 else "treated")
        for experiment, share in shares.items()
        if share or (experiment, subject) in life.shop.arms
    ]
    return "ghost" in arms
