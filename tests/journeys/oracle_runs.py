"""A run of one contact, its messages, and how long they are worth anything."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.scenarios import model as m
from pipelines.scenarios.unroll import turn
from tests.journeys.oracle_clocks import before_any_wait
from tests.journeys.story import Doing, Person

VALID_FOR = {"email": timedelta(hours=72), "sms": timedelta(hours=24), "push": timedelta(hours=24)}
HELD_BY_CAP = ("capped", "lower_priority")


@dataclass(frozen=True)
class Again:
    """The next turn of a repetition, after its wait."""

    loop: m.Repetition
    number: int


END = "the end of a list of steps"


@dataclass(frozen=True)
class Given:
    """What a run has of an offer: a code, or none where none was left or the run is a ghost's; and until when it is good."""

    code: str | None
    until: datetime | None


@dataclass
class Letter:
    """One message: due, when it may go, and what was decided."""

    key: str
    run: "Run" = field(compare=False, repr=False)
    scenario: m.Scenario
    step: m.Send
    name: str
    ghost: bool
    due: datetime
    expires: datetime
    goes: datetime = datetime.max
    status: str = ""
    reason: str | None = None
    channel: str = ""
    decided_at: datetime | None = None
    lost_at: datetime | None = None

    @property
    def went(self) -> bool:
        """Whether it counts as gone: sent, waiting to be, or kept back from a holdout on purpose."""
        if self.status == "held":
            return self.reason not in HELD_BY_CAP
        return self.status == "to_send" or self.reason in ("holdout", "not_sent")


@dataclass
class Run:
    """One run of one contact through one scenario. `todo` is what lies ahead; `reached` when the contact got there."""

    scenario: m.Scenario
    person: Person
    entry_key: str
    trigger: Doing | None
    triggered: datetime
    entered: datetime
    ghost: bool
    todo: tuple[m.Step | Again | str, ...]
    reached: datetime
    letters: dict[str, Letter] = field(default_factory=dict)
    codes: dict[str, "Given"] = field(default_factory=dict)
    ended: tuple[datetime, str, str | None] | None = None

    @property
    def id(self) -> str:
        return hashlib.md5(f"{self.scenario.scenario}|{self.person.id}|{self.entry_key}".encode()).hexdigest()

    def has_code(self, offer: str) -> bool:
        return offer in self.codes and self.codes[offer].code is not None

    @property
    def trigger_key(self) -> str | None:
        key = self.scenario.trigger.key if isinstance(self.scenario.trigger, m.ActivityTrigger) else None
        value = self.trigger.values.get(key) if key and self.trigger else None
        return None if value is None else str(value)


def turned(loop: m.Repetition, number: int) -> list[m.Step | Again | str]:
    """The steps of one turn, and what comes after it."""
    again = [m.Wait(wait=loop.every), Again(loop, number + 1)] if number < loop.times else []
    return [*turn(loop.steps, number), END, *again]


def step_id(step: m.Send) -> str:
    return step.id or step.send


def valid_for(run: Run, step: m.Send) -> timedelta:
    """The step's own, else that of its channel; a message of the anniversary itself lasts the day."""
    if step.valid_for:
        return step.valid_for
    if isinstance(run.scenario.trigger, m.AnniversaryTrigger) and step in before_any_wait(run.scenario.steps):
        hours, minutes = map(int, run.scenario.trigger.at.split(":"))
        return timedelta(hours=24) - timedelta(hours=hours, minutes=minutes)
    return VALID_FOR.get(step.via[0], VALID_FOR["email"])
