"""What a person says during a session, as marks in the recording, and what it does to the log.

A mark is recorded like everything else, so a replay repeats it. Nothing that was measured is changed by it: what is
taken back is an edit, which can be undone.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, get_args

from tracker.journal import (
    AddRep,
    ChangeExercise,
    ChangeLoad,
    ChangeSide,
    DeleteRep,
    Edit,
    Journal,
    SessionId,
    SetContext,
    SetKind,
)
from tracker.journal.logged import LoggedSet
from tracker.recording import Marker, MarkerKind, Side


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Repetitions of one set, by their peaks, that a person takes back: edits beside what was measured."""

    recording: int | None
    sensor: int | None
    set_number: int
    peaks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a person answered, as a mark carries it."""

    question: str
    value: Any
    set_number: int | None

    @classmethod
    def of(cls, marker: Marker) -> Told | None:
        """Read a mark; None where a recording holds something else there."""
        with suppress(ValueError, TypeError, KeyError):
            fields = json.loads(marker.text)
            number = fields.get("set")
            return cls(str(fields["question"]), fields["value"], None if number is None else int(number))
        return None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says that a set was: as it is to be, so that saying it twice changes nothing.

    Attributes
    ----------
    set_number
        In the session.
    what, value
        ``load`` (kg or None), ``side``, ``exercise``, ``deleted`` (peaks of the repetitions that do not count), or
        ``added`` (how many were not found).
    """

    set_number: int
    what: str
    value: Any

    @classmethod
    def of(cls, marker: Marker) -> Correction | None:
        """Read a mark; None where a recording holds something else there."""
        with suppress(ValueError, TypeError, KeyError):
            fields = json.loads(marker.text)
            return cls(int(fields["set"]), str(fields["what"]), fields["value"])
        return None

    def mark(self, at_ns: int) -> Marker:
        """Return its mark.

        Examples
        --------
        >>> Correction.of(Correction(2, "load", 7.5).mark(0))
        Correction(set_number=2, what='load', value=7.5)
        """
        fields = {"set": self.set_number, "what": self.what, "value": self.value}
        return Marker(at_ns, MarkerKind.CORRECTION, json.dumps(fields, ensure_ascii=False))


def answer(at_ns: int, question: str, value: Any, *, set_number: int | None = None) -> Marker:
    """Return the mark of an answer.

    Examples
    --------
    >>> Told.of(answer(0, "reserve", 2, set_number=1))
    Told(question='reserve', value=2, set_number=1)
    """
    fields = {"question": question, "value": value} | ({} if set_number is None else {"set": set_number})
    return Marker(at_ns, MarkerKind.ANSWER, json.dumps(fields, ensure_ascii=False))


def told(said: SetContext, marker: Marker) -> SetContext:
    """Return what is known of the sets to come after a mark.

    Examples
    --------
    >>> told(SetContext(side="left"), Marker(0, MarkerKind.LOAD, "12.5")).load_kg
    12.5
    """
    match marker.kind:
        case MarkerKind.SIDE:
            side = next((side for side in get_args(Side) if side == marker.text), said.side)
            return replace(said, side=side)
        case MarkerKind.EXERCISE:
            return replace(said, exercise=marker.text)
        case MarkerKind.KIND:
            with suppress(ValueError):
                return replace(said, kind=SetKind(marker.text))
        case MarkerKind.LOAD:
            if not marker.text:  # a set to warm up: nobody said
                return replace(said, load_kg=None)
            with suppress(ValueError):
                load_kg = float(marker.text)
                return replace(said, load_kg=load_kg) if math.isfinite(load_kg) else said
        case MarkerKind.LABEL:
            return replace(said, load_label=marker.text or None)
    return said


def take_back(journal: Journal, session: SessionId, taken: TakenBack) -> None:
    """Delete repetitions, as edits that can be undone."""
    for one in journal.session(session).sets:
        same_sensor = taken.sensor in (None, one.sensor)  # None: it is the only one
        if not same_sensor or (one.recording, one.measured.number) != (taken.recording, taken.set_number):
            continue
        _delete(journal, session, one, set(taken.peaks))


def correct(journal: Journal, session: SessionId, said: Correction) -> None:
    """Make a set what the person says it was, by edits that can be undone."""
    one = next((one for one in journal.session(session).sets if one.number == said.set_number), None)
    if one is None:
        return
    match said.what, said.value:
        case "deleted", list(peaks):
            _delete(journal, session, one, set(peaks))
            _restore(journal, one, set(peaks))
        case "added", int(count):
            added = [logged.edit_id for logged in one.reps if logged.rep is None]
            for edit_id in added[max(0, count) :]:
                if edit_id is not None:
                    journal.undo(edit_id)
            for _ in range(len(added), count):
                journal.edit(session, AddRep(one.set_id))
        case what, value:
            edit = _change(one, what, value)
            if edit is not None:
                journal.edit(session, edit)


def _delete(journal: Journal, session: SessionId, one: LoggedSet, peaks: set[Any]) -> None:
    for logged in one.reps:
        if logged.rep is not None and logged.rep_id is not None and logged.rep.peak in peaks:
            journal.edit(session, DeleteRep(logged.rep_id))


def _restore(journal: Journal, one: LoggedSet, peaks: set[Any]) -> None:
    """Take back the deletion of all but these."""
    for logged in one.deleted:
        if logged.rep is not None and logged.edit_id is not None and logged.rep.peak not in peaks:
            journal.undo(logged.edit_id)


def _change(one: LoggedSet, what: str, value: Any) -> Edit | None:
    """Return the edit; None where the set is so already, or a recording holds something else there."""
    context = one.context
    match what, value:
        case "load", None | int() | float() if value != context.load_kg:
            return ChangeLoad(one.set_id, None if value is None else float(value))
        case "side", "left" | "right" if value != context.side:
            return ChangeSide(one.set_id, value)
        case "exercise", str() if value != context.exercise:
            return ChangeExercise(one.set_id, value)
    return None
