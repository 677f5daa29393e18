"""What is learnt of the set's axis, from repetitions that leave its plane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.motion.axis import main_axis, spread_of
from tracker.motion.set_axis import UNDECIDED, Known, SetAxis
from tracker.motion.values import ExerciseSet, Reason, Rejected, Rep

AXIS = np.array([0.0, 0.6, 0.8])
REST, TILTED = (0.0, 0.0, 1.0), (0.0, 0.5, 0.866)
LIFT, OTHER_LIFT = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def turned(seed, *, about=AXIS, aside=0.3):
    """Spread of a repetition that goes out of its plane to one side."""
    rng = np.random.default_rng(seed)
    tilted = about + aside * rng.normal(size=3)
    rates = np.outer(np.sin(np.arange(200) / 32.0), tilted) + aside * rng.normal(size=(200, 3))
    return spread_of(rates.T)


def off_deg(axis, about=AXIS):
    return np.degrees(np.arccos(min(1.0, abs(np.dot(axis, about)))))


def rep(peak):
    return Rep(peak, 1.0, 2.0, 3.0, 4.0, 4.1, 40.0, 80.0)


def rejected(peak, reason):
    return Rejected(peak, 1.0, 4.0, 4.1, reason, "")


def closed(*peaks):
    return ExerciseSet(1, tuple(map(rep, peaks)), (), (None,) * len(peaks), 20.0)


def learnt(count, *, first=1, **how):
    axis = SetAxis()
    for peak in range(first, first + count):
        axis.measured(peak, turned(peak, **how), REST, LIFT)
        axis.learn([rep(peak)])
    return axis


def test_the_set_is_nearer_to_its_axis_than_each_of_its_repetitions():
    alone, together = [], []
    for seed in range(100, 130):
        own = turned(seed)
        guess = main_axis(own, tuple(AXIS))
        alone.append(off_deg(guess))
        together.append(off_deg(learnt(10, first=seed).known(REST, LIFT).axis(own, guess)))
    assert np.mean(together) < 0.5 * np.mean(alone)


@given(seed=st.integers(0, 1000))
def test_with_nothing_known_it_is_the_own_axis(seed):
    own = turned(seed, aside=0.1)
    guess = main_axis(own, tuple(AXIS))
    assert Known().axis(own, guess) == pytest.approx(guess, abs=1e-3)
    assert np.linalg.norm(learnt(3).known(REST, LIFT).axis(own, guess)) == pytest.approx(1.0)


def test_a_repetition_in_its_plane_is_measured_by_itself():
    other = np.array([0.0, 0.96, 0.28])
    own = turned(1, about=other, aside=0.0)
    assert off_deg(learnt(10).known(REST, LIFT).axis(own, tuple(other)), other) < 0.1


def test_the_set_before_helps_a_little():
    axis = learnt(8)
    axis.learn([closed(*range(1, 9))])
    known = axis.known(REST, LIFT)
    assert known.so_far == (0.0,) * 6
    alone, helped = [], []
    for seed in range(50, 80):
        own = turned(seed)
        alone.append(off_deg(main_axis(own, tuple(AXIS))))
        helped.append(off_deg(known.axis(own, tuple(AXIS))))
    assert 0.5 * np.mean(alone) < np.mean(helped) < 0.98 * np.mean(alone)


def test_where_the_rest_pose_shifts_all_begins_anew():
    axis = learnt(8)
    assert axis.known(TILTED, LIFT) == Known()
    axis.measured(20, turned(20), TILTED, LIFT)
    axis.learn([rep(20)])
    assert axis.known(TILTED, LIFT).so_far == pytest.approx(turned(20))
    assert axis.known(REST, LIFT) == Known()


def test_what_is_rejected_is_forgotten_but_partials_are_not():
    axis = SetAxis()
    for peak, reason in ((1, Reason.WALKING), (2, Reason.PARTIAL)):
        axis.measured(peak, turned(peak), REST, LIFT)
        axis.learn([rejected(peak, reason)])
    assert axis.known(REST, LIFT).so_far == pytest.approx(turned(2))


def test_the_undecided_help_those_that_are_alike():
    axis = SetAxis()
    axis.measured(1, turned(1), REST, LIFT)
    assert axis.known(REST, LIFT).so_far == pytest.approx(turned(1))
    assert axis.known(REST, OTHER_LIFT) == Known()
    for peak in range(2, 30):
        axis.measured(peak, turned(peak), REST, OTHER_LIFT)
    assert axis.known(REST, LIFT) == Known()
    newest = [turned(peak) for peak in range(30 - UNDECIDED, 30)]
    assert axis.known(REST, OTHER_LIFT).so_far == pytest.approx(np.sum(newest, axis=0))
