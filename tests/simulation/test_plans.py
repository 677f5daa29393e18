"""Exactly the repetitions asked for, the same ones every time, and a truth file that scripts can read."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.simulation import (
    EXERCISE_IDS,
    SCENARIOS,
    TURNING_IDS,
    Activity,
    Plan,
    SetPlan,
    scenario,
    simulate,
    truth_json,
)

SETS = st.builds(
    SetPlan,
    reps=st.integers(1, 6),
    concentric_s=st.floats(0.4, 3),
    hold_s=st.sampled_from([0.0, 0.1, 0.8, 3.0]),
    eccentric_s=st.floats(0.45, 3),
    bottom_pause_s=st.sampled_from([0.0, 0.2, 1.0, 5.0]),
    partials=st.integers(0, 2),
    fatigue=st.floats(0, 0.6),
    hesitations=st.sampled_from([0.0, 0.5]),
    tap_m_s2=st.sampled_from([0.0, 15.0]),
    tremor_deg=st.floats(0, 0.006),
)


def reach(movement):
    """Range in the exercise's own unit."""
    return movement.range_deg or movement.range_m


@settings(max_examples=60, deadline=None)
@given(exercise=st.sampled_from(EXERCISE_IDS), one=SETS, seed=st.integers(0, 2**32))
def test_the_truth_holds_what_was_asked_for(exercise, one, seed):
    simulated = simulate(Plan(exercise, (Activity("stand", 1.0), one)), seed)
    (done,) = simulated.sets
    assert (len(done.reps), len(done.partials)) == (one.reps, one.partials)
    everything = sorted((*done.reps, *done.partials), key=lambda m: m.start_s)
    borders = [b for m in everything for b in (m.start_s, m.peak_start_s, m.peak_end_s, m.end_s)]
    assert borders == sorted(borders)
    assert 0 < borders[0] < borders[-1] < simulated.duration_s
    usual = np.median([reach(m) for m in done.reps])
    assert all(reach(m) > 0.65 * usual for m in done.reps)
    assert all(reach(m) < 0.60 * usual for m in done.partials)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("exercise", EXERCISE_IDS)
def test_scenarios_keep_their_promise(name, exercise):
    plan = scenario(name, exercise)
    simulated = simulate(plan, seed=7)
    assert simulated.rep_count == plan.rep_count
    reps = [rep for one in simulated.sets for rep in one.reps]
    periods = [b.start_s - a.start_s for one in simulated.sets for a, b in pairwise(one.reps)]
    period = np.median(periods) if periods else np.nan  # short sets may all be of one
    assert all(rep.start_s < rep.peak_start_s <= rep.peak_end_s < rep.end_s for rep in reps)
    assert 60 < simulated.duration_s < 420
    flat = 0.05 if exercise in TURNING_IDS else 0.02  # above the floor; a straight leg's pointed foot lies lower
    assert simulated.ankle[:, 2].min() > flat
    if name == "fast-no-pause":
        assert 0.85 < period < 1.3
        assert max(rep.peak_end_s - rep.peak_start_s for rep in reps) < 0.15
    if name == "slow":
        assert period > 5
    if name == "short-sets":
        assert all(1 <= len(one.reps) <= 3 for one in simulated.sets)
    if name == "fatigue":
        assert all(reach(one.reps[-1]) < reach(one.reps[0]) for one in simulated.sets)


def test_the_same_seed_gives_the_same_movement():
    plan = scenario("nominal", "cable")
    first, again, other = simulate(plan, 1), simulate(plan, 1), simulate(plan, 2)
    np.testing.assert_array_equal(first.quat, again.quat)
    np.testing.assert_array_equal(first.ankle, again.ankle)
    assert truth_json(first) == truth_json(again) != truth_json(other)
    assert scenario("slow", "band", 3) == scenario("slow", "band", 3) != scenario("slow", "band", 4)


def test_the_truth_file_has_the_layout_that_scores():
    found = json.loads(truth_json(simulate(scenario("fast", "band"), 0)))
    assert found["variant"] == "band"
    assert found["label"] == "fast"
    assert found["side"] in ("left", "right")
    assert found["rep_count"] == sum(len(one["reps"]) for one in found["sets"])
    wanted = {"start_s", "peak_start_s", "peak_end_s", "end_s", "range_deg", "peak_speed_deg_s"}
    for one in found["sets"]:
        assert all(set(rep) == wanted for rep in (*one["reps"], *one["partials"]))
    assert any(one["partials"] for one in found["sets"])
    spans = found["activities"]
    assert all(a["end_s"] == b["start_s"] for a, b in pairwise(spans))


def test_repetitions_happen_only_in_sets():
    simulated = simulate(scenario("walking", "dumbbell"), 3)
    sets = [span for span in simulated.spans if span.doing == "set"]
    assert len(sets) == len(simulated.sets)
    for span, one in zip(sets, simulated.sets, strict=True):
        assert span.start_s < one.reps[0].start_s < one.reps[-1].end_s < span.end_s


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SetPlan(reps=0), "at least one repetition"),
        (lambda: SetPlan(reps=1, partials=-1), "partials"),
        (lambda: SetPlan(reps=3, concentric_s=0.1), "at least 0.2 s"),
        (lambda: SetPlan(reps=3, hold_s=-1), "negative"),
        (lambda: Activity("walk", posture="exercise"), "standing"),
        (lambda: Activity("stand", 0.0), "positive"),
        (lambda: Plan("curl", (SetPlan(3),)), "unknown exercise"),
        (lambda: Plan("cable", ()), "nothing"),
        (lambda: scenario("lazy", "cable"), "unknown scenario"),
    ],
)
def test_nonsense_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
