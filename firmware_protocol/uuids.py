"""Where things are found: services and characteristics by UUID."""

from __future__ import annotations

from enum import StrEnum


class UUIDs(StrEnum):
    """Services and characteristics, as lowercase 128-bit strings (members are plain strings too).

    Examples
    --------
    >>> str(UUIDs.MOTION)
    '4dd80003-21d0-4c9a-8316-cbb075115b74'
    """

    MOTION_SERVICE = "4dd80001-21d0-4c9a-8316-cbb075115b74"
    INFO = "4dd80002-21d0-4c9a-8316-cbb075115b74"
    MOTION = "4dd80003-21d0-4c9a-8316-cbb075115b74"
    CONTROL = "4dd80004-21d0-4c9a-8316-cbb075115b74"

    BATTERY_SERVICE = "0000180f-0000-1000-8000-00805f9b34fb"
    BATTERY_LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"

    DEVICE_INFORMATION = "0000180a-0000-1000-8000-00805f9b34fb"
    MODEL_NUMBER = "00002a24-0000-1000-8000-00805f9b34fb"
    SERIAL_NUMBER = "00002a25-0000-1000-8000-00805f9b34fb"
    FIRMWARE_REVISION = "00002a26-0000-1000-8000-00805f9b34fb"
    HARDWARE_REVISION = "00002a27-0000-1000-8000-00805f9b34fb"
    MANUFACTURER_NAME = "00002a29-0000-1000-8000-00805f9b34fb"
