"""A workout as tables: the one place that says which columns there are, for CSV, JSON and Parquet.

``set`` and ``rep`` count from 1 and tie the tables together; ``side`` is the leg that works; ``load_kg`` is per leg;
seconds are those of the recording; what is not known is None. ``partials`` and ``deleted`` have the columns of
``reps``, which holds the counted repetitions alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tracker.exports.workout import Workout
from tracker.journal import LoggedRep, LoggedSet
from tracker.motion.values import Rep

Row = dict[str, Any]
Kind = type[str] | type[int] | type[float] | type[bool]

MEASURED = (
    "start_s",
    "peak_start_s",
    "peak_end_s",
    "end_s",
    "reported_s",
    "concentric_s",
    "hold_s",
    "eccentric_s",
    "range_deg",
    "peak_speed_deg_s",
    "range_m",
    "peak_speed_m_s",
)
"""What a repetition's measurement says."""
SHAPE = (
    "mean_concentric_deg_s",
    "mean_eccentric_deg_s",
    "peak_eccentric_deg_s",
    "eccentric_rise_s",
    "concentric_sparc",
    "eccentric_sparc",
    "hold_drift_deg",
    "rest_offset_deg",
    "impact_m_s2",
)
"""How it was moved; its axis has three columns of its own."""
AXIS = ("axis_x", "axis_y", "axis_z")
SET_FORM = (
    "tempo_in_band",
    "range_in_band",
    "touchdowns",
    "range_fade",
    "concentric_fade",
    "eccentric_fade",
    "velocity_loss",
    "concentric_sparc",
    "eccentric_sparc",
    "direction_spread_deg",
)

_CONTEXT: dict[str, Kind] = {"side": str, "exercise": str, "kind": str, "load_kg": float, "load_label": str}
_PLACE: dict[str, Kind] = {"recording": int, "sensor": int}
_SPAN: dict[str, Kind] = {"start_s": float, "end_s": float}
_REP: dict[str, Kind] = {
    "session": str,
    "set": int,
    "rep": int,
    **_CONTEXT,
    **dict.fromkeys(MEASURED[:8], float),
    "bottom_pause_s": float,
    **dict.fromkeys(MEASURED[8:], float),
    "flags": str,
    **_PLACE,
    "added": bool,
    **dict.fromkeys((*SHAPE, *AXIS), float),
}

COLUMNS: dict[str, dict[str, Kind]] = {
    "session": {
        "session": str,
        "started_at": str,
        "ended_at": str,
        "ending": str,
        "exercise": str,
        "working_side": str,
        "sensor_side": str,
        "load_kg": float,
        "notes": str,
        "algorithm_version": str,
    },
    "sensors": {"sensor": int, "family": str, "name": str, "address": str, "side": str, "info": str},
    "recordings": {"recording": int, "path": str, "sha256": str, "seconds": float, "began_at": str},
    "sets": {
        "session": str,
        "set": int,
        **_CONTEXT,
        "reps": int,
        "partials": int,
        **_SPAN,
        "time_under_tension_s": float,
        "median_concentric_s": float,
        "median_hold_s": float,
        "median_eccentric_s": float,
        "median_bottom_pause_s": float,
        "median_range_deg": float,
        "median_peak_speed_deg_s": float,
        **dict.fromkeys(SET_FORM, float),
        "touchdowns": int,
        **_PLACE,
    },
    "reps": _REP,
    "partials": _REP,
    "deleted": _REP,
    "form": {"set": int, "rep": int, "partial": bool, "flag": str, "value": float, "limit": float, "unit": str},
    "rejected": {
        **_SPAN,
        "reported_s": float,
        "reason": str,
        "detail": str,
        **dict.fromkeys((name for name in MEASURED if name not in ("start_s", "end_s", "reported_s")), float),
        **_PLACE,
    },
    "gaps": {**_SPAN, "samples_lost": int, **_PLACE},
    "edits": {"edit": int, "at": str, "what": str, "undoes": int, "undone": bool, "applied": bool},
    "answers": {"at": str, "set": int, "question": str, "value": str},
}
"""Each table's columns and their types, in order. ``what``, ``info`` and an answer's ``value`` are JSON."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind, each with all of its columns."""

    name: str
    columns: dict[str, Kind]
    rows: tuple[Row, ...]


def tables(workout: Workout) -> dict[str, Table]:
    """Return all tables by name, in the order of ``COLUMNS``."""
    return {name: table(workout, name) for name in COLUMNS}


def table(workout: Workout, name: str) -> Table:
    """Return one table.

    Raises
    ------
    ValueError
        There is no such table; the message lists those there are.
    """
    if name not in COLUMNS:
        raise ValueError(f"no table {name!r}; there are: {', '.join(COLUMNS)}")
    columns = COLUMNS[name]
    return Table(name, columns, tuple({column: row.get(column) for column in columns} for row in _ROWS[name](workout)))


def measured(rep: Rep | None) -> Row:
    """Return a repetition's numbers; all None for one that was added without any."""
    return {name: None if rep is None else getattr(rep, name) for name in MEASURED}


def _session(workout: Workout) -> Iterator[Row]:
    yield {
        **{name: getattr(workout, name) for name in COLUMNS["session"]},
        "started_at": _iso(workout.started_at),
        "ended_at": _iso(workout.ended_at),
        "ending": None if workout.ending is None else workout.ending.value,
    }


def _sensors(workout: Workout) -> Iterator[Row]:
    for one in workout.sensors:
        yield {**asdict(one), "sensor": one.number, "info": json.dumps(dict(one.info), sort_keys=True)}


def _recordings(workout: Workout) -> Iterator[Row]:
    for one in workout.recordings:
        began_at = _iso(workout.origins.get(one.number))
        yield {**asdict(one), "recording": one.number, "path": str(one.path), "began_at": began_at}


def _sets(workout: Workout) -> Iterator[Row]:
    for one in workout.sets:
        form = {} if one.form is None else {name: getattr(one.form, name) for name in SET_FORM}
        yield {"session": workout.session, **_of(one), **asdict(one.totals), **form}


def _reps(pick: Callable[[LoggedSet], Iterable[LoggedRep]]) -> Callable[[Workout], Iterator[Row]]:
    def rows(workout: Workout) -> Iterator[Row]:
        for one in workout.sets:
            for rep in pick(one):
                yield {
                    "session": workout.session,
                    **_of(one),
                    "rep": rep.number,
                    **measured(rep.rep),
                    "bottom_pause_s": rep.bottom_pause_s,
                    "flags": " ".join(rep.flags),
                    "added": rep.rep_id is None,
                    **_shape(rep.rep),
                }

    return rows


def _form(workout: Workout) -> Iterator[Row]:
    for one in workout.sets:
        for partial, reps in ((False, one.reps), (True, one.partials)):
            for rep in reps:
                for verdict in rep.form:
                    yield {
                        "set": one.number,
                        "rep": rep.number,
                        "partial": partial,
                        "flag": verdict.flag.value,
                        "value": verdict.value,
                        "limit": verdict.limit,
                        "unit": verdict.unit,
                    }


def _rejected(workout: Workout) -> Iterator[Row]:
    for one in workout.rejected:
        yield {
            **measured(one.measured),
            **{name: getattr(one, name) for name in ("start_s", "end_s", "reported_s", "reason", "detail")},
            "recording": one.recording,
            "sensor": one.sensor,
        }


def _gaps(workout: Workout) -> Iterator[Row]:
    for one in workout.gaps:
        yield {
            "start_s": one.gap.start_s,
            "end_s": one.gap.end_s,
            "samples_lost": one.gap.samples_lost,
            "recording": one.recording,
            "sensor": one.sensor,
        }


def _edits(workout: Workout) -> Iterator[Row]:
    for one in workout.edits:
        what = None if one.edit is None else json.dumps({"kind": type(one.edit).__name__, **asdict(one.edit)})
        yield {
            "edit": one.edit_id,
            "at": _iso(one.at),
            "what": what,
            "undoes": one.undoes,
            "undone": one.undone,
            "applied": one.applied,
        }


def _answers(workout: Workout) -> Iterator[Row]:
    for one in workout.answers:
        value = json.dumps(one.value)
        yield {"at": _iso(one.at), "set": one.set_number, "question": one.question, "value": value}


def _of(one: LoggedSet) -> Row:
    return {
        "set": one.number,
        "side": one.context.side,
        "exercise": one.context.exercise,
        "kind": one.context.kind.value,
        "load_kg": one.context.load_kg,
        "load_label": one.context.load_label,
        "recording": one.recording,
        "sensor": one.sensor,
    }


def _shape(rep: Rep | None) -> Row:
    if rep is None or rep.shape is None:
        return {}
    axis = dict(zip(AXIS, rep.shape.axis, strict=True))
    return {**{name: getattr(rep.shape, name) for name in SHAPE}, **axis}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


_ROWS: dict[str, Callable[[Workout], Iterator[Row]]] = {
    "session": _session,
    "sensors": _sensors,
    "recordings": _recordings,
    "sets": _sets,
    "reps": _reps(lambda one: one.reps),
    "partials": _reps(lambda one: one.partials),
    "deleted": _reps(lambda one: one.deleted),
    "form": _form,
    "rejected": _rejected,
    "gaps": _gaps,
    "edits": _edits,
    "answers": _answers,
}
