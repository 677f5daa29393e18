"""The leg obeys mechanics: what the sensor reads, integrated, is where the leg went."""

from dataclasses import replace

import numpy as np
import pytest

from tracker.simulation import (
    EXERCISE_IDS,
    TURNING_IDS,
    Activity,
    Plan,
    SensorModel,
    SetPlan,
    rotations,
    scenario,
    sense,
    simulate,
)
from tracker.simulation.profiles import RATE_HZ
from tracker.simulation.sensor import GRAVITY

FAST = replace(SensorModel.ideal(500), off_axis_m=0.0)
"""On the shank's axis, so that its place is known; its samples fall on the leg's."""


@pytest.fixture(scope="module", params=EXERCISE_IDS)
def session(request):
    steps = (Activity("walk", 5), SetPlan(3), Activity("fidget", 3), SetPlan(2, hold_s=0, bottom_pause_s=0))
    return simulate(Plan(request.param, steps), seed=4)


def trapezoid(values):
    """Running integral from 0 over samples at 500 Hz."""
    return np.cumsum((values + np.vstack([values[:1], values[:-1]])) / 2, axis=0) / 500


def test_turning_rate_integrates_to_the_orientation(session):
    stream = sense(session, FAST)
    quat = session.quat[np.round(stream.time_s * RATE_HZ).astype(int)]
    steps = rotations.from_rotvec((stream.gyr[1:] + stream.gyr[:-1]) / 2 / 500)
    for begin in range(0, len(steps) - 250, 2000):  # half a second each
        total = quat[begin]
        for step in steps[begin : begin + 250]:
            total = rotations.multiply(total, step)
        off = rotations.to_rotvec(rotations.multiply(rotations.conjugate(total), quat[begin + 250]))
        assert np.degrees(np.linalg.norm(off)) < 0.1


def test_specific_force_integrates_to_the_path(session):
    stream = sense(session, FAST)
    at = np.round(stream.time_s * RATE_HZ).astype(int)
    position = session.ankle[at] + rotations.rotate(session.quat[at], [0, 0, 0.08]) + session.shock[at]
    linear = rotations.rotate(session.quat[at], stream.acc) + GRAVITY
    n = 500  # one second
    line = np.stack([np.ones(n), np.arange(n)], axis=1)
    for begin in range(0, len(at) - n, 1250):
        part = slice(begin, begin + n)
        gap = trapezoid(trapezoid(linear[part])) - position[part]
        # where it began and how fast are free: compare what is left after a straight line
        gap -= line @ np.linalg.lstsq(line, gap, rcond=None)[0]
        assert np.abs(gap).max() < 0.001


def test_everything_is_continuous(session):
    speed = np.diff(session.ankle, axis=0) * RATE_HZ
    assert np.abs(speed).max() < 8
    assert np.abs(np.diff(speed, axis=0) * RATE_HZ).max() < 80
    turn = rotations.to_rotvec(rotations.multiply(rotations.conjugate(session.quat[:-1]), session.quat[1:]))
    assert np.degrees(np.abs(turn).max()) * RATE_HZ < 700
    assert np.degrees(np.abs(np.diff(turn, axis=0)).max()) * RATE_HZ < 60


def test_orientations_are_unit_quaternions(session):
    np.testing.assert_allclose(np.linalg.norm(session.quat, axis=1), 1, atol=1e-12)


def test_the_shank_keeps_its_length(session):
    np.testing.assert_allclose(np.linalg.norm(session.ankle - session.knee, axis=1), 0.42, atol=1e-9)


def test_a_resting_sensor_reads_gravity():
    still = simulate(Plan("cable", (Activity("stand", 20),)), seed=1)
    stream = sense(still, SensorModel.ideal())
    length = np.linalg.norm(stream.acc, axis=1)
    assert length.mean() == pytest.approx(9.80665, abs=0.01)
    assert length.std() < 0.05
    assert np.degrees(np.linalg.norm(stream.gyr, axis=1)).max() < 4
    # strapped on straight and standing, up is the shank's own z
    np.testing.assert_allclose(stream.acc.mean(axis=0), [0, 0, 9.8], atol=0.15)


@pytest.mark.parametrize("exercise", TURNING_IDS)
@pytest.mark.parametrize("name", ["nominal", "taps", "fast-no-pause"])
def test_a_repetition_closes_its_path_about_a_pivot(exercise, name):
    simulated = simulate(scenario(name, exercise), seed=2)
    height = []
    for rep in (rep for one in simulated.sets for rep in one.reps):
        start, end = (simulated.ankle[round(t * RATE_HZ)] for t in (rep.start_s, rep.end_s))
        top = simulated.ankle[round((rep.peak_start_s + rep.peak_end_s) / 2 * RATE_HZ)]
        assert np.linalg.norm(end - start) < 0.06
        assert 0.3 < np.linalg.norm(top - start) / np.radians(rep.range_deg) < 1.0
        height.append(top[2] - start[2])
    # the ankle rises, but sinks in the machine (from in front) and in the bridge (towards the trunk's line)
    assert (np.median(height) < 0) == (exercise in ("machine", "glute-bridge"))


@pytest.mark.parametrize("doing", ["fidget", "squat", "sit"])
def test_standing_activities_leave_the_foot_about_where_it_is(doing):
    simulated = simulate(Plan("cable", (Activity("stand", 2), Activity(doing, 6), Activity("stand", 2))), seed=5)
    away = np.linalg.norm(simulated.ankle - simulated.ankle[0], axis=1)
    assert away.max() < 0.09
    assert np.degrees(np.ptp(np.arcsin(rotations.rotate(simulated.quat, [0, 0, 1])[:, 2]))) > 3
