"""The firmware of a virtual Movesense sensor (GATT SensorData Protocol).

In: commands ``[command][reference][data]``. Out: results ``01 [reference][status]``, data
``02 [reference][time][samples]``, and where that does not fit a notification, its rest as ``03 [reference][rest]``.
Remembered: the subscriptions by reference; they end with the connection. Time is that of the first sample, in
milliseconds since boot; samples are float32, all accelerations (m/s²) before all turning rates (°/s).
"""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np
from bumble.gatt import Service

from tracker.sensors.virtual.peripheral import (
    Board,
    Properties,
    battery,
    device_information,
    notifying,
    writable,
)
from tracker.sensors.virtual.worn import Block, Chip, Worn, in_steps

SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
WRITE = "34800001-7185-4d5d-b431-630e7050e8f0"
NOTIFY = "34800002-7185-4d5d-b431-630e7050e8f0"
ADVERTISED = "fdf3"
MTU = 158
"""The largest that it accepts."""
RATES_HZ = (13, 26, 52, 104, 208, 416)
"""Those up to 500 Hz."""
SAMPLES_AT_ONCE: Mapping[int, int] = {13: 1, 26: 2, 52: 4, 104: 8, 208: 12, 416: 12}
"""About 13 blocks a second, and no more than two notifications hold."""
ACC_STEP = 8 * 9.80665 / 2**15
GYR_STEP = np.radians(1000) / 2**15
MILLI_G = 1000 / 9.80665
_PATH = re.compile(r"/?Meas/(IMU6|Acc|Gyro)/(\d+)\Z")
_ATT_BYTES = 3
_HEAD_BYTES = 2


class Command(IntEnum):
    """First byte of a write."""

    HELLO = 0
    SUBSCRIBE = 1
    UNSUBSCRIBE = 2
    GET = 4


class Answer(IntEnum):
    """First byte of a notification."""

    RESULT = 1
    DATA = 2
    DATA_PART2 = 3


class Status(IntEnum):
    """Of a result, as in HTTP."""

    OK = 200
    BAD_REQUEST = 400
    NOT_FOUND = 404
    CONFLICT = 409
    NOT_IMPLEMENTED = 501


class MovesenseFirmware:
    """A Movesense sensor on a simulated leg.

    Parameters
    ----------
    worn
        The leg; of the model only the errors count: rate and ranges are the sensor's.
    serial
        Serial number; the advertised name ends in it.
    battery_percent
        What the battery service says.
    in_milli_g
        Give acceleration in milli-g, as some sources have it, not in m/s².
    boot_age_s
        How long ago it booted when it is switched on.

    Attributes
    ----------
    chip
        The motion chip of the newest subscription; None before there is one.
    sent
        Samples sent since it was made.
    """

    advertised: Sequence[str] = (ADVERTISED,)
    manufacturer: Mapping[int, bytes] = {}

    def __init__(
        self,
        worn: Worn,
        *,
        serial: str = "203030000123",
        battery_percent: int = 64,
        in_milli_g: bool = False,
        boot_age_s: float = 60.0,
    ) -> None:
        self.chip: Chip | None = None
        self.sent = 0
        self._worn = worn
        self._serial = serial
        self._battery_percent = battery_percent
        self._acc_factor = MILLI_G if in_milli_g else 1.0
        self._boot_age_s = boot_age_s
        self._booted_s = 0.0
        self._begun_s: float | None = None
        self._subscriptions: dict[int, asyncio.Task[None]] = {}
        self._board: Board | None = None
        self._notify = notifying(NOTIFY)
        self._write = writable(WRITE, self._on_command, Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE)

    def services(self, board: Board) -> Sequence[Service]:
        """Return the GATT services."""
        self._board = board
        return (
            Service(SERVICE, [self._write, self._notify]),
            battery(lambda: self._battery_percent),
            device_information(
                model="Movesense", serial=self._serial, firmware="2.3.1", hardware="G", maker="Movesense"
            ),
        )

    def on_power_on(self) -> None:
        """Boot: the clock begins anew."""
        self._booted_s = asyncio.get_running_loop().time() - self._boot_age_s

    def on_disconnected(self) -> None:
        """Subscriptions do not outlive the connection."""
        self._subscriptions.clear()

    def _on_command(self, data: bytes) -> None:
        if len(data) < _HEAD_BYTES:
            return
        command, reference, rest = data[0], data[1], data[_HEAD_BYTES:]
        if command == Command.HELLO:
            self._send(Answer.RESULT, reference, self._hello())
        else:
            self._send(Answer.RESULT, reference, struct.pack("<H", self._obey(command, reference, rest)))

    def _hello(self) -> bytes:
        said = (self._serial, "Movesense", "0C:8C:DC:00:00:01", "Default", "2.3.1")
        return b"\x01" + b"".join(text.encode() + b"\0" for text in said)

    def _obey(self, command: int, reference: int, data: bytes) -> Status:
        if reference == 0:
            return Status.BAD_REQUEST
        match command:
            case Command.SUBSCRIBE:
                return self._subscribe(reference, data.rstrip(b"\0").decode("ascii", "replace"))
            case Command.UNSUBSCRIBE:
                return self._unsubscribe(reference)
            case Command.GET:
                return Status.BAD_REQUEST  # as /System/Energy/Level is answered by some versions
        return Status.NOT_IMPLEMENTED

    def _subscribe(self, reference: int, path: str) -> Status:
        board, found = self._board, _PATH.match(path)
        if found is None or board is None:
            return Status.NOT_FOUND
        kind, rate_hz = found[1], int(found[2])
        if rate_hz not in RATES_HZ:
            return Status.BAD_REQUEST
        if reference in self._subscriptions:
            return Status.CONFLICT
        self.chip = Chip(self._worn, rate_hz, begun_s=self._begun_s)
        self.chip.begin()
        self.chip.resume()
        self._begun_s = self.chip.begun_s
        self._subscriptions[reference] = board.spawn(self._send_data(board, reference, kind, self.chip))
        return Status.OK

    def _unsubscribe(self, reference: int) -> Status:
        ended = self._subscriptions.pop(reference, None)
        if ended is None:
            return Status.NOT_FOUND
        ended.cancel()
        return Status.OK

    async def _send_data(self, board: Board, reference: int, kind: str, chip: Chip) -> None:
        per_sample = 24 if kind == "IMU6" else 12
        while True:
            room = 2 * (board.mtu - _ATT_BYTES - _HEAD_BYTES)
            count = max(1, min(SAMPLES_AT_ONCE[chip.rate_hz], (room - 4) // per_sample))
            block = await chip.take(count)
            self.sent += count
            self._send(Answer.DATA, reference, self._data(kind, block))

    def _data(self, kind: str, block: Block) -> bytes:
        ppm = self._worn.model.clock_ppm
        time_ms = int((block.time_s[0] - self._booted_s) * (1e3 + ppm * 1e-3)) % 2**32
        acc = in_steps(block.acc, ACC_STEP) * (ACC_STEP * self._acc_factor)
        gyr = np.degrees(in_steps(block.gyr, GYR_STEP) * GYR_STEP)
        parts = {"IMU6": (acc, gyr), "Acc": (acc,), "Gyro": (gyr,)}[kind]
        return struct.pack("<I", time_ms) + b"".join(part.astype("<f4").tobytes() for part in parts)

    def _send(self, answer: Answer, reference: int, data: bytes) -> None:
        board = self._board
        if board is None:
            return
        size = board.mtu - _ATT_BYTES - _HEAD_BYTES
        board.spawn(board.send(self._notify, bytes([answer, reference]) + data[:size]))
        if answer is Answer.DATA and len(data) > size:
            rest = data[size : 2 * size]
            board.spawn(board.send(self._notify, bytes([Answer.DATA_PART2, reference]) + rest))
