"""Walking, as the shank and the ankle see it.

A stride runs from heel strike to heel strike. The foot lies flat and the ankle stands still from 10 % to
42 % while the shank rolls forward over it; then the heel rises, the toes leave at 62 % and the shank swings
forward at 300–450 °/s. Knots after Winter (ISBN 978-0-88898-105-9), then adjusted until accelerations and
turning rates had the size and order of a recording of a phone on the shin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .leg import FOOT_M, STANDING, Stretch, still
from .motions import stand_on
from .profiles import count, ringing, through

Array = NDArray[np.float64]

_SHANK = np.array(  # share of the stride, shank pitch in degrees at a 68° range
    [
        (0.00, -20), (0.05, -16), (0.12, -9), (0.22, -2), (0.32, 4), (0.42, 11), (0.50, 20), (0.56, 31),
        (0.62, 42), (0.67, 47.5), (0.72, 42), (0.78, 22), (0.84, -1), (0.90, -17), (0.95, -21), (1.00, -20),
    ]
)  # fmt: skip
_AHEAD = np.array(  # share of the stride, ankle's way forward in stride lengths
    [
        (0.00, -0.015), (0.10, 0.0), (0.42, 0.0), (0.52, 0.015), (0.58, 0.05), (0.63, 0.12), (0.70, 0.30),
        (0.77, 0.54), (0.84, 0.765), (0.90, 0.905), (0.95, 0.97), (1.00, 0.985),
    ]
)  # fmt: skip
_HEIGHT = np.array(  # share of the stride, ankle over its height in stance, m at a 1.3 m stride
    [
        (0.00, 0.018), (0.04, 0.005), (0.09, 0.0), (0.42, 0.0), (0.52, 0.02), (0.60, 0.09), (0.66, 0.14),
        (0.72, 0.13), (0.80, 0.065), (0.87, 0.045), (0.94, 0.05), (1.00, 0.018),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gait:
    """One person's way of walking.

    Attributes
    ----------
    stride_s, stride_m
        Time and length of two steps.
    range_deg
        Shank range in a full stride.
    impact_m_s2
        Peak acceleration of the ringing after a heel strike.
    """

    stride_s: float
    stride_m: float
    range_deg: float
    impact_m_s2: float


def gait(rng: np.random.Generator, *, slow: bool = False) -> Gait:
    """Draw a gait: 0.8–1.05 strides a second of 1.1–1.4 m, or slow: 0.4–0.65 of 0.6–1 m."""
    if slow:
        return Gait(rng.uniform(1.5, 2.4), rng.uniform(0.6, 1.0), rng.uniform(46, 58), rng.uniform(2, 6))
    return Gait(rng.uniform(0.95, 1.22), rng.uniform(1.1, 1.4), rng.uniform(64, 80), rng.uniform(6, 16))


def walk(seconds: float, style: Gait, rng: np.random.Generator, *, turn_rad: float = 0.0) -> Stretch:
    """Walk from standing to standing.

    Parameters
    ----------
    seconds
        About how long; whole strides are taken, at least two.
    style
        Stride time, length, range, impact.
    turn_rad
        Change of heading, spread over the strides in the middle.
    """
    strides = max(2, round(seconds / style.stride_s))
    turning = _turns(strides, turn_rad)
    knots: dict[str, list[tuple[float, float]]] = {
        k: [(0.0, 0.0)] for k in ("pitch", "ahead", "up", "yaw", "side")
    }
    strikes: list[float] = []
    at, ahead, yaw = 0.15, 0.0, 0.0
    for number in range(strides + 1):
        first, last = number == 0, number == strides
        stride_s = style.stride_s * rng.normal(1, 0.025)
        size = rng.normal(1, 0.03)
        length = style.stride_m * size * (0.5 if first or last else 1.0)
        begin = 0.25 if first else 0.0
        if not first:
            strikes.append(at)
        _shank_knots(knots["pitch"], at, stride_s, size * style.range_deg / 68, begin, last)
        lift = min(1.0, style.stride_m / 1.3) * rng.normal(1, 0.05)
        for share, part in _AHEAD:
            # the last row's overhang belongs to the next stance
            if share > max(begin, 0.1) or (share == 0.1 and not first):
                knots["ahead"].append((at + (share - begin) * stride_s, ahead + part * length))
        for share, up in _HEIGHT:
            if share > begin:
                knots["up"].append((at + (share - begin) * stride_s, up * lift))
        turn = turning[number] if number < strides else 0.0
        knots["yaw"] += [(at + (0.60 - begin) * stride_s, yaw), (at + (0.97 - begin) * stride_s, yaw + turn)]
        out = rng.normal(0.015, 0.006)
        knots["side"] += [
            (at + (0.5 - begin) * stride_s, 0.0),
            (at + (0.78 - begin) * stride_s, out),
            (at + (0.98 - begin) * stride_s, 0.0),
        ]
        yaw += turn
        ahead += length
        at += (1.0 - begin) * stride_s
    strikes.append(at)
    knots["pitch"].append((at + 0.12, 0.0))
    knots["ahead"].append((at + 0.1, ahead))
    knots["up"].append((at + 0.08, 0.0))
    return _stretch(knots, strikes, at + 0.45, style, rng)


def _turns(strides: int, turn_rad: float) -> Array:
    turns = np.zeros(strides)
    middle = slice(max(0, strides // 2 - 1), strides // 2 + 2)
    turns[middle] = turn_rad / len(turns[middle])
    return turns


def _shank_knots(
    knots: list[tuple[float, float]], at: float, stride_s: float, scale: float, begin: float, last: bool
) -> None:
    for share, pitch in _SHANK[:-1]:
        if begin and share <= begin:
            continue
        if last and share > 0.72:  # the leg comes to hang beside the other one
            pitch = {0.78: 24.0, 0.84: 8.0}.get(float(share), -1.5)
        knots.append((at + (share - begin) * stride_s, pitch * scale))


def _stretch(
    knots: dict[str, list[tuple[float, float]]],
    strikes: list[float],
    seconds: float,
    style: Gait,
    rng: np.random.Generator,
) -> Stretch:
    n = count(seconds)
    soft = 0.022 * max(1.0, style.stride_s / 1.2)
    curve = {k: through([t for t, _ in rows], [v for _, v in rows], n, soft) for k, rows in knots.items()}
    stretch = still(STANDING, n)
    swing = curve["up"] / 0.14
    pitch = np.radians(curve["pitch"])
    stretch.yaw = curve["yaw"]
    stretch.roll = np.radians(rng.normal(3, 1)) * swing - np.radians(rng.normal(2, 1)) * np.sin(2 * pitch)
    stretch.spin = np.radians(rng.normal(12, 4)) * np.sin(1.5 * pitch) + np.radians(4) * swing
    ring = np.zeros(n)
    for strike in strikes:
        strength = style.impact_m_s2 * rng.uniform(0.6, 1.4)
        shock = ringing(n, count(strike), rng.uniform(9, 18), rng.uniform(0.012, 0.022))
        stretch.shock += strength * shock[:, None] * np.array([-0.5, rng.normal(0, 0.2), 0.85])
        ring += strength * rng.uniform(0.3, 1.2) * shock
    stretch.pitch = pitch + ring
    step = np.diff(curve["ahead"], prepend=0.0)
    side = curve["side"] * (-np.sin(curve["yaw"]), np.cos(curve["yaw"]))
    east = np.cumsum(step * np.cos(curve["yaw"])) + side[0]
    north = np.cumsum(step * np.sin(curve["yaw"])) + side[1]
    ankle = np.stack([east, north, FOOT_M + curve["up"]], axis=-1)
    stand_on(stretch, ankle)
    stretch.sway = np.full(n, 0.3)
    stretch.end = (float(east[-1]), float(north[-1]), float(curve["yaw"][-1]))
    return stretch
