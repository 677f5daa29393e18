"""The last seconds of a stream, against a plain list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.motion.history import History

ROOM = 64


@given(
    keep=st.integers(1, 20),
    sizes=st.lists(st.integers(0, 60), max_size=20),
    asked=st.tuples(st.integers(-5, 400), st.integers(-5, 400)),
)
def test_the_newest_rows_are_kept(keep, sizes, asked):
    kept, rows = History(2, keep, ROOM), np.empty((0, 2))
    for size in sizes:
        new = np.column_stack([np.arange(len(rows), len(rows) + size), np.zeros(size)])
        kept.append(new)
        rows = np.concatenate([rows, new])
        assert kept.end == len(rows)
        assert kept.begin <= max(0, len(rows) - keep)
    begin, end = sorted(asked)
    np.testing.assert_array_equal(
        kept.between(max(begin, kept.begin), max(end, kept.begin)),
        rows[max(begin, kept.begin) : max(end, kept.begin, 0)],
    )


def test_rows_that_are_not_there_are_left_out():
    kept = History(1, 5, ROOM)
    kept.append(np.arange(3.0)[:, None])
    assert kept.between(-4, 2).ravel().tolist() == [0.0, 1.0]
    assert kept.between(2, 9).ravel().tolist() == [2.0]
    assert kept.between(5, 9).shape == (0, 1)


def test_a_restart_drops_all_and_numbers_anew():
    kept = History(1, 5, ROOM)
    kept.append(np.arange(3.0)[:, None])
    kept.restart(1000)
    assert (kept.begin, kept.end) == (1000, 1000)
    kept.append(np.array([[7.0]]))
    assert kept.between(990, 1010).ravel().tolist() == [7.0]


def test_what_was_handed_out_does_not_change():
    kept = History(1, 4, ROOM)
    kept.append(np.arange(4.0)[:, None])
    before = kept.between(0, 4)
    kept.append(np.full((20, 1), 9.0))
    assert before.ravel().tolist() == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("size", [1, 3, 50])
def test_room_does_not_grow_with_the_stream(size):
    kept = History(1, 100, ROOM)
    for _ in range(10):
        kept.append(np.zeros((size, 1)))
    before = kept._rows.nbytes
    for _ in range(2000):
        kept.append(np.zeros((size, 1)))
    assert kept._rows.nbytes == before


def test_columns_may_come_in_parts():
    kept = History(4, 5, ROOM)
    pairs, ones = np.arange(6.0).reshape(3, 2), np.array([True, False, True])
    kept.append(pairs, ones, np.full(3, 9.0))
    np.testing.assert_array_equal(kept.between(0, 3), np.column_stack([pairs, ones, np.full(3, 9.0)]))
