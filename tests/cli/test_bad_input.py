"""Bad input: one line that says what, where and what was expected; exit 2; nothing half-written."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from mcap.writer import Writer

from firmware_protocol import Info, Rate
from tracker.journal import Journal, JournalError, journal_path
from tracker.recording import Header, RecordingWriter, SensorEntry, write_recording
from tracker.sensors.virtual import watch
from tracker.simulation import demo_plan
from tracker.simulation.files import COLUMNS

from .conftest import Kickback, Outcome

HEAD = ",".join(COLUMNS)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb0043") + bytes(200)


def rows(count: int = 40, rate_hz: float = 100.0) -> list[str]:
    return [f"{i / rate_hz:.6f},0.1,0.2,9.8,0.01,0.02,0.03" for i in range(count)]


def one_line(done: Outcome, *parts: str) -> None:
    assert done.code == 2
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert done.err.startswith("kickback: ")
    for part in parts:
        assert part in done.err, done.err


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join([HEAD, *lines]) + "\n")
    return path


@pytest.mark.parametrize("command", ["analyze", "replay", "export"])
@pytest.mark.parametrize("name", ["a.mcap", "a.csv", "a.csv.gz"])
def test_missing_and_empty(kickback: Kickback, tmp_path: Path, command: str, name: str, data: Path) -> None:
    path = tmp_path / name
    one_line(kickback(command, path), str(path), "no such file")
    path.touch()
    one_line(kickback(command, path), str(path), "empty")
    path.unlink()
    path.mkdir()
    one_line(kickback(command, path), str(path), "directory")
    assert not data.exists()


@pytest.mark.parametrize("command", ["analyze", "replay", "export"])
def test_another_kind_of_file(kickback: Kickback, tmp_path: Path, command: str) -> None:
    path = tmp_path / "notes.txt"
    if command != "export":
        one_line(kickback(command, path), str(path), "no such file")
    path.write_text("hello")
    one_line(kickback(command, path), str(path), "unknown kind", ".mcap, .csv, .csv.gz")


def test_wrong_columns(kickback: Kickback, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,x,y\n1,2,3\n")
    one_line(kickback("analyze", path, "--json"), str(path), "line 1", "columns missing", "acc_x_m_s2")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("0.100000,0.1,nan,9.8,0,0,0", "acc_y_m_s2"),
        ("0.100000,0.1,inf,9.8,0,0,0", "finite"),
        ("0.050000,0.1,0.2,9.8,0,0,0", "backwards"),
        ("0.100000,0.1,hello,9.8,0,0,0", "hello"),
        ("0.100000,0.1", "cells"),
    ],
)
def test_a_bad_row(kickback: Kickback, tmp_path: Path, row: str, what: str) -> None:
    lines = rows()
    lines[10] = row
    path = written(tmp_path / "a.csv", lines)
    one_line(kickback("analyze", path), str(path), "line 12", what)


@pytest.mark.parametrize(
    ("acc", "gyr", "told"),
    [
        (1.0, 0.01, ["acceleration looks like g, expected m/s²"]),
        (1000.0, 0.01, ["acceleration looks like mg, expected m/s²"]),
        (30.0, 0.01, ["acceleration", "30", "expected m/s²"]),
        (9.8, 40.0, ["turning rate looks like degrees per second", "expected rad/s"]),
        (1.0, 40.0, ["acceleration looks like g", "turning rate"]),
        (9.8, 5.0, []),
    ],
)
def test_units_that_look_wrong(kickback: Kickback, tmp_path: Path, acc: float, gyr: float, told: list[str]) -> None:
    path = written(tmp_path / "a.csv", [f"{i / 100:.6f},0,0,{acc},{gyr},0,0" for i in range(400)])
    for arguments in (["analyze"], ["analyze", "--json"], ["replay"]):
        done = kickback(arguments[0], path, *arguments[1:])
        assert done.code == 0
        assert done.out
        assert done.err.count("\n") == bool(told)
        for part in told:
            assert part in done.err


def test_five_hertz(kickback: Kickback, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", rows(rate_hz=5.0))
    one_line(kickback("analyze", path), str(path), "5.0 Hz", "25 to 500 Hz")


@pytest.mark.parametrize("name", ["a.mcap", "a.csv", "a.csv.gz"])
def test_a_picture(kickback: Kickback, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(JPEG)
    one_line(kickback("analyze", path), str(path), "not ")


def test_somebody_elses_mcap(kickback: Kickback, tmp_path: Path) -> None:
    path = tmp_path / "ros.mcap"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start("ros2", "somebody")
        writer.finish()
    for command in ("analyze", "replay", "recover"):
        one_line(kickback(command, path), str(path), "not a recording")
    assert list(tmp_path.iterdir()) == [path]


def recording(path: Path, **fields: object) -> Path:
    sensor = SensorEntry(1, str(fields.pop("family", "kickback")))
    RecordingWriter(path, Header("0", "s", "2025-01-01", 0, (sensor,), **fields)).close()  # type: ignore[arg-type]
    return path


def test_a_recording_that_cannot_be_used(kickback: Kickback, tmp_path: Path) -> None:
    one_line(kickback("analyze", recording(tmp_path / "a.mcap")), "no samples")
    one_line(kickback("analyze", recording(tmp_path / "b.mcap", exercise="tango")), "tango", "cable", "--exercise")
    one_line(kickback("analyze", recording(tmp_path / "c.mcap", family="abacus")), "abacus", "kickback")


def test_a_sensor_that_is_too_slow(kickback: Kickback, tmp_path: Path) -> None:
    sensor = watch(demo_plan("cable", 1))
    info = bytes(replace(Info.from_bytes(sensor.stream.info), rate=Rate(10)))
    slow = replace(sensor, stream=replace(sensor.stream, info=info))
    path = tmp_path / "a.mcap"
    write_recording(path, slow.header("s", "", slow.start_ns), slow.events())
    one_line(kickback("analyze", path), str(path), "10.0 Hz", "25 to 500 Hz")


def test_names_do_no_harm(kickback: Kickback, tmp_path: Path) -> None:
    path = recording(tmp_path / "\x1b]0;evil\x07.mcap", exercise="\x1b[2Jtango\nsecond line")
    done = kickback("analyze", path)
    one_line(done, "tango")
    assert "\x1b" not in done.err
    assert "\x07" not in done.err


def test_names_on_standard_output(kickback: Kickback, tmp_path: Path) -> None:
    path = tmp_path / "\x1b]0;evil\x07[bold].mcap"
    sensor = watch(demo_plan("cable", 2))
    write_recording(path, sensor.header("\x1b[2J" + "x" * 500, "\x1b[2J", sensor.start_ns), sensor.events())
    for arguments in (["analyze"], ["analyze", "--json"], ["export"], ["replay"], ["recover"]):
        done = kickback(arguments[0], path, *arguments[1:])
        assert (done.code, done.err) == (0, "")
        assert "evil" in done.out or arguments == ["export"]
        assert not set(done.out) & {"\x1b", "\x07"}
    assert "\x1b" not in kickback("log").out + kickback("show").out


@pytest.mark.parametrize("arguments", [["analyze", "a.csv"], ["demo"], ["replay", "a.csv"]])
def test_unknown_exercise(kickback: Kickback, arguments: list[str], data: Path) -> None:
    one_line(kickback(*arguments, "--exercise", "tango"), "tango", "cable", "glute-bridge")
    assert not data.exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--scenario", "tango", "-o", "x.csv"], "nominal"),
        (["--exercise", "tango", "-o", "x.csv"], "cable"),
        (["--rate", "5", "-o", "x.csv"], "25 to 500"),
        (["-o", "x.txt"], ".mcap, .csv or .csv.gz"),
        (["-o", "x.csv", "--format", "mcap"], "does not fit"),
        (["-o", "nowhere/x.csv"], "no folder"),
    ],
)
def test_what_cannot_be_simulated(
    kickback: Kickback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    one_line(kickback("simulate", *arguments), what)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_replaced(kickback: Kickback, files: dict[str, Path]) -> None:
    before = files["mcap"].read_bytes()
    one_line(kickback("simulate", "-o", files["mcap"]), str(files["mcap"]), "--force")
    one_line(kickback("recover", files["mcap"], "-o", files["csv"]), "already exists")
    assert files["mcap"].read_bytes() == before


def test_a_journal_from_a_newer_version(kickback: Kickback, data: Path, files: dict[str, Path]) -> None:
    Journal.open(journal_path(data)).close()
    connection = sqlite3.connect(journal_path(data))
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    for arguments in (["log"], ["show", "last"], ["demo"], ["replay", str(files["csv"])], ["export", "last"]):
        one_line(
            kickback(*arguments),
            "journal.sqlite3",
            "version 999",
            "newer",
        )
    assert not (data / "recordings").exists()


def test_not_a_journal(kickback: Kickback, data: Path) -> None:
    data.mkdir()
    journal_path(data).write_bytes(JPEG)
    one_line(kickback("log"), "journal.sqlite3", "not a journal")


def test_an_unwritable_data_folder(kickback: Kickback, tmp_path: Path, files: dict[str, Path]) -> None:
    (tmp_path / "file").touch()
    where = tmp_path / "file" / "data"
    one_line(kickback("demo", "--data-dir", where), str(where))
    one_line(kickback("replay", files["csv"], "--data-dir", where), str(where))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing stops root")
def test_a_read_only_data_folder(kickback: Kickback, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    one_line(kickback("demo", "--data-dir", tmp_path / "data"), str(tmp_path))
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("command", [["log"], ["show"], ["log", "--json"], ["export", "last"], ["demo"]])
def test_a_data_folder_that_is_none(kickback: Kickback, tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "file"
    file.touch()
    for where in (file, file / "data"):
        one_line(kickback(*command, "--data-dir", where), f"{where}: ", "is not a folder")
        one_line(kickback("--data-dir", where, *command), f"{where}: ", "is not a folder")
    one_line(kickback(*command, "--data-dir", ""), "--data-dir", "empty")
    one_line(kickback("--data-dir", "", *command), "--data-dir", "empty")
    if Path("/dev/null").exists():
        one_line(kickback(*command, "--data-dir", "/dev/null"), "/dev/null: is not a folder")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("known", [False, True])
def test_a_recordings_folder_that_is_a_file(kickback: Kickback, data: Path, known: bool) -> None:
    data.mkdir()
    if known:
        Journal.open(journal_path(data)).close()
    (data / "recordings").touch()
    one_line(kickback("demo", "--speed", "max"), "recordings: is not a folder")
    assert journal_path(data).exists() == known
    assert '"sessions": []' in kickback("log", "--json").out


@pytest.mark.parametrize("known", [False, True])
def test_a_recording_that_cannot_be_made(
    kickback: Kickback, data: Path, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.mkdir()
    if known:
        Journal.open(journal_path(data)).close()

    def refuse(path: Path, _: Header) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("tracker.cli.sessions.RecordingWriter", refuse)
    one_line(kickback("demo", "--speed", "max"), "recordings", "permission denied")
    assert journal_path(data).exists() == known
    assert '"sessions": []' in kickback("log", "--json").out


def test_a_session_that_cannot_be_begun(kickback: Kickback, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise JournalError("the journal is full")

    monkeypatch.setattr(Journal, "begin_session", refuse)
    one_line(kickback("demo", "--speed", "max"), "the journal is full")
    assert list((data / "recordings").iterdir()) == []


def test_unknown_session(kickback: Kickback, data: Path) -> None:
    for command in ("show", "export"):
        one_line(kickback(command, "abc"), "no journal")
    Journal.open(journal_path(data)).close()
    for command in ("show", "export"):
        one_line(kickback(command, "last"), "no sessions")
        one_line(kickback(command, "abc"), "no session's id begins with 'abc'")
        one_line(kickback(command, "tango"), "not the beginning of a session's id")


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast"])
def test_speed(kickback: Kickback, speed: str, data: Path) -> None:
    one_line(kickback("demo", f"--speed={speed}"), "--speed", "max")
    assert not data.exists()
