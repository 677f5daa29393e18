"""Left against right, of sets that are alike but for the leg.

In: the sets of all sessions, oldest first. Out: ``SideBySide`` for each exercise, placement and label that both legs
trained. Remembered: nothing. Rule: `tracker.coaching.asymmetry`; one number per work set, the newest of either side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from tracker.coaching.asymmetry import Asymmetry, asymmetry
from tracker.journal import SetKind, Side, TrendSet

RECENT_SETS = 12
"""Of either side: about four sessions; what was before has been trained away, perhaps."""
COMPARED = (
    ("range_deg", "range", "°", 1),
    ("range_m", "range", "m", 2),
    ("peak_speed_deg_s", "peak speed", "°/s", 0),
    ("eccentric_s", "return", "s", 2),
)
"""Cell, name, unit, digits: what differs between legs by strength or mobility, not by what was asked for."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One number of both legs.

    Attributes
    ----------
    exercise, placement, label
        What the sets have in common.
    metric, name, unit, digits
        The number, and how it is shown.
    found
        The difference and the noise; None: too few sets to know the noise.
    """

    exercise: str | None
    placement: str | None
    label: str | None
    metric: str
    name: str
    unit: str
    digits: int
    found: Asymmetry | None


def side_by_side(sets: Iterable[TrendSet]) -> tuple[SideBySide, ...]:
    """Compare the legs."""
    work: dict[tuple[str | None, str | None, str | None], dict[Side, list[TrendSet]]] = {}
    for one in sets:
        if one.side is not None and one.kind == SetKind.WORK:
            alike = work.setdefault((one.exercise, one.placement, one.load_label), {"left": [], "right": []})
            alike[one.side].append(one)
    out = []
    for common, of in work.items():
        for metric, name, unit, digits in COMPARED:
            left, right = (_newest(of[side], metric) for side in ("left", "right"))
            if left and right:
                out.append(SideBySide(*common, metric, name, unit, digits, asymmetry(left, right)))
    return tuple(out)


def _newest(sets: list[TrendSet], metric: str) -> list[float]:
    """Return the newest known positive numbers, oldest first (noise is measured in logarithms)."""
    cell = attrgetter(metric)
    return [value for one in sets[-RECENT_SETS:] if (value := cell(one)) is not None and value > 0.0]
