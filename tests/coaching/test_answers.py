"""What may be told of a day and of a set, and when the screening is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tracker.coaching.answers import PLACEMENT_WORDS, Placement, check_correction, check_day, screening_due

DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_the_screening_is_asked_once_and_again_after_pain() -> None:
    assert screening_due([], [])
    assert not screening_due([DAY], [])
    assert not screening_due([DAY], [DAY - timedelta(days=1)])
    assert screening_due([DAY], [DAY + timedelta(minutes=20)])
    assert not screening_due([DAY, DAY + timedelta(days=2)], [DAY + timedelta(days=1)])


def test_a_day() -> None:
    said = {"placement": "pre-exhaust", "soreness": 0, "pulley": "hole 2", "screening": [False, True, False]}
    assert check_day(said, questions=3) == said
    assert check_day({"placement": "", "soreness": None, "pulley": "", "screening": None}, questions=3) == {}
    assert check_day({"companions": ["lunges"]}, questions=0) == {"companions": ["lunges"]}
    assert set(PLACEMENT_WORDS) == set(Placement)


@pytest.mark.parametrize(
    "said",
    [
        {"placement": "sometimes"},
        {"soreness": 11},
        {"soreness": True},
        {"pulley": "x" * 61},
        {"pulley": 3},
        {"screening": [True]},
        {"screening": ["no", "no", "no"]},
        {"screening": "no"},
        {"companions": "lunges"},
        {"companions": [1]},
        {"companions": ["lunges"] * 11},
    ],
)
def test_nonsense_about_a_day(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check_day(said, questions=3)


@pytest.mark.parametrize(
    ("what", "value", "read"),
    [
        ("load", "7.5", 7.5),
        ("load", 0, 0.0),
        ("load", "", None),
        ("side", "left", "left"),
        ("exercise", "band", "band"),
        ("deleted", [1, 2], [1, 2]),
        ("deleted", [], []),
        ("added", 3, 3),
    ],
)
def test_a_correction(what: str, value: Any, read: Any) -> None:
    said = {"set": 2, "what": what, "value": value}
    assert check_correction(said, sets=2, exercises=["band"]) == (2, what, read)


@pytest.mark.parametrize(
    ("set_number", "what", "value"),
    [
        (3, "load", 5),
        (0, "load", 5),
        ("1", "load", 5),
        (1, "load", "nan"),
        (1, "load", -1),
        (1, "load", [5]),
        (1, "side", "both"),
        (1, "exercise", "squat"),
        (1, "exercise", None),
        (1, "deleted", "1"),
        (1, "deleted", [True]),
        (1, "added", 21),
        (1, "added", 1.5),
        (1, "colour", "red"),
    ],
)
def test_nonsense_about_a_set(set_number: Any, what: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check_correction({"set": set_number, "what": what, "value": value}, sets=2, exercises=["band"])
