"""What is known of an excursion when it is judged: a whole one, or the way out of one that goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracker.motion.axis import Pivot, PivotFit
from tracker.motion.values import Rep
from tracker.motion.vectors import Vector


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measured excursion with its evidence.

    Attributes
    ----------
    rep
        Its numbers.
    pivot
        Its fit of a fixed pivot, to be pooled with others'.
    fit
        How well a fixed pivot explains it by itself.
    climb
        Height that the ankle gains to the top, as a share of the lever; 0 where the fit is too poor to tell.
    direction
        Direction of the lift at the rest pose, unit vector, sensor frame.
    rest
        Up direction at the rest pose, unit vector, sensor frame.
    swing_deg
        Angle from there to the top, as the segmentation saw it, degrees.
    rested_s
        Time at rest before it left, as far back as the segmentation looks.
    from_top
        The leg rested at its top before it rested where it left from.
    climbs
        How many the climb is the mean of.
    own_deg
        Range about its own axis: how well the set's is known yet must not decide what counts.
    heading_deg
        How far the leg turned about the vertical from beginning to end, degrees.
    """

    rep: Rep
    pivot: Pivot
    fit: PivotFit
    climb: float
    direction: Vector
    rest: Vector
    swing_deg: float
    rested_s: float
    from_top: bool = False
    climbs: int = 1
    own_deg: float = 0.0
    heading_deg: float = 0.0

    @property
    def range_deg(self) -> float:
        """Range by which it is judged, degrees; where a hole hides it, what the segmentation saw of it."""
        if self.rep.range_deg is None:
            return self.swing_deg
        return max(self.rep.range_deg, self.own_deg)


@dataclass(frozen=True, slots=True)
class Lift:
    """The way out to a top, not back yet.

    Attributes
    ----------
    start_s
        When it left rest.
    range_deg
        Angle from there to the top.
    direction
        As in ``Candidate``.
    rest
        As in ``Candidate``.
    fit
        Tells how well a fixed pivot explains it, and the climb as in ``Candidate``; takes longest, so it is asked last.
    """

    start_s: float
    range_deg: float
    direction: Vector
    rest: Vector
    fit: Callable[[], tuple[PivotFit, float]]
