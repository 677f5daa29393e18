"""What is asked of a repetition: tempo and range, as intervals."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.coaching.range_band import RangeBand
from tracker.exercises import Exercise, Span

TEMPO_SHARE, TEMPO_LEAST_S = 0.25, 0.3
"""A phase is in the tempo asked for within this share of it, or within this time where that is more: what a person
counts without a clock, and still keeps 2 s from 3 s."""
REST_S = 2.0
"""A pause at the bottom is a rest from here on. Turning round and breathing takes a second, and a slow return's last
tenth of its speed counts into the pause."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """From and to, seconds, of each phase; ``pause_s`` is the longest pause at the bottom."""

    concentric_s: Span
    hold_s: Span
    eccentric_s: Span
    pause_s: float = REST_S

    @classmethod
    def around(cls, concentric_s: float, hold_s: float, eccentric_s: float, pause_s: float) -> Tempo:
        """Return the intervals around a tempo.

        Examples
        --------
        >>> Tempo.around(2, 1, 3, 0).eccentric_s
        (2.25, 3.75)
        """
        return cls(_near(concentric_s), _near(hold_s), _near(eccentric_s), max(REST_S, _near(pause_s)[1]))


@dataclass(frozen=True, slots=True)
class Targets:
    """What is asked for in an exercise; without a ``band``, nothing is said about the range."""

    exercise: Exercise
    tempo: Tempo
    band: RangeBand | None = None


def targets_of(exercise: Exercise, *, tempo: Tempo | None = None, band: RangeBand | None = None) -> Targets:
    """Return an exercise's targets; its own tempo where no other is asked for."""
    own = Tempo(exercise.concentric_s, exercise.hold_s, exercise.eccentric_s)
    return Targets(exercise, tempo or own, band)


def inside(value: float, span: Span) -> bool:
    """Return whether a value lies in an interval."""
    return span[0] <= value <= span[1]


def _near(seconds: float) -> Span:
    slack = max(TEMPO_LEAST_S, TEMPO_SHARE * seconds)
    return max(0.0, seconds - slack), seconds + slack
