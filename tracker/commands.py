"""What a person says during a session, as marks in the recording, and what it does to the log.

A mark is recorded like everything else, so a replay repeats it. Nothing that was measured is changed by it: what is
taken back is an edit, which can be undone.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tracker.journal import DeleteRep, Journal, SessionId
from tracker.recording import Marker, MarkerKind


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


def answer(at_ns: int, question: str, value: Any, *, set_number: int | None = None) -> Marker:
    """Return the mark of an answer.

    Examples
    --------
    >>> Told.of(answer(0, "reserve", 2, set_number=1))
    Told(question='reserve', value=2, set_number=1)
    """
    fields = {"question": question, "value": value} | ({} if set_number is None else {"set": set_number})
    return Marker(at_ns, MarkerKind.ANSWER, json.dumps(fields, ensure_ascii=False))


def take_back(journal: Journal, session: SessionId, taken: TakenBack) -> None:
    """Delete repetitions, as edits that can be undone."""
    for one in journal.session(session).sets:
        same_sensor = taken.sensor in (None, one.sensor)  # None: it is the only one
        if not same_sensor or (one.recording, one.measured.number) != (taken.recording, taken.set_number):
            continue
        for logged in one.reps:
            if logged.rep is not None and logged.rep.peak in taken.peaks and logged.rep_id is not None:
                journal.edit(session, DeleteRep(logged.rep_id))
