"""What people do again and again between sets without counting it: much of it as regular as a set.

Squats, standing up from a chair, marching and turning on the spot, side steps. In none of them does the ankle swing
about a hip that stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .gait import impacts
from .leg import SHANK_M, STANDING, THIGH_M, Stretch, ankle_of, direction, still
from .motions import stand_on
from .profiles import RATE_HZ, count, through

Array = NDArray[np.float64]

_LEAST = 3
"""Fewer are no series."""
_LEAD_IN_S, _LEAD_OUT_S = 0.3, 0.4


def squats(seconds: float, rng: np.random.Generator) -> Stretch:
    """Squat again and again, at least three times, about as deep and as fast each time; the foot stays."""
    down, up = rng.uniform(0.7, 1.8, size=2)
    move, _ = _rounds(seconds, (down, rng.uniform(0.05, 0.6), up, rng.uniform(0.1, 1.0)), 0.06, rng)
    stretch = still(STANDING, len(move))
    stretch.pitch = np.radians(rng.uniform(20, 36)) * move
    stretch.roll = np.radians(rng.normal(0, 3)) * move
    return _on_the_spot(stretch)


def stand_ups(seconds: float, rng: np.random.Generator) -> Stretch:
    """Sit down and stand up again and again, at least three times; the shank leans forward as the weight shifts."""
    times_s = (rng.uniform(0.7, 1.4), rng.uniform(0.15, 1.2), rng.uniform(0.6, 1.2), rng.uniform(0.2, 1.2))
    move, _ = _rounds(seconds, times_s, 0.06, rng)
    stretch = still(STANDING, len(move))
    seated, leaning = rng.uniform(2, 16), rng.uniform(4, 11)
    stretch.pitch = np.radians(seated * move + leaning * 4 * move * (1 - move))
    stretch.roll = np.radians(rng.normal(0, 2)) * move
    return _on_the_spot(stretch)


def march(seconds: float, rng: np.random.Generator, *, turn_rad: float = 0.0) -> Stretch:
    """March on the spot, at least three knee lifts.

    Parameters
    ----------
    seconds
        About how long.
    turn_rad
        Change of heading: turning on the spot, with small steps.
    """
    stride_s = rng.uniform(0.95, 1.6)
    times_s = (0.22 * stride_s, 0.05, 0.2 * stride_s, 0.58 * stride_s - 0.05)
    move, times = _rounds(seconds, times_s, 0.03, rng)
    stretch = still(STANDING, len(move))
    knee_lift, heel_back = np.radians(rng.uniform((8, 5), (25, 20)) if turn_rad else rng.uniform((35, 5), (85, 40)))
    other = np.concatenate([np.zeros(count(stride_s / 2)), move])[: len(move)]
    pitch = heel_back * move * (2 - move)  # the heel comes up before the knee
    hip_to_ankle = THIGH_M * direction(-knee_lift * move) + SHANK_M * direction(pitch)
    ankle = np.asarray(STANDING.hip) + hip_to_ankle
    stretch.roll = np.radians(rng.normal(2.5, 0.8)) * other - np.radians(rng.normal(2, 1)) * move
    stretch.pitch = pitch + impacts(stretch, times[:, 2].tolist(), rng.uniform(2, 10), rng)
    if turn_rad:
        ankle = _turning(stretch, ankle, times, turn_rad, rng)
    stand_on(stretch, ankle)
    stretch.sway = np.full(len(move), 0.5)
    return stretch


def turn(seconds: float, rng: np.random.Generator) -> Stretch:
    """Turn on the spot by a quarter to all the way round."""
    return march(seconds, rng, turn_rad=rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 2.0) * np.pi)


def side_steps(seconds: float, rng: np.random.Generator) -> Stretch:
    """Step to one side, the other foot following, and back again, at least three steps each way."""
    step_s, width, sign = rng.uniform(0.9, 1.7), rng.uniform(0.25, 0.5), rng.choice([-1.0, 1.0])
    move, times = _rounds(seconds / 2, (0.2 * step_s, 0.05, 0.2 * step_s, 0.6 * step_s - 0.05), 0.03, rng)
    n = len(move)
    left, landed, over = times[:, 0] - 0.2 * step_s, times[:, 2], times[:, 3]
    steps = np.arange(len(times))
    side = _knots(np.stack([left, landed], axis=1), np.stack([steps, steps + 1], axis=1), n) * width * sign
    wide = _knots(np.stack([left, landed, over], axis=1), np.tile([0.0, 1.0, 0.0], (len(times), 1)), n)
    lift = rng.uniform(0.03, 0.08) * move
    side, wide, lift = (np.concatenate([curve, curve[::-1]]) for curve in (side, wide, lift))
    stretch = still(STANDING, 2 * n)
    stretch.roll = sign * np.radians(rng.uniform(5, 12)) * wide
    landings = [*landed.tolist(), *(2 * n / RATE_HZ - left[::-1]).tolist()]
    stretch.pitch = np.radians(rng.uniform(3, 12)) * lift / 0.05 + impacts(stretch, landings, rng.uniform(2, 8), rng)
    stand_on(stretch, ankle_of(STANDING) + np.stack([0 * side, side, lift], axis=-1))
    stretch.sway = np.full(2 * n, 0.5)
    return stretch


SERIES: dict[str, Callable[[float, np.random.Generator], Stretch]] = {
    "squats": squats,
    "stand-ups": stand_ups,
    "march": march,
    "turn": turn,
    "side-steps": side_steps,
}
"""By what `Activity.doing` calls them."""


def _rounds(
    seconds: float, times_s: tuple[float, float, float, float], soft_s: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """0 → 1 → 0 again and again, each time a little different.

    Parameters
    ----------
    seconds
        About how long in all.
    times_s
        Of the way out, the stay there, the way back and the rest.
    soft_s
        Standard deviation of the Gaussian that rounds the corners.

    Returns
    -------
    tuple
        The curve (n,), and when each of the four ended, shape (rounds, 4), seconds.
    """
    rounds = max(_LEAST, round(seconds / sum(times_s)))
    spans = np.array(times_s) * np.clip(rng.normal(1, 0.07, size=(rounds, 4)), 0.75, 1.3)
    size = np.clip(rng.normal(1, 0.05, size=rounds), 0.85, 1.15)
    times = _LEAD_IN_S + np.cumsum(spans).reshape(rounds, 4)
    values = size[:, None] * np.array([1.0, 1.0, 0.0, 0.0])
    n = count(times[-1, -1] + _LEAD_OUT_S)
    return through([0.0, _LEAD_IN_S, *times.ravel()], [0.0, 0.0, *values.ravel()], n, soft_s), times


def _knots(times: Array, values: Array, n: int) -> Array:
    """Curve (n,) through knots that come in rows, one row per round; knots at the same time are one."""
    when, first = np.unique(times.ravel(), return_index=True)
    return through(when, values.ravel()[first], n, 0.03)


def _on_the_spot(stretch: Stretch) -> Stretch:
    stand_on(stretch, np.tile(ankle_of(STANDING), (len(stretch), 1)))
    return stretch


def _turning(stretch: Stretch, ankle: Array, times: Array, turn_rad: float, rng: np.random.Generator) -> Array:
    """Turn the heading while the foot is in the air; return the ankle's path about a point beside it."""
    n, rounds = len(stretch), len(times)
    begins = times[:, 0] - 0.15
    headings = turn_rad * np.stack([np.arange(rounds), np.arange(1, rounds + 1)], axis=1) / rounds
    yaw = _knots(np.stack([begins, times[:, 2]], axis=1), headings, n)
    beside = np.array([0.0, rng.choice([-1.0, 1.0]) * rng.uniform(0.08, 0.14)])
    x, y = ankle[:, 0] - beside[0], ankle[:, 1] - beside[1]
    c, s = np.cos(yaw), np.sin(yaw)
    east, north = beside[0] + c * x - s * y, beside[1] + s * x + c * y
    stretch.yaw = yaw
    stretch.end = (float(east[-1]), float(north[-1]), float(yaw[-1]))
    return np.stack([east, north, ankle[:, 2]], axis=-1)
