"""Days of training: levels, weeks, pauses."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.journal import TrainingDay
from tracker.trends.calendar import LEVELS, Calendar, weeks


def calendar_of(*reps: int, every: int = 3) -> Calendar:
    first = date(2025, 1, 1)
    return Calendar.of(
        [TrainingDay((first + timedelta(days=i * every)).isoformat(), 1, 3, n) for i, n in enumerate(reps)]
    )


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_more_repetitions_are_never_lighter(reps: list[int]) -> None:
    found = calendar_of(*reps)
    levels = {one.reps: found.level(day) for day, one in found.days.items()}
    assert found.level(date(2024, 12, 31)) == 0
    assert all(1 <= level <= LEVELS for level in levels.values())
    assert levels[max(reps)] == LEVELS
    ordered = [levels[n] for n in sorted(levels)]
    assert ordered == sorted(ordered)
    assert len(set(ordered)) <= len(found.limits) + 1


def test_quarters_have_levels_of_their_own() -> None:
    found = calendar_of(10, 20, 30, 40, 50, 60, 70, 80)
    assert [found.level(day) for day in found.days] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert [calendar_of(5, 5, 5).level(date(2025, 1, 1 + 3 * i)) for i in range(3)] == [4, 4, 4]


def test_pauses_and_years() -> None:
    assert calendar_of(1, 1, 1, every=5).longest_pause() == 5
    assert calendar_of(1).longest_pause() == 0
    assert calendar_of(*[1] * 3, every=300).years == [2026, 2025]


@given(st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.integers(0, 800))
def test_weeks_have_every_day(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    found = weeks(first, last)
    assert all(monday.weekday() == 0 for monday in found)
    assert found[0] <= first < found[0] + timedelta(days=7)
    assert found[-1] <= last < found[-1] + timedelta(days=7)
    assert len(found) == (found[-1] - found[0]).days // 7 + 1
