"""MetaBase (MbientLab, for MetaMotion and MetaWear): a table per sensor.

    epoc (ms),timestamp (+0000),elapsed (s),x-axis (g),y-axis (g),z-axis (g)
    epoch (ms),time (01:00),elapsed (s),x-axis (deg/s),y-axis (deg/s),z-axis (deg/s)

The first as iOS writes it [1]_, the second as Android does [2]_. Files are called
``..._C42732BE255C_Accelerometer_100.000Hz_1.4.4.csv``. ``elapsed`` begins with each file's own first row, so that
only the epoch joins two files. Its stamps are the sensor's when logged, counted in whole milliseconds when streamed
from Android, and when streamed from iOS those of the arrival, two rows alike. Counting in whole milliseconds makes
400 Hz look like 500: where the rate in the name and the stamps disagree, the rate is asked for. Gravity and Linear
Acceleration of the sensor's fusion have the accelerometer's header; the name tells them apart.

References
----------
.. [1] MetaBase for iOS, ``SensorConfig.swift`` (``csvHeaderRoot``, ``packerCreate(count: 2)``).
.. [2] MetaBase for Android, ``DataHandler.java`` (``CsvDataHandler``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tracker.motion.samples import Array

from .arrivals import even_out, in_bursts
from .asked import ACC_UNITS, GYR_UNITS, Asked, unit_of
from .table import Table
from .track import App, Reading, Track, only, track

_TIME = re.compile(r"epoch? \(ms\)")
_AXIS = re.compile(r"([xyz])-axis(?: \((.*)\))?")
_FUSED = re.compile(r"linear ?acceleration|gravity", re.IGNORECASE)
_RATE = re.compile(r"_([0-9.]+) ?Hz")
_RATE_OFF = 0.05
"""Chips are off by up to 3 %."""


def claims(columns: Sequence[str]) -> bool:
    """Say whether this is a header of MetaBase with three axes."""
    return any(_TIME.fullmatch(c) for c in columns) and any(_AXIS.fullmatch(c) for c in columns)


def read(tables: Sequence[Table], asked: Asked) -> Reading:
    """Read accelerometer and gyroscope."""
    kinds: dict[str, list[Table]] = {"acc": [], "gyr": [], "fused": []}
    for table in tables:
        kind = _kind(table)
        if kind:
            kinds[kind].append(table)
    if kinds["fused"] and (not kinds["acc"] or kinds["fused"][0].source.named):
        raise kinds["fused"][0].error("comes from the sensor's fusion, expected its accelerometer")
    acc_table = only(kinds["acc"], "accelerometer", "a file with x-axis (g)")
    gyr_table = only(kinds["gyr"], "gyroscope", "a file with x-axis (deg/s)")
    origin_ms = float(acc_table.numbers([_time(acc_table)])[0, 0])
    acc, acc_notes = _track(acc_table, "accelerometer", origin_ms, asked)
    gyr, gyr_notes = _track(gyr_table, "gyroscope", origin_ms, asked)
    return Reading(acc, gyr, f'"{_time(acc_table)}"', (*acc_notes, *gyr_notes))


def _time(table: Table) -> str:
    return next(name for name in table.columns if _TIME.fullmatch(name))


def _kind(table: Table) -> str:
    units = {m[2] for name in table.columns if (m := _AXIS.fullmatch(name))}
    if "deg/s" in units:
        return "gyr"
    if "T" in units:
        return ""
    return "fused" if _FUSED.search(table.source.name) else "acc"


def _track(table: Table, what: str, origin_ms: float, asked: Asked) -> tuple[Track, list[str]]:
    names = sorted(name for name in table.columns if _AXIS.fullmatch(name))
    if len(names) != 3:
        raise table.error(f"expected x-axis, y-axis and z-axis, found {', '.join(names)}")
    if what == "accelerometer":
        units, unit = ACC_UNITS, unit_of(table, names, ACC_UNITS, asked.acc_unit, "--acc-unit")
    else:
        units, unit = GYR_UNITS, unit_of(table, names, GYR_UNITS, asked.gyr_unit, "--gyr-unit")
    rows = table.numbers([_time(table), *names])
    time_s, values = (rows[:, 0] - origin_ms) / 1e3, np.ascontiguousarray(rows[:, 1:]) * units[unit]
    notes = []
    if in_bursts(time_s, values):
        time_s, values, note = even_out(table, f"the {what}'s", time_s, values)
        notes.append(note)
    time_s = time_s * _stretch(table, what, time_s, asked.rate)
    return track(table, what, names, unit, time_s, values), notes


def _stretch(table: Table, what: str, time_s: Array, asked: str | None) -> float:
    """Return by how much the stamps' time has to be longer.

    Raises
    ------
    RecordingError
        The stamps' rate is not that in the file's name, and nobody said which it was.
    """
    named = _RATE.search(table.source.name)
    if named is None:
        return 1.0
    stamped_hz, name_hz = 1 / float(np.median(np.diff(time_s))), float(named[1])
    if abs(stamped_hz / name_hz - 1) <= _RATE_OFF or asked == "stamps":
        return 1.0
    if asked == "name":
        return stamped_hz / name_hz
    what = f"the {what}'s name says {name_hz:g} Hz, its stamps {stamped_hz:.3g}: say --rate name or stamps"
    raise table.error(what)


METABASE = App("metabase", "MetaBase", claims, read, frozenset({"acc_unit", "gyr_unit", "rate"}))
