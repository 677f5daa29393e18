"""``kickback analyze``: what is in a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BAD_INPUT, one_line, tell
from tracker.cli.options import All, BandText, ExerciseId, Json, TempoText, band_of, profile_of, tempo_of

if TYPE_CHECKING:
    from rich.console import Console

    from tracker.analysis import Analysis
    from tracker.coaching.set_form import SetForm
    from tracker.motion.values import ExerciseSet


def analyze(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", readable=False, help="Recordings: .mcap, .csv or .csv.gz.")
    ],
    exercise: ExerciseId = None,
    tempo: TempoText = None,
    band: BandText = None,
    json_: Json = False,
    all_: All = False,
) -> None:
    """Find the repetitions in recordings and measure them.

    Without --exercise, a recording's own header says which it was; where nothing does, any leg lift counts
    that is done three times alike, and nothing is said about the form.

    [dim]Examples[/dim]
      kickback analyze workout.mcap
      kickback analyze workout.mcap --tempo 2-1-3-0 --band 34:44
      kickback analyze samples.csv.gz -e glute-bridge --json | jq '.sets[0]'
    """
    from tracker.analysis import analyze as analyze_file
    from tracker.cli.console import console, progress

    profile, asked_tempo, asked_band = profile_of(exercise), tempo_of(tempo), band_of(band)
    failed = False
    for number, path in enumerate(files):
        with one_line(keep_going=True) as outcome:
            with progress(path.name) as report:
                found = analyze_file(path, profile, tempo=asked_tempo, band=asked_band, progress=report)
            for line in filter(None, (found.unmeasured, found.damage, found.doubt)):
                tell(f"{path}: {line}")
            if json_:
                print(json.dumps(found.to_json(), allow_nan=False))
            else:
                _print(console(), found, first=number == 0, all_=all_)
        failed |= outcome.failed
    if failed:
        raise typer.Exit(BAD_INPUT)


def _print(out: Console, found: Analysis, *, first: bool, all_: bool) -> None:
    from tracker import wording
    from tracker.cli import tables
    from tracker.not_counted import Line, worth_telling

    if not first:
        out.rule(style="dim")
    out.print(
        tables.heading(
            wording.name(found.path.name),
            f"{found.duration_s:.1f} s at {found.rate_hz:.1f} Hz",
            found.exercise or "any leg lift",
            found.working_side and f"{found.working_side} leg",
            None if found.load_kg is None else f"{found.load_kg:g} kg",
        )
    )
    for number, (one, form) in enumerate(zip(found.sets, found.form, strict=True), start=1):
        out.print()
        _print_set(out, number, one, form)
    if not found.sets:
        out.print("\nNo repetitions found.", style="bold")
    lines = [Line(r.start_s, r.end_s, r.reason.value, r.detail) for r in found.rejected]
    counted = [rep for one in found.sets for rep in one.reps]
    tables.print_not_counted(out, lines, (line for line in lines if worth_telling(line, counted)), all_=all_)
    if found.gaps:
        out.print("\n" + tables.gap_line(found.gaps, estimated=found.losses_estimated), style="yellow")


def _print_set(out: Console, number: int, one: ExerciseSet, form: SetForm | None) -> None:
    from tracker import wording
    from tracker.cli import form_view, tables

    title = tables.heading(
        f"Set {number}",
        wording.count(len(one.reps), "rep"),
        f"{wording.clock(one.start_s)} to {wording.clock(one.end_s)}",
        f"{one.time_under_tension_s:.1f} s under tension",
    )
    counted = form_view.beside(one.reps, form.reps if form else None)
    pauses = enumerate(zip(counted, one.bottom_pauses_s, strict=True), start=1)
    reps = (tables.Row(i, rep, pause_s, (*rep.flags, *form_view.texts(found))) for i, ((rep, found), pause_s) in pauses)
    others = enumerate(form_view.beside(one.partials, form.partials if form else None), start=1)
    partials = (tables.Row(i, rep, None, (*rep.flags, *form_view.texts(found))) for i, (rep, found) in others)
    tables.print_set(out, title, reps, partials)
    if form is not None:
        out.print(form_view.line(form))
