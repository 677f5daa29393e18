"""What only a whole set can tell."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.coaching.form import FormFlag
from tracker.coaching.range_band import RangeBand
from tracker.coaching.set_form import fade, judge_set, usual_axis, velocity_loss
from tracker.simulation import TURNING_IDS

from .values import exercise_set, rep, targets


def test_shares_of_a_set() -> None:
    reps = [rep(at_s=10.0 * i, range_deg=r, hold_s=h) for i, (r, h) in enumerate([(40, 1.2), (30, 1.2), (41, 0.2)])]
    form = judge_set(exercise_set(reps), targets(band=RangeBand(36.0, 40.0, 43.2)))
    assert form.range_in_band == pytest.approx(2 / 3)
    assert form.tempo_in_band == pytest.approx(2 / 3)
    assert [[found.flag for found in one] for one in form.reps] == [[], [FormFlag.SHORT], [FormFlag.NO_HOLD]]
    assert (form.range_fade, form.touchdowns) == (None, 0)
    assert form.concentric_sparc == -1.42


def test_touchdowns_are_knocks_and_rests() -> None:
    reps = [rep(at_s=10.0 * i, impact_m_s2=9.0 if i in (1, 3) else 0.3) for i in range(5)]
    assert judge_set(exercise_set(reps), targets()).touchdowns == 2
    assert judge_set(exercise_set(reps, pause_s=5.0), targets()).touchdowns == 4  # after the last one there is no pause
    assert judge_set(exercise_set(reps), targets("glute-bridge")).touchdowns is None


def test_the_direction_is_compared_with_the_sets_own() -> None:
    def turned(degrees: float) -> tuple[float, float, float]:
        return math.sin(math.radians(degrees)), 0.0, math.cos(math.radians(degrees))

    tilts = [40.0, 41.0, 39.0, 40.0, 65.0, 40.0]
    form = judge_set(exercise_set([rep(at_s=9.0 * i, axis=turned(t)) for i, t in enumerate(tilts)]), targets())
    assert [[found.flag for found in one] for one in form.reps] == [[]] * 4 + [[FormFlag.OFF_PLANE]] + [[]]
    (found,) = form.reps[4]
    assert found.value == pytest.approx(25.0, abs=1.0)
    assert form.direction_spread_deg == pytest.approx(0.5, abs=0.6)
    two = judge_set(exercise_set([rep(axis=turned(0.0)), rep(at_s=9.0, axis=turned(60.0))]), targets())
    assert two.reps == ((), ())  # two do not say which one is usual
    machine = exercise_set([rep(at_s=9.0 * i, axis=turned(t)) for i, t in enumerate(tilts)])
    assert judge_set(machine, targets("machine")).direction_spread_deg is None


@given(st.floats(0.0, 6.28), st.integers(3, 9))
def test_the_usual_axis_turns_with_the_strap(turn: float, count: int) -> None:
    c, s = math.cos(turn), math.sin(turn)
    axes = [(math.sin(0.02 * i), math.cos(0.02 * i), 0.0) for i in range(count)]
    turned = [(x, c * y - s * z, s * y + c * z) for x, y, z in axes]
    x, y, z = usual_axis([rep(axis=axis) for axis in axes])
    assert math.dist(usual_axis([rep(axis=axis) for axis in turned]), (x, c * y - s * z, s * y + c * z)) < 0.02


def test_a_fade_is_the_share_from_first_to_last() -> None:
    assert fade([40.0, 39.0, 38.0, 37.0, 36.0]) == pytest.approx(-0.1)
    assert fade([2.0] * 6) == 0.0
    assert fade([1.0, 1.1, 1.2, 1.3]) == pytest.approx(0.3)
    assert fade([40.0, 39.0, None, 37.0, 36.0]) == pytest.approx(-0.1)
    assert fade([40.0, None, 36.0, 37.0]) is None


@given(st.lists(st.floats(20.0, 60.0), min_size=5, max_size=20), st.floats(0.1, 10.0))
def test_a_fade_knows_no_unit(values: list[float], scale: float) -> None:
    one, other = fade(values), fade([scale * value for value in values])
    assert (one is None) == (other is None)
    assert one is None or other == pytest.approx(one, rel=1e-6, abs=1e-9)


def test_one_odd_repetition_hardly_moves_a_fade() -> None:
    steady = [40.0 - 0.5 * i for i in range(9)]
    odd = [*steady[:4], 20.0, *steady[5:]]
    assert fade(odd) == pytest.approx(fade(steady), abs=0.02)


def test_velocity_loss_is_from_the_fastest_to_the_last() -> None:
    lifts = [1.0, 0.8, 1.0, 1.6]
    reps = [rep(at_s=9.0 * i, lift_s=lift_s) for i, lift_s in enumerate(lifts)]
    assert velocity_loss(reps) == pytest.approx(0.5)
    assert velocity_loss(reps[:1]) is None
    assert velocity_loss([*reps, rep(at_s=50.0, range_deg=None)]) is None


@pytest.mark.parametrize("id_", TURNING_IDS)
@given(st.lists(st.tuples(st.floats(5.0, 90.0), st.floats(0.3, 5.0), st.floats(0.0, 4.0)), min_size=1, max_size=12))
def test_any_set_has_a_form(id_: str, moves: list[tuple[float, float, float]]) -> None:
    reps = [rep(at_s=20.0 * i, range_deg=r, lift_s=t, hold_s=h) for i, (r, t, h) in enumerate(moves)]
    form = judge_set(exercise_set(reps), targets(id_, band=RangeBand(36.0, 40.0, 43.2)))
    assert len(form.reps) == len(reps)
    for share in (form.tempo_in_band, form.range_in_band):
        assert share is not None
        assert 0.0 <= share <= 1.0
    assert form.velocity_loss is None or 0.0 <= form.velocity_loss < 1.0
