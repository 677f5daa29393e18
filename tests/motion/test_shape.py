"""How a repetition was moved: numbers known in closed form, and what must not change them."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.motion.shape import KNOCK_S, shape, sparc
from tracker.motion.values import RepShape

from .streams import cut, reps, rotated, run, sensed, without
from .test_measure import lift, measured_in, seen

RATE = 100
RANGE = math.radians(40.0)
UP_S, HOLD_S, DOWN_S = 1.2, 0.8, 1.8


def window(*, up_s=UP_S, down_s=DOWN_S, rate=RATE, more=None):
    t = np.arange(0.0, 1.0 + up_s + HOLD_S + down_s + 0.6, 1.0 / rate)
    angle = lift(t, RANGE, up_s, HOLD_S, down_s)
    if more is not None:
        angle = angle + more(t)
    gyr, up = seen(angle, rate)
    top = round((1.0 + up_s + HOLD_S / 2) * rate)
    found = measured_in(gyr, up, angle, top, rate)
    return found, np.zeros((len(t), 3)), 1.0 / rate


def described(**how) -> RepShape:
    found = shape(*window(**how))
    assert found is not None
    return found


def test_speeds_of_a_minimum_jerk_lift():
    found = described()
    assert found.peak_eccentric_deg_s == pytest.approx(1.875 * 40.0 / DOWN_S, rel=0.01)
    assert 1.4 < found.peak_eccentric_deg_s / found.mean_eccentric_deg_s < 1.75
    assert found.mean_concentric_deg_s / found.mean_eccentric_deg_s == pytest.approx(DOWN_S / UP_S, rel=0.02)
    # fastest in the middle; the return begins at 10 % of its peak, at 8.7 % of the time
    assert found.eccentric_rise_s == pytest.approx((0.5 - 0.087) * DOWN_S, abs=0.03)


def test_what_does_not_happen_is_zero():
    found = described()
    for name in ("hold_drift_deg", "rest_offset_deg"):
        assert getattr(found, name) == pytest.approx(0.0, abs=2.0)  # borders lie at 10 % of the speed, 1 % of the range
    assert found.impact_m_s2 == 0.0


def test_a_leg_that_sinks_in_the_hold():
    sunk = described(more=lambda t: -np.radians(4.0) * np.clip((t - 2.2) / HOLD_S, 0.0, 1.0) * (t < 3.4))
    assert sunk.hold_drift_deg < described().hold_drift_deg - 3.0


@pytest.mark.parametrize("rate", [50, 100, 200])
def test_a_knock_is_its_size_at_any_rate(rate):
    found, lin, period_s = window(rate=rate)
    at = round(found.end)
    n = np.arange(len(lin)) - at
    m = max(1, round(KNOCK_S / period_s))
    lin[:, 1] = 6.0 * (n == 0)
    lin[:, 2] = 2.0 * n * period_s  # a movement that speeds up evenly is no knock
    out = shape(found, lin, period_s)
    assert out is not None
    assert out.impact_m_s2 == pytest.approx(6.0)
    assert shape(found, np.roll(lin, 20 * m, axis=0) * [1, 1, 0], period_s).impact_m_s2 == 0.0


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0, 4.0])
def test_smoothness_does_not_depend_on_time_or_size(seconds):
    tau = np.linspace(0.0, 1.0, round(seconds * RATE))
    speed = tau**2 * (1.0 - tau) ** 2
    assert sparc(speed, 1.0 / RATE) == pytest.approx(sparc(7.0 * speed, 1.0 / RATE))
    # minimum jerk in the literature's implementation: -1.41
    assert sparc(speed, 1.0 / RATE) == pytest.approx(-1.41, abs=0.03)


def test_a_hesitation_is_less_smooth():
    tau = np.linspace(0.0, 1.0, 200)
    speed = tau**2 * (1.0 - tau) ** 2
    stalls = speed * (1.0 - 0.9 * np.exp(-0.5 * ((tau - 0.5) / 0.06) ** 2))
    trembles = speed * (1.0 + 0.3 * np.sin(2 * np.pi * 6.0 * 2.0 * tau))
    assert sparc(stalls, 0.01) < sparc(speed, 0.01) - 0.1
    assert sparc(trembles, 0.01) < sparc(speed, 0.01) - 0.1


@pytest.mark.parametrize("rate", [25, 50, 200, 500])
def test_smoothness_is_the_same_at_any_rate(rate):
    def speed(hz):
        tau = (np.arange(2 * hz) + 0.5) / (2 * hz)
        return tau**2 * (1.0 - tau) ** 2 * (1.0 + 0.3 * np.sin(2 * np.pi * 3.0 * 2.0 * tau))

    assert sparc(speed(rate), 1.0 / rate) == pytest.approx(sparc(speed(100), 0.01), abs=0.03)


def test_a_phase_too_short_for_it():
    found, lin, period_s = window()
    assert shape(replace(found, end=found.peak_end + 1.0), lin, period_s) is None


def numbers(found: RepShape) -> list[float]:
    return [getattr(found, f.name) for f in fields(found) if f.name != "axis"]


def test_every_counted_repetition_has_one():
    for rep in reps(run(sensed().tracker(), [sensed().samples])):
        assert rep.shape is not None
        assert all(map(math.isfinite, numbers(rep.shape)))
        assert math.hypot(*rep.shape.axis) == pytest.approx(1.0)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 7000), max_size=40))
def test_cut_anywhere_it_is_the_same_bit_for_bit(places):
    stream = sensed()
    whole = [rep.shape for rep in reps(run(stream.tracker(), [stream.samples]))]
    assert [rep.shape for rep in reps(run(stream.tracker(), cut(stream.samples, places)))] == whole


def test_strapped_on_otherwise_only_the_axis_turns():
    stream = sensed()
    angle = 1.1
    turn = np.array([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0], [0, 0, 1.0]])
    before = reps(run(stream.tracker(), [stream.samples]))
    after = reps(run(stream.tracker(), [rotated(stream.samples, turn)]))
    for one, other in zip(before, after, strict=True):
        assert numbers(other.shape) == pytest.approx(numbers(one.shape), abs=0.02)
        assert other.shape.axis == pytest.approx(tuple(turn @ one.shape.axis), abs=1e-4)


def test_a_long_hole_hides_it():
    stream = sensed("cable", "nominal", 1)
    true = stream.truth.sets[0].reps[3]
    begin = round((true.peak_start_s + 0.05) / stream.period_s)
    found = reps(run(stream.tracker(), without(stream.samples, [(begin, begin + 30)])))
    hidden = [rep for rep in found if rep.start_s < begin * stream.period_s < rep.end_s]
    assert [rep.shape for rep in hidden] == [None]
    assert sum(rep.shape is None for rep in found) == 1
