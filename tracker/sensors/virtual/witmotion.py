"""The firmware of a virtual WitMotion BLE 5.0 sensor (WT901BLECL5.0, WT9011DCL-BT50).

In: five-byte commands, the subscription. Out: frames of 20 bytes, ``55 61``, at the rate in the register; answers
``55 71`` in the same stream. Remembered: the registers, and until when they are unlocked; what was saved outlives the
power. There is no time, no number and no checksum in a frame, and frames need not begin where notifications do.

    55 61 | ax ay az | wx wy wz | roll pitch yaw      int16, ±16 g, ±2000 °/s, ±180°
    55 71 | first register | eight registers          int16
    ff aa | register | value                          a command; 27 reads, 69 unlocks, 00 saves
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping, Sequence

import numpy as np
from bumble.gatt import Service

from tracker.sensors.virtual.peripheral import Board, Properties, notifying, writable
from tracker.sensors.virtual.worn import Block, Chip, Worn, in_steps

BASE, TRUE_BASE = "-0000-1000-8000-00805f9a34fb", "-0000-1000-8000-00805f9b34fb"
"""What nearly all have, and Bluetooth's own."""
SERVICE = f"0000ffe5{BASE}"
"""The base is not the SIG's: 9a, not 9b."""
NOTIFY = f"0000ffe4{BASE}"
WRITE = f"0000ffe9{BASE}"
FRAME_BYTES = 20
SAVE, RATE, READ, TEMPERATURE, BATTERY, UNLOCK = 0x00, 0x03, 0x27, 0x40, 0x64, 0x69
KEY = 0xB588
UNLOCKED_S = 10.0
RATES_HZ: Mapping[int, float] = {1: 0.2, 2: 0.5, 3: 1, 4: 2, 5: 5, 6: 10, 7: 20, 8: 50, 9: 100, 0x0B: 200}
"""By register value. 200 Hz is 0x0A on some devices: sources differ."""
FIRST_RATE = 6
SLOWEST_CHIP_HZ = 10
"""Below this the chip makes more samples than are sent."""
ACC_STEP = 16 * 9.80665 / 2**15
GYR_STEP = np.radians(2000) / 2**15
ANGLE_STEP = np.pi / 2**15
_COMMAND = struct.Struct("<2sBH")
_FRAME = struct.Struct("<2s9h")
_ANSWER = struct.Struct("<2sH8h")


class WitMotionFirmware:
    """A WitMotion sensor on a simulated leg.

    Parameters
    ----------
    worn
        The leg; of the model only the errors count: rate and ranges are the sensor's.
    battery_cv
        Battery voltage, hundredths of a volt.
    chunk_bytes
        Size of the notifications that the stream of frames is cut into; no more than fits the MTU.
    base
        That its UUIDs stand on: `BASE`, or with some firmware `TRUE_BASE`.

    Attributes
    ----------
    chip
        The motion chip on the leg.
    sent
        Samples sent since it was made.
    """

    advertised: Sequence[str] = ()
    manufacturer: Mapping[int, bytes] = {}

    def __init__(self, worn: Worn, *, battery_cv: int = 396, chunk_bytes: int = FRAME_BYTES, base: str = BASE) -> None:
        self.chip = Chip(worn, SLOWEST_CHIP_HZ)
        self.sent = 0
        self._battery_cv = battery_cv
        self._chunk_bytes = chunk_bytes
        self._saved = {RATE: FIRST_RATE}
        self._registers = dict(self._saved)
        self._unlocked_until_s = 0.0
        self._waiting = b""
        self._streaming: asyncio.Task[None] | None = None
        self._board: Board | None = None
        self._service = SERVICE.replace(BASE, base)
        self._notify = notifying(NOTIFY.replace(BASE, base))
        self._write = writable(
            WRITE.replace(BASE, base), self._on_command, Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE
        )
        self._notify.on("subscription", self._on_subscription)

    @property
    def rate_hz(self) -> float:
        """Frames per second."""
        return RATES_HZ[self._registers[RATE]]

    def services(self, board: Board) -> Sequence[Service]:
        """Return the GATT services; there is none for the battery."""
        self._board = board
        return (Service(self._service, [self._notify, self._write]),)

    def on_power_on(self) -> None:
        """Take the registers that were saved."""
        self._registers = dict(self._saved)
        self._set_chip()

    def on_disconnected(self) -> None:
        """Nobody is subscribed any more."""
        self._streaming, self._waiting = None, b""

    def _on_subscription(self, _: object, notify: bool, __: bool) -> None:
        """Frames come as long as somebody is subscribed; there is no command for it."""
        if self._streaming is not None:
            self._streaming.cancel()
        self._streaming, self._waiting = None, b""
        if notify and self._board is not None:
            self.chip.begin()
            self.chip.resume()
            self._streaming = self._board.spawn(self._send_frames(self._board))

    def _on_command(self, data: bytes) -> None:
        if len(data) != _COMMAND.size:
            return
        head, register, value = _COMMAND.unpack(data)
        if head != b"\xff\xaa":
            return
        now_s = asyncio.get_running_loop().time()
        if register == READ:
            self._answer(value & 0xFF)
        elif register == UNLOCK and value == KEY:
            self._unlocked_until_s = now_s + UNLOCKED_S
        elif now_s < self._unlocked_until_s:
            self._set(register, value)

    def _set(self, register: int, value: int) -> None:
        if register == SAVE:
            if value == 0:
                self._saved = dict(self._registers)
        elif register != RATE or value in RATES_HZ:
            self._registers[register] = value
            self._set_chip()

    def _set_chip(self) -> None:
        self.chip.rate_hz = max(SLOWEST_CHIP_HZ, round(self.rate_hz))

    def _answer(self, first: int) -> None:
        values = {**self._registers, BATTERY: self._battery_cv, TEMPERATURE: 2530}
        eight = [_signed(values.get(register, 0)) for register in range(first, first + 8)]
        self._queue(_ANSWER.pack(b"\x55\x71", first, *eight))

    def _queue(self, frame: bytes) -> None:
        """Append to the stream, and send what fills notifications."""
        board = self._board
        if board is None or not board.wants(self._notify):
            return
        self._waiting += frame
        size = min(self._chunk_bytes, board.mtu - 3)
        while len(self._waiting) >= size:
            chunk, self._waiting = self._waiting[:size], self._waiting[size:]
            board.spawn(board.send(self._notify, chunk))

    async def _send_frames(self, board: Board) -> None:
        while True:
            made_per_sent = round(self.chip.rate_hz / self.rate_hz)
            block = await self.chip.take(made_per_sent)
            self.sent += 1
            self._queue(frame_of(block))


def frame_of(block: Block) -> bytes:
    """Return the frame of a block's last sample. Roll and pitch are those of a leg at rest, yaw is 0."""
    x, y, z = block.acc[-1]
    angles = np.array([np.arctan2(y, z), np.arctan2(-x, np.hypot(y, z)), 0.0])
    acc, gyr = in_steps(block.acc[-1], ACC_STEP), in_steps(block.gyr[-1], GYR_STEP)
    return _FRAME.pack(b"\x55\x61", *acc, *gyr, *in_steps(angles, ANGLE_STEP))


def _signed(value: int) -> int:
    return value - 2**16 if value >= 2**15 else value
