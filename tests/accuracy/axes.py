"""About which axis are repetitions measured best: their own, the set's as far as it is known, or the set's in the end?

``python -m tests.accuracy.axes [SESSIONS] [FIRST]`` prints a table for each cell of traced legs. The same windows are
measured about each repetition's own axis, as the tracker did while the set went on, about that of all of the set's
repetitions, and about the true one. Seeds below 9000 are there to look at; those from 9000 on are sealed.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy.spatial.transform import Rotation

from tracker.motion import engine, gain
from tracker.motion.axis import Spread, main_axis
from tracker.motion.reps import Measures, measure
from tracker.motion.samples import Array
from tracker.motion.set_axis import Known
from tracker.motion.values import ExerciseSet, Rep
from tracker.motion.vectors import Vector
from tracker.simulation import Simulated
from tracker.simulation.profiles import RATE_HZ
from tracker.simulation.session import TrueSet

from .cells import CELLS, SEALED_FROM, Case, Cell, case_of
from .proving import tracked, vars_of
from .scoring import BORDERS, in_common

NAMES = ("ordinary, traced", "traced, cadence 5 s", "traced, range 14-20°", "traced, sets of one to three")
WAYS = ("own", "set so far", "whole set", "true")
HEAD = f"  {'axis':12}{'start':>8}{'peak start':>12}{'peak end':>10}{'end':>8}{'hold':>10}{'far off':>10}  range"
FAR_S = 1.0 / 3.0
BESIDE_S = 0.3


@dataclass(frozen=True, slots=True)
class Told:
    """An axis that is told, whatever a repetition turned about."""

    told: Vector

    def axis(self, own: Spread, guess: Vector) -> Vector:
        """Return it on the side of the guess."""
        side = math.copysign(1.0, np.dot(self.told, guess))
        return side * self.told[0], side * self.told[1], side * self.told[2]


@dataclass(frozen=True, slots=True)
class Taken:
    """One excursion as it was measured while the session went on."""

    window: tuple[Array, Array, float]
    how: dict[str, Any]
    found: Measures

    def about(self, known: Known | Told) -> Measures:
        """Measure it again; as it was where nothing shows."""
        return measure(*self.window, **(self.how | {"known": known})) or self.found


def watched(case: Case) -> tuple[Simulated, list[ExerciseSet], dict[float, Taken]]:
    """Track a case by the gyroscope alone; also what was measured, by its range, which no two share."""
    taken = {}

    def keep(*window: Any, **how: Any) -> Measures | None:
        found = measure(*window, **how)
        if found is not None:
            taken[math.degrees(found.range_rad)] = Taken(window, how, found)
        return found

    with patch.object(engine, "measure", keep), patch.object(gain, "GRAVITY_SHARE", 0.0):
        simulated, values = tracked(case)
    return simulated, [value for value in values if isinstance(value, ExerciseSet)], taken


def errors(case: Case) -> Iterator[Array]:
    """For each repetition that was found, shape (ways, 5): errors of the borders (s) and of the range (°)."""
    simulated, sets, taken = watched(case)
    of_set = {rep.peak: [r for r in one.reps if r.range_deg in taken] for one in sets for rep in one.reps}
    reps = [rep for one in sets for rep in of_set[one.reps[0].peak]]
    for one in simulated.sets:
        pairs = [(true, rep) for true in one.reps if (rep := _best(reps, true)) is not None]
        if not pairs:
            continue
        true_axis = _true_axis(simulated, one, [(rep, taken[rep.range_deg]) for _, rep in pairs])
        for true, rep in pairs:
            here = taken[rep.range_deg]
            company = [taken[other.range_deg] for other in of_set[rep.peak]]
            spread = tuple(np.sum([other.found.spread for other in company], axis=0).tolist())
            whole = Told(main_axis(spread, here.found.axis))
            begin_s = rep.start_s - here.found.start * here.window[2]
            yield np.array(
                [
                    _error(way, true, begin_s, here.window[2])
                    for way in (here.about(Known()), here.found, here.about(whole), here.about(Told(true_axis)))
                ]
            )


def _best(reps: list[Rep], true: Any) -> Rep | None:
    best = max(reps, key=lambda rep: in_common(rep, vars_of(true)), default=None)
    return best if best is not None and in_common(best, vars_of(true)) > 0.5 else None


def _error(found: Measures, true: Any, begin_s: float, period_s: float) -> list[float]:
    at = (found.start, found.peak_start, found.peak_end, found.end)
    borders = [begin_s + row * period_s - getattr(true, name) for row, name in zip(at, BORDERS, strict=True)]
    return [*borders, math.degrees(found.range_rad) - true.range_deg]


def _true_axis(simulated: Simulated, one: TrueSet, reps: list[tuple[Rep, Taken]]) -> Vector:
    """What the whole set turned about, as the truth is defined, in the frame of the sensor."""
    first, last = (at_s * RATE_HZ for at_s in (one.reps[0].start_s - BESIDE_S, one.reps[-1].end_s + BESIDE_S))
    pose = Rotation.from_quat(simulated.quat[:, [1, 2, 3, 0]])
    part = pose[max(0, round(first)) : round(last)]
    step = (part[1:] * part[:-1].inv()).as_rotvec()
    axis = pose[round(one.reps[0].start_s * RATE_HZ)].inv().apply(np.linalg.eigh(step.T @ step)[1][:, -1])
    shank, sensor = [], []
    for rep, here in reps:
        gyr, _, period_s = here.window
        begin_s = rep.start_s - here.found.start * period_s
        at = np.round((begin_s + np.arange(len(gyr)) * period_s) * RATE_HZ).astype(int)
        inside = (at > 0) & (at < len(simulated.quat) - 1)
        at = at[inside]
        shank.append((pose[at - 1].inv() * pose[at + 1]).as_rotvec() * RATE_HZ / 2.0)
        sensor.append(gyr[inside])
    strap, _ = Rotation.align_vectors(np.concatenate(sensor), np.concatenate(shank))
    x, y, z = strap.apply(axis).tolist()
    return x, y, z


def table(cell: Cell, seeds: range) -> list[str]:
    """Lines of one cell's table."""
    if seeds.stop > SEALED_FROM:
        raise ValueError(f"seeds from {SEALED_FROM} on are sealed")
    rows = np.array([row for seed in seeds for row in errors(case_of(cell, seed))])
    lines = [f"{cell.name}: {len(rows)} repetitions of {len(seeds)} sessions", HEAD]
    for k, name in enumerate(WAYS):
        off_s, range_deg = np.abs(rows[:, k, :4]), np.abs(rows[:, k, 4])
        hold_s = rows[:, k, 2] - rows[:, k, 1]
        limit_s = np.abs(hold_s.mean()) + 1.96 * hold_s.std()
        start, peak_start, peak_end, end = (f"{1000 * mean:.0f} ms" for mean in off_s.mean(axis=0))
        far = (off_s.max(axis=1) > FAR_S).mean()
        lines.append(
            f"  {name:12}{start:>8}{peak_start:>12}{peak_end:>10}{end:>8}{f'±{1000 * limit_s:.0f} ms':>10}{far:>10.1%}"
            f"  {range_deg.mean():.2f}° (95 %: {np.percentile(range_deg, 95):.2f}°)"
        )
    return lines


def main(sessions: int = 16, first: int = 0) -> None:
    """Print the table of each cell."""
    for cell in CELLS:
        if cell.name in NAMES:
            print(*table(cell, range(first, first + sessions)), sep="\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
