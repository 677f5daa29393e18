"""A set's angle may come from elsewhere than smooth phases: the leg and the truth follow it."""

import numpy as np
import pytest

from tracker.simulation import Activity, Curve, Plan, SetPlan, Window, kinematic, rotations, simulate
from tracker.simulation.profiles import RATE_HZ, count, min_jerk

RANGE_DEG = 30.0
PLAN = Plan("cable", (Activity("stand", 2.0), SetPlan(2, range_deg=RANGE_DEG)), off_plane_deg=10.0, unrest=0.0)


def curve(aside_deg=0.0):
    """Two minimum-jerk lifts of a second, a hold of half a second, a return of two."""
    lift, top, back = min_jerk(count(1.0)), np.ones(count(0.5)), 1 - min_jerk(count(2.0))
    once = np.concatenate([np.zeros(1000), lift, top, back, np.zeros(1000)])
    angle = np.radians(RANGE_DEG) * np.tile(once, 2)
    aside = np.radians(aside_deg) * np.stack([np.sin(np.pi * angle), angle], axis=1)
    windows = [Window(k * len(once) + 1000, k * len(once) + 2000, k * len(once) + 2500, k * len(once) + 4500, False)
               for k in range(2)]  # fmt: skip
    return Curve(angle, aside, windows, np.zeros((len(angle), 3)))


def moved(aside_deg=0.0, seed=3):
    return simulate(PLAN, seed, angles=lambda plan, exercise, rng: curve(aside_deg))


@pytest.mark.parametrize("aside_deg", [0.0, 10.0])
def test_the_truth_is_that_of_the_curve_in_its_plane_or_out_of_it(aside_deg):
    simulated = moved(aside_deg)
    begin = next(span.start_s for span in simulated.spans if span.doing == "set")
    (one,) = simulated.sets
    assert len(one.reps) == 2
    for k, rep in enumerate(one.reps):
        assert rep.range_deg == pytest.approx(RANGE_DEG, rel=0.02)
        assert rep.start_s == pytest.approx(begin + k * 5.5 + 1.0 + 0.0865, abs=0.015)  # 10 % of a minimum jerk's peak
        assert rep.end_s == pytest.approx(begin + k * 5.5 + 4.5 - 0.173, abs=0.015)


def test_what_stands_out_of_the_plane_shows_in_the_leg():
    flat, out = moved(0.0), moved(20.0)
    turned = rotations.to_rotvec(rotations.multiply(out.quat, rotations.conjugate(flat.quat)))
    assert 5 < np.degrees(np.linalg.norm(turned, axis=1).max()) < 30
    assert np.linalg.norm(out.ankle - flat.ankle, axis=1).max() > 0.05
    np.testing.assert_allclose(np.linalg.norm(out.ankle - out.knee, axis=1), 0.42, atol=1e-9)
    # thigh and shank leave the plane together: the hip stays
    assert np.linalg.norm(out.knee - flat.knee, axis=1).max() < np.linalg.norm(out.ankle - flat.ankle, axis=1).max()


def test_by_default_the_curve_is_the_kinematic_one():
    first, same = simulate(PLAN, 1), simulate(PLAN, 1, angles=kinematic)
    np.testing.assert_array_equal(first.quat, same.quat)
    assert simulate(PLAN, 1).duration_s != len(curve().angle) / RATE_HZ
