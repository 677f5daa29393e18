"""The link breaks off inside sets: is every repetition that the outage did not touch still counted?

``python -m tests.accuracy.outages [SEEDS] [FIRST]`` prints a line for each exercise. Each set of six and more loses 1.2
to 6 s, from anywhere in a repetition on. Seeds below 9000 are there to look at; those from 9000 on are sealed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.samples import Samples
from tracker.motion.values import ExerciseSet, Rep
from tracker.simulation import TURNING_IDS, ExerciseId, Scenario, scenario, sense, simulate

from ..motion.streams import block
from .scoring import stands_for

SCENARIOS: tuple[Scenario, ...] = ("nominal", "slow", "fast", "fast-no-pause", "taps", "fatigue")
LOST_S = (1.2, 6.0)
PERIOD_S = 0.01
Outage = tuple[float, float]


@dataclass
class Outcome:
    """Repetitions that no outage touched, by where they lie, and what was found of them.

    Attributes
    ----------
    whole
        Counted if nothing is lost at all; the others say nothing about outages.
    first, first_found
        Of these, the first one behind an outage.
    other, other_found
        The others.
    false
        Counted, and no repetition that was done.
    """

    whole: int = 0
    first: int = 0
    first_found: int = 0
    other: int = 0
    other_found: int = 0
    false: int = 0

    def __add__(self, more: Outcome) -> Outcome:
        return Outcome(*(getattr(self, name) + getattr(more, name) for name in self.__dataclass_fields__))

    def __str__(self) -> str:
        first, other = f"first behind {self.first_found}/{self.first}", f"others {self.other_found}/{self.other}"
        return f"{first}, {other}, false {self.false}"


def outages(sets: Sequence[dict[str, Any]], rng: np.random.Generator) -> list[Outage]:
    """One in each longer set."""
    out = []
    for one in sets:
        reps = one["reps"]
        if len(reps) < 6:
            continue
        k = int(rng.integers(2, len(reps) - 3))
        begin_s = reps[k]["start_s"] + rng.uniform() * (reps[k + 1]["start_s"] - reps[k]["start_s"])
        out.append((begin_s, begin_s + rng.uniform(*LOST_S)))
    return out


def counted(samples: Samples, id_: ExerciseId, lost: Sequence[Outage]) -> list[Rep]:
    """Repetitions of the sets that are found in what is left."""
    tracker = Tracker(samples.period_s, exercise=exercise(id_))
    values = [value for part in _left(samples, lost) for value in tracker.push(part)]
    return [rep for one in [*values, *tracker.flush()] if isinstance(one, ExerciseSet) for rep in one.reps]


def outcome(id_: ExerciseId, seed: int) -> Outcome:
    """Run one session, whole and with its outages."""
    leg = simulate(scenario(SCENARIOS[seed % len(SCENARIOS)], id_, seed), seed)
    sensed = sense(leg, seed=seed, notify=False)
    samples, sets = block(sensed.acc, sensed.gyr, PERIOD_S), leg.truth()["sets"]
    lost = outages(sets, np.random.default_rng([seed, 77]))
    whole, found = counted(samples, id_, []), counted(samples, id_, lost)
    result = Outcome()
    for one in sets:
        behind = [end_s for _, end_s in lost if one["reps"][0]["start_s"] < end_s]
        for true in one["reps"]:
            if not any(stands_for(rep, true) for rep in whole):
                continue
            result.whole += 1
            if any(begin_s < true["end_s"] and true["start_s"] < end_s for begin_s, end_s in lost):
                continue
            here = any(stands_for(rep, true) for rep in found)
            first = bool(behind) and true["start_s"] > behind[0]
            if first:
                behind.clear()
            result.first += first
            result.first_found += first and here
            result.other += not first
            result.other_found += not first and here
    every = [true for one in sets for true in one["reps"]]
    result.false = sum(not any(stands_for(rep, true) for true in every) for rep in found)
    return result


def _left(samples: Samples, lost: Sequence[Outage]) -> Iterator[Samples]:
    begin = 0
    for begin_s, end_s in lost:
        yield samples.part(begin, round(begin_s / samples.period_s))
        begin = round(end_s / samples.period_s)
    yield samples.part(begin, len(samples))


def main(seeds: int = 12, first: int = 0) -> None:
    """Print a line for each exercise, and one for all."""
    total = Outcome()
    for id_ in TURNING_IDS:
        one = sum((outcome(id_, seed) for seed in range(first, first + seeds)), Outcome())
        print(f"{id_:24}{one}")
        total += one
    print(f"{'all':24}{total}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
