"""``kickback edit``: corrections that destroy nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.errors import BadInputError
from tracker.cli.options import DataDir, ExerciseId, folder_of, profile_of
from tracker.cli.trends import side_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker.journal import Edit, LoggedEdit, LoggedSet, Session

NONE = "none"
"""What takes a load or a label away."""


def edit(
    ctx: typer.Context,
    session: Annotated[
        str, typer.Argument(metavar="SESSION", help="The beginning of its id as log lists it, or: last.")
    ],
    set_: Annotated[int | None, typer.Option("--set", min=1, metavar="N", help="Of this set; else of all.")] = None,
    rep: Annotated[
        int | None, typer.Option("--rep", min=1, metavar="N", help="Which repetition of the set to delete or restore.")
    ] = None,
    load: Annotated[str | None, typer.Option("--load", metavar="KG|none", help="The load was this, per leg.")] = None,
    label: Annotated[
        str | None, typer.Option("--label", metavar="TEXT|none", help="The load was this band or machine.")
    ] = None,
    side: Annotated[str | None, typer.Option("--side", metavar="left|right", help="This leg worked.")] = None,
    exercise: ExerciseId = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="What for: work, warm-up, activation, calibration.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Words in place of the notes.")] = None,
    delete: Annotated[bool, typer.Option("--delete", metavar="", help="Take out the set, or the repetition.")] = False,
    restore: Annotated[bool, typer.Option("--restore", metavar="", help="Bring back what was taken out.")] = False,
    add_rep: Annotated[bool, typer.Option("--add-rep", metavar="", help="Count one more in the set.")] = False,
    undo: Annotated[bool, typer.Option("--undo", metavar="", help="Take back the newest edit.")] = False,
    undo_of: Annotated[
        int | None, typer.Option("--undo-of", metavar="N", help="Take back this edit or undo, as history numbers it.")
    ] = None,
    history: Annotated[bool, typer.Option("--history", metavar="", help="List all edits.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Correct a session; what was measured stays, and all can be undone.

    [dim]Examples[/dim]
      kickback edit last --load 12.5
      kickback edit 3f2a --set 2 --rep 7 --delete
      kickback edit 3f2a --set 1 --kind warm-up
      kickback edit 3f2a --undo
      kickback edit 3f2a --history
    """
    profile_of(exercise)
    asked = [load, label, side, exercise, kind, note, delete, restore, add_rep, undo, undo_of, history]
    if all(one is None or one is False for one in asked):
        raise BadInputError("nothing to do: say what was otherwise, such as --load 12.5, or --history")
    alone = [delete, restore, undo, undo_of is not None, history]
    if sum(alone) > 1 or (any(alone) and any(one is not None for one in (load, label, side, exercise, kind, note))):
        raise BadInputError("--delete, --restore, --undo, --undo-of and --history stand alone")
    if rep is not None and not (delete or restore):
        raise BadInputError("--rep: only with --delete or --restore")
    if set_ is None and (delete or restore or add_rep):
        raise BadInputError("--set: which one? --delete, --restore and --add-rep are of one set")

    from tracker.cli.console import console
    from tracker.cli.edits_view import edit_words, print_history
    from tracker.cli.log import find, open_journal
    from tracker.journal import journal_path

    with open_journal(journal_path(folder_of(ctx, data_dir))) as journal:
        found = find(journal, session)
        if history:
            print_history(console(), found)
            return
        if undo or undo_of is not None or restore:
            done = journal.undo_all(_taken_back(found, set_, rep, undo_of, restore=restore))
        elif delete:
            done = [journal.edit(found.uuid, _deletion(found, set_, rep))]
        else:
            changes = _changes(load=load, label=label, side=side, exercise=exercise, kind=kind, add_rep=add_rep)
            edits = [change(one) for one in _sets(found, set_) for change in changes] if changes else []
            done = journal.edit_all(found.uuid, edits + _notes(note))
        after = journal.session(found.uuid)
    for one in after.edits:
        if one.edit_id in done:
            console().print(f"Edit {one.edit_id}: {edit_words(after, one)[0].strip()}", soft_wrap=True)
    print(f"kickback edit {found.uuid[:8]} --undo takes it back")


def _changes(
    *, load: str | None, label: str | None, side: str | None, exercise: str | None, kind: str | None, add_rep: bool
) -> list[Callable[[LoggedSet], Edit]]:
    """Return what is to be changed in each set that is meant."""
    from tracker.journal import AddRep, ChangeExercise, ChangeKind, ChangeLabel, ChangeLoad, ChangeSide, SetKind

    changes: list[Callable[[LoggedSet], Edit]] = []
    if load is not None:
        load_kg = _load_of(load)
        changes.append(lambda one: ChangeLoad(one.set_id, load_kg))
    if label is not None:
        said = None if label == NONE else label
        changes.append(lambda one: ChangeLabel(one.set_id, said))
    if side is not None:
        leg = side_of(side)
        changes.append(lambda one: ChangeSide(one.set_id, leg))
    if exercise is not None:
        changes.append(lambda one: ChangeExercise(one.set_id, exercise))
    if kind is not None:
        if kind not in list(SetKind):
            raise BadInputError(f"--kind: {kind!r} is none of {', '.join(SetKind)}")
        changes.append(lambda one: ChangeKind(one.set_id, SetKind(kind)))
    if add_rep:
        changes.append(lambda one: AddRep(one.set_id))
    return changes


def _notes(note: str | None) -> list[Edit]:
    from tracker.journal import ChangeNotes

    return [] if note is None else [ChangeNotes(note)]


def _load_of(text: str) -> float | None:
    try:
        load_kg = None if text == NONE else float(text)
    except ValueError:
        load_kg = math.nan
    if load_kg is not None and not (math.isfinite(load_kg) and load_kg >= 0.0):
        raise BadInputError(f"--load: {text!r} is neither kilograms, such as 12.5, nor none")
    return load_kg


def _sets(found: Session, number: int | None) -> Sequence[LoggedSet]:
    chosen = [one for one in found.sets if number in (None, one.number)]
    if not chosen:
        there = ", ".join(str(one.number) for one in found.sets) or "none"
        raise BadInputError(f"--set: session {found.uuid[:8]} has no set {number}; there are: {there}")
    return chosen


def _deletion(found: Session, set_: int | None, rep: int | None) -> Edit:
    from tracker.journal import DeleteRep, DeleteSet

    (one,) = _sets(found, set_)
    if rep is None:
        return DeleteSet(one.set_id)
    gone = next((counted for counted in one.reps if counted.number == rep), None)
    if gone is None:
        raise BadInputError(f"--rep: set {set_} has repetitions 1 to {len(one.reps)}, not {rep}")
    if gone.rep_id is None:
        raise BadInputError(f"--rep: repetition {rep} was added by edit {gone.edit_id}: --undo-of {gone.edit_id}")
    return DeleteRep(gone.rep_id)


def _taken_back(found: Session, set_: int | None, rep: int | None, undo_of: int | None, *, restore: bool) -> list[int]:
    """Return the edits that are to be undone: with the newest, what came in the same moment."""
    if undo_of is not None:
        if undo_of not in [one.edit_id for one in found.edits]:
            raise BadInputError(f"--undo-of: session {found.uuid[:8]} has no edit {undo_of}")
        return [undo_of]
    standing = [one for one in found.edits if one.edit is not None and not one.undone]
    if restore:
        standing = [one for one in standing if _took_out(found, one, set_, rep)]
    if not standing:
        what = f"set {set_}" if rep is None else f"repetition {rep} of set {set_}"
        raise BadInputError(f"--restore: {what} was not taken out" if restore else "--undo: there is no edit left")
    newest = standing[-1]
    return [newest.edit_id] if restore else [one.edit_id for one in standing if one.at == newest.at][::-1]


def _took_out(found: Session, one: LoggedEdit, set_: int | None, rep: int | None) -> bool:
    from tracker.journal import DeleteRep, DeleteSet

    if rep is None:
        gone = [other.set_id for other in found.deleted_sets if other.number == set_]
        return isinstance(one.edit, DeleteSet) and one.edit.set_id in gone
    out = [other for logged in found.sets if logged.number == set_ for other in logged.deleted]
    return isinstance(one.edit, DeleteRep) and any((other.number, other.edit_id) == (rep, one.edit_id) for other in out)
