"""Rows land on the index they were sampled at, whatever their stamps look like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tracker.recording.grid import to_grid

Array = NDArray[np.float64]
RATES = [25.0, 50.0, 52.0, 99.7, 100.0, 104.0, 208.0, 333.3, 400.0, 416.0, 500.0]


def check(time_s: Array, index: NDArray[np.int64], period_s: float, tolerance: float = 1e-4) -> None:
    grid = to_grid(time_s - time_s[0])
    np.testing.assert_array_equal(grid.index, index - index[0])
    assert grid.period_s == pytest.approx(period_s, rel=tolerance)
    steps = np.diff(index)
    assert grid.starts == (0, *(np.flatnonzero(steps > 1) + 1))


def kept(count: int, seed: int, holes: int) -> NDArray[np.int64]:
    """Indices that are left after some holes."""
    rng = np.random.default_rng(seed)
    left = np.ones(count, dtype=bool)
    for start in rng.integers(40, count - 40, holes):
        left[start : start + rng.integers(1, 30)] = False
    return np.flatnonzero(left)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("t0_s", [0.0, -3.0, 1.7e9])
def test_clean_stamps(rate_hz: float, t0_s: float) -> None:
    index = kept(20_000, 1, 25)
    check(np.round(t0_s + index / rate_hz, 6), index, 1 / rate_hz)


@pytest.mark.parametrize("rate_hz", RATES)
def test_stamps_rounded_to_milliseconds_do_not_drift_in_an_hour(rate_hz: float) -> None:
    index = np.arange(int(3600 * rate_hz))
    check(np.round(index / rate_hz, 3), index, 1 / rate_hz, tolerance=0.001 / 3600)


@pytest.mark.parametrize("rate_hz", RATES)
def test_stamps_rounded_to_milliseconds_with_holes(rate_hz: float) -> None:
    index = kept(20_000, 2, 25)
    check(np.round(index / rate_hz, 3), index, 1 / rate_hz)


@pytest.mark.parametrize("seed", range(10))
def test_jitter_of_a_third_of_a_period_is_no_gap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    index = np.arange(50_000)
    time_s = (index + rng.uniform(-0.3, 0.3, len(index))) / 100
    assert (np.diff(time_s) > 0.015).sum() > 300, "steps that alone would look like gaps"
    check(time_s, index, 0.01)


@pytest.mark.parametrize("seed", range(10))
def test_jitter_and_holes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    index = kept(50_000, seed, 40)
    time_s = (index + rng.uniform(-0.3, 0.3, len(index))) / 100
    check(time_s, index, 0.01)


@pytest.mark.parametrize(("step", "lost"), [(1.4, 0), (1.51, 1), (2.0, 1), (2.4, 1), (3.0, 2), (1000.0, 999)])
def test_a_step_over_one_and_a_half_periods_is_a_gap(step: float, lost: int) -> None:
    time_s = np.concatenate((np.arange(100.0), 99 + step + np.arange(100.0))) / 50
    grid = to_grid(time_s)
    assert grid.index[100] - grid.index[99] - 1 == lost
    assert grid.starts == ((0, 100) if lost else (0,))


@given(
    st.sampled_from(RATES),
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 300)), min_size=1, max_size=12),
)
@settings(deadline=None)
def test_any_holes_in_clean_stamps(rate_hz: float, runs: list[tuple[int, int]]) -> None:
    pieces, at = [], 0
    for rows, lost in [(41, 1), *runs]:
        pieces.append(np.arange(at, at + rows))
        at += rows + lost
    index = np.concatenate(pieces)
    grid = to_grid(index / rate_hz)
    if (np.diff(index) == 1).mean() > 0.5:
        np.testing.assert_array_equal(grid.index, index)


def test_two_rows() -> None:
    grid = to_grid(np.array([0.0, 0.02]))
    assert grid.period_s == pytest.approx(0.02)
    assert grid.starts == (0,)


def test_a_few_rows_around_a_hole() -> None:
    assert to_grid(np.array([0.0, 0.02, 1.0])).index.tolist() == [0, 1, 50]
    assert to_grid(np.array([0.0, 1.0, 1.02])).index.tolist() == [0, 50, 51]
