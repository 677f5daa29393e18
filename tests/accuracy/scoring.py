"""How found repetitions are held against the truth.

A repetition that was found stands for a true one when they have more than half of their union in common. A label
without peak times is coarse (people drew it): then the found one's middle must lie in the label, with 0.6 s of slack,
and they must share more than a quarter. Nothing stands for two. A set is exact when every one of its repetitions was
found and nothing else was within a second of it. What stands for no true repetition is false.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tracker.exercises import exercise, exercises
from tracker.motion.engine import Tracker
from tracker.motion.samples import Samples
from tracker.motion.values import ExerciseSet, Rep
from tracker.recording import read_samples_csv

BORDERS = ("start_s", "peak_start_s", "peak_end_s", "end_s")
SLACK_S = 0.6
BESIDE_S = 1.0


@dataclass
class Score:
    """Sums over recordings."""

    sets: int = 0
    exact: int = 0
    within_one: int = 0
    true: int = 0
    hit: int = 0
    false: int = 0
    border_errors_s: list[list[float]] = field(default_factory=list)
    range_errors_deg: list[float] = field(default_factory=list)
    range_errors_m: list[float] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def exact_share(self) -> float:
        return self.exact / self.sets if self.sets else 1.0

    @property
    def false_share(self) -> float:
        return self.false / self.true if self.true else float(self.false)

    @property
    def border_mae_ms(self) -> np.ndarray:
        """Of each of the four borders."""
        errors = np.array(self.border_errors_s).reshape(-1, 4)
        return 1000.0 * np.abs(errors).mean(axis=0) if len(errors) else np.full(4, np.nan)

    @property
    def range_mae_deg(self) -> float:
        return float(np.abs(self.range_errors_deg).mean()) if self.range_errors_deg else float("nan")

    @property
    def range_mae_m(self) -> float:
        return float(np.abs(self.range_errors_m).mean()) if self.range_errors_m else float("nan")

    def __str__(self) -> str:
        text = f"sets {self.exact}/{self.sets} exact, reps {self.hit}/{self.true} found, {self.false} false"
        if self.border_errors_s:
            text += f", borders {self.border_mae_ms.round(1).tolist()} ms, range "
            text += f"{self.range_mae_m:.3f} m" if self.range_errors_m else f"{self.range_mae_deg:.2f}°"
        return text


def in_common(found: Rep, true: dict[str, Any]) -> float:
    """Intersection over union."""
    both = min(found.end_s, true["end_s"]) - max(found.start_s, true["start_s"])
    either = max(found.end_s, true["end_s"]) - min(found.start_s, true["start_s"])
    return max(0.0, both / either)


def stands_for(found: Rep, true: dict[str, Any]) -> bool:
    if "peak_start_s" in true:
        return in_common(found, true) > 0.5
    middle = (found.start_s + found.end_s) / 2.0
    near = true["start_s"] - SLACK_S < middle < true["end_s"] + SLACK_S
    return near and in_common(found, true) > 0.25


def score(found: Sequence[Rep], truth: dict[str, Any]) -> Score:
    """Score one recording."""
    result = Score()
    free = list(found)
    for one in truth["sets"]:
        wanted = one["reps"]
        begin, end = wanted[0]["start_s"] - BESIDE_S, wanted[-1]["end_s"] + BESIDE_S
        near = sum(begin < rep.end_s and rep.start_s < end for rep in found)
        hits = 0
        for true in wanted:
            candidates = [rep for rep in free if stands_for(rep, true)]
            if not candidates:
                continue
            coarse = "peak_start_s" not in true
            best = candidates[0] if coarse else max(candidates, key=lambda rep: in_common(rep, true))
            free.remove(best)
            hits += 1
            if not coarse:
                _measure(best, true, result)
        result.sets += 1
        result.true += len(wanted)
        result.hit += hits
        result.exact += hits == len(wanted) == near
        result.within_one += abs(near - len(wanted)) <= 1
    result.false = len(free)
    return result


def _measure(found: Rep, true: dict[str, Any], result: Score) -> None:
    borders = [getattr(found, name) for name in BORDERS]
    if None not in borders:
        result.border_errors_s.append([a - true[n] for a, n in zip(borders, BORDERS, strict=True)])
    if found.range_deg is not None:
        result.range_errors_deg.append(found.range_deg - true["range_deg"])
    if found.range_m is not None:
        result.range_errors_m.append(found.range_m - true["range_m"])


def counted(blocks: Iterable[Any], period_s: float, *, exercise_id: str | None, t0_s: float = 0.0) -> list[Rep]:
    """Repetitions of the sets that a tracker finds."""
    profile = exercise(exercise_id) if exercise_id else None
    tracker = Tracker(period_s, t0_s=t0_s, exercise=profile)
    values = [value for block in blocks if isinstance(block, Samples) for value in tracker.push(block)]
    values += tracker.flush()
    return [rep for one in values if isinstance(one, ExerciseSet) for rep in one.reps]


def score_file(csv: Path, *, told: bool) -> Score:
    """Score ``NAME.csv(.gz)`` against ``NAME.truth.json``; told, where the truth names a profile."""
    stem = csv.name.removesuffix(".gz").removesuffix(".csv")
    truth = json.loads((csv.parent / f"{stem}.truth.json").read_text(encoding="utf-8"))
    id_ = truth["variant"] if told and truth["variant"] in exercises() else None
    recording = read_samples_csv(csv)
    found = counted(recording.blocks, recording.period_s, exercise_id=id_, t0_s=recording.t0_s)
    return score(found, truth)


def score_folder(folder: Path, *, told: bool) -> Score:
    """Score all recordings of a folder, and print those that are not right."""
    total = Score()
    paths = sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")])
    assert paths, f"{folder} has no recordings"
    for path in paths:
        one = score_file(path, told=told)
        if one.exact < one.sets or one.false:
            print(f"  {path.name}: {one}")
        total += one
    print(f"{folder.name} ({'told' if told else 'untold'}): {total}")
    return total
