"""The virtual kickback sensor keeps its protocol (firmware_protocol/README.md)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from firmware_protocol import (
    MotionFlags,
    Ping,
    Pong,
    RangesSet,
    RateSet,
    Refused,
    SetRanges,
    SetRate,
    Start,
    Started,
    Status,
    Stop,
    Stopped,
    UUIDs,
)
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.peripheral import Peripheral
from tracker.sensors.virtual.radio import Radio
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import SensorModel, demo_plan

from .stack import Talk, client_of, found, kickback


@asynccontextmanager
async def talking(radio: Radio, firmware: KickbackFirmware) -> AsyncIterator[tuple[Talk, Peripheral[KickbackFirmware]]]:
    sensor = await radio.add_peripheral(firmware)
    async with client_of(radio, await found(radio, sensor)) as client:
        talk = Talk(client)
        await talk.open()
        yield talk, sensor


async def test_what_is_busy_while_streaming(emulated_radio: Radio) -> None:
    async with talking(emulated_radio, kickback()) as (talk, _):
        await talk.start_stream()
        for command in (Start(9), SetRate(9, 50), SetRanges(9, 4, 500)):
            assert await talk.ask(command) == Refused(9, command.opcode, Status.BUSY)
        assert isinstance(await talk.ask(Ping(10)), Pong)
        assert await talk.ask(Stop(11)) == Stopped(11)
        assert await talk.ask(Stop(12)) == Stopped(12)


async def test_start_needs_a_subscription(emulated_radio: Radio) -> None:
    async with talking(emulated_radio, kickback()) as (talk, sensor):
        await talk.client.stop_notify(UUIDs.MOTION)
        assert await talk.ask(Start(1)) == Refused(1, Start.opcode, Status.NOT_SUBSCRIBED)
        assert not sensor.firmware.is_streaming


@pytest.mark.parametrize(
    ("written", "reply"),
    [
        ("7e09", Refused(9, 0x7E, Status.UNSUPPORTED)),
        ("030932", Refused(9, 3, Status.BAD_VALUE)),
        ("03090000", Refused(9, 3, Status.BAD_VALUE)),
        ("040920000000", Refused(9, 4, Status.BAD_VALUE)),
        ("04092000d007", Refused(9, 4, Status.BAD_VALUE)),  # 32 g: the chip ends at 16
        ("01", None),
        ("8109", None),
    ],
)
async def test_bad_commands(emulated_radio: Radio, written: str, reply: Refused | None) -> None:
    async with talking(emulated_radio, kickback()) as (talk, _):
        await talk.client.write_gatt_char(UUIDs.CONTROL, bytes.fromhex(written), response=True)
        await asyncio.sleep(0.5)
        assert (talk.replies.get_nowait() if not talk.replies.empty() else None) == reply


@pytest.mark.parametrize(("asked", "given"), [(1, 50), (104, 100), (160, 200), (1000, 200)])
async def test_the_nearest_rate(emulated_radio: Radio, asked: int, given: int) -> None:
    async with talking(emulated_radio, kickback()) as (talk, sensor):
        reply = await talk.ask(SetRate(1, asked))
        assert isinstance(reply, RateSet)
        assert reply.rate.nominal_rate_hz == given
        assert sensor.firmware.info.rate == reply.rate
        await talk.start_stream()
        await talk.until(given, within_s=2)
        apart_us = talk.motion[1][1].time_us - talk.motion[0][1].time_us
        assert apart_us / len(talk.motion[0][1].samples()) == pytest.approx(1e6 / given, abs=1)


async def test_the_next_larger_ranges(emulated_radio: Radio) -> None:
    async with talking(emulated_radio, kickback()) as (talk, sensor):
        reply = await talk.ask(SetRanges(1, 5, 251))
        assert isinstance(reply, RangesSet)
        assert (reply.scales.acc_range_g, reply.scales.gyr_range_dps) == (8, 500)
        await talk.start_stream()
        await talk.until(20, within_s=2)
        scale = sensor.firmware.info.scales.acc_scale
        rest = np.array(talk.motion[0][1].samples(), dtype=float)[:, :3] * scale
        assert np.linalg.norm(rest, axis=1) == pytest.approx(9.8, abs=0.5)


async def test_the_end_of_the_subscription_ends_the_stream(emulated_radio: Radio) -> None:
    async with talking(emulated_radio, kickback()) as (talk, sensor):
        await talk.start_stream()
        await talk.client.stop_notify(UUIDs.MOTION)
        assert not sensor.firmware.is_streaming


async def test_streams_are_numbered_from_the_boot_id(emulated_radio: Radio) -> None:
    async with talking(emulated_radio, kickback()) as (talk, sensor):
        boot_id = sensor.firmware.boot_id
        for number in (1, 2, 3):
            started = await talk.start_stream()
            assert isinstance(started, Started)
            assert (started.boot_id, started.stream) == (boot_id, (boot_id + number) % 256)
            await talk.stop()


async def test_an_overflow_of_the_sensors_queue(emulated_radio: Radio) -> None:
    async with talking(emulated_radio, kickback()) as (talk, sensor):
        await talk.start_stream()
        await talk.until(20, within_s=2)
        sensor.firmware.lose(35)
        had = len(talk.motion)
        await talk.until(100, within_s=5)
    lost = [packet.index for _, packet in talk.motion if packet.flags & MotionFlags.LOST]
    assert len(lost) == 1
    assert sum(np.diff(talk.indices) - 1) == 35
    assert max(np.diff(talk.indices)) == 36
    assert had < len(talk.motion)


async def test_index_and_clock_go_round(emulated_radio: Radio) -> None:
    model = SensorModel(clock_ppm=50.0)
    worn = Worn.simulated_by(demo_plan("cable", 1), model, repeat=True)
    firmware = KickbackFirmware(worn, first_index=2**16 - 20, boot_age_s=2**32 / 1e6 - 2)
    async with talking(emulated_radio, firmware) as (talk, _):
        await talk.start_stream()
        await talk.until(400, within_s=6)
    first, last = talk.motion[0][1], talk.motion[-1][1]
    assert first.index > last.index
    assert first.time_us > last.time_us
    assert (last.time_us - first.time_us) % 2**32 == pytest.approx((last.index - first.index) % 2**16 * 1e4, rel=1e-4)


async def test_samples_arrive_when_they_are_made(emulated_radio: Radio) -> None:
    async with talking(emulated_radio, kickback()) as (talk, _):
        await talk.start_stream()
        await talk.until(500, within_s=8)
    arrived = np.array([at for at, _ in talk.motion])
    made = np.array([packet.time_us * 1e-6 + 0.09 for _, packet in talk.motion])  # of the last of ten
    assert np.ptp(arrived - made) < 0.001


async def test_the_leg_moves_on_while_the_link_is_lost(emulated_radio: Radio) -> None:
    """The same instant of the movement is the same sample, whether or not there was a link before."""
    whole, cut = kickback(repeat=False), kickback(repeat=False)
    async with talking(emulated_radio, whole) as (talk, _):
        await talk.start_stream()
        await talk.until(600, within_s=8)
        expected = [row for _, packet in talk.motion for row in packet.samples()]
    async with talking(emulated_radio, cut) as (talk, sensor):
        await talk.start_stream()
        await talk.until(100, within_s=3)
        began_us = talk.motion[0][1].time_us
        await talk.stop()
        await asyncio.sleep(2.0)
        before = len(talk.motion)
        await talk.start_stream()
        await talk.until(200, within_s=5)
        again = talk.motion[before][1]
        assert again.index == sum(len(packet.samples()) for _, packet in talk.motion[:before])
        skipped = round((again.time_us - began_us) / 1e4)
        assert skipped > 290
        assert again.samples()[0] == expected[skipped]
        assert not sensor.firmware.chip.ended.is_set()


async def test_a_leg_that_is_done_rests(emulated_radio: Radio) -> None:
    firmware = KickbackFirmware(Worn.simulated_by(demo_plan("cable", 1), SensorModel.ideal()))
    async with talking(emulated_radio, firmware) as (talk, _):
        await talk.start_stream()
        async with asyncio.timeout(60):
            await firmware.chip.ended.wait()
        await asyncio.sleep(1.0)
    rows = [row for _, packet in talk.motion for row in packet.samples()]
    assert len(set(rows[-50:])) == 1
