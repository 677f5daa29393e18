"""Movella DOT. Its maker publishes the format (XD0506P) and no bytes: vectors of mode 21 are made from that.

The two real notifications are of mode 6 (free acceleration), as published with the scripts of protobioengineering:
they hold the same time stamp and the same floats in the same places.
"""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from firmware_protocol import ProtocolError
from tracker.recording.model import Operation
from tracker.sensors import Read, Write
from tracker.sensors.dot import BATTERY, CONTROL, MEASURE, PAYLOAD, DotSensor

from .traffic import Placed, WrittenDown, event, kinds, pushed, read, write, written

START, STOP = bytes.fromhex("01 01 15"), bytes.fromhex("01 00 15")
CONTROL_60 = bytes.fromhex("00" * 24 + "3c 00" + "00" * 6)
CONTROL_30 = bytes.fromhex("00" * 24 + "1e 00" + "00" * 6)
FROM_THE_SPEC = bytes.fromhex(
    "40 42 0f 00"  # 1 000 000 µs
    "00 00 80 3f 00 00 00 c0 c3 e8 1c 41"  # 1, −2, 9.80682 m/s²
    "00 00 b4 42 00 00 34 c3 00 00 00 3f"  # 90, −180, 0.5 °/s
    "00 00 00 00 00 00 00 00 00 00 00 00"  # filled up
)
REAL_MODE_6 = [
    ("d8 05 22 44 af 96 40 40 6b 2a a7 40 5a dd 14 c0 00 00 00 00", 1143080408, (3.009197, 5.223928, -2.326010)),
    ("f3 46 22 44 0d a5 3c 40 9c 13 a6 40 f0 10 09 c0 00 00 00 00", 1143097075, (2.947574, 5.189894, -2.141659)),
]


def payload(time_us: int, *numbers: float) -> bytes:
    return struct.pack("<I6f12x", time_us, *numbers)


UP = (0.0, 0.0, 9.81, 0.0, 0.0, 0.0)


def placed(timelines: list[WrittenDown], data: bytes, at_ns: int = 7) -> list[Placed]:
    driver = DotSensor()
    pushed(driver, [read(CONTROL, CONTROL_60), event(PAYLOAD, data, at_ns=at_ns)])
    assert driver.errors == 0, driver.last_error
    return timelines[-1].placed


def test_a_sample_made_from_the_specification(timelines: list[WrittenDown]) -> None:
    (sample,) = placed(timelines, FROM_THE_SPEC)
    assert (sample.clock_s, sample.host_ns, sample.clipped) == (1.0, 7, [False])
    np.testing.assert_allclose(sample.acc, [[1.0, -2.0, 9.80682]], rtol=1e-6)
    np.testing.assert_allclose(sample.gyr, [[math.pi / 2, -math.pi, math.radians(0.5)]], rtol=1e-6)


@pytest.mark.parametrize(("data", "time_us", "acc"), REAL_MODE_6)
def test_time_and_floats_are_where_real_bytes_have_them(
    timelines: list[WrittenDown], data: str, time_us: int, acc: tuple[float, ...]
) -> None:
    (sample,) = placed(timelines, bytes.fromhex(data).ljust(40, b"\0"))
    assert sample.clock_s == time_us / 1e6
    np.testing.assert_allclose(sample.acc[0], acc, atol=1e-6)


@pytest.mark.parametrize("size", [28, 40, 63])
def test_filling_makes_no_difference(timelines: list[WrittenDown], size: int) -> None:
    assert len(placed(timelines, FROM_THE_SPEC[:28].ljust(size, b"\0"))) == 1


@pytest.mark.parametrize("axis", range(6))
@pytest.mark.parametrize("sign", [1, -1])
def test_the_ends_of_the_range_are_clipped(timelines: list[WrittenDown], axis: int, sign: int) -> None:
    numbers = [0.0] * 6
    numbers[axis] = sign * (16 * 9.80665 if axis < 3 else 2000.0) * 0.99
    (sample,) = placed(timelines, payload(0, *numbers))
    assert sample.clipped == [True]


def test_values_short_of_the_end_are_not(timelines: list[WrittenDown]) -> None:
    (sample,) = placed(timelines, payload(0, 150.0, -150.0, 0.0, 1900.0, -1900.0, 0.0))
    assert sample.clipped == [False]


def test_the_rate_is_what_the_sensor_says(timelines: list[WrittenDown]) -> None:
    driver = DotSensor(rate_hz=60)
    assert driver.period_s is None
    pushed(driver, [read(CONTROL, CONTROL_30)])
    assert driver.period_s == 1 / 30
    (timeline,) = timelines
    assert timeline.turn_s == pytest.approx(71.58 * 60, rel=1e-3)


def test_reading_it_again_changes_nothing(timelines: list[WrittenDown]) -> None:
    driver = DotSensor()
    pushed(driver, [read(CONTROL, CONTROL_60), read(CONTROL, CONTROL_60)])
    assert len(timelines) == 1


def test_each_start_is_a_new_connection(timelines: list[WrittenDown]) -> None:
    driver = DotSensor()
    pushed(driver, [read(CONTROL, CONTROL_60), write(MEASURE, STOP), write(MEASURE, START)])
    assert timelines[0].restarts == 1


def test_battery() -> None:
    driver = DotSensor()
    assert driver.battery_percent is None
    pushed(driver, [read(BATTERY, bytes([77, 0]))])
    assert driver.battery_percent == 77
    pushed(driver, [event(BATTERY, bytes([76, 1]))])
    assert driver.battery_percent == 76
    pushed(driver, [event(BATTERY, b""), event(BATTERY, bytes([101, 0]))])
    assert (driver.battery_percent, driver.errors) == (76, 2)


def test_start() -> None:
    steps = DotSensor().start()
    assert kinds(steps) == [
        ("Write", MEASURE),
        ("Write", CONTROL),
        ("Read", CONTROL),
        ("Read", BATTERY),
        ("Subscribe", BATTERY),
        ("Subscribe", PAYLOAD),
        ("Write", MEASURE),
    ]
    assert written(steps, MEASURE) == ["01 00 15", "01 01 15"], "the rate cannot be changed while it measures"
    assert all(step.response for step in steps if isinstance(step, Write))


@pytest.mark.parametrize(("rate_hz", "expected"), [(None, "3c 00"), (60, "3c 00"), (30, "1e 00")])
def test_the_rate_is_asked_for(rate_hz: int | None, expected: str) -> None:
    (command,) = written(DotSensor(rate_hz=rate_hz).start(), CONTROL)
    assert command == " ".join(["10", *["00"] * 23, expected, *["00"] * 6])


def test_stop() -> None:
    steps = DotSensor().stop()
    assert written(steps, MEASURE) == ["01 00 15"]
    assert [kind for kind, _ in kinds(steps)] == ["Write", "Unsubscribe", "Unsubscribe"]
    assert not any(isinstance(step, Read) for step in steps)


@pytest.mark.parametrize(
    ("uuid", "operation", "data", "message"),
    [
        (PAYLOAD, Operation.NOTIFY, FROM_THE_SPEC[:27], "too short"),
        (PAYLOAD, Operation.NOTIFY, b"", "too short"),
        (PAYLOAD, Operation.NOTIFY, payload(0, math.nan, 0, 0, 0, 0, 0), "no acceleration"),
        (PAYLOAD, Operation.NOTIFY, payload(0, 0, 0, 0, 0, math.inf, 0), "no acceleration"),
        (PAYLOAD, Operation.NOTIFY, payload(0, 1e30, 0, 0, 0, 0, 0), "no acceleration"),
        (CONTROL, Operation.READ, CONTROL_60[:25], "too short"),
        (CONTROL, Operation.READ, bytes(32), "output rate 0 Hz"),
        (CONTROL, Operation.READ, bytes(24) + b"\x78\x00" + bytes(6), "output rate 120 Hz"),
    ],
)
def test_nonsense(timelines: list[WrittenDown], uuid: str, operation: Operation, data: bytes, message: str) -> None:
    driver = DotSensor()
    pushed(driver, [read(CONTROL, CONTROL_60), event(uuid, data, operation), event(PAYLOAD, payload(1, *UP))])
    assert driver.errors == 1
    assert isinstance(driver.last_error, ProtocolError)
    assert driver.last_error.data == data
    assert message in str(driver.last_error)
    assert len(timelines[0].placed) == 1, "what comes after is decoded"


def test_samples_before_the_rate_are_an_error() -> None:
    driver = DotSensor()
    assert pushed(driver, [event(PAYLOAD, FROM_THE_SPEC)]) == []
    assert "before the output rate" in str(driver.last_error)
