"""Left against right, shown only above the person's own noise.

In: one number per set, in order of time, of either side: its median range or mean speed. Out: ``Asymmetry``, or None
while there are too few sets to know the noise. Remembered: nothing.

Rule: what a side differs by from one set to the next is noise. Its typical error [1]_ is the standard deviation of
those differences over √2, so that a steady gain does not count; a difference of less than 1.96 · √2 typical errors, the
minimal detectable change [2]_, may be noise too. All in logarithms, so that the numbers are shares.

.. [1] Hopkins, "Measures of reliability in sports medicine and science", Sports Med 2000.
   doi:10.2165/00007256-200030010-00001
.. [2] Weir, "Quantifying test-retest reliability using the intraclass correlation coefficient and the SEM", J Strength
   Cond Res 2005. doi:10.1519/15184.1
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median

FEWEST_SETS = 4
"""Of either side: six differences together, about the least that a spread can be told from."""
MDC_95 = 1.96 * math.sqrt(2.0)


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """How the sides differ.

    Attributes
    ----------
    left, right
        Median of the sets.
    difference
        Right over left, less 1.
    noise
        The smallest difference between two sets that is no noise, as a share, with 95 % confidence. The medians of
        several sets are steadier than that, so this errs on the silent side.
    """

    left: float
    right: float
    difference: float
    noise: float

    @property
    def shown(self) -> bool:
        """The difference stands out of the person's own noise."""
        return abs(math.log1p(self.difference)) > math.log1p(self.noise)


def asymmetry(left: Sequence[float], right: Sequence[float]) -> Asymmetry | None:
    """Compare two sides, one positive number per set.

    Examples
    --------
    >>> steady = asymmetry([40.0, 41.0, 40.0, 40.5], [44.0, 44.5, 44.0, 45.0])
    >>> round(steady.difference, 2), round(steady.noise, 2), steady.shown
    (0.1, 0.04, True)
    """
    if min(len(left), len(right)) < FEWEST_SETS:
        return None
    noise = math.expm1(MDC_95 * typical_error(left, right))
    a, b = median(left), median(right)
    return Asymmetry(a, b, b / a - 1.0, noise)


def typical_error(*series: Sequence[float]) -> float:
    """Return the typical error of one value, in logarithms, pooled over several series."""
    squares, free = 0.0, 0
    for values in series:
        steps = [math.log(b / a) for a, b in pairwise(values)]
        middle = mean(steps)
        squares += sum((step - middle) ** 2 for step in steps)
        free += len(steps) - 1
    return math.sqrt(squares / free / 2.0)
