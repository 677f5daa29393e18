"""Units at rest: what is right is never doubted, what is wrong is said once it lies still."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tracker.motion.samples import Samples
from tracker.sensors.units import ENOUGH, GRAVITY_M_S2, Rest, RestCheck
from tracker.sensors.virtual import watch
from tracker.simulation import Activity, Plan, SensorModel, SetPlan, scenario, sense, simulate
from tracker.stream import Decoder

Array = NDArray[np.float64]
RNG = np.random.default_rng(0)


def still(seconds: float, rate_hz: int = 100, size: float = GRAVITY_M_S2, noise: float = 0.03) -> Array:
    """Acceleration of a sensor that lies on a table, askew."""
    up = np.array([2.0, -1.0, 2.0]) / 3
    return np.asarray(size * up + noise * RNG.normal(size=(round(seconds * rate_hz), 3)))


def blocks(acc: Array, size: int, rate_hz: int = 100, start: int = 0) -> list[Samples]:
    out = []
    for at in range(0, len(acc), size):
        part = acc[at : at + size]
        valid, no = np.ones(len(part), dtype=bool), np.zeros(len(part), dtype=bool)
        out.append(Samples(start + at, 1 / rate_hz, part, np.zeros_like(part), valid, no))
    return out


def checked(acc: Array, size: int = 10, rate_hz: int = 100) -> Rest | None:
    check = RestCheck(1 / rate_hz)
    for block in blocks(acc, size, rate_hz):
        check.push(block)
    return check.rest


@pytest.mark.parametrize("rate_hz", [25, 50, 104, 200, 416])
def test_a_right_sensor_fits(rate_hz: int) -> None:
    rest = checked(still(5, rate_hz), rate_hz=rate_hz)
    assert rest is not None
    assert rest.fits
    assert rest.gravity_m_s2 == pytest.approx(GRAVITY_M_S2, rel=0.01)


@pytest.mark.parametrize(
    ("factor", "what"),
    [
        (1 / GRAVITY_M_S2, "g"),
        (1000 / GRAVITY_M_S2, "milli-g"),
        (0.5, "range one step too small"),
        (2.0, "range one step too large"),
        (0.001, "km/s²"),
        (32.174 / GRAVITY_M_S2, "feet"),
    ],
)
def test_wrong_units_are_reported_with_what_was_read(factor: float, what: str) -> None:
    rest = checked(still(5) * factor)
    assert rest is not None, what
    assert not rest.fits
    assert rest.gravity_m_s2 == pytest.approx(GRAVITY_M_S2 * factor, rel=0.05)
    assert "not 9.8" in str(rest)


@pytest.mark.parametrize("size", [0.0, 0.02])
def test_gravity_that_was_taken_off_is_reported(size: float) -> None:
    rest = checked(still(5, size=size, noise=0.01))
    assert rest is not None
    assert not rest.fits


def test_nothing_is_said_before_it_was_still_for_long_enough() -> None:
    assert checked(still(0.5 * ENOUGH - 0.01)) is None
    assert checked(still(0.5 * ENOUGH)) is not None


def test_nothing_is_said_while_it_moves() -> None:
    angle = np.cumsum(np.full(3000, 0.01))  # 57 °/s
    turning = GRAVITY_M_S2 * np.column_stack([np.sin(angle), np.zeros(3000), np.cos(angle)])
    assert checked(turning / GRAVITY_M_S2) is None


@pytest.mark.parametrize("size", [1, 3, 7, 50, 64, 500, 10_000])
def test_packets_make_no_difference(size: int) -> None:
    acc = np.concatenate([still(3), still(2, noise=2.0), still(3)])
    assert checked(acc, size) == checked(acc, 1)


def test_windows_do_not_reach_across_holes() -> None:
    check = RestCheck(0.01)
    for k in range(50):  # 0.3 s each: never a whole window
        for block in blocks(still(0.3), 10, start=100 * k):
            check.push(block)
    assert check.rest is None


def test_memory_is_bounded() -> None:
    check = RestCheck(0.01)
    for block in blocks(np.tile(still(10), (60, 1)), 10):
        check.push(block)
        assert sum(map(len, check._blocks)) < 60


@cache
def session(rate_hz: int, exercise: str) -> Array:
    simulated = simulate(scenario("nominal", exercise, 3), 3)
    return sense(simulated, SensorModel(rate_hz=rate_hz), 3, notify=False).acc


@pytest.mark.parametrize("exercise", ["cable", "band", "glute-bridge"])
@pytest.mark.parametrize("rate_hz", [25, 100])
def test_a_whole_session_never_looks_wrong(rate_hz: int, exercise: str) -> None:
    check = RestCheck(1 / rate_hz)
    said: set[bool] = set()
    for block in blocks(session(rate_hz, exercise), 10, rate_hz):
        check.push(block)
        if check.rest is not None:
            said.add(check.rest.fits)
    assert said == {True}


def test_any_familys_stream_says_it() -> None:
    decoder = Decoder()
    assert decoder.rest is None
    for item in watch(Plan("cable", (Activity("stand", 5.0), SetPlan(1)))).events():
        decoder.push(item)
    assert decoder.rest is not None
    assert decoder.rest.fits


def rests(accs: Iterable[Array]) -> list[Rest | None]:
    return [checked(acc) for acc in accs]


def test_one_odd_window_decides_nothing() -> None:
    odd = still(0.5, size=6.0)
    first, later = rests([np.concatenate([odd, still(1.0)]), np.concatenate([still(3.0), odd])])
    assert first is not None
    assert first.fits
    assert later is not None
    assert later.fits
