"""The firmware of a virtual Polar Verity Sense (Polar Measurement Data).

In: control point commands. Out: answers as indications, frames of acceleration and of turning rate as notifications,
each stream by itself, about a second late. Remembered: which streams run, and whether it is in SDK mode.

    02 <type> <settings>  ─→  F0 02 <type> <status> 00 <factor>     a start; 01 asks for settings, 03 stops
    [type][u64 ns of the last sample][80][first sample][width, count, differences]…

Differences are packed, least significant bit first; each block of them is as narrow as its largest one.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from bumble.gatt import Service
from numpy.typing import NDArray

from tracker.sensors.virtual.peripheral import (
    SMALLEST_MTU,
    Board,
    Properties,
    battery,
    device_information,
    notifying,
    writable,
)
from tracker.sensors.virtual.worn import Chip, Worn, in_steps

Raw = NDArray[np.int64]

SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"
HEART_RATE_SERVICE = "180d"
HEART_RATE = "2a37"
ACC, GYRO, SDK_MODE = 2, 5, 9
ASK, START, STOP = 1, 2, 3
RATE, RESOLUTION, RANGE, CHANNELS, FACTOR = 0, 1, 2, 4, 5
SETTING_BYTES: Mapping[int, int] = {RATE: 2, RESOLUTION: 2, RANGE: 2, CHANNELS: 1, FACTOR: 4}
USUAL: Mapping[int, Mapping[int, tuple[int, ...]]] = {
    ACC: {RATE: (52,), RESOLUTION: (16,), RANGE: (8,), CHANNELS: (3,)},
    GYRO: {RATE: (52,), RESOLUTION: (16,), RANGE: (2000,), CHANNELS: (3,)},
}
SDK: Mapping[int, Mapping[int, tuple[int, ...]]] = {
    ACC: {**USUAL[ACC], RATE: (26, 52, 104, 208, 416), RANGE: (2, 4, 8, 16)},
    GYRO: {**USUAL[GYRO], RATE: (26, 52, 104, 208, 416), RANGE: (250, 500, 1000, 2000)},
}
G = 9.80665
SWITCHED_ON_NS = 820_000_000 * 10**9
"""Clock at power-on: a computer that does not set it finds any date."""
MOST_SAMPLES, MOST_SAMPLES_SDK = 71, 50
_REFERENCE_BYTES, _HEAD_BYTES, _ATT_BYTES = 6, 10, 3
_BLOCK_SAMPLES = 8
_ANSWER, _READ = 0xF0, 0x0F
_DELTA = 0x80


class Status(IntEnum):
    """Of an answer."""

    OK = 0
    INVALID_OP_CODE = 1
    INVALID_MEASUREMENT = 2
    INVALID_LENGTH = 4
    INVALID_PARAMETER = 5
    ALREADY_IN_STATE = 6
    INVALID_RESOLUTION = 7
    INVALID_RATE = 8
    INVALID_RANGE = 9
    INVALID_MTU = 10
    INVALID_CHANNELS = 11
    INVALID_STATE = 12


_WRONG = {
    RATE: Status.INVALID_RATE,
    RESOLUTION: Status.INVALID_RESOLUTION,
    RANGE: Status.INVALID_RANGE,
    CHANNELS: Status.INVALID_CHANNELS,
}


@dataclass(slots=True)
class _Stream:
    """A stream that runs, and the samples that wait for a frame."""

    type: int
    chip: Chip
    full_scale: int
    sending: asyncio.Task[None] | None = None
    rows: list[Raw] = field(default_factory=list)

    @property
    def factor(self) -> float:
        """g, or °/s, per step."""
        return self.full_scale / 2**15


class _RefusedError(Exception):
    """A command is not carried out."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


class PolarFirmware:
    """A Verity Sense on a simulated leg.

    Parameters
    ----------
    worn
        The leg; of the model only the errors count: rates and ranges are the sensor's.
    serial
        Device id; the advertised name ends in it.
    battery_percent
        What the battery service says.
    keeps_streams
        Streams outlive the connection, as some units have it: starting them again is then refused.

    Attributes
    ----------
    sent
        Samples sent since it was made, by type.
    """

    advertised: Sequence[str] = (HEART_RATE_SERVICE,)
    manufacturer: Mapping[int, bytes] = {}

    def __init__(
        self, worn: Worn, *, serial: str = "0A1B2C3D", battery_percent: int = 71, keeps_streams: bool = False
    ) -> None:
        self.sent = {ACC: 0, GYRO: 0}
        self._worn = worn
        self._serial = serial
        self._battery_percent = battery_percent
        self._keeps_streams = keeps_streams
        self._sdk_mode = False
        self._booted_s = 0.0
        self._begun_s: float | None = None
        self._streams: dict[int, _Stream] = {}
        self._board: Board | None = None
        self._data = notifying(DATA)
        properties = Properties.READ | Properties.WRITE | Properties.INDICATE
        self._control = writable(CONTROL, self._on_command, properties, self._features)
        self._data.on("subscription", self._on_subscription)

    def services(self, board: Board) -> Sequence[Service]:
        """Return the GATT services. The heart rate is silent: the sensor sits on an ankle."""
        self._board = board
        return (
            Service(HEART_RATE_SERVICE, [notifying(HEART_RATE)]),
            battery(lambda: self._battery_percent),
            device_information(
                model="INW4A", serial=self._serial, firmware="2.1.0", hardware="00760690.02", maker="Polar Electro Oy"
            ),
            Service(SERVICE, [self._control, self._data]),
        )

    def on_power_on(self) -> None:
        """Boot: no stream, no SDK mode, another clock."""
        self._streams.clear()
        self._sdk_mode = False
        self._booted_s = asyncio.get_running_loop().time()

    def on_disconnected(self) -> None:
        """Streams end, or wait for the next subscription."""
        if not self._keeps_streams:
            self._streams.clear()

    def interrupt(self) -> None:
        """Stop all streams by itself, and say so."""
        types = bytes(self._streams)
        for stream in self._streams.values():
            if stream.sending is not None:
                stream.sending.cancel()
        self._streams.clear()
        self._indicate(b"\x01" + types)

    def _features(self) -> bytes:
        bits = 1 << ACC | 1 << GYRO | 1 << SDK_MODE
        return bytes([_READ]) + bits.to_bytes(2, "little")

    def _on_subscription(self, _: object, notify: bool, __: bool) -> None:
        if notify:
            for stream in self._streams.values():
                self._resume(stream)

    def _on_command(self, data: bytes) -> None:
        if not data:
            return
        op, type_ = data[0], data[1] if len(data) > 1 else 0
        try:
            status, told = Status.OK, self._obey(op, data)
        except _RefusedError as refused:
            status, told = refused.status, b""
        self._indicate(bytes([_ANSWER, op, type_, status]) + (b"\0" + told if status is Status.OK else b""))

    def _indicate(self, value: bytes) -> None:
        if self._board is not None:
            self._board.spawn(self._board.send(self._control, value))

    def _obey(self, op: int, data: bytes) -> bytes:
        if op not in (ASK, START, STOP):
            raise _RefusedError(Status.INVALID_OP_CODE)
        if len(data) < 2:
            raise _RefusedError(Status.INVALID_LENGTH)
        type_ = data[1]
        if type_ == SDK_MODE and op != ASK:
            return self._set_sdk_mode(op == START)
        if type_ not in (ACC, GYRO):
            raise _RefusedError(Status.INVALID_MEASUREMENT)
        if op == ASK:
            return b"".join(_setting(one, values) for one, values in self._offered(type_).items())
        return self._start(type_, data[2:]) if op == START else self._stop(type_)

    def _offered(self, type_: int) -> Mapping[int, tuple[int, ...]]:
        return (SDK if self._sdk_mode else USUAL)[type_]

    def _set_sdk_mode(self, on: bool) -> bytes:
        if self._streams:
            raise _RefusedError(Status.INVALID_STATE)
        if on == self._sdk_mode:
            raise _RefusedError(Status.ALREADY_IN_STATE)
        self._sdk_mode = on
        return b""

    def _start(self, type_: int, settings: bytes) -> bytes:
        if type_ in self._streams:
            raise _RefusedError(Status.ALREADY_IN_STATE)
        if self._board is None or self._board.mtu <= SMALLEST_MTU:
            raise _RefusedError(Status.INVALID_MTU)
        asked = _settings(settings)
        for one, values in self._offered(type_).items():
            if asked.get(one, values[0]) not in values:
                raise _RefusedError(_WRONG[one])
        offered = self._offered(type_)
        chip = Chip(self._worn, asked.get(RATE, offered[RATE][0]), begun_s=self._begun_s)
        stream = _Stream(type_, chip, asked.get(RANGE, offered[RANGE][0]))
        self._streams[type_] = stream
        self._resume(stream)
        self._begun_s = chip.begun_s
        return struct.pack("<BBf", FACTOR, 1, stream.factor)

    def _stop(self, type_: int) -> bytes:
        stream = self._streams.pop(type_, None)
        if stream is None:
            raise _RefusedError(Status.ALREADY_IN_STATE)
        if stream.sending is not None:
            stream.sending.cancel()
        return b""

    def _resume(self, stream: _Stream) -> None:
        board = self._board
        if board is None or (stream.sending is not None and not stream.sending.done()):
            return
        stream.rows.clear()
        stream.chip.begin()
        stream.chip.resume()
        stream.sending = board.spawn(self._send_frames(board, stream))

    async def _send_frames(self, board: Board, stream: _Stream) -> None:
        """Collect a frame's samples, send as many as fit, and keep the rest for the next one."""
        most = MOST_SAMPLES_SDK if self._sdk_mode else MOST_SAMPLES
        while True:
            block = await stream.chip.take(most - len(stream.rows))
            values = block.acc / G if stream.type == ACC else np.degrees(block.gyr)
            stream.rows += list(in_steps(values, stream.factor))
            packed, count = pack(np.array(stream.rows), board.mtu - _ATT_BYTES - _HEAD_BYTES)
            held = len(stream.rows) - count
            last_s = float(block.time_s[-1]) - held / stream.chip.true_rate_hz
            del stream.rows[:count]
            self.sent[stream.type] += count
            head = struct.pack("<BQB", stream.type, self._clock_ns(last_s), _DELTA)
            await board.send(self._data, head + packed)

    def _clock_ns(self, time_s: float) -> int:
        ppm = self._worn.model.clock_ppm
        return SWITCHED_ON_NS + round((time_s - self._booted_s) * (1e9 + ppm * 1e3))


def pack(rows: Raw, room: int) -> tuple[bytes, int]:
    """Return as many samples as fit, compressed, and their number.

    Parameters
    ----------
    rows
        Shape (n, 3), 16 bits signed.
    room
        Bytes, at least 6.

    Examples
    --------
    >>> pack(np.array([[-22, 8, 13], [-23, 11, 16]]), 20)[0].hex()
    'eaff08000d000301df00'
    """
    out, count = rows[0].astype("<i2").tobytes(), 1
    while count < len(rows):
        block = np.diff(rows[count - 1 : count + _BLOCK_SAMPLES], axis=0)
        packed = _pack_block(block)
        if len(out) + len(packed) > room:
            break
        out, count = out + packed, count + len(block)
    return out, count


def _pack_block(differences: Raw) -> bytes:
    """Pack differences, signed, each in as many bits as the largest needs."""
    width = max(int(abs(one) if one >= 0 else ~one).bit_length() for one in differences.flat) + 1
    bits = 0
    for place, one in enumerate(differences.flat):
        bits |= (int(one) & ((1 << width) - 1)) << (place * width)
    return bytes([width, len(differences)]) + bits.to_bytes(-(-differences.size * width // 8), "little")


def _setting(kind: int, values: tuple[int, ...]) -> bytes:
    size = SETTING_BYTES[kind]
    return bytes([kind, len(values)]) + b"".join(value.to_bytes(size, "little") for value in values)


def _settings(data: bytes) -> dict[int, int]:
    """Read what was asked for: one value of each kind."""
    out: dict[int, int] = {}
    while data:
        size = SETTING_BYTES.get(data[0])
        if size is None or len(data) < 2 + size or data[1] != 1:
            raise _RefusedError(Status.INVALID_PARAMETER)
        out[data[0]] = int.from_bytes(data[2 : 2 + size], "little")
        data = data[2 + size :]
    return out
