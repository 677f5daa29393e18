"""A session comes out of each app's files as it would have come without the detour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tracker.simulation import SensorStream

from .conftest import analyzed, run
from .encoders import DOT_PREAMBLE, WIT_STYLES, metabase, phyphox, sensor_logger, witmotion, xsens_dot


def imported(tmp_path: Path, *arguments: str | Path) -> tuple[dict[str, Any], str]:
    out = tmp_path / "out.csv.gz"
    done = run("import", *arguments, "-o", out)
    assert done.code == 0, done.err
    assert not done.err
    return analyzed(out), done.out


def assert_same(found: dict[str, Any], direct: dict[str, Any], *, shift_s: float = 0.0, within_s: float = 0.02) -> None:
    """Times within two samples, ranges within half a degree."""
    assert direct["sets"], "nothing to compare"
    assert [len(one["reps"]) for one in found["sets"]] == [len(one["reps"]) for one in direct["sets"]]
    for one, true in zip(found["sets"], direct["sets"], strict=True):
        for rep, other in zip(one["reps"], true["reps"], strict=True):
            assert rep["start_s"] + shift_s == pytest.approx(other["start_s"], abs=within_s)
            for name in ("concentric_s", "hold_s", "eccentric_s"):
                assert rep[name] == pytest.approx(other[name], abs=within_s)
            assert rep["range_deg"] == pytest.approx(other["range_deg"], abs=0.5)
            assert rep["peak_speed_deg_s"] == pytest.approx(other["peak_speed_deg_s"], rel=0.02)
    assert found["gaps"] == direct["gaps"]


@pytest.mark.parametrize(("comma", "point"), [(",", "."), ("\t", "."), (";", "."), ("\t", ","), (";", ",")])
def test_phyphox(tmp_path: Path, session: SensorStream, direct: dict[str, Any], comma: str, point: str) -> None:
    found, said = imported(tmp_path, phyphox(tmp_path / "a.zip", session, comma=comma, point=point))
    assert_same(found, direct)
    assert "phyphox" in said
    assert "in m/s² at 100.0 Hz" in said
    assert "in rad/s at 100.0 Hz" in said
    assert "no gaps" in said


@pytest.mark.parametrize(
    ("platform", "standardised"), [("android", None), ("android", False), ("ios", None), ("ios", False), ("ios", True)]
)
def test_sensor_logger(
    tmp_path: Path, session: SensorStream, direct: dict[str, Any], platform: str, standardised: bool | None
) -> None:
    found, said = imported(tmp_path, sensor_logger(tmp_path / "session", session, platform, standardised))
    assert_same(found, direct)
    assert "Sensor Logger" in said
    assert f"axes as on {platform}" in said
    assert ("sign was turned" in said) == (platform == "ios" and not standardised)


@pytest.mark.parametrize("ios", [True, False])
def test_metabase(tmp_path: Path, session: SensorStream, direct: dict[str, Any], ios: bool) -> None:
    found, said = imported(tmp_path, *metabase(tmp_path, session, ios=ios))
    assert_same(found, direct, shift_s=session.time_s[0])
    assert "MetaBase" in said
    assert "in °/s" in said


@pytest.mark.parametrize("first_us", [677_788_567, 2**32 - 9_000_000])
def test_xsens_dot(tmp_path: Path, session: SensorStream, direct: dict[str, Any], first_us: int) -> None:
    found, said = imported(tmp_path, xsens_dot(tmp_path / "dot.csv", session, first_us=first_us))
    assert_same(found, direct, shift_s=session.time_s[0])
    assert "Xsens DOT" in said
    assert "the first row is all zeros" in said


def test_xsens_dot_without_its_own_lines(tmp_path: Path, session: SensorStream, direct: dict[str, Any]) -> None:
    units = ("--acc-unit", "m/s2", "--gyr-unit", "deg/s")
    path = xsens_dot(tmp_path / "dot.csv", session, preamble="", us=100.0)
    found, _ = imported(tmp_path, path, *units, "--time-unit", "100us")
    assert_same(found, direct, shift_s=session.time_s[0])
    assert DOT_PREAMBLE not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("style", WIT_STYLES)
@pytest.mark.parametrize(("encoding", "point"), [("utf-8-sig", "."), ("gb18030", "."), ("utf-8", ",")])
def test_witmotion(
    tmp_path: Path, session: SensorStream, direct: dict[str, Any], style: str, encoding: str, point: str
) -> None:
    path = witmotion(tmp_path / "a.txt", {"WT901BLE67(d6-a8)": session}, style=style, encoding=encoding, point=point)
    found, said = imported(tmp_path, path)
    assert_same(found, direct, shift_s=session.time_s[0])
    assert "WitMotion" in said


def test_witmotion_by_arrival(tmp_path: Path, session: SensorStream, direct: dict[str, Any]) -> None:
    """Four rows at a time, up to 30 ms late."""
    rng = np.random.default_rng(0)
    last = np.minimum(np.arange(len(session.time_s)) // 4 * 4 + 3, len(session.time_s) - 1)
    late = rng.uniform(0, 0.03, size=len(session.time_s))
    arrivals = np.maximum.accumulate(session.time_s[last] + late[last])
    path = witmotion(tmp_path / "a.txt", {"WT901": session}, chip=False, arrivals=arrivals)
    found, said = imported(tmp_path, path)
    assert "bear the time of their arrival" in said
    assert_same(found, direct, shift_s=session.time_s[0], within_s=0.05)
