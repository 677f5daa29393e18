"""Measuring: what one closed excursion was, by the definitions.

In: the samples of a closed window with a short margin. Out: borders, range and speed (``Measures``). Remembered:
nothing; ``measure`` is a pure function and may look ahead within its window and filter both ways.

Rule: the shank angle is its twist about the set's flexion axis, its speed integrated, with its slope set so that the
change from end to end is what gravity says. Borders are where the speed passes 10 % of the phase's own peak.

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

from tracker.motion.axis import Spread, aside, main_axis, spread_of
from tracker.motion.samples import Array, Mask
from tracker.motion.set_axis import Known
from tracker.motion.turning import turning
from tracker.motion.vectors import Vector, cross, dot
from tracker.motion.vectors import angle as turned

EDGE_SHARE = 0.10
STALL_FROM, STALL_TO = 0.15, 0.85
"""A stall between these shares of the range belongs to its phase."""
STALL_S = 1.5
"""A leg that stays longer in the lower half rests there: what brought it was another movement."""
LOOK_AHEAD_S, LOOK_AHEAD_SLOW_S = (0.04, 0.08), 0.12
LOOK_AHEAD_SHARE = 0.04
"""A measurement may use this share of the return again after the excursion's end, within these limits …"""
SLOW_RETURN_RAD_S = math.radians(25.0)
"""… and the longer one where the return is nowhere faster: its end is less sharp."""
LATE_S = 0.8
"""It waits for a leg that creeps back to rest, but not for longer."""
TRUTH_SIGMA_S = 0.025
"""The definition's own smoothing; all there is for quick phases, and for the peak speed."""
BEYOND_S = 0.15
"""Smoothing carries the end of a lift so far past the top at most."""
SLOW_PHASE_S, SLOW_MORE_S = 1.5, 0.015
"""Borders of a phase that takes longer are looked for with a Gaussian of this σ on top: a slow leg's tremor passes 10 %
of its peak too. Where the truth has no tremor, σ 25 ms is 1 ms better; where it has, none is 2 ms better."""
IN_PLANE = 0.002
"""A leg that turns less than this share aside of its own axis keeps its plane: that axis is the same for the sensor and
for the room, and the set has no better one. Four in five repetitions of smooth legs do, one in ten of traced ones."""
LEVEL_AXIS = 0.1
"""Least square of the axis's level part for gravity to say how far the shank has turned about it."""
LONG_HOLE_S = 0.25
"""Interpolation bridges shorter holes; a longer one makes the numbers it touches unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What a window holds; times in samples from the window's first, fractional.

    ``axis`` is what the window itself turned most about, sensor frame, positive on the lift, and ``spread`` all that it
    turned about, in the sensor's frame at rest. ``rate`` (rad/s) and ``angle`` (rad), shape (n,), are about the set's
    axis and smoothed as the definition asks. ``own_range_rad`` is the range about ``axis``.
    """

    start: float
    peak_start: float
    peak_end: float
    end: float
    range_rad: float
    peak_speed_rad_s: float
    own_range_rad: float
    axis: Vector
    spread: Spread
    rate: Array
    angle: Array


def measure(
    gyr: Array,
    up: Array,
    period_s: float,
    *,
    opened: int,
    top: int,
    closed: int,
    lift: Vector,
    known: Known,
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
    known
        What the set's other repetitions turned about.

    Returns
    -------
    Measures or None
        None where there is no lift or no return in the window.
    """
    if top < 0:  # a lift from before what is kept
        return None
    first, last = max(opened, 0), closed + 1
    spread = spread_of(gyr[first:last].T)
    own = main_axis(spread, (-lift[0], -lift[1], -lift[2]))  # up turns against the sensor
    x, y, z = gyr.T
    own_rate, own_angle = _angle(x * own[0] + y * own[1] + z * own[2], own, up, period_s)
    rate, angle, found = own_rate, own_angle, None
    if aside(spread, own) > IN_PLANE:
        turned = turning(gyr, up, own, first, period_s)
        spread = turned.spread(first, last)
        axis = known.axis(spread, own)
        rate, angle = _angle(turned.about(axis), axis, up, period_s)
        found = find_borders(rate, angle, top, period_s)
    if found is None:  # it keeps its plane; or there is no lift about what is known so far of the set's axis
        rate, angle = own_rate, own_angle
        found = find_borders(rate, angle, top, period_s)
    if found is None:
        return None
    return Measures(*found, _reach(own_angle, found[0], found[3]), own, spread, rate, angle)


def _angle(speed: Array, axis: Vector, up: Array, period_s: float) -> tuple[Array, Array]:
    """Smooth a speed about an axis, and sum it up: from end to end they turn as gravity's direction does."""
    rate = gaussian(speed, TRUTH_SIGMA_S / period_s)
    angle = rate.cumsum() * period_s
    off = _rate_error(angle, up, axis, period_s)
    angle += np.arange(len(angle)) * (off * period_s)
    return rate + off, angle


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
    before, after = float(angle[: top + 1].min()), float(angle[top:].min())
    # a leg that shifts a little, stays, and then lifts from there, comes back to there: it rested at the higher level
    lifted = _phase(rate, angle, top, max(before, after), period_s)
    lowered = _phase(-rate[::-1], angle[::-1], len(rate) - 1 - top, after, period_s)
    if lifted is None or lowered is None:
        return None
    start, peak_start, speed = lifted
    n = len(rate) - 1
    peak_end, end = n - lowered[1], n - lowered[0]
    if peak_end < peak_start:
        peak_start = peak_end = (peak_start + peak_end) / 2.0
    return start, peak_start, peak_end, end, _reach(angle, start, end), speed


def _reach(angle: Array, start: float, end: float) -> float:
    """Farthest from where it started."""
    inside = angle[math.ceil(start) : int(end) + 1]
    return float(np.abs(inside - at(angle, start)).max()) if len(inside) else 0.0


def look_ahead(gyr: Array, rest: Vector, far: Vector, since: int, lasted: int, step_s: float) -> int:
    """How many steps after an excursion's end its measurement waits for: a few, and more while the leg comes back.

    Parameters
    ----------
    gyr
        Turning rate at each step from the top to now, rad/s, shape (n, 3).
    rest, far
        Up direction at rest and at the top, sensor frame.
    since
        Steps since the excursion's end.
    lasted
        Steps that the return took.
    step_s
        Seconds between steps.
    """
    axis, way = cross(rest, far), turned(rest, far)  # up turns against the sensor
    back = gyr @ axis * (step_s / max(math.hypot(*axis) * way, 1e-6))  # shares of the way
    fastest = float(back.max(initial=0.0))
    most_s = LOOK_AHEAD_SLOW_S if fastest * way < SLOW_RETURN_RAD_S * step_s else LOOK_AHEAD_S[1]
    look = math.ceil(min(max(LOOK_AHEAD_SHARE * lasted * step_s, LOOK_AHEAD_S[0]), most_s) / step_s)
    slow = EDGE_SHARE * fastest
    gone = float(back[: len(back) - 1 - since + look].sum())
    while look <= since and back[look - since - 1] > slow and gone < 1.0 and look * step_s < LATE_S:
        gone += float(back[look - since - 1])
        look += 1
    return look


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


def _rate_error(angle: Array, up: Array, axis: Vector, period_s: float) -> float:
    """What the rate lacks for the angle to change, from end to end, as gravity's direction did, rad/s."""
    first, last = up[0].tolist(), up[-1].tolist()
    along, behind = dot(axis, first), dot(axis, last)
    if 1.0 - along * along < LEVEL_AXIS or 1.0 - behind * behind < LEVEL_AXIS:
        return 0.0  # the axis is close to vertical: gravity says nothing about it
    sine = dot(axis, cross(tuple(last), tuple(first)))
    cosine = dot(first, last) - along * behind
    turned = math.atan2(sine, cosine)
    error = turned - float(angle[-1] - angle[0])
    error -= 2.0 * math.pi * round(error / (2.0 * math.pi))
    return error / ((len(angle) - 1) * period_s)


def _phase(rate: Array, angle: Array, top: int, low: float, period_s: float) -> tuple[float, float, float] | None:
    """Begin, end (fractional rows) and peak speed of the lift up to a row."""
    high = float(angle[top])
    if not high > low:
        return None
    end = min(len(rate), top + 1 + round(BEYOND_S / period_s))
    rate, place = rate[:end], (angle[:end] - low) / (high - low)
    rising = rate[: top + 1]
    inside = (place[: top + 1] > STALL_FROM) & (place[: top + 1] < STALL_TO)
    inside[: _last_low(place[: top + 1])] = False  # what rang before the leg left rest is no part of it
    peak = int(np.where(inside, rising, -np.inf).argmax() if inside.any() else rising.argmax())
    speed = float(rate[peak])
    if not speed > 0.0:
        return None
    if np.count_nonzero(rising >= EDGE_SHARE * speed) * period_s > SLOW_PHASE_S:
        rate = gaussian(rate, SLOW_MORE_S / period_s)
    return *_edges(rate, place, peak, round(STALL_S / period_s)), speed


def _last_low(place: Array) -> int:
    """Row behind the last one in which the leg was still near rest, or came back there."""
    low = (place <= STALL_FROM).nonzero()[0]
    return int(low[-1]) + 1 if len(low) else 0


def _edges(rate: Array, place: Array, peak: int, longest: int) -> tuple[float, float]:
    """Where the rate passes 10 % of its peak, beyond every stall in the middle of the way (0 at rest, 1 at the top)."""
    least = EDGE_SHARE * float(rate[peak])
    fast = rate >= least
    n = len(rate) - 1
    first = n - _last_fast(fast[::-1], place[::-1], n - peak, longest)
    last = _last_fast(fast, place, peak, longest)
    return _crossing(rate, first, first - 1, least), _crossing(rate, last, last + 1, least)


def _last_fast(fast: Mask, place: Array, peak: int, longest: int) -> int:
    """Last row of the fast stretch around a peak, or of the one behind a stall."""
    last = peak
    while True:
        slow = (~fast[last + 1 :]).nonzero()[0]
        last = last + int(slow[0]) if len(slow) else len(fast) - 1
        bumps = fast[last + 1 :].nonzero()[0]
        if not len(bumps) or not _stalled(place[last + 1 : last + 1 + bumps[0]], longest):
            return last
        last += 1 + int(bumps[0])


def _stalled(place: Array, longest: int) -> bool:
    """The leg stayed, on average in the middle of the way; near rest not for longer than this."""
    mean = float(place.mean())
    return STALL_FROM < mean < STALL_TO and (len(place) <= longest or mean > 0.5)


def _crossing(rate: Array, fast: int, slow: int, least: float) -> float:
    """Where the rate passes ``least`` between two neighbouring rows; the first where there is no second."""
    if not 0 <= slow < len(rate):
        return float(fast)
    share = (float(rate[fast]) - least) / float(rate[fast] - rate[slow])
    return fast + (slow - fast) * share


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
