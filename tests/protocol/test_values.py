"""What a caller may not make, and what the values say."""

import math
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest

import firmware_protocol
from firmware_protocol import (
    Info,
    MotionFlags,
    MotionPacket,
    Ping,
    Pong,
    ProtocolError,
    Rate,
    Refused,
    Scales,
    SetRanges,
    SetRate,
    Start,
    Started,
    Status,
    Stop,
    Stopped,
    UUIDs,
    refusal,
    samples_per_notification,
)

SCALES = Scales.for_ranges(16, 2000)
INFO = Info(rate=Rate(100), scales=SCALES, boot_id=1)
PACKET = MotionPacket(1, 2, 3, bytes(12))
STARTED = Started(1, 2, 3, 4, 5)
TOO_LARGE = {"token": 256, "boot_id": 2**32, "time_us": 2**32, "index": 2**16, "stream": 256, "minor": 256}


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (value, field.name)
        for value in (INFO, PACKET, STARTED, Stopped(1), Pong(1, 2), Start(1), Stop(1), Ping(1))
        for field in fields(value)
        if field.name in TOO_LARGE
    ],
    ids=lambda part: part if isinstance(part, str) else type(part).__name__,
)
def test_numbers_out_of_range_are_the_callers_fault(value: Any, field: str) -> None:
    for wrong in (TOO_LARGE[field], -1):
        with pytest.raises(ValueError, match=f"{field} is {wrong}, expected 0 to") as caught:
            replace(value, **{field: wrong})
        assert not isinstance(caught.value, ProtocolError)
    largest = replace(value, **{field: TOO_LARGE[field] - 1})
    assert type(value).from_bytes(bytes(largest)) == largest


@pytest.mark.parametrize("wrong", [0, -1, 2**16])
def test_rates_and_ranges_are_never_zero(wrong: int) -> None:
    with pytest.raises(ValueError, match="nominal_rate_hz"):
        Rate(wrong)
    with pytest.raises(ValueError, match="rate_hz"):
        SetRate(1, wrong)
    with pytest.raises(ValueError, match="acc_range_g"):
        SetRanges(1, wrong, 2000)
    with pytest.raises(ValueError, match="gyr_range_dps"):
        SetRanges(1, 16, wrong)
    with pytest.raises(ValueError, match="acc_range_g"):
        replace(SCALES, acc_range_g=wrong)


def test_the_measured_rate_counts_once_there_is_one() -> None:
    assert Rate(104).hz == 104.0
    assert Rate(104, 101_873).hz == 101.873
    assert Rate(104, 101_873).period_s == pytest.approx(1 / 101.873)


@pytest.mark.parametrize(("measured", "good"), [(80_000, True), (120_000, True), (79_999, False), (120_001, False)])
def test_a_measured_rate_is_within_a_fifth_of_nominal(measured: int, good: bool) -> None:
    if good:
        assert Rate(100, measured).hz == measured / 1000
    else:
        with pytest.raises(ValueError, match="not within 20 %"):
            Rate(100, measured)


@pytest.mark.parametrize("scale", [math.nan, math.inf, -math.inf, 0.0, -0.0048, 1e300, 16 / 32768])
def test_a_scale_that_does_not_fit_its_range_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match=r"float32|acc_scale"):
        replace(SCALES, acc_scale=scale)


@pytest.mark.parametrize(
    ("acc", "gyr", "ranges"),
    [
        (0.488e-3 * 9.80665, math.radians(70e-3), (16, 2000)),  # chips that span 15 % more than their range
        (9.80665 / 2048, math.radians(1 / 16.4), (16, 2000)),
        (9.80665 / 16384, math.radians(1 / 262.4), (2, 125)),
    ],
)
def test_scales_of_common_chips_are_accepted(acc: float, gyr: float, ranges: tuple[int, int]) -> None:
    scales = Scales(acc, gyr, *ranges)
    assert scales.acc_scale == pytest.approx(acc, rel=1e-7)
    assert Scales.from_bytes(bytes(scales)) == scales


@pytest.mark.parametrize("wrong", ["thirteen char", "µ-imu", "tab\t", "nul\0"])
@pytest.mark.parametrize("field", ["hardware", "firmware"])
def test_text_is_short_printable_ascii(field: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=f"{field} is .* at most 12 printable ASCII"):
        replace(INFO, **{field: wrong})  # type: ignore[arg-type]


def test_info_of_another_major_version_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="major is 2, expected 1"):
        replace(INFO, major=2)


@pytest.mark.parametrize("size", [0, 1, 11, 13, 43 * 12])
def test_a_payload_is_whole_samples(size: int) -> None:
    with pytest.raises(ValueError, match=f"payload has {size} bytes"):
        MotionPacket(1, 2, 3, bytes(size))


def test_reserved_flags_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="reserved bits"):
        replace(PACKET, flags=MotionFlags(4))


@pytest.mark.parametrize("row", [(0,) * 5, (0,) * 7, (0, 0, 32768, 0, 0, 0), (0, 0, -32769, 0, 0, 0), (0.5,) * 6])
def test_a_sample_is_six_int16(row: Any) -> None:
    with pytest.raises(ValueError, match="six integers"):
        MotionPacket.of([row], stream=1, index=2, time_us=3)


def test_no_samples_make_no_packet() -> None:
    with pytest.raises(ValueError, match="payload has 0 bytes"):
        MotionPacket.of([], stream=1, index=2, time_us=3)


def test_a_packet_keeps_the_bytes_it_was_given() -> None:
    data = bytearray(bytes(PACKET))
    packet = MotionPacket.from_bytes(data)
    data[8:] = b"\xff" * 12
    assert packet == PACKET, "Bluetooth libraries reuse their buffers"


@pytest.mark.parametrize("mtu", [22, 0, -1])
def test_no_link_has_a_smaller_mtu(mtu: int) -> None:
    with pytest.raises(ValueError, match="mtu"):
        samples_per_notification(mtu, 100)


@pytest.mark.parametrize("rate_hz", [0, -1, math.nan, math.inf])
def test_a_batch_needs_a_rate(rate_hz: float) -> None:
    with pytest.raises(ValueError, match="rate_hz"):
        samples_per_notification(247, rate_hz)


def test_a_refusal_is_no_success() -> None:
    with pytest.raises(ValueError, match="no refusal"):
        Refused(1, 1, Status.OK)
    with pytest.raises(ValueError, match="opcode"):
        Refused(1, 128, Status.BUSY)


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        (b"", None),
        (b"\x01", None),
        (b"\x81\x01", None),
        (b"\x00\x05", Refused(5, 0, Status.UNSUPPORTED)),
        (b"\x7f\x05\x01", Refused(5, 0x7F, Status.UNSUPPORTED)),
        (b"\x03\x05", Refused(5, 3, Status.BAD_VALUE)),
        (b"\x03\x05\x00\x00", Refused(5, 3, Status.BAD_VALUE)),
    ],
)
def test_what_firmware_owes_to_a_bad_write(written: bytes, answer: Refused | None) -> None:
    assert refusal(written) == answer


@pytest.mark.parametrize(
    ("kind", "other"), [(Start, Stop(1)), (SetRate, Ping(1)), (Started, Stopped(1)), (Pong, STARTED)]
)
def test_a_type_refuses_the_bytes_of_another(kind: Any, other: Any) -> None:
    with pytest.raises(ProtocolError):
        kind.from_bytes(bytes(other))
    with pytest.raises(ProtocolError, match="not a refusal"):
        Refused.from_bytes(bytes(Stopped(1)))


def test_values_are_frozen_and_slotted() -> None:
    for value in (INFO, SCALES, PACKET, STARTED, Start(1), Refused(1, 1, Status.BUSY)):
        assert not hasattr(value, "__dict__")
        with pytest.raises(FrozenInstanceError):
            setattr(value, fields(value)[0].name, 0)


def test_uuids_are_plain_strings() -> None:
    table: dict[str, str] = {UUIDs.MOTION: "motion"}
    assert table["4dd80003-21d0-4c9a-8316-cbb075115b74"] == "motion"
    assert f"{UUIDs.BATTERY_LEVEL}" == "00002a19-0000-1000-8000-00805f9b34fb"


def test_the_error_shows_a_header_not_a_page() -> None:
    with pytest.raises(ProtocolError) as caught:
        firmware_protocol.decode_command(b"\x66" + bytes(300))
    assert str(caught.value).startswith("unknown command opcode 0x66: 66 00")
    assert str(caught.value).endswith(" …")
    assert len(caught.value.data) == 301
    assert isinstance(caught.value, ValueError)
