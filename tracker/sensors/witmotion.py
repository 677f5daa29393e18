"""WitMotion sensors with Bluetooth 5 (WT901BLE, WT9011DCL, BWT901BLE5.0): GATT traffic in, packets out.

In: notifications, and what was written to the sensor. Out: `Packet`. Remembered: a frame that has not come whole,
the rate asked for, the battery, and where the newest sample lies (`Counted`).

Notifications are a stream of bytes with frames in it, several or a part of one at a time:

    55 61  acceleration, turning rate, angle: nine 16-bit integers, little endian          20 bytes
    55 71  register (16 bit), the values of eight registers from there on                   20 bytes, some firmware 22

Full scales are fixed: 16 g and 2000 °/s. Nothing numbers or times samples, and there is no checksum.

Rule: **a frame is one if the next one begins behind it.** What lies between frames is counted and passed over. Thus
frames of 28 bytes, which vibration sensors (WTVB01) send with the same beginning, are refused.

The characteristics stand on a base that looks like Bluetooth's own but is not (``…5f9a34fb``); some devices use the
true one (``…5f9b34fb``). Traffic of both is taken; steps name the first (`WitMotionSensor.elsewhere`: the other).

Sources: WitBluetooth_BWT901BLE5_0 (frames, registers, battery); WT901BLECL data sheet; rate codes from manuals.
"""

from __future__ import annotations

import struct

import numpy as np

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.recording.model import GattEvent, Operation
from tracker.sensors.driver import SENT, SensorDriver, saturated
from tracker.sensors.steps import Step, Subscribe, Unsubscribe, Write
from tracker.sensors.timeline import NOMINAL_SHARE, Counted, Repeats

BASES = "-0000-1000-8000-00805f9a34fb", "-0000-1000-8000-00805f9b34fb"
SERVICE, NOTIFY, WRITE = (f"0000{short}{BASES[0]}" for short in ("ffe5", "ffe4", "ffe9"))
SERVICES = tuple(f"0000ffe5{base}" for base in BASES)
_NOTIFIES, _WRITES = ({f"0000{short}{base}" for base in BASES} for short in ("ffe4", "ffe9"))
RATES_HZ = (50, 100)
"""200 Hz has two codes, by manual; which one a sensor takes is not known."""
USUAL_RATE_HZ = 100
_RATE_CODES = {50: 0x08, 100: 0x09}
_UNLOCK, _SAVE = bytes.fromhex("ff aa 69 88 b5"), bytes.fromhex("ff aa 00 00 00")
_RATE_REGISTER, _BATTERY_REGISTER = 0x03, 0x64
_READ_BATTERY = bytes([0xFF, 0xAA, 0x27, _BATTERY_REGISTER, 0x00])

_HEAD, _MOTION, _REGISTERS = 0x55, 0x61, 0x71
_SIZES = {_MOTION: (20,), _REGISTERS: (20, 22)}
_FOREIGN_SIZE = 28
_RAW = np.dtype("<i2")
_SCALE = np.concatenate([np.full(3, 16 * 9.80665 / 32768), np.full(3, np.radians(2000 / 32768))])
_CHARGE = (
    (396, 100),
    (393, 90),
    (387, 75),
    (382, 60),
    (379, 50),
    (377, 40),
    (373, 30),
    (370, 20),
    (368, 15),
    (350, 10),
    (340, 5),
)
"""From so many hundredths of a volt on, so many percent: the maker's table."""
_LOWEST_CV, _HIGHEST_CV = 200, 500
"""A lithium cell; anything else is another register's value."""
_WRITTEN = (Operation.WRITE, Operation.WRITE_NO_RESPONSE)


class WitMotionSensor(SensorDriver):
    """The driver of WitMotion's sensors.

    Parameters
    ----------
    rate_hz
        Rate to ask for, Hz; None: 100.

    Attributes
    ----------
    errors, last_error
        How often the sensor sent nonsense, or another rate than it was asked for; the newest, with its bytes.
    battery_percent
        By the sensor's voltage; None before it was told.
    """

    def __init__(self, *, rate_hz: int | None = None) -> None:
        super().__init__()
        self._asked_hz = USUAL_RATE_HZ if rate_hz is None else rate_hz
        self._rest = b""
        self._repeats = Repeats()
        self._timeline: Counted | None = None
        self._compared = False

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before it was measured."""
        return self._timeline.period_s if self._timeline else None

    @property
    def delivered_hz(self) -> float | None:
        """Rate at which samples arrive; None before it was measured."""
        return self._timeline.measured_hz if self._timeline else None

    def start(self) -> list[Step]:
        """Return what to do after connecting so that samples flow: they do from the subscription on.

        The rate is kept by the sensor. Nothing is waited for: answers come in between samples.
        """
        rate = bytes([0xFF, 0xAA, _RATE_REGISTER, _RATE_CODES[self._asked_hz], 0])
        return [Subscribe(NOTIFY), *(Write(WRITE, data) for data in (_UNLOCK, rate, _SAVE, _READ_BATTERY))]

    def stop(self) -> list[Step]:
        """Return what to do before disconnecting."""
        return [Unsubscribe(NOTIFY)]

    def elsewhere(self, uuid: str) -> str:
        """Return the UUID that a characteristic has on the other base.

        Examples
        --------
        >>> WitMotionSensor().elsewhere("0000ffe4-0000-1000-8000-00805f9a34fb")
        '0000ffe4-0000-1000-8000-00805f9b34fb'
        """
        here, there = BASES if uuid.endswith(BASES[0]) else BASES[::-1]
        return uuid.replace(here, there)

    def _take(self, event: GattEvent) -> list[Packet]:
        if event.uuid in _NOTIFIES and event.operation in SENT:
            return [] if self._repeats.seen(event.data, event.host_ns) else self._on_bytes(event)
        if event.uuid in _WRITES and event.operation in _WRITTEN:
            self._on_written(event.data)
        return []

    def _on_written(self, data: bytes) -> None:
        """Learn from what the client writes, live or in a recording: unlocking begins a connection."""
        if data == _UNLOCK:
            self._rest, self._compared = b"", False
            if self._timeline is not None:
                self._timeline.restart()
        elif data[:3] == bytes([0xFF, 0xAA, _RATE_REGISTER]):
            known = {code: rate_hz for rate_hz, code in _RATE_CODES.items()}
            self._asked_hz = known.get(data[3] if len(data) > 3 else 0, self._asked_hz)

    def _on_bytes(self, event: GattEvent) -> list[Packet]:
        foreign = len(event.data) == _FOREIGN_SIZE and event.data[:2] == bytes([_HEAD, _MOTION])
        if foreign and not self._rest and not _may_begin(event.data, _SIZES[_MOTION][0]):
            self._complain(ProtocolError("a frame of 28 bytes is a vibration sensor's", event.data))
            return []
        frames = self._frames(event.data)
        for frame in frames:
            if frame[1] == _REGISTERS:
                self._on_registers(frame)
        motion = b"".join(frame[2:14] for frame in frames if frame[1] == _MOTION)
        return self._on_motion(motion, event.host_ns) if motion else []

    def _frames(self, data: bytes) -> list[bytes]:
        """Cut the stream into frames; what is not whole yet stays for the next notification."""
        buffer, frames, junk = self._rest + data, [], bytearray()
        at = 0
        while at < len(buffer):
            size = _frame_size(buffer, at)
            if size is None:
                junk.append(buffer[at])
                at += 1
            elif at + size > len(buffer):
                break
            else:
                frames.append(buffer[at : at + size])
                at += size
        self._rest = buffer[at:]
        if junk:
            self._complain(ProtocolError("bytes that are no frame", bytes(junk)))
        return frames

    def _on_registers(self, frame: bytes) -> None:
        register, value = struct.unpack_from("<Hh", frame, 2)
        if register != _BATTERY_REGISTER:
            return
        if not _LOWEST_CV <= value <= _HIGHEST_CV:
            self._complain(ProtocolError(f"battery at {value / 100} V", frame))
            return
        self.battery_percent = next((percent for least, percent in _CHARGE if value >= least), 0)

    def _on_motion(self, motion: bytes, host_ns: int) -> list[Packet]:
        raw = np.frombuffer(motion, _RAW).reshape(-1, 6)
        rows = raw * _SCALE
        clipped = saturated(raw)
        if self._timeline is None:
            self._timeline = Counted(self._asked_hz)
        packets = self._timeline.place(host_ns, rows[:, :3].copy(), rows[:, 3:].copy(), clipped)
        self._compare_rates(self._timeline.measured_hz)
        return packets

    def _compare_rates(self, delivered_hz: float | None) -> None:
        """Say once per connection that samples do not come at the rate that was asked for."""
        if delivered_hz is None or self._compared:
            return
        self._compared = True
        if abs(delivered_hz / self._asked_hz - 1) > NOMINAL_SHARE:
            self._complain(
                ProtocolError(f"sends {delivered_hz:.0f} samples a second, was asked for {self._asked_hz}", b"")
            )


def _frame_size(buffer: bytes, at: int) -> int | None:
    """Size of the frame that begins here, as far as can be seen; None: none does."""
    if not _may_begin(buffer, at):
        return None
    if at + 1 == len(buffer):
        return max(map(max, _SIZES.values()))
    sizes = _SIZES[buffer[at + 1]]
    return next((size for size in sizes if _may_begin(buffer, at + size)), None)


def _may_begin(buffer: bytes, at: int) -> bool:
    """Whether nothing here contradicts the beginning of a frame; the end of what came does not."""
    begin = buffer[at : at + 2]
    return not begin or (begin[0] == _HEAD and (len(begin) == 1 or begin[1] in _SIZES))
