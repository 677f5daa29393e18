"""ST boards that speak BlueST (SensorTile, SensorTile.box, BlueCoin, …): GATT traffic in, packets out.

In: notifications of the combined feature (acceleration, turning rate, magnetic field); everything else gives nothing.
Out: `Packet`. Remembered: the first two seconds until time and rate are known, then where the newest sample lies.

A notification is a 16-bit time stamp, acceleration in mg, turning rate in 0.1 °/s, field in mG. The rate is the
firmware's; nothing sets it or tells it.

Rule: **what a tick of the stamp means is found out, not assumed.** The specification leaves it open; firmware in the
field uses 8 ms (its millisecond counter divided by 8), 1 ms and 10 ms. Two seconds of arrivals tell these apart. A
stamp that ticks like none of them, such as one that counts notifications, is not used.

Sources: UM2496 (formats, advertisement); public firmware for ST boards (ticks).
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.motion.samples import Array, Mask
from tracker.recording.model import GattEvent
from tracker.sensors.driver import SENT, SensorDriver, saturated
from tracker.sensors.steps import Step, Subscribe, Unsubscribe
from tracker.sensors.ticks import TURN, Ticks, period_of
from tracker.sensors.timeline import SLOWEST_HZ, Clocked, Counted, Repeats, trackable

MOTION = "00e00000-0001-11e1-ac36-0002a5d5c51b"
PROTOCOL = 0x01
"""Version in the advertisement. Version 2 has other characteristics."""
ACC_GYR_FEATURES = 0x00C00000
"""Bits of the advertised feature mask."""

TICKS_S = (0.001, 0.008, 0.010)
_TICK_TOLERANCE = 0.1
"""The nearest two differ by a quarter; arrivals are late by up to 0.1 s, of two seconds."""
LEARN_NS, LEARN_MOST = 2_000_000_000, 2000
_PARTS = 4
"""The rate is that of the best part: a lost notification makes its part look slower."""
_SILENT_S, _ALIKE_S = 1.0, 0.5
"""After a silence the stamp has gone on with the host's time, or by a sample or so (what had been queued). If not, the
board began anew."""

_SAMPLE = struct.Struct("<H9h")
_SCALE = np.repeat([9.80665e-3, np.radians(0.1)], 3)


class _Held(NamedTuple):
    """One sample."""

    stamp: int
    host_ns: int
    acc: Array
    gyr: Array
    clipped: Mask


class BlueStSensor(SensorDriver):
    """The driver of ST boards.

    Parameters
    ----------
    rate_hz
        Not used: the firmware has one.

    Attributes
    ----------
    errors, last_error
        How often the sensor sent nonsense, or too slowly; the newest, with its bytes.
    tick_s
        What a tick of the stamp means, seconds; None before it is known, and where it is none that is known.
    """

    def __init__(self, *, rate_hz: int | None = None) -> None:
        super().__init__()
        self.tick_s: float | None = None
        self._held: list[_Held] = []
        self._ticks: Ticks | None = None
        self._timeline: Clocked | Counted | None = None
        self._newest: _Held | None = None
        self._repeats = Repeats()

    @property
    def period_s(self) -> float | None:
        """Sampling period, seconds; None before it was found out."""
        return self._timeline.period_s if self._timeline else None

    def start(self) -> list[Step]:
        """Return what to do after connecting so that samples flow: they do from the subscription on."""
        return [Subscribe(MOTION)]

    def stop(self) -> list[Step]:
        """Return what to do before disconnecting."""
        return [Unsubscribe(MOTION)]

    def _take(self, event: GattEvent) -> list[Packet]:
        if event.uuid != MOTION or event.operation not in SENT:
            return []
        if len(event.data) != _SAMPLE.size:
            raise ProtocolError(f"motion has {len(event.data)} bytes, not {_SAMPLE.size}", event.data)
        if self._repeats.seen(event.data, event.host_ns):
            return []
        return self._on_sample(_sample(event), event.data)

    def _on_sample(self, sample: _Held, data: bytes) -> list[Packet]:
        newest, self._newest = self._newest, sample
        if newest is not None and (sample.host_ns - newest.host_ns) / 1e9 > _SILENT_S:
            self._on_silence(newest, sample)
        if self._timeline is not None:
            return self._place(sample)
        self._held.append(sample)
        if sample.host_ns - self._held[0].host_ns < LEARN_NS and len(self._held) < LEARN_MOST:
            return []
        held, self._held = self._held, []
        self._learn(held, data)
        return [packet for one in held for packet in self._place(one)]

    def _on_silence(self, before: _Held, after: _Held) -> None:
        """Forget what was learnt in part; tell a board that began anew from one that went on."""
        self._held.clear()
        if self._timeline is None:
            return
        if self.tick_s is not None:
            went_s = (after.stamp - before.stamp) % TURN * self.tick_s
            waited_s = (after.host_ns - before.host_ns) / 1e9
            off_s = abs(went_s - waited_s) % (TURN * self.tick_s)
            if min(off_s, TURN * self.tick_s - off_s) <= _ALIKE_S or went_s <= _ALIKE_S:
                return
        self._timeline.restart()

    def _learn(self, held: list[_Held], data: bytes) -> None:
        """Find out what a tick is, and the rate.

        Raises
        ------
        ProtocolError
            The rate is none that can be tracked.
        """
        host_s = np.array([one.host_ns for one in held]) / 1e9
        ticks = np.cumsum([0, *((b.stamp - a.stamp) % TURN for a, b in pairwise(held))])
        measured_s = (host_s[-1] - host_s[0]) / max(1, ticks[-1])
        tick_s = min(TICKS_S, key=lambda tick: abs(measured_s / tick - 1))
        known = abs(measured_s / tick_s - 1) <= _TICK_TOLERANCE
        rate_hz = _rate(ticks * tick_s if known else host_s)
        if not trackable(rate_hz):
            raise ProtocolError(f"sends {rate_hz:.0f} samples a second; {SLOWEST_HZ:.0f} are needed", data)
        if known:
            self.tick_s = tick_s
            self._ticks = Ticks(tick_s, period_of([one.stamp for one in held], tick_s, 1 / rate_hz))
            self._timeline = Clocked(rate_hz, self._ticks.turn_s)
        else:
            self._timeline = Counted(rate_hz)

    def _place(self, one: _Held) -> list[Packet]:
        if isinstance(self._timeline, Counted):
            return self._timeline.place(one.host_ns, one.acc, one.gyr, one.clipped)
        assert self._timeline is not None
        assert self._ticks is not None
        return self._timeline.place(self._ticks.at(one.stamp), one.host_ns, one.acc, one.gyr, one.clipped)


def _sample(event: GattEvent) -> _Held:
    stamp, *numbers = _SAMPLE.unpack(event.data)
    raw = np.array(numbers[:6])
    rows = (raw * _SCALE)[None, :]
    clipped = saturated(raw[None])  # the chip's own range is not known
    return _Held(stamp, event.host_ns, rows[:, :3].copy(), rows[:, 3:].copy(), clipped)


def _rate(time_s: Array) -> float:
    """Return the samples per second of the part that has most; 0 where time stands still."""
    edges = np.linspace(0, len(time_s) - 1, _PARTS + 1).round().astype(int)
    seconds = np.diff(time_s[edges])
    counts = np.diff(edges)
    return float((counts[seconds > 0] / seconds[seconds > 0]).max(initial=0.0))
