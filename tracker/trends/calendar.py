"""Days of training: which, how much, and how they lie in the weeks.

In: the days that had a session, oldest first. Out: weeks of seven days, from Monday on. Remembered: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import quantiles

from tracker.journal import TrainingDay

LEVELS = 4
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of training.

    Attributes
    ----------
    days
        What was done, by the day.
    limits
        A day with more repetitions is of the next level: the quarters of all days, where they differ.
    """

    days: Mapping[date, TrainingDay]
    limits: tuple[float, ...]

    @classmethod
    def of(cls, days: Sequence[TrainingDay]) -> Calendar:
        """Return the calendar of these days, oldest first."""
        reps = [one.reps for one in days]
        quarters = quantiles(reps, n=LEVELS, method="inclusive") if len(reps) > 1 else []
        limits = tuple(sorted({limit for limit in quarters if limit < max(reps)}))
        return cls({date.fromisoformat(one.day): one for one in days}, limits)

    @property
    def years(self) -> list[int]:
        """The years that have a session, newest first."""
        return sorted({day.year for day in self.days}, reverse=True)

    def level(self, day: date) -> int:
        """Return how much was done: 0 for nothing, 4 for the most."""
        done = self.days.get(day)
        return 0 if done is None else LEVELS - sum(done.reps <= limit for limit in self.limits)

    def longest_pause(self) -> int:
        """Return the most days between two sessions."""
        return max(((after - before).days for before, after in pairwise(self.days)), default=0)


def weeks(first: date, last: date) -> list[date]:
    """Return the Mondays of the weeks that have these two days and all between.

    Examples
    --------
    >>> [day.isoformat() for day in weeks(date(2025, 3, 1), date(2025, 3, 10))]
    ['2025-02-24', '2025-03-03', '2025-03-10']
    """
    monday = first - timedelta(days=first.weekday())
    return [monday + i * WEEK for i in range((last - monday).days // 7 + 1)]
