"""Kinds of values in `relance.toml`, each with what makes it wrong."""

import re
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from pipelines.errors import nearest

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


def _known_zone(name: str) -> str:
    known = {zone for zone in available_timezones() if not zone.startswith("Etc/GMT")}
    if name not in known:
        raise ValueError(f"`{name}` is not a time zone name|{nearest(name, known) or 'write one such as `Europe/Paris`'}")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


def _several(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


Activities = Annotated[tuple[str, ...], BeforeValidator(_several, json_schema_input_type=str | list[str])]


def page(placeholder: str) -> AfterValidator:
    """Return what checks the address of a page of the shop: a web address, in which only *placeholder* may be filled in."""

    def check(pattern: str) -> str:
        if pattern and not re.match(r"https?://[^/ ]", pattern):
            raise ValueError(f"`{pattern}` is no web address|begin it with `https://`")
        if unknown := set(re.findall(r"\{([^}]*)\}", pattern)) - {placeholder}:
            raise ValueError(f"`{{{min(unknown)}}}` is not filled in here|write `{{{placeholder}}}`")
        return pattern

    return AfterValidator(check)
