"""Sensor Logger (Kelvin Choi): a table per sensor, told apart by the files' names alone.

    time,seconds_elapsed,z,y,x
    1707663721345109200,0.057109130859375,7.511070251464844,6.9344000816345215,1.423729419708252

``time`` is in nanoseconds since 1970, acceleration in m/s², turning rate in rad/s [1]_. ``Accelerometer`` lacks
gravity; ``TotalAcceleration`` has it, else ``Gravity`` is added, else ``AccelerometerUncalibrated`` serves, which iOS
gives in g. On iOS all accelerations bear the opposite sign, unless "Standardise Units & Frames" was on [2]_.
``Metadata.csv`` tells the platform and, since app version 1.29, the ``standardisation``. Without it the platform is
asked for: tilting alone looks the same with either sign.

References
----------
.. [1] tszheichoi/awesome-sensor-logger, ``UNITS.md``.
.. [2] tszheichoi/awesome-sensor-logger, ``CROSSPLATFORM.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracker.motion.samples import Array

from .asked import ACC_UNITS, Asked
from .join import join
from .table import Table
from .track import App, Reading, Track, only, track

TIME = "time"
_KIND = re.compile(
    r"(?:^|[-_ ])(TotalAcceleration|Accelerometer(?:Uncalibrated)?|Gravity|Gyroscope(?:Uncalibrated)?)\.csv(?:\.gz)?$",
    re.IGNORECASE,
)
_KINDS = (
    *("TotalAcceleration", "Accelerometer", "AccelerometerUncalibrated"),
    *("Gravity", "Gyroscope", "GyroscopeUncalibrated"),
)


def _is_metadata(columns: Sequence[str]) -> bool:
    return "platform" in columns and "recording time" in columns


def claims(columns: Sequence[str]) -> bool:
    """Say whether this is a header of Sensor Logger: a sensor with three axes, or the metadata."""
    return {TIME, "seconds_elapsed", "x", "y", "z"} <= set(columns) or _is_metadata(columns)


def read(tables: Sequence[Table], asked: Asked) -> Reading:
    """Read accelerometer and gyroscope."""
    metadata = [table for table in tables if _is_metadata(table.columns)]
    kinds = _kinds([table for table in tables if not _is_metadata(table.columns)])
    gyr = kinds["Gyroscope"] or kinds["GyroscopeUncalibrated"]
    gyr_table = only(gyr, "gyroscope", "Gyroscope.csv")
    acc_table = _accelerometer(kinds)
    platform = _platform(only(metadata, "metadata", "") if metadata else None, asked, acc_table)
    origin = float(acc_table.numbers([TIME])[0, 0])
    gyr_track = _track(gyr_table, "gyroscope", "rad/s", origin, 1.0)
    sign = -1.0 if platform == "ios" else 1.0
    name = _kind(acc_table)
    unit = "g" if name == "AccelerometerUncalibrated" and platform == "ios" else "m/s2"
    acc = _track(acc_table, "accelerometer", unit, origin, sign * ACC_UNITS[unit])
    if name == "Accelerometer":
        acc = _with_gravity(acc, _track(kinds["Gravity"][0], "gravity", unit, origin, sign))
    note = f"axes as on {platform}" + (": the accelerometer's sign was turned" if sign < 0 else "")
    return Reading(acc, gyr_track, f'"{TIME}" (ns)', (note,))


def _kind(table: Table) -> str:
    found = _KIND.search(table.source.name)
    if found is None:
        what = f"its name must say which sensor of Sensor Logger it is: {', '.join(f'{kind}.csv' for kind in _KINDS)}"
        raise table.error(what)
    return next(kind for kind in _KINDS if kind.casefold() == found[1].casefold())


def _kinds(tables: Sequence[Table]) -> Mapping[str, list[Table]]:
    """Tables by what they hold; of a folder, those that are something else are left."""
    kinds: dict[str, list[Table]] = {kind: [] for kind in _KINDS}
    for table in tables:
        if table.source.named or _KIND.search(table.source.name):
            kinds[_kind(table)].append(table)
    return kinds


def _accelerometer(kinds: Mapping[str, list[Table]]) -> Table:
    """Return the table that holds gravity, or to which gravity can be added."""
    expected = "TotalAcceleration.csv, or Accelerometer.csv and Gravity.csv"
    if kinds["TotalAcceleration"]:
        return only(kinds["TotalAcceleration"], "accelerometer", expected)
    if kinds["Accelerometer"] and kinds["Gravity"]:
        only(kinds["Gravity"], "gravity", expected)
        return only(kinds["Accelerometer"], "accelerometer", expected)
    if kinds["AccelerometerUncalibrated"]:
        return only(kinds["AccelerometerUncalibrated"], "accelerometer", expected)
    if kinds["Accelerometer"]:
        raise kinds["Accelerometer"][0].error("lacks gravity, and the tilt with it: name Gravity.csv as well")
    return only([], "accelerometer", expected)


def _platform(metadata: Table | None, asked: Asked, acc: Table) -> str:
    said = None if metadata is None else _said(metadata)
    if said is None and asked.platform is None:
        raise acc.error(
            "iOS and Android give accelerations opposite signs, and no Metadata.csv says which it was: "
            "name it as well, or say --platform android, ios or ios-standardised"
        )
    if said is not None and asked.platform not in (None, said):
        assert metadata is not None
        raise metadata.error(f"--platform {asked.platform}: but the metadata say {said}")
    return said or asked.platform or ""


def _said(metadata: Table) -> str:
    platform = metadata.texts("platform")
    standardised = metadata.texts("standardisation") if metadata.has("standardisation") else [""]
    if not platform or platform[0].casefold() not in ("android", "ios"):
        raise metadata.error(f"platform is {''.join(platform[:1])!r}, expected android or ios")
    if platform[0].casefold() == "android":
        return "android"
    return "ios-standardised" if standardised[0].casefold() == "true" else "ios"


def _track(table: Table, what: str, unit: str, origin: float, factor: float) -> Track:
    rows = table.numbers([TIME, "seconds_elapsed", "x", "y", "z"])
    time_s: Array = (rows[:, 0] - origin) / 1e9
    return track(table, what, "xyz", unit, time_s, factor * rows[:, 2:])


def _with_gravity(acc: Track, gravity: Track) -> Track:
    both = join(acc, gravity)
    return replace(acc, path=f"{acc.path} and {gravity.path}", time_s=both.time_s, values=both.acc + both.gyr)


SENSOR_LOGGER = App("sensor-logger", "Sensor Logger", claims, read, frozenset({"platform"}))
