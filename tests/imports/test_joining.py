"""Two sensors that do not keep step: one timeline, nothing invented in holes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tracker.imports.arrivals import evened, in_bursts
from tracker.imports.join import join
from tracker.imports.track import Track
from tracker.recording import read_samples_csv
from tracker.simulation import SensorModel, SensorStream, sense, session_plan, simulate

from .conftest import analyzed, run
from .encoders import G, metabase_table, phyphox_table
from .test_same_session import assert_same

Array = NDArray[np.float64]


def two(folder: Path, acc: tuple[Array, Array], gyr: tuple[Array, Array]) -> list[Path]:
    """Phyphox, a file for each sensor."""
    paths = [folder / "Accelerometer.csv", folder / "Gyroscope.csv"]
    paths[0].write_text(phyphox_table(*acc, "Acceleration", "m/s^2"))
    paths[1].write_text(phyphox_table(*gyr, "Gyroscope", "rad/s"))
    return paths


def sensed(rate_hz: int, rate_error: float = 0.0) -> SensorStream:
    """The same leg and strap, another chip."""
    model = SensorModel(rate_hz=rate_hz, rate_error=rate_error)
    return sense(simulate(session_plan("nominal", "cable", 5, sets=1, reps=5), 5), model, 5, notify=False)


@pytest.mark.parametrize(("rate_hz", "error"), [(100, 0.007), (200, 0.0), (50, -0.01)])
def test_other_rates(tmp_path: Path, session: SensorStream, direct: dict[str, Any], rate_hz: int, error: float) -> None:
    other = sensed(rate_hz, error)
    paths = two(tmp_path, (session.time_s, session.acc), (other.time_s[30:], other.gyr[30:]))
    done = run("import", *paths, "-o", tmp_path / "out.csv")
    assert done.code == 0, done.err
    assert "interpolated" in done.out
    assert "left out" in done.out
    assert_same(analyzed(tmp_path / "out.csv"), direct, within_s=0.04)


def test_nothing_is_drawn_across_a_hole(tmp_path: Path, session: SensorStream) -> None:
    """A hole of either sensor is a hole of what is written, and only that."""
    t = session.time_s
    acc, gyr = (t < 10) | (t > 10.5), (t < 20) | (t > 21.25)
    paths = two(tmp_path, (t[acc], session.acc[acc]), (t[gyr] + 0.003, session.gyr[gyr]))
    done = run("import", *paths, "-o", tmp_path / "out.csv")
    assert done.code == 0, done.err
    read = read_samples_csv(tmp_path / "out.csv")
    holes = [(one.start_s, one.end_s) for one in read.blocks if hasattr(one, "samples_lost")]
    assert holes == [(pytest.approx(9.995), pytest.approx(10.505)), (pytest.approx(19.995), pytest.approx(21.265))]
    written = np.concatenate([one.acc for one in read.samples])
    kept = acc & ((t < 19.999) | (t > 21.26))
    np.testing.assert_allclose(written, session.acc[kept][1:], atol=1e-8)  # the first row lies before the gyroscope's
    assert "2 gaps" in done.out


def test_one_clock_is_not_touched(session: SensorStream) -> None:
    acc = Track("accelerometer", "a", ("x", "y", "z"), "m/s2", session.time_s, session.acc)
    gyr = Track("gyroscope", "a", ("x", "y", "z"), "rad/s", session.time_s.copy(), session.gyr)
    joined = join(acc, gyr)
    assert not joined.interpolated
    assert joined.gyr is session.gyr


def test_a_line_stays_a_line() -> None:
    t, u = np.arange(0, 5, 0.01), np.arange(-0.0031, 5.1, 0.013)
    acc = Track("accelerometer", "a", ("x", "y", "z"), "m/s2", t, np.ones((len(t), 3)))
    gyr = Track("gyroscope", "a", ("x", "y", "z"), "rad/s", u, np.outer(u, [1.0, -2.0, 3.0]))
    joined = join(acc, gyr)
    np.testing.assert_array_equal(joined.time_s, t)
    np.testing.assert_allclose(joined.gyr, np.outer(t, [1.0, -2.0, 3.0]), atol=1e-12)


def test_two_sessions_are_refused(tmp_path: Path, session: SensorStream) -> None:
    paths = two(tmp_path, (session.time_s, session.acc), (session.time_s + 3600, session.gyr))
    done = run("import", *paths, "-o", tmp_path / "out.csv")
    assert done.code == 2
    assert "no time in common" in done.err
    assert not (tmp_path / "out.csv").exists()


def test_two_rows_with_one_stamp(tmp_path: Path, session: SensorStream, direct: dict[str, Any]) -> None:
    """MetaBase on iOS: rows come in pairs, each sensor's by itself, a few milliseconds late."""
    rng = np.random.default_rng(1)
    paths = []
    for name, values, unit, odd in (("Accelerometer", session.acc / G, "g", 0), ("Gyroscope", session.gyr, "deg/s", 1)):
        number = np.arange(len(session.time_s))
        last = np.minimum((number + odd) // 2 * 2 + 1 - odd, len(number) - 1)
        stamps = np.maximum.accumulate(session.time_s[last] + rng.uniform(0, 0.012, len(number))[last])
        path = tmp_path / f"a_MetaWear_{name}_100.000Hz_1.4.4.csv"
        path.write_text(metabase_table(stamps, np.degrees(values) if unit == "deg/s" else values, unit))
        paths.append(path)
    done = run("import", *paths, "-o", tmp_path / "out.csv")
    assert done.code == 0, done.err
    assert done.out.count("evened out") == 2
    assert_same(analyzed(tmp_path / "out.csv"), direct, shift_s=session.time_s[1], within_s=0.05)


def test_evening_out_keeps_the_time() -> None:
    """Over ten minutes: no drift, and within a few milliseconds of when it was."""
    true_s = np.arange(60_000) / 99.2
    rng = np.random.default_rng(2)
    stamps = np.maximum.accumulate(np.repeat(true_s[4::5], 5) + np.repeat(rng.exponential(0.008, 12_000), 5))
    rows = np.sin(true_s)[:, None]
    assert in_bursts(stamps, rows)
    at_s, values = evened(stamps, rows)
    assert np.diff(at_s).min() > 0
    settled = at_s > 30
    assert settled.sum() > 55_000
    # the sine's slope is at most 1, so this is the error of the time in seconds
    assert np.abs(values[settled, 0] - np.sin(at_s[settled])).max() < 0.012
