"""A sensor client with what came out of it, as tests look at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tracker.exercises import exercise
from tracker.motion.engine import Value
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Rep
from tracker.recording import GattEvent, Marker, MarkerKind
from tracker.sensors import driver_for
from tracker.sensors.client import GIVE_UP_S, SensorClient
from tracker.sensors.link import Bluetooth
from tracker.sensors.scanning import Found, listen
from tracker.sensors.virtual.radio import Anyone, Radio
from tracker.stream import Stream

Item = GattEvent | Marker


def bluetooth(radio: Radio) -> Bluetooth:
    """Return the way to the radio; the clock is the event loop's, which may skip."""
    loop = asyncio.get_running_loop()
    return Bluetooth(radio.scanner_backend, radio.client_backend, lambda: round(loop.time() * 1e9))


async def near(way: Bluetooth, sensor: Anyone, within_s: float = 10.0) -> Found:
    """Scan for a sensor."""
    found = await listen(way, within_s, enough=lambda near: any(one.address == sensor.address for one in near))
    return next(one for one in found if one.address == sensor.address)


@dataclass
class Heard:
    """What came out of a client that runs, and what the stages made of it."""

    client: SensorClient
    stream: Stream
    items: list[Item] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    came_back: bool | None = None
    """What the client returned; None while it runs, and after a stop."""

    def put(self, item: Item) -> None:
        self.items.append(item)
        self.values += self.stream.push(item)

    @property
    def samples(self) -> int:
        return self.stream.samples

    def marks(self, kind: MarkerKind) -> list[Marker]:
        return [item for item in self.items if isinstance(item, Marker) and item.kind is kind]

    @property
    def gaps(self) -> list[Gap]:
        return [value for value in self.values if isinstance(value, Gap)]

    @property
    def sets(self) -> list[ExerciseSet]:
        return [value for value in self.values if isinstance(value, ExerciseSet)]

    @property
    def reps(self) -> list[Rep]:
        return [rep for one in self.sets for rep in one.reps]

    async def until(self, done: Callable[[], bool], within_s: float) -> None:
        async with asyncio.timeout(within_s):
            while not done():
                await asyncio.sleep(0.05)

    async def until_samples(self, more: int, within_s: float) -> None:
        wanted = self.samples + more
        await self.until(lambda: self.samples >= wanted, within_s)


async def client_for(
    radio: Radio, sensor: Anyone, *, rate_hz: int | None = None, give_up_s: float = GIVE_UP_S, number: int = 1
) -> SensorClient:
    """Find a sensor and make its client."""
    way = bluetooth(radio)
    found = await near(way, sensor)
    driver = driver_for("kickback", rate_hz=rate_hz)
    return SensorClient(found, driver, number=number, bluetooth=way, give_up_s=give_up_s)


@asynccontextmanager
async def heard(client: SensorClient, *, told: str | None = "cable") -> AsyncIterator[Heard]:
    """Open a client and let it run; leaving stops it, as a person does, and ends the stream."""
    found = Heard(client, Stream(exercise(told) if told else None, sensor=client.number))
    await client.open()
    running = asyncio.ensure_future(client.run(found.put))
    running.add_done_callback(lambda task: None if task.cancelled() else setattr(found, "came_back", task.result()))
    try:
        yield found
    finally:
        running.cancel()
        await asyncio.wait((running,))
    found.values += found.stream.flush()
