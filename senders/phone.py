"""Telephone numbers as providers want them (ITU-T E.164)."""

import re

from senders.mime import CONTROL

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def phone_number(text: str) -> str:
    """Return *text* if it is a number in international form; raise ValueError for anything else."""
    if not NUMBER.fullmatch(text):
        raise ValueError(f"`{CONTROL.sub(' ', text)}` is not a telephone number in international form, such as +33612345678")
    return text
