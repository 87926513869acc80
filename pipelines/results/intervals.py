"""How sure a difference between two shares is."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
ENOUGH = 500
"""Contacts per arm under which no verdict is given."""


@dataclass(frozen=True)
class Difference:
    """A share minus another, with its 95 % interval: Newcombe's hybrid of two Wilson intervals (Newcombe 1998, method 10)."""

    value: float
    low: float
    high: float


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); raises ZeroDivisionError for none."""
    share = hits / of
    centre = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return centre - half, centre + half


def difference(hits: int, of: int, other_hits: int, other_of: int) -> Difference:
    """Return the share *hits* / *of* minus the other one."""
    share, other = hits / of, other_hits / other_of
    (low, high), (other_low, other_high) = wilson(hits, of), wilson(other_hits, other_of)
    down = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return Difference(share - other, share - other - down, share - other + up)


def verdict(hits: int, of: int, other_hits: int, other_of: int) -> str:
    """Return one of: need more data, no difference shown, better, worse."""
    if min(of, other_of) < ENOUGH:
        return "need more data"
    found = difference(hits, of, other_hits, other_of)
    if found.low <= 0 <= found.high:
        return "no difference shown"
    return "better" if found.value > 0 else "worse"
