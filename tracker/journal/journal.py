"""The session log: what a training session was, set by set, kept for years.

Every method that writes is one transaction and has reached the disk when it returns: a power cut or a kill
afterwards loses nothing of it. Several programs may have the journal open; readers never wait, writers wait
for each other. One ``Journal`` may be used from several threads; its calls run one after the other.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tracker.coaching.range_band import Calibration, RangeBand
from tracker.coaching.set_form import SetForm
from tracker.journal import database, form_rows, reading, sql, writing
from tracker.journal.edits import Edit
from tracker.journal.errors import JournalError
from tracker.journal.logged import Answer, LoggedBand, Session, SessionSummary, SetSummary, TrainingDay, TrendSet
from tracker.journal.values import (
    Ending,
    Scalar,
    Scored,
    ScoredGap,
    ScoredRejected,
    ScoredSet,
    Sensor,
    SessionId,
    SessionStart,
    SetContext,
    Side,
)
from tracker.motion.values import ExerciseSet

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]


class Journal:
    """An open journal; ``Journal.open`` makes one.

    Wherever a session is asked for, the beginning of its UUID is enough if only one session's begins so.
    A ``ValueError`` is the caller's fault (a naive datetime, a number that is not finite).
    Everything else that goes wrong is a ``JournalError`` of one line.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, readonly: bool) -> None:
        self.path = path
        self.readonly = readonly
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path | str, *, readonly: bool = False) -> Journal:
        """Open a journal, creating folder and file unless ``readonly``, and bring it to the newest version.

        Raises
        ------
        JournalError
            The folder cannot be written, the file is no journal, or a newer kickback made it.
        """
        where = Path(path).absolute()
        return cls(where, database.connect(where, readonly=readonly, add_up=writing.add_up), readonly=readonly)

    @classmethod
    def in_memory(cls) -> Journal:
        """Make an empty journal without a file, gone when it is closed."""
        return cls(Path(":memory:"), database.connect_in_memory(), readonly=False)

    def close(self) -> None:
        """Close the file. Closing twice does nothing."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # A session as it happens

    def begin_session(self, start: SessionStart, *, session: SessionId | None = None) -> SessionId:
        """Begin a session and its first scoring; return its UUID, a new one if none is given."""
        session = session or SessionId(str(uuid.uuid4()))
        with self._writing() as connection:
            writing.begin(connection, session, start)
        return session

    def add_sensor(self, session: str, sensor: Sensor) -> int:
        """Add a sensor and return its number: 1, then 2. ``sensor.number`` is ignored."""
        with self._writing() as connection:
            return writing.add_sensor(connection, self._id(session), sensor)

    def add_recording(
        self, session: str, path: Path, *, sha256: str | None = None, seconds: float | None = None
    ) -> int:
        """Add a recording, when it begins or later, and return its number, from 1.

        It also counts as read by the session's current scoring.
        """
        with self._writing() as connection:
            stored = writing.relative(path, self.path.parent)
            return writing.add_recording(connection, self._id(session), stored, sha256, seconds)

    def close_recording(self, session: str, number: int, *, sha256: str | None, seconds: float | None) -> None:
        """Say what only a finished recording has."""
        with self._writing() as connection:
            writing.close_recording(connection, self._id(session), number, sha256, seconds)

    def save_set(
        self,
        session: str,
        measured: ExerciseSet,
        context: SetContext | None = None,
        *,
        recording: int | None = None,
        sensor: int | None = None,
        form: SetForm | None = None,
    ) -> int:
        """Save a set as it closes, in the session's current scoring; return its id.

        Parameters
        ----------
        session
            UUID.
        measured
            From the core.
        context
            What the sensor cannot know; None: exercise, working side and load of the session.
        recording
            Number; None: the session's latest.
        sensor
            Number; None: the session's only one.
        form
            What was said of its form; None: it was not judged.
        """
        scored = ScoredSet(measured=measured, context=context, recording=recording, sensor=sensor, form=form)
        with self._writing() as connection:
            session_id = self._id(session)
            return writing.save_set(connection, session_id, reading.current_scoring(connection, session_id), scored)

    def save(self, session: str, *found: ScoredSet | ScoredRejected | ScoredGap) -> None:
        """Save what was found, in the session's current scoring: one transaction, however much it is."""
        with self._writing() as connection:
            session_id = self._id(session)
            writing.save(connection, session_id, reading.current_scoring(connection, session_id), found)

    def answer(
        self,
        session: str,
        question: str,
        value: Scalar | list[Scalar] | dict[str, Scalar],
        *,
        set_number: int | None = None,
        at: datetime | None = None,
    ) -> None:
        """Keep what the person told: reps in reserve, where it was felt, pain, soreness."""
        with self._writing() as connection:
            writing.answer(connection, self._id(session), question, value, set_number, at or _now())

    def end_session(
        self, session: str, ending: Ending, *, ended_at: datetime | None = None, notes: str | None = None
    ) -> None:
        """Say when and how the session ended. ``notes`` replace the earlier ones; None leaves them."""
        with self._writing() as connection:
            writing.end(connection, self._id(session), ended_at or _now(), ending, notes)

    def resume_session(self, session: str) -> SessionId:
        """Take an ended session up again; a new recording follows. Return its UUID."""
        with self._writing() as connection:
            session_id, full = reading.find(connection, session)
            writing.reopen(connection, session_id)
            return full

    # Afterwards

    def add_scoring(self, session: str, scored: Scored, *, current: bool = True, at: datetime | None = None) -> int:
        """Keep what another algorithm made of a session, beside the earlier results; return its id.

        All of it is one transaction. ``current``: it is what is shown from now on. Edits, and what was said
        of a set, carry over to what is now found at the same place.
        """
        with self._writing() as connection:
            return writing.add_scoring(connection, self._id(session), scored, at or _now(), current=current)

    def try_scoring(self, session: str, scored: Scored) -> Session:
        """Return what a session would read like with another scoring, edits carried over; nothing is kept."""
        shown: list[Session] = []
        with suppress(_TakeBackError), self._writing() as connection:
            session_id = self._id(session)
            writing.add_scoring(connection, session_id, scored, _now(), current=True)
            shown.append(reading.read_session(connection, self.path.parent, session_id, None))
            raise _TakeBackError
        return shown[0]

    def make_current(self, session: str, scoring_id: int) -> None:
        """Show this one of the session's scorings from now on."""
        with self._writing() as connection:
            writing.make_current(connection, self._id(session), scoring_id)

    def edit(self, session: str, edit: Edit, *, at: datetime | None = None) -> int:
        """Note a correction and return its id; the measured rows stay as they are.

        Raises
        ------
        JournalError
            The session has no such set or repetition, or it is already deleted.
        """
        return self.edit_all(session, [edit], at=at)[0]

    def edit_all(self, session: str, edits: Iterable[Edit], *, at: datetime | None = None) -> list[int]:
        """Note corrections that belong together, all of them or none; return their ids. Raises as `edit` does."""
        begun = at or _now()
        with self._writing() as connection:
            return [writing.add_edit(connection, self._id(session), one, begun) for one in edits]

    def undo(self, edit_id: int, *, at: datetime | None = None) -> int:
        """Take back an edit, or an earlier undo; return the id of this undo.

        Raises
        ------
        JournalError
            There is no such edit, or it is already undone.
        """
        return self.undo_all([edit_id], at=at)[0]

    def undo_all(self, edit_ids: Iterable[int], *, at: datetime | None = None) -> list[int]:
        """Take back several edits, all of them or none; return the ids of the undos. Raises as `undo` does."""
        begun = at or _now()
        with self._writing() as connection:
            return [writing.undo(connection, edit_id, begun) for edit_id in edit_ids]

    def save_band(
        self, exercise: str, made: Calibration, *, side: Side | None = None, at: datetime | None = None
    ) -> None:
        """Keep a personal range band; it counts from now on, the earlier ones are history."""
        with self._writing() as connection:
            connection.execute(sql.INSERT_BAND, form_rows.band_cells(at or _now(), exercise, side, made))

    # Reading

    def bands(self) -> tuple[LoggedBand, ...]:
        """Return all personal range bands, oldest first."""
        with self._reading() as connection:
            return tuple(map(form_rows.read_band, connection.execute(sql.BANDS)))

    def newest_bands(self) -> dict[tuple[str, Side | None], RangeBand]:
        """Return the range that counts now of each exercise and side."""
        return {(one.exercise, one.side): one.band for one in self.bands()}

    def sessions(self, *, limit: int | None = None) -> tuple[SessionSummary, ...]:
        """Return a line per session, newest first, edits applied."""
        with self._reading() as connection:
            return reading.read_summaries(connection, limit)

    def open_sessions(self) -> tuple[SessionId, ...]:
        """Return the sessions that have not ended, newest first: running now, or cut off by a crash."""
        with self._reading() as connection:
            return tuple(SessionId(row[0]) for row in connection.execute(sql.OPEN_SESSIONS))

    def session(self, session: str, *, scoring_id: int | None = None) -> Session:
        """Return a whole session with edits applied, in its current or another scoring."""
        with self._reading() as connection:
            return reading.read_session(connection, self.path.parent, self._id(session), scoring_id)

    def answers_to(self, question: str) -> tuple[Answer, ...]:
        """Return what was answered to a question in all sessions, oldest first."""
        with self._reading() as connection:
            return tuple(map(reading.read_answer, connection.execute(sql.ANSWERS_TO, (question,))))

    def set_history(self, exercise: str | None = None) -> tuple[SetSummary, ...]:
        """Return a line per set of all sessions (or of one exercise), oldest first, edits applied."""
        with self._reading() as connection:
            return reading.read_history(connection, exercise)

    def to_frame(self, exercise: str | None = None) -> pd.DataFrame:
        """Return a row per set of all sessions (or of one exercise), oldest first, units in the column names.

        Raises
        ------
        JournalError
            pandas is not installed.
        """
        from tracker.journal.frame import sets_frame

        return sets_frame(self.set_history(exercise))

    def trend_sets(self, exercise: str | None = None) -> list[TrendSet]:
        """Return the cells of each set of all sessions (or of one exercise) that trends read, oldest first."""
        with self._reading() as connection:
            return reading.read_trend_sets(connection, exercise, None)

    def newest_trend_sets(self, sessions: int) -> list[TrendSet]:
        """Return the same of so many newest sessions."""
        with self._reading() as connection:
            return reading.read_trend_sets(connection, None, sessions)

    def days(self) -> list[TrainingDay]:
        """Return the days that had a session, oldest first, edits applied."""
        with self._reading() as connection:
            return [TrainingDay(*row) for row in connection.execute(sql.DAYS)]

    def _id(self, session: str) -> int:
        return reading.find(self._connection, session)[0]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if self.readonly:
            raise JournalError(f"{self.path} was opened for reading only")
        with self._transaction(write=True) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._transaction(write=False) as connection:
            try:
                yield connection
            except (ValueError, KeyError, TypeError) as error:
                raise JournalError(f"{self.path} is damaged: a row does not read ({error})") from error

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with database.transaction(self._connection, write=write):
                    yield self._connection
            except sqlite3.Error as error:
                raise database.failure(self.path, error) from error


class _TakeBackError(Exception):
    """Roll the transaction back."""


def _now() -> datetime:
    return datetime.now().astimezone()
