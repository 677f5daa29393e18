"""From a plan to a leg in space and the truth about it.

`simulate` strings stretches together, each beginning in the pose and place where the one before ended, adds
sway and tremor, and measures the truth on the noise-free orientation. The result knows nothing of sensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import rotations, truth
from .gait import gait, walk
from .leg import EXERCISES, SHANK_M, STANDING, TREMOR_DEG, ExerciseId, Posture, Stretch
from .motions import adjust_cuff, change, fidget, squat, stay, strap_on
from .plans import Activity, Plan, SetPlan
from .profiles import RATE_HZ, band_noise, smooth
from .repetitions import Angles, Window, kinematic, perform
from .series import SERIES
from .stairs import up_and_down

Array = NDArray[np.float64]
_Movement = TypeVar("_Movement", truth.Movement, truth.Travel)


@dataclass(frozen=True, slots=True)
class TrueSet:
    """Repetitions and partials of one set, in order of time."""

    reps: tuple[truth.Movement | truth.Travel, ...]
    partials: tuple[truth.Movement | truth.Travel, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """What was being done, and when (seconds)."""

    doing: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A leg's movement through a session, at `RATE_HZ`, and the truth about it.

    Attributes
    ----------
    exercise, label, side
        What the plan said.
    quat
        Shank frame → earth, w-x-y-z, shape (n, 4).
    knee, ankle
        Joint positions, earth frame, m, shape (n, 3).
    shock
        Displacement of what is strapped to the shank after impacts, earth frame, m, shape (n, 3).
    sets
        True repetitions.
    spans
        Everything that happened, in order of time.
    """

    exercise: ExerciseId
    label: str
    side: Literal["left", "right"]
    quat: Array
    knee: Array
    ankle: Array
    shock: Array
    sets: tuple[TrueSet, ...]
    spans: tuple[Span, ...]

    @property
    def duration_s(self) -> float:
        """Length, seconds."""
        return len(self.quat) / RATE_HZ

    @property
    def rep_count(self) -> int:
        """Full repetitions."""
        return sum(len(one.reps) for one in self.sets)

    def truth(self) -> dict[str, Any]:
        """Return the truth as a truth file has it (plus ``activities``)."""
        return {
            "variant": self.exercise,
            "label": self.label,
            "side": self.side,
            "sets": [
                {"reps": [truth.as_dict(r) for r in one.reps], "partials": [truth.as_dict(p) for p in one.partials]}
                for one in self.sets
            ],
            "rep_count": self.rep_count,
            "activities": [asdict(span) for span in self.spans],
        }


def simulate(plan: Plan, seed: int = 0, *, angles: Angles = kinematic) -> Simulated:
    """Move the leg through a plan. The same plan and seed give the same movement.

    Parameters
    ----------
    plan
        What to do.
    seed
        Draws everything that the plan leaves open.
    angles
        Makes the sets' curves; by default from smooth phases.

    Examples
    --------
    >>> from tracker.simulation import SetPlan
    >>> simulate(Plan("cable", (SetPlan(reps=3),)), seed=1).rep_count
    3
    """
    rng = np.random.default_rng(seed)
    side = plan.side or ("left", "right")[int(rng.integers(2))]
    stretches, spans, windows = _stretches(plan, angles, rng)
    body = _assemble(stretches, plan.unrest, rng)
    sets: list[TrueSet] = []
    begin = 0
    for stretch, found in zip(stretches, windows, strict=True):
        if found:
            travels = EXERCISES[plan.exercise].straightens
            sets.append(
                _travelled_set(len(stretch), found, begin, body) if travels else _true_set(stretch, found, begin, body)
            )
        begin += len(stretch)
    return Simulated(plan.exercise, plan.label, side, body.quat, body.knee, body.ankle, body.shock, tuple(sets), spans)


def _stretches(
    plan: Plan, angles: Angles, rng: np.random.Generator
) -> tuple[list[Stretch], tuple[Span, ...], list[list[Window]]]:
    exercise = EXERCISES[plan.exercise]
    off_plane = np.radians(rng.uniform(0, 20) if plan.off_plane_deg is None else plan.off_plane_deg)
    style = {slow: gait(rng, slow=slow) for slow in (False, True)}
    usual_deg = exercise.range_deg + exercise.range_spread_deg * float(np.clip(rng.normal(), -2, 2))
    pose = STANDING
    stretches: list[Stretch] = []
    windows: list[list[Window]] = []
    spans: list[Span] = []

    def add(doing: str, stretch: Stretch, found: list[Window] | None = None) -> None:
        begin = spans[-1].end_s if spans else 0.0
        spans.append(Span(doing, begin, begin + len(stretch) / RATE_HZ))
        stretches.append(stretch)
        windows.append(found or [])

    def go_to(goal: Posture) -> None:
        nonlocal pose
        if goal is not pose:
            standing = goal.thigh > -0.8 and pose.thigh > -0.8 and min(goal.hip[2], pose.hip[2]) > 0.7
            add(
                "posture",
                change(pose, goal, rng.uniform(0.8, 1.4) if standing else rng.uniform(2.2, 4.0), rng),
            )
            pose = goal

    for step in plan.steps:
        if isinstance(step, SetPlan):
            go_to(exercise.rest)
            usual = replace(step, range_deg=step.range_deg or usual_deg)
            stretch, found = perform(usual, exercise, off_plane, rng, angles=angles)
            add("set", stretch, found)
            if rng.random() < 0.5:
                add("stand", stay(pose, rng.uniform(0.5, 3)))
        else:
            go_to(exercise.rest if step.posture == "exercise" else STANDING)
            for stretch in _activity(step, pose, style, rng):
                add(step.doing, stretch)
    return stretches, tuple(spans), windows


def _activity(step: Activity, pose: Posture, style: dict[bool, Any], rng: np.random.Generator) -> list[Stretch]:
    if step.doing in ("walk", "slow-walk"):
        return [walk(step.seconds, style[step.doing == "slow-walk"], rng, turn_rad=rng.choice([0, np.pi, 1.5]))]
    if step.doing == "squat":
        return [squat(rng)]
    if step.doing == "sit":
        return [squat(rng, sit=True)]
    if step.doing == "cuff":
        return [adjust_cuff(pose, max(2.0, step.seconds), rng)]
    if step.doing == "stand":
        return [stay(pose, step.seconds)]
    if step.doing == "strap-on":
        return [strap_on(step.seconds, rng)]
    if step.doing == "stairs":
        return up_and_down(step.seconds, rng)
    if step.doing in SERIES:
        return [SERIES[step.doing](step.seconds, rng)]
    out: list[Stretch] = []
    while sum(map(len, out)) < step.seconds * RATE_HZ:
        out += [fidget(pose, rng), stay(pose, rng.uniform(0.2, 1.5))]
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    quat: Array
    knee: Array
    ankle: Array
    shock: Array
    heading: Array


def _assemble(stretches: list[Stretch], unrest: float, rng: np.random.Generator) -> _Body:
    """All stretches in earth coordinates, with sway and tremor."""
    place, ground = np.array([0.0, 0.0, float(rng.uniform(-np.pi, np.pi))]), 0.0
    origin, start = [], []
    for stretch in stretches:
        origin.append(np.tile([place[0], place[1], ground], (len(stretch), 1)))
        start.append(np.full(len(stretch), place[2]))
        east, north, turned = stretch.end
        c, s = np.cos(place[2]), np.sin(place[2])
        place = place + np.array([c * east - s * north, s * east + c * north, turned])
        ground += stretch.climb
    local = rotations.about([0, 0, 1], np.concatenate(start))
    heading = np.concatenate(start) + _join(stretches, "yaw")
    about = rotations.about
    leg = rotations.multiply(
        rotations.multiply(_swing(stretches), about([1, 0, 0], _join(stretches, "roll"))),
        rotations.multiply(about([0, 1, 0], _join(stretches, "pitch")), about([0, 0, 1], _join(stretches, "spin"))),
    )
    still_quat = rotations.multiply(about([0, 0, 1], heading), leg)
    knee = np.concatenate(origin) + rotations.rotate(local, _join(stretches, "knee"))
    hip = np.concatenate(origin) + rotations.rotate(local, _join(stretches, "hip"))
    down = np.array([0.0, 0.0, -SHANK_M])
    ankle = knee + rotations.rotate(still_quat, down)
    shake = rotations.from_rotvec(unrest * _sway(stretches, rng))
    free = _smooth_joins(_join(stretches, "free"))[:, None]
    pivot = free * hip + (1 - free) * ankle
    drift = 0.003 * unrest * band_noise(rng, len(hip), 3, 0.1, 0.9)  # of a pelvis on one leg or hands and knee, m
    knee = pivot + rotations.rotate(shake, knee - pivot) + free * drift
    quat = rotations.multiply(shake, still_quat)
    shock = rotations.rotate(local, _join(stretches, "shock"))
    return _Body(quat, knee, knee + rotations.rotate(quat, down), shock, heading)


def _join(stretches: list[Stretch], name: str) -> Array:
    return np.concatenate([getattr(stretch, name) for stretch in stretches])


def _smooth_joins(values: Array) -> Array:
    return np.asarray(smooth(values, 0.1))


def _swing(stretches: list[Stretch]) -> Array:
    axis = np.concatenate([np.tile(stretch.axis, (len(stretch), 1)) for stretch in stretches])
    swing = rotations.about(axis, _join(stretches, "swing"))
    aside = _join(stretches, "aside")
    return rotations.multiply(rotations.from_rotvec(aside), swing) if aside.any() else swing


def _sway(stretches: list[Stretch], rng: np.random.Generator) -> Array:
    """Rotation vector of the leg's unrest, earth frame, rad, shape (n, 3)."""
    n = sum(map(len, stretches))
    slow = np.radians(0.25) * band_noise(rng, n, 3, 0.05, 0.7) * np.array([1.0, 1.0, 0.5])
    fast = np.radians(TREMOR_DEG) * band_noise(rng, n, 3, 8, 12) * np.array([0.6, 1.0, 0.3])
    sway = _smooth_joins(_join(stretches, "sway"))[:, None]
    tremor = _smooth_joins(_join(stretches, "tremor"))[:, None]
    return np.asarray(slow * sway + fast * tremor)


def _true_set(stretch: Stretch, windows: list[Window], begin: int, body: _Body) -> TrueSet:
    """Measure the truth on the orientation itself, not on the angle that was asked for."""
    part = slice(begin, begin + len(stretch))
    heading = rotations.about([0, 0, 1], body.heading[begin])
    rest = rotations.multiply(heading, rotations.about([0, 1, 0], stretch.pitch[0]))
    axis = rotations.rotate(heading, stretch.axis)
    angle = truth.smoothed(rotations.twist(rotations.multiply(body.quat[part], rotations.conjugate(rest)), axis))
    found = [_shift(truth.measure(angle, w.bottom, w.top_start, w.top_end, w.end), begin) for w in windows]
    return _sorted_out(found, windows)


def _travelled_set(length: int, windows: list[Window], begin: int, body: _Body) -> TrueSet:
    """Measure the truth on the ankle's path."""
    path = truth.smoothed(body.ankle[begin : begin + length])
    found = [_shift(truth.measure_travel(path, w.bottom, w.top_start, w.top_end, w.end), begin) for w in windows]
    return _sorted_out(found, windows)


def _sorted_out(found: Sequence[truth.Movement | truth.Travel], windows: list[Window]) -> TrueSet:
    found = [replace(m, fault=w.fault.kind) if w.fault else m for m, w in zip(found, windows, strict=True)]
    return TrueSet(
        reps=tuple(m for m, w in zip(found, windows, strict=True) if not w.partial),
        partials=tuple(m for m, w in zip(found, windows, strict=True) if w.partial),
    )


def _shift(movement: _Movement, samples: int) -> _Movement:
    by = samples / RATE_HZ
    names = ("start_s", "peak_start_s", "peak_end_s", "end_s")
    return replace(movement, **{name: getattr(movement, name) + by for name in names})
