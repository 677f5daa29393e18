"""The evidence for a fixed pivot, on pendulums and on what is none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.motion.axis import PivotHistory, aside, fit_pivots, heading, judge, main_axis, spread_of

STEP_S = 0.04
FINE = 40


def swing(t, up_s=0.9, hold_s=0.4, down_s=1.1, begin_s=0.5):
    def min_jerk(tau):
        tau = np.clip(tau, 0.0, 1.0)
        return tau**3 * (10.0 - 15.0 * tau + 6.0 * tau**2)

    return min_jerk((t - begin_s) / up_s) - min_jerk((t - begin_s - up_s - hold_s) / down_s)


def coarse(fine):
    """Means over one step, as the tracker takes them."""
    n = len(fine) // FINE
    return fine[: n * FINE].reshape(n, FINE, -1).mean(axis=1)


def body(angle, place, dt, strap=None, drag=None):
    """Rate and gravity-free acceleration, sensor frame, of a sensor at ``place`` on a body that turns by ``angle``.

    ``drag`` moves the pivot, earth frame.
    """
    strap = np.eye(3) if strap is None else strap
    turn = Rotation.from_rotvec(np.outer(angle, [0.0, 1.0, 0.0]))
    position = turn.apply(place) + (0.0 if drag is None else drag)
    lin_earth = np.gradient(np.gradient(position, dt, axis=0), dt, axis=0)
    lin = turn.inv().apply(lin_earth)
    gyr = np.outer(np.gradient(angle, dt), [0.0, 1.0, 0.0])
    return coarse(gyr @ strap.T), coarse(lin @ strap.T)


def fitted(place, *, range_rad=0.8, strap=None, drag=None, **tempo):
    dt = STEP_S / FINE
    t = np.arange(0.0, 3.6, dt)
    share = swing(t, **tempo)
    gyr, lin = body(range_rad * share, place, dt, strap, drag)
    top = int(np.argmax(share)) // FINE + 5
    out, back = fit_pivots(gyr, lin, STEP_S, top)
    return out, back


@settings(max_examples=40)
@given(
    length=st.floats(0.25, 0.95),
    range_deg=st.floats(20.0, 80.0),
    up_s=st.floats(0.5, 1.5),
    seed=st.integers(0, 1000),
)
def test_a_pendulum_is_explained_by_its_own_lever(length, range_deg, up_s, seed):
    strap = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
    place = np.array([0.05, 0.0, -length])
    out, back = fitted(place, range_rad=np.radians(range_deg), strap=strap, up_s=up_s)
    fit = judge(out, back)
    assert fit.lever_m == pytest.approx(np.hypot(0.05, length), rel=0.08)
    assert fit.explained > 0.97
    assert fit.even > 0.95
    np.testing.assert_allclose((out + back).lever, strap @ place, atol=0.07)


def test_the_part_along_the_axis_is_left_out():
    """Planar motion says nothing about it."""
    out, back = fitted(np.array([0.0, 0.3, -0.5]))
    np.testing.assert_allclose((out + back).lever, [0.0, 0.0, -0.5], atol=0.03)


def test_turning_about_the_sensor_has_no_lever():
    out, back = fitted(np.array([0.01, 0.0, -0.02]))
    assert judge(out, back).lever_m < 0.05


def test_a_step_is_not_explained():
    """The hip travels while the shank turns."""
    dt = STEP_S / FINE
    t = np.arange(0.0, 3.6, dt)
    forward = 0.7 * swing(t, hold_s=50.0, up_s=2.4)
    raised = 0.12 * np.sin(2 * np.pi * t / 0.9)
    drag = np.column_stack([forward, 0 * t, raised])
    fit = judge(*fitted(np.array([0.0, 0.0, -0.4]), range_rad=0.5, drag=drag))
    assert fit.explained < 0.5


def test_two_pivots_are_uneven():
    """Out about the knee, back about the ankle: no one lever explains both ways."""
    knee = fitted(np.array([0.0, 0.0, -0.4]))
    ankle = fitted(np.array([0.0, 0.0, 0.3]))
    assert judge(knee[0], ankle[1]).even < 0.5
    assert judge(*knee).even > 0.95


def test_the_judgement_does_not_depend_on_the_strap():
    place = np.array([0.05, 0.0, -0.5])
    dt = STEP_S / FINE
    t = np.arange(0.0, 3.6, dt)
    drag = np.column_stack([0.05 * np.sin(5 * t), 0.03 * np.cos(7 * t), 0 * t])
    plain = judge(*fitted(place, drag=drag))
    for seed in range(5):
        strap = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
        other = judge(*fitted(place, strap=strap, drag=drag))
        for name in ("lever_m", "explained", "even", "rms_m_s2", "due_m_s2"):
            assert getattr(other, name) == pytest.approx(getattr(plain, name), rel=1e-6), name


def test_pooled_pivots_are_one_fit():
    place = np.array([0.0, 0.0, -0.5])
    one, two = fitted(place), fitted(place, up_s=0.6)
    whole = one[0] + one[1] + two[0] + two[1]
    assert whole.rows == sum(p.rows for p in (*one, *two))
    np.testing.assert_allclose(whole.lever, place, atol=0.03)
    assert whole.explained_by(whole.lever) > 0.97


def test_what_is_due_grows_with_the_turning():
    slow, fast = (judge(*fitted(np.array([0, 0, -0.5]), up_s=s, down_s=s)) for s in (1.4, 0.5))
    assert fast.due_m_s2 > 3.0 * slow.due_m_s2
    assert fast.due_m_s2 == pytest.approx(fast.rms_m_s2, rel=0.25)


def test_stillness_explains_nothing_and_breaks_nothing():
    out, back = fit_pivots(np.zeros((20, 3)), np.zeros((20, 3)), STEP_S, 10)
    fit = judge(out, back)
    assert (fit.lever_m, fit.explained) == (0.0, 0.0)


@pytest.mark.parametrize("top", [-5, 0, 1, 3, 5, 99])
def test_a_top_at_the_border_leaves_both_ways_something(top):
    rng = np.random.default_rng(1)
    out, back = fit_pivots(rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), STEP_S, top)
    assert out.rows >= 1
    assert back.rows >= 1
    assert np.isfinite(judge(out, back).lever_m)


@given(seed=st.integers(0, 1000))
def test_the_flexion_axis_is_the_one_that_was_turned_about(seed):
    rng = np.random.default_rng(seed)
    axis = rng.normal(size=3)
    axis /= np.linalg.norm(axis)
    gyr = np.outer(np.sin(np.arange(100) / 10.0), axis) + 0.02 * rng.normal(size=(100, 3))
    guess = axis + 0.5 * rng.normal(size=3)
    found = np.array(main_axis(spread_of(gyr.T), tuple(guess.tolist())))
    assert np.linalg.norm(found) == pytest.approx(1.0)
    assert abs(found @ axis) > 0.999
    assert (found @ guess) * (axis @ guess) * (found @ axis) > 0.0


def test_what_is_aside_of_an_axis_is_a_share_of_what_is_along_it():
    gyr = np.outer(np.ones(10), [0.0, 2.0, 1.0])
    assert aside(spread_of(gyr.T), (0.0, 1.0, 0.0)) == pytest.approx(0.25)
    assert aside(spread_of(gyr.T), (1.0, 0.0, 0.0)) == math.inf


def test_fits_to_stretches_of_a_history_are_those_to_the_stretches_alone():
    rng = np.random.default_rng(4)
    motion = rng.normal(size=(400, 6)).astype(np.float32).astype(float)  # as a history keeps it
    history = PivotHistory(STEP_S, 60, 40)
    for begin in (100, 1000):
        history.restart(begin)
        held = 0
        while held < len(motion):
            count = int(rng.integers(1, 40))
            history.append(motion[held : held + count])
            held = history.end - begin
            for _ in range(3):
                last = int(rng.integers(max(history.begin, history.end - 30), history.end)) + 1
                first = int(rng.integers(last - 25, last + 1))
                top = int(rng.integers(first, last + 1))
                there = motion[max(first, history.begin) - begin : last - begin]
                assert history.fit(first, last, top) == fit_pivots(there[:, :3], there[:, 3:], STEP_S, top - first)
                if len(there) >= 6:
                    out = fit_pivots(there[:, :3], there[:, 3:], STEP_S, len(there))[0]
                    assert history.fit_out(first, last) == out


def test_the_heading_is_what_a_leg_turned_about_the_vertical():
    t = np.linspace(0.0, 1.0, 101)[:-1]
    up = np.stack([np.sin(t), 0.0 * t, np.cos(t)], axis=1)  # the shank tilts …
    rate = np.array([0.0, 2.0, 0.0]) + math.radians(30.0) * up  # … and turns by 30°
    assert math.degrees(heading(rate, up, 0.01)) == pytest.approx(30.0)
    assert heading(rate - math.radians(30.0) * up, up, 0.01) == pytest.approx(0.0)
