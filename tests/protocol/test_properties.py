"""What must hold for all values and all bytes."""

import contextlib
import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_protocol import (
    CLIPPED_HIGH,
    CLIPPED_LOW,
    Info,
    MotionFlags,
    MotionPacket,
    Opcode,
    Ping,
    Pong,
    ProtocolError,
    RangesSet,
    Rate,
    RateSet,
    Refused,
    Scales,
    SetRanges,
    SetRate,
    Start,
    Started,
    Status,
    Stop,
    Stopped,
    decode_command,
    decode_reply,
    refusal,
    samples_per_notification,
)

u8, u16, u32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))
some16 = st.integers(1, 2**16 - 1)
text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
raw = st.integers(CLIPPED_LOW, CLIPPED_HIGH)
rows = st.lists(st.tuples(raw, raw, raw, raw, raw, raw), min_size=1, max_size=42)


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    nominal = draw(some16)
    measured = draw(st.just(0) | st.integers(nominal * 801, nominal * 1199))
    return Rate(nominal, measured)


@st.composite
def all_scales(draw: st.DrawFn) -> Scales:
    exact = Scales.for_ranges(draw(some16), draw(some16))
    factors = st.floats(0.51, 1.99)
    acc, gyr = exact.acc_scale * draw(factors), exact.gyr_scale * draw(factors)
    return Scales(acc, gyr, exact.acc_range_g, exact.gyr_range_dps)


infos = st.builds(
    Info,
    rate=rates(),
    scales=all_scales(),
    boot_id=u32,
    hardware=text,
    firmware=text,
    minor=u8,
    major=st.just(1),
)
packets = st.builds(MotionPacket.of, rows, stream=u8, index=u16, time_us=u32, lost=st.booleans())
commands = st.one_of(
    st.builds(Start, u8),
    st.builds(Stop, u8),
    st.builds(SetRate, u8, some16),
    st.builds(SetRanges, u8, some16, some16),
    st.builds(Ping, u8),
)
replies = st.one_of(
    st.builds(Started, u8, u32, u32, u16, u8),
    st.builds(Stopped, u8),
    st.builds(RateSet, u8, rates()),
    st.builds(RangesSet, u8, all_scales()),
    st.builds(Pong, u8, u32),
    st.builds(Refused, u8, st.integers(0, 127), st.sampled_from(sorted(set(Status) - {Status.OK}))),
)
DECODERS = [
    Rate.from_bytes,
    Scales.from_bytes,
    Info.from_bytes,
    MotionPacket.from_bytes,
    decode_command,
    decode_reply,
    *(kind.from_bytes for kind in (Start, Stop, SetRate, SetRanges, Ping)),
    *(kind.from_bytes for kind in (Started, Stopped, RateSet, RangesSet, Pong, Refused)),
]


@given(infos)
def test_info_round_trip(info: Info) -> None:
    assert Info.from_bytes(bytes(info)) == info
    assert len(bytes(info)) == 48


@given(rates(), all_scales())
def test_rate_and_scales_round_trip(rate: Rate, scales: Scales) -> None:
    assert Rate.from_bytes(bytes(rate)) == rate
    assert Scales.from_bytes(bytes(scales)) == scales
    assert rate.hz * rate.period_s == pytest.approx(1.0)


@given(packets)
def test_motion_round_trip(packet: MotionPacket) -> None:
    assert MotionPacket.from_bytes(bytes(packet)) == packet
    assert packet.count == len(packet.samples()) == (len(bytes(packet)) - 8) // 12


@given(rows, u8, u16, u32)
def test_samples_come_back_and_clipping_is_said(samples: Any, stream: int, index: int, time_us: int) -> None:
    packet = MotionPacket.of(samples, stream=stream, index=index, time_us=time_us)
    assert list(packet.samples()) == samples
    clipped = any(value in (-32768, 32767) for row in samples for value in row)
    assert (MotionFlags.CLIPPED in packet.flags) == clipped


@given(packets, st.binary(max_size=11), st.integers(0, 3))
def test_what_a_later_minor_version_adds_to_motion_is_ignored(packet: MotionPacket, rest: bytes, reserved: int) -> None:
    data = bytearray(bytes(packet) + rest)
    data[0] |= reserved << 2
    if len(data) <= 512:
        assert MotionPacket.from_bytes(data) == packet


@given(commands)
def test_command_round_trip(command: Any) -> None:
    assert decode_command(bytes(command)) == command
    assert type(command).from_bytes(bytes(command)) == command
    assert len(bytes(command)) <= 20


@given(replies)
def test_reply_round_trip(reply: Any) -> None:
    assert decode_reply(bytes(reply)) == reply
    assert type(reply).from_bytes(bytes(reply)) == reply
    assert len(bytes(reply)) <= 20


@given(commands | replies | infos | packets)
def test_a_value_is_hashable_and_survives_pickle(value: Any) -> None:
    assert hash(value) == hash(copy.copy(value))
    assert pickle.loads(pickle.dumps(value)) == value


@pytest.mark.parametrize("decode", DECODERS, ids=lambda decode: decode.__qualname__)
@given(st.binary(max_size=600))
def test_arbitrary_bytes_raise_nothing_but_a_protocol_error(decode: Any, data: bytes) -> None:
    try:
        value = decode(data)
    except ProtocolError as error:
        caught = error
    else:
        assert decode(bytes(value)) == value
        return
    assert caught.data == data
    assert caught.message in str(caught)
    assert str(pickle.loads(pickle.dumps(caught))) == str(caught)


@given(st.sampled_from(sorted(Opcode)), st.booleans(), st.binary(max_size=20))
def test_bytes_behind_a_known_opcode(opcode: Opcode, reply: bool, data: bytes) -> None:
    data = bytes([opcode | reply << 7]) + data
    with contextlib.suppress(ProtocolError):
        value = decode_reply(data) if reply else decode_command(data)
        assert bytes(value)[:2] == data[:2]


@given(st.sampled_from([0x10, 0x13]), st.binary(max_size=511))
def test_bytes_behind_our_version_nibble(first: int, data: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        packet = MotionPacket.from_bytes(bytes([first]) + data)
        assert bytes(packet) == (bytes([first]) + data)[: len(bytes(packet))]


@given(infos, st.integers(2, 47), u8)
def test_one_wrong_byte_in_info(info: Info, at: int, byte: int) -> None:
    data = bytearray(bytes(info))
    data[at] = byte
    with contextlib.suppress(ProtocolError):
        assert Info.from_bytes(data).boot_id.to_bytes(4, "little") == data[8:12]


@given(st.binary(max_size=20))
def test_whatever_is_no_command_is_refused_or_left_alone(data: bytes) -> None:
    try:
        decode_command(data)
    except ProtocolError:
        answer = refusal(data)
        assert (answer is None) == (len(data) < 2 or data[0] >= 0x80)
        if answer is not None:
            assert decode_reply(bytes(answer)) == answer
            assert (answer.opcode, answer.token) == (data[0], data[1])


@given(st.integers(23, 600), st.floats(0.1, 2000))
def test_a_batch_fits_both_limits(mtu: int, rate_hz: float) -> None:
    count = samples_per_notification(mtu, rate_hz)
    assert count >= 1
    assert 8 + 12 * count <= min(mtu - 3, 512)
    assert count == 1 or count / rate_hz <= 0.1 * (1 + 1e-12)
    more = count + 1
    assert 8 + 12 * more > min(mtu - 3, 512) or more / rate_hz > 0.1 * (1 - 1e-12), "no smaller than need be"
