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


class Joiner:
    """Joins short blocks that follow each other into longer ones; results do not depend on it, time does.

    Parameters
    ----------
    size
        Blocks come out once they have so many samples, or where the next one does not follow.

    Examples
    --------
    >>> joiner, one = Joiner(4), np.zeros((3, 3))
    >>> blocks = [Samples(at, 0.01, one, one, np.ones(3, bool), np.zeros(3, bool)) for at in (0, 3, 9)]
    >>> [len(out) for block in blocks for out in joiner.push(block)], [len(out) for out in joiner.flush()]
    ([6], [3])
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: list[Samples] = []
        self._count = 0

    def push(self, block: Samples) -> list[Samples]:
        """Take a block."""
        out = []
        if self._held and self._held[-1].start_index + len(self._held[-1]) != block.start_index:
            out = self.flush()
        self._held.append(block)
        self._count += len(block)
        return out + self.flush() if self._count >= self._size else out

    def flush(self) -> list[Samples]:
        """Give out what is held."""
        held, self._held, self._count = self._held, [], 0
        if len(held) < 2:
            return held
        acc, gyr = (np.concatenate([getattr(one, name) for one in held]) for name in ("acc", "gyr"))
        valid, clipped = (np.concatenate([getattr(one, name) for one in held]) for name in ("valid", "clipped"))
        return [Samples(held[0].start_index, held[0].period_s, acc, gyr, valid, clipped)]
