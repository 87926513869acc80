"""What the models of a scenario file are made of: shares, days, scores, and how alternatives are told apart."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERCENTAGE = re.compile(r"^\d+(\.\d+)?%$")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _share(value: Any) -> Any:
    if not (isinstance(value, str) and PERCENTAGE.match(value)):
        raise ValueError(f"`{value}` is not a percentage|write for example `5%`")
    if float(value[:-1]) > 100:
        raise ValueError(f"`{value}` is more than everybody|100% is all there is")
    return float(value[:-1]) / 100


def kinds(kind: Callable[[Any], str | None], error: str, text: str) -> Discriminator:
    """Tell alternatives apart by *kind*, so that a person hears about the one meant, or *text* where none is."""
    return Discriminator(kind, custom_error_type=error, custom_error_message=text)


def as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _score(value: Any) -> Any:
    if value != "prospect" and not (isinstance(value, int) and value >= 0):
        raise ValueError(f"`{value}` is no score|write a number of points, or `prospect` for the threshold of the settings")
    return value


def days_of_week(text: Any) -> Any:
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
Names = Annotated[list[str], BeforeValidator(as_list, json_schema_input_type=str | list[str]), Field(min_length=1)]
Score = Annotated[int | Literal["prospect"], BeforeValidator(_score, json_schema_input_type=Annotated[int, Field(ge=0)] | Literal["prospect"])]
Signed = Annotated[str, Field(pattern=r"^-?\d+ days?$")]
