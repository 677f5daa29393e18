"""The profiles are data that loads and makes sense."""

from __future__ import annotations

import math

import pytest

from tracker.exercises import Metric, exercise, exercises

TURNING = (
    "cable",
    "ankle-weight-standing",
    "ankle-weight-quadruped",
    "dumbbell",
    "band",
    "machine",
    "glute-bridge",
    "bodyweight",
)
"""Measured by the shank's angle."""
IDS = (*TURNING, "ankle-weight-straightening")


def test_there_are_the_nine():
    assert tuple(exercises()) == IDS


@pytest.mark.parametrize("id_", IDS)
def test_each_is_found_and_says_what_it_is(id_):
    one = exercise(id_)
    assert one.id == id_
    assert one.name
    assert one.plan
    assert one.unknown
    assert Metric.TEMPO in one.metrics
    for low, high in (one.concentric_s, one.hold_s, one.eccentric_s):
        assert 0.0 < low < high
    assert one.posture in ("standing", "all-fours", "supine", "any")
    assert one.basis == ("angle" if id_ in TURNING else "travel")


@pytest.mark.parametrize("id_", TURNING)
def test_those_that_turn_the_shank_say_how_far(id_):
    one = exercise(id_)
    assert {Metric.RANGE, Metric.SPEED, Metric.SMOOTHNESS} <= one.metrics
    assert one.min_range_deg < one.usual_range_deg[0] < one.usual_range_deg[1]
    assert 0.0 < one.min_range_deg < one.sure_range_deg < 90.0
    assert math.isfinite(one.sure_range_deg)


def test_only_the_bridge_works_the_other_leg():
    assert [id_ for id_, one in exercises().items() if not one.same_leg] == ["glute-bridge"]


def test_what_is_honest_only_in_some():
    def having(metric):
        return {id_ for id_, one in exercises().items() if metric in one.metrics}

    assert having(Metric.SNAP_BACK) == {"band"}
    assert having(Metric.RETURN) == set(TURNING) - {"band"}
    assert having(Metric.DIRECTION) == set(TURNING) - {"machine", "glute-bridge"}
    assert having(Metric.TOUCHDOWN) == set(TURNING) - {"glute-bridge"}
    assert not having(Metric.TENSION) & {"ankle-weight-standing", "glute-bridge", "bodyweight"}


def test_only_machine_and_bridge_lower_the_ankle():
    assert [id_ for id_, one in exercises().items() if one.ankle != "rises"] == ["machine", "glute-bridge"]


@pytest.mark.parametrize("unknown", ["squat", "", "Cable", "cable "])
def test_an_unknown_one_lists_those_there_are(unknown):
    with pytest.raises(ValueError, match="no exercise") as caught:
        exercise(unknown)
    assert repr(unknown) in str(caught.value)
    assert all(id_ in str(caught.value) for id_ in IDS)
    assert "\n" not in str(caught.value)


def test_the_simulation_has_the_same_ones():
    from tracker.simulation import EXERCISE_IDS

    assert set(EXERCISE_IDS) == set(IDS)
