"""The driver of our own protocol: what the sensor means, whatever comes in between."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_protocol import (
    Info,
    MotionPacket,
    ProtocolError,
    RangesSet,
    Rate,
    RateSet,
    Refused,
    Reply,
    Scales,
    SetRanges,
    SetRate,
    Start,
    Started,
    Status,
    Stop,
    Stopped,
    UUIDs,
    decode_command,
)
from tracker.motion.clock import Packet
from tracker.recording.model import GattEvent, Operation
from tracker.sensors import (
    FAMILIES,
    KickbackSensor,
    Read,
    SensorDriver,
    Step,
    Subscribe,
    Unsubscribe,
    Write,
    driver_for,
)

VECTORS: dict[str, Any] = json.loads(files("firmware_protocol").joinpath("vectors.json").read_text("utf-8"))
BOOT = 0xDEADBE07
INFO = Info(rate=Rate(100, 99_500), scales=Scales.for_ranges(16, 2000), boot_id=BOOT, hardware="sim")
UP = (0, 0, 2048, 0, 0, 0)
"""One g along z."""


def event(uuid: str, data: bytes, operation: Operation = Operation.NOTIFY, at_ns: int = 0) -> GattEvent:
    return GattEvent(at_ns, 1, operation, str(uuid), data)


def info(value: Info = INFO) -> GattEvent:
    return event(UUIDs.INFO, bytes(value), Operation.READ)


def reply(value: Reply, at_ns: int = 0) -> GattEvent:
    return event(UUIDs.CONTROL, bytes(value), Operation.INDICATE, at_ns)


def started(stream: int = 8, boot_id: int = BOOT, index: int = 40, time_us: int = 500, at_ns: int = 0) -> GattEvent:
    return reply(Started(1, boot_id, time_us, index, stream), at_ns)


def motion(
    stream: int = 8, index: int = 40, rows: Sequence[Sequence[int]] = (UP,), time_us: int = 900, at_ns: int = 0
) -> GattEvent:
    data = bytes(MotionPacket.of(rows, stream=stream, index=index, time_us=time_us))
    return event(UUIDs.MOTION, data, at_ns=at_ns)


def pushed(events: Iterable[GattEvent], driver: KickbackSensor | None = None) -> list[Packet]:
    driver = driver or KickbackSensor()
    return [packet for item in events for packet in driver.push(item)]


def plain(packet: Packet) -> tuple[object, ...]:
    """A packet that can be compared."""
    stamps = packet.boot_id, packet.index, packet.time_us, packet.host_ns
    return (*stamps, packet.acc.tolist(), packet.gyr.tolist(), packet.clipped.tolist())


def same(a: Iterable[Packet], b: Iterable[Packet]) -> bool:
    return [plain(p) for p in a] == [plain(p) for p in b]


# What a packet says


def test_a_session() -> None:
    rows = [(1, -2, 2048, 3, -4, 5), (6, 7, 8, 9, 10, 11)]
    begin, packet = pushed([info(), started(at_ns=70), motion(rows=rows, at_ns=90)])
    assert plain(begin) == (BOOT, 40, 500, 70, [], [], [])
    assert (packet.boot_id, packet.index, packet.time_us, packet.host_ns) == (BOOT, 40, 900, 90)
    np.testing.assert_array_equal(packet.acc, np.array(rows)[:, :3] * INFO.scales.acc_scale)
    np.testing.assert_array_equal(packet.gyr, np.array(rows)[:, 3:] * INFO.scales.gyr_scale)


def test_units() -> None:
    *_, packet = pushed([info(), motion(rows=[(0, 0, 2048, 0, 16384, 0)])])
    assert packet.acc[0, 2] == pytest.approx(9.80665)
    assert packet.gyr[0, 1] == pytest.approx(math.radians(1000))


def test_arrays_are_plain() -> None:
    *_, packet = pushed([info(), motion(rows=[UP] * 10)])
    for values in (packet.acc, packet.gyr):
        assert values.shape == (10, 3)
        assert values.dtype == np.float64
        assert values.flags.c_contiguous
    assert packet.clipped.dtype == np.bool_
    assert packet.clipped.shape == (10,)


@pytest.mark.parametrize("axis", range(6))
@pytest.mark.parametrize("end", [-32768, 32767])
def test_clipped_samples_are_marked(axis: int, end: int) -> None:
    row = [0] * 6
    row[axis] = end
    *_, packet = pushed([info(), motion(rows=[UP, row, UP])])
    assert packet.clipped.tolist() == [False, True, False]


@pytest.mark.parametrize("row", [(-32767, 32766, 0, 0, 0, 0), (0, 128, 0, -1, 127, 0), (0x7FFE, -1, 127, 0, 0, 0)])
def test_values_short_of_the_end_are_not(row: Sequence[int]) -> None:
    *_, packet = pushed([info(), motion(rows=[row] * 2)])
    assert not packet.clipped.any()


def vectors(kind: str, which: str) -> list[Any]:
    return [pytest.param(v, id=v["name"]) for v in VECTORS[which] if v["type"] == kind]


@pytest.mark.parametrize("vector", vectors("motion", "valid"))
def test_the_protocols_own_examples(vector: dict[str, Any]) -> None:
    *_, packet = pushed([info(), event(UUIDs.MOTION, bytes.fromhex(vector["hex"]))])
    fields = vector["fields"]
    assert (packet.index, packet.time_us) == (fields["index"], fields["time_us"])
    np.testing.assert_array_equal(packet.acc, np.array(fields["samples"])[:, :3] * INFO.scales.acc_scale)
    assert packet.clipped.any() == ("CLIPPED" in fields["flags"])


def test_motion_as_indication_is_fine() -> None:
    data = motion().data
    assert len(pushed([info(), event(UUIDs.MOTION, data, Operation.INDICATE)])) == 2


# Rate and scales


def test_period_is_the_measured_one() -> None:
    driver = KickbackSensor()
    assert driver.period_s is None
    assert driver.said is None
    driver.push(info())
    assert driver.said == INFO
    assert driver.period_s == 1 / 99.5


def test_replies_replace_what_info_says() -> None:
    driver = KickbackSensor()
    pushed([info(), reply(RateSet(1, Rate(200, 203_000))), reply(RangesSet(2, Scales.for_ranges(8, 1000)))], driver)
    assert driver.period_s == 1 / 203
    *_, packet = pushed([started(), motion()], driver)
    assert packet.acc[0, 2] == pytest.approx(9.80665 / 2)


def test_packets_under_way_keep_the_scales_they_were_sent_with() -> None:
    changed = reply(RangesSet(2, Scales.for_ranges(8, 1000)))
    old, late, dropped, new = (motion(8), motion(8, 41), motion(8, 42), motion(9, 43))
    packets = pushed([info(), started(8), old, reply(Stopped(3)), changed, late, started(9), dropped, new])
    assert [p.acc[0, 2] for p in packets if len(p)] == pytest.approx([9.80665, 9.80665, 9.80665 / 2])


def test_refusals_change_nothing() -> None:
    driver = KickbackSensor()
    assert pushed([info(), reply(Refused(1, 3, Status.BAD_VALUE)), reply(Refused(1, 1, Status.BUSY))], driver) == []
    assert driver.said == INFO
    assert driver.errors == 0


def test_a_header_may_say_what_nobody_read() -> None:
    driver = KickbackSensor()
    driver.describe(bytes(INFO))
    assert same(pushed([motion()], driver), pushed([info(), motion()]))
    with pytest.raises(ProtocolError, match="too short"):
        driver.describe(b"\x01")


def test_what_a_header_must_hold() -> None:
    driver = KickbackSensor()
    assert driver.info == b""
    driver.push(info())
    assert driver.info == bytes(INFO)
    driver.push(reply(RateSet(1, Rate(200, 203_000))))
    described = KickbackSensor()
    described.describe(driver.info)
    assert described.period_s == 1 / 203, "what is in force, not what was read"


def test_the_battery_is_not_its_business() -> None:
    driver = KickbackSensor()
    pushed([info(), event(UUIDs.BATTERY_LEVEL, b"\x50", Operation.READ)], driver)
    assert driver.battery_percent is None
    assert driver.errors == 0


# Streams


def test_packets_of_another_stream_are_dropped() -> None:
    driver = KickbackSensor()
    packets = pushed([info(), started(8), motion(7), motion(8), motion(7), motion(7), motion(8, 41)], driver)
    assert [p.index for p in packets if len(p)] == [40, 41]
    assert driver.dropped == 3
    assert driver.errors == 0


def test_stream_numbers_go_round() -> None:
    packets = pushed([info(), started(255), motion(255), started(0, index=41), motion(255, 41), motion(0, 41)])
    assert [(p.index, len(p)) for p in packets] == [(40, 0), (40, 1), (41, 0), (41, 1)]


def test_a_repeated_reply_begins_nothing() -> None:
    events = [info(), started(), motion(), motion(index=41)]
    assert same(pushed([*events[:3], started(), events[3]]), pushed(events))


def test_a_restart_is_known_by_its_boot_id() -> None:
    packets = pushed([info(), started(8), motion(8), started(8, BOOT + 1, index=0), motion(8, 0)])
    assert [(p.boot_id - BOOT, p.index, len(p)) for p in packets] == [(0, 40, 0), (0, 40, 1), (1, 0, 0), (1, 0, 1)]


def test_a_restart_that_only_info_tells() -> None:
    again = Info(rate=INFO.rate, scales=INFO.scales, boot_id=BOOT + 1)
    packets = pushed([info(), motion(8), info(again), motion(8, 0)])
    assert [(p.boot_id - BOOT, len(p)) for p in packets] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_reading_info_again_changes_nothing() -> None:
    events = [info(), started(), motion(), motion(index=41)]
    assert same(pushed([*events[:3], info(), events[3]]), pushed(events))
    again = Info(rate=INFO.rate, scales=INFO.scales, boot_id=BOOT + 1)
    events = [info(), started(boot_id=BOOT + 1), motion(), info(again), motion(index=41)]
    assert [(p.boot_id - BOOT, len(p)) for p in pushed(events)] == [(1, 0), (1, 1), (1, 1)]


def test_a_stream_that_nobody_announced() -> None:
    """A recording that begins in the middle."""
    begin, first, second = pushed([info(), motion(at_ns=5), motion(index=41)])
    assert plain(begin) == (BOOT, 40, 900, 5, [], [], [])
    assert (first.index, second.index) == (40, 41)


def test_another_one_is_believed_at_its_second_packet() -> None:
    driver = KickbackSensor()
    events = [info(), motion(8), motion(9, 50), motion(9, 51), motion(9, 52)]
    assert [(p.index, len(p)) for p in pushed(events, driver)] == [(40, 0), (40, 1), (50, 0), (50, 1), (51, 1), (52, 1)]
    assert driver.dropped == 0


def test_a_stray_packet_is_not_believed() -> None:
    driver = KickbackSensor()
    events = [info(), motion(8), motion(9, 50), motion(8, 41), motion(9, 51), motion(8, 42)]
    assert [p.index for p in pushed(events, driver) if len(p)] == [40, 41, 42]


def test_a_stream_whose_first_packet_overtakes_the_reply() -> None:
    packets = pushed([info(), started(8), motion(8), motion(9, 60), started(9, index=60), motion(9, 61)])
    assert [(p.index, len(p)) for p in packets] == [(40, 0), (40, 1), (60, 0), (60, 1), (61, 1)]
    packets = pushed([info(), motion(8), started(8), motion(8, 41)])
    assert [(p.index, len(p)) for p in packets] == [(40, 0), (40, 1), (41, 1)]


# Nonsense


@pytest.mark.parametrize(
    ("uuid", "vector"),
    [
        pytest.param(uuid, vector, id=vector["name"])
        for uuid, kind in ((UUIDs.INFO, "info"), (UUIDs.MOTION, "motion"), (UUIDs.CONTROL, "reply"))
        for vector in VECTORS["malformed"]
        if vector["type"] == kind
    ],
)
def test_nonsense_is_counted_and_changes_nothing(uuid: str, vector: dict[str, Any]) -> None:
    driver = KickbackSensor()
    data = bytes.fromhex(vector["hex"])
    operation = Operation.READ if uuid == UUIDs.INFO else Operation.NOTIFY
    before, after = [info(), started(), motion()], [motion(index=41)]
    packets = pushed([*before, event(uuid, data, operation), *after], driver)
    assert same(packets, pushed([*before, *after]))
    assert driver.errors == 1
    assert driver.last_error is not None
    assert driver.last_error.data == data
    assert vector["error"] in str(driver.last_error)


@given(st.lists(st.tuples(st.sampled_from(list(UUIDs)), st.sampled_from(list(Operation)), st.binary(max_size=60))))
def test_no_bytes_stop_the_driver(traffic: list[tuple[str, Operation, bytes]]) -> None:
    driver = KickbackSensor()
    pushed([info()], driver)
    pushed([event(uuid, data, operation) for uuid, operation, data in traffic], driver)
    assert driver.errors <= len(traffic)


def test_motion_before_info_cannot_be_decoded() -> None:
    driver = KickbackSensor()
    assert pushed([motion(), started()], driver) == []
    assert driver.errors == 2
    assert "before Info" in str(driver.last_error)


def test_other_traffic_is_not_its_business() -> None:
    driver = KickbackSensor()
    other = [
        event(UUIDs.BATTERY_LEVEL, b"\x50"),
        event(UUIDs.SERIAL_NUMBER, b"12", Operation.READ),
        event(UUIDs.CONTROL, bytes(Start(1)), Operation.WRITE),
        event(UUIDs.MOTION, b"\x01\x00", Operation.WRITE),
        event("0000fe40-cc7a-482a-984a-7f2ed5b3e58f", b"\x10"),
    ]
    assert pushed([info(), *other], driver) == []
    assert driver.errors == 0


# Starting and stopping


def commands(steps: Iterable[Step]) -> list[object]:
    return [decode_command(step.data) for step in steps if isinstance(step, Write)]


def test_start_subscribes_before_it_starts() -> None:
    steps = list(KickbackSensor().start())
    assert Subscribe(UUIDs.MOTION) in steps
    assert Subscribe(UUIDs.CONTROL) in steps
    assert Read(UUIDs.INFO) in steps
    assert isinstance(steps[-1], Write)
    assert isinstance(decode_command(steps[-1].data), Start)
    first_write = next(i for i, step in enumerate(steps) if isinstance(step, Write))
    assert not any(isinstance(step, Subscribe) for step in steps[first_write:])


def test_start_asks_for_what_was_chosen() -> None:
    sent = commands(KickbackSensor(rate_hz=200, ranges=(8, 1000)).start())
    assert [type(command) for command in sent] == [Stop, SetRate, SetRanges, Start]
    assert isinstance(sent[1], SetRate)
    assert isinstance(sent[2], SetRanges)
    assert (sent[1].rate_hz, sent[2].acc_range_g, sent[2].gyr_range_dps) == (200, 8, 1000)


def test_stop_ends_the_stream_and_the_subscriptions() -> None:
    steps = KickbackSensor().stop()
    assert [type(command) for command in commands(steps)] == [Stop]
    assert steps[1:] == [Unsubscribe(UUIDs.MOTION), Unsubscribe(UUIDs.CONTROL)]


def test_answers_are_recognised_and_tokens_differ() -> None:
    driver = KickbackSensor()
    writes = [s for _ in range(100) for s in [*driver.start(), *driver.stop()] if isinstance(s, Write)]
    for write in writes:
        assert write.uuid == UUIDs.CONTROL
        assert write.answer == bytes([write.data[0] | 0x80, write.data[1]])
    assert len({write.answer for write in writes[:100]}) == 100
    assert bytes(Started(writes[1].data[1], BOOT, 0, 0, 0)).startswith(writes[1].answer)


def test_steps_are_plain_text_uuids() -> None:
    """Bluetooth libraries want strings, and recordings keep them."""
    driver = KickbackSensor()
    assert {type(step.uuid) for step in [*driver.start(), *driver.stop()]} == {str}


# Families


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_is_a_driver(family: str) -> None:
    driver: SensorDriver = driver_for(family)
    assert driver.period_s is None
    assert (driver.errors, driver.last_error) == (0, None)
    assert driver.push(event("0000fe40-cc7a-482a-984a-7f2ed5b3e58f", b"")) == []


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(ValueError, match="no sensor family 'pedometer'; there are: kickback"):
        driver_for("pedometer")
