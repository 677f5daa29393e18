"""A workout as the CSV of the Strong app, which other strength logs import as well.

The dialect is the one with a unit column (semicolons), so that nobody has to guess whether a weight is kilograms.
Weights are kilograms per leg, as they were told: two ankles with 5 kg each are 5, never 10. Sets count from 1 within
their exercise, what is no work is marked ``W`` (warm-up), as Strong does. What Strong has no column for (side, tempo,
range, band colour, partials) stands in the notes, with units.

Strong's own "Kickback (Cable)" is read as a triceps exercise by some of those logs, so that names here say "glute".
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tracker.exercises import exercises
from tracker.exports.workout import Workout
from tracker.journal import LoggedSet, SetKind

COLUMNS = (
    "Date",
    "Workout Name",
    "Exercise Name",
    "Set Order",
    "Weight",
    "Weight Unit",
    "Reps",
    "RPE",
    "Distance",
    "Distance Unit",
    "Seconds",
    "Notes",
    "Workout Notes",
    "Workout Duration",
)
WORKOUT_NAME = "kickback"
IN_RESERVE = "reps-in-reserve"
"""The question whose answer is a rating: exertion is 10 less the repetitions left, Zourdos et al. 2016,
doi:10.1519/JSC.0000000000001049."""
UNKNOWN = "?"


def write(path: Path, workout: Workout) -> None:
    """Write the file.

    Raises
    ------
    ValueError
        Nothing says when the workout was.
    """
    if workout.started_at is None:
        raise ValueError(f"{workout.name}: nothing in it says when it was, and Strong's format needs the date")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(workout, f"{workout.started_at:%Y-%m-%d %H:%M:%S}"))
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def name_of(exercise: str | None) -> str:
    """Return what to call an exercise in a log of strength training."""
    profile = exercises().get(exercise or "")
    if profile is None:
        return exercise or "Leg lift"
    name = re.sub("kickback", "glute kickback", profile.name, count=1, flags=re.IGNORECASE)
    return name[0].upper() + name[1:]


def _rows(workout: Workout, date: str) -> Iterator[dict[str, object]]:
    done: Counter[str] = Counter()
    for one in workout.sets:
        name = name_of(one.context.exercise)
        work = one.context.kind is SetKind.WORK
        done[name] += work
        yield {
            "Date": date,
            "Workout Name": WORKOUT_NAME,
            "Exercise Name": name,
            "Set Order": done[name] if work else "W",
            "Weight": "" if one.context.load_kg is None else f"{one.context.load_kg:g}",
            "Weight Unit": "kg",
            "Reps": len(one.reps),
            "RPE": _exertion(workout, one.number),
            "Distance": 0,
            "Distance Unit": "km",
            "Seconds": 0,
            "Notes": _notes(one),
            "Workout Notes": " ".join(workout.notes.split()),
            "Workout Duration": _duration(workout),
        }


def _notes(one: LoggedSet) -> str:
    totals, context = one.totals, one.context
    phases = (
        totals.median_concentric_s,
        totals.median_hold_s,
        totals.median_eccentric_s,
        totals.median_bottom_pause_s,
    )
    flags = sorted({flag for rep in one.reps for flag in rep.flags})
    parts = [
        f"set {one.number}",
        context.side and f"{context.side} leg",
        None if context.kind is SetKind.WORK else context.kind.value,
        context.load_label and " ".join(context.load_label.replace(",", " ").split()),
        "tempo " + "-".join(UNKNOWN if phase is None else f"{phase:.2f}" for phase in phases) + " s",
        None if totals.median_range_deg is None else f"range {totals.median_range_deg:.1f} deg",
        f"under tension {totals.time_under_tension_s:.1f} s",
        totals.partials and f"{totals.partials} partial",
        flags and "flags " + " ".join(flags),
    ]
    return ", ".join(str(part) for part in parts if part)


def _exertion(workout: Workout, number: int) -> str:
    told = [a.value for a in workout.answers if a.set_number == number and a.question == IN_RESERVE]
    if not told or isinstance(told[-1], bool) or not isinstance(told[-1], int | float):
        return ""
    return f"{10 - told[-1]:g}"


def _duration(workout: Workout) -> str:
    if workout.started_at is None or workout.ended_at is None:
        return ""
    minutes = round((workout.ended_at - workout.started_at).total_seconds() / 60)
    hours, minutes = divmod(max(0, minutes), 60)
    return f"{hours}h {minutes}m" if hours else f"{minutes}m"
