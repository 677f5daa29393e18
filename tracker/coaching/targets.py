"""What is asked of a repetition: tempo and range, as intervals."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.coaching.range_band import RangeBand
from tracker.exercises import Exercise, Span

TEMPO_SHARE, TEMPO_LEAST_S = 0.25, 0.3
"""A phase is in the tempo asked for within this share of it, or within this time where that is more: what a person
counts without a clock, and still keeps 2 s from 3 s."""
SLOW_END_SHARE = 0.086
"""Of a smooth phase at each end, in which it is under a tenth of its peak speed (minimum jerk, Flash and Hogan 1985,
doi:10.1523/JNEUROSCI.05-07-01688.1985). Who counts a lift of two seconds counts it from stillness to stillness; by the
definitions its slow ends are part of the pause before it and of the hold after it. Both ways of counting are in the
tempo."""
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
        >>> tempo = Tempo.around(2, 1, 3, 0)
        >>> [round(seconds, 2) for seconds in (*tempo.concentric_s, *tempo.hold_s, *tempo.eccentric_s)]
        [1.24, 2.5, 0.7, 1.79, 1.86, 3.75]
        """
        ends_s = SLOW_END_SHARE * (concentric_s + eccentric_s)
        lift, back = ((1.0 - 2.0 * SLOW_END_SHARE) * seconds for seconds in (concentric_s, eccentric_s))
        return cls(
            _between(lift, concentric_s),
            _between(hold_s, hold_s + ends_s),
            _between(back, eccentric_s),
            max(REST_S, _between(pause_s, pause_s + ends_s)[1]),
        )


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


def _between(least_s: float, most_s: float) -> Span:
    """From a little less than the shorter way of counting to a little more than the longer one."""
    return max(0.0, least_s - _slack(least_s)), most_s + _slack(most_s)


def _slack(seconds: float) -> float:
    return max(TEMPO_LEAST_S, TEMPO_SHARE * seconds)
