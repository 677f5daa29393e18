"""The floor on recordings that were made apart from this project, and on simulations that nothing was tuned on.

The recordings are of other movements than weighted kickbacks (straight-leg lifts, walking) or simulated: there is no
public recording of a real weighted kickback from the ankle.
"""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tracker.exercises import exercises
from tracker.recording import read_samples_csv
from tracker.simulation import TURNING_IDS

from ..motion.streams import sensed
from .scoring import Score, counted, score, score_folder

LEAST_EXACT = {"fast-no-pause": 0.95, "short-sets": 0.92}
"""One or two alone are believed less easily than they were (96.9 % of short sets before), so that fidgets are not."""
FRESH_SEEDS = (9001, 9002, 9003)
"""Kept for this test: nothing is ever tuned on them."""


def test_simulated_legs_by_another_hand_told(reference_data):
    total = score_folder(reference_data / "legsim-dev", told=True)
    assert total.exact_share >= 0.98
    assert total.false_share <= 0.01
    assert total.border_mae_ms.max() <= 20.0
    assert total.range_mae_deg <= 0.4


def test_simulated_legs_by_another_hand_untold(reference_data):
    total = score_folder(reference_data / "legsim-dev", told=False)
    assert total.exact_share >= 0.9


def test_real_ankles(reference_data):
    total = score_folder(reference_data / "ankle-pt", told=False)
    assert total.exact_share >= 0.95


def test_walking_and_rest_have_no_repetitions(reference_data):
    total = score_folder(reference_data / "negatives", told=False)
    assert total.false == 0


@pytest.mark.parametrize("id_", list(exercises()))
def test_walking_and_rest_have_none_whatever_was_told(reference_data, id_):
    for path in sorted((reference_data / "negatives").glob("*.csv.gz")):
        recording = read_samples_csv(path)
        assert counted(recording.blocks, recording.period_s, exercise_id=id_) == [], path.name


@pytest.mark.parametrize("name", ["fast-no-pause", "short-sets"])
def test_simulations_nothing_was_tuned_on(name):
    total = Score()
    for id_ in TURNING_IDS:
        of_exercise = Score()
        for seed in FRESH_SEEDS:
            stream = sensed(id_, name, seed)
            truth = {"sets": [{"reps": [asdict(rep) for rep in one.reps]} for one in stream.truth.sets]}
            half = 0.5 * stream.period_s  # a sample stands for the middle of its period
            found = counted([stream.samples], stream.period_s, exercise_id=id_, t0_s=half)
            of_exercise += score(found, truth)
        print(f"{name:14} {id_:24} {of_exercise}")
        total += of_exercise
    print(f"{name:14} {'all':24} {total}")
    assert total.exact_share >= LEAST_EXACT[name]
