"""Numbers, names and times as people read them, the same in the terminal and on a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tracker.journal import SessionSummary
from tracker.journal.text import NAME_LENGTH, plain

MISSING = "–"


def name(text: str) -> str:
    """Return a name from a device, a file or a header so that it fits a line and does no harm."""
    return plain(text, NAME_LENGTH)


def clock(seconds: float, digits: int = 1) -> str:
    """Return a stream time as minutes and seconds.

    Examples
    --------
    >>> clock(81.25, 2), clock(59.99), clock(3725.0, 0)
    ('1:21.25', '1:00.0', '62:05')
    """
    minutes, rest = divmod(round(abs(seconds), digits), 60.0)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{int(minutes)}:{rest:0{digits + 3 if digits else 2}.{digits}f}"


def count(how_many: int, what: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "rep"), count(2, "rep")
    ('1 rep', '2 reps')
    """
    return f"{how_many} {what}" if how_many == 1 else f"{how_many} {what}s"


def day_and_time(when: datetime) -> str:
    """Return a time of day as the person's own clock showed it."""
    return f"{when:%Y-%m-%d %H:%M}"


def session_cells(one: SessionSummary, ending: str) -> dict[str, str]:
    """Return what the log has of a session in its line, by column."""
    return {
        "session": one.uuid[:8],
        "began": day_and_time(one.started_at),
        "exercise": name(one.exercise or "any leg lift"),
        "side": one.working_side or MISSING,
        "kg": MISSING if one.load_kg is None else f"{one.load_kg:g}",
        "sets": str(one.sets),
        "reps": str(one.reps),
        "tension": clock(one.time_under_tension_s, 0),
        "ended": ending,
    }


def answer_words(value: object) -> str:
    """Return what a person answered, for people.

    Examples
    --------
    >>> answer_words(["glute", "low-back"]), answer_words({"sets": 3, "from": 10, "to": 15, "tempo": "2-1-3-0"})
    ('glute, low-back', '3 × 10-15, tempo 2-1-3-0')
    >>> answer_words({"answer": "declined", "words": "7.5 kg per leg in place of 5 kg per leg", "sets": 3})
    'declined: 7.5 kg per leg in place of 5 kg per leg'
    >>> answer_words([False, True])
    'no, yes'
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if {"answer", "words"} <= value.keys():
            return f"{value['answer']}: {value['words']}"
        if {"sets", "from", "to", "tempo"} <= value.keys():
            return f"{value['sets']} × {value['from']}-{value['to']}, tempo {value['tempo']}"
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return ", ".join(map(answer_words, value)) if isinstance(value, list) else str(value)
