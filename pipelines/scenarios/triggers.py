"""The beginnings of a scenario, as typed objects: what makes contacts enter."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Tag, model_validator

from pipelines.durations import Duration, parse_duration
from pipelines.errors import nearest
from pipelines.scenarios.parts import DAYS, Names, Part, Share, Signed, kinds
from pipelines.setting_values import ClockTime, Name
from pipelines.warehouse.dates import Dated, dated

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
MAX_AGE = timedelta(hours=72)


class ActivityTrigger(Part):
    """Who did it enters."""

    activity: Names
    where: str | None = None
    key: str | None = None
    settle: Duration | None = None
    max_age: Duration = MAX_AGE


class Unanswered(Part):
    message: Name
    after: Duration


class UnansweredTrigger(Part):
    """Who was sent a message, by any scenario, and has not opened it, or not clicked in it, for so long."""

    not_opened: Unanswered | None = None
    not_clicked: Unanswered | None = None
    max_age: Duration = MAX_AGE

    @property
    def asked(self) -> Unanswered:
        found = self.not_opened or self.not_clicked
        assert found is not None
        return found


class PriceDropped(Part):
    price_dropped: Share


def _change_kind(value: Any) -> str:
    return "drop" if isinstance(value, dict) else "word"


class Interest(Part):
    """What ties a contact to a product: they asked for it, saw its page or put it in a cart; at any time, or so long before the change."""

    kind: Literal["requested", "viewed", "carted"]
    within: timedelta | None = None


INTEREST = re.compile(r"^(requested|viewed|carted)(?: within (.+))?$")


def _interest(text: Any) -> Any:
    found = INTEREST.match(str(text))
    if not found:
        raise ValueError(f"`{text}` is no interest in a product|write `requested`, `viewed within 30 days` or `carted within 30 days`")
    return {"kind": found[1], "within": parse_duration(found[2]) if found[2] else None}


class ProductTrigger(Part):
    """Who cares for a product that is back in stock, or cheaper than before, enters: once for each change."""

    product: Annotated[
        Annotated[Literal["restocked"], Tag("word")] | Annotated[PriceDropped, Tag("drop")],
        kinds(_change_kind, "product", "a product is `restocked`, or has `{price_dropped: 10%}`"),
    ]
    interest: Annotated[Interest, BeforeValidator(_interest, json_schema_input_type=str)]
    max_age: Duration = MAX_AGE


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


class Reached(Part):
    reaches: Literal["prospect"]


class ScoreTrigger(Part):
    """Whose lead score reaches the threshold of the settings enters."""

    score: Reached


class AnniversaryTrigger(Part):
    """Once a year, in the contact's own zone."""

    anniversary: Literal["birth_date"]
    offset: Signed = "0 days"
    at: ClockTime = "00:00"


def _dated(name: Any) -> Any:
    if str(name) not in dated():
        hint = nearest(str(name), dated()) or "docs/scenarios.md lists them, for example `subscriptions.expires_at`"
        raise ValueError(f"`{name}` is no date that a row of a contact carries|{hint}")
    return name


class DateTrigger(Part):
    """So long before or after a date that a row of the contact carries, in the contact's own zone."""

    date: Annotated[str, BeforeValidator(_dated, json_schema_input_type=str)]
    offset: Signed = "0 days"
    at: ClockTime | None = None
    where: str | None = None
    max_age: Duration = MAX_AGE

    @property
    def carried_by(self) -> Dated:
        return dated()[self.date]


class Occasion(Part):
    """Days on which a campaign comes round, each at `clock`: every day, one day of the week, or one day of a year."""

    clock: ClockTime = "00:00"
    isodow: int | None = None
    month: int | None = None
    day: int | None = None


def _occasion(text: Any) -> Any:
    *words, last = str(text).split()
    clock = last if re.match(r"^\d\d:\d\d$", last) else None
    match [*words, *([] if clock else [last])]:
        case ["day"]:
            found: dict[str, Any] = {}
        case [word] if word in WEEKDAYS:
            found = {"isodow": WEEKDAYS.index(word) + 1}
        case [word] if word in DAYS:
            found = {"isodow": DAYS.index(word) + 1}
        case [day, word] if word in MONTHS and day.isdecimal() and _exists(MONTHS.index(word) + 1, int(day)):
            found = {"month": MONTHS.index(word) + 1, "day": int(day)}
        case _:
            raise ValueError(f"`every: {text}` does not come round|write `monday 10:00`, `day 10:00` or `1 november 10:00`")
    return found | ({"clock": clock} if clock else {})


def _exists(month: int, day: int) -> bool:
    return 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)


def _moment(text: Any) -> Any:
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M")
    except ValueError:
        raise ValueError(f"`at: {text}` is no moment|write a day and a time, `at: 2026-12-01 10:00`") from None


class CampaignTrigger(Part):
    """The members of a segment enter at a moment the marketer chose, once or again and again, in the project's zone."""

    segment: Name
    at: Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=str)] | None = None
    every: Annotated[Occasion, BeforeValidator(_occasion, json_schema_input_type=str)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "CampaignTrigger":
        if (self.at is None) == (self.every is None):
            raise ValueError("a campaign has either `at:`, one moment, or `every:`, which comes round")
        return self


class ScenarioTrigger(Part):
    """Whom another scenario's `start:` sends enters."""

    scenario: Name


TRIGGERS: dict[str, type[Part]] = {
    "activity": ActivityTrigger, "not_opened": UnansweredTrigger, "not_clicked": UnansweredTrigger, "product": ProductTrigger, "at": CampaignTrigger,
    "every": CampaignTrigger, "segment": SegmentTrigger, "score": ScoreTrigger, "anniversary": AnniversaryTrigger, "date": DateTrigger,
    "scenario": ScenarioTrigger,
}  # fmt: skip
"""The word by which each trigger is known. A birthday has an `at` too, and a campaign a `segment`."""


def _trigger_kind(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    words = [word for word in TRIGGERS if word in value]
    named = [word for word in words if word not in ("at", "every", "segment")]
    campaign = "segment" in words and not isinstance(value["segment"], dict) and ("at" in words or "every" in words)
    found = named or (["at"] if campaign else []) or words
    return TRIGGERS[found[0]].__name__ if found else None


Trigger = Annotated[
    Annotated[ActivityTrigger, Tag("ActivityTrigger")]
    | Annotated[UnansweredTrigger, Tag("UnansweredTrigger")]
    | Annotated[ProductTrigger, Tag("ProductTrigger")]
    | Annotated[CampaignTrigger, Tag("CampaignTrigger")]
    | Annotated[SegmentTrigger, Tag("SegmentTrigger")]
    | Annotated[ScoreTrigger, Tag("ScoreTrigger")]
    | Annotated[AnniversaryTrigger, Tag("AnniversaryTrigger")]
    | Annotated[DateTrigger, Tag("DateTrigger")]
    | Annotated[ScenarioTrigger, Tag("ScenarioTrigger")],
    kinds(_trigger_kind, "trigger", f"a trigger is one of {', '.join(f'`{word}:`' for word in TRIGGERS)}"),
]
