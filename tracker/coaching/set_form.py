"""Form of a set: what only the whole can tell.

In: an ``ExerciseSet`` and what is asked for. Out: ``SetForm``. Remembered: nothing.

Definitions
-----------
tempo in band, range in band
    Share of the repetitions whose lift, hold and return all keep the tempo asked for; whose range lies in the band.
fade
    What a number gains (+) or loses (−) from the first repetition to the last, as a share of where it began: the median
    of the slopes between all pairs (Theil and Sen [1]_), so that one odd repetition in four changes little. It needs
    four repetitions; a tempo that is meant to change through the set fades too.
velocity loss
    How much slower the last lift was than the fastest, as a share [2]_. There it is a bar's speed in lifts that are as
    fast as can be; here it is the shank's mean turning speed, and says something about fatigue only where the person
    does not choose the speed.
smoothness
    Median spectral arc length of lift and of return (``tracker.motion.shape.sparc``).
direction spread
    Median angle between a repetition's axis and the set's usual one.

.. [1] Sen, "Estimates of the regression coefficient based on Kendall's tau", J Am Stat Assoc 1968.
   doi:10.1080/01621459.1968.10480934
.. [2] Sánchez-Medina & González-Badillo, "Velocity loss as an indicator of neuromuscular fatigue during resistance
   training", Med Sci Sports Exerc 2011. doi:10.1249/MSS.0b013e318213f880
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from tracker.coaching.form import Around, FormFlag, Verdict, aside_deg, judge, range_in_band, tempo_in_band
from tracker.coaching.targets import Targets
from tracker.exercises import Metric
from tracker.motion.values import ExerciseSet, Rep
from tracker.motion.vectors import Vector

FADE_FROM = 4
USUAL_FROM = 3
"""Repetitions that say what a person's usual direction is: with three, the middle one is not the odd one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetForm:
    """Form of a set. A number that nothing is known of is None.

    Attributes
    ----------
    reps, partials
        Verdicts of each repetition and partial, as in the set.
    tempo_in_band, range_in_band
        Shares, 0 to 1.
    touchdowns
        How many repetitions ended with a knock or a rest at the bottom; None where the exercise shows neither.
    range_fade, concentric_fade, eccentric_fade
        Of range and phase times, as a share of the first; negative: less at the end.
    velocity_loss
        Share, 0 to 1.
    concentric_sparc, eccentric_sparc
        Smoothness, medians.
    direction_spread_deg
        Degrees.
    """

    reps: tuple[tuple[Verdict, ...], ...]
    partials: tuple[tuple[Verdict, ...], ...]
    tempo_in_band: float | None
    range_in_band: float | None
    touchdowns: int | None
    range_fade: float | None
    concentric_fade: float | None
    eccentric_fade: float | None
    velocity_loss: float | None
    concentric_sparc: float | None
    eccentric_sparc: float | None
    direction_spread_deg: float | None


def judge_set(one: ExerciseSet, targets: Targets) -> SetForm:
    """Judge a closed set."""
    reps, metrics = one.reps, targets.exercise.metrics
    usual = usual_axis(reps) if Metric.DIRECTION in metrics else None
    verdicts = tuple(
        judge(rep, targets, Around(pause, usual)) for rep, pause in zip(reps, one.bottom_pauses_s, strict=True)
    )
    shapes = [rep.shape for rep in reps if rep.shape]
    return SetForm(
        reps=verdicts,
        partials=tuple(judge(rep, targets, Around(usual_axis=usual)) for rep in one.partials),
        tempo_in_band=_share(tempo_in_band(rep, targets) for rep in reps),
        range_in_band=_share(range_in_band(rep, targets) for rep in reps),
        touchdowns=_touchdowns(verdicts) if metrics & {Metric.TOUCHDOWN, Metric.TENSION} else None,
        range_fade=fade([rep.range_deg for rep in reps]),
        concentric_fade=fade([rep.concentric_s for rep in reps]),
        eccentric_fade=fade([rep.eccentric_s for rep in reps]),
        velocity_loss=velocity_loss(reps),
        concentric_sparc=_median(shape.concentric_sparc for shape in shapes),
        eccentric_sparc=_median(shape.eccentric_sparc for shape in shapes),
        direction_spread_deg=_median(aside_deg(rep, Around(usual_axis=usual)) for rep in reps),
    )


def usual_axis(reps: Sequence[Rep]) -> Vector | None:
    """Return the axis about which these usually turned, sensor frame: the median of its components, of length 1."""
    axes = [rep.shape.axis for rep in reps if rep.shape]
    if len(axes) < USUAL_FROM:
        return None
    x, y, z = (median(component) for component in zip(*axes, strict=True))
    length = math.hypot(x, y, z) or 1.0
    return x / length, y / length, z / length


def fade(values: Sequence[float | None]) -> float | None:
    """Return what a number gains or loses from the first repetition to the last, as a share of where it began.

    Examples
    --------
    >>> round(fade([40.0, 39.0, 20.0, 37.0, 36.0]), 3)
    -0.1
    """
    known = [(i, value) for i, value in enumerate(values) if value is not None]
    if len(known) < FADE_FROM:
        return None
    slope = median((b - a) / (j - i) for k, (i, a) in enumerate(known) for j, b in known[k + 1 :])
    began = median(value - slope * i for i, value in known)
    return slope * (len(values) - 1) / began if began > 0.0 else None


def velocity_loss(reps: Sequence[Rep]) -> float | None:
    """Return how much slower the last lift was than the fastest, as a share.

    The mean speed of a lift is its range over its time.
    """
    speeds = [rep.range_deg / rep.concentric_s if rep.range_deg and rep.concentric_s else None for rep in reps]
    known = [speed for speed in speeds if speed is not None]
    last = speeds[-1]
    return None if last is None or len(known) < 2 else 1.0 - last / max(known)


def _touchdowns(verdicts: Iterable[tuple[Verdict, ...]]) -> int:
    down = {FormFlag.TOUCHDOWN, FormFlag.BOTTOM_REST}
    return sum(any(verdict.flag in down for verdict in one) for one in verdicts)


def _share(known: Iterable[bool | None]) -> float | None:
    yes = [one for one in known if one is not None]
    return sum(yes) / len(yes) if yes else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
