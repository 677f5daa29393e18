"""The gyroscope's gain by gravity: windows whose turn is known, with one sensor that says too much."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tracker.motion.gain import GRAVITY_SHARE, LEAST_TURNS, MOST_OFF, TURNS, Gain
from tracker.motion.orientation import GRAVITY_M_S2
from tracker.motion.reps import Measures

from .test_measure import lift, measured_in, seen

RATE = 100
RANGE_DEG = 40.0
SCALED = ("range_rad", "peak_speed_rad_s")


def window(gain=1.0, *, hold_s=1.0, strap=None, tilt=0.4, knock=0.0):
    """A lift as a gyroscope of this gain has it, and its accelerations: those of a leg that turns without a lever."""
    t = np.arange(0.0, 4.6 + hold_s, 1.0 / RATE)
    angle = lift(t, np.radians(RANGE_DEG), 1.2, hold_s, 1.8)
    gyr, up = seen(angle, RATE, strap=strap, tilt=tilt)
    top = round((2.2 + hold_s / 2) * RATE)
    found = measured_in(gain * gyr, up, angle, top, RATE)
    acc = GRAVITY_M_S2 * up
    acc[top:] += knock
    return found, acc


def learnt(*windows: tuple[Measures, np.ndarray]) -> Gain:
    gain = Gain(1.0 / RATE)
    for found, acc in windows:
        gain.learn(found, acc)
    return gain


def factor(gain: Gain, found: Measures) -> float:
    now = gain.corrected(found)
    factors = {getattr(now, name) / getattr(found, name) for name in SCALED}
    assert max(factors) - min(factors) < 1e-12
    np.testing.assert_allclose(now.angle, min(factors) * found.angle)
    np.testing.assert_allclose(now.rate, min(factors) * found.rate)
    for border in ("start", "peak_start", "peak_end", "end"):
        assert getattr(now, border) == getattr(found, border)
    return min(factors)


@pytest.mark.parametrize("strap", [None, Rotation.from_rotvec([0.4, 1.1, -2.0]).as_matrix()])
@pytest.mark.parametrize("gain", [0.95, 0.98, 1.03, 1.06])
def test_too_much_is_taken_back_in_part_and_more_of_it_the_more_it_is(gain, strap):
    one = window(gain, strap=strap)
    told = factor(learnt(*[one] * LEAST_TURNS), one[0])
    share = (1.0 - told) / (1.0 - 1.0 / gain)
    assert 0.0 < share < GRAVITY_SHARE
    more = window(1.0 + 1.5 * (gain - 1.0), strap=strap)
    again = factor(learnt(*[more] * LEAST_TURNS), more[0])
    assert abs(again - 1.0) > 1.5 * abs(told - 1.0)


def test_a_true_gyroscope_is_left_alone():
    one = window()
    assert factor(learnt(one, one, one), one[0]) == pytest.approx(1.0, abs=1e-6)


def test_one_turn_says_nothing():
    one = window(1.05)
    assert learnt(*[one] * (LEAST_TURNS - 1)).corrected(one[0]) is one[0]


@pytest.mark.parametrize(
    "silent",
    [
        window(1.05, hold_s=-0.2),  # it does not stay at the top
        window(1.05, knock=4.0),  # it is pushed there: gravity would be off by more than a sensor is
        window(1.0 + 1.5 * MOST_OFF),
    ],
)
def test_where_gravity_is_not_seen_nothing_is_learnt(silent):
    assert learnt(silent, silent, silent).corrected(silent[0]) is silent[0]


def test_about_an_upright_axis_gravity_says_nothing():
    one = window(1.05)
    found, acc = one
    acc = acc + 40.0 * np.array(found.axis)  # as if the axis stood upright
    assert learnt((found, acc), (found, acc)).corrected(found) is found


def test_turns_about_another_axis_are_no_witnesses():
    one, other = window(1.05), window(1.05, strap=Rotation.from_euler("z", 30, degrees=True).as_matrix())
    assert learnt(one, one).corrected(other[0]) is other[0]


def test_a_leg_that_does_not_quite_stay_is_a_poor_witness():
    alike = factor(learnt(*[window(1.05)] * 4), window(1.05)[0])
    unlike = factor(learnt(*[window(g) for g in (1.0, 1.03, 1.07, 1.1)]), window(1.05)[0])
    assert 1.0 > unlike > alike


def test_only_the_newest_are_remembered():
    old, new = window(0.95), window(1.05)
    assert factor(learnt(*[old] * TURNS, *[new] * TURNS), new[0]) < 1.0
