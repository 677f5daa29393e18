"""ST BlueST boards. UM2496 gives the format and no bytes: vectors are made from that. Ticks are those of public
firmware."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable

import numpy as np
import pytest

from firmware_protocol import ProtocolError
from tracker.recording.model import GattEvent
from tracker.sensors import Subscribe, Unsubscribe
from tracker.sensors.bluest import LEARN_MOST, MOTION, BlueStSensor

from . import traffic
from .traffic import MS, WrittenDown, event, pushed

FROM_THE_MANUAL = bytes.fromhex(
    "e8 03"  # tick 1000
    "e8 03 0c fe 18 fc"  # 1000, −500, −1000 mg
    "0a 00 9c ff 84 03"  # 1, −10, 90 °/s
    "64 00 38 ff 2c 01"  # magnetic field, mG
)


def notification(stamp: int, *numbers: int) -> bytes:
    return struct.pack("<H9h", stamp % 65536, *numbers, *[0] * (9 - len(numbers)))


def sent(
    tick_s: float,
    rate_hz: float = 50.0,
    seconds: float = 4.0,
    *,
    began_s: float = 0.0,
    at_s: float = 0.0,
    late_s: float = 0.0,
    lost: Iterable[int] = (),
) -> list[GattEvent]:
    """One notification per sample; the stamp counts since the board began."""
    rng, missing = np.random.default_rng(0), set(lost)
    out, last_s = [], 0.0
    for k in range(round(seconds * rate_hz)):
        true_s = k / rate_hz
        last_s = max(last_s, at_s + true_s + rng.uniform(0, late_s))
        data = notification(int((began_s + true_s) / tick_s), k % 1000, 0, 1000)
        if k not in missing:
            out.append(event(MOTION, data, at_ns=round(last_s * 1e9)))
    return out


def test_a_sample_made_from_the_manual(timelines: list[WrittenDown]) -> None:
    """All of what was held while time was being found out comes, in order."""
    driver = BlueStSensor()
    first = event(MOTION, FROM_THE_MANUAL, at_ns=0)
    rest = [event(MOTION, notification(1000 + 5 * k), at_ns=40 * k * MS) for k in range(1, 60)]
    pushed(driver, [first, *rest])
    assert driver.errors == 0
    placed = timelines[-1].placed
    assert len(placed) == 60
    g = 9.80665
    np.testing.assert_allclose(placed[0].acc, [[g, -g / 2, -g]])
    np.testing.assert_allclose(placed[0].gyr, [[math.radians(1), math.radians(-10), math.radians(90)]])
    assert [p.host_ns for p in placed] == [40 * k * MS for k in range(60)]


@pytest.mark.parametrize("tick_s", [0.001, 0.008, 0.010])
@pytest.mark.parametrize("rate_hz", [25.0, 26.0, 50.0, 52.0, 100.0])
@pytest.mark.parametrize("late_s", [0.0, 0.05])
@pytest.mark.parametrize("began_s", [0.0, 64.5, 523.0, 655.0])
def test_ticks_are_told_apart(
    timelines: list[WrittenDown], tick_s: float, rate_hz: float, late_s: float, began_s: float
) -> None:
    driver = BlueStSensor()
    assert driver.period_s is None
    pushed(driver, sent(tick_s, rate_hz, began_s=began_s, late_s=late_s))
    assert driver.errors == 0
    assert driver.tick_s == tick_s
    (timeline,) = timelines
    assert isinstance(timeline, traffic.Clocked)
    assert timeline.turn_s == pytest.approx(65536 * tick_s)
    assert timeline.nominal_hz == pytest.approx(rate_hz, rel=0.05)
    stamps = [placed.clock_s for placed in timeline.placed if placed.clock_s is not None]
    assert len(stamps) == round(4 * rate_hz)
    assert stamps[0] == pytest.approx(began_s % (65536 * tick_s), abs=tick_s)
    steps_s = np.diff(stamps) % (65536 * tick_s)
    np.testing.assert_allclose(steps_s, 1 / rate_hz, atol=0.6 * tick_s)
    assert steps_s.mean() == pytest.approx(1 / rate_hz, rel=0.005)


@pytest.mark.parametrize("tick_s", [1 / 50, 1 / 52, 0.1, 1e-4])
def test_a_stamp_that_ticks_like_none_is_not_used(timelines: list[WrittenDown], tick_s: float) -> None:
    """Such as one that counts notifications."""
    driver = BlueStSensor()
    pushed(driver, sent(tick_s, 1 / tick_s if tick_s == 1 / 52 else 50.0, late_s=0.02))
    assert driver.errors == 0
    assert driver.tick_s is None
    (timeline,) = timelines
    assert isinstance(timeline, traffic.Counted)
    assert timeline.nominal_hz == pytest.approx(50, rel=0.15)


def test_losses_do_not_make_the_rate_look_lower(timelines: list[WrittenDown]) -> None:
    pushed(BlueStSensor(), sent(0.008, 100.0, lost=range(20, 40)))
    assert timelines[0].nominal_hz == pytest.approx(100, abs=3)


@pytest.mark.parametrize("rate_hz", [1.5, 10.0, 20.0])
def test_too_slow_is_said_and_not_tracked(timelines: list[WrittenDown], rate_hz: float) -> None:
    driver = BlueStSensor()
    assert pushed(driver, sent(0.008, rate_hz, 9.0)) == []
    assert driver.errors >= 1
    assert timelines == []
    assert driver.period_s is None
    if rate_hz > 2:
        assert f"sends {rate_hz:.0f} samples a second" in str(driver.last_error)


def test_start_and_stop() -> None:
    driver = BlueStSensor(rate_hz=100)
    assert driver.start() == [Subscribe(MOTION)]
    assert driver.stop() == [Unsubscribe(MOTION)]


@pytest.mark.parametrize("tick_s", [0.001, 0.008])
@pytest.mark.parametrize(
    ("began_s", "restarts"),
    [(4.0 + 20.0, 0), (4.0, 0), (4.3, 0), (0.0, 1), (15.0, 1), (60.0, 1)],
    ids=["went on", "queued", "queued a little", "from zero", "behind", "ahead"],
)
def test_after_a_silence(timelines: list[WrittenDown], tick_s: float, began_s: float, restarts: int) -> None:
    """A stamp that went on with the host's time, or with the samples, is of the same start of the board."""
    driver = BlueStSensor()
    pushed(driver, sent(tick_s))
    pushed(driver, sent(tick_s, began_s=began_s, at_s=24.0, seconds=1.0))
    assert [timeline.restarts for timeline in timelines] == [restarts]
    assert len(timelines[0].placed) == 250


def test_a_silence_while_learning_begins_the_learning_anew(timelines: list[WrittenDown]) -> None:
    driver = BlueStSensor()
    pushed(driver, sent(0.008, seconds=1.0))
    pushed(driver, sent(0.008, at_s=9.0, seconds=3.0))
    assert driver.tick_s == 0.008
    assert timelines[0].placed[0].host_ns == 9_000 * MS


@pytest.mark.usefixtures("timelines")
def test_what_is_held_is_bounded() -> None:
    driver = BlueStSensor()
    for k in range(3 * LEARN_MOST):
        driver.push(event(MOTION, notification(k), at_ns=0))
        assert len(driver._held) <= LEARN_MOST
    assert driver.errors >= 1, "time stands still"


@pytest.mark.parametrize("data", [b"", FROM_THE_MANUAL[:19], FROM_THE_MANUAL + b"\0", FROM_THE_MANUAL[:14]])
def test_nonsense(timelines: list[WrittenDown], data: bytes) -> None:
    driver = BlueStSensor()
    pushed(driver, [*sent(0.008), event(MOTION, data, at_ns=4_000 * MS)])
    assert driver.errors == 1
    assert isinstance(driver.last_error, ProtocolError)
    assert driver.last_error.data == data
    pushed(driver, [event(MOTION, FROM_THE_MANUAL, at_ns=4_010 * MS)])
    assert len(timelines[0].placed) == 201, "what comes after is decoded"


@pytest.mark.parametrize("axis", range(6))
@pytest.mark.parametrize("end", [-32768, 32767])
def test_the_ends_of_the_integers_are_clipped(timelines: list[WrittenDown], axis: int, end: int) -> None:
    numbers = [0] * 6
    numbers[axis] = end
    driver = BlueStSensor()
    pushed(driver, [*sent(0.008), event(MOTION, notification(500, *numbers), at_ns=4_000 * MS)])
    assert timelines[0].placed[-1].clipped == [True]
    assert timelines[0].placed[-2].clipped == [False]
