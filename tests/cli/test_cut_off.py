"""Ctrl-C, SIGTERM and kill −9 while a session is running."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from tracker.journal import Ending, Journal, journal_path
from tracker.recording import open_recording, recover
from tracker.recording.reader import Recording

from .conftest import Kickback

Start = Callable[..., Popen[bytes]]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def the_recording(data: Path) -> Path:
    """Wait for the first session's recording."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for path in (data / "recordings").glob("*.mcap"):
            return path
        time.sleep(0.02)
    raise AssertionError("no recording")


def read(path: Path) -> tuple[Recording, int]:
    recording = open_recording(path)
    return recording, sum(1 for _ in recording)


def intact(data: Path) -> None:
    connection = sqlite3.connect(journal_path(data))
    found = {row[0] for row in connection.execute("PRAGMA integrity_check")}
    assert found == {"ok"}
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def wait_for(child: Popen[bytes], text: str) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if text in line.decode():
            return
    raise AssertionError(f"no {text!r}")


def over(child: Popen[bytes]) -> tuple[str, str]:
    out, err = child.communicate(timeout=30)
    return out.decode(), err.decode()


def test_killed(process: Start, data: Path, kickback: Kickback) -> None:
    moments = random.Random(0)
    children = []
    for i in range(4):
        folder = data / str(i)
        children.append((folder, process("demo", "--seed", str(i), "--data-dir", folder)))
        path = the_recording(folder)
        # each is killed while the next one starts
        time.sleep(moments.uniform(0.2, 1.2))
        folder, child = children[-1]
        child.kill()
        killed_ns = time.monotonic_ns()
        over(child)
        recording, events = read(path)
        assert not recording.ending.complete
        last_ns = recording.ending.last_host_ns
        assert events == 0 or last_ns is not None
        last_ns = recording.header.origin_ns if last_ns is None else last_ns
        assert (killed_ns - last_ns) / 1e9 < 0.5
        intact(folder)
        with Journal.open(journal_path(folder)) as journal:
            (session,) = journal.open_sessions()
            assert session == recording.header.session
            assert journal.session(session).recordings[0].path == path
    for folder, _ in children:
        os.utime(the_recording(folder), (0, 0))
        assert "cut off" in kickback("--data-dir", folder, "log").out
        shown = kickback("--data-dir", folder, "show").out
        assert f"cut off: kickback replay {the_recording(folder)}\n" in shown
        (listed,) = json.loads(kickback("log", "--json", "--data-dir", folder).out)["sessions"]
        assert (listed["ending"], listed["state"]) == (None, "cut off")


def test_killed_after_sets_were_saved(process: Start, data: Path, files: dict[str, Path], kickback: Kickback) -> None:
    for wait_s in (0.05, 0.2):
        child = process("replay", files["mcap"], "--speed", "100")
        wait_for(child, "Set 1")
        time.sleep(wait_s)
        child.kill()
        over(child)
        intact(data)
    with Journal.open(journal_path(data)) as journal:
        cut = [journal.session(one) for one in journal.open_sessions()]
        whole = kickback("analyze", files["mcap"], "--json").out
    assert len(cut) == 2
    for session in cut:
        assert len(session.sets) >= 1
        assert len(session.sets[0].reps) == len(json.loads(whole)["sets"][0]["reps"])


def test_a_cut_off_recording_is_replayed_and_recovered(process: Start, data: Path, kickback: Kickback) -> None:
    child = process("demo", "--speed", "8")
    wait_for(child, "  3  ")
    child.kill()
    over(child)
    path = the_recording(data)
    done = kickback("recover", path)
    assert done.code == 0
    assert "not closed" in done.out
    copy = path.with_name(path.stem + ".recovered.mcap")
    assert read(copy)[0].ending.complete
    told = kickback("analyze", path, "--json")
    assert told.err.count("\n") == 1
    assert "not closed" in told.err
    again = kickback("analyze", copy, "--json")
    assert again.err == ""
    assert json.loads(again.out)["sets"] == json.loads(told.out)["sets"]
    replayed = kickback("replay", path)
    assert replayed.code == 0
    assert "not closed" in replayed.err
    with pytest.raises(ValueError, match="already exists"):
        recover(path, copy)


@POSIX
@pytest.mark.parametrize("told", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_stopped(process: Start, data: Path, told: str, kickback: Kickback) -> None:
    child = process("demo", "--speed", "10")
    wait_for(child, "  2  ")
    child.send_signal(getattr(signal, told))
    out, err = over(child)
    assert (child.returncode, err) == (0, "")
    assert "stopped" in out
    recording, events = read(the_recording(data))
    assert recording.ending.complete
    assert events > 50
    with Journal.open(journal_path(data)) as journal:
        (one,) = journal.sessions()
        session = journal.session(one.uuid)
    assert one.ending is Ending.STOPPED
    assert session.recordings[0].sha256 is not None
    assert [len(s.reps) for s in session.sets] == [2]
    assert "stopped" in kickback("show").out
