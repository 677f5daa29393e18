"""The virtual WitMotion, Polar and Movesense sensors speak their makers' protocols, and play the leg.

What is expected here is spelled out from the protocols, byte by byte, and shares nothing with the drivers.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from bleak import BleakClient, BleakScanner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tracker.sensors.virtual import movesense, polar, witmotion
from tracker.sensors.virtual.movesense import MovesenseFirmware
from tracker.sensors.virtual.polar import PolarFirmware, pack
from tracker.sensors.virtual.radio import Radio
from tracker.sensors.virtual.witmotion import WitMotionFirmware
from tracker.sensors.virtual.worn import Worn
from tracker.simulation import SensorModel, demo_plan

G = 9.80665
ACC_52 = "02 02 00 01 34 00 01 01 10 00 02 01 08 00 04 01 03"
GYRO_52 = "02 05 00 01 34 00 01 01 10 00 02 01 d0 07 04 01 03"


def leg() -> Worn:
    return Worn.simulated_by(demo_plan("cable", 2), SensorModel(), seed=5)


@dataclass
class Wire:
    """A connection, and what came on each characteristic."""

    client: BleakClient
    came: dict[str, list[bytes]] = field(default_factory=dict)

    async def listen(self, uuid: str) -> list[bytes]:
        values = self.came.setdefault(uuid, [])
        await self.client.start_notify(uuid, lambda _, data: values.append(bytes(data)))
        return values

    async def write(self, uuid: str, text: str, *, response: bool = True) -> None:
        await self.client.write_gatt_char(uuid, bytes.fromhex(text), response=response)

    async def ask(self, uuid: str, text: str, answers: list[bytes]) -> bytes:
        before = len(answers)
        await self.write(uuid, text)
        async with asyncio.timeout(2):
            while len(answers) == before:
                await asyncio.sleep(0.01)
        return answers[before]


@asynccontextmanager
async def wired(radio: Radio, firmware: Any, name: str, mtu: int = 247) -> AsyncIterator[Wire]:
    await radio.add_peripheral(firmware, name=name, mtu=mtu)
    device = await BleakScanner.find_device_by_name(name, timeout=5, backend=radio.scanner_backend)
    assert device is not None
    async with BleakClient(device, backend=radio.client_backend) as client:
        yield Wire(client)


# WitMotion


def frames(notifications: list[bytes], head: bytes = b"\x55\x61") -> list[tuple[int, ...]]:
    stream = b"".join(notifications)
    cut = [stream[i : i + 20] for i in range(0, len(stream) - 19, 20)]
    return [struct.unpack("<9h", one[2:]) for one in cut if one[:2] == head]


@pytest.mark.parametrize("chunk_bytes", [20, 60, 33, 7])
async def test_witmotion_streams_what_is_subscribed_to(emulated_radio: Radio, chunk_bytes: int) -> None:
    firmware, worn = WitMotionFirmware(leg(), chunk_bytes=chunk_bytes), leg()
    async with wired(emulated_radio, firmware, "WT901BLE68") as wire:
        await wire.write(witmotion.WRITE, "ffaa6988b5")
        await wire.write(witmotion.WRITE, "ffaa030900", response=False)
        values = await wire.listen(witmotion.NOTIFY)
        await asyncio.sleep(3.0)
        await wire.client.stop_notify(witmotion.NOTIFY)
        got = np.array(frames(values))
        stopped_with = len(values)
        await asyncio.sleep(1.0)
        assert len(values) == stopped_with
    assert {len(value) for value in values} == {chunk_bytes}
    assert 295 <= len(got) <= 301
    expected = worn.at(100)
    np.testing.assert_allclose(got[:, :3] / 32768 * 16 * G, expected.acc[: len(got)], atol=0.0025)
    np.testing.assert_allclose(np.radians(got[:, 3:6] / 32768 * 2000), expected.gyr[: len(got)], atol=0.0006)


async def test_witmotion_is_locked_and_slow_at_first(emulated_radio: Radio) -> None:
    async with wired(emulated_radio, WitMotionFirmware(leg()), "WT901BLE68") as wire:
        await wire.write(witmotion.WRITE, "ffaa030900")  # locked: ignored
        values = await wire.listen(witmotion.NOTIFY)
        await asyncio.sleep(3.05)
        assert len(frames(values)) == pytest.approx(30, abs=1)
        await wire.write(witmotion.WRITE, "ffaa6988b5")
        await asyncio.sleep(11.0)
        await wire.write(witmotion.WRITE, "ffaa030900")  # locked again
        values.clear()
        await asyncio.sleep(3.05)
        assert len(frames(values)) == pytest.approx(30, abs=1)


@pytest.mark.parametrize(("code", "rate_hz"), [(3, 1), (5, 5), (7, 20), (8, 50), (0x0B, 200)])
async def test_witmotions_rates(emulated_radio: Radio, code: int, rate_hz: int) -> None:
    async with wired(emulated_radio, WitMotionFirmware(leg()), "WT901BLE68") as wire:
        await wire.write(witmotion.WRITE, "ffaa6988b5")
        await wire.write(witmotion.WRITE, f"ffaa03{code:02x}00")
        values = await wire.listen(witmotion.NOTIFY)
        await asyncio.sleep(4.0)
        assert len(frames(values)) == pytest.approx(4 * rate_hz, abs=2)


async def test_witmotions_registers(emulated_radio: Radio) -> None:
    firmware = WitMotionFirmware(leg(), battery_cv=382)
    sensor = await emulated_radio.add_peripheral(firmware, name="WT901BLE68")
    device = await BleakScanner.find_device_by_name("WT901BLE68", backend=emulated_radio.scanner_backend)
    assert device is not None
    async with BleakClient(device, backend=emulated_radio.client_backend) as client:
        wire = Wire(client)
        values = await wire.listen(witmotion.NOTIFY)
        await wire.write(witmotion.WRITE, "ffaa276400")
        await wire.write(witmotion.WRITE, "ffaa6988b5")
        await wire.write(witmotion.WRITE, "ffaa030900")
        await asyncio.sleep(0.5)
        answers = [value for value in values if value[:2] == b"\x55\x71"]
        assert answers == [bytes.fromhex("5571 6400 7e01") + bytes(14)]
        assert "0000180f-0000-1000-8000-00805f9b34fb" not in {service.uuid for service in client.services}
    await sensor.power_off()
    await sensor.power_on()
    assert firmware.rate_hz == 10  # it was not saved


# Polar


def unpacked(content: bytes) -> np.ndarray:
    """Decode a compressed frame's content: 16 bits, three channels."""
    rows = [np.array(struct.unpack("<3h", content[:6]))]
    at = 6
    while at < len(content):
        width, count = content[at], content[at + 1]
        size = -(-count * 3 * width // 8)
        bits = "".join(f"{byte:08b}"[::-1] for byte in content[at + 2 : at + 2 + size])
        for k in range(count):
            words = [bits[(3 * k + c) * width : (3 * k + c + 1) * width][::-1] for c in range(3)]
            rows.append(rows[-1] + [int(w, 2) - (1 << width if w[0] == "1" else 0) for w in words])
        at += 2 + size
    return np.array(rows)


def test_the_decoder_here_reads_the_makers_examples() -> None:
    assert unpacked(bytes.fromhex("F1FF1400F00306017B0F08")).tolist() == [[-15, 20, 1008], [-20, 17, 1008]]
    assert unpacked(bytes.fromhex("EAFF08000D000301DF00")).tolist() == [[-22, 8, 13], [-23, 11, 16]]


@given(arrays(np.int64, st.tuples(st.integers(1, 80), st.just(3)), elements=st.integers(-(2**15), 2**15 - 1)))
def test_what_is_packed_can_be_unpacked(rows: np.ndarray) -> None:
    packed, count = pack(rows, 234)
    assert len(packed) <= 234
    assert count >= 1
    assert np.array_equal(unpacked(packed), rows[:count])


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("0102", "f0 01 02 00 00 00 01 34 00 01 01 10 00 02 01 08 00 04 01 03"),
        ("0105", "f0 01 05 00 00 00 01 34 00 01 01 10 00 02 01 d0 07 04 01 03"),
        ("0101", "f0 01 01 02"),
        ("0702", "f0 07 02 01"),
        ("02", "f0 02 00 04"),
        ("0302", "f0 03 02 06"),
        ("0202 000168 00 010110 00 020108 00 040103", "f0 02 02 08"),
        ("0202 000134 00 010110 00 020110 00 040103", "f0 02 02 09"),
        ("0202 000134 00 010118 00 020108 00 040103", "f0 02 02 07"),
        ("0202 0001", "f0 02 02 05"),
        ("0209", "f0 02 09 00 00"),
        ("0309", "f0 03 09 06"),
    ],
)
async def test_polar_answers(emulated_radio: Radio, asked: str, answer: str) -> None:
    async with wired(emulated_radio, PolarFirmware(leg()), "Polar Sense 0A1B2C3D") as wire:
        answers = await wire.listen(polar.CONTROL)
        assert await wire.ask(polar.CONTROL, asked, answers) == bytes.fromhex(answer)


async def test_polar_streams_acceleration_and_turning_rate_apart(emulated_radio: Radio) -> None:
    worn = leg()
    async with wired(emulated_radio, PolarFirmware(leg()), "Polar Sense 0A1B2C3D") as wire:
        assert bytes(await wire.client.read_gatt_char(polar.CONTROL)) == bytes.fromhex("0f2402")
        answers, data = await wire.listen(polar.CONTROL), await wire.listen(polar.DATA)
        acc_started = await wire.ask(polar.CONTROL, ACC_52, answers)
        gyr_started = await wire.ask(polar.CONTROL, GYRO_52, answers)
        assert await wire.ask(polar.CONTROL, ACC_52, answers) == bytes.fromhex("f0020206")
        assert await wire.ask(polar.CONTROL, "0209", answers) == bytes.fromhex("f002090c")
        await asyncio.sleep(10.0)
        assert await wire.ask(polar.CONTROL, "0302", answers) == bytes.fromhex("f003020000")
    expected = worn.at(52)
    for type_, started, unit, truth in ((2, acc_started, G, expected.acc), (5, gyr_started, np.pi / 180, expected.gyr)):
        assert started[:5] == bytes([0xF0, 2, type_, 0, 0])
        assert started[5:7] == b"\x05\x01"
        (factor,) = struct.unpack("<f", started[7:])
        mine = [frame for frame in data if frame[0] == type_]
        assert {frame[9] for frame in mine} == {0x80}
        values = [unpacked(frame[10:]) for frame in mine]
        stamps = [struct.unpack("<Q", frame[1:9])[0] for frame in mine]
        per_frame = np.diff(stamps) / [len(one) for one in values[1:]]
        np.testing.assert_allclose(per_frame, 1e9 / 52, rtol=1e-6)
        rows = np.concatenate(values) * factor * unit
        assert len(rows) > 400
        np.testing.assert_allclose(rows, truth[: len(rows)], atol=0.0025 if type_ == 2 else 0.0006)


async def test_polar_in_sdk_mode_is_faster(emulated_radio: Radio) -> None:
    async with wired(emulated_radio, PolarFirmware(leg()), "Polar Sense 0A1B2C3D") as wire:
        answers, data = await wire.listen(polar.CONTROL), await wire.listen(polar.DATA)
        assert await wire.ask(polar.CONTROL, "0209", answers) == bytes.fromhex("f002090000")
        settings = await wire.ask(polar.CONTROL, "0102", answers)
        assert settings[5:].startswith(bytes.fromhex("00051a0034006800d000a001"))
        await wire.ask(polar.CONTROL, "02 02 00 01 d0 00 01 01 10 00 02 01 10 00 04 01 03", answers)
        await asyncio.sleep(3.0)
    samples = sum(len(unpacked(frame[10:])) for frame in data)
    assert samples == pytest.approx(3 * 208, abs=51)


async def test_polar_needs_a_larger_mtu(emulated_radio: Radio) -> None:
    async with wired(emulated_radio, PolarFirmware(leg()), "Polar Sense 0A1B2C3D", mtu=23) as wire:
        answers = await wire.listen(polar.CONTROL)
        assert await wire.ask(polar.CONTROL, ACC_52, answers) == bytes.fromhex("f002020a")


async def test_polar_may_keep_its_streams(emulated_radio: Radio) -> None:
    name, firmware = "Polar Sense 0A1B2C3D", PolarFirmware(leg(), keeps_streams=True)
    async with wired(emulated_radio, firmware, name) as wire:
        answers = await wire.listen(polar.CONTROL)
        await wire.ask(polar.CONTROL, ACC_52, answers)
    device = await BleakScanner.find_device_by_name(name, backend=emulated_radio.scanner_backend)
    assert device is not None
    async with BleakClient(device, backend=emulated_radio.client_backend) as client:
        again = Wire(client)
        answers, data = await again.listen(polar.CONTROL), await again.listen(polar.DATA)
        assert await again.ask(polar.CONTROL, ACC_52, answers) == bytes.fromhex("f0020206")
        await asyncio.sleep(3.0)
        assert data
        firmware.interrupt()
        await asyncio.sleep(0.1)
        assert answers[-1] == bytes.fromhex("0102")


# Movesense


async def test_movesense_stops_when_told(emulated_radio: Radio) -> None:
    async with wired(emulated_radio, MovesenseFirmware(leg()), "Movesense 203030000123", mtu=158) as wire:
        values = await wire.listen(movesense.NOTIFY)
        subscribe = (b"\x01\x63/Meas/IMU6/52").hex()
        assert await wire.ask(movesense.WRITE, subscribe, values) == bytes.fromhex("0163c800")
        await asyncio.sleep(5.0)
        assert values[-1][0] == 2
        values.clear()
        assert await wire.ask(movesense.WRITE, "0263", values) == bytes.fromhex("0163c800")
        await asyncio.sleep(1.0)
        assert len(values) == 1


@pytest.mark.parametrize(("rate_hz", "mtu"), [(13, 158), (52, 158), (104, 158), (208, 158), (13, 23)])
async def test_movesense_plays_the_leg(emulated_radio: Radio, rate_hz: int, mtu: int) -> None:
    firmware, worn = MovesenseFirmware(leg()), leg()
    async with wired(emulated_radio, firmware, "Movesense 203030000123", mtu=mtu) as wire:
        values = await wire.listen(movesense.NOTIFY)
        await wire.ask(movesense.WRITE, (b"\x01\x05Meas/IMU6/%d" % rate_hz).hex(), values)
        await asyncio.sleep(5.0)
    assert max(len(value) for value in values) <= mtu - 3
    whole: list[bytes] = []
    for value in values[1:]:
        assert value[1] == 5
        if value[0] == 2:
            whole.append(value[2:])
        else:
            assert value[0] == 3
            whole[-1] += value[2:]
    times = [struct.unpack("<I", one[:4])[0] for one in whole]
    counts = [(len(one) - 4) // 24 for one in whole]
    assert all((len(one) - 4) % 24 == 0 for one in whole)
    acc = np.concatenate(
        [np.frombuffer(one, "<f4", 3 * n, 4).reshape(n, 3) for one, n in zip(whole, counts, strict=True)]
    )
    gyr = np.concatenate(
        [np.frombuffer(one, "<f4", 3 * n, 4 + 12 * n).reshape(n, 3) for one, n in zip(whole, counts, strict=True)]
    )
    assert len(acc) == pytest.approx(5 * rate_hz, abs=14)
    np.testing.assert_allclose(np.diff(times), np.array(counts[:-1]) * 1000 / rate_hz, atol=1)
    expected = worn.at(rate_hz)
    np.testing.assert_allclose(acc, expected.acc[: len(acc)], atol=0.0013)
    np.testing.assert_allclose(np.radians(gyr), expected.gyr[: len(gyr)], atol=0.0003)


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        (b"\x01\x00/Meas/IMU6/52", "01009001"),
        (b"\x01\x07/Meas/IMU6/53", "01079001"),
        (b"\x01\x07/Meas/Nothing", "01079401"),
        (b"\x02\x07", "01079401"),
        (b"\x04\x07/System/Energy/Level", "01079001"),
        (b"\x09\x07", "0107f501"),
    ],
)
async def test_movesense_refuses(emulated_radio: Radio, written: bytes, answer: str) -> None:
    async with wired(emulated_radio, MovesenseFirmware(leg()), "Movesense 203030000123") as wire:
        values = await wire.listen(movesense.NOTIFY)
        assert await wire.ask(movesense.WRITE, written.hex(), values) == bytes.fromhex(answer)


async def test_movesense_says_hello_and_forgets_subscriptions(emulated_radio: Radio) -> None:
    name, subscribe = "Movesense 203030000123", b"\x01\x63/Meas/Acc/104".hex()
    async with wired(emulated_radio, MovesenseFirmware(leg()), name, mtu=158) as wire:
        values = await wire.listen(movesense.NOTIFY)
        assert (await wire.ask(movesense.WRITE, "0001", values)).startswith(b"\x01\x01\x01203030000123\0Movesense\0")
        await wire.ask(movesense.WRITE, subscribe, values)
        assert (await wire.ask(movesense.WRITE, subscribe, values))[:1] in (b"\x01", b"\x02")
        await asyncio.sleep(0.5)
        assert bytes.fromhex("01639901") in values  # that reference is taken
    device = await BleakScanner.find_device_by_name(name, backend=emulated_radio.scanner_backend)
    assert device is not None
    async with BleakClient(device, backend=emulated_radio.client_backend) as client:
        again = Wire(client)
        values = await again.listen(movesense.NOTIFY)
        await asyncio.sleep(1.0)
        assert values == []
        assert await again.ask(movesense.WRITE, subscribe, values) == bytes.fromhex("0163c800")


@pytest.mark.parametrize("kind", [PolarFirmware, MovesenseFirmware])
async def test_the_standard_battery(emulated_radio: Radio, kind: Any) -> None:
    async with wired(emulated_radio, kind(leg(), battery_percent=33), "standard") as wire:
        assert bytes(await wire.client.read_gatt_char("2a19")) == bytes([33])
