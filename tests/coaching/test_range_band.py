"""The personal range band, and the calibration that makes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.coaching.range_band import (
    CEILING_SHARE,
    FLOOR_SHARE,
    MOST,
    Calibration,
    Calibrator,
    RangeBand,
    Step,
    band_of,
)

from .values import rep

ranges = st.lists(st.floats(10.0, 120.0), min_size=3, max_size=5).map(tuple)


def calibrated(reps) -> tuple[list[Step], list[Calibration]]:
    stage = Calibrator()
    out = [value for one in reps for value in stage.push(one)] + stage.flush()
    return [v for v in out if isinstance(v, Step)], [v for v in out if isinstance(v, Calibration)]


@given(ranges)
def test_the_target_is_the_median_and_the_band_stays_near(values: tuple[float, ...]) -> None:
    band = band_of(values)
    assert band.target_deg == sorted(values)[len(values) // 2] or len(values) == 4
    below, above = 1.0 - band.floor_deg / band.target_deg, band.ceiling_deg / band.target_deg - 1.0
    assert FLOOR_SHARE[0] - 1e-9 <= below <= FLOOR_SHARE[1] + 1e-9
    assert CEILING_SHARE[0] - 1e-9 <= above <= CEILING_SHARE[1] + 1e-9


@given(ranges, st.floats(0.5, 1.2))
def test_a_band_knows_no_scale(values: tuple[float, ...], scale: float) -> None:
    one, other = band_of(values), band_of(tuple(scale * value for value in values))
    assert other.floor_deg == pytest.approx(scale * one.floor_deg)
    assert other.ceiling_deg == pytest.approx(scale * one.ceiling_deg)


def test_who_differs_more_has_a_wider_band() -> None:
    steady, unsteady = band_of((40.0, 40.2, 39.8, 40.1, 39.9)), band_of((40.0, 42.5, 37.5, 41.0, 39.0))
    assert unsteady.floor_deg < steady.floor_deg
    assert unsteady.ceiling_deg > steady.ceiling_deg


def test_five_slow_ones_make_it_at_once() -> None:
    stage = Calibrator()
    told = [stage.push(rep(range_deg=40.0)) for _ in range(MOST)]
    assert [len(one) for one in told] == [1, 1, 1, 1, 2]
    assert told[1] == [Step(2, MOST, 40.0)]
    assert told[-1][1] == Calibration(RangeBand(36.0, 40.0, 43.2), (40.0,) * 5, 0.0)
    assert stage.flush() == []
    assert stage.push(rep()) == [Step(MOST, MOST, 40.0, "the band is made")]


@pytest.mark.parametrize(("count", "made"), [(0, 0), (2, 0), (3, 1), (4, 1), (5, 1)])
def test_how_many_it_takes(count: int, made: int) -> None:
    assert len(calibrated([rep()] * count)[1]) == made


def test_a_quick_or_broken_one_is_passed_over_with_its_reason() -> None:
    steps, (made,) = calibrated([rep(), rep(lift_s=0.6), rep(range_deg=None), rep(), rep(range_deg=41.0)])
    assert [step.used for step in steps] == [1, 1, 1, 2, 3]
    assert "0.6 s" in steps[1].why_not
    assert "lost" in steps[2].why_not
    assert made.ranges_deg == (40.0, 40.0, 41.0)


def test_unsteady_ones_are_told() -> None:
    (made,) = calibrated([rep(range_deg=value) for value in (30.0, 40.0, 50.0)])[1]
    assert made.unsteady
    assert not calibrated([rep()] * 3)[1][0].unsteady


@pytest.mark.parametrize("wrong", [(0.0, 1.0, 2.0), (40.0, 39.0, 45.0), (30.0, 40.0, 39.0), (30.0, 40.0, 181.0)])
def test_a_band_goes_upwards(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="band goes upwards"):
        RangeBand(*wrong)
