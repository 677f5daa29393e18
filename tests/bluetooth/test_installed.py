"""The installed bleak and bumble are as the emulated radio takes them to be; exactly what is leaned on, no more.

A failure here says what changed in a dependency before a hundred other tests fail of it.
"""

from __future__ import annotations

import asyncio
import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bleak.uuids import normalize_uuid_str
from bumble import att, controller, core, hci, link, ll
from bumble.core import AdvertisingData
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Characteristic
from bumble.gatt_client import CharacteristicProxy
from bumble.gatt_server import Server

from tracker.sensors.virtual.air import Air, Controller
from tracker.sensors.virtual.backend import BumbleClient, BumbleScanner
from tracker.sensors.virtual.radio import Radio

ROOT = Path(__file__).parents[2]


def parameters(function: Any) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


def test_bumble_is_the_version_that_is_asked_for() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert extras["virtual"] == [f"bumble=={version('bumble')}"]


# bleak


@pytest.mark.parametrize("front", [BleakScanner, BleakClient])
def test_bleak_takes_a_backend(front: type[Any]) -> None:
    assert inspect.signature(front).parameters["backend"].default is None


@pytest.mark.parametrize(("base", "ours"), [(BaseBleakClient, BumbleClient), (BaseBleakScanner, BumbleScanner)])
def test_our_backends_lack_nothing(base: type[Any], ours: type[Any]) -> None:
    assert not inspect.isabstract(ours)
    for name in base.__abstractmethods__:
        theirs, mine = getattr(base, name), getattr(ours, name)
        if callable(theirs):
            spread = any(p.kind is p.VAR_KEYWORD for p in inspect.signature(mine).parameters.values())
            named = {p.name for p in inspect.signature(theirs).parameters.values() if p.kind is not p.VAR_KEYWORD}
            assert spread or named - {"args"} <= set(inspect.signature(mine).parameters), name


def test_what_bleaks_values_are_made_of() -> None:
    assert AdvertisementData._fields == (
        "local_name",
        "manufacturer_data",
        "service_data",
        "service_uuids",
        "tx_power",
        "rssi",
        "platform_data",
    )
    size = "max_write_without_response_size"
    assert parameters(BleakGATTCharacteristic) == ["obj", "handle", "uuid", "properties", size, "service"]
    assert parameters(BleakGATTService) == ["obj", "handle", "uuid"]
    assert parameters(BleakGATTDescriptor) == ["obj", "handle", "uuid", "characteristic"]
    assert parameters(BaseBleakScanner.create_or_update_device) == ["key", "address", "name", "details", "adv"]
    assert normalize_uuid_str("180F") == "0000180f-0000-1000-8000-00805f9b34fb"


def test_bleaks_errors() -> None:
    assert issubclass(BleakGATTProtocolError, BleakError)
    assert issubclass(BleakDeviceNotFoundError, BleakError)
    assert BleakGATTProtocolError(BleakGATTProtocolErrorCode(0x05)).code == 0x05


# bumble


def test_the_link_is_asked_for_every_frame() -> None:
    for name in ("send_acl_data", "send_ll_control_pdu", "send_advertising_pdu"):
        assert parameters(getattr(Air, name)) == parameters(getattr(link.LocalLink, name)), name


def test_a_controller_finds_its_commands_by_name() -> None:
    command = hci.HCI_LE_Create_Connection_Cancel_Command()
    assert hasattr(controller.Controller, f"on_{command.name.lower()}")
    for name in ("on_advertising_pdu", "create_le_connection", "on_le_disconnected", "send_hci_packet"):
        assert callable(getattr(controller.Controller, name))


async def test_what_bumbles_own_controller_still_does_not_do(emulated_radio: Radio) -> None:
    """Where one of these is mended, `air.Controller` can lose it."""
    theirs = controller.Controller("theirs")
    theirs.pending_le_connection = pending()
    theirs.on_hci_le_create_connection_cancel_command(hci.HCI_LE_Create_Connection_Cancel_Command())
    assert theirs.pending_le_connection is not None
    assert list(ll.AdvInd.__dataclass_fields__) == ["advertiser_address", "data"]  # no scan response


async def test_ours_gives_up_a_connection(emulated_radio: Radio) -> None:
    ours = Controller("ours", Air())
    command = hci.HCI_LE_Create_Connection_Cancel_Command()
    refused = ours.on_hci_le_create_connection_cancel_command(command)
    ours.pending_le_connection = pending()
    done = ours.on_hci_le_create_connection_cancel_command(command)
    assert (refused.status, done.status) == (hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR, hci.HCI_ErrorCode.SUCCESS)
    assert ours.pending_le_connection is None
    await asyncio.sleep(0)


async def test_the_events_of_a_device(emulated_radio: Radio) -> None:
    ours = Controller("ours", Air())
    device = Device.from_config_with_hci(DeviceConfiguration(), ours, ours)
    assert isinstance(device.gatt_server, Server)
    assert device.gatt_server.max_mtu >= 23
    assert (Device.EVENT_ADVERTISEMENT, Device.EVENT_CONNECTION) == ("advertisement", "connection")
    assert Characteristic.EVENT_SUBSCRIPTION == "subscription"
    assert {"notify_subscriber", "indicate_subscriber"} <= set(dir(device))
    assert {"read_value", "subscribe", "unsubscribe"} <= set(dir(CharacteristicProxy))


def test_bumbles_errors() -> None:
    assert issubclass(att.ATT_Error, core.BaseBumbleError)
    assert issubclass(core.ConnectionError, core.BaseBumbleError)
    assert AdvertisingData.COMPLETE_LOCAL_NAME == 0x09


def pending() -> hci.HCI_LE_Create_Connection_Command:
    return hci.HCI_LE_Create_Connection_Command(
        le_scan_interval=16,
        le_scan_window=16,
        initiator_filter_policy=0,
        peer_address_type=hci.AddressType.RANDOM_DEVICE,
        peer_address=hci.Address("C0:00:00:00:00:01"),
        own_address_type=hci.OwnAddressType.RANDOM,
        connection_interval_min=16,
        connection_interval_max=16,
        max_latency=0,
        supervision_timeout=600,
        min_ce_length=0,
        max_ce_length=0,
    )
