"""``kickback export`` and ``kickback recover``: from and to files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tracker.cli.errors import BadInputError
from tracker.cli.options import DataDir, ExerciseId, folder_of, profile_of
from tracker.cli.outputs import check_outputs, written

TABLES = (
    "session",
    "sensors",
    "recordings",
    "sets",
    "reps",
    "partials",
    "deleted",
    "form",
    "rejected",
    "gaps",
    "edits",
    "answers",
)
"""For the help, which must not load what writes them; a test compares."""


def export(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SESSION|FILE", help="The beginning of a session's id, last, or a recording.")
    ],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="csv, json, parquet, strong, fit, motion-bids or mcap [dim](else as the output's name says)[/dim].",
        ),
    ] = None,
    what: Annotated[
        str | None,
        typer.Option(
            "--what",
            "-w",
            metavar="reps|samples|all|TABLE",
            help=f"What to write as csv, json or parquet; a table is one of: {', '.join(TABLES)}.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", readable=False, help="Else standard output; .gz compresses."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace a file that exists.")] = False,
    exercise: ExerciseId = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", metavar="LABEL", help="What to call the person in motion-bids [dim](else 01)[/dim]."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write a session, or what is in a recording, for other programs.

    csv, json, parquet: every table (corrections applied), or the samples in the columns that analyze reads.
    strong: for logs of strength training. fit: an activity for Garmin Connect. motion-bids: a folder for research.
    mcap: decoded channels for Foxglove. Loads are per leg; sets and repetitions count from 1.

    [dim]Examples[/dim]
      kickback export last -o reps.csv
      kickback export last -o workout.fit
      kickback export last --what all -o everything.zip
      kickback export workout.mcap --what samples -o samples.csv.gz
    """
    from tracker.exports import formats

    kind = formats.format_of(format_, output)
    wanted = what or (formats.ALL if output is not None and output.suffix == ".zip" else kind.choices[0])
    profile = profile_of(exercise)

    from tracker.cli.log import find, open_journal
    from tracker.exports.workout import Workout, workout_of, workout_of_file
    from tracker.journal import journal_path

    samples = kind.measures or wanted == formats.SAMPLES
    is_file = Path(source).name.lower().endswith((".mcap", ".csv", ".csv.gz")) or Path(source).exists()
    if profile is not None and ((wanted == formats.SAMPLES and not kind.measures) or not is_file):
        raise BadInputError("--exercise: only for the repetitions of a recording; a session has been measured")
    if is_file:
        sources = [Path(source)]

        def workout() -> Workout:
            return workout_of_file(sources[0], profile)
    else:
        with open_journal(journal_path(folder_of(ctx, data_dir))) as journal:
            session = find(journal, source)
        sources = [recording.path for recording in session.recordings]
        if samples:
            sources = [_only(session.uuid, sources)]

        def workout() -> Workout:
            return workout_of(session)

    if output is not None:
        check_outputs([output], force=True, sources=sources)  # what would destroy something is said first
    if wanted not in kind.choices:
        raise BadInputError(f"--what: {kind.name} can hold {', '.join(kind.choices)}, not {wanted!r}")
    if output is None and (not kind.text or (wanted == formats.ALL and kind.name != "json")):
        raise BadInputError(f"--output: {kind.name} {'' if kind.text else 'is not text, '}needs a path to write to")
    if subject is not None and kind.name != "motion-bids":
        raise BadInputError(f"--subject: only for motion-bids, not {kind.name}")
    with _target(output, sources, force=force) as target:
        formats.write(
            target, kind, wanted, workout=workout, source=sources[0] if samples else None, subject=subject or "01"
        )


def recover(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", readable=False, help="A recording that was cut off or damaged.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="PATH", readable=False, help="The copy; else FILE with .recovered.mcap."
        ),
    ] = None,
) -> None:
    """Make a whole copy of a recording that was cut off.

    Nothing is replaced. Cut-off recordings can be analyzed and replayed as they are; other programs want the copy.

    [dim]Example[/dim]
      kickback recover workout.mcap
    """
    from tracker.cli.console import say
    from tracker.recording import recover as recover_file

    copy = output or file.with_name(file.name.removesuffix(".mcap") + ".recovered.mcap")
    report = recover_file(file, copy)
    say(f"{copy}: {report.events} events and {report.markers} marks, {report.seconds:.1f} s")
    say(f"the original: {report.lost}")


def _only(session: str, paths: list[Path]) -> Path:
    if len(paths) == 1:
        return paths[0]
    if not paths:
        raise BadInputError(f"session {session[:8]} has no recording")
    raise BadInputError(f"session {session[:8]} has several recordings, name one: {', '.join(map(str, paths))}")


@contextmanager
def _target(output: Path | None, sources: Sequence[Path], *, force: bool) -> Iterator[Path]:
    """Give a path to write to: a neighbour that takes the name at the end, or a file that then is printed."""
    if output is not None:
        with written(output, force=force, sources=sources) as (target,):
            yield target
        return
    with TemporaryDirectory(prefix="kickback-") as aside:
        target = Path(aside) / "output"
        yield target
        with target.open("rb") as file:
            while block := file.read(1 << 16):
                sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
