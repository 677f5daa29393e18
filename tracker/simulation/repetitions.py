"""One set as a shank angle, and the leg that makes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import rotations
from .leg import THIGH_M, TREMOR_DEG, TRUNK_M, Exercise, Stretch, direction, still
from .plans import SetPlan
from .profiles import band_noise, count, min_jerk, phase, ringing, smooth

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """Samples of one movement: the lift begins, the top begins and ends, the return ends."""

    bottom: int
    top_start: int
    top_end: int
    end: int
    partial: bool


@dataclass(slots=True)
class _Angle:
    """The set's angle as it is put together, in rad."""

    parts: list[Array]
    length: int
    value: float

    def add(self, part: Array) -> None:
        self.parts.append(part)
        self.length += len(part)
        self.value = float(part[-1])

    def keep(self, n: int, rng: np.random.Generator, drift: float) -> None:
        """Stay where it is, drifting a little."""
        if n > 0:
            self.add(self.value + drift * min_jerk(n))


def perform(
    plan: SetPlan, exercise: Exercise, off_plane_rad: float, rng: np.random.Generator
) -> tuple[Stretch, list[Window]]:
    """Make one set: the leg's stretch and the window of every movement, in order.

    The shank turns about one axis, tilted out of the sagittal plane; thigh and knee share its angle.
    """
    angle, windows, taps = _angle(plan, exercise, rng)
    n = len(angle)
    stretch = still(exercise.rest, n)
    stretch.swing = angle
    lean = rng.uniform(-0.4, 0.4)
    out = np.array([np.cos(lean), 0.0, np.sin(lean)]) * rng.choice([-1.0, 1.0])
    stretch.axis = np.cos(off_plane_rad) * np.array([0.0, 1.0, 0.0]) + np.sin(off_plane_rad) * out
    usual = np.radians(plan.range_deg or exercise.range_deg)
    knee = np.radians(exercise.knee_deg + rng.normal(0, 2.5)) * (angle / usual)
    thigh = rotations.rotate(rotations.about(stretch.axis, angle - knee), direction(exercise.rest.thigh))
    if exercise.hip_rise_m:
        lift = np.arcsin(exercise.hip_rise_m / TRUNK_M) * angle / usual
        stretch.hip = stretch.hip + TRUNK_M * np.stack([np.cos(lift) - 1, 0 * lift, np.sin(lift)], axis=-1)
    else:  # the pelvis gives a little with the leg
        give = (angle / usual)[:, None] * rng.normal(0, 0.008, size=3)
        stretch.hip = stretch.hip + give
    stretch.knee = stretch.hip + THIGH_M * thigh
    stretch.shock = taps
    tired = np.linspace(1.0, 1.0 + 3.0 * plan.fatigue, n)
    stretch.tremor = plan.tremor_deg / TREMOR_DEG * tired * (1 + 0.7 * np.clip(angle / usual, 0, 1))
    return stretch, windows


def _angle(plan: SetPlan, exercise: Exercise, rng: np.random.Generator) -> tuple[Array, list[Window], Array]:
    order = _order(plan, rng)
    usual = np.radians(plan.range_deg or exercise.range_deg)
    flowing = plan.hold_s == 0 or plan.bottom_pause_s == 0
    shape = rng.uniform(1.0, 1.3, size=4) if flowing else rng.uniform(1.3, 2.6, size=4)
    track = _Angle([], 0, 0.0)
    track.keep(count(rng.uniform(0.8, 2.0)), rng, 0.0)
    windows: list[Window] = []
    for number, partial in enumerate(order):
        tired = number / max(1, len(order) - 1)
        slower = (1 + plan.fatigue * tired) * np.clip(rng.normal(1, plan.tempo_spread, size=4), 0.75, 1.3)
        share = rng.uniform(0.25, 0.5) if partial else np.clip(rng.normal(1, plan.range_spread), 0.88, 1.12)
        top = usual * share * (1 - min(0.22, 0.4 * plan.fatigue) * tired)
        quicker = 0.75 if partial else 1.0
        last = number == len(order) - 1
        bottom = 0.0 if last or plan.tap_m_s2 else usual * np.clip(rng.normal(0, 0.012), -0.03, 0.03)
        begin = track.length
        exponents = shape * rng.uniform(0.92, 1.08, size=4)
        stall = rng.uniform(0.85, 0.99) if rng.random() < plan.hesitations and not partial else 0.0
        n = count(plan.concentric_s * slower[0] * quicker)
        track.add(
            track.value
            + (top - track.value) * phase(n, exponents[0], exponents[1], rng.uniform(0.4, 0.6), stall)
        )
        top_start = track.length - 1
        hold = count(plan.hold_s * slower[1]) if plan.hold_s else 0
        track.keep(hold, rng, -min(0.04, 0.02 * plan.hold_s) * top * rng.uniform(-0.3, 1))
        if hold > 600:
            wobble = min_jerk(hold // 2)
            window = np.concatenate([wobble, wobble[::-1], np.zeros(hold - 2 * (hold // 2))])
            track.parts[-1] += 0.008 * top * window * band_noise(rng, hold, 1, 0.4, 1.2)[:, 0]
        top_end = track.length
        n = count(plan.eccentric_s * slower[2] * quicker)
        fall = 0.3 if plan.tap_m_s2 else exponents[3]
        track.add(track.value + (bottom - track.value) * phase(n, exponents[2], fall))
        windows.append(Window(begin, top_start, top_end, track.length, partial))
        if not last and plan.bottom_pause_s:
            track.keep(count(plan.bottom_pause_s * slower[3] * rng.uniform(0.7, 1.3)), rng, 0.0)
    track.keep(count(rng.uniform(1.0, 2.5)), rng, -track.value)
    angle = smooth(np.concatenate(track.parts), 0.008 if plan.tap_m_s2 else 0.02)
    return angle, windows, _taps(plan, windows, len(angle), rng)


def _order(plan: SetPlan, rng: np.random.Generator) -> list[bool]:
    """Which movement is a partial: never the first, so that the usual range is known."""
    order = [False] * plan.reps
    for _ in range(plan.partials):
        order.insert(int(rng.integers(min(2, plan.reps), len(order) + 1)), True)
    return order


def _taps(plan: SetPlan, windows: list[Window], n: int, rng: np.random.Generator) -> Array:
    shock = np.zeros((n, 3))
    for window in windows if plan.tap_m_s2 else ():
        ring = ringing(n, window.end - 5, rng.uniform(14, 28), rng.uniform(0.008, 0.018))
        shock += (
            plan.tap_m_s2 * rng.uniform(0.5, 1.5) * ring[:, None] * rng.normal([0, 0, 1.0], [0.4, 0.2, 0.2])
        )
    return shock
