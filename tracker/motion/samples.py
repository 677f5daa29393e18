"""Samples on a uniform grid: the only form in which motion data enters the core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.motion.gap import Gap

__all__ = ["Array", "Gap", "Mask", "Samples"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A block of consecutive samples on the uniform grid.

    Attributes
    ----------
    start_index
        Absolute index of the first sample; sample ``i`` lies at ``start_index + i``.
    period_s
        Grid step, seconds. The same for every block of a stream.
    acc
        Specific force, m/s², shape (n, 3), sensor frame (at rest it points up, 9.81 long).
    gyr
        Turning rate, rad/s, shape (n, 3), sensor frame.
    valid
        Shape (n,); False where the sample was lost and filled in by interpolation.
    clipped
        Shape (n,); True where the sensor reported an axis at the end of its range.
    """

    start_index: int
    period_s: float
    acc: Array
    gyr: Array
    valid: Mask
    clipped: Mask

    def __len__(self) -> int:
        return len(self.acc)

    def part(self, begin: int, end: int) -> Samples:
        """Samples ``begin`` … ``end`` − 1 of this block, as far as they are there (views, not copies)."""
        begin = min(begin, len(self))
        rows = slice(begin, end)
        return Samples(
            self.start_index + begin,
            self.period_s,
            self.acc[rows],
            self.gyr[rows],
            self.valid[rows],
            self.clipped[rows],
        )

    def sliced(self, size: int) -> Iterator[Samples]:
        """Cut a long block into shorter ones; results do not depend on it."""
        if len(self) <= size:
            return iter((self,))
        return (self.part(begin, begin + size) for begin in range(0, len(self), size))
