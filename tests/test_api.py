"""What notebooks and scripts import from ``tracker``: small, lazy, and the same results as everything else."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tracker
from tracker.coaching.targets import Tempo
from tracker.exercises import exercise
from tracker.exports.tables import COLUMNS
from tracker.exports.workout import workout_of_file
from tracker.journal import Ending, JournalError, SessionStart
from tracker.motion.values import ExerciseSet, Peak, Rep
from tracker.recording import RecordingError
from tracker.simulation import SensorModel, sense, simulate, write_csv
from tracker.simulation.plans import demo_plan

RECORDINGS = Path(__file__).parents[1] / "recordings"
PUBLIC = {"analyze", "open_journal", "replay", "to_frame"}


def test_what_is_public():
    assert set(tracker.__all__) == PUBLIC | {"__version__"}
    assert set(dir(tracker)) >= PUBLIC
    for name in PUBLIC:
        assert "Examples\n" in (getattr(tracker, name).__doc__ or "")
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        tracker.analyse  # noqa: B018


@pytest.mark.parametrize("first", ["import tracker.playback", "import tracker.analysis", "import tracker.cli", ""])
def test_no_module_takes_a_functions_place(first: str):
    code = f"{first}\nimport tracker\nassert all(callable(getattr(tracker, n)) for n in {sorted(PUBLIC)})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=RECORDINGS.parent)


def test_tables_are_made_by_pandas_only_where_one_is_asked_for():
    code = (
        "import sys, tracker; assert 'numpy' not in sys.modules; found = tracker.analyze('recordings/cable.mcap');"
        "assert 'pandas' not in sys.modules; found.to_frame(); assert 'pandas' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=RECORDINGS.parent)


@pytest.mark.parametrize("name", ["cable", "lost-packets", "cut-off"])
def test_a_replay_gives_the_values_of_the_analysis_to_the_last_bit(name: str):
    path = RECORDINGS / f"{name}.mcap"
    assert tuple(tracker.replay(path)) == tracker.analyze(path).values


def test_a_table_of_samples_works_the_same(tmp_path: Path):
    path = tmp_path / "demo.csv.gz"
    write_csv(path, sense(simulate(demo_plan("band", 4), 5), SensorModel(), 5))
    found = tracker.analyze(path, exercise="band")
    assert found.rep_count == 4
    assert tuple(tracker.replay(path, exercise=exercise("band"))) == found.values
    frame = found.to_frame()
    assert frame["exercise"].unique().tolist() == ["band"]
    assert frame["session"].isna().all()


def test_a_replay_can_keep_the_pace(tmp_path: Path):
    path = tmp_path / "short.csv"
    write_csv(path, sense(simulate(demo_plan("cable", 1), 5), SensorModel(), 5))
    duration_s = tracker.analyze(path).duration_s
    begun = time.monotonic()
    values = list(tracker.replay(path, exercise="cable", speed=20))
    assert any(isinstance(value, Rep) for value in values)
    assert time.monotonic() - begun > 0.9 * duration_s / 20


def test_each_peak_comes_before_its_repetition_and_the_set_last():
    values = list(tracker.replay(RECORDINGS / "cable.mcap"))
    said = [value.peak for value in values if isinstance(value, Peak)]
    reps = [value.peak for value in values if isinstance(value, Rep)]
    assert set(reps) <= set(said)
    (one,) = [i for i, value in enumerate(values) if isinstance(value, ExerciseSet)]
    assert one > max(i for i, value in enumerate(values) if isinstance(value, Rep))


def test_wrong_arguments_are_told_at_once(tmp_path: Path):
    for call in (tracker.analyze, tracker.replay):
        with pytest.raises(ValueError, match="no exercise 'kick'"):
            call(RECORDINGS / "cable.mcap", exercise="kick")
        with pytest.raises(RecordingError, match="no such file"):
            call(tmp_path / "none.mcap")
    with pytest.raises(ValueError, match="speed must be positive"):
        tracker.replay(RECORDINGS / "cable.mcap", speed=0)
    with pytest.raises(ValueError, match="no sensor 2"):
        tracker.replay(RECORDINGS / "cable.mcap", sensor=2)
    assert list(tracker.replay(RECORDINGS / "cable.mcap", sensor=1)) == list(tracker.replay(RECORDINGS / "cable.mcap"))
    with pytest.raises(ValueError, match="no table 'rep'"):
        tracker.to_frame(tracker.analyze(RECORDINGS / "cable.mcap"), "rep")


def test_what_is_asked_for_can_be_told():
    path = RECORDINGS / "cable.mcap"
    fast = tracker.analyze(path, tempo=Tempo((0.0, 9.0), (0.0, 9.0), (0.0, 9.0)))
    assert [form.tempo_in_band for form in fast.form if form] == [1.0]
    assert [form.tempo_in_band for form in tracker.analyze(path).form if form] != [1.0]


@pytest.mark.parametrize("table", COLUMNS)
def test_every_table_of_the_exports_is_a_frame(table: str):
    found = tracker.analyze(RECORDINGS / "walking-between-sets.mcap")
    frame = tracker.to_frame(found, table)
    assert list(frame.columns) == list(COLUMNS[table])
    if table == "reps":
        assert frame["range_deg"].tolist() == [rep.range_deg for one in found.sets for rep in one.reps]
        assert frame["bottom_pause_s"].isna().sum() == len(found.sets)
    if table == "rejected":
        assert len(frame) > len(found.rejected) > 0  # the table has the partials as well


def test_the_log_opens_for_reading_and_only_if_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(JournalError):
        tracker.open_journal(tmp_path)
    assert not list(tmp_path.iterdir())
    begun = datetime(2025, 3, 1, 18, 30, tzinfo=UTC)
    found = tracker.analyze(RECORDINGS / "cable.mcap")
    with tracker.open_journal(tmp_path, readonly=False) as journal:
        session = journal.begin_session(SessionStart(started_at=begun, algorithm_version="1", exercise="cable"))
        for one, form in zip(found.logged, found.form, strict=True):
            journal.save_set(session, one.measured, one.context, form=form)
        journal.end_session(session, Ending.FINISHED, ended_at=begun)
    monkeypatch.setenv("KICKBACK_DATA_DIR", str(tmp_path))
    with tracker.open_journal() as journal:
        logged = journal.session(session)
        assert journal.to_frame()["reps"].tolist() == [found.rep_count]
        assert journal.to_frame("band").empty
        with pytest.raises(JournalError, match="reading only"):
            journal.begin_session(SessionStart(started_at=begun, algorithm_version="1"))
    same = [name for name in logged.to_frame() if name not in ("session", "started_at")]
    assert logged.to_frame()[same].equals(found.to_frame()[same])
    assert tracker.to_frame(logged)["range_deg"].tolist() == found.to_frame()["range_deg"].tolist()


def test_a_measured_file_and_its_logged_sets_agree_with_the_exports():
    path = RECORDINGS / "cable.mcap"
    workout = workout_of_file(path, None)
    assert [one.reps for one in workout.sets] == [one.reps for one in tracker.analyze(path).logged]
    assert {one.sensor for one in workout.sets} == {1}
