"""Whatever befalls the packets, each sample lands on the index it was taken at, once."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.motion.clock import Packet, SampleClock
from tracker.motion.samples import Samples

PERIOD_S = 0.01
HOUR = 360_000
"""Samples in an hour."""
TURN = 2**16
CLOCK_TURN_S = 2**32 / 1e6
OFFSETS = np.array([0.0, 0.25, 0.5])


@dataclass(frozen=True)
class Sensor:
    """A sensor that never stops; sample ``k`` is taken ``k`` periods after the sensor's first and carries ``k``."""

    boot_id: int = 7
    first_index: int = 65_000
    first_us: int = 2**32 - 30_000_000
    first_ns: int = 5_000_000_000
    period_s: float = PERIOD_S
    latency_s: float = 0.02
    base: int = 0

    def packet(self, k: int, n: int = 10, *, arrives_after_s: float = 0.0) -> Packet:
        carried = np.arange(k, k + n, dtype=float)[:, None] + self.base
        late_s = n * self.period_s + self.latency_s + arrives_after_s
        return Packet(
            self.boot_id,
            (self.first_index + k) % TURN,
            (self.first_us + round(k * self.period_s * 1e6)) % 2**32,
            self.first_ns + round((k * self.period_s + late_s) * 1e9),
            carried + OFFSETS,
            -carried + OFFSETS,
            carried[:, 0] % 3 == 0,
        )

    def begin(self, k: int) -> Packet:
        p = self.packet(k, 1)
        return Packet.begin(p.boot_id, p.index, p.time_us, self.first_ns + round(k * self.period_s * 1e9))

    def restarted(self, after_s: float, base: int) -> Sensor:
        """The same sensor after a restart, ``after_s`` after its first start."""
        ns = self.first_ns + round(after_s * 1e9)
        return replace(self, boot_id=self.boot_id + 1, first_index=0, first_us=300_000, first_ns=ns, base=base)


def placed(packets: Iterable[Packet], clock: SampleClock | None = None) -> dict[int, int]:
    """Grid index → what the sample there carries. Checks every block on the way."""
    clock = clock or SampleClock(PERIOD_S)
    out: dict[int, int] = {}
    newest = -1
    for block in [block for packet in packets for block in clock.push(packet)] + clock.flush():
        check(block)
        assert block.start_index > newest, "blocks follow each other"
        newest = block.start_index + len(block) - 1
        out.update(zip(range(block.start_index, newest + 1), block.acc[:, 0].astype(int).tolist(), strict=True))
    assert clock.next_index == newest + 1
    return out


def check(block: Samples) -> None:
    carried = block.acc[:, 0]
    assert len(block) > 0
    assert block.period_s == PERIOD_S
    assert block.valid.all()
    assert block.valid.shape == block.clipped.shape == carried.shape
    np.testing.assert_array_equal(block.acc, carried[:, None] + OFFSETS)
    np.testing.assert_array_equal(block.gyr, -carried[:, None] + OFFSETS)
    np.testing.assert_array_equal(block.clipped, carried % 3 == 0)


def in_place(indices: Iterable[int]) -> dict[int, int]:
    return {i: i for i in indices}


SENSOR = Sensor()


def test_grid_begins_with_the_first_packet() -> None:
    clock = SampleClock(PERIOD_S)
    assert clock.t0_ns is None
    assert placed([SENSOR.packet(0)], clock) == in_place(range(10))
    assert clock.t0_ns == SENSOR.packet(0).host_ns


def test_grid_begins_with_the_stream_where_it_says_when() -> None:
    clock = SampleClock(PERIOD_S)
    packets = [SENSOR.begin(0), SENSOR.packet(30), SENSOR.packet(40)]
    assert placed(packets, clock) == in_place(range(30, 50))
    assert clock.t0_ns == SENSOR.first_ns


def test_counters_that_go_round_are_followed() -> None:
    """One hour: the index goes round six times, the clock once."""
    assert placed(SENSOR.packet(k, 40) for k in range(0, HOUR, 40)) == in_place(range(HOUR))


def test_holes_stay_holes() -> None:
    packets = [SENSOR.packet(k) for k in range(0, 1000, 10) if k not in (40, 700, 710, 720)]
    assert placed(packets) == in_place(i for i in range(1000) if not (40 <= i < 50 or 700 <= i < 730))


@pytest.mark.parametrize(
    "outage_s",
    [0.5, 30, 300, 327, 328, 400, 655, 656, 1800, 2100, 2200, 3600, 4290, 4300, 7200, 2.5 * CLOCK_TURN_S],
)
@pytest.mark.parametrize("first_index", [0, 40_000])
@pytest.mark.parametrize("first_us", [0, 3_000_000_000])
def test_outages_of_any_length(outage_s: float, first_index: int, first_us: int) -> None:
    sensor = Sensor(first_index=first_index, first_us=first_us)
    after = 10 + round(outage_s * 100)
    packets = [sensor.packet(0), sensor.packet(after), sensor.packet(after + 10)]
    assert placed(packets) == in_place([*range(10), *range(after, after + 20)])


@pytest.mark.parametrize("error", [-0.03, 0.03])
def test_two_hours_with_a_rate_three_percent_off(error: float) -> None:
    sensor = Sensor(period_s=PERIOD_S * (1 + error))
    after = 10 + 7200 * 100
    packets = [sensor.packet(0), sensor.packet(after), sensor.packet(after + 10)]
    assert placed(packets) == in_place([*range(10), *range(after, after + 20)])


def test_an_outage_that_the_host_slept_through() -> None:
    """The host's monotonic clock stands still while it sleeps: index and sensor clock decide."""
    after = 10 + 20 * 6000
    packets = [SENSOR.packet(0)]
    packets += [SENSOR.packet(k, arrives_after_s=-20 * 60 + 3) for k in (after, after + 10, after + 20)]
    assert placed(packets) == in_place([*range(10), *range(after, after + 30)])


def test_the_grid_does_not_follow_the_clock() -> None:
    """A sensor 2 % fast for an hour: not a sample is invented or dropped; its rate is told."""
    sensor = Sensor(period_s=PERIOD_S / 1.02)
    clock = SampleClock(PERIOD_S)
    assert placed((sensor.packet(k, 40) for k in range(0, HOUR, 40)), clock) == in_place(range(HOUR))
    assert clock.period_s == PERIOD_S
    assert clock.rate_hz == pytest.approx(102.0, rel=1e-6)


def test_rate_before_it_can_be_measured_is_the_grids() -> None:
    clock = SampleClock(PERIOD_S)
    clock.push(SENSOR.begin(0))
    clock.push(SENSOR.packet(7))  # chips take a while to start: no measure of their rate
    assert clock.rate_hz == pytest.approx(100.0)


def test_rate_ignores_outages_of_the_stream() -> None:
    clock = SampleClock(PERIOD_S)
    again = SENSOR.restarted(100.0, base=10_000)
    placed([SENSOR.packet(k) for k in range(0, 1000, 10)] + [again.packet(k) for k in range(0, 1000, 10)], clock)
    assert clock.rate_hz == pytest.approx(100.0, rel=1e-6)


# What was there already


def test_each_packet_several_times() -> None:
    packets = [SENSOR.packet(k) for k in range(0, 500, 10) for _ in range(4)]
    assert placed(packets) == in_place(range(500))


def test_old_packets_give_nothing() -> None:
    packets = [SENSOR.packet(k) for k in range(0, 500, 10)]
    late = [SENSOR.packet(k, arrives_after_s=1.0) for k in range(400, 500, 10)]
    more = [SENSOR.packet(k) for k in range(610, 700, 10)]
    assert placed(packets + late + more) == in_place([*range(500), *range(610, 700)])


def test_old_packets_after_an_outage_give_nothing() -> None:
    packets = [SENSOR.packet(k) for k in range(0, 500, 10)]
    late = [SENSOR.packet(k, arrives_after_s=30.0) for k in range(400, 500, 10)]
    more = [SENSOR.packet(k) for k in range(4000, 4100, 10)]
    assert placed(packets + late + more) == in_place([*range(500), *range(4000, 4100)])


def test_only_what_is_new_of_an_overlapping_packet() -> None:
    assert placed([SENSOR.packet(0, 10), SENSOR.packet(4, 10), SENSOR.packet(5, 3)]) == in_place(range(14))


# Streams and restarts


@pytest.mark.parametrize("rest_s", [0.3, 2.0, 90.0, 7200.0])
@pytest.mark.parametrize("says", [True, False])
def test_a_restarted_sensor_joins_by_arrival(rest_s: float, says: bool) -> None:
    again = SENSOR.restarted(after_s=1.0 + rest_s, base=5000)
    packets = [SENSOR.packet(k) for k in range(0, 100, 10)]
    packets += [again.begin(0)] * says + [again.packet(k) for k in range(0, 100, 10)]
    where = placed(packets)
    after = sorted(where)[100:]
    assert where == {**in_place(range(100)), **{after[0] + i: 5000 + i for i in range(100)}}
    assert after[0] == pytest.approx(100 + rest_s * 100, abs=12)


def test_a_restart_is_never_placed_before_what_was_there() -> None:
    again = replace(SENSOR.restarted(1.0, base=5000), latency_s=-40.0)
    packets = [SENSOR.packet(k) for k in range(0, 100, 10)] + [again.packet(0), again.packet(10)]
    assert placed(packets) == {**in_place(range(100)), **{100 + i: 5000 + i for i in range(20)}}


def test_what_was_under_way_before_a_restart_gives_nothing() -> None:
    again = SENSOR.restarted(5.0, base=5000)
    packets = [SENSOR.packet(0), again.packet(0), SENSOR.packet(10), again.packet(10), SENSOR.packet(20)]
    where = placed(packets)
    assert sorted(where.values()) == [*range(10), *range(5000, 5020)]


def test_a_new_stream_whose_counter_ran_on_is_placed_exactly() -> None:
    packets = [SENSOR.packet(0), SENSOR.begin(1234), SENSOR.packet(1234), SENSOR.packet(1244)]
    assert placed(packets) == in_place([*range(10), *range(1234, 1254)])


@pytest.mark.parametrize("rest_s", [0.3, 5.0, 500.0, 7200.0])
@pytest.mark.parametrize("first_index", [0, 65_010])
def test_a_new_stream_whose_counter_did_not_run_on_joins_by_arrival(rest_s: float, first_index: int) -> None:
    """The protocol lets the index stand still, or begin anew, between streams of one boot."""
    again = replace(
        SENSOR,
        first_index=first_index,
        first_us=SENSOR.first_us + round((0.1 + rest_s) * 1e6),
        first_ns=SENSOR.first_ns + round((0.1 + rest_s) * 1e9),
        base=5000,
    )
    where = placed([SENSOR.packet(0), again.begin(0), again.packet(0), again.packet(10)])
    after = sorted(where)[10:]
    assert where == {**in_place(range(10)), **{after[0] + i: 5000 + i for i in range(20)}}
    assert after[0] == pytest.approx(10 + rest_s * 100, abs=3)


def test_streams_without_samples_take_no_room() -> None:
    packets = [SENSOR.begin(0), SENSOR.begin(0), SENSOR.packet(0), SENSOR.begin(10), SENSOR.packet(10)]
    assert placed(packets) == in_place(range(20))


# Nonsense


def test_a_packet_that_contradicts_itself_is_dropped() -> None:
    good = [SENSOR.packet(k) for k in range(0, 200, 10)]
    clock = SampleClock(PERIOD_S)
    wrong = [
        replace(good[5], index=(good[5].index + 20_000) % TURN),
        replace(good[9], time_us=(good[9].time_us + 3_000_000_000) % 2**32),
        replace(good[12], index=17, time_us=99),
    ]
    packets = [*good[:6], wrong[0], *good[6:10], wrong[1], *good[10:13], wrong[2], *good[13:]]
    assert placed(packets, clock) == in_place(range(200))


def test_two_contradictions_in_a_row_are_dropped_too() -> None:
    good = [SENSOR.packet(k) for k in range(0, 200, 10)]
    clock = SampleClock(PERIOD_S)
    one = replace(good[5], index=(good[5].index + 20_000) % TURN)
    other = replace(good[5], index=(good[5].index + 30_000) % TURN)
    assert placed([*good[:6], one, other, *good[6:]], clock) == in_place(range(200))
    assert clock.rejected >= 1


@given(
    st.integers(1, 19),
    st.integers(0, TURN - 1),
    st.integers(0, 2**32 - 1),
    st.integers(1, 42),
)
def test_one_packet_of_random_stamps_adds_nothing_and_costs_nothing(at: int, index: int, us: int, n: int) -> None:
    good = [SENSOR.packet(k) for k in range(0, 200, 10)]
    wrong = replace(SENSOR.packet(0, n), index=index, time_us=us, host_ns=good[at].host_ns)
    apart = (index - good[at].index + TURN // 2) % TURN - TURN // 2
    clock_apart = (us - good[at].time_us + 2**31) % 2**32 - 2**31
    if abs(clock_apart) < 11_000_000 and abs(apart) < 2000:
        return  # stamps that could be true
    assert placed([*good[:at], wrong, *good[at:]]) == in_place(range(200))


def test_a_clock_that_jumps_for_good_costs_nothing() -> None:
    good = [SENSOR.packet(k) for k in range(0, 200, 10)]
    jumped = [replace(p, time_us=(p.time_us + 1_000_000_000) % 2**32) for p in good]
    assert placed(good[:8] + jumped[10:]) == in_place([*range(80), *range(100, 200)])


def test_a_clock_that_stands_still_costs_nothing() -> None:
    stuck = [replace(SENSOR.packet(k), time_us=5) for k in range(0, 2000, 10) if not 400 <= k < 700]
    assert placed(stuck) == in_place([*range(400), *range(700, 2000)])


def test_an_index_that_begins_anew_without_a_word_goes_on_by_arrival() -> None:
    anew = replace(SENSOR, first_index=3)
    where = placed([SENSOR.packet(k) for k in range(0, 100, 10)] + [anew.packet(k) for k in range(200, 300, 10)])
    assert sorted(where.values()) == [*range(100), *range(200, 300)]
    for index, carried in where.items():
        assert index == pytest.approx(carried, abs=12)


def test_a_fading_link_that_delivers_late_in_one_burst() -> None:
    packets = [SENSOR.packet(k) for k in range(0, 500, 10)]
    packets += [SENSOR.packet(k, arrives_after_s=6.0 - (k - 500) / 100) for k in range(500, 1100, 10)]
    packets += [SENSOR.packet(k) for k in range(1110, 1200, 10)]
    assert placed(packets) == in_place([*range(1100), *range(1110, 1200)])


def test_a_host_that_was_held_up_for_a_minute() -> None:
    packets = [SENSOR.packet(k) for k in range(0, 500, 10)]
    packets += [SENSOR.packet(k, arrives_after_s=60.0 - (k - 500) / 100) for k in range(500, 6500, 10)]
    packets += [SENSOR.packet(k) for k in range(6500, 7000, 10)]
    assert placed(packets) == in_place(range(7000))


# Invariances


def cut(packet: Packet, at: list[int]) -> list[Packet]:
    """The same samples in several packets."""
    edges = [0, *sorted(i for i in set(at) if 0 < i < len(packet)), len(packet)]
    return [
        Packet(
            packet.boot_id,
            (packet.index + a) % TURN,
            (packet.time_us + round(a * PERIOD_S * 1e6)) % 2**32,
            packet.host_ns,
            packet.acc[a:b],
            packet.gyr[a:b],
            packet.clipped[a:b],
        )
        for a, b in pairwise(edges)
    ]


@st.composite
def traffic(draw: st.DrawFn) -> list[Packet]:
    """Streams with losses, repetitions, outages and restarts."""
    sensor = Sensor(
        first_index=draw(st.integers(0, TURN - 1)),
        first_us=draw(st.integers(0, 2**32 - 1)),
        period_s=PERIOD_S * draw(st.sampled_from([0.97, 1.0, 1.01])),
    )
    out: list[Packet] = [sensor.begin(0)] if draw(st.booleans()) else []
    k, base = 0, 0
    for _ in range(draw(st.integers(1, 30))):
        n = draw(st.integers(1, 42))
        what = draw(st.sampled_from(["sent"] * 6 + ["lost", "twice", "outage", "restart"]))
        if what == "outage":
            k += draw(st.sampled_from([30, 3000, 30_000, 70_000, 400_000, 720_000]))
        if what == "restart":
            base += k + 10
            sensor = sensor.restarted(k * sensor.period_s + draw(st.sampled_from([0.4, 5.0, 900.0])), base)
            out += [sensor.begin(0)] * draw(st.integers(0, 1))
            k = 0
        if what != "lost":
            out += [sensor.packet(k, n)] * (1 + (what == "twice"))
        k += n
    return out


@given(traffic(), st.lists(st.integers(1, 41), max_size=12))
def test_cutting_packets_changes_nothing(packets: list[Packet], at: list[int]) -> None:
    parts = [part for packet in packets for part in (cut(packet, at) if len(packet) else [packet])]
    assert placed(parts) == placed(packets)


@given(traffic())
def test_every_sample_once_and_in_order(packets: list[Packet]) -> None:
    where = placed(packets)
    sent = {int(v) for packet in packets for v in packet.acc[:, 0]}
    assert set(where.values()) == sent
    assert list(where.values()) == sorted(where.values())


@given(traffic(), st.integers(0, TURN - 1), st.integers(0, 2**32 - 1), st.integers(-(10**15), 10**15))
def test_shifting_counters_and_clocks_changes_nothing(packets: list[Packet], i: int, us: int, ns: int) -> None:
    shifted = [
        replace(
            p, index=(p.index + i) % TURN, time_us=(p.time_us + us) % 2**32, host_ns=p.host_ns + ns, boot_id=-p.boot_id
        )
        for p in packets
    ]
    assert placed(shifted) == placed(packets)


@given(traffic(), st.integers(0, 40))
def test_first_half_and_saved_state_and_second_half_are_the_whole(packets: list[Packet], half: int) -> None:
    clock = SampleClock(PERIOD_S)
    first = [(b.start_index, len(b)) for p in packets[:half] for b in clock.push(p)]
    clock = pickle.loads(pickle.dumps(clock))
    second = [(b.start_index, len(b)) for p in packets[half:] for b in clock.push(p)]
    whole = SampleClock(PERIOD_S)
    assert first + second == [(b.start_index, len(b)) for p in packets for b in whole.push(p)]


def test_state_does_not_grow() -> None:
    clock = SampleClock(PERIOD_S)
    sizes = set()
    for k in range(0, 200_000, 10):
        clock.push(SENSOR.packet(k))
        if k >= 100_000 and k % 10_000 == 0:
            sizes.add(len(pickle.dumps(clock)) // 16)
    assert max(sizes) - min(sizes) <= 1
