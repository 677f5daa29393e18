"""Movesense. No packet of a real sensor is published: all vectors are made from the specification."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from tracker.sensors.movesense import NOTIFY, WRITE, MovesenseSensor
from tracker.sensors.steps import Write

from .traffic import Placed, WrittenDown, event, pushed, written

BLOCKS = struct.pack("<I12f", 0xFFFFFFF0, 1, 2, 3, 4, 5, 6, 180, -90, 0, 1, 2, 3)
"""Two samples: first both accelerations, then both turning rates."""


def placed(timelines: list[WrittenDown], *notifications: bytes) -> list[Placed]:
    driver = MovesenseSensor()
    pushed(driver, [event(NOTIFY, data, at_ns=7) for data in notifications])
    assert driver.errors == 0, driver.last_error
    return timelines[-1].placed


def check(sample: Placed) -> None:
    np.testing.assert_allclose(sample.acc, [[1, 2, 3], [4, 5, 6]])
    np.testing.assert_allclose(sample.gyr[0], [math.pi, -math.pi / 2, 0])
    np.testing.assert_allclose(np.degrees(sample.gyr[1]), [1, 2, 3])
    assert sample.clock_s == pytest.approx(0xFFFFFFF0 / 1000)


def test_blocks_of_each_kind(timelines: list[WrittenDown]) -> None:
    (sample,) = placed(timelines, b"\x02\x63" + BLOCKS)
    check(sample)


@pytest.mark.parametrize("cut", [5, 14, 20, 29, 51])
def test_a_message_in_two_parts(timelines: list[WrittenDown], cut: int) -> None:
    (sample,) = placed(timelines, b"\x02\x63" + BLOCKS[:cut], b"\x03\x63" + BLOCKS[cut:])
    check(sample)


def test_what_another_subscription_sends_is_not_ours(timelines: list[WrittenDown]) -> None:
    assert placed(timelines, b"\x02\x05" + BLOCKS, b"\x03\x05\x00") == []


def test_commands() -> None:
    driver = MovesenseSensor(rate_hz=52)
    assert written(driver.start(), WRITE) == [(b"\x01\x63/Meas/IMU6/52").hex(" ")]
    assert written(driver.stop(), WRITE) == ["02 63"]
    (step,) = (step for step in driver.start() if isinstance(step, Write))
    assert (step.answer, step.answer_on) == (b"\x01\x63", NOTIFY)


@pytest.mark.parametrize("status", ["c8 00", "c9 00", "00 c8"])
def test_an_answer_begins_a_connection(timelines: list[WrittenDown], status: str) -> None:
    driver = MovesenseSensor()
    pushed(driver, [event(NOTIFY, bytes.fromhex("01 63" + status))])
    assert (driver.errors, timelines[-1].restarts) == (0, 1)


def test_a_refusal_is_told() -> None:
    for status in ("01 fb", "fb 01"):
        driver = MovesenseSensor()
        pushed(driver, [event(NOTIFY, bytes.fromhex("01 63" + status))])
        assert "507" in str(driver.last_error)


NAN = struct.pack("<6f", math.nan, 0, 0, 0, 0, 0)
INF = struct.pack("<6f", 0, 0, 0, 0, -math.inf, 0)
LARGE = struct.pack("<6f", 0, 0, 1e30, 0, 0, 0)


@pytest.mark.parametrize(
    "bad",
    [
        [b""],
        [b"\x02"],
        [b"\x01\x63"],
        [b"\x02\x63\x00"],
        [b"\x09\x63\x00"],
        [b"\x03\x63" + BLOCKS],
        [b"\x02\x63" + BLOCKS[:20], b"\x02\x63" + BLOCKS],
        [b"\x02\x63" + BLOCKS[:20], b"\x03\x63" + BLOCKS[20:-1]],
        [b"\x02\x63" + bytes(5000)],
        [b"\x02\x63" + bytes(101), b"\x03\x63" + bytes(5000)],
        *([b"\x02\x63\x00\x00\x00\x00" + numbers] for numbers in (NAN, INF, LARGE)),
    ],
    ids=range(13),
)
def test_nonsense_is_counted_and_the_stream_goes_on(timelines: list[WrittenDown], bad: list[bytes]) -> None:
    driver = MovesenseSensor()
    pushed(driver, [event(NOTIFY, data) for data in bad])
    assert driver.errors <= 1
    before = len(timelines[-1].placed)
    pushed(driver, [event(NOTIFY, b"\x02\x63" + BLOCKS)])
    assert driver.errors == 1
    assert driver.last_error is not None
    assert len(timelines[-1].placed) == before + 1
