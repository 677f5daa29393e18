"""The leg: segments, the exercises' postures, and what one stretch of movement is.

Frames
------
Earth: x forward (at heading 0), y left, z up, metres. A segment's pitch φ is 0 when it hangs down and grows
as its lower end swings backwards: thigh and shank point along (−sin φ, 0, −cos φ). On all fours the thigh is
at 0° and the shank at 90°; hip extension (the kickback) is a growing pitch. The shank's body frame has z from
ankle to knee and y to the left, so that its orientation is a turn by φ about y.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

THIGH_M = 0.42
"""Hip to knee: 0.245 of a 1.72 m stature (Winter, ISBN 978-0-470-39818-0, figure 4.1)."""
SHANK_M = 0.42
"""Knee to ankle joint."""
FOOT_M = 0.08
"""Ankle joint above the sole."""
TRUNK_M = 0.50
"""Shoulder blades to hip: the bridge's pivot arm."""

TREMOR_DEG = 0.003
"""Root mean square of the rested leg's 8–12 Hz tremor: 0.15 m/s² at the ankle of a lifted leg."""

ExerciseId = Literal[
    "cable",
    "ankle-weight-standing",
    "ankle-weight-quadruped",
    "dumbbell",
    "band",
    "machine",
    "glute-bridge",
    "bodyweight",
    "ankle-weight-straightening",
]


@dataclass(frozen=True, slots=True)
class Posture:
    """A still pose.

    Attributes
    ----------
    hip
        Local x, y, z, m; the ground is at z = 0.
    thigh, shank
        Pitch, rad.
    free
        0 with the foot on the ground (sway turns the leg about the ankle), 1 where it hangs (about the hip).
    """

    hip: tuple[float, float, float]
    thigh: float
    shank: float
    free: float = 0.0


def posture(x: float, y: float, z: float, thigh_deg: float, shank_deg: float, free: float) -> Posture:
    """Make a `Posture` from degrees."""
    return Posture((x, y, z), float(np.radians(thigh_deg)), float(np.radians(shank_deg)), free)


STANDING = posture(0.0, 0.0, THIGH_M + SHANK_M + FOOT_M, 0, 0, 0.0)
_UPRIGHT = posture(0.02, 0.06, STANDING.hip[2] + 0.02, -1, 5, 1.0)
_ALL_FOURS = posture(0.05, 0.03, THIGH_M + 0.08, 0, 90, 1.0)


@dataclass(frozen=True, slots=True)
class Exercise:
    """How an exercise looks to the leg.

    Attributes
    ----------
    rest
        Posture in which a repetition begins and ends.
    range_deg, range_spread_deg
        Usual shank range (of a leg that straightens: the thigh's) and how much people differ.
    knee_deg
        Knee flexion (+) or extension (−) that goes with a full range; the hip makes the rest.
    hip_rise_m
        How far the hip itself is carried up at the top (the bridge).
    straightens
        The knee straightens while the thigh swings back by ``range_deg``: the shank travels and hardly turns.
    """

    rest: Posture
    range_deg: float
    range_spread_deg: float
    knee_deg: float = 0.0
    hip_rise_m: float = 0.0
    straightens: bool = False


EXERCISES: dict[ExerciseId, Exercise] = {
    "cable": Exercise(_UPRIGHT, 40, 6, knee_deg=3),
    "ankle-weight-standing": Exercise(_UPRIGHT, 30, 5, knee_deg=3),
    "band": Exercise(_UPRIGHT, 31, 4, knee_deg=3),
    "ankle-weight-quadruped": Exercise(_ALL_FOURS, 56, 7, knee_deg=-6),
    "bodyweight": Exercise(_ALL_FOURS, 56, 7, knee_deg=-6),
    # the knee stays flexed beyond 90° to clamp the dumbbell
    "dumbbell": Exercise(posture(0.05, 0.03, THIGH_M + 0.08, 0, 102, 1.0), 50, 6),
    # the leg starts in front and is pressed down and back against a roller above the heel
    "machine": Exercise(posture(-0.02, 0.06, STANDING.hip[2] + 0.03, -34, -26, 1.0), 36, 5, knee_deg=-5),
    # on the back, raised leg parallel with the other thigh: it sinks as the hip rises
    "glute-bridge": Exercise(posture(0.0, 0.0, 0.11, -136, -132, 1.0), 24, 4, knee_deg=0, hip_rise_m=0.17),
    # a thigh that swings 88° carries the level shank 0.58 m back and up
    "ankle-weight-straightening": Exercise(_ALL_FOURS, 88, 5, straightens=True),
}


@dataclass(slots=True, eq=False)
class Stretch:
    """A stretch of movement at the inner rate, in the local frame of the place where it begins.

    Attributes
    ----------
    hip, knee
        Positions, m, shape (n, 3).
    pitch, roll, yaw, spin
        Shank pitch φ, sideways lean about x, heading about z, turn about its own length; rad, shape (n,).
    swing, axis
        Exercise angle, rad, shape (n,), about a unit axis (3,) fixed in the heading frame.
    aside
        What the exercise's turn leaves its plane by, as a rotation vector in the heading frame, rad, shape (n, 3).
    free
        1 where the foot hangs, 0 where it stands, shape (n,).
    sway
        Factor on the body's sway, shape (n,).
    tremor
        Factor on tremor, shape (n,).
    shock
        Displacement of soft tissue and strap after impacts, heading frame, m, shape (n, 3).
    end
        Where the next stretch's local frame lies: (x, y, heading).
    climb
        How much higher the ground is there, m (stairs).
    """

    hip: Array
    knee: Array
    pitch: Array
    roll: Array
    yaw: Array
    spin: Array
    swing: Array
    aside: Array
    free: Array
    sway: Array
    tremor: Array
    shock: Array
    axis: Array = field(default_factory=lambda: np.array([0.0, 1.0, 0.0]))
    end: tuple[float, float, float] = (0.0, 0.0, 0.0)
    climb: float = 0.0

    def __len__(self) -> int:
        return len(self.pitch)


def still(pose: Posture, n: int) -> Stretch:
    """`n` samples of a pose, to hold or to write a movement into."""

    def full(value: float) -> Array:
        return np.full(n, value)

    hip = np.tile(np.asarray(pose.hip), (n, 1))
    return Stretch(
        hip=hip,
        knee=hip + THIGH_M * direction(full(pose.thigh)),
        pitch=full(pose.shank),
        roll=full(0.0),
        yaw=full(0.0),
        spin=full(0.0),
        swing=full(0.0),
        aside=np.zeros((n, 3)),
        free=full(pose.free),
        sway=full(1.0),
        tremor=full(0.3),
        shock=np.zeros((n, 3)),
    )


def direction(pitch: ArrayLike) -> Array:
    """Return unit vectors from a segment's upper end to its lower end, shape (n, 3)."""
    pitch = np.asarray(pitch, dtype=float)
    return np.stack([-np.sin(pitch), np.zeros_like(pitch), -np.cos(pitch)], axis=-1)


def ankle_of(pose: Posture) -> Array:
    """Where a pose's ankle is, local frame, m, shape (3,)."""
    return np.asarray(np.asarray(pose.hip) + THIGH_M * direction(pose.thigh) + SHANK_M * direction(pose.shank))
