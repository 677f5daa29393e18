"""Movella (Xsens) DOT: GATT traffic in, packets out.

In: reads of the device control (output rate), notifications of the medium payload and of the battery; everything
else gives nothing. Out: `Packet`. Remembered: the rate, the battery, and where the newest sample lies (`Clocked`).

The payload is mode 21, rate quantities: a time stamp and six floats, one sample per notification, filled up with
zeros to 40 bytes. Acceleration is specific force, already in m/s².

Source: Movella DOT BLE Service Specification (XD0506P, revision C). Nobody has published bytes of this mode.
"""

from __future__ import annotations

import struct

import numpy as np

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.recording.model import GattEvent, Operation
from tracker.sensors.driver import SENT, SensorDriver
from tracker.sensors.steps import Read, Step, Subscribe, Unsubscribe, Write
from tracker.sensors.timeline import Clocked


def _uuid(short: int) -> str:
    return f"1517{short:04x}-4947-11e9-8646-d663bd873d93"


CONTROL, MEASURE, PAYLOAD, BATTERY = _uuid(0x1002), _uuid(0x2001), _uuid(0x2003), _uuid(0x3001)
SERVICES = tuple(_uuid(short) for short in (0x1000, 0x2000))
COMPANY = 2182
"""Bluetooth company id of Xsens."""
RATES_HZ = (30, 60)
"""Slower ones (1 to 20 Hz) show too little of a repetition; 120 Hz is for recordings on the sensor only."""
USUAL_RATE_HZ = 60

_CONTROL_SIZE, _RATE_AT, _VISIT_RATE = 32, 24, 0x10
_MODE = 21
_START, _STOP = bytes([1, 1, _MODE]), bytes([1, 0, _MODE])
_SAMPLE = struct.Struct("<I6f")
_CLOCK_TURN_S = 2**32 / 1e6

_FULL_SCALE = np.repeat([16 * 9.80665, 2000.0], 3)
"""m/s² and °/s (data sheet); calibration moves the ends of the range by a percent or so."""
_CLIPPED_SHARE, _NONSENSE_SHARE = 0.98, 1.5


class DotSensor(SensorDriver):
    """The driver of the Movella DOT.

    Parameters
    ----------
    rate_hz
        Output rate to ask for, Hz; None: 60.

    Attributes
    ----------
    errors, last_error
        How often the sensor sent nonsense; the newest, with its bytes.
    battery_percent
        As last told; None before.
    """

    def __init__(self, *, rate_hz: int | None = None) -> None:
        super().__init__()
        self._asked_hz = USUAL_RATE_HZ if rate_hz is None else rate_hz
        self._rate_hz = 0
        self._timeline: Clocked | None = None

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before the output rate was read."""
        return self._timeline.period_s if self._timeline else None

    def start(self) -> list[Step]:
        """Return what to do after connecting so that samples flow.

        The rate cannot be changed while it measures, and payload that nobody is subscribed to is lost.
        """
        return [
            Write(MEASURE, _STOP),
            Write(CONTROL, _rate_command(self._asked_hz)),
            Read(CONTROL),
            Read(BATTERY),
            Subscribe(BATTERY),
            Subscribe(PAYLOAD),
            Write(MEASURE, _START),
        ]

    def stop(self) -> list[Step]:
        """Return what to do before disconnecting."""
        return [Write(MEASURE, _STOP), Unsubscribe(PAYLOAD), Unsubscribe(BATTERY)]

    def _take(self, event: GattEvent) -> list[Packet]:
        if event.uuid == PAYLOAD and event.operation in SENT:
            return self._on_payload(event)
        if event.uuid == CONTROL and event.operation is Operation.READ:
            self._on_control(event.data)
        elif event.uuid == BATTERY and event.operation in (Operation.READ, *SENT):
            self.battery_percent = _battery(event.data)
        elif event.uuid == MEASURE and event.data == _START and self._timeline is not None:
            self._timeline.restart()
        return []

    def _on_control(self, data: bytes) -> None:
        rate_hz = _rate(data)
        if rate_hz != self._rate_hz:
            self._rate_hz, self._timeline = rate_hz, Clocked(rate_hz, _CLOCK_TURN_S)

    def _on_payload(self, event: GattEvent) -> list[Packet]:
        if self._timeline is None:
            raise ProtocolError("samples before the output rate was read", event.data)
        if len(event.data) < _SAMPLE.size:
            raise ProtocolError(f"payload too short ({len(event.data)} bytes, at least {_SAMPLE.size})", event.data)
        time_us, *numbers = _SAMPLE.unpack_from(event.data)
        values = np.array(numbers)
        share = np.abs(values) / _FULL_SCALE
        if not (share < _NONSENSE_SHARE).all():  # false for not-a-number too
            raise ProtocolError("payload is no acceleration and turning rate", event.data)
        acc, gyr = values[None, :3].copy(), np.radians(values[None, 3:])
        clipped = np.array([bool((share > _CLIPPED_SHARE).any())])
        return self._timeline.place(time_us / 1e6, event.host_ns, acc, gyr, clipped)


def _rate_command(rate_hz: int) -> bytes:
    """Return a device control in which the sensor looks at the output rate only."""
    command = bytearray(_CONTROL_SIZE)
    command[0] = _VISIT_RATE
    struct.pack_into("<H", command, _RATE_AT, rate_hz)
    return bytes(command)


def _rate(data: bytes) -> int:
    if len(data) < _RATE_AT + 2:
        raise ProtocolError(f"device control too short ({len(data)} bytes)", data)
    rate_hz = int.from_bytes(data[_RATE_AT : _RATE_AT + 2], "little")
    if rate_hz not in RATES_HZ:
        raise ProtocolError(f"output rate {rate_hz} Hz is none of {RATES_HZ}", data)
    return rate_hz


def _battery(data: bytes) -> int:
    if not data or data[0] > 100:
        raise ProtocolError("battery level is no percentage", data)
    return data[0]
