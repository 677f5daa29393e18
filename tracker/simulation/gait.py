"""Walking, as the shank and the ankle see it.

A stride runs from heel strike to heel strike. The foot lies flat and the ankle stands still from 10 % to
42 % while the shank rolls forward over it; then the heel rises, the toes leave at 62 % and the shank swings
forward at 300–450 °/s. Knots after Winter (ISBN 978-0-88898-105-9), then adjusted to a recording of a phone
on the shin: turning rates, accelerations, and the ankle's speed, found from it by integrating from stance to
stance (that the ankle stands still gives the phone's height above it, 0.2–0.25 m).
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
_AHEAD = np.array(  # share of the stride, ankle's way forward in stride lengths: a long plateau of speed
    [
        (0.00, -0.040), (0.03, -0.019), (0.07, -0.004), (0.12, 0.0), (0.42, 0.0), (0.47, 0.005),
        (0.51, 0.016), (0.55, 0.037), (0.59, 0.073), (0.63, 0.129), (0.67, 0.203), (0.71, 0.286),
        (0.75, 0.380), (0.79, 0.482), (0.83, 0.593), (0.87, 0.709), (0.91, 0.813), (0.95, 0.897),
        (1.00, 0.960),
    ]
)  # fmt: skip
_HEIGHT = np.array(  # share of the stride, ankle over its height in stance, m at a 1.3 m stride
    [
        (0.00, 0.018), (0.04, 0.006), (0.09, 0.0), (0.42, 0.0), (0.50, 0.010), (0.56, 0.035), (0.62, 0.085),
        (0.67, 0.113), (0.71, 0.112), (0.77, 0.078), (0.83, 0.046), (0.88, 0.038), (0.93, 0.045),
        (0.97, 0.036), (1.00, 0.018),
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
    path = _Path(style, rng)
    path.stride(begin=0.25, size=0.5, turn=0.0, last=False)  # from beside the other foot
    for turn in _turns(strides - 1, turn_rad):
        path.stride(begin=0.0, size=1.0, turn=turn, last=False)
    path.stride(begin=0.0, size=0.5, turn=0.0, last=True)  # to beside the other foot
    path.land()
    return _stretch(path, rng)


def _turns(strides: int, turn_rad: float) -> Array:
    turns = np.zeros(strides)
    middle = slice(max(0, strides // 2 - 1), strides // 2 + 2)
    turns[middle] = turn_rad / len(turns[middle])
    return turns


class _Path:
    """Knots (seconds, value) of the shank's and the ankle's curves, stride after stride."""

    def __init__(self, style: Gait, rng: np.random.Generator) -> None:
        self.style, self.rng = style, rng
        self.at, self.ahead, self.heading = 0.15, 0.0, 0.0
        self.strikes: list[float] = []
        start = (0.0, 0.0)
        self.pitch, self.forward, self.up, self.yaw, self.side = [start], [start], [start], [start], [start]

    def stride(self, *, begin: float, size: float, turn: float, last: bool) -> None:
        """From `begin` (share of the stride) to the next heel strike, `size` strides long."""
        style, rng = self.style, self.rng
        stride_s = style.stride_s * rng.normal(1, 0.025)
        vigour = rng.normal(1, 0.03)
        length = style.stride_m * vigour * size
        lift = min(1.0, style.stride_m / 1.3) * rng.normal(1, 0.05)

        def when(share: float) -> float:
            return float(self.at + (share - begin) * stride_s)

        for share, pitch in _shank(last):
            if begin < share < 1 or share == begin == 0:
                self.pitch.append((when(share), pitch * vigour * style.range_deg / 68))
        for share, part in _AHEAD[1:]:
            if share > begin:
                self.forward.append((when(share), self.ahead + part * length))
        self.up += [(when(share), up * lift) for share, up in _HEIGHT if share > begin]
        self.yaw += [(when(0.60), self.heading), (when(0.97), self.heading + turn)]
        self.side += [(when(0.5), 0.0), (when(0.78), rng.normal(0.015, 0.006)), (when(0.98), 0.0)]
        self.at = when(1.0)
        self.ahead += length
        self.heading += turn
        self.strikes.append(self.at)

    def land(self) -> None:
        """Put the foot flat beside the other one."""
        self.pitch.append((self.at + 0.12, 0.0))
        self.forward.append((self.at + 0.1, self.ahead))
        self.up.append((self.at + 0.08, 0.0))

    def curve(self, knots: list[tuple[float, float]]) -> Array:
        """Sample a list of knots."""
        soft = 0.022 * max(1.0, self.style.stride_s / 1.2)
        return through([t for t, _ in knots], [v for _, v in knots], count(self.at + 0.45), soft)


def _shank(last: bool) -> list[tuple[float, float]]:
    """Knots of the shank's pitch; in the last stride it comes to hang beside the other one."""
    early = [(float(share), float(pitch)) for share, pitch in _SHANK if not last or share < 0.75]
    return [*early, (0.78, 24.0), (0.84, 8.0), (0.90, -1.5), (0.95, -1.5)] if last else early


def _stretch(path: _Path, rng: np.random.Generator) -> Stretch:
    up, yaw = path.curve(path.up), path.curve(path.yaw)
    pitch = np.radians(path.curve(path.pitch))
    n = len(up)
    stretch = still(STANDING, n)
    swing = up / 0.115
    stretch.yaw = yaw
    stretch.roll = np.radians(rng.normal(3, 1)) * swing - np.radians(rng.normal(2, 1)) * np.sin(2 * pitch)
    stretch.spin = np.radians(rng.normal(12, 4)) * np.sin(1.5 * pitch) + np.radians(4) * swing
    stretch.pitch = pitch + impacts(stretch, path.strikes, path.style.impact_m_s2, rng)
    step, side = np.diff(path.curve(path.forward), prepend=0.0), path.curve(path.side)
    east = np.cumsum(step * np.cos(yaw)) - side * np.sin(yaw)
    north = np.cumsum(step * np.sin(yaw)) + side * np.cos(yaw)
    stand_on(stretch, np.stack([east, north, FOOT_M + up], axis=-1))
    stretch.sway = np.full(n, 0.3)
    stretch.end = (float(east[-1]), float(north[-1]), float(yaw[-1]))
    return stretch


def impacts(stretch: Stretch, strikes: list[float], impact_m_s2: float, rng: np.random.Generator) -> Array:
    """Ringing after the foot lands: into the stretch as displacement, returned as pitch, rad, shape (n,).

    Parameters
    ----------
    stretch
        Its ``shock`` is added to.
    strikes
        When the foot lands, seconds since the stretch began.
    impact_m_s2
        Usual peak acceleration.
    """
    ring = np.zeros(len(stretch))
    for strike in strikes:
        strength = impact_m_s2 * rng.uniform(0.6, 1.4)
        shock = ringing(len(stretch), count(strike), rng.uniform(9, 18), rng.uniform(0.012, 0.022))
        stretch.shock += strength * shock[:, None] * np.array([-0.5, rng.normal(0, 0.2), 0.85])
        ring += strength * rng.uniform(0.3, 1.2) * shock
    return ring
