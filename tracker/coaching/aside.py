"""What the leg does while the strap is checked: the one swing that was asked for, or the exercise already.

In: the core's values, where the leg is, and that the check has found something. Out: whether it is the exercise, and
when it is settled that it was not. Remembered: what the set under way would count.

Rules
-----
- More than the swing is the exercise.
- The first repetition of a set that is begun during the check is a good swing, and the check finds what it looks for.
  Who stands back there listens to what was found; who lifts again at once has begun.
"""

from __future__ import annotations

from collections.abc import Iterable

from tracker.motion.now import Now, Phase
from tracker.motion.values import Peak, Rejected, Rep

SWINGS = 1
"""So many are asked for."""
GOES_ON_S = 1.0
"""Beyond the plan's pause. To say what was found takes as long, and nobody who hears it out lifts before."""


class Aside:
    """Set aside during one check.

    Parameters
    ----------
    tops
        Peaks that were reached before it: their return is no swing.
    pause_s
        The plan's, between two repetitions.

    Attributes
    ----------
    tops, reps
        Of what is set aside: peaks that were reached, and repetitions by their peak.
    settles_s
        When it is settled that the swing was one; None: the check goes on, or there is none.
    """

    def __init__(self, tops: Iterable[int] = (), pause_s: float = 0.0) -> None:
        self.tops: set[int] = set(tops)
        self.reps: dict[int, Rep] = {}
        self.settles_s: float | None = None
        self._goes_on_s = pause_s + GOES_ON_S
        self._before = frozenset(self.tops)
        self._lifts_from_s: float | None = None

    def __contains__(self, peak: int) -> bool:
        return peak in self.tops or peak in self.reps

    @property
    def is_exercise(self) -> bool:
        """More came than the swing."""
        return len((self.tops | self.reps.keys()) - self._before) > (SWINGS if self.settles_s is None else 0)

    def take(self, value: Peak | Rep | Rejected) -> None:
        """Take one of the core's values."""
        self.tops.discard(value.peak)
        if isinstance(value, Peak):
            self.tops.add(value.peak)
        elif isinstance(value, Rep):
            self.reps[value.peak] = value
        else:
            self.reps.pop(value.peak, None)

    def moved(self, now: Now) -> None:
        """Take where the leg is."""
        if now.phase not in (Phase.LIFT, Phase.HOLD):
            self._lifts_from_s = None
        elif self._lifts_from_s is None:
            self._lifts_from_s = now.since_s

    def found(self, at_s: float) -> None:
        """Take that the check has found something: what came was the swing, if nothing follows at once."""
        self.settles_s = at_s + self._goes_on_s
        self._before = frozenset(self.tops | self.reps.keys())

    def settled(self, at_s: float) -> bool:
        """Nothing follows at once: no lift is under way that began in time."""
        lifts = self._lifts_from_s is not None and self._lifts_from_s <= (self.settles_s or 0.0)
        return self.settles_s is not None and at_s > self.settles_s and not lifts
