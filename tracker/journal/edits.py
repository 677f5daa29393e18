"""What a person may change, and how it shows: measured rows stay, reading applies the edits.

An edit names a row and keeps its place (recording, sensor, from, to). In the scoring it was made in, the
row is found by its id. In another scoring of the same session, it is what overlaps that place most, by at
least half of the shorter one; so a corrected load or a deleted ghost survives a newer algorithm. Where
nothing fits, the edit is kept and marked as not applied: a deleted ghost that is no longer found, an added
repetition that now is. One that was added without numbers has no place of its own: it counts where the set would
otherwise have fewer repetitions than the person said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.journal.logged import LoggedEdit, LoggedRep, LoggedSet
from tracker.journal.values import SetContext, SetKind, Side
from tracker.motion.values import Rep


@dataclass(frozen=True, slots=True)
class DeleteRep:
    """Take out a measured repetition or partial."""

    rep_id: int


@dataclass(frozen=True, slots=True)
class AddRep:
    """Count one more. Its numbers may be those of a partial or of a rejected excursion; None: no numbers.

    Without numbers its place in time is only its set's.
    """

    set_id: int
    rep: Rep | None = None


@dataclass(frozen=True, slots=True)
class ChangeLoad:
    """Correct the load of a set, kg per leg."""

    set_id: int
    load_kg: float | None


@dataclass(frozen=True, slots=True)
class ChangeSide:
    """Correct the working side of a set."""

    set_id: int
    side: Side | None


@dataclass(frozen=True, slots=True)
class ChangeExercise:
    """Correct the exercise of a set."""

    set_id: int
    exercise: str | None


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """Correct what a set was for."""

    set_id: int
    kind: SetKind


@dataclass(frozen=True, slots=True)
class ChangeLabel:
    """Correct the label of a load that is no mass, such as a band's colour."""

    set_id: int
    load_label: str | None


@dataclass(frozen=True, slots=True)
class DeleteSet:
    """Take out a whole set: what was counted was none."""

    set_id: int


@dataclass(frozen=True, slots=True)
class ChangeNotes:
    """Put other words in place of the session's notes."""

    notes: str


Edit = (
    DeleteRep | AddRep | ChangeLoad | ChangeSide | ChangeExercise | ChangeKind | ChangeLabel | DeleteSet | ChangeNotes
)

SAME_PLACE = 0.5
"""Least overlap, as a share of the shorter one, for two windows to mean the same movement."""


NO_SET = 0
"""No row has this id."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an edited row lies in the session."""

    recording: int | None
    sensor: int | None
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """A row of the ledger: an edit at its place, or an undo.

    Attributes
    ----------
    set_id
        The set it was made in.
    measured
        Repetitions that were measured in that set.
    change
        By how much it changes their count.
    """

    edit_id: int
    at: datetime
    edit: Edit | None
    place: Place | None
    undoes: int | None
    set_id: int = NO_SET
    measured: int = 0
    change: int = 0

    @property
    def has_numbers(self) -> bool:
        """False for a repetition that was only said to be one more."""
        return not isinstance(self.edit, AddRep) or self.edit.rep is not None


def apply(
    sets: Iterable[LoggedSet], ledger: Sequence[StoredEdit]
) -> tuple[tuple[LoggedSet, ...], tuple[LoggedEdit, ...]]:
    """Return the sets with the ledger applied in order, and what became of each edit."""
    shown = list(sets)
    undone = undone_edits(ledger)
    active = [entry for entry in ledger if entry.edit_id not in undone]
    said = Counter[int]()  # by how much the person changed a set's count
    done: set[int] = set()
    for entry in sorted(active, key=lambda entry: not entry.has_numbers):  # what has no numbers of its own, last
        said[entry.set_id] += entry.change
        if entry.undoes is not None or _apply_one(shown, entry, entry.measured + said[entry.set_id]):
            done.add(entry.edit_id)
    return tuple(shown), tuple(
        LoggedEdit(
            edit_id=entry.edit_id,
            at=entry.at,
            edit=entry.edit,
            undoes=entry.undoes,
            undone=entry.edit_id in undone,
            applied=entry.edit_id in done,
        )
        for entry in ledger
    )


def said_at(sets: Sequence[LoggedSet], place: Place) -> SetContext | None:
    """Return what was said of the set at a place, before edits; None if there is none."""
    one = set_at(sets, place)
    return None if one is None else one.said


def set_at(sets: Sequence[LoggedSet], place: Place) -> LoggedSet | None:
    """Return the set at a place; None if there is none."""
    index = _find_set(sets, NO_SET, place)
    return None if index is None else sets[index]


def notes_shown(ledger: Sequence[StoredEdit]) -> str | None:
    """Return the notes that an edit put in place of the session's own; None: no edit did."""
    undone = undone_edits(ledger)
    said = [one.edit.notes for one in ledger if isinstance(one.edit, ChangeNotes) and one.edit_id not in undone]
    return said[-1] if said else None


def undone_edits(ledger: Sequence[StoredEdit]) -> frozenset[int]:
    """Return the ids of the edits taken back; an undo can be taken back too."""
    undone: set[int] = set()
    for entry in reversed(ledger):
        if entry.undoes is not None and entry.edit_id not in undone:
            undone.add(entry.undoes)
    return frozenset(undone)


def _apply_one(shown: list[LoggedSet], entry: StoredEdit, said: int) -> bool:
    """Apply an edit if it fits; ``said`` repetitions the person says the set has, by all edits until this one."""
    edit, place = entry.edit, entry.place
    if isinstance(edit, ChangeNotes):  # of the session, wherever its sets lie
        return True
    if edit is None or place is None:
        return False
    if isinstance(edit, DeleteRep):
        return _delete(shown, edit, place, entry.edit_id)
    index = _find_set(shown, edit.set_id, place)
    if index is None:
        return False
    if isinstance(edit, DeleteSet):
        del shown[index]
        return True
    changed = _changed(shown[index], edit, entry.edit_id, said)
    if changed is None:
        return False
    shown[index] = replace(changed, edits=(*changed.edits, entry.edit_id))
    return True


def _changed(
    logged: LoggedSet,
    edit: AddRep | ChangeLoad | ChangeSide | ChangeExercise | ChangeKind | ChangeLabel,
    by: int,
    said: int,
) -> LoggedSet | None:
    match edit:
        case AddRep():
            return _added(logged, edit, by, said)
        case ChangeLoad():
            return replace(logged, context=replace(logged.context, load_kg=edit.load_kg))
        case ChangeSide():
            return replace(logged, context=replace(logged.context, side=edit.side))
        case ChangeExercise():
            return replace(logged, context=replace(logged.context, exercise=edit.exercise))
        case ChangeKind():
            return replace(logged, context=replace(logged.context, kind=edit.kind))
        case ChangeLabel():
            return replace(logged, context=replace(logged.context, load_label=edit.load_label))


def _added(logged: LoggedSet, edit: AddRep, by: int, said: int) -> LoggedSet | None:
    rep = edit.rep
    if edit.set_id != logged.set_id:  # another scoring: it may have found the repetition itself
        if rep is None and len(logged.reps) >= said:
            return None
        if rep and any(_share(other.rep, rep.start_s, rep.end_s) >= SAME_PLACE for other in logged.reps):
            return None
    signal = () if rep is None else tuple(flag.value for flag in rep.flags)
    added = LoggedRep(number=0, rep=rep, signal=signal, edit_id=by)
    return replace(logged, reps=_in_order((*logged.reps, added)))


def _delete(shown: list[LoggedSet], edit: DeleteRep, place: Place, by: int) -> bool:
    found = _find_rep(shown, edit.rep_id, place)
    if found is None:
        return False
    index, gone = found
    logged = shown[index]
    shown[index] = replace(
        logged,
        reps=_in_order(rep for rep in logged.reps if rep is not gone),
        partials=_in_order(rep for rep in logged.partials if rep is not gone),
        deleted=(*logged.deleted, replace(gone, edit_id=by)),
        edits=(*logged.edits, by),
    )
    return True


def _find_set(shown: Sequence[LoggedSet], set_id: int, place: Place) -> int | None:
    best, best_share = None, SAME_PLACE
    for index, logged in enumerate(shown):
        if logged.set_id == set_id:
            return index
        share = _overlap(logged.measured.start_s, logged.measured.end_s, place.start_s, place.end_s)
        if _same_stream(logged, place) and share >= best_share:
            best, best_share = index, share
    return best


def _find_rep(shown: Sequence[LoggedSet], rep_id: int, place: Place) -> tuple[int, LoggedRep] | None:
    best, best_share = None, SAME_PLACE
    for index, logged in enumerate(shown):
        for rep in (*logged.reps, *logged.partials):
            if rep.rep_id == rep_id:
                return index, rep
            share = _share(rep.rep, place.start_s, place.end_s)
            if rep.rep_id is not None and _same_stream(logged, place) and share >= best_share:
                best, best_share = (index, rep), share
    return best


def _same_stream(logged: LoggedSet, place: Place) -> bool:
    return (logged.recording, logged.sensor) == (place.recording, place.sensor)


def _share(rep: Rep | None, start_s: float, end_s: float) -> float:
    return 0.0 if rep is None else _overlap(rep.start_s, rep.end_s, start_s, end_s)


def _overlap(start_s: float, end_s: float, other_start_s: float, other_end_s: float) -> float:
    """Return the common part of two windows as a share of the shorter one."""
    shorter = min(end_s - start_s, other_end_s - other_start_s)
    common = min(end_s, other_end_s) - max(start_s, other_start_s)
    return common / shorter if shorter > 0 and common > 0 else 0.0


def _in_order(reps: Iterable[LoggedRep]) -> tuple[LoggedRep, ...]:
    """Return the repetitions by time, those without a time last, numbered from 1."""
    ordered = sorted(reps, key=lambda rep: float("inf") if rep.rep is None else rep.rep.start_s)
    return tuple(replace(rep, number=number) for number, rep in enumerate(ordered, start=1))
