"""The grid: blocks with holes in, contiguous blocks and gaps out.

In: blocks of samples by absolute index. Out: the same without holes, and a ``Gap`` for each hole. Remembered: the
last samples before a hole, and the first ones behind it until there are enough of them.

Rule: short holes are filled and marked not valid; over longer ones the stream breaks off and begins anew. The
filling is a cubic that meets the samples on both sides with their own slopes: a straight line through 240 ms of a
fast swing tilts the pose by more than 10°. Samples that were already there are dropped (some Bluetooth stacks
repeat notifications after a reconnect).
"""

from __future__ import annotations

import numpy as np

from tracker.motion.samples import Array, Gap, Samples

BRIDGE_S = 1.0
"""A longer hole is not bridged."""
SLOPE_SAMPLES = 3
"""The slope beside a hole is that of a line through so many samples, as far as they are there."""


class Grid:
    """Fills holes.

    Parameters
    ----------
    period_s
        Grid step, seconds.
    t0_s
        Time of sample index 0.
    """

    def __init__(self, period_s: float, t0_s: float) -> None:
        self._period_s = period_s
        self._t0_s = t0_s
        self._bridge = round(BRIDGE_S / period_s)
        self._next: int | None = None
        self._before = np.empty((0, 6))
        self._hole = 0
        self._behind: list[Samples] = []

    def push(self, samples: Samples) -> list[Samples | Gap]:
        """Return the samples, with the hole before them filled or reported; a few are held back behind a hole."""
        expected = self._next
        if expected is not None and samples.start_index < expected:
            samples = samples.part(expected - samples.start_index, len(samples))
        if not len(samples):
            return []
        out: list[Samples | Gap] = []
        lost = 0 if expected is None else samples.start_index - expected
        if lost and expected is not None:
            out += self.flush()
            out.append(Gap(self._time(expected - 1), self._time(samples.start_index), lost))
            if lost <= self._bridge:
                self._hole = lost
            else:
                self._before = np.empty((0, 6))
        self._next = samples.start_index + len(samples)
        if not self._hole:
            return [*out, self._pass(samples)]
        self._behind.append(samples)
        if sum(len(s) for s in self._behind) >= SLOPE_SAMPLES:
            out += self.flush()
        return out

    def flush(self) -> list[Samples | Gap]:
        """Return what is held back."""
        if not self._hole:
            return []
        behind, lost = self._behind, self._hole
        self._behind, self._hole = [], 0
        after = np.concatenate([np.hstack([s.acc, s.gyr]) for s in behind])[:SLOPE_SAMPLES]
        rows = _bridge(self._before, after, lost)
        start = behind[0].start_index - lost
        no = np.zeros(lost, dtype=bool)
        acc, gyr = np.ascontiguousarray(rows[:, :3]), np.ascontiguousarray(rows[:, 3:])
        filled = Samples(start, self._period_s, acc, gyr, no, no)
        return [filled, *(self._pass(s) for s in behind)]

    def _pass(self, samples: Samples) -> Samples:
        count = min(SLOPE_SAMPLES, len(samples))
        newest = np.empty((count, 6))
        newest[:, :3], newest[:, 3:] = samples.acc[-count:], samples.gyr[-count:]
        if count < SLOPE_SAMPLES:
            newest = np.concatenate([self._before, newest])[-SLOPE_SAMPLES:]
        self._before = newest
        return samples

    def _time(self, index: int) -> float:
        return self._t0_s + index * self._period_s


def _bridge(before: Array, after: Array, lost: int) -> Array:
    """Cubic Hermite over a hole, shape (lost, 6), from up to three rows on either side."""
    width = lost + 1
    left, right = before[-1], after[0]
    slope_left = (before[-1] - before[0]) / max(1, len(before) - 1) * width
    slope_right = (after[-1] - after[0]) / max(1, len(after) - 1) * width
    x = (np.arange(1, width) / width)[:, None]
    rows: Array = (
        (1 + 2 * x) * (1 - x) ** 2 * left
        + x * (1 - x) ** 2 * slope_left
        + x * x * (3 - 2 * x) * right
        - x * x * (1 - x) * slope_right
    )
    rows[:, :3] = left[:3] + x * (right[:3] - left[:3])  # an impact's slope says nothing about what follows
    return rows
