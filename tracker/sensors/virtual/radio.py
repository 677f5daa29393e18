"""An emulated radio: an adapter for bleak, and virtual sensors within its reach, in one event loop.

See the package for how to use it.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self, TypeVar

from tracker.sensors.virtual.adapter import Adapter
from tracker.sensors.virtual.air import RSSI_DBM, Air, Controller
from tracker.sensors.virtual.backend import BumbleClient, BumbleScanner, backends
from tracker.sensors.virtual.peripheral import LARGEST_MTU, Firmware, Peripheral

F = TypeVar("F", bound=Firmware)
Anyone = Peripheral[Any]


class Radio:
    """Everything on one air. A context manager: leaving it switches everything off.

    Parameters
    ----------
    air
        One that somebody else listens to (an operating system); None makes one, with an adapter for bleak.

    Attributes
    ----------
    air
        The link.
    scanner_backend, client_backend
        What ``BleakScanner`` and ``BleakClient`` take as ``backend=``; None where there is no emulated adapter.
    """

    def __init__(self, air: Air | None = None) -> None:
        self.air = air or Air()
        self.scanner_backend: type[BumbleScanner] | None = None
        self.client_backend: type[BumbleClient] | None = None
        self._emulated = air is None
        self._adapter: Adapter | None = None
        self._sensors: dict[Anyone, Controller] = {}

    async def __aenter__(self) -> Self:
        if self._emulated:
            self._adapter = Adapter(self.air)
            await self._adapter.power_on()
            self.scanner_backend, self.client_backend = backends(self._adapter)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
        for sensor, controller in self._sensors.items():
            await sensor.power_off()
            self.air.drop(controller)
            self.air.remove_controller(controller)
        if self._adapter is not None:
            await self._adapter.power_off()

    async def add_peripheral(
        self,
        firmware: F,
        *,
        name: str = "Kickback",
        address: str | None = None,
        mtu: int = LARGEST_MTU,
        rssi_dbm: int = RSSI_DBM,
    ) -> Peripheral[F]:
        """Make a sensor and switch it on.

        Parameters
        ----------
        firmware
            What it is.
        name
            As advertised, at most 29 bytes of UTF-8.
        address
            A static random address; None for one that follows from how many there are.
        mtu
            The largest ATT MTU that it accepts.
        rssi_dbm
            How strongly it is received.
        """
        number = next(self.air.numbers)
        controller = Controller(f"sensor {number:03}", self.air, rssi_dbm=rssi_dbm)
        address = address or f"C0:00:00:00:00:{number:02X}"
        sensor = Peripheral(
            firmware, controller, controller, name=name, address=address, mtu=mtu, cut_off=controller.switch_off
        )
        self._sensors[sensor] = controller
        await sensor.power_on()
        return sensor

    def drop(self, *sensors: Anyone) -> None:
        """Lose the links at once: both ends report a supervision timeout."""
        self.air.drop(*self._controllers(sensors))

    def jam(self, *sensors: Anyone) -> None:
        """Let nothing through until `clear`; links are lost after the supervision timeout."""
        self.air.silence(*self._controllers(sensors))

    def clear(self, *sensors: Anyone) -> None:
        """End `jam`; what was held arrives in a burst."""
        self.air.clear(*self._controllers(sensors))

    async def fade(self, seconds: float, *sensors: Anyone) -> None:
        """Let nothing through for a while."""
        self.jam(*sensors)
        try:
            await asyncio.sleep(seconds)
        finally:
            self.clear(*sensors)

    def _controllers(self, sensors: tuple[Anyone, ...]) -> tuple[Controller, ...]:
        return tuple(self._sensors[one] for one in sensors)
