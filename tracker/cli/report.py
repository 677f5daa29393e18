"""``kickback report``: a session as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BadInputError, needs, tell
from tracker.cli.options import BandText, DataDir, ExerciseId, TempoText, band_of, folder_of, profile_of, tempo_of
from tracker.cli.outputs import check_outputs, written

if TYPE_CHECKING:
    from tracker.coaching.range_band import RangeBand
    from tracker.coaching.targets import Targets, Tempo
    from tracker.journal import SetContext
    from tracker.report import Asked


def report(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SESSION|FILE", help="The beginning of a session's id, last, or a recording.")
    ] = "last",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.html", readable=False, help="Else named after what it shows."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace a file that exists.")] = False,
    exercise: ExerciseId = None,
    tempo: TempoText = None,
    band: BandText = None,
    data_dir: DataDir = None,
) -> None:
    """Make a page of a session: to look at, to print, to keep.

    One HTML file that opens offline: the whole session, each set's repetitions on top of each other, tempo and range
    against what was asked for, what was not counted and why, and what to do next time.

    [dim]Examples[/dim]
      kickback report
      kickback report 3f2a -o monday.html
      kickback report workout.mcap --exercise cable --band 34:44
    """
    profile, asked_tempo, asked_band = profile_of(exercise), tempo_of(tempo), band_of(band)
    is_file = Path(source).name.lower().endswith((".mcap", ".csv", ".csv.gz")) or Path(source).exists()
    if not is_file and (profile or asked_tempo or asked_band):
        raise BadInputError("--exercise, --tempo and --band: only for a recording; a session has been measured")

    with needs("report", "report"):
        from tracker.cli.pages import report_page
        from tracker.report.page import render

    if is_file:
        from tracker.exports.workout import workout_of_file
        from tracker.report import report_of

        path = Path(source)
        output = output or Path(path.name.split(".")[0] + ".html")
        check_outputs([output], force=force, sources=[path])
        sources = [path]
        workout = workout_of_file(path, profile, tempo=asked_tempo, band=asked_band)
        for line in workout.remarks:
            tell(f"{path}: {line}")
        page = render(report_of(workout, _asked_of_file(asked_tempo, asked_band)))
    else:
        from tracker.cli.log import find, open_journal
        from tracker.journal import journal_path

        with open_journal(journal_path(folder_of(ctx, data_dir))) as journal:
            session = find(journal, source)
            sources = [recording.path for recording in session.recordings]
            output = output or Path(f"{session.started_at:%Y-%m-%d}_{session.uuid[:8]}.html")
            check_outputs([output], force=force, sources=sources)
            page = report_page(journal, session)
    with written(output, force=force, sources=sources) as (target,):
        target.write_text(page, encoding="utf-8")
    print(output)


def _asked_of_file(tempo: Tempo | None, band: RangeBand | None) -> Asked:
    from tracker.coaching.targets import targets_of
    from tracker.exercises import exercises

    def asked(said: SetContext) -> Targets | None:
        profile = exercises().get(said.exercise or "")
        return targets_of(profile, tempo=tempo, band=band) if profile else None

    return asked
