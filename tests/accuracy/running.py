"""Running sessions in several processes, keeping what is done.

A cell's sessions of one seed range are one ``Job``; its chunks of a few seeds are run apart and kept apart, as JSON, in
a folder named after the sources that made them.
"""

from __future__ import annotations

import hashlib
import json
import math
import multiprocessing
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from tracker.motion.engine import ALGORITHM_VERSION
from tracker.simulation import Activity, SetPlan

from .cells import CELLS, SEALED_FROM, TURNING_IDS, Cell, case_of
from .proven import SeedRange, Sessions
from .proving import Tally, run

ROOT = Path(__file__).parents[2]
CHUNK = len(TURNING_IDS)
"""Each exercise once."""
IDLE_H = 3.0
"""Hours per idle cell, so that the full run takes half an hour. None in 3 h shows less than 1.2 an hour (Poisson); all
idle cells together show less than 0.5."""
FULL = {"nominal": 20_000.0, "stress": 50_000.0, "bursts": 2_000.0}
"""Repetitions per corpus, sealed."""
SOURCES = ("tracker/motion", "tracker/simulation", "tracker/exercises.*")
OWN = ("cells.py", "proving.py", "traces.py", "scoring.py")


@dataclass(frozen=True, slots=True)
class Job:
    """A cell and seeds of one range."""

    cell: Cell
    seeds: range

    @property
    def seed_range(self) -> SeedRange:
        """Tuned or sealed."""
        return "sealed" if self.seeds.start >= SEALED_FROM else "tuned"

    @property
    def chunks(self) -> list[range]:
        """Seeds, a few at a time."""
        return [self.seeds[i : i + CHUNK] for i in range(0, len(self.seeds), CHUNK)]


def wanted(cell: Cell) -> float:
    """Repetitions that a cell has to have in the full run, sealed; of an idle cell the seconds."""
    if cell.corpus == "idle":
        return IDLE_H * 3600.0
    return FULL[cell.corpus] / sum(other.corpus == cell.corpus for other in CELLS)


def seeds_for(cell: Cell, first: int, least: float) -> range:
    """Seeds from ``first`` on until so many repetitions (idle cells: seconds) are planned, each exercise as often."""
    planned = 0.0
    for seed in count(first):
        if planned >= least and (seed - first) % CHUNK == 0:
            return range(first, seed)
        planned += sum(_size(step, cell) for step in case_of(cell, seed).plan.steps)
    raise AssertionError


def _size(step: Activity | SetPlan, cell: Cell) -> float:
    if isinstance(step, Activity):
        return step.seconds if cell.corpus == "idle" else 0.0
    return step.reps


def prove(jobs: Sequence[Job], workers: int, folder: Path) -> Iterator[tuple[Job, Sessions]]:
    """Run the jobs, those kept in the folder excepted; give each as it is done, in order."""
    folder = folder / fingerprint()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    began_s, done, total = time.monotonic(), 0, sum(len(job.seeds) for job in jobs)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [(job, [pool.submit(chunk, job.cell.name, seeds, folder) for seeds in job.chunks]) for job in jobs]
        for job, parts in waiting:
            yield job, _joined(parts)
            done += len(job.seeds)
            print(f"{done} of {total} sessions, {time.monotonic() - began_s:.0f} s", file=sys.stderr)


def _joined(parts: list[Future[Sessions]]) -> Sessions:
    sessions: Sessions = {}
    for part in parts:
        sessions |= part.result()
    return sessions


def chunk(cell_name: str, seeds: range, folder: Path) -> Sessions:
    """Run a few sessions, or read what they gave before."""
    cell = next(cell for cell in CELLS if cell.name == cell_name)
    path = folder / f"{CELLS.index(cell):03}-{seeds.start}-{seeds.stop}.json"
    if not path.exists():
        sessions = {seed: run(case_of(cell, seed)) for seed in seeds}
        for seed, one in sessions.items():
            one.wrong = [] if seed >= SEALED_FROM else one.wrong
        _keep(sessions, path)
    return _kept(path)


def _keep(sessions: Sessions, path: Path) -> None:
    """Write whole or not at all."""
    raw = {str(seed): asdict(one) | {"errors": _nulls(one.errors)} for seed, one in sessions.items()}
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(raw, allow_nan=False), encoding="utf-8")
    beside.replace(path)


def _nulls(rows: list[list[float]]) -> list[list[float | None]]:
    return [[None if math.isnan(value) else round(value, 6) for value in row] for row in rows]


def _kept(path: Path) -> Sessions:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return {int(seed): _tally(one) for seed, one in raw.items()}


def _tally(raw: dict[str, Any]) -> Tally:
    raw["errors"] = [[math.nan if value is None else value for value in row] for row in raw["errors"]]
    return Tally(**raw)


def fingerprint() -> str:
    """SHA-256 of all sources and versions that the figures depend on."""
    digest = hashlib.sha256(f"{version('numpy')} {version('vqf')} {version('scipy')}".encode())
    paths = [path for pattern in SOURCES for path in _files(pattern)]
    for path in [*paths, *(Path(__file__).with_name(name) for name in OWN)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _files(pattern: str) -> list[Path]:
    folder = ROOT / pattern
    return sorted(folder.rglob("*.py")) if folder.is_dir() else sorted(ROOT.glob(pattern))


def made() -> dict[str, Any]:
    """Versions and sources behind a run."""
    return {
        "algorithm_version": ALGORITHM_VERSION,
        "sources": fingerprint(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        **{name: version(name) for name in ("numpy", "vqf", "scipy")},
    }
