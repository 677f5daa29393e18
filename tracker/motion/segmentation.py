"""Segmentation: where excursions begin, peak and end, as it happens.

In: the up direction in the sensor frame and the speed at which it turns, at about 25 steps a second. Out: ``Top`` (the
leg has reached a peak) and ``Excursion`` (it came back, or it is plain that it never will). Remembered: a rest pose, how
far the leg went from it, and what happened since.

Rule: a zig-zag with hysteresis on the sphere, anchored at the rest pose; no axis and no mounting enters it.

::

    angle from rest
      │        ┌──────┐  top: slow at the far side, or gave back 20 % of the swing
      │       ╱        ╲
      │      ╱          ╲   on the way back: gave back 35 %
      │     ╱ opened: 3° ╲
      └────╱──────────────╲──  closed: ≥ 65 % returned, and slow or turned round

A leg that is still while it is away from rest may be holding at the top, or may have taken up another rest pose. Both are
followed until the leg decides: another ``_Watch`` is anchored where it is still; it is dropped when an earlier one
closes, and takes over when those before it are disproved.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import dist

Vector = tuple[float, float, float]

OPEN_CHORD = math.radians(3.0)
"""An excursion opens this far from rest: above sway (about 1°), below the smallest repetition asked for."""
MIN_TURN = math.radians(1.2)
"""No turn is believed on less than this."""
TOP_GIVEN_BACK = 0.20
BACK_GIVEN_BACK = 0.35
"""A dip inside a hold up to this share stays in the hold; a deeper one too, until 65 % is returned."""
CLOSE_LEFT = 0.35
"""Closed when no more than this share of the swing is left."""
SLOW_SHARE = 0.15
"""Slow is less than this share of the phase's own top speed …"""
SLOW_RAD_S = math.radians(3.0)
"""… or less than this: a resting leg still trembles and settles."""
CROSSED_SHARE = 0.35
"""Past the rest pose and away from it again, by this share of the swing: it went through, or off to another side."""
RETURNED_SHARE = 0.60
"""Back is within this share of the swing from the rest pose, in whatever direction."""
LONGEST_S = 20.0
"""An excursion open for longer is given up (holds of 8 s are the longest that people train)."""
STILL_CHORD = math.radians(1.0)
SETTLE_S = 0.5
"""The rest pose follows the leg when it has been still for so long at rest."""
SECOND_S = 0.6
"""Still for so long away from rest: perhaps another rest pose."""
MOST_WATCHES = 4
MOST_CHORD = 2.0 * math.sin(math.radians(55.0))
"""A shank turned by more than 110° has changed its posture."""
REACH_S = 3.0
"""How far before ``opened`` an excursion may begin."""
ANEW_S = 10.0
"""Still for so long away from rest: certainly another rest pose."""
DIP_SHARE = 0.30
"""A second watch's excursion towards the first rest pose must be larger than this share to speak against it."""


class Ending(Enum):
    """How an excursion ended."""

    RETURNED = "returned"
    CROSSED = "crossed"
    """It went through the rest pose to the other side."""
    LEFT = "left"
    """It never came back."""


@dataclass(frozen=True, slots=True)
class Top:
    """The leg has reached a peak."""

    peak: int
    top: int
    step: int


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
    rest, far, last
        The up direction at rest, at the top and at the end, sensor frame.
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
    last: Vector
    ending: Ending


def angle(a: Vector, b: Vector) -> float:
    """Angle between two unit vectors, rad."""
    return 2.0 * math.asin(min(1.0, 0.5 * dist(a, b)))


_REST, _OUT, _BACK, _SETTLING = range(4)
"""States of a watch: at rest, on the way out or at the top, on the way back, just back."""


class _Watch:
    """Follows the leg from one rest pose."""

    __slots__ = (
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
        "plane",
        "rest",
        "state",
        "still_pose",
        "still_since",
        "swing",
        "told",
        "top",
        "top_pending",
    )

    def __init__(self, rest: Vector, step: int) -> None:
        self.rest = self.far = self.low_pose = self.still_pose = rest
        self.begin = self.opened = self.top = self.low_step = self.near_step = self.still_since = step
        self.swing = self.fastest = self.low = self.near = 0.0
        self.plane: Vector = (0.0, 0.0, 0.0)
        self.state = _REST
        self.told = False
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
        return True

    def goes_on(self, step: int, pose: Vector, speed: float, longest: int) -> bool:
        """Take one step of the way out; False, and nothing done, where it may be a peak or the way back."""
        away = dist(pose, self.rest)
        if away < self.swing or speed < SLOW_SHARE * self.fastest or step - self.opened > longest:
            return False
        if dist(pose, self.still_pose) > STILL_CHORD:
            self.still_pose, self.still_since = pose, step
        if speed > self.fastest:
            self.fastest = speed
        self.far, self.swing, self.top = pose, away, step
        return True

    def step(self, step: int, pose: Vector, speed: float, settle: int) -> Ending | None:
        """Take one step; says how the excursion ended when it does."""
        state = self.state
        if state == _REST and self.rests(step, pose, settle):
            return None
        if dist(pose, self.still_pose) > STILL_CHORD:
            self.still_pose, self.still_since = pose, step
        if state == _OUT:
            self._out(step, pose, speed)
        elif state == _BACK:
            return self._back(step, pose, speed)
        elif state == _REST:
            self._open(step, pose, speed)
        else:
            self._settling(step, pose, settle)
        return None

    def _out(self, step: int, pose: Vector, speed: float) -> None:
        away = dist(pose, self.rest)
        if speed > self.fastest:
            self.fastest = speed
        if away >= self.swing:
            self.far, self.swing, self.top = pose, away, step
        given_back = dist(pose, self.far)
        if not self.told and (speed < SLOW_SHARE * self.fastest or given_back > TOP_GIVEN_BACK * self.swing):
            self.told = True
            self.top_pending = self.top
        if given_back > BACK_GIVEN_BACK * self.swing and given_back > MIN_TURN:
            self.state = _BACK
            self.fastest = speed
            self.plane = tangent(self.rest, self.far)
            self.low, self.low_step, self.low_pose = self._left(pose), step, pose
            self.near, self.near_step = away, step

    def _left(self, pose: Vector) -> float:
        """Signed angle from the rest pose along the lift, rad."""
        return math.atan2(_dot(pose, self.plane), _dot(pose, self.rest))

    def _back(self, step: int, pose: Vector, speed: float) -> Ending | None:
        left = self._left(pose)
        swing = 2.0 * math.asin(min(1.0, 0.5 * self.swing))
        if speed > self.fastest:
            self.fastest = speed
        if left < self.low:
            self.low, self.low_step, self.low_pose = left, step, pose
        rising = left - self.low
        away = dist(pose, self.rest)
        if away < self.near:
            self.near, self.near_step = away, step
        if self.low <= CLOSE_LEFT * swing:
            slow = speed < max(SLOW_SHARE * self.fastest, SLOW_RAD_S) or rising > max(MIN_TURN, 0.1 * swing)
            if slow and away < RETURNED_SHARE * self.swing:
                return Ending.RETURNED
            if away - self.near > max(OPEN_CHORD, CROSSED_SHARE * self.swing):
                return Ending.CROSSED
        if away > self.swing or (self.low > CLOSE_LEFT * swing and rising > BACK_GIVEN_BACK * swing):
            self.state = _OUT
            self.fastest = speed
        return None

    def close(self, step: int) -> None:
        """Begin again at the lowest pose of the return."""
        self.begin = self.low_step
        self.rest = self.low_pose
        self.state = _SETTLING
        self.opened = step

    def cross(self, step: int, pose: Vector, speed: float) -> None:
        """Go on from the same rest pose, in another direction."""
        self.begin = self.near_step
        self._open(step, pose, speed)

    def _open(self, step: int, pose: Vector, speed: float) -> None:
        self.state = _OUT
        self.opened = self.top = step
        self.far, self.swing = pose, dist(pose, self.rest)
        self.fastest, self.told = speed, False

    def _settling(self, step: int, pose: Vector, settle: int) -> None:
        """Follow a return that goes on slowly after it was called over."""
        left = _dot(pose, self.plane) - _dot(self.rest, self.plane)
        farther = dist(pose, self.low_pose) > CLOSE_LEFT * self.swing
        if left < 0.0 and not farther:
            self.rest = pose
        if farther or left > MIN_TURN or step - self.still_since >= settle or step - self.opened > 4 * settle:
            self.state = _REST

    @property
    def away(self) -> bool:
        """An excursion is open."""
        return self.state == _OUT or self.state == _BACK

    @property
    def returned(self) -> bool:
        """Enough of the swing is undone for the excursion to count as over."""
        return self.state == _BACK and self.low <= CLOSE_LEFT * angle(self.rest, self.far)

    def excursion(self, peak: int, step: int, pose: Vector, ending: Ending, reach: int) -> Excursion:
        """Describe the open excursion as it ended."""
        end, last = (self.low_step, self.low_pose) if ending is Ending.RETURNED else (step, pose)
        begin = max(self.begin, self.opened - reach)
        return Excursion(peak, begin, self.opened, self.top, end, step, self.rest, self.far, last, ending)


class Segmenter:
    """Finds excursions in poses.

    Parameters
    ----------
    step_s
        Time between steps, seconds.
    """

    def __init__(self, step_s: float) -> None:
        self._settle = max(2, round(SETTLE_S / step_s))
        self._pause = max(2, round(SECOND_S / step_s))
        self._anew = round(ANEW_S / step_s)
        self._longest = round(LONGEST_S / step_s)
        self._reach = round(REACH_S / step_s)
        self._watches: list[_Watch] = []
        self._recent: deque[tuple[int, Vector, float]] = deque(maxlen=round((LONGEST_S + REACH_S) / step_s))
        self._peaks = 0
        self._announced: int | None = None

    @property
    def open_since(self) -> int | None:
        """Step at which the open excursion left rest; None at rest."""
        return self._watches[0].opened if self._watches and self._watches[0].away else None

    def restart(self) -> None:
        """Forget the poses: the stream had a hole too long to bridge."""
        self._watches = []
        self._recent.clear()
        self._announced = None

    def push(self, step: int, pose: Vector, speed: float) -> Sequence[Top | Excursion]:
        """Take the pose (unit up vector, sensor frame) and its turning speed (rad/s) at one step."""
        self._recent.append((step, pose, speed))
        if len(self._watches) == 1:  # the usual case, made quick
            first = self._watches[0]
            state = first.state
            if state == _REST and first.rests(step, pose, self._settle):
                return ()
            if (
                state == _OUT
                and first.goes_on(step, pose, speed, self._longest)
                and step - first.still_since < self._pause
            ):
                return ()
        return self._step(step, pose, speed)

    def turn_round(self, wrong: Excursion) -> list[Top | Excursion]:
        """The top of this newest excursion was the rest pose: go over what came after it again."""
        recent = [r for r in self._recent if r[0] >= wrong.top]
        if not recent:
            return []
        self._watches = []
        out: list[Top | Excursion] = []
        for step, pose, speed in recent:
            out += self._step(step, pose, speed)
        return out

    def _step(self, step: int, pose: Vector, speed: float) -> list[Top | Excursion]:
        if not self._watches:
            self._watches = [_Watch(pose, step)]
            return []
        first = self._watches[0]
        ending = first.step(step, pose, speed, self._settle)
        if first.state == _REST or first.state == _SETTLING:
            return []
        out: list[Top | Excursion] = [] if first.top_pending is None else self._tell(first, step)
        if ending is Ending.RETURNED:
            inside = self._inside(first, step)
            if inside:
                out.append(self._close(first, step, pose, Ending.LEFT))
                out += self._report(inside, step)
            else:
                out.append(self._from_last_rest(self._close(first, step, pose, ending)))
            first.close(step)
            del self._watches[1:]
            return out
        if len(self._watches) > 1 or step - first.still_since >= self._pause:
            self._follow_others(step, pose, speed)
        if ending is Ending.CROSSED and len(self._watches) == 1:
            first.low_step, first.low_pose = first.near_step, first.rest
            out.append(self._close(first, step, pose, Ending.RETURNED))
            first.cross(step, pose, speed)
            return out
        proof = self._proof(step) if len(self._watches) > 1 else 0
        if proof or ending is Ending.CROSSED or step - first.opened > self._longest:
            out.append(self._close(first, step, pose, ending or Ending.LEFT))
            out += self._take_over(proof or 1, step, pose)
        return out

    def flush(self, step: int) -> list[Top | Excursion]:
        """End the stream: an open excursion is left open."""
        if not self._watches or not self._watches[0].away:
            return []
        first = self._watches[0]
        ending = Ending.RETURNED if first.returned else Ending.LEFT
        out: list[Top | Excursion] = [self._close(first, step, first.low_pose, ending)]
        self.restart()
        return out

    def _tell(self, first: _Watch, step: int) -> list[Top | Excursion]:
        """Announce the peak, once."""
        if self._announced is not None or first.top_pending is None:
            return []
        self._peaks += 1
        self._announced = self._peaks
        return [Top(self._peaks, first.top_pending, step)]

    def _close(self, watch: _Watch, step: int, pose: Vector, ending: Ending) -> Excursion:
        if self._announced is None:
            self._peaks += 1
        peak = self._announced or self._peaks
        self._announced = None
        watch.top_pending = None
        return watch.excursion(peak, step, pose, ending, self._reach)

    def _from_last_rest(self, e: Excursion) -> Excursion:
        """Begin where the leg last rested near the rest pose, if it shifted a little before it lifted."""
        near = CLOSE_LEFT * dist(e.far, e.rest)
        for watch in reversed(self._watches[1:]):
            if watch.away and watch.opened < e.top and dist(watch.rest, e.rest) < near:
                return replace(e, begin=watch.begin, opened=watch.opened, rest=watch.rest)
        return e

    def _follow_others(self, step: int, pose: Vector, speed: float) -> None:
        """Step the later watches; add one where the leg is still and away from all rest poses."""
        k = 1
        while k < len(self._watches):
            watch = self._watches[k]
            ending = watch.step(step, pose, speed, self._settle)
            if ending is Ending.RETURNED:
                watch.held.append(watch.excursion(0, step, pose, ending, self._reach))
                watch.close(step)
                del self._watches[k + 1 :]
            elif ending is Ending.CROSSED:
                del self._watches[k]
                continue
            k += 1
        newest = self._watches[-1]
        if newest.away and step - newest.still_since >= self._pause and len(self._watches) < MOST_WATCHES:
            self._watches.append(_Watch(pose, step))
            self._watches[-1].begin = newest.still_since

    def _proof(self, step: int) -> int:
        """Number of the watch that shows that the leg has taken up another rest pose; 0 for none."""
        first = self._watches[0]
        for k, watch in enumerate(self._watches):
            if watch is first:
                continue
            if not watch.away and step - first.still_since >= self._anew:
                return k
            if not watch.held:
                continue
            newest = watch.held[-1]
            if dist(newest.far, first.rest) >= dist(newest.rest, first.rest):
                return k
            large = [e for e in watch.held if dist(e.far, e.rest) > DIP_SHARE * first.swing]
            if len(large) >= 2:
                return k
        return 0

    def _inside(self, first: _Watch, step: int) -> list[Excursion]:
        """Excursions from another pose inside this one, where it was a change of posture and back, not a lift."""
        least = 0.0 if first.swing > MOST_CHORD else DIP_SHARE * first.swing
        if first.swing <= MOST_CHORD and step - first.opened < self._anew:
            return []
        for watch in self._watches[1:]:
            if any(dist(e.far, e.rest) > least for e in watch.held):
                return watch.held
        return []

    def _report(self, held: list[Excursion], step: int) -> list[Top | Excursion]:
        """Announce and report what a later watch has seen."""
        out: list[Top | Excursion] = []
        for e in held:
            self._peaks += 1
            out += [Top(self._peaks, e.top, step), replace(e, peak=self._peaks, step=step)]
        return out

    def _take_over(self, k: int, step: int, pose: Vector) -> list[Top | Excursion]:
        """Go on with the k-th watch, where there is one, and report what it has seen."""
        self._watches = self._watches[k:] or [_Watch(pose, step)]
        first = self._watches[0]
        out = self._report(first.held, step)
        first.held = []
        if first.away and first.told:
            first.top_pending = first.top
        return out


def cross(a: Vector, b: Vector) -> Vector:
    """Cross product.

    >>> cross((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    (0.0, 0.0, 1.0)
    """
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def tangent(a: Vector, b: Vector) -> Vector:
    """Unit tangent at ``a`` towards ``b``."""
    along = _dot(a, b)
    x, y, z = b[0] - along * a[0], b[1] - along * a[1], b[2] - along * a[2]
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    return x / length, y / length, z / length
