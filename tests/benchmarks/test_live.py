"""What streaming costs, and how late samples are: client and core, on the emulated radio.

The radio's own cost (bumble, both ends of the link) is measured by a bare bleak client that drops what it gets, and
taken off.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from bleak import BleakClient, BleakScanner

from firmware_protocol import Start, UUIDs
from tracker.exercises import exercise
from tracker.recording import GattEvent, Marker
from tracker.sensors import driver_for
from tracker.sensors.client import SensorClient
from tracker.sensors.link import Bluetooth
from tracker.sensors.scanning import listen
from tracker.sensors.virtual.kickback import KickbackFirmware
from tracker.sensors.virtual.loop import run_skipping
from tracker.sensors.virtual.radio import Radio
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import SensorModel, demo_plan
from tracker.stream import Stream

MINUTES = 10
REAL_S = 20.0
ADDRESS = "C0:00:00:00:00:01"

Item = GattEvent | Marker


def sensor(rate_hz: int) -> KickbackFirmware:
    worn = Worn.simulated_by(demo_plan("cable", 6), SensorModel(rate_hz=rate_hz), repeat=True)
    return KickbackFirmware(worn)


async def bare(radio: Radio, seconds: float) -> None:
    """Stream with nothing behind it."""
    device = await BleakScanner.find_device_by_address(ADDRESS, backend=radio.scanner_backend)
    assert device is not None
    async with BleakClient(device, backend=radio.client_backend) as client:
        await client.start_notify(UUIDs.CONTROL, lambda *_: None)
        await client.start_notify(UUIDs.MOTION, lambda *_: None)
        await client.write_gatt_char(UUIDs.CONTROL, bytes(Start(1)), response=True)
        await asyncio.sleep(seconds)


async def streamed(
    radio: Radio, seconds: float, take: Callable[[Item], object], now_ns: Callable[[], int] = time.monotonic_ns
) -> None:
    """Stream through the client."""
    way = Bluetooth(radio.scanner_backend, radio.client_backend, now_ns)
    (found,) = await listen(way, 1.0)
    client = SensorClient(found, driver_for("kickback"), bluetooth=way)
    await client.open()
    running = asyncio.ensure_future(client.run(take))
    await asyncio.sleep(seconds)
    running.cancel()
    await asyncio.wait((running,))


async def tracked(radio: Radio, seconds: float) -> None:
    """Stream through client and core, as the live loop does: by a queue."""
    loop, queue, stream = asyncio.get_running_loop(), asyncio.Queue[Item](), Stream(exercise("cable"))

    async def consume() -> None:
        while True:
            stream.push(await queue.get())

    consumer = asyncio.ensure_future(consume())
    await streamed(radio, seconds, queue.put_nowait, lambda: round(loop.time() * 1e9))
    consumer.cancel()


def cost_s(rate_hz: int, what: Callable[[Radio, float], Awaitable[None]]) -> float:
    """Return the processor time of ten minutes."""

    async def whole() -> float:
        async with Radio() as radio:
            await radio.add_peripheral(sensor(rate_hz), address=ADDRESS)
            begun = time.process_time()
            await what(radio, MINUTES * 60)
            return time.process_time() - begun

    return run_skipping(whole())


@pytest.mark.benchmark(group="live")
@pytest.mark.parametrize("rate_hz", [100, 200])
def test_client_and_core(benchmark, rate_hz):
    radio_s = cost_s(rate_hz, bare)
    whole_s = benchmark.pedantic(cost_s, args=(rate_hz, tracked), rounds=1)
    share = (whole_s - radio_s) / (MINUTES * 60)
    benchmark.extra_info["percent_of_a_core"] = round(100 * share, 2)
    print(f"client and core at {rate_hz} Hz: {100 * share:.2f} % of a core (the emulated radio: {radio_s:.1f} s)")
    assert whole_s > radio_s


@pytest.mark.benchmark(group="live")
@pytest.mark.parametrize("rate_hz", [100, 200])
def test_from_notification_to_samples(benchmark, rate_hz):
    """In real time: from bleak's callback until the samples are on the grid."""
    took_ms: list[float] = []

    async def whole() -> None:
        decoder, queue = Stream().decoder, asyncio.Queue[Item]()

        async def consume() -> None:
            while True:
                event = await queue.get()
                if isinstance(event, GattEvent) and decoder.push(event):
                    took_ms.append((time.monotonic_ns() - event.host_ns) / 1e6)

        consumer = asyncio.ensure_future(consume())
        async with Radio() as radio:
            await radio.add_peripheral(sensor(rate_hz), address=ADDRESS)
            await streamed(radio, REAL_S, queue.put_nowait)
        consumer.cancel()

    benchmark.pedantic(lambda: asyncio.run(whole()), rounds=1)
    p50, p99, most = (float(np.percentile(took_ms, p)) for p in (50, 99, 100))
    benchmark.extra_info |= {"p50_ms": round(p50, 3), "p99_ms": round(p99, 3), "max_ms": round(most, 3)}
    print(f"notification to samples at {rate_hz} Hz: p50 {p50:.2f}, p99 {p99:.2f}, most {most:.2f} ms")
    assert len(took_ms) > 0.9 * REAL_S * 10
