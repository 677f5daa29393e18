"""Measuring travel: how far one closed trip went, and when, by the definitions.

In: the samples of a trip from a stillness before it to one after it. Out: borders, range and speed
(``TripMeasures``). Remembered: nothing; ``measure_trip`` is a pure function.

Rule: the gyroscope carries the frame of the first stillness along, with its drift set so that gravity points the same
way in the last one. The acceleration in it, less gravity, is integrated twice. What is wrong with it changes slowly (an
offset, a pose that was not quite as gravity said because the body swayed): a parabola in time, as large as it has to be
for the leg to stand in each stillness and to come back to where it began, and no larger than sway and sensors make
likely. That is one linear least-squares fit. Borders are where the speed along the line from rest to top passes 10 % of
each phase's own peak.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tracker.motion.reps import TRUTH_SIGMA_S, find_borders, gaussian
from tracker.motion.samples import Array

GRAVITY_HALF_S = 0.12
"""Gravity is the mean over so long on both sides of a stillness's middle."""
STAND_SD_M_S = 0.03
"""Speed of a leg that stands."""
RETURN_SD_M = 0.03
"""How well a leg comes back to where it was (2 % of its travel in simulation)."""
ERROR_SD_M_S2 = (0.15, 0.15, 0.05)
"""What is wrong with the acceleration: its mean, its change from end to end, and its bend."""


@dataclass(frozen=True, slots=True)
class TripMeasures:
    """What a trip holds; times in samples from the window's first, fractional.

    Attributes
    ----------
    start, peak_start, peak_end, end
        The four borders.
    range_m
        Largest distance from the start along the line from rest to top.
    peak_speed_m_s
        Largest speed of the way out, along that line.
    rise_m
        Height of the top over the start.
    open_m
        Distance between beginning and end, had the fit not been told that the leg came back.
    blind_s
        Longest time between two stillnesses.
    """

    start: float
    peak_start: float
    peak_end: float
    end: float
    range_m: float
    peak_speed_m_s: float
    rise_m: float
    open_m: float
    blind_s: float


def measure_trip(
    gyr: Array, acc: Array, period_s: float, *, rests: Sequence[int], begin: int, end: int, over: int
) -> TripMeasures | None:
    """Measure one trip.

    Parameters
    ----------
    gyr, acc
        Turning rate without bias (rad/s) and specific force (m/s²), sensor frame, shape (n, 3).
    period_s
        Sample spacing, seconds.
    rests
        Rows in the middle of stillnesses, increasing: one before the trip, those in it, and one after it.
    begin, end
        Rows at which the leg left the bottom and was back there.
    over
        Last row that may belong to the trip.

    Returns
    -------
    TripMeasures or None
        None where there is no way out or no way back.
    """
    lin, zenith = _level(gyr, acc, period_s, rests[0], rests[-1])
    first = rests[0]
    nodes = [row - first for row in rests]
    begin, end, over = (min(max(row - first, 0), len(lin) - 1) for row in (begin, end, over))
    loose = _integrate(_stand(lin, period_s, nodes), period_s)
    speed = _stand(lin, period_s, nodes, bottom=(begin, end))
    place = _integrate(speed, period_s)
    place -= place[begin]
    away = place[begin : end + 1]
    top = begin + int((away * away).sum(axis=1).argmax())
    line = place[top] / (float(np.sqrt(place[top] @ place[top])) or 1.0)
    rate = (speed @ line)[begin : over + 1]
    along = (place @ line)[begin : over + 1]
    found = find_borders(gaussian(rate, TRUTH_SIGMA_S / period_s), along, top - begin, period_s)
    if found is None:
        return None
    start, peak_start, peak_end, finish, reach, fastest = found
    shift = float(first + begin)
    gap = loose[end] - loose[begin]
    return TripMeasures(
        start + shift,
        peak_start + shift,
        peak_end + shift,
        finish + shift,
        reach,
        fastest,
        float(place[top] @ zenith),
        math.sqrt(float(gap @ gap)),
        max(after - before for before, after in pairwise(rests)) * period_s,
    )


def _level(gyr: Array, acc: Array, period_s: float, first: int, last: int) -> tuple[Array, Array]:
    """Gravity-free acceleration between two stillnesses in the frame of the first, and the zenith there."""
    half = max(1, round(GRAVITY_HALF_S / period_s))
    low, high = max(0, first - half), min(len(acc), last + half + 1)
    force = _rotated(_turned(gyr[low:high], period_s), acc[low:high])
    before = force[: first - low + half + 1].mean(axis=0)
    share = np.clip((np.arange(low, high) - first) / max(1, last - first), 0.0, 1.0)[:, None]
    drift = _rotation_between(force[last - low - half :].mean(axis=0), before)
    force = _rotated(_quaternions(share * drift), force)
    after = force[last - low - half :].mean(axis=0)
    lin = force - before - share * (after - before)
    return lin[first - low : last - low + 1], before / np.sqrt(before @ before)


def _stand(lin: Array, period_s: float, nodes: Sequence[int], *, bottom: tuple[int, int] | None = None) -> Array:
    """Velocity (n, 3) of a leg that stands at the nodes, and comes back to the bottom."""
    n = len(lin)
    time = np.linspace(-0.5, 0.5, n)
    error = np.stack([np.ones(n), time, time * time - 1.0 / 12.0], axis=1)
    speed, drift = _integrate(lin, period_s), _integrate(error, period_s)
    due, seen = [drift[list(nodes[1:])] / STAND_SD_M_S], [speed[list(nodes[1:])] / STAND_SD_M_S]
    if bottom:
        begin, end = bottom
        for sums, whole in ((due, drift), (seen, speed)):
            way = _integrate(whole, period_s)
            sums.append((way[end] - way[begin])[None, :] / RETURN_SD_M)
    rows, wanted = np.concatenate(due), np.concatenate(seen)
    normal = rows.T @ rows + np.diag(1.0 / np.square(ERROR_SD_M_S2))
    speed -= drift @ np.linalg.solve(normal, rows.T @ wanted)
    left = speed[list(nodes)]
    for axis in range(3):
        speed[:, axis] -= np.interp(np.arange(n), nodes, left[:, axis])
    return speed


def _integrate(rates: Array, period_s: float) -> Array:
    """Running integral from 0 by trapezoids, shape (n, k)."""
    out = np.zeros_like(rates)
    np.cumsum((rates[1:] + rates[:-1]) * (0.5 * period_s), axis=0, out=out[1:])
    return out


def _turned(gyr: Array, period_s: float) -> Array:
    """Orientation of each sample in the frame of the first, unit quaternions w-x-y-z, shape (n, 4)."""
    step = np.zeros_like(gyr)
    step[1:] = (gyr[1:] + gyr[:-1]) * (0.5 * period_s)
    quat = _quaternions(step)
    reach = 1
    while reach < len(quat):  # products of 2, 4, 8 … neighbours
        quat[reach:] = _product(quat[:-reach].copy(), quat[reach:])
        reach *= 2
    return quat


def _quaternions(turns: Array) -> Array:
    """Quaternions of rotation vectors, rad, shape (n, 3)."""
    half = 0.5 * np.sqrt((turns * turns).sum(axis=1))
    return np.concatenate([np.cos(half)[:, None], 0.5 * np.sinc(half / np.pi)[:, None] * turns], axis=1)


def _product(left: Array, right: Array) -> Array:
    """Hamilton product: first ``right``, then ``left``."""
    a, u, b, v = left[:, :1], left[:, 1:], right[:, :1], right[:, 1:]
    scalar = a * b - (u * v).sum(axis=1, keepdims=True)
    return np.concatenate([scalar, a * v + b * u + np.cross(u, v)], axis=1)


def _rotated(quat: Array, vectors: Array) -> Array:
    """Vectors (n, 3) turned by a quaternion each."""
    twice = 2.0 * np.cross(quat[:, 1:], vectors)
    turned: Array = vectors + quat[:, :1] * twice + np.cross(quat[:, 1:], twice)
    return turned


def _rotation_between(start: Array, goal: Array) -> Array:
    """Smallest rotation vector that turns one direction into another, rad."""
    normal = np.cross(start, goal)
    sine = float(np.sqrt(normal @ normal))
    turn: Array = normal * (math.atan2(sine, float(start @ goal)) / sine) if sine > 0.0 else normal
    return turn
