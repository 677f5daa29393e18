"""Measuring: what one closed excursion was, by the definitions.

In: the samples of a closed window with a short margin. Out: borders, range and speed (``Measures``). Remembered:
nothing; ``measure`` is a pure function and may look ahead within its window and filter both ways.

Rule: the shank angle is the turning rate about the window's own flexion axis, integrated, with its slope set so
that the change from end to end is what gravity says. Borders are where the speed passes 10 % of the phase's own
peak.

::

     speed ω      ╭──╮
                 ╱    ╲                          concentric: 10 % … 10 % of its peak
        ────────┼──────┼───────┼───────┼──────
              start  peak    peak ╲   ╱ end      hold between the phases at the top
                     start   end   ╰─╯           eccentric: the same with −ω
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tracker.motion.axis import flexion_axis
from tracker.motion.samples import Array, Mask
from tracker.motion.vectors import Vector, cross, dot

EDGE_SHARE = 0.10
STALL_FROM, STALL_TO = 0.15, 0.85
"""A stall between these shares of the range belongs to its phase."""
LARGE_SHARE = 0.12
"""Only a speed peak this large, relative to the phase's largest, makes a stall one in the middle of a phase."""
TRUTH_SIGMA_S = 0.025
"""The definition's own smoothing; all there is for quick phases, and for the peak speed."""
SLOW_PHASE_S, SLOW_MORE_S = 1.5, 0.025
"""Borders of a phase that takes longer are looked for with a Gaussian of this σ on top: a slow leg's tremor passes 10 %
of its peak too. (More still, 3.5 % of the phase, sets the borders of a creeping return up to 20 ms too wide.)"""
LEVEL_AXIS = 0.1
"""Least square of the axis's level part for gravity to say how far the shank has turned about it."""
LONG_HOLE_S = 0.25
"""Interpolation bridges shorter holes; a longer one makes the numbers it touches unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What a window holds; times in samples from the window's first, fractional.

    ``axis`` is the flexion axis, sensor frame, positive on the lift; ``rate`` (rad/s) and ``angle`` (rad) about it,
    shape (n,), are smoothed as the definition asks.
    """

    start: float
    peak_start: float
    peak_end: float
    end: float
    range_rad: float
    peak_speed_rad_s: float
    axis: Vector
    rate: Array
    angle: Array


def measure(
    gyr: Array, up: Array, period_s: float, *, opened: int, top: int, closed: int, lift: Vector
) -> Measures | None:
    """Measure one excursion.

    Parameters
    ----------
    gyr, up
        Turning rate without bias (rad/s) and up direction, sensor frame, shape (n, 3).
    period_s
        Sample spacing, seconds.
    opened, top, closed
        Rows at which the leg had left rest, was farthest, and was back.
    lift
        Cross product of the up direction at rest and at the top: tells the lift from the return.

    Returns
    -------
    Measures or None
        None where there is no lift or no return in the window.
    """
    axis = flexion_axis(gyr[opened : closed + 1], (-lift[0], -lift[1], -lift[2]))  # up turns against the sensor
    x, y, z = gyr.T
    rate = x * axis[0] + y * axis[1] + z * axis[2]
    smooth = gaussian(rate, TRUTH_SIGMA_S / period_s)
    angle = _shank_angle(smooth, up, axis, period_s)
    found = find_borders(smooth, angle, top, period_s)
    return None if found is None else Measures(*found, axis, smooth, angle)


def find_borders(
    rate: Array, angle: Array, top: int, period_s: float
) -> tuple[float, float, float, float, float, float] | None:
    """Find the four borders (fractional rows), the range and the lift's peak speed; None without lift or return.

    Parameters
    ----------
    rate
        Smoothed speed, positive on the lift, rad/s or m/s, shape (n,).
    angle
        What it changes, rad or m, shape (n,).
    top
        Row where that is largest.
    period_s
        Sample spacing, seconds.
    """
    lifted = _phase(rate, angle, top, period_s)
    lowered = _phase(-rate[::-1], angle[::-1], len(rate) - 1 - top, period_s)
    if lifted is None or lowered is None:
        return None
    start, peak_start, speed = lifted
    n = len(rate) - 1
    peak_end, end = n - lowered[1], n - lowered[0]
    if peak_end < peak_start:
        peak_start = peak_end = (peak_start + peak_end) / 2.0
    zero = at(angle, start)
    inside = angle[math.ceil(start) : int(end) + 1]
    reach = float(np.abs(inside - zero).max()) if len(inside) else 0.0
    return start, peak_start, peak_end, end, reach, speed


def touched_phases(m: Measures, valid: Mask, period_s: float) -> set[str]:
    """Which of ``lift``, ``hold`` and ``return`` a hole of more than 250 ms has touched.

    Parameters
    ----------
    m
        What was measured.
    valid
        Shape (n,), False where a sample was lost; the rows that ``m`` counts.
    period_s
        Sample spacing, seconds.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[True], valid, [True]])))
    touched = set()
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if (end - begin) * period_s <= LONG_HOLE_S:
            continue
        for name, low, high in (
            ("lift", m.start, m.peak_start),
            ("hold", m.peak_start, m.peak_end),
            ("return", m.peak_end, m.end),
        ):
            if begin < high and end > low:
                touched.add(name)
    return touched


def _shank_angle(rate: Array, up: Array, axis: Vector, period_s: float) -> Array:
    """Integrated rate whose change from end to end is that of gravity's direction, rad."""
    angle: Array = rate.cumsum() * period_s
    first, last = up[0].tolist(), up[-1].tolist()
    along, behind = dot(axis, first), dot(axis, last)
    if 1.0 - along * along < LEVEL_AXIS or 1.0 - behind * behind < LEVEL_AXIS:
        return angle  # the axis is close to vertical: gravity says nothing about it
    sine = dot(axis, cross(tuple(last), tuple(first)))
    cosine = dot(first, last) - along * behind
    turned = math.atan2(sine, cosine)
    error = turned - float(angle[-1] - angle[0])
    error -= 2.0 * math.pi * round(error / (2.0 * math.pi))
    angle += np.arange(len(angle)) * (error / (len(angle) - 1))
    return angle


def _phase(smooth: Array, angle: Array, last: int, period_s: float) -> tuple[float, float, float] | None:
    """Begin, end (fractional rows) and peak speed of the lift up to a row."""
    run = _main_run(smooth[: last + 1], angle[: last + 1])
    if run is None:
        return None
    lo, hi = run
    speed = float(smooth[lo:hi].max())
    slow = np.count_nonzero(smooth[lo:hi] >= EDGE_SHARE * speed) * period_s > SLOW_PHASE_S
    finer = gaussian(smooth, SLOW_MORE_S / period_s) if slow else smooth
    peak = lo + int(finer[lo:hi].argmax())
    begin, end = _edges(finer, angle, peak, 0, len(smooth) - 1)
    return begin, end, speed


def _main_run(rate: Array, angle: Array) -> tuple[int, int] | None:
    """Find the stretch of rising angle that lifts most (a bump may be faster and lift little): its rows."""
    rising = np.zeros(len(rate) + 2, dtype=np.bool_)
    np.greater(rate, 0.0, out=rising[1:-1])
    turns = (rising[1:] != rising[:-1]).nonzero()[0]
    if not len(turns):
        return None
    begins, ends = turns[::2], turns[1::2]
    best = int((angle[ends - 1] - angle[begins]).argmax())
    return int(begins[best]), int(ends[best])


def _edges(rate: Array, angle: Array, peak: int, first: int, last: int) -> tuple[float, float]:
    """Where the rate passes 10 % of its peak, before the first and after the last large speed peak."""
    least = EDGE_SHARE * float(rate[peak])
    large = LARGE_SHARE * float(rate[peak])
    fast = rate >= least
    begin = _crossing_before(rate, fast, peak, first, least)
    end = _crossing_after(rate, fast, peak, last, least)
    low, high = at(angle, begin), at(angle, end)
    while True:
        earlier = (rate[first : max(first, int(begin))] >= large).nonzero()[0]
        if not len(earlier):
            break
        bump = first + int(earlier[-1])
        lower = _crossing_before(rate, fast, bump, first, least)
        base = at(angle, lower)
        stall = angle[math.ceil(_crossing_after(rate, fast, bump, last, least)) : int(begin) + 1]
        if not _at_stall(stall, base, high):
            break
        begin, low = lower, base
    while True:
        later = (rate[int(end) + 1 : last + 1] >= large).nonzero()[0]
        if not len(later):
            break
        bump = int(end) + 1 + int(later[0])
        higher = _crossing_after(rate, fast, bump, last, least)
        crown = at(angle, higher)
        stall = angle[math.ceil(end) : int(_crossing_before(rate, fast, bump, first, least)) + 1]
        if not _at_stall(stall, low, crown):
            break
        end, high = higher, crown
    return begin, end


def _at_stall(angle: Array, low: float, high: float) -> bool:
    """The leg stayed, on average, in the middle of the way."""
    reached, whole = float(angle.mean()) - low if len(angle) else 0.0, high - low
    return whole > 0.0 and STALL_FROM * whole < reached < STALL_TO * whole


def _crossing_before(rate: Array, fast: Mask, peak: int, first: int, least: float) -> float:
    stretch = fast[first:peak][::-1]
    back = int(stretch.argmin()) if len(stretch) else 0
    if not len(stretch) or stretch[back]:
        return float(first)
    i = peak - 1 - back
    return i + (least - float(rate[i])) / (float(rate[i + 1]) - float(rate[i]))


def _crossing_after(rate: Array, fast: Mask, peak: int, last: int, least: float) -> float:
    stretch = fast[peak : last + 1]
    ahead = int(stretch.argmin()) if len(stretch) else 0
    if not len(stretch) or stretch[ahead]:
        return float(last)
    i = peak + ahead
    return i - (least - float(rate[i])) / (float(rate[i - 1]) - float(rate[i]))


def at(series: Array, where: float) -> float:
    """Value between two rows."""
    i = min(int(where), len(series) - 2)
    return float(series[i] + (where - i) * (series[i + 1] - series[i]))


def gaussian(series: Array, sigma: float) -> Array:
    """Smooth with a zero-phase Gaussian of ``sigma`` samples; the ends are held.

    >>> gaussian(np.ones(5), 2.0).round(12).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    if sigma <= 0.0:
        return series
    kernel = _gaussian_kernel(sigma)
    half, n = len(kernel) // 2, len(series)
    padded = np.empty(n + 2 * half)
    padded[:half], padded[half : half + n], padded[half + n :] = series[0], series, series[-1]
    smoothed: Array = np.correlate(padded, kernel, mode="valid")
    return smoothed


@lru_cache(maxsize=64)
def _gaussian_kernel(sigma: float) -> Array:
    """Weights that add up to 1, out to four ``sigma`` samples (phases of like length share theirs)."""
    half = math.ceil(4.0 * sigma)
    grid = np.arange(-half, half + 1) / sigma
    kernel = np.exp(-0.5 * grid * grid)
    kernel /= kernel.sum()
    return kernel
