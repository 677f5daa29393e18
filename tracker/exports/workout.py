"""What is exported: a logged session with its corrections, or a recording that was measured just now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from tracker.analysis import Analysis, analyze, kind_of
from tracker.coaching.range_band import RangeBand
from tracker.coaching.targets import Tempo
from tracker.exercises import Exercise
from tracker.journal import (
    Answer,
    Ending,
    LoggedEdit,
    LoggedGap,
    LoggedRejected,
    LoggedSet,
    Recording,
    Sensor,
    Session,
    Side,
)
from tracker.journal.measured import ONLY
from tracker.journal.text import NAME_LENGTH, plain
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.motion.values import Rejected
from tracker.recording import RecordingError, open_recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Workout:
    """Everything that is known of one session.

    Attributes
    ----------
    name
        What to call it in a message: the beginning of its id, or the file.
    session
        Its UUID; empty where a table of samples has none.
    started_at, ended_at
        Aware; None where nothing says so.
    ending, exercise, working_side, sensor_side, load_kg, notes, algorithm_version, sensors, recordings, sets, edits
        As in ``Session``.
    rejected
        All that was not counted, partials as well.
    gaps, answers
        As in ``Session``.
    remarks
        What is to be known about a file that was measured: sensors left out, damage, doubtful units; a line each.
    origins
        When second 0 of each recording was, by its number.
    """

    name: str
    session: str
    started_at: datetime | None
    ended_at: datetime | None = None
    ending: Ending | None = None
    exercise: str | None = None
    working_side: Side | None = None
    sensor_side: Side | None = None
    load_kg: float | None = None
    notes: str = ""
    algorithm_version: str
    sensors: tuple[Sensor, ...] = ()
    recordings: tuple[Recording, ...] = ()
    sets: tuple[LoggedSet, ...] = ()
    rejected: tuple[LoggedRejected, ...] = ()
    gaps: tuple[LoggedGap, ...] = ()
    edits: tuple[LoggedEdit, ...] = ()
    answers: tuple[Answer, ...] = ()
    remarks: tuple[str, ...] = ()
    origins: Mapping[int, datetime] = field(default_factory=dict)

    def at(self, recording: int | None, seconds: float) -> datetime | None:
        """Return the time of day at a second of a recording; None where it is not known."""
        origin = self.origins.get(ONLY if recording is None else recording)
        return None if origin is None else origin + timedelta(seconds=seconds)


def workout_of(session: Session) -> Workout:
    """Return a logged session, edits applied."""
    return Workout(
        name=f"session {session.uuid[:8]}",
        session=session.uuid,
        started_at=session.started_at,
        ended_at=session.ended_at,
        ending=session.ending,
        exercise=session.exercise,
        working_side=session.working_side,
        sensor_side=session.sensor_side,
        load_kg=session.load_kg,
        notes=session.notes,
        algorithm_version=session.scoring.algorithm_version,
        sensors=session.sensors,
        recordings=session.recordings,
        sets=session.sets,
        rejected=session.rejected,
        gaps=session.gaps,
        edits=session.edits,
        answers=session.answers,
        origins=_origins(session),
    )


def workout_of_file(
    path: Path, profile: Exercise | None, *, tempo: Tempo | None = None, band: RangeBand | None = None
) -> Workout:
    """Measure a recording.

    Parameters
    ----------
    path, profile, tempo, band
        As for ``tracker.analysis.analyze``.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the file and where.
    """
    return workout_of_analysis(analyze(path, profile, tempo=tempo, band=band))


def workout_of_analysis(found: Analysis) -> Workout:
    """Return what was measured in a recording.

    Raises
    ------
    RecordingError
        The file is not what it was when it was measured.
    """
    path = found.path
    header = open_recording(path).header if kind_of(path) == "mcap" else None
    started_at = header.begun_at if header else None
    worn = header.sensors[:1] if header else ()
    number = 1 if worn else None
    return Workout(
        name=str(path),
        session=plain(found.session or "", NAME_LENGTH),
        started_at=started_at,
        exercise=found.exercise,
        working_side=found.working_side,
        sensor_side=found.sensor_side,
        load_kg=found.load_kg,
        notes=header.notes if header else "",
        algorithm_version=ALGORITHM_VERSION,
        sensors=tuple(
            Sensor(family=s.family, name=plain(s.name, NAME_LENGTH), address=s.address, side=s.side, number=1)
            for s in worn
        ),
        recordings=(Recording(number=ONLY, path=path, sha256=None, seconds=found.duration_s),),
        sets=tuple(replace(one, sensor=number) for one in found.logged),
        rejected=tuple(_rejected(value, number) for value in found.values if isinstance(value, Rejected)),
        gaps=tuple(LoggedGap(recording=ONLY, sensor=number, gap=gap) for gap in found.gaps),
        remarks=tuple(filter(None, (found.unmeasured, found.damage, found.doubt))),
        origins={} if started_at is None else {ONLY: started_at},
    )


def _rejected(one: Rejected, sensor: int | None) -> LoggedRejected:
    return LoggedRejected(
        recording=ONLY,
        sensor=sensor,
        peak=one.peak,
        start_s=one.start_s,
        end_s=one.end_s,
        reported_s=one.reported_s,
        reason=one.reason.value,
        detail=one.detail,
        measured=one.measured,
    )


def _origins(session: Session) -> dict[int, datetime]:
    """When each recording began: the session's start for the first, its own header for the others.

    Where a later recording is gone, the end of the one before it has to do: it began no earlier.
    """
    origins = {ONLY: session.started_at}
    for before, one in zip(session.recordings, session.recordings[1:], strict=False):
        at = None
        if one.path.exists():
            try:
                at = open_recording(one.path).header.begun_at
            except RecordingError:  # damaged: no better than gone
                at = None
        origins[one.number] = at or origins[before.number] + timedelta(seconds=before.seconds or 0.0)
    return origins
