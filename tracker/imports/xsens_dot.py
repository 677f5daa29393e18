"""Xsens DOT, now Movella DOT: a table per sensor, behind lines that tell how it was recorded.

    sep=,
    DeviceTag:,left ankle
    FirmwareVersion:,2.0.0
    OutputRate:,60Hz
    ...
    PacketCounter,SampleTimeFine,Euler_X,...,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z

[1]_. The columns name no units. Behind the app's own lines they are m/s², deg/s and microseconds in 32 bits, which
begin anew after 71.6 minutes [2]_; Xsens' other programs write the same columns with other units, so without those
lines all three are asked for. Most modes of the sensor leave out acceleration or turning rate. The first row may be
all zeros.

References
----------
.. [1] Xsens DOT SDK for Android, ``XsensDotLogger.java``.
.. [2] Movella DOT BLE Services Specification, XD0506P.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tracker.motion.samples import Array

from .asked import ACC_UNITS, GYR_UNITS, TIME_UNITS, Asked
from .table import Table
from .track import App, Reading, only, track

TIME = "SampleTimeFine"
_ACC, _GYR = tuple(f"Acc_{axis}" for axis in "XYZ"), tuple(f"Gyr_{axis}" for axis in "XYZ")
_OWN_LINES = ("DeviceTag:", "AppVersion:")
_TURN = 1 << 32


def claims(columns: Sequence[str]) -> bool:
    """Say whether this is a header of the DOT app."""
    return "PacketCounter" in columns and TIME in columns


def read(tables: Sequence[Table], asked: Asked) -> Reading:
    """Read accelerometer and gyroscope."""
    table = only(tables, "sensor", "a file with PacketCounter and SampleTimeFine")
    if not table.has(*_ACC, *_GYR):
        kinds = dict.fromkeys(name.partition("_")[0] for name in table.columns[2:])
        what = "record acceleration and angular velocity (Acc and Gyr), not orientation or free acceleration alone"
        raise table.error(f"holds {', '.join(kinds)}: {what}")
    acc_unit, gyr_unit, time_unit = _units(table, asked)
    rows = table.numbers([TIME, *_ACC, *_GYR])
    notes = []
    if len(rows) > 2 and not rows[0, 1:].any():
        table, rows = table.without_first(), rows[1:]
        notes.append("the first row is all zeros and was left out")
    time_s = _unwrapped(table, rows[:, 0]) * TIME_UNITS[time_unit]
    acc, gyr = (np.ascontiguousarray(part) for part in (rows[:, 1:4], rows[:, 4:7]))
    return Reading(
        track(table, "accelerometer", _ACC, acc_unit, time_s, acc * ACC_UNITS[acc_unit]),
        track(table, "gyroscope", _GYR, gyr_unit, time_s, gyr * GYR_UNITS[gyr_unit]),
        f'"{TIME}" ({time_unit})',
        tuple(notes),
    )


def _units(table: Table, asked: Asked) -> tuple[str, str, str]:
    own = any(line.startswith(_OWN_LINES) for line in table.preamble)
    said = {
        "--acc-unit": (asked.acc_unit, "m/s2"),
        "--gyr-unit": (asked.gyr_unit, "deg/s"),
        "--time-unit": (asked.time_unit, "us"),
    }
    if own:
        for option, (unit, known) in said.items():
            if unit not in (None, known):
                raise table.error(f"{option} {unit}: but the DOT app writes {known}")
        acc_unit, gyr_unit, time_unit = (known for _, known in said.values())
        return acc_unit, gyr_unit, time_unit
    missing = " ".join(f"{option} {known}" for option, (unit, known) in said.items() if unit is None)
    if missing:
        what = f"nothing tells the units, for the app's own lines (DeviceTag: ...) are missing; its own are {missing}"
        raise table.error(what)
    assert asked.acc_unit is not None
    assert asked.gyr_unit is not None
    assert asked.time_unit is not None
    return asked.acc_unit, asked.gyr_unit, asked.time_unit


def _unwrapped(table: Table, ticks: Array) -> Array:
    """Ticks since the first row; the counter has 32 bits."""
    if ticks.min() < 0 or ticks.max() >= _TURN:
        row = int(np.flatnonzero((ticks < 0) | (ticks >= _TURN))[0])
        raise table.error(f"{TIME} is {ticks[row]:g}, expected 32 bits", table.line_of(row))
    steps = np.diff(ticks)
    steps = np.where(steps < -_TURN / 2, steps + _TURN, steps)
    return np.concatenate(([0.0], np.cumsum(steps)))


XSENS_DOT = App("xsens-dot", "Xsens DOT", claims, read, frozenset({"acc_unit", "gyr_unit", "time_unit"}))
