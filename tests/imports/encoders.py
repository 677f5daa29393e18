"""The apps' files, written from what is known about them and not from what reads them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracker.simulation import SensorStream

Array = NDArray[np.float64]
G = 9.80665


def phyphox_table(time_s: Array, values: Array, kind: str, unit: str, *, comma: str = ",", point: str = ".") -> str:
    """``DecimalFormat("0.000000000E0")``, the size of the vector in a last column."""

    def number(value: float) -> str:
        mantissa, exponent = f"{value:.9e}".split("e")
        return f"{mantissa}E{int(exponent)}".replace(".", point)

    size = {"Acceleration": "Absolute acceleration", "Gyroscope": "Absolute"}[kind]
    names = ["Time (s)", *(f"{kind} {axis} ({unit})" for axis in "xyz"), f"{size} ({unit})"]
    rows = [comma.join(f'"{name}"' for name in names)]
    for t, row in zip(time_s, values, strict=True):
        rows.append(comma.join(number(v) for v in (t, *row, np.linalg.norm(row))))
    return "\n".join(rows) + "\n"


def phyphox(path: Path, stream: SensorStream, *, comma: str = ",", point: str = ".") -> Path:
    """An archive of two sensors, with what phyphox adds."""
    with zipfile.ZipFile(path, "w") as archive:
        acc = phyphox_table(stream.time_s, stream.acc, "Acceleration", "m/s^2", comma=comma, point=point)
        gyr = phyphox_table(stream.time_s, stream.gyr, "Gyroscope", "rad/s", comma=comma, point=point)
        archive.writestr("Accelerometer.csv", acc)
        archive.writestr("Gyroscope.csv", gyr)
        archive.writestr("meta/device.csv", comma.join(('"property"', '"value"')) + "\n")
        archive.writestr("meta/time.csv", comma.join(('"event"', '"experiment time"', '"system time"')) + "\n")
    return path
