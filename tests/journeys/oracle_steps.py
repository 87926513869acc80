"""One run of one contact: exits and goals, the steps, the conditions."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipelines.scenarios import model as m
from pipelines.scenarios.unroll import turns_of
from tests.journeys.oracle_clocks import awaited, bucket, drawn, next_opening, waited
from tests.journeys.oracle_codes import Asking, Shop
from tests.journeys.oracle_runs import END, HELD_BY_CAP, Again, Letter, Run, step_id, turned, valid_for
from tests.journeys.predicates import HOLDS
from tests.journeys.story import Doing, Person, Story

NOW = datetime.min
"""When a state holds: at the tick that asks."""
STATES = ("in_segment", "tagged", "offer_unused", "where")


@dataclass
class Tag:
    """A note on a contact, dated by ticks."""

    tag: str
    added: datetime
    removed: datetime | None = None


@dataclass(frozen=True)
class Noted:
    """A step passed that puts a word on the contact, or takes it off: a tag, an audience."""

    word: str
    at: datetime
    removes: bool


@dataclass
class Life:
    """Everything that happens to one contact."""

    shop: Shop
    person: Person
    doings: list[Doing]
    runs: list[Run] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    refusals: list[tuple[str, str, datetime, str]] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    synced: list[Noted] = field(default_factory=list)

    @property
    def story(self) -> Story:
        return self.shop.story

    def standing(self, name: str, now: datetime) -> str:
        """How a scenario stands at a tick: its status, of a pause or a stop with what it does to those in flight."""
        found = [scenario for scenario in self.story.folder(now) if scenario.scenario == name]
        if not found:
            return "removed"
        status = found[0].status
        return status + {"paused": f":{found[0].paused}", "stopped": f":{found[0].stopped}"}.get(status, "")

    def seen(self, now: datetime) -> list[Doing]:
        """What a tick can see, in time order."""
        return sorted((doing for doing in self.doings if doing.visible(now)), key=lambda doing: (doing.at, doing.id))

    def in_segment(self, segment: str, now: datetime) -> bool:
        stays = (stay for stay in self.story.stays if stay.segment == segment and stay.contact == self.person.id)
        return any(stay.since <= now and (stay.until is None or now < stay.until) for stay in stays)

    def facts(self, now: datetime) -> dict[str, Any]:
        orders = [doing for doing in self.seen(now) if doing.activity == "order_placed"]
        return {"country": self.person.country, "order_count": len(orders)}

    def tagged(self, tag: str, now: datetime) -> bool:
        """Conditions know of a tag, put on or taken off, from the next tick on."""
        return any(each.tag == tag and each.added < now and (each.removed is None or each.removed >= now) for each in self.tags)

    def tag(self, now: datetime) -> None:
        """Put on and take off the tags of the steps passed in this tick: the last step counts."""
        for noted in last_words(self.noted):
            on = [each for each in self.tags if each.tag == noted.word and each.removed is None]
            if noted.removes:
                for each in on:
                    each.removed = now
            elif not on:
                self.tags.append(Tag(noted.word, now))
        self.noted.clear()

    def running(self) -> list[Run]:
        return [run for run in self.runs if not run.ended]

    def walking(self, now: datetime) -> list[Run]:
        """Those in flight whose scenario does not rest."""
        return [run for run in self.running() if self.standing(run.scenario.scenario, now) in ("live", "paused:expire", "stopped:drain")]

    def is_freed(self, run: Run, now: datetime) -> bool:
        """Whether a run stands before a message that is decided now, which it then passes, or waits for an answer that can no longer come."""
        step = run.todo[0] if run.todo else None
        if isinstance(step, m.Send) and (letter := run.letters.get(step_id(step))) and letter.decided_at == now and letter.reason not in HELD_BY_CAP:
            run.todo, run.reached = run.todo[1:], letter.goes
            return True
        return isinstance(step, m.WaitFor) and self.lost(run, step.wait_for) is not None

    # Exits and goals

    def stop(self, run: Run, now: datetime) -> None:
        """End the run at the first goal or exit that a tick can see; a goal comes before an exit of the same instant."""
        goal = [run.scenario.goal] if run.scenario.goal else []
        met = [
            (doing.at, rank, number, role, doing)
            for rank, (role, rules) in enumerate([("goal", goal), ("exit", run.scenario.exit_when)])
            for number, rule in enumerate(rules)
            for doing in self.seen(now)
            if answers(rule, doing) and ends(run, rule, doing)
        ]
        if not met:
            return
        at, _, _, role, doing = min(met, key=lambda each: each[:3])
        went = any(letter.went and letter.goes <= at for letter in run.letters.values())
        outcome = "exited" if role == "exit" else "converted" if went else "goal_before_message"
        self.end(run, (max(at, run.entered), outcome, doing.activity))

    def eject(self, run: Run, now: datetime) -> None:
        """End the run if its scenario was stopped with eject, or its file is gone."""
        standing = self.standing(run.scenario.scenario, now)
        if standing in ("stopped:eject", "removed"):
            self.end(run, (now, "ejected", standing))

    def end(self, run: Run, ended: tuple[datetime, str, str | None]) -> None:
        """What waits for a cap does not go any more."""
        run.ended = ended
        for letter in run.letters.values():
            if letter.status == "held" and letter.reason in HELD_BY_CAP:
                letter.status, letter.reason = "dropped", "exited_before_send"

    # Steps

    def walk(self, run: Run, now: datetime) -> list[Letter]:
        """Take every step that time allows; return the messages that fell due."""
        due: list[Letter] = []
        while True:
            reached = run.reached
            while run.todo and run.todo[0] == END:
                run.todo = run.todo[1:]
            if not run.todo:
                run.ended = (reached, "completed", None)
                return due
            if reached > now and reached != run.entered:
                return due
            step, rest = run.todo[0], run.todo[1:]
            latest = max(now, run.entered)
            match step:
                case m.Send():
                    letter = self.letter(run, step, now)
                    due.append(letter)
                    if step.on_capped == "hold":
                        return due
                    run.todo, run.reached = rest, letter.goes
                case m.Wait(wait=m.DateWait(until=until)):
                    moment = awaited(until, run.trigger.values.get(until.date) if run.trigger else None, run.person.zone)
                    past = moment is None or moment <= reached
                    leaves = reached if moment is None or past else moment
                    if leaves > latest:
                        return due
                    skips = past and until.if_past == "skip" and rest and rest[0] != END
                    self.shop.happened.add("a step skipped" if skips else "a date past" if past else "a date awaited")
                    run.todo, run.reached = rest[1:] if skips else rest, leaves
                case m.OfferStep():
                    self.shop.asking.append(Asking(self, run, step.offer, reached))
                    run.todo = rest
                    return due
                case m.TagStep(tag=change):
                    self.shop.happened.add("a tag off" if change.remove else "a tag on")
                    self.noted.append(Noted(change.add or change.remove or "", reached, change.remove is not None))
                    run.todo = rest
                case m.SyncStep(sync=change):
                    self.shop.happened.add("out of an audience" if change.remove else "into an audience")
                    if change.remove or not run.ghost:
                        self.synced.append(Noted(change.audience, reached, change.remove is not None))
                    run.todo = rest
                case m.Wait():
                    leaves = waited(step, reached, run.person.zone)
                    if leaves > latest:
                        return due
                    self.shop.happened.add("months waited" if isinstance(step.wait, m.CalendarWait) and step.wait.months else "a wait over")
                    run.todo, run.reached = rest, leaves
                case m.WaitFor():
                    side, leaves = self.wait_for(run, step, now)
                    if leaves > latest:
                        return due
                    self.shop.happened.add("waited for" if side is step.then else "waited in vain")
                    run.todo, run.reached = (*side, END, *rest), leaves
                case m.Branch():
                    run.todo = (*self.branch(run, step, now), END, *rest)
                case m.Split():
                    arm = step.split[self.drawn_arm(run, step)]
                    run.todo = (*arm.steps, END, *rest)
                case m.Repeat():
                    run.todo = (*turned(step.repeat, 1), *rest)
                case Again():
                    until = step.loop.until
                    run.todo = rest if until and self.holds(run, until, now) else (*turned(step.loop, step.number), *rest)
                case m.ExitStep():
                    run.ended = (reached, "completed", step.exit)
                    return due

    def drawn_arm(self, run: Run, step: m.Split) -> str:
        experiment = f"{run.scenario.scenario}:{step.id or '_or_'.join(step.split)}"
        weights = {name: arm.weight for name, arm in step.split.items()}
        return self.shop.arm(experiment, run.person.id, drawn(weights, bucket(f"{experiment}|{run.person.id}")))

    def letter(self, run: Run, step: m.Send, now: datetime) -> Letter:
        name = step_id(step)
        expires = run.reached + valid_for(run, step)
        opening = run.reached
        window = run.scenario.window if step.window is None else step.window
        if isinstance(window, m.Window) and run.scenario.category == "marketing":
            opening = next_opening(window, max(run.reached, now), run.person.zone)
        key = hashlib.md5(f"{run.scenario.scenario}|{run.person.id}|{run.entry_key}|{name}".encode()).hexdigest()
        goes = max(run.reached, now, min(opening, expires))
        letter = run.letters.get(name) or Letter(key, run, run.scenario, step, name, run.ghost, run.reached, expires)
        letter.goes = goes
        run.letters[name] = letter
        return letter

    def wait_for(self, run: Run, step: m.WaitFor, now: datetime) -> tuple[Sequence[m.Step], datetime]:
        """Return the way out and when it is taken: as soon as it holds, else after the time-out, at once where no answer can come."""
        reached, late = run.reached, run.reached + step.timeout
        came = self.came_true(run, step.wait_for, now)
        if came == NOW:
            return step.then, min(max(reached, now), late)
        if came and came < late:
            return step.then, max(reached, came)
        if lost := self.lost(run, step.wait_for):
            return step.otherwise, min(max(reached, lost), late)
        return step.otherwise, late

    def came_true(self, run: Run, condition: m.Condition, now: datetime) -> datetime | None:
        """Since when a condition that is waited for holds: `any` with the first of its parts, `all` with the last, with a state at the tick that finds it."""
        parts = [self.came_true(run, part, now) for _, part in condition.parts]
        if condition.any:
            moments = [came for came in parts if came and came != NOW]
            return min(moments) if moments else NOW if NOW in parts else None
        if condition.all:
            return None if None in parts else NOW if NOW in parts else max(came for came in parts if came)
        if condition.word in STATES:
            return NOW if self.state(run, condition, now) else None
        return min(self.times(run, condition, now), default=None)

    def branch(self, run: Run, step: m.Branch, now: datetime) -> Sequence[m.Step]:
        """The first side that holds as of the moment the contact arrived."""
        for part in step.branch:
            if isinstance(part, m.Otherwise):
                return part.otherwise
            if self.holds(run, part.condition, now):
                return part.steps
        raise AssertionError("a branch ends with else")

    def holds(self, run: Run, condition: m.Condition, now: datetime) -> bool:
        if condition.parts:
            answered = [self.holds(run, part, now) for _, part in condition.parts]
            return any(answered) if condition.any else all(answered) if condition.all else not answered[0]
        answer = self.state(run, condition, now) if condition.word in STATES else self.did(run, condition, now)
        self.shop.happened.add(f"{condition.word}: {'yes' if answer else 'no'}")
        return answer

    def did(self, run: Run, condition: m.Condition, now: datetime) -> bool:
        """Whether something happened before the contact arrived, or within so long before."""
        within = condition.did.within if condition.did else None
        arrived = [at for at in self.times(run, condition, now) if at < run.reached or at == run.reached == run.entered]
        return any(within is None or at > run.reached - within for at in arrived)

    def state(self, run: Run, condition: m.Condition, now: datetime) -> bool:
        """Segments, tags, codes and facts answer with the state of the tick that asks."""
        if condition.in_segment:
            return self.in_segment(condition.in_segment, now)
        if condition.tagged:
            return self.tagged(condition.tagged, now)
        if condition.offer_unused:
            return self.shop.unused(self, run, condition.offer_unused, now)
        assert condition.where
        trigger = run.trigger.values if run.trigger else {}
        return HOLDS[condition.where](self.facts(now) | {f"trigger.{name}": value for name, value in trigger.items()})

    def times(self, run: Run, condition: m.Condition, now: datetime) -> list[datetime]:
        """When what the condition asks about happened: since entry, unless it says how far back; answers since their message."""
        if condition.did:
            since = run.entered if condition.did.within is None else run.entered - condition.did.within
            same = condition.did.same
            return [doing.at for doing in self.seen(now) if answers(condition.did, doing) and doing.at > since and (not same or shares_key(run, same, doing))]
        keys = {letter.key for letter in self.asked_about(run, condition) if letter}
        return [doing.at for doing in self.seen(now) if doing.activity == f"message_{condition.word}" and doing.values["message_key"] in keys]

    def asked_about(self, run: Run, condition: m.Condition) -> list[Letter | None]:
        """The message of that name; of a repeated one, asked about from outside its turn, those of all turns, None for each yet to come."""
        name = condition.message or ""
        return [run.letters.get(each) for each in turns_of(run.scenario.steps).get(name, [name])]

    def lost(self, run: Run, condition: m.Condition) -> datetime | None:
        """When it was certain that nobody can answer any more: the message asked about was dropped."""
        if condition.word in m.MESSAGE_EVENTS:
            gone = [letter.lost_at if letter else None for letter in self.asked_about(run, condition)]
        else:
            gone = [self.lost(run, part) for _, part in condition.parts]
        if condition.all:
            return min((at for at in gone if at), default=None)
        return max(at for at in gone if at) if gone and None not in gone else None


def last_words(noted: Sequence[Noted]) -> list[Noted]:
    """The last step on each word counts; of steps of one moment the removal."""
    return list({each.word: each for each in sorted(noted, key=lambda each: (each.at, each.removes))}.values())


def answers(rule: m.Goal | m.Exit | m.Did | m.ActivityTrigger, doing: Doing) -> bool:
    return doing.activity in rule.activity and (rule.where is None or HOLDS[rule.where](doing.values))


def shares_key(run: Run, column: str, doing: Doing) -> bool:
    """Whether *doing* is about the same cart or order as the run, where both name theirs."""
    theirs = doing.values.get(column)
    return run.trigger_key is None or theirs is None or str(theirs) == run.trigger_key


def ends(run: Run, rule: m.Goal | m.Exit, doing: Doing) -> bool:
    """On the same key at any time where both carry it, else after the trigger; a goal only within its time."""
    if isinstance(rule, m.Goal) and rule.within is not None and doing.at > run.entered + rule.within:
        return False
    return concerns(run.scenario, run.trigger_key, doing, run.triggered, run.trigger)


def concerns(scenario: m.Scenario, trigger_key: str | None, doing: Doing, triggered: datetime, trigger: Doing | None) -> bool:
    """Whether a goal or exit counts for the run of a trigger; what brought the contact in does not end it."""
    if trigger and doing.at == triggered and doing.activity == trigger.activity:
        return False
    key = scenario.trigger.key if isinstance(scenario.trigger, m.ActivityTrigger) else None
    theirs = doing.values.get(key) if key else None
    if trigger_key is not None and theirs is not None:
        return str(theirs) == trigger_key
    return doing.at >= triggered
