"""A session that was cut off: find it, finish its log from its recording, and take it up again.

What was recorded runs through the same loop once more. The first so many findings are in the log already, in the same
order; the others are saved now. So nothing is counted twice, and nothing that was recorded is lost.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.cli.log import open_journal
from tracker.cli.planned import plan_logged
from tracker.coaching.plan import WorkoutPlan
from tracker.journal import Ending, Journal, JournalError, Session, SessionId, journal_path
from tracker.live import Entry, LiveSession, nothing
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.playback import Replay, lanes_of, open_replay

WRITTEN_WITHIN_S = 5.0
"""A recording that was written to so recently belongs to a session that runs, perhaps in another window."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that was cut off.

    Attributes
    ----------
    session
        Its UUID.
    started_at
        When it began.
    exercise
        Its id, if one was told.
    path
        Its last recording.
    sets
        How many are in the log.
    plan
        What it was to be, as far as the log tells; None: it does not.
    """

    session: SessionId
    started_at: datetime
    exercise: str | None
    path: Path
    sets: int
    plan: WorkoutPlan | None = None


def unfinished(folder: Path) -> Unfinished | None:
    """Return the newest session that was cut off and whose recording is there."""
    path = journal_path(folder)
    if not path.exists():
        return None
    with open_journal(path) as journal:
        for uuid in journal.open_sessions():
            session = journal.session(uuid)
            recording = _last(session)
            if recording is not None and time.time() - recording.stat().st_mtime > WRITTEN_WITHIN_S:
                plan, sets = plan_logged(session), len(session.sets)
                return Unfinished(session.uuid, session.started_at, session.exercise, recording, sets, plan)
    return None


def finish(folder: Path, one: Unfinished, *, again: bool) -> Session:
    """Log what its recording holds beyond what is logged; ``again``: it is to go on, else it has ended.

    Raises
    ------
    RecordingError
        The recording cannot be read; the log stays as it is.
    JournalError
        Another version of the program has counted it.
    """
    with Journal.open(journal_path(folder)) as journal:
        session = journal.session(one.session)
        if session.scoring.algorithm_version != ALGORITHM_VERSION:
            raise JournalError(f"{one.path}: was counted by another version; kickback replay counts it anew")
        _log(journal, session, open_replay(one.path, None))
        if again:
            journal.resume_session(one.session)
        return journal.session(one.session)


def _log(journal: Journal, session: Session, source: Replay[Any]) -> None:
    number = len(session.recordings)
    entry = Entry(
        journal=journal,
        session=session.uuid,
        recording=number,
        path=source.path,
        begun_at=source.begun_at,
        bands=journal.newest_bands(),
    )
    lanes = lanes_of(source, lambda sensor: nothing)
    logged = sum(one.recording == number for one in session.sets)
    logged += sum(one.recording == number for one in session.rejected)
    logged += sum(one.recording == number for one in session.gaps)
    begun_at = source.begun_at or session.started_at
    answered = sum(told.at >= begun_at for told in session.answers)  # those of an earlier recording are not in this one
    live = LiveSession(lanes, entry, logged=logged, answered=answered)
    for _, item in source.items:
        live.take(item)
    live.close(Ending.INTERRUPTED)


def _last(session: Session) -> Path | None:
    """Return where the newest recording lies; None: it is not there."""
    if not session.recordings:
        return None
    path = session.recordings[-1].path
    return path if path.exists() else None
