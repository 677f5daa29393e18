"""Movesense (GATT SensorData Protocol): GATT traffic in, packets out.

In: notifications; everything else gives nothing. Out: `Packet`. Remembered: a first part that waits for its second,
and where the newest sample lies (`Clocked`).

    01 reference status (16 bit)                                             answer to a command
    02 reference u32 time of the first sample (ms), n accelerations, n turning rates      32-bit floats, m/s² and °/s
    03 reference rest of a message that was too long for one notification

Rule: **a message that holds no whole samples waits for the next notification, and for no other.** Numbers that are
not finite are nonsense. Whether the unit is what it is said to be shows at rest (`tracker.sensors.units`): sources
disagree, some say mg.

Source: Movesense, GATT SensorData Protocol (GD-77).
"""

from __future__ import annotations

import struct

import numpy as np

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.recording.model import GattEvent
from tracker.sensors.driver import SENT, SensorDriver
from tracker.sensors.steps import Step, Subscribe, Unsubscribe, Write
from tracker.sensors.timeline import Clocked

SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
WRITE = "34800001-7185-4d5d-b431-630e7050e8f0"
NOTIFY = "34800002-7185-4d5d-b431-630e7050e8f0"
ADVERTISED = "0000fdf3-0000-1000-8000-00805f9b34fb"
RATES_HZ = (52, 104, 208)
USUAL_RATE_HZ = 104
REFERENCE = 99
"""Any number but 0: marks what belongs to our subscription."""
_SUBSCRIBE, _UNSUBSCRIBE = 1, 2
_RESULT, _DATA, _PART2 = 1, 2, 3
_GOOD = (200, 201)
_HEAD, _SAMPLE = 6, 24
_LONGEST = _HEAD + 64 * _SAMPLE
"""Bytes of one message; real ones hold up to 16 samples."""
_BEYOND_ANY = 1e5
"""No sensor measures that, in whatever unit."""
_TURN_S = 2**32 / 1000


class MovesenseSensor(SensorDriver):
    """The driver of Movesense sensors.

    Parameters
    ----------
    rate_hz
        Rate to subscribe to, Hz; None: 104.

    Attributes
    ----------
    errors, last_error
        How often the sensor sent nonsense or refused; the newest, with its bytes.
    """

    def __init__(self, *, rate_hz: int | None = None) -> None:
        super().__init__()
        self._rate_hz = USUAL_RATE_HZ if rate_hz is None else rate_hz
        self._timeline = Clocked(self._rate_hz, _TURN_S)
        self._part = b""

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before it was measured."""
        return self._timeline.period_s

    def start(self) -> list[Step]:
        """Return what to do after connecting so that samples flow."""
        path = f"/Meas/IMU6/{self._rate_hz}".encode("ascii")
        return [Subscribe(NOTIFY), _command(_SUBSCRIBE, path)]

    def stop(self) -> list[Step]:
        """Return what to do before disconnecting."""
        return [_command(_UNSUBSCRIBE), Unsubscribe(NOTIFY)]

    def _take(self, event: GattEvent) -> list[Packet]:
        if event.uuid != NOTIFY or event.operation not in SENT:
            return []
        return self._on_notification(event.data, event.host_ns)

    def _on_notification(self, data: bytes, host_ns: int) -> list[Packet]:
        if len(data) < 2:
            raise ProtocolError(f"notification has {len(data)} bytes, not 2 or more", data)
        kind, reference = data[:2]
        if reference != REFERENCE:
            return []
        part, self._part = self._part, b""
        if kind == _PART2 and not part:
            raise ProtocolError("second part without a first", data)
        if kind == _PART2:
            return self._on_message(part + data[2:], host_ns, whole=True)
        if part:  # the newer one is worth no less
            self._complain(ProtocolError("first part without a second", part))
        if kind == _RESULT:
            self._on_result(data)
            return []
        if kind != _DATA:
            raise ProtocolError(f"message of type {kind} is not known", data)
        return self._on_message(data, host_ns, whole=False)

    def _on_result(self, data: bytes) -> None:
        """Take the answer to a command; the sensor ends subscriptions with the connection, so each begins one.

        Older firmware sends the status with its high byte first.
        """
        statuses = [int.from_bytes(data[2:4], "little"), int.from_bytes(data[2:4], "big")]
        if not set(statuses) & set(_GOOD):
            raise ProtocolError(f"refused with status {statuses[0] if statuses[0] < 1000 else statuses[1]}", data)
        self._timeline.restart()

    def _on_message(self, data: bytes, host_ns: int, *, whole: bool) -> list[Packet]:
        rows = len(data) - _HEAD
        if len(data) > _LONGEST:
            raise ProtocolError(f"message has {len(data)} bytes, more than {_LONGEST}", data)
        if rows <= 0 or rows % _SAMPLE:
            if whole or rows < 0:
                raise ProtocolError(f"message of {len(data)} bytes holds no whole samples", data)
            self._part = data
            return []
        with np.errstate(invalid="ignore"):  # some of what is not a number complains of being converted
            values = np.frombuffer(data, "<f4", offset=_HEAD).astype(np.float64).reshape(2, -1, 3)
        if not (np.abs(values) < _BEYOND_ANY).all():  # false for not-a-number too
            raise ProtocolError("numbers that no sensor measures", data)
        (time_ms,) = struct.unpack_from("<I", data, 2)
        clipped = np.zeros(values.shape[1], dtype=bool)
        return self._timeline.place(time_ms / 1000, host_ns, values[0].copy(), np.radians(values[1]), clipped)


def _command(command: int, path: bytes = b"") -> Write:
    return Write(WRITE, bytes([command, REFERENCE]) + path, bytes([_RESULT, REFERENCE]), answer_on=NOTIFY)
