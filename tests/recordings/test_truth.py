"""What is found in the recordings, against what was done."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracker.analysis import analyze
from tracker.motion.values import Flag, Rep
from tracker.recording import recover

from ..accuracy.scoring import score
from .conftest import NAMES, RECORDINGS, analysis

HALF_S = 0.005
"""The truth's seconds count from the session's beginning, the core's from the first sample: 10 ms stand for it."""
BORDER_MAE_MS = 20.0
RANGE_MAE_DEG = 0.6


def truth_of(name: str) -> dict[str, Any]:
    """Return what was done, as far as the recording goes."""
    truth: dict[str, Any] = json.loads((RECORDINGS / f"{name}.truth.json").read_text(encoding="utf-8"))
    until_s = truth.get("recorded_until_s", float("inf"))
    for one in truth["sets"]:
        for kind in ("reps", "partials"):
            one[kind] = [rep for rep in one[kind] if rep["end_s"] < until_s]
    return truth


def counted(name: str) -> list[Rep]:
    """Repetitions of the sets, on the truth's time."""
    return [_later(rep) for one in analysis(name).sets for rep in one.reps]


def _later(rep: Rep) -> Rep:
    names = ("start_s", "peak_start_s", "peak_end_s", "end_s")
    values = {name: getattr(rep, name) for name in names}
    return replace(rep, **{name: value + HALF_S for name, value in values.items() if value is not None})


@pytest.mark.parametrize("name", NAMES)
def test_counts_are_exact(name: str) -> None:
    truth, found = truth_of(name), analysis(name)
    assert found.exercise == truth["variant"]
    assert [len(one.reps) for one in found.sets] == [len(one["reps"]) for one in truth["sets"]]
    result = score(counted(name), truth)
    assert result.exact == result.sets == len(truth["sets"])
    assert result.false == 0


@pytest.mark.parametrize("name", NAMES)
def test_measures_are_close(name: str) -> None:
    result = score(counted(name), truth_of(name))
    print(f"{name:24} {result}")
    assert result.border_mae_ms.max() <= BORDER_MAE_MS
    assert result.range_mae_deg <= RANGE_MAE_DEG


@pytest.mark.parametrize("name", NAMES)
def test_no_more_partials_than_were_done(name: str) -> None:
    for found, true in zip(analysis(name).sets, truth_of(name)["sets"], strict=True):
        assert len(found.partials) <= len(true["partials"])


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"lost-packets", "cut-off"}))
def test_whole_recordings_have_no_flaws(name: str) -> None:
    found = analysis(name)
    assert found.damage == ""
    assert found.gaps == ()
    assert all(rep.flags == () for one in found.sets for rep in one.reps)


def test_lost_packets_cost_only_what_they_touch() -> None:
    found = analysis("lost-packets")
    (one,) = found.sets
    assert [number for number, rep in enumerate(one.reps, start=1) if Flag.GAP in rep.flags] == [4]
    assert one.reps[3].hold_s is None
    assert one.reps[3].concentric_s is not None
    assert max(gap.samples_lost for gap in found.gaps) > 25
    assert found.duration_s == pytest.approx(truth_of("lost-packets")["activities"][-1]["end_s"], abs=0.1)


def test_all_before_the_cut_is_there(tmp_path: Path) -> None:
    found = analysis("cut-off")
    until_s = json.loads((RECORDINGS / "cut-off.truth.json").read_text(encoding="utf-8"))["recorded_until_s"]
    assert "not closed" in found.damage
    assert found.gaps == ()
    assert found.duration_s + HALF_S == pytest.approx(until_s, abs=1e-3)
    assert [len(one.reps) for one in found.sets] == [6, 3]
    copy = tmp_path / "recovered.mcap"
    recover(RECORDINGS / "cut-off.mcap", copy)
    again = analyze(copy)
    assert again.damage == ""
    assert again.values == found.values
