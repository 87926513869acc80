"""Personal data as it may be shown to whoever looks at a preview: enough to recognise a kind of value, not a person."""

import re
from collections.abc import Container
from datetime import date, datetime
from typing import Any

EMAIL = re.compile(r"([\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]*@([\w-])[\w.-]*\.([A-Za-z][\w-]*)")
PHONE = re.compile(r"(\+\d{2})[\d ().-]{5,}(\d{2})")
NAMES = frozenset({"first_name", "last_name"})
DATES = ("birth",)
"""How names of columns begin that tell a day of birth: `birth_date`, `birthday_on`."""
HIDDEN = frozenset({"attributes", "props", "comment", "proof", "row"})
"""Columns that hold whatever a shop puts there."""


def masked(column: str, value: Any, hidden: Container[str] = frozenset()) -> Any:
    """
    Return *value* of *column* without what says who it is: `a***@e***.example`, `+33*****78`, `A***`.

    *hidden* are further columns that hold whatever a shop puts there: the attributes that its settings declare.
    """
    if value is None:
        return None
    if column in HIDDEN or column in hidden:
        return "…"
    if column.startswith(DATES):
        return f"{str(value)[:4]}-**-**"
    if column in NAMES:
        return f"{str(value)[:1]}***"
    return masked_text(value) if isinstance(value, str) else value


def masked_text(text: str) -> str:
    """Return *text* with every address and telephone number in it masked."""
    return PHONE.sub(r"\1*****\2", EMAIL.sub(r"\1***@\2***.\3", text))


def masked_people(rows: list[dict[str, Any]], words: Container[str]) -> list[dict[str, Any]]:
    """Return *rows* about people with nothing that tells them apart: numbers, instants, and the text of those columns alone that *words* names."""
    return [{column: value if column in words else _unnamed(column, value) for column, value in row.items()} for row in rows]


def _unnamed(column: str, value: Any) -> Any:
    match value:
        case datetime():
            return value
        case date():
            return f"{value.year}-**-**"
        case str() if column in NAMES or EMAIL.fullmatch(value) or PHONE.fullmatch(value):
            return masked(column, value)
        case str():
            return "…"
        case _:
            return value


def masked_rows(rows: list[dict[str, Any]], hidden: Container[str] = frozenset()) -> list[dict[str, Any]]:
    return [{column: masked(column, value, hidden) for column, value in row.items()} for row in rows]
