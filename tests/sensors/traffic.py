"""Traffic for the drivers' tests: events, and a timeline that only writes down what it is handed."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.recording.model import GattEvent, Operation
from tracker.sensors import Read, SensorDriver, Step, Write

MS = 1_000_000
Array = NDArray[np.float64]


def event(uuid: str, data: bytes, operation: Operation = Operation.NOTIFY, at_ns: int = 0) -> GattEvent:
    return GattEvent(at_ns, 1, operation, uuid, data)


def read(uuid: str, data: bytes, at_ns: int = 0) -> GattEvent:
    return event(uuid, data, Operation.READ, at_ns)


def write(uuid: str, data: bytes, at_ns: int = 0) -> GattEvent:
    return event(uuid, data, Operation.WRITE, at_ns)


def pushed(driver: SensorDriver, events: Iterable[GattEvent]) -> list[Packet]:
    return [packet for item in events for packet in driver.push(item)]


def written(steps: Iterable[Step], uuid: str) -> list[str]:
    """What steps write to a characteristic, in hexadecimal."""
    return [step.data.hex(" ") for step in steps if isinstance(step, Write) and step.uuid == uuid]


def kinds(steps: Iterable[Step]) -> list[tuple[str, str]]:
    return [(type(step).__name__, step.uuid) for step in steps]


def reads(steps: Iterable[Step]) -> list[str]:
    return [step.uuid for step in steps if isinstance(step, Read)]


@dataclass
class Placed:
    """What a driver handed to its timeline at one time."""

    clock_s: float | None
    host_ns: int
    acc: Array
    gyr: Array
    clipped: list[bool]


class WrittenDown:
    """Stands where a driver has a timeline: writes down what it is handed."""

    made: list[WrittenDown]

    def __init__(self, nominal_hz: float, turn_s: float | None = None) -> None:
        self.nominal_hz = nominal_hz
        self.turn_s = turn_s
        self.restarts = 0
        self.placed: list[Placed] = []
        self.period_s = 1 / nominal_hz
        self.measured_hz = nominal_hz
        self.made.append(self)

    def restart(self) -> None:
        self.restarts += 1

    def _note(self, clock_s: float | None, host_ns: int, acc: Array, gyr: Array, clipped: NDArray[np.bool_]) -> None:
        assert acc.shape == gyr.shape == (len(clipped), 3)
        for values in (acc, gyr):
            assert values.dtype == np.float64
            assert values.flags.c_contiguous
        assert clipped.dtype == np.bool_
        self.placed.append(Placed(clock_s, host_ns, acc, gyr, clipped.tolist()))


class Clocked(WrittenDown):
    """As `tracker.sensors.timeline.Clocked`."""

    made: list[WrittenDown] = []  # noqa: RUF012 one list for all, emptied by the fixture

    def place(self, clock_s: float, host_ns: int, acc: Array, gyr: Array, clipped: NDArray[np.bool_]) -> list[Packet]:
        self._note(clock_s, host_ns, acc, gyr, clipped)
        return []


class Counted(WrittenDown):
    """As `tracker.sensors.timeline.Counted`."""

    made = Clocked.made

    def place(self, host_ns: int, acc: Array, gyr: Array, clipped: NDArray[np.bool_]) -> list[Packet]:
        self._note(None, host_ns, acc, gyr, clipped)
        return []


class NoRepeats:
    """As `tracker.sensors.timeline.Repeats`, where nothing comes twice."""

    def seen(self, data: bytes, host_ns: int) -> bool:
        return False


def first_steps(driver: SensorDriver) -> list[Step]:
    """What a driver asks for while nothing answers."""
    steps: list[Step] = []
    with suppress(ProtocolError):
        steps.extend(driver.start())  # keeps what came before
    return steps
