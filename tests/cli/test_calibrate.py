"""``kickback calibrate``: from a recording of slow repetitions to a band that sets are judged by."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.coaching.range_band import Calibration, RangeBand
from tracker.journal import Journal, SessionStart, SetContext, SetKind, journal_path
from tracker.motion.values import ExerciseSet, Rep
from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate, write_csv

from .conftest import Kickback


def csv_of(path: Path, plan: SetPlan) -> Path:
    rest = Activity("stand", 12.0, posture="exercise")
    simulated = simulate(Plan("cable", (Activity("stand", 4.0), plan, rest)), 3)
    write_csv(path, sense(simulated, SensorModel(), 3))
    return path


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = SetPlan(4, 1.8, 1.2, 2.4, 0.8, hesitations=0.0)
    return csv_of(tmp_path_factory.mktemp("calibrate") / "slow.csv", plan)


def test_a_band_from_slow_repetitions(kickback: Kickback, slow: Path, data: Path) -> None:
    done = kickback("calibrate", slow, "-e", "cable", "--side", "left", "--json")
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    found = json.loads(done.out)
    band = found["band"]
    assert band["floor_deg"] < band["target_deg"] < band["ceiling_deg"]
    assert (found["exercise"], found["working_side"], found["saved"]) == ("cable", "left", False)
    assert len(found["ranges_deg"]) == len(found["reps"]) == 4
    assert all(one["used"] for one in found["reps"])
    assert not data.exists()
    text = kickback("calibrate", slow, "-e", "cable").out
    assert f"--band {band['floor_deg']:.1f}:{band['ceiling_deg']:.1f}" in text


def test_a_saved_band_judges_the_sets_to_come(kickback: Kickback, slow: Path, data: Path) -> None:
    recorded = kickback("demo", "--speed", "max", "--reps", "4", "--exercise", "cable")
    assert recorded.code == 0
    before = json.loads(kickback("show", "last", "--json").out)
    side, (one,) = before["working_side"], before["sets"]
    assert one["form"]["range_in_band"] is None
    assert kickback("calibrate", slow, "-e", "cable", "--side", side, "--save", "--json").code == 0
    with Journal.open(journal_path(data)) as journal:
        journal.save_band("cable", Calibration(RangeBand(60.0, 70.0, 80.0), (70.0,) * 3, 0.0), side=side)
        assert len(journal.bands()) == 2
    kickback("demo", "--speed", "max", "--reps", "4", "--exercise", "cable")
    (after,) = json.loads(kickback("show", "last", "--json").out)["sets"]
    assert after["form"]["range_in_band"] == 0.0
    assert all("short" in rep["flags"] for rep in after["reps"])
    assert "short" in kickback("show", "last").out
    assert "range in band 0%" in kickback("show", "last").out


@pytest.mark.parametrize(
    ("plan", "why"),
    [(SetPlan(5, 0.7, 0.8, 1.2, 0.8), "slower than 1 s"), (SetPlan(2, 1.8, 1.2, 2.4, 0.8), "2 slow repetitions")],
)
def test_too_few_slow_ones(kickback: Kickback, tmp_path: Path, plan: SetPlan, why: str) -> None:
    done = kickback("calibrate", csv_of(tmp_path / "few.csv", plan), "-e", "cable", "--save")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert why in done.err


def test_what_it_has_to_know(kickback: Kickback, slow: Path) -> None:
    for arguments, what in (((), "--exercise"), (("-e", "cable", "--side", "both"), "--side")):
        done = kickback("calibrate", slow, *arguments)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert what in done.err
    assert kickback("calibrate", "nothing.csv", "-e", "cable").code == 2


def test_the_log_tells_sides_that_differ(kickback: Kickback, data: Path) -> None:
    def measured(range_deg: float) -> ExerciseSet:
        reps = tuple(Rep(i, 5.0 * i, 5 * i + 1, 5 * i + 2, 5 * i + 4, 5 * i + 4.2, range_deg, 60.0) for i in range(3))
        return ExerciseSet(1, reps, (), (1.0, 1.0, None), 30.0)

    begun = datetime(2025, 3, 1, 18, 0, tzinfo=UTC)
    with Journal.open(journal_path(data)) as journal:
        for day in range(8):
            side = "left" if day % 2 else "right"
            start = SessionStart(
                started_at=begun + timedelta(days=day), algorithm_version="1", exercise="cable", working_side=side
            )
            session = journal.begin_session(start)
            journal.save_set(session, measured(40.0 + 0.2 * (day // 2) + (6.0 if side == "right" else 0.0)))
            warm_up = SetContext(side=side, exercise="cable", kind=SetKind.WARM_UP)
            other = measured(20.0)
            journal.save_set(session, ExerciseSet(2, other.reps, (), other.bottom_pauses_s, 30.0), warm_up)
    out = kickback("log").out
    assert "cable: range 40.3° left, 46.3° right (+15%" in out
    assert "range" not in kickback("log", "--json").out
