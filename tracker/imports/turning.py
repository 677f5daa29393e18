"""Whether the gyroscope's unit can be right: when the sensor tilts, gravity turns as far as the gyroscope says.

In: samples. Out: the gyroscope's share of the tilt that gravity shows, middle of all moments in which it tilts; None
if there are too few. The accelerometer feels the movement too, so right sensors reach 0.09 to 1.15 (brisk sets of
short swings are the lowest; simulated sets of all exercises, real ankles). deg/s taken for rad/s gives 5 and more,
rad/s taken for deg/s 0.02 and less, another handedness negative shares: unlike enough for a warning, too little for a
measurement.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tracker.motion.samples import Array, Samples

RIGHT = (0.04, 3.0)
"""Shares that no wrong unit has."""
WINDOW_S = 0.2
ENOUGH = 20
"""Moments; fewer are chance."""
_TILT_RAD = (np.radians(3.0), np.radians(40.0))
_CALM = 0.1
"""Share by which the acceleration's size may be off its middle: where it is more, it is not gravity alone."""


def share(period_s: float, blocks: Sequence[Samples]) -> float | None:
    """Return how much of the tilt the gyroscope tells of; None: it tilted too little to say."""
    parts = [part for block in blocks if len(part := _shares(period_s, block))]
    found = np.concatenate(parts) if parts else np.empty(0)
    return float(np.median(found)) if len(found) >= ENOUGH else None


def _shares(period_s: float, block: Samples) -> Array:
    size = max(2, round(WINDOW_S / period_s))
    count = len(block) // size
    if count < 2:
        return np.empty(0)
    force = block.acc[: count * size].reshape(count, size, 3).mean(axis=1)
    turn = block.gyr[: count * size].reshape(count, size, 3).mean(axis=1) * (size * period_s)
    length = np.sqrt((force * force).sum(axis=1))
    calm = np.abs(length - np.median(length)) < _CALM * np.median(length)
    up = force / np.maximum(length, 1e-9)[:, None]
    tilted = np.diff(up, axis=0)
    middle = (up[1:] + up[:-1]) / 2
    told = np.cross(middle, (turn[1:] + turn[:-1]) / 2)  # in the sensor's frame what stands still turns the other way
    square = (tilted * tilted).sum(axis=1)
    fit = calm[1:] & calm[:-1] & (square > _TILT_RAD[0] ** 2) & (square < _TILT_RAD[1] ** 2)
    return np.asarray((tilted * told).sum(axis=1)[fit] / square[fit])
