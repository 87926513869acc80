"""Personal data as it may be shown to whoever looks at a preview: enough to recognise a kind of value, not a person."""

import re
from collections.abc import Container
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


def masked_rows(rows: list[dict[str, Any]], hidden: Container[str] = frozenset()) -> list[dict[str, Any]]:
    return [{column: masked(column, value, hidden) for column, value in row.items()} for row in rows]
