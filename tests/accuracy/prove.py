"""python -m tests.accuracy.prove: the proving ground."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from .cells import CELLS, Cell, case_of
from .proving import Tally, run

CHUNK = 4


def _some(job: tuple[str, tuple[int, ...]]) -> Tally:
    cell = next(c for c in CELLS if c.name == job[0])
    out = Tally()
    for seed in job[1]:
        out += run(case_of(cell, seed))
    return out


def prove(cells: Sequence[Cell], seeds: Sequence[int], workers: int) -> dict[str, Tally]:
    jobs = [(c.name, tuple(seeds[i : i + CHUNK])) for c in cells for i in range(0, len(seeds), CHUNK)]
    out = {c.name: Tally() for c in cells}
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
        for (name, _), one in zip(jobs, pool.map(_some, jobs), strict=True):
            out[name] += one
    return out


def line(name: str, t: Tally) -> str:
    e = np.array(t.errors).reshape(-1, 15)
    text = f"{name:28} sets {t.exact:4}/{t.sets:4} true {t.true:5} miss {t.missed:3} extra {t.extra:3} ({100 * t.miscount:5.2f} %)"
    text += f" false {t.false:3} in {t.idle_s / 3600:.2f} h"
    if t.partials_true:
        f1 = 2 * t.partials_hit / (t.partials_true + t.partials_found)
        text += f" part F1 {f1:.3f}"
    if len(e):
        b = 1000 * np.nanmean(np.abs(e[:, :4]), axis=0)
        text += f" b {b.round(0).astype(int).tolist()}"
        text += f" rng {np.nanmean(np.abs(e[:, 10])):.2f}/{np.nanpercentile(np.abs(e[:, 10]), 95):.2f}"
        text += f" spd {100 * np.nanmean(np.abs(e[:, 12])):.1f}%"
        text += f" rep {1000 * np.nanmedian(e[:, 13]):.0f}/{1000 * np.nanpercentile(e[:, 13], 95):.0f}"
        text += f" pk {1000 * np.nanpercentile(e[:, 14], 95):.0f} back {100 * t.taken_back / max(1, t.peaks):.1f}%"
    return text


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cells", default="")
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    cells = [c for c in CELLS if options.cells in c.name or options.cells == c.corpus]
    found = prove(cells, range(options.first, options.first + options.seeds), options.workers)
    whole = Tally()
    for name, one in found.items():
        print(line(name, one), flush=True)
        if options.wrong:
            print("   " + "\n   ".join(one.wrong))
        whole += one
    print(line("ALL", whole))


if __name__ == "__main__":
    sys.exit(main())
