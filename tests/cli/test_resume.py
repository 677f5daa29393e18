"""Sessions that were cut off: what was recorded is logged, once, and the session goes on."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from tracker.analysis import analyze
from tracker.cli.unfinished import Unfinished, finish, unfinished
from tracker.commands import answer
from tracker.journal import Ending, Journal, JournalError, journal_path
from tracker.recording import Marker, RecordingWriter, open_recording

from .conftest import Kickback
from .test_cut_off import the_recording

Start = Callable[..., Popen[bytes]]
REPS = 8


def killed(process: Start, folder: Path, after_s: float, seed: int) -> tuple[Path, float]:
    """Kill a session; return its recording, and how long before that its last event came, seconds."""
    child = process("demo", "--reps", str(REPS), "--seed", str(seed), "--data-dir", folder)
    path = the_recording(folder)
    time.sleep(after_s)
    child.kill()
    killed_ns = time.monotonic_ns()
    child.communicate(timeout=30)
    recording = open_recording(path)
    for _ in recording:
        pass
    last_ns = recording.ending.last_host_ns
    return path, (killed_ns - (last_ns or killed_ns)) / 1e9


def aged(path: Path) -> None:
    """Nobody writes to it any more."""
    os.utime(path, (time.time() - 60, time.time() - 60))


def check(folder: Path, path: Path) -> int:
    """Finish the log; everything that the recording holds is in it, once. Return the repetitions."""
    aged(path)
    one = unfinished(folder)
    assert one is not None
    assert one.path.samefile(path)
    session = finish(folder, one, again=False)
    found = analyze(path)
    assert [logged.measured for logged in session.sets] == list(found.sets)
    assert [gap.gap for gap in session.gaps] == list(found.gaps)
    assert session.ending is Ending.INTERRUPTED
    assert unfinished(folder) is None
    return sum(len(logged.reps) for logged in session.sets)


def test_killed_sessions_lose_nothing_that_was_recorded(process: Start, data: Path) -> None:
    moments = random.Random(5)
    for seed in range(3):
        folder = data / str(seed)
        path, lost_s = killed(process, folder, moments.uniform(6.0, 14.0), seed)
        assert lost_s < 1.0
        assert 0 <= check(folder, path) <= REPS


def test_a_session_whose_set_is_in_the_log_already(kickback: Kickback, data: Path) -> None:
    """Cut off after the set was saved: it is not saved again."""
    assert kickback("demo", "--speed", "max", "--reps", "3").code == 0
    with Journal.open(journal_path(data)) as journal:
        (one,) = journal.sessions()
        before = journal.session(one.uuid)
        journal.resume_session(one.uuid)
    aged(before.recordings[0].path)
    assert check(data, before.recordings[0].path) == len(before.sets[0].reps) == 3


def test_one_that_runs_is_not_taken_up(kickback: Kickback, data: Path) -> None:
    assert kickback("demo", "--speed", "max", "--reps", "3").code == 0
    with Journal.open(journal_path(data)) as journal:
        (one,) = journal.sessions()
        path = journal.session(one.uuid).recordings[0].path
        journal.resume_session(one.uuid)
    os.utime(path)
    assert unfinished(data) is None


def test_counted_by_another_version_it_is_left_alone(
    kickback: Kickback, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kickback("demo", "--speed", "max", "--reps", "3").code == 0
    with Journal.open(journal_path(data)) as journal:
        (summary,) = journal.sessions()
        session = journal.session(summary.uuid)
        journal.resume_session(summary.uuid)
    path = session.recordings[0].path
    one = Unfinished(session.uuid, session.started_at, session.exercise, path, 1)
    monkeypatch.setattr("tracker.cli.unfinished.ALGORITHM_VERSION", "other")
    with pytest.raises(JournalError, match="another version"):
        finish(data, one, again=True)


def test_nothing_to_resume_is_said(kickback: Kickback) -> None:
    done = kickback("live", "--sensor", "virtual", "--resume")
    assert done.code == 2
    assert "no session was cut off" in done.err


def test_one_of_another_exercise_does_not_go_on(kickback: Kickback, data: Path) -> None:
    assert kickback("demo", "--exercise", "cable", "--speed", "max", "--reps", "3").code == 0
    with Journal.open(journal_path(data)) as journal:
        (one,) = journal.sessions()
        journal.resume_session(one.uuid)
        aged(journal.session(one.uuid).recordings[0].path)
    done = kickback("live", "--sensor", "virtual", "--exercise", "band", "--resume")
    assert done.code == 2
    assert "is one of cable, not band" in done.err
    still = unfinished(data)
    assert still is not None, "it can still go on"
    assert still.exercise == "cable"


def test_answers_are_not_logged_twice(process: Start, kickback: Kickback, data: Path) -> None:
    """One that is in the log already, and in the recording."""
    path, _ = killed(process, data, 2.0, 3)
    recording = open_recording(path)
    items = list(recording)
    told = answer(items[-1].host_ns, "pain", 1)
    with RecordingWriter(data / "recordings" / "again.mcap", recording.header) as writer:
        for item in [*items, told, answer(items[-1].host_ns, "felt", ["glute"])]:
            writer.mark(item) if isinstance(item, Marker) else writer.write(item)
    path.unlink()
    (data / "recordings" / "again.mcap").rename(path)
    with Journal.open(journal_path(data)) as journal:
        journal.answer(recording.header.session, "pain", 1)
    aged(path)
    one = unfinished(data)
    assert one is not None
    session = finish(data, one, again=False)
    assert [(answer.question, answer.value) for answer in session.answers] == [("pain", 1), ("felt", ["glute"])]
