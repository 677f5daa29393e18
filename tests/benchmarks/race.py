"""python -m tests.benchmarks.race [FIRST_SEED]: this project and what others would use, on the same sessions.

Simulated sessions of the proving ground, held against the truth by its own rule (``accuracy/proving.py``), and the real
ankles of ``ankle-pt`` by that of the reference recordings (``accuracy/scoring.py``; counts only). Those that need the
reference recordings are left out where they are not there, and so are contestants whose library is missing; the table
says so.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from tracker.motion.samples import Samples
from tracker.motion.values import ExerciseSet, Rep
from tracker.recording import read_samples_csv
from tracker.simulation import Activity, SetPlan, Simulated, sense
from tracker.simulation.truth import Movement

from ..accuracy.cells import CELLS, Case, case_of
from ..accuracy.proving import COLUMNS, Tally, blocks_of, moved, tally
from ..accuracy.scoring import BESIDE_S, Score, score
from .contestants import CONTESTANTS, Contestant
from .course import Course, Span, whole

REFERENCE_DATA = "KICKBACK_REFERENCE_DATA"
TRAINED = (
    "ordinary",
    "ordinary, traced",
    "cadence 1 s",
    "cadence 5 s",
    "sets of one to three",
    "between: walk",
    "loss 5 %",
)
IDLE = ("idle: walk", "idle: fidget")
SEEDS_EACH = 8
"""One session of each exercise."""
FIRST_SEED = 200
"""What the contestants' authors leave open was chosen on the eight seeds from 0 on, and nothing on these; this
project's own constants may have been looked at on any seed under ``SEALED_FROM``."""
EDGES = [COLUMNS.index(name) for name in ("start_s", "end_s")]
OPENING = (Activity("stand", 3.0), SetPlan(6), Activity("stand", 10.0))
"""Goes before an idle session: without a set there is no first repetition to give."""


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """A course with its truth."""

    case: Case
    truth: Simulated
    course: Course


@dataclass
class Result:
    """What one contestant reached."""

    tally: Tally = field(default_factory=Tally)
    counted: int = 0
    """Sets with the right number, wherever the repetitions lay."""
    ankles: Score = field(default_factory=Score)
    ankles_counted: int = 0
    seconds: float = 0.0
    """Processor time."""
    heard_s: float = 0.0
    """Signal that it took."""


def sessions(names: Sequence[str], seeds: Sequence[int]) -> Iterator[Session]:
    """Simulate the sessions of the race."""
    for name in names:
        cell = next(c for c in CELLS if c.name == name)
        if cell.traced and REFERENCE_DATA not in os.environ:
            continue
        for seed in seeds:
            case = case_of(cell, seed)
            if cell.corpus == "idle":
                case = replace(case, plan=replace(case.plan, steps=OPENING + case.plan.steps))
            yield _sensed(case)


def _sensed(case: Case) -> Session:
    truth = moved(case)
    model = case.model(truth.duration_s)
    period_s = 1.0 / model.true_rate_hz
    blocks = tuple(blocks_of(sense(truth, model, case.seed, notify=False), period_s))
    first = min((rep for one in truth.sets for rep in one.reps), key=lambda rep: rep.start_s)
    half = 0.5 * period_s  # a sample stands for the middle of its period
    spans = tuple(_span([*one.reps, *one.partials]) for one in truth.sets)
    course = Course(blocks, whole(blocks), half, (first.start_s, first.end_s), spans, case.plan.exercise)
    return Session(case, truth, course)


def ankles() -> Iterator[tuple[dict, Course]]:
    """Read the real ankles with their labels."""
    if REFERENCE_DATA not in os.environ:
        return
    for path in sorted(Path(os.environ[REFERENCE_DATA]).glob("ankle-pt/*.csv.gz")):
        truth = json.loads(path.with_name(path.name.replace(".csv.gz", ".truth.json")).read_text(encoding="utf-8"))
        recording = read_samples_csv(path)
        blocks = tuple(b for b in recording.blocks if isinstance(b, Samples))
        first = truth["sets"][0]["reps"][0]
        spans = tuple((one["reps"][0]["start_s"], one["reps"][-1]["end_s"]) for one in truth["sets"])
        yield truth, Course(blocks, whole(blocks), recording.t0_s, (first["start_s"], first["end_s"]), spans, None)


def as_reps(spans: Sequence[Span]) -> list[Rep]:
    """Spans as what the scoring takes."""
    return [Rep(i, a, None, None, b, b, None, None) for i, (a, b) in enumerate(spans)]


def run(contestant: Contestant, course: Course, result: Result) -> list[Rep]:
    """Let a contestant count a course, and note the time."""
    began = time.process_time()
    spans = contestant.count(course)
    result.seconds += time.process_time() - began
    result.heard_s += len(course.samples) * course.period_s
    return as_reps(spans)


def score_session(session: Session, reps: list[Rep], result: Result) -> None:
    """Hold repetitions against a simulated session."""
    closed = [ExerciseSet(1, tuple(reps), (), (None,) * len(reps), session.truth.duration_s)] if reps else []
    result.tally += tally(session.case, session.truth, closed)
    for one, span in zip(session.truth.sets, session.course.sets, strict=True):
        result.counted += len(one.reps) == _within(reps, span)


def score_ankle(truth: dict, reps: list[Rep], result: Result) -> None:
    """Hold repetitions against people's labels."""
    result.ankles += score(reps, truth)
    for one in truth["sets"]:
        span = one["reps"][0]["start_s"], one["reps"][-1]["end_s"]
        result.ankles_counted += len(one["reps"]) == _within(reps, span)


def _within(reps: Sequence[Rep], span: Span) -> int:
    return sum(span[0] - BESIDE_S < rep.end_s and rep.start_s < span[1] + BESIDE_S for rep in reps)


def _span(moves: Sequence[Movement]) -> Span:
    return min(m.start_s for m in moves), max(m.end_s for m in moves)


def entered() -> tuple[Contestant, ...]:
    """Return the contestants whose library is there."""
    return tuple(c for c in CONTESTANTS if c.needs is None or find_spec(c.needs) is not None)


def race(contestants: Sequence[Contestant], first_seed: int) -> dict[str, Result]:
    """Run all sessions through all contestants."""
    results = {c.name: Result() for c in contestants}
    _warm_up(contestants)
    for session in sessions(TRAINED + IDLE, range(first_seed, first_seed + SEEDS_EACH)):
        for c in contestants:
            score_session(session, run(c, session.course, results[c.name]), results[c.name])
    for truth, course in ankles():
        for c in contestants:
            score_ankle(truth, run(c, course, results[c.name]), results[c.name])
    return results


def _warm_up(contestants: Sequence[Contestant]) -> None:
    """Load libraries and compile before the time counts."""
    session = next(sessions(("ordinary",), (0,)))
    for c in contestants:
        c.count(session.course)


def row(contestant: Contestant, result: Result, unit_s: float) -> str:
    """One line of the table; ``unit_s`` is the cost that counts as 1."""
    t = result.tally
    errors = np.array(t.errors).reshape(-1, len(COLUMNS))[:, EDGES]
    edges_ms = 1000.0 * np.abs(errors).mean(axis=0) if len(errors) else np.full(2, np.nan)
    cost_s = 3600.0 * result.seconds / result.heard_s
    real = f"{result.ankles.exact} ({result.ankles_counted})" if result.ankles.sets else "–"
    return (
        f"| {contestant.name} | {contestant.told} | {t.exact} ({result.counted}) | {100 * t.miscount:.1f} % "
        f"| {3600 * t.false / t.idle_s:.1f} | {edges_ms[0]:.0f}, {edges_ms[1]:.0f} | {real} | {result.ankles.false} "
        f"| {cost_s:.2f} s | {cost_s / unit_s:.1f} | {'yes' if contestant.live else 'no'} |"
    )


def race_table(*, first_seed: int = FIRST_SEED) -> str:
    """Run the race; return its table in Markdown."""
    contestants = entered()
    results = race(contestants, first_seed)
    one = results[contestants[0].name]
    unit_s = 3600.0 * one.seconds / one.heard_s
    sets, real = one.tally.sets, one.ankles.sets
    hours, idle_h = one.tally.seconds / 3600, one.tally.idle_s / 3600
    about = (
        f"{one.tally.sessions} simulated sessions ({hours:.1f} h, {idle_h:.1f} h of it outside sets) with {sets} sets "
        f"of {one.tally.true} repetitions; {real or 'no'} sets of real ankles. In brackets: sets with the right "
        "number, wherever the repetitions were said to lie. Edges: mean error of start and end. The real ankles' "
        "exercises have no profile: there kickback is told nothing."
    )
    lines = [
        about,
        "",
        f"| | told | sets exact of {sets} | miscount | false/h | edges, ms | real ankles, of {real} | false there | "
        "cost of an hour | × kickback | live |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *(row(c, results[c.name], unit_s) for c in contestants),
    ]
    missing = [f"{c.name} ({c.needs})" for c in CONTESTANTS if c not in contestants]
    lines += ["", f"Not entered, library not installed: {', '.join(missing)}."] if missing else []
    return "\n".join(lines)


if __name__ == "__main__":
    print(race_table(first_seed=int(sys.argv[1]) if len(sys.argv) > 1 else FIRST_SEED))
