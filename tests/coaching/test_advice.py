"""What a set looks like, as a table; every mistake has its words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tracker.coaching.advice import Mistake, advice
from tracker.coaching.judged import Judged
from tracker.coaching.plan import WorkoutPlan
from tracker.coaching.range_band import RangeBand
from tracker.coaching.set_form import judge_set
from tracker.coaching.targets import targets_of
from tracker.exercises import exercise, exercises
from tracker.guide import guide
from tracker.motion.values import ExerciseSet, Rep

TARGETS = targets_of(exercise("cable"), tempo=WorkoutPlan(exercise="cable").tempo, band=RangeBand(25.0, 30.0, 60.0))
GOOD = Rep(1, 0.0, 2.0, 3.0, 6.0, 6.1, 40.0, 30.0)


def judged(*reps: Rep) -> Judged:
    one = ExerciseSet(1, reps, (), (None,) * len(reps), 20.0)
    return Judged(one, TARGETS, judge_set(one, TARGETS), frozenset())


HIGH = replace(GOOD, range_deg=70.0)
SHORT = replace(GOOD, range_deg=20.0)
THROWN = replace(GOOD, peak_speed_deg_s=400.0, peak_start_s=0.3, peak_end_s=0.35, end_s=0.8)


@pytest.mark.parametrize(
    ("answers", "reps", "found"),
    [
        ({}, [GOOD] * 3, ()),
        ({"felt": ["glute"], "reserve": 2}, [GOOD] * 3, ()),
        ({"felt": ["low-back"]}, [GOOD] * 3, (Mistake.LOW_BACK, Mistake.NOT_FELT)),
        ({"felt": ["glute", "low-back"]}, [GOOD] * 3, (Mistake.LOW_BACK,)),
        ({"felt": ["hamstring"]}, [GOOD] * 3, (Mistake.NOT_FELT,)),
        ({}, [HIGH, HIGH, GOOD], (Mistake.LOW_BACK,)),
        ({}, [HIGH, GOOD, GOOD, GOOD], ()),
        ({}, [SHORT, SHORT, GOOD], (Mistake.SHORT,)),
        ({"reserve": 0}, [THROWN] * 3, (Mistake.SWING, Mistake.WEIGHT)),
        ({"reserve": 5}, [GOOD] * 3, (Mistake.WEIGHT,)),
        ({"reserve": 5}, [THROWN] * 3, (Mistake.SWING,)),
        ({"reserve": 5}, [], ()),
    ],
)
def test_advice(answers: dict[str, Any], reps: list[Rep], found: tuple[Mistake, ...]) -> None:
    assert advice(answers, judged(*reps) if reps else None) == found


def test_every_mistake_has_its_words_in_every_guide() -> None:
    for id_ in exercises():
        assert {one.id for one in guide(id_).mistakes} == set(Mistake)
