"""A Bluetooth stack that tests run on, and what most of them do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice

from firmware_protocol import Info, MotionPacket, Start, Stop, UUIDs, decode_reply
from firmware_protocol.commands import Command
from firmware_protocol.replies import Reply
from tracker.sensors.virtual.air import Air
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.radio import Anyone, Radio
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import SensorModel, demo_plan

T = TypeVar("T")

SCAN_WITHIN_S = 10.0
ANSWER_WITHIN_S = 2.0


@dataclass(frozen=True)
class Stack:
    """A stack and its event loop; `air` is None where each radio makes its own."""

    name: Literal["emulated", "bluez", "realtime"]
    runner: asyncio.Runner
    air: Air | None = None

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def radio(self) -> Iterator[Radio]:
        """Yield a radio, and close it."""

        async def made() -> Radio:
            return Radio(self.air)

        radio = self.run(made())
        self.run(radio.__aenter__())
        yield radio
        self.run(radio.__aexit__(None, None, None))


def kickback(rate_hz: int = 100, *, seed: int = 0, repeat: bool = True) -> KickbackFirmware:
    """Make a kickback sensor on a leg that does one short set after another."""
    plan, model = demo_plan("cable", 3), SensorModel(rate_hz=rate_hz)
    return KickbackFirmware(Worn.simulated_by(plan, model, seed=seed, repeat=repeat))


async def found(radio: Radio, sensor: Anyone) -> BLEDevice:
    """Scan for a sensor."""
    backend, address = radio.scanner_backend, sensor.address
    device = await BleakScanner.find_device_by_address(address, timeout=SCAN_WITHIN_S, backend=backend)
    assert device is not None, f"{address} was not found"
    return device


def client_of(radio: Radio, device: BLEDevice, **options: Any) -> BleakClient:
    """Make a client, on the radio's stack."""
    return BleakClient(device, backend=radio.client_backend, **options)


@dataclass
class Talk:
    """A conversation with a kickback sensor: subscribe, start, and keep what comes with its time."""

    client: BleakClient
    motion: list[tuple[float, MotionPacket]] = field(default_factory=list)
    replies: asyncio.Queue[Reply] = field(default_factory=asyncio.Queue)
    token: int = 0

    async def open(self) -> Info:
        """Subscribe to everything, and read Info."""
        time = asyncio.get_running_loop().time
        await self.client.start_notify(UUIDs.CONTROL, lambda _, data: self.replies.put_nowait(decode_reply(data)))
        await self.client.start_notify(
            UUIDs.MOTION, lambda _, data: self.motion.append((time(), MotionPacket.from_bytes(data)))
        )
        return Info.from_bytes(await self.client.read_gatt_char(UUIDs.INFO))

    async def ask(self, command: Command) -> Reply:
        """Write a command and wait for its reply."""
        await self.client.write_gatt_char(UUIDs.CONTROL, bytes(command), response=True)
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while (reply := await self.replies.get()).token != command.token:
                pass
        return reply

    async def start(self) -> Reply:
        """Open, and start the stream."""
        await self.open()
        return await self.start_stream()

    async def start_stream(self) -> Reply:
        return await self.ask(Start(self.next_token()))

    async def stop(self) -> Reply:
        return await self.ask(Stop(self.next_token()))

    def next_token(self) -> int:
        self.token = (self.token + 1) % 256
        return self.token

    @property
    def indices(self) -> list[int]:
        """Index of every sample, in order of arrival."""
        return [packet.index + k for _, packet in self.motion for k in range(len(packet.samples()))]

    async def until(self, samples: int, within_s: float) -> None:
        """Wait for so many samples."""
        async with asyncio.timeout(within_s):
            while len(self.indices) < samples:
                await asyncio.sleep(0.05)
