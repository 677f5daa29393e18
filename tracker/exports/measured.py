"""A recording's samples, in SI units on their grid: what the formats of measurements are made of."""

from __future__ import annotations

from collections.abc import Iterator
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


def measured(path: Path) -> tuple[Measured, ...]:
    """Return what each sensor of a recording measured.

    Raises
    ------
    RecordingError
        One line that says what is wrong with the recording and where.
    """
    if kind_of(path) == "csv":
        table = read_samples_csv(path)
        return (_gathered(list(table.samples), number=1, side=None, family="", t0_s=table.t0_s, began_at=None),)
    recording = open_recording(path)
    sensor_of(recording)
    return tuple(_of_sensor(recording, sensor) for sensor in recording.header.sensors)


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


def _of_sensor(recording: Recording, sensor: SensorEntry) -> Measured:
    try:
        blocks = list(_blocks(recording, sensor))
    except RecordingError:
        raise
    except ValueError as error:
        raise RecordingError(recording.path, str(error)) from error
    if not blocks:
        raise RecordingError(recording.path, f"no samples of sensor {sensor.number} in it")
    return _gathered(
        blocks,
        number=sensor.number,
        side=sensor.side,
        family=sensor.family,
        t0_s=0.0,
        began_at=recording.header.begun_at,
    )


def _gathered(
    blocks: list[Samples], *, number: int, side: Side | None, family: str, t0_s: float, began_at: datetime | None
) -> Measured:
    first, last = blocks[0], blocks[-1]
    length = last.start_index + len(last) - first.start_index
    acc, gyr = np.full((length, 3), np.nan), np.full((length, 3), np.nan)
    for block in blocks:
        begin = block.start_index - first.start_index
        acc[begin : begin + len(block)] = np.where(block.valid[:, None], block.acc, np.nan)
        gyr[begin : begin + len(block)] = np.where(block.valid[:, None], block.gyr, np.nan)
    before_s = first.start_index * first.period_s
    return Measured(
        number=number,
        side=side,
        family=family,
        period_s=first.period_s,
        t0_s=t0_s + before_s,
        acc=acc,
        gyr=gyr,
        valid=~np.isnan(acc[:, 0]),
        began_at=None if began_at is None else began_at + timedelta(seconds=before_s),
    )
