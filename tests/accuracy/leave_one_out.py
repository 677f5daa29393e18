"""Leave one person out: constants chosen on one person's real ankles, scored on the other's.

Nothing in the core is learnt, so there is nothing to train; but its constants were written by people who had seen both.
So each constant that real ankles could have shaped is chosen anew on one person alone (of the factors below, the middle
one of those that count most of that person's sets exactly, and nothing in walking and rest), all of them together, and
the other person is counted with what came out.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median_low
from types import ModuleType

import pytest

from tracker.motion import company, evidence, sets
from tracker.recording import read_samples_csv

from .scoring import Score, counted, score_file

FACTORS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 2.0)
CONSTANTS = (
    (sets, "UNTOLD_MIN_RANGE_DEG"),
    (company, "SAME_EXPLAINED"),
    (evidence, "ALIKE_RANGE"),
    (evidence, "ALIKE_DURATION"),
    (evidence, "SET_LEVER_M"),
    (evidence, "COMPANY_SHARE"),
    (evidence, "STEP_SHARE"),
    (evidence, "SLOW_SHARE"),
)


def times(value, factor):
    return tuple(times(v, factor) for v in value) if isinstance(value, tuple) else value * factor


def count(folder: Path, person: int) -> Score:
    total = Score()
    for path in sorted(folder.glob(f"ankle-pt/pt-s{person}-*.csv.gz")):
        total += score_file(path, told=False)
    return total


def false_elsewhere(folder: Path, person: int) -> int:
    """Repetitions in walking and in this person's resting ankle."""
    names = ("walking-shin", f"pt-s{person}-resting-ankle")
    recordings = [read_samples_csv(folder / "negatives" / f"{name}.csv.gz") for name in names]
    return sum(len(counted(r.blocks, r.period_s, exercise_id=None)) for r in recordings)


def left_out(folder: Path, seen: int, unseen: int) -> tuple[Score, int]:
    """Score the unseen person with constants chosen on the other; also what is false in walking and rest."""
    with pytest.MonkeyPatch.context() as patch:
        for room, name in CONSTANTS:
            original = getattr(room, name)
            chosen = _chosen(folder, seen, patch, room, name)
            patch.setattr(room, name, times(original, chosen))
        return count(folder, unseen), false_elsewhere(folder, unseen)


def _chosen(folder: Path, seen: int, patch: pytest.MonkeyPatch, room: ModuleType, name: str) -> float:
    original = getattr(room, name)
    outcome = {}
    for factor in FACTORS:
        patch.setattr(room, name, times(original, factor))
        outcome[factor] = (count(folder, seen).exact, -false_elsewhere(folder, seen))
    best = max(outcome.values())
    chosen = median_low(factor for factor in FACTORS if outcome[factor] == best)
    print(f"seen {seen}: {name} × {chosen}  {[f'{f}: {e} exact' for f, (e, _) in outcome.items()]}")
    return chosen
