"""Nordic Thingy:52. No bytes of raw motion are published: all vectors are made from the firmware's own definitions."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from firmware_protocol import ProtocolError
from tracker.recording.model import Operation
from tracker.sensors.thingy import CONFIG, RAW, ThingySensor

from .traffic import Placed, WrittenDown, event, kinds, pushed, read, written

CONFIG_50 = bytes.fromhex("88 13 88 13 88 13 32 00 01")
CONFIG_200 = bytes.fromhex("88 13 88 13 88 13 c8 00 01")
FROM_THE_FIRMWARE = bytes.fromhex(
    "00 04 00 fe 00 fc"  # 1, −0.5, −1 g
    "20 00 c0 ff a0 05"  # 1, −2, 45 °/s
    "10 00 20 00 30 00"  # compass
)


def raw(*numbers: int) -> bytes:
    return struct.pack("<9h", *numbers, *[0] * (9 - len(numbers)))


def placed(timelines: list[WrittenDown], data: bytes) -> list[Placed]:
    driver = ThingySensor()
    pushed(driver, [read(CONFIG, CONFIG_50), event(RAW, data, at_ns=7)])
    assert driver.errors == 0, driver.last_error
    return timelines[-1].placed


def test_a_sample_made_from_the_firmware(timelines: list[WrittenDown]) -> None:
    (sample,) = placed(timelines, FROM_THE_FIRMWARE)
    g = 9.80665
    np.testing.assert_allclose(sample.acc, [[-g, g / 2, g]])
    np.testing.assert_allclose(sample.gyr, [[math.radians(1), math.radians(-2), math.radians(45)]])
    assert (sample.clock_s, sample.host_ns, sample.clipped) == (None, 7, [False])


def test_at_rest_the_axis_that_points_up_reads_plus_one_g(timelines: list[WrittenDown]) -> None:
    """The firmware sends +1 g for the axis that points down."""
    (sample,) = placed(timelines, raw(0, 0, 1024))
    np.testing.assert_allclose(sample.acc, [[0.0, 0.0, -9.80665]], atol=1e-12)


@pytest.mark.parametrize(
    ("numbers", "clipped"),
    [
        ((2047,), True),
        ((0, -2048), True),
        ((2046, -2046, 2046), False),
        ((0, 0, 0, 32736), True),
        ((0, 0, 0, 0, -32768), True),
        ((0, 0, 0, 32735, -32735, 0), False),
        ((0, 0, 0, 0, 0, 0, 32767, -32768), False),
    ],
)
def test_the_ends_of_the_range_are_clipped(
    timelines: list[WrittenDown], numbers: tuple[int, ...], clipped: bool
) -> None:
    (sample,) = placed(timelines, raw(*numbers))
    assert sample.clipped == [clipped]


def test_the_rate_is_what_the_sensor_says(timelines: list[WrittenDown]) -> None:
    driver = ThingySensor(rate_hz=100)
    assert driver.period_s is None
    pushed(driver, [read(CONFIG, CONFIG_50)])
    assert driver.period_s == 1 / 50
    pushed(driver, [read(CONFIG, CONFIG_200)])
    assert driver.period_s == 1 / 200
    assert [timeline.nominal_hz for timeline in timelines] == [50, 200]


def test_each_reading_of_the_configuration_is_a_new_connection(timelines: list[WrittenDown]) -> None:
    pushed(ThingySensor(), [read(CONFIG, CONFIG_50), read(CONFIG, CONFIG_50)])
    assert [timeline.restarts for timeline in timelines] == [1]


@pytest.mark.parametrize(("rate_hz", "expected"), [(None, "32 00"), (100, "64 00"), (200, "c8 00")])
def test_start(rate_hz: int | None, expected: str) -> None:
    steps = ThingySensor(rate_hz=rate_hz).start()
    assert kinds(steps) == [("Write", CONFIG), ("Read", CONFIG), ("Subscribe", RAW)]
    assert written(steps, CONFIG) == [f"88 13 88 13 88 13 {expected} 01"]


def test_stop() -> None:
    assert kinds(ThingySensor().stop()) == [("Unsubscribe", RAW)]


@pytest.mark.parametrize(
    ("uuid", "operation", "data", "message"),
    [
        (RAW, Operation.NOTIFY, FROM_THE_FIRMWARE[:17], "17 bytes"),
        (RAW, Operation.NOTIFY, FROM_THE_FIRMWARE + b"\0", "19 bytes"),
        (RAW, Operation.NOTIFY, b"", "0 bytes"),
        (CONFIG, Operation.READ, CONFIG_50[:8], "8 bytes"),
        (CONFIG, Operation.READ, bytes(9), "0 Hz"),
        (CONFIG, Operation.READ, b"\xff" * 9, "65535 Hz"),
        (CONFIG, Operation.READ, bytes.fromhex("88 13 88 13 88 13 0a 00 01"), "10 Hz"),
    ],
)
def test_nonsense(timelines: list[WrittenDown], uuid: str, operation: Operation, data: bytes, message: str) -> None:
    driver = ThingySensor()
    pushed(driver, [read(CONFIG, CONFIG_50), event(uuid, data, operation), event(RAW, FROM_THE_FIRMWARE)])
    assert driver.errors == 1
    assert isinstance(driver.last_error, ProtocolError)
    assert driver.last_error.data == data
    assert message in str(driver.last_error)
    assert len(timelines[0].placed) == 1, "what comes after is decoded"


def test_samples_before_the_configuration_are_an_error() -> None:
    driver = ThingySensor()
    assert pushed(driver, [event(RAW, FROM_THE_FIRMWARE)]) == []
    assert "before the configuration" in str(driver.last_error)
