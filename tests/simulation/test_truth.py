"""The truth's definitions, on profiles whose borders are known in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.simulation import truth
from tracker.simulation.profiles import RATE_HZ, count, min_jerk, phase

# Minimum jerk: speed 30 τ²(1 − τ)² is 10 % of its peak where τ(1 − τ) = √0.1 / 4.
BORDER_SHARE = (1 - np.sqrt(1 - np.sqrt(0.1))) / 2


def lift(range_rad, up_s, hold_s, down_s, *, rest_s=1.0, up=min_jerk):
    parts = [np.zeros(count(rest_s)), range_rad * up(count(up_s)), np.full(count(hold_s), range_rad)]
    parts += [range_rad * (1 - min_jerk(count(down_s))), np.zeros(count(rest_s))]
    edges = np.cumsum([len(part) for part in parts])
    return np.concatenate(parts), [int(edges[0]), int(edges[1]), int(edges[2]), int(edges[3])]


@given(range_deg=st.floats(8, 90), up_s=st.floats(0.4, 4), hold_s=st.floats(0.3, 5), down_s=st.floats(0.4, 5))
def test_borders_of_minimum_jerk_are_where_calculus_puts_them(range_deg, up_s, hold_s, down_s):
    angle, window = lift(np.radians(range_deg), up_s, hold_s, down_s)
    found = truth.measure(angle, *window)
    expected = [
        1 + BORDER_SHARE * up_s,
        1 + (1 - BORDER_SHARE) * up_s,
        1 + up_s + hold_s + BORDER_SHARE * down_s,
        1 + up_s + hold_s + (1 - BORDER_SHARE) * down_s,
    ]
    borders = [found.start_s, found.peak_start_s, found.peak_end_s, found.end_s]
    np.testing.assert_allclose(borders, expected, atol=0.004)
    assert found.peak_speed_deg_s == pytest.approx(1.875 * range_deg / up_s, rel=0.01)
    assert range_deg * 0.97 < found.range_deg <= range_deg


def test_a_stall_in_the_middle_belongs_to_its_phase():
    def stalling(n):
        half = min_jerk(n // 3)
        return np.concatenate([0.5 * half, np.full(n - 2 * (n // 3), 0.5), 0.5 + 0.5 * half])

    angle, window = lift(0.7, 1.5, 0.5, 1.2, up=stalling)
    found = truth.measure(angle, *window)
    assert found.start_s == pytest.approx(1 + BORDER_SHARE * 0.5, abs=0.005)
    assert found.peak_start_s == pytest.approx(2.5 - BORDER_SHARE * 0.5, abs=0.005)


def test_a_second_push_near_the_top_belongs_to_the_hold():
    def late_push(n):
        return np.concatenate([0.93 * min_jerk(n - 600), np.full(300, 0.93), 0.93 + 0.07 * min_jerk(300)])

    angle, window = lift(0.7, 1.6, 0.5, 1.2, up=late_push)
    assert truth.measure(angle, *window).peak_start_s < 2.0


def test_without_a_hold_the_borders_stay_in_order():
    angle, window = lift(0.6, 0.45, 0.001, 0.55)
    found = truth.measure(truth.smoothed(angle), *window)
    assert found.start_s < found.peak_start_s <= found.peak_end_s < found.end_s


def test_an_abrupt_stop_ends_with_the_smoothing_not_with_the_window():
    hit = 1 - phase(count(0.8), 1.5, 0.2)
    angle = np.concatenate([np.zeros(1000), min_jerk(800), np.ones(300), hit, np.zeros(1000)]) * 0.6
    found = truth.measure(truth.smoothed(angle), 1000, 1800, 2100, 2900)
    assert 2.9 < found.end_s < 2.96


def test_the_angle_is_smoothed_by_a_gaussian_of_25_ms():
    impulse = np.zeros(1001)
    impulse[500] = 1.0
    response = truth.smoothed(impulse)
    t = (np.arange(1001) - 500) / RATE_HZ
    assert np.sqrt(np.sum(response * t**2) / response.sum()) == pytest.approx(0.025, rel=0.01)
    assert response.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(response, response[::-1], atol=1e-15)


def test_smoothing_leaves_a_third_of_tremor():
    t = np.arange(4000) / RATE_HZ
    left = np.ptp(truth.smoothed(np.sin(2 * np.pi * 10 * t))[500:-500]) / 2
    assert left == pytest.approx(np.exp(-0.5 * (2 * np.pi * 10 * 0.025) ** 2), abs=0.01)
