"""What a set comes to: counts, time under tension, medians, repetitions in band.

A repetition is in band if it kept the tempo that was asked for and, where the person had a range of their own, that
range. The journal keeps the verdicts on the range and the shares of the set, not the tempo that was asked for: it is
that of the session's plan, or the exercise's own, whichever gives the share that was kept. Where neither does, or where
the exercise or the leg was corrected afterwards, nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

from tracker.coaching.form import FormFlag, tempo_in_band
from tracker.coaching.set_form import velocity_loss
from tracker.coaching.targets import Targets, targets_of
from tracker.exercises import exercises
from tracker.journal.logged import LoggedRep, LoggedSet, SetTotals
from tracker.motion.values import Rep

_OUT_OF_RANGE = frozenset({FormFlag.SHORT, FormFlag.ABOVE_CEILING})


def totals(logged: LoggedSet) -> SetTotals:
    """Add up a set as it reads today.

    A repetition that a person added without numbers counts, and adds nothing to the times and medians. The
    set's borders stay the measured ones.
    """
    reps = [rep.rep for rep in logged.reps if rep.rep is not None]
    judged = _judged(logged)
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
        judged=len(judged),
        in_band=sum(tempo and far is not False for tempo, far in judged),
        tempo_in_band=sum(tempo for tempo, _ in judged),
        range_in_band=None if not judged or judged[0][1] is None else sum(bool(far) for _, far in judged),
        velocity_loss=_loss(reps),
        median_range_m=_median(rep.range_m for rep in reps),
    )


def _loss(reps: Sequence[Rep]) -> float | None:
    """Return the set's velocity loss; None where a lift of next to no time or range leaves nothing to compare."""
    try:
        loss = velocity_loss(reps) if reps else None
    except ZeroDivisionError:
        return None
    return loss if loss is not None and math.isfinite(loss) else None


def _judged(logged: LoggedSet) -> list[tuple[bool, bool | None]]:
    """Return of each repetition that was judged whether it kept tempo and range (None: no range was asked for)."""
    targets = _asked(logged)
    if targets is None:
        return []
    ranged = _ranged(logged)
    out: list[tuple[bool, bool | None]] = []
    for one in logged.reps:
        if one.rep is None or one.rep_id is None:  # added afterwards: nobody judged it
            continue
        tempo, far = tempo_in_band(one.rep, targets), _range_kept(one.rep, one) if ranged else None
        if tempo is not None and (far is not None or not ranged):
            out.append((tempo, far))
    return out


def _asked(logged: LoggedSet) -> Targets | None:
    """Return the targets whose tempo gives the share that was kept when the set was judged."""
    said, shown, form = logged.said, logged.context, logged.form
    profile = exercises().get(said.exercise or "")
    if form is None or form.tempo_in_band is None or profile is None:
        return None
    if (said.exercise, said.side) != (shown.exercise, shown.side):
        return None
    for tempo in (logged.tempo, None) if logged.tempo else (None,):
        targets = targets_of(profile, tempo=tempo)
        if _gives(form.tempo_in_band, [tempo_in_band(rep, targets) for rep in logged.measured.reps]):
            return targets
    return None


def _ranged(logged: LoggedSet) -> bool:
    """Return whether the verdicts tell which repetitions were in the person's own range."""
    form = logged.form
    if form is None or form.range_in_band is None:
        return False
    kept = [
        None if rep.range_deg is None else _OUT_OF_RANGE.isdisjoint(verdict.flag for verdict in verdicts)
        for rep, verdicts in zip(logged.measured.reps, form.reps, strict=True)
    ]
    return _gives(form.range_in_band, kept)


def _range_kept(rep: Rep, one: LoggedRep) -> bool | None:
    return None if rep.range_deg is None else _OUT_OF_RANGE.isdisjoint(verdict.flag for verdict in one.form)


def _gives(share: float, kept: Sequence[bool | None]) -> bool:
    known = [one for one in kept if one is not None]
    return bool(known) and math.isclose(sum(known) / len(known), share, abs_tol=1e-9)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None
