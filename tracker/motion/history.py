"""The last seconds of a stream, by absolute row number."""

from __future__ import annotations

import numpy as np

from tracker.motion.samples import Array


class History:
    """Keeps the newest ``keep`` rows of ``columns`` numbers; older ones may be gone.

    Parameters
    ----------
    columns
        Numbers per row.
    keep
        Rows that can always be looked up.
    """

    def __init__(self, columns: int, keep: int) -> None:
        self._keep = keep
        self._rows = np.empty((2 * keep, columns))
        self._filled = 0
        self.end = 0
        """Absolute number of the next row."""

    def restart(self, at: int) -> None:
        """Drop all rows; the next one has number ``at``."""
        self._filled = 0
        self.end = at

    def append(self, rows: Array) -> None:
        """Add rows, shape (n, columns)."""
        n = len(rows)
        if self._filled + n > len(self._rows):
            kept = self._rows[max(0, self._filled - self._keep) : self._filled].copy()
            if len(kept) + n > len(self._rows):
                self._rows = np.empty((len(kept) + n, self._rows.shape[1]))
            self._rows[: len(kept)] = kept
            self._filled = len(kept)
        self._rows[self._filled : self._filled + n] = rows
        self._filled += n
        self.end += n

    @property
    def begin(self) -> int:
        """Absolute number of the oldest row."""
        return self.end - self._filled

    def between(self, begin: int, end: int) -> Array:
        """Rows begin … end − 1 (a copy), as far as they are there."""
        first = self.begin
        return self._rows[max(0, begin - first) : max(0, end - first)].copy()
