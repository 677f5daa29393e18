"""How well each form flag tells faulted repetitions from clean ones, in simulation: ``python -m tests.accuracy.form``.

Every session is of another person with another strap: a calibration of five slow repetitions, two sets in which a
third of the repetitions has one fault each, and one that is swung throughout. A flag is scored by its continuous value
over its limit, before any limit is applied, on the repetitions with its own fault against those without any: the area
under the ROC curve. Repetitions that were not counted are left out.

What a fault looks like is a guess (``tracker.simulation.faults``): this shows that the numbers separate what they are
meant to separate, through strap, sway, noise and other people's tempo. It says nothing about real faults.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tracker.coaching.form import DEFINITIONS, Around, FormFlag, offered
from tracker.coaching.range_band import Calibration, Calibrator, RangeBand
from tracker.coaching.set_form import usual_axis
from tracker.coaching.targets import Targets, targets_of
from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.samples import Samples
from tracker.motion.values import ExerciseSet, Rep
from tracker.simulation import (
    TURNING_IDS,
    Activity,
    Fault,
    FaultKind,
    Plan,
    SensorModel,
    SetPlan,
    Simulated,
    sense,
    simulate,
)

from .scoring import in_common

TUNED = range(16)
"""Seeds that limits and definitions were looked at with; from 9000 on they are sealed."""
SEALED_FROM = 9000
REPS = 24
SIZES: dict[FaultKind, tuple[float, float]] = {
    "swing": (0.35, 0.8),
    "dropped-return": (0.3, 0.7),
    "short": (0.64, 0.8),
    "above-ceiling": (1.2, 1.4),
    "no-hold": (0.0, 0.0),
    "touchdown": (0.7, 20.0),
    "bottom-rest": (2.2, 4.0),
    "snap-back": (0.2, 0.5),
    "off-plane": (12.0, 30.0),
}
"""From and to of each fault: from what a coach would just mention to what anyone sees. Clean returns last from 1.0 s,
clean ranges spread by 5 % and shrink by 4 % through a set: what lies between them and a fault is neither."""
CLEAN_SPREAD_DEG = 2.5
"""A person's own spread of direction."""
SWUNG = 8
"""A third set is swung throughout: alone among slow ones a thrown leg is mostly not counted as one of them."""
Scores = dict[tuple[FormFlag, str], tuple[list[float], list[float], list[float]]]
"""By flag and exercise: value over limit of those with its fault, with none, and with another."""


@dataclass(frozen=True, slots=True)
class Row:
    """One flag over all exercises in which it is offered, and the exercise in which it does worst."""

    flag: str
    auc: float
    faulted: int
    clean: int
    worst: str
    worst_auc: float
    flagged: float
    """Share of the faulted that the flag's own limit finds."""
    falsely: float
    """Share of the clean that it finds too."""
    beside: float
    """Share of those with another fault that it finds: some come together, as swing and a dropped return."""


def session(exercise_id: str, seed: int) -> Plan:
    """Draw a person's session."""
    rng = np.random.default_rng([seed, 77, *exercise_id.encode()])
    kinds = [kind for kind in SIZES if _shows(exercise_id, kind)]
    rest = Activity("stand", 12.0, posture="exercise")
    slow = SetPlan(5, 1.8, 1.2, 2.4, 0.8, hesitations=0.0, fatigue=0.0)
    steps = (Activity("stand", 4.0), slow, rest, _set(kinds, rng), rest, _set(kinds, rng), rest, _swung(rng), rest)
    return Plan(exercise_id, steps)


def _shows(exercise_id: str, kind: str) -> bool:
    asked = targets_of(exercise(exercise_id))
    return any(d.flag == kind and d.metric in asked.exercise.metrics for d in DEFINITIONS)


def _set(kinds: Sequence[FaultKind], rng: np.random.Generator) -> SetPlan:
    places = 2 + 3 * np.arange(REPS // 3 - 1) + rng.integers(0, 2, size=REPS // 3 - 1)
    faults = []
    for place, kind in zip(
        places.tolist(), rng.permutation(np.resize(rng.permutation(kinds), len(places))), strict=True
    ):
        size = rng.uniform(*SIZES[str(kind)]) * (rng.choice([-1, 1]) if kind == "off-plane" else 1)
        faults.append(Fault(place, str(kind), float(size)))
    return SetPlan(
        REPS,
        concentric_s=float(rng.uniform(0.9, 2.0)),
        hold_s=float(rng.uniform(0.7, 1.6)),
        eccentric_s=float(rng.uniform(1.2, 3.0)),
        bottom_pause_s=float(rng.uniform(0.3, 1.0)),
        range_spread=0.05,
        tremor_deg=float(rng.uniform(0.0015, 0.006)),
        direction_spread_deg=CLEAN_SPREAD_DEG,
        faults=tuple(faults),
    )


def _swung(rng: np.random.Generator) -> SetPlan:
    lifts = rng.uniform(*SIZES["swing"]) * rng.uniform(0.9, 1.1, size=SWUNG)
    return SetPlan(SWUNG, faults=tuple(Fault(i, "swing", float(s)) for i, s in enumerate(lifts, start=1)))


def scores(exercise_id: str, seed: int) -> tuple[Scores, int, int]:
    """Score one session; also how many repetitions were made and counted."""
    truth = simulate(session(exercise_id, seed), seed)
    sets = _tracked(exercise_id, truth, seed)
    calibrated_s = truth.sets[0].reps[-1].end_s + 1.0
    targets = targets_of(exercise(exercise_id), band=_band(one for one in sets if one.end_s < calibrated_s))
    out: Scores = defaultdict(lambda: ([], [], []))
    counted = 0
    for rep, around, fault in _matched(sets, truth):
        counted += 1
        for definition in DEFINITIONS:
            margin = _margin(definition, rep, around, targets)
            if margin is not None:
                kind = 0 if fault == definition.flag else 2 if fault else 1
                out[definition.flag, exercise_id][kind].append(margin)
    return out, sum(len(one.reps) for one in truth.sets[1:]), counted


def _tracked(exercise_id: str, truth: Simulated, seed: int) -> list[ExerciseSet]:
    model = SensorModel()
    out = sense(truth, model, seed)
    yes = np.ones(len(out.acc), dtype=bool)
    tracker = Tracker(1.0 / model.rate_hz, exercise=exercise(exercise_id))
    values = tracker.push(Samples(0, 1.0 / model.rate_hz, out.acc, out.gyr, yes, ~yes)) + tracker.flush()
    return [value for value in values if isinstance(value, ExerciseSet)]


def _band(sets: Iterable[ExerciseSet]) -> RangeBand | None:
    """Make the band; None where too few of the slow repetitions were counted: no range is judged in that session."""
    stage = Calibrator()
    found = [value for one in sets for rep in one.reps for value in stage.push(rep)] + stage.flush()
    return next((value.band for value in found if isinstance(value, Calibration)), None)


def _matched(sets: Iterable[ExerciseSet], truth: Simulated) -> Iterator[tuple[Rep, Around, str]]:
    true = [movement for one in truth.sets[1:] for movement in one.reps]
    for one in sets:
        usual = usual_axis(one.reps)
        for rep, pause in zip(one.reps, one.bottom_pauses_s, strict=True):
            best = max(true, key=lambda m: in_common(rep, {"start_s": m.start_s, "end_s": m.end_s}))
            if in_common(rep, {"start_s": best.start_s, "end_s": best.end_s}) > 0.5:
                yield rep, Around(pause, usual), best.fault


def _margin(definition, rep: Rep, around: Around, targets: Targets) -> float | None:
    """Value over limit, turned so that more is worse; None where the flag is not offered or the value not known."""
    if not offered(definition, targets):
        return None
    value, limit = definition.value(rep, around), definition.limit(targets)
    if value is None:
        return None
    return 2.0 - value / limit if definition.below else value / limit


def auc(faulted: Sequence[float], clean: Sequence[float]) -> float:
    """Chance that a faulted one scores above a clean one (Mann and Whitney's U over all pairs); ties count half."""
    if not faulted or not clean:
        return math.nan
    difference = np.array(faulted)[:, None] - np.array(clean)
    return float(np.mean(difference > 0) + 0.5 * np.mean(difference == 0))


def form_table(seeds: Iterable[int]) -> list[Row]:
    """Score every flag on a session per exercise and seed."""
    whole, _, _ = collect(seeds)
    return [_row(flag, whole) for flag in FormFlag]


def _row(flag: FormFlag, whole: Scores) -> Row:
    of = {id_: parts for (found, id_), parts in whole.items() if found is flag and parts[0]}
    faulted, clean, others = ([value for parts in of.values() for value in parts[i]] for i in range(3))
    by_exercise = {id_: auc(parts[0], parts[1]) for id_, parts in of.items()}
    worst = min(by_exercise, key=lambda id_: by_exercise[id_])
    found, falsely, beside = (float(np.mean(np.array(part) > 1.0)) for part in (faulted, clean, others))
    return Row(
        flag.value, auc(faulted, clean), len(faulted), len(clean), worst, by_exercise[worst], found, falsely, beside
    )


def collect(seeds: Iterable[int]) -> tuple[Scores, int, int]:
    """Pool the scores of all exercises and seeds."""
    whole: Scores = defaultdict(lambda: ([], [], []))
    made = counted = 0
    for seed in seeds:
        for id_ in TURNING_IDS:
            one, asked, found = scores(id_, seed)
            made, counted = made + asked, counted + found
            for key, pair in one.items():
                for pooled, part in zip(whole[key], pair, strict=True):
                    pooled.extend(part)
    return whole, made, counted


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=TUNED.start)
    parser.add_argument("--seeds", type=int, default=len(TUNED))
    options = parser.parse_args()
    whole, made, counted = collect(range(options.first, options.first + options.seeds))
    print(f"{counted} of {made} repetitions counted")
    names = ("AUC", "found", "false", "beside")
    print(f"{'flag':15} {'AUC':>6} {'faulted':>8} {'clean':>6}  {'worst exercise':22}", *(f"{n:>6}" for n in names))
    for row in (_row(flag, whole) for flag in FormFlag):
        print(
            f"{row.flag:15} {row.auc:6.4f} {row.faulted:8} {row.clean:6}  {row.worst:22} {row.worst_auc:6.4f}"
            f" {row.flagged:6.1%} {row.falsely:6.1%} {row.beside:6.1%}"
        )


if __name__ == "__main__":
    main()
