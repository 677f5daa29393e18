"""The lower envelope of arrivals: when a sample was taken, told by the earliest of those that came.

In: numbers of samples and when they arrived. Out: a straight line below all of them. Remembered: the corners of
their lower hull, a minute long.

Rule: **nothing arrives early.** Jitter only adds, so the line that touches from below is the clock, delayed by
what the quickest needed. Of all such lines it is the one nearest to the points: the hull's edge at their middle.
"""

from __future__ import annotations

from collections import deque

WINDOW_S = 60.0
"""Long enough that corners a few milliseconds off the truth hardly turn the line, short enough that it follows a
chip that warms up."""
MOST_CORNERS = 2000
"""Memory has an end, whatever arrives; real hulls have a dozen."""


class Envelope:
    """A straight line that touches arrivals from below.

    Examples
    --------
    >>> line = Envelope()
    >>> for number, late in enumerate([0.0, 0.04, 0.03, 0.0, 0.02]):
    ...     line.add(number, 0.01 * number + late)
    >>> round(line.slope, 6), round(line.at(10), 6)
    (0.01, 0.1)
    """

    def __init__(self) -> None:
        self.slope = 0.0
        """Seconds per sample; 0 before there are two."""
        self._corners: deque[tuple[float, float]] = deque(maxlen=MOST_CORNERS)
        self._through = (0.0, 0.0)

    def add(self, number: int, arrived_s: float) -> None:
        """Take one arrival; numbers rise."""
        corners, point = self._corners, (float(number), arrived_s)
        while len(corners) > 1 and _turn(corners[-2], corners[-1], point) <= 0:
            corners.pop()
        corners.append(point)
        while len(corners) > 2 and corners[1][1] < arrived_s - WINDOW_S:
            corners.popleft()
        self._fit()

    def at(self, number: float) -> float:
        """Return when a sample was taken, seconds of the arrivals' clock."""
        return self._through[1] + self.slope * (number - self._through[0])

    def _fit(self) -> None:
        middle = (self._corners[0][0] + self._corners[-1][0]) / 2
        right = next((i for i, corner in enumerate(self._corners) if corner[0] >= middle and i), 0)
        self._through = self._corners[right]
        if right:
            left = self._corners[right - 1]
            self.slope = (self._through[1] - left[1]) / (self._through[0] - left[0])


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Positive where a, b, c turn left: b is then a corner of the lower hull."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
