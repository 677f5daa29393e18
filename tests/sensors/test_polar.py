"""Polar Verity Sense: the maker's own examples, and frames that do not fit."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.recording.model import Operation
from tracker.sensors.polar import CONTROL, DATA, PolarSensor, _factor, _values, deltas, plain
from tracker.sensors.steps import Write

from .encoders import polar_deltas, polar_started
from .traffic import event, kinds, pushed, written

ACC_RAW = bytes.fromhex("02 0094357700000000 01 F7FF FFFF E703 F8FF FEFF E503")
ACC_DELTA = bytes.fromhex("02 6500000000000000 81 F1FF1400F003 06 01 7B0F08")
GYR_DELTA = bytes.fromhex("05 FFFFFFFFFFFFFF7F 80 EAFF08000D00 03 01 DF00")


def test_the_makers_plain_frame() -> None:
    assert plain(ACC_RAW[10:], ACC_RAW).tolist() == [[-9, -1, 999], [-8, -2, 997]]
    np.testing.assert_allclose(_values(2, 1, ACC_RAW, 7.0)[0], [-0.009, -0.001, 0.999])


def test_the_makers_compressed_frames() -> None:
    assert deltas(ACC_DELTA[10:], ACC_DELTA).tolist() == [[-15, 20, 1008], [-20, 17, 1008]]
    np.testing.assert_allclose(_values(2, 0x81, ACC_DELTA, 1.0)[1], [-0.020, 0.017, 1.008])
    assert deltas(GYR_DELTA[10:], GYR_DELTA).tolist() == [[-22, 8, 13], [-23, 11, 16]]
    np.testing.assert_allclose(_values(5, 0x80, GYR_DELTA, 0.5)[1], [-11.5, 5.5, 8])


def test_acceleration_of_type_0_is_g_by_its_factor() -> None:
    content = np.array([[1905, 27376, -29282], [2095, 27271, -29367]])
    frame = bytes.fromhex("02 0000000000000000 80") + polar_deltas(content)
    np.testing.assert_allclose(_values(2, 0x80, frame, 2.44e-4), content * 2.44e-4)


@given(st.lists(st.tuples(*[st.integers(-32768, 32767)] * 3), min_size=1, max_size=60))
def test_what_is_compressed_is_restored(rows: list[tuple[int, int, int]]) -> None:
    assert deltas(polar_deltas(np.array(rows)), b"").tolist() == [list(row) for row in rows]


def test_the_commands_are_those_that_work() -> None:
    driver = PolarSensor()
    assert written(driver.start(), CONTROL) == [
        "03 02",
        "03 05",
        "02 02 00 01 34 00 01 01 10 00 02 01 08 00 04 01 03",
        "02 05 00 01 34 00 01 01 10 00 02 01 d0 07 04 01 03",
    ]
    assert kinds(driver.start())[:2] == [("Subscribe", CONTROL), ("Subscribe", DATA)]
    answers = [step.answer.hex(" ") for step in driver.start() if isinstance(step, Write)]
    assert answers == ["f0 03 02", "f0 03 05", "f0 02 02", "f0 02 05"]
    assert written(driver.stop(), CONTROL) == ["03 02", "03 05"]


def test_the_factor_comes_with_the_answer() -> None:
    """An answer from the field (of another stream)."""
    assert _factor(bytes.fromhex("f0 02 01 00 00 05 01 00 00 80 3f")) == 1.0
    with_more = bytes.fromhex("f0 02 01 00 00 00 02 34 00 68 00 01 01 10 00 05 01") + struct.pack("<f", 0.061)
    assert _factor(with_more) == pytest.approx(0.061)


def frames(at_ns: int = 0) -> list:  # type: ignore[type-arg]
    content = polar_deltas(np.full((104, 3), 4096))
    stamp = struct.pack("<Q", 10**18 + at_ns)
    return [event(DATA, bytes([kind]) + stamp + b"\x80" + content, at_ns=at_ns) for kind in (2, 5)]


def test_units() -> None:
    packets = pushed(PolarSensor(), [*polar_started(), *frames(), *frames(2_000_000_000)])
    rows = np.vstack([packet.acc for packet in packets if len(packet)])
    np.testing.assert_allclose(rows, 9.80665)
    gyr = np.vstack([packet.gyr for packet in packets if len(packet)])
    np.testing.assert_allclose(gyr, math.radians(250))
    assert not any(packet.clipped.any() for packet in packets)


def test_a_stream_that_ran_already_is_taken_with_the_range_that_was_asked_for() -> None:
    already = [event(CONTROL, bytes.fromhex(f"f0 02 0{kind} 06 00"), Operation.INDICATE) for kind in (2, 5)]
    driver = PolarSensor()
    packets = pushed(driver, [*already, *frames()])
    assert driver.errors == 0
    np.testing.assert_allclose(packets[-1].acc, 9.80665)


@pytest.mark.parametrize("status", [1, 7, 8, 9, 10, 12, 13, 255])
def test_a_refusal_is_told(status: int) -> None:
    driver = PolarSensor()
    pushed(driver, [event(CONTROL, bytes([0xF0, 2, 2, status, 0]))])
    assert driver.errors == 1
    assert f"status {status}" in str(driver.last_error)


def test_a_stream_that_the_sensor_stops_is_told() -> None:
    driver = PolarSensor()
    pushed(driver, [*polar_started(), event(CONTROL, b"\x01\x02\x05")])
    assert "stopped" in str(driver.last_error)


def test_a_read_that_looks_like_a_notification_is_nothing() -> None:
    driver = PolarSensor()
    pushed(driver, [event(CONTROL, bytes.fromhex("0f 2e 02 00"))])
    assert driver.errors == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "F1FF1400F0",
        "F1FF1400F003 06",
        "F1FF1400F003 06 01 7B0F",
        "F1FF1400F003 00 ff",
        "F1FF1400F003 21 01 00000000000000000000000000",
        "F1FF1400F003 06 00",
        "F1FF1400F003 06 ff 7B0F08",
        "FF7FFF7FFF7F 04 01 7777",
    ],
)
def test_what_does_not_fit_is_counted_and_the_stream_goes_on(content: str) -> None:
    driver = PolarSensor()
    bad = event(DATA, bytes.fromhex("02 0000000000000000 80" + content))
    pushed(driver, [*polar_started(), bad])
    assert driver.errors == 1
    assert driver.last_error is not None
    assert bad.data in (driver.last_error.data, bad.data)
    assert pushed(driver, frames())


def test_a_frame_of_too_many_samples_is_refused() -> None:
    driver = PolarSensor()
    content = bytes(6) + (b"\x01\xff" + bytes(96)) * 8
    pushed(driver, [*polar_started(), event(DATA, bytes.fromhex("02 0000000000000000 80") + content)])
    assert "does not fit" in str(driver.last_error)


def test_samples_without_a_start_are_told() -> None:
    driver = PolarSensor()
    assert pushed(driver, frames()) == []
    assert driver.errors == 2
