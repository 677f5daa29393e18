"""Recordings made apart from this project: real ankles, walking, and another group's simulated legs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracker.exercises import exercises
from tracker.recording import read_samples_csv

from .leave_one_out import left_out
from .scoring import Score, counted, score_file

PEOPLE = (1, 2)


def measured(folder: Path) -> dict[str, Any]:
    """Score the reference recordings.

    Parameters
    ----------
    folder
        With ``ankle-pt``, ``negatives`` and ``legsim-dev`` in it.

    Returns
    -------
    dict
        Counts by what was scored; ``negatives`` by file, with the false repetitions untold and, summed, told each
        exercise in turn.
    """
    real = {}
    for person in PEOPLE:
        real[f"person {person}"] = _scored(folder / "ankle-pt", f"pt-s{person}-*.csv.gz", told=False)
    for kind in sorted({p.name.split("-", 2)[2] for p in (folder / "ankle-pt").glob("*.csv.gz")}):
        real[kind.removesuffix(".csv.gz").replace("-", " ")] = _scored(folder / "ankle-pt", f"*-{kind}", told=False)
    return {
        "ankle-pt": {"all": _scored(folder / "ankle-pt", "*.csv.gz", told=False), **real},
        "left out": {f"person {unseen}": _left_out(folder, seen, unseen) for seen, unseen in (PEOPLE, PEOPLE[::-1])},
        "negatives": {path.name: _false(path) for path in sorted((folder / "negatives").glob("*.csv.gz"))},
        "legsim-dev": {
            "told": _scored(folder / "legsim-dev", "*.csv.gz", told=True),
            "untold": _scored(folder / "legsim-dev", "*.csv.gz", told=False),
        },
    }


def _scored(folder: Path, pattern: str, *, told: bool) -> dict[str, Any]:
    total = Score()
    for path in sorted(folder.glob(pattern)):
        total += score_file(path, told=told)
    return _numbers(total)


def _left_out(folder: Path, seen: int, unseen: int) -> dict[str, Any]:
    total, false = left_out(folder, seen, unseen)
    return _numbers(total) | {"false_elsewhere": false}


def _numbers(total: Score) -> dict[str, Any]:
    numbers: dict[str, Any] = {
        name: getattr(total, name) for name in ("sets", "exact", "within_one", "true", "hit", "false")
    }
    if total.border_errors_s:
        numbers |= {"border_mae_ms": total.border_mae_ms.tolist(), "range_mae_deg": total.range_mae_deg}
    return numbers


def _false(path: Path) -> dict[str, Any]:
    recording = read_samples_csv(path)
    found = {id_: len(counted(recording.blocks, recording.period_s, exercise_id=id_)) for id_ in (None, *exercises())}
    seconds = sum(len(block) for block in recording.samples) * recording.period_s
    return {"seconds": seconds, "untold": found.pop(None), "told": sum(found.values())}
