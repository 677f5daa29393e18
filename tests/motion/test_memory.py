"""What a tracker remembers stays small, however long the stream."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from enum import Enum

import numpy as np
import pytest
from vqf import VQF

from tracker.motion.engine import Tracker

from .streams import block, cut, sensed

LIMIT_KB = 512


def size_bytes(value: object, seen: set[int] | None = None) -> int:
    """Size of everything that is reached from a value, arrays by what they keep alive."""
    seen = set() if seen is None else seen
    if id(value) in seen or value is None or isinstance(value, type | Enum | VQF):
        return 0
    if isinstance(value, np.ndarray):
        if isinstance(value.base, np.ndarray):
            return size_bytes(value.base, seen)
        seen.add(id(value))
        return value.nbytes
    seen.add(id(value))
    total = sys.getsizeof(value)
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset) or hasattr(value, "popleft"):
        inner = list(value)
    elif is_dataclass(value):
        inner = [getattr(value, f.name) for f in fields(value)]
    else:
        slots = [n for cls in type(value).__mro__ for n in getattr(cls, "__slots__", ())]
        inner = [getattr(value, n) for n in slots if hasattr(value, n)]
        inner.append(getattr(value, "__dict__", None))
    return total + sum(size_bytes(one, seen) for one in inner)


def test_sizes_are_those_of_what_is_kept_alive():
    whole = np.zeros((1000, 3))
    assert size_bytes([whole[:1]]) > whole.nbytes
    assert whole.nbytes < size_bytes([whole, whole]) < 1.1 * whole.nbytes


@pytest.mark.parametrize("pieces", [10, 100, 5000])
@pytest.mark.parametrize("exercise", ["cable", "glute-bridge"])
def test_the_state_is_small_and_does_not_grow(pieces, exercise):
    stream = sensed(exercise, "nominal", 1)
    tracker = stream.tracker()
    sizes = []
    looked_s = 60.0
    for piece in cut(stream.samples, range(0, len(stream.samples), pieces)):
        tracker.push(piece)
        if piece.start_index * stream.period_s > looked_s:
            sizes.append(size_bytes(tracker))
            looked_s += 7.3
    assert max(sizes) <= LIMIT_KB * 1024
    assert max(sizes) <= 1.25 * sizes[0] + 16_384


def test_one_giant_push_leaves_no_more_behind():
    stream = sensed("cable", "nominal", 1)
    small, large = stream.tracker(), stream.tracker()
    for piece in cut(stream.samples, range(0, len(stream.samples), 10)):
        small.push(piece)
    large.push(stream.samples)
    assert size_bytes(large) <= size_bytes(small) + 16_384


def test_stillness_of_ten_minutes_is_not_remembered():
    stream = sensed("cable", "nominal", 1)
    rest = stream.samples.acc[:100]
    turn = stream.samples.gyr[:100]
    tracker = Tracker(0.01)
    sizes = []
    for k in range(600):
        tracker.push(block(rest, turn, 0.01, 100 * k))
        if k >= 60 and k % 20 == 0:
            sizes.append(size_bytes(tracker))
    assert max(sizes) <= 1.1 * sizes[0]
