"""One sensor's traffic, live or recorded, to what the core makes of it.

In: `GattEvent` and `Marker`, in order. Out: the core's values (`Peak`, `Rep`, `Rejected`, `ExerciseSet`,
`Gap`). Remembered: driver, sample clock, tracker. Rule: live, replay and analysis push the same items through
this one class, so their results are the same, bit for bit.

    GattEvent ─ driver ─ Packet ─ SampleClock ─ Samples ─ Tracker ─ values
                └────────────── Decoder ──────────────┘
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from firmware_protocol import Info, UUIDs
from tracker.exercises import Exercise
from tracker.motion.clock import Packet, SampleClock
from tracker.motion.engine import Tracker, Value
from tracker.motion.now import Now
from tracker.motion.samples import Samples
from tracker.motion.vectors import Vector
from tracker.recording.model import GattEvent, Marker, MarkerKind, Operation
from tracker.sensors import KickbackSensor, SensorDriver, driver_for, estimates_losses
from tracker.sensors.state import Reception
from tracker.sensors.units import Rest, RestCheck

OTHER_RATE_SHARE = 0.15
"""A new stream whose rate differs by more was set to another one: it does not fit the grid. What chips drift,
and what a first measurement corrects, is less."""


_BATTERY_LEVEL = str(UUIDs.BATTERY_LEVEL)


class Decoder:
    """GATT traffic of one sensor in, samples on one grid out.

    Parameters
    ----------
    family
        Of the sensor (``SensorEntry.family``).
    info
        What the recording's header says about it; the traffic may say so again, or not at all.
    sensor
        Its number in the recording; None takes that of the first event. Others are passed over.

    Attributes
    ----------
    foreign
        Packets dropped because their rate does not fit the grid.
    reception
        How well the samples arrive.

    Raises
    ------
    ValueError
        No such family, or `info` is not what it should be.
    """

    def __init__(self, *, family: str = "kickback", info: bytes = b"", sensor: int | None = None) -> None:
        self.foreign = 0
        self.reception = Reception()
        self._battery: int | None = None
        self._family = family
        self._driver: SensorDriver = driver_for(family)
        self._sensor = sensor
        self._clock: SampleClock | None = None
        self._rest_check: RestCheck | None = None
        self._fits = True
        if info:
            self._driver.describe(info)

    @property
    def info(self) -> Info | None:
        """What our own sensor says about itself, as now in force; None before it was read."""
        return self._driver.said if isinstance(self._driver, KickbackSensor) else None

    @property
    def battery_percent(self) -> int | None:
        """Charge of the battery as last told; None where the sensor does not say."""
        return self._driver.battery_percent if self._battery is None else self._battery

    @property
    def losses_estimated(self) -> bool:
        """What was lost is only estimated."""
        return estimates_losses(self._family)

    @property
    def period_s(self) -> float | None:
        """Grid step, seconds; None before the first stream."""
        return self._clock.period_s if self._clock else None

    @property
    def rate_hz(self) -> float | None:
        """Samples per second of the grid; None before the sensor has said so."""
        period_s = self._clock.period_s if self._clock else self._driver.period_s
        return 1 / period_s if period_s else None

    @property
    def measured_rate_hz(self) -> float | None:
        """Rate by the sensor's own clock so far; for people, nothing follows it."""
        return self._clock.rate_hz if self._clock else None

    @property
    def duration_s(self) -> float:
        """From the grid's first sample to the newest, seconds."""
        return max(0, self._clock.next_index - 1) * self._clock.period_s if self._clock else 0.0

    @property
    def samples(self) -> int:
        """Number of samples so far."""
        return self._clock.samples if self._clock else 0

    @property
    def t0(self) -> int | None:
        """Host's monotonic time of sample index 0, nanoseconds; None before the first stream."""
        return self._clock.t0_ns if self._clock else None

    @property
    def errors(self) -> int:
        """How often the sensor sent nonsense, or what does not fit."""
        return self._driver.errors + self.foreign + (self._clock.rejected if self._clock else 0)

    @property
    def last_error(self) -> ValueError | None:
        """The newest nonsense that could not be decoded, with its bytes."""
        return self._driver.last_error

    @property
    def rest(self) -> Rest | None:
        """What the sensor reads when it does not move; None before it was still for long enough."""
        return self._rest_check.rest if self._rest_check else None

    def push(self, event: GattEvent) -> list[Samples]:
        """Take one piece of traffic."""
        if self._sensor is None:
            self._sensor = event.sensor
        if event.sensor != self._sensor:
            return []
        if event.uuid == _BATTERY_LEVEL and event.operation is Operation.READ and event.data:
            self._battery = min(event.data[0], 100)
        out: list[Samples] = []
        for packet in self._driver.push(event):
            out += self._place(packet)
        for samples in out:
            self.reception.push(samples, event.host_ns)
            self._check_rest(samples)
        return out

    def flush(self) -> list[Samples]:
        """End the stream."""
        return self._clock.flush() if self._clock else []

    def _place(self, packet: Packet) -> list[Samples]:
        if self._clock is None or not len(packet.acc):  # a stream begins
            period_s = self._driver.period_s
            assert period_s is not None  # drivers make no packets before they know
            self._clock = self._clock or SampleClock(period_s)
            self._fits = abs(period_s / self._clock.period_s - 1) <= OTHER_RATE_SHARE
        if not self._fits:
            self.foreign += len(packet.acc) > 0
            return []
        return self._clock.push(packet)

    def _check_rest(self, samples: Samples) -> None:
        self._rest_check = self._rest_check or RestCheck(samples.period_s)
        self._rest_check.push(samples)


class Joiner:
    """Joins short blocks that follow each other into longer ones; results do not depend on it, time does.

    Parameters
    ----------
    size
        Blocks come out once they have so many samples, or where the next one does not follow.

    Examples
    --------
    >>> joiner, one = Joiner(4), np.zeros((3, 3))
    >>> blocks = [Samples(at, 0.01, one, one, np.ones(3, bool), np.zeros(3, bool)) for at in (0, 3, 9)]
    >>> [len(out) for block in blocks for out in joiner.push(block)], [len(out) for out in joiner.flush()]
    ([6], [3])
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: list[Samples] = []
        self._count = 0

    def push(self, block: Samples) -> list[Samples]:
        """Take a block."""
        out = []
        if self._held and self._held[-1].start_index + len(self._held[-1]) != block.start_index:
            out = self.flush()
        self._held.append(block)
        self._count += len(block)
        return out + self.flush() if self._count >= self._size else out

    def flush(self) -> list[Samples]:
        """Give out what is held."""
        held, self._held, self._count = self._held, [], 0
        if len(held) < 2:
            return held
        acc, gyr = (np.concatenate([getattr(one, name) for one in held]) for name in ("acc", "gyr"))
        valid, clipped = (np.concatenate([getattr(one, name) for one in held]) for name in ("valid", "clipped"))
        return [Samples(held[0].start_index, held[0].period_s, acc, gyr, valid, clipped)]


class Stream:
    """One sensor's traffic in, the core's values out.

    Parameters
    ----------
    exercise
        Profile, or None: any leg lift counts.
    family, info, sensor
        As for `Decoder`.
    together
        So many samples are looked at together: quicker, the same values, and later. Live nothing waits.

    Raises
    ------
    ValueError
        As for `Decoder`; and from `push`, if the sensor's rate is outside 25 to 500 Hz.

    Examples
    --------
    >>> stream = Stream(None)
    >>> stream.push(Marker(0, MarkerKind.SET_END)), stream.flush(), stream.duration_s
    ([], [], 0.0)
    """

    def __init__(
        self,
        exercise: Exercise | None = None,
        *,
        family: str = "kickback",
        info: bytes = b"",
        sensor: int | None = None,
        together: int = 1,
    ) -> None:
        self.decoder = Decoder(family=family, info=info, sensor=sensor)
        self._joiner = Joiner(together)
        self._exercise = exercise
        self._sensor = sensor
        self._tracker: Tracker | None = None

    @property
    def info(self) -> Info | None:
        """As `Decoder.info`."""
        return self.decoder.info

    @property
    def rate_hz(self) -> float | None:
        """As `Decoder.rate_hz`."""
        return self.decoder.rate_hz

    @property
    def duration_s(self) -> float:
        """As `Decoder.duration_s`."""
        return self.decoder.duration_s

    @property
    def t0(self) -> int | None:
        """As `Decoder.t0`; the core's seconds count from here."""
        return self.decoder.t0

    @property
    def errors(self) -> int:
        """As `Decoder.errors`."""
        return self.decoder.errors

    @property
    def samples(self) -> int:
        """As `Decoder.samples`."""
        return self.decoder.samples

    @property
    def now(self) -> Now | None:
        """As `Tracker.now`; None before the first samples."""
        return self._tracker.now if self._tracker else None

    @property
    def up(self) -> Vector | None:
        """As `Tracker.up`; None before the first samples."""
        return self._tracker.up if self._tracker else None

    def push(self, item: GattEvent | Marker) -> list[Value]:
        """Take one piece of traffic or one mark."""
        if isinstance(item, Marker):
            return [*self._track(self._joiner.flush()), *self._on_marker(item)]
        return self._joined(self.decoder.push(item))

    def flush(self) -> list[Value]:
        """End the stream."""
        out = [*self._joined(self.decoder.flush()), *self._track(self._joiner.flush())]
        return out + self._tracker.flush() if self._tracker else out

    def _on_marker(self, marker: Marker) -> list[Value]:
        ours = None in (marker.sensor, self._sensor) or marker.sensor == self._sensor
        if ours and marker.kind is MarkerKind.LINK_LOST:
            self.decoder.reception.broke()
        if ours and marker.kind is MarkerKind.SET_END and self._tracker:
            return self._tracker.end_set()
        return []

    def _joined(self, blocks: list[Samples]) -> list[Value]:
        return [value for block in blocks for value in self._track(self._joiner.push(block))]

    def _track(self, blocks: list[Samples]) -> list[Value]:
        out: list[Value] = []
        for samples in blocks:
            if self._tracker is None:
                self._tracker = Tracker(samples.period_s, exercise=self._exercise)
            out += self._tracker.push(samples)
        return out


def decode(
    items: Iterable[GattEvent | Marker],
    *,
    family: str = "kickback",
    info: bytes = b"",
    sensor: int | None = None,
) -> Iterator[Samples]:
    """Return the samples themselves, holes left open (for exports).

    Parameters
    ----------
    items
        Traffic and marks, in order; marks are passed over.
    family, info, sensor
        As for `Decoder`.
    """
    decoder = Decoder(family=family, info=info, sensor=sensor)
    for item in items:
        if isinstance(item, GattEvent):
            yield from decoder.push(item)
    yield from decoder.flush()
