"""Where the leg is at this moment, against the truth."""

from __future__ import annotations

from statistics import median

import pytest

from tracker.motion.now import Now, Phase
from tracker.simulation import Activity

from .test_sets import AFTER, REST, lifts, stream


def watched(exercise: str) -> tuple[list[Now], list[dict[str, float]]]:
    """What is seen ten times a second, and the true repetitions."""
    one = stream(REST, Activity("stand", 2.0, posture="exercise"), lifts(4), AFTER, exercise=exercise)
    tracker, seen = one.tracker(), []
    for begin in range(0, len(one.samples), 10):
        tracker.push(one.samples.part(begin, begin + 10))
        if tracker.now is not None:
            seen.append(tracker.now)
    return seen, one.truth.truth()["sets"][0]["reps"]


@pytest.mark.parametrize("exercise", ["cable", "dumbbell", "band", "bodyweight"])
def test_each_phase_is_seen_while_it_lasts(exercise):
    seen, reps = watched(exercise)
    for rep in reps[1:]:  # all fours after standing: the first one shows where the leg rests
        lift = [now for now in seen if rep["start_s"] + 0.35 < now.at_s < rep["peak_start_s"] - 0.15]
        hold = [now for now in seen if rep["peak_start_s"] + 0.3 < now.at_s < rep["peak_end_s"] - 0.05]
        back = [now for now in seen if rep["peak_end_s"] + 0.5 < now.at_s < rep["end_s"] - 0.25]
        assert {now.phase for now in lift} <= {Phase.LIFT}
        assert {now.phase for now in hold} == {Phase.HOLD}
        assert {now.phase for now in back} == {Phase.RETURN}
        assert median(now.angle_deg for now in hold) == pytest.approx(rep["range_deg"], abs=6.0)
        assert abs(hold[0].since_s - rep["peak_start_s"]) < 0.5
        assert abs(back[0].since_s - rep["peak_end_s"]) < 0.4


def test_asking_changes_nothing():
    one = stream(REST, lifts(4), AFTER)
    asked, alone = one.tracker(), one.tracker()
    values = [[], []]
    for begin in range(0, len(one.samples), 10):
        values[0] += asked.push(one.samples.part(begin, begin + 10))
        assert asked.now == asked.now
        values[1] += alone.push(one.samples.part(begin, begin + 10))
    assert values[0] == values[1]


def test_before_anything_is_known():
    assert stream(REST, lifts(4), AFTER).tracker().now is None
