"""The JSON that scripts rely on: repetitions and sets, rounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from tracker.coaching.form import Verdict
from tracker.coaching.set_form import SetForm
from tracker.motion.values import ExerciseSet, Rep, RepShape

SCHEMA = 1
"""Version of the JSON."""
TIME_DIGITS = 4
"""Decimals of seconds: a tenth of a millisecond."""
DIGITS = 3
"""Decimals of degrees and metres, and of each per second."""


def rep_json(number: int, rep: Rep, pause_s: float | None, verdicts: Iterable[Verdict] = ()) -> dict[str, Any]:
    """Return one repetition or partial, rounded; ``flags`` are those of the signal and of the form."""
    verdicts = list(verdicts)
    return {
        "rep": number,
        "start_s": seconds(rep.start_s),
        "peak_start_s": seconds(rep.peak_start_s),
        "peak_end_s": seconds(rep.peak_end_s),
        "end_s": seconds(rep.end_s),
        "reported_s": seconds(rep.reported_s),
        "concentric_s": seconds(rep.concentric_s),
        "hold_s": seconds(rep.hold_s),
        "eccentric_s": seconds(rep.eccentric_s),
        "bottom_pause_s": seconds(pause_s),
        "range_deg": None if rep.range_deg is None else round(rep.range_deg, DIGITS),
        "peak_speed_deg_s": None if rep.peak_speed_deg_s is None else round(rep.peak_speed_deg_s, DIGITS),
        "range_m": None if rep.range_m is None else round(rep.range_m, DIGITS),
        "peak_speed_m_s": None if rep.peak_speed_m_s is None else round(rep.peak_speed_m_s, DIGITS),
        "flags": sorted({*rep.flags, *(verdict.flag for verdict in verdicts)}),
        "form": [verdict_json(verdict) for verdict in verdicts],
        "shape": shape_json(rep.shape),
    }


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return one flag with its numbers, rounded."""
    value, limit = round(verdict.value, DIGITS), round(verdict.limit, DIGITS)
    return {"flag": verdict.flag.value, "value": value, "limit": limit, "unit": verdict.unit}


def shape_json(shape: RepShape | None) -> dict[str, Any] | None:
    """Return how a repetition was moved, rounded."""
    if shape is None:
        return None
    axis = [round(component, TIME_DIGITS) for component in shape.axis]
    return {**{name: round(value, DIGITS) for name, value in asdict(shape).items() if name != "axis"}, "axis": axis}


def set_form_json(form: SetForm | None) -> dict[str, Any] | None:
    """Return what only the whole set can tell, rounded."""
    if form is None:
        return None
    numbers = {name: value for name, value in asdict(form).items() if name not in ("reps", "partials")}
    return {name: value if value is None else round(value, DIGITS) for name, value in numbers.items()}


def seconds(value: float | None) -> float | None:
    """Round a time."""
    return None if value is None else round(value, TIME_DIGITS)


def set_json(number: int, one: ExerciseSet, form: SetForm | None) -> dict[str, Any]:
    """Return one set, rounded."""
    reps = form.reps if form else [()] * len(one.reps)
    partials = form.partials if form else [()] * len(one.partials)
    counted = zip(one.reps, one.bottom_pauses_s, reps, strict=True)
    others = zip(one.partials, partials, strict=True)
    return {
        "set": number,
        "start_s": seconds(one.start_s),
        "end_s": seconds(one.end_s),
        "time_under_tension_s": seconds(one.time_under_tension_s),
        "reps": [rep_json(i, rep, pause, found) for i, (rep, pause, found) in enumerate(counted, start=1)],
        "partials": [rep_json(i, rep, None, found) for i, (rep, found) in enumerate(others, start=1)],
        "form": set_form_json(form),
    }
