"""The last seconds of a stream, by absolute row number."""

from __future__ import annotations

import numpy as np

from tracker.motion.samples import Array, Mask


class History:
    """Keeps the newest ``keep`` rows of ``columns`` numbers; older ones may be gone.

    Single precision is kept: seven digits are a hundred times finer than any sensor, in half the memory.

    Parameters
    ----------
    columns
        Numbers per row.
    keep
        Rows that can always be looked up.
    room
        Rows that can be added at once; more room means less moving.
    """

    def __init__(self, columns: int, keep: int, room: int) -> None:
        self._keep = keep
        self._rows = np.empty((keep + room, columns), dtype=np.float32)
        self._filled = 0
        self.end = 0
        """Absolute number of the next row."""

    def restart(self, at: int) -> None:
        """Drop all rows; the next one has number ``at``."""
        self._filled = 0
        self.end = at

    def append(self, *parts: Array | Mask) -> None:
        """Add rows, given as the columns of several arrays of shape (n, k) or (n,), n at most ``room``."""
        n = len(parts[0])
        if self._filled + n > len(self._rows):
            kept = self._rows[max(0, self._filled - self._keep) : self._filled].copy()
            self._rows[: len(kept)] = kept
            self._filled = len(kept)
        column = 0
        for part in parts:
            width = part.shape[1] if part.ndim == 2 else 1
            self._rows[self._filled : self._filled + n, column : column + width] = (
                part if part.ndim == 2 else part[:, None]
            )
            column += width
        self._filled += n
        self.end += n

    @property
    def begin(self) -> int:
        """Absolute number of the oldest row."""
        return self.end - self._filled

    def between(self, begin: int, end: int) -> Array:
        """Rows begin … end − 1 (a copy), as far as they are there."""
        first = self.begin
        return self._rows[max(0, begin - first) : max(0, min(self._filled, end - first))].astype(np.float64)
