"""Before the first set: does the cuff hold, and does the posture fit the exercise.

In: the up direction in the sensor's frame as it comes. Out: what to say. Remembered: where the leg stood still, and the
way of one swing.

Rules
-----
- The person stands upright and still for three seconds, swings the leg back once and sets it down. A cuff that holds
  brings the up direction back to where it was, by the way on which it went: one that tipped ends elsewhere, and one
  that turned about the shin comes back on another way.
- The upright stance is kept. A set's rest pose, seen from it, tells standing from all fours and from lying: the shank
  is upright, level or beyond.
- Nothing waits for this: who begins without it, or in the middle of it, is counted all the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tracker.exercises import Posture, Span
from tracker.motion.vectors import Vector, angle, cross, dot, tangent

STILL_S, SET_DOWN_S = 3.0, 1.0
"""How long to stand still before the swing, and after it."""
STILL_DEG = 3.0
"""Sway at the shank, standing, stays under 1°."""
SWUNG_DEG = 15.0
"""A swing; a step of the standing leg moves its shank less."""
TIPPED_DEG, TURNED_DEG = 8.0, 25.0
"""Who sets a leg down by feel finds its place within 3°, and swings forth and back in one plane within 10°."""
GIVE_UP_S = 60.0
SHANK_FROM_UPRIGHT_DEG: dict[Posture, Span] = {
    "standing": (0.0, 40.0),
    "all-fours": (55.0, 125.0),
    "supine": (60.0, 180.0),
}
"""Upright, level, and from a knee that points up to a raised leg; 15° is left for how people stand and kneel."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found.

    Attributes
    ----------
    upright
        Up direction of the upright stance, sensor frame.
    tipped_deg
        How far from it the leg stands after the swing.
    turned_deg
        Angle between the way out and the way back, about the shin.
    """

    upright: Vector
    tipped_deg: float
    turned_deg: float

    @property
    def holds(self) -> bool:
        """The cuff holds, as far as one swing tells."""
        return self.tipped_deg <= TIPPED_DEG and self.turned_deg <= TURNED_DEG

    @property
    def words(self) -> str:
        """What to say."""
        if self.holds:
            return "the strap holds"
        if self.turned_deg > TURNED_DEG:
            return f"the strap turned by {self.turned_deg:.0f} degrees: tighten it, and check again"
        return (
            f"the leg stands {self.tipped_deg:.0f} degrees off: tighten the strap, or stand as before, and check again"
        )


class StrapCheck:
    """One check, from standing still to standing still again.

    Parameters
    ----------
    at_s
        Stream time at which it begins.

    Attributes
    ----------
    found
        What it found; None: it goes on.
    """

    def __init__(self, at_s: float) -> None:
        self.found: Checked | None = None
        self._began_s = at_s
        self._anchor: tuple[float, Vector] | None = None
        self._upright: Vector | None = None
        self._path: list[Vector] = []

    def late(self, at_s: float) -> bool:
        """It has gone on for so long that nobody does it any more."""
        return at_s - self._began_s > GIVE_UP_S

    def push(self, at_s: float, up: Vector) -> str:
        """Take where the leg is; return what to say, empty for nothing."""
        if self.found is not None:
            return ""
        if self._anchor is None or math.degrees(angle(self._anchor[1], up)) > STILL_DEG:
            self._anchor = at_s, up
        still_s = at_s - self._anchor[0]
        if self._upright is None:
            if still_s < STILL_S:
                return ""
            self._upright = up
            return "now swing the leg back once, and set it down"
        self._path.append(up)
        if still_s < self._needs_s(self._upright):
            return ""
        self.found = _judged(self._upright, self._path)
        return self.found.words

    def _needs_s(self, upright: Vector) -> float:
        """How long it has to be still for the swing to be over: longer where it may be held up."""
        far = max(angle(upright, pose) for pose in self._path)
        if far <= math.radians(SWUNG_DEG):
            return math.inf
        return SET_DOWN_S if angle(upright, self._path[-1]) < far / 2 else STILL_S


def posture_words(posture: Posture, upright: Vector, rest: Vector) -> str:
    """Return what to say of a set's rest pose, seen from the upright stance; empty where it fits, or cannot be told.

    Examples
    --------
    >>> posture_words("all-fours", (0.0, 0.0, 1.0), (0.0, 0.0, 1.0))
    'the shank is upright: this exercise is done on all fours'
    """
    span = SHANK_FROM_UPRIGHT_DEG.get(posture)
    from_upright_deg = math.degrees(angle(upright, rest))
    if span is None or span[0] <= from_upright_deg <= span[1]:
        return ""
    how = "upright" if from_upright_deg <= SHANK_FROM_UPRIGHT_DEG["standing"][1] else "not upright"
    asked = {"standing": "standing", "all-fours": "on all fours", "supine": "lying on the back"}[posture]
    return f"the shank is {how}: this exercise is done {asked}"


def _judged(upright: Vector, path: list[Vector]) -> Checked:
    """Compare where the leg stands, and the ways out and back half way up."""
    far = max(range(len(path)), key=lambda k: angle(upright, path[k]))
    half = angle(upright, path[far]) / 2
    out = min(path[: far + 1], key=lambda pose: abs(angle(upright, pose) - half))
    rest = path[-1]
    back = min(path[far:], key=lambda pose: abs(angle(rest, pose) - half))
    first, second = tangent(upright, out), tangent(rest, back)
    sine, cosine = dot(cross(first, second), upright), dot(first, second)
    return Checked(upright, math.degrees(angle(upright, rest)), abs(math.degrees(math.atan2(sine, cosine))))
