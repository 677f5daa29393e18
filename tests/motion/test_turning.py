"""What a window turned about, seen from the room, against rotations that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.motion.axis import main_axis, spread_of
from tracker.motion.turning import turning

from .test_measure import min_jerk

RATE = 200.0
HOME = 60


def sensed(axis, angle, aside, lean):
    """Turning rate and up direction of a sensor that turns by ``angle`` about an axis and by ``aside`` besides.

    The axis is fixed in the room, and in the sensor while it is at rest; ``aside`` is a rotation vector in the room.
    """
    pose = Rotation.from_rotvec(aside) * Rotation.from_rotvec(np.outer(angle, axis)) * lean
    step = (pose[:-2].inv() * pose[2:]).as_rotvec() * RATE / 2.0
    gyr = np.vstack([step[:1], step, step[-1:]])
    return gyr, pose.inv().apply([0.0, 0.0, 1.0]), pose


def lift():
    t = np.arange(0.0, 4.0, 1.0 / RATE)
    return 0.9 * (min_jerk((t - 0.5) / 1.2) - min_jerk((t - 2.2) / 1.4))


def twist(pose, axis):
    """Angle about an axis since home, by swing and twist."""
    turn = (pose[HOME].inv() * pose).as_quat()
    return np.unwrap(2.0 * np.arctan2(turn[:, :3] @ axis, turn[:, 3]))


def unit(vector):
    return np.asarray(vector) / np.linalg.norm(vector)


@given(
    seed=st.integers(0, 1000),
    tilt=st.sampled_from([0.0, 0.5, 1.2, 1.5707]),
    bulge=st.floats(-0.3, 0.3),
)
def test_the_speed_is_that_of_the_twist(seed, tilt, bulge):
    rng = np.random.default_rng(seed)
    angle = lift()
    axis = np.array([np.cos(tilt), 0.0, np.sin(tilt)])
    aside = bulge * np.sin(np.pi * angle / 0.9)[:, None] * unit(np.cross(axis, [0.0, 1.0, 0.3]))
    lean = Rotation.random(rng=rng)
    gyr, up, pose = sensed(axis, angle, aside, lean)
    here = lean.inv().apply(axis)
    near = unit(here + 0.1 * rng.normal(size=3))
    seen = turning(gyr, up, tuple(here.tolist()), HOME, 1.0 / RATE)
    for about in (here, near):
        expected = np.gradient(twist(pose, about)) * RATE
        np.testing.assert_allclose(seen.about(tuple(about.tolist())), expected, atol=0.012)


def test_a_path_out_of_the_plane_bends_the_axis_in_the_sensor_but_not_in_the_room():
    angle = lift()
    axis = np.array([0.0, 1.0, 0.0])
    aside = 0.2 * np.sin(np.pi * angle / 0.9)[:, None] * [1.0, 0.0, 0.0]
    gyr, up, pose = sensed(axis, angle, aside, Rotation.identity())
    in_sensor = main_axis(spread_of(gyr.T), (0.0, 1.0, 0.0))
    in_room = main_axis(turning(gyr, up, (0.0, 1.0, 0.0), HOME, 1.0 / RATE).spread(0, len(gyr)), (0.0, 1.0, 0.0))
    step = (pose[1:] * pose[:-1].inv()).as_rotvec() * RATE
    assert np.degrees(np.arccos(abs(np.dot(in_room, unit(np.linalg.eigh(step.T @ step)[1][:, -1]))))) < 0.5
    assert np.degrees(np.arccos(abs(np.dot(in_sensor, axis)))) > 4.0


@pytest.mark.parametrize("strap", range(8))
def test_how_it_is_strapped_does_not_matter(strap):
    angle = lift()
    axis = np.array([0.0, 1.0, 0.0])
    aside = 0.2 * np.sin(np.pi * angle / 0.9)[:, None] * [1.0, 0.0, 0.4]
    gyr, up, _ = sensed(axis, angle, aside, Rotation.identity())
    plain = turning(gyr, up, (0.0, 1.0, 0.0), HOME, 1.0 / RATE)
    turn = Rotation.random(rng=np.random.default_rng(strap))
    other = turning(turn.apply(gyr), turn.apply(up), tuple(turn.apply(axis).tolist()), HOME, 1.0 / RATE)
    about = unit([0.1, 1.0, 0.1])
    np.testing.assert_allclose(other.about(tuple(turn.apply(about).tolist())), plain.about(tuple(about)), atol=1e-9)
    found = [main_axis(one.spread(0, len(gyr)), (1.0, 1.0, 1.0)) for one in (plain, other)]
    assert abs(unit(found[1]) @ turn.apply(found[0])) == pytest.approx(1.0, abs=1e-9)


def test_what_passes_the_vertical_gives_finite_numbers():
    t = np.arange(0.0, 4.0, 1.0 / RATE)
    gyr = np.column_stack([np.sin(t), 2.0 * np.cos(3.0 * t), np.ones_like(t)])
    up = Rotation.from_rotvec(np.outer(t, [1.0, 0.0, 0.0])).apply([0.0, 0.0, 1.0])
    seen = turning(gyr, up, (0.0, 0.0, 1.0), 0, 1.0 / RATE)
    assert np.isfinite(seen.about((0.0, 0.0, 1.0))).all()
