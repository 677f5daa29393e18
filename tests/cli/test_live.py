"""``kickback scan`` and ``kickback live`` as a person meets them."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from tracker.cli import streaming
from tracker.journal import Ending, Journal, journal_path
from tracker.recording import open_recording
from tracker.sensors.link import Bluetooth

from ..bluetooth.test_scanning import failing
from .conftest import Kickback

NO_BLUETOOTH = "kickback: the system's Bluetooth service does not run; kickback live --sensor virtual needs none\n"


@pytest.fixture
def without_bluetooth(monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = failing(FileNotFoundError(2, "No such file or directory"))
    monkeypatch.setattr(streaming, "Bluetooth", lambda *backends: Bluetooth(*(backends or (scanner,))))


def test_scan(kickback: Kickback) -> None:
    done = kickback("scan", "--virtual", "--seconds", "0.5")
    assert (done.code, done.err) == (0, "")
    heading, row = done.out.splitlines()
    assert heading.split() == ["name", "family", "address", "signal", "evidence"]
    assert row.split() == ["virtual", "kickback", "firmware", "C0:00:00:00:00:01", "-50", "dBm", "official", "vectors"]


def test_scan_for_scripts(kickback: Kickback) -> None:
    done = kickback("scan", "--virtual", "--seconds", "0.5", "--json", "--all")
    assert done.code == 0
    (device,) = json.loads(done.out)["devices"]
    assert {name: device[name] for name in ("name", "family", "address", "rssi_dbm", "evidence", "rates_hz")} == {
        "name": "virtual",
        "family": "kickback",
        "address": "C0:00:00:00:00:01",
        "rssi_dbm": -50,
        "evidence": "official vectors",
        "rates_hz": [50, 100, 200],
    }


@pytest.mark.parametrize("arguments", [["scan"], ["scan", "--json"], ["live"], ["live", "-s", "A", "--json"]])
@pytest.mark.usefixtures("without_bluetooth")
def test_without_bluetooth(kickback: Kickback, data: Path, arguments: list[str]) -> None:
    done = kickback(*arguments)
    assert (done.code, done.out, done.err) == (2, "", NO_BLUETOOTH)
    assert not data.exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["-s", "a", "-s", "b", "-s", "c"], "--sensor: 3 were given, expected one, or two for both ankles"),
        (["-s", "virtual", "-s", "b"], "--sensor: virtual goes with no other"),
        (["-s", "virtual", "--save"], "--save: there is no use in keeping the virtual sensor"),
        (["--side", "up"], "--side: 'up' is neither left nor right"),
        (["--side", "left", "--side", "left"], "--side: left was given twice"),
        (["--load", "nan"], "--load: nan is not a load in kilograms"),
        (["--load", "-3"], "--load: -3 is not a load in kilograms"),
        (["-e", "squat"], "--exercise: no exercise 'squat'"),
        (["-s", "virtual", "--rate", "123"], "kickback firmware cannot be set to 123 Hz; there are: 50, 100, 200"),
        (["-s", "virtual", "--side", "left", "--side", "right"], "--side was given 2 times for 1 sensor"),
    ],
)
@pytest.mark.usefixtures("without_bluetooth")
def test_what_is_refused(kickback: Kickback, data: Path, arguments: list[str], line: str) -> None:
    done = kickback("live", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"kickback: {line}")
    assert done.err.count("\n") == 1
    assert not data.exists()


def test_the_virtual_sensor_needs_an_extra(kickback: Kickback, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("tracker.sensors.virtual.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "bumble", None)
    for name in [name for name in sys.modules if name.startswith("bumble.")]:
        monkeypatch.setitem(sys.modules, name, None)
    done = kickback("live", "--sensor", "virtual")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("kickback: the virtual sensor needs bumble")
    assert "pip install 'kickback-tracker[virtual]'" in done.err


@contextmanager
def ending(process: Popen[bytes]) -> Iterator[Popen[bytes]]:
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C for a single process there")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_session_properly(
    process: Callable[..., Popen[bytes]], data: Path, sent: signal.Signals
) -> None:
    with ending(process("live", "--sensor", "virtual", "-e", "cable", "--side", "left", "--json")) as live:
        assert live.stdout is not None
        lines = (json.loads(line) for line in live.stdout)
        session = next(lines)
        states = [line for line in (next(lines) for _ in range(1)) if line["event"] == "sensor"]
        live.send_signal(sent)
        *_, end = lines
        assert live.wait(8) == 0
    assert session["event"] == "session"
    assert states
    assert (end["event"], end["ending"], end["session"]) == ("end", "stopped", session["session"])
    with Journal.open(journal_path(data), readonly=True) as journal:
        logged = journal.session(session["session"])
    assert logged.ending is Ending.STOPPED
    recording = open_recording(logged.recordings[0].path)
    assert len(list(recording)) > 5
    assert recording.ending.complete


@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C for a single process there")
def test_a_reader_that_goes_ends_the_session_too(process: Callable[..., Popen[bytes]], data: Path) -> None:
    with ending(process("live", "--sensor", "virtual", "--json")) as live:
        assert live.stdout is not None
        session = json.loads(live.stdout.readline())
        live.stdout.close()
        live.stdout = None
        live.wait(20)
        assert live.stderr is not None
        assert b"Traceback" not in live.stderr.read()
    with Journal.open(journal_path(data), readonly=True) as journal:
        assert journal.session(session["session"]).ending is Ending.INTERRUPTED
