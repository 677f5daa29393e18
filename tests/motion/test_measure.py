"""``measure`` on profiles whose borders are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.motion.reps import gaussian, look_ahead, measure
from tracker.motion.set_axis import Known
from tracker.simulation import truth

# Minimum jerk: speed 30 τ²(1 − τ)² is 10 % of its peak where τ(1 − τ) = √0.1 / 4.
EDGE = (1.0 - np.sqrt(1.0 - np.sqrt(0.1))) / 2.0


def min_jerk(tau):
    tau = np.clip(tau, 0.0, 1.0)
    return tau**3 * (10.0 - 15.0 * tau + 6.0 * tau**2)


def lift(t, range_rad, up_s, hold_s, down_s, rest_s=1.0):
    """Angle at the times ``t``."""
    risen = min_jerk((t - rest_s) / up_s)
    lowered = min_jerk((t - rest_s - up_s - hold_s) / down_s)
    return range_rad * (risen - lowered)


def stalling(t, begin, seconds, stall_s, at):
    """Minimum jerk to ``at``, a stall, minimum jerk to 1."""
    half = seconds / 2.0
    first = min_jerk((t - begin) / half)
    return at * first + (1.0 - at) * min_jerk((t - begin - half - stall_s) / half)


def seen(angle, rate_hz, *, strap=None, tilt=0.4, bias_rad_s=0.0):
    """Rate and up direction of a sensor that turns by ``angle`` about its y axis."""
    rate = np.gradient(angle) * rate_hz + bias_rad_s
    gyr = np.column_stack([np.zeros_like(rate), rate, np.zeros_like(rate)])
    up = np.column_stack([-np.sin(tilt + angle), np.zeros_like(angle), np.cos(tilt + angle)])
    turn = np.eye(3) if strap is None else strap
    return gyr @ turn.T, up @ turn.T


def measured_in(gyr, up, angle, top, rate_hz):
    """Measure a window whose leg moved by ``angle`` and was at its top at row ``top``."""
    moved = np.flatnonzero(angle > np.radians(3.0))
    out = measure(
        gyr,
        up,
        1.0 / rate_hz,
        opened=int(moved[0]),
        top=top,
        closed=int(moved[-1]) + 1,
        lift=tuple(np.cross(up[0], up[top])),
        known=Known(),
    )
    assert out is not None
    return out


def measured(angle, rate_hz, **how):
    gyr, up = seen(angle, rate_hz, **how)
    # the middle of the hold
    level = np.flatnonzero(angle > 0.995 * angle.max())
    return measured_in(gyr, up, angle, int(level[len(level) // 2]), rate_hz)


def borders_s(out, rate_hz):
    return np.array([out.start, out.peak_start, out.peak_end, out.end]) / rate_hz


@settings(max_examples=40)
@given(
    range_deg=st.floats(10, 90),
    up_s=st.floats(0.4, 4.0),
    hold_s=st.floats(0.4, 5.0),
    down_s=st.floats(0.4, 5.0),
    seed=st.integers(0, 1000),
)
def test_minimum_jerk_is_measured_where_calculus_puts_it(range_deg, up_s, hold_s, down_s, seed):
    t = np.arange(0.0, 2.0 + up_s + hold_s + down_s, 0.01)
    angle = lift(t, np.radians(range_deg), up_s, hold_s, down_s)
    strap = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
    out = measured(angle, 100.0, strap=strap)
    fine = lift(np.arange(0.0, t[-1], 0.001), np.radians(range_deg), up_s, hold_s, down_s)
    edges = np.cumsum([1.0, up_s, hold_s, down_s])
    true = truth.measure(truth.smoothed(fine), *np.round(1000 * edges).astype(int).tolist())
    expected = [true.start_s, true.peak_start_s, true.peak_end_s, true.end_s]
    widest = 0.005 + 0.003 * max(up_s, down_s)  # the estimate smooths a long phase more
    np.testing.assert_allclose(borders_s(out, 100.0), expected, atol=widest)
    assert np.degrees(out.range_rad) == pytest.approx(true.range_deg, abs=0.1 + 0.003 * range_deg)
    assert np.degrees(out.peak_speed_rad_s) == pytest.approx(true.peak_speed_deg_s, rel=0.01)


def test_long_phases_are_measured_where_calculus_puts_them():
    t = np.arange(0.0, 10.0, 0.01)
    out = measured(lift(t, 0.8, 2.0, 1.5, 3.0), 100.0)
    expected = [1.0 + 2.0 * EDGE, 3.0 - 2.0 * EDGE, 4.5 + 3.0 * EDGE, 7.5 - 3.0 * EDGE]
    np.testing.assert_allclose(borders_s(out, 100.0), expected, atol=0.012)


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0, 500.0])
def test_the_rate_hardly_matters(rate_hz):
    t = np.arange(0.0, 5.0, 1.0 / rate_hz)
    out = measured(lift(t, 0.7, 1.0, 0.6, 1.3), rate_hz)
    expected = [1.0 + EDGE, 2.0 - EDGE, 2.6 + 1.3 * EDGE, 3.9 - 1.3 * EDGE]
    np.testing.assert_allclose(borders_s(out, rate_hz), expected, atol=0.01)


def test_how_it_is_strapped_does_not_matter():
    t = np.arange(0.0, 5.0, 0.01)
    angle = lift(t, 0.7, 1.0, 0.6, 1.3)
    plain = measured(angle, 100.0)
    for seed in range(20):
        strap = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
        other = measured(angle, 100.0, strap=strap)
        np.testing.assert_allclose(borders_s(other, 1.0), borders_s(plain, 1.0), atol=1e-6)
        assert other.range_rad == pytest.approx(plain.range_rad, abs=1e-9)


def test_a_lift_the_other_way_is_the_same():
    t = np.arange(0.0, 5.0, 0.01)
    angle = lift(t, 0.7, 1.0, 0.6, 1.3)
    strap = Rotation.from_euler("z", 180, degrees=True).as_matrix()
    one, other = measured(angle, 100.0), measured(angle, 100.0, strap=strap)
    np.testing.assert_allclose(borders_s(one, 1.0), borders_s(other, 1.0), atol=1e-6)


@pytest.mark.parametrize("bias_deg_s", [-1.0, 0.5, 1.0])
def test_drift_of_the_rate_is_taken_out_of_the_range(bias_deg_s):
    t = np.arange(0.0, 7.0, 0.01)
    angle = lift(t, np.radians(40.0), 1.5, 1.0, 2.0)
    out = measured(angle, 100.0, bias_rad_s=np.radians(bias_deg_s))
    wanted = 40.0 * (1.0 - float(min_jerk(EDGE)))
    assert np.degrees(out.range_rad) == pytest.approx(wanted, abs=0.3)


@pytest.mark.parametrize("turns", [np.pi - 0.2, np.pi + 0.2, 2.0])
def test_wrapping_of_the_angle_does_not_matter(turns):
    """Rest and range lie on both sides of ±180° of gravity's direction."""
    t = np.arange(0.0, 5.0, 0.01)
    angle = lift(t, np.radians(80.0), 1.0, 0.6, 1.3)
    plain, other = measured(angle, 100.0), measured(angle, 100.0, tilt=turns)
    np.testing.assert_allclose(borders_s(other, 1.0), borders_s(plain, 1.0), atol=1e-6)
    assert other.range_rad == pytest.approx(plain.range_rad, abs=1e-9)


@pytest.mark.parametrize("at", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("stall_s", [0.1, 0.5])
def test_a_stall_in_the_middle_of_the_lift_belongs_to_it(at, stall_s):
    t = np.arange(0.0, 7.0, 0.01)
    angle = 0.8 * (stalling(t, 1.0, 1.4, stall_s, at) - min_jerk((t - 3.6) / 1.2))
    out = borders_s(measured(angle, 100.0), 100.0)
    begin, end = 1.0, 1.0 + 1.4 + stall_s
    # the slower half passes 10 % of the faster half's peak later
    assert begin < out[0] < begin + 0.25
    assert end - 0.25 < out[1] < end
    np.testing.assert_allclose(out[2:], [3.6 + 1.2 * EDGE, 4.8 - 1.2 * EDGE], atol=0.012)


@pytest.mark.parametrize("at", [0.3, 0.5, 0.7])
def test_a_stall_in_the_middle_of_the_return_belongs_to_it(at):
    t = np.arange(0.0, 7.0, 0.01)
    angle = 0.8 * (min_jerk((t - 1.0) / 1.2) - stalling(t, 2.8, 1.4, 0.4, at))
    out = borders_s(measured(angle, 100.0), 100.0)
    np.testing.assert_allclose(out[:2], [1.0 + 1.2 * EDGE, 2.2 - 1.2 * EDGE], atol=0.012)
    assert 2.8 < out[2] < 3.05
    assert 4.35 < out[3] < 4.6


@pytest.mark.parametrize(("gap_s", "counts"), [(0.8, True), (2.5, False)])
def test_a_leg_that_stays_near_rest_for_long_rests_there(gap_s, counts):
    """A false start of a fifth of the range is part of the lift that follows soon; a step long before is not."""
    t = np.arange(0.0, 9.0, 0.01)
    begin_s = 1.4 + gap_s
    angle = 0.7 * (0.2 * min_jerk((t - 1.0) / 0.4) + 0.8 * min_jerk((t - begin_s) / 0.8) - min_jerk((t - 6.0) / 1.2))
    start_s = borders_s(measured(angle, 100.0), 100.0)[0]
    assert start_s == pytest.approx(1.0 if counts else begin_s, abs=0.12)


@given(bias_deg_s=st.floats(-3.0, 3.0))
@settings(max_examples=20)
def test_what_gravity_tells_of_both_ends_takes_out_the_rest_of_the_bias(bias_deg_s):
    """A slow lift passes 10 % of its peak where a degree a second would show."""
    t = np.arange(0.0, 9.0, 0.01)
    angle = lift(t, 0.5, 2.5, 0.8, 3.0)
    plain = borders_s(measured(angle, 100.0), 100.0)
    biased = borders_s(measured(angle, 100.0, bias_rad_s=np.radians(bias_deg_s)), 100.0)
    np.testing.assert_allclose(biased, plain, atol=0.005)


def test_a_pulse_at_the_top_belongs_to_the_hold():
    """Beyond 85 % of the range it is the hold's."""
    t = np.arange(0.0, 8.0, 0.01)
    pulse = 0.08 * (min_jerk((t - 2.8) / 0.5) - min_jerk((t - 3.6) / 0.5))
    angle = 0.7 * (min_jerk((t - 1.0) / 1.0) + pulse - min_jerk((t - 5.0) / 1.2))
    gyr, up = seen(angle, 100.0)
    out = measure(gyr, up, 0.01, opened=130, top=345, closed=600, lift=np.cross(up[0], up[345]), known=Known())
    assert out is not None
    assert out.peak_start / 100.0 == pytest.approx(2.0 - EDGE, abs=0.02)
    assert out.peak_end / 100.0 == pytest.approx(5.0 + 1.2 * EDGE, abs=0.02)


@pytest.mark.parametrize("stay_s", [0.4, 1.2])
def test_a_leg_that_shifts_before_it_lifts_and_comes_back_to_there_rested_there(stay_s):
    t = np.arange(0.0, 6.5, 0.01)
    begin_s = 1.3 + stay_s  # the shift takes 0.6 s
    angle = np.radians(6.0) * min_jerk((t - 0.7) / 0.6) + lift(t, np.radians(25.0), 1.0, 0.6, 1.3, rest_s=begin_s)
    expected = begin_s + np.array([EDGE, 1.0 - EDGE, 1.6 + 1.3 * EDGE, 2.9 - 1.3 * EDGE])
    np.testing.assert_allclose(borders_s(measured(angle, 100.0), 100.0), expected, atol=0.02)


def test_what_rings_before_the_leg_leaves_rest_is_no_part_of_the_lift():
    t = np.arange(0.0, 6.0, 0.01)
    angle = lift(t, 0.3, 1.5, 0.6, 1.5)
    rings = 0.06 * np.exp(-(((t - 0.2) / 0.05) ** 2))
    plain, rung = measured(angle, 100.0), measured(angle + rings, 100.0)
    np.testing.assert_allclose(borders_s(rung, 100.0), borders_s(plain, 100.0), atol=0.02)
    assert rung.peak_speed_rad_s == pytest.approx(plain.peak_speed_rad_s, rel=0.05)


def test_borders_of_a_turn_without_a_hold_meet():
    t = np.arange(0.0, 4.0, 0.01)
    angle = 0.35 * (1.0 - np.cos(2 * np.pi * np.clip(t - 1.0, 0.0, 1.2) / 1.2))
    out = measured(angle, 100.0)
    assert out.peak_start <= out.peak_end
    assert 0.0 <= (out.peak_end - out.peak_start) / 100.0 < 0.1
    assert np.degrees(out.range_rad) == pytest.approx(np.degrees(0.7), abs=0.5)


def test_tremor_moves_no_border_far():
    rng = np.random.default_rng(5)
    t = np.arange(0.0, 5.0, 0.01)
    angle = lift(t, 0.7, 1.0, 0.6, 1.3)
    plain = borders_s(measured(angle, 100.0), 100.0)
    shaken = angle + np.radians(0.05) * np.sin(2 * np.pi * 9.5 * t + rng.uniform(0, 6))
    np.testing.assert_allclose(borders_s(measured(shaken, 100.0), 100.0), plain, atol=0.03)


def test_no_return_is_no_measure():
    t = np.arange(0.0, 4.0, 0.01)
    angle = 0.7 * min_jerk(t - 1.0)
    gyr, up = seen(angle, 100.0)
    gyr = np.maximum(gyr, 0.0)
    assert measure(gyr, up, 0.01, opened=110, top=399, closed=399, lift=np.cross(up[0], up[-1]), known=Known()) is None


def test_how_far_it_went_about_its_own_axis_is_told_whatever_is_known_of_the_set():
    t = np.arange(0.0, 5.0, 0.01)
    wobble = 0.02 * np.sin(2.0 * np.pi * t)
    gyr, up = seen(lift(t, 0.7, 1.0, 0.6, 1.3), 100.0)
    gyr = gyr + np.gradient(wobble)[:, None] * [100.0, 0.0, 0.0]
    where = {"opened": 120, "top": 230, "closed": 380, "lift": np.cross(up[0], up[230])}
    across = Known(so_far=(1e6, 0.0, 0.0, 0.0, 0.0, 0.0))
    alone, lost = (measure(gyr, up, 0.01, known=known, **where) for known in (Known(), across))
    assert alone is not None
    assert lost is not None
    assert lost.range_rad < 0.2
    assert lost.own_range_rad == pytest.approx(alone.range_rad, rel=0.15)
    assert alone.own_range_rad == pytest.approx(alone.range_rad, rel=0.01)


@pytest.mark.parametrize("leaves_deg", [2.0, 4.0])
def test_a_leg_that_keeps_its_plane_is_measured_the_same_as_one_that_just_leaves_it(leaves_deg):
    t = np.arange(0.0, 5.0, 0.01)
    angle = lift(t, 0.7, 1.0, 0.6, 1.3)
    plain = measured(angle, 100.0)
    gyr, up = seen(angle, 100.0)
    gyr = gyr + np.gradient(np.radians(leaves_deg) * np.sin(9.0 * angle))[:, None] * [0.0, 0.0, 100.0]
    out = measure(gyr, up, 0.01, opened=120, top=230, closed=380, lift=np.cross(up[0], up[230]), known=Known())
    assert out is not None
    np.testing.assert_allclose(borders_s(out, 100.0), borders_s(plain, 100.0), atol=0.03)
    assert out.range_rad == pytest.approx(plain.range_rad, rel=0.02)


def test_a_top_before_the_window_is_no_measure():
    """An excursion that another segmentation took to be longer than what is kept."""
    t = np.arange(0.0, 5.0, 0.01)
    gyr, up = seen(lift(t, 0.7, 1.0, 0.6, 1.3), 100.0)
    where = {"opened": 0, "closed": 380, "lift": np.cross(up[0], up[230]), "known": Known()}
    assert measure(gyr, up, 0.01, top=-70, **where) is None


def test_measuring_changes_nothing_that_it_was_given():
    t = np.arange(0.0, 5.0, 0.01)
    gyr, up = seen(lift(t, 0.7, 1.0, 0.6, 1.3), 100.0)
    before = gyr.tobytes(), up.tobytes()
    measure(gyr, up, 0.01, opened=120, top=230, closed=380, lift=np.cross(up[0], up[230]), known=Known())
    assert (gyr.tobytes(), up.tobytes()) == before


@given(sigma=st.floats(0.3, 12.0), n=st.integers(30, 120))
def test_the_gaussian_is_scipys(sigma, n):
    from scipy.ndimage import gaussian_filter1d

    series = np.cumsum(np.random.default_rng(n).normal(size=n))
    wanted = gaussian_filter1d(series, sigma, mode="nearest", truncate=np.ceil(4.0 * sigma) / sigma)
    np.testing.assert_allclose(gaussian(series, sigma), wanted, atol=1e-9)


def test_the_gaussian_keeps_a_slope():
    ramp = np.arange(100.0)
    np.testing.assert_allclose(gaussian(ramp, 3.0)[15:-15], ramp[15:-15], atol=1e-9)


def waited(back, since):
    """Steps that are waited for after a return of 20 steps, by the share of the way that each step came back."""
    rest, far = (0.0, 0.0, 1.0), (0.0, float(np.sin(0.7)), float(np.cos(0.7)))
    return look_ahead(np.outer(back, [-0.7 / 0.04, 0.0, 0.0]), rest, far, since, 20, 0.04)


def test_a_leg_that_creeps_back_is_waited_for():
    fast, creeping, still = np.full(20, 0.045), np.full(8, 0.01), np.zeros(20)
    assert waited(np.concatenate([fast, still]), 20) == 1, "at once, after a return of 0.8 s"
    assert waited(np.concatenate([fast, creeping, still]), 28) == 9, "as long as it creeps"
    assert waited(np.concatenate([fast, creeping]), 8) == 9, "it may go on"
    assert waited(np.concatenate([0.8 * fast, np.full(200, 0.006)]), 200) == 20, "not for longer than 0.8 s"
    assert waited(np.concatenate([fast, fast]), 20) < 5, "not where it goes on beyond rest"
    assert waited(np.empty(0), 0) == 1
