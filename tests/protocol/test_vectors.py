"""Every vector both ways: the bytes mean the fields, and the fields make the bytes."""

import contextlib
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from firmware_protocol import (
    Command,
    Info,
    MotionFlags,
    MotionPacket,
    Ping,
    Pong,
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
    decode_command,
    decode_reply,
)

VECTORS = json.loads(files("firmware_protocol").joinpath("vectors.json").read_text(encoding="utf-8"))
Fields = dict[str, Any]

COMMANDS: dict[str, type[Command]] = {
    "start": Start,
    "stop": Stop,
    "set_rate": SetRate,
    "set_ranges": SetRanges,
    "ping": Ping,
}
REPLIES: dict[str, type[Reply]] = {
    "started": Started,
    "stopped": Stopped,
    "rate_set": RateSet,
    "ranges_set": RangesSet,
    "pong": Pong,
    "refused": Refused,
}
DECODERS: dict[str, Callable[[bytes], object]] = {
    "info": Info.from_bytes,
    "motion": MotionPacket.from_bytes,
    "command": decode_command,
    "reply": decode_reply,
    **dict.fromkeys(COMMANDS, decode_command),
    **dict.fromkeys(REPLIES, decode_reply),
}


def rate(fields: Fields) -> Rate:
    return Rate(fields.pop("nominal_rate_hz"), fields.pop("measured_rate_millihz"))


def scales(fields: Fields) -> Scales:
    return Scales(*(fields.pop(name) for name in ("acc_scale", "gyr_scale", "acc_range_g", "gyr_range_dps")))


def value(kind: str, fields: Fields) -> object:
    """What the fields of a vector say, as a value of ours."""
    fields = dict(fields)
    match kind:
        case "info":
            return Info(rate=rate(fields), scales=scales(fields), **fields)
        case "motion":
            flags = fields.pop("flags")
            packet = MotionPacket.of(fields.pop("samples"), lost="LOST" in flags, **fields)
            assert [flag.name for flag in MotionFlags if flag in packet.flags] == flags
            return packet
        case "rate_set":
            return RateSet(rate=rate(fields), **fields)
        case "ranges_set":
            return RangesSet(scales=scales(fields), **fields)
        case "refused":
            return Refused(status=Status[fields.pop("status")], **fields)
        case _:
            return (COMMANDS | REPLIES)[kind](**fields)


def cases(key: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS[key]]


@pytest.mark.parametrize("vector", cases("valid"))
def test_the_bytes_mean_the_fields(vector: Fields) -> None:
    decoded = DECODERS[vector["type"]](bytes.fromhex(vector["hex"]))
    assert decoded == value(vector["type"], vector["fields"])


@pytest.mark.parametrize("vector", cases("valid"))
def test_the_fields_make_the_bytes(vector: Fields) -> None:
    encoded = bytes(value(vector["type"], vector["fields"]))  # type: ignore[call-overload]
    if vector["encode"]:
        assert encoded.hex() == vector["hex"]
    else:  # what only a later version, or a careless sender, would send
        assert encoded.hex() != vector["hex"]


@pytest.mark.parametrize("vector", cases("valid"))
@pytest.mark.parametrize("buffer", [bytearray, memoryview])
def test_any_buffer_will_do(vector: Fields, buffer: Callable[[bytes], bytes]) -> None:
    data = bytes.fromhex(vector["hex"])
    decode = DECODERS[vector["type"]]
    assert decode(buffer(data)) == decode(data)


@pytest.mark.parametrize("vector", cases("malformed"))
def test_malformed_bytes_are_refused_with_a_reason(vector: Fields) -> None:
    data = bytes.fromhex(vector["hex"])
    with pytest.raises(ProtocolError) as caught:
        DECODERS[vector["type"]](data)
    assert vector["error"] in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.data == data, "the error carries the whole message"


@pytest.mark.parametrize("vector", cases("valid"))
def test_cut_anywhere_is_refused_or_means_less(vector: Fields) -> None:
    """No cut of a message is read as the whole one, and none raises anything else."""
    data = bytes.fromhex(vector["hex"])
    decode = DECODERS[vector["type"]]
    whole = decode(data)
    shortest = len(bytes(whole))  # type: ignore[call-overload]
    for end in range(shortest):
        with contextlib.suppress(ProtocolError):
            assert decode(data[:end]) != whole


@pytest.mark.parametrize("vector", cases("valid"))
def test_trailing_bytes_are_ignored(vector: Fields) -> None:
    data = bytes.fromhex(vector["hex"])
    decode = DECODERS[vector["type"]]
    if vector["type"] == "motion":
        data = bytes(decode(data))  # type: ignore[call-overload]
    for extra in range(12):
        if len(data) + extra <= 512:
            assert decode(data + b"\xff" * extra) == decode(data)


def test_names_are_unique_and_every_type_is_there() -> None:
    names = [vector["name"] for key in ("valid", "malformed") for vector in VECTORS[key]]
    assert len(names) == len(set(names))
    assert {vector["type"] for vector in VECTORS["valid"]} == {"info", "motion", *COMMANDS, *REPLIES}
    assert {vector["type"] for vector in VECTORS["malformed"]} == {"info", "motion", "command", "reply"}


def test_every_flag_and_status_occurs() -> None:
    flags = {flag for vector in VECTORS["valid"] for flag in vector["fields"].get("flags", [])}
    statuses = {vector["fields"]["status"] for vector in VECTORS["valid"] if vector["type"] == "refused"}
    assert flags == {flag.name for flag in MotionFlags}
    assert statuses == {status.name for status in Status} - {"OK"}
