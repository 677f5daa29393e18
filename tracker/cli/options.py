"""Options that several commands share, and what they mean."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BadInputError
from tracker.exercises import Exercise, exercises
from tracker.exercises import exercise as exercise_with

if TYPE_CHECKING:
    from tracker.coaching.range_band import RangeBand
    from tracker.coaching.targets import Tempo

TRAIN_PANEL = "Train"
REVIEW_PANEL = "Review"
DATA_PANEL = "Files"


def _exercise_ids() -> list[str]:
    return list(exercises())


ExerciseId = Annotated[
    str | None,
    typer.Option(
        "--exercise",
        "-e",
        metavar="ID",
        autocompletion=_exercise_ids,
        help=f"One of: {', '.join(exercises())}.",
    ),
]
DataDir = Annotated[
    str | None, typer.Option("--data-dir", metavar="DIR", help="Where the journal and the recordings lie.")
]
All = Annotated[
    bool,
    typer.Option("--all", metavar="", help="List all that was not counted, each step of a walk as well."),
]
Json = Annotated[bool, typer.Option("--json", metavar="", help="Print JSON instead of tables.")]
TempoText = Annotated[
    str | None,
    typer.Option(
        "--tempo",
        metavar="L-H-R-P",
        help="The tempo asked for: seconds of lift, hold, return and pause, such as 2-1-3-0.",
    ),
]
BandText = Annotated[
    str | None,
    typer.Option(
        "--band",
        metavar="FLOOR:CEILING",
        help="The personal range band in degrees, such as 34:44 [dim](kickback calibrate makes one)[/dim].",
    ),
]


def tempo_of(text: str | None) -> Tempo | None:
    """Return the tempo that a person asked for.

    Raises
    ------
    BadInputError
        It is not four numbers of seconds.
    """
    if text is None:
        return None
    from tracker.coaching.targets import Tempo

    seconds = _numbers(text, "-", 4)
    if seconds is None or min(seconds) < 0 or 0 in (seconds[0], seconds[2]):
        raise BadInputError(f"--tempo: {text!r} is not lift-hold-return-pause in seconds, such as 2-1-3-0")
    return Tempo.around(*seconds)


def band_of(text: str | None) -> RangeBand | None:
    """Return the range band that a person asked for; the target is its middle.

    Raises
    ------
    BadInputError
        It is not two numbers of degrees, the smaller one first.
    """
    if text is None:
        return None
    from tracker.coaching.range_band import RangeBand

    degrees = _numbers(text, ":", 2)
    try:
        if degrees is None:
            raise ValueError(f"{text!r} is not FLOOR:CEILING in degrees, such as 34:44")
        return RangeBand(degrees[0], sum(degrees) / 2, degrees[1])
    except ValueError as error:
        raise BadInputError(f"--band: {error}") from None


def _numbers(text: str, between: str, count: int) -> list[float] | None:
    parts = text.split(between)
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None


def profile_of(id_: str | None) -> Exercise | None:
    """Return the profile with this id.

    Raises
    ------
    BadInputError
        There is none; the line lists those there are.
    """
    try:
        return None if id_ is None else exercise_with(id_)
    except ValueError as error:
        raise BadInputError(f"--exercise: {error}") from None


def folder_of(ctx: typer.Context, data_dir: str | None) -> Path:
    """Return the data folder: the command's option, the global one, the environment, the system's place.

    Raises
    ------
    BadInputError
        It is empty, or lies where no folder can be.
    """
    from tracker.journal.data_folder import data_folder

    asked = ctx.obj if data_dir is None else data_dir
    if asked == "":
        raise BadInputError("--data-dir: is empty, expected a folder")
    folder = data_folder(None if asked is None else Path(asked))
    there = next((path for path in (folder, *folder.parents) if os.path.lexists(path)), folder)
    if os.path.lexists(there) and not there.is_dir():
        raise BadInputError(f"{folder}: {'' if there == folder else f'{there} '}is not a folder")
    return folder
