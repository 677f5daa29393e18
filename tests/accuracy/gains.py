"""Does gravity tell the gyroscope's gain better than the gyroscope does itself?

``python -m tests.accuracy.gains [SESSIONS] [FIRST]`` prints the errors of range and peak speed with the gyroscope alone
and with what gravity says, for ordinary and for poor sensors, and how far the two are apart in real people's turns.
Seeds below 9000 are there to look at; those from 9000 on are sealed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median
from unittest.mock import patch

import numpy as np

from tracker.motion import gain
from tracker.motion.engine import Tracker
from tracker.motion.reps import Measures
from tracker.motion.samples import Array, Samples
from tracker.recording import read_samples_csv

from .cells import CELLS, SEALED_FROM, Cell, case_of
from .proving import COLUMNS, run

NAMES = ("ordinary", "ordinary, traced", "scale 2 %, axes 2°")
LARGE_DEG = 20.0
"""A gain shows in large turns."""
LEAST_STAYS = 3


def errors(cell: Cell, seeds: range, *, gravity: bool) -> tuple[Array, Array]:
    """Sizes of the errors of the range (°) and of the peak speed (share), one of each repetition."""
    with patch.object(gain, "GRAVITY_SHARE", gain.GRAVITY_SHARE if gravity else 0.0):
        rows = np.array([row for seed in seeds for row in run(case_of(cell, seed)).errors])
    found = (np.abs(rows[:, COLUMNS.index(name)]) for name in ("range_deg", "peak_speed"))
    ranges, speeds = (one[~np.isnan(one)] for one in found)
    return ranges, speeds


def apart(path: Path) -> tuple[float, float] | None:
    """Of a recording's large turns: median size (°), and by what share gravity says more; None if there are few."""
    turns: list[tuple[float, float]] = []
    learn = gain.Gain.learn

    def spied(self: gain.Gain, found: Measures, acc: Array) -> None:
        before = self._turns[-1] if self._turns else None
        learn(self, found, acc)
        if self._turns and self._turns[-1] is not before:
            turns.append((float(np.degrees(found.range_rad)), self._turns[-1][1]))

    recording = read_samples_csv(path)
    tracker = Tracker(recording.period_s, t0_s=recording.t0_s)
    with patch.object(gain.Gain, "learn", spied):
        for block in recording.blocks:
            if isinstance(block, Samples):
                tracker.push(block)
        tracker.flush()
    large = [one for one in turns if one[0] > LARGE_DEG]
    return (median(deg for deg, _ in large), median(off for _, off in large)) if len(large) >= LEAST_STAYS else None


def main(sessions: int = 24, first: int = 0) -> None:
    """Print what the study found."""
    if first + sessions > SEALED_FROM:
        raise SystemExit(f"seeds from {SEALED_FROM} on are sealed: ask for earlier ones")
    for cell in (one for one in CELLS if one.name in NAMES):
        for gravity in (False, True):
            ranges, speeds = errors(cell, range(first, first + sessions), gravity=gravity)
            who = "with gravity" if gravity else "gyroscope alone"
            print(
                f"{cell.name}, {who}: range {ranges.mean():.3f}° (95 %: {np.percentile(ranges, 95):.2f}°), "
                f"peak speed {100 * speeds.mean():.2f} % of {len(ranges)} repetitions"
            )
    folder = os.environ.get("KICKBACK_REFERENCE_DATA")
    if folder is None:
        return
    for path in sorted((Path(folder) / "ankle-pt").glob("*.csv.gz")):
        if (found := apart(path)) is not None:
            deg, off = found
            print(f"{path.name.removesuffix('.csv.gz')}, turns of {deg:.0f}°: gravity says {100 * off:+.1f} %")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
