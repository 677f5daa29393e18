"""The firmware of a virtual kickback sensor: firmware_protocol/README.md, from the sensor's side.

In: writes to Control, reads, subscriptions. Out: replies as indications, Motion as notifications of the leg's samples.
Remembered: boot id, stream number, index, rate and ranges.

    stopped ── START (MOTION subscribed) ──→ streaming
       ↑←── STOP, unsubscribed, link lost ──────┘        SET_RATE and SET_RANGES while streaming: BUSY
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence

import numpy as np
from bumble.gatt import Service

from firmware_protocol import (
    Info,
    MotionPacket,
    Ping,
    Pong,
    ProtocolError,
    RangesSet,
    Rate,
    RateSet,
    Refused,
    Reply,
    Scales,
    SetRanges,
    SetRate,
    Start,
    Started,
    Status,
    Stop,
    Stopped,
    UUIDs,
    decode_command,
    refusal,
    samples_per_notification,
)
from tracker.sensors.virtual.peripheral import (
    SMALLEST_MTU,
    Board,
    Properties,
    device_information,
    notifying,
    readable,
    writable,
)
from tracker.sensors.virtual.worn import Block, Chip, Worn, in_steps

RATES_HZ = (50, 100, 200)
"""What the chip can do."""
MOST_AT_SMALLEST_MTU_HZ = 50
ACC_RANGES_G = (2, 4, 8, 16)
GYR_RANGES_DPS = (125, 250, 500, 1000, 2000)
_P = Properties


class KickbackFirmware:
    """A kickback sensor on a simulated leg.

    Parameters
    ----------
    worn
        The leg; the model's rate and ranges are those after power-on.
    serial
        Serial number.
    battery_percent
        What the battery service says.
    first_index
        Index of the first sample of the first stream after each power-on.
    boot_age_s
        How long ago the sensor booted when it is switched on (its clock begins there; for a clock near its wrap).

    Attributes
    ----------
    chip
        The motion chip on the leg.
    boot_id
        Drawn anew at each power-on.
    sent
        Samples sent, of all streams since it was made.
    """

    advertised: Sequence[str] = (str(UUIDs.MOTION_SERVICE),)
    manufacturer: Mapping[int, bytes] = {}

    def __init__(
        self,
        worn: Worn,
        *,
        serial: str = "KB-0001",
        battery_percent: int = 87,
        first_index: int = 0,
        boot_age_s: float = 0.0,
    ) -> None:
        model = worn.model
        self.chip = Chip(worn)
        self.boot_id = 0
        self.sent = 0
        self._serial = serial
        self._battery_percent = battery_percent
        self._scales = Scales.for_ranges(model.acc_range_g, model.gyr_range_dps)
        self._first_index, self._boot_age_s = first_index, boot_age_s
        self._boot_ids = random.Random(f"{serial}{worn.seed}")
        self._index = self._stream = 0
        self._booted_s = 0.0
        self._lost = False
        self._streaming: asyncio.Task[None] | None = None
        self._board: Board | None = None
        self._info = readable(UUIDs.INFO, lambda: bytes(self.info))
        self._motion = notifying(UUIDs.MOTION)
        self._control = writable(UUIDs.CONTROL, self._on_command, _P.WRITE | _P.INDICATE | _P.NOTIFY)
        self._battery = readable(UUIDs.BATTERY_LEVEL, lambda: bytes([self._battery_percent]), _P.READ | _P.NOTIFY)
        self._motion.on("subscription", self._on_subscription)

    @property
    def info(self) -> Info:
        """Value of the Info characteristic."""
        return Info(rate=self._rate, scales=self._scales, boot_id=self.boot_id, hardware="virtual", firmware="1.0.0")

    @property
    def is_streaming(self) -> bool:
        """Whether a stream runs."""
        return self._streaming is not None

    @property
    def battery_percent(self) -> int:
        """Charge; setting it notifies who has subscribed."""
        return self._battery_percent

    @battery_percent.setter
    def battery_percent(self, percent: int) -> None:
        self._battery_percent = percent
        if self._board is not None and self._board.wants(self._battery):
            self._board.spawn(self._board.send(self._battery, bytes([percent])))

    def lose(self, samples: int) -> None:
        """Let the sensor's own queue overflow: these samples are never sent, and the next ones say LOST."""
        self.chip.skip(samples)
        self._index += samples
        self._lost = True

    def services(self, board: Board) -> Sequence[Service]:
        """Return the GATT services."""
        self._board = board
        described = device_information(
            model="virtual ankle", serial=self._serial, firmware="1.0.0", hardware="virtual", maker="kickback"
        )
        return (
            Service(UUIDs.MOTION_SERVICE, [self._info, self._motion, self._control]),
            Service(UUIDs.BATTERY_SERVICE, [self._battery]),
            described,
        )

    def on_power_on(self) -> None:
        """Boot: another boot id, index and clock from the beginning."""
        self.boot_id = self._boot_ids.getrandbits(32)
        self._stream = self.boot_id % 256
        self._index, self._lost = self._first_index, False
        self._booted_s = asyncio.get_running_loop().time() - self._boot_age_s

    def on_disconnected(self) -> None:
        """Losing the link ends the stream."""
        self._streaming = None

    @property
    def _rate(self) -> Rate:
        ppm = self.chip.worn.model.clock_ppm
        return Rate(self.chip.rate_hz, round(self.chip.true_rate_hz / (1 + ppm * 1e-6) * 1000))

    def _clock_us(self, time_s: float) -> int:
        ppm = self.chip.worn.model.clock_ppm
        return round((time_s - self._booted_s) * (1e6 + ppm)) % 2**32

    def _now_us(self) -> int:
        return self._clock_us(asyncio.get_running_loop().time())

    def _on_subscription(self, _: object, notify: bool, __: bool) -> None:
        if not notify:
            self._stop()

    def _on_command(self, data: bytes) -> None:
        try:
            reply: Reply | None = self._obey(decode_command(data))
        except ProtocolError:
            reply = refusal(data)
        if reply is not None and self._board is not None:
            self._board.spawn(self._board.send(self._control, bytes(reply)))

    def _obey(self, command: Start | Stop | SetRate | SetRanges | Ping) -> Reply:
        if self.is_streaming and isinstance(command, Start | SetRate | SetRanges):
            return Refused(command.token, command.opcode, Status.BUSY)
        match command:
            case Start():
                return self._on_start(command)
            case Stop():
                self._stop()
                return Stopped(command.token)
            case SetRate():
                self.chip.rate_hz = self._nearest(command.rate_hz)
                return RateSet(command.token, self._rate)
            case SetRanges():
                return self._on_ranges(command)
            case Ping():
                return Pong(command.token, self._now_us())

    def _on_start(self, command: Start) -> Started | Refused:
        board = self._board
        if board is None or not board.wants(self._motion):
            return Refused(command.token, command.opcode, Status.NOT_SUBSCRIBED)
        self._stream = (self._stream + 1) % 256
        self.chip.begin()
        self.chip.resume()
        self._streaming = board.spawn(self._notify_motion(board))
        return Started(command.token, self.boot_id, self._now_us(), self._index % 2**16, self._stream)

    def _stop(self) -> None:
        if self._streaming is not None:
            self._streaming.cancel()
            self._streaming = None

    def _nearest(self, rate_hz: int) -> int:
        assert self._board is not None
        small = self._board.mtu <= SMALLEST_MTU
        offered = [rate for rate in RATES_HZ if not small or rate <= MOST_AT_SMALLEST_MTU_HZ]
        return min(offered, key=lambda rate: abs(rate - rate_hz))

    def _on_ranges(self, command: SetRanges) -> RangesSet | Refused:
        acc = next((one for one in ACC_RANGES_G if one >= command.acc_range_g), None)
        gyr = next((one for one in GYR_RANGES_DPS if one >= command.gyr_range_dps), None)
        if acc is None or gyr is None:
            return Refused(command.token, command.opcode, Status.BAD_VALUE)
        self._scales = Scales.for_ranges(acc, gyr)
        return RangesSet(command.token, self._scales)

    async def _notify_motion(self, board: Board) -> None:
        while True:
            count = samples_per_notification(board.mtu, self.chip.rate_hz)
            await board.send(self._motion, bytes(self._packet(await self.chip.take(count))))

    def _packet(self, block: Block) -> MotionPacket:
        scales = self._scales
        raw = np.hstack([in_steps(block.acc, scales.acc_scale), in_steps(block.gyr, scales.gyr_scale)])
        lost, self._lost = self._lost, False
        index, self._index = self._index, self._index + len(raw)
        self.sent += len(raw)
        time_us = self._clock_us(float(block.time_s[0]))
        return MotionPacket.of(raw.tolist(), stream=self._stream, index=index % 2**16, time_us=time_us, lost=lost)
