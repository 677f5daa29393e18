"""What a scan makes of advertisements, and how a person's choice is understood. No radio."""

from __future__ import annotations

import asyncio

import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError, BleakError
from hypothesis import given
from hypothesis import strategies as st

from firmware_protocol import UUIDs
from tracker.cli.console import console
from tracker.cli.scan_view import found_json, print_found
from tracker.journal.text import NAME_LENGTH
from tracker.sensors.errors import SensorError
from tracker.sensors.link import Bluetooth
from tracker.sensors.scanning import UNHEARD_DBM, Found, NoBluetoothError, found_in, listen, named, only

OURS = [str(UUIDs.MOTION_SERVICE)]


def heard(name: str | None, address: str = "AA:00:00:00:00:01", services: list[str] = OURS, rssi: int = -50) -> Found:
    data = AdvertisementData(name, {}, {}, services, None, rssi, ())
    return found_in(BLEDevice(address, name, None), data)


def test_our_own_sensor_is_recognised() -> None:
    found = heard("kickback")
    assert found.family is not None
    assert found.family.id == "kickback"
    assert str(found) == "kickback (AA:00:00:00:00:01)"


def test_what_is_not_a_sensor() -> None:
    assert heard("headphones", services=["0000110b-0000-1000-8000-00805f9b34fb"]).family is None


def test_a_device_without_a_name_is_called_by_its_address() -> None:
    assert str(heard(None)) == "AA:00:00:00:00:01"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("\x1b[31mWT901\x07", "�[31mWT901�"),
        ("a\nb\rc\td", "a�b�c�d"),
        ("\u202eevil", "�evil"),
        ("x" * 500, "x" * (NAME_LENGTH - 1) + "…"),
    ],
)
def test_names_are_made_harmless(sent: str, told: str) -> None:
    assert heard(sent).name == told


@given(st.text(max_size=600))
def test_any_name(sent: str) -> None:
    found = heard(sent)
    assert found.family is not None
    assert len(found.name) <= NAME_LENGTH
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in found.name)


def test_a_choice_by_name_or_address() -> None:
    near = [heard("kickback A"), heard("kickback B", "AA:00:00:00:00:02")]
    assert named(near, "kickback b") is near[1]
    assert named(near, " aa:00:00:00:00:01 ") is near[0]


@pytest.mark.parametrize(
    ("near", "asked", "line"),
    [
        ([], "A", "A: no such sensor is near; no sensor is: is it switched on?"),
        ([heard("B")], "A", "A: no such sensor is near; near: B (AA:00:00:00:00:01)"),
        (
            [heard("A"), heard("A", "AA:00:00:00:00:02")],
            "A",
            "A: 2 devices are called so, name one by its address: A (AA:00:00:00:00:01), A (AA:00:00:00:00:02)",
        ),
        ([heard("A", services=[])], "A", "A (AA:00:00:00:00:01): is not a sensor that this version knows"),
    ],
)
def test_a_choice_that_cannot_be_made(near: list[Found], asked: str, line: str) -> None:
    with pytest.raises(SensorError) as told:
        named(near, asked)
    assert str(told.value) == line


def test_without_a_choice_the_only_one_is_taken() -> None:
    sensor = heard("A")
    assert only([heard("headphones", "AA:00:00:00:00:02", []), sensor]) is sensor
    with pytest.raises(SensorError, match="no sensor found"):
        only([heard("headphones", services=[])])
    with pytest.raises(SensorError, match=r"2 sensors are near, choose one with --sensor: A \(.*\), B \(.*\)"):
        only([sensor, heard("B", "AA:00:00:00:00:02")])


def failing(error: Exception) -> type[BaseBleakScanner]:
    class Failing(BaseBleakScanner):
        def __init__(self, callback: object, uuids: object, mode: str, **_: object) -> None:
            super().__init__(None, None)

        async def start(self) -> None:
            raise error

        async def stop(self) -> None:
            raise AssertionError("it never started")

    return Failing


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (FileNotFoundError(2, "No such file or directory"), "the system's Bluetooth service does not run"),
        (ConnectionRefusedError(111, "Connection refused"), "the system's Bluetooth service does not run"),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["org.bluez"]), "Bluetooth cannot be used"),
        (BleakError("Failed to start scanner. Is Bluetooth turned on?"), "Is Bluetooth turned on?"),
        (OSError(-2147020577, "The device is not ready for use"), "The device is not ready for use"),
        *(
            (BleakBluetoothNotAvailableError("x", reason), expected)
            for reason, expected in (
                (BleakBluetoothNotAvailableReason.NO_BLUETOOTH, "this computer has no Bluetooth adapter"),
                (BleakBluetoothNotAvailableReason.POWERED_OFF, "Bluetooth is switched off"),
                (BleakBluetoothNotAvailableReason.DENIED_BY_USER, "may not use Bluetooth"),
                (BleakBluetoothNotAvailableReason.UNKNOWN, "Bluetooth cannot be used"),
            )
        ),
    ],
    ids=str,
)
def test_without_bluetooth(error: Exception, line: str) -> None:
    """Each system has its own way to say so."""
    with pytest.raises(NoBluetoothError) as told:
        asyncio.run(listen(Bluetooth(scanner=failing(error)), 0.1))
    assert line in str(told.value)
    assert "\n" not in str(told.value)


def test_a_device_that_was_not_heard_has_no_signal_strength(capsys: pytest.CaptureFixture[str]) -> None:
    held = heard("kickback", rssi=UNHEARD_DBM)
    assert found_json(held)["rssi_dbm"] is None
    print_found(console(), [held], all_=False)
    assert "-127" not in (out := capsys.readouterr().out)
    assert "connected" in out
