"""Steps: means over samples whose numbers the step's length divides, wherever the stream is cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tracker.motion.orientation import Motion
from tracker.motion.steps import Steps, pose_speed

N = 4


def motion(start: int, stop: int) -> Motion:
    """Sample k turns at (k, 2k, 3k), accelerates by −k, and its up direction is numbered like it."""
    k = np.arange(start, stop, dtype=float)[:, None]
    yes = np.ones(len(k), dtype=bool)
    return Motion(start, 0.01, k * [1.0, 2.0, 3.0], k * [0.0, 0.0, 1.0], -k * np.ones(3), yes, ~yes)


@pytest.mark.parametrize("cuts", [(), (5,), (1, 2, 3, 9, 10, 31), (20, 21)])
@pytest.mark.parametrize("begin", [0, 3, 6])
def test_a_step_is_the_mean_of_its_samples_and_the_pose_at_its_end(begin, cuts):
    steps = Steps(N)
    first = steps.restart(begin)
    edges = [begin, *(begin + cut for cut in cuts), begin + 35]
    found = [steps.push(motion(a, b)) for a, b in pairwise(edges)]
    whole = [one for one in found if one is not None]
    mean, up = np.concatenate([one.mean for one in whole]), np.concatenate([one.up for one in whole])
    numbers = np.arange(first, (begin + 35) // N)
    middle = N * numbers + (N - 1) / 2
    np.testing.assert_allclose(mean[:, :3], middle[:, None] * [1.0, 2.0, 3.0])
    np.testing.assert_allclose(mean[:, 3:], -middle[:, None] * np.ones(3))
    np.testing.assert_array_equal(up[:, 2], N * numbers + N - 1)


def test_about_the_vertical_no_pose_changes():
    rate, up = np.array([[0.0, 0.0, 2.0], [0.0, 3.0, 0.0]]), np.array([[0.0, 0.0, 1.0]] * 2)
    np.testing.assert_allclose(pose_speed(rate, up), [0.0, 3.0])
