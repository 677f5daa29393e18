"""A virtual Bluetooth device: it advertises, takes one connection at a time, and runs a sensor's firmware.

In: what a central does. Out: what the firmware sends. Remembered: the connection and what runs during it. Rule: the
device does the radio, the firmware does the sensor; what a firmware has started ends with the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from bumble import data_types
from bumble.att import AttributeValue
from bumble.core import UUID, AdvertisingData, DataType
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, Service
from bumble.gatt_server import Server
from bumble.hci import Address
from bumble.transport.common import TransportSink, TransportSource

from firmware_protocol import UUIDs

ADVERTISING_MS = 100.0
LARGEST_MTU = 247
"""What our firmware asks for (firmware_protocol, Notes)."""
SMALLEST_MTU = 23
_NOTIFIES, _INDICATES = 0x01, 0x02


class Firmware(Protocol):
    """What makes a device a sensor of some kind."""

    @property
    def advertised(self) -> Sequence[str]:
        """UUIDs of the services to advertise."""

    @property
    def manufacturer(self) -> Mapping[int, bytes]:
        """Manufacturer data to advertise, by company."""

    def services(self, board: Board) -> Sequence[Service]:
        """Return the GATT services, and remember the board to send with."""

    def on_power_on(self) -> None:
        """Begin anew: everything is as after a reset."""

    def on_disconnected(self) -> None:
        """The link is gone; what was spawned on the board has been cancelled."""


F = TypeVar("F", bound=Firmware)
Properties = Characteristic.Properties


def readable(uuid: str, read: Callable[[], bytes], properties: Properties = Properties.READ) -> Characteristic[bytes]:
    """Make a characteristic whose value is asked for at each read."""
    value = AttributeValue[bytes](read=lambda _: read())
    return Characteristic(uuid, properties, Characteristic.Permissions.READABLE, value)


def writable(
    uuid: str, write: Callable[[bytes], None], properties: Properties, read: Callable[[], bytes] | None = None
) -> Characteristic[bytes]:
    """Make a characteristic that takes commands, and may be read."""
    permissions = Characteristic.Permissions.WRITEABLE
    if read is None:
        return Characteristic(uuid, properties, permissions, AttributeValue(write=lambda _, data: write(bytes(data))))
    value = AttributeValue[bytes](read=lambda _: read(), write=lambda _, data: write(bytes(data)))
    return Characteristic(uuid, properties, permissions | Characteristic.Permissions.READABLE, value)


def notifying(uuid: str, properties: Properties = Properties.NOTIFY) -> Characteristic[bytes]:
    """Make a characteristic that is only subscribed to."""
    return Characteristic(uuid, properties, Characteristic.Permissions(0), b"")


class Board(Protocol):
    """What a device offers its firmware."""

    @property
    def mtu(self) -> int:
        """ATT MTU of the connection."""

    def wants(self, characteristic: Characteristic[bytes]) -> bool:
        """Whether the central has subscribed."""

    async def send(self, characteristic: Characteristic[bytes], value: bytes) -> None:
        """Notify or indicate, whichever the central has subscribed to; to nobody, if it has not."""

    def spawn(self, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something until it is done or the connection ends."""


def device_information(*, model: str, serial: str, firmware: str, hardware: str, maker: str) -> Service:
    """Make the device information service."""
    said = {
        UUIDs.MODEL_NUMBER: model,
        UUIDs.SERIAL_NUMBER: serial,
        UUIDs.FIRMWARE_REVISION: firmware,
        UUIDs.HARDWARE_REVISION: hardware,
        UUIDs.MANUFACTURER_NAME: maker,
    }
    return Service(UUIDs.DEVICE_INFORMATION, [readable(uuid, text.encode) for uuid, text in said.items()])


def battery(percent: Callable[[], int]) -> Service:
    """Make the battery service."""
    level = readable(UUIDs.BATTERY_LEVEL, lambda: bytes([percent()]), Properties.READ | Properties.NOTIFY)
    return Service(UUIDs.BATTERY_SERVICE, [level])


class Peripheral(Generic[F]):
    """A device on the air, or on a real adapter.

    Parameters
    ----------
    firmware
        What it runs.
    source, sink
        Its Bluetooth controller (HCI).
    name
        Advertised in the scan response, at most 29 bytes of UTF-8.
    address
        A static random one.
    mtu
        The largest ATT MTU that it accepts.
    cut_off
        Takes the power from its controller, where that is possible; otherwise a connection is ended before.

    Attributes
    ----------
    connections
        How often it was connected to.
    """

    def __init__(
        self,
        firmware: F,
        source: TransportSource,
        sink: TransportSink,
        *,
        name: str,
        address: str,
        mtu: int = LARGEST_MTU,
        cut_off: Callable[[], None] | None = None,
    ) -> None:
        self.firmware = firmware
        self.name, self.address = name, address
        self.connections = 0
        config = DeviceConfiguration(
            name=name,
            address=Address(address),
            advertising_interval_min=ADVERTISING_MS,
            advertising_interval_max=ADVERTISING_MS,
        )
        self._device = Device.from_config_with_hci(config, source, sink)
        self._server: Server = self._device.gatt_server
        self._server.max_mtu = mtu
        self._device.advertising_data = self._advertisement()
        self._device.scan_response_data = bytes(AdvertisingData([data_types.CompleteLocalName(name)]))
        self._device.add_services(firmware.services(self))
        self._device.on("connection", self._on_connection)
        self._connection: Connection | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._powered = False
        self._cut_off = cut_off

    @property
    def is_connected(self) -> bool:
        """Whether a central is connected."""
        return self._connection is not None

    @property
    def mtu(self) -> int:
        """ATT MTU of the connection."""
        return self._connection.att_mtu if self._connection else SMALLEST_MTU

    async def power_on(self) -> None:
        """Switch it on: the firmware begins anew, and the device advertises."""
        self._powered = True
        self.firmware.on_power_on()
        await self._device.power_on()
        await self._advertise()

    async def power_off(self) -> None:
        """Switch it off: it says nothing more. Who is connected learns of it by the supervision timeout."""
        self._powered = False
        connection = self._connection
        self._end()
        if self._cut_off is not None:
            self._cut_off()
            while self._device.connections:  # its own end is told at once
                await asyncio.sleep(0)
        elif connection is not None:
            await connection.disconnect()
        if self._device.is_advertising:
            await self._device.stop_advertising()
        await self._device.power_off()

    def wants(self, characteristic: Characteristic[bytes]) -> bool:
        """Whether the central has subscribed."""
        return bool(self._subscription(characteristic))

    async def send(self, characteristic: Characteristic[bytes], value: bytes) -> None:
        """Notify or indicate, whichever the central has subscribed to; to nobody, if it has not."""
        how, connection = self._subscription(characteristic), self._connection
        if connection is None or not how:
            return
        if how & _NOTIFIES:
            await self._device.notify_subscriber(connection, characteristic, value)
        else:
            await self._device.indicate_subscriber(connection, characteristic, value)

    def spawn(self, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something until it is done or the connection ends."""
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error  # to the event loop's exception handler: a firmware must not fail unseen

    def _subscription(self, characteristic: Characteristic[bytes]) -> int:
        if self._connection is None:
            return 0
        value = self._server.read_cccd(self._connection, characteristic)
        return value[0] & (_NOTIFIES | _INDICATES)

    def _advertisement(self) -> bytes:
        flags = AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
        parts: list[DataType] = [data_types.Flags(flags)]
        uuids = [UUID(one) for one in self.firmware.advertised]
        short = [one for one in uuids if len(one.uuid_bytes) == _SHORT_BYTES]
        if short:
            parts.append(data_types.CompleteListOf16BitServiceUUIDs(short))
        if len(short) < len(uuids):
            parts.append(data_types.CompleteListOf128BitServiceUUIDs([one for one in uuids if one not in short]))
        parts += [data_types.ManufacturerSpecificData(*one) for one in self.firmware.manufacturer.items()]
        return bytes(AdvertisingData(parts))

    async def _advertise(self) -> None:
        await self._device.start_advertising(auto_restart=False)

    def _on_connection(self, connection: Connection) -> None:
        self._connection = connection
        self.connections += 1
        connection.on("disconnection", self._on_disconnection)

    def _on_disconnection(self, _: int) -> None:
        if self._powered:
            self._end()
            self.spawn(self._advertise())

    def _end(self) -> None:
        self._connection = None
        for task in tuple(self._tasks):
            task.cancel()
        self.firmware.on_disconnected()


_SHORT_BYTES = 2
