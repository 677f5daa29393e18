"""Excursions on poses synthesised from angle traces: no sensor, no noise unless asked for."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.motion.segmentation import Segmenter
from tracker.motion.vectors import angle, cross, tangent
from tracker.motion.watch import Ending, Excursion, Top

STEP_S = 0.04


def ramp(*points):
    """Angle (degrees) through (seconds, degrees) points, smooth in between."""
    trace = [points[0][1]]
    for (t0, a), (t1, b) in itertools.pairwise(points):
        n = max(1, round((t1 - t0) / STEP_S))
        tau = np.arange(1, n + 1) / n
        trace += (a + (b - a) * tau**3 * (10 - 15 * tau + 6 * tau**2)).tolist()
    return np.radians(trace)


def repetitions(count, *, deg=35.0, up_s=0.8, hold_s=0.4, down_s=1.0, pause_s=0.4, rest_s=2.0, base=0.0):
    now, points = rest_s, [(0.0, base), (rest_s, base)]
    for _ in range(count):
        for seconds, level in ((up_s, deg), (hold_s, deg), (down_s, 0.0), (pause_s, 0.0)):
            if seconds:
                now += seconds
                points.append((now, base + level))
    return ramp(*points, (now + 2.0, base))


def poses(trace, strap=None, aside=None):
    """Up direction while the leg turns by ``trace`` about y (and by ``aside`` about x)."""
    aside = np.zeros_like(trace) if aside is None else aside
    up = np.column_stack([-np.sin(trace), np.cos(trace) * np.sin(aside), np.cos(trace) * np.cos(aside)])
    return up if strap is None else up @ strap.T


def segment(up, *, flush=True):
    speed = np.linalg.norm(np.gradient(up, STEP_S, axis=0), axis=1)
    segmenter = Segmenter(STEP_S)
    out = []
    for step, (pose, pace) in enumerate(zip(up.tolist(), speed.tolist(), strict=True)):
        out += segmenter.push(step, tuple(pose), pace)
    return out + (segmenter.flush(len(up) - 1) if flush else [])


def whole(events):
    return [e for e in events if isinstance(e, Excursion) and e.ending is Ending.RETURNED]


def swing_deg(e):
    return math.degrees(angle(e.rest, e.far))


@settings(max_examples=60)
@given(
    count=st.integers(1, 6),
    deg=st.floats(8.0, 90.0),
    up_s=st.floats(0.35, 3.0),
    hold_s=st.floats(0.0, 6.0),
    down_s=st.floats(0.4, 4.0),
    pause_s=st.floats(0.0, 3.0),
    seed=st.integers(0, 100),
)
def test_every_repetition_is_one_excursion(count, deg, up_s, hold_s, down_s, pause_s, seed):
    trace = repetitions(count, deg=deg, up_s=up_s, hold_s=hold_s, down_s=down_s, pause_s=pause_s)
    strap = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
    found = whole(segment(poses(trace, strap)))
    assert len(found) == count
    for e in found:
        assert swing_deg(e) == pytest.approx(deg, rel=0.1, abs=2.5)
        assert e.begin <= e.opened <= e.top <= e.end <= e.step


def test_the_strap_changes_nothing():
    trace = repetitions(4)
    plain = [(e.peak, e.begin, e.opened, e.top, e.end, e.step) for e in whole(segment(poses(trace)))]
    for seed in range(10):
        strap = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
        other = whole(segment(poses(trace, strap)))
        assert [(e.peak, e.begin, e.opened, e.top, e.end, e.step) for e in other] == plain


def test_a_peak_is_said_at_the_top_and_only_once():
    events = segment(poses(repetitions(5, hold_s=1.0)))
    tops = [e for e in events if isinstance(e, Top)]
    assert [t.peak for t in tops] == [e.peak for e in whole(events)] == [1, 2, 3, 4, 5]
    for t, e in zip(tops, whole(events), strict=True):
        assert t.step <= e.step
        assert t.top * STEP_S == pytest.approx(e.top * STEP_S, abs=1.3)


def test_an_excursion_closes_right_after_its_end():
    for e in whole(segment(poses(repetitions(5)))):
        assert (e.step - e.end) * STEP_S <= 0.12


@pytest.mark.parametrize("dip", [0.2, 0.4, 0.55])
def test_dips_inside_a_hold_stay_in_it(dip):
    top = 40.0
    low = top * (1.0 - dip)
    trace = ramp((0, 0), (2, 0), (3, top), (4, top), (4.6, low), (5.2, top), (6, top), (7.2, 0), (9, 0))
    (only,) = whole(segment(poses(trace)))
    assert swing_deg(only) == pytest.approx(top, abs=1.0)
    assert only.top * STEP_S > 2.5
    assert only.end * STEP_S == pytest.approx(7.2, abs=0.25)


def test_a_hold_that_rises_a_little_and_sinks_back_is_no_rest():
    hold = ((3, 60), (3.7, 60), (4.2, 64), (4.6, 60), (5.8, 60))
    (only,) = whole(segment(poses(ramp((0, 0), (2, 0), *hold, (7.2, 0), (9, 0)))))
    assert only.end * STEP_S == pytest.approx(7.2, abs=0.25)


@pytest.mark.parametrize("at", ["top", "bottom"])
def test_a_leg_that_trembles_has_arrived_where_it_comes_no_farther(at):
    trace = ramp((0, 0), (2, 0), (3.5, 35), (5.0, 35), (7.0, 0), (9.0, 0))
    seconds = np.arange(len(trace)) * STEP_S
    begin, end = (3.0, 5.3) if at == "top" else (6.3, 8.5)
    near = np.clip((seconds - begin) / 0.2, 0, 1) * np.clip((end - seconds) / 0.2, 0, 1)
    turn = 2 * np.pi * 3.0 * seconds
    trembling = np.radians(0.6) * near  # in circles, at 11°/s: a quarter of the lift's speed
    events = segment(poses(trace + trembling * np.cos(turn), aside=trembling * np.sin(turn)))
    first = next(e for e in events if isinstance(e, Top))
    assert first.step * STEP_S == pytest.approx(3.4, abs=0.16)
    (only,) = whole(events)
    assert only.step * STEP_S == pytest.approx(6.95, abs=0.17)
    assert swing_deg(only) == pytest.approx(35.0, abs=1.0)


def test_a_top_that_was_told_keeps_its_number_where_the_leg_rested_elsewhere():
    trace = ramp((0, 0), (2, 0), (3.0, 25), (5.5, 25), (6.5, 65), (7.0, 65), (8.2, 25), (10, 25), (11, 65), (12, 25))
    events = segment(poses(np.append(trace, np.full(60, trace[-1]))))
    told = [e.peak for e in events if isinstance(e, Top) and 6.3 < e.step * STEP_S < 7.0]
    (first, *_) = whole(events)
    assert told
    assert {first.peak} == set(told)
    assert swing_deg(first) == pytest.approx(40.0, abs=1.0)
    left = [e.peak for e in events if isinstance(e, Excursion) and e.ending is Ending.LEFT]
    assert first.peak not in left


def test_the_first_repetition_in_a_far_posture_is_known_before_the_second():
    trace = ramp((0, 0), (2, 0), (3.5, 80), (6.5, 80), (7.5, 48), (8.0, 48), (9.2, 80), (16.0, 80))
    (first,) = whole(segment(poses(trace), flush=False))
    assert first.step * STEP_S < 9.6
    assert swing_deg(first) == pytest.approx(32.0, abs=1.0)


def test_repetitions_without_any_pause():
    trace = repetitions(10, up_s=0.45, hold_s=0.0, down_s=0.55, pause_s=0.0)
    assert len(whole(segment(poses(trace)))) == 10


def test_sway_at_rest_is_no_excursion():
    rng = np.random.default_rng(2)
    sway = np.radians(1.0) * np.sin(np.arange(1500) * 0.04 * 2.0)
    assert segment(poses(sway, aside=sway[::-1] * 0.8)) == []
    drift = np.cumsum(rng.normal(size=1500)) * np.radians(0.02)
    assert whole(segment(poses(drift))) == []


@pytest.mark.parametrize("drift_deg_s", [0.05, 0.2])
def test_rest_may_drift(drift_deg_s):
    trace = repetitions(6, pause_s=1.5)
    drift = np.radians(drift_deg_s) * np.arange(len(trace)) * STEP_S
    assert len(whole(segment(poses(trace + drift)))) == 6


@pytest.mark.parametrize("to_deg", [15.0, 60.0, 90.0])
@pytest.mark.parametrize("aside", [False, True])
def test_repetitions_after_another_posture(to_deg, aside):
    """The leg takes up another rest pose and lifts from there."""
    change = ramp((0, 0), (3, 0), (4.5, to_deg), (9, to_deg))
    lifts = repetitions(4, base=0.0 if aside else to_deg)
    if aside:
        rest = np.full(len(lifts), np.radians(to_deg))
        up = np.concatenate([poses(0 * change, aside=change), poses(lifts, aside=rest)])
    else:
        up = poses(np.concatenate([change, lifts]))
    found = [e for e in whole(segment(up)) if e.opened * STEP_S > 9.0]
    assert len(found) >= 3
    for e in found[-3:]:
        assert swing_deg(e) == pytest.approx(35.0, abs=3.0)


def test_a_recording_that_starts_in_a_top_hold():
    """The first return cannot be known as one; every repetition after it is found, from either end."""
    trace = ramp((0, 35), (1, 35), (2, 0), (3, 0))
    up = poses(np.concatenate([trace, repetitions(5, rest_s=0.5, pause_s=0.8)]))
    found = whole(segment(up))
    assert len(found) in (5, 6)
    assert all(swing_deg(e) == pytest.approx(35.0, abs=2.0) for e in found)


def test_turning_round_takes_the_other_end_for_rest():
    """Told that the top was the rest pose, it goes over what came after again."""
    up = poses(np.concatenate([ramp((0, 35), (2, 35), (3, 0), (3.5, 0)), repetitions(3, rest_s=0.2)]))
    speed = np.linalg.norm(np.gradient(up, STEP_S, axis=0), axis=1)
    segmenter, out, turned = Segmenter(STEP_S), [], False
    for step, (pose, pace) in enumerate(zip(up.tolist(), speed.tolist(), strict=True)):
        events = segmenter.push(step, tuple(pose), pace)
        if not turned and whole(events):
            turned = True
            events = segmenter.turn_round(whole(events)[0], 0)
        out += events
    found = whole(out + segmenter.flush(len(up) - 1))
    assert turned
    assert len(found) >= 2
    for e in found:
        assert e.rest[2] > e.far[2]  # down is rest


@pytest.mark.parametrize(
    ("before", "from_top"),
    [
        (((0, 110), (8, 110), (10, 0), (11.5, 0)), True),  # another posture before, and no repetition
        (((0, 35), (8, 35), (9, 0), (11.5, 0)), False),  # the top of a repetition before
        (((0, 110), (8, 110), (11, 35)), False),  # it came to rest from elsewhere
    ],
)
def test_from_its_top(before, from_top):
    """What looks like a repetition, from 35° down to 0° and back: whether the leg rested at 0° first."""
    end = before[-1][0]
    up = poses(ramp(*before, (end + 1, 35), (end + 2, 35), (end + 3, 0))).tolist()
    speed = np.linalg.norm(np.gradient(np.array(up), STEP_S, axis=0), axis=1)
    segmenter = Segmenter(STEP_S)
    for step, (pose, pace) in enumerate(zip(up, speed.tolist(), strict=True)):
        segmenter.push(step, tuple(pose), pace)
    rest, top = round((end + 2) / STEP_S), len(up) - 1
    e = Excursion(1, rest, rest, top, top, top, tuple(up[rest]), tuple(up[top]), Ending.RETURNED)
    assert segmenter.from_top(e) is from_top


def test_a_swing_through_rest_is_not_a_return():
    trace = ramp((0, 0), (2, 0), (3, 30), (4.2, -30), (5, -30), (6, 0), (8, 0))
    assert all(swing_deg(e) < 45.0 for e in whole(segment(poses(trace))))


def test_what_never_comes_back_is_given_up():
    trace = ramp((0, 0), (2, 0), (3, 30), (40, 30))
    events = segment(poses(trace))
    assert not whole(events)
    assert [e.ending for e in events if isinstance(e, Excursion)] == [Ending.LEFT]


def test_an_excursion_open_at_the_end_is_named():
    trace = ramp((0, 0), (2, 0), (3, 30), (3.4, 30))
    (ended,) = [e for e in segment(poses(trace)) if isinstance(e, Excursion)]
    assert ended.ending is Ending.LEFT


def test_a_nearly_finished_one_at_the_end_has_returned():
    trace = ramp((0, 0), (2, 0), (3, 30), (3.4, 30), (4.4, 0))[:-5]
    assert len(whole(segment(poses(trace)))) == 1


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), size=st.floats(0.01, 0.6))
def test_every_top_is_closed_by_one_excursion(seed, size):
    """Whatever the leg does."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(size=(600, 2)), axis=0)
    kernel = np.hanning(rng.integers(3, 25))
    trace, aside = (size * np.convolve(x, kernel / kernel.sum(), mode="same") * 0.2 for x in walk.T)
    events = segment(poses(trace, aside=aside))
    tops = [e.peak for e in events if isinstance(e, Top)]
    closed = [e.peak for e in events if isinstance(e, Excursion)]
    assert len(set(closed)) == len(closed)
    assert set(tops) <= set(closed)
    for e in (e for e in events if isinstance(e, Excursion)):
        assert e.begin <= e.opened <= e.top <= e.end <= e.step
    for peak in tops:
        told = next(i for i, e in enumerate(events) if e.peak == peak and isinstance(e, Top))
        assert told < next(i for i, e in enumerate(events) if e.peak == peak and isinstance(e, Excursion))


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_excursions_do_not_overlap(seed):
    rng = np.random.default_rng(seed)
    walk = np.convolve(np.cumsum(rng.normal(size=800)) * 0.05, np.hanning(15) / 7.0, mode="same")
    found = whole(segment(poses(walk)))
    for one, two in itertools.pairwise(found):
        assert two.top >= one.end


def test_the_geometry():
    x, z = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    assert cross(x, z) == pytest.approx((0.0, -1.0, 0.0))
    assert angle(x, z) == pytest.approx(math.pi / 2.0)
    assert angle(x, (-1.0, 0.0, 0.0)) == pytest.approx(math.pi)
    assert tangent(x, (0.6, 0.0, 0.8)) == pytest.approx(z)
    assert tangent(x, x) == (0.0, 0.0, 0.0)
