"""Durations as people write them: `30 minutes`, `2 days`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
PATTERN = re.compile(r"^\s*(\d+)\s*(second|minute|hour|day|week)s?\s*$")


def parse_duration(text: Any) -> timedelta:
    """Return the length of *text* such as `90 minutes`; raise ValueError with the forms that are understood."""
    if isinstance(text, timedelta):
        return text
    match = PATTERN.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"`{text}` is not a duration: write for example `30 minutes`, `2 hours` or `3 days`")
    return timedelta(seconds=int(match[1]) * SECONDS[match[2]])


def spoken(duration: timedelta) -> str:
    """Return *duration* in the largest unit that divides it: `2 days`, `90 minutes`."""
    seconds = int(duration.total_seconds())
    for unit in ("week", "day", "hour", "minute", "second"):
        count, rest = divmod(seconds, SECONDS[unit])
        if count and not rest:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "0 seconds"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(spoken),
    WithJsonSchema({"type": "string", "pattern": PATTERN.pattern, "examples": ["30 minutes", "2 days"]}),
]
