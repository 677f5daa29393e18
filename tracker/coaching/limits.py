"""What one lift goes beyond: the range's floor, its ceiling, and what a secure weight does.

In: where the leg is. Out: cues, and whether there was a jolt. Remembered: what was told.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracker.coaching.cues import Cue, CueKind
from tracker.coaching.range_band import RangeBand
from tracker.motion.now import Now

JOLT_M_S2 = 25.0
"""In the lift or at the top. Simulated dumbbell kickbacks, fast ones too, stay under 10; a leg that is thrown reaches
20 to 50 (one real person, other exercises), and to pause then is no loss."""


class Limits:
    """Of one lift."""

    def __init__(self) -> None:
        self._passed: set[CueKind] = set()

    def ranged(self, now: Now, band: RangeBand) -> Iterator[Cue]:
        """Take where the leg is; tell that it has reached the floor, or the ceiling."""
        for kind, limit_deg, text in (
            (CueKind.RANGE_REACHED, band.floor_deg, ""),
            (CueKind.ABOVE_CEILING, band.ceiling_deg, "high enough"),
        ):
            if now.angle_deg >= limit_deg and kind not in self._passed:
                self._passed.add(kind)
                yield Cue(kind, now.at_s, text, limit_deg)

    def jolted(self, now: Now, *, once: bool) -> bool:
        """Take where the leg is; return whether that was a jolt, ``once``: the first one of this lift."""
        if now.jolt_m_s2 <= JOLT_M_S2 or (once and CueKind.JOLT in self._passed):
            return False
        self._passed.add(CueKind.JOLT)
        return True
