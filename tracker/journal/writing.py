"""From values to rows. Called inside a write transaction; what raises here is rolled back as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tracker.coaching.plan import PLAN
from tracker.journal import checked, edits, form_rows, reading, rows, sql
from tracker.journal.errors import JournalError
from tracker.journal.logged import Answer, LoggedEdit, LoggedSet
from tracker.journal.text import NAME_LENGTH, notes, plain, plain_json
from tracker.journal.totals import totals
from tracker.journal.values import (
    Ending,
    Scored,
    ScoredGap,
    ScoredRejected,
    ScoredSet,
    Sensor,
    SessionId,
    SessionStart,
    SetContext,
)

MOST_SENSORS = 2
"""One per ankle."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def begin(connection: sqlite3.Connection, session: SessionId, start: SessionStart) -> None:
    """Insert a session and its live scoring."""
    cells = (
        session,
        checked.moment(start.started_at),
        (start.started_at - _EPOCH) // timedelta(microseconds=1),
        checked.name(start.exercise),
        checked.side(start.working_side),
        checked.side(start.sensor_side),
        checked.load(start.load_kg),
        notes(start.notes),
    )
    session_id = _insert(connection, sql.INSERT_SESSION, cells)
    version = plain(start.algorithm_version, NAME_LENGTH)
    _insert(connection, sql.INSERT_SCORING, (session_id, version, checked.moment(start.started_at), 1))


def end(connection: sqlite3.Connection, session_id: int, ended_at: datetime, ending: Ending, words: str | None) -> None:
    """Note when and how a session ended."""
    kept = None if words is None else notes(words)
    connection.execute(sql.END_SESSION, (checked.moment(ended_at), Ending(ending).value, kept, session_id))


def reopen(connection: sqlite3.Connection, session_id: int) -> None:
    """Forget that a session ended."""
    connection.execute(sql.END_SESSION, (None, None, None, session_id))


def add_sensor(connection: sqlite3.Connection, session_id: int, sensor: Sensor) -> int:
    """Insert a sensor; return its number."""
    number = len(_sensors(connection, session_id)) + 1
    if number > MOST_SENSORS:
        raise JournalError(f"the session already has {MOST_SENSORS} sensors, one per ankle")
    texts = (plain(text, NAME_LENGTH) for text in (sensor.family, sensor.name, sensor.address))
    connection.execute(
        sql.INSERT_SENSOR, (session_id, number, *texts, checked.side(sensor.side), plain_json(sensor.info))
    )
    return number


def relative(path: Path, folder: Path) -> str:
    """Return how a recording's path is stored: below the journal's folder relative to it, else absolute."""
    absolute, home = path.absolute().resolve(), folder.resolve()
    return absolute.relative_to(home).as_posix() if absolute.is_relative_to(home) else str(absolute)


def add_recording(
    connection: sqlite3.Connection, session_id: int, path: str, sha256: str | None, seconds: float | None
) -> int:
    """Insert a recording, read by the current scoring; return its number."""
    number = len(_recordings(connection, session_id)) + 1
    connection.execute(sql.INSERT_RECORDING, (session_id, number, path, checked.name(sha256), checked.maybe(seconds)))
    scoring_id = reading.current_scoring(connection, session_id)
    connection.execute(sql.INSERT_SCORING_RECORDING, (scoring_id, session_id, number))
    return number


def close_recording(
    connection: sqlite3.Connection, session_id: int, number: int, sha256: str | None, seconds: float | None
) -> None:
    """Note a finished recording's hash and length."""
    cells = (checked.name(sha256), checked.maybe(seconds), session_id, number)
    if connection.execute(sql.CLOSE_RECORDING, cells).rowcount != 1:
        raise JournalError(f"the session has no recording {number}")


def save_set(connection: sqlite3.Connection, session_id: int, scoring_id: int, scored: ScoredSet) -> int:
    """Insert a set with its repetitions and totals; return its id."""
    set_id = _insert_set(connection, session_id, scoring_id, scored)
    if reading.read_ledger(connection, session_id):
        _refresh_totals(connection, session_id)
    else:
        answers = reading.read_answers(connection, session_id)
        _insert_totals(connection, session_id, reading.read_set(connection, session_id, set_id), answers)
    return set_id


def save(
    connection: sqlite3.Connection,
    session_id: int,
    scoring_id: int,
    found: Iterable[ScoredSet | ScoredRejected | ScoredGap],
) -> None:
    """Insert sets, what was not counted, and holes in the stream."""
    for scored in found:
        if isinstance(scored, ScoredSet):
            save_set(connection, session_id, scoring_id, scored)
        else:
            _insert_other(connection, session_id, scoring_id, scored)


def answer(
    connection: sqlite3.Connection,
    session_id: int,
    question: str,
    value: object,
    set_number: int | None,
    at: datetime,
) -> None:
    """Insert what the person told."""
    cells = (session_id, checked.moment(at), set_number, plain(question, NAME_LENGTH), plain_json(value))
    connection.execute(sql.INSERT_ANSWER, cells)
    if question == PLAN:
        _refresh_totals(connection, session_id)
    elif question in rows.TOLD:
        answers = reading.read_answers(connection, session_id)
        numbers = [row[0] for row in connection.execute(sql.TOTALS_OF_SESSION, (session_id,))]
        for number in numbers if set_number is None else {set_number}.intersection(numbers):
            told = rows.told_cells(rows.read_told(answers, number))
            connection.execute(sql.CHANGE_TOLD, (*told, session_id, number))


def add_up(connection: sqlite3.Connection) -> None:
    """Add up the totals of all sessions again."""
    for (session_id,) in connection.execute(sql.SESSION_IDS).fetchall():
        _refresh_totals(connection, session_id)


def add_scoring(connection: sqlite3.Connection, session_id: int, scored: Scored, at: datetime, *, current: bool) -> int:
    """Insert what an algorithm made of a whole session; return the scoring's id."""
    version = plain(scored.algorithm_version, NAME_LENGTH)
    scoring_id = _insert(connection, sql.INSERT_SCORING, (session_id, version, checked.moment(at), 0))
    known = _recordings(connection, session_id)
    for number in known if scored.recordings is None else scored.recordings:
        _known("recording", number, known)
        connection.execute(sql.INSERT_SCORING_RECORDING, (scoring_id, session_id, number))
    earlier, _ = reading.read_sets(connection, session_id, reading.current_scoring(connection, session_id))
    for item in scored.sets:
        _insert_set(connection, session_id, scoring_id, item, earlier)
    others: tuple[ScoredRejected | ScoredGap, ...] = (*scored.rejected, *scored.gaps)
    for other in others:
        _insert_other(connection, session_id, scoring_id, other)
    if current:
        make_current(connection, session_id, scoring_id)
    return scoring_id


def make_current(connection: sqlite3.Connection, session_id: int, scoring_id: int) -> None:
    """Point the session at one of its scorings."""
    connection.execute(sql.CLEAR_CURRENT, (session_id,))
    if connection.execute(sql.SET_CURRENT, (session_id, scoring_id)).rowcount != 1:
        raise JournalError(f"the session has no scoring {scoring_id}")
    _refresh_totals(connection, session_id)


def add_edit(connection: sqlite3.Connection, session_id: int, edit: edits.Edit, at: datetime) -> int:
    """Insert an edit with its place; return its id."""
    place: Sequence[float | None] | None
    if isinstance(edit, edits.ChangeNotes):
        place, what = (None,) * 6, "notes"
    elif isinstance(edit, edits.DeleteRep):
        place = connection.execute(sql.PLACE_OF_REP, (edit.rep_id, session_id)).fetchone()
        what = f"repetition with id {edit.rep_id}"
    else:
        place = connection.execute(sql.PLACE_OF_SET, (edit.set_id, session_id)).fetchone()
        what = f"set with id {edit.set_id}"
    if place is None:
        raise JournalError(f"the session has no {what}")
    kind, value = rows.edit_cells(edit)
    cells = (session_id, checked.moment(at), kind, *tuple(place), value, None)
    edit_id = _insert(connection, sql.INSERT_EDIT, cells)
    shown = {entry.edit_id: entry for entry in _refresh_totals(connection, session_id)}
    if not shown[edit_id].applied:
        raise JournalError(f"the {what} is already deleted, or is not in the scoring shown")
    return edit_id


def undo(connection: sqlite3.Connection, edit_id: int, at: datetime) -> int:
    """Insert the taking back of an edit; return its id."""
    row = connection.execute(sql.EDIT_SESSION, (edit_id,)).fetchone()
    if row is None:
        raise JournalError(f"there is no edit {edit_id}")
    session_id = int(row[0])
    if edit_id in edits.undone_edits(reading.read_ledger(connection, session_id)):
        raise JournalError(f"edit {edit_id} is already undone")
    cells = (session_id, checked.moment(at), "undo", None, None, None, None, None, None, "null", edit_id)
    undo_id = _insert(connection, sql.INSERT_EDIT, cells)
    _refresh_totals(connection, session_id)
    return undo_id


def _insert_set(
    connection: sqlite3.Connection,
    session_id: int,
    scoring_id: int,
    scored: ScoredSet,
    earlier: tuple[LoggedSet, ...] = (),
) -> int:
    number = connection.execute(sql.NEXT_SET_NUMBER, (scoring_id,)).fetchone()[0]
    stream = _stream(connection, session_id, scored)
    measured = rows.set_cells(scored.measured)
    place = edits.Place(*stream, scored.measured.start_s, scored.measured.end_s)
    said = scored.context or edits.said_at(earlier, place) or _session_context(connection, session_id)
    cells = (*measured, *rows.context_cells(said), form_rows.form_text(scored.form))
    try:
        set_id = _insert(connection, sql.INSERT_SET, (scoring_id, session_id, number, *stream, *cells))
    except sqlite3.IntegrityError as error:
        where = f"set {scored.measured.number} of recording {stream[0]}, sensor {stream[1]}"
        raise JournalError(f"{where} is already saved, or is not a set ({error})") from error
    connection.executemany(sql.INSERT_REP, [(set_id, *rep) for rep in rows.rep_rows(scored)])
    return set_id


def _insert_other(
    connection: sqlite3.Connection, session_id: int, scoring_id: int, scored: ScoredRejected | ScoredGap
) -> None:
    place = (scoring_id, session_id, *_stream(connection, session_id, scored))
    if isinstance(scored, ScoredRejected):
        connection.execute(sql.INSERT_REJECTED, (*place, *rows.rejected_cells(scored.measured)))
    else:
        connection.execute(sql.INSERT_GAP, (*place, *rows.gap_cells(scored.measured)))


def _session_context(connection: sqlite3.Connection, session_id: int) -> SetContext:
    row = connection.execute(sql.SESSION, (session_id,)).fetchone()
    return SetContext(side=row["working_side"], exercise=row["exercise"], load_kg=row["load_kg"])


def _refresh_totals(connection: sqlite3.Connection, session_id: int) -> tuple[LoggedEdit, ...]:
    scoring_id = reading.current_scoring(connection, session_id)
    sets, ledger = reading.read_sets(connection, session_id, scoring_id)
    connection.execute(sql.SHOW_NOTES, (edits.notes_shown(reading.read_ledger(connection, session_id)), session_id))
    connection.execute(sql.CLEAR_TOTALS, (session_id,))
    answers = reading.read_answers(connection, session_id)
    for logged in sets:
        _insert_totals(connection, session_id, logged, answers)
    return ledger


def _insert_totals(
    connection: sqlite3.Connection, session_id: int, logged: LoggedSet, answers: tuple[Answer, ...]
) -> None:
    context, sums = rows.context_cells(logged.context), rows.totals_cells(totals(logged))
    told = rows.told_cells(rows.read_told(answers, logged.number))
    connection.execute(sql.INSERT_TOTALS, (logged.set_id, session_id, logged.number, *context, *sums, *told))


def _stream(
    connection: sqlite3.Connection, session_id: int, scored: ScoredSet | ScoredRejected | ScoredGap
) -> tuple[int | None, int | None]:
    """Return the numbers of recording and sensor: those said, or the latest and the only one."""
    recordings, sensors = _recordings(connection, session_id), _sensors(connection, session_id)
    if scored.sensor is None and len(sensors) > 1:
        raise JournalError("the session has two sensors: say which one this is from")
    recording = scored.recording if scored.recording is not None else (recordings[-1] if recordings else None)
    sensor = scored.sensor if scored.sensor is not None else (sensors[0] if sensors else None)
    return _known("recording", recording, recordings), _known("sensor", sensor, sensors)


def _known(what: str, number: int | None, known: list[int]) -> int | None:
    if number is not None and number not in known:
        raise JournalError(f"the session has no {what} {number}")
    return number


def _recordings(connection: sqlite3.Connection, session_id: int) -> list[int]:
    return [row["number"] for row in connection.execute(sql.RECORDINGS, (session_id,))]


def _sensors(connection: sqlite3.Connection, session_id: int) -> list[int]:
    return [row["number"] for row in connection.execute(sql.SENSORS, (session_id,))]


def _insert(connection: sqlite3.Connection, statement: str, cells: rows.Cells) -> int:
    identity = connection.execute(statement, cells).lastrowid
    if identity is None:
        raise JournalError("nothing was written")
    return identity
