"""A session comes out of each app's files as it would have come without the detour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tracker.simulation import SensorStream

from .conftest import analyzed, run
from .encoders import phyphox


def imported(tmp_path: Path, *arguments: str | Path) -> tuple[dict[str, Any], str]:
    out = tmp_path / "out.csv.gz"
    done = run("import", *arguments, "-o", out)
    assert done.code == 0, done.err
    assert not done.err
    return analyzed(out), done.out


def assert_same(found: dict[str, Any], direct: dict[str, Any], *, shift_s: float = 0.0) -> None:
    """Times within two samples, ranges within half a degree."""
    assert direct["sets"], "nothing to compare"
    assert [len(one["reps"]) for one in found["sets"]] == [len(one["reps"]) for one in direct["sets"]]
    for one, true in zip(found["sets"], direct["sets"], strict=True):
        for rep, other in zip(one["reps"], true["reps"], strict=True):
            assert rep["start_s"] + shift_s == pytest.approx(other["start_s"], abs=0.02)
            for name in ("concentric_s", "hold_s", "eccentric_s"):
                assert rep[name] == pytest.approx(other[name], abs=0.02)
            assert rep["range_deg"] == pytest.approx(other["range_deg"], abs=0.5)
            assert rep["peak_speed_deg_s"] == pytest.approx(other["peak_speed_deg_s"], rel=0.02)
    assert found["gaps"] == direct["gaps"]


@pytest.mark.parametrize(("comma", "point"), [(",", "."), ("\t", "."), (";", "."), ("\t", ","), (";", ",")])
def test_phyphox(tmp_path: Path, session: SensorStream, direct: dict[str, Any], comma: str, point: str) -> None:
    found, said = imported(tmp_path, phyphox(tmp_path / "a.zip", session, comma=comma, point=point))
    assert_same(found, direct)
    assert "phyphox" in said
    assert "[m/s2]" in said
    assert "[rad/s]" in said
    assert "no gaps" in said
