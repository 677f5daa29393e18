"""Constants chosen on one person hold for the other."""

from __future__ import annotations

import pytest

from .leave_one_out import left_out


@pytest.mark.parametrize(("seen", "unseen"), [(1, 2), (2, 1)])
def test_constants_chosen_on_one_person_hold_for_the_other(reference_data, seen, unseen):
    total, false = left_out(reference_data, seen, unseen)
    print(f"chosen on person {seen}, person {unseen}: {total}; {false} in walking and rest")
    assert total.exact >= 10
    assert false == 0
