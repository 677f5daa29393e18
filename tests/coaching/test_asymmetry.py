"""Left against right is shown only above the person's own noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.coaching.asymmetry import FEWEST_SETS, MDC_95, asymmetry, typical_error

sides = st.lists(st.floats(20.0, 60.0), min_size=FEWEST_SETS, max_size=12)


def test_too_few_sets_say_nothing() -> None:
    assert asymmetry([40.0] * 3, [44.0] * 9) is None
    assert asymmetry([], []) is None


@given(sides, sides)
def test_exchanged_sides_turn_the_sign(left: list[float], right: list[float]) -> None:
    one, other = asymmetry(left, right), asymmetry(right, left)
    assert one is not None
    assert other is not None
    assert (1 + one.difference) * (1 + other.difference) == pytest.approx(1.0)
    assert one.noise == pytest.approx(other.noise)
    assert one.shown is other.shown


def test_a_steady_gain_is_no_noise() -> None:
    assert typical_error([40.0 * 1.02**i for i in range(8)]) == pytest.approx(0.0, abs=1e-9)


def test_the_typical_error_is_the_spread_of_one_set() -> None:
    rng = np.random.default_rng(1)
    series = [40.0 * np.exp(0.05 * rng.normal(size=400)) for _ in range(2)]
    assert typical_error(*series) == pytest.approx(0.05, rel=0.1)


def test_noise_is_seldom_shown_and_a_difference_is() -> None:
    rng = np.random.default_rng(2)
    shown = {0.0: 0, 0.25: 0}
    for share in shown:
        for _ in range(300):
            left, right = (40.0 * scale * np.exp(0.04 * rng.normal(size=6)) for scale in (1.0, 1.0 + share))
            found = asymmetry(left.tolist(), right.tolist())
            assert found is not None
            shown[share] += found.shown
    assert shown[0.0] <= 0.05 * 300
    assert shown[0.25] >= 0.95 * 300


def test_the_minimal_detectable_change() -> None:
    left, right = [40.0, 41.0, 40.0, 41.0], [40.0, 41.0, 40.0, 41.0]
    found = asymmetry(left, right)
    assert found is not None
    assert found.noise == pytest.approx(np.expm1(MDC_95 * typical_error(left, right)))
    assert not found.shown
