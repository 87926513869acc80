"""What a scenario file may say, as typed objects. The meaning of each word is in docs/scenarios.md."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Tag, model_validator

from pipelines.durations import Duration
from pipelines.scenarios.conditions import MESSAGE_EVENTS as MESSAGE_EVENTS
from pipelines.scenarios.conditions import Clicked as Clicked
from pipelines.scenarios.conditions import Condition as Condition
from pipelines.scenarios.conditions import Did as Did
from pipelines.scenarios.conditions import questions
from pipelines.scenarios.parts import Names, Part, Share, Signed, as_list, days_of_week, kinds
from pipelines.scenarios.triggers import MAX_AGE as MAX_AGE
from pipelines.scenarios.triggers import ActivityTrigger as ActivityTrigger
from pipelines.scenarios.triggers import AnniversaryTrigger as AnniversaryTrigger
from pipelines.scenarios.triggers import CampaignTrigger as CampaignTrigger
from pipelines.scenarios.triggers import DateTrigger as DateTrigger
from pipelines.scenarios.triggers import ProductTrigger as ProductTrigger
from pipelines.scenarios.triggers import ScenarioTrigger as ScenarioTrigger
from pipelines.scenarios.triggers import ScoreTrigger as ScoreTrigger
from pipelines.scenarios.triggers import SegmentTrigger as SegmentTrigger
from pipelines.scenarios.triggers import Trigger as Trigger
from pipelines.scenarios.triggers import UnansweredTrigger as UnansweredTrigger
from pipelines.setting_values import ClockTime, Name
from senders.message import Channel


class Window(Part):
    """Hours in which a message may leave, in the contact's zone. It belongs to the day it opens and may cross midnight."""

    days: Annotated[tuple[int, ...], BeforeValidator(days_of_week, json_schema_input_type=str)] = (1, 2, 3, 4, 5, 6, 7)
    opens: ClockTime = Field(alias="from")
    closes: ClockTime = Field(alias="to")

    @model_validator(mode="after")
    def _opens_and_closes(self) -> "Window":
        if self.opens == self.closes:
            hint = "leave the window out if messages may leave at any time"
            raise ValueError(f"a window from {self.opens} to {self.closes} does not say when it is closed|{hint}")
        return self

    @property
    def window_id(self) -> str:
        return f"{''.join(map(str, self.days))} {self.opens}-{self.closes}"


class Audience(Part):
    within: list[Name] = Field(default_factory=list, alias="in")
    not_in: list[Name] = Field(default_factory=list)
    where: str | None = None


class Goal(Part):
    """The scenario's measurable objective."""

    activity: Names
    where: str | None = None
    within: Duration | None = None
    target: Share | None = None
    by: date | None = None


class Exit(Part):
    activity: Names
    where: str | None = None


class CalendarWait(Part):
    """Days or months of the calendar; a month after 31 January is the last day of February."""

    days: int = Field(0, ge=0, le=400)
    months: int = Field(0, ge=0, le=24)
    at: ClockTime


class UntilWait(Part):
    until: ClockTime


class DateOfTrigger(Part):
    """A day or instant among the values of the trigger; `at` an hour of that day in the contact's zone."""

    date: str
    offset: Signed = "0 days"
    at: ClockTime | None = None
    if_past: Literal["go_on", "skip"] = "go_on"


class DateWait(Part):
    until: DateOfTrigger


def _wait_kind(value: Any) -> str | None:
    if not isinstance(value, dict):
        return "duration"
    if isinstance(value.get("until"), dict):
        return "date"
    return next((kind for kind, words in {"days": ("days", "months"), "until": ("until",)}.items() if not value.keys().isdisjoint(words)), None)


class Wait(Part):
    wait: Annotated[
        Annotated[Duration, Tag("duration")] | Annotated[CalendarWait, Tag("days")] | Annotated[UntilWait, Tag("until")] | Annotated[DateWait, Tag("date")],
        kinds(_wait_kind, "wait", 'a wait is a duration such as `2 days`, `until: "09:00"`, or `days: 2` or `months: 1` with `at: "10:00"`'),
    ]


class Send(Part):
    send: Name
    id: Name | None = None
    via: Annotated[list[Channel | Literal["preferred"]], BeforeValidator(as_list, json_schema_input_type=Channel | Literal["preferred"] | list[Channel])] = (
        Field(["email"], min_length=1)
    )
    valid_for: Duration | None = None
    window: Window | Literal["none"] | None = None
    on_capped: Literal["skip", "hold"] = "skip"


class ExitStep(Part):
    exit: str


class StartStep(Part):
    """The contact enters another scenario too, and goes on in this one."""

    start: Name


class TagChange(Part):
    """A dated note on the contact, put on or taken off."""

    add: str | None = Field(None, min_length=1)
    remove: str | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _one(self) -> "TagChange":
        if (self.add is None) == (self.remove is None):
            raise ValueError("a tag is put on with `add:` or taken off with `remove:`|one of them for each step")
        return self


class TagStep(Part):
    tag: TagChange


class AudienceChange(Part):
    """An audience of the settings that the contact is put into, or taken out of."""

    add: Name | None = None
    remove: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _says_which(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(f"`sync: {value}` does not say what to do|write `sync: {{add: {value}}}` or `sync: {{remove: {value}}}`")
        return value

    @model_validator(mode="after")
    def _one(self) -> "AudienceChange":
        if (self.add is None) == (self.remove is None):
            raise ValueError("an audience gets somebody with `add:` or loses them with `remove:`|one of them for each step")
        return self

    @property
    def audience(self) -> str:
        return self.add or self.remove or ""


class SyncStep(Part):
    """The contact joins or leaves an audience of an ads platform."""

    sync: AudienceChange


class OfferStep(Part):
    """The contact gets a personal code of the offer: once in a run, however often the step is passed."""

    offer: Name


class WaitFor(Part):
    wait_for: Condition
    timeout: Duration
    then: "Steps"
    otherwise: "Steps" = Field(alias="else")

    @model_validator(mode="after")
    def _looks_ahead(self) -> "WaitFor":
        for question in questions(self.wait_for):
            if question.did and question.did.within:
                raise ValueError("`within` looks back from a moment, and `wait_for` looks ahead|say with `timeout:` how long to wait")
            if question.offer_unused:
                raise ValueError("`wait_for` waits for something to happen, and a code is unused until it is used|wait for `did: {activity: offer_redeemed}`")
            if question.negated:
                raise ValueError("`wait_for` waits for something to happen, and `not` is true until it does|ask for the opposite, or in a branch")
        return self


class Rung(Part):
    condition: Condition = Field(alias="if")
    steps: "Steps"


def _else_steps(value: Any) -> Any:
    """`- else: exit` and `- else: steps` are both the way for everybody else."""
    return [{"exit": "exit"}] if value == "exit" else value


class Otherwise(Part):
    otherwise: Annotated["Steps", BeforeValidator(_else_steps, json_schema_input_type="Literal['exit'] | Steps")] = Field(alias="else")


def _rung_kind(value: Any) -> str | None:
    return next((kind for kind in ("if", "else") if isinstance(value, dict) and kind in value), None)


BranchPart = Annotated[
    Annotated[Rung, Tag("if")] | Annotated[Otherwise, Tag("else")],
    kinds(_rung_kind, "branch", "a branch is a list of `- if:` with `steps:`, and a last `- else:`"),
]


class Branch(Part):
    branch: list[BranchPart]

    @model_validator(mode="after")
    def _ends_with_else(self) -> "Branch":
        if not self.branch or not isinstance(self.branch[-1], Otherwise):
            raise ValueError("branch has no `else`: contacts who match nothing would drop out unseen|add `- else: exit` if that is what you want")
        if any(isinstance(part, Otherwise) for part in self.branch[:-1]):
            raise ValueError("`else` comes last in a branch: what follows it is never reached|move it to the end")
        if len(self.branch) == 1:
            raise ValueError("branch has no `if`|write the steps without a branch")
        return self


class Repetition(Part):
    """The steps, `times` times with `every` between, or until the condition holds when their next turn comes."""

    times: int = Field(ge=2, le=50)
    every: Duration
    until: Condition | None = None
    steps: "Steps"


class Repeat(Part):
    repeat: Repetition


class Arm(Part):
    weight: int = Field(ge=1)
    steps: "Steps"


class Split(Part):
    split: dict[Name, Arm] = Field(min_length=2)
    id: Name | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Split":
        total = sum(arm.weight for arm in self.split.values())
        if total != 100:
            raise ValueError(f"the weights of a split add up to {total}, not to 100|weights are percentages: what should the other contacts get?")
        return self


STEPS = ("send", "wait", "wait_for", "branch", "split", "repeat", "offer", "start", "tag", "sync", "exit")


def _step_kind(value: Any) -> str | None:
    return next((kind for kind in STEPS if isinstance(value, dict) and kind in value), None)


Step = Annotated[
    Annotated[Send, Tag("send")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[WaitFor, Tag("wait_for")]
    | Annotated[Branch, Tag("branch")]
    | Annotated[Split, Tag("split")]
    | Annotated[Repeat, Tag("repeat")]
    | Annotated[OfferStep, Tag("offer")]
    | Annotated[StartStep, Tag("start")]
    | Annotated[TagStep, Tag("tag")]
    | Annotated[SyncStep, Tag("sync")]
    | Annotated[ExitStep, Tag("exit")],
    kinds(_step_kind, "step", f"a step is one of {', '.join(f'`{kind}:`' for kind in STEPS)}"),
]


def _not_empty(steps: list[Any]) -> list[Any]:
    if not steps:
        raise ValueError("no step here: contacts would drop out unseen|write `- exit: WORD` if that is what you want")
    for step in steps[:-1]:
        if isinstance(step, ExitStep):
            raise ValueError("steps after `exit` are never reached|move the exit to the end, or remove what follows it")
    return steps


Steps = Annotated[list[Step], AfterValidator(_not_empty)]


class Cooldown(Part):
    cooldown: Duration


def _reentry_kind(value: Any) -> str:
    return "cooldown" if isinstance(value, dict) else "word"


Reentry = Annotated[
    Annotated[Literal["never", "per_key", "after_exit", "once_per_year"], Tag("word")] | Annotated[Cooldown, Tag("cooldown")],
    kinds(_reentry_kind, "reentry", "reentry is a word, or `cooldown:` with a duration"),
]


class Scenario(Part):
    """One file of `scenarios/`."""

    scenario: Name
    description: str
    owner: str
    stage: Literal["awareness", "conversion", "first_order", "loyalty", "win_back", "service"]
    status: Literal["draft", "live", "paused", "stopped"]
    paused: Literal["hold", "expire"] = "hold"
    stopped: Literal["eject", "drain"] = "eject"
    category: Literal["marketing", "transactional"]
    topic: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")
    priority: int = Field(50, ge=0, le=100)
    trigger: Trigger
    audience: Audience = Audience()
    reentry: Reentry = "per_key"
    exit_when: list[Exit] = Field(default_factory=list)
    goal: Goal | None = None
    holdout: Share = 0.0
    exclusive_with: list[Name] = Field(default_factory=list)
    rollout: Share = Field(1.0, gt=0)
    window: Window | None = None
    migrate: dict[str, str] = Field(default_factory=dict)
    steps: Steps


for model in (WaitFor, Rung, Otherwise, Arm, Branch, Split, Repetition, Repeat, Scenario):
    model.model_rebuild()
