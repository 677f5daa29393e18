"""The moment of an ankle weight: what statics says, in each posture, and nothing where it would not be honest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tracker.coaching.moment import G_M_S2, SHANK_SHARE, THIGH_SHARE, lever_of
from tracker.exercises import exercises
from tracker.simulation import rotations

MODELLED = {"ankle-weight-standing", "ankle-weight-quadruped", "dumbbell"}


def test_only_a_weight_on_the_leg_has_one():
    assert {id_ for id_ in exercises() if lever_of(id_)} == MODELLED
    assert lever_of("no such exercise") is None


@pytest.mark.parametrize("height_m", [0.0, -1.7, 170.0, math.nan])
def test_a_height_is_one_of_a_person(height_m: float):
    with pytest.raises(ValueError, match="height_m must be"):
        lever_of("cable", height_m=height_m)


@pytest.mark.parametrize(
    ("id_", "chain"),
    [
        # from the hip downwards at rest, m per m of height: forward is x, up is z
        ("ankle-weight-standing", [(0.0, -THIGH_SHARE - SHANK_SHARE)]),
        ("ankle-weight-quadruped", [(0.0, -THIGH_SHARE), (-SHANK_SHARE, 0.0)]),
        ("dumbbell", [(0.0, -THIGH_SHARE)]),
    ],
)
@pytest.mark.parametrize("angle_deg", [0.0, 10.0, 35.0, 60.0])
def test_it_is_weight_times_horizontal_distance(id_: str, chain: list[tuple[float, float]], angle_deg: float):
    """The whole leg turned about the hip, as vectors, against the formula."""
    lift = rotations.about([0, 1, 0], np.radians([angle_deg]))[0]
    place = sum(np.asarray(rotations.rotate(lift, np.array([x, 0.0, z]) * 1.8)) for x, z in chain)
    force = np.array([0.0, 0.0, -4.0 * G_M_S2])
    torque = np.cross(place, force)
    lever = lever_of(id_, height_m=1.8)
    assert lever is not None
    assert abs(float(torque[1])) == pytest.approx(lever.moment_nm(angle_deg, 4.0), abs=1e-9)


def test_constant_weight_is_no_constant_resistance():
    standing, fours = lever_of("ankle-weight-standing"), lever_of("ankle-weight-quadruped")
    assert standing is not None
    assert fours is not None
    assert standing.moment_nm(0.0, 5.0) == 0.0
    assert standing.hardest_deg == pytest.approx(90.0)
    assert fours.moment_nm(0.0, 5.0) > 0.7 * fours.moment_nm(fours.hardest_deg, 5.0)
    assert fours.hardest_deg == pytest.approx(45.0, abs=1.0)


@pytest.mark.parametrize("id_", sorted(MODELLED))
def test_the_hardest_angle_is_where_it_is_largest(id_: str):
    lever = lever_of(id_)
    assert lever is not None
    angles = np.linspace(0.0, 120.0, 1201)
    largest = angles[int(np.argmax([lever.moment_nm(deg, 1.0) for deg in angles.tolist()]))]
    assert largest == pytest.approx(lever.hardest_deg, abs=0.1)
    assert lever.moment_nm(30.0, 6.0) == pytest.approx(2.0 * lever.moment_nm(30.0, 3.0))
