"""Options that several commands share, and what they mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tracker.cli.errors import BadInputError
from tracker.exercises import Exercise, exercises
from tracker.exercises import exercise as exercise_with

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
