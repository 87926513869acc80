"""What branches and waits ask, as typed objects."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, Tag, model_validator

from pipelines.durations import Duration
from pipelines.scenarios.parts import Names, Part, Score, kinds
from pipelines.setting_values import Name

MESSAGE_EVENTS = ("opened", "clicked", "delivered", "bounced", "replied")


class Did(Part):
    """Something the contact did; `same` names the trigger's key, where what they did must be about the same order, event or cart."""

    activity: Names
    where: str | None = None
    within: Duration | None = None
    same: str | None = None


class Clicked(Part):
    """A click on one link of a message, by the name that its templates give it."""

    message: str
    link: str


def _clicked_kind(value: Any) -> str:
    return "link" if isinstance(value, dict | Clicked) else "step"


class Condition(Part):
    """One question, or several joined by `all`, `any` and `not`; exactly one of its words is given."""

    opened: str | None = None
    clicked: (
        Annotated[
            Annotated[str, Tag("step")] | Annotated[Clicked, Tag("link")],
            kinds(_clicked_kind, "clicked", "a click is in a message, or in `{message: …, link: …}`"),
        ]
        | None
    ) = None
    delivered: str | None = None
    bounced: str | None = None
    replied: str | None = None
    did: Did | None = None
    in_segment: Name | None = None
    tagged: str | None = Field(None, min_length=1)
    score_at_least: Score | None = None
    offer_unused: Name | None = None
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
    def message(self) -> str | None:
        """The step whose message it asks about, if it asks about one."""
        asked = getattr(self, self.word) if self.word in MESSAGE_EVENTS else None
        return asked.message if isinstance(asked, Clicked) else asked

    @property
    def link(self) -> str | None:
        """The one link it asks about, if it does."""
        return self.clicked.link if isinstance(self.clicked, Clicked) else None

    def about(self, message: str) -> "Condition":
        """Return the same question about the message of another step."""
        asked = {"message": message, "link": self.link} if self.link else message
        return Condition.model_validate({self.word: asked})

    @property
    def parts(self) -> list[tuple[tuple[str | int, ...], "Condition"]]:
        """The conditions it joins, each with its place in it."""
        joined = [((word, number), part) for word, parts in (("all", self.all), ("any", self.any)) for number, part in enumerate(parts or [])]
        return [*joined, *([(("not",), self.negated)] if self.negated else [])]


def questions(condition: Condition) -> Iterator[Condition]:
    """Yield *condition* and every condition in it."""
    yield condition
    for _, part in condition.parts:
        yield from questions(part)


Condition.model_rebuild()
