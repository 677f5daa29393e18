"""Every virtual sensor plays the same set, through client and driver, and gives the same repetitions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

from tracker.exercises import exercise
from tracker.motion.values import ExerciseSet
from tracker.recording import GattEvent, Marker
from tracker.sensors import driver_for
from tracker.sensors.client import SensorClient
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.movesense import MTU, MovesenseFirmware
from tracker.sensors.virtual.peripheral import LARGEST_MTU
from tracker.sensors.virtual.polar import PolarFirmware
from tracker.sensors.virtual.radio import Radio
from tracker.sensors.virtual.witmotion import TRUE_BASE, WitMotionFirmware
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import Activity, Plan, SetPlan
from tracker.stream import Stream

from .listening import bluetooth, near

REPS = 6
RANGE_WITHIN_DEG = 1.5
TEMPO_WITHIN_S = 0.02
"""And a sample period: no border is known better."""


@dataclass(frozen=True)
class Kind:
    """A sensor, and what it is expected to deliver."""

    family: str
    name: str
    make: Callable[[Worn], Any]
    rate_hz: float
    mtu: int = LARGEST_MTU


KINDS = (
    Kind("kickback", "Kickback", KickbackFirmware, 100),
    Kind("witmotion", "WT901BLE68", WitMotionFirmware, 100),
    Kind("witmotion", "WT9011DCL", partial(WitMotionFirmware, base=TRUE_BASE), 100),
    Kind("polar", "Polar Sense 0A1B2C3D", PolarFirmware, 52),
    Kind("movesense", "Movesense 203030000123", MovesenseFirmware, 104, MTU),
)


def leg(seed: int) -> Worn:
    one = SetPlan(REPS, concentric_s=1.0, hold_s=0.8, eccentric_s=1.6, bottom_pause_s=1.0)
    return Worn.simulated_by(Plan("cable", (Activity("stand", 4.0), one, Activity("stand", 14.0))), seed=seed)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
async def test_the_same_set(emulated_radio: Radio, kind: Kind, seed: int) -> None:
    worn = leg(seed)
    sensor = await emulated_radio.add_peripheral(kind.make(worn), name=kind.name, mtu=kind.mtu)
    way = bluetooth(emulated_radio)
    found = await near(way, sensor)
    assert found.family is not None
    assert found.family.id == kind.family
    driver = driver_for(kind.family)
    client = SensorClient(found, driver, bluetooth=way)
    items: list[GattEvent | Marker] = []
    await client.open()
    running = asyncio.ensure_future(client.run(items.append))
    await asyncio.sleep(worn.simulated.duration_s + 4.0)  # Polar comes late
    running.cancel()
    await asyncio.wait((running,))

    stream = Stream(exercise("cable"), family=kind.family, info=driver.info)
    values = [value for item in items for value in stream.push(item)] + stream.flush()
    assert stream.errors == 0
    assert stream.rate_hz == pytest.approx(kind.rate_hz, rel=0.01)
    (only,) = [value for value in values if isinstance(value, ExerciseSet)]
    true = [rep for one in worn.simulated.sets for rep in one.reps]
    assert len(only.reps) == len(true) == REPS
    assert ranges(only.reps) == pytest.approx(ranges(true), abs=RANGE_WITHIN_DEG)
    apart_s = np.abs(phases(only.reps) - phases(true)).mean(axis=0)
    assert apart_s.max() < TEMPO_WITHIN_S + 1 / kind.rate_hz


def ranges(reps: Any) -> list[float]:
    return [rep.range_deg for rep in reps]


def phases(reps: Any) -> np.ndarray:
    """Return concentric, hold and eccentric times, shape (n, 3)."""
    borders = [(rep.start_s, rep.peak_start_s, rep.peak_end_s, rep.end_s) for rep in reps]
    return np.diff(np.array(borders, dtype=float), axis=1)
