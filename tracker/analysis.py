"""One recording, from the file to what was found in it, and that as the JSON which scripts rely on.

In: an ``.mcap``, ``.csv`` or ``.csv.gz``. Out: an ``Analysis``: the values of the core, unrounded and in the
order in which they came out, under what the file says about itself. Only ``to_json`` rounds (``contract.py``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import numpy as np

from tracker.coaching.range_band import RangeBand
from tracker.coaching.set_form import SetForm, judge_set
from tracker.coaching.targets import Targets, Tempo, targets_of
from tracker.contract import SCHEMA, TIME_DIGITS, seconds, set_json
from tracker.exercises import Exercise, exercise
from tracker.motion.engine import ALGORITHM_VERSION, Tracker, Value
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Reason, Rejected
from tracker.recording import (
    CsvRecording,
    Recording,
    RecordingError,
    SensorEntry,
    Side,
    open_recording,
    read_samples_csv,
)
from tracker.sensors import estimates_losses
from tracker.stream import Stream

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]

    from tracker.journal import LoggedSet

SUFFIXES = (".mcap", ".csv", ".csv.gz")
SLICE = 30_000
"""Samples between two reports of progress."""
LEAST_ACC, MOST_ACC = 7.0, 13.0
"""The middle of the specific force's lengths is near 9.81 m/s² whatever a leg does."""
MOST_GYR = 10.0
"""No leg turns faster for half of the time, rad/s."""
_GRAVITIES = {"g": 1.0, "mg": 1000.0}

Progress = Callable[[float], None]
"""Is told the share that is done, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What was found in one file.

    Attributes
    ----------
    path
        The file, as it was given.
    session
        UUID of the session it belongs to, as the recording's header has it; None for a CSV.
    sensor
        Family of the sensor; None for a CSV.
    targets
        The exercise that was told, and what is asked for in it; None: any leg lift counted.
    sensor_side, working_side, load_kg
        As the recording's header has them.
    rate_hz, duration_s
        Of the samples.
    values
        Everything the core said, unrounded.
    unmeasured
        Which sensors of the recording are left out, one line; empty if it has only one.
    damage
        What a damaged recording lacks, one line; empty if it is complete.
    doubt
        Why a table's units are perhaps not those that are expected, one line; empty if they look right.
    """

    path: Path
    session: str | None = None
    sensor: str | None = None
    targets: Targets | None = None
    sensor_side: Side | None = None
    working_side: Side | None = None
    load_kg: float | None = None
    rate_hz: float
    duration_s: float
    values: tuple[Value, ...]
    unmeasured: str = ""
    damage: str = ""
    doubt: str = ""

    @property
    def exercise(self) -> str | None:
        """Id of the profile that was used."""
        return self.targets.exercise.id if self.targets else None

    @cached_property
    def form(self) -> tuple[SetForm | None, ...]:
        """Form of each set; None where no exercise was told."""
        return tuple(judge_set(one, self.targets) if self.targets else None for one in self.sets)

    @cached_property
    def sets(self) -> tuple[ExerciseSet, ...]:
        """Sets in the order in which they closed."""
        return tuple(value for value in self.values if isinstance(value, ExerciseSet))

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Holes in the stream."""
        return tuple(value for value in self.values if isinstance(value, Gap))

    @cached_property
    def rejected(self) -> tuple[Rejected, ...]:
        """What was not counted, in order of time, without what a set lists as its partials."""
        return not_listed((value for value in self.values if isinstance(value, Rejected)), self.sets)

    @property
    def losses_estimated(self) -> bool:
        """What was lost is only estimated."""
        return estimates_losses(self.sensor)

    @property
    def rep_count(self) -> int:
        """Counted repetitions."""
        return sum(len(one.reps) for one in self.sets)

    @property
    def logged(self) -> tuple[LoggedSet, ...]:
        """The sets as the journal would give them."""
        from tracker.journal import SetContext
        from tracker.journal.measured import as_logged

        said = SetContext(side=self.working_side, exercise=self.exercise, load_kg=self.load_kg)
        return tuple(
            as_logged(number, one, said, form)
            for number, (one, form) in enumerate(zip(self.sets, self.form, strict=True), start=1)
        )

    def to_frame(self, *, partials: bool = False) -> pd.DataFrame:
        """Return a row per repetition, units in the column names: the columns of ``Session.to_frame``.

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

        return reps_frame(self.logged, session=self.session, partials=partials)

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``kickback analyze --json`` prints."""
        return {
            "schema": SCHEMA,
            "algorithm_version": ALGORITHM_VERSION,
            "file": str(self.path),
            "sensor": self.sensor,
            "exercise": self.exercise,
            "sensor_side": self.sensor_side,
            "working_side": self.working_side,
            "load_kg": self.load_kg,
            "rate_hz": round(self.rate_hz, TIME_DIGITS),
            "duration_s": round(self.duration_s, TIME_DIGITS),
            "sets": [
                set_json(number, one, form)
                for number, (one, form) in enumerate(zip(self.sets, self.form, strict=True), start=1)
            ],
            "rejected": [
                {
                    "start_s": seconds(r.start_s),
                    "end_s": seconds(r.end_s),
                    "reason": r.reason.value,
                    "detail": r.detail,
                }
                for r in self.rejected
            ],
            "gaps": [
                {"start_s": seconds(g.start_s), "end_s": seconds(g.end_s), "samples_lost": g.samples_lost}
                for g in self.gaps
            ],
        }


def analyze(
    path: str | os.PathLike[str],
    profile: Exercise | None = None,
    *,
    tempo: Tempo | None = None,
    band: RangeBand | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Read a file and track it.

    Parameters
    ----------
    path
        ``.mcap``, ``.csv`` or ``.csv.gz``.
    profile
        The exercise; None: that of the recording's header, else any leg lift counts.
    tempo, band
        What is asked for; None: the exercise's own tempo, and nothing about the range.
    progress
        Is told the share that is done, where that is known.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the file and where.
    """
    path = Path(path)
    if kind_of(path) == "csv":
        return _analyze_csv(path, targets_of(profile, tempo=tempo, band=band) if profile else None, progress)
    recording = open_recording(path)
    profile = profile or header_exercise(path, recording.header.exercise)
    return _analyze_mcap(recording, targets_of(profile, tempo=tempo, band=band) if profile else None)


def kind_of(path: Path) -> Literal["mcap", "csv"]:
    """Return how a file is to be read, by its name.

    Raises
    ------
    RecordingError
        There is no such file, or it is neither ``.mcap`` nor ``.csv`` nor ``.csv.gz``.
    """
    name = path.name.lower()
    if name.endswith(".mcap"):
        return "mcap"
    if name.endswith((".csv", ".csv.gz")):
        return "csv"
    if not path.exists():
        raise RecordingError(path, "no such file")
    raise RecordingError(path, f"unknown kind of file, expected {', '.join(SUFFIXES)}")


class NotCounted(Protocol):
    """What identifies a rejected excursion, from the core or from the journal."""

    @property
    def peak(self) -> int: ...  # noqa: D102
    @property
    def start_s(self) -> float: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102


NotCountedT = TypeVar("NotCountedT", bound=NotCounted)


def not_listed(rejected: Iterable[NotCountedT], sets: Iterable[ExerciseSet]) -> tuple[NotCountedT, ...]:
    """Return what was not counted in order of time, without what a set lists among its partials."""
    listed = {(rep.peak, rep.start_s) for one in sets for rep in one.partials}
    rest = (r for r in rejected if r.reason != Reason.PARTIAL or (r.peak, r.start_s) not in listed)
    return tuple(sorted(rest, key=lambda r: r.start_s))


def doubt_of_units(recording: CsvRecording) -> str:
    """Return what makes a table's units doubtful, one line; empty if nothing does."""
    acc, gyr = (
        float(np.median(np.concatenate([np.linalg.norm(getattr(block, name), axis=1) for block in recording.samples])))
        for name in ("acc", "gyr")
    )
    doubts = []
    if not LEAST_ACC <= acc <= MOST_ACC:
        unit = next((name for name, one in _GRAVITIES.items() if 0.7 <= acc / one <= 1.3), f"a length of {acc:.3g}")
        doubts.append(f"acceleration looks like {unit}, expected m/s² (9.81 at rest)")
    if gyr > MOST_GYR:
        doubts.append(f"turning rate looks like degrees per second ({gyr:.3g} in the middle), expected rad/s")
    return "; ".join(doubts)


def _analyze_csv(path: Path, targets: Targets | None, progress: Progress | None) -> Analysis:
    recording = read_samples_csv(path)
    tracker = Tracker(recording.period_s, t0_s=recording.t0_s, exercise=targets.exercise if targets else None)
    values: list[Value] = []
    for block in recording.samples:
        for part in block.sliced(SLICE):
            values += tracker.push(part)
            if progress:
                progress((part.start_index + len(part)) * recording.period_s / recording.duration_s)
    values += tracker.flush()
    return Analysis(
        path=path,
        targets=targets,
        rate_hz=recording.rate_hz,
        duration_s=recording.duration_s,
        values=tuple(values),
        doubt=doubt_of_units(recording),
    )


def _analyze_mcap(recording: Recording, targets: Targets | None) -> Analysis:
    path, header = recording.path, recording.header
    stream = stream_of(recording, targets.exercise if targets else None, together=SLICE)
    values: list[Value] = []
    try:
        for item in recording:
            values += stream.push(item)
        values += stream.flush()
    except RecordingError:
        raise
    except ValueError as error:  # a rate that the core does not take
        raise RecordingError(path, str(error)) from error
    if stream.rate_hz is None or not stream.samples:
        raise RecordingError(path, "no samples in it, expected motion notifications of a sensor")
    sensor = header.sensors[0]
    return Analysis(
        path=path,
        session=header.session,
        sensor=sensor.family,
        targets=targets,
        sensor_side=sensor.side,
        working_side=header.working_side,
        load_kg=header.load_kg,
        rate_hz=stream.rate_hz,
        duration_s=stream.duration_s,
        values=tuple(values),
        unmeasured=_others(header.sensors),
        damage="" if recording.ending.complete else recording.ending.reason,
    )


def _others(sensors: tuple[SensorEntry, ...]) -> str:
    if len(sensors) == 1:
        return ""
    first = f"the one on the {sensors[0].side} ankle" if sensors[0].side else "the first one"
    return f"has {len(sensors)} sensors, and this is {first}; kickback replay runs all of them"


def stream_of(recording: Recording, profile: Exercise | None, *, together: int = 1) -> Stream:
    """Return the stages for a recording's first sensor, as they were when it was made; ``together`` as for `Stream`.

    Raises
    ------
    RecordingError
        As for `sensor_of`.
    """
    return _stream(recording, sensor_of(recording), profile, together)


def streams_of(recording: Recording, profile: Exercise | None) -> dict[int, Stream]:
    """Return the stages for each of a recording's sensors, by its number.

    Raises
    ------
    RecordingError
        It has no sensor, or one that this version cannot decode.
    """
    sensor_of(recording)
    return {worn.number: _stream(recording, worn, profile) for worn in recording.header.sensors}


def sensor_of(recording: Recording) -> SensorEntry:
    """Return a recording's first sensor.

    Raises
    ------
    RecordingError
        It has none, or one that this version cannot decode.
    """
    if not recording.header.sensors:
        raise RecordingError(recording.path, "no sensor in its header, expected one")
    sensor = recording.header.sensors[0]
    _stream(recording, sensor, None)
    return sensor


def _stream(recording: Recording, sensor: SensorEntry, profile: Exercise | None, together: int = 1) -> Stream:
    try:
        return Stream(profile, family=sensor.family, info=sensor.info, sensor=sensor.number, together=together)
    except ValueError as error:
        raise RecordingError(recording.path, str(error)) from error


def header_exercise(path: Path, id_: str | None) -> Exercise | None:
    """Return the profile that a recording's header names.

    Raises
    ------
    RecordingError
        This version has no such exercise.
    """
    if id_ is None:
        return None
    try:
        return exercise(id_)
    except ValueError as error:
        raise RecordingError(path, f"{error} (its header says so; --exercise overrides)") from error
