"""
The text of an SMS: its alphabet and how many segments it takes (3GPP TS 23.038, «GSM 7 bit Default Alphabet»).

A segment holds 160 signs of that alphabet, 153 where there are several; one sign beyond it makes that 70 and 67.
"""

from dataclasses import dataclass
from typing import Literal

BASIC = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Signs that are written as two."""
PLAIN = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "OE"}
)
"""Typographic signs that the alphabet lacks, and how they are written where that is all it takes."""


@dataclass(frozen=True)
class Segments:
    """What an SMS costs: each segment is paid for."""

    encoding: Literal["GSM-7", "UCS-2"]
    count: int


def segments(text: str) -> Segments:
    """Return the encoding that *text* needs and the number of its segments; neither an escaped sign nor an emoji is cut in two."""
    if all(sign in BASIC or sign in EXTENDED for sign in text):
        return Segments("GSM-7", _count([1 + (sign in EXTENDED) for sign in text], 160, 153))
    return Segments("UCS-2", _count([len(sign.encode("utf-16-le")) // 2 for sign in text], 70, 67))


def in_alphabet(text: str) -> str:
    """Return *text* with its typographic signs written plainly where that makes it fit the alphabet, else as it is."""
    plain = text.translate(PLAIN)
    return plain if segments(plain).encoding == "GSM-7" else text


def _count(widths: list[int], alone: int, each: int) -> int:
    if sum(widths) <= alone:
        return 1
    count, room = 1, each
    for width in widths:
        if width > room:
            count, room = count + 1, each
        room -= width
    return count
