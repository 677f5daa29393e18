"""The direction of the kicks through a session, against the person's own.

In: the repetitions of one leg's sets in one exercise, by one sensor that was not strapped anew. Out: how far each set's
usual direction lies from that of all of them, and how much its repetitions differ. Remembered: nothing.

Rule: a direction is that of the axis about which the shank turned on the lift, in the sensor's own frame; only angles
between such axes mean something. Without a compass nobody knows which way is straight back, whether a lift went
outwards or inwards, or how one session's direction lies against another's: the spread can be compared over sessions,
the offset cannot. A strap that moved ends the comparison.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tracker.coaching.form import Around, aside_deg
from tracker.coaching.set_form import usual_axis
from tracker.motion.values import Flag, Rep
from tracker.motion.vectors import angle


@dataclass(frozen=True, slots=True)
class Direction:
    """Of a set.

    Attributes
    ----------
    offset_deg
        Angle between its usual direction and the usual one of all sets; None where there is only one set, or the strap
        moved.
    spread_deg
        Median angle between its repetitions and its own usual direction.
    """

    offset_deg: float | None
    spread_deg: float


def directions(sets: Sequence[Sequence[Rep]]) -> tuple[Direction | None, ...]:
    """Return the direction of each set; None for one with too few repetitions whose direction is known."""
    own = [usual_axis(reps) for reps in sets]
    moved = any(Flag.STRAP_MOVED in rep.flags for reps in sets for rep in reps)
    alone = sum(axis is not None for axis in own) < 2
    usual = None if moved or alone else usual_axis([rep for reps in sets for rep in reps])
    found: list[Direction | None] = []
    for reps, axis in zip(sets, own, strict=True):
        aside = [deg for rep in reps if (deg := aside_deg(rep, Around(usual_axis=axis))) is not None]
        if axis is None or not aside:
            found.append(None)
            continue
        offset_deg = None if usual is None else math.degrees(angle(axis, usual))
        found.append(Direction(offset_deg, median(aside)))
    return tuple(found)
