"""The personal range band: a floor, a target and a ceiling, from a few slow repetitions.

In: repetitions, as the core says them. Out: what each was good for (``Step``), and the band. Remembered: the ranges.

Rule: three to five slow repetitions with a still back. Their median is the target; floor and ceiling are where this
person's next repetition would still lie, no nearer and no farther than a coach would have them. Nothing here decides
whether a repetition counts.

::

                 floor       target     ceiling
    ───── short ───┼─────────────┼─────────┼── above ──▶  shank range
                   ╰ 10 to 20 % ─┴─ 8 to 15 %
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median, stdev

from tracker.motion.values import Rep

FEWEST, MOST = 3, 5
"""Repetitions of a calibration."""
SLOW_S = 1.0
"""A faster lift is carried farther by its own speed than the muscle would bring it."""
T_95 = (12.71, 4.303, 3.182, 2.776)
"""Student's t, two-sided 95 %, for 1 to 4 degrees of freedom: the next repetition of n lies within t·s·√(1 + 1/n)."""
FLOOR_SHARE = (0.10, 0.20)
"""A repetition of 90 % is not short (the sensor itself knows the range to 1 or 2 %), one of 80 % is."""
CEILING_SHARE = (0.08, 0.15)
"""Narrower: what goes beyond comes from the pelvis and the lower back, and is the side that hurts."""
UNSTEADY_SHARE = 0.15
"""Spread (standard deviation over the median) from which the calibration is better made again."""


@dataclass(frozen=True, slots=True)
class RangeBand:
    """Shank ranges, degrees: under the floor is short, over the ceiling is beyond the person's own range."""

    floor_deg: float
    target_deg: float
    ceiling_deg: float

    def __post_init__(self) -> None:
        """Check the order.

        Raises
        ------
        ValueError
            Unless 0 < floor ≤ target ≤ ceiling ≤ 180.
        """
        if not 0.0 < self.floor_deg <= self.target_deg <= self.ceiling_deg <= 180.0:
            raise ValueError(f"a band goes upwards from over 0 to 180°, not {self.floor_deg:g}:{self.ceiling_deg:g}")


@dataclass(frozen=True, slots=True)
class Step:
    """What one repetition was good for: ``used`` of ``needed`` so far, and why it was not used, if so."""

    used: int
    needed: int
    range_deg: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A finished calibration.

    Attributes
    ----------
    band
        The personal band.
    ranges_deg
        What it is made of.
    spread
        Their standard deviation over their median.
    """

    band: RangeBand
    ranges_deg: tuple[float, ...]
    spread: float

    @property
    def unsteady(self) -> bool:
        """The repetitions differed so much that it is better made again."""
        return self.spread > UNSTEADY_SHARE


class Calibrator:
    """Turns slow repetitions into a band."""

    def __init__(self) -> None:
        self._ranges: list[float] = []

    def push(self, rep: Rep) -> list[Step | Calibration]:
        """Take a counted repetition; the band comes with the fifth slow one."""
        why_not = self._why_not(rep)
        if not why_not and rep.range_deg is not None:
            self._ranges.append(rep.range_deg)
        step = Step(len(self._ranges), MOST, rep.range_deg, why_not)
        return [step, *self._finished()] if len(self._ranges) == MOST and not why_not else [step]

    def flush(self) -> list[Step | Calibration]:
        """End it: three or four slow ones make a band too."""
        return list(self._finished()) if FEWEST <= len(self._ranges) < MOST else []

    def _why_not(self, rep: Rep) -> str:
        if len(self._ranges) == MOST:
            return "the band is made"
        if rep.range_deg is None or rep.concentric_s is None:
            return "samples were lost in it"
        if rep.concentric_s < SLOW_S:
            return f"lifted in {rep.concentric_s:.1f} s, slower than {SLOW_S:g} s is asked for"
        return ""

    def _finished(self) -> tuple[Calibration]:
        ranges = tuple(self._ranges)
        return (Calibration(band_of(ranges), ranges, stdev(ranges) / median(ranges)),)


def band_of(ranges_deg: tuple[float, ...]) -> RangeBand:
    """Return the band of three to five repetitions.

    Examples
    --------
    >>> band_of((40.0, 40.0, 40.0))
    RangeBand(floor_deg=36.0, target_deg=40.0, ceiling_deg=43.2)
    """
    n, target = len(ranges_deg), median(ranges_deg)
    expected = T_95[n - 2] * stdev(ranges_deg) * math.sqrt(1.0 + 1.0 / n) / target
    below, above = (min(max(expected, low), high) for low, high in (FLOOR_SHARE, CEILING_SHARE))
    return RangeBand(target * (1.0 - below), target, target * (1.0 + above))
