"""bleak on the emulated radio: the two classes that ``BleakScanner`` and ``BleakClient`` take as ``backend=``.

Everything above them is bleak's own; everything below is bumble's HCI, L2CAP, ATT and GATT. Errors are those that
bleak's own backends raise. What arrives before a subscription is lost, as on every system.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, ClassVar, TypeVar

from bleak.args import SizedBuffer
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bleak.uuids import normalize_uuid_str
from bumble import att, core
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Connection, Peer
from bumble.gatt_client import CharacteristicProxy, ServiceProxy

from tracker.sensors.virtual.adapter import Adapter, address_of

T = TypeVar("T")

MTU = 247
"""What a client offers; a peripheral may accept less."""
SMALLEST_MTU = 23
_ATT_HEADER_BYTES = 3
_PROPERTIES: tuple[tuple[int, CharacteristicPropertyName], ...] = (
    (0x01, "broadcast"),
    (0x02, "read"),
    (0x04, "write-without-response"),
    (0x08, "write"),
    (0x10, "notify"),
    (0x20, "indicate"),
    (0x40, "authenticated-signed-writes"),
    (0x80, "extended-properties"),
)
_UUID_BYTES = {
    AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}
_NAMES = (AdvertisingData.SHORTENED_LOCAL_NAME, AdvertisingData.COMPLETE_LOCAL_NAME)


class BumbleScanner(BaseBleakScanner):
    """``BleakScanner``'s backend. `backends` makes subclasses that know their adapter."""

    adapter: ClassVar[Adapter]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",
        **_: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        """Begin to listen."""
        self.seen_devices = {}
        await self.adapter.listen(self._on_advertisement)

    async def stop(self) -> None:
        """Listen no more."""
        await self.adapter.ignore(self._on_advertisement)

    def _on_advertisement(self, heard: Advertisement) -> None:
        data = _advertised(heard)
        if not self.is_allowed_uuid(data.service_uuids):
            return
        address = address_of(heard)
        device = self.create_or_update_device(address, address, data.local_name, heard.address, data)
        self.call_detection_callbacks(device, data)


class BumbleClient(BaseBleakClient):
    """``BleakClient``'s backend. `backends` makes subclasses that know their adapter."""

    adapter: ClassVar[Adapter]

    def __init__(
        self, address_or_ble_device: BLEDevice | str, *, services: set[str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(
            address_or_ble_device,
            disconnected_callback=kwargs.get("disconnected_callback"),
            timeout=kwargs.get("timeout", 30.0),
        )
        self._wanted = services
        self._name = address_or_ble_device.name if isinstance(address_or_ble_device, BLEDevice) else None
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._subscribed: dict[int, NotifyCallback] = {}
        self._asked_to_end = False

    @property
    def name(self) -> str:
        """Advertised name, or the address."""
        return self._name or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        """ATT MTU of the connection."""
        return self._connection.att_mtu if self._connection else SMALLEST_MTU

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        """Connect, agree on the MTU, and discover the services.

        Raises
        ------
        TimeoutError
            The device was not heard, or did not answer, in time.
        BleakError
            The link was lost meanwhile.
        """
        if self._connection is not None:
            raise BleakError("Client is already connected")
        async with asyncio.timeout(self._timeout):
            connection = await self.adapter.connect(self.address.upper())
            self._connection, self._peer = connection, Peer(connection)
            self._asked_to_end = False
            connection.on("disconnection", self._on_disconnection)
            try:
                await self._done(self._peer.request_mtu(MTU))
                self.services = await self._done(self._discover(self._peer))
            except BaseException:
                await self.disconnect()
                raise

    async def disconnect(self) -> None:
        """End the connection, if there is one."""
        self._asked_to_end = True
        if self._connection is not None:
            with suppress(core.BaseBumbleError):  # it was lost in this very moment
                await self._connection.disconnect()

    async def pair(self, *_: Any, **__: Any) -> None:
        """Refuse: nothing here needs it."""
        raise BleakError("no pairing on the emulated radio")

    async def unpair(self) -> None:
        """Refuse, as `pair`."""
        raise BleakError("no pairing on the emulated radio")

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        """Read a characteristic, whatever its length."""
        return await self._read(characteristic.handle)

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_: Any) -> bytearray:
        """Read a descriptor."""
        return await self._read(descriptor.handle)

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool) -> None:
        """Write to a characteristic."""
        await self._write(characteristic.handle, data, response)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        """Write to a descriptor."""
        await self._write(descriptor.handle, data, response=True)

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any) -> None:
        """Subscribe; notifications rather than indications, where there is the choice."""
        if not {"notify", "indicate"} & set(characteristic.properties):
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.REQUEST_NOT_SUPPORTED)
        if characteristic.handle in self._subscribed:
            raise ValueError("Characteristic notifications already started")

        def on_value(value: bytes) -> None:
            callback(bytearray(value))

        await self._done(self._ready().gatt_client.subscribe(_proxy(characteristic), on_value))
        self._subscribed[characteristic.handle] = on_value  # type: ignore[assignment]

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """End a subscription."""
        peer = self._ready()
        on_value = self._subscribed.pop(characteristic.handle, None)
        if on_value is not None:
            await self._done(peer.gatt_client.unsubscribe(_proxy(characteristic), on_value))

    async def _read(self, handle: int) -> bytearray:
        return bytearray(await self._done(self._ready().gatt_client.read_value(handle)))

    async def _write(self, handle: int, data: SizedBuffer, response: bool) -> None:
        await self._done(self._ready().gatt_client.write_value(handle, bytes(data), with_response=response))

    def _ready(self) -> Peer:
        if self._peer is None:
            raise BleakError("Not connected")
        return self._peer

    async def _done(self, doing: Awaitable[T]) -> T:
        """Wait for ATT; its errors become bleak's, and a loss of the link meanwhile one too."""
        link = self._connection
        try:
            return await doing
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode(error.error_code)) from error
        except (asyncio.CancelledError, core.BaseBumbleError) as error:
            if link is self._connection:
                raise
            raise BleakError("disconnected") from error

    def _on_disconnection(self, _: int) -> None:
        self._connection = self._peer = self.services = None
        self._subscribed.clear()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _discover(self, peer: Peer) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            uuid = _uuid(service.uuid)
            if self._wanted is None or uuid in self._wanted:
                ours = BleakGATTService(service, service.handle, uuid)
                found.add_service(ours)
                await self._discover_within(service, ours, found)
        return found

    async def _discover_within(
        self, service: ServiceProxy, ours: BleakGATTService, found: BleakGATTServiceCollection
    ) -> None:
        for one in await service.discover_characteristics():
            properties = [name for bit, name in _PROPERTIES if one.properties & bit]
            characteristic = BleakGATTCharacteristic(
                one, one.handle, _uuid(one.uuid), properties, lambda: self.mtu_size - _ATT_HEADER_BYTES, ours
            )
            found.add_characteristic(characteristic)
            for descriptor in await one.discover_descriptors():
                uuid = _uuid(descriptor.type)
                found.add_descriptor(BleakGATTDescriptor(descriptor, descriptor.handle, uuid, characteristic))


def backends(adapter: Adapter) -> tuple[type[BumbleScanner], type[BumbleClient]]:
    """Return the classes for ``BleakScanner(backend=...)`` and ``BleakClient(..., backend=...)``."""
    scanner = type("EmulatedScanner", (BumbleScanner,), {"adapter": adapter})
    client = type("EmulatedClient", (BumbleClient,), {"adapter": adapter})
    return scanner, client


def _uuid(uuid: UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))


def _proxy(characteristic: BleakGATTCharacteristic) -> CharacteristicProxy[bytes]:
    assert isinstance(characteristic.obj, CharacteristicProxy)
    return characteristic.obj


def _advertised(heard: Advertisement) -> AdvertisementData:
    """Sort an advertisement and its scan response, as bleak has them."""
    name: str | None = None
    makers: dict[int, bytes] = {}
    services: list[str] = []
    service_data: dict[str, bytes] = {}
    tx_power: int | None = None
    for kind, value in heard.data.ad_structures:
        if kind in _NAMES:
            name = value.decode("utf-8", "replace")
        elif kind == AdvertisingData.MANUFACTURER_SPECIFIC_DATA:
            makers[int.from_bytes(value[:2], "little")] = value[2:]
        elif kind == AdvertisingData.TX_POWER_LEVEL:
            tx_power = int.from_bytes(value, "little", signed=True)
        elif kind == AdvertisingData.SERVICE_DATA_16_BIT_UUID:
            service_data[_uuid(UUID.from_bytes(value[:2]))] = value[2:]
        elif size := _UUID_BYTES.get(AdvertisingData.Type(kind)):
            services += [_uuid(UUID.from_bytes(value[i : i + size])) for i in range(0, len(value), size)]
    return AdvertisementData(name, makers, service_data, services, tx_power, heard.rssi, (heard,))
