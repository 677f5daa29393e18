"""Values to rows and back. Numbers must be finite; a row that does not read is a damaged file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tracker.coaching.form import Verdict
from tracker.coaching.plan import PLAN, tempo_said
from tracker.coaching.targets import Tempo
from tracker.journal import form_rows
from tracker.journal.checked import load, maybe, name, real, side
from tracker.journal.edits import (
    NO_SET,
    AddRep,
    ChangeExercise,
    ChangeKind,
    ChangeLabel,
    ChangeLoad,
    ChangeNotes,
    ChangeSide,
    DeleteRep,
    DeleteSet,
    Edit,
    Place,
    StoredEdit,
)
from tracker.journal.logged import (
    Answer,
    LoggedGap,
    LoggedRejected,
    LoggedRep,
    LoggedSet,
    SetTold,
    SetTotals,
)
from tracker.journal.text import DETAIL_LENGTH, notes, plain, plain_json
from tracker.journal.values import ScoredSet, SetContext, SetKind
from tracker.motion.gap import Gap
from tracker.motion.values import ExerciseSet, Flag, Rejected, Rep

Row = Mapping[str, Any] | sqlite3.Row
Cells = tuple[str | int | float | None, ...]
TOLD = frozenset({"reserve", "pain", "felt", "placement"})
"""Answers that trends read."""
_KINDS = frozenset(kind.value for kind in SetKind)
_FLAGS = {flag.value: flag for flag in Flag}


def context_cells(said: SetContext) -> Cells:
    """Return side, exercise, load_kg, load_label, kind."""
    return side(said.side), name(said.exercise), load(said.load_kg), name(said.load_label), said.kind.value


def set_cells(measured: ExerciseSet) -> Cells:
    """Return stream_number, start_s, end_s, reported_s."""
    if not measured.reps:
        raise ValueError(f"set {measured.number} has no repetition")
    return measured.number, real(measured.start_s), real(measured.end_s), real(measured.reported_s)


def rep_rows(scored: ScoredSet) -> list[Cells]:
    """Return the cells of each repetition and partial after set_id."""
    measured, form = scored.measured, scored.form
    verdicts = form.reps if form else ((),) * len(measured.reps)
    others = form.partials if form else ((),) * len(measured.partials)
    counted = enumerate(zip(measured.reps, measured.bottom_pauses_s, verdicts, strict=True), start=1)
    partials = enumerate(zip(measured.partials, others, strict=True), start=1)
    return [
        *((0, number, *_rep_cells(rep, pause, found)) for number, (rep, pause, found) in counted),
        *((1, number, *_rep_cells(rep, None, found)) for number, (rep, found) in partials),
    ]


def _rep_cells(rep: Rep, pause_s: float | None, verdicts: tuple[Verdict, ...]) -> Cells:
    return (
        int(rep.peak),
        real(rep.start_s),
        maybe(rep.peak_start_s),
        maybe(rep.peak_end_s),
        real(rep.end_s),
        real(rep.reported_s),
        maybe(rep.range_deg),
        maybe(rep.peak_speed_deg_s),
        maybe(pause_s),
        plain_json([flag.value for flag in rep.flags]) if rep.flags else "[]",
        form_rows.verdicts_text(verdicts),
        maybe(rep.range_m),
        maybe(rep.peak_speed_m_s),
        *form_rows.shape_cells(rep.shape),
    )


def rejected_cells(rejected: Rejected) -> Cells:
    """Return peak, start_s, end_s, reported_s, reason, detail, measured."""
    return (
        int(rejected.peak),
        real(rejected.start_s),
        real(rejected.end_s),
        real(rejected.reported_s),
        rejected.reason.value,
        plain(rejected.detail, DETAIL_LENGTH),
        None if rejected.measured is None else plain_json(rep_object(rejected.measured)),
    )


def gap_cells(gap: Gap) -> Cells:
    """Return start_s, end_s, samples_lost."""
    return real(gap.start_s), real(gap.end_s), int(gap.samples_lost)


def totals_cells(totals: SetTotals) -> Cells:
    """Return the totals in the order of their fields."""
    return tuple(real(cell) if isinstance(cell, float) else cell for cell in asdict(totals).values())


def told_cells(told: SetTold) -> Cells:
    """Return reserve, pain, felt, placement."""
    return told.reserve, told.pain, " ".join(told.felt) or None, told.placement


def rep_object(rep: Rep) -> dict[str, Any]:
    """Return a repetition as JSON has it."""
    numbers = {key: value for key, value in asdict(rep).items() if key not in ("peak", "flags", "shape")}
    return {
        "peak": int(rep.peak),
        **{key: maybe(value) for key, value in numbers.items()},
        "flags": [flag.value for flag in rep.flags],
        "shape": form_rows.shape_object(rep.shape),
    }


def read_rep(row: Row) -> Rep:
    """Return the repetition of a row or JSON object; flags of a newer vocabulary are left out."""
    flags = row["flags"]
    names = json.loads(flags) if isinstance(flags, str) else flags
    there = row.keys()  # what an older version did not write is None
    return Rep(
        peak=row["peak"],
        start_s=row["start_s"],
        peak_start_s=row["peak_start_s"],
        peak_end_s=row["peak_end_s"],
        end_s=row["end_s"],
        reported_s=row["reported_s"],
        range_deg=row["range_deg"],
        peak_speed_deg_s=row["peak_speed_deg_s"],
        flags=tuple(_FLAGS[flag] for flag in names if flag in _FLAGS),
        shape=form_rows.read_shape(row),
        range_m=row["range_m"] if "range_m" in there else None,
        peak_speed_m_s=row["peak_speed_m_s"] if "peak_speed_m_s" in there else None,
    )


def read_logged_rep(row: Row) -> LoggedRep:
    """Return a repetition or partial with its ids."""
    return LoggedRep(
        number=row["number"],
        rep=read_rep(row),
        bottom_pause_s=row["bottom_pause_s"],
        form=form_rows.read_verdicts(row["form"]),
        signal=tuple(json.loads(row["flags"])),
        rep_id=row["rep_id"],
    )


def read_context(row: Row) -> SetContext:
    """Return what the sensor could not know about a set."""
    return SetContext(
        side=row["side"],
        exercise=row["exercise"],
        load_kg=row["load_kg"],
        load_label=row["load_label"],
        kind=SetKind(row["kind"]),
    )


def read_set(row: Row, members: Sequence[Row]) -> LoggedSet:
    """Return a set as measured, without edits, from its row and those of its repetitions in order."""
    reps = tuple(read_logged_rep(member) for member in members if not member["partial"])
    partials = tuple(read_logged_rep(member) for member in members if member["partial"])
    said = read_context(row)
    measured = ExerciseSet(
        number=row["stream_number"],
        reps=tuple(rep.rep for rep in reps if rep.rep is not None),
        partials=tuple(rep.rep for rep in partials if rep.rep is not None),
        bottom_pauses_s=tuple(rep.bottom_pause_s for rep in reps),
        reported_s=row["reported_s"],
    )
    return LoggedSet(
        set_id=row["set_id"],
        number=row["number"],
        recording=row["recording"],
        sensor=row["sensor"],
        measured=measured,
        said=said,
        form=form_rows.read_form(row["form"], reps, partials),
        context=said,
        reps=reps,
        partials=partials,
    )


def read_rejected(row: Row) -> LoggedRejected:
    """Return an excursion that was not counted."""
    return LoggedRejected(
        recording=row["recording"],
        sensor=row["sensor"],
        peak=row["peak"],
        start_s=row["start_s"],
        end_s=row["end_s"],
        reported_s=row["reported_s"],
        reason=row["reason"],
        detail=row["detail"],
        measured=None if row["measured"] is None else read_rep(json.loads(row["measured"])),
    )


def read_gap(row: Row) -> LoggedGap:
    """Return a hole in the stream."""
    gap = Gap(start_s=row["start_s"], end_s=row["end_s"], samples_lost=row["samples_lost"])
    return LoggedGap(recording=row["recording"], sensor=row["sensor"], gap=gap)


def read_totals(row: Row) -> SetTotals:
    """Return a set's totals."""
    return SetTotals(**{field: row[field] for field in SetTotals.__dataclass_fields__})


def read_told(answers: Iterable[Answer], number: int) -> SetTold:
    """Return what was told of a set, or else of the whole session; of several answers, the last one counts."""
    of_session: dict[str, Any] = {}
    of_set: dict[str, Any] = {}
    for one in answers:
        if one.set_number in (None, number):
            (of_session if one.set_number is None else of_set)[one.question] = one.value
    said = of_session | of_set
    felt, placement = said.get("felt"), said.get("placement")
    return SetTold(
        reserve=_whole(said.get("reserve")),
        pain=_whole(said.get("pain")),
        felt=tuple(name for name in felt if isinstance(name, str)) if isinstance(felt, list) else (),
        placement=placement if isinstance(placement, str) and placement else None,
    )


def read_tempo(answers: Iterable[Answer]) -> Tempo | None:
    """Return the tempo of the session's plan; None where none was kept."""
    plans = [one.value for one in answers if one.question == PLAN]
    return tempo_said(plans[-1]) if plans else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def edit_cells(edit: Edit) -> tuple[str, str]:
    """Return kind and value of an edit."""
    match edit:
        case DeleteRep():
            return "delete-rep", "null"
        case AddRep():
            return "add-rep", plain_json(None if edit.rep is None else rep_object(edit.rep))
        case ChangeLoad():
            return "change-load", plain_json(load(edit.load_kg))
        case ChangeSide():
            return "change-side", plain_json(side(edit.side))
        case ChangeExercise():
            return "change-exercise", plain_json(name(edit.exercise))
        case ChangeKind():
            return "change-kind", plain_json(SetKind(edit.kind).value)
        case ChangeLabel():
            return "change-label", plain_json(name(edit.load_label))
        case DeleteSet():
            return "delete-set", "null"
        case ChangeNotes():
            return "change-notes", json.dumps(notes(edit.notes))


def read_edit(row: Row) -> StoredEdit:
    """Return a row of the ledger; an edit of a kind that a newer version wrote is not applied."""
    place = None
    if row["start_s"] is not None:
        place = Place(row["recording"], row["sensor"], row["start_s"], row["end_s"])
    edit = _read_edit(row["kind"], row["set_id"], row["rep_id"], json.loads(row["value"]))
    deleted = isinstance(edit, DeleteRep) and not row["partial"]
    return StoredEdit(
        edit_id=row["edit_id"],
        at=datetime.fromisoformat(row["at"]),
        edit=edit,
        place=place,
        undoes=row["undoes"],
        set_id=row["set_id"] or NO_SET,
        measured=row["measured"],
        change=isinstance(edit, AddRep) - deleted,
    )


def _read_edit(kind: str, set_id: int, rep_id: int, value: Any) -> Edit | None:
    match kind:
        case "delete-rep":
            return DeleteRep(rep_id)
        case "add-rep":
            return AddRep(set_id, None if value is None else read_rep(value))
        case "change-load":
            return ChangeLoad(set_id, value)
        case "change-side":
            return ChangeSide(set_id, value)
        case "change-exercise":
            return ChangeExercise(set_id, value)
        case "change-kind":
            return ChangeKind(set_id, SetKind(value)) if value in _KINDS else None
        case "change-label":
            return ChangeLabel(set_id, value)
        case "delete-set":
            return DeleteSet(set_id)
        case "change-notes":
            return ChangeNotes(value)
        case _:
            return None
