"""The scoring rule by itself."""

from __future__ import annotations

import pytest

from tracker.motion.values import Rep

from .scoring import Score, in_common, score


def rep(start_s, end_s, range_deg=30.0):
    return Rep(1, start_s, start_s + 0.3, end_s - 0.3, end_s, end_s, range_deg, 60.0)


def true(start_s, end_s):
    borders = {"peak_start_s": start_s + 0.3, "peak_end_s": end_s - 0.3}
    return {"start_s": start_s, **borders, "end_s": end_s, "range_deg": 30.0}


TRUTH = {"sets": [{"reps": [true(10, 12), true(13, 15), true(16, 18)]}]}


def test_all_found_is_exact():
    one = score([rep(10.05, 12), rep(13, 15), rep(16, 17.9)], TRUTH)
    assert (one.exact, one.hit, one.false) == (1, 3, 0)
    assert one.border_mae_ms[0] == pytest.approx(50 / 3)
    assert one.range_mae_deg == 0.0


def test_one_missed_is_not_exact():
    one = score([rep(10, 12), rep(16, 18)], TRUTH)
    assert (one.exact, one.hit, one.false) == (0, 2, 0)


def test_one_too_many_beside_the_set_is_not_exact():
    one = score([rep(8.5, 9.5), rep(10, 12), rep(13, 15), rep(16, 18)], TRUTH)
    assert (one.exact, one.hit, one.false) == (0, 3, 1)


def test_one_far_away_is_false_and_leaves_the_set_exact():
    one = score([rep(10, 12), rep(13, 15), rep(16, 18), rep(40, 42)], TRUTH)
    assert (one.exact, one.false) == (1, 1)


def test_half_of_the_union_is_not_enough():
    assert in_common(rep(10, 11), true(10, 12)) == 0.5
    assert score([rep(10, 11)], TRUTH).hit == 0


def test_nothing_stands_for_two():
    wide = {"sets": [{"reps": [{"start_s": 0.0, "end_s": 5.0}, {"start_s": 5.0, "end_s": 10.0}]}]}
    one = score([rep(4.0, 6.0)], wide)
    assert one.hit == 0
    one = score([rep(2.0, 6.0)], wide)
    assert (one.hit, one.false) == (1, 0)


def test_everything_in_a_negative_is_false():
    assert score([rep(1, 2), rep(3, 4)], {"sets": []}).false == 2


def test_scores_add_up():
    both = score([rep(10, 12)], TRUTH) + score([rep(1, 2)], {"sets": []})
    assert (both.sets, both.true, both.hit, both.false) == (1, 3, 1, 1)
    assert Score().exact_share == 1.0
