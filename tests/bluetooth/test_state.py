"""What is told of a sensor: rate, losses, battery."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_protocol import UUIDs
from tracker.motion.samples import Samples
from tracker.recording import GattEvent, Marker, MarkerKind, Operation
from tracker.sensors.state import RATE_OVER_S, Reception
from tracker.sensors.virtual import FAMILY, watch
from tracker.simulation import Link, SensorModel, demo_plan
from tracker.stream import Decoder, Stream


def block(start: int, count: int = 10) -> Samples:
    rows, yes = np.zeros((count, 3)), np.ones(count, dtype=bool)
    return Samples(start, 0.01, rows, rows, yes, ~yes)


def test_the_rate_is_that_of_the_last_seconds() -> None:
    reception = Reception()
    for i in range(100):
        reception.push(block(10 * i), i * 100_000_000)
    assert reception.rate_hz == pytest.approx(100.0)
    for i in range(100, 200):  # every other packet
        reception.push(block(20 * i), 10_000_000_000 + (i - 100) * 200_000_000)
    assert reception.rate_hz == pytest.approx(50.0)


@pytest.mark.parametrize("apart_s", [0.01, 0.1, 1.0, 2.0])
def test_the_rate_does_not_depend_on_the_packets(apart_s: float) -> None:
    reception, count = Reception(), round(apart_s * 100)
    for i in range(1, 12):
        reception.push(block(count * i, count), round(i * apart_s * 1e9))
    assert reception.rate_hz == pytest.approx(100.0)


def test_what_is_missing_was_lost() -> None:
    reception = Reception()
    reception.push(block(0), 0)
    reception.push(block(20), 200_000_000)
    assert (reception.delivered, reception.lost) == (20, 10)
    assert reception.lost_percent == pytest.approx(100 / 3)


def test_an_outage_was_not_lost_on_the_link() -> None:
    reception = Reception()
    reception.push(block(0), 0)
    reception.broke()
    assert reception.rate_hz is None
    reception.push(block(1000), 10_000_000_000)
    assert (reception.lost, reception.lost_percent) == (0, 0.0)


def test_it_remembers_no_more_than_some_seconds() -> None:
    reception = Reception()
    for i in range(10_000):
        reception.push(block(i, 1), i * 10_000_000)
    assert len(reception._arrivals) <= RATE_OVER_S * 100 + 1


def test_a_stream_tells_what_was_lost() -> None:
    sensor = watch(demo_plan("cable", 4), SensorModel(link=Link(loss=0.05)), seed=1)
    stream = Stream(family=FAMILY)
    for event in sensor.events():
        stream.push(event)
    reception = stream.decoder.reception
    assert 2.0 < reception.lost_percent < 8.0
    assert reception.delivered == stream.samples
    assert reception.rate_hz == pytest.approx(95.0, abs=7.0)


def test_an_outage_between_marks_counts_as_none() -> None:
    stream = Stream(family=FAMILY)
    events = list(watch(demo_plan("cable", 4), seed=1).events())
    for event in events[:50]:
        stream.push(event)
    stream.push(Marker(events[50].host_ns, MarkerKind.LINK_LOST, sensor=1))
    for event in events[90:]:
        stream.push(event)
    assert stream.decoder.reception.lost == 0


@pytest.mark.parametrize(("data", "told"), [(b"\x57", 87), (b"\xff", 100), (b"\x00", 0), (b"", None)])
def test_the_standard_battery_level(data: bytes, told: int | None) -> None:
    decoder = Decoder()
    decoder.push(GattEvent(1, 1, Operation.READ, UUIDs.BATTERY_LEVEL.value, data))
    assert decoder.battery_percent == told
