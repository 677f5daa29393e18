"""Kills, concurrent readers and writers."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tracker.journal import Journal, JournalError, ScoredGap, ScoredSet, SessionStart
from tracker.motion.samples import Gap

WRITER = """
import sys
from datetime import UTC, datetime
from tracker.journal import Journal, SessionStart
from tracker.motion.values import ExerciseSet, Rep

starts = [4.0 * i for i in range(12)]
reps = tuple(Rep(1, at, at + 1, at + 2, at + 3, at + 3.1, 30.0, 60.0) for at in starts)
with Journal.open(sys.argv[1]) as journal:
    session = journal.begin_session(SessionStart(started_at=datetime.now(UTC), algorithm_version="1"))
    print(session, flush=True)
    for number in range(1, 100_000):
        journal.save_set(session, ExerciseSet(number, reps, (), (None,) * 12, 60.0))
        print(number, flush=True)
"""
TRIALS = 10


def spawn(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)


def test_nothing_acknowledged_is_lost_by_a_kill(path: Path) -> None:
    rng = random.Random(4)
    Journal.open(path).close()
    for _ in range(TRIALS):
        with spawn(path) as writer, Journal.open(path, readonly=True) as reader:
            assert writer.stdout is not None
            session = writer.stdout.readline().strip()
            first = int(writer.stdout.readline())
            seen = len(reader.session(session).sets)
            assert seen >= first
            time.sleep(rng.uniform(0.0, 0.08))
            assert len(reader.session(session).sets) >= seen
            writer.kill()
            # A line cut short by the kill was not acknowledged.
            said = [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            acknowledged = int(said[-1]) if said else first
        with Journal.open(path) as journal:
            saved = journal.session(session)
            assert len(saved.sets) >= acknowledged
            assert all(len(item.reps) == 12 for item in saved.sets)
            assert sum(line.reps for line in journal.sessions() if line.uuid == session) == 12 * len(saved.sets)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_reader_sees_whole_sets_while_another_writes(path: Path, start: SessionStart, make_set) -> None:
    with Journal.open(path) as writer, Journal.open(path, readonly=True) as reader:
        session = writer.begin_session(start)
        done = threading.Event()
        counts: list[int] = []

        def watch() -> None:
            while not done.is_set():
                sets = reader.session(session).sets
                assert all(len(item.reps) == 4 for item in sets)
                counts.append(len(sets))

        with ThreadPoolExecutor(1) as pool:
            watching = pool.submit(watch)
            for number in range(1, 61):
                writer.save_set(session, make_set(number))
            done.set()
            watching.result()
        assert counts == sorted(counts)
        assert len(reader.session(session).sets) == 60


def test_one_journal_serves_several_threads(path: Path, start: SessionStart, make_set) -> None:
    with Journal.open(path) as journal:
        session = journal.begin_session(start)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: journal.save_set(session, make_set(number)), range(1, 25)))
        assert [item.number for item in journal.session(session).sets] == list(range(1, 25))


def test_several_programs_may_write(path: Path, start: SessionStart, make_set) -> None:
    def work(worker: int) -> str:
        with Journal.open(path) as journal:  # the first to come creates the file
            session = journal.begin_session(start)
            for number in range(1, 6):
                journal.save_set(session, make_set(number, reps=worker + 1))
            return session

    with ThreadPoolExecutor(4) as pool:
        sessions = list(pool.map(work, range(4)))
    with Journal.open(path, readonly=True) as journal:
        assert {line.uuid for line in journal.sessions()} == set(sessions)
        assert sum(line.sets for line in journal.sessions()) == 20


def test_many_programs_may_create_the_journal_at_once(tmp_path: Path) -> None:
    for trial in range(10):
        path = tmp_path / str(trial) / "journal.sqlite3"
        barrier = threading.Barrier(6)

        def create(path: Path = path, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            Journal.open(path).close()

        with ThreadPoolExecutor(6) as pool:
            for future in [pool.submit(create) for _ in range(6)]:
                future.result()


def test_a_failure_in_the_middle_leaves_nothing(
    journal: Journal, session: str, make_set, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracker.journal.writing._insert_totals", stop)
    with pytest.raises(KeyboardInterrupt):
        journal.save_set(session, make_set())
    monkeypatch.undo()
    assert journal.session(session).sets == ()
    journal.save_set(session, make_set())


def test_a_commit_that_is_refused_leaves_the_journal_usable(
    journal: Journal, session: str, make_set, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.journal.sql.COMMIT", "SELECT * FROM a_table_that_is_not_there")
    with pytest.raises(JournalError, match="no such table"):
        journal.save_set(session, make_set())
    monkeypatch.undo()
    assert journal.session(session).sets == ()
    journal.save_set(session, make_set())
    assert len(journal.session(session).sets) == 1


def test_what_is_saved_together_is_saved_whole_or_not_at_all(journal: Journal, session: str, make_set) -> None:
    two, twice = ScoredSet(measured=make_set(2)), ScoredSet(measured=make_set(1))
    hole = ScoredGap(measured=Gap(1.0, 1.5, 50))
    with pytest.raises(JournalError, match="already saved"):
        journal.save(session, two, hole, twice, twice)
    assert (journal.session(session).sets, journal.session(session).gaps) == ((), ())
    journal.save(session, two, hole, twice)
    assert [one.measured for one in journal.session(session).sets] == [two.measured, twice.measured]
    assert [one.gap for one in journal.session(session).gaps] == [hole.measured]
