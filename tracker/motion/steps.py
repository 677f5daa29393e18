"""Steps: what the segmentation sees of the motion, some 25 times a second.

In: blocks of motion. Out: for each step the mean turning rate and acceleration over it, the pose at its end, and how
fast that turns. Remembered: the samples of the step that is still open.

Rule: a step ends at sample indices that its length divides, so that cutting the stream elsewhere changes nothing. Sums
are taken sample by sample, in order, for the same reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracker.motion.orientation import Motion
from tracker.motion.samples import Array


@dataclass(frozen=True, slots=True, eq=False)
class Stepped:
    """Steps that are complete.

    Attributes
    ----------
    mean
        Turning rate (rad/s) and acceleration without gravity (m/s²), sensor frame, shape (n, 6).
    up
        Up direction, sensor frame, shape (n, 3).
    speed
        How fast the up direction turns, rad/s, shape (n,).
    """

    mean: Array
    up: Array
    speed: Array


class Steps:
    """Averages motion over steps.

    Parameters
    ----------
    samples
        Samples per step.
    """

    def __init__(self, samples: int) -> None:
        self._samples = samples
        self._open, self._skip = np.empty((6, 0)), 0

    def restart(self, index: int) -> int:
        """Begin anew at a sample index; return the number of the first whole step."""
        self._open, self._skip = np.empty((6, 0)), -index % self._samples
        return (index + self._skip) // self._samples

    def push(self, motion: Motion) -> Stepped | None:
        """Take a block; None where it completes no step."""
        n, held = self._samples, self._open.shape[1]
        columns = np.empty((6, held + len(motion)))
        columns[:, :held], columns[:3, held:], columns[3:, held:] = self._open, motion.gyr.T, motion.lin.T
        dropped = min(self._skip, columns.shape[1])
        self._skip -= dropped
        count = (columns.shape[1] - dropped) // n
        self._open = columns[:, dropped + count * n :].copy()
        if not count:
            return None
        blocks = columns[:, dropped : dropped + count * n].reshape(6, count, n)
        mean = blocks[:, :, 0].copy()
        for i in range(1, n):
            mean += blocks[:, :, i]
        mean /= n
        up = motion.up[dropped - held + n - 1 :: n]
        return Stepped(mean.T, up, pose_speed(mean[:3].T, up))


def pose_speed(gyr: Array, up: Array) -> Array:
    """Speed at which the up direction turns, rad/s, shape (n,); the arguments have the shape (n, 3)."""
    (a, b, c), (x, y, z) = gyr.T, up.T
    p, q, r = b * z - c * y, c * x - a * z, a * y - b * x
    return np.asarray(np.sqrt(p * p + q * q + r * r))
