"""``kickback virtual-sensor`` and ``kickback demo --bluetooth``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner
from bumble.transport.common import StreamPacketSink, StreamPacketSource
from typer.testing import CliRunner

from firmware_protocol import Started
from tracker.cli import app
from tracker.cli.errors import BadInputError
from tracker.cli.virtual_sensor import advertise
from tracker.sensors.virtual.air import Controller
from tracker.sensors.virtual.radio import Radio

from .stack import Talk


class Line(StreamPacketSource):
    """The controller's end of a line to it."""

    def __init__(self, controller: Controller | None) -> None:
        super().__init__()
        self.controller = controller

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        if self.controller is not None:
            self.set_packet_sink(self.controller)
            self.controller.host = StreamPacketSink(transport)


@asynccontextmanager
async def adapter(controller: Controller | None) -> AsyncIterator[str]:
    """Offer an adapter, as a development board on a line does; yield its transport. None: one that is dead."""
    server = await asyncio.get_running_loop().create_server(lambda: Line(controller), "127.0.0.1", 0)
    async with server:
        yield f"tcp-client:127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_it_is_a_sensor(realtime_radio: Radio, capsys: pytest.CaptureFixture[str]) -> None:
    async with adapter(Controller("of its own", realtime_radio.air)) as transport:
        running = asyncio.ensure_future(advertise(transport, "Kickback böse", "cable", 2, 100))
        device = await BleakScanner.find_device_by_name(
            "Kickback böse", timeout=20, backend=realtime_radio.scanner_backend
        )
        assert device is not None
        async with BleakClient(device, backend=realtime_radio.client_backend) as client:
            talk = Talk(client)
            assert isinstance(await talk.start(), Started)
            await talk.until(50, within_s=20)
            await talk.stop()
        running.cancel()
        await asyncio.wait((running,))
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f'"Kickback böse" advertises as {device.address}; Ctrl-C ends it'
    assert said[1].startswith("1 connections, ")


@pytest.mark.parametrize(
    "transport", ["nonsense", "tcp-client:127.0.0.1:1", "serial:/dev/no-such-thing", "usb:999", "hci-socket:999"]
)
def test_without_an_adapter_there_is_one_line(transport: str) -> None:
    result = CliRunner().invoke(app, ["virtual-sensor", "--transport", transport])
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"kickback: --transport: no Bluetooth adapter at {transport} (")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--name", ""], "--name: expected 1 to 29 bytes"),
        (["--name", "ö" * 15], "--name: expected 1 to 29 bytes"),
        (["--rate", "60"], "--rate: 60, expected one of 50, 100, 200"),
    ],
)
def test_what_it_cannot_be(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["virtual-sensor", *arguments])
    assert (result.exit_code, result.stderr) == (2, f"kickback: {told}\n")


async def test_an_adapter_that_says_nothing(realtime_radio: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.cli.virtual_sensor.ANSWER_WITHIN_S", 0.3)
    async with adapter(None) as transport:
        with pytest.raises(BadInputError, match="does not answer"):
            await advertise(transport, "x", "cable", 1, 100)


def test_the_demo_over_bluetooth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KICKBACK_DATA_DIR", str(tmp_path / "data"))
    result = CliRunner().invoke(app, ["demo", "--bluetooth", "--reps", "4", "--speed", "max"])
    assert result.exit_code == 0, result.output
    assert "over Bluetooth" in result.stdout
    assert "4 of 4 counted" in result.stdout
    (recording,) = (tmp_path / "data" / "recordings").glob("*.mcap")
    again = CliRunner().invoke(app, ["analyze", str(recording)])
    assert again.exit_code == 0, again.output
    assert "4 reps" in again.stdout


def test_the_demo_over_bluetooth_knows_two_speeds() -> None:
    result = CliRunner().invoke(app, ["demo", "--bluetooth", "--speed", "2"])
    assert (result.exit_code, result.stderr) == (2, "kickback: --speed: 2, with --bluetooth expected 1 or max\n")
