"""Stairs, step over step, as the shank and the ankle see them.

A stride runs from foot contact to foot contact and takes two steps. Cadence, a stance of about 62 % and the forefoot
that lands first follow Riener et al. (doi:10.1016/S0966-6362(01)00162-X); the shank's pitch is the knee's bend less
the hip's in their curves, by eye. The foot does not move while it stands, though the shank turns over it: by little
on the way up, by 40° on the way down, where the knee gives way under the body's weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .gait import impacts
from .leg import FOOT_M, STANDING, Stretch, still
from .motions import stand_on
from .profiles import count, through
from .series import turn

Array = NDArray[np.float64]

RISER_M, TREAD_M = 0.17, 0.29
"""A step's height and depth (DIN 18065 recommends 17 and 29 cm)."""
_LAND_S = 0.15

# share of the stride · shank pitch, degrees · way ahead, share of the stride · lift of the foot, m · way up, share
_UP = np.array(
    [
        (0.00, 8, 0.00, 0.012, 0.00), (0.06, 12, 0.00, 0.000, 0.00), (0.14, 20, 0.00, 0.000, 0.00),
        (0.24, 21, 0.00, 0.000, 0.00), (0.34, 15, 0.00, 0.000, 0.00), (0.44, 12, 0.00, 0.000, 0.00),
        (0.52, 17, 0.00, 0.005, 0.00), (0.58, 27, 0.02, 0.030, 0.00), (0.64, 40, 0.08, 0.055, 0.10),
        (0.70, 54, 0.20, 0.060, 0.38), (0.76, 60, 0.38, 0.055, 0.70), (0.82, 50, 0.62, 0.050, 0.93),
        (0.88, 32, 0.84, 0.040, 1.00), (0.94, 15, 0.97, 0.025, 1.00), (1.00, 8, 1.00, 0.012, 1.00),
    ]
)  # fmt: skip
_DOWN = np.array(
    [
        (0.00, 4, 0.00, 0.030, 0.00), (0.05, 6, 0.00, 0.014, 0.00), (0.10, 7, 0.00, 0.000, 0.00),
        (0.26, 10, 0.00, 0.000, 0.00), (0.38, 18, 0.00, 0.004, 0.00), (0.48, 30, 0.00, 0.025, 0.00),
        (0.56, 43, 0.02, 0.055, 0.00), (0.63, 55, 0.08, 0.075, 0.00), (0.69, 60, 0.18, 0.085, 0.06),
        (0.75, 52, 0.35, 0.080, 0.24), (0.81, 33, 0.57, 0.070, 0.50), (0.87, 13, 0.79, 0.055, 0.76),
        (0.93, 1, 0.94, 0.040, 0.93), (1.00, 4, 1.00, 0.030, 1.00),
    ]
)  # fmt: skip
_STANCE = {"up": 0.44, "down": 0.26}
"""Share of the stride until which the foot surely stands: where the first stride begins."""


@dataclass(frozen=True, slots=True)
class Climber:
    """One person's way of taking stairs.

    Attributes
    ----------
    stride_s
        Time of two steps.
    vigour
        Factor on the shank's pitch.
    impact_m_s2
        Peak acceleration of the ringing after the foot lands.
    """

    stride_s: float
    vigour: float
    impact_m_s2: float


def climber(way: Literal["up", "down"], rng: np.random.Generator) -> Climber:
    """Draw a way of climbing: 1.2–1.8 s a stride up, 1.0–1.5 s down, where the foot lands harder."""
    if way == "up":
        return Climber(rng.uniform(1.2, 1.8), rng.uniform(0.85, 1.1), rng.uniform(2, 7))
    return Climber(rng.uniform(1.0, 1.5), rng.uniform(0.85, 1.1), rng.uniform(6, 16))


def up_and_down(seconds: float, rng: np.random.Generator) -> list[Stretch]:
    """Take a flight of stairs, turn round, and come down again, about so long in all."""
    strides = max(2, round((seconds / 2 - 1.5) / 1.4))
    return [flight(strides, "up", rng), turn(3.0, rng), flight(strides, "down", rng)]


def flight(strides: int, way: Literal["up", "down"], rng: np.random.Generator) -> Stretch:
    """Take a flight of stairs, from standing to standing.

    Parameters
    ----------
    strides
        Twice as many steps; the first and the last stride are of one step.
    way
        Up or down.
    """
    style = climber(way, rng)
    path = _Path(way, style, rng)
    path.stride(size=0.5, begin=_STANCE[way])  # the leading leg, onto the first step
    for _ in range(strides - 1):
        path.stride(size=1.0, begin=0.0)
    path.stride(size=0.5, begin=0.0)  # to beside the other foot
    return path.stretch()


class _Path:
    """Knots (seconds, value) of the shank's and the ankle's curves, stride after stride."""

    def __init__(self, way: Literal["up", "down"], style: Climber, rng: np.random.Generator) -> None:
        self.table, self.sign = (_UP, 1.0) if way == "up" else (_DOWN, -1.0)
        self.style, self.rng = style, rng
        self.at, self.ahead, self.climbed = 0.15, 0.0, 0.0
        self.landings: list[float] = []
        start = (0.0, 0.0)
        self.pitch, self.forward, self.lift, self.up, self.side = [start], [start], [start], [start], [start]

    def stride(self, *, size: float, begin: float) -> None:
        """From `begin` (share of the stride) to the next contact, over `size` strides' way."""
        stride_s = self.style.stride_s * self.rng.normal(1, 0.035)
        vigour = self.style.vigour * self.rng.normal(1, 0.03)
        length, rise = 2 * TREAD_M * size, 2 * RISER_M * size
        for share, pitch, ahead, lift, way_up in self.table[self.table[:, 0] > begin].tolist():
            when = float(self.at + (share - begin) * stride_s)
            self.pitch.append((when, pitch * vigour))
            self.forward.append((when, self.ahead + ahead * length))
            self.lift.append((when, lift))
            self.up.append((when, self.climbed + self.sign * way_up * rise))
        swing = float(self.at + (0.8 - begin) * stride_s)
        self.at += (1 - begin) * stride_s
        self.side += [(swing - 0.2 * stride_s, 0.0), (swing, self.rng.normal(0.02, 0.008)), (self.at, 0.0)]
        self.ahead += length
        self.climbed += self.sign * rise
        self.landings.append(self.at)

    def stretch(self) -> Stretch:
        """Put the foot flat beside the other one, and make a stretch of it all."""
        land = (self.at + _LAND_S, 0.0)
        pitch = np.radians(self._curve([*self.pitch, land]))
        lift = self._curve([*self.lift, land])
        out = still(STANDING, len(pitch))
        swing = lift / 0.06
        out.roll = np.radians(self.rng.normal(3, 1)) * swing
        out.spin = np.radians(self.rng.normal(8, 3)) * np.sin(1.5 * pitch)
        out.pitch = pitch + impacts(out, self.landings, self.style.impact_m_s2, self.rng)
        height = FOOT_M + self._curve(self.up) + lift
        stand_on(out, np.stack([self._curve(self.forward), self._curve(self.side), height], axis=-1))
        out.sway = np.full(len(out), 0.3)
        out.end, out.climb = (self.ahead, 0.0, 0.0), self.climbed
        return out

    def _curve(self, knots: list[tuple[float, float]]) -> Array:
        return through([t for t, _ in knots], [v for _, v in knots], count(self.at + 0.45), 0.022)
