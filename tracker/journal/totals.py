"""What a set comes to: counts, time under tension, medians."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from tracker.journal.logged import LoggedSet, SetTotals


def totals(logged: LoggedSet) -> SetTotals:
    """Add up a set as it reads today.

    A repetition that a person added without numbers counts, and adds nothing to the times and medians. The
    set's borders stay the measured ones.
    """
    reps = [rep.rep for rep in logged.reps if rep.rep is not None]
    return SetTotals(
        reps=len(logged.reps),
        partials=len(logged.partials),
        start_s=logged.measured.start_s,
        end_s=logged.measured.end_s,
        time_under_tension_s=float(sum(rep.under_tension_s for rep in reps)),
        median_range_deg=_median(rep.range_deg for rep in reps),
        median_peak_speed_deg_s=_median(rep.peak_speed_deg_s for rep in reps),
        median_concentric_s=_median(rep.concentric_s for rep in reps),
        median_hold_s=_median(rep.hold_s for rep in reps),
        median_eccentric_s=_median(rep.eccentric_s for rep in reps),
        median_bottom_pause_s=_median(rep.bottom_pause_s for rep in logged.reps),
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None
