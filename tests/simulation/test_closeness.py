from __future__ import annotations

from dataclasses import replace

import pytest

from tracker.motion.values import Rep
from tracker.simulation.closeness import closeness

REP = Rep(1, 10.0, 11.0, 11.0, 12.5, 12.6, 30.0, 60.0)


def test_the_same() -> None:
    close = closeness([REP], [REP])
    assert (close.measured, close.true, close.matched, close.phase_mae_s, close.range_mae_deg) == (1, 1, 1, 0.0, 0.0)


def test_each_phase_counts_even_one_of_no_time() -> None:
    late = replace(REP, peak_end_s=11.3, range_deg=31.5)
    close = closeness([late], [REP])
    assert close.phase_mae_s == pytest.approx((0.0 + 0.3 + 0.3) / 3)
    assert close.range_mae_deg == pytest.approx(1.5)


def test_numbers_that_are_none_do_not_enter() -> None:
    close = closeness([replace(REP, peak_end_s=None, range_deg=None)], [REP])
    assert (close.matched, close.phase_mae_s, close.range_mae_deg) == (1, None, None)


def test_what_hardly_overlaps_is_not_the_same() -> None:
    shifted = replace(REP, start_s=12.0, end_s=14.0, peak_start_s=12.5, peak_end_s=13.0)
    assert closeness([shifted], [REP]).matched == 0
    assert closeness([], [REP]).phase_mae_s is None
