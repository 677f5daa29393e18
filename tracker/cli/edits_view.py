"""Edits in words: which set, what became of it, and whether it still counts."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tracker import wording
from tracker.journal import (
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
    LoggedEdit,
    Session,
)
from tracker.wording import day_and_time


def print_history(out: Console, found: Session) -> None:
    """Print all edits and undos, oldest first."""
    if not found.edits:
        out.print(f"Session {found.uuid[:8]}: nothing was edited.")
    for edit in found.edits:
        head = (f"Edit {edit.edit_id:<6}{day_and_time(edit.at)}  ", "dim")
        out.print(Text.assemble(head, *edit_words(found, edit)))


def edit_words(found: Session, one: LoggedEdit) -> tuple[str, tuple[str, str]]:
    """Return what an edit did, and what became of it with its style."""
    state = "undone" if one.undone else "" if one.applied else "no longer fits"
    what = f"undo of {one.undoes}" if one.edit is None else _where(found, one.edit) + _what(one.edit)
    return f"{what}  ", (state, "yellow")


def _where(found: Session, edit: Edit) -> str:
    """Return the set that an edit is of; empty where the scoring shown does not have it."""
    for one in (*found.sets, *found.deleted_sets):
        here = {rep.rep_id: rep for rep in (*one.reps, *one.partials, *one.deleted)}
        if isinstance(edit, DeleteRep) and edit.rep_id in here:
            return f"set {one.number}, repetition {here[edit.rep_id].number}: "
        if not isinstance(edit, DeleteRep | ChangeNotes) and edit.set_id == one.set_id:
            return f"set {one.number}: "
    return ""


def _what(edit: Edit) -> str:
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
            return f"exercise is {wording.name(exercise or 'not known')}"
        case ChangeKind(kind=kind):
            return f"it was a set of {kind.value}"
        case ChangeLabel(load_label=label):
            return "label removed" if label is None else f"load is {wording.name(label)}"
        case DeleteSet():
            return "set deleted"
        case ChangeNotes(notes=notes):
            return f"note is {wording.name(notes)!r}" if notes else "note removed"
