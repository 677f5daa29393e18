"""Polar Verity Sense (PMD): GATT traffic in, packets out.

In: replies of the control point, data frames; everything else gives nothing. Out: `Packet`. Remembered: the factors
of both streams, and what one has and the other has not yet (`Merged`).

    control   f0 operation type status more [settings: type, count, values]     answer to start: holds the factor
    data      type, u64 time of the last sample (ns), frame type (bit 7: deltas), content

Acceleration and turning rate are streams of their own. Content is plain (16-bit integers, mg) or compressed: a first
sample, then blocks of differences with as many bits as they need. Frames hold a second or two: what is shown lags.

Rule: **what does not fill its frame exactly is not decoded.** Widths and counts are checked against the bytes before
any of them is read, and no value leaves 16 bits.

Sources: Polar BLE SDK, "online measurement" (v1.0, 2024) and its tests.
"""

from __future__ import annotations

import struct
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.motion.samples import Array, Mask
from tracker.recording.model import GattEvent
from tracker.sensors.driver import SENT, SensorDriver
from tracker.sensors.steps import Step, Subscribe, Unsubscribe, Write
from tracker.sensors.timeline import Merged, Repeats


def _uuid(number: int) -> str:
    return f"fb005c{number:02x}-02e7-f387-1cad-8acd2d8df0c8"


SERVICE, CONTROL, DATA = map(_uuid, (0x80, 0x81, 0x82))
RATES_HZ = (52,)
"""Others need a mode in which the heart rate stands still."""
ACC, GYR = 2, 5
_START, _STOP, _ANSWER, _STOPPED = 2, 3, 0xF0, 0x01
_OK, _ALREADY_IN_STATE = 0, 6
_SIZES = {0: 2, 1: 2, 2: 2, 3: 4, 4: 1, 5: 4}
"""Bytes of a value, by type of setting: rate, resolution, range, range in mg, channels, factor."""
_FACTOR = 5
_SETTINGS = {
    ACC: bytes.fromhex("00 01 34 00  01 01 10 00  02 01 08 00  04 01 03"),
    GYR: bytes.fromhex("00 01 34 00  01 01 10 00  02 01 d0 07  04 01 03"),
}
"""52 Hz, 16 bit, ±8 g or ±2000 °/s, three channels."""
_FULL_SCALE = {ACC: 8.0, GYR: 2000.0}
"""g and °/s."""
_CLIPPED_SHARE = 0.9995
_STREAMS: dict[int, Literal["acc", "gyr"]] = {ACC: "acc", GYR: "gyr"}
_HEADER = struct.Struct("<BQB")
_COMPRESSED, _TYPE = 0x80, 0x3F
_CHANNELS, _WIDEST = 3, 32
MOST_SAMPLES = 2000
"""In one frame; a full one of 512 bytes has no more than 1350."""
_NOW = 1 << 15
Raw = NDArray[np.int64]


class PolarSensor(SensorDriver):
    """The driver of the Polar Verity Sense.

    Parameters
    ----------
    rate_hz
        52 or None, which is the same.

    Attributes
    ----------
    errors, last_error
        How often the sensor sent nonsense, refused or gave up; the newest, with its bytes.
    """

    def __init__(self, *, rate_hz: int | None = None) -> None:
        super().__init__()
        self._factors: dict[int, float] = {}
        self._replies = Repeats()
        self._timeline = Merged(RATES_HZ[0] if rate_hz is None else rate_hz)

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before a stream was started."""
        return self._timeline.period_s if self._factors else None

    def start(self) -> list[Step]:
        """Return what to do after connecting so that samples flow.

        Streams outlive connections, and one that runs cannot be started: stop them first, whatever that answers.
        """
        stops = [_command(_STOP, kind) for kind in _STREAMS]
        starts = [_command(_START, kind) for kind in _STREAMS]
        return [Subscribe(CONTROL), Subscribe(DATA), *stops, *starts]

    def stop(self) -> list[Step]:
        """Return what to do before disconnecting: streams that run on empty the battery."""
        return [*(_command(_STOP, kind) for kind in _STREAMS), Unsubscribe(DATA), Unsubscribe(CONTROL)]

    def _take(self, event: GattEvent) -> list[Packet]:
        if event.uuid == DATA and event.operation in SENT:
            return self._on_data(event)
        if event.uuid == CONTROL and event.operation in SENT:
            self._on_control(event)
        return []

    def _on_control(self, event: GattEvent) -> None:
        data = event.data
        if self._replies.seen(data, event.host_ns):
            return
        if data[:1] == bytes([_STOPPED]):
            raise ProtocolError("the sensor stopped its streams by itself", data)
        if data[:1] != bytes([_ANSWER]):  # a read of what it can do, shown as a notification by some stacks
            return
        if len(data) < 4:
            raise ProtocolError(f"answer has {len(data)} bytes, not 4 or more", data)
        operation, kind, status = data[1:4]
        if operation == _START and kind in _STREAMS:
            self._on_started(kind, status, data)

    def _on_started(self, kind: int, status: int, data: bytes) -> None:
        if status not in (_OK, _ALREADY_IN_STATE):
            raise ProtocolError(f"{_STREAMS[kind]} was not started: status {status}", data)
        factor = _factor(data) if status == _OK else self._factors.get(kind, _FULL_SCALE[kind] / _NOW)
        self._factors[kind] = factor
        if kind == ACC:  # the first of the two: a new connection
            self._timeline.restart()

    def _on_data(self, event: GattEvent) -> list[Packet]:
        data = event.data
        if len(data) < _HEADER.size:
            raise ProtocolError(f"frame has {len(data)} bytes, not {_HEADER.size} or more", data)
        kind, time_ns, frame = _HEADER.unpack_from(data)
        kind &= _TYPE
        if kind not in _STREAMS:
            return []
        if kind not in self._factors:
            raise ProtocolError(f"{_STREAMS[kind]} before it was started", data)
        values = _values(kind, frame, data, self._factors[kind])
        clipped: Mask = np.asarray((np.abs(values) >= _CLIPPED_SHARE * _FULL_SCALE[kind]).any(axis=1))
        rows = values * (9.80665 if kind == ACC else np.radians(1.0))
        return self._timeline.place(_STREAMS[kind], time_ns / 1e9, event.host_ns, rows, clipped)


def _command(operation: int, kind: int) -> Write:
    settings = _SETTINGS[kind] if operation == _START else b""
    return Write(CONTROL, bytes([operation, kind]) + settings, bytes([_ANSWER, operation, kind]))


def _factor(data: bytes) -> float:
    """Read the factor from the answer to a start: settings follow the byte that says whether there are more."""
    at = 5
    while at + 2 <= len(data):
        setting, count = data[at], data[at + 1]
        size = _SIZES.get(setting)
        if size is None or at + 2 + size * count > len(data):
            break
        if setting == _FACTOR and count == 1:
            factor = float(struct.unpack_from("<f", data, at + 2)[0])
            if not 0 < factor < 1e3:  # false for not-a-number too
                break
            return factor
        at += 2 + size * count
    raise ProtocolError("answer to a start has no factor", data)


def _values(kind: int, frame: int, data: bytes, factor: float) -> Array:
    """Decode a frame's content to g or °/s."""
    content = data[_HEADER.size :]
    if kind == ACC and frame == 1:
        return plain(content, data) * np.float64(0.001)
    if kind == ACC and frame == _COMPRESSED | 1:
        return deltas(content, data) * np.float64(factor / 1000)
    if frame == _COMPRESSED:
        return deltas(content, data) * np.float64(factor)
    raise ProtocolError(f"{_STREAMS[kind]} in frames of type {frame:#04x} is not known", data)


def plain(content: bytes, data: bytes) -> Raw:
    """Decode 16-bit integers, three channels; `data` is the whole frame, for complaints."""
    if not content or len(content) % (2 * _CHANNELS):
        raise ProtocolError(f"{len(content)} bytes are no whole samples", data)
    return np.frombuffer(content, "<i2").reshape(-1, _CHANNELS).astype(np.int64)


def deltas(content: bytes, data: bytes) -> Raw:
    """Decode a first sample and blocks of differences; `data` is the whole frame, for complaints.

    Examples
    --------
    >>> deltas(bytes.fromhex("F1FF1400F003 06 01 7B0F08"), b"").tolist()
    [[-15, 20, 1008], [-20, 17, 1008]]
    """
    at = 2 * _CHANNELS
    steps = [plain(content[:at], data)]
    total = 1
    while at < len(content):
        if at + 2 > len(content):
            raise ProtocolError("a block has no length", data)
        width, count = content[at], content[at + 1]
        size = -(-width * count * _CHANNELS // 8)
        at += 2
        total += count
        if not 1 <= width <= _WIDEST or not count or total > MOST_SAMPLES or at + size > len(content):
            raise ProtocolError(f"block of {count} samples with {width} bits does not fit", data)
        steps.append(_signed(content[at : at + size], width, count))
        at += size
    values: Raw = np.cumsum(np.vstack(steps), axis=0)
    if np.abs(values).max() > _NOW:
        raise ProtocolError("differences leave 16 bits", data)
    return values


def _signed(packed: bytes, width: int, count: int) -> Raw:
    """Unpack two's complement integers of some bits each, lowest bit first."""
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")[: width * count * _CHANNELS]
    weights = 1 << np.arange(width, dtype=np.int64)
    weights[-1] = -weights[-1]
    return (bits.reshape(-1, width).astype(np.int64) @ weights).reshape(-1, _CHANNELS)
