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
from tracker.cli.outputs import written


def export(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SESSION|FILE", help="The beginning of a session's id, last, or a recording.")
    ],
    what: Annotated[str, typer.Option("--what", "-w", metavar="reps|samples", help="What to write.")] = "reps",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", readable=False, help="Else standard output; .gz compresses."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace a file that exists.")] = False,
    exercise: ExerciseId = None,
    data_dir: DataDir = None,
) -> None:
    """Write repetitions or samples as CSV.

    reps: a row per repetition of a session (corrections applied) or of a recording. samples: what the sensor
    measured, in the columns that analyze reads.

    [dim]Examples[/dim]
      kickback export last -o reps.csv
      kickback export workout.mcap --what samples -o samples.csv.gz
    """
    if what not in ("reps", "samples"):
        raise BadInputError(f"--what: {what!r} is not reps or samples")
    profile = profile_of(exercise)

    from tracker.cli import exporting
    from tracker.cli.log import find, open_journal
    from tracker.journal import journal_path

    is_file = Path(source).name.lower().endswith((".mcap", ".csv", ".csv.gz")) or Path(source).exists()
    if profile is not None and (what == "samples" or not is_file):
        raise BadInputError("--exercise: only for the repetitions of a recording; a session has been measured")
    if is_file:
        sources = [Path(source)]
        rows = exporting.file_rows(sources[0], profile)
    else:
        with open_journal(journal_path(folder_of(ctx, data_dir))) as journal:
            session = find(journal, source)
        sources = [recording.path for recording in session.recordings]
        rows = exporting.session_rows(session)
        if what == "samples":
            sources = [_only(session.uuid, sources)]
    with _target(output, sources, force=force) as target:
        if what == "reps":
            exporting.write_rows(target, rows)
        else:
            exporting.write_samples(target, sources[0])


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
        target = Path(aside) / "output.csv"
        yield target
        with target.open("rb") as file:
            while block := file.read(1 << 16):
                sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
