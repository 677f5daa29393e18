"""What every sensor family offers: traffic in, packets out, and the steps to start and stop it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from tracker.motion.clock import Packet
from tracker.recording.model import GattEvent
from tracker.sensors.steps import Step


class SensorDriver(Protocol):
    """What every sensor family offers. No I/O, no clock. Made with ``rate_hz``: what to ask for; None: as it is."""

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before the sensor has said so."""

    @property
    def errors(self) -> int:
        """How often the sensor sent nonsense."""

    @property
    def last_error(self) -> ValueError | None:
        """The newest nonsense, with its bytes."""

    @property
    def battery_percent(self) -> int | None:
        """Charge, where the family has a way of its own to tell it; None: it did not, or has none."""

    @property
    def info(self) -> bytes:
        """What a recording's header must hold (``SensorEntry.info``); empty: the traffic says it all."""

    def push(self, event: GattEvent) -> list[Packet]:
        """Take one piece of GATT traffic; traffic that is not the driver's business gives nothing."""

    def describe(self, info: bytes) -> None:
        """Take what a recording's header says about the sensor (``SensorEntry.info``).

        Raises
        ------
        ValueError
            It is not what the family writes there.
        """

    def start(self) -> Iterable[Step]:
        """Return what to do after connecting so that samples flow; one step at a time (`steps`)."""

    def stop(self) -> Iterable[Step]:
        """Return what to do before disconnecting."""
