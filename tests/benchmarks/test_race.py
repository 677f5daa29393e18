"""The race, and what each contestant costs on the same workout. No time is asserted."""

from __future__ import annotations

import pytest

from tracker.simulation import Activity, Plan, SensorModel, SetPlan, sense, simulate

from ..motion.streams import block
from .contestants import CONTESTANTS, Contestant
from .course import Course
from .race import race_table

RATE_HZ = 100
SETS, REPS = 8, 12


@pytest.fixture(scope="module")
def course() -> Course:
    """About a quarter of an hour at 100 Hz: sets of twelve, with some walking, standing and fidgeting between."""
    between = [Activity("walk", 15.0), Activity("stand", 45.0), Activity("fidget", 10.0)]
    one = SetPlan(REPS, concentric_s=1.0, hold_s=0.5, eccentric_s=1.5, bottom_pause_s=0.5)
    truth = simulate(Plan("cable", (Activity("stand", 5.0), *[one, *between] * SETS)), 1)
    out = sense(truth, SensorModel(rate_hz=RATE_HZ), 1, notify=False)
    samples = block(out.acc, out.gyr, 1.0 / RATE_HZ)
    sets = tuple((done.reps[0].start_s, done.reps[-1].end_s) for done in truth.sets)
    first = truth.sets[0].reps[0]
    return Course((samples,), samples, 0.5 / RATE_HZ, (first.start_s, first.end_s), sets, "cable")


@pytest.mark.benchmark(group="the race: a quarter of an hour at 100 Hz")
@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda c: c.name)
def test_cost(benchmark, course: Course, contestant: Contestant):
    if contestant.needs:
        pytest.importorskip(contestant.needs, reason=f"{contestant.needs} is in the race extra")
    spans = benchmark.pedantic(contestant.count, args=(course,), rounds=3, warmup_rounds=1)
    benchmark.extra_info["counted"], benchmark.extra_info["done"] = len(spans), SETS * REPS
    assert spans


@pytest.mark.benchmark(group="the race")
def test_the_race(benchmark):
    """Print the table of the whole race; contestants whose library is missing are named below it."""
    table = benchmark.pedantic(race_table, rounds=1)
    print(f"\n{table}")
    assert all(line.count("|") == 12 for line in table.splitlines() if line.startswith("|"))
