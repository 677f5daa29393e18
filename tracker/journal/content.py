"""A session's content without what two runs over the same samples differ in: ids, times of day, paths."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any, Literal

from tracker.journal import form_rows
from tracker.journal.logged import LoggedGap, LoggedRejected, LoggedSet, Session
from tracker.motion.values import Rep

CONTENT_SCHEMA = 1


def content(session: Session) -> dict[str, Any]:
    """Return what was measured and said, as JSON has it. Edits and answers do not enter.

    Everything is in an order that does not depend on how two sensors' values were interleaved.
    """
    return {
        "schema": CONTENT_SCHEMA,
        "sets": sorted(map(_set, session.sets), key=lambda row: (row["recording"], row["sensor"], row["set"])),
        "rejected": sorted(map(_rejected, session.rejected), key=_place),
        "gaps": sorted(map(_gap, session.gaps), key=_place),
    }


def fingerprint(session: Session) -> str:
    """Return the SHA-256 of the canonical JSON: sorted keys, no spaces, shortest exact numbers."""
    return hashlib.sha256(_canonical(content(session)).encode()).hexdigest()


def _set(logged: LoggedSet) -> dict[str, Any]:
    measured = logged.measured
    return {
        **_stream(logged),
        "set": measured.number,
        "start_s": measured.start_s,
        "end_s": measured.end_s,
        "reported_s": measured.reported_s,
        "time_under_tension_s": measured.time_under_tension_s,
        **asdict(logged.said),
        "reps": [
            {**_rep(rep), "form": found, "bottom_pause_s": pause}
            for rep, found, pause in zip(measured.reps, _form(logged, "reps"), measured.bottom_pauses_s, strict=True)
        ],
        "partials": [
            {**_rep(rep), "form": found}
            for rep, found in zip(measured.partials, _form(logged, "partials"), strict=True)
        ],
        "form": form_rows.form_object(logged.form),
    }


def _rejected(row: LoggedRejected) -> dict[str, Any]:
    return {
        **_stream(row),
        "peak": row.peak,
        "start_s": row.start_s,
        "end_s": row.end_s,
        "reported_s": row.reported_s,
        "reason": row.reason,
        "detail": row.detail,
        "measured": None if row.measured is None else _rep(row.measured),
    }


def _gap(row: LoggedGap) -> dict[str, Any]:
    return {**_stream(row), **asdict(row.gap)}


def _form(logged: LoggedSet, kind: Literal["reps", "partials"]) -> list[list[dict[str, Any]]]:
    if logged.form is None:
        return [[] for _ in getattr(logged.measured, kind)]
    return [form_rows.verdict_objects(found) for found in getattr(logged.form, kind)]


def _rep(rep: Rep) -> dict[str, Any]:
    return {
        **asdict(rep),
        "flags": [flag.value for flag in rep.flags],
        "shape": form_rows.shape_object(rep.shape),
    }


def _stream(row: LoggedSet | LoggedRejected | LoggedGap) -> dict[str, int]:
    # A session without a recording or a sensor of its own reads like one with a single one.
    return {"recording": row.recording or 1, "sensor": row.sensor or 1}


def _place(row: dict[str, Any]) -> tuple[int, int, float, float, str]:
    return row["recording"], row["sensor"], row["start_s"], row["end_s"], _canonical(row)


def _canonical(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
