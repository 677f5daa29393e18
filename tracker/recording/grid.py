"""Time stamps to indices on a uniform grid, for files whose only clock is a column of numbers.

A step over 1.5 periods is a hole, unless it is only a late stamp: where stamps jitter, the row before or
the rows behind make up for it. So at each such step the line through the rows before it is compared with
the line through the rows behind it; a hole is what lies between the two lines, in whole periods. With clean
stamps this is the plain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.motion.samples import Array

GAP_PERIODS = 1.5
"""The contract: a longer step is a gap."""
_USUAL = (0.499, 1.501)
"""Steps within these multiples of the median count towards the first guess of the period: jitter is cut off
on both sides alike. The median alone will not do: stamps rounded to milliseconds at 400 Hz have steps of 2
and 3 ms, and either is 20 % off (and 3 is just 1.5 times 2)."""
_WINDOW = 16
"""Rows on either side that fix the line; averages jitter of ±30 % of a period down to ±4 %."""

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Where rows lie on the grid.

    Attributes
    ----------
    period_s
        Grid step.
    index
        Of each row, shape (n,), int64, increasing, first 0.
    starts
        Rows that begin a run without a hole; first 0.
    """

    period_s: float
    index: Index
    starts: tuple[int, ...]


def to_grid(time_s: Array) -> Grid:
    """Put rows on a grid.

    Parameters
    ----------
    time_s
        Seconds since the first row, shape (n,), n ≥ 2, increasing.
    """
    steps = np.diff(time_s)
    median_s = np.quantile(steps, 0.5, method="lower")  # a step that occurs, were there but two
    low, high = median_s * np.array(_USUAL)
    period_s = float(np.mean(steps[(steps >= low) & (steps <= high)]))
    for _ in range(2):  # the second pass knows the period from the runs that the first one found
        advance = _advance(time_s, steps, period_s)
        regular = advance == 1
        if regular.any():
            period_s = float(np.mean(steps[regular]))
    advance = _advance(time_s, steps, period_s)
    index = np.concatenate(([0], np.cumsum(advance)))
    starts = (0, *(int(i) + 1 for i in np.flatnonzero(advance > 1)))
    return Grid(period_s, index, starts)


def _advance(time_s: Array, steps: Array, period_s: float) -> Index:
    """By how many indices each row lies behind the one before it."""
    advance = np.ones(len(steps), dtype=np.int64)
    border = np.flatnonzero(steps > GAP_PERIODS * period_s) + 1  # rows that may begin a run
    if len(border) == 0:
        return advance
    edges = np.concatenate(([0], border, [len(time_s)]))
    # how far each row lies behind a grid without holes; level within a run, up by its periods at a hole
    behind = time_s - np.arange(len(time_s)) * period_s
    total = np.concatenate(([0.0], np.cumsum(behind)))
    before = np.maximum(edges[:-2], border - _WINDOW)
    after = np.minimum(edges[2:], border + _WINDOW)
    level_before = (total[border] - total[before]) / (border - before)
    level_after = (total[after] - total[border]) / (after - border)
    advance[border - 1] += np.maximum(0, np.rint((level_after - level_before) / period_s).astype(np.int64))
    return advance
