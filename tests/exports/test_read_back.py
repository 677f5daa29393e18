"""Every export of one session, read back by somebody else's reader and compared field by field."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fitdecode
import pandas as pd
import pytest
from mcap.reader import make_reader

from tracker.cli.files import TABLES
from tracker.exercises import exercises
from tracker.exports import fit, formats, strong
from tracker.exports.measured import measured
from tracker.exports.tables import COLUMNS, MEASURED, tables
from tracker.exports.workout import Workout, workout_of
from tracker.journal import Journal, SessionStart, SetContext, SetKind
from tracker.motion.values import ExerciseSet, Flag, Rep

BEGAN = datetime(2025, 3, 1, 18, 30, tzinfo=UTC)
RECORDING = Path(__file__).parents[2] / "recordings" / "lost-packets.mcap"


def a_set(number: int, at_s: float) -> ExerciseSet:
    reps = tuple(
        Rep(i, s := at_s + 4.1 * i, s + 1.03, s + 1.5, s + 3.2, s + 3.3, None if i == 2 else 30.123456789 + i, 61.1)
        for i in (1, 2, 3)
    )
    small = Rep(4, at_s + 17, at_s + 18, at_s + 18.5, at_s + 20, at_s + 21, 9.5, 20.0, (Flag.CLIPPED,))
    return ExerciseSet(number, reps, (small,), (0.9, 0.8, None), at_s + 30)


@pytest.fixture
def workout(tmp_path: Path) -> Workout:
    with Journal.open(tmp_path / "journal.sqlite3") as journal:
        start = SessionStart(started_at=BEGAN, algorithm_version="1", exercise="ankle-weight-quadruped", load_kg=2.3)
        uuid = journal.begin_session(start)
        said = SetContext(side="left", exercise="ankle-weight-quadruped", load_kg=2.3)
        other = SetContext(side="right", exercise="band", load_label="red", kind=SetKind.WARM_UP)
        journal.save_set(uuid, a_set(1, 10.0), said)
        journal.save_set(uuid, a_set(2, 70.0), other)
        journal.answer(uuid, "reps-in-reserve", 2, set_number=1)
        return workout_of(journal.session(uuid))


def exported(workout: Workout, path: Path, kind: str, what: str) -> Path:
    formats.write(path, formats.FORMATS[kind], what, workout=lambda: workout, source=None)
    return path


def test_the_help_names_every_table() -> None:
    assert tuple(COLUMNS) == TABLES


def test_json(workout: Workout, tmp_path: Path) -> None:
    read = json.loads(exported(workout, tmp_path / "a.json", "json", "all").read_text(encoding="utf-8"))
    assert read == {"schema": 1, **{name: list(one.rows) for name, one in tables(workout).items()}}
    assert [(one["set"], one["side"], one["load_kg"]) for one in read["sets"]] == [(1, "left", 2.3), (2, "right", None)]


def test_csv(workout: Workout, tmp_path: Path) -> None:
    with zipfile.ZipFile(exported(workout, tmp_path / "a.zip", "csv", "all")) as archive:
        for name, one in tables(workout).items():
            text = {column: str for column, kind in one.columns.items() if kind is str}
            frame = pd.read_csv(io.BytesIO(archive.read(f"{name}.csv")), dtype=text)
            assert list(frame.columns) == list(one.columns)
            assert len(frame) == len(one.rows)
            for column, kind in one.columns.items():
                for cell, row in zip(frame[column], one.rows, strict=True):
                    if row[column] in (None, ""):
                        assert pd.isna(cell)
                    else:
                        assert cell == (pytest.approx(row[column], abs=6e-7) if kind is float else row[column])


@pytest.mark.parametrize("name", list(COLUMNS))
def test_parquet(workout: Workout, tmp_path: Path, name: str) -> None:
    frame = pd.read_parquet(exported(workout, tmp_path / "a.parquet", "parquet", name))
    rows = [{k: None if pd.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]
    assert rows == list(tables(workout)[name].rows)


def test_strong(workout: Workout, tmp_path: Path) -> None:
    text = exported(workout, tmp_path / "a.csv", "strong", "sets").read_text(encoding="utf-8")
    first, second = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (first["Date"], first["Set Order"], first["Weight"], first["Weight Unit"], first["Reps"], first["RPE"]) == (
        ("2025-03-01 18:30:00", "1", "2.3", "kg", "3", "8")
    )
    assert "glute kickback" in first["Exercise Name"]
    assert "left leg" in first["Notes"]
    assert "tempo 1.03-0.47-1.70-0.85 s" in first["Notes"]
    assert "range 32.1 deg" in first["Notes"]
    assert (second["Set Order"], second["Weight"]) == ("W", "")
    assert "right leg, warm-up, red" in second["Notes"]


def test_fit(workout: Workout, tmp_path: Path) -> None:
    path = exported(workout, tmp_path / "a.fit", "fit", "sets")
    with fitdecode.FitReader(path, check_crc=fitdecode.CrcCheck.RAISE) as reader:
        messages = [m for m in reader if isinstance(m, fitdecode.FitDataMessage)]
    read = [(m.name, {f.name: f.value for f in m.fields if f.value is not None}) for m in messages]
    active = [m for name, m in read if name == "set" and m["set_type"] == "active"]
    for one, message in zip(workout.sets, active, strict=True):
        assert (message["set"], message["side"], message["exercise"]) == (
            (one.number, one.context.side, one.context.exercise)
        )
        assert message.get("load_kg") == one.context.load_kg
        assert message.get("load_label") == one.context.load_label
        assert message["repetitions"] == len(one.reps)
        assert message["median_range_deg"] == one.totals.median_range_deg
        assert message["median_eccentric_s"] == one.totals.median_eccentric_s
        assert abs(message["start_time"] - BEGAN - timedelta(seconds=one.totals.start_s)) <= timedelta(seconds=1)
    assert (active[0]["category"], active[0]["category_subtype"]) == ("hip_stability", 18)
    assert active[0]["weight"] == pytest.approx(2.3, abs=1 / 32)
    reps = [m for name, m in read if name == "record"]
    logged = [(one.number, rep) for one in workout.sets for rep in one.reps]
    for (number, rep), message in zip(logged, reps, strict=True):
        assert (message["set"], message["rep"], message.get("bottom_pause_s")) == (
            (number, rep.number, rep.bottom_pause_s)
        )
        assert {name: message.get(name) for name in MEASURED} == {name: getattr(rep.rep, name) for name in MEASURED}


def test_no_exercise_is_one_for_the_triceps() -> None:
    assert set(fit.CATEGORIES) == set(exercises())
    assert {category for category, *_ in fit.CATEGORIES.values()} == {10, 11, 37}
    assert all("lute" in strong.name_of(id_) or "kickback" not in strong.name_of(id_) for id_ in exercises())


def test_mcap(workout: Workout, tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    formats.write(path, formats.FORMATS["mcap"], "samples", workout=lambda: workout, source=RECORDING)
    (sensor,) = measured(RECORDING)
    with path.open("rb") as stream:
        read = [json.loads(m.data) for _, _, m in make_reader(stream).iter_messages(topics=["/right/acceleration"])]
    assert [list(one.values()) for one in read] == sensor.acc[sensor.valid].tolist()


def test_motion_bids(workout: Workout, tmp_path: Path) -> None:
    formats.write(tmp_path / "b", formats.FORMATS["motion-bids"], "samples", workout=lambda: workout, source=RECORDING)
    (sensor,) = measured(RECORDING)
    (path,) = (tmp_path / "b").rglob("*_motion.tsv")
    read = pd.read_csv(path, sep="\t", header=None).to_numpy()
    assert read.shape == (len(sensor.valid), 6)
    assert read[sensor.valid, :3] == pytest.approx(sensor.acc[sensor.valid], rel=1e-8)
    assert read[sensor.valid, 3:] == pytest.approx(sensor.gyr[sensor.valid], rel=1e-8, abs=1e-9)
