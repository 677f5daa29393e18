"""One session of the proving ground: simulate, sense, track, hold against the truth."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path

import numpy as np

from tracker.exercises import exercise
from tracker.motion.engine import Tracker, Value
from tracker.motion.samples import Samples
from tracker.motion.values import ExerciseSet, Peak, Rep
from tracker.simulation import SensorStream, Simulated, sense, simulate

from .cells import Case
from .scoring import BESIDE_S, BORDERS, in_common
from .traces import traced

PARTIAL_COMMON = 0.3
NAN = float("nan")
COLUMNS = (
    *BORDERS,
    "concentric_true_s",
    "hold_true_s",
    "eccentric_true_s",
    "concentric_s",
    "hold_s",
    "eccentric_s",
    "range_deg",
    "range_true_deg",
    "peak_speed",
    "rep_latency_s",
    "peak_latency_s",
    "bottom_pause_true_s",
    "bottom_pause_s",
)
"""What ``Tally.errors`` has of each matched repetition; without ``true`` it is an error (s, °, share of the speed)."""


@dataclass
class Tally:
    """What many sessions gave; all fields add up.

    Attributes
    ----------
    within_one
        Sets in which at most one repetition too few or too many was counted.
    false, false_s
        Repetitions counted outside the sets, and how long they lasted together.
    errors
        Per matched repetition, ``COLUMNS``; NaN where a number is not there. A bottom pause is there where the next
        true repetition was found too and no partial lies between them.
    """

    sessions: int = 0
    seconds: float = 0.0
    idle_s: float = 0.0
    sets: int = 0
    exact: int = 0
    within_one: int = 0
    true: int = 0
    missed: int = 0
    extra: int = 0
    false: int = 0
    false_s: float = 0.0
    partials_true: int = 0
    partials_found: int = 0
    partials_hit: int = 0
    peaks: int = 0
    taken_back: int = 0
    errors: list[list[float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: Tally) -> Tally:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        return self

    @property
    def miscount(self) -> float:
        """Missed and extra repetitions as a share of the true ones."""
        return (self.missed + self.extra) / self.true if self.true else 0.0


def blocks_of(stream: SensorStream, period_s: float) -> list[Samples]:
    """Contiguous blocks of what arrived."""
    edges = np.flatnonzero(np.diff(stream.index, prepend=stream.index[0] - 2, append=stream.index[-1] + 2) != 1)
    out = []
    for a, b in pairwise(edges):
        yes = np.ones(b - a, dtype=bool)
        acc, gyr, clipped = stream.acc[a:b], stream.gyr[a:b], stream.clipped[a:b]
        out.append(Samples(int(stream.index[a]), period_s, acc, gyr, yes, clipped))
    return out


def moved(case: Case) -> Simulated:
    """Simulate a case's movement."""
    if case.traces is None:
        return simulate(case.plan, case.seed)
    return traced(case.plan, case.traces, case.seed, Path(os.environ["KICKBACK_REFERENCE_DATA"]))


def tracked(case: Case) -> tuple[Simulated, list[Value]]:
    """Simulate a case and track it."""
    simulated = moved(case)
    model = case.model(simulated.duration_s)
    stream = sense(simulated, model, case.seed, notify=False)
    period_s = 1.0 / model.true_rate_hz
    profile = exercise(case.plan.exercise) if case.told else None
    tracker = Tracker(period_s, t0_s=0.5 * period_s, exercise=profile)
    values: list[Value] = []
    for block in blocks_of(stream, period_s):
        values += tracker.push(block)
    return simulated, values + tracker.flush()


def run(case: Case) -> Tally:
    """Tally one case."""
    return tally(case, *tracked(case))


def tally(case: Case, simulated: Simulated, values: Iterable[Value]) -> Tally:
    """Hold what was found against the truth."""
    values = list(values)
    closed = [v for v in values if isinstance(v, ExerciseSet)]
    found = [rep for one in closed for rep in one.reps]
    free = list(found)
    peaks = {v.peak: v for v in values if isinstance(v, Peak)}
    pauses = {rep.peak: pause for one in closed for rep, pause in zip(one.reps, one.bottom_pauses_s, strict=True)}
    out = Tally(sessions=1, seconds=simulated.duration_s)
    trained_s = 0.0
    spans = []
    for one in simulated.sets:
        moves = sorted([*one.reps, *one.partials], key=lambda m: m.start_s)
        spans.append((moves[0].start_s - BESIDE_S, moves[-1].end_s + BESIDE_S))
        trained_s += spans[-1][1] - spans[-1][0]
        near = [rep for rep in found if spans[-1][0] < rep.end_s and rep.start_s < spans[-1][1]]
        matched: dict[float, Rep] = {}
        for true in one.reps:
            best = max(free, key=lambda rep: in_common(rep, vars_of(true)), default=None)
            if best is None or in_common(best, vars_of(true)) <= 0.5:
                out.wrong.append(f"{case.cell} seed {case.seed} {case.plan.exercise}: missed {true.start_s:.1f}")
                continue
            free.remove(best)
            matched[true.start_s] = best
        hits = len(matched)
        for true, after in zip(moves, [*moves[1:], None], strict=True):
            if true.start_s not in matched:
                continue
            rep = matched[true.start_s]
            pause = pauses[rep.peak] if after is not None and after.start_s in matched else None
            true_pause = NAN if after is None else after.start_s - true.end_s
            out.errors.append([*_errors(rep, true, peaks.get(rep.peak)), *_pause_error(pause, true_pause)])
        out.sets += 1
        out.true += len(one.reps)
        out.missed += len(one.reps) - hits
        out.extra += max(0, len(near) - hits)
        out.exact += hits == len(one.reps) == len(near)
        out.within_one += abs(len(near) - len(one.reps)) <= 1
        out.partials_true += len(one.partials)
        listed = [p for c in closed for p in c.partials if spans[-1][0] < p.end_s and p.start_s < spans[-1][1]]
        out.partials_found += len(listed)
        out.partials_hit += sum(
            any(in_common(p, vars_of(true)) > PARTIAL_COMMON for p in listed) for true in one.partials
        )
    inside = lambda v: any(a < v.end_s and v.start_s < b for a, b in spans)  # noqa: E731
    outside = [rep for rep in free if not inside(rep)]
    out.false, out.false_s = len(outside), sum(rep.end_s - rep.start_s for rep in outside)
    for rep in free:
        where = "extra" if inside(rep) else "false"
        out.wrong.append(f"{case.cell} seed {case.seed} {case.plan.exercise}: {where} {rep.start_s:.1f}")
    out.idle_s = simulated.duration_s - trained_s
    counted = {rep.peak for rep in found}
    told = [p for p in peaks.values() if any(a + BESIDE_S < p.at_s < b - BESIDE_S for a, b in spans)]
    out.peaks, out.taken_back = len(told), sum(p.peak not in counted for p in told)
    return out


def vars_of(true: object) -> dict[str, float]:
    """Fields of a true movement, as ``in_common`` wants them."""
    return {name: getattr(true, name) for name in (*BORDERS, "range_deg")}


def _pause_error(found: float | None, true: float) -> tuple[float, float]:
    """True bottom pause and its error; NaN where either is not there."""
    return (NAN, NAN) if found is None else (true, found - true)


def _errors(found: Rep, true: object, peak: Peak | None) -> list[float]:
    nan = NAN
    a = [nan if getattr(found, n) is None else getattr(found, n) for n in BORDERS]
    b = [getattr(true, n) for n in BORDERS]
    phases = [b[i + 1] - b[i] for i in range(3)]
    found_phases = [a[i + 1] - a[i] for i in range(3)]
    range_deg, speed = true.range_deg, true.peak_speed_deg_s
    return [
        *(x - y for x, y in zip(a, b, strict=True)),
        *phases,
        *(x - y for x, y in zip(found_phases, phases, strict=True)),
        nan if found.range_deg is None else found.range_deg - range_deg,
        range_deg,
        nan if found.peak_speed_deg_s is None else found.peak_speed_deg_s / speed - 1.0,
        found.reported_s - found.end_s,
        nan if peak is None else peak.reported_s - b[1],
    ]
