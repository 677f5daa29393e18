"""``analyze --json``: every field of the contract, and nothing else on standard output."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from tracker.analysis import Analysis, analyze
from tracker.coaching.form import FormFlag
from tracker.exercises import exercise
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.motion.values import Flag, Reason
from tracker.recording import Side

from .conftest import Kickback

TOP = {
    "schema": int,
    "algorithm_version": str,
    "file": str,
    "sensor": (str, type(None)),
    "exercise": (str, type(None)),
    "sensor_side": (str, type(None)),
    "working_side": (str, type(None)),
    "load_kg": (float, type(None)),
    "rate_hz": float,
    "duration_s": float,
    "sets": list,
    "rejected": list,
    "gaps": list,
}
SET = {
    "set": int,
    "start_s": float,
    "end_s": float,
    "time_under_tension_s": float,
    "reps": list,
    "partials": list,
    "form": (dict, type(None)),
}
MAYBE = (float, type(None))
REP = {
    "rep": int,
    "start_s": float,
    "peak_start_s": MAYBE,
    "peak_end_s": MAYBE,
    "end_s": float,
    "reported_s": float,
    "concentric_s": MAYBE,
    "hold_s": MAYBE,
    "eccentric_s": MAYBE,
    "bottom_pause_s": MAYBE,
    "range_deg": MAYBE,
    "peak_speed_deg_s": MAYBE,
    "range_m": MAYBE,
    "peak_speed_m_s": MAYBE,
    "flags": list,
    "form": list,
    "shape": (dict, type(None)),
}
VERDICT = {"flag": str, "value": float, "limit": float, "unit": str}
SHAPE = {
    "mean_concentric_deg_s": float,
    "mean_eccentric_deg_s": float,
    "peak_eccentric_deg_s": float,
    "eccentric_rise_s": float,
    "concentric_sparc": float,
    "eccentric_sparc": float,
    "hold_drift_deg": float,
    "rest_offset_deg": float,
    "impact_m_s2": float,
    "axis": list,
}
SET_FORM = {
    "tempo_in_band": MAYBE,
    "range_in_band": MAYBE,
    "touchdowns": (int, type(None)),
    "range_fade": MAYBE,
    "concentric_fade": MAYBE,
    "eccentric_fade": MAYBE,
    "velocity_loss": MAYBE,
    "concentric_sparc": MAYBE,
    "eccentric_sparc": MAYBE,
    "direction_spread_deg": MAYBE,
}
REJECTED = {"start_s": float, "end_s": float, "reason": str, "detail": str}
GAP = {"start_s": float, "end_s": float, "samples_lost": int}


def check(value: dict[str, Any], fields: dict[str, Any]) -> None:
    assert list(value) == list(fields)
    for name, kinds in fields.items():
        assert isinstance(value[name], kinds), (name, value[name])
        assert not isinstance(value[name], float) or math.isfinite(value[name])


def check_rep(rep: dict[str, Any]) -> None:
    check(rep, REP)
    assert rep["start_s"] < rep["end_s"] <= rep["reported_s"]
    for verdict in rep["form"]:
        check(verdict, VERDICT)
    if rep["shape"] is not None:
        check(rep["shape"], SHAPE)
        assert math.hypot(*rep["shape"]["axis"]) == pytest.approx(1.0, abs=1e-3)
    form = {verdict["flag"] for verdict in rep["form"]}
    assert form <= set(FormFlag)
    assert form <= set(rep["flags"]) <= form | set(Flag)
    if rep["peak_start_s"] is not None:
        borders = [rep["start_s"], rep["peak_start_s"], rep["peak_end_s"], rep["end_s"]]
        assert borders == sorted(borders)
        phases = [rep["concentric_s"], rep["hold_s"], rep["eccentric_s"]]
        assert phases == pytest.approx([b - a for a, b in pairwise(borders)], abs=2e-4)


@pytest.fixture(params=["mcap", "csv", "csv.gz"])
def found(request: pytest.FixtureRequest, kickback: Kickback, files: dict[str, Path]) -> dict[str, Any]:
    done = kickback("analyze", files[request.param], "--exercise", "cable", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.out.count("\n") == 1
    value: dict[str, Any] = json.loads(done.out)
    return value


def test_every_field(found: dict[str, Any]) -> None:
    check(found, TOP)
    assert found["schema"] == 1
    assert found["algorithm_version"] == ALGORITHM_VERSION
    assert found["exercise"] == "cable"
    for number, one in enumerate(found["sets"], start=1):
        check(one, SET)
        check(one["form"], SET_FORM)
        assert one["set"] == number
        for kind in ("reps", "partials"):
            assert [rep["rep"] for rep in one[kind]] == list(range(1, len(one[kind]) + 1))
            for rep in one[kind]:
                check_rep(rep)
        assert one["reps"][-1]["bottom_pause_s"] is None
        assert one["start_s"] == one["reps"][0]["start_s"]
        assert one["end_s"] == one["reps"][-1]["end_s"]
    for rejected in found["rejected"]:
        check(rejected, REJECTED)
        assert rejected["reason"] in set(Reason)
    for gap in found["gaps"]:
        check(gap, GAP)
    assert found["gaps"]


def test_partials_are_listed_once(found: dict[str, Any]) -> None:
    partials = [rep["start_s"] for one in found["sets"] for rep in one["partials"]]
    assert partials
    assert not set(partials) & {r["start_s"] for r in found["rejected"] if r["reason"] == "partial"}


def test_it_counts_what_was_done(found: dict[str, Any], files: dict[str, Path]) -> None:
    truth = json.loads(files["truth"].read_text())
    assert [len(one["reps"]) for one in found["sets"]] == [len(one["reps"]) for one in truth["sets"]]


def test_the_header_says_what_was_done(kickback: Kickback, files: dict[str, Path]) -> None:
    found = json.loads(kickback("analyze", files["mcap"], "--json").out)
    assert found["exercise"] == "cable"
    assert found["sensor"] == "kickback"
    assert found["sensor_side"] in get_args(Side)
    assert found["working_side"] == found["sensor_side"]


def test_nothing_is_known_about_a_table(kickback: Kickback, files: dict[str, Path]) -> None:
    found = json.loads(kickback("analyze", files["csv"], "--json").out)
    assert [found[name] for name in ("sensor", "exercise", "sensor_side", "working_side", "load_kg")] == [None] * 5


def test_what_is_asked_for_makes_the_form(kickback: Kickback, files: dict[str, Path]) -> None:
    def reps(*options: str) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        (one, *_) = json.loads(kickback("analyze", files["csv"], "--json", *options).out)["sets"]
        return one["reps"], one["form"]

    untold, nothing = reps()
    assert nothing is None
    assert all(rep["form"] == [] and rep["shape"] for rep in untold)
    measured, form = reps("-e", "cable")
    ranges = [rep["range_deg"] for rep in measured]
    assert form is not None
    assert form["range_in_band"] is None
    judged, form = reps("-e", "cable", "--band", f"{min(ranges) + 0.1:.2f}:{max(ranges) - 0.1:.2f}")
    assert form is not None
    assert form["range_in_band"] == pytest.approx(1 - 2 / len(ranges), abs=5e-4)
    assert "short" in judged[ranges.index(min(ranges))]["flags"]
    assert "above-ceiling" in judged[ranges.index(max(ranges))]["flags"]
    mean = {name: sum(rep[name] for rep in measured) / len(measured) for name in ("concentric_s", "eccentric_s")}
    kept, form = reps("-e", "cable", "--tempo", f"{mean['concentric_s']:.2f}-0-{mean['eccentric_s']:.2f}-0")
    assert form is not None
    assert not any("no-hold" in rep["flags"] for rep in kept)


@pytest.mark.parametrize(
    ("option", "text"),
    [("--tempo", t) for t in ("", "2-1-3", "2-1-3-x", "0-1-3-0", "2-1-3-nan", "2-1-inf-0")]
    + [("--band", t) for t in ("", "34", "44:34", "0:40", "34:44:50", "34:nan", "20:200")],
)
def test_what_cannot_be_asked_for(kickback: Kickback, files: dict[str, Path], option: str, text: str) -> None:
    done = kickback("analyze", files["csv"], "-e", "cable", option, text)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert option in done.err


def test_json_rounds_and_nothing_else(kickback: Kickback, files: dict[str, Path]) -> None:
    exact: Analysis = analyze(files["mcap"], exercise("cable"))
    found = json.loads(kickback("analyze", files["mcap"], "--json").out)
    for one, shown in zip(exact.sets, found["sets"], strict=True):
        assert [rep.start_s for rep in one.reps] == pytest.approx([r["start_s"] for r in shown["reps"]], abs=5.1e-5)
        assert [rep.range_deg for rep in one.reps] == pytest.approx([r["range_deg"] for r in shown["reps"]], abs=5.1e-4)


def test_an_object_per_line(kickback: Kickback, files: dict[str, Path]) -> None:
    done = kickback("analyze", files["csv"], "nothing.csv", files["csv.gz"], "--json")
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert first["sets"] == second["sets"]


def test_tables_say_the_same(kickback: Kickback, files: dict[str, Path]) -> None:
    found = analyze(files["mcap"])
    done = kickback("analyze", files["mcap"])
    assert done.code == 0
    for number, one in enumerate(found.sets, start=1):
        assert f"Set {number}  ·  {len(one.reps)} reps" in done.out
    assert f"Not counted: {len(found.rejected)}" in kickback("analyze", files["mcap"], "--all").out
    assert f"{len(found.gaps)} gaps" in done.out
    assert "steps" in done.out
    assert "steps" not in kickback("analyze", files["mcap"], "--all").out
