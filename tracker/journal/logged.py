"""What comes out of the journal, as frozen values.

``Session`` is everything, with edits applied; ``SessionSummary`` and ``SetSummary`` are one line each.

Seconds are stream time of the recording they belong to. Times of day are aware datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tracker.coaching.form import Verdict
from tracker.coaching.range_band import RangeBand
from tracker.coaching.set_form import SetForm
from tracker.coaching.targets import Tempo
from tracker.journal.values import Ending, Recording, Sensor, SessionId, SetContext, Side
from tracker.motion.gap import Gap
from tracker.motion.values import ExerciseSet, Rep

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]

    from tracker.journal.edits import Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """One scoring of a session; exactly one is current."""

    scoring_id: int
    algorithm_version: str
    created_at: datetime
    recordings: tuple[int, ...]
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRep:
    """A repetition or partial as it reads today.

    Attributes
    ----------
    number
        From 1, after edits.
    rep
        What was measured; None for one that a person added without numbers.
    bottom_pause_s
        Pause after it, as measured; None for a set's last repetition.
    form
        Form verdicts.
    signal
        Signal flags as text, also those a newer version wrote.
    rep_id
        Of the measured row; None for an added one.
    edit_id
        The edit that added or deleted it.
    """

    number: int
    rep: Rep | None
    bottom_pause_s: float | None = None
    form: tuple[Verdict, ...] = ()
    signal: tuple[str, ...] = ()
    rep_id: int | None = None
    edit_id: int | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """Signal flags and form verdicts, sorted."""
        return tuple(sorted({*self.signal, *(verdict.flag.value for verdict in self.form)}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTotals:
    """What a set comes to. Medians leave out the numbers that are None.

    ``judged`` repetitions were held against the tempo and, where there was one, the personal range that were asked for;
    ``in_band`` of them kept all of it, ``tempo_in_band`` and ``range_in_band`` one of the two (None: no range was
    asked for).
    """

    reps: int
    partials: int
    start_s: float
    end_s: float
    time_under_tension_s: float
    median_range_deg: float | None
    median_peak_speed_deg_s: float | None
    median_concentric_s: float | None
    median_hold_s: float | None
    median_eccentric_s: float | None
    median_bottom_pause_s: float | None
    judged: int
    in_band: int
    tempo_in_band: int
    range_in_band: int | None
    velocity_loss: float | None
    median_range_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTold:
    """What the person told of a set: repetitions in reserve, pain, where it was felt, where in the workout it stood."""

    reserve: int | None = None
    pain: int | None = None
    felt: tuple[str, ...] = ()
    placement: str | None = None


class TrendSet(NamedTuple):
    """One set in a trend over sessions, edits applied: cells as they lie in the file, as there are many.

    The numbers are those of ``SetTotals``, the person's words those of ``SetTold``; ``felt`` is joined by a space.
    """

    uuid: str
    started_at: str
    started_us: int
    number: int
    exercise: str | None
    side: Side | None
    placement: str | None
    load_label: str | None
    kind: str
    load_kg: float | None
    reps: int
    judged: int
    in_band: int
    tempo_in_band: int
    range_in_band: int | None
    range_deg: float | None
    range_m: float | None
    peak_speed_deg_s: float | None
    concentric_s: float | None
    hold_s: float | None
    eccentric_s: float | None
    bottom_pause_s: float | None
    time_under_tension_s: float
    velocity_loss: float | None
    reserve: int | None
    pain: int | None
    felt: str | None


class TrainingDay(NamedTuple):
    """A day that had a session, as the person's own clock showed it: sessions, and their work sets and repetitions."""

    day: str
    sessions: int
    sets: int
    reps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedSet:
    """A set as it reads today, and as it was measured.

    Attributes
    ----------
    number
        From 1 within the session and scoring, in the order in which the sets were saved.
    measured, said
        As saved; no edit changes them.
    form
        What was said of its form, as saved; None: it was not judged.
    context, reps, partials
        With edits applied.
    tempo
        Asked for by the session's plan; None: the exercise's own.
    deleted
        Repetitions that an edit took out.
    edits
        Ids of the edits at work here.
    """

    set_id: int
    number: int
    recording: int | None
    sensor: int | None
    measured: ExerciseSet
    said: SetContext
    form: SetForm | None
    context: SetContext
    reps: tuple[LoggedRep, ...]
    partials: tuple[LoggedRep, ...]
    deleted: tuple[LoggedRep, ...] = ()
    edits: tuple[int, ...] = ()
    tempo: Tempo | None = None

    @property
    def totals(self) -> SetTotals:
        """What the set comes to, edits applied."""
        from tracker.journal.totals import totals

        return totals(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRejected:
    """An excursion that was not counted; ``reason`` is text, so that a newer vocabulary can be read."""

    recording: int | None
    sensor: int | None
    peak: int
    start_s: float
    end_s: float
    reported_s: float
    reason: str
    detail: str
    measured: Rep | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedGap:
    """A hole in a recording's stream."""

    recording: int | None
    sensor: int | None
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEdit:
    """An edit with what became of it.

    Attributes
    ----------
    edit
        What was asked; None for an undo.
    undoes
        The edit that this one takes back.
    undone
        A later undo took it back.
    applied
        It changes what is shown. False if undone, or if the scoring shown has nothing at that place.
    """

    edit_id: int
    at: datetime
    edit: Edit | None
    undoes: int | None
    undone: bool
    applied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Something the person told: ``question`` is an id such as ``reps-in-reserve``, ``value`` is JSON.

    ``set_number`` is that of the set in the scoring shown; None: it was of the session, or the scoring shown has no
    set at that place.
    """

    at: datetime
    set_number: int | None
    question: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedBand:
    """A personal range band: the newest one of an exercise and side counts, the others are history."""

    at: datetime
    exercise: str
    side: Side | None
    band: RangeBand
    ranges_deg: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """One line of the list of sessions, edits applied.

    Where sets were corrected, and all of them now say the same, exercise, side and load are theirs.
    """

    uuid: SessionId
    started_at: datetime
    ended_at: datetime | None
    ending: Ending | None
    exercise: str | None
    working_side: Side | None
    sensor_side: Side | None
    load_kg: float | None
    notes: str
    algorithm_version: str
    sets: int
    reps: int
    partials: int
    work_reps: int
    time_under_tension_s: float
    edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSummary:
    """One set in a trend over sessions, edits applied."""

    uuid: SessionId
    started_at: datetime
    number: int
    context: SetContext
    totals: SetTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A whole session: the measured rows with the edits applied; ``deleted_sets`` are those that an edit took out."""

    uuid: SessionId
    started_at: datetime
    ended_at: datetime | None
    ending: Ending | None
    exercise: str | None
    working_side: Side | None
    sensor_side: Side | None
    load_kg: float | None
    notes: str
    sensors: tuple[Sensor, ...]
    recordings: tuple[Recording, ...]
    scoring: Scoring
    scorings: tuple[Scoring, ...]
    sets: tuple[LoggedSet, ...]
    deleted_sets: tuple[LoggedSet, ...]
    rejected: tuple[LoggedRejected, ...]
    gaps: tuple[LoggedGap, ...]
    edits: tuple[LoggedEdit, ...]
    answers: tuple[Answer, ...]

    def content(self) -> dict[str, Any]:
        """Return what was measured and said, without ids, times of day and paths; edits do not enter.

        The same samples give the same content, live or replayed, bit for bit.
        """
        from tracker.journal.content import content

        return content(self)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content's canonical JSON."""
        from tracker.journal.content import fingerprint

        return fingerprint(self)

    def to_frame(self, *, partials: bool = False) -> pd.DataFrame:
        """Return a row per repetition, edits applied, units in the column names.

        Parameters
        ----------
        partials
            Also give the partials, with True in the column ``partial``.

        Raises
        ------
        JournalError
            pandas is not installed.
        """
        from tracker.journal.frame import reps_frame

        return reps_frame(self.sets, session=self.uuid, started_at=self.started_at, partials=partials)
