"""Left against right in the log, where they differ by more than the person's own noise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracker.coaching.asymmetry import asymmetry
from tracker.journal import SetKind, SetSummary, Side

RECENT = 12
"""Sets of either side that are compared: about four sessions; what was before has been trained away, perhaps."""


def side_lines(history: Iterable[SetSummary]) -> Iterator[str]:
    """Yield a line for each exercise whose sides differ in range. ``history`` is in order of time."""
    ranges: dict[str, dict[Side, list[float]]] = {}
    for one in history:
        said, range_deg = one.context, one.totals.median_range_deg
        if said.exercise and said.side and said.kind is SetKind.WORK and range_deg:
            ranges.setdefault(said.exercise, {"left": [], "right": []})[said.side].append(range_deg)
    for exercise, of in ranges.items():
        found = asymmetry(of["left"][-RECENT:], of["right"][-RECENT:])
        if found is not None and found.shown:
            yield (
                f"{exercise}: range {found.left:.1f}° left, {found.right:.1f}° right ({found.difference:+.0%};"
                f" up to {found.noise:.0%} may be noise)"
            )
