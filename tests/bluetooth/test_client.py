"""The client on both stacks: every sample, losses of the link, sensors that are away, and the person's own stop."""

from __future__ import annotations

import asyncio

import pytest

from firmware_protocol import UUIDs
from tracker.motion.values import Rep
from tracker.recording import GattEvent, MarkerKind, Operation
from tracker.sensors.errors import LinkError
from tracker.sensors.scanning import UNHEARD_DBM
from tracker.sensors.state import Phase
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.radio import Radio
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import Activity, Plan, SetPlan

from .listening import bluetooth, client_for, heard, near
from .stack import Stack, client_of, found, kickback

SECONDS = 10
STOP_WITHIN_S = 8.0
"""As the README has it."""


def leg(reps: int = 5, *, seed: int = 1) -> KickbackFirmware:
    """Make a sensor on a leg that does one set."""
    one = SetPlan(reps, concentric_s=1.0, hold_s=0.8, eccentric_s=1.6, bottom_pause_s=1.0)
    plan = Plan("cable", (Activity("stand", 3.0), one, Activity("stand", 2.0)))
    return KickbackFirmware(Worn.simulated_by(plan, seed=seed))


def true_reps(firmware: KickbackFirmware) -> list[Rep]:
    """Return what the leg does; seconds since it began to move."""
    return [rep for one in firmware.chip.worn.simulated.sets for rep in one.reps]


def untouched(firmware: KickbackFirmware, outages: list[tuple[float, float]]) -> list[Rep]:
    """Return the repetitions that no outage touched."""
    return [
        rep for rep in true_reps(firmware) if not any(rep.start_s < end and begin < rep.end_s for begin, end in outages)
    ]


def found_again(counted: list[Rep], true: list[Rep]) -> list[float]:
    """Return the starts of the true repetitions that overlap exactly one counted one."""
    return [t.start_s for t in true if sum(c.start_s < t.end_s and t.start_s < c.end_s for c in counted) == 1]


async def test_what_is_near_is_told(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback(), name="Kickback client", rssi_dbm=-71)
    found = await near(bluetooth(radio), sensor)
    assert found.family is not None
    assert (found.family.id, found.name, found.advertisement.rssi) == ("kickback", "Kickback client", -71)


@pytest.mark.parametrize("rate_hz", [100, 200])
async def test_every_sample_once(radio: Radio, rate_hz: int) -> None:
    sensor = await radio.add_peripheral(kickback(50))
    client = await client_for(radio, sensor, rate_hz=rate_hz)
    async with heard(client) as found:
        await asyncio.sleep(SECONDS)
        state = found.stream.decoder.reception
        assert state.rate_hz == pytest.approx(rate_hz, rel=0.03)
        assert client.state.phase is Phase.UP
    assert found.stream.rate_hz == pytest.approx(rate_hz, rel=0.01)
    assert found.samples == sensor.firmware.sent >= (SECONDS - 1) * rate_hz
    assert (found.gaps, found.stream.errors, state.lost_percent) == ([], 0, 0.0)
    assert found.stream.decoder.battery_percent == 87
    assert client.state.phase is Phase.ENDED


async def test_everything_that_goes_over_the_air_is_handed_on(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    async with heard(await client_for(radio, sensor)) as found:
        await found.until_samples(50, within_s=5)
    events = [item for item in found.items if isinstance(item, GattEvent)]
    assert events == found.items
    told = [(event.operation, event.uuid) for event in events]
    read, write = (Operation.READ, UUIDs.INFO), (Operation.WRITE, UUIDs.CONTROL)
    assert told.count((Operation.READ, UUIDs.BATTERY_LEVEL)) == 1
    first_motion = next(i for i, (_, uuid) in enumerate(told) if uuid == UUIDs.MOTION)
    assert told.index(read) < told.index(write) < first_motion
    assert told.count(write) == 3  # STOP what may still run, START, and STOP at the end
    assert told[-1][1] == UUIDs.CONTROL  # the reply to STOP
    assert [event.host_ns for event in events] == sorted(event.host_ns for event in events)
    assert {event.sensor for event in events} == {1}


async def test_the_persons_own_stop(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    async with heard(await client_for(radio, sensor)) as found:
        await found.until_samples(50, within_s=5)
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < STOP_WITHIN_S
    await asyncio.sleep(0.2)
    assert not sensor.firmware.is_streaming
    assert not sensor.is_connected
    count = len(found.items)
    await asyncio.sleep(3.0)
    assert (sensor.connections, len(found.items)) == (1, count)
    assert found.marks(MarkerKind.LINK_LOST) == []


async def test_the_persons_stop_while_the_link_is_gone(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    async with heard(await client_for(radio, sensor)) as found:
        await found.until_samples(50, within_s=5)
        await sensor.power_off()
        radio.drop(sensor)
        await asyncio.sleep(2.0)
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < STOP_WITHIN_S
    assert found.came_back is None
    assert found.client.state.phase is Phase.ENDED


async def test_the_persons_stop_while_the_link_fades(radio: Radio) -> None:
    """The stop command gets no answer, the disconnection perhaps none either."""
    sensor = await radio.add_peripheral(kickback())
    async with heard(await client_for(radio, sensor)) as found:
        await found.until_samples(50, within_s=5)
        radio.jam(sensor)
        await asyncio.sleep(0.5)
        begun = asyncio.get_running_loop().time()
    took_s = asyncio.get_running_loop().time() - begun
    radio.clear()
    assert took_s < STOP_WITHIN_S + 0.5


async def test_a_loss_in_a_set_costs_what_it_touched_and_no_more(radio: Radio) -> None:
    firmware = leg()
    sensor = await radio.add_peripheral(firmware)
    client = await client_for(radio, sensor)
    async with heard(client) as found:
        await asyncio.sleep(true_reps(firmware)[1].start_s + 1.0)  # in the middle of the second
        radio.drop(sensor)
        await found.until(lambda: bool(found.marks(MarkerKind.LINK_BACK)), within_s=10)
        assert client.state.phase is Phase.UP
        assert client.state.losses == 1
        await found.until(firmware.chip.ended.is_set, within_s=60)
    (gap,) = found.gaps
    (one,) = found.sets
    expected = untouched(firmware, [(gap.start_s, gap.end_s)])
    assert 0.4 < gap.end_s - gap.start_s < 5.0
    assert len(expected) >= 3
    assert found_again(found.reps, expected) == [rep.start_s for rep in expected]
    assert len(expected) <= len(one.reps) <= len(true_reps(firmware))
    assert (len(found.marks(MarkerKind.LINK_LOST)), len(found.marks(MarkerKind.LINK_BACK))) == (1, 1)
    assert found.samples <= firmware.sent
    assert found.stream.decoder.reception.lost == 0


async def test_three_losses_in_a_row_repeat_nothing(radio: Radio) -> None:
    """BlueZ delivers everything 2×, 3×, 4× after losses, if the lost client is not disconnected."""
    sensor = await radio.add_peripheral(kickback())
    async with heard(await client_for(radio, sensor)) as found:
        for _ in range(3):
            await found.until_samples(60, within_s=10)
            radio.drop(sensor)
            await asyncio.sleep(0.2)
        await found.until_samples(60, within_s=10)
    motion = [item.data for item in found.items if isinstance(item, GattEvent) and item.uuid == UUIDs.MOTION]
    assert len(set(motion)) == len(motion)
    assert found.samples <= sensor.firmware.sent
    assert found.samples >= sensor.firmware.sent - 3 * 30  # what was on its way when the link broke
    assert len(found.gaps) == len(found.marks(MarkerKind.LINK_BACK)) == 3
    assert sensor.connections == 4


async def test_switched_off_for_good(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    client = await client_for(radio, sensor, give_up_s=6.0)
    async with heard(client) as found:
        await found.until_samples(200, within_s=10)
        had = found.samples
        await sensor.power_off()
        lost = asyncio.get_running_loop().time()
        await found.until(lambda: found.came_back is not None, within_s=40)
        took_s = asyncio.get_running_loop().time() - lost
    assert found.came_back is False
    assert client.state.phase is Phase.GONE
    assert client.state.why
    assert took_s < 6.0 + 6.0 + 5.0  # supervision timeout, looking for it, disconnecting
    assert found.samples >= had
    assert (len(found.marks(MarkerKind.LINK_LOST)), found.marks(MarkerKind.LINK_BACK)) == (1, [])


async def test_back_after_a_change_of_battery(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    async with heard(await client_for(radio, sensor)) as found:
        await found.until_samples(100, within_s=10)
        had = found.samples
        await sensor.power_off()
        radio.drop(sensor)
        await asyncio.sleep(3.0)
        await sensor.power_on()
        await found.until_samples(100, within_s=20)
    (gap,) = found.gaps
    assert gap.end_s - gap.start_s > 2.5
    assert gap.start_s == pytest.approx(had / 100, abs=0.35)


async def test_an_absent_sensor_costs_the_stated_time_and_a_later_connect_works(radio: Radio) -> None:
    sensor = await radio.add_peripheral(kickback())
    client = await client_for(radio, sensor)
    await sensor.power_off()
    begun = asyncio.get_running_loop().time()
    with pytest.raises(LinkError, match="no connection within 5 s") as told:
        await client.open(within_s=5.0)
    assert asyncio.get_running_loop().time() - begun < 5.0 + 5.0  # and to disconnect
    assert "\n" not in str(told.value)
    await sensor.power_on()
    async with heard(await client_for(radio, sensor)) as found:
        await found.until_samples(50, within_s=5)


async def test_a_connection_that_a_killed_program_left_behind(radio: Radio, stack: Stack) -> None:
    """BlueZ keeps it, so that the sensor does not advertise."""
    if stack.name != "bluez":
        pytest.skip("no other system keeps it")
    sensor = await radio.add_peripheral(kickback(), name="Kickback kept")
    killed = client_of(radio, await found(radio, sensor))
    await killed.connect()
    again = await client_for(radio, sensor)
    assert (again.found.name, again.found.family is not None) == ("Kickback kept", True)
    assert again.found.advertisement.rssi == UNHEARD_DBM
    async with heard(again) as on:
        await on.until_samples(50, within_s=5)
    await killed.disconnect()


async def test_two_sensors_and_one_is_lost(radio: Radio) -> None:
    left = await radio.add_peripheral(kickback(), name="left")
    right = await radio.add_peripheral(kickback(seed=1), name="right")
    one, other = await client_for(radio, left), await client_for(radio, right, number=2)
    async with heard(one) as on_left, heard(other) as on_right:
        await on_right.until_samples(50, within_s=10)
        radio.drop(left)
        await on_left.until(lambda: bool(on_left.marks(MarkerKind.LINK_BACK)), within_s=15)
        await on_left.until_samples(50, within_s=5)
    assert {item.sensor for item in on_right.items} == {2}
    assert {item.sensor for item in on_left.items} == {1}
    assert on_right.samples == right.firmware.sent
    assert (len(on_left.gaps), on_right.gaps) == (1, [])
