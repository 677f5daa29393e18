"""From notifications to repetitions: the same whatever the link did to the bytes, and however they were cut."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firmware_protocol import Info, MotionPacket, RangesSet, Rate, RateSet, Reply, Scales, Started, UUIDs
from tracker.exercises import exercise
from tracker.motion.engine import Tracker, Value
from tracker.motion.samples import Gap, Samples
from tracker.motion.values import ExerciseSet, Rep
from tracker.recording import (
    GattEvent,
    Header,
    Marker,
    MarkerKind,
    Operation,
    RecordingWriter,
    SensorEntry,
    open_recording,
    read_samples_csv,
    write_samples_csv,
)
from tracker.simulation import Activity, Link, Plan, SensorModel, SensorStream, SetPlan, scenario, sense, simulate
from tracker.stream import Decoder, Stream, decode

CABLE = exercise("cable")
Items = Sequence[GattEvent | Marker]


@cache
def sensed(link: Link | None = None, seed: int = 0) -> SensorStream:
    """A session of several sets, with walks between them."""
    return sense(simulate(scenario("nominal", "cable", seed), seed), SensorModel(link=link or Link()), seed)


@cache
def short(seed: int = 0) -> SensorStream:
    """One set of five."""
    plan = Plan("cable", (Activity("stand", 3.0), SetPlan(5), Activity("stand", 12.0)))
    return sense(simulate(plan, seed), SensorModel(), seed)


def event(uuid: str, data: bytes, at_ns: int, operation: Operation = Operation.NOTIFY) -> GattEvent:
    return GattEvent(at_ns, 1, operation, str(uuid), data)


def read_info(data: bytes, at_ns: int = 0) -> GattEvent:
    return event(UUIDs.INFO, data, at_ns, Operation.READ)


def motions(stream: SensorStream) -> list[GattEvent]:
    return [event(UUIDs.MOTION, data, at_ns) for at_ns, data in stream.notifications]


def traffic(stream: SensorStream) -> list[GattEvent]:
    return [read_info(stream.info), *motions(stream)]


def values(items: Iterable[GattEvent | Marker], stream: Stream | None = None) -> list[Value]:
    """What comes out; equal lists are equal to the last bit (values hold Python floats, compared exactly)."""
    stream = stream or Stream(CABLE)
    return [value for item in items for value in stream.push(item)] + stream.flush()


def indices(blocks: Iterable[Samples]) -> NDArray[np.int64]:
    return np.concatenate([np.arange(b.start_index, b.start_index + len(b)) for b in blocks])


def reps(found: Iterable[Value]) -> list[Rep]:
    return [rep for value in found if isinstance(value, ExerciseSet) for rep in value.reps]


@cache
def whole() -> tuple[Value, ...]:
    return tuple(values(traffic(sensed())))


def on_motion(items: Sequence[GattEvent], change: Callable[[MotionPacket], MotionPacket]) -> list[GattEvent]:
    return [
        replace(item, data=bytes(change(MotionPacket.from_bytes(item.data)))) if item.uuid == UUIDs.MOTION else item
        for item in items
    ]


def repacked(items: Sequence[GattEvent], size: Callable[[], int], period_us: float = 10_000) -> list[GattEvent]:
    """The same samples in notifications of other sizes: each sent on when its last sample has arrived."""
    rows: list[tuple[int, float, int, int, tuple[int, ...]]] = []
    for item in items:
        if item.uuid == UUIDs.MOTION:
            packet = MotionPacket.from_bytes(item.data)
            rows += [
                (packet.index + k, packet.time_us + k * period_us, item.host_ns, packet.stream, row)
                for k, row in enumerate(packet.samples())
            ]
    out = [item for item in items if item.uuid != UUIDs.MOTION]
    at = 0
    while at < len(rows):
        part = rows[at : at + size()]
        index, us, _, stream, _ = part[0]
        part = [row for k, row in enumerate(part) if (row[0] - index - k) % 2**16 == 0]  # not across a hole
        packet = MotionPacket.of(
            [row[-1] for row in part], stream=stream, index=index % 2**16, time_us=round(us) % 2**32
        )
        out.append(event(UUIDs.MOTION, bytes(packet), part[-1][2]))
        at += len(part)
    return out


# Faithful


def test_the_session_is_found() -> None:
    assert len(reps(whole())) >= 25, "else the tests below compare nothing"
    assert sum(isinstance(value, ExerciseSet) for value in whole()) >= 3


def test_samples_are_those_of_the_sensor() -> None:
    stream = sensed(Link(loss=0.05))
    blocks = list(decode(traffic(stream)))
    np.testing.assert_array_equal(indices(blocks), stream.index - stream.index[0])
    np.testing.assert_array_equal(np.concatenate([b.acc for b in blocks]), stream.acc)
    np.testing.assert_array_equal(np.concatenate([b.gyr for b in blocks]), stream.gyr)


def test_it_is_the_tracker_on_those_samples() -> None:
    tracker = Tracker(0.01, exercise=CABLE)
    direct = [value for block in decode(traffic(sensed())) for value in tracker.push(block)] + tracker.flush()
    assert direct == list(whole())


@pytest.mark.parametrize("together", [7, 500, 30_000])
def test_many_packets_together_give_the_same(together: int) -> None:
    """With holes, a restart of the count behind them, and a person's word in the middle of a set."""
    items: list[GattEvent | Marker] = list(traffic(sensed(Link(loss=0.05, burst_s=0.4))))
    for place in (len(items) // 3, len(items) // 2):
        items.insert(place, Marker(items[place].host_ns, MarkerKind.SET_END))
    one_by_one = values(items)
    assert sum(isinstance(value, ExerciseSet) for value in one_by_one) >= 4
    assert any(isinstance(value, Gap) for value in one_by_one)
    assert values(items, Stream(CABLE, together=together)) == one_by_one


def test_what_it_knows() -> None:
    stream = Stream(CABLE)
    assert (stream.info, stream.rate_hz, stream.duration_s, stream.t0, stream.samples) == (None, None, 0.0, None, 0)
    source = sensed()
    values(traffic(source), stream)
    assert stream.info == Info.from_bytes(source.info)
    assert stream.rate_hz == 100.0
    assert stream.samples == len(source.index)
    assert stream.duration_s == pytest.approx((len(source.index) - 1) / 100)
    assert stream.t0 == source.notifications[0][0]
    assert stream.errors == 0
    assert stream.decoder.last_error is None


def test_the_grid_has_the_measured_period() -> None:
    plan = Plan("cable", (SetPlan(3), Activity("stand", 5.0)))
    source = sense(simulate(plan, 1), SensorModel(rate_hz=104, rate_error=-0.02, clock_ppm=40), 1)
    stream = Stream(CABLE)
    values(traffic(source), stream)
    assert stream.rate_hz == pytest.approx(104 * 0.98, rel=1e-4)
    assert stream.decoder.measured_rate_hz == pytest.approx(104 * 0.98, rel=1e-4)
    assert stream.duration_s == pytest.approx(source.time_s[-1] - source.time_s[0], rel=1e-3)


def test_a_reply_to_start_says_when_the_grid_began() -> None:
    source = sensed()
    info = Info.from_bytes(source.info)
    first = MotionPacket.from_bytes(source.notifications[0][1])
    at_ns = source.notifications[0][0] - 120_000_000
    reply = Started(1, info.boot_id, first.time_us - 30_000, first.index, first.stream)
    items = traffic(source)
    items.insert(1, event(UUIDs.CONTROL, bytes(reply), at_ns, Operation.INDICATE))
    stream = Stream(CABLE)
    assert values(items, stream) == list(whole())
    assert stream.t0 == at_ns


# Invariances, bit for bit


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 10, 11, 19, 20, 42])
def test_size_of_notifications_changes_nothing(size: int) -> None:
    assert values(repacked(traffic(sensed()), lambda: size)) == list(whole())


@pytest.mark.parametrize("seed", range(3))
def test_uneven_notifications_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    assert values(repacked(traffic(sensed()), lambda: rng.randint(1, 42))) == list(whole())


@pytest.mark.parametrize("size", [1, 4, 19, 42])
def test_size_of_notifications_changes_nothing_with_losses(size: int) -> None:
    items = traffic(sensed(Link(loss=0.03, bursts_per_min=2.0, first_index=60_000)))
    expected = values(items)
    assert any(isinstance(value, Gap) for value in expected)
    assert values(repacked(items, lambda: size)) == expected


@pytest.mark.parametrize("shift", [1, 30_000, 65_535, 52_345])
def test_index_of_the_first_sample_changes_nothing(shift: int) -> None:
    items = on_motion(traffic(sensed()), lambda p: replace(p, index=(p.index + shift) % 2**16))
    assert values(items) == list(whole())


@pytest.mark.parametrize("shift_us", [1, 2**31, 2**32 - 61_000_000, 2**32 - 200_000_000])
def test_the_sensors_clock_changes_nothing(shift_us: int) -> None:
    items = on_motion(traffic(sensed()), lambda p: replace(p, time_us=(p.time_us + shift_us) % 2**32))
    assert values(items) == list(whole())


@pytest.mark.parametrize("shift_ns", [-(10**9), 10**15])
def test_the_hosts_clock_changes_nothing(shift_ns: int) -> None:
    assert values([replace(item, host_ns=item.host_ns + shift_ns) for item in traffic(sensed())]) == list(whole())


def test_arrival_changes_nothing() -> None:
    """Connection interval, jitter, a fade of five seconds: when notifications came does not count."""
    rng = random.Random(1)
    items = traffic(sensed())
    late = [replace(item, host_ns=item.host_ns + rng.randint(0, 5 * 10**9)) for item in items]
    assert values(late) == list(whole())


@pytest.mark.parametrize("times", [2, 4])
def test_repeated_notifications_change_nothing(times: int) -> None:
    assert values([item for item in traffic(sensed()) for _ in range(times)]) == list(whole())


def test_old_notifications_change_nothing() -> None:
    items = traffic(sensed())
    mixed = [other for i, item in enumerate(items) for other in (item, *([items[i - 3]] if i > 4 else []))]
    assert values(mixed) == list(whole())


@pytest.mark.parametrize("seed", range(5))
def test_nonsense_in_between_changes_nothing(seed: int) -> None:
    rng = random.Random(seed)
    items: list[GattEvent | Marker] = []
    for item in traffic(sensed()):
        items.append(item)
        if rng.random() < 0.3:
            uuid = rng.choice([UUIDs.MOTION, UUIDs.CONTROL, UUIDs.BATTERY_LEVEL])
            items.append(event(uuid, rng.randbytes(rng.randint(0, 130)), item.host_ns))
        if rng.random() < 0.05:
            items.append(read_info(rng.randbytes(48), item.host_ns))
        if rng.random() < 0.05:
            items.append(Marker(item.host_ns, MarkerKind.NOTE, "here"))
    stream = Stream(CABLE)
    assert values(items, stream) == list(whole())
    assert stream.errors > 100


def test_notifications_of_an_earlier_stream_change_nothing() -> None:
    source = sensed()
    info = Info.from_bytes(source.info)
    first = MotionPacket.from_bytes(source.notifications[0][1])
    reply = event(UUIDs.CONTROL, bytes(Started(1, info.boot_id, first.time_us, first.index, first.stream)), 5)
    items = [read_info(source.info), reply]
    for item in motions(source):
        items += [*on_motion([item], lambda p: replace(p, stream=(p.stream - 1) % 256, index=p.index ^ 0x1234)), item]
    assert values(items) == list(whole())


# Losses


@pytest.mark.parametrize("seed", range(6))
def test_lost_notifications_never_add_repetitions(seed: int) -> None:
    """Each repetition found with losses is one of those found without."""
    rng = random.Random(seed)
    kept: list[GattEvent] = []
    lost = 0
    for item in traffic(sensed()):
        lost = lost - 1 if lost else rng.choice([1, 2, 5, 12, 40]) * (rng.random() < 0.01)
        if not lost:
            kept.append(item)
    expected, found = reps(whole()), reps(values(kept))
    assert len(found) <= len(expected)
    assert len(found) > len(expected) / 3
    middles = [(rep.start_s + rep.end_s) / 2 for rep in found]
    for rep in expected:
        assert sum(rep.start_s < middle < rep.end_s for middle in middles) <= 1
    assert all(any(rep.start_s < middle < rep.end_s for rep in expected) for middle in middles)


def test_a_second_lost_is_told() -> None:
    items = traffic(sensed())
    lost = values(items[:300] + items[310:])
    gaps = [value for value in lost if isinstance(value, Gap)]
    assert [gap.samples_lost for gap in gaps] == [100]
    assert gaps[0].end_s - gaps[0].start_s == pytest.approx(1.01)


# Restarts, rates, marks


def restarted(pause_s: float, second: SensorStream) -> list[GattEvent]:
    """Two sessions, the sensor restarted in between."""
    first = traffic(short())
    shift = first[-1].host_ns + round(pause_s * 1e9) - second.notifications[0][0]
    return [*first, *(replace(item, host_ns=item.host_ns + shift) for item in traffic(second))]


@pytest.mark.parametrize("pause_s", [40.0, 60.0, 7200.0])
def test_a_restarted_sensor_goes_on_in_the_same_stream(pause_s: float) -> None:
    """Strapped on anew meanwhile, so later than `KEPT_S`."""
    alone = [len(reps(values(traffic(source)))) for source in (short(), short(3))]
    assert min(alone) > 2
    stream = Stream(CABLE)
    found = values(restarted(pause_s, short(3)), stream)
    assert len(reps(found)) == sum(alone)
    gaps = [value for value in found if isinstance(value, Gap)]
    assert [gap.end_s - gap.start_s for gap in gaps] == pytest.approx([pause_s], abs=0.12)
    assert stream.duration_s == pytest.approx((len(short().index) + len(short(3).index)) / 100 + pause_s, abs=0.2)
    assert stream.errors == 0


def test_a_set_ends_when_the_person_says_so() -> None:
    items = traffic(short())
    watched = Stream(CABLE)
    by_itself = next(i for i, item in enumerate(items) if any(isinstance(v, ExerciseSet) for v in watched.push(item)))
    stream = Stream(CABLE)
    at = by_itself - 40
    before = [value for item in items[:at] for value in stream.push(item)]
    assert not any(isinstance(value, ExerciseSet) for value in before)
    said = stream.push(Marker(items[at].host_ns, MarkerKind.SET_END))
    assert reps(said) == reps(values(items))
    assert reps(values(items[at:], stream)) == []


def test_a_mark_for_another_sensor_is_not_ours() -> None:
    items: list[GattEvent | Marker] = list(traffic(short()))
    items.insert(100, Marker(0, MarkerKind.SET_END, sensor=2))
    assert values(items, Stream(CABLE, sensor=1)) == values(traffic(short()))


def test_other_sensors_are_passed_over() -> None:
    ours = traffic(short())
    other = [replace(item, sensor=2) for item in traffic(short(3))]
    mixed = sorted([*ours, *other], key=lambda item: (item.host_ns, item.sensor))
    assert values(mixed, Stream(CABLE, sensor=1)) == values(ours)
    assert values(mixed, Stream(CABLE, sensor=2)) == values(other)
    assert values(mixed) == values(ours), "the first one, if none is chosen"


def test_a_header_may_say_what_was_not_read() -> None:
    source = short()
    assert values(motions(source), Stream(CABLE, info=source.info)) == values(traffic(source))
    without = Stream(CABLE)
    assert values(motions(source), without) == []
    assert without.errors == len(source.notifications)


def test_a_rate_set_before_the_stream_is_the_grids() -> None:
    reply = event(UUIDs.CONTROL, bytes(RateSet(1, Rate(50, 50_500))), 5, Operation.INDICATE)
    stream = Stream(None)
    for item in [read_info(short().info), reply, *motions(short())[:3]]:
        stream.push(item)
    assert stream.rate_hz == pytest.approx(50.5)


def test_a_rate_set_in_the_middle_is_refused_and_told() -> None:
    items = traffic(short())
    info = Info.from_bytes(short().info)
    at = items[200].host_ns
    scales = Scales.for_ranges(8, 1000)
    replies: list[Reply] = [RateSet(1, Rate(200)), RangesSet(2, scales), Started(3, info.boot_id, 0, 0, 99)]
    again = [event(UUIDs.CONTROL, bytes(reply), at, Operation.INDICATE) for reply in replies]
    rest = on_motion(items[200:], lambda p: replace(p, stream=99))
    stream = Stream(CABLE)
    assert values([*items[:200], *again, *rest], stream) == values(items[:200])
    assert stream.errors == len(rest)


def test_a_rate_outside_the_contract_is_refused_in_one_line() -> None:
    info = replace(Info.from_bytes(short().info), rate=Rate(1000))
    with pytest.raises(ValueError, match=r"rate 1000\.0 Hz is outside 25 to 500 Hz"):
        values([read_info(bytes(info)), *motions(short())])


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(ValueError, match="no sensor family"):
        Stream(CABLE, family="pedometer")


def test_nothing_gives_nothing() -> None:
    stream = Stream(CABLE)
    assert values([Marker(0, MarkerKind.SET_END)], stream) == []
    assert values([read_info(short().info)], stream) == []
    assert stream.rate_hz == 100.0, "known before the first sample"


# Files


def test_a_recording_gives_what_the_live_session_gave(tmp_path: Path) -> None:
    live = traffic(short())
    entry = SensorEntry(1, "kickback", info=short().info)
    header = Header("0.1.0", "6f1b1f0e-2a57-4c58-9e0e-1d7b6d5c9a11", "2025-03-01T18:30:00+01:00", 0, (entry,))
    path = tmp_path / "session.mcap"
    with RecordingWriter(path, header) as writer:
        for item in live:
            writer.write(item)
    assert values(open_recording(path)) == values(live)


def test_samples_go_to_csv_and_back(tmp_path: Path) -> None:
    source = sensed(Link(loss=0.05))
    blocks = list(decode([*traffic(source), Marker(0, MarkerKind.NOTE)]))
    path = tmp_path / "samples.csv"
    write_samples_csv(path, blocks[0].period_s, blocks)
    back = [block for block in read_samples_csv(path).blocks if isinstance(block, Samples)]
    for name in ("acc", "gyr"):
        out = np.concatenate([getattr(block, name) for block in blocks])
        np.testing.assert_allclose(np.concatenate([getattr(block, name) for block in back]), out, rtol=1e-8)
    np.testing.assert_array_equal(indices(back), indices(blocks))


# Cost


def test_an_hour_is_decoded_in_a_moment() -> None:
    """36,000 notifications of ten samples; told, not asserted: machines differ."""
    payload = MotionPacket.from_bytes(short().notifications[5][1]).payload
    hour = [
        event(UUIDs.MOTION, bytes(MotionPacket(9, i * 10 % 2**16, i * 100_000 % 2**32, payload)), i * 10**8)
        for i in range(36_000)
    ]
    decoder = Decoder(info=short().info)
    start = time.process_time()
    for item in hour:
        decoder.push(item)
    spent = time.process_time() - start
    assert decoder.samples == 360_000
    print(f"an hour of notifications to samples: {spent:.2f} s")
