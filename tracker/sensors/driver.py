"""What every sensor family offers: traffic in, packets out, and the steps to start and stop it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_protocol import ProtocolError
from tracker.motion.clock import Packet
from tracker.motion.samples import Mask
from tracker.recording.model import GattEvent, Operation
from tracker.sensors.steps import Step

SENT = (Operation.NOTIFY, Operation.INDICATE)
"""How a sensor sends by itself."""
_INT16 = np.iinfo(np.int16)


class SensorDriver(ABC):
    """What every sensor family offers. No I/O, no clock. Made with ``rate_hz``: what to ask for; None: as it is.

    Attributes
    ----------
    errors, last_error
        How often the sensor sent nonsense; the newest, with its bytes.
    battery_percent
        Charge, where the family has a way of its own to tell it; None: it did not, or has none.
    """

    def __init__(self) -> None:
        self.errors = 0
        self.last_error: ProtocolError | None = None
        self.battery_percent: int | None = None

    @property
    @abstractmethod
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before the sensor has said so."""

    @property
    def info(self) -> bytes:
        """What a recording's header must hold (``SensorEntry.info``); empty: the traffic says it all."""
        return b""

    def push(self, event: GattEvent) -> list[Packet]:
        """Take one piece of GATT traffic; what is not the driver's business gives nothing. Never raises."""
        try:
            return self._take(event)
        except ProtocolError as error:
            self._complain(error)
            return []

    def describe(self, info: bytes) -> None:
        """Take what a recording's header says about the sensor (``SensorEntry.info``).

        Raises
        ------
        ProtocolError
            It is not what the family writes there.
        """
        raise ProtocolError("nothing is known to stand here", info)

    @abstractmethod
    def start(self) -> Iterable[Step]:
        """Return what to do after connecting so that samples flow; one step at a time (`steps`).

        Raises
        ------
        ProtocolError
            While steps are taken: the sensor's answer says that it will not.
        """

    def elsewhere(self, uuid: str) -> str:
        """Return where a characteristic stands on other sensors of the family; the same: nowhere else."""
        return uuid

    @abstractmethod
    def stop(self) -> Iterable[Step]:
        """Return what to do before disconnecting."""

    @abstractmethod
    def _take(self, event: GattEvent) -> list[Packet]:
        """Take one piece of GATT traffic, or raise ``ProtocolError``."""

    def _complain(self, error: ProtocolError) -> None:
        """Count nonsense."""
        self.errors += 1
        self.last_error = error


def saturated(raw: NDArray[Any]) -> Mask:
    """Return which rows (n, k) of 16-bit integers have one at the end of its range, shape (n,).

    Examples
    --------
    >>> saturated(np.array([[1, 2], [3, 32767], [-32768, 4]])).tolist()
    [False, True, True]
    """
    mask: Mask = ((raw == _INT16.min) | (raw == _INT16.max)).any(axis=1)
    return mask
