"""Repetitions and sets made up for a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tracker.coaching.targets import Targets, targets_of
from tracker.exercises import exercise
from tracker.motion.values import ExerciseSet, Rep, RepShape

CLEAN = RepShape(
    mean_concentric_deg_s=26.0,
    mean_eccentric_deg_s=16.0,
    peak_eccentric_deg_s=26.0,
    eccentric_rise_s=1.1,
    concentric_sparc=-1.42,
    eccentric_sparc=-1.44,
    hold_drift_deg=-0.2,
    rest_offset_deg=0.1,
    impact_m_s2=0.3,
    axis=(0.0, 1.0, 0.0),
)
"""Of a controlled repetition of 40°."""


def rep(
    *,
    at_s: float = 0.0,
    lift_s: float = 1.5,
    hold_s: float = 1.2,
    return_s: float = 2.5,
    range_deg: float | None = 40.0,
    peak_deg_s: float | None = 42.0,
    peak: int = 1,
    shaped: bool = True,
    **shape: Any,
) -> Rep:
    top, down = at_s + lift_s, at_s + lift_s + hold_s
    found = replace(CLEAN, **shape) if shaped else None
    return Rep(peak, at_s, top, down, down + return_s, down + return_s + 0.2, range_deg, peak_deg_s, shape=found)


def exercise_set(reps: Sequence[Rep], *, pause_s: float = 0.6, partials: Sequence[Rep] = ()) -> ExerciseSet:
    pauses = (*[pause_s] * (len(reps) - 1), None)
    return ExerciseSet(1, tuple(reps), tuple(partials), pauses, reps[-1].end_s + 8.0)


def targets(id_: str = "cable", **asked: Any) -> Targets:
    return targets_of(exercise(id_), **asked)
