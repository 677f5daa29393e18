"""phyphox (RWTH Aachen): a table per sensor, or one with both.

    "Time (s)","Acceleration x (m/s^2)","Acceleration y (m/s^2)","Acceleration z (m/s^2)","Absolute acceleration ..."
    "Time (s)","Gyroscope x (rad/s)","Gyroscope y (rad/s)","Gyroscope z (rad/s)","Absolute (rad/s)"

Separated by comma, tab or semicolon, with decimal point or comma, numbers as ``1.234567890E-2``; several tables come
in one archive, with ``meta/`` beside them. Columns of unlike length are filled up with ``NaN`` [1]_. Files in g and
deg/s are about, so the unit is read off the header. "Linear Acceleration" is what is left when gravity was taken off;
the shank's tilt cannot be had from it. Both sensors share the experiment's clock.

References
----------
.. [1] phyphox-android, ``app/src/main/java/de/rwth_aachen/phyphox/DataExport.java`` (``CsvFormat``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from .asked import ACC_UNITS, GYR_UNITS, Asked, unit_of
from .table import Table
from .track import App, Reading, Track, only, track

TIME = "Time (s)"
_COLUMN = re.compile(r"(linear acceleration|acceleration|gyroscope) ([xyz])(?: \(.*\))?", re.IGNORECASE)


def _columns(columns: Sequence[str], kind: str) -> list[str]:
    """Names of x, y and z of a kind, in this order."""
    found = [(m[2].lower(), name) for name in columns if (m := _COLUMN.fullmatch(name)) and m[1].lower() == kind]
    return [name for _, name in sorted(found)]


def claims(columns: Sequence[str]) -> bool:
    """Say whether this is a phyphox header."""
    return TIME in columns and any(_COLUMN.fullmatch(name) for name in columns)


def read(tables: Sequence[Table], asked: Asked) -> Reading:
    """Read accelerometer and gyroscope."""
    kinds = {kind: [t for t in tables if _columns(t.columns, kind)] for kind in ("acceleration", "gyroscope")}
    if not kinds["acceleration"]:
        linear = next((t for t in tables if _columns(t.columns, "linear acceleration")), None)
        if linear is not None:
            what = "Linear Acceleration lacks gravity, and the tilt with it; record 'Acceleration (with g)' in phyphox"
            raise linear.error(what)
    acc = only(kinds["acceleration"], "accelerometer", "columns Acceleration x, y and z (record 'with g')")
    gyr = only(kinds["gyroscope"], "gyroscope", "columns Gyroscope x, y and z (add its export, or record both at once)")
    notes = []
    if acc is not gyr and not acc.source.within == gyr.source.within != "":
        if acc.source.within or gyr.source.within:
            what = f"another recording than {gyr.source.path}: phyphox has to record both sensors in one experiment"
            raise acc.error(what)
        notes.append("both files are taken to be of one experiment: phyphox's times do not tell")
    return Reading(
        _track(acc, "accelerometer", "acceleration", asked),
        _track(gyr, "gyroscope", "gyroscope", asked),
        f'"{TIME}"',
        tuple(notes),
    )


def _track(table: Table, what: str, kind: str, asked: Asked) -> Track:
    names = _columns(table.columns, kind)
    if len(names) != 3:
        raise table.error(f"expected {kind} x, y and z, found {', '.join(names)}")
    if kind == "acceleration":
        units, said, option = ACC_UNITS, asked.acc_unit, "--acc-unit"
    else:
        units, said, option = GYR_UNITS, asked.gyr_unit, "--gyr-unit"
    unit = unit_of(table, names, units, said, option)
    rows = table.numbers([TIME, *names], padded=True)
    return track(table, what, names, unit, rows[:, 0], np.ascontiguousarray(rows[:, 1:]) * units[unit])


PHYPHOX = App("phyphox", "phyphox", claims, read)
