"""Sessions as JSON: the layout of ``analyze --json``, with what only the journal knows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tracker.analysis import not_listed
from tracker.cli.log import SCHEMA
from tracker.contract import rep_json, seconds, set_form_json
from tracker.exports.tables import MEASURED
from tracker.journal import LoggedEdit, LoggedRep, LoggedSet, Session, SessionSummary


def summary_json(one: SessionSummary, state: str) -> dict[str, Any]:
    """Return one line of the log."""
    return {
        **_head(one, state),
        "algorithm_version": one.algorithm_version,
        "sets": one.sets,
        "reps": one.reps,
        "partials": one.partials,
        "work_reps": one.work_reps,
        "time_under_tension_s": seconds(one.time_under_tension_s),
        "edits": one.edits,
    }


def session_json(one: Session, state: str) -> dict[str, Any]:
    """Return a whole session, edits applied."""
    rejected = not_listed(one.rejected, [logged.measured for logged in one.sets])
    return {
        "schema": SCHEMA,
        **_head(one, state),
        "algorithm_version": one.scoring.algorithm_version,
        "scorings": [
            {
                "scoring": number,
                "algorithm_version": scoring.algorithm_version,
                "created_at": scoring.created_at.isoformat(),
                "current": scoring.current,
                "shown": scoring.scoring_id == one.scoring.scoring_id,
            }
            for number, scoring in enumerate(one.scorings, start=1)
        ],
        "fingerprint": one.fingerprint,
        "sensors": [{"number": s.number, "family": s.family, "name": s.name, "side": s.side} for s in one.sensors],
        "recordings": [
            {"number": r.number, "path": str(r.path), "sha256": r.sha256, "seconds": seconds(r.seconds)}
            for r in one.recordings
        ],
        "sets": [_set(logged) for logged in one.sets],
        "rejected": [
            {
                "start_s": seconds(r.start_s),
                "end_s": seconds(r.end_s),
                "reason": r.reason,
                "detail": r.detail,
                "recording": r.recording,
                "sensor": r.sensor,
            }
            for r in rejected
        ],
        "gaps": [
            {
                "start_s": seconds(g.gap.start_s),
                "end_s": seconds(g.gap.end_s),
                "samples_lost": g.gap.samples_lost,
                "recording": g.recording,
                "sensor": g.sensor,
            }
            for g in one.gaps
        ],
        "edits": [_edit(edit) for edit in one.edits],
        "answers": [
            {"at": a.at.isoformat(), "set": a.set_number, "question": a.question, "value": a.value} for a in one.answers
        ],
    }


def _head(one: SessionSummary | Session, state: str) -> dict[str, Any]:
    return {
        "session": one.uuid,
        "started_at": one.started_at.isoformat(),
        "ended_at": None if one.ended_at is None else one.ended_at.isoformat(),
        "ending": None if one.ending is None else one.ending.value,
        "state": "ended" if one.ending is not None else state,
        "exercise": one.exercise,
        "working_side": one.working_side,
        "sensor_side": one.sensor_side,
        "load_kg": one.load_kg,
        "notes": one.notes,
    }


def _set(one: LoggedSet) -> dict[str, Any]:
    totals = one.totals
    return {
        "set": one.number,
        "recording": one.recording,
        "sensor": one.sensor,
        "working_side": one.context.side,
        "exercise": one.context.exercise,
        "load_kg": one.context.load_kg,
        "load_label": one.context.load_label,
        "kind": one.context.kind.value,
        "start_s": seconds(totals.start_s),
        "end_s": seconds(totals.end_s),
        "time_under_tension_s": seconds(totals.time_under_tension_s),
        "reps": [_rep(rep) for rep in one.reps],
        "partials": [_rep(rep) for rep in one.partials],
        "deleted": [_rep(rep) for rep in one.deleted],
        "form": set_form_json(one.form),
    }


def _rep(one: LoggedRep) -> dict[str, Any]:
    if one.rep is None:
        numbers: dict[str, Any] = {
            "rep": one.number,
            **dict.fromkeys((*MEASURED, "bottom_pause_s", "shape")),
            "form": [],
        }
    else:
        numbers = rep_json(one.number, one.rep, one.bottom_pause_s, one.form)
    return {**numbers, "flags": list(one.flags), "added": one.rep_id is None}


def _edit(one: LoggedEdit) -> dict[str, Any]:
    what = None if one.edit is None else {"kind": type(one.edit).__name__, **asdict(one.edit)}
    return {
        "edit": one.edit_id,
        "at": one.at.isoformat(),
        "what": what,
        "undoes": one.undoes,
        "undone": one.undone,
        "applied": one.applied,
    }
