"""Samples as the bytes of a family: what its sensors would send, made from the specification."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.recording.model import GattEvent, Operation
from tracker.sensors import movesense, polar, witmotion

from .traffic import Array, event

Ints = NDArray[Any]
NS = 1_000_000_000
G = 9.80665


def witmotion_frame(row: Ints) -> bytes:
    """One frame of raw integers; the angles are not looked at."""
    return b"\x55\x61" + struct.pack("<9h", *(int(value) for value in row), 1, 2, 3)


def raw(values: Array, full_scale: float) -> Ints:
    return np.clip(np.round(values / full_scale * 32768), -32768, 32767).astype(np.int64)


def witmotion_session(t: Array, acc: Array, gyr: Array, start_ns: int) -> Iterator[GattEvent]:
    """Frames in bursts of up to three, cut where a notification of 23 − 3 bytes would not cut them."""
    rows = np.hstack((raw(acc, 16 * G), raw(np.degrees(gyr), 2000)))
    stream, sent = b"".join(map(witmotion_frame, rows)), 0
    yield event(witmotion.WRITE, bytes.fromhex("ffaa6988b5"), Operation.WRITE, start_ns)
    rng, last = np.random.default_rng(3), 0
    while sent < len(stream):
        until = min(len(stream), sent + int(rng.integers(7, 60)))
        last = max(last, round((t[(until - 1) // 20] + rng.uniform(0.01, 0.04)) * NS))
        yield event(witmotion.NOTIFY, stream[sent:until], at_ns=start_ns + last)
        sent = until


def polar_deltas(rows: Ints) -> bytes:
    """Compress: a first sample, then blocks of up to 20 differences."""
    out = struct.pack("<3h", *map(int, rows[0]))
    steps = np.diff(rows, axis=0)
    for at in range(0, len(steps), 20):
        block = [int(value) for value in steps[at : at + 20].ravel()]
        width = max(max(value.bit_length() if value >= 0 else (~value).bit_length() for value in block) + 1, 1)
        packed = sum((value & (1 << width) - 1) << (i * width) for i, value in enumerate(block))
        out += bytes([width, len(block) // 3]) + packed.to_bytes(-(-width * len(block) // 8), "little")
    return out


def polar_started(at_ns: int = 0) -> list[GattEvent]:
    """The answers to both starts."""
    factors = {polar.ACC: 8 / 32768, polar.GYR: 2000 / 32768}
    return [
        event(
            polar.CONTROL,
            bytes([0xF0, 2, kind, 0, 0, 5, 1]) + struct.pack("<f", factor),
            Operation.INDICATE,
            at_ns,
        )
        for kind, factor in factors.items()
    ]


def polar_session(t: Array, acc: Array, gyr: Array, start_ns: int) -> Iterator[GattEvent]:
    """Frames of 71 and 60 samples, as far apart as they fill."""
    epoch_ns = 700_000_000 * NS
    frames = []
    streams = ((polar.ACC, raw(acc, 8 * G), 71), (polar.GYR, raw(np.degrees(gyr), 2000), 60))
    for kind, rows, per in streams:
        for at in range(0, len(rows) - per + 1, per):
            last_ns = round(t[at + per - 1] * NS)
            header = struct.pack("<BQB", kind, epoch_ns + last_ns, 0x80)
            frames.append((last_ns, header + polar_deltas(rows[at : at + per])))
    yield from polar_started(start_ns)
    for last_ns, data in sorted(frames):
        yield event(polar.DATA, data, at_ns=start_ns + last_ns + 30_000_000)


def movesense_session(t: Array, acc: Array, gyr: Array, start_ns: int) -> Iterator[GattEvent]:
    """Eight samples a message, which needs two notifications of up to 155 bytes."""
    yield event(movesense.NOTIFY, bytes.fromhex("01 63 c8 00"), at_ns=start_ns)
    for at in range(0, len(t) - 7, 8):
        floats = np.concatenate((acc[at : at + 8].ravel(), np.degrees(gyr[at : at + 8]).ravel()))
        message = struct.pack("<I", (2**32 - 5000 + round(t[at] * 1000)) % 2**32) + floats.astype("<f4").tobytes()
        arrived_ns = start_ns + round(t[at + 7] * NS) + 20_000_000
        yield event(movesense.NOTIFY, b"\x02\x63" + message[:153], at_ns=arrived_ns)
        yield event(movesense.NOTIFY, b"\x03\x63" + message[153:], at_ns=arrived_ns + 1_000_000)
