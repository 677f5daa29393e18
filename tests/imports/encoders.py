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


START_NS = 1_707_663_721_288_000_000


def sensor_logger_table(time_s: Array, values: Array) -> str:
    rows = ["time,seconds_elapsed,z,y,x"]
    for t, (x, y, z) in zip(time_s, values, strict=True):
        rows.append(f"{START_NS + round(t * 1e9)},{t!r},{z!r},{y!r},{x!r}")
    return "\n".join(rows) + "\n"


def sensor_logger_metadata(platform: str, standardised: bool | None) -> str:
    names = (
        "version,device name,recording epoch time,recording time,recording timezone,platform,appVersion,device id,"
        "sensors,sampleRateMs"
    )
    values = f"3,phone,{START_NS // 10**6},2024-02-11_15-02-01,Europe/Berlin,{platform},1.29,37c29426,Gyroscope,10"
    if standardised is not None:
        names, values = names + ",standardisation", f"{values},{'true' if standardised else 'false'}"
    return f"{names}\n{values}"


def sensor_logger(
    folder: Path, stream: SensorStream, platform: str = "android", standardised: bool | None = None
) -> Path:
    """A folder: Android with the total, iOS with acceleration and gravity apart."""
    folder.mkdir()
    sign = -1.0 if platform == "ios" and not standardised else 1.0
    tables = {"Gyroscope": stream.gyr}
    if platform == "android":
        tables["TotalAcceleration"] = stream.acc
    slow = np.column_stack([np.convolve(np.pad(a, 25, "edge"), np.full(51, 1 / 51), "valid") for a in stream.acc.T])
    tables |= {"Gravity": sign * slow, "Accelerometer": sign * (stream.acc - slow)}
    for name, values in tables.items():
        (folder / f"{name}.csv").write_text(sensor_logger_table(stream.time_s.tolist(), values.tolist()))
    (folder / "Metadata.csv").write_text(sensor_logger_metadata(platform, standardised))
    (folder / "Location.csv").write_text("time,seconds_elapsed,speed,latitude\n1,0.0,0,20.3\n")
    return folder


def metabase_table(time_s: Array, values: Array, unit: str, *, ios: bool = True) -> str:
    from datetime import UTC, datetime

    axes = ",".join(f"{axis}-axis ({unit})" for axis in "xyz")
    rows = [f"epoc (ms),timestamp (+0000),elapsed (s),{axes}" if ios else f"epoch (ms),time (01:00),elapsed (s),{axes}"]
    first_ms = None
    for t, row in zip(time_s, values, strict=True):
        ms = START_NS // 10**6 + round(t * 1000)
        first_ms = ms if first_ms is None else first_ms
        stamp = datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H.%M.%S.%f")[:-3]
        rows.append(f"{ms},{stamp},{(ms - first_ms) / 1000:.3f}," + ",".join(f"{v:.3f}" for v in row))
    return "\n".join(rows) + "\n"


def metabase(folder: Path, stream: SensorStream, *, rate_hz: int = 100, ios: bool = True) -> tuple[Path, Path]:
    stem = "session_MetaWear_2019-01-11T16.10.08.270_C42732BE255C"
    acc = folder / f"{stem}_Accelerometer_{rate_hz}.000Hz_1.4.4.csv"
    gyr = folder / f"{stem}_Gyroscope_{rate_hz}.000Hz_1.4.4.csv"
    acc.write_text(metabase_table(stream.time_s, stream.acc / G, "g", ios=ios))
    gyr.write_text(metabase_table(stream.time_s, np.degrees(stream.gyr), "deg/s", ios=ios))
    return acc, gyr


DOT_PREAMBLE = """sep=,
DeviceTag:,left ankle
FirmwareVersion:,2.0.0
AppVersion:,2021.0
SyncStatus:,Un-synced
OutputRate:,60Hz
FilterProfile:,General
Measurement Mode:,Custom Mode 5
StartTime: ,2021-08-30_17:05:05_000 GMT+8
© Xsens Technologies B. V. 2005-2021

"""


def xsens_dot(
    path: Path, stream: SensorStream, *, preamble: str = DOT_PREAMBLE, first_us: int = 677_788_567, us: float = 1.0
) -> Path:
    names = "Euler_X,Euler_Y,Euler_Z,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z"
    rows = [f"PacketCounter,SampleTimeFine,{names}", f"0,{first_us % 2**32}," + ",".join(["0.00000000000000"] * 9)]
    for i, (t, acc, gyr) in enumerate(zip(stream.time_s, stream.acc, np.degrees(stream.gyr), strict=True), start=1):
        ticks = (first_us + round((t - stream.time_s[0] + 0.01) * 1e6 / us)) % 2**32
        rows.append(f"{i},{ticks}," + ",".join(f"{v:.14f}" for v in (1.0, 2.0, 3.0, *acc, *gyr)))
    path.write_text(preamble + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def witmotion_time(t: float, *, padded: bool = False) -> str:
    """From 23:59:50 on, so that midnight comes."""
    ms = round(t * 1000) + (23 * 3600 + 59 * 60 + 50) * 1000
    day, ms = 9 + ms // 86_400_000, ms % 86_400_000
    h, m, s, rest = ms // 3_600_000, ms // 60_000 % 60, ms // 1000 % 60, ms % 1000
    return f"2025-10-{day:02} {h:02}:{m:02}:{s:02}.{rest:03}" if padded else f"2025-10-{day} {h}:{m}:{s}:{rest}"


WIT_STYLES = {
    "app": ("time", "DeviceName", "ChipTime()", "Acc{}(g)", "As{}(°/s)", "XYZ"),
    "program": ("Time", "Device name", "Chip Time()", "Acceleration {}(g)", "Angular velocity {}(°/s)", "XYZ"),
    "old": ("time", "DeviceName", "ChipTime", "a{}(g)", "w{}(deg/s)", "xyz"),
}


def witmotion(
    path: Path,
    streams: dict[str, SensorStream],
    *,
    style: str = "app",
    chip: bool = True,
    arrivals: Array | None = None,
    encoding: str = "utf-8-sig",
    point: str = ".",
) -> Path:
    host, device, chip_name, acc, gyr, axes = WIT_STYLES[style]
    names = [host, device, chip_name, *(acc.format(a) for a in axes), *(gyr.format(a) for a in axes), "AngleX(°)", ""]
    lines = []
    for name, one in streams.items():
        arrived = one.time_s if arrivals is None else arrivals
        for t, at, a, g in zip(one.time_s, arrived, one.acc / G, np.degrees(one.gyr), strict=True):
            values = [f"{v:.4f}".replace(".", point) for v in (*a, *g, 1.5)]
            stamp = witmotion_time(t) if chip else "null"
            lines.append((at, "\t".join([witmotion_time(at, padded=True), name, stamp, *values, ""])))
    lines.sort(key=lambda line: line[0])
    text = "\r\n".join(["\t".join(names), *(line for _, line in lines)]) + "\r\n"
    path.write_bytes(text.encode(encoding))
    return path
