"""Ten years of training in one journal, and how long the command line takes to say what they come to.

``python -m tests.benchmarks.decade [FOLDER]`` makes the journal (1,000 sessions, 20,000 sets, 300,000 repetitions)
where there is none yet, and measures cold commands: the least of several, as other programs run beside it.

The repetitions' numbers are drawn as the simulated leg draws its movements (`tracker.simulation.repetitions`); the core
does not run over a thousand hours of samples. Form is judged, edits and answers are given, as in real sessions. All is
written by the journal's own functions.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np

from tracker.coaching.range_band import RangeBand
from tracker.coaching.set_form import judge_set
from tracker.coaching.targets import targets_of
from tracker.exercises import exercise
from tracker.journal import (
    ChangeLoad,
    DeleteRep,
    Ending,
    ScoredRejected,
    ScoredSet,
    Sensor,
    SessionId,
    SessionStart,
    SetContext,
    SetKind,
    database,
    journal_path,
    reading,
    writing,
)
from tracker.motion.engine import ALGORITHM_VERSION
from tracker.motion.values import ExerciseSet, Reason, Rejected, Rep, RepShape
from tracker.simulation import SetPlan

SESSIONS, SETS, REPS = 1000, 20, 15
BEGUN = datetime(2016, 1, 4, 18, 0, tzinfo=UTC)
PLACEMENTS = ("alone", "accessory", "pre-exhaust")
ROUNDS = 7


def make(path: Path, *, sessions: int = SESSIONS) -> None:
    """Write the journal in one transaction."""
    connection = database.connect(path, readonly=False)
    with database.transaction(connection):
        for number in range(sessions):
            _session(connection, number, sessions, np.random.default_rng([number, 10]))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _session(connection, number: int, of: int, rng: np.random.Generator) -> None:
    trained = number / of
    id_ = ("cable", "cable", "cable", "ankle-weight-standing", "band", "machine")[int(rng.integers(6))]
    at = BEGUN + timedelta(days=3.65 * number, minutes=float(rng.uniform(-90, 90)))
    load_kg = None if id_ == "band" else round(5.0 + 15.0 * trained + rng.uniform(-1, 1), 1)
    label = "red" if id_ == "band" and trained < 0.5 else "blue" if id_ == "band" else None
    uuid = SessionId(str(UUID(bytes=rng.bytes(16), version=4)))
    start = SessionStart(started_at=at, algorithm_version=ALGORITHM_VERSION, exercise=id_, load_kg=load_kg)
    writing.begin(connection, uuid, start)
    session_id, _ = reading.find(connection, uuid)
    writing.add_sensor(
        connection, session_id, Sensor(family="kickback", name="kickback 01", address="C0:01:02:03:04:05")
    )
    writing.add_recording(
        connection, session_id, f"recordings/{at:%Y-%m-%dT%H-%M-%S}_{uuid[:8]}.mcap", "ab" * 32, 3000.0
    )
    writing.answer(connection, session_id, "placement", PLACEMENTS[int(rng.integers(3))], None, at)
    scoring_id = reading.current_scoring(connection, session_id)
    band = RangeBand(30.0, 35.0, 40.0) if trained > 0.05 else None
    targets = targets_of(exercise(id_), band=band)
    begin_s = 60.0
    for place in range(SETS):
        side = ("left", "right")[place % 2]
        kind = SetKind.WARM_UP if place < 2 else SetKind.WORK
        measured = _set(place + 1, begin_s, id_, trained, side, rng)
        begin_s = measured.reported_s + 60.0
        said = SetContext(side=side, exercise=id_, load_kg=load_kg, load_label=label, kind=kind)
        form = judge_set(measured, targets)
        writing.save(connection, session_id, scoring_id, [ScoredSet(measured=measured, context=said, form=form)])
        for question, value in (
            ("reserve", int(rng.integers(0, 5))),
            ("felt", ["glute"] if rng.random() < 0.8 else ["hamstring"]),
        ):
            writing.answer(connection, session_id, question, value, place + 1, at)
    walks = [
        ScoredRejected(
            measured=Rejected(i, 30.0 * i, 30.0 * i + 1.1, 30.0 * i + 1.6, Reason.WALKING, "the ankle travelled 0.7 m")
        )
        for i in range(int(rng.integers(20, 60)))
    ]
    writing.save(connection, session_id, scoring_id, walks)
    if rng.random() < 0.1:
        sets, _ = reading.read_sets(connection, session_id, scoring_id)
        writing.add_edit(connection, session_id, DeleteRep(sets[3].reps[-1].rep_id or 0), at)
        writing.add_edit(connection, session_id, ChangeLoad(sets[4].set_id, load_kg), at)
    if rng.random() < 0.2:
        writing.answer(connection, session_id, "pain", int(rng.integers(0, 3)), None, at)
    writing.end(connection, session_id, at + timedelta(seconds=begin_s), Ending.FINISHED, "")


def _set(number: int, begin_s: float, id_: str, trained: float, side: str, rng: np.random.Generator) -> ExerciseSet:
    """Draw one set; training makes returns longer, fatigue less and the range steadier."""
    plan = SetPlan(
        REPS,
        concentric_s=float(rng.uniform(1.0, 1.6)),
        hold_s=float(rng.uniform(0.8, 1.4)),
        eccentric_s=float(rng.uniform(1.8, 2.4) + 1.2 * trained),
        bottom_pause_s=float(rng.uniform(0.3, 1.0)),
        range_deg=34.0 + (1.5 if side == "right" else 0.0) + float(rng.normal(0, 0.8)),
        fatigue=float(rng.uniform(0.05, 0.3)) * (1.3 - trained),
        range_spread=0.06 - 0.03 * trained,
    )
    assert plan.range_deg is not None
    reps, pauses, at_s = [], [], begin_s
    axis = np.array([0.1, 0.98, 0.15]) + rng.normal(0, 0.05, 3)
    for k in range(plan.reps):
        tired = k / (plan.reps - 1)
        pace = (1 + plan.fatigue * tired) * np.clip(rng.normal(1, plan.tempo_spread, size=4), 0.75, 1.3)
        share = np.clip(rng.normal(1, plan.range_spread), 0.88, 1.12) * (1 - min(0.22, 0.4 * plan.fatigue) * tired)
        lift_s, hold_s, back_s = plan.concentric_s * pace[0], plan.hold_s * pace[1], plan.eccentric_s * pace[2]
        reps.append(
            _rep(k + 1, at_s, (float(lift_s), float(hold_s), float(back_s)), float(plan.range_deg * share), axis, rng)
        )
        pause_s = float(plan.bottom_pause_s * pace[3] * rng.uniform(0.7, 1.3))
        pauses.append(None if k == plan.reps - 1 else pause_s)
        at_s = reps[-1].end_s + pause_s
    return ExerciseSet(number, tuple(reps), (), tuple(pauses), reps[-1].end_s + 8.0)


def _rep(peak: int, at_s: float, phases_s: tuple[float, float, float], range_deg: float, axis, rng) -> Rep:
    lift_s, hold_s, back_s = phases_s
    around = axis + rng.normal(0, 0.02, 3)
    around /= np.linalg.norm(around)
    return Rep(
        peak=peak,
        start_s=at_s,
        peak_start_s=at_s + lift_s,
        peak_end_s=at_s + lift_s + hold_s,
        end_s=at_s + lift_s + hold_s + back_s,
        reported_s=at_s + lift_s + hold_s + back_s + 0.12,
        range_deg=range_deg,
        peak_speed_deg_s=range_deg / lift_s * float(rng.uniform(1.6, 1.9)),
        shape=RepShape(
            mean_concentric_deg_s=range_deg / lift_s,
            mean_eccentric_deg_s=range_deg / back_s,
            peak_eccentric_deg_s=range_deg / back_s * float(rng.uniform(1.6, 1.9)),
            eccentric_rise_s=back_s * float(rng.uniform(0.3, 0.6)),
            concentric_sparc=float(rng.normal(-1.5, 0.05)),
            eccentric_sparc=float(rng.normal(-1.6, 0.05)),
            hold_drift_deg=float(rng.normal(-0.3, 0.4)),
            rest_offset_deg=float(rng.normal(0.0, 0.5)),
            impact_m_s2=float(rng.uniform(0.3, 1.5)),
            axis=(float(around[0]), float(around[1]), float(around[2])),
        ),
    )


def cold(folder: Path, *arguments: str) -> tuple[float, str]:
    """Return the least time of a command in a process of its own, s, and what it printed."""
    environment = {**os.environ, "KICKBACK_DATA_DIR": str(folder), "COLUMNS": "120"}
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "tracker", *arguments], env=environment, capture_output=True, text=True, check=True
        )
        took.append(time.perf_counter() - begun)
    return min(took), done.stdout


def main(folder: Path) -> None:
    """Make the journal if need be, and print what was measured."""
    path = journal_path(folder)
    if not path.exists():
        begun = time.perf_counter()
        make(path)
        print(f"journal made in {time.perf_counter() - begun:.0f} s")
    print(f"journal {path.stat().st_size / 1e6:.1f} MB (limit 150)")
    page = folder / "trends.html"
    for name, limit_s, arguments in (
        ("--version", None, ["--version"]),
        ("log", 0.3, ["log"]),
        ("log --calendar", 0.3, ["log", "--calendar"]),
        ("trends", 0.5, ["trends"]),
        ("trends cable", 0.5, ["trends", "cable"]),
        ("trends --html", 1.0, ["trends", "--html", str(page), "--force"]),
    ):
        seconds, _ = cold(folder, *arguments)
        print(f"kickback {name}: {seconds:.3f} s" + (f" (limit {limit_s} s)" if limit_s else ""))
    print(f"page {page.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with TemporaryDirectory() as temporary:
            main(Path(temporary))
