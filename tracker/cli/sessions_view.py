"""A session as tables."""

from __future__ import annotations

from collections.abc import Iterable
from shlex import quote

from rich.console import Console
from rich.text import Text

from tracker import wording
from tracker.analysis import not_listed
from tracker.cli import form_view, tables
from tracker.cli.edits_view import edit_words
from tracker.journal import LoggedRep, LoggedSet, Session, SetKind
from tracker.journal.text import notes, plain
from tracker.not_counted import Line, worth_telling
from tracker.sensors import estimates_losses
from tracker.wording import day_and_time

ANSWER_LENGTH = 200
"""Of what a person said, in a line."""


def print_session(out: Console, found: Session, ending: str, *, all_: bool = False) -> None:
    """Print what a session holds; ``all_`` of what was not counted, or what is worth telling."""
    out.print(
        tables.heading(
            f"Session {found.uuid[:8]}",
            day_and_time(found.started_at),
            wording.name(found.exercise or "any leg lift"),
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


def _print_set(out: Console, found: Session, one: LoggedSet) -> None:
    said, totals = one.context, one.totals
    title = tables.heading(
        f"Set {one.number}",
        wording.count(totals.reps, "rep"),
        f"{wording.clock(totals.start_s)} to {wording.clock(totals.end_s)}",
        f"{totals.time_under_tension_s:.1f} s under tension",
        f"{said.side} leg" if said.side not in (None, found.working_side) else None,
        wording.name(said.exercise) if said.exercise and said.exercise != found.exercise else None,
        None if said.load_kg in (None, found.load_kg) else f"{said.load_kg:g} kg",
        wording.name(said.load_label) if said.load_label else None,
        None if said.kind is SetKind.WORK else said.kind.value,
    )
    tables.print_set(out, title, _rows(one.reps), _rows(one.partials), _rows(one.deleted))
    if one.form is not None:
        out.print(form_view.line(one.form))


def _print_not_counted(out: Console, found: Session, *, all_: bool) -> None:
    lines, told = [], []
    for r in not_listed(found.rejected, [one.measured for one in found.sets]):
        line = Line(r.start_s, r.end_s, r.reason, r.detail)
        beside = [one for one in found.sets if (one.recording, one.sensor) == (r.recording, r.sensor)]
        lines.append(line)
        if worth_telling(line, [rep for one in beside for rep in one.measured.reps]):
            told.append(line)
    tables.print_not_counted(out, lines, told, all_=all_)


def _rows(reps: Iterable[LoggedRep]) -> Iterable[tables.Row]:
    for one in reps:
        added = ("added",) if one.rep_id is None else ()
        yield tables.Row(
            one.number,
            one.rep,
            one.bottom_pause_s,
            (*map(wording.name, one.signal), *form_view.texts(one.form), *added),
        )


def _print_rest(out: Console, found: Session, ending: str) -> None:
    out.print()
    for edit in found.edits:
        out.print(Text.assemble((f"Edit {edit.edit_id:<6}", "dim"), *edit_words(found, edit)))
    for answer in found.answers:
        what = f"{wording.name(answer.question)}: {plain(wording.answer_words(answer.value), ANSWER_LENGTH)}"
        out.print(Text.assemble(("Said       ", "dim"), what))
    for recording in found.recordings:
        gone = "" if recording.path.exists() else "  (not there any more)"
        line = Text.assemble(("Recording  ", "dim"), notes(str(recording.path)), (gone, "yellow"))
        out.print(line, soft_wrap=True)
    if ending == "cut off":
        for path in (recording.path for recording in found.recordings if recording.path.exists()):
            out.print(Text(f"cut off: kickback replay {notes(quote(str(path)))}", "red"), soft_wrap=True)
    if len(found.scorings) == 1:
        out.print(Text.assemble(("Algorithm  ", "dim"), wording.name(found.scoring.algorithm_version)))
        return
    for number, one in enumerate(found.scorings, start=1):
        words = f"{number}  algorithm {wording.name(one.algorithm_version)}, {day_and_time(one.created_at)}"
        shown = "  shown here" * (one.scoring_id == found.scoring.scoring_id)
        out.print(Text.assemble(("Scoring    ", "dim"), words, (shown, "green"), "  current" * one.current))
