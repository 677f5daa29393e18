"""Sensor families: what goes over the air, as packets. One file per family, pure; the radio is elsewhere.

In: GATT traffic, live or recorded. Out: `Packet`, in SI units. Starting and stopping a sensor are data too:
steps that a client carries out in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from tracker.motion.clock import Packet
from tracker.recording.model import GattEvent
from tracker.sensors.kickback import KickbackSensor
from tracker.sensors.steps import ANSWER_WITHIN_S, Read, Step, Subscribe, Unsubscribe, Write

__all__ = [
    "ANSWER_WITHIN_S",
    "FAMILIES",
    "KickbackSensor",
    "Read",
    "SensorDriver",
    "Step",
    "Subscribe",
    "Unsubscribe",
    "Write",
    "driver_for",
]


class SensorDriver(Protocol):
    """What every sensor family offers. No I/O, no clock."""

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before the sensor has said so."""

    @property
    def errors(self) -> int:
        """How often the sensor sent nonsense."""

    @property
    def last_error(self) -> ValueError | None:
        """The newest nonsense, with its bytes."""

    def push(self, event: GattEvent) -> list[Packet]:
        """Take one piece of GATT traffic; traffic that is not the driver's business gives nothing."""

    def describe(self, info: bytes) -> None:
        """Take what a recording's header says about the sensor (``SensorEntry.info``)."""

    def start(self) -> Sequence[Step]:
        """Return what to do after connecting so that samples flow."""

    def stop(self) -> Sequence[Step]:
        """Return what to do before disconnecting."""


FAMILIES: dict[str, Callable[[], SensorDriver]] = {"kickback": KickbackSensor}
"""What makes a driver, by ``SensorEntry.family``."""


def driver_for(family: str) -> SensorDriver:
    """Make the driver of a family.

    Raises
    ------
    ValueError
        There is no such family; the message lists those there are.

    Examples
    --------
    >>> driver_for("kickback").period_s is None
    True
    """
    try:
        return FAMILIES[family]()
    except KeyError:
        raise ValueError(f"no sensor family {family!r}; there are: {', '.join(FAMILIES)}") from None
