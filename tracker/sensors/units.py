"""Units at rest: whether a sensor that lies still reads gravity.

In: `Samples`, in order. Out: nothing; `rest` says what a still sensor reads, and whether that can be right.
Remembered: the samples of one window, and what the newest still windows read.

Rule: **whatever the units are, gravity is 9.8 m/s², and a still sensor's acceleration stands still.** A window is
still if its acceleration keeps within 2 % of its own mean: that needs no unit. What does not fit is reported with the
number that was read, never corrected: a wrong scale, a broken chip and somebody's firmware look alike.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median

import numpy as np

from tracker.motion.samples import Array, Samples

GRAVITY_M_S2 = 9.80665
TOLERANCE = 0.15
"""Share by which a right sensor may be off: offsets of 1.5 % and gains of 3 % (data sheets, worst), and what the chip
has lost since. The mildest wrong unit, a range set to the next step, is off by half."""
STILL_SHARE = 0.02
"""A still sensor spreads by 0.002 to 0.005 (simulated at 200 Hz, real ankles). Windows under this share read 9.4 to
10.3 m/s² in simulated sessions and on real ankles, walks among them."""
STILL = 0.03
"""In whatever unit: so that one that reads nothing at rest, because gravity was taken off, is found out too."""
WINDOW_S = 0.5
ENOUGH = 3
"""Still windows before anything is said: one may have been a turning point."""
_REMEMBERED = 9


@dataclass(frozen=True, slots=True)
class Rest:
    """What the sensor reads when it does not move.

    Attributes
    ----------
    gravity_m_s2
        Size of the acceleration, median of the newest still windows.
    fits
        Whether that can be gravity in m/s².

    Examples
    --------
    >>> print(Rest(9.81, True)), print(Rest(1.0, False))
    at rest it reads 9.8 m/s²
    at rest it reads 1 m/s², not 9.8: wrong unit, wrong range, or a broken sensor
    (None, None)
    """

    gravity_m_s2: float
    fits: bool

    def __str__(self) -> str:
        if self.fits:
            return f"at rest it reads {self.gravity_m_s2:.1f} m/s²"
        return f"at rest it reads {self.gravity_m_s2:.3g} m/s², not 9.8: wrong unit, wrong range, or a broken sensor"


class RestCheck:
    """Watches samples for still windows.

    Parameters
    ----------
    period_s
        Grid step, seconds.

    Attributes
    ----------
    rest
        What a still sensor reads; None before it was still for long enough.
    """

    def __init__(self, period_s: float) -> None:
        self.rest: Rest | None = None
        self._size = max(4, round(WINDOW_S / period_s))
        self._blocks: list[Array] = []
        self._held = 0
        self._next: int | None = None
        self._read: deque[float] = deque(maxlen=_REMEMBERED)

    def push(self, samples: Samples) -> None:
        """Take a block; windows do not reach across holes."""
        if samples.start_index != self._next:
            self._blocks, self._held = [], 0
        self._next = samples.start_index + len(samples)
        self._blocks.append(samples.acc)
        self._held += len(samples)
        if self._held >= self._size:
            self._look()

    def _look(self) -> None:
        acc = np.concatenate(self._blocks)
        whole = len(acc) - len(acc) % self._size
        for start in range(0, whole, self._size):
            self._look_at(acc[start : start + self._size])
        self._blocks, self._held = [acc[whole:]], len(acc) - whole

    def _look_at(self, window: Array) -> None:
        mean = window.mean(axis=0)
        size = float(np.sqrt(mean @ mean))
        off = window - mean
        if float(np.sqrt((off * off).sum(axis=1).mean())) > max(STILL_SHARE * size, STILL):
            return
        self._read.append(size)
        if len(self._read) >= ENOUGH:
            read = median(self._read)
            self.rest = Rest(read, abs(read / GRAVITY_M_S2 - 1) <= TOLERANCE)
