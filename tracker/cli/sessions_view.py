"""The log and its sessions as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from shlex import quote

from rich.console import Console
from rich.text import Text

from tracker.analysis import not_listed
from tracker.cli import form_view, tables
from tracker.journal import (
    AddRep,
    ChangeExercise,
    ChangeLoad,
    ChangeSide,
    DeleteRep,
    Edit,
    LoggedRep,
    LoggedSet,
    Session,
    SessionId,
    SessionSummary,
    SetKind,
)
from tracker.journal.text import notes
from tracker.sensors import estimates_losses

_ENDINGS = {"running": "green", "cut off": "red", "pain": "red", "interrupted": "red", "link-lost": "yellow"}

_LOG = ("session", "began", "exercise", "side", "kg", "sets", "reps", "tension", "ended")
_RIGHT = ("kg", "sets", "reps", "tension")
_EXPENDABLE = ("tension", "kg", "sets", "side", "exercise", "reps", "ended", "began")
"""Columns that a narrow terminal does without, these first."""
_SHORTEST_EXERCISE = 8


def print_log(out: Console, found: Sequence[SessionSummary], endings: Mapping[SessionId, str]) -> None:
    """Print a line per session; where the terminal is narrow, of what fits beside the ids."""
    rows = [_log_cells(one, endings[one.uuid]) for one in found]
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in _LOG}
    spare = out.width - sum(width + 2 for width in widths.values())
    if spare < 0:
        widths["exercise"] = max(_SHORTEST_EXERCISE, widths["exercise"] + spare)
    for name in _EXPENDABLE:
        if sum(width + 2 for width in widths.values()) > out.width:
            del widths[name]
    table = tables.grid()
    for name, width in widths.items():
        right = name in _RIGHT
        table.add_column(name, justify="right" if right else "left", no_wrap=True, overflow="ellipsis", width=width)
    for row in rows:
        table.add_row(*(row[name] for name in widths))
    out.print(table)


def _log_cells(one: SessionSummary, ending: str) -> dict[str, Text]:
    cells = {
        "session": one.uuid[:8],
        "began": day_and_time(one.started_at),
        "exercise": tables.name(one.exercise or "any leg lift"),
        "side": one.working_side or tables.MISSING,
        "kg": tables.MISSING if one.load_kg is None else f"{one.load_kg:g}",
        "sets": str(one.sets),
        "reps": str(one.reps),
        "tension": tables.clock(one.time_under_tension_s, 0),
        "ended": ending,
    }
    return {name: Text(cells[name], _ENDINGS.get(ending, "") if name == "ended" else "") for name in _LOG}


def print_session(out: Console, found: Session, ending: str, *, all_: bool = False) -> None:
    """Print what a session holds; ``all_`` of what was not counted, or what is worth telling."""
    out.print(
        tables.heading(
            f"Session {found.uuid[:8]}",
            day_and_time(found.started_at),
            tables.name(found.exercise or "any leg lift"),
            found.working_side and f"{found.working_side} leg",
            None if found.load_kg is None else f"{found.load_kg:g} kg",
            ending,
        )
    )
    if found.notes:
        out.print(Text(notes(found.notes), "dim"))
    for one in found.sets:
        out.print()
        _print_set(out, found, one)
    if not found.sets:
        out.print("\nNo sets.", style="bold")
    _print_not_counted(out, found, all_=all_)
    if found.gaps:
        estimated = any(estimates_losses(sensor.family) for sensor in found.sensors)
        out.print("\n" + tables.gap_line([one.gap for one in found.gaps], estimated=estimated), style="yellow")
    _print_rest(out, found, ending)


def day_and_time(when: datetime) -> str:
    """Return a time of day as the person's own clock showed it."""
    return f"{when:%Y-%m-%d %H:%M}"


def _print_set(out: Console, found: Session, one: LoggedSet) -> None:
    said, totals = one.context, one.totals
    title = tables.heading(
        f"Set {one.number}",
        tables.count(totals.reps, "rep"),
        f"{tables.clock(totals.start_s)} to {tables.clock(totals.end_s)}",
        f"{totals.time_under_tension_s:.1f} s under tension",
        f"{said.side} leg" if said.side not in (None, found.working_side) else None,
        tables.name(said.exercise) if said.exercise and said.exercise != found.exercise else None,
        None if said.load_kg in (None, found.load_kg) else f"{said.load_kg:g} kg",
        tables.name(said.load_label) if said.load_label else None,
        None if said.kind is SetKind.WORK else said.kind.value,
    )
    tables.print_set(out, title, _rows(one.reps), _rows(one.partials), _rows(one.deleted))
    if one.form is not None:
        out.print(form_view.line(one.form))


def _print_not_counted(out: Console, found: Session, *, all_: bool) -> None:
    lines, told = [], []
    for r in not_listed(found.rejected, [one.measured for one in found.sets]):
        line = tables.Line(r.start_s, r.end_s, r.reason, r.detail)
        beside = [one for one in found.sets if (one.recording, one.sensor) == (r.recording, r.sensor)]
        lines.append(line)
        if tables.worth_telling(line, [rep for one in beside for rep in one.measured.reps]):
            told.append(line)
    tables.print_not_counted(out, lines, told, all_=all_)


def _rows(reps: Iterable[LoggedRep]) -> Iterable[tables.Row]:
    for one in reps:
        added = ("added",) if one.rep_id is None else ()
        yield tables.Row(
            one.number, one.rep, one.bottom_pause_s, (*map(tables.name, one.signal), *form_view.texts(one.form), *added)
        )


def _print_rest(out: Console, found: Session, ending: str) -> None:
    out.print()
    for edit in found.edits:
        state = "undone" if edit.undone else "" if edit.applied else "no longer fits"
        what = f"undo of {edit.undoes}" if edit.edit is None else _edit(edit.edit)
        out.print(Text.assemble((f"Edit {edit.edit_id:<6}", "dim"), f"{what}  ", (state, "yellow")))
    for answer in found.answers:
        what = f"{tables.name(answer.question)}: {tables.name(str(answer.value))}"
        out.print(Text.assemble(("Said       ", "dim"), what))
    for recording in found.recordings:
        gone = "" if recording.path.exists() else "  (not there any more)"
        line = Text.assemble(("Recording  ", "dim"), notes(str(recording.path)), (gone, "yellow"))
        out.print(line, soft_wrap=True)
    if ending == "cut off":
        for path in (recording.path for recording in found.recordings if recording.path.exists()):
            out.print(Text(f"cut off: kickback replay {notes(quote(str(path)))}", "red"), soft_wrap=True)
    if len(found.scorings) == 1:
        out.print(Text.assemble(("Algorithm  ", "dim"), tables.name(found.scoring.algorithm_version)))
        return
    for number, one in enumerate(found.scorings, start=1):
        words = f"{number}  algorithm {tables.name(one.algorithm_version)}, {day_and_time(one.created_at)}"
        shown = "  shown here" * (one.scoring_id == found.scoring.scoring_id)
        out.print(Text.assemble(("Scoring    ", "dim"), words, (shown, "green"), "  current" * one.current))


def _edit(edit: Edit) -> str:
    match edit:
        case DeleteRep():
            return "repetition deleted"
        case AddRep():
            return "repetition added"
        case ChangeLoad(load_kg=load_kg):
            return "load removed" if load_kg is None else f"load is {load_kg:g} kg"
        case ChangeSide(side=side):
            return f"working side is {side or 'not known'}"
        case ChangeExercise(exercise=exercise):
            return f"exercise is {tables.name(exercise or 'not known')}"
