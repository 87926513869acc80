"""What a scenario file may say, as typed objects. The meaning of each word is in docs/scenarios.md."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from pipelines.durations import Duration
from pipelines.settings import Channel, ClockTime, Name

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERCENTAGE = re.compile(r"^\d+(\.\d+)?%$")
MESSAGE_EVENTS = ("opened", "clicked", "delivered", "bounced", "replied")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _share(value: Any) -> Any:
    if not (isinstance(value, str) and PERCENTAGE.match(value)):
        raise ValueError(f"`{value}` is not a percentage|write for example `5%`")
    if float(value[:-1]) > 100:
        raise ValueError(f"`{value}` is more than everybody|100% is all there is")
    return float(value[:-1]) / 100


def _kinds(kind: Callable[[Any], str | None], error: str, text: str) -> Discriminator:
    """Tell alternatives apart by *kind*, so that a person hears about the one meant, or *text* where none is."""
    return Discriminator(kind, custom_error_type=error, custom_error_message=text)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _score(value: Any) -> Any:
    if value != "prospect" and not (isinstance(value, int) and value >= 0):
        raise ValueError(f"`{value}` is no score|write a number of points, or `prospect` for the threshold of the settings")
    return value


def _days(text: Any) -> Any:
    """`mon-sat`, `mon,wed,fri`, `sun`: ISO numbers of the days, in week order."""
    found: set[int] = set()
    for part in str(text).replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise ValueError(f"`{text}` is not a list of days|write `mon-sat` or `mon,wed,fri`")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found |= {number % 7 + 1 for number in range(start, end + 1 + (7 if end < start else 0))}
    return tuple(sorted(found))


Percentage = Annotated[str, Field(pattern=PERCENTAGE.pattern, examples=["5%"])]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_share, json_schema_input_type=Percentage)]
Names = Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=str | list[str]), Field(min_length=1)]
Score = Annotated[int | Literal["prospect"], BeforeValidator(_score, json_schema_input_type=Annotated[int, Field(ge=0)] | Literal["prospect"])]
Signed = Annotated[str, Field(pattern=r"^-?\d+ days?$")]


class Window(Part):
    """Hours in which a message may leave, in the contact's zone. It belongs to the day it opens and may cross midnight."""

    days: Annotated[tuple[int, ...], BeforeValidator(_days, json_schema_input_type=str)] = (1, 2, 3, 4, 5, 6, 7)
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


class ActivityTrigger(Part):
    """Who did it enters."""

    activity: Names
    where: str | None = None
    key: str | None = None
    settle: Duration | None = None
    max_age: Duration = timedelta(hours=72)


class SegmentChange(Part):
    entered: Name | None = None
    left: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> "SegmentChange":
        if (self.entered is None) == (self.left is None):
            raise ValueError("say either `entered:` or `left:` and the segment's name")
        return self


class Backfill(Part):
    max: int = Field(ge=1)


class SegmentTrigger(Part):
    """Who joined, or left, a segment since the previous tick enters."""

    segment: SegmentChange
    backfill: Backfill | None = None


class AnniversaryTrigger(Part):
    """Once a year, in the contact's own zone."""

    anniversary: Literal["birth_date"]
    offset: Signed = "0 days"
    at: ClockTime = "00:00"


def _trigger_kind(value: Any) -> str | None:
    return next((kind for kind in ("activity", "segment", "anniversary") if isinstance(value, dict) and kind in value), None)


Trigger = Annotated[
    Annotated[ActivityTrigger, Tag("activity")] | Annotated[SegmentTrigger, Tag("segment")] | Annotated[AnniversaryTrigger, Tag("anniversary")],
    _kinds(_trigger_kind, "trigger", "a trigger is one of `activity:`, `segment:`, `anniversary:`"),
]


class Audience(Part):
    within: list[Name] = Field(default_factory=list, alias="in")
    not_in: list[Name] = Field(default_factory=list)
    where: str | None = None


class Did(Part):
    activity: Names
    where: str | None = None
    within: Duration | None = None


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


class Condition(Part):
    """One question, or several joined by `all`, `any` and `not`; exactly one of its words is given."""

    opened: str | None = None
    clicked: str | None = None
    delivered: str | None = None
    bounced: str | None = None
    replied: str | None = None
    did: Did | None = None
    in_segment: Name | None = None
    tagged: str | None = Field(None, min_length=1)
    score_at_least: Score | None = None
    where: str | None = None
    all: list["Condition"] | None = Field(None, min_length=2)
    any: list["Condition"] | None = Field(None, min_length=2)
    negated: "Condition | None" = Field(None, alias="not")

    @model_validator(mode="after")
    def _one(self) -> "Condition":
        if len(self.model_fields_set) != 1:
            words = (field.alias or name for name, field in type(self).model_fields.items())
            raise ValueError(f"a condition says exactly one of {', '.join(f'`{word}`' for word in words)}")
        return self

    @property
    def word(self) -> str:
        """The name of the one field that is given."""
        return next(iter(self.model_fields_set))

    @property
    def parts(self) -> list[tuple[tuple[str | int, ...], "Condition"]]:
        """The conditions it joins, each with its place in it."""
        joined = [((word, number), part) for word, parts in (("all", self.all), ("any", self.any)) for number, part in enumerate(parts or [])]
        return [*joined, *([(("not",), self.negated)] if self.negated else [])]


class CalendarWait(Part):
    days: int = Field(ge=0, le=400)
    at: ClockTime


class UntilWait(Part):
    until: ClockTime


def _wait_kind(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((kind for kind in ("days", "until") if kind in value), None)
    return "duration"


class Wait(Part):
    wait: Annotated[
        Annotated[Duration, Tag("duration")] | Annotated[CalendarWait, Tag("days")] | Annotated[UntilWait, Tag("until")],
        _kinds(_wait_kind, "wait", 'a wait is a duration such as `2 days`, `until: "09:00"`, or `days: 2` with `at: "10:00"`'),
    ]


class Send(Part):
    send: Name
    id: Name | None = None
    via: Annotated[list[Channel], BeforeValidator(_as_list, json_schema_input_type=Channel | list[Channel])] = Field(["email"], min_length=1)
    valid_for: Duration | None = None
    window: Window | Literal["none"] | None = None
    on_capped: Literal["skip", "hold"] = "skip"


class ExitStep(Part):
    exit: str


class WaitFor(Part):
    wait_for: Condition
    timeout: Duration
    then: "Steps"
    otherwise: "Steps" = Field(alias="else")

    @model_validator(mode="after")
    def _looks_ahead(self) -> "WaitFor":
        for question in _questions(self.wait_for):
            if question.did and question.did.within:
                raise ValueError("`within` looks back from a moment, and `wait_for` looks ahead|say with `timeout:` how long to wait")
            if question.negated:
                raise ValueError(
                    "`wait_for` waits for something to happen, and `not` is true until it does|ask for the opposite, or in a branch"
                )
        return self


def _questions(condition: Condition) -> Iterator[Condition]:
    """Yield *condition* and every condition in it."""
    yield condition
    for _, part in condition.parts:
        yield from _questions(part)


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
    _kinds(_rung_kind, "branch", "a branch is a list of `- if:` with `steps:`, and a last `- else:`"),
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


STEPS = ("send", "wait", "wait_for", "branch", "split", "repeat", "exit")


def _step_kind(value: Any) -> str | None:
    return next((kind for kind in STEPS if isinstance(value, dict) and kind in value), None)


Step = Annotated[
    Annotated[Send, Tag("send")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[WaitFor, Tag("wait_for")]
    | Annotated[Branch, Tag("branch")]
    | Annotated[Split, Tag("split")]
    | Annotated[Repeat, Tag("repeat")]
    | Annotated[ExitStep, Tag("exit")],
    _kinds(_step_kind, "step", f"a step is one of {', '.join(f'`{kind}:`' for kind in STEPS)}"),
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
    _kinds(_reentry_kind, "reentry", "reentry is a word, or `cooldown:` with a duration"),
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
    window: Window | None = None
    steps: Steps


for model in (Condition, WaitFor, Rung, Otherwise, Arm, Branch, Split, Repetition, Repeat, Scenario):
    model.model_rebuild()
