"""What people do between sets: it obeys mechanics, and none of it is a repetition."""

from itertools import pairwise

import numpy as np
import pytest

from tracker.simulation import Activity, Plan, SensorModel, SetPlan, rotations, sense, simulate
from tracker.simulation.profiles import RATE_HZ
from tracker.simulation.stairs import RISER_M, TREAD_M, flight

SEEDS = range(4)
SERIES = ("squats", "stand-ups", "march", "turn", "side-steps")
STAND = Activity("stand", 2.0)


def doing(what, seed, seconds=12.0):
    return simulate(Plan("cable", (STAND, Activity(what, seconds), STAND)), seed)


def pitch_deg(simulated):
    """Shank's lean forward in its own sagittal plane."""
    forward = rotations.rotate(rotations.conjugate(simulated.quat), [0, 0, 1])
    return np.degrees(np.arctan2(-forward[:, 0], forward[:, 2]))


def rounds(curve, least):
    """How often a curve goes over and back under a level."""
    above = curve > least
    return int(np.sum(above[1:] & ~above[:-1]))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("what", [*SERIES, "stairs"])
def test_everything_is_continuous_and_above_the_floor(what, seed):
    simulated = doing(what, seed)
    speed = np.diff(simulated.ankle, axis=0) * RATE_HZ
    assert np.abs(speed).max() < 5
    assert np.abs(np.diff(speed, axis=0) * RATE_HZ).max() < 80
    turned = rotations.to_rotvec(rotations.multiply(rotations.conjugate(simulated.quat[:-1]), simulated.quat[1:]))
    assert np.degrees(np.abs(turned).max()) * RATE_HZ < 600
    np.testing.assert_allclose(np.linalg.norm(simulated.ankle - simulated.knee, axis=1), 0.42, atol=1e-9)
    assert simulated.ankle[:, 2].min() > 0.05


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("what", [*SERIES, "stairs", "strap-on"])
def test_the_same_seed_gives_the_same_movement(what, seed):
    plan = Plan("cable", (Activity(what, 5.0), STAND))
    np.testing.assert_array_equal(simulate(plan, seed).quat, simulate(plan, seed).quat)
    assert not np.array_equal(simulate(plan, seed).quat[:500], simulate(plan, seed + 100).quat[:500])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("what", ["squats", "stand-ups"])
def test_the_foot_stays_while_the_shank_turns_over_it(what, seed):
    simulated = doing(what, seed, 15.0)
    assert np.linalg.norm(simulated.ankle - simulated.ankle[0], axis=1).max() < 0.03
    lean = pitch_deg(simulated)
    assert rounds(lean, lean.max() / 2) >= 3
    assert 5 < lean.max() < 45


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", ["up", "down"])
def test_a_flight_climbs_by_its_risers(way, seed):
    strides = 3 + seed
    stretch = flight(strides, way, np.random.default_rng(seed))
    assert stretch.climb == pytest.approx((1 if way == "up" else -1) * 2 * strides * RISER_M)
    assert stretch.end[0] == pytest.approx(2 * strides * TREAD_M)
    assert 0.9 < len(stretch) / RATE_HZ / strides < 2.3  # seconds a stride


@pytest.mark.parametrize("seed", SEEDS)
def test_stairs_go_up_and_come_down_on_still_feet(seed):
    simulated = doing("stairs", seed, 16.0)
    up = simulated.ankle[:, 2] - simulated.ankle[0, 2]
    assert up.max() > 6 * RISER_M
    assert abs(up[-1]) < 0.01
    span = simulated.spans[1:4]
    assert [one.doing for one in span] == ["stairs"] * 3
    for one in (span[0], span[2]):
        part = slice(round(one.start_s * RATE_HZ), round(one.end_s * RATE_HZ))
        speed = np.linalg.norm(np.diff(simulated.ankle[part], axis=0), axis=1) * RATE_HZ
        assert np.mean(speed < 0.1) > 0.3
        assert 40 < pitch_deg(simulated)[part].max() < 75
        steps = up[part][1:][speed < 0.02] / RISER_M  # on the ground, the first step, then every second
        assert np.percentile(np.abs(steps - np.round(steps)), 90) < 0.1
        assert len(np.unique(np.round(steps))) >= 4


@pytest.mark.parametrize("seed", SEEDS)
def test_stairs_down_land_harder_than_up(seed):
    hardest = []
    for way in ("up", "down"):
        stretch = flight(6, way, np.random.default_rng(seed))
        hardest.append(np.abs(np.diff(stretch.shock, 2, axis=0)).max() * RATE_HZ**2)
    assert hardest[1] > hardest[0]
    stream = sense(doing("stairs", seed), SensorModel.ideal(200))
    assert np.percentile(np.linalg.norm(stream.acc, axis=1), 99) < 60


@pytest.mark.parametrize("seed", SEEDS)
def test_marching_lifts_the_knee_and_comes_back_to_its_place(seed):
    simulated = doing("march", seed)
    height = simulated.ankle[:, 2] - simulated.ankle[0, 2]
    assert 0.07 < height.max() < 0.5
    assert rounds(height, height.max() / 2) >= 8
    assert np.linalg.norm(simulated.ankle[-1] - simulated.ankle[0]) < 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_turning_on_the_spot_turns_and_hardly_travels(seed):
    simulated = doing("turn", seed)
    ahead = rotations.rotate(simulated.quat, [1, 0, 0])
    heading = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
    assert abs(heading[-1] - heading[0]) > 0.45 * np.pi
    assert np.linalg.norm((simulated.ankle - simulated.ankle[0])[:, :2], axis=1).max() < 0.4


@pytest.mark.parametrize("seed", SEEDS)
def test_side_steps_go_sideways_and_back(seed):
    simulated = doing("side-steps", seed)
    path = simulated.ankle - simulated.ankle[0]
    ahead = rotations.rotate(simulated.quat[:1], [1, 0, 0])[0]
    away = np.linalg.norm(path[:, :2], axis=1)
    assert 0.7 < away.max() < 4
    assert np.abs(path @ ahead).max() < 0.25 * away.max()
    assert away[-1] < 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sensor_is_put_on_at_the_start_only(seed):
    simulated = simulate(Plan("cable", (Activity("strap-on", 3.0), STAND, SetPlan(2))), seed)
    fastened = simulated.spans[0].end_s
    first, later = simulated.quat[0], simulated.quat[round(fastened * RATE_HZ)]
    turned = np.degrees(np.linalg.norm(rotations.to_rotvec(rotations.multiply(rotations.conjugate(first), later))))
    assert 35 < turned < 185
    assert np.linalg.norm(simulated.ankle[0] - simulated.ankle[round(fastened * RATE_HZ)]) > 0.3
    with pytest.raises(ValueError, match="first step"):
        Plan("cable", (STAND, Activity("strap-on", 3.0)))


@pytest.mark.parametrize("what", SERIES)
def test_longer_takes_longer(what):
    lengths = [doing(what, 3, seconds).duration_s for seconds in (5.0, 20.0, 40.0)]
    assert all(b > a + 8 for a, b in pairwise(lengths))


@pytest.mark.parametrize("what", [*SERIES, "stairs", "strap-on"])
def test_none_of_it_is_done_in_the_rest_pose(what):
    with pytest.raises(ValueError, match="standing"):
        Activity(what, posture="exercise")
