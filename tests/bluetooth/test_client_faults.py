"""The client against what radios and sensors do wrong. In this process, on a loop that skips sleeps."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from bumble.gatt import Service

from firmware_protocol import Refused, Reply, Start, Status, UUIDs
from firmware_protocol.commands import Command
from tracker.recording import GattEvent, Marker, MarkerKind, Operation
from tracker.sensors.client import SILENT_S
from tracker.sensors.errors import LinkError
from tracker.sensors.state import Phase
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.peripheral import Board
from tracker.sensors.virtual.radio import Radio
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import SensorModel, demo_plan

from ..motion.test_memory import size_bytes
from .listening import client_for, heard
from .stack import kickback

HOUR_S = 3600


async def test_fifty_losses(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback())
    async with heard(await client_for(emulated_radio, sensor)) as found:
        for _ in range(50):
            await found.until_samples(30, within_s=10)
            emulated_radio.drop()
            await asyncio.sleep(0.1)
        await found.until_samples(30, within_s=10)
    assert sensor.connections == 51
    assert len(found.marks(MarkerKind.LINK_LOST)) == len(found.marks(MarkerKind.LINK_BACK)) == 50
    assert len(found.gaps) == 50
    assert sensor.firmware.sent - 50 * 30 <= found.samples <= sensor.firmware.sent
    assert found.stream.errors == 0


async def test_a_loss_while_it_is_set_up_again(emulated_radio: Radio) -> None:
    """It breaks again at each moment of the way back."""
    sensor = await emulated_radio.add_peripheral(kickback())
    async with heard(await client_for(emulated_radio, sensor)) as found:
        for tenth in range(20):
            await found.until_samples(30, within_s=10)
            emulated_radio.drop()
            await asyncio.sleep(0.45 + 0.02 * tenth)
            emulated_radio.drop()
        await found.until_samples(30, within_s=20)
    assert found.samples <= sensor.firmware.sent
    assert len(found.gaps) == len(found.marks(MarkerKind.LINK_BACK)) == len(found.marks(MarkerKind.LINK_LOST))


async def test_the_link_is_marked_before_what_comes_over_it(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback())
    async with heard(await client_for(emulated_radio, sensor)) as found:
        await found.until_samples(100, within_s=10)
        emulated_radio.drop()
        await asyncio.sleep(0.2)
        await found.until_samples(100, within_s=10)
    kinds = [item.kind if isinstance(item, Marker) else item.operation for item in found.items]
    lost, back = kinds.index(MarkerKind.LINK_LOST), kinds.index(MarkerKind.LINK_BACK)
    assert back == lost + 1
    assert kinds[lost - 1] is Operation.NOTIFY
    assert kinds[back + 1] is Operation.READ
    assert all(one.host_ns <= other.host_ns for one, other in pairwise(found.items))


async def test_a_fade_ends_in_a_burst_and_loses_nothing(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback(200))
    async with heard(await client_for(emulated_radio, sensor, rate_hz=200)) as found:
        await found.until_samples(200, within_s=5)
        await emulated_radio.fade(3.0)
        await found.until_samples(900, within_s=5)
        assert found.stream.decoder.reception.rate_hz == pytest.approx(200, rel=0.05)
    assert found.samples == sensor.firmware.sent
    assert (found.gaps, found.marks(MarkerKind.LINK_LOST)) == ([], [])


async def test_the_smallest_mtu(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback(), mtu=23)
    async with heard(await client_for(emulated_radio, sensor, rate_hz=50)) as found:
        await found.until_samples(500, within_s=12)
    motion = [item for item in found.items if isinstance(item, GattEvent) and item.uuid == UUIDs.MOTION]
    assert {len(event.data) for event in motion} == {20}
    assert found.samples == sensor.firmware.sent
    assert found.gaps == []


async def test_the_sensors_own_losses_are_told(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback())
    async with heard(await client_for(emulated_radio, sensor)) as found:
        await found.until_samples(100, within_s=5)
        sensor.firmware.lose(20)
        await found.until_samples(100, within_s=5)
    (gap,) = found.gaps
    assert gap.samples_lost == found.stream.decoder.reception.lost == 20


async def test_a_link_that_stands_and_brings_nothing_is_taken_for_lost(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback())
    async with heard(await client_for(emulated_radio, sensor)) as found:
        await found.until_samples(100, within_s=5)
        stuck = asyncio.get_running_loop().time()
        sensor.firmware._stop()  # it hangs; nobody told it to
        await found.until(lambda: bool(found.marks(MarkerKind.LINK_BACK)), within_s=30)
        took_s = asyncio.get_running_loop().time() - stuck
        await found.until_samples(100, within_s=5)
    (mark,) = found.marks(MarkerKind.LINK_LOST)
    assert mark.text == f"nothing came for {SILENT_S:.0f} s"
    assert SILENT_S < took_s < SILENT_S + 3.0


class Mute(KickbackFirmware):
    """Obeys and does not answer."""

    def _obey(self, command: Command) -> Reply:
        super()._obey(command)
        return Refused(command.token ^ 0x80, command.opcode, Status.FAILED)  # as if to another command


class Unwilling(KickbackFirmware):
    """Refuses to start."""

    def _obey(self, command: Command) -> Reply:
        if isinstance(command, Start):
            return Refused(command.token, command.opcode, Status.FAILED)
        return super()._obey(command)


class Bare(KickbackFirmware):
    """Lacks Motion: an old table of services, or another thing altogether."""

    def services(self, board: Board) -> Sequence[Service]:
        return [one for one in super().services(board) if one.uuid != UUIDs.MOTION_SERVICE]


def made(kind: type[KickbackFirmware]) -> KickbackFirmware:
    return kind(Worn.simulated_by(demo_plan("cable", 3), SensorModel()))


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (Mute, "no answer in time"),
        (Unwilling, "the sensor answered START with FAILED"),
        (Bare, "it does not offer 4dd8"),
    ],
)
async def test_a_sensor_that_does_not_play_its_part(
    emulated_radio: Radio, kind: type[KickbackFirmware], why: str
) -> None:
    sensor = await emulated_radio.add_peripheral(made(kind))
    client = await client_for(emulated_radio, sensor)
    begun = asyncio.get_running_loop().time()
    with pytest.raises(LinkError, match=why):
        await client.open(within_s=12.0)
    assert asyncio.get_running_loop().time() - begun < 12.0 + 5.0
    assert client.setup == ()
    await asyncio.sleep(1.0)
    assert not sensor.is_connected


class SlowToWake(Mute):
    """Answers from its third connection on."""

    connections = 0

    def on_disconnected(self) -> None:
        super().on_disconnected()
        self.connections += 1

    def _obey(self, command: Command) -> Reply:
        return super()._obey(command) if self.connections < 2 else KickbackFirmware._obey(self, command)


async def test_a_first_try_that_fails_is_followed_by_another(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(made(SlowToWake))
    async with heard(await client_for(emulated_radio, sensor)) as found:
        await found.until_samples(50, within_s=20)
    assert sensor.connections == 3
    assert (found.gaps, found.marks(MarkerKind.LINK_LOST)) == ([], [])
    assert found.samples == sensor.firmware.sent
    events = [item for item in found.items if isinstance(item, GattEvent)]
    assert sum(event.uuid == UUIDs.INFO for event in events) == 1  # what failed before is no part of the session


async def test_cancelled_while_it_opens(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback())
    for after_s in (0.0, 0.01, 0.05, 0.11, 0.15, 0.3):
        client = await client_for(emulated_radio, sensor)
        opening = asyncio.ensure_future(client.open())
        await asyncio.sleep(after_s)
        opening.cancel()
        await asyncio.wait((opening,))
        await client.close()
        await asyncio.sleep(0.2)
        assert not sensor.is_connected
    async with heard(await client_for(emulated_radio, sensor)) as found:
        await found.until_samples(50, within_s=5)


async def test_nonsense_never_stops_the_stream(emulated_radio: Radio) -> None:
    firmware = kickback()
    sensor = await emulated_radio.add_peripheral(firmware)
    async with heard(await client_for(emulated_radio, sensor)) as found:
        await found.until_samples(100, within_s=5)
        for nonsense in (b"", b"\x00", b"\xff" * 200, b"\x10" * 13, bytes(range(240))):
            await sensor.send(firmware._motion, nonsense)
            await sensor.send(firmware._control, nonsense)
        await found.until_samples(100, within_s=5)
    assert found.samples == firmware.sent
    assert found.stream.errors >= 8
    assert found.stream.decoder.last_error is not None
    assert (found.gaps, found.marks(MarkerKind.LINK_LOST)) == ([], [])


async def test_another_rate_after_a_change_by_somebody_else(emulated_radio: Radio) -> None:
    """The driver asks for its rate again after each loss."""
    firmware = kickback(200)
    sensor = await emulated_radio.add_peripheral(firmware)
    async with heard(await client_for(emulated_radio, sensor, rate_hz=100)) as found:
        await found.until_samples(100, within_s=5)
        emulated_radio.drop()
        await asyncio.sleep(0.1)
        firmware.chip.rate_hz = 200
        await found.until_samples(100, within_s=5)
    assert firmware.chip.rate_hz == 100
    assert len(found.gaps) == 1


async def test_callbacks_of_a_dead_connection_reach_nobody(emulated_radio: Radio) -> None:
    """What some stacks deliver after a disconnection, and twice."""
    sensor = await emulated_radio.add_peripheral(kickback())
    client = await client_for(emulated_radio, sensor)
    async with heard(client) as found:
        await found.until_samples(50, within_s=5)
        dead = client._link
        emulated_radio.drop()
        await asyncio.sleep(0.2)
        await found.until_samples(50, within_s=10)
        assert dead is not None
        assert dead is not client._link
        had = len(found.items)
        dead._inbox.put_nowait((1, Operation.NOTIFY, str(UUIDs.MOTION), b"\x10"))
        await asyncio.sleep(0.0)
    assert all(item.host_ns > 1 for item in found.items[had:])


async def test_the_battery_is_asked_for_now_and_then(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback())
    async with heard(await client_for(emulated_radio, sensor)) as found:
        sensor.firmware.battery_percent = 12
        await asyncio.sleep(130.0)
        assert found.stream.decoder.battery_percent == 12
    assert found.samples == sensor.firmware.sent


async def test_closed_before_it_was_opened(emulated_radio: Radio) -> None:
    sensor = await emulated_radio.add_peripheral(kickback())
    client = await client_for(emulated_radio, sensor)
    await client.close()
    assert client.state.phase is Phase.ENDED


def resident_bytes() -> int:
    """Return the memory of this process that is in use; 0 where Linux does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


async def test_an_hour(emulated_radio: Radio) -> None:
    """360,000 samples and none lost; what is remembered does not grow."""
    sensor = await emulated_radio.add_peripheral(kickback())
    client = await client_for(emulated_radio, sensor)
    async with heard(client) as found:
        found.items = deque(maxlen=100)  # type: ignore[assignment]
        await asyncio.sleep(HOUR_S / 4)
        size, resident = size_bytes((client._held, client._link, found.stream.decoder)), resident_bytes()
        await asyncio.sleep(HOUR_S * 3 / 4)
        assert size_bytes((client._held, client._link, found.stream.decoder)) < size + 10_000
        assert resident_bytes() < resident + 10_000_000
    assert found.samples == sensor.firmware.sent >= HOUR_S * 100 - 20
    assert (found.gaps, found.stream.errors, found.marks(MarkerKind.LINK_LOST)) == ([], 0, [])
    print(f"memory: {resident / 1e6:.0f} MB after 15 min, {resident_bytes() / 1e6:.0f} MB after an hour")
