"""Which sensors are near: a scan, and the choice among what it found.

In: advertisements, as bleak gives them. Out: `Found`: the device to connect to, and the family that it belongs to.
Names come from strangers: they are made harmless here, and are all that the rest of the program sees.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from bleak import BleakAdapter, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from tracker.journal.text import NAME_LENGTH, plain
from tracker.sensors.errors import SensorError
from tracker.sensors.families import Advertisement, Family, identify
from tracker.sensors.link import ASK_WITHIN_S, RADIO_ERRORS, Bluetooth, why

SCAN_S = 5.0
"""Sensors advertise at least once a second, and answer about every other question for their name."""
UNHEARD_DBM = -127
"""In place of the signal strength of a device that was not heard."""

_ADVICE = "; kickback live --sensor virtual needs none"
_UNAVAILABLE = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "this computer has no Bluetooth adapter",
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: "the Bluetooth adapter cannot do Bluetooth Low Energy",
    BleakBluetoothNotAvailableReason.POWERED_OFF: "Bluetooth is switched off",
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: "this program may not use Bluetooth: see the system's settings",
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: "the system does not let this program use Bluetooth",
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: "the system does not let this program use Bluetooth",
}


class NoBluetoothError(SensorError):
    """The machine has no Bluetooth that could be used."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A device that a scan found.

    Attributes
    ----------
    device
        What bleak connects to.
    advertisement
        What it says of itself, its name made harmless.
    family
        The family of sensors that it belongs to; None: not one that is known.
    """

    device: BLEDevice
    advertisement: Advertisement
    family: Family | None

    @property
    def name(self) -> str:
        """Its name; empty if it has none."""
        return self.advertisement.name

    @property
    def address(self) -> str:
        """Its Bluetooth address, or the operating system's handle."""
        return self.advertisement.address

    def __str__(self) -> str:
        return f"{self.name} ({self.address})" if self.name else self.address


async def listen(
    bluetooth: Bluetooth, seconds: float = SCAN_S, *, enough: Callable[[Iterable[Found]], bool] = lambda _: False
) -> list[Found]:
    """Listen for a while, or until it is enough; return what was heard, the strongest first.

    If it was not enough, what the system holds connected is there too: it does not advertise. BlueZ keeps the
    connection of a program that was killed.

    Raises
    ------
    NoBluetoothError
        There is nothing to listen with.
    """
    heard: dict[str, Found] = {}
    done = asyncio.Event()

    def hear(device: BLEDevice, data: AdvertisementData) -> None:
        found = found_in(device, data)
        heard[found.address] = found
        if enough(heard.values()):
            done.set()

    async with bluetooth.turn, _scanning(bluetooth, hear):
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await done.wait()
    if not done.is_set():
        for found in await _connected(bluetooth):
            heard.setdefault(found.address, found)
    return sorted(heard.values(), key=lambda found: -found.advertisement.rssi)


def found_in(device: BLEDevice, data: AdvertisementData) -> Found:
    """Return what an advertisement says."""
    said = Advertisement(
        name=data.local_name or device.name or "",
        address=device.address,
        rssi=data.rssi,
        services=tuple(data.service_uuids),
        manufacturer=dict(data.manufacturer_data),
    )
    harmless = replace(said, name=plain(said.name, NAME_LENGTH), address=plain(said.address, NAME_LENGTH))
    return Found(device, harmless, identify(said))


def named(found: Iterable[Found], asked: str) -> Found:
    """Return the sensor that a person asked for by its address or its name.

    Raises
    ------
    SensorError
        None is called so, several are, or it is of no family that is known.
    """
    wanted = asked.strip().casefold()
    heard = list(found)
    same = [one for one in heard if wanted in (one.address.casefold(), one.name.casefold())]
    if not same:
        known = _listed(one for one in heard if one.family is not None)
        near = f"near: {known}" if known else "no sensor is: is it switched on?"
        raise SensorError(f"{asked}: no such sensor is near; {near}")
    if len(same) > 1:
        raise SensorError(f"{asked}: {len(same)} devices are called so, name one by its address: {_listed(same)}")
    if same[0].family is None:
        raise SensorError(f"{same[0]}: is not a sensor that this version knows")
    return same[0]


def only(found: Iterable[Found]) -> Found:
    """Return the only sensor that is near.

    Raises
    ------
    SensorError
        None is, or several are.
    """
    known = [one for one in found if one.family is not None]
    if not known:
        raise SensorError("no sensor found: is it switched on and near? (kickback scan --all lists every device)")
    if len(known) > 1:
        raise SensorError(f"{len(known)} sensors are near, choose one with --sensor: {_listed(known)}")
    return known[0]


async def _connected(bluetooth: Bluetooth) -> list[Found]:
    """Return the devices that the system holds connected."""
    if bluetooth.scanner is not None:  # not the system's Bluetooth
        return []
    try:
        async with asyncio.timeout(ASK_WITHIN_S):
            adapter = await BleakAdapter.get()
            devices = await adapter.get_connected_devices()
    except (NotImplementedError, *RADIO_ERRORS):
        return []
    return [found_in(device, _unheard(device)) for device in devices]


def _unheard(device: BLEDevice) -> AdvertisementData:
    """Return what is known of a device without an advertisement; BlueZ knows its services."""
    known = device.details.get("props", {}) if isinstance(device.details, dict) else {}
    return AdvertisementData(device.name, {}, {}, list(known.get("UUIDs", [])), None, UNHEARD_DBM, ())


def _listed(found: Iterable[Found]) -> str:
    return ", ".join(map(str, found))


@asynccontextmanager
async def _scanning(bluetooth: Bluetooth, hear: AdvertisementDataCallback) -> AsyncIterator[None]:
    try:
        scanner = BleakScanner(hear, backend=bluetooth.scanner)  # which looks for the system's Bluetooth
        await scanner.start()
    except BleakBluetoothNotAvailableError as error:
        raise NoBluetoothError(f"{_UNAVAILABLE.get(error.reason, 'Bluetooth cannot be used')}{_ADVICE}") from error
    except (FileNotFoundError, ConnectionRefusedError) as error:  # Linux without D-Bus: nothing listens at its socket
        raise NoBluetoothError(f"the system's Bluetooth service does not run{_ADVICE}") from error
    except (ImportError, NotImplementedError, *RADIO_ERRORS) as error:
        raise NoBluetoothError(f"Bluetooth cannot be used: {why(error)}{_ADVICE}") from error
    try:
        yield
    finally:
        with suppress(*RADIO_ERRORS):  # the adapter was taken out: what was heard was heard
            await scanner.stop()
