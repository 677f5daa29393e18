"""Today's engine over a session's old recordings, and what that changes.

A recording runs through the same loop as when it happened (`tracker.live`), into a journal of its own in memory.
Nothing is counted in a second way, and everything that is said in the recording (ends of sets, legs, loads, what a set
is for) takes effect as it did live. What the person edited and answered is the journal's: it stays, and carries over by
place.

Form is judged by the personal ranges that were known when the recording began.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from tracker.batch import StoppedError, go_on
from tracker.coaching.range_band import RangeBand
from tracker.exercises import exercise
from tracker.journal import (
    Ending,
    Journal,
    JournalError,
    LoggedBand,
    LoggedSet,
    Recording,
    Scored,
    ScoredGap,
    ScoredRejected,
    ScoredSet,
    Sensor,
    Session,
    SessionId,
    SessionStart,
    Side,
)
from tracker.live import Entry, LiveSession, nothing
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.motion.values import Reason, Rejected
from tracker.playback import Replay, lanes_of, open_replay
from tracker.recording import RecordingError

QUIET_S = 3600.0
"""A session without an end whose recording was not written to for so long was cut off: no lost sensor is waited for
so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One session to score: all that a worker needs.

    Attributes
    ----------
    session, started_at, exercise, sensors, recordings
        As the journal has them.
    ended
        It was closed; else it was cut off.
    bands
        All personal ranges there ever were, oldest first.
    """

    session: SessionId
    started_at: datetime
    exercise: str | None
    sensors: tuple[Sensor, ...]
    recordings: tuple[Recording, ...]
    ended: bool
    bands: tuple[LoggedBand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the engine made of a session.

    Attributes
    ----------
    scored
        For the journal.
    damage
        What its recordings lacked from the beginning, one line; empty if nothing.
    """

    scored: Scored
    damage: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a session could not be scored, one line."""

    reason: str


def has_scoring(session: Session) -> bool:
    """Return whether today's engine has read all of a session's recordings before."""
    numbers = {one.number for one in session.recordings}
    return any(
        one.algorithm_version == ALGORITHM_VERSION and set(one.recordings) == numbers for one in session.scorings
    )


def is_running(session: Session) -> bool:
    """Return whether a session may still go on, perhaps in another window."""
    if session.ending is not None:
        return False
    written = [one.path.stat().st_mtime for one in session.recordings if one.path.exists()]
    return bool(written) and time.time() - max(written) < QUIET_S


def task_of(session: Session, bands: tuple[LoggedBand, ...]) -> Task:
    """Return what a worker needs of a session."""
    return Task(
        session=session.uuid,
        started_at=session.started_at,
        exercise=session.exercise,
        sensors=session.sensors,
        recordings=session.recordings,
        ended=session.ending is not None,
        bands=bands,
    )


def score(task: Task) -> Found | Failure:
    """Run a session's recordings through the live loop again.

    Raises
    ------
    StoppedError
        It is not wanted any more (`tracker.batch`).
    """
    try:
        return _score(task)
    except (RecordingError, JournalError, OSError, ValueError) as error:
        return Failure(" ".join(str(error).split()))
    except StoppedError:
        raise
    except Exception as error:  # noqa: BLE001 one recording that finds a bug does not keep the others back
        return Failure(f"{task.recordings[0].path}: a bug, please tell: {type(error).__name__}: {error}")


def _score(task: Task) -> Found:
    start = SessionStart(started_at=task.started_at, algorithm_version=ALGORITHM_VERSION, exercise=task.exercise)
    with Journal.in_memory() as journal:
        session = journal.begin_session(start, session=task.session)
        for sensor in task.sensors:
            journal.add_sensor(session, sensor)
        damage = [_run(journal, task, recording) for recording in task.recordings]
        found = journal.session(session)
    return Found(scored=scored_of(found), damage="; ".join(filter(None, damage)))


def _run(journal: Journal, task: Task, recording: Recording) -> str:
    """Run one recording; return what it lacks."""
    path = recording.path
    # the session's own exercise stands for the recording it began with; one that was taken up says its own
    chosen = exercise(task.exercise) if task.exercise and recording.number == task.recordings[0].number else None
    source: Replay[Any] = open_replay(path, chosen)
    begun_at = source.begun_at or task.started_at
    entry = Entry(
        journal=journal,
        session=task.session,
        recording=journal.add_recording(task.session, path),
        path=path,
        begun_at=begun_at,
        bands=bands_at(task.bands, begun_at),
    )
    live = LiveSession(lanes_of(source, lambda sensor: nothing), entry)
    for _, item in source.items:
        go_on()
        live.take(item)
    live.close(Ending.FINISHED)
    damage = source.damage()
    digest = journal.session(task.session).recordings[-1].sha256
    if recording.sha256 is not None and digest != recording.sha256:
        raise RecordingError(path, f"is not as it was when it was logged{damage and f' ({damage})'}")
    if damage and recording.sha256 is None and task.ended:
        raise RecordingError(path, f"{damage}; the log does not say whether it was so from the beginning")
    return damage and f"{path.name}: {damage}"


def bands_at(bands: Iterable[LoggedBand], at: datetime) -> Mapping[tuple[str, Side | None], RangeBand]:
    """Return the personal ranges that counted at a time."""
    return {(one.exercise, one.side): one.band for one in bands if one.at <= at}


def scored_of(session: Session) -> Scored:
    """Return what a session's scoring found, for another journal."""
    return Scored(
        algorithm_version=session.scoring.algorithm_version,
        sets=tuple(
            ScoredSet(
                measured=one.measured, context=one.said, recording=one.recording, sensor=one.sensor, form=one.form
            )
            for one in session.sets
        ),
        rejected=tuple(
            ScoredRejected(
                measured=Rejected(
                    peak=one.peak,
                    start_s=one.start_s,
                    end_s=one.end_s,
                    reported_s=one.reported_s,
                    reason=Reason(one.reason),
                    detail=one.detail,
                    measured=one.measured,
                ),
                recording=one.recording,
                sensor=one.sensor,
            )
            for one in session.rejected
        ),
        gaps=tuple(ScoredGap(measured=one.gap, recording=one.recording, sensor=one.sensor) for one in session.gaps),
        recordings=session.scoring.recordings,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What some sets come to, edits applied: counts, and medians over the repetitions; None: nothing was measured."""

    sets: int
    reps: int
    partials: int
    range_deg: float | None
    range_m: float | None
    concentric_s: float | None
    hold_s: float | None
    eccentric_s: float | None
    bottom_pause_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPair:
    """The same set in two scorings; None: that one does not have it."""

    before: LoggedSet | None
    after: LoggedSet | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A session in two scorings.

    Attributes
    ----------
    before, after
        The session in each.
    same
        Whether what was measured is the same, to the last bit.
    pairs
        Its sets, in order of time.
    unfitting
        Edits that change what was shown before, and find nothing at their place now.
    """

    before: Session
    after: Session
    same: bool
    pairs: tuple[SetPair, ...]
    unfitting: tuple[int, ...]


def difference(before: Session, after: Session) -> Difference:
    """Compare two scorings of one session."""
    now = {edit.edit_id: edit.applied for edit in after.edits}
    return Difference(
        before=before,
        after=after,
        same=before.fingerprint == after.fingerprint,
        pairs=_pairs(before.sets, after.sets),
        unfitting=tuple(edit.edit_id for edit in before.edits if edit.applied and not now.get(edit.edit_id, False)),
    )


def figures(sets: Iterable[LoggedSet]) -> Figures:
    """Add up sets as they read today."""
    sets = tuple(sets)
    logged = [one for single in sets for one in single.reps]
    reps = [one.rep for one in logged if one.rep is not None]
    return Figures(
        sets=len(sets),
        reps=len(logged),
        partials=sum(len(one.partials) for one in sets),
        range_deg=_median(rep.range_deg for rep in reps),
        range_m=_median(rep.range_m for rep in reps),
        concentric_s=_median(rep.concentric_s for rep in reps),
        hold_s=_median(rep.hold_s for rep in reps),
        eccentric_s=_median(rep.eccentric_s for rep in reps),
        bottom_pause_s=_median(one.bottom_pause_s for one in logged),
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None


def _pairs(before: Iterable[LoggedSet], after: Iterable[LoggedSet]) -> tuple[SetPair, ...]:
    """Put together what overlaps most in one stream; each set has at most one partner."""
    left, pairs = list(before), []
    for one in after:
        partner = max(left, key=lambda other: _common_s(other, one), default=None)
        if partner is not None and _common_s(partner, one) > 0:
            left.remove(partner)
            pairs.append(SetPair(before=partner, after=one))
        else:
            pairs.append(SetPair(before=None, after=one))
    pairs += [SetPair(before=one, after=None) for one in left]
    return tuple(sorted(pairs, key=_when))


def _common_s(one: LoggedSet, other: LoggedSet) -> float:
    if (one.recording, one.sensor) != (other.recording, other.sensor):
        return 0.0
    a, b = one.measured, other.measured
    return min(a.end_s, b.end_s) - max(a.start_s, b.start_s)


def _when(pair: SetPair) -> tuple[int, float]:
    one = pair.after or pair.before
    assert one is not None
    return one.recording or 0, one.measured.start_s
