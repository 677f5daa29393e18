"""Simulated streams, ways to cut and damage them, and ways to compare what came out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np

from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.samples import Array, Samples
from tracker.motion.values import ExerciseSet, Rep
from tracker.simulation import Activity, Plan, SensorModel, SetPlan, Simulated, scenario, sense, simulate

WORKOUT = (
    Activity("stand", 3.0),
    Activity("walk", 5.0),
    SetPlan(5, concentric_s=0.9, hold_s=0.5, eccentric_s=1.2, bottom_pause_s=0.5, partials=1),
    Activity("stand", 3.0),
    Activity("walk", 5.0),
    SetPlan(4, concentric_s=0.6, hold_s=0.0, eccentric_s=0.7, bottom_pause_s=0.1),
    Activity("fidget", 4.0),
)
"""About 80 s in which everything happens: two sets, a partial, walks, fidgets."""


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Samples on the grid, whole, and the truth about them."""

    exercise: str
    samples: Samples
    truth: Simulated

    @property
    def period_s(self) -> float:
        return self.samples.period_s

    def tracker(self, *, told: bool = True, t0_s: float = 0.0) -> Tracker:
        profile = exercise(self.exercise) if told else None
        return Tracker(self.period_s, t0_s=t0_s, exercise=profile)


def block(acc: Array, gyr: Array, period_s: float, start_index: int = 0) -> Samples:
    yes = np.ones(len(acc), dtype=bool)
    return Samples(start_index, period_s, np.ascontiguousarray(acc), np.ascontiguousarray(gyr), yes, np.zeros_like(yes))


@cache
def movement(exercise_id: str, name: str, seed: int) -> Simulated:
    """``name`` is a scenario, or ``workout``."""
    plan = Plan(exercise_id, WORKOUT, label=name) if name == "workout" else scenario(name, exercise_id, seed)
    return simulate(plan, seed)


@cache
def sensed(
    exercise_id: str = "cable", name: str = "workout", seed: int = 1, model: SensorModel | None = None
) -> Stream:
    """One simulated stream without losses."""
    truth = movement(exercise_id, name, seed)
    model = model or SensorModel()
    out = sense(truth, model, seed)
    return Stream(exercise_id, block(out.acc, out.gyr, 1.0 / model.rate_hz), truth)


def cut(samples: Samples, places: Iterable[int]) -> list[Samples]:
    """Cut before each of these rows."""
    edges = [0, *sorted(p for p in places if 0 < p < len(samples)), len(samples)]
    return [samples.part(a, b) for a, b in itertools.pairwise(edges)]


def without(samples: Samples, holes: Iterable[tuple[int, int]]) -> list[Samples]:
    """Lose rows begin … end − 1 of each hole."""
    there = np.ones(len(samples), dtype=bool)
    for begin, end in holes:
        there[begin:end] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there.astype(np.int8), [0]])))
    return [samples.part(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def rotated(samples: Samples, matrix: Array) -> Samples:
    """The same movement with the sensor strapped on otherwise."""
    turn = matrix.T
    return replace(samples, acc=samples.acc @ turn, gyr=samples.gyr @ turn)


def run(stage: Any, blocks: Iterable[Samples]) -> list[Any]:
    """Push the blocks and flush."""
    out: list[Any] = []
    for samples in blocks:
        out += stage.push(samples)
    return out + stage.flush()


def reps(values: Sequence[Any]) -> list[Rep]:
    """Counted repetitions, as the closed sets have them."""
    return [rep for one in values if isinstance(one, ExerciseSet) for rep in one.reps]


def exact(values: Sequence[Any]) -> list[Any]:
    """Put values into a form that compares bit for bit and does not show where blocks were cut."""
    out: list[Any] = []
    for value in values:
        arrays = {
            f.name: getattr(value, f.name) for f in fields(value) if isinstance(getattr(value, f.name), np.ndarray)
        }
        if not arrays:
            out.append(value)
        elif out and isinstance(out[-1], _Run) and out[-1].end == value.start_index:
            out[-1].extend(arrays)
        else:
            out.append(_Run(type(value).__name__, value.start_index, {k: [v] for k, v in arrays.items()}))
    return [one.frozen() if isinstance(one, _Run) else one for one in out]


@dataclass
class _Run:
    """Blocks that follow each other."""

    kind: str
    start: int
    arrays: dict[str, list[Array]]

    @property
    def end(self) -> int:
        return self.start + sum(len(a) for a in self.arrays["gyr"])

    def extend(self, arrays: dict[str, Array]) -> None:
        for name, array in arrays.items():
            self.arrays[name].append(array)

    def frozen(self) -> tuple[Any, ...]:
        joined = {name: np.concatenate(parts) for name, parts in self.arrays.items()}
        return self.kind, self.start, {name: (a.shape, a.tobytes()) for name, a in joined.items()}
