r"""What was done, exactly: the definitions of the repetition's borders, applied to the noise-free angle.

In: the physical shank angle about the set's flexion axis at the inner rate, and the windows in which each
movement was made. Out: borders, range and speed. Nothing is shared with what estimates them from a sensor.

::

    angle          ____________
                  /            \
    ____________/                \__________________/
                |  |            | |                  |
            start  peak_start   peak_end  end        next start
                   (each at 10 % of that phase's own peak speed)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .profiles import RATE_HZ, smooth

Array = NDArray[np.float64]

SIGMA_S = 0.025
"""Gaussian that separates movement from tremor."""
BORDER = 0.10
"""Share of a phase's peak speed at which it begins and ends."""
_MARGIN = round(0.15 * RATE_HZ)  # smoothing carries a border past the movement's own window
STALL = (0.15, 0.85)
"""A stall between these shares of the range belongs to its phase."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One true repetition or partial; seconds since the session began. ``fault`` is the kind of its fault, if any."""

    start_s: float
    peak_start_s: float
    peak_end_s: float
    end_s: float
    range_deg: float
    peak_speed_deg_s: float
    fault: str = ""


def as_dict(movement: Movement | Travel) -> dict[str, Any]:
    """Return a movement as a truth file has it: without ``fault`` where it has none."""
    return {name: value for name, value in asdict(movement).items() if name != "fault" or value}


@dataclass(frozen=True, slots=True)
class Travel:
    """One true repetition or partial of a leg that travels without turning; seconds since the session began."""

    start_s: float
    peak_start_s: float
    peak_end_s: float
    end_s: float
    range_m: float
    peak_speed_m_s: float
    fault: str = ""

    @property
    def range_deg(self) -> None:
        """It has none: it hardly turns."""


def phase_borders(speed: Array, place: Array) -> tuple[float, float, float]:
    """First and last instant of a phase, in samples, and its peak speed.

    Parameters
    ----------
    speed
        Speed in the phase's own direction, shape (n,).
    place
        How far the phase has come, 0 at its beginning and 1 at its end, shape (n,).

    Returns
    -------
    tuple
        Sample of the start, sample of the end (both interpolated to the crossing) and the peak speed.
    """
    inside = (place > STALL[0]) & (place < STALL[1])
    top = int(np.argmax(np.where(inside, speed, -np.inf) if inside.any() else speed))
    peak = float(speed[top])
    fast = speed >= BORDER * peak
    first = last = top
    while True:
        while first > 0 and fast[first - 1]:
            first -= 1
        earlier = np.flatnonzero(fast[:first])
        if len(earlier) == 0 or not _stalled(place[earlier[-1] + 1 : first]):
            break
        first = int(earlier[-1])
    while True:
        while last < len(speed) - 1 and fast[last + 1]:
            last += 1
        later = np.flatnonzero(fast[last + 1 :])
        if len(later) == 0 or not _stalled(place[last + 1 : last + 1 + later[0]]):
            break
        last += 1 + int(later[0])
    level = BORDER * peak
    return _crossing(speed, first - 1, level), _crossing(speed, last, level), peak


def _stalled(place: Array) -> bool:
    return bool(STALL[0] < np.mean(place) < STALL[1])


def _crossing(speed: Array, before: int, level: float) -> float:
    """Where the speed passes the level between two neighbouring samples."""
    if before < 0 or before + 1 >= len(speed):
        return float(np.clip(before, 0, len(speed) - 1))
    a, b = speed[before], speed[before + 1]
    return before + float((level - a) / (b - a)) if b != a else float(before)


def measure(angle: Array, bottom: int, top_start: int, top_end: int, end: int) -> Movement:
    """Borders, range and speed of one movement.

    Parameters
    ----------
    angle
        Noise-free shank angle, rad, shape (n,), growing on the lift, already smoothed with `SIGMA_S`.
    bottom, top_start, top_end, end
        Samples between which the lift was made (`bottom` to `top_end`) and the return (`top_start` to `end`).
    """
    borders, reach, fastest = _borders(angle, bottom, top_start, top_end, end)
    return Movement(*borders, range_deg=float(np.degrees(reach)), peak_speed_deg_s=float(np.degrees(fastest)))


def measure_travel(path: Array, bottom: int, top_start: int, top_end: int, end: int) -> Travel:
    """Borders, range and speed of one movement, along the straight line from its bottom to its top.

    Parameters
    ----------
    path
        Noise-free path of the ankle, m, shape (n, 3), already smoothed with `SIGMA_S`.
    bottom, top_start, top_end, end
        As for `measure`.
    """
    away = path - path[bottom]
    top = top_start + int(np.argmax(np.sum(away[top_start : top_end + 1] ** 2, axis=1)))
    borders, reach, fastest = _borders(away @ away[top] / np.linalg.norm(away[top]), bottom, top_start, top_end, end)
    return Travel(*borders, range_m=reach, peak_speed_m_s=fastest)


def _borders(
    angle: Array, bottom: int, top_start: int, top_end: int, end: int
) -> tuple[tuple[float, float, float, float], float, float]:
    """Find the four borders in seconds, the range and the peak speed of an angle or a way."""
    speed = np.gradient(angle) * RATE_HZ
    top = top_start + int(np.argmax(angle[top_start : top_end + 1]))
    low, high = angle[bottom], angle[top]
    up, down = max(0, bottom - _MARGIN), max(0, top_start - _MARGIN)
    rising = slice(up, top_end + _MARGIN)
    start, peak_start, fastest = phase_borders(speed[rising], (angle[rising] - low) / (high - low))
    falling = slice(down, end + _MARGIN)
    peak_end, finish, _ = phase_borders(-speed[falling], (high - angle[falling]) / (high - angle[end]))
    window = angle[up + int(start) : down + int(np.ceil(finish)) + 1]
    at_start = np.interp(up + start, np.arange(len(angle)), angle)
    borders = (
        (up + start) / RATE_HZ,
        (up + peak_start) / RATE_HZ,
        (down + peak_end) / RATE_HZ,
        (down + finish) / RATE_HZ,
    )
    return borders, float(np.max(np.abs(window - at_start))), float(fastest)


def smoothed(angle: Array) -> Array:
    """Return the angle, or a path (n, 3), as the definitions see it: zero-phase Gaussian with σ 25 ms."""
    return np.asarray(smooth(angle, SIGMA_S))
