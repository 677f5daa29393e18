"""The computer's side of the emulated radio: one Bluetooth adapter that several scanners and clients share.

In: requests to scan and to connect. Out: advertisements, connections. Remembered: who listens. Rule: a connection is
asked for when its device has just been heard, one at a time, so a device that is away holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bumble.device import Advertisement, Connection, Device, DeviceConfiguration
from bumble.hci import Address

from tracker.sensors.virtual.air import Air, Controller

Listener = Callable[[Advertisement], None]

_ADDRESS = "F0:00:00:00:00:01/P"


class Adapter:
    """A Bluetooth adapter on an air.

    Parameters
    ----------
    air
        What it hears.
    """

    def __init__(self, air: Air) -> None:
        self.controller = Controller("adapter", air)
        config = DeviceConfiguration(name="adapter", address=Address(_ADDRESS.removesuffix("/P")))
        self._device = Device.from_config_with_hci(config, self.controller, self.controller)
        self._device.on("advertisement", self._on_advertisement)
        self._listeners: list[Listener] = []
        self._scanning = asyncio.Lock()
        self._connecting = asyncio.Lock()

    async def power_on(self) -> None:
        """Switch it on."""
        await self._device.power_on()

    async def power_off(self) -> None:
        """Switch it off; its connections end."""
        for connection in list(self._device.connections.values()):
            await connection.disconnect()
        await self._device.power_off()

    async def listen(self, listener: Listener) -> None:
        """Call `listener` with every advertisement from now on."""
        self._listeners.append(listener)
        async with self._scanning:
            if not self._device.is_scanning:
                await self._device.start_scanning(legacy=True, active=True, filter_duplicates=False)

    async def ignore(self, listener: Listener) -> None:
        """Call `listener` no more."""
        self._listeners.remove(listener)
        async with self._scanning:
            if not self._listeners and self._device.is_scanning:
                await self._device.stop_scanning()

    async def connect(self, address: str) -> Connection:
        """Connect to a device as soon as it is heard; waits for ever."""
        while True:
            peer = await self._heard(address)
            async with self._connecting:
                try:
                    return await self._connected(peer)
                except TimeoutError:  # gone again, or taken by somebody else: listen on
                    continue

    async def _connected(self, peer: Address) -> Connection:
        """Connect; given up meanwhile, wait for what becomes of it: bumble fails on a connection nobody awaits."""
        connecting = asyncio.ensure_future(self._device.connect(peer, timeout=_HEARD_AGAIN_S))
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            await asyncio.wait((connecting,))
            if not connecting.cancelled() and connecting.exception() is None:
                await connecting.result().disconnect()
            raise

    async def _heard(self, address: str) -> Address:
        found: asyncio.Future[Address] = asyncio.get_running_loop().create_future()

        def look(advertisement: Advertisement) -> None:
            if address_of(advertisement) == address and not found.done():
                found.set_result(advertisement.address)

        await self.listen(look)
        try:
            return await found
        finally:
            await self.ignore(look)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        for listener in tuple(self._listeners):
            listener(advertisement)


_HEARD_AGAIN_S = 2.0
"""A device that advertises does so again within this time."""


def address_of(advertisement: Advertisement) -> str:
    """Return an advertiser's address as bleak has it."""
    return advertisement.address.to_string(with_type_qualifier=False)
