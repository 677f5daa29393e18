"""Gain: by how much the gyroscope says too much or too little, as far as gravity tells.

In: measured windows and their accelerations. Out: the same windows, corrected. Remembered: the newest turns from one
stay to another, as both sensors had them.

Rule: where the leg stays before the lift and at the top, gravity says how far it has turned between the two. Both
sensors have flaws: a gyroscope's gain is off by 0.5 to 2 %, its axes by as much; an accelerometer's gains by the same,
and its offset of some 15 mg makes gravity's word the worse of the two, 1 to 3 %. What is believed lies between them,
nearer to the gyroscope. (In sets of two real people with turns of more than 20° and holds, the two agree within 1.6 %
in 14 of 16.)
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from functools import lru_cache
from statistics import median

import numpy as np

from tracker.motion.reps import LEVEL_AXIS, Measures
from tracker.motion.samples import Array
from tracker.motion.vectors import Vector, cross, dot

STAY_S = 0.25
"""Gravity is seen where the leg stays for so long."""
TURNS, LEAST_TURNS = 40, 2
"""So many are remembered, and so many about one axis say something."""
NEAR_COS = math.cos(math.radians(20.0))
"""Axes of one movement differ by less."""
MOST_OFF = 0.10
"""No sensor that works is off by more: something else than a stay was seen."""
GRAVITY_SHARE, DOUBT, SPREAD = 0.35, 0.02, 3.0
"""Where the two differ by much more than ``DOUBT``, and than so many times the turns' median deviation, the truth lies
so far from the gyroscope's word to gravity's; where by less, nearer to the gyroscope's: the fewer a sensor's flaws, the
more of them is the accelerometer's offset, and a leg that does not quite stay is a poor witness."""


class Gain:
    """Remembers what gravity said of the gyroscope.

    Parameters
    ----------
    period_s
        Sample spacing, seconds.
    """

    def __init__(self, period_s: float) -> None:
        self._least = STAY_S / period_s
        self._turns: deque[tuple[Vector, float]] = deque(maxlen=TURNS)

    def learn(self, found: Measures, acc: Array) -> None:
        """Take a window: where the leg stays before the lift and at the top, it tells.

        Parameters
        ----------
        found
            What was measured.
        acc
            Acceleration, gravity in it, m/s², sensor frame, shape (n, 3); the rows that ``found`` counts.
        """
        before, first, last = int(found.start), math.ceil(found.peak_start), int(found.peak_end)
        if before < self._least or last - first < self._least:
            return
        rest, top = _bell(before), _bell(last - first)
        down, far = (rest @ acc[:before]).tolist(), (top @ acc[first:last]).tolist()
        along, away = dot(found.axis, down), dot(found.axis, far)
        level = dot(down, down) - along * along
        if level < LEVEL_AXIS * dot(down, down):  # the axis is close to vertical: gravity says nothing about it
            return
        by_gravity = math.atan2(dot(found.axis, cross(far, down)), dot(down, far) - along * away)
        by_gyr = float(top @ found.angle[first:last] - rest @ found.angle[:before])
        if abs(by_gravity - by_gyr) < MOST_OFF * by_gyr:
            self._turns.append((found.axis, by_gravity / by_gyr - 1.0))

    def corrected(self, found: Measures) -> Measures:
        """Return a window as it was, by what the turns about its axis say."""
        offs = [off for axis, off in self._turns if dot(axis, found.axis) >= NEAR_COS]
        if len(offs) < LEAST_TURNS:
            return found
        off = median(offs)
        spread = SPREAD * median(abs(one - off) for one in offs)
        gain = 1.0 + GRAVITY_SHARE * off**3 / (off * off + spread * spread + DOUBT * DOUBT)
        return replace(
            found,
            range_rad=gain * found.range_rad,
            peak_speed_rad_s=gain * found.peak_speed_rad_s,
            rate=gain * found.rate,
            angle=gain * found.angle,
        )


@lru_cache(maxsize=256)
def _bell(rows: int) -> Array:
    """Weights that add up to 1, and are small where the leg still slows down or moves off again."""
    weight = np.sin(np.pi * (np.arange(rows) + 0.5) / rows) ** 2
    return np.asarray(weight / weight.sum())
