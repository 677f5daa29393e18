"""Coarse clocks: times between the ticks, whatever the tick, the rate and where it began."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sensors.ticks import TURN, Ticks, period_of

TICKS_S = (0.001, 0.008, 0.010)


def stamps(numbers: list[int], tick_s: float, rate_hz: float, began_s: float = 0.0) -> list[int]:
    return [int((began_s + number / rate_hz) / tick_s) % TURN for number in numbers]


@pytest.mark.parametrize("tick_s", TICKS_S)
@pytest.mark.parametrize("rate_hz", [25, 26, 50, 52, 100])
@pytest.mark.parametrize("began_s", [0.0004, 0.0037, 64.9003, 523.9007])
def test_times_are_as_far_apart_as_the_samples(tick_s: float, rate_hz: float, began_s: float) -> None:
    ticks = Ticks(tick_s, 1.001 / rate_hz)
    numbers = list(range(60 * rate_hz))
    times = np.array([ticks.at(stamp) for stamp in stamps(numbers, tick_s, rate_hz, began_s)])
    steps = np.diff(times) % ticks.turn_s
    np.testing.assert_allclose(steps, 1 / rate_hz, atol=0.6 * tick_s)
    assert steps.sum() == pytest.approx(len(steps) / rate_hz, abs=tick_s)


@pytest.mark.parametrize("tick_s", [0.001, 0.008])
@pytest.mark.parametrize("missing", [1, 2, 5, 30])
def test_missing_samples_stay_missing(tick_s: float, missing: int) -> None:
    ticks = Ticks(tick_s, 0.02)
    numbers = [n for n in range(200) if not 100 <= n < 100 + missing]
    times = np.array([ticks.at(stamp) for stamp in stamps(numbers, tick_s, 50)])
    np.testing.assert_allclose(np.diff(times), np.diff(numbers) * 0.02, atol=tick_s)


@pytest.mark.parametrize("tick_s", TICKS_S)
def test_a_long_silence_forgets_the_place_in_the_tick(tick_s: float) -> None:
    ticks = Ticks(tick_s, 0.02)
    for stamp in stamps(list(range(100)), tick_s, 50):
        ticks.at(stamp)
    assert ticks.at(5000) == 5000 * tick_s + tick_s / 2


@pytest.mark.parametrize("tick_s", TICKS_S)
@pytest.mark.parametrize("rate_hz", [25, 26, 50, 52, 100, 104])
@pytest.mark.parametrize("off", [-0.03, 0.0, 0.03])
def test_the_period_is_found(tick_s: float, rate_hz: int, off: float) -> None:
    found = period_of(stamps(list(range(2 * rate_hz)), tick_s, rate_hz, 0.0013), tick_s, (1 + off) / rate_hz)
    assert found * rate_hz == pytest.approx(1.0, abs=0.001)


@given(st.lists(st.integers(0, TURN - 1), min_size=3, max_size=60), st.sampled_from(TICKS_S))
def test_any_stamps_give_rising_times_of_their_ticks(values: list[int], tick_s: float) -> None:
    ticks, last = Ticks(tick_s, 0.02), None
    for value in values:
        now = ticks.at(value)
        assert 0 <= now < ticks.turn_s
        assert now != last
        last = now
    assert np.isfinite(period_of(values, tick_s, 0.02))
