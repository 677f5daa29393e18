"""The study of axes, on one session each: it must go on to say what it is quoted for."""

from __future__ import annotations

import numpy as np
import pytest

from .axes import WAYS, errors, table
from .cells import CELLS, case_of


def test_about_the_true_axis_a_smooth_leg_is_measured_as_exactly_as_about_its_own():
    rows = np.array(list(errors(case_of(CELLS[0], 8000))))
    assert rows.shape[0] > 20
    off_s = dict(zip(WAYS, np.abs(rows[:, :, :4]).mean(axis=(0, 2)), strict=True))
    assert max(off_s.values()) < 0.005


def test_about_the_sets_axis_a_hesitant_leg_is_measured_better(reference_data):
    cell = next(cell for cell in CELLS if cell.name == "traced, range 14-20°")
    rows = np.array([row for seed in (8000, 8001) for row in errors(case_of(cell, seed))])
    own, so_far, whole, true = np.abs(rows[:, :, 2]).mean(axis=0)
    assert true < whole < own
    assert so_far < own


def test_sealed_seeds_are_refused():
    with pytest.raises(ValueError, match="sealed"):
        table(CELLS[0], range(8999, 9001))
