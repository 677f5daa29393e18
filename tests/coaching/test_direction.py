"""Kick direction through a session: differences only, and none that a new strap would make up."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.motion.streams import block
from tracker.coaching.direction import directions
from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.values import ExerciseSet, Flag, Rep
from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate

from .values import rep


def towards(deg: float, count: int = 5) -> list[Rep]:
    axis = (math.sin(math.radians(deg)), math.cos(math.radians(deg)), 0.0)
    return [rep(at_s=6.0 * i, axis=axis) for i in range(count)]


def performed(off_plane_deg: float, spread_deg: float = 0.0) -> tuple[Rep, ...]:
    """A set by the same sensor, strapped on in the same way."""
    one = SetPlan(9, concentric_s=1.2, hold_s=0.8, eccentric_s=2.0, direction_spread_deg=spread_deg)
    steps = (Activity("stand", 3.0), one, Activity("stand", 2.0))
    truth = simulate(Plan("cable", steps, off_plane_deg=off_plane_deg, side="left"), seed=4)
    out = sense(truth, SensorModel(), 4)
    tracker = Tracker(0.01, exercise=exercise("cable"))
    values = tracker.push(block(out.acc, out.gyr, 0.01)) + tracker.flush()
    (found,) = [value for value in values if isinstance(value, ExerciseSet)]
    return found.reps


def test_sets_of_one_direction_lie_together():
    for found in directions([towards(20.0), towards(20.0), towards(20.0)]):
        assert found is not None
        assert found.offset_deg == pytest.approx(0.0, abs=1e-4)
        assert found.spread_deg == pytest.approx(0.0, abs=1e-4)


def test_the_set_that_went_aside_is_the_one_that_is_told():
    offsets = [found.offset_deg for found in directions([towards(0.0), towards(0.0), towards(15.0)]) if found]
    assert offsets == [pytest.approx(0.0, abs=1e-4), pytest.approx(0.0, abs=1e-4), pytest.approx(15.0, abs=1e-4)]


def test_a_simulated_leg_that_goes_out_to_the_side():
    straight, also, aside = (performed(deg) for deg in (2.0, 4.0, 17.0))
    offsets = [found.offset_deg for found in directions([straight, also, aside]) if found]
    assert offsets == [pytest.approx(2.0, abs=1.5), pytest.approx(0.0, abs=1.5), pytest.approx(13.0, abs=1.5)]


def test_the_spread_is_that_of_the_repetitions():
    (steady,) = directions([performed(5.0)])
    (unsteady,) = directions([performed(5.0, spread_deg=6.0)])
    assert steady is not None
    assert unsteady is not None
    assert steady.spread_deg < 1.0
    assert 2.0 < unsteady.spread_deg < 8.0
    assert steady.offset_deg is None  # there is nothing to hold a single set against


def test_what_is_not_known_is_not_told():
    assert directions([]) == ()
    assert directions([towards(0.0, 2), towards(0.0)])[0] is None
    assert directions([[rep(shaped=False) for _ in range(5)]]) == (None,)


def test_a_strap_that_moved_ends_the_comparison():
    moved = [replace(one, flags=(Flag.STRAP_MOVED,)) for one in towards(0.0)]
    offsets = [found.offset_deg for found in directions([towards(0.0), moved]) if found]
    assert offsets == [None, None]
