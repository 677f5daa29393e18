"""Nonsense on every characteristic that a driver knows: counted and told, never raised, never remembered for long."""

from __future__ import annotations

import pickle
import random
import struct
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_protocol import ProtocolError
from tracker.recording.model import GattEvent, Operation
from tracker.sensors import FAMILIES, SensorDriver, dot, driver_for
from tracker.stream import Decoder

from .encoders import STARTED_NS, session
from .traffic import MS, WrittenDown, first_steps

each_family = pytest.mark.parametrize("family", FAMILIES)
LATER_NS = 60_000 * MS
OTHER_UUID = "0000fe40-cc7a-482a-984a-7f2ed5b3e58f"
LONGEST_VALUE, SHORTEST_FRAME = 512, 20
REASSEMBLE = ("witmotion", "movesense")
"""Their messages reach from one notification into the next."""
FEWER = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@cache
def valid(family: str, seconds: float = 2.6) -> tuple[GattEvent, ...]:
    """The start of a session, and its first seconds."""
    until_ns = STARTED_NS + round(seconds * 1e9)
    events = session(family)
    first_ns = events[0].host_ns if events[0].host_ns > STARTED_NS else STARTED_NS
    return tuple(item for item in events if item.host_ns <= first_ns - STARTED_NS + until_ns)


def characteristics(family: str) -> list[str]:
    """All that the driver asks for, writes to, or is told by."""
    driver = driver_for(family)
    steps = [*first_steps(driver), *driver.stop()]
    return sorted({step.uuid for step in steps} | {item.uuid for item in valid(family)} | {OTHER_UUID})


operations = st.sampled_from(list(Operation))
gaps_ns = st.one_of(st.integers(0, 50 * MS), st.integers(0, 3_000 * MS), st.just(0))


@st.composite
def made_up(draw: st.DrawFn, family: str) -> GattEvent:
    """Random bytes; some of the length, or with the beginning, of what is valid."""
    example = draw(st.sampled_from(valid(family)))
    size = draw(st.one_of(st.just(len(example.data)), st.integers(0, 40), st.just(LONGEST_VALUE)))
    head = draw(st.integers(0, min(4, size)))
    data = example.data[:head] + draw(st.binary(min_size=max(0, size - head), max_size=max(0, size - head)))
    uuid = draw(st.sampled_from(characteristics(family)))
    return GattEvent(0, 1, draw(operations), uuid, data)


@st.composite
def damaged(draw: st.DrawFn, family: str) -> GattEvent:
    """Valid traffic: cut, lengthened, bent, on another characteristic, or as it is."""
    item = draw(st.sampled_from(valid(family)))
    data = bytearray(item.data)
    match draw(st.sampled_from(["cut", "lengthened", "bent", "elsewhere", "otherwise", "as it is"])):
        case "cut":
            del data[draw(st.integers(0, len(data))) :]
        case "lengthened":
            data += draw(st.binary(max_size=30))
        case "bent" if data:
            for _ in range(draw(st.integers(1, 3))):
                data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
        case "elsewhere":
            item = replace(item, uuid=draw(st.sampled_from(characteristics(family))))
        case "otherwise":
            item = replace(item, operation=draw(operations))
    return replace(item, data=bytes(data))


@st.composite
def nonsense(draw: st.DrawFn, family: str) -> list[GattEvent]:
    """Anything, in any order, as time goes on."""
    items = draw(st.lists(st.one_of(made_up(family), damaged(family)), max_size=25))
    at_ns, out = STARTED_NS, []
    for item in items:
        at_ns += draw(gaps_ns)
        out.append(replace(item, host_ns=at_ns))
    return out


def survive(family: str, driver: SensorDriver, events: Sequence[GattEvent]) -> None:
    """Push; whatever is wrong must be counted and told."""
    reassembles = family in REASSEMBLE
    for item in events:
        before = driver.errors
        packets = driver.push(item)
        if driver.errors > before:
            assert isinstance(driver.last_error, ProtocolError)
            assert driver.last_error.message
        if not reassembles:
            assert driver.errors in (before, before + 1)
            assert driver.errors == before or getattr(driver.last_error, "data", None) == item.data
        assert before <= driver.errors <= before + LONGEST_VALUE // SHORTEST_FRAME
        assert driver.battery_percent is None or 0 <= driver.battery_percent <= 100
        for packet in packets:
            assert packet.acc.shape == packet.gyr.shape == (len(packet.clipped), 3)
            assert np.isfinite(packet.acc).all()
            assert np.isfinite(packet.gyr).all()
            assert driver.period_s is not None


def later(events: Sequence[GattEvent], after: Sequence[GattEvent]) -> list[GattEvent]:
    """The same traffic, well after another."""
    shift_ns = (after[-1].host_ns if after else 0) + LATER_NS
    return [replace(item, host_ns=item.host_ns + shift_ns) for item in events]


@each_family
@FEWER
@given(st.data())
def test_push_never_raises(family: str, data: st.DataObject) -> None:
    driver = driver_for(family)
    events = data.draw(nonsense(family))
    survive(family, driver, events)
    errors = driver.errors
    again = later(valid(family), events)
    survive(family, driver, again)
    left_over = family in REASSEMBLE  # the beginning of a message, found wrong only now
    assert driver.errors <= errors + left_over, f"valid traffic is taken for nonsense: {driver.last_error}"


@each_family
@FEWER
@given(st.data())
def test_neither_does_what_stands_on_it(family: str, data: st.DataObject) -> None:
    """The decoder adds the sample clock, which may be told any index and any time."""
    decoder = Decoder(family=family)
    for item in data.draw(nonsense(family)):
        for samples in decoder.push(item):
            assert np.isfinite(samples.acc).all()
        assert decoder.errors >= 0


def rows_of(driver: SensorDriver, events: Sequence[GattEvent], timelines: list[WrittenDown]) -> list[list[float]]:
    """What a driver makes of events: rows of its packets, or those that it hands to its timelines."""
    before = [len(timeline.placed) for timeline in timelines]
    packets = [packet for item in events for packet in driver.push(item)]
    rows = [row for packet in packets for row in np.hstack((packet.acc, packet.gyr)).tolist()]
    for timeline, skip in zip(timelines, [*before, *[0] * len(timelines)], strict=False):
        rows += [row for placed in timeline.placed[skip:] for row in np.hstack((placed.acc, placed.gyr)).tolist()]
    return rows


@each_family
@FEWER
@given(data=st.data())
def test_what_comes_after_is_decoded_as_before(family: str, data: st.DataObject, timelines: list[WrittenDown]) -> None:
    timelines.clear()
    expected = rows_of(driver_for(family), valid(family), timelines)
    assert len(expected) > 60
    timelines.clear()
    driver = driver_for(family)
    events = data.draw(nonsense(family))
    for item in events:
        driver.push(item)
    assert rows_of(driver, later(valid(family), events), timelines) == expected


def noise(family: str, count: int, seed: int) -> list[GattEvent]:
    """Long nonsense, half of it near to what is valid."""
    rng = random.Random(seed)
    uuids, examples = characteristics(family), valid(family)
    out, at_ns = [], STARTED_NS
    for _ in range(count):
        at_ns += rng.randrange(20 * MS)
        item = rng.choice(examples)
        data = bytearray(item.data)
        if rng.random() < 0.5:
            item = replace(item, uuid=rng.choice(uuids), operation=rng.choice(list(Operation)))
            data = bytearray(rng.randbytes(rng.choice((len(data), rng.randrange(LONGEST_VALUE)))))
        elif data and rng.random() < 0.8:
            data[rng.randrange(len(data))] = rng.randrange(256)
        out.append(replace(item, data=bytes(data), host_ns=at_ns))
    return out


@each_family
@pytest.mark.parametrize("seed", [0, 1])
def test_memory_is_bounded(family: str, seed: int) -> None:
    """Four minutes of nonsense leave no more than one did."""
    driver = driver_for(family)
    sizes = []
    for k, item in enumerate(noise(family, 24_000, seed)):
        driver.push(item)
        if k % 500 == 0:
            sizes.append(len(pickle.dumps(driver)))
    assert driver.errors > 1000
    assert max(sizes) < 500_000


def test_a_clock_that_hardly_moves_is_not_waited_for_without_end() -> None:
    driver = driver_for("movella-dot")
    survive("movella-dot", driver, valid("movella-dot")[:2])
    for k in range(20_000):
        data = struct.pack("<I6f12x", k, 0, 0, 9.8, 0, 0, 0)
        driver.push(GattEvent(STARTED_NS + k * 16 * MS, 1, Operation.NOTIFY, dot.PAYLOAD, data))
    assert len(pickle.dumps(driver)) < 500_000
