"""The grid: blocks with holes in, contiguous blocks and gaps out.

Rule: short holes are filled by straight lines and marked not valid; over longer ones the stream breaks off and begins
anew. Samples that were already there are dropped (some Bluetooth stacks repeat notifications after a reconnect).
"""

from __future__ import annotations

import numpy as np

from tracker.motion.samples import Array, Gap, Samples

BRIDGE_S = 1.0
"""A longer hole is not bridged."""


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
        self._last = np.zeros(6)

    def push(self, samples: Samples) -> list[Samples | Gap]:
        """Return the samples, with the hole before them filled or reported."""
        if not len(samples):
            return []
        expected = self._next
        if expected is not None and samples.start_index < expected:
            samples = _tail(samples, expected - samples.start_index)
            if not len(samples):
                return []
        out: list[Samples | Gap] = []
        lost = 0 if expected is None else samples.start_index - expected
        if lost and expected is not None:
            out.append(Gap(self._time(expected - 1), self._time(samples.start_index), lost))
            if lost <= self._bridge:
                out.append(self._fill(expected, lost, samples))
        out.append(samples)
        self._next = samples.start_index + len(samples)
        self._last = np.concatenate([samples.acc[-1], samples.gyr[-1]])
        return out

    def flush(self) -> list[Samples | Gap]:
        """Nothing is held back."""
        return []

    def _time(self, index: int) -> float:
        return self._t0_s + index * self._period_s

    def _fill(self, start: int, lost: int, samples: Samples) -> Samples:
        share = (np.arange(1, lost + 1) / (lost + 1))[:, None]
        after = np.concatenate([samples.acc[0], samples.gyr[0]])
        rows: Array = self._last + share * (after - self._last)
        no = np.zeros(lost, dtype=bool)
        return Samples(
            start, self._period_s, np.ascontiguousarray(rows[:, :3]), np.ascontiguousarray(rows[:, 3:]), no, no
        )


def _tail(samples: Samples, skip: int) -> Samples:
    return Samples(
        samples.start_index + min(skip, len(samples)),
        samples.period_s,
        samples.acc[skip:],
        samples.gyr[skip:],
        samples.valid[skip:],
        samples.clipped[skip:],
    )
