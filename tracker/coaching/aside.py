"""What the leg does while the strap is checked: the one swing that was asked for, or the exercise already.

In: the core's values. Out: whether it is the exercise. Remembered: what the set under way would count.
"""

from __future__ import annotations

from collections.abc import Iterable

from tracker.motion.values import Peak, Rejected, Rep

SWINGS = 1
"""So many are asked for; who goes on without standing still has begun."""


class Aside:
    """Set aside during one check.

    Parameters
    ----------
    tops
        Peaks that were reached before it: their return is no swing.

    Attributes
    ----------
    tops, reps
        Of what is set aside: peaks that were reached, and repetitions by their peak.
    """

    def __init__(self, tops: Iterable[int] = ()) -> None:
        self.tops: set[int] = set(tops)
        self.reps: dict[int, Rep] = {}
        self._before = frozenset(self.tops)

    def __contains__(self, peak: int) -> bool:
        return peak in self.tops or peak in self.reps

    @property
    def is_exercise(self) -> bool:
        """More came than the swing."""
        return len((self.tops | self.reps.keys()) - self._before) > SWINGS

    def take(self, value: Peak | Rep | Rejected) -> None:
        """Take one of the core's values."""
        self.tops.discard(value.peak)
        if isinstance(value, Peak):
            self.tops.add(value.peak)
        elif isinstance(value, Rep):
            self.reps[value.peak] = value
        else:
            self.reps.pop(value.peak, None)
