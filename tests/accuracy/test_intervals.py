"""Intervals against known answers."""

from __future__ import annotations

import numpy as np
import pytest

from .intervals import (
    NOTHING,
    agreement,
    clopper_pearson,
    mean,
    percentile,
    poisson,
    rate,
    ratio,
    root_mean_square,
    share,
)

RNG = np.random.default_rng(7)
VALUES = [RNG.normal(2.0, 0.5, size=n) for n in (10, 1, 40, 0, 25, 31)]
FLAT = np.concatenate(VALUES)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 100, 0.0, 0.03622), (5, 100, 0.01643, 0.11283), (100, 100, 0.96378, 1.0), (1, 2, 0.01258, 0.98742)],
)
def test_clopper_pearson_gives_the_tabled_values(hits, total, low, high):
    assert clopper_pearson(hits, total) == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize(
    ("events", "exposure", "low", "high"),
    [(0, 1.0, 0.0, 3.6889), (10, 1.0, 4.7954, 18.3904), (10, 5.0, 0.9591, 3.6781)],
)
def test_poisson_gives_the_tabled_values(events, exposure, low, high):
    assert poisson(events, exposure) == pytest.approx((low, high), abs=1e-4)


def test_a_ratio_is_sum_over_sum_and_not_the_mean_of_ratios():
    figure = ratio([1, 0, 9], [10, 10, 10])
    assert (figure.value, figure.n) == (pytest.approx(1 / 3), 30)
    assert figure.low <= figure.value <= figure.high
    assert ratio([1, 9], [2, 98]).value == pytest.approx(0.1)


def test_sessions_that_are_all_alike_leave_no_doubt():
    figure = ratio([2, 2, 2, 2], [20, 20, 20, 20])
    assert figure.low == pytest.approx(0.1)
    assert figure.high == pytest.approx(0.1)


def test_nothing_wrong_is_not_nothing_possible():
    figure = share([0] * 50, [10] * 50)
    assert (figure.low, figure.high) == (0.0, clopper_pearson(0, 500)[1])
    assert rate([0, 0], [1.0, 2.0]).high == pytest.approx(3.6889 / 3, abs=1e-4)


def test_errors_that_come_by_the_session_are_less_sure_than_scattered_ones():
    together = share([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], [10] * 10)
    scattered = share([1] * 10, [10] * 10)
    assert together.value == scattered.value == pytest.approx(0.1)
    assert together.high > scattered.high + 0.05


def test_the_interval_of_clustered_shares_holds_what_is_true_about_as_often_as_it_says():
    rng = np.random.default_rng(3)
    held, trials = 0, 200
    for _ in range(trials):
        true = rng.beta(2, 18, size=40)  # a session's own share, 0.1 on average
        figure = share(list(rng.binomial(12, true)), [12] * 40)
        held += figure.low <= 0.1 <= figure.high
    assert held >= 0.90 * trials


def test_the_same_sessions_give_the_same_interval():
    assert mean(VALUES) == mean(VALUES)


def test_mean_and_root_mean_square_are_those_of_all_values():
    assert mean(VALUES).value == pytest.approx(FLAT.mean())
    assert root_mean_square(VALUES).value == pytest.approx(np.sqrt((FLAT**2).mean()))
    assert mean(VALUES).n == len(FLAT)


@pytest.mark.parametrize("percent", [5, 50, 95, 100])
def test_percentiles_are_numpys(percent):
    figure = percentile(VALUES, percent)
    assert figure.value == np.percentile(FLAT, percent, method="inverted_cdf")
    assert figure.low <= figure.value <= figure.high


def test_limits_of_agreement_are_bland_and_altmans():
    bias, low, high = agreement(VALUES)
    sd = FLAT.std(ddof=1)
    assert bias.value == pytest.approx(FLAT.mean())
    assert low.value == pytest.approx(FLAT.mean() - 1.96 * sd)
    assert high.value == pytest.approx(FLAT.mean() + 1.96 * sd)
    assert low.low <= low.value <= low.high < high.low <= high.value <= high.high


@pytest.mark.parametrize("none", [[], [np.empty(0)], [np.empty(0), np.empty(0)]])
def test_from_nothing_comes_nothing(none):
    assert mean(none) == percentile(none, 50) == root_mean_square(none) == NOTHING
    assert agreement(none) == (NOTHING, NOTHING, NOTHING)
    assert share([], []) == rate([], []) == ratio([0], [0]) == NOTHING
