"""WitMotion: one table with all sensors, of the app or the program for computers.

    time  DeviceName  ChipTime()  AccX(g)  AccY(g)  AccZ(g)  AsX(°/s)  AsY(°/s)  AsZ(°/s)  ...
    Time  Device name  Chip Time()  Acceleration X(g)  ...  Angular velocity X(°/s)  ...
    ChipTime  ax(g)  ay(g)  az(g)  wx(deg/s)  wy(deg/s)  wz(deg/s)  ...

Separated by tabs or commas. The chip's time is ``2024-3-19 16:44:16:94``, the last being milliseconds without leading
zeros [1]_; where it is ``null``, the time is that of the arrival, as ``16:44:16.094`` or with a date before it. The
degree sign may come in the Chinese encoding [1]_. A decimal comma between commas cannot be told apart and is refused.

References
----------
.. [1] telemetry-parser, ``src/witmotion/`` (MIT or Apache-2.0).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tracker.motion.samples import Array

from .arrivals import even_out, in_bursts
from .asked import ACC_UNITS, GYR_UNITS, Asked, unit_of
from .table import Table
from .track import App, Reading, only, track

_ACC = re.compile(r"(?:Acc|a|Acceleration |加速度)([XYZxyz]) ?(?:\(.*\))?")
_GYR = re.compile(r"(?:As|w|Angular velocity |角速度)([XYZxyz]) ?(?:\(.*\))?")
_CHIP = ("ChipTime()", "Chip Time()", "ChipTime", "Chiptime", "片上时间()")
_HOST = ("time", "Time", "Time(s)", "时间")
_DEVICE = ("DeviceName", "Device name", "设备名称")
_STAMP = re.compile(r"(?:(\S+)[T ]\s*)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:([.:])(\d{1,9}))?")
_DAY_S = 86_400.0
_NULL = ("", "null", "NaN")


def _axes(columns: Sequence[str], pattern: re.Pattern[str]) -> list[str]:
    found = [(axis[1].lower(), name) for name in columns if (axis := pattern.fullmatch(name))]
    return [name for _, name in sorted(found)]


def claims(columns: Sequence[str]) -> bool:
    """Say whether this is a header of WitMotion."""
    timed = any(name in columns for name in (*_CHIP, *_HOST))
    return timed and len(_axes(columns, _ACC)) == 3


def read(tables: Sequence[Table], asked: Asked) -> Reading:
    """Read accelerometer and gyroscope."""
    table = _one_device(only(tables, "recording", "a file with AccX(g)"), asked.device)
    acc_names, gyr_names = _axes(table.columns, _ACC), _axes(table.columns, _GYR)
    if len(gyr_names) != 3:
        raise table.error("the gyroscope's columns are missing, expected AsX(°/s), AsY(°/s) and AsZ(°/s)")
    acc_unit = unit_of(table, acc_names, ACC_UNITS, asked.acc_unit, "--acc-unit")
    gyr_unit = unit_of(table, gyr_names, GYR_UNITS, asked.gyr_unit, "--gyr-unit")
    rows = table.numbers([*acc_names, *gyr_names]) * np.repeat([ACC_UNITS[acc_unit], GYR_UNITS[gyr_unit]], 3)
    name, chip = _clock(table)
    time_s = _seconds(table, name)
    notes = []
    if not chip or in_bursts(time_s, rows):
        time_s, rows, note = even_out(table, "the", time_s, rows)
        notes.append(note)
    acc, gyr = (np.ascontiguousarray(part) for part in (rows[:, :3], rows[:, 3:]))
    return Reading(
        track(table, "accelerometer", acc_names, acc_unit, time_s, acc),
        track(table, "gyroscope", gyr_names, gyr_unit, time_s, gyr),
        f'"{name}"',
        tuple(notes),
    )


def _one_device(table: Table, asked: str | None) -> Table:
    column = next((name for name in _DEVICE if name in table.columns), None)
    devices = sorted(set(table.texts(column))) if column else []
    if asked is None:
        if len(devices) > 1:
            raise table.error(f"holds {len(devices)} sensors, choose one with --device: {', '.join(devices)}")
        return table
    wanted = [one for one in devices if asked == one] or [one for one in devices if asked.casefold() in one.casefold()]
    if len(wanted) != 1:
        raise table.error(f"--device {asked!r}: fits {len(wanted)} of {', '.join(devices) or 'no sensors with a name'}")
    assert column is not None
    place = table.index(column)
    return table.keep(lambda row: row[place] == wanted[0])


def _clock(table: Table) -> tuple[str, bool]:
    """Return the column that is the clock, and whether it is the sensor's own."""
    chip = next((name for name in _CHIP if name in table.columns), None)
    host = next((name for name in _HOST if name in table.columns), None)
    ticks = set(table.texts(chip)) if chip else set()
    # a chip whose time is asked for now and then stands still between: then the arrival tells more
    least = len(set(table.texts(host))) / 2 if host else 0
    if chip is not None and not ticks & set(_NULL) and len(ticks) >= least:
        return chip, True
    if host is None:
        raise table.error(f"{chip} is not filled, and there is no other column with the time")
    return host, False


def _seconds(table: Table, name: str) -> Array:
    """Seconds since the first row, from times of day; midnight may come in between."""
    out, day, date, last = [], 0, None, None
    for row, text in enumerate(table.texts(name)):
        found = _STAMP.fullmatch(text)
        if found is None:
            what = f"{name} is {text[:40]!r}, expected a time such as 2024-3-19 16:44:16:094"
            raise table.error(what, table.line_of(row))
        at_s = _second_of_day(found)
        if last is not None and last - at_s > _DAY_S / 2:
            day += 1
        elif date is not None and found[1] != date:
            what = f"the date goes from {date} to {found[1]} without midnight, expected one session"
            raise table.error(what, table.line_of(row))
        date, last = found[1], at_s
        out.append(day * _DAY_S + at_s)
    return np.array(out) - out[0]


def _second_of_day(found: re.Match[str]) -> float:
    hours, minutes, seconds = (int(found[i]) for i in (2, 3, 4))
    part = 0.0
    if found[6]:
        part = int(found[6]) / (1000 if found[5] == ":" else 10 ** len(found[6]))
    return hours * 3600 + minutes * 60 + seconds + part


WITMOTION = App("witmotion", "WitMotion", claims, read, frozenset({"acc_unit", "gyr_unit", "device"}))
