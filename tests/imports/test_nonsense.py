"""Broken files: one line that says what and where, exit 2, nothing written, whatever the app."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.recording import read_samples_csv
from tracker.simulation import SensorStream

from .conftest import Outcome, run
from .encoders import metabase, phyphox_table, sensor_logger, witmotion, xsens_dot

Files = dict[str, tuple[list[Path], int]]
APPS = ("phyphox", "sensor-logger", "metabase", "xsens-dot", "witmotion")


def write(folder: Path, app: str, short: SensorStream) -> list[Path]:
    """Write an app's files; the accelerometer's comes first, and is the one to be broken."""
    if app == "phyphox":
        paths = [folder / "acc.csv", folder / "gyr.csv"]
        paths[0].write_text(phyphox_table(short.time_s, short.acc, "Acceleration", "m/s^2"))
        paths[1].write_text(phyphox_table(short.time_s, short.gyr, "Gyroscope", "rad/s"))
        return paths
    if app == "sensor-logger":
        session = sensor_logger(folder / "session", short)
        return [session / f"{name}.csv" for name in ("TotalAcceleration", "Gyroscope", "Metadata")]
    if app == "metabase":
        return list(metabase(folder, short))
    if app == "xsens-dot":
        return [xsens_dot(folder / "dot.csv", short)]
    return [witmotion(folder / "wit.txt", {"WT901": short}, encoding="utf-8")]


@pytest.fixture(params=APPS)
def files(request: pytest.FixtureRequest, tmp_path: Path, short: SensorStream) -> list[Path]:
    return write(tmp_path, request.param, short)


def attempt(files: list[Path]) -> Outcome:
    """Import; if it is refused, properly."""
    out = files[-1].with_name("out.csv")
    out.unlink(missing_ok=True)
    done = run("import", *files, "-o", out)
    left = [path.name for path in out.parent.iterdir() if path.name.startswith(".kickback-")]
    assert not left
    if done.code:
        assert done.code == 2
        assert done.out == ""
        (line,) = done.err.splitlines()
        assert line.startswith("kickback: ")
        assert not out.exists()
    else:
        read_samples_csv(out)
    return done


def refused(files: list[Path], *parts: str) -> None:
    done = attempt(files)
    assert done.code == 2
    for part in parts:
        assert part in done.err


Change = Callable[[list[str]], None]


def changed(path: Path, change: Change) -> int:
    """Change a file's lines; return the number of the first row behind the header."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line[:1].isdigit()) + 1
    change(lines)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return first


def separator(lines: list[str]) -> str:
    return "\t" if "\t" in lines[-1] else ","


def test_whole_files_are_read(files: list[Path]) -> None:
    assert attempt(files).code == 0


def test_empty(files: list[Path]) -> None:
    files[0].write_bytes(b"")
    refused(files, str(files[0]), "the file is empty")


def test_a_header_alone(files: list[Path]) -> None:
    def cut(lines: list[str]) -> None:
        del lines[next(i for i, line in enumerate(lines) if line[:1].isdigit()) :]

    changed(files[0], cut)
    refused(files, str(files[0]), "no samples")


def test_one_row(files: list[Path]) -> None:
    def cut(lines: list[str]) -> None:
        del lines[next(i for i, line in enumerate(lines) if line[:1].isdigit()) + 1 :]

    changed(files[0], cut)
    refused(files, str(files[0]), "fewer than 2 samples")


def test_a_cut_row(files: list[Path]) -> None:
    def cut(lines: list[str]) -> None:
        between = separator(lines)
        lines[-1] = between.join(lines[-1].split(between)[:3])

    changed(files[0], cut)
    count = len(files[0].read_text(encoding="utf-8").splitlines())
    refused(files, str(files[0]), f"line {count}:", "3 cells, expected")


@pytest.mark.parametrize("word", ["hello", "", "nan", "1e999", "1_000", "--5"])
def test_no_number(files: list[Path], word: str) -> None:
    def spoil(lines: list[str]) -> None:
        between = separator(lines)
        cells = lines[300].split(between)
        cells[5 if between == "\t" or len(cells) > 6 else 3] = word
        lines[300] = between.join(cells)

    changed(files[0], spoil)
    refused(files, str(files[0]), "line 301:", "expected a")


def test_a_column_missing(files: list[Path]) -> None:
    """Without x nothing is taken for it."""

    def rename(lines: list[str]) -> None:
        for i, line in enumerate(lines[:15]):
            for name in ("Acceleration x", "x-axis", "Acc_X", "AccX"):
                line = line.replace(name, "nothing")
            lines[i] = line.replace(",y,x", ",y,w")

    changed(files[0], rename)
    refused(files)


def test_a_column_twice(files: list[Path]) -> None:
    def double(lines: list[str]) -> None:
        for i, line in enumerate(lines[:15]):
            for two, one in (("Acceleration y", "Acceleration x"), ("y-axis", "x-axis"), ("Acc_Y", "Acc_X")):
                line = line.replace(two, one)
            lines[i] = line.replace(",y,x", ",x,x").replace("AccY", "AccX")

    changed(files[0], double)
    refused(files)


def test_time_runs_backwards(files: list[Path]) -> None:
    def swap(lines: list[str]) -> None:
        lines[300], lines[310] = lines[310], lines[300]

    changed(files[0], swap)
    refused(files, str(files[0]), "line 302:", "time runs backwards")


def test_not_text(files: list[Path]) -> None:
    data = files[0].read_bytes()
    files[0].write_bytes(data[:5000] + b"\xff\xfe\x00" + data[5000:])
    refused(files, str(files[0]), "not text")


def test_too_slow(files: list[Path]) -> None:
    def thin(lines: list[str]) -> None:
        first = next(i for i, line in enumerate(lines) if line[:1].isdigit())
        lines[first:] = lines[first::10]

    for path in files:
        if path.name != "Metadata.csv":
            changed(path, thin)
    refused(files, "Hz" if "Hz" not in str(files[0]) else "--rate")


def test_compressed(files: list[Path]) -> None:
    files[0] = files[0].rename(files[0].with_name(files[0].name + ".gz"))
    plain = files[0].read_bytes()
    files[0].write_bytes(gzip.compress(plain))
    assert attempt(files).code == 0
    files[0].write_bytes(gzip.compress(plain)[:-100])
    refused(files, "damaged gzip")


def test_an_archive(files: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.write(one, f"session/{one.name}")
        archive.writestr("__MACOSX/session/._acc.csv", "\x00\x05\x16")
        archive.writestr("session/notes.md", "nothing")
    assert attempt([path]).code == 0
    data = path.read_bytes()
    path.write_bytes(data[:-200])
    refused([path], "damaged archive")
    spoilt = bytearray(data)
    spoilt[2000] ^= 0xFF
    path.write_bytes(spoilt)
    refused([path], "damaged archive")


def test_folders(tmp_path: Path) -> None:
    refused([tmp_path], "no table in this folder")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("notes.md", "nothing")
    refused([tmp_path / "a.zip"], "no table in this archive")


def test_empty_files_beside(tmp_path: Path, short: SensorStream) -> None:
    """Sensor Logger leaves an empty Annotation.csv; an empty sensor is missed all the same."""
    session = sensor_logger(tmp_path / "session", short)
    (session / "Annotation.csv").write_bytes(b"")
    packed = tmp_path / "all.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for one in session.iterdir():
            archive.write(one, one.name)
    assert attempt([session]).code == 0
    assert attempt([packed]).code == 0
    (session / "Gyroscope.csv").write_bytes(b"")
    refused([session], "no gyroscope")
    for one in session.iterdir():
        one.write_bytes(b"\n")
    refused([session], "all files are empty")


SETTINGS = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(at=st.floats(0, 1))
def test_cut_anywhere(files: list[Path], at: float) -> None:
    whole = files[0].read_bytes()
    try:
        files[0].write_bytes(whole[: round(at * len(whole))])
        attempt(files)
    finally:
        files[0].write_bytes(whole)


@SETTINGS
@given(at=st.floats(0, 1), junk=st.binary(min_size=1, max_size=12), over=st.integers(0, 40))
def test_junk_anywhere(files: list[Path], at: float, junk: bytes, over: int) -> None:
    whole = files[0].read_bytes()
    place = round(at * len(whole))
    try:
        files[0].write_bytes(whole[:place] + junk + whole[place + over :])
        attempt(files)
    finally:
        files[0].write_bytes(whole)


@SETTINGS
@given(data=st.one_of(st.binary(max_size=300), st.text(alphabet='time,xyz\t;"\n\r()0123456789.-:eE ').map(str.encode)))
def test_anything_at_all(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert attempt([path]).code == 2
