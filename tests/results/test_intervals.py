"""Intervals against worked numbers, those of the papers they come from where there are some."""

from decimal import Decimal

import pytest

from pipelines.results.intervals import Sample, difference, difference_of_means, verdict, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        pytest.param(81, 263, 0.2553, 0.3662, id="newcombe_1998_81_of_263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="newcombe_1998_15_of_148"),
        pytest.param(0, 20, 0.0, 0.1611, id="newcombe_1998_none_of_20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="newcombe_1998_1_of_29"),
    ],
)
def test_the_interval_of_a_share_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("one", "other", "value", "low", "high"),
    [
        pytest.param((56, 70), (48, 80), 0.2, 0.0524, 0.3339, id="56_of_70_and_48_of_80"),
        pytest.param((9, 10), (3, 10), 0.6, 0.1705, 0.8090, id="9_of_10_and_3_of_10"),
        pytest.param((5, 56), (0, 29), 0.0893, -0.0381, 0.1926, id="5_of_56_and_none_of_29"),
        pytest.param((10, 10), (0, 10), 1.0, 0.6075, 1.0, id="all_and_none"),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(one: tuple[int, int], other: tuple[int, int], value: float, low: float, high: float) -> None:
    found = difference(*one, *other)
    assert (found.value, found.low, found.high) == (pytest.approx(value, abs=5e-5), pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        pytest.param((90, 499), (10, 5000), "need more data", id="too_few"),
        pytest.param((50, 500), (48, 500), "no difference shown", id="alike"),
        pytest.param((80, 500), (40, 500), "better", id="better"),
        pytest.param((40, 500), (80, 500), "worse", id="worse"),
    ],
)
def test_the_verdict_comes_from_a_closed_list(one: tuple[int, int], other: tuple[int, int], said: str) -> None:
    assert verdict(difference(*one, *other), min(one[1], other[1])) == said


def sample(*amounts: float) -> Sample:
    exact = [Decimal(str(amount)) for amount in amounts]
    return Sample(len(exact), sum(exact, Decimal(0)), sum((amount * amount for amount in exact), Decimal(0)))


def test_a_sample_has_the_mean_and_variance_of_its_amounts() -> None:
    found = sample(2, 4, 4, 4, 5, 5, 7, 9)
    assert (found.mean, found.variance) == (5.0, pytest.approx(32 / 7))


def test_the_interval_of_a_difference_of_means_adds_the_variances() -> None:
    """Means of 3 and 1.5; variances of 2.5 and 1; 1.96 times the root of 2.5 / 5 + 1 / 4 is 1.6974."""
    found = difference_of_means(sample(1, 2, 3, 4, 5), sample(1, 1, 1, 3))
    assert (found.value, found.low, found.high) == (1.5, pytest.approx(-0.1974, abs=5e-5), pytest.approx(3.1974, abs=5e-5))


def test_large_amounts_close_together_keep_their_variance() -> None:
    assert sample(900_000_000.01, 900_000_000.02, 900_000_000.03).variance == pytest.approx(0.0001)


def test_without_an_interval_there_is_no_verdict() -> None:
    assert verdict(None, 5_000) == "need more data"
