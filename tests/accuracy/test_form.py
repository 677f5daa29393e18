"""Form flags tell faulted from clean repetitions, in simulation; ``python -m tests.accuracy.form`` prints more."""

from __future__ import annotations

import pytest

from tracker.coaching.form import FormFlag

from .form import TUNED, auc, form_table

LEAST_AUC = 0.98


def test_every_flag_separates() -> None:
    """On two seeds only, for time's sake."""
    rows = {row.flag: row for row in form_table(TUNED[:2])}
    assert set(rows) == set(FormFlag)
    for row in rows.values():
        assert row.auc >= LEAST_AUC, row
        assert row.falsely <= 0.05, row


@pytest.mark.parametrize(
    ("faulted", "clean", "expected"),
    [([2.0, 3.0], [0.0, 1.0], 1.0), ([0.0], [1.0, 2.0], 0.0), ([1.0], [1.0], 0.5), ([0.0, 2.0], [1.0], 0.5)],
)
def test_auc(faulted: list[float], clean: list[float], expected: float) -> None:
    assert auc(faulted, clean) == expected
