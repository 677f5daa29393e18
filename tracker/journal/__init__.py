"""The session log: one SQLite file that holds every session, set, repetition and correction.

>>> from datetime import UTC, datetime
>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> begun = datetime(2025, 3, 1, 18, 30, tzinfo=UTC)
>>> start = SessionStart(started_at=begun, algorithm_version="1", exercise="cable")
>>> with TemporaryDirectory() as folder, Journal.open(journal_path(Path(folder))) as journal:
...     session = journal.begin_session(start)
...     journal.end_session(session, Ending.FINISHED, ended_at=datetime(2025, 3, 1, 19, 5, tzinfo=UTC))
...     [(summary.exercise, summary.reps) for summary in journal.sessions()]
[('cable', 0)]
"""

from tracker.journal.data_folder import data_folder, journal_path, recordings_folder
from tracker.journal.edits import (
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
)
from tracker.journal.errors import JournalError
from tracker.journal.journal import Journal
from tracker.journal.logged import (
    Answer,
    LoggedBand,
    LoggedEdit,
    LoggedGap,
    LoggedRejected,
    LoggedRep,
    LoggedSet,
    Scoring,
    Session,
    SessionSummary,
    SetSummary,
    SetTold,
    SetTotals,
    TrainingDay,
    TrendSet,
)
from tracker.journal.values import (
    Ending,
    Recording,
    Scored,
    ScoredGap,
    ScoredRejected,
    ScoredSet,
    Sensor,
    SessionId,
    SessionStart,
    SetContext,
    SetKind,
    Side,
)

__all__ = [
    "AddRep",
    "Answer",
    "ChangeExercise",
    "ChangeKind",
    "ChangeLabel",
    "ChangeLoad",
    "ChangeNotes",
    "ChangeSide",
    "DeleteRep",
    "DeleteSet",
    "Edit",
    "Ending",
    "Journal",
    "JournalError",
    "LoggedBand",
    "LoggedEdit",
    "LoggedGap",
    "LoggedRejected",
    "LoggedRep",
    "LoggedSet",
    "Recording",
    "Scored",
    "ScoredGap",
    "ScoredRejected",
    "ScoredSet",
    "Scoring",
    "Sensor",
    "Session",
    "SessionId",
    "SessionStart",
    "SessionSummary",
    "SetContext",
    "SetKind",
    "SetSummary",
    "SetTold",
    "SetTotals",
    "Side",
    "TrainingDay",
    "TrendSet",
    "data_folder",
    "journal_path",
    "recordings_folder",
]
