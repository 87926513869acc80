"""Telephone numbers as providers want them: E.164, and in the numbering plan of their country (phonenumbers)."""

import re

import phonenumbers

from senders.mime import CONTROL

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def phone_number(text: str) -> str:
    """Return *text* if it is a number in international form that somebody can have; raise ValueError for anything else."""
    if not NUMBER.fullmatch(text):
        raise ValueError(f"`{CONTROL.sub(' ', text)}` is not a telephone number in international form, such as +33612345678")
    try:
        if phonenumbers.is_valid_number(phonenumbers.parse(text)):
            return text
    except phonenumbers.NumberParseException:
        pass
    raise ValueError(f"`{text}` is in no country's numbering plan")
