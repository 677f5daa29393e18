"""WitMotion: a frame from the field, and a stream of bytes however it is cut."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.recording.model import GattEvent, Operation
from tracker.sensors.steps import Write
from tracker.sensors.timeline import Repeats
from tracker.sensors.witmotion import NOTIFY, WRITE, WitMotionSensor

from .encoders_wearables import witmotion_frame
from .traffic import MS, WrittenDown, event, kinds, pushed, write, written

CAPTURED = bytes.fromhex("55 61 77 02 a8 fe 92 fe 06 02 30 fe cd ff f8 f0 53 fc ab c4")
BATTERY = bytes.fromhex("55 71 64 00 8c 01") + bytes(14)


def notified(*notifications: bytes) -> list[GattEvent]:
    return [event(NOTIFY, data, at_ns=i * 10 * MS) for i, data in enumerate(notifications)]


def rows(timelines: list[WrittenDown]) -> np.ndarray:  # type: ignore[type-arg]
    return np.vstack([np.hstack((sample.acc, sample.gyr)) for sample in timelines[-1].placed])


def seen(timelines: list[WrittenDown], *notifications: bytes) -> tuple[WitMotionSensor, int]:
    """How many samples a driver finds."""
    driver, before = WitMotionSensor(), len(timelines)
    pushed(driver, notified(*notifications))
    return driver, len(rows(timelines)) if len(timelines) > before else 0


def test_a_frame_from_the_field(timelines: list[WrittenDown]) -> None:
    driver, count = seen(timelines, CAPTURED)
    assert (driver.errors, count) == (0, 1)
    (sample,) = timelines[-1].placed
    np.testing.assert_allclose(sample.acc[0] / 9.80665, [0.30811, -0.16797, -0.17871], atol=1e-5)
    np.testing.assert_allclose(np.degrees(sample.gyr[0]), [31.6162, -28.3203, -3.1128], atol=1e-4)
    assert sample.clipped == [False]


def test_both_bases_are_heard(timelines: list[WrittenDown]) -> None:
    driver = WitMotionSensor()
    pushed(driver, [event(driver.elsewhere(NOTIFY), CAPTURED)])
    assert len(rows(timelines)) == 1
    assert driver.elsewhere(driver.elsewhere(NOTIFY)) == NOTIFY


def frames(count: int) -> list[bytes]:
    return [witmotion_frame(np.full(6, 0x5561 + i)) for i in range(count)]


@given(st.lists(st.integers(1, 70), min_size=1, max_size=60), st.integers(0, 3))
def test_however_it_is_cut(sizes: list[int], replies: int) -> None:
    stream = b"".join(frames(8) + [BATTERY] * replies + frames(8))
    cut, at = [], 0
    for size in [*sizes, len(stream)]:
        if stream[at : at + size] and len(stream[at : at + size]) != 28:  # a whole one of 28 bytes means another sensor
            cut.append(stream[at : at + size])
            at += size
    if at < len(stream):
        cut += [stream[at : at + 3], stream[at + 3 :]]
    driver = WitMotionSensor()
    found = sum(sum(f[1] == 0x61 for f in driver._frames(part)) for part in cut)
    assert (driver.errors, found) == (0, 16)
    assert driver._rest == b""


@pytest.mark.parametrize("junk", [b"\x00", b"\x55", b"\x55\x61", b"\x55\x62" * 9, CAPTURED[:13], CAPTURED[7:]])
def test_it_finds_back(timelines: list[WrittenDown], junk: bytes) -> None:
    driver, count = seen(timelines, *frames(3), junk, *frames(5))
    assert driver.errors >= 1
    assert driver.last_error is not None
    assert driver.last_error.data
    assert 7 <= count <= 8


def test_frames_of_28_bytes_are_refused(timelines: list[WrittenDown]) -> None:
    vibration = b"\x55\x61" + bytes(range(26))
    for notifications in ([vibration] * 5, [vibration[:13], vibration[13:]] * 5, [vibration * 2] * 3):
        driver, count = seen(timelines, *notifications)
        assert count == 0
        assert driver.errors >= 3


def test_the_buffer_ends() -> None:
    driver = WitMotionSensor()
    for i in range(2000):
        pushed(driver, [event(NOTIFY, b"\x55" * (1 + i % 40), at_ns=i * MS * 10)])
    assert len(driver._rest) <= 22


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([CAPTURED, BATTERY, CAPTURED[:9]])), max_size=40))
def test_nothing_hurts(notifications: list[bytes]) -> None:
    driver = WitMotionSensor()
    pushed(driver, notified(*notifications))
    assert (driver.last_error is None) == (driver.errors == 0)
    assert len(driver._rest) <= 22


@pytest.mark.parametrize(
    ("volts", "percent"), [(396, 100), (395, 90), (420, 100), (379, 50), (350, 10), (340, 5), (339, 0)]
)
@pytest.mark.parametrize("size", [20, 22])
def test_battery(volts: int, percent: int, size: int) -> None:
    driver = WitMotionSensor()
    reply = bytes.fromhex("55 71 64 00") + struct.pack("<h", volts)
    pushed(driver, notified(CAPTURED + reply.ljust(size, b"\0"), CAPTURED))
    assert (driver.battery_percent, driver.errors) == (percent, 0)


def test_a_battery_that_cannot_be_is_told() -> None:
    driver = WitMotionSensor()
    pushed(driver, notified(bytes.fromhex("55 71 64 00 ff 7f") + bytes(14)))
    assert (driver.battery_percent, driver.errors) == (None, 1)


def test_commands() -> None:
    assert written(WitMotionSensor().start(), WRITE) == [
        "ff aa 69 88 b5",
        "ff aa 03 09 00",
        "ff aa 00 00 00",
        "ff aa 27 64 00",
    ]
    assert written(WitMotionSensor(rate_hz=50).start(), WRITE)[1] == "ff aa 03 08 00"
    assert kinds(WitMotionSensor().start())[0] == ("Subscribe", NOTIFY)
    assert all(step.answer == b"" for step in WitMotionSensor().start() if isinstance(step, Write))


def test_unlocking_is_a_new_connection(timelines: list[WrittenDown]) -> None:
    driver = WitMotionSensor()
    pushed(driver, [*notified(CAPTURED, CAPTURED[:5]), write(WRITE, bytes.fromhex("ffaa6988b5")), *notified(CAPTURED)])
    assert (driver.errors, timelines[-1].restarts) == (0, 1)


def test_clipped(timelines: list[WrittenDown]) -> None:
    seen(timelines, *(witmotion_frame(np.array([value, 0, 0, 0, 0, 0])) for value in (32767, -32768, 32766)))
    assert [sample.clipped for sample in timelines[-1].placed] == [[True], [True], [False]]


def delivered(rate_hz: float, seconds: float, asked_hz: int | None = None) -> WitMotionSensor:
    driver = WitMotionSensor()
    if asked_hz:
        code = {50: 8, 100: 9}[asked_hz]
        pushed(driver, [event(WRITE, bytes([0xFF, 0xAA, 3, code, 0]), Operation.WRITE_NO_RESPONSE)])
    rng = np.random.default_rng(1)
    for i in range(int(rate_hz * seconds)):
        frame = witmotion_frame(rng.integers(-9, 9, 6))
        pushed(driver, [event(NOTIFY, frame, at_ns=round(i / rate_hz * 1e9))])
    return driver


def test_another_rate_than_was_asked_for_is_told() -> None:
    for rate_hz, asked_hz, errors in ((100, None, 0), (98, 100, 0), (50, 50, 0), (50, None, 1), (200, 100, 1)):
        driver = delivered(rate_hz, 5, asked_hz)
        assert driver.errors == errors
        assert driver.delivered_hz == pytest.approx(rate_hz, rel=0.02)
        assert driver.period_s == pytest.approx(1 / rate_hz, rel=0.03)
    slow = delivered(10, 20)
    assert slow.period_s is None, "nobody can track that"
    assert str(slow.last_error).startswith("sends 10 samples a second, was asked for 100")


def test_what_comes_twice_counts_once(timelines: list[WrittenDown], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.sensors.witmotion.Repeats", Repeats)
    driver = WitMotionSensor()
    twice: Iterable[GattEvent] = [item for item in notified(*frames(5)) for _ in range(2)]
    pushed(driver, twice)
    assert len(rows(timelines)) == 5
    assert math.isfinite(rows(timelines).sum())
