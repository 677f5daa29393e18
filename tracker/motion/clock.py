"""The sample clock: packets in, samples on one uniform grid out.

In: `Packet`, a few consecutive samples with the sensor's 16-bit index, its 32-bit microsecond clock and the
host's arrival time; one without samples says that a stream begins. Out: `Samples` with an absolute index;
holes stay holes. Remembered: where the newest packet lay, the next free index, and one doubted packet.

Rule: **the index places samples, the clocks say how often it went round.** Index 0 of the grid is the first
index of the first stream. The grid's period is fixed; nothing is stretched to a clock.

    sensor    index  65530      65540 = 4 (mod 65536)                 4 again         boot id changes
    packets   ──────[■■■■■■■■■■][■■■■■■■■■■]─ ─ outage ─ ─ ─[■■■■■■■■■■]─ ─ restart ─ ─[■■■■■■■■■■]
    grid             0          10          20 … lost …     65546                       next + rest
    decided by       first      index       µs clock: one turn of the index             host arrival

- Up to half a turn of the index it needs no help; beyond that the microsecond clock decides how many turns
  (it goes round in 71.6 min), and beyond half a turn of that the host's time decides.
- Samples that were there already give nothing: some Bluetooth stacks repeat notifications after a reconnect.
- A new stream goes on by its index if both clocks confirm it. Otherwise, and always after a restart, its
  first index lies as long after the last sample as the host waited, never earlier than the next free index.
  Arrival is late by up to a packet (100 ms); a stream that says when it begins (no samples yet) avoids that.
- A packet whose index, clock and arrival contradict each other waits for the next one. If that continues it,
  two of the three decide; if not, it was nonsense and is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tracker.motion.samples import Array, Mask, Samples

_INDEX_TURN = 1 << 16
_CLOCK_TURN_US = 1 << 32

SLACK_S, SLACK_SHARE = 0.25, 0.25
"""Index and sensor clock agree within this. A rate not measured yet may be 20 % off (firmware_protocol)."""
ARRIVAL_SLACK_S = 10.0
"""Sensor clock and arrival agree within this: a fading link delivers up to 6 s late (supervision timeout)."""
ONGOING_SLACK_S, ONGOING_SHARE, ONGOING_MOST_S = 0.05, 0.02, 1.0
"""Within this a new stream continues the old one's index. A counter that stood still between them is told
apart: no sensor is stopped and started again in less. Where a second is too little, arrival is as good."""


_SLACK_US, _ARRIVAL_SLACK_US = SLACK_S * 1e6, ARRIVAL_SLACK_S * 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """Consecutive samples as they arrived from a sensor, in SI units.

    Attributes
    ----------
    boot_id
        Another number means that index and clock began anew.
    index
        Of the first sample, modulo 2**16. Without samples: that the stream's first sample will have.
    time_us
        Sensor's clock at the first sample, µs, modulo 2**32. Without samples: when the stream began.
    host_ns
        Host's monotonic time of arrival, nanoseconds.
    acc, gyr
        Specific force m/s², turning rate rad/s, sensor frame, shape (n, 3).
    clipped
        Shape (n,); True where an axis was at the end of its range.
    """

    boot_id: int
    index: int
    time_us: int
    host_ns: int
    acc: Array
    gyr: Array
    clipped: Mask

    def __len__(self) -> int:
        return len(self.acc)

    @classmethod
    def begin(cls, boot_id: int, index: int, time_us: int, host_ns: int) -> Packet:
        """Return a packet without samples: a stream begins here."""
        return cls(boot_id, index, time_us, host_ns, _NO_ROWS, _NO_ROWS, _NO_FLAGS)


_NO_ROWS = np.empty((0, 3))
_VALID = np.ones(64, dtype=bool)
_VALID.flags.writeable = False  # shared: making a mask for each packet costs as much as placing it
_NO_FLAGS = np.empty(0, dtype=bool)


class _Mark(NamedTuple):
    """Where a packet lies: its stamps and the grid index of its first sample."""

    boot_id: int
    raw: int
    time_us: int
    host_ns: int
    place: int
    sampled: bool


class _Step(NamedTuple):
    """From one packet to another by each of the three counters."""

    samples: int
    clock_us: int
    host_us: float


class SampleClock:
    """Puts packets on the grid.

    Parameters
    ----------
    period_s
        Grid step, seconds.

    Attributes
    ----------
    rejected
        Packets dropped because they contradicted themselves.

    Examples
    --------
    >>> rows, no = np.zeros((10, 3)), np.zeros(10, dtype=bool)
    >>> clock = SampleClock(0.01)
    >>> for i in (65530, 65540, 65600):
    ...     for samples in clock.push(Packet(7, i % 65536, i * 10_000, i * 10_000_000, rows, rows, no)):
    ...         print(samples.start_index)
    0
    10
    70
    """

    def __init__(self, period_s: float) -> None:
        self.rejected = 0
        self._period_s = period_s
        self._period_us = period_s * 1e6
        self._t0_ns: int | None = None
        self._last: _Mark | None = None
        self._former_boot: int | None = None
        self._next = 0
        self._suspect: Packet | None = None
        self._samples = 0
        self._counted, self._counted_us = 0, 0

    @property
    def period_s(self) -> float:
        """Grid step, seconds."""
        return self._period_s

    @property
    def t0_ns(self) -> int | None:
        """Host's monotonic time of sample index 0, nanoseconds; None before the first packet."""
        return self._t0_ns

    @property
    def next_index(self) -> int:
        """Grid index behind the newest sample."""
        return self._next

    @property
    def samples(self) -> int:
        """Number of samples placed."""
        return self._samples

    @property
    def rate_hz(self) -> float:
        """Sampling rate by the sensor's own clock, over all streams; for people: the grid ignores it."""
        return self._counted / self._counted_us * 1e6 if self._counted_us else 1 / self._period_s

    def push(self, packet: Packet) -> list[Samples]:
        """Return the packet's samples that were not there yet."""
        last = self._last
        if not len(packet.acc):
            self._begin(packet)
            return []
        if last is None or packet.boot_id != last.boot_id:
            if packet.boot_id == self._former_boot:
                return []
            last = self._begin(packet)
        step = self._step(last, packet)
        if not (self._clock_confirms(step) and _arrival_confirms(step)):
            return self._doubt(packet)
        self._suspect = None
        if last.sampled and step.samples > 0:
            self._counted += step.samples
            self._counted_us += step.clock_us
        return self._take(packet, last.place + step.samples)

    def flush(self) -> list[Samples]:
        """Nothing is held back but what is doubted, and that is dropped."""
        self._suspect = None
        return []

    def _take(self, packet: Packet, index: int) -> list[Samples]:
        """Place a packet; what lies before the next free index was there already."""
        acc, gyr, clipped = packet.acc, packet.gyr, packet.clipped
        skip, count = self._next - index, len(acc)
        if skip >= count:
            return []
        self._last, self._next = _mark(packet, index), index + count
        if skip > 0:
            index, count = index + skip, count - skip
            acc, gyr, clipped = acc[skip:], gyr[skip:], clipped[skip:]
        self._samples += count
        return [Samples(index, self._period_s, acc, gyr, _all_valid(count), clipped)]

    def _begin(self, packet: Packet) -> _Mark:
        """Lay the first index of a stream on the grid."""
        last = self._last
        if last is None:
            self._t0_ns, index = packet.host_ns, 0
        else:
            index = self._join(last, packet)
            if packet.boot_id != last.boot_id:
                self._former_boot = last.boot_id
        self._suspect = None
        self._last, self._next = _mark(packet, index), index
        return self._last

    def _join(self, last: _Mark, packet: Packet) -> int:
        """Grid index of a new stream: by its index if the counter ran on, else by the host's time."""
        step = self._step(last, packet)
        index = last.place + step.samples
        apart_us = abs(step.samples * self._period_us - step.clock_us)
        ran_on = apart_us <= min(ONGOING_SLACK_S * 1e6 + ONGOING_SHARE * abs(step.clock_us), ONGOING_MOST_S * 1e6)
        if packet.boot_id == last.boot_id and ran_on and _arrival_confirms(step) and index >= self._next:
            return index
        return self._next + max(0, round(step.host_us / self._period_us))

    def _step(self, last: _Mark, packet: Packet) -> _Step:
        """Unwrap: the host says how often the clock went round, the clock how often the index did."""
        host_us = (packet.host_ns - last.host_ns) / 1000
        clock_us = (packet.time_us - last.time_us) % _CLOCK_TURN_US
        clock_us += _CLOCK_TURN_US * round((host_us - clock_us) / _CLOCK_TURN_US)
        return _Step(self._unwrap(packet.index - last.raw, clock_us), clock_us, host_us)

    def _unwrap(self, samples: int, elapsed_us: float) -> int:
        samples %= _INDEX_TURN
        return samples + _INDEX_TURN * round((elapsed_us / self._period_us - samples) / _INDEX_TURN)

    def _clock_confirms(self, step: _Step) -> bool:
        apart_us = abs(step.samples * self._period_us - step.clock_us)
        return apart_us <= _SLACK_US + SLACK_SHARE * abs(step.clock_us)

    def _doubt(self, packet: Packet) -> list[Samples]:
        """Hold a packet that contradicts itself, until the next one continues it."""
        held, self._suspect = self._suspect, packet
        if held is None:
            return []
        between = self._step(_mark(held, 0), packet)
        if not (between.samples >= 0 and self._clock_confirms(between) and _arrival_confirms(between)):
            self.rejected += 1
            return []
        if between.samples == 0:  # the same once more
            self._suspect = held
            return []
        self._suspect = None
        index = self._decide(held)
        return self._take(held, index) + self._take(packet, index + between.samples)

    def _decide(self, packet: Packet) -> int:
        """Grid index of a packet for which at most two of index, clock and arrival agree."""
        last = self._last
        assert last is not None
        step = self._step(last, packet)
        if self._clock_confirms(step):
            return last.place + step.samples
        samples = self._unwrap(packet.index - last.raw, step.host_us)
        if self._clock_confirms(_Step(samples, round(step.host_us), step.host_us)):
            return last.place + samples
        return self._begin(packet).place


def _mark(packet: Packet, index: int) -> _Mark:
    return _Mark(packet.boot_id, packet.index, packet.time_us, packet.host_ns, index, len(packet.acc) > 0)


def _all_valid(count: int) -> Mask:
    return _VALID[:count] if count <= len(_VALID) else np.ones(count, dtype=bool)


def _arrival_confirms(step: _Step) -> bool:
    return abs(step.clock_us - step.host_us) <= _ARRIVAL_SLACK_US
