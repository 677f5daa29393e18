"""A recording's samples, in SI units on their grid: what the formats of measurements are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import numpy as np

from tracker.analysis import kind_of, sensor_of
from tracker.motion.samples import Array, Mask, Samples
from tracker.recording import (
    Recording,
    RecordingError,
    SensorEntry,
    Side,
    open_recording,
    read_samples_csv,
    write_samples_csv,
)
from tracker.stream import decode


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What one sensor measured, from its first sample to its last.

    Attributes
    ----------
    number
        Of the sensor in its recording; 1 for a table.
    side
        The ankle that wears it, if known.
    family
        Of the sensor; empty for a table.
    period_s, t0_s
        Grid step, and the recording's second at row 0.
    acc, gyr
        Specific force m/s² and turning rate rad/s, shape (n, 3), sensor frame; not-a-number where samples were lost.
    valid
        Which rows were measured, shape (n,).
    began_at
        When row 0 was, if known.
    """

    number: int
    side: Side | None
    family: str
    period_s: float
    t0_s: float
    acc: Array
    gyr: Array
    valid: Mask
    began_at: datetime | None

    @property
    def time_s(self) -> Array:
        """Seconds of the recording, shape (n,)."""
        return np.arange(len(self.valid)) * np.float64(self.period_s) + self.t0_s


@dataclass(frozen=True, slots=True, eq=False)
class Sensed:
    """The samples of one sensor of a recording, as they are read.

    Attributes
    ----------
    number, side, family, began_at
        As in ``Measured``; ``began_at`` is that of the recording.
    t0_s
        Second of sample 0.
    blocks
        Raise ``RecordingError`` where something is wrong, or where there are none.
    """

    number: int
    side: Side | None
    family: str
    t0_s: float
    began_at: datetime | None
    blocks: Iterator[Samples]


def sensed(path: Path) -> Iterator[Sensed]:
    """Yield the sensors of a recording; the one of a table is number 1.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the recording and where.
    """
    if kind_of(path) == "csv":
        table = read_samples_csv(path)
        yield Sensed(1, None, "", table.t0_s, None, _told(table.samples, path, 1))
        return
    recording = open_recording(path)
    sensor_of(recording)
    for one in recording.header.sensors:
        blocks = _told(_blocks(recording, one), path, one.number)
        yield Sensed(one.number, one.side, one.family, 0.0, recording.header.begun_at, blocks)


def _told(blocks: Iterable[Samples], path: Path, number: int) -> Iterator[Samples]:
    """Tell in one line what is wrong, and that nothing is there."""
    block = None
    try:
        for block in blocks:
            yield block
    except RecordingError:
        raise
    except ValueError as error:
        raise RecordingError(path, str(error)) from error
    if block is None:
        raise RecordingError(path, f"no samples of sensor {number} in it")


def measured(path: Path) -> tuple[Measured, ...]:
    """Return what each sensor of a recording measured.

    Raises
    ------
    RecordingError
        As `sensed`.
    """
    return tuple(_gathered(one) for one in sensed(path))


def write_csv(target: Path, source: Path) -> None:
    """Write the samples of a recording's first sensor as CSV, to the last bit and without holding them all.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the recording and where.
    """
    if kind_of(source) == "csv":
        table = read_samples_csv(source)
        write_samples_csv(target, table.period_s, table.blocks, t0_s=table.t0_s)
        return
    recording = open_recording(source)
    blocks = _blocks(recording, sensor_of(recording))
    first = next(blocks, None)
    if first is None:
        raise RecordingError(source, "no samples in it, expected motion notifications of a sensor")
    write_samples_csv(target, first.period_s, chain([first], blocks))


def _blocks(recording: Recording, sensor: SensorEntry) -> Iterator[Samples]:
    return decode(recording, family=sensor.family, info=sensor.info, sensor=sensor.number)


def _gathered(sensor: Sensed) -> Measured:
    blocks = list(sensor.blocks)
    first, last = blocks[0], blocks[-1]
    length = last.start_index + len(last) - first.start_index
    acc, gyr = np.full((length, 3), np.nan), np.full((length, 3), np.nan)
    for block in blocks:
        begin = block.start_index - first.start_index
        acc[begin : begin + len(block)] = np.where(block.valid[:, None], block.acc, np.nan)
        gyr[begin : begin + len(block)] = np.where(block.valid[:, None], block.gyr, np.nan)
    before_s = first.start_index * first.period_s
    return Measured(
        number=sensor.number,
        side=sensor.side,
        family=sensor.family,
        period_s=first.period_s,
        t0_s=sensor.t0_s + before_s,
        acc=acc,
        gyr=gyr,
        valid=~np.isnan(acc[:, 0]),
        began_at=None if sensor.began_at is None else sensor.began_at + timedelta(seconds=before_s),
    )
