"""Simulated sessions as the bytes of each family: what a sensor of it sends, as the host gets it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from tracker.recording.model import GattEvent
from tracker.sensors import bluest, dot, metamotion, thingy
from tracker.sensors.virtual import watch
from tracker.simulation import Activity, Link, Plan, SensorModel, SensorStream, SetPlan, sense, simulate

from .encoders_wearables import movesense_session, polar_session, witmotion_session
from .traffic import Array, event, read, write

G = 9.80665
STARTED_NS = 5_000_000_000
"""Host time at which a session begins."""
PLAN = Plan(
    "cable",
    (
        Activity("stand", 5.0),
        SetPlan(5, concentric_s=0.9, hold_s=0.5, eccentric_s=1.2, bottom_pause_s=0.5),
        Activity("stand", 12.0),
        Activity("walk", 6.0),
        Activity("stand", 3.0),
        SetPlan(4, concentric_s=0.7, hold_s=0.3, eccentric_s=0.9, bottom_pause_s=0.4),
        Activity("stand", 12.0),
    ),
)


@cache
def sensed(rate_hz: int, acc_range_g: int = 16) -> SensorStream:
    """The session, as a chip reads it: its own rate is 0.8 % off."""
    model = SensorModel(rate_hz=rate_hz, rate_error=0.008, acc_range_g=acc_range_g, link=Link())
    return sense(simulate(PLAN, 1), model, 1, notify=False)


def own_protocol() -> list[GattEvent]:
    """The same session in our own wire format."""
    return list(watch(PLAN, SensorModel(), seed=1).events())


def arrivals(time_s: Array, *, interval_s: float = 0.015, seed: int = 0) -> list[int]:
    """Host times: at the next connection event, and now and then up to 50 ms late; never before what came first."""
    rng = np.random.default_rng(seed)
    late = np.where(rng.uniform(size=len(time_s)) < 0.1, rng.uniform(0, 0.05, len(time_s)), 0.002)
    sent = np.ceil((time_s + late) / interval_s) * interval_s
    return [STARTED_NS + round(at * 1e9) for at in np.maximum.accumulate(sent)]


def dot_events(stream: SensorStream, began_us: int = 2**32 - 20_000_000) -> list[GattEvent]:
    """Its clock goes round 20 s after the start."""
    out = [read(dot.CONTROL, bytes(24) + struct.pack("<H", 60) + bytes(6)), write(dot.MEASURE, b"\x01\x01\x15")]
    numbers = np.hstack((stream.acc, np.degrees(stream.gyr)))
    for time_s, row, at_ns in zip(stream.time_s, numbers, arrivals(stream.time_s), strict=True):
        time_us = (began_us + round(time_s * 1e6)) % 2**32
        out.append(event(dot.PAYLOAD, struct.pack("<I6f12x", time_us, *row), at_ns=at_ns))
    return out


def thingy_events(stream: SensorStream, rate_hz: int = 50) -> list[GattEvent]:
    out = [read(thingy.CONFIG, struct.pack("<HHHHB", 5000, 5000, 5000, rate_hz, 1))]
    raw = np.hstack((np.clip(-stream.acc / G, -2, 2 - 1 / 1024) * 1024, np.degrees(stream.gyr) * 32))
    rows = np.round(raw).astype(np.int16)
    for row, at_ns in zip(rows, arrivals(stream.time_s), strict=True):
        out.append(event(thingy.RAW, struct.pack("<9h", *row, 0, 0, 0), at_ns=at_ns))
    return out


def bluest_events(stream: SensorStream, tick_s: float = 0.008, began_s: float = 500.0) -> list[GattEvent]:
    """Its stamp goes round 24 s after the start."""
    raw = np.round(np.hstack((stream.acc / G * 1000, np.degrees(stream.gyr) * 10))).astype(np.int16)
    out = []
    for time_s, row, at_ns in zip(stream.time_s, raw, arrivals(stream.time_s), strict=True):
        stamp = int((began_s + time_s) / tick_s) % 65536
        out.append(event(bluest.MOTION, struct.pack("<H9h", stamp, *row, 0, 0, 0), at_ns=at_ns))
    return out


def metamotion_events(stream: SensorStream, *, bmi270: bool = False) -> list[GattEvent]:
    """The gyroscope begins 85 ms later, as it does."""
    info = ("038004 00", "138001 00") if bmi270 else ("038001 02", "138000 01")
    config = "0383a803" if bmi270 else "0383280c"
    acc_head, gyr_head = (b"\x03\x05", b"\x13\x05") if bmi270 else (b"\x03\x1c", b"\x13\x07")
    start = [event(metamotion.NOTIFY, bytes.fromhex(text)) for text in (*info, config, "13832800")]
    acc = np.round(np.clip(stream.acc / (16 * G), -1, 1 - 2**-15) * 32768).astype("<i2")
    gyr = np.round(np.degrees(stream.gyr) * 16.4).astype("<i2")
    packs = list(_packs(acc_head, acc, stream.time_s, 0)) + list(_packs(gyr_head, gyr, stream.time_s, 8))
    packs.sort(key=lambda pack: pack[0])
    times = arrivals(np.array([time_s for time_s, _ in packs]))
    sent = [event(metamotion.NOTIFY, data, at_ns=at_ns) for at_ns, (_, data) in zip(times, packs, strict=True)]
    return [*start, write(metamotion.COMMAND, b"\x03\x01\x01"), *sent]


def _packs(head: bytes, rows: np.ndarray, time_s: Array, skip: int) -> Iterator[tuple[float, bytes]]:
    for at in range(skip, len(rows) - 2, 3):
        yield float(time_s[at + 2]), head + rows[at : at + 3].tobytes()


def _wearable(encode: Callable[..., Iterator[GattEvent]], rate_hz: int, acc_range_g: int = 16) -> list[GattEvent]:
    stream = sensed(rate_hz, acc_range_g)
    return list(encode(stream.time_s - stream.time_s[0], stream.acc, stream.gyr, STARTED_NS))


SESSIONS: dict[str, Callable[[], list[GattEvent]]] = {
    "kickback": own_protocol,
    "movella-dot": lambda: dot_events(sensed(60)),
    "witmotion": lambda: _wearable(witmotion_session, 100),
    "polar": lambda: _wearable(polar_session, 52, 8),
    "movesense": lambda: _wearable(movesense_session, 104),
    "thingy52": lambda: thingy_events(sensed(50, 2)),
    "metamotion": lambda: metamotion_events(sensed(100)),
    "blue-st": lambda: bluest_events(sensed(50)),
}
"""A whole session by family."""


@cache
def session(family: str) -> tuple[GattEvent, ...]:
    """A whole session of a family's traffic."""
    return tuple(replace(item, sensor=1) for item in SESSIONS[family]())
