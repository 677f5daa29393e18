"""What the core costs on this machine: an hour of ordinary sessions at 100 Hz."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.samples import Samples
from tracker.simulation import sense

from ..motion.streams import block, cut
from ..motion.test_memory import size_bytes
from .cells import CELLS, TURNING_IDS, case_of
from .proving import moved

RATE_HZ = 100
HOUR_S = 3600
LIVE_BLOCK = 10
ROUNDS = 3
"""The quickest of so many: what else the machine did is no cost of ours."""


def measured() -> dict[str, float]:
    """Time for an hour (ms), live (µs per sample in blocks of ten), state after it (kB)."""
    hour = _hour()
    live = cut(hour, range(0, len(hour), LIVE_BLOCK))
    whole_s, _ = _timed([hour])
    live_s, tracker = _timed(live)
    return {
        "hour_ms": 1e3 * whole_s,
        "live_us": 1e6 * live_s / len(hour),
        "state_kb": size_bytes(tracker) / 1024,
    }


def _hour() -> Samples:
    """Sessions of the ordinary cell with the first exercise, one after the other."""
    ordinary, parts, length, seed = CELLS[0], [], 0, 0
    while length < HOUR_S * RATE_HZ:
        simulated = moved(case_of(ordinary, seed))
        model = replace(case_of(ordinary, seed).model(simulated.duration_s), rate_hz=RATE_HZ)
        parts.append(sense(simulated, model, seed, notify=False))
        length, seed = length + len(parts[-1].acc), seed + len(TURNING_IDS)
    rows = slice(0, HOUR_S * RATE_HZ)
    acc, gyr = (np.concatenate([getattr(one, name) for one in parts])[rows] for name in ("acc", "gyr"))
    return block(acc, gyr, 1.0 / RATE_HZ)


def _timed(blocks: Sequence[Samples]) -> tuple[float, Tracker]:
    quickest_s = np.inf
    for _ in range(ROUNDS):
        tracker = Tracker(1.0 / RATE_HZ, exercise=exercise(TURNING_IDS[0]))
        began_s = time.process_time()
        for one in blocks:
            tracker.push(one)
        quickest_s = min(quickest_s, time.process_time() - began_s)
    return float(quickest_s), tracker
