"""Scoring many long recordings anew: how long it takes, with how many processes, and after it was killed half-way.

``python -m tests.benchmarks.rescore [RECORDINGS [MINUTES [WORKERS...]]]``. A few workouts are simulated at 100 Hz, with
everything that goes over the air; the others are copies of these under sessions of their own. Each number of workers
gets a run of its own; the last one is killed half-way (the program and nothing else, with no warning) and run again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tracker.cli.sessions import perform
from tracker.cli.view import View
from tracker.exercises import exercise
from tracker.journal import Ending, Journal, SessionStart, journal_path
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.rescore import scored_of
from tracker.sensors.virtual import watch
from tracker.simulation import Activity, Plan, SetPlan

DIFFERENT = 2
OLD = "before"
BEGUN = datetime(2025, 1, 1, 18, tzinfo=UTC)


def workout(minutes: float) -> Plan:
    """Sets of twelve, and between them some walking, fidgeting and a minute's standing."""
    between = [Activity("walk", 15.0), Activity("stand", 60.0), Activity("fidget", 10.0)]
    one = [SetPlan(12, concentric_s=1.2, hold_s=0.8, eccentric_s=2.0, bottom_pause_s=0.5), *between]
    return Plan("cable", (Activity("stand", 10.0), *one * round(minutes * 60 / 142)))


def prepare(folder: Path, recordings: int, minutes: float) -> None:
    """Log sessions as an older version would have: the same repetitions, but the last of each set."""
    made = folder / "made"
    for seed in range(DIFFERENT):
        view = View(Console(quiet=True), "workout")
        perform(watch(workout(minutes), seed=seed), exercise("cable"), made, view, float("inf"))
    with Journal.open(journal_path(made)) as once, Journal.open(journal_path(folder)) as journal:
        performed = [once.session(one.uuid) for one in once.sessions()]
        (folder / "recordings").mkdir()
        for number in range(recordings):
            one = performed[number % DIFFERENT]
            (recording,) = one.recordings
            path = folder / "recordings" / f"{number}.mcap"
            shutil.copy(recording.path, path)
            at = BEGUN + timedelta(days=number)
            uuid = journal.begin_session(SessionStart(started_at=at, algorithm_version=OLD, exercise=one.exercise))
            journal.add_sensor(uuid, one.sensors[0])
            journal.add_recording(uuid, path, sha256=recording.sha256, seconds=recording.seconds)
            scored = scored_of(one)
            fewer = [
                replace(s, form=None, measured=replace(m, reps=m.reps[:-1], bottom_pauses_s=m.bottom_pauses_s[:-1]))
                for s in scored.sets
                for m in [s.measured]
            ]
            journal.save(uuid, *fewer, *scored.rejected, *scored.gaps)
            journal.end_session(uuid, one.ending or Ending.FINISHED, ended_at=at + timedelta(minutes=minutes))
        seconds = [one.recordings[0].seconds or 0.0 for one in performed]
        size = sum(path.stat().st_size for path in (folder / "recordings").iterdir()) / 1e6
        print(
            f"{recordings} recordings of {min(seconds) / 60:.0f} min, {size:.0f} MB, {len(performed[0].sets)} sets each"
        )
    shutil.rmtree(made)


def start(folder: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start the command."""
    command = [sys.executable, "-m", "tracker", "--data-dir", str(folder), "rescore", "--workers", str(workers)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def done(folder: Path) -> int:
    """Return how many sessions have been scored."""
    with Journal.open(journal_path(folder), readonly=True) as journal:
        return sum(one.algorithm_version == ALGORITHM_VERSION for one in journal.sessions())


def main(recordings: int = 100, minutes: float = 60.0, *workers: int) -> None:
    """Prepare, run, and print the figures."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        prepare(folder / "data", recordings, minutes)
        for number in workers or (2, 1):
            copy = folder / f"of-{number}"
            shutil.copytree(folder / "data", copy)
            measure(copy, recordings, number, kill=number == (workers or (2, 1))[-1])
            shutil.rmtree(copy)


def measure(folder: Path, recordings: int, workers: int, *, kill: bool) -> None:
    """Run once, or half-way and again."""
    used, begun = os.times(), time.perf_counter()
    first = start(folder, workers)
    if kill:
        while done(folder) < recordings // 2:
            time.sleep(0.1)
        first.kill()
    first.wait()
    half, at_half = done(folder), time.perf_counter()
    if kill:
        start(folder, workers).wait()
    took_s, now = time.perf_counter() - begun, os.times()
    cpu_s = now.children_user + now.children_system - used.children_user - used.children_system
    words = f"{workers} workers: {took_s:.0f} s, {cpu_s:.0f} s of processor (without workers that were killed)"
    if kill:
        words += f"; killed after {at_half - begun:.0f} s with {half} done, then went on"
    print(words)
    with Journal.open(journal_path(folder), readonly=True) as journal:
        sessions = [journal.session(one.uuid) for one in journal.sessions()]
    kept = [[scoring.algorithm_version for scoring in one.scorings] for one in sessions]
    assert kept == [[OLD, ALGORITHM_VERSION]] * recordings, "something is lost, or there twice"
    print(
        f"  all {recordings} have both results, {sum(len(s.reps) for s in sessions[0].sets)} repetitions in the newest"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
