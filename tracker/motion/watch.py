"""One watch: a leg followed from one rest pose, out, to the top, and back.

In: the up direction in the sensor frame and the speed at which it turns, step by step. Out: how the excursion
ended, when it does, and its description. Remembered: the rest pose, how far the leg went from it, and what happened
since.

Rule: a zig-zag with hysteresis on the sphere; no axis and no mounting enters it.

::

    angle from rest
      │        ┌──────┐  top: slow at the far side, or gave back 20 % of the swing
      │       ╱        ╲
      │      ╱          ╲   on the way back: gave back 35 %
      │     ╱ opened: 3° ╲
      └────╱──────────────╲──  closed: ≥ 65 % returned, and slow or turned round
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from math import dist

from tracker.motion.vectors import Vector, angle, dot, tangent

OPEN_CHORD = math.radians(3.0)
"""An excursion opens this far from rest: above sway (about 1°), below the smallest repetition asked for."""
MIN_TURN = math.radians(1.2)
"""No turn is believed on less than this."""
TOP_GIVEN_BACK = 0.20
AGAIN_SHARE = 1.0 / 0.6
"""A leg that goes on this much farther after a peak was told had not reached it."""
BACK_GIVEN_BACK = 0.35
"""A dip inside a hold up to this share stays in the hold; a deeper one too, until 65 % is returned."""
CLOSE_LEFT = 0.35
"""Closed when no more than this share of the swing is left."""
SLOW_SHARE = 0.15
"""Slow is less than this share of the phase's own top speed …"""
SLOW_RAD_S = math.radians(3.0)
CREEP_SHARE = 0.25
"""… or less than this and a quarter of it: a resting leg still trembles and settles, a slow return creeps."""
STALLED_STEPS = 3
"""Slow as well is a leg that came no farther in so many steps, 0.12 s, than a slow one would: one that trembles turns
fast and gets nowhere …"""
HOME_SHARE = 0.15
"""… on its way back only with no more than this share of the swing left: before, it may pause."""
CROSSED_SHARE = 0.35
"""Past the rest pose and away from it again, by this share of the swing: it went through, or off to another side."""
PASSING_RAD_S = math.radians(15.0)
STRAIGHT_SHARE = 0.7
"""Past the rest pose as slowly and as straight as this, the leg is still returning: it will rest a little farther."""
RETURNED_SHARE = 0.60
"""Back is within this share of the swing from the rest pose, in whatever direction."""
STILL_CHORD = math.radians(1.0)
SETTLE_S = 0.5
"""The rest pose follows the leg when it has been still for so long at rest."""


class Ending(Enum):
    """How an excursion ended."""

    RETURNED = "returned"
    CROSSED = "crossed"
    """It went through the rest pose to the other side."""
    LEFT = "left"
    """It never came back."""


@dataclass(frozen=True, slots=True)
class Top:
    """The leg has reached a peak.

    Attributes
    ----------
    peak
        Its number.
    opened, top, step
        Where the leg left rest, was farthest, and where this was known.
    rest, far
        The up direction at rest and at the top, sensor frame.
    """

    peak: int
    opened: int
    top: int
    step: int
    rest: Vector
    far: Vector


@dataclass(frozen=True, slots=True)
class Excursion:
    """From rest to a peak and back, in steps.

    Attributes
    ----------
    peak
        Its number.
    begin
        First step that may belong to it (the one after the last excursion's end, at most 3 s before ``opened``).
    opened, top, end
        Where it left rest, was farthest, and ended.
    step
        Where this was known.
    rest, far
        The up direction at rest and at the top, sensor frame.
    ending
        How it ended.
    """

    peak: int
    begin: int
    opened: int
    top: int
    end: int
    step: int
    rest: Vector
    far: Vector
    ending: Ending


NO_PAST = STALLED_STEPS * (-math.inf,)
REST, OUT, BACK, SETTLING = range(4)
"""States of a watch: at rest, on the way out or at the top, on the way back, just back."""


class Watch:
    """Follows the leg from one rest pose."""

    __slots__ = (
        "arc",
        "begin",
        "far",
        "fastest",
        "held",
        "low",
        "low_pose",
        "low_step",
        "near",
        "near_step",
        "opened",
        "past",
        "plane",
        "rest",
        "rested",
        "state",
        "still_pose",
        "still_since",
        "stopped_near",
        "swing",
        "told_swing",
        "top",
        "top_pending",
        "turned",
    )

    def __init__(self, rest: Vector, step: int) -> None:
        self.rest = self.far = self.low_pose = self.still_pose = rest
        self.begin = self.opened = self.top = self.low_step = self.near_step = self.still_since = step
        self.swing = self.arc = self.fastest = self.low = self.near = 0.0
        self.plane: Vector = (0.0, 0.0, 0.0)
        self.state = REST
        self.told_swing = 0.0
        self.past = NO_PAST
        self.stopped_near = math.inf
        self.rested = self.turned = False
        self.top_pending: int | None = None
        self.held: list[Excursion] = []

    def rests(self, step: int, pose: Vector, settle: int) -> bool:
        """Take one step at rest; False, and nothing done, where the leg leaves it."""
        if dist(pose, self.rest) > OPEN_CHORD:
            return False
        if dist(pose, self.still_pose) > STILL_CHORD:
            self.still_pose, self.still_since = pose, step
        elif step - self.still_since >= settle:
            self.rest = pose
            self.turned = False
        return True

    def step(self, step: int, pose: Vector, speed: float, settle: int) -> Ending | None:
        """Take one step; says how the excursion ended when it does."""
        state = self.state
        if state == REST and self.rests(step, pose, settle):
            return None
        if dist(pose, self.still_pose) > STILL_CHORD:
            self.still_pose, self.still_since = pose, step
        if state == OUT:
            self._out(step, pose, speed, settle)
        elif state == BACK:
            return self._back(step, pose, speed, settle)
        elif state == REST:
            self._open(step, pose, speed)
        else:
            self._settling(step, pose, settle)
        return None

    def _out(self, step: int, pose: Vector, speed: float, settle: int) -> None:
        away = dist(pose, self.rest)
        if speed > self.fastest:
            self.fastest = speed
        if away >= self.swing:
            self.far, self.swing, self.top = pose, away, step
        stalled = self._stalled(self.swing, settle)
        if self.top == step and speed >= SLOW_SHARE * self.fastest:
            return
        given_back = dist(pose, self.far)
        slow = speed < SLOW_SHARE * self.fastest or stalled or given_back > TOP_GIVEN_BACK * self.swing
        if slow and self.swing > AGAIN_SHARE * self.told_swing:
            self.told_swing = self.swing
            self.top_pending = self.top
        if given_back > BACK_GIVEN_BACK * self.swing and given_back > MIN_TURN:
            self.state = BACK
            self.fastest = speed
            self.plane = tangent(self.rest, self.far)
            self.arc = angle(self.rest, self.far)
            self.low, self.low_step, self.low_pose = self._left(pose), step, pose
            self.near, self.near_step = away, step
            self.past = NO_PAST

    def _stalled(self, reached: float, settle: int) -> bool:
        """It has come no farther, out or back, than a slow leg would in the last steps; ``reached`` grows."""
        came = reached - self.past[0]
        self.past = (*self.past[1:], reached)
        return came < SLOW_SHARE * self.fastest * STALLED_STEPS * SETTLE_S / settle

    def _left(self, pose: Vector) -> float:
        """Signed angle from the rest pose along the lift, rad."""
        (x, y, z), (px, py, pz), (rx, ry, rz) = pose, self.plane, self.rest
        return math.atan2(x * px + y * py + z * pz, x * rx + y * ry + z * rz)

    def _back(self, step: int, pose: Vector, speed: float, settle: int) -> Ending | None:
        left = self._left(pose)
        swing = self.arc
        if speed > self.fastest:
            self.fastest = speed
        if left < self.low:
            self.low, self.low_step, self.low_pose = left, step, pose
        rising = left - self.low
        away = dist(pose, self.rest)
        if away < self.near:
            self.near, self.near_step = away, step
        stalled = self._stalled(-self.low, settle)
        if self.low <= CLOSE_LEFT * swing:
            slow = (
                speed < max(SLOW_SHARE * self.fastest, min(SLOW_RAD_S, CREEP_SHARE * self.fastest))
                or (rising > MIN_TURN and rising > 0.1 * swing)
                or (stalled and self.low <= HOME_SHARE * swing)
            )
            if slow and away < RETURNED_SHARE * self.swing:
                return Ending.RETURNED
            if away - self.near > OPEN_CHORD and away - self.near > CROSSED_SHARE * self.swing:
                return Ending.CROSSED
        if away > self.swing or (self.low > CLOSE_LEFT * swing and rising > BACK_GIVEN_BACK * swing):
            self.state = OUT
            self.fastest = speed
            self.past = NO_PAST
        return None

    def returns_beyond(self, pose: Vector, speed: float) -> bool:
        """It has passed the rest pose slowly and straight on."""
        return speed < PASSING_RAD_S and -self._left(pose) > STRAIGHT_SHARE * dist(pose, self.rest)

    def close(self, step: int) -> None:
        """Begin again at the lowest pose of the return."""
        self.begin = self.low_step
        self.rest = self.low_pose
        self.state = SETTLING
        self.opened = step

    def cross(self, step: int, pose: Vector, speed: float) -> None:
        """Go on from the same rest pose, in another direction."""
        self.begin = self.near_step
        self._open(step, pose, speed)

    def _open(self, step: int, pose: Vector, speed: float) -> None:
        self.state = OUT
        self.opened = self.top = step
        self.far, self.swing = pose, dist(pose, self.rest)
        self.fastest, self.told_swing, self.top_pending = speed, 0.0, None
        self.past = NO_PAST
        self.stopped_near = math.inf

    def _settling(self, step: int, pose: Vector, settle: int) -> None:
        """Follow a return that goes on slowly after it was called over."""
        left = dot(pose, self.plane) - dot(self.rest, self.plane)
        farther = dist(pose, self.low_pose) > CLOSE_LEFT * self.swing
        if left < 0.0 and not farther:
            self.rest = pose
        if farther or left > MIN_TURN or step - self.still_since >= settle or step - self.opened > 4 * settle:
            self.state = REST

    @property
    def away(self) -> bool:
        """An excursion is open."""
        return self.state == OUT or self.state == BACK

    @property
    def returned(self) -> bool:
        """Enough of the swing is undone for the excursion to count as over."""
        return self.state == BACK and self.low <= CLOSE_LEFT * self.arc

    def excursion(self, peak: int, step: int, ending: Ending, reach: int, end: int | None = None) -> Excursion:
        """Describe the open excursion as it ended: at ``end``, else at its lowest pose where it returned."""
        if end is None:
            end = self.low_step if ending is Ending.RETURNED else step
        begin = max(self.begin, self.opened - reach)
        return Excursion(peak, begin, self.opened, self.top, end, step, self.rest, self.far, ending)
