"""From rows to sessions. Called inside a transaction, so that everything read is of one instant."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.journal import edits, rows, sql
from tracker.journal.errors import JournalError
from tracker.journal.logged import (
    Answer,
    LoggedEdit,
    LoggedSet,
    Scoring,
    Session,
    SessionSummary,
    SetSummary,
    TrendSet,
)
from tracker.journal.values import Ending, Recording, Sensor, SessionId

_PREFIX = re.compile(r"[0-9a-f][0-9a-f-]{0,35}")
_EVERYTHING = -1  # LIMIT −1 is no limit


def find(connection: sqlite3.Connection, prefix: str) -> tuple[int, SessionId]:
    """Return the row id and the UUID of the one session whose UUID begins so.

    Raises
    ------
    JournalError
        There is none, or more than one.
    """
    wanted = prefix.strip().lower()
    if not _PREFIX.fullmatch(wanted):
        raise JournalError(f"{prefix[:50]!r} is not the beginning of a session's id")
    # 'g' sorts after every character that a UUID has.
    found = connection.execute(sql.SESSIONS_BY_PREFIX, (wanted, wanted + "g")).fetchall()
    if not found:
        raise JournalError(f"no session's id begins with {wanted!r}")
    if len(found) > 1:
        some = ", ".join(row["uuid"] for row in found[:3])
        raise JournalError(f"more than one session's id begins with {wanted!r}: {some}{', …' * (len(found) > 3)}")
    return found[0]["session_id"], SessionId(found[0]["uuid"])


def current_scoring(connection: sqlite3.Connection, session_id: int) -> int:
    """Return the id of the session's current scoring."""
    return int(connection.execute(sql.CURRENT_SCORING, (session_id,)).fetchone()[0])


def read_session(connection: sqlite3.Connection, folder: Path, session_id: int, scoring_id: int | None) -> Session:
    """Return the whole session with the edits applied to one of its scorings (None: the current one)."""
    scorings = read_scorings(connection, session_id)
    shown = _chosen(scorings, scoring_id)
    measured = _measured(connection, session_id, shown.scoring_id)
    sets, ledger = edits.apply(measured, read_ledger(connection, session_id))
    left = {one.set_id for one in sets}
    head = connection.execute(sql.SESSION, (session_id,)).fetchone()
    return Session(
        **_head(head),
        sensors=tuple(map(_sensor, connection.execute(sql.SENSORS, (session_id,)))),
        recordings=read_recordings(connection, folder, session_id),
        scoring=shown,
        scorings=scorings,
        sets=sets,
        deleted_sets=tuple(one for one in measured if one.set_id not in left),
        rejected=tuple(map(rows.read_rejected, connection.execute(sql.REJECTED, (shown.scoring_id,)))),
        gaps=tuple(map(rows.read_gap, connection.execute(sql.GAPS, (shown.scoring_id,)))),
        edits=ledger,
        answers=tuple(_answers(connection, session_id, scorings, shown, sets)),
    )


def read_sets(
    connection: sqlite3.Connection, session_id: int, scoring_id: int
) -> tuple[tuple[LoggedSet, ...], tuple[LoggedEdit, ...]]:
    """Return a scoring's sets with the edits applied, and what became of each edit."""
    return edits.apply(_measured(connection, session_id, scoring_id), read_ledger(connection, session_id))


def _measured(connection: sqlite3.Connection, session_id: int, scoring_id: int) -> list[LoggedSet]:
    reps: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute(sql.REPS, (scoring_id,)):
        reps[row["set_id"]].append(row)
    tempo = rows.read_tempo(read_answers(connection, session_id))
    found = connection.execute(sql.SETS, (scoring_id,))
    return [replace(rows.read_set(row, reps[row["set_id"]]), tempo=tempo) for row in found]


def _answers(
    connection: sqlite3.Connection,
    session_id: int,
    scorings: tuple[Scoring, ...],
    shown: Scoring,
    sets: tuple[LoggedSet, ...],
) -> Iterator[Answer]:
    """Yield the answers; what was told of a set is told of what lies at its place in the scoring shown."""
    for told in read_answers(connection, session_id):
        # a set was called by the number that it had then
        then = max((one for one in scorings if one.created_at <= told.at), key=_made, default=scorings[0])
        if told.set_number is None or then == shown:
            yield told
            continue
        row = connection.execute(sql.PLACE_OF_NUMBER, (then.scoring_id, told.set_number)).fetchone()
        now = None if row is None else edits.set_at(sets, edits.Place(*row))
        yield replace(told, set_number=None if now is None else now.number)


def _made(scoring: Scoring) -> tuple[datetime, int]:
    return scoring.created_at, scoring.scoring_id


def read_set(connection: sqlite3.Connection, session_id: int, set_id: int) -> LoggedSet:
    """Return one set as measured, without edits."""
    row = connection.execute(sql.SET, (set_id,)).fetchone()
    found = rows.read_set(row, connection.execute(sql.REPS_OF_SET, (set_id,)).fetchall())
    return replace(found, tempo=rows.read_tempo(read_answers(connection, session_id)))


def read_answers(connection: sqlite3.Connection, session_id: int) -> tuple[Answer, ...]:
    """Return what was told of a session, in order."""
    return tuple(map(read_answer, connection.execute(sql.ANSWERS, (session_id,))))


def read_ledger(connection: sqlite3.Connection, session_id: int) -> tuple[edits.StoredEdit, ...]:
    """Return the session's edits and undos in order."""
    return tuple(map(rows.read_edit, connection.execute(sql.EDITS, (session_id,))))


def read_scorings(connection: sqlite3.Connection, session_id: int) -> tuple[Scoring, ...]:
    """Return the session's scorings, oldest first."""
    used: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(sql.SCORING_RECORDINGS, (session_id,)):
        used[row["scoring_id"]].append(row["recording"])
    return tuple(
        Scoring(
            scoring_id=row["scoring_id"],
            algorithm_version=row["algorithm_version"],
            created_at=datetime.fromisoformat(row["created_at"]),
            recordings=tuple(used[row["scoring_id"]]),
            current=bool(row["current"]),
        )
        for row in connection.execute(sql.SCORINGS, (session_id,))
    )


def read_recordings(connection: sqlite3.Connection, folder: Path, session_id: int) -> tuple[Recording, ...]:
    """Return the session's recordings in order, with absolute paths."""
    return tuple(
        Recording(number=row["number"], path=folder / row["path"], sha256=row["sha256"], seconds=row["seconds"])
        for row in connection.execute(sql.RECORDINGS, (session_id,))
    )


def read_summaries(connection: sqlite3.Connection, limit: int | None) -> tuple[SessionSummary, ...]:
    """Return a line per session, newest first: one query."""
    listed = connection.execute(sql.SUMMARIES, (_EVERYTHING if limit is None else limit,))
    return tuple(map(_summary, listed))


def read_history(connection: sqlite3.Connection, exercise: str | None) -> tuple[SetSummary, ...]:
    """Return a line per set of all sessions, oldest first: one query."""
    if exercise is None:
        return tuple(map(_set_summary, connection.execute(sql.SET_HISTORY)))
    return tuple(map(_set_summary, connection.execute(sql.SET_HISTORY_OF_EXERCISE, (exercise,))))


def read_trend_sets(connection: sqlite3.Connection, exercise: str | None, newest: int | None) -> list[TrendSet]:
    """Return the cells of each set that trends read, oldest first: one query."""
    cursor = connection.cursor()
    cursor.row_factory = None  # there are many: no more is made of them than a tuple
    if newest is not None:
        found = cursor.execute(sql.TREND_SETS_OF_NEWEST, (newest,))
    elif exercise is not None:
        found = cursor.execute(sql.TREND_SETS_OF_EXERCISE, (exercise,))
    else:
        found = cursor.execute(sql.TREND_SETS)
    return list(map(TrendSet._make, found))


def _chosen(scorings: tuple[Scoring, ...], scoring_id: int | None) -> Scoring:
    for scoring in scorings:
        if scoring.current if scoring_id is None else scoring.scoring_id == scoring_id:
            return scoring
    raise JournalError(f"the session has no scoring {scoring_id}")


def _head(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "uuid": SessionId(row["uuid"]),
        "started_at": datetime.fromisoformat(row["started_at"]),
        "ended_at": None if row["ended_at"] is None else datetime.fromisoformat(row["ended_at"]),
        "ending": None if row["ending"] is None else Ending(row["ending"]),
        "exercise": row["exercise"],
        "working_side": row["working_side"],
        "sensor_side": row["sensor_side"],
        "load_kg": row["load_kg"],
        "notes": row["notes"] if row["shown_notes"] is None else row["shown_notes"],
    }


def _summary(row: sqlite3.Row) -> SessionSummary:
    head = _head(row)
    if row["edits"]:  # without any, the sets have nothing to correct
        head |= {name: row[f"agreed_{name}"] for name in ("exercise", "working_side", "load_kg")}
    return SessionSummary(
        **head,
        algorithm_version=row["algorithm_version"],
        sets=row["sets"],
        reps=row["reps"],
        partials=row["partials"],
        work_reps=row["work_reps"],
        time_under_tension_s=row["time_under_tension_s"],
        edits=row["edits"],
    )


def _set_summary(row: sqlite3.Row) -> SetSummary:
    return SetSummary(
        uuid=SessionId(row["uuid"]),
        started_at=datetime.fromisoformat(row["started_at"]),
        number=row["number"],
        context=rows.read_context(row),
        totals=rows.read_totals(row),
    )


def _sensor(row: sqlite3.Row) -> Sensor:
    return Sensor(
        number=row["number"],
        family=row["family"],
        name=row["name"],
        address=row["address"],
        side=row["side"],
        info=json.loads(row["info"]),
    )


def read_answer(row: sqlite3.Row) -> Answer:
    """Return an answer."""
    return Answer(
        at=datetime.fromisoformat(row["at"]),
        set_number=row["set_number"],
        question=row["question"],
        value=json.loads(row["value"]),
    )
