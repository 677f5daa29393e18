"""Form, shape and range bands to rows and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tracker.coaching.form import FormFlag, Verdict
from tracker.coaching.range_band import Calibration, RangeBand
from tracker.coaching.set_form import SetForm
from tracker.journal.checked import moment, name, real, side
from tracker.journal.logged import LoggedBand, LoggedRep
from tracker.journal.text import plain_json
from tracker.motion.values import RepShape

_FLAGS = {flag.value: flag for flag in FormFlag}
_NUMBERS = tuple(field for field in RepShape.__dataclass_fields__ if field != "axis")
_OF_REPS = ("reps", "partials")
_OF_SET = tuple(field for field in SetForm.__dataclass_fields__ if field not in _OF_REPS)


def verdict_objects(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return a repetition's verdicts as JSON has them."""
    return [{**asdict(one), "value": real(one.value), "limit": real(one.limit)} for one in verdicts]


def verdicts_text(verdicts: Sequence[Verdict]) -> str:
    """Return the same as text."""
    return plain_json(verdict_objects(verdicts)) if verdicts else "[]"


def read_verdicts(stored: str) -> tuple[Verdict, ...]:
    """Return form verdicts; flags of a newer vocabulary are left out."""
    found = [one for one in json.loads(stored) if one["flag"] in _FLAGS]
    return tuple(Verdict(_FLAGS[one["flag"]], one["value"], one["limit"], one["unit"]) for one in found)


def form_object(form: SetForm | None) -> dict[str, Any] | None:
    """Return a set's form as JSON has it, without its repetitions'."""
    if form is None:
        return None
    numbers = {field: getattr(form, field) for field in _OF_SET}
    return {field: real(n) if isinstance(n, float) else n for field, n in numbers.items()}


def form_text(form: SetForm | None) -> str | None:
    """Return the same as text."""
    return None if form is None else plain_json(form_object(form))


def read_form(stored: str | None, reps: Sequence[LoggedRep], partials: Sequence[LoggedRep]) -> SetForm | None:
    """Return a set's form; numbers that an earlier version did not know are None."""
    if stored is None:
        return None
    found = json.loads(stored)
    return SetForm(
        reps=tuple(rep.form for rep in reps),
        partials=tuple(rep.form for rep in partials),
        **{field: found.get(field) for field in _OF_SET},
    )


def shape_object(shape: RepShape | None) -> dict[str, Any] | None:
    """Return how a repetition was moved as JSON has it."""
    if shape is None:
        return None
    return {key: [real(one) for one in value] if key == "axis" else real(value) for key, value in asdict(shape).items()}


def shape_cells(shape: RepShape | None) -> tuple[float | None, ...]:
    """Return the same as cells: a third of the room that the text takes, which is most of a file of years."""
    if shape is None:
        return (None,) * (len(_NUMBERS) + 3)
    return *(real(getattr(shape, field)) for field in _NUMBERS), *map(real, shape.axis)


def read_shape(row: Mapping[str, Any] | sqlite3.Row) -> RepShape | None:
    """Return how a repetition was moved: from cells, from text as earlier versions wrote, or from an object."""
    there = row.keys()
    if "axis_x" in there and row["axis_x"] is not None:
        return RepShape(**{field: row[field] for field in _NUMBERS}, axis=(row["axis_x"], row["axis_y"], row["axis_z"]))
    stored = row["shape"] if "shape" in there else None
    if stored is None:
        return None
    found = json.loads(stored) if isinstance(stored, str) else stored
    return RepShape(**{field: found[field] for field in _NUMBERS}, axis=tuple(found["axis"]))


def band_cells(
    at: datetime, exercise: str, working_side: str | None, made: Calibration
) -> tuple[str | float | None, ...]:
    """Return at, exercise, side, floor_deg, target_deg, ceiling_deg, ranges."""
    band, ranges = made.band, plain_json([real(one) for one in made.ranges_deg])
    limits = real(band.floor_deg), real(band.target_deg), real(band.ceiling_deg)
    return moment(at), name(exercise), side(working_side), *limits, ranges


def read_band(row: Mapping[str, Any] | sqlite3.Row) -> LoggedBand:
    """Return a personal range band."""
    return LoggedBand(
        at=datetime.fromisoformat(row["at"]),
        exercise=row["exercise"],
        side=row["side"],
        band=RangeBand(row["floor_deg"], row["target_deg"], row["ceiling_deg"]),
        ranges_deg=tuple(json.loads(row["ranges"])),
    )
