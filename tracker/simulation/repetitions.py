"""One set as a shank angle, and the leg that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from . import rotations
from .faults import LYING, RECOIL_S, Fault, Manner, Shape, aside, wrongly
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
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """How the shank turns through one set.

    Attributes
    ----------
    angle
        About the exercise's axis, rad, shape (n,); 0 at its two ends.
    aside
        Turns out of the exercise's plane, about the level and the upright axis in it, rad, shape (n, 2).
    windows
        Every movement, in order.
    shock
        Displacement that impacts leave, heading frame, m, shape (n, 3).
    """

    angle: Array
    aside: Array
    windows: list[Window]
    shock: Array


Angles = Callable[[SetPlan, Exercise, np.random.Generator], Curve]
"""Makes a set's curve from its plan (with its range), the exercise and a source of chance."""


class _Track:
    """The set's shank angle, rad, as it is put together phase by phase."""

    def __init__(self, plan: SetPlan, usual_rad: float, rng: np.random.Generator) -> None:
        self.plan, self.usual, self.rng = plan, usual_rad, rng
        self.parts: list[Array] = []
        self.length = 0
        self.value = 0.0
        # how phases begin and end: about 2 at rest, about 1 where the leg turns round without a pause
        high = rng.uniform(1.0, 1.3, size=2) if plan.hold_s == 0 else rng.uniform(1.3, 2.6, size=2)
        low = rng.uniform(1.0, 1.3, size=2) if plan.bottom_pause_s == 0 else rng.uniform(1.3, 2.6, size=2)
        self.lift_shape, self.return_shape = (low[0], high[0]), (high[1], low[1])

    def add(self, part: Array) -> None:
        self.parts.append(part)
        self.length += len(part)
        self.value = float(part[-1])

    def move(self, to: float, seconds: float, rise: float, fall: float, stall: float = 0.0) -> None:
        at = self.rng.uniform(0.4, 0.6)
        self.add(self.value + (to - self.value) * phase(count(seconds), rise, fall, at, stall))

    def stay(self, seconds: float, drift: float = 0.0) -> None:
        if seconds > 0:
            self.add(self.value + drift * min_jerk(count(seconds)))

    def lift(
        self, top: float, seconds: float, *, from_rest: bool, smooth_only: bool, shape: Shape | None = None
    ) -> None:
        rise, fall = np.array(self.lift_shape) * self.rng.uniform(0.92, 1.08, size=2)
        hesitates = self.rng.random() < self.plan.hesitations and seconds > 0.75 and not smooth_only
        stall = self.rng.uniform(0.85, 0.99) if hesitates else 0.0
        rise, fall = shape or (max(1.8, rise) if from_rest else rise, fall)
        self.move(top, seconds, rise, fall, 0.0 if shape else stall)

    def hold(self, seconds: float, top: float) -> None:
        """Sink and wobble a little."""
        self.stay(seconds, -min(0.04, 0.02 * seconds) * top * self.rng.uniform(-0.3, 1))
        if seconds > 0.6:
            n = len(self.parts[-1])
            window = np.sin(np.pi * min_jerk(n)) ** 2
            self.parts[-1] += 0.008 * top * window * band_noise(self.rng, n, 1, 0.4, 1.2)[:, 0]

    def go_back(self, bottom: float, seconds: float, *, to_rest: bool, shape: Shape | None = None) -> None:
        rise, fall = np.array(self.return_shape) * self.rng.uniform(0.92, 1.08, size=2)
        if self.plan.tap_m_s2:
            fall = 0.3  # arrives with speed
        elif to_rest:
            fall = max(1.8, fall)
        self.move(bottom, seconds, *(shape or (rise, fall)))

    def movement(self, partial: bool, *, tired: float, first: bool, last: bool, fault: Fault | None = None) -> Window:
        """One repetition or partial; `tired` grows from 0 to 1 through the set."""
        plan, rng = self.plan, self.rng
        pace = (1 + plan.fatigue * tired) * np.clip(rng.normal(1, plan.tempo_spread, size=4), 0.75, 1.3)
        quicker = 0.75 if partial else 1.0
        share = rng.uniform(0.25, 0.5) if partial else np.clip(rng.normal(1, plan.range_spread), 0.88, 1.12)
        top = self.usual * share * (1 - min(0.22, 0.4 * plan.fatigue) * tired)
        exact = last or plan.tap_m_s2 > 0
        bottom = 0.0 if exact else self.usual * np.clip(rng.normal(0, 0.012), -0.03, 0.03)
        lift_s, return_s = plan.concentric_s * pace[0] * quicker, plan.eccentric_s * pace[2] * quicker
        how = Manner(top, bottom, lift_s, plan.hold_s * pace[1], return_s, plan.bottom_pause_s * pace[3])
        how = wrongly(how, fault) if fault else how
        begin = self.length
        self.lift(how.top, how.lift_s, from_rest=first, smooth_only=partial, shape=how.lift_shape)
        top_start = self.length - 1
        self.hold(how.hold_s, how.top)
        top_end = self.length
        self.go_back(how.bottom - how.recoil, how.return_s, to_rest=last, shape=how.return_shape)
        end = self.length
        if how.recoil:
            self.move(how.bottom, RECOIL_S, 1.0, 1.6)
        if not last:
            self.stay(how.pause_s * rng.uniform(0.7, 1.3))
        return Window(begin, top_start, top_end, end, partial, fault)


def kinematic(plan: SetPlan, exercise: Exercise, rng: np.random.Generator) -> Curve:
    """Put a set together from smooth phases, all in one plane but for those that are made off it."""
    angle, windows, taps = _angle(plan, exercise, rng)
    return Curve(angle, _aside(plan, windows, angle, rng), windows, taps)


def perform(
    plan: SetPlan, exercise: Exercise, off_plane_rad: float, rng: np.random.Generator, *, angles: Angles = kinematic
) -> tuple[Stretch, list[Window]]:
    """Make one set: the leg's stretch and the window of every movement, in order.

    The shank turns about one axis, tilted out of the sagittal plane; thigh and knee share its angle.
    """
    curve = angles(plan, exercise, rng)
    angle, n = curve.angle, len(curve.angle)
    stretch = still(exercise.rest, n)
    stretch.swing = angle
    lean = rng.uniform(-0.4, 0.4)
    out = np.array([np.cos(lean), 0.0, np.sin(lean)]) * rng.choice([-1.0, 1.0])
    stretch.axis = np.cos(off_plane_rad) * np.array([0.0, 1.0, 0.0]) + np.sin(off_plane_rad) * out
    usual = np.radians(plan.range_deg or exercise.range_deg)
    knee = np.radians(exercise.knee_deg + rng.normal(0, 2.5)) * (angle / usual)
    if exercise.straightens:
        stretch.swing = _slight_turn(angle / usual, rng)
    level = np.cross(stretch.axis, [0.0, 0.0, 1.0])
    level /= np.linalg.norm(level)
    stretch.aside = curve.aside @ np.stack([level, np.cross(level, stretch.axis)])
    turn = rotations.about(stretch.axis, angle - knee)
    if curve.aside.any():
        turn = rotations.multiply(rotations.from_rotvec(stretch.aside), turn)
    thigh = rotations.rotate(turn, direction(exercise.rest.thigh))
    if exercise.hip_rise_m:
        lift = np.arcsin(exercise.hip_rise_m / TRUNK_M) * angle / usual
        stretch.hip = stretch.hip + TRUNK_M * np.stack([np.cos(lift) - 1, 0 * lift, np.sin(lift)], axis=-1)
    else:  # trunk and pelvis give with the leg, a little late: the pivot is not nailed down
        late = count(rng.uniform(0.03, 0.2))
        follow = np.concatenate([np.zeros(late), angle[:-late] / usual])
        stretch.hip = stretch.hip + follow[:, None] * rng.normal(0, 0.014, size=3)
    stretch.knee = stretch.hip + THIGH_M * thigh
    stretch.shock = curve.shock
    tired = np.linspace(1.0, 1.0 + 3.0 * plan.fatigue, n)
    stretch.tremor = plan.tremor_deg / TREMOR_DEG * tired * (1 + 0.7 * np.clip(angle / usual, 0, 1))
    for window, after in pairwise(curve.windows):
        if window.fault and window.fault.kind in ("touchdown", "bottom-rest"):
            stretch.tremor[window.end : after.bottom] *= LYING
            stretch.sway[window.end : after.bottom] *= LYING
    return stretch, curve.windows


def _slight_turn(share: Array, rng: np.random.Generator) -> Array:
    """Turn of a shank that is carried along, rad: some degrees on the way, and hardly any left at the top."""
    left, bulge = np.radians(np.clip(rng.normal(0, [3.0, 6.0]), -12, 12))
    return np.asarray(left * share + bulge * 4 * share * (1 - share))


def _angle(plan: SetPlan, exercise: Exercise, rng: np.random.Generator) -> tuple[Array, list[Window], Array]:
    """Shank angle, window of every movement, and the displacement that taps leave."""
    order = _order(plan, rng)
    track = _Track(plan, float(np.radians(plan.range_deg or exercise.range_deg)), rng)
    track.stay(rng.uniform(0.8, 2.0))
    final = len(order) - 1
    faults = _faults(plan, order)
    windows = [
        track.movement(partial, tired=k / max(1, final), first=k == 0, last=k == final, fault=faults[k])
        for k, partial in enumerate(order)
    ]
    track.stay(rng.uniform(1.0, 2.5))
    angle = smooth(np.concatenate(track.parts), 0.008 if plan.tap_m_s2 else 0.02)
    return angle, windows, _taps(plan, windows, len(angle), rng)


def _order(plan: SetPlan, rng: np.random.Generator) -> list[bool]:
    """Which movement is a partial: never the first, so that the usual range is known."""
    order = [False] * plan.reps
    for _ in range(plan.partials):
        order.insert(int(rng.integers(min(2, plan.reps), len(order) + 1)), True)
    return order


def _faults(plan: SetPlan, order: list[bool]) -> list[Fault | None]:
    """Each movement's fault: partials have none."""
    of = {fault.rep: fault for fault in plan.faults}
    numbers = np.cumsum(~np.array(order)).tolist()
    return [None if partial else of.get(number) for partial, number in zip(order, numbers, strict=True)]


def _aside(plan: SetPlan, windows: list[Window], angle: Array, rng: np.random.Generator) -> Array:
    """Turns out of the set's plane, rad, shape (n, 2)."""
    tilts = [w.fault.size if w.fault and w.fault.kind == "off-plane" else 0.0 for w in windows]
    if plan.direction_spread_deg:
        tilts = [tilt + float(rng.normal(0, plan.direction_spread_deg)) for tilt in tilts]
    ends = [w.bottom for w in windows[1:]] + [len(angle)]
    lean = aside(angle, [(w.bottom, end) for w, end in zip(windows, ends, strict=True)], tilts)
    return np.stack([lean, np.zeros_like(lean)], axis=-1)


def _taps(plan: SetPlan, windows: list[Window], n: int, rng: np.random.Generator) -> Array:
    shock = np.zeros((n, 3))
    for window in windows if plan.tap_m_s2 else ():
        ring = ringing(n, window.end - 5, rng.uniform(14, 28), rng.uniform(0.008, 0.018))
        shock += plan.tap_m_s2 * rng.uniform(0.5, 1.5) * ring[:, None] * rng.normal([0, 0, 1.0], [0.4, 0.2, 0.2])
    for window in windows:
        if window.fault and window.fault.kind == "touchdown":
            ring = ringing(n, window.end - 5, rng.uniform(14, 28), rng.uniform(0.008, 0.018))
            way = rng.normal([0, 0, 1.0], [0.4, 0.2, 0.2])
            shock += window.fault.size * ring[:, None] * way / np.linalg.norm(way)
    return shock
