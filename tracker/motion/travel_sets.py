"""Sets of repetitions that travel: which trips are repetitions, and which of them belong together.

In: measured trips with what speaks against each, and the passing of time. Out: ``Rep``, ``Rejected``, ``ExerciseSet``.
Remembered: the open set.

Rule: told the exercise, one repetition is a set. What is smaller than the exercise's least, went along the ground, did
not come back, or took too long for its travel to be known, is not one.
"""

from __future__ import annotations

import math
from statistics import median

from tracker.motion.company import LEAST_PARTIAL_SHARE, PARTIAL_SHARE, pause_s
from tracker.motion.sets import Outcome
from tracker.motion.values import ExerciseSet, Reason, Rejected, Rep

Doubt = tuple[Reason, str]


class TravelSets:
    """Groups repetitions that travel into sets.

    Parameters
    ----------
    min_range_m
        A shorter trip is never a repetition.
    """

    def __init__(self, min_range_m: float) -> None:
        self._min_m = min_range_m
        self._reps: list[Rep] = []
        self._partials: list[Rep] = []
        self._number = 0
        self.deadline_s = math.inf
        """Time after which ``tick`` ends the open set; infinite when none is open."""

    def push(self, rep: Rep, doubt: Doubt | None, now_s: float) -> list[Outcome]:
        """Judge a trip, with what speaks against it by itself. ``now_s`` is the stream time."""
        range_m = rep.range_m or 0.0
        least = self._least_m()
        if doubt is None and range_m < least:
            doubt = Reason.TOO_SMALL, f"range {range_m:.2f} m < {least:.2f} m"
        if doubt is not None:
            out = self.end_set(now_s) if doubt[0] is Reason.WALKING else []
            return [*out, Rejected(rep.peak, rep.start_s, rep.end_s, now_s, *doubt, rep)]
        usual = self._usual_m()
        if self._reps and range_m < PARTIAL_SHARE * usual:
            self._partials.append(rep)
            detail = f"range {range_m:.2f} m < {PARTIAL_SHARE:.0%} of the usual {usual:.2f} m"
            return [Rejected(rep.peak, rep.start_s, rep.end_s, now_s, Reason.PARTIAL, detail, rep)]
        if len(self._reps) == 1 and usual < PARTIAL_SHARE * range_m:
            self._partials.insert(0, self._reps.pop())
        self._reps.append(rep)
        self.deadline_s = rep.end_s + pause_s(self._reps)
        return [rep]

    def tick(self, now_s: float, open_since_s: float | None) -> list[Outcome]:
        """Let time pass. ``open_since_s`` is when the trip now open left rest, None at rest."""
        if now_s <= self.deadline_s or (open_since_s is not None and open_since_s <= self.deadline_s):
            return []
        return self.end_set(now_s)

    def end_set(self, now_s: float) -> list[Outcome]:
        """Close the open set: the person said so, or it is over."""
        reps, partials = tuple(self._reps), tuple(self._partials)
        self._reps, self._partials = [], []
        self.deadline_s = math.inf
        if not reps:
            return []
        starts = sorted(rep.start_s for rep in reps + partials)
        pauses = [next((s - rep.end_s for s in starts if s > rep.start_s), None) for rep in reps]
        pauses[-1] = None
        self._number += 1
        return [ExerciseSet(self._number, reps, partials, tuple(pauses), now_s)]

    def _usual_m(self) -> float:
        return median(rep.range_m or 0.0 for rep in self._reps) if self._reps else 0.0

    def _least_m(self) -> float:
        """Smallest range that is looked at: less where a set tells what a partial is."""
        return min(self._min_m, LEAST_PARTIAL_SHARE * self._usual_m()) if self._reps else self._min_m
