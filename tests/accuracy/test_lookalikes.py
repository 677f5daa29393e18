"""Which movements the study of what looks like a repetition puts together."""

from __future__ import annotations

import pytest

from tracker.exercises import exercise

from ..motion.test_evidence import candidate
from .lookalikes import QUESTIONS, Movement, in_a_row


def movements(*places: tuple[int, int] | None) -> list[Movement]:
    return [Movement(candidate(), exercise("cable"), place) for place in places]


@pytest.mark.parametrize(("many", "lifts", "found"), [(1, True, 5), (2, True, 3), (3, True, 1), (1, False, 2)])
def test_repetitions_of_one_set_follow_each_other(many, lifts, found):
    rows = movements((0, 0), (0, 1), (0, 2), None, (1, 0), (1, 1), None)
    assert len(list(in_a_row(rows, many, lifts=lifts))) == found


def test_a_missed_repetition_parts_its_neighbours():
    assert not list(in_a_row(movements((0, 0), (0, 2)), 2, lifts=True))


def test_every_condition_can_be_met():
    lift = candidate()
    for question in QUESTIONS:
        for name, condition in question.conditions.items():
            if name != "alike, in a rhythm" and name != "all of these":  # one lift is not its own neighbour in time
                assert condition((lift,) * question.many), name
