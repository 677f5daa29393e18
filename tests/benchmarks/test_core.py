"""How long the core takes, and what else could be done in that time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tracker.exercises import exercise
from tracker.motion.engine import Tracker
from tracker.motion.orientation import Orienter
from tracker.motion.values import ExerciseSet

from ..motion.streams import cut, run
from ..motion.test_memory import size_bytes


def against_the_core(test):
    return pytest.mark.usefixtures("seconds")(pytest.mark.benchmark(group="an hour at 100 Hz")(test))


def tilt_angle(samples):
    """Angle between the up direction and its median, by VQF alone."""
    from vqf import VQF

    out = VQF(samples.period_s).updateBatch(samples.gyr, samples.acc)
    w, x, y, z = out["quat6D"].T
    up = np.column_stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])
    rest = np.median(up, axis=0)
    return np.arccos(np.clip(up @ (rest / np.linalg.norm(rest)), -1.0, 1.0))


def track(blocks, period_s):
    return run(Tracker(period_s, exercise=exercise("cable")), blocks)


@against_the_core
def test_the_core_on_an_hour(benchmark, hour):
    values = benchmark.pedantic(track, args=([hour], hour.period_s), rounds=3, warmup_rounds=1)
    sets = [v for v in values if isinstance(v, ExerciseSet)]
    benchmark.extra_info["repetitions"] = sum(len(one.reps) for one in sets)
    assert sets


@against_the_core
def test_the_core_on_an_hour_of_a_workout(benchmark, workout):
    values = benchmark.pedantic(track, args=([workout], workout.period_s), rounds=3, warmup_rounds=1)
    assert sum(isinstance(v, ExerciseSet) for v in values) >= 20


@against_the_core
def test_the_core_live_in_blocks_of_ten(benchmark, hour):
    blocks = cut(hour, range(0, len(hour), 10))
    values = benchmark.pedantic(track, args=(blocks, hour.period_s), rounds=2, warmup_rounds=0)
    benchmark.extra_info["us_per_sample"] = 1e6 * benchmark.stats.stats.median / len(hour)
    assert values


@against_the_core
def test_orientation_alone(benchmark, hour):
    blocks = cut(hour, range(0, len(hour), 1024))
    benchmark.pedantic(lambda: run(Orienter(hour.period_s), blocks), rounds=3, warmup_rounds=1)


@against_the_core
def test_vqf_alone(benchmark, hour):
    from vqf import VQF

    benchmark.pedantic(lambda: VQF(hour.period_s).updateBatch(hour.gyr, hour.acc), rounds=3, warmup_rounds=1)


@against_the_core
def test_find_peaks_on_a_tilt_angle(benchmark, hour):
    """What a script would do; it counts every step of a walk."""
    from scipy.signal import find_peaks

    def peaks():
        return find_peaks(tilt_angle(hour), prominence=np.radians(10.0), distance=50)[0]

    found = benchmark.pedantic(peaks, rounds=3, warmup_rounds=1)
    benchmark.extra_info["peaks"] = len(found)


@pytest.mark.benchmark(group="start")
@pytest.mark.parametrize("module", ["numpy", "tracker.motion", "tracker.motion.engine", "scipy.signal"])
def test_import(benchmark, module):
    root = Path(__file__).parents[2]

    def start():
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True, cwd=root)

    benchmark.pedantic(start, rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="memory")
def test_state_after_an_hour(benchmark, hour):
    tracker = Tracker(hour.period_s, exercise=exercise("cable"))
    for one in cut(hour, range(0, len(hour), 100)):
        tracker.push(one)
    benchmark.extra_info["state_kB"] = round(size_bytes(tracker) / 1024, 1)
    benchmark.pedantic(lambda: size_bytes(tracker), rounds=1)
    print(f"state after an hour: {size_bytes(tracker) / 1024:.0f} kB")
