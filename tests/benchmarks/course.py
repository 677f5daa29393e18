"""What every contestant of the race gets, and what several of them need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from tracker.motion.samples import Samples

Array = NDArray[np.float64]
Rows = list[tuple[int, int]]
"""First and last rows."""
Span = tuple[float, float]
"""Start and end, seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One stream, and what may be told about it.

    Attributes
    ----------
    blocks
        What arrived.
    samples
        The same in one piece, what was lost filled in by straight lines.
    t0_s
        Time of sample index 0.
    first
        Start and end of the first true repetition, seconds.
    sets
        Start and end of each true set, seconds.
    exercise_id
        The exercise; None where no profile fits.
    """

    blocks: tuple[Samples, ...]
    samples: Samples
    t0_s: float
    first: Span
    sets: tuple[Span, ...]
    exercise_id: str | None

    @property
    def period_s(self) -> float:
        return self.samples.period_s

    def rows(self, span: Span) -> slice:
        """Rows of ``samples`` that a span covers."""
        begin, end = ((t - self.t0_s) / self.period_s - self.samples.start_index for t in span)
        return slice(max(0, round(begin)), min(len(self.samples), round(end) + 1))

    @property
    def first_rows(self) -> slice:
        """Rows of the first true repetition."""
        return self.rows(self.first)

    def spans(self, rows: Rows) -> list[Span]:
        """From first and last rows to times."""
        start = self.samples.start_index
        return [
            (self.t0_s + (start + int(a)) * self.period_s, self.t0_s + (start + int(b)) * self.period_s)
            for a, b in rows
        ]


def whole(blocks: tuple[Samples, ...]) -> Samples:
    """Join blocks; straight lines go through what was lost."""
    index = np.concatenate([np.arange(b.start_index, b.start_index + len(b)) for b in blocks])
    rows = np.concatenate([np.hstack([b.acc, b.gyr]) for b in blocks])
    grid = np.arange(index[0], index[-1] + 1)
    filled = np.column_stack([np.interp(grid, index, column) for column in rows.T])
    there = np.isin(grid, index)
    acc, gyr = np.ascontiguousarray(filled[:, :3]), np.ascontiguousarray(filled[:, 3:])
    return Samples(int(grid[0]), blocks[0].period_s, acc, gyr, there, np.zeros_like(there))


def low_passed(series: Array, period_s: float, cutoff_hz: float) -> Array:
    """Fourth-order Butterworth, both ways."""
    sos = butter(4, min(cutoff_hz, 0.45 / period_s), fs=1.0 / period_s, output="sos")
    out: Array = sosfiltfilt(sos, series, axis=0)
    return out


def principal_axis(rows: Array) -> Array:
    """Unit vector along which rows, shape (n, 3), vary most."""
    axis: Array = np.linalg.eigh(np.cov(rows.T))[1][:, -1]
    return axis


def edges(height: Array, peaks: NDArray[np.int64], share: float) -> Rows:
    """Where each peak's flanks pass ``share`` of what it stands out, over the higher of the lowest points beside it."""
    bounds = [0, *peaks.tolist(), len(height) - 1]
    return [_feet(height, *three, share) for three in zip(bounds[:-2], bounds[1:-1], bounds[2:], strict=True)]


def _feet(height: Array, before: int, peak: int, after: int, share: float) -> tuple[int, int]:
    left, right = height[before : peak + 1][::-1], height[peak : after + 1]
    base = max(float(left.min()), float(right.min()))
    level = base + share * (float(height[peak]) - base)
    return peak - int((left <= level).argmax()), peak + int((right <= level).argmax())
