"""Every exercise in words, and no word that claims what cannot be known."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from tracker.exercises import exercises
from tracker.guide import Guide, guide, screening


@pytest.mark.parametrize("id_", exercises())
def test_every_exercise_has_every_part(id_: str) -> None:
    one = guide(id_)
    assert all(getattr(one, field.name) for field in fields(Guide))
    assert len(one.steps) >= 3
    assert len(one.checklist) >= 3
    assert len(set(one.safety)) == len(one.safety)


@pytest.mark.parametrize("id_", exercises())
def test_nothing_is_claimed_that_cannot_be_known(id_: str) -> None:
    text = repr(guide(id_)).lower()
    for word in ("you arched", "activation %", "calorie", "risk of injury", "diagnos"):
        assert word not in text
    assert "not a medical device" in text


def test_an_exercise_that_is_referred_to_is_there() -> None:
    text = " ".join(repr(guide(id_)) for id_ in exercises())
    assert "ankle-weight-straightening" in text
    assert "ankle-weight-straightening" in exercises()


def test_screening_locks_nothing() -> None:
    assert len(screening().questions) >= 3
    assert "you decide" in screening().advice
    json.dumps(screening().questions)


def test_no_such_exercise() -> None:
    with pytest.raises(ValueError, match="there are: cable"):
        guide("squat")
