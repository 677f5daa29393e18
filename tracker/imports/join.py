"""Two sensors on one timeline: the gyroscope's rows at the accelerometer's times.

Rule: **linear interpolation where both sensors measured, nothing across a hole.** A row that lies in a hole of the
gyroscope, or before its first or after its last row, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracker.motion.samples import Array, Mask
from tracker.recording.grid import to_grid

from .track import Track


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Rows with both sensors.

    Attributes
    ----------
    time_s
        Seconds by the app's clock, shape (n,).
    acc, gyr
        m/s² and rad/s, shape (n, 3).
    interpolated
        Whether the gyroscope's rows had other times.
    left_out
        Rows of the accelerometer without a gyroscope.
    """

    time_s: Array
    acc: Array
    gyr: Array
    interpolated: bool
    left_out: int


def join(acc: Track, gyr: Track) -> Joined:
    """Put both on the accelerometer's times.

    Raises
    ------
    ValueError
        They have no time in common.
    """
    if np.array_equal(acc.time_s, gyr.time_s):
        return Joined(acc.time_s, acc.values, gyr.values, False, 0)
    both = _covered(acc.time_s, gyr.time_s)
    if both.sum() < 2:
        spans = [f"{one.what} {one.time_s[0]:.1f} to {one.time_s[-1]:.1f} s" for one in (acc, gyr)]
        raise ValueError(f"{acc.path}: not of one recording: {' and '.join(spans)} have no time in common")
    time_s = acc.time_s[both]
    turned = np.column_stack([np.interp(time_s, gyr.time_s, axis) for axis in gyr.values.T])
    return Joined(time_s, acc.values[both], turned, True, int((~both).sum()))


def _covered(time_s: Array, by_s: Array) -> Mask:
    """Which times lie between two rows that follow each other without a hole."""
    begins = np.array(to_grid(by_s - by_s[0]).starts)
    ends = np.append(begins[1:], len(by_s)) - 1
    run = np.searchsorted(by_s[begins], time_s, side="right") - 1
    return np.asarray((run >= 0) & (time_s <= by_s[ends[np.maximum(run, 0)]]))
