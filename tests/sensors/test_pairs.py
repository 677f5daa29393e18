"""Pairing two streams by count: whatever the radio does to them, rows of the same instant come together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tracker.sensors.pairs import MOST_WAITING, Pairs, Which

from .traffic import MS

Array = NDArray[np.float64]
PACK = 3
NO = np.zeros(PACK, dtype=bool)


@dataclass(frozen=True)
class Sent:
    """A notification: rows hold the number of the instant at which each was sampled."""

    which: Which
    host_ns: int
    rows: Array


def stream(
    which: Which,
    first: int,
    count: int,
    *,
    rate_hz: float = 100.0,
    interval_s: float = 0.0,
    late_s: float = 0.0,
    seed: int = 0,
) -> list[Sent]:
    """Samples from instant `first` on, packed; sent at the next connection event, and late by up to `late_s`."""
    rng = np.random.default_rng(seed)
    out, last_s = [], 0.0
    for start in range(first, first + count - PACK + 1, PACK):
        at_s = (start + PACK) / rate_hz
        if interval_s:
            at_s = np.ceil(at_s / interval_s) * interval_s
        last_s = max(last_s, at_s + rng.uniform(0, late_s))
        numbers = np.arange(start, start + PACK, dtype=float)
        out.append(Sent(which, round(last_s * 1e9), np.column_stack([numbers] * 3)))
    return out


def paired(sent: list[Sent], pairs: Pairs | None = None) -> tuple[Array, Array]:
    """Instants of the acceleration and of the turning rate that came out together."""
    pairs = pairs or Pairs(PACK)
    out = [
        pair
        for one in sorted(sent, key=lambda one: one.host_ns)
        for pair in pairs.push(one.which, one.host_ns, one.rows, NO)
    ]
    if not out:
        return np.empty(0), np.empty(0)
    assert all(a.host_ns <= b.host_ns for a, b in pairwise(out))
    return np.concatenate([p.acc[:, 0] for p in out]), np.concatenate([p.gyr[:, 0] for p in out])


@pytest.mark.parametrize("ahead", [-40, -9, -2, -1, 0, 1, 2, 3, 8, 50])
def test_the_one_that_began_earlier_waits(ahead: int) -> None:
    acc, gyr = paired([*stream("acc", 100, 900), *stream("gyr", 100 + ahead, 900)])
    assert len(acc) > 700
    np.testing.assert_array_equal(acc, gyr)


@pytest.mark.parametrize("rate_hz", [25, 50, 100, 104, 200])
@pytest.mark.parametrize("interval_s", [0.0075, 0.015, 0.03, 0.05])
@pytest.mark.parametrize("late_s", [0.0, 0.05])
@pytest.mark.parametrize("ahead", [-7, 1, 11])
def test_the_radio_makes_them_differ_by_one_notification_at_most(
    rate_hz: float, interval_s: float, late_s: float, ahead: int
) -> None:
    """Which is 15 ms at 200 Hz, 30 ms at 100 Hz."""
    pairs = Pairs(PACK)
    radio = {"rate_hz": rate_hz * 1.003, "interval_s": interval_s, "late_s": late_s}
    sent = [*stream("acc", 0, 6000, **radio, seed=1), *stream("gyr", ahead, 6000, **radio, seed=2)]  # type: ignore[arg-type]
    acc, gyr = paired(sent, pairs)
    assert len(acc) > 5500
    assert np.abs(acc - gyr).max() <= PACK
    assert pairs.lost <= PACK


def test_nothing_is_lost_without_loss() -> None:
    pairs = Pairs(PACK)
    acc, _ = paired([*stream("acc", 0, 3000), *stream("gyr", 20, 3000)], pairs)
    assert pairs.lost == 0
    np.testing.assert_array_equal(acc, np.arange(20, 20 + len(acc)))


@pytest.mark.parametrize("which", ["acc", "gyr"])
@pytest.mark.parametrize("missing", [1, 2, 5])
def test_a_loss_in_one_is_made_up_for_in_the_other(which: str, missing: int) -> None:
    pairs = Pairs(PACK)
    whole = {"acc": stream("acc", 0, 3000, late_s=0.01), "gyr": stream("gyr", 2, 3000, late_s=0.01, seed=1)}
    del whole[which][200 : 200 + missing]  # at 6 s
    acc, gyr = paired([*whole["acc"], *whole["gyr"]], pairs)
    apart = acc - gyr
    shown = 320 if missing > 1 else 2100
    before, after = acc < 590, acc > 600 + 3 * missing + shown
    assert before.sum() > 500
    assert after.sum() > 250
    assert len(set(apart[before])) == 1
    np.testing.assert_array_equal(np.unique(apart[after]), np.unique(apart[before]))
    assert pairs.lost == PACK * missing


def test_a_loss_in_both_needs_no_making_up() -> None:
    pairs = Pairs(PACK)
    acc_stream, gyr_stream = stream("acc", 0, 3000), stream("gyr", 0, 3000)
    del acc_stream[200:210], gyr_stream[200:210]
    acc, gyr = paired([*acc_stream, *gyr_stream], pairs)
    np.testing.assert_array_equal(acc, gyr)
    assert pairs.lost == 0


def test_a_fade_and_a_burst_change_nothing() -> None:
    """Three seconds of silence, then everything that had been queued."""
    sent = [*stream("acc", 0, 3000, late_s=0.01), *stream("gyr", 4, 3000, late_s=0.01, seed=1)]
    late, last_ns = [], 0
    for one in sorted(sent, key=lambda one: one.host_ns):
        last_ns = max(last_ns, 13_000 * MS if one.host_ns > 10_000 * MS else one.host_ns, one.host_ns)
        late.append(Sent(one.which, last_ns, one.rows))
    acc, gyr = paired(late)
    assert len(acc) > 2800
    assert len(set(acc - gyr)) == 1


def test_what_stopped_is_not_waited_for_without_end() -> None:
    pairs = Pairs(PACK)
    paired([*stream("acc", 0, 60_000), *stream("gyr", 0, 900)], pairs)
    assert max(map(len, pairs._waiting.values())) <= MOST_WAITING


def test_it_goes_on_when_the_other_comes_back() -> None:
    pairs = Pairs(PACK)
    acc, gyr = paired([*stream("acc", 0, 9000), *stream("gyr", 0, 900), *stream("gyr", 3000, 6000)], pairs)
    back = acc > 4000
    assert back.sum() > 4500
    np.testing.assert_array_equal(acc[back], gyr[back])


def test_a_restart_forgets_everything() -> None:
    pairs = Pairs(PACK)
    paired([*stream("acc", 0, 900), *stream("gyr", 7, 900)], pairs)
    pairs.restart()
    later = [
        Sent(one.which, one.host_ns + 20_000 * MS, one.rows)
        for one in [*stream("acc", 0, 900), *stream("gyr", -30, 900)]
    ]
    acc, gyr = paired(later, pairs)
    assert len(acc) > 700
    np.testing.assert_array_equal(acc, gyr)


def test_clipped_is_what_either_half_says() -> None:
    pairs = Pairs(PACK)
    flags = []
    for one in sorted([*stream("acc", 0, 600), *stream("gyr", 0, 600)], key=lambda one: one.host_ns):
        odd = one.rows[:, 0] % (5 if one.which == "acc" else 7) == 0
        for pair in pairs.push(one.which, one.host_ns, one.rows, odd):
            flags += list(zip(pair.acc[:, 0], pair.clipped, strict=True))
    assert len(flags) > 400
    assert all(flag == (instant % 5 == 0 or instant % 7 == 0) for instant, flag in flags)
