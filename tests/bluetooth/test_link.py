"""What a Bluetooth stack owes a client, on both stacks: scanning, connecting, every sample, and faults of the radio."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from bleak import BleakScanner
from bleak.exc import BleakError

from firmware_protocol import Info, RateSet, SetRate, Started, Stopped, UUIDs
from tracker.sensors.virtual.radio import Anyone, Radio

from .stack import SCAN_WITHIN_S, Talk, client_of, found, kickback

SECONDS = 10
PAUSE_S = 0.5
"""Before connecting again: the system is still clearing away the old connection."""


def consecutive(indices: list[int]) -> bool:
    return indices == list(range(indices[0], indices[0] + len(indices)))


async def reconnected(radio: Radio, sensor: Anyone) -> Talk:
    """Connect again after a loss, and start the stream."""
    await asyncio.sleep(PAUSE_S)
    client = client_of(radio, await found(radio, sensor))
    await client.connect()
    talk = Talk(client)
    assert isinstance(await talk.start(), Started)
    return talk


async def test_scan(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback(), name="Kickback links", rssi_dbm=-71)
    async with BleakScanner(backend=radio.scanner_backend) as scanner, asyncio.timeout(SCAN_WITHIN_S):
        async for device, data in scanner.advertisement_data():
            if device.address == sensor.address and data.local_name is not None:
                break
    assert (device.name, data.local_name) == ("Kickback links", "Kickback links")
    assert UUIDs.MOTION_SERVICE in data.service_uuids
    assert data.rssi == -71


async def test_what_is_discovered(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    async with client_of(radio, await found(radio, sensor)) as client:
        assert client.is_connected
        motion = client.services.get_service(UUIDs.MOTION_SERVICE)
        assert motion is not None
        properties = {one.uuid: set(one.properties) for one in motion.characteristics}
        battery = await client.read_gatt_char(UUIDs.BATTERY_LEVEL)
        serial = await client.read_gatt_char(UUIDs.SERIAL_NUMBER)
    assert properties == {
        UUIDs.INFO: {"read"},
        UUIDs.MOTION: {"notify"},
        UUIDs.CONTROL: {"write", "notify", "indicate"},
    }
    assert (bytes(battery), bytes(serial)) == (bytes([87]), b"KB-0001")
    assert not client.is_connected


@pytest.mark.parametrize("rate_hz", [100, 200])
async def test_every_sample_once(radio: Radio, rate_hz: int) -> None:
    sensor = await radio.add_peripheral(kickback(rate_hz))
    async with client_of(radio, await found(radio, sensor)) as client:
        talk = Talk(client)
        await talk.start()
        await asyncio.sleep(SECONDS)
        assert isinstance(await talk.stop(), Stopped)
        await asyncio.sleep(0.1)
    assert len(talk.indices) >= rate_hz * (SECONDS - 1)
    assert consecutive(talk.indices)
    assert len(talk.indices) == sensor.firmware.sent


async def test_nothing_comes_before_it_is_started_nor_after_it_is_stopped(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    async with client_of(radio, await found(radio, sensor)) as client:
        talk = Talk(client)
        await talk.open()
        await asyncio.sleep(0.3)
        assert talk.motion == []
        await talk.start_stream()
        await talk.until(20, within_s=5)
        await talk.stop()
        stopped_with = len(talk.motion)
        await asyncio.sleep(0.3)
        assert len(talk.motion) == stopped_with


async def test_the_smallest_mtu(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback(), mtu=23)
    async with client_of(radio, await found(radio, sensor)) as client:
        talk = Talk(client)
        info = await talk.open()
        assert info == sensor.firmware.info  # 48 bytes, by several reads
        reply = await talk.ask(SetRate(talk.next_token(), 200))
        assert isinstance(reply, RateSet)
        assert reply.rate.nominal_rate_hz == 50
        await talk.start_stream()
        await talk.until(50, within_s=5)
        await talk.stop()
    assert all(len(packet.samples()) == 1 for _, packet in talk.motion)
    assert consecutive(talk.indices)


async def test_a_fade_ends_in_a_burst_and_loses_nothing(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback(200), mtu=128)
    async with client_of(radio, await found(radio, sensor)) as client:
        talk = Talk(client)
        await talk.start()
        await talk.until(50, within_s=5)
        await radio.fade(3.0)
        await talk.until(sensor.firmware.sent, within_s=5)
        await talk.stop()
        assert client.is_connected
    times = [at for at, _ in talk.motion]
    assert 2.5 < max(later - at for at, later in pairwise(times)) < 3.5
    assert consecutive(talk.indices)


async def test_a_lost_link_is_told_once_and_the_stream_goes_on_after_it(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    told: list[float] = []
    client = client_of(
        radio,
        await found(radio, sensor),
        disconnected_callback=lambda _: told.append(asyncio.get_running_loop().time()),
    )
    await client.connect()
    talk = Talk(client)
    await talk.start()
    await talk.until(50, within_s=5)
    radio.drop()
    await asyncio.sleep(0.5)
    assert len(told) == 1
    assert not client.is_connected
    await client.disconnect()
    again = await reconnected(radio, sensor)
    await again.until(50, within_s=5)
    await again.client.disconnect()
    assert again.indices[0] == len(talk.indices)  # none was made meanwhile
    assert consecutive(again.indices)
    assert again.motion[0][1].time_us > talk.motion[-1][1].time_us + 500_000
    assert len(told) == 1


async def test_three_losses_in_a_row_repeat_nothing(radio: Radio) -> None:
    """BlueZ re-enables what a lost client had subscribed to: without ``disconnect()`` everything comes twice."""
    sensor = await radio.add_peripheral(kickback())
    indices: list[int] = []
    for _ in range(4):
        talk = await reconnected(radio, sensor)
        await talk.until(30, within_s=5)
        radio.drop()
        await asyncio.sleep(0.1)
        await talk.client.disconnect()
        indices += talk.indices
    assert consecutive(indices)


async def test_out_of_reach_and_back(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    client = client_of(radio, await found(radio, sensor))
    await client.connect()
    talk = Talk(client)
    await talk.start()
    radio.jam()
    await asyncio.sleep(7.0)  # supervision timeout: 6 s
    assert not client.is_connected
    await client.disconnect()
    radio.clear()
    again = await reconnected(radio, sensor)
    await again.until(20, within_s=5)
    await again.client.disconnect()


async def test_a_device_that_is_away_costs_the_stated_time_and_a_later_connect_works(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    device = await found(radio, sensor)
    await sensor.power_off()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    with pytest.raises((TimeoutError, BleakError)):
        await client_of(radio, device, timeout=2.0).connect()
    assert loop.time() - begun < 5.0
    await sensor.power_on()
    async with client_of(radio, await found(radio, sensor)) as client:
        assert client.is_connected


async def test_a_restarted_sensor_says_so(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    first = await reconnected(radio, sensor)
    await first.until(20, within_s=5)
    before = Info.from_bytes(await first.client.read_gatt_char(UUIDs.INFO))
    await sensor.power_off()
    await asyncio.sleep(0.2)
    radio.drop(sensor)
    await first.client.disconnect()
    await sensor.power_on()
    again = await reconnected(radio, sensor)
    await again.until(20, within_s=5)
    after = Info.from_bytes(await again.client.read_gatt_char(UUIDs.INFO))
    await again.client.disconnect()
    assert after.boot_id != before.boot_id
    assert again.indices[0] == 0


async def test_two_sensors_and_one_is_lost(radio: Radio) -> None:
    left = await radio.add_peripheral(kickback(), name="left")
    right = await radio.add_peripheral(kickback(seed=1), name="right")
    one, other = await reconnected(radio, left), await reconnected(radio, right)
    await one.until(20, within_s=5)
    radio.drop(left)
    had = len(other.indices)
    await other.until(had + 100, within_s=5)
    assert not one.client.is_connected
    assert other.client.is_connected
    await one.client.disconnect()
    await other.client.disconnect()
    assert consecutive(other.indices)


async def test_the_battery_is_notified(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    async with client_of(radio, await found(radio, sensor)) as client:
        levels: asyncio.Queue[bytes] = asyncio.Queue()
        await client.start_notify(UUIDs.BATTERY_LEVEL, lambda _, data: levels.put_nowait(bytes(data)))
        sensor.firmware.battery_percent = 20
        async with asyncio.timeout(5):
            assert await levels.get() == bytes([20])


@pytest.mark.parametrize("rate_hz", [100, 200])
async def test_every_sample_once_in_real_time(realtime_radio: Radio, rate_hz: int) -> None:
    sensor = await realtime_radio.add_peripheral(kickback(rate_hz))
    async with client_of(realtime_radio, await found(realtime_radio, sensor)) as client:
        talk = Talk(client)
        await talk.start()
        await talk.until(2 * rate_hz, within_s=20)
        await talk.stop()
        await asyncio.sleep(0.1)
    assert consecutive(talk.indices)
    assert len(talk.indices) == sensor.firmware.sent


async def test_fifty_losses(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback())
    indices: list[int] = []
    for _ in range(50):
        talk = await reconnected(emulated_radio, sensor)
        await talk.until(30, within_s=5)
        emulated_radio.drop()
        await talk.client.disconnect()
        indices += talk.indices
    assert sensor.connections == 50
    assert consecutive(indices)
