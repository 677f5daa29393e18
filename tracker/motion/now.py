"""Where the leg is at this moment, for whoever watches: asked for when needed, never part of what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

JOLT_S = 0.2
"""Who looks 25 times a second misses no jolt, even where samples come in blocks of a tenth of a second."""


class Phase(StrEnum):
    """What the leg is doing, as far as can be seen before it is over (closed vocabulary)."""

    REST = "rest"
    LIFT = "lift"
    HOLD = "hold"
    """At the far end, or stalled on the way."""
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Now:
    """The leg as it stands.

    Attributes
    ----------
    at_s
        Stream time of the newest pose.
    phase, since_s
        What it is doing, and from when on.
    angle_deg
        Angle of the up direction from the rest pose, degrees: the shank's, where it turns about a level axis.
    jolt_m_s2
        Largest acceleration of the last `JOLT_S`, without gravity, m/s².
    """

    at_s: float
    phase: Phase
    since_s: float
    angle_deg: float
    jolt_m_s2: float = 0.0

    @property
    def phase_s(self) -> float:
        """How long it has been doing it, seconds."""
        return max(0.0, self.at_s - self.since_s)
