"""Time between the ticks of a coarse clock.

In: stamps in whole ticks, of samples at a steady rate. Out: the time of each, finer than a tick. Remembered: the
newest sample's time.

Rule: **a sample lies one period after the last one, and within the tick that its stamp names.** Where both cannot be,
the stamp is right: samples are missing, or the period is a little off.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

TURN = 1 << 16
FORGET_S = 1.0
"""After a step that long the period says nothing about where in its tick a sample lies."""
SLACK = 0.45
"""Share of a period by which a sample may miss its tick before samples are taken for missing: at first it is known to
half a tick only. Where a tick is about as long as a period, a single missing one does not show."""
LEAST = 0.01
"""Share of a period by which time goes on at least: two samples never have one time."""


class Ticks:
    """Smooths the stamps of a 16-bit clock.

    Parameters
    ----------
    tick_s
        Seconds per tick.
    period_s
        Seconds per sample.

    Attributes
    ----------
    turn_s
        After how long stamps and times begin anew, seconds.

    Examples
    --------
    >>> ticks = Ticks(0.008, 0.010)
    >>> [round(ticks.at(stamp), 3) for stamp in (0, 1, 2, 3, 5, 6, 65535)]  # 0, 10, 20, 30, 40, 50 ms
    [0.004, 0.014, 0.024, 0.032, 0.042, 0.052, 524.284]
    """

    def __init__(self, tick_s: float, period_s: float) -> None:
        self.turn_s = TURN * tick_s
        self._tick_s = tick_s
        self._period_s = period_s
        self._last_s: float | None = None

    def at(self, stamp: int) -> float:
        """Return a sample's time, seconds, modulo `turn_s`."""
        begun_s, tick_s, period_s = stamp * self._tick_s, self._tick_s, self._period_s
        middle_s = begun_s + tick_s / 2
        step_s = self._centred(middle_s - self._last_s) if self._last_s is not None else FORGET_S
        if not -tick_s < step_s < FORGET_S:
            self._last_s = middle_s
            return middle_s
        least_s, most_s = step_s - tick_s / 2, step_s + tick_s / 2
        expected_s = period_s
        if not least_s - SLACK * period_s <= period_s <= most_s + SLACK * period_s:
            expected_s *= max(1, round(step_s / period_s))
        forward_s = max(LEAST * period_s, min(max(expected_s, least_s), most_s))
        assert self._last_s is not None
        self._last_s = (self._last_s + forward_s) % self.turn_s
        return self._last_s

    def _centred(self, seconds: float) -> float:
        return (seconds + self.turn_s / 2) % self.turn_s - self.turn_s / 2


def period_of(stamps: Sequence[int], tick_s: float, about_s: float) -> float:
    """Return the seconds per sample, by a straight line over all of them.

    Parameters
    ----------
    stamps
        Consecutive samples, some of them missing; in all less than a turn.
    tick_s
        Seconds per tick.
    about_s
        What it is to within a few percent. It is found to 0.1 % over two seconds, from ticks that are not longer than
        a period; missing samples and longer ticks make it worse, up to what it was before.

    Examples
    --------
    >>> round(period_of([int(0.01 * k / 0.008) for k in range(200)], 0.008, 0.0098), 5)
    0.01
    """
    ticks = Ticks(tick_s, about_s)
    times = np.array([ticks.at(stamp) for stamp in stamps])
    steps_s = np.diff(times) % ticks.turn_s
    numbers = np.cumsum([0, *np.maximum(1, np.round(steps_s / about_s))])
    begun_s = np.cumsum([0, *(np.diff(stamps) % TURN)]) * tick_s
    slope, _ = np.polyfit(numbers, begun_s, 1)
    return float(slope)
