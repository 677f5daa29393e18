"""Nordic Thingy:52: GATT traffic in, packets out.

In: reads of the motion configuration, notifications of raw motion; everything else gives nothing. Out: `Packet`.
Remembered: the rate, and where the newest sample lies (`Counted`).

Raw motion is nine 16-bit integers, one sample per notification, without number or time: acceleration in 1/1024 g,
turning rate in 1/32 °/s, compass (not used).

The firmware turns the sign of the acceleration, and of nothing else: at rest the axis that points **down** reads
+1 g. It is turned back here. It runs its chip at ±2 g and saturates the turning rate at ±1024 °/s.

Sources: Nordic-Thingy52-FW, ``ble_tms.h`` (layout), ``m_motion.c`` (fixed-point formats, saturation),
``drv_motion.c`` (sign, ranges).
"""

from __future__ import annotations

import struct

import numpy as np

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.motion.samples import Mask
from tracker.recording.model import GattEvent, Operation
from tracker.sensors.driver import SENT, SensorDriver
from tracker.sensors.steps import Read, Step, Subscribe, Unsubscribe, Write
from tracker.sensors.timeline import Counted, Repeats


def _uuid(short: int) -> str:
    return f"ef68{short:04x}-9b35-4933-9b10-52ffa9740042"


CONFIG, RAW = _uuid(0x0401), _uuid(0x0406)
SERVICES = tuple(_uuid(short) for short in (0x0100, 0x0400))
"""Device configuration, which is advertised, and motion."""
RATES_HZ = (50, 100, 200)
USUAL_RATE_HZ = 50
"""Every sample is a notification, many links carry no more than 50 to 100 of them a second, and a lost one leaves no
trace."""

_CONFIG = struct.Struct("<HHHHB")
_SLOWEST_HZ, _FASTEST_HZ = 25, 200
"""From 5 Hz on it can have any; under 25 Hz too little is seen of a repetition."""
_STEPS_MS, _TEMPERATURE_MS, _COMPASS_MS = 5000, 5000, 5000
"""What is not needed, as seldom as can be: it shares the radio and the chip's queue."""
_WAKE_ON_MOTION = 1
_RAW = np.dtype("<i2")
_RAW_SIZE = 18
_SCALE = np.concatenate([np.full(3, -9.80665 / 1024), np.full(3, np.radians(1 / 32))])
_ENDS = np.repeat([2 * 1024 - 1, 1023 * 32], 3)
"""Raw integers at which the range ends: 2 g of the chip, 1023 °/s of the firmware."""


class ThingySensor(SensorDriver):
    """The driver of the Nordic Thingy:52.

    Parameters
    ----------
    rate_hz
        Motion processing frequency to ask for, Hz; None: 50.

    Attributes
    ----------
    errors, last_error
        How often the sensor sent nonsense; the newest, with its bytes.
    """

    def __init__(self, *, rate_hz: int | None = None) -> None:
        super().__init__()
        self._asked_hz = USUAL_RATE_HZ if rate_hz is None else rate_hz
        self._rate_hz = 0
        self._timeline: Counted | None = None
        self._repeats = Repeats()

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before it is known."""
        return self._timeline.period_s if self._timeline else None

    def start(self) -> list[Step]:
        """Return what to do after connecting so that samples flow: they do from the subscription on."""
        config = _CONFIG.pack(_STEPS_MS, _TEMPERATURE_MS, _COMPASS_MS, self._asked_hz, _WAKE_ON_MOTION)
        return [Write(CONFIG, config), Read(CONFIG), Subscribe(RAW)]

    def stop(self) -> list[Step]:
        """Return what to do before disconnecting."""
        return [Unsubscribe(RAW)]

    def _take(self, event: GattEvent) -> list[Packet]:
        if event.uuid == RAW and event.operation in SENT:
            return self._on_raw(event)
        if event.uuid == CONFIG and event.operation is Operation.READ:
            self._on_config(event.data)
        return []

    def _on_config(self, data: bytes) -> None:
        """Take the configuration, which is read once per connection."""
        rate_hz = _rate(data)
        if self._timeline is None or rate_hz != self._rate_hz:
            self._rate_hz, self._timeline = rate_hz, Counted(rate_hz)
        else:
            self._timeline.restart()

    def _on_raw(self, event: GattEvent) -> list[Packet]:
        if self._timeline is None:
            raise ProtocolError("samples before the configuration was read", event.data)
        if len(event.data) != _RAW_SIZE:
            raise ProtocolError(f"raw motion has {len(event.data)} bytes, not {_RAW_SIZE}", event.data)
        if self._repeats.seen(event.data, event.host_ns):
            return []
        raw = np.frombuffer(event.data, _RAW)[None, :6]
        rows = raw * _SCALE
        beyond: Mask = np.abs(raw.astype(np.int32)) >= _ENDS
        clipped = np.array([bool(beyond.any())])
        return self._timeline.place(event.host_ns, rows[:, :3].copy(), rows[:, 3:].copy(), clipped)


def _rate(data: bytes) -> int:
    if len(data) < _CONFIG.size:
        raise ProtocolError(f"motion configuration has {len(data)} bytes, not {_CONFIG.size}", data)
    rate_hz = int(_CONFIG.unpack_from(data)[3])
    if not _SLOWEST_HZ <= rate_hz <= _FASTEST_HZ:
        raise ProtocolError(f"motion frequency {rate_hz} Hz is not one from {_SLOWEST_HZ} to {_FASTEST_HZ}", data)
    return rate_hz
