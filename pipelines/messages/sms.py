"""How many parts a text message is sent in, each of which is paid for (3GPP TS 23.038 and 23.040)."""

from dataclasses import dataclass

GSM = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
TWICE = frozenset("^{}\\[~]|€\f")
"""What counts for two: it follows an escape sign."""


@dataclass(frozen=True)
class Size:
    """The `length` of a text, in signs of its alphabet, and the `parts` it takes; `foreign` are the signs that the GSM alphabet lacks."""

    length: int
    parts: int
    foreign: str

    @property
    def room(self) -> int:
        """How many signs one part alone holds."""
        return 70 if self.foreign else 160


def size_of(text: str) -> Size:
    """
    Return the size of *text*: 160 signs of the GSM alphabet in one part and 153 in each of several.

    One sign outside the alphabet makes all of it UCS-2: 70 and 67, and most emoji count for two.
    """
    foreign = "".join(dict.fromkeys(sign for sign in text if sign not in GSM | TWICE))
    length = len(text.encode("utf-16-le")) // 2 if foreign else len(text) + sum(sign in TWICE for sign in text)
    alone, each = (70, 67) if foreign else (160, 153)
    return Size(length, 1 if length <= alone else -(-length // each), foreign)
