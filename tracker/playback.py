"""A file as a source of items for the live loop: what it says about itself, the stages it needs, its items in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic

from tracker.analysis import doubt_of_units, header_exercise, kind_of, streams_of
from tracker.exercises import Exercise, exercises
from tracker.journal import SetContext
from tracker.live import Item, Lane, Show, Stage
from tracker.motion.engine import Tracker, Value
from tracker.motion.samples import Samples
from tracker.recording import (
    CsvRecording,
    GattEvent,
    Header,
    Marker,
    Recording,
    Side,
    open_recording,
    read_samples_csv,
)

BLOCK_S = 0.1
"""A CSV is replayed in blocks as long as a sensor's notifications."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay(Generic[Item]):
    """A recording to run through the live loop.

    Attributes
    ----------
    path
        The file.
    profile
        The exercise that was asked for, else the header's; None: any leg lift counts.
    header
        None for a CSV.
    stages
        New stages of each sensor, by its number; None: there is only one.
    items
        Each with its time, nanoseconds.
    damage
        Asked at the end: what the recording lacks, empty if nothing.
    doubt
        Why a table's units are perhaps not those that are expected; empty if they look right.
    """

    path: Path
    profile: Exercise | None
    header: Header | None
    stages: Mapping[int | None, Stage[Item]]
    items: Iterator[tuple[int, Item]]
    damage: Callable[[], str]
    doubt: str = ""

    @property
    def begun_at(self) -> datetime | None:
        """As `Header.begun_at`; None for a CSV."""
        return self.header.begun_at if self.header else None


def open_replay(path: Path, profile: Exercise | None) -> Replay[GattEvent | Marker] | Replay[Samples]:
    """Open a file for replay.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the file and where.
    """
    if kind_of(path) == "csv":
        return _of_csv(read_samples_csv(path), profile)
    return _of_mcap(open_recording(path), profile)


def lanes_of(source: Replay[Item], show: Callable[[int | None], Show]) -> list[Lane[Item]]:
    """Return the lanes of the sensors; ``show`` says by a sensor's number who is told its values."""
    id_ = source.profile.id if source.profile else None
    return [
        Lane(stage=stage, show=show(number), said=said_of(source.header, number, exercise=id_), sensor=number)
        for number, stage in source.stages.items()
    ]


def said_of(header: Header | None, number: int | None = None, *, exercise: str | None = None) -> SetContext:
    """Return what is known of a sensor's sets when they begin.

    Parameters
    ----------
    header
        Of the recording; None: nothing is.
    number
        Of the sensor, where there are several: its leg says which one works.
    exercise
        What was chosen in place of the header's.
    """
    if header is None:
        return SetContext(exercise=exercise)
    id_, side = exercise or header.exercise, header.working_side
    if number is not None:
        profile = exercises().get(id_ or "")
        side = profile.working_leg(worn_on(header, number)) if profile else None
    return SetContext(side=side, exercise=id_, load_kg=header.load_kg)


def worn_on(header: Header | None, number: int | None) -> Side | None:
    """Return the leg that wears one of several sensors."""
    worn = header.sensors if header else ()
    return next((sensor.side for sensor in worn if sensor.number == number), None)


class SamplesStage:
    """The tracker behind samples from a table.

    Parameters
    ----------
    recording
        Gives rate and time zero.
    profile
        The exercise, or None.
    """

    def __init__(self, recording: CsvRecording, profile: Exercise | None) -> None:
        self._tracker = Tracker(recording.period_s, t0_s=recording.t0_s, exercise=profile)
        self._period_s = recording.period_s
        self._samples = 0

    def push(self, item: Samples, /) -> list[Value]:
        """Take a block of samples."""
        self._samples = item.start_index + len(item)
        return self._tracker.push(item)

    def flush(self) -> list[Value]:
        """End the stream."""
        return self._tracker.flush()

    @property
    def duration_s(self) -> float:
        """From the first sample to the newest, seconds."""
        return max(0, self._samples - 1) * self._period_s


def _of_csv(recording: CsvRecording, profile: Exercise | None) -> Replay[Samples]:
    def items() -> Iterator[tuple[int, Samples]]:
        size = max(1, round(BLOCK_S / recording.period_s))
        for block in recording.samples:
            for part in block.sliced(size):
                yield round((part.start_index + len(part)) * recording.period_s * 1e9), part

    stage = SamplesStage(recording, profile)
    return Replay(
        path=recording.path,
        profile=profile,
        header=None,
        stages={None: stage},
        items=items(),
        damage=lambda: "",
        doubt=doubt_of_units(recording),
    )


def _of_mcap(recording: Recording, profile: Exercise | None) -> Replay[GattEvent | Marker]:
    profile = profile or header_exercise(recording.path, recording.header.exercise)
    streams = streams_of(recording, profile)
    alone = len(streams) == 1
    stages: dict[int | None, Stage[GattEvent | Marker]] = {
        None if alone else number: stream for number, stream in streams.items()
    }
    return Replay(
        path=recording.path,
        profile=profile,
        header=recording.header,
        stages=stages,
        items=((item.host_ns, item) for item in recording),
        damage=lambda: "" if recording.ending.complete else recording.ending.reason,
    )
