"""What a file does not say is asked for, and what it says is not overruled."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from tracker.cli.imports import FORMATS
from tracker.imports import APPS
from tracker.imports.asked import unit_of
from tracker.imports.sources import Source
from tracker.imports.table import Table
from tracker.imports.turning import RIGHT, share
from tracker.motion.samples import Samples
from tracker.recording import RecordingError
from tracker.simulation import (
    EXERCISE_IDS,
    ExerciseId,
    Scenario,
    SensorModel,
    SensorStream,
    sense,
    session_plan,
    simulate,
)

from .conftest import run
from .encoders import (
    G,
    metabase,
    phyphox,
    phyphox_table,
    sensor_logger,
    sensor_logger_table,
    witmotion,
    xsens_dot,
)


def refused(out: Path, *arguments: str | Path) -> str:
    """Import, expecting one line and nothing written."""
    before = sorted(out.parent.iterdir())
    done = run("import", *arguments, "-o", out)
    assert done.code == 2, done.out
    assert done.out == ""
    (line,) = done.err.splitlines()
    assert line.startswith("kickback: ")
    assert sorted(out.parent.iterdir()) == before
    return line


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def test_the_help_names_every_app() -> None:
    assert tuple(APPS) == FORMATS


def test_no_app_claims_another_s_header(tmp_path: Path, short: SensorStream) -> None:
    phyphox(tmp_path / "a.zip", short)
    texts = {
        "phyphox": zipfile.ZipFile(tmp_path / "a.zip").read("Accelerometer.csv").decode(),
        "sensor-logger": sensor_logger_table(short.time_s[:3].tolist(), short.acc[:3].tolist()),
        "metabase": metabase(tmp_path, short)[0].read_text(),
        "xsens-dot": xsens_dot(tmp_path / "d.csv", short, preamble="").read_text(),
        "witmotion": witmotion(tmp_path / "w.txt", {"a": short}).read_text(encoding="utf-8-sig"),
    }
    for name, text in texts.items():
        columns = Table(Source("a", "a", True, text), 1).columns
        assert [one.name for one in APPS.values() if one.claims(columns)] == [name]


@pytest.mark.parametrize(("kind", "option", "units"), [("acc", "--acc-unit", "m/s2"), ("gyr", "--gyr-unit", "rad/s")])
def test_columns_without_a_unit(
    tmp_path: Path, out: Path, short: SensorStream, kind: str, option: str, units: str
) -> None:
    acc = phyphox_table(short.time_s, short.acc, "Acceleration", "m/s^2")
    gyr = phyphox_table(short.time_s, short.gyr, "Gyroscope", "rad/s")
    texts = {"acc": acc, "gyr": gyr}
    texts[kind] = texts[kind].replace(" (m/s^2)", "").replace(" (rad/s)", "")
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
    files = [tmp_path / "acc.csv", tmp_path / "gyr.csv"]
    line = refused(out, *files)
    assert option in line
    assert str(tmp_path / f"{kind}.csv") in line
    assert run("import", *files, "-o", out, option, units).code == 0


def test_a_unit_that_the_columns_contradict(tmp_path: Path, out: Path, short: SensorStream) -> None:
    path = phyphox(tmp_path / "a.zip", short)
    line = refused(out, path, "--acc-unit", "g")
    assert "--acc-unit g" in line
    assert "m/s^2" in line
    assert run("import", path, "-o", out, "--acc-unit", "m/s2").code == 0


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("a (m/s^2),b (m/s²),c (ms-2)", RecordingError),
        ("a (m/s^2),b (g),c (m/s^2)", RecordingError),
        ("a (furlong),b (furlong),c (furlong)", RecordingError),
        ("a (g),b (g),c", RecordingError),
        ("a (G),b (G),c (G)", RecordingError),
        ("a (g),b (g),c (g)", "g"),
        ("a (m/s^2),b (m/s^2),c (m/s^2)", "m/s2"),
        ("a (M/S²),b (M/S²),c (M/S²)", "m/s2"),
    ],
)
def test_units_in_brackets(header: str, expected: str | type[Exception]) -> None:
    table = Table(Source("file", "file", True, header + "\n1,2,3\n"), 1)
    units = {"m/s2": 1.0, "g": G}
    if isinstance(expected, str):
        assert unit_of(table, table.columns, units, None, "--acc-unit") == expected
    else:
        with pytest.raises(expected, match="unit"):
            unit_of(table, table.columns, units, None, "--acc-unit")


def test_phyphox_in_other_units(tmp_path: Path, out: Path, short: SensorStream) -> None:
    """As in files that are about: g and deg/s."""
    (tmp_path / "acc.csv").write_text(phyphox_table(short.time_s, short.acc / G, "Acceleration", "g"))
    (tmp_path / "gyr.csv").write_text(phyphox_table(short.time_s, np.degrees(short.gyr), "Gyroscope", "deg/s"))
    done = run("import", tmp_path / "acc.csv", tmp_path / "gyr.csv", "-o", out)
    assert done.code == 0
    rows = np.loadtxt(out, delimiter=",", skiprows=1)
    np.testing.assert_allclose(rows[:, 1:4], short.acc, atol=1e-7)
    np.testing.assert_allclose(rows[:, 4:7], short.gyr, atol=1e-7)


def test_acceleration_without_gravity(tmp_path: Path, out: Path, short: SensorStream) -> None:
    linear = phyphox_table(short.time_s, short.acc, "Acceleration", "m/s^2").replace('"Acc', '"Linear Acc')
    (tmp_path / "acc.csv").write_text(linear)
    (tmp_path / "gyr.csv").write_text(phyphox_table(short.time_s, short.gyr, "Gyroscope", "rad/s"))
    assert "lacks gravity" in refused(out, tmp_path / "acc.csv", tmp_path / "gyr.csv")
    folder = sensor_logger(tmp_path / "session", short, "ios")
    named = [folder / f"{name}.csv" for name in ("Accelerometer", "Gyroscope", "Metadata")]
    assert "name Gravity.csv as well" in refused(out, *named)


def test_sensor_logger_without_metadata(tmp_path: Path, out: Path, short: SensorStream) -> None:
    """The two signs give two different files, so one has to be said."""
    folder = sensor_logger(tmp_path / "session", short)
    (folder / "Metadata.csv").unlink()
    assert "--platform" in refused(out, folder)
    signs = {}
    for platform in ("android", "ios"):
        assert run("import", folder, "-o", out, "--platform", platform, "--force").code == 0
        signs[platform] = np.loadtxt(out, delimiter=",", skiprows=1)[:, 1:]
    np.testing.assert_array_equal(signs["android"][:, :3], -signs["ios"][:, :3])
    np.testing.assert_array_equal(signs["android"][:, 3:], signs["ios"][:, 3:])


def test_sensor_logger_s_metadata_are_not_overruled(tmp_path: Path, out: Path, short: SensorStream) -> None:
    folder = sensor_logger(tmp_path / "session", short)
    assert "metadata say android" in refused(out, folder, "--platform", "ios")


def test_sensor_logger_s_renamed_file(tmp_path: Path, out: Path, short: SensorStream) -> None:
    folder = sensor_logger(tmp_path / "session", short)
    (folder / "TotalAcceleration.csv").rename(folder / "a.csv")
    assert "its name must say which sensor" in refused(out, folder / "a.csv", folder / "Gyroscope.csv")


def test_sensor_logger_uncalibrated(tmp_path: Path, out: Path, short: SensorStream) -> None:
    """On iOS in g and with the other sign."""
    folder = sensor_logger(tmp_path / "session", short, "ios")
    for name in ("Accelerometer", "Gravity"):
        (folder / f"{name}.csv").unlink()
    table = sensor_logger_table(short.time_s.tolist(), (-short.acc / G).tolist())
    (folder / "AccelerometerUncalibrated.csv").write_text(table)
    assert run("import", folder, "-o", out).code == 0
    np.testing.assert_allclose(np.loadtxt(out, delimiter=",", skiprows=1)[:, 1:4], short.acc, atol=1e-7)


def test_xsens_dot_asks_for_all_that_is_missing(tmp_path: Path, out: Path, short: SensorStream) -> None:
    path = xsens_dot(tmp_path / "dot.csv", short, preamble="")
    line = refused(out, path)
    assert "--acc-unit m/s2 --gyr-unit deg/s --time-unit us" in line
    line = refused(out, path, "--acc-unit", "m/s2", "--time-unit", "us")
    assert line.endswith("its own are --gyr-unit deg/s")


def test_xsens_dot_in_the_wrong_time_unit(tmp_path: Path, out: Path, short: SensorStream) -> None:
    path = xsens_dot(tmp_path / "dot.csv", short, preamble="")
    line = refused(out, path, "--acc-unit", "m/s2", "--gyr-unit", "deg/s", "--time-unit", "100us")
    assert "1 Hz" in line
    assert "expected 25 to 500" in line


def test_xsens_dot_without_acceleration(tmp_path: Path, out: Path, short: SensorStream) -> None:
    path = xsens_dot(tmp_path / "dot.csv", short)
    path.write_text(path.read_text(encoding="utf-8").replace("Acc_", "FreeAcc_"), encoding="utf-8")
    line = refused(out, path)
    assert "holds Euler, FreeAcc, Gyr" in line


def test_witmotion_with_two_sensors(tmp_path: Path, out: Path, short: SensorStream) -> None:
    other = type(short)(short.time_s + 0.004, short.index, -short.acc, -short.gyr, short.clipped, b"", [])
    path = witmotion(tmp_path / "two.txt", {"WT901(d6-a8)": short, "WT901(eb-33)": other})
    line = refused(out, path)
    assert "--device: WT901(d6-a8), WT901(eb-33)" in line
    assert "fits 2 of" in refused(out, path, "--device", "WT901")
    assert "fits 0 of" in refused(out, path, "--device", "left")
    for name, sign in (("d6-a8", 1), ("WT901(eb-33)", -1)):
        assert run("import", path, "-o", out, "--device", name, "--force").code == 0
        written = np.loadtxt(out, delimiter=",", skiprows=1)[:, 1:4]
        np.testing.assert_allclose(written, sign * short.acc, atol=1e-3)


def test_metabase_whose_stamps_contradict_its_name(tmp_path: Path, out: Path, short: SensorStream) -> None:
    """At 400 Hz the app counts 2 ms and not 2.5."""
    renamed = [path.rename(tmp_path / path.name.replace("100.000Hz", "80.000Hz")) for path in metabase(tmp_path, short)]
    assert "--rate" in refused(out, *renamed)
    for said, seconds in (("stamps", 7.99), ("name", 7.99 * 100 / 80)):
        assert run("import", *renamed, "-o", out, "--rate", said, "--force").code == 0
        assert np.loadtxt(out, delimiter=",", skiprows=1)[-1, 0] == pytest.approx(seconds, abs=0.05)


def test_metabase_s_fusion(tmp_path: Path, out: Path, short: SensorStream) -> None:
    acc, gyr = metabase(tmp_path, short)
    gravity = acc.rename(tmp_path / acc.name.replace("Accelerometer", "Gravity"))
    assert "sensor's fusion" in refused(out, gravity, gyr)


def test_a_wrong_unit_is_told_at_rest(tmp_path: Path, out: Path, short: SensorStream) -> None:
    path = xsens_dot(tmp_path / "dot.csv", short, preamble="")
    done = run("import", path, "-o", out, "--acc-unit", "g", "--gyr-unit", "deg/s", "--time-unit", "us")
    assert done.code == 0
    assert "wrong unit" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_wrong_unit_is_told_when_it_turns(tmp_path: Path, out: Path, session: SensorStream) -> None:
    path = xsens_dot(tmp_path / "dot.csv", session, preamble="")
    units = ("--acc-unit", "m/s2", "--time-unit", "us", "--gyr-unit")
    assert not run("import", path, "-o", out, *units, "deg/s").err
    done = run("import", path, "-o", out, *units, "rad/s", "--force")
    assert done.code == 0
    (line,) = done.err.splitlines()
    assert "times the tilt that gravity shows" in line


@pytest.mark.parametrize("name", EXERCISE_IDS)
@pytest.mark.parametrize("what", ["slow", "fast", "walking"])
def test_right_units_are_not_doubted(name: ExerciseId, what: Scenario) -> None:
    stream = sense(simulate(session_plan(what, name, 1, sets=1, reps=4), 1), SensorModel(), 1, notify=False)
    valid, no = np.ones(len(stream.acc), dtype=bool), np.zeros(len(stream.acc), dtype=bool)

    def told(factor: float) -> float | None:
        return share(0.01, [Samples(0, 0.01, stream.acc, factor * stream.gyr, valid, no)])

    right, large, small = told(1.0), told(np.degrees(1.0)), told(np.radians(1.0))
    assert right is not None
    assert large is not None
    assert small is not None
    assert small < RIGHT[0] < right < RIGHT[1] < large


def test_two_experiments_of_phyphox(tmp_path: Path, out: Path, short: SensorStream) -> None:
    """Their times both begin at 0: they would fit, and be nonsense."""
    paths = []
    for kind, unit, values in (("Acceleration", "m/s^2", short.acc), ("Gyroscope", "rad/s", short.gyr)):
        paths.append(tmp_path / f"{kind}.zip")
        with zipfile.ZipFile(paths[-1], "w") as archive:
            archive.writestr("Raw Data.csv", phyphox_table(short.time_s, values, kind, unit))
    assert "in one experiment" in refused(out, *paths)
    loose = [path.with_suffix(".csv") for path in paths]
    for path, archived in zip(loose, paths, strict=True):
        path.write_bytes(zipfile.ZipFile(archived).read("Raw Data.csv"))
    done = run("import", *loose, "-o", out)
    assert done.code == 0
    assert "taken to be of one experiment" in done.out


def test_excel(tmp_path: Path, out: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    for name in ("a.xlsx", "a.xls"):
        assert "Excel" in refused(out, tmp_path / name)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--device", "a"), ("--platform", "ios"), ("--time-unit", "ms"), ("--rate", "name")],
)
def test_an_option_that_says_nothing(tmp_path: Path, out: Path, short: SensorStream, option: str, value: str) -> None:
    assert option in refused(out, phyphox(tmp_path / "a.zip", short), option, value)


@pytest.mark.parametrize("option", ["--format", "--acc-unit", "--gyr-unit", "--time-unit", "--platform", "--rate"])
def test_an_unknown_word(tmp_path: Path, out: Path, short: SensorStream, option: str) -> None:
    assert f"{option}: 'x' is none of" in refused(out, phyphox(tmp_path / "a.zip", short), option, "x")


@pytest.mark.parametrize("app", list(APPS))
def test_the_format_that_was_asked_for(tmp_path: Path, out: Path, short: SensorStream, app: str) -> None:
    path = phyphox(tmp_path / "a.zip", short)
    if app == "phyphox":
        assert run("import", path, "-o", out, "--format", app).code == 0
    else:
        assert f"no header of {APPS[app].title} found" in refused(out, path, "--format", app)


def test_both_sensors_are_needed(tmp_path: Path, out: Path, short: SensorStream) -> None:
    acc, gyr = metabase(tmp_path, short)
    assert "no gyroscope" in refused(out, acc)
    assert "no accelerometer" in refused(out, gyr)
    twice = acc.with_name("again_" + acc.name)
    twice.write_bytes(acc.read_bytes())
    assert str(twice) in refused(out, acc, gyr, twice)
    assert "named twice" in refused(out, acc, acc, gyr)


def test_two_apps_at_once(tmp_path: Path, out: Path, short: SensorStream) -> None:
    paths = [phyphox(tmp_path / "a.zip", short), xsens_dot(tmp_path / "dot.csv", short)]
    line = refused(out, *paths)
    assert "phyphox" in line
    assert "Xsens DOT" in line


def test_outputs(tmp_path: Path, out: Path, short: SensorStream) -> None:
    path = phyphox(tmp_path / "a.zip", short)
    assert "must end in .csv" in refused(tmp_path / "out.mcap", path)
    out.write_text("precious")
    assert "already exists" in refused(out, path)
    assert out.read_text() == "precious"
    acc, gyr = metabase(tmp_path, short)
    assert "is what is read" in refused(acc, acc, gyr, "--force")
