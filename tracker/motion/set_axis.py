"""The set's flexion axis: what its repetitions turn about together.

In: what each measured excursion turned about, and what became of it. Out: ``Known``, by which the next one is measured.
Remembered: the sums of the open set and of the one before, and the newest excursions of which nothing is decided yet.

Rule: angles are about the set's axis. Moved a little out of its plane, a leg turns most about another axis in each
repetition; what all of them turned about, added up, has the set's as its main axis. While there are few, the set before
helps. Where the rest pose shifts, the strap may have: all begins anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.motion.axis import Spread, aside, main_axis
from tracker.motion.values import ExerciseSet, Reason, Rejected, Rep
from tracker.motion.vectors import Vector, angle

NOTHING: Spread = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
SET_SHARE, BEFORE_SHARE = 50.0, 1.0
"""What a repetition turned aside of its own axis, as a share of what it turned about it, times these: so much the set
weighs, at most all of it, and the set before, at most as one repetition. A leg that keeps its plane is measured by
itself: a strap that slips turns the axis, and no two sets have quite the same."""
SAME_POSE_RAD = math.radians(15.0)
"""Rest poses of one strap and posture differ by less."""
SAME_LIFT_RAD = math.radians(45.0)
"""Of what may still be rejected, lifts that differ by less help."""
UNDECIDED = 8


@dataclass(frozen=True, slots=True)
class Known:
    """What other repetitions turned about.

    Attributes
    ----------
    so_far
        Those of the set, summed up.
    before
        Those of the set before, with the trace 1; zeros where there is none.
    """

    so_far: Spread = NOTHING
    before: Spread = NOTHING

    def axis(self, own: Spread, guess: Vector) -> Vector:
        """Flexion axis for a repetition that turned about ``own``, on the side of ``guess``."""
        alone = main_axis(own, guess)
        out = aside(own, alone)
        of_set = _scaled(self.so_far, min(1.0, SET_SHARE * out))
        of_before = _scaled(self.before, _trace(own) * min(1.0, BEFORE_SHARE * out))
        return main_axis(_sum(own, of_set, of_before), alone)


@dataclass(frozen=True, slots=True)
class _Measured:
    spread: Spread
    rest: Vector
    lift: Vector


class SetAxis:
    """Learns what the open set turns about."""

    def __init__(self) -> None:
        self._undecided: dict[int, _Measured] = {}
        self._set = self._before = NOTHING
        self._rest: Vector | None = None

    def known(self, rest: Vector, lift: Vector) -> Known:
        """What is known for an excursion.

        Parameters
        ----------
        rest
            Up direction at its rest pose, sensor frame.
        lift
            Direction of its lift there.
        """
        alike = [
            one.spread
            for one in self._undecided.values()
            if angle(one.rest, rest) < SAME_POSE_RAD and angle(one.lift, lift) < SAME_LIFT_RAD
        ]
        if not self._same_pose(rest):
            return Known(_sum(*alike))
        return Known(_sum(self._set, *alike), self._before)

    def measured(self, peak: int, spread: Spread, rest: Vector, lift: Vector) -> None:
        """Remember an excursion until it is decided what it is."""
        self._undecided[peak] = _Measured(spread, rest, lift)
        while len(self._undecided) > UNDECIDED:
            del self._undecided[min(self._undecided)]

    def learn(self, values: Iterable[Rep | Rejected | ExerciseSet]) -> None:
        """Take what was decided."""
        for value in values:
            if isinstance(value, ExerciseSet):
                size = _trace(self._set)
                self._before = _scaled(self._set, 1.0 / size) if size > 0.0 else NOTHING
                self._set = NOTHING
            else:
                one = self._undecided.pop(value.peak, None)
                if one is not None and (isinstance(value, Rep) or value.reason is Reason.PARTIAL):
                    self._add(one)

    def _add(self, one: _Measured) -> None:
        if not self._same_pose(one.rest):
            self._set = self._before = NOTHING
        self._rest = one.rest
        self._set = _sum(self._set, one.spread)

    def _same_pose(self, rest: Vector) -> bool:
        return self._rest is not None and angle(rest, self._rest) < SAME_POSE_RAD


def _sum(*spreads: Spread) -> Spread:
    a, b, c, d, e, f = (math.fsum(parts) for parts in zip(NOTHING, *spreads, strict=True))
    return a, b, c, d, e, f


def _scaled(spread: Spread, by: float) -> Spread:
    a, b, c, d, e, f = spread
    return by * a, by * b, by * c, by * d, by * e, by * f


def _trace(spread: Spread) -> float:
    return spread[0] + spread[3] + spread[5]
