"""MbientLab MetaMotion. Vectors are those of its maker's own tests (MetaWear-SDK-Cpp), and one capture from the field
(node-metawear, issue 46)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from firmware_protocol import ProtocolError
from tracker.recording.model import GattEvent
from tracker.sensors import Step, Subscribe, Write
from tracker.sensors.metamotion import COMMAND, NOTIFY, MetaMotionSensor

from .traffic import MS, WrittenDown, event, pushed, write, written

pytestmark = pytest.mark.usefixtures("timelines")

G = 9.80665
BMI160 = ("03 80 01 01", "13 80 00 01")
BMI270 = ("03 80 04 00", "13 80 01 00")
OFF = ["03 01 00", "03 02 00 01", "13 01 00", "13 02 00 01"]
ACC_8G = "03 05 62b7530de9fd 16d04d0e5702 8affa1050a01"
ACC_8G_IS = [(-4.539, 0.833, -0.131), (-2.995, 0.894, 0.146), (-0.029, 0.352, 0.065)]
GYR_1000 = "13 07 0915ad2608de 8a1a0d2665e4 8d20ac2773ec"
GYR_1000_IS = [(164.177, 301.860, -265.122), (207.134, 296.982, -215.457), (254.055, 309.634, -152.591)]


def said(*messages: str, at_ns: int = 0) -> list[GattEvent]:
    return [event(NOTIFY, bytes.fromhex(message), at_ns=at_ns) for message in messages]


def ready(chip: tuple[str, str], acc: str, gyr: str) -> MetaMotionSensor:
    """A driver that knows its chip, and how it is set."""
    driver = MetaMotionSensor()
    assert pushed(driver, said(*chip, acc, gyr)) == []
    assert driver.errors == 0, driver.last_error
    return driver


def both_flow(driver: MetaMotionSensor, acc: str, gyr: str, seconds: float = 1.3) -> None:
    """The same notifications over and over, one of each every 30 ms, until they are paired."""
    for k in range(round(seconds / 0.03)):
        pushed(driver, said(acc, at_ns=30 * k * MS) + said(gyr, at_ns=(30 * k + 3) * MS))
    assert driver.errors == 0, driver.last_error


def rows(timelines: list[WrittenDown]) -> tuple[list[list[float]], list[list[float]]]:
    placed = timelines[-1].placed
    assert placed
    return np.concatenate([p.acc for p in placed]).tolist(), np.concatenate([p.gyr for p in placed]).tolist()


# Numbers


def test_packed_acceleration_of_the_makers_tests(timelines: list[WrittenDown]) -> None:
    driver = ready(BMI270, "03 83 a8 02", "13 83 28 00")
    both_flow(driver, ACC_8G, "13 05" + "00" * 18)
    acc, gyr = rows(timelines)
    np.testing.assert_allclose(acc[:3], np.array(ACC_8G_IS) * G, atol=0.0006 * G)
    assert not np.any(gyr)


def test_packed_acceleration_of_the_other_chip(timelines: list[WrittenDown]) -> None:
    driver = ready(BMI160, "03 83 28 08", "13 83 28 00")
    both_flow(driver, ACC_8G.replace("03 05", "03 1c"), "13 07" + "00" * 18)
    acc, _ = rows(timelines)
    np.testing.assert_allclose(acc[:3], np.array(ACC_8G_IS) * G, atol=0.0006 * G)


def test_packed_turning_rate_of_the_makers_tests(timelines: list[WrittenDown]) -> None:
    driver = ready(BMI160, "03 83 28 08", "13 83 28 01")
    both_flow(driver, "03 1c" + "00" * 18, GYR_1000)
    _, gyr = rows(timelines)
    np.testing.assert_allclose(np.degrees(gyr[:3]), GYR_1000_IS, atol=0.0006)


@pytest.mark.parametrize(
    ("chip", "acc", "raw", "expected"),
    [
        # the maker's tests, one sample: ±4 g
        (BMI270, "03 83 a8 01", "16c494a22ad0", (-1.872, -2.919, -1.495)),
        (BMI160, "03 83 28 05", "16c494a22ad0", (-1.872, -2.919, -1.495)),
        # recorded in the field: ±2 g
        (BMI160, "03 83 28 03", "e8059cfe7342", (0.09228515625, -0.021728515625, 1.03826904296875)),
    ],
)
def test_acceleration_by_range(
    timelines: list[WrittenDown], chip: tuple[str, str], acc: str, raw: str, expected: tuple[float, ...]
) -> None:
    driver = ready(chip, acc, "13 83 28 00")
    registers = ("03 1c", "13 07") if chip is BMI160 else ("03 05", "13 05")
    both_flow(driver, registers[0] + raw * 3, registers[1] + "00" * 18)
    np.testing.assert_allclose(np.array(rows(timelines)[0][0]) / G, expected, atol=0.0006)


def test_turning_rate_by_range_and_the_ends_of_it(timelines: list[WrittenDown]) -> None:
    """The maker's test, one sample: ±500 °/s, two axes at the ends of the range."""
    driver = ready(BMI160, "03 83 28 0c", "13 83 28 02")
    both_flow(driver, "03 1c" + "00" * 18, "13 07" + "3e43ff7f0080" + "00" * 12)
    _, gyr = rows(timelines)
    np.testing.assert_allclose(np.degrees(gyr[0]), (262.409, 499.497, -499.512), atol=0.0006)
    clipped = [flag for placed in timelines[-1].placed for flag in placed.clipped]
    assert clipped[:3] == [True, False, False]


@pytest.mark.parametrize(("code", "rate_hz"), [("6", 25), ("7", 50), ("8", 100), ("9", 200)])
def test_the_rate_is_what_the_sensor_says(timelines: list[WrittenDown], code: str, rate_hz: int) -> None:
    driver = ready(BMI160, f"03 83 2{code} 0c", f"13 83 2{code} 00")
    assert driver.period_s == 1 / rate_hz
    assert [timeline.nominal_hz for timeline in timelines] == [rate_hz]


# Start and stop


def conversation(driver: MetaMotionSensor, answers: Iterable[str]) -> Iterator[Step]:
    """Carry out the steps as a client does: what is answered is pushed before the next step is asked for."""
    known = [bytes.fromhex(answer) for answer in answers]
    for step in driver.start():
        yield step
        if isinstance(step, Write) and step.answer:
            assert step.answer_on == NOTIFY
            answer = next(answer for answer in known if answer.startswith(step.answer))
            driver.push(event(NOTIFY, answer))


@pytest.mark.parametrize(
    ("chip", "rate_hz", "expected"),
    [
        (BMI160, None, ["03 03 28 0c", "13 03 28 00", "03 83", "13 83", "03 1c 01", "13 07 01"]),
        (BMI270, None, ["03 03 a8 03", "13 03 28 00", "03 83", "13 83", "03 05 01", "13 05 01"]),
        (BMI160, 50, ["03 03 27 0c", "13 03 27 00", "03 83", "13 83", "03 1c 01", "13 07 01"]),
        (BMI270, 200, ["03 03 a9 03", "13 03 29 00", "03 83", "13 83", "03 05 01", "13 05 01"]),
    ],
)
def test_start_depends_on_the_chip(chip: tuple[str, str], rate_hz: int | None, expected: list[str]) -> None:
    steps = list(conversation(MetaMotionSensor(rate_hz=rate_hz), [*chip, "03 83 28 0c", "13 83 28 00"]))
    assert steps[0] == Subscribe(NOTIFY)
    assert written(steps, COMMAND) == [
        "03 80",
        "13 80",
        *OFF,
        *expected,
        "03 02 01 00",
        "13 02 01 00",
        "03 01 01",
        "13 01 01",
    ]


@pytest.mark.parametrize(
    ("chip", "message"),
    [
        (("03 80 01 01", "13 80"), "no gyroscope"),
        (("03 80", "13 80 00 01"), "none that is known"),
        (("03 80 03 01", "13 80 00 01"), "none that is known"),
        (("03 80 09 01", "13 80 07 01"), "none that is known"),
    ],
)
def test_other_boards_are_left_alone(chip: tuple[str, str], message: str) -> None:
    driver, steps = MetaMotionSensor(), list[Step]()
    with pytest.raises(ProtocolError, match=message):
        steps.extend(conversation(driver, chip))
    assert written(steps, COMMAND) == ["03 80", "13 80"]


def test_a_later_connection_may_be_to_another_board() -> None:
    driver = MetaMotionSensor()
    list(conversation(driver, [*BMI160, "03 83 28 0c", "13 83 28 00"]))
    again = list(conversation(driver, [*BMI270, "03 83 a8 03", "13 83 28 00"]))
    assert "03 03 a8 03" in written(again, COMMAND)
    assert driver.errors == 0


def test_stop() -> None:
    *steps, last = MetaMotionSensor().stop()
    assert written(steps, COMMAND) == OFF
    assert type(last).__name__ == "Unsubscribe"


def test_each_start_is_a_new_connection(timelines: list[WrittenDown]) -> None:
    driver = ready(BMI160, "03 83 28 08", "13 83 28 00")
    pushed(driver, [write(COMMAND, bytes.fromhex("03 01 01"))])
    assert timelines[0].restarts == 1


# Nonsense


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("03", "message too short"),
        ("", "message too short"),
        ("03 83", "configuration too short"),
        ("03 83 21 08", "rate is none of"),
        ("03 83 28 77", "range of the accelerometer"),
        ("13 83 28 05", "range of the gyroscope"),
        ("13 83 29 00", "different rates"),
        ("03 1c 01 02", "4 bytes of samples"),
        ("03 1c" + "00" * 24, "26 bytes of samples"),
    ],
)
def test_nonsense(timelines: list[WrittenDown], message: str, expected: str) -> None:
    driver = ready(BMI160, "03 83 28 08", "13 83 28 00")
    pushed(driver, said(message))
    assert driver.errors == 1
    assert isinstance(driver.last_error, ProtocolError)
    assert driver.last_error.data == bytes.fromhex(message)
    assert expected in str(driver.last_error)


def test_messages_of_other_modules_are_passed_over() -> None:
    driver = ready(BMI160, "03 83 28 08", "13 83 28 00")
    assert pushed(driver, said("11 84 64 6e 10", "fe 80 00 02", "19 01 00")) == []
    assert driver.errors == 0


def test_samples_before_the_settings_are_an_error() -> None:
    driver = MetaMotionSensor()
    pushed(driver, said(ACC_8G))
    assert "before the chip" in str(driver.last_error)
    pushed(driver, said(*BMI270, ACC_8G))
    assert "before the configuration" in str(driver.last_error)


def test_one_g_is_one_g(timelines: list[WrittenDown]) -> None:
    driver = ready(BMI160, "03 83 28 0c", "13 83 28 00")
    both_flow(driver, "03 1c" + "000000000008" * 3, "13 07" + "a40000000000" * 3)
    acc, gyr = rows(timelines)
    np.testing.assert_allclose(acc[0], (0.0, 0.0, G))
    np.testing.assert_allclose(gyr[0], (math.radians(10.0), 0.0, 0.0))
