"""How sure a difference between two shares, or two amounts, is."""

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

Z = 1.959963984540054
ENOUGH = 500
"""Contacts per arm under which no verdict is given, and no interval of an amount."""


@dataclass(frozen=True)
class Difference:
    """One figure minus another, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Sample:
    """The amounts of *number* contacts: their sum, and the sum of their squares, both exact."""

    number: int
    total: Decimal
    squares: Decimal

    @property
    def mean(self) -> float:
        return float(self.total / self.number)

    @property
    def variance(self) -> float:
        """Variance of the population they were drawn from; raises an arithmetic error for fewer than two."""
        return float((self.squares - self.total * self.total / self.number) / (self.number - 1))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); raises ZeroDivisionError for none."""
    share = hits / of
    centre = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return centre - half, centre + half


def difference(hits: int, of: int, other_hits: int, other_of: int) -> Difference:
    """Return the share *hits* / *of* minus the other one, with Newcombe's hybrid of two Wilson intervals (Newcombe 1998, method 10)."""
    share, other = hits / of, other_hits / other_of
    (low, high), (other_low, other_high) = wilson(hits, of), wilson(other_hits, other_of)
    down = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return Difference(share - other, share - other - down, share - other + up)


def difference_of_means(one: Sample, other: Sample) -> Difference:
    """
    Return the mean of *one* minus that of *other*, with Welch's interval for unequal variances (Welch 1938).

    The normal quantile stands for Student's: from ENOUGH contacts an arm on they differ by a quarter of a per cent.
    """
    value = one.mean - other.mean
    half = Z * sqrt(one.variance / one.number + other.variance / other.number)
    return Difference(value, value - half, value + half)


def verdict(found: Difference | None, fewest: int) -> str:
    """Return one of: need more data, no difference shown, better, worse. *fewest* contacts are in the smaller arm."""
    if found is None or fewest < ENOUGH:
        return "need more data"
    if found.low <= 0 <= found.high:
        return "no difference shown"
    return "better" if found.value > 0 else "worse"
