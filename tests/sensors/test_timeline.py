"""Timelines: whatever the radio does, samples end up where they were taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from tracker.motion.clock import Packet, SampleClock
from tracker.motion.samples import Array, Mask
from tracker.sensors.timeline import Clocked, Counted, Merged, Repeats

NS = 1_000_000_000
START_NS = 5_000 * NS


def rows(t: Array) -> tuple[Array, Array, Mask]:
    """Samples that tell when they were taken."""
    acc = np.column_stack((t, 0 * t, 0 * t))
    return acc, -acc, np.zeros(len(t), dtype=bool)


def laid(packets: Iterable[Packet], period_s: float | None) -> tuple[Array, Array]:
    """Where the grid lays samples, and when they were taken."""
    assert period_s
    clock = SampleClock(period_s)
    blocks = [samples for packet in packets for samples in clock.push(packet)]
    assert clock.rejected == 0
    at = [(block.start_index + np.arange(len(block))) * period_s for block in blocks]
    return np.concatenate(at), np.concatenate([block.acc[:, 0] for block in blocks])


# Clocked


def clocked(
    rate_hz: float,
    turn_s: float | None,
    tick_s: float,
    *,
    per: int = 5,
    start_s: float = 0.0,
    missing: Sequence[int] = (),
) -> tuple[Clocked, list[Packet]]:
    timeline, out = Clocked(rate_hz, turn_s), []
    for block in range(200):
        if block in missing:
            continue
        t = (block * per + np.arange(per)) / (rate_hz * 1.02)
        stamp = round((t[0] + start_s) / tick_s) * tick_s
        out += timeline.place(stamp % turn_s if turn_s else stamp, START_NS + round(t[-1] * NS), *rows(t))
    return timeline, out


CLOCKS = [
    pytest.param(2**32 * 1e-6, 1e-6, id="u32 us"),
    pytest.param(2**32 * 1e-3, 1e-3, id="u32 ms"),
    pytest.param(None, 1e-9, id="u64 ns"),
    pytest.param(2**16 * 1e-3, 1e-3, id="u16 ms"),
]


@pytest.mark.parametrize(("turn_s", "tick_s"), CLOCKS)
def test_every_clock_goes_round_unnoticed(turn_s: float | None, tick_s: float) -> None:
    timeline, out = clocked(60, turn_s, tick_s, start_s=(turn_s or 0) - 5)
    at, taken = laid(out, timeline.period_s)
    assert (len(at), timeline.lost, timeline.doubted) == (1000, 0, 0)
    np.testing.assert_allclose(np.diff(at), timeline.period_s)
    assert timeline.measured_hz == pytest.approx(60 * 1.02, rel=0.002)
    np.testing.assert_allclose(at, taken, atol=0.03)


@pytest.mark.parametrize(("turn_s", "tick_s"), CLOCKS)
@pytest.mark.parametrize("missing", [[3], [50], [50, 51, 52], [50, 80, 81]])
def test_the_clock_tells_what_was_lost(turn_s: float | None, tick_s: float, missing: list[int]) -> None:
    timeline, out = clocked(60, turn_s, tick_s, missing=missing)
    at, taken = laid(out, timeline.period_s)
    assert timeline.lost == 5 * len(missing)
    np.testing.assert_allclose(at, taken, atol=0.03)


def test_nothing_is_taken_twice() -> None:
    once, twice = Clocked(60, 65.536), Clocked(60, 65.536)
    a, b = [], []
    for i in range(300):
        one = i / 60 % 65.536, START_NS + round(i / 60 * NS), *rows(np.array([i / 60]))
        a += once.place(*one)
        b += twice.place(*one) + twice.place(*one)
    assert twice.repeated == 300
    assert [(p.index, len(p)) for p in a] == [(p.index, len(p)) for p in b]


def test_a_wrong_stamp_costs_its_block_and_a_new_clock_a_new_boot() -> None:
    timeline = Clocked(50)
    out: list[Packet] = []
    for i in range(400):
        stamp = 1e6 if i == 150 else i / 50 + 500 * (i >= 300)
        out += timeline.place(stamp, START_NS + i * NS // 50, *rows(np.array([i / 50])))
    at, taken = laid(out, timeline.period_s)
    assert timeline.doubted == 2
    assert len({p.boot_id for p in out}) == 2
    np.testing.assert_allclose(at, taken, atol=0.03)


@pytest.mark.parametrize("make", [lambda: Clocked(10), lambda: Counted(10)])
def test_a_rate_that_nobody_can_track_gives_nothing(make: type) -> None:
    timeline = make()
    for i in range(100):
        where = (i / 10,) if isinstance(timeline, Clocked) else ()
        assert timeline.place(*where, START_NS + i * NS // 10, *rows(np.array([i / 10]))) == []
    assert timeline.measured_hz == pytest.approx(10, rel=0.01)
    assert timeline.period_s is None


# Counted


def arrivals(
    rate_hz: float,
    seconds: float,
    how: str,
    seed: int,
    lost: tuple[float, float] = (0, 0),
    fade: tuple[float, float] = (0, 0),
) -> Iterable[tuple[int, Array]]:
    """Blocks and when they arrive: ten samples each up to 100 ms late, or one each in bursts up to 100 ms apart."""
    rng = np.random.default_rng(seed)
    per = 10 if how == "late" else 1
    t = np.arange(int(rate_hz * seconds) // per * per).reshape(-1, per) / rate_hz
    arrive = t[:, -1] + 0.01
    if how == "late":
        arrive = arrive + rng.uniform(0, 0.1, len(t))
    else:
        events = np.cumsum(rng.uniform(0.005, 0.1, int(seconds * 30)))
        arrive = events[np.searchsorted(events, arrive)]
    arrive = np.where((arrive >= fade[0]) & (arrive < fade[1]), fade[1], arrive)
    for block, at in zip(t, np.maximum.accumulate(arrive), strict=True):
        if not lost[0] <= block[0] < lost[1]:
            yield START_NS + round(at * NS), block


def counted(blocks: Iterable[tuple[int, Array]], nominal_hz: float = 100) -> tuple[Counted, Array, Array]:
    timeline = Counted(nominal_hz)
    out = [packet for at, t in blocks for packet in timeline.place(at, *rows(t))]
    return timeline, *laid(out, timeline.period_s)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("how", ["late", "bursts"])
@pytest.mark.parametrize("rate_hz", [97, 100, 103])
def test_jitter_of_50_ms_ends_as_2_ms(rate_hz: float, how: str, seed: int) -> None:
    timeline, at, taken = counted(arrivals(rate_hz, 120, how, seed))
    off = (at - taken)[taken > 10]
    assert off.std() <= 0.002
    assert timeline.period_s == 0.01, "the nominal rate's grid"
    assert timeline.measured_hz == pytest.approx(rate_hz, rel=0.001)
    assert timeline.lost == 0
    np.testing.assert_array_equal(np.diff(at).round(9), 0.01)


@pytest.mark.parametrize("rate_hz", [50, 100, 200])
def test_another_rate_than_the_nominal_one_is_found(rate_hz: float) -> None:
    timeline, at, taken = counted(arrivals(rate_hz, 20, "bursts", 1), nominal_hz=100 if rate_hz != 100 else 50)
    assert timeline.period_s == pytest.approx(1 / rate_hz, rel=0.04)
    assert (at - taken)[taken > 10].std() <= 0.002


@pytest.mark.parametrize("seconds", [0.2, 1, 5])
@pytest.mark.parametrize("how", ["late", "bursts"])
def test_a_lasting_rise_is_a_loss(how: str, seconds: float) -> None:
    there = sum(len(t) for _, t in arrivals(101, 80, how, 1))
    blocks = list(arrivals(101, 80, how, 1, lost=(40, 40 + seconds)))
    timeline, at, taken = counted(blocks)
    assert timeline.lost == pytest.approx(there - sum(len(t) for _, t in blocks), abs=3)
    off = at - taken
    assert abs(np.median(off[taken > 60]) - np.median(off[(taken > 20) & (taken < 40)])) < 0.03


@pytest.mark.parametrize("how", ["late", "bursts"])
def test_a_fade_and_a_burst_are_none(how: str) -> None:
    timeline, at, taken = counted(arrivals(101, 80, how, 1, fade=(40, 43)))
    assert timeline.lost == 0
    assert np.ptp((at - taken)[taken > 12]) < 0.012


def test_a_new_connection_joins_by_its_arrival() -> None:
    timeline = Counted(100)
    out = [p for at, t in arrivals(100, 20, "bursts", 1) for p in timeline.place(at, *rows(t))]
    timeline.restart()
    for at, t in arrivals(100, 20, "bursts", 2):
        out += timeline.place(at + 27 * NS, *rows(t + 27))
    at, taken = laid(out, timeline.period_s)
    assert len({p.boot_id for p in out}) == 2
    assert np.ptp((at - taken)[taken > 30]) < 0.02
    assert abs((at - taken)[-1] - (at - taken)[1500]) < 0.12


def test_memory_ends() -> None:
    timeline = Counted(100)
    for i in range(20_000):  # a curve whose every point is a corner of its hull
        timeline.place(START_NS + round((i / 100 + (i / 20_000) ** 2) * NS), *rows(np.array([i / 100])))
    assert len(timeline._envelope._corners) <= 2000


# Merged


def merged(rate_hz: float, missing: Sequence[int] = (), seconds: int = 60) -> tuple[Merged, list[Packet]]:
    """Two streams with frames of other lengths, shifted against each other; what they tell is the same function."""
    timeline = Merged(52)
    frames = []
    for which, per, shift in (("acc", 71, 0.0), ("gyr", 40, 0.0071)):
        for number in range(int(seconds * rate_hz) // per):
            t = shift + (number * per + np.arange(per)) / rate_hz
            if not (which == "gyr" and number in missing):
                frames.append((t[-1], which, t))
    out = []
    for last_s, which, t in sorted(frames, key=lambda frame: frame[0]):
        values = np.column_stack((t, np.sin(t), 0 * t))
        out += timeline.place(which, last_s, START_NS + round(last_s * NS), values, np.zeros(len(t), dtype=bool))  # type: ignore[arg-type]
    return timeline, out


@pytest.mark.parametrize("rate_hz", [50.5, 52, 53.5])
def test_two_streams_become_one(rate_hz: float) -> None:
    timeline, out = merged(rate_hz)
    at, taken = laid(out, timeline.period_s)
    assert timeline.lost == 0
    assert len(at) == pytest.approx(58 * 52, rel=0.03)
    np.testing.assert_allclose(np.diff(at), 1 / 52)
    late = taken > 3
    assert np.ptp((at - taken)[late]) < 1e-6
    both = np.vstack([np.hstack((p.acc, p.gyr)) for p in out if len(p)])
    np.testing.assert_allclose(both[late, :3], both[late, 3:], atol=0.001)


def test_a_hole_in_one_is_a_hole() -> None:
    timeline, out = merged(52, missing=[20])
    at, taken = laid(out, timeline.period_s)
    assert timeline.lost == 40
    assert np.diff(at).max() == pytest.approx(41 / 52, abs=2 / 52)
    assert np.ptp(at - taken) < 1e-3


def test_one_stream_alone_is_not_hoarded() -> None:
    timeline = Merged(52)
    for i in range(1000):
        acc = np.zeros((52, 3))
        assert timeline.place("acc", float(i), START_NS + i * NS, acc, np.zeros(52, dtype=bool)) == []
    assert len(timeline._halves[0]._t) < 700


def test_repeats() -> None:
    repeats = Repeats()
    assert [repeats.seen(b"x", at) for at in (0, 300, 600, NS)] == [False, True, True, False]
    assert not repeats.seen(b"y", NS)
