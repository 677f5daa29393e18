"""Live = replay = analyze, to the last bit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tracker.analysis import Analysis, analyze
from tracker.exercises import Exercise, exercise
from tracker.exports.tables import COLUMNS
from tracker.journal import Ending, Journal, Session, journal_path
from tracker.motion.values import Rejected
from tracker.recording import open_recording, read_samples_csv

from .conftest import ROOT, Kickback

EXERCISES = ["cable", "dumbbell", "machine", "glute-bridge"]


def sessions(data: Path) -> list[Session]:
    with Journal.open(journal_path(data), readonly=True) as journal:
        return [journal.session(one.uuid) for one in journal.sessions()]


def newest(data: Path, notes: str = "") -> Session:
    return next(one for one in sessions(data) if one.notes == notes)


def assert_same(session: Session, found: Analysis) -> None:
    """Everything that the journal holds, against the core's own values: no rounding on either side."""
    assert tuple(one.measured for one in session.sets) == found.sets
    rejected = [value for value in found.values if isinstance(value, Rejected)]
    fields = ("peak", "start_s", "end_s", "reported_s", "reason", "detail", "measured")
    told = [tuple(getattr(one, name) for name in fields) for one in session.rejected]
    assert sorted(told, key=str) == sorted((tuple(getattr(r, name) for name in fields) for r in rejected), key=str)
    assert tuple(one.gap for one in session.gaps) == found.gaps


@pytest.mark.parametrize("id_", EXERCISES)
def test_live_replay_and_analysis_agree(kickback: Kickback, data: Path, id_: str) -> None:
    done = kickback("demo", "--exercise", id_, "--speed", "max", "--seed", "3")
    assert (done.code, done.err) == (0, "")
    live = newest(data)
    recording = live.recordings[0].path
    assert str(recording) in done.out
    assert open_recording(recording).header.session == live.uuid
    assert kickback("replay", recording).code == 0
    replayed = newest(data, f"replay of {recording.name}")
    assert replayed.recordings[0].path == recording
    assert replayed.content() == live.content()
    assert replayed.fingerprint == live.fingerprint
    assert live.sets
    assert_same(live, analyze(recording))
    # what is printed is the same too
    rows = [line for line in done.out.splitlines() if "°" in line and line.split()[0].isdigit()]
    again = kickback("replay", recording).out.splitlines()
    assert [line for line in again if line in rows] == rows


def test_the_pace_does_not_matter(kickback: Kickback, data: Path) -> None:
    prints = set()
    for speed in ("max", "25", "60"):
        assert kickback("demo", "--speed", speed, "--reps", "3").code == 0
        prints.add(newest(data).fingerprint)
    assert len(prints) == 1


@pytest.mark.parametrize("kind", ["mcap", "csv.gz"])
@pytest.mark.parametrize("id_", ["cable", None])
def test_with_losses(kickback: Kickback, data: Path, files: dict[str, Path], kind: str, id_: str | None) -> None:
    path = files[kind]
    profile: Exercise | None = exercise(id_) if id_ else None
    assert kickback("replay", path, *(["--exercise", id_] if id_ else [])).code == 0
    session = newest(data, f"replay of {path.name}")
    assert session.gaps
    assert session.ending is Ending.FINISHED
    assert_same(session, analyze(path, profile))


def test_a_demo_comes_close_to_the_truth(kickback: Kickback, data: Path) -> None:
    done = kickback("demo", "--speed", "max")
    assert "6 of 6 counted" in done.out
    assert "mean error" in done.out
    assert "Set 1  ·  6 reps" in done.out


def parsed(text: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_export_of_repetitions(kickback: Kickback, data: Path, tmp_path: Path) -> None:
    kickback("demo", "--speed", "max")
    session = newest(data)
    from_session = kickback("export", session.uuid[:8]).out
    rows = parsed(from_session)
    reps = [rep for one in session.sets for rep in one.measured.reps]
    assert list(rows[0]) == list(COLUMNS["reps"])
    assert [float(row["range_deg"]) for row in rows] == [round(rep.range_deg or 0, 6) for rep in reps]
    assert [float(row["start_s"]) for row in rows] == [round(rep.start_s, 6) for rep in reps]
    assert [(row["set"], row["rep"]) for row in rows] == [("1", str(i)) for i in range(1, len(reps) + 1)]
    assert {row["session"] for row in rows} == {session.uuid}
    assert {row["side"] for row in rows} == {session.working_side}
    assert rows[-1]["bottom_pause_s"] == ""
    from_file = parsed(kickback("export", session.recordings[0].path).out)
    assert from_file == rows
    target = tmp_path / "reps.csv"
    assert kickback("export", "last", "-o", target).out == ""
    assert target.read_text() == from_session


def test_exports_have_the_form(kickback: Kickback, data: Path) -> None:
    recording = ROOT / "recordings" / "band.mcap"
    kickback("replay", recording, "--speed", "max")
    flags = [row["flags"] for row in parsed(kickback("export", "last").out)]
    assert flags == [row["flags"] for row in parsed(kickback("export", recording).out)]
    assert all("no-hold" in one for one in flags)


def test_an_exercise_is_not_taken_where_it_says_nothing(kickback: Kickback, files: dict[str, Path]) -> None:
    for arguments in (["last"], [files["mcap"], "--what", "samples"]):
        done = kickback("export", *arguments, "--exercise", "band")
        assert (done.code, done.out) == (2, "")
        assert "--exercise" in done.err


@pytest.mark.parametrize("name", ["samples.csv", "samples.csv.gz"])
def test_export_of_samples(kickback: Kickback, files: dict[str, Path], tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    assert kickback("export", files["mcap"], "--what", "samples", "-o", target).code == 0
    table = read_samples_csv(target)
    assert table.rate_hz == pytest.approx(100.0)
    told = json.loads(kickback("analyze", files["mcap"], "--json").out)
    again = json.loads(kickback("analyze", target, "--exercise", "cable", "--json").out)
    for one, other in zip(told["sets"], again["sets"], strict=True):
        for rep, same in zip(one["reps"], other["reps"], strict=True):
            assert same.pop("flags") == rep.pop("flags")
            assert [one["flag"] for one in same.pop("form")] == [one["flag"] for one in rep.pop("form")]
            axis, shape = rep["shape"].pop("axis"), rep.pop("shape")
            assert same["shape"].pop("axis") == pytest.approx(axis, abs=1e-3)
            assert same.pop("shape") == pytest.approx(shape, abs=0.5)
            assert same == pytest.approx(rep, abs=0.05)
    assert [gap["samples_lost"] for gap in again["gaps"]] == [gap["samples_lost"] for gap in told["gaps"]]


def test_export_of_a_sessions_samples(kickback: Kickback, data: Path) -> None:
    kickback("demo", "--speed", "max", "--reps", "1")
    out = kickback("export", "last", "--what", "samples").out
    assert out.startswith("time_s,acc_x_m_s2,")
    assert out.count("\n") > 1000


def test_a_reader_that_stops_early(process: Callable[..., Popen[bytes]], files: dict[str, Path], data: Path) -> None:
    for arguments in (
        ["analyze", files["mcap"], files["csv"], files["csv"], files["csv"], "--all"],
        ["export", files["mcap"], "--what", "samples"],
        ["replay", files["mcap"]],
    ):
        child = process(*arguments)
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        child.wait(timeout=30)
        assert child.stderr.read() == b""
        child.stderr.close()
    assert newest(data, f"replay of {files['mcap'].name}").ending is not None
