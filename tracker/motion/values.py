"""What comes out of the core: peaks, repetitions, rejections and sets, as frozen values.

Times are seconds of stream time (``t0_s + index × period_s``). Degrees are for people, so the unit is in the name.
A ``Peak`` is provisional; exactly one ``Rep`` or ``Rejected`` with the same ``peak`` number follows it. It is said only
of a lift that is foreseen to count: a repetition that its company alone made sure comes without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.motion.vectors import Vector


class Flag(StrEnum):
    """What a repetition's signal suffered (closed vocabulary)."""

    GAP = "gap"
    """Samples were lost inside it; the numbers the hole touched are None."""
    CLIPPED = "clipped"
    """An axis reached the end of the sensor's range."""
    STRAP_MOVED = "strap-moved"
    """The rest pose shifted: the cuff slipped or was moved."""


class Reason(StrEnum):
    """Why something that looked like a repetition was not counted (closed vocabulary)."""

    TOO_SMALL = "too-small"
    """Its range is under the exercise's minimum."""
    PARTIAL = "partial"
    """It reached less than 60 % of the set's usual range."""
    TOO_FEW = "too-few"
    """Fewer alike repetitions followed each other than a set needs."""
    WALKING = "walking"
    """The ankle travelled: a step, not a lift and return."""
    NO_LEVER = "no-lever"
    """The shank did not swing about a knee or hip: a shake, a squat, a shift."""
    WRONG_WAY = "wrong-way"
    """It went against the exercise's direction."""
    TOO_FAST = "too-fast"
    """Lift and return were over sooner than a leg with a weight can move."""
    GAP = "gap"
    """Too many samples were lost to be sure of it."""
    INCOMPLETE = "incomplete"
    """It did not come back to the rest pose."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The top was reached: the provisional count, said at once."""

    peak: int
    at_s: float
    reported_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RepShape:
    """How a repetition was moved: numbers without a verdict.

    Attributes
    ----------
    mean_concentric_deg_s, mean_eccentric_deg_s
        Turned angle over time of the lift and of the return.
    peak_eccentric_deg_s
        Largest speed of the return.
    eccentric_rise_s
        Time from the beginning of the return to its largest speed.
    concentric_sparc, eccentric_sparc
        Smoothness of the speed: spectral arc length, negative, nearer to zero for smoother movements.
    hold_drift_deg
        How far the leg moved on (+) or sank (−) from the beginning to the end of the hold.
    rest_offset_deg
        Angle at the end against that at the start; positive where the leg did not come back all the way.
    impact_m_s2
        Largest sudden acceleration around the end.
    axis
        Unit vector about which the shank turned on the lift, sensor frame; comparable while the strap does not move.
    """

    mean_concentric_deg_s: float
    mean_eccentric_deg_s: float
    peak_eccentric_deg_s: float
    eccentric_rise_s: float
    concentric_sparc: float
    eccentric_sparc: float
    hold_drift_deg: float
    rest_offset_deg: float
    impact_m_s2: float
    axis: Vector


@dataclass(frozen=True, slots=True)
class Rep:
    """One measured repetition. A number that a hole in the stream touched is None.

    Attributes
    ----------
    peak
        Number of the ``Peak`` that announced it.
    start_s, peak_start_s, peak_end_s, end_s
        The four borders: concentric begins, ends; eccentric begins, ends.
    reported_s
        Stream time at which this value came out.
    range_deg
        Largest departure of the shank angle from its value at ``start_s``.
    peak_speed_deg_s
        Largest speed of the concentric phase.
    flags
        Signal flags, sorted.
    shape
        How it was moved; None where a hole touched it.
    range_m, peak_speed_m_s
        The same for an exercise that is measured by its travel: largest distance of the ankle from its place at
        ``start_s`` along the line from rest to top, and largest speed of the way out along it. Such a repetition has
        no degrees, and any other has no metres.
    """

    peak: int
    start_s: float
    peak_start_s: float | None
    peak_end_s: float | None
    end_s: float
    reported_s: float
    range_deg: float | None
    peak_speed_deg_s: float | None
    flags: tuple[Flag, ...] = ()
    shape: RepShape | None = None
    range_m: float | None = None
    peak_speed_m_s: float | None = None

    @property
    def concentric_s(self) -> float | None:
        """Time of the lift, seconds."""
        return None if self.peak_start_s is None else self.peak_start_s - self.start_s

    @property
    def hold_s(self) -> float | None:
        """Time at the top, seconds."""
        if self.peak_start_s is None or self.peak_end_s is None:
            return None
        return self.peak_end_s - self.peak_start_s

    @property
    def eccentric_s(self) -> float | None:
        """Time of the return, seconds."""
        return None if self.peak_end_s is None else self.end_s - self.peak_end_s

    @property
    def under_tension_s(self) -> float:
        """Concentric + hold + eccentric, seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that looked like a repetition and was not counted, with its reason and numbers."""

    peak: int
    start_s: float
    end_s: float
    reported_s: float
    reason: Reason
    detail: str
    measured: Rep | None = None


@dataclass(frozen=True, slots=True)
class ExerciseSet:
    """Repetitions of one side of one exercise, closed.

    Attributes
    ----------
    number
        1, 2, 3 … in the order in which the sets closed.
    reps, partials
        In order of time; partials are not counted.
    bottom_pauses_s
        One per repetition: from its ``end_s`` to the next repetition's or partial's ``start_s``; None for the last.
    reported_s
        Stream time at which the set was closed.
    """

    number: int
    reps: tuple[Rep, ...]
    partials: tuple[Rep, ...]
    bottom_pauses_s: tuple[float | None, ...]
    reported_s: float

    @property
    def start_s(self) -> float:
        """Start of the first repetition."""
        return self.reps[0].start_s

    @property
    def end_s(self) -> float:
        """End of the last repetition."""
        return self.reps[-1].end_s

    @property
    def time_under_tension_s(self) -> float:
        """Concentric + hold + eccentric, summed over the repetitions."""
        return sum(rep.under_tension_s for rep in self.reps)
