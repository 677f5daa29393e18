"""Like with like, and what a session comes to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.journal import SetKind, TrendSet
from tracker.trends import METRICS, Kind, side_by_side, trends_of

from .values import on_day

BY_ID = {metric.id: metric for metric in METRICS}
NO_WORK = [kind.value for kind in SetKind if kind is not SetKind.WORK]
any_set = st.builds(
    on_day,
    st.integers(0, 9),
    exercise=st.sampled_from(["cable", "band", None]),
    side=st.sampled_from(["left", "right", None]),
    placement=st.sampled_from(["alone", "accessory", None]),
    load_label=st.sampled_from(["red", "blue", None]),
    load_kg=st.none() | st.floats(0.0, 100.0),
    reps=st.integers(1, 30),
    kind=st.sampled_from([kind.value for kind in SetKind]),
    range_deg=st.none() | st.floats(1.0, 90.0),
)


def in_time(sets: list[TrendSet]) -> list[TrendSet]:
    return sorted(sets, key=lambda one: one.started_us)


@given(st.lists(any_set, max_size=30).map(in_time))
def test_each_work_set_counts_once_and_with_its_like(sets: list[TrendSet]) -> None:
    found = trends_of(sets)
    work = [one for one in sets if one.kind == "work"]
    assert sum(len(point.alike) for one in found for point in one.points) == len(work)
    assert sum(point.value(BY_ID["reps"]) for one in found for point in one.points) == sum(one.reps for one in work)
    for one in found:
        alike = [s for s in work if Kind(s.exercise, s.side, s.placement, s.load_label) == one.kind]
        assert sum(point.value(BY_ID["reps"]) for point in one.points) == sum(s.reps for s in alike)
        assert [point.session for point in one.points] == list(dict.fromkeys(s.uuid for s in alike))
    assert len({one.kind for one in found}) == len(found)


@given(st.lists(any_set, max_size=20).map(in_time), st.lists(any_set, max_size=8), st.sampled_from(NO_WORK))
def test_a_warm_up_never_counts(sets: list[TrendSet], more: list[TrendSet], kind: str) -> None:
    light = [one._replace(kind=kind, load_kg=1000.0, reps=99, in_band=99, judged=99) for one in more]
    before, after = trends_of(sets), trends_of(in_time([*sets, *light]))
    assert {one.kind: one.points for one in before} == {one.kind: one.points for one in after}
    assert side_by_side(sets) == side_by_side(in_time([*sets, *light]))


@given(st.lists(any_set, max_size=20).map(in_time), st.integers(0, 9))
def test_what_was_before_a_day_is_as_if_it_never_was(sets: list[TrendSet], day: int) -> None:
    first = date(2025, 1, 1 + day)
    assert trends_of(sets, since=first) == trends_of([one for one in sets if one.started_us >= day])


def test_a_session_adds_up_to_one_point() -> None:
    (found,) = trends_of(
        [on_day(0, 1), on_day(0, 2, reps=8, load_kg=12.5, range_deg=31.0, judged=8, in_band=0, pain=3)]
    )
    (point,) = found.points
    assert len(point.alike) == 2
    assert point.value(BY_ID["reps"]) == 20
    assert point.value(BY_ID["in_band"]) == 9 / 20
    assert point.value(BY_ID["range_deg"]) == 33.0
    assert point.value(BY_ID["load_kg"]) == 12.5
    assert point.value(BY_ID["volume_kg"]) == 12 * 10.0 + 8 * 12.5
    assert point.value(BY_ID["time_under_tension_s"]) == 132.0
    assert point.value(BY_ID["pain"]) == 3.0
    assert point.value(BY_ID["felt_glute"]) == 1.0


def test_a_band_has_no_volume() -> None:
    (found,) = trends_of([on_day(0, load_kg=None, load_label="red")])
    assert found.points[0].value(BY_ID["volume_kg"]) is None
    assert found.points[0].value(BY_ID["load_kg"]) is None


def test_tempo_alone_is_not_put_beside_tempo_and_range() -> None:
    early = [on_day(day, range_in_band=None, in_band=12) for day in range(3)]
    later = [on_day(day) for day in range(3, 6)]
    (tempo_only,) = trends_of(early)
    assert tempo_only.series(BY_ID["in_band"]).values == (1.0,) * 3
    (both,) = trends_of([*early, *later])
    assert both.series(BY_ID["in_band"]).values == (0.75,) * 3
    assert len(both.points) == 6


def test_what_nothing_is_known_of_stays_unknown() -> None:
    bare = on_day(0)._replace(
        judged=0, in_band=0, tempo_in_band=0, range_in_band=None, range_deg=None, velocity_loss=None, reserve=None,
        pain=None, felt=None, load_kg=None, hold_s=None,
    )  # fmt: skip
    (found,) = trends_of([bare])
    unknown = {id_ for id_, metric in BY_ID.items() if found.points[0].value(metric) is None}
    expected = {"in_band", "range_deg", "range_m", "velocity_loss", "reserve", "pain", "load_kg", "volume_kg"}
    assert unknown == expected | {"hold_s", "felt_glute", "felt_low_back"}
    assert (
        found.series(BY_ID["range_deg"]).now
        is found.series(BY_ID["range_deg"]).before
        is found.series(BY_ID["range_deg"]).best
        is None
    )


def test_a_change_is_told_only_above_the_persons_own_noise() -> None:
    noise = [0.3, -0.2, 0.1, -0.3, 0.2, 0.0]
    same = [on_day(day, range_deg=35.0 + noise[day % 6]) for day in range(12)]
    (steady,) = trends_of(same)
    assert steady.series(BY_ID["range_deg"]).change.shown is False
    more = [*same[:6], *(one._replace(range_deg=one.range_deg + 5.0) for one in same[6:])]
    (moved,) = trends_of(more)
    assert moved.series(BY_ID["range_deg"]).change.shown
    assert moved.series(BY_ID["range_deg"]).now == pytest.approx(moved.series(BY_ID["range_deg"]).before + 5.0, abs=0.3)
    assert trends_of(same[:5])[0].series(BY_ID["range_deg"]).change is None


def test_the_best_is_the_first_to_reach_it() -> None:
    (found,) = trends_of([on_day(0, load_kg=10.0), on_day(1, load_kg=12.0), on_day(2, load_kg=12.0)])
    point, value = found.series(BY_ID["load_kg"]).best
    assert (point.session, value) == ("00000001", 12.0)
    assert found.days_since(date(2025, 1, 10)) == 7


def legs(difference: float, *, placement: str | None = None) -> list[TrendSet]:
    more = {"left": 0.0, "right": difference}
    noise = [0.4, -0.4, 0.2, -0.1, 0.3, -0.3]
    return in_time(
        [
            on_day(day, range_deg=35.0 + noise[day % 6] + more[side], side=side, placement=placement)
            for day in range(8)
            for side in ("left", "right")
        ]
    )  # fmt: skip


def test_legs_differ_only_above_the_noise_and_where_alike() -> None:
    (alike,) = [one for one in side_by_side(legs(0.3)) if one.metric == "range_deg"]
    assert alike.found is not None
    assert not alike.found.shown
    (apart,) = [one for one in side_by_side(legs(-6.0)) if one.metric == "range_deg"]
    assert apart.found.shown
    assert apart.found.difference < 0.0
    left = [one for one in legs(-6.0, placement="alone") if one.side == "left"]
    right = [one for one in legs(-6.0, placement="accessory") if one.side == "right"]
    assert side_by_side(in_time([*left, *right])) == ()


def test_every_metric_is_named_once() -> None:
    assert len({metric.id for metric in METRICS}) == len(METRICS)
