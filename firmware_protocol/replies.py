"""Replies: what the sensor indicates on the Control characteristic.

In: the bytes of an indication. Out: one of six values, by `decode_reply`. Success and refusal are different
types, so no status has to be looked at: each command has its own reply, and whatever did not work is a
`Refused`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, ClassVar, Self

from firmware_protocol.commands import Opcode
from firmware_protocol.errors import ProtocolError
from firmware_protocol.info import Rate, Scales
from firmware_protocol.wire import Buffer, blame, check_uint, unpack

_REPLY = 0x80
_BARE = Struct("<BBB")
_STARTED = Struct("<BBBIIHB")
_RATE_SET = Struct("<BBB6s")
_RANGES_SET = Struct("<BBB12s")
_PONG = Struct("<BBBI")


class Status(IntEnum):
    """Third byte of a reply. One that a later version added is read as FAILED."""

    OK = 0
    BAD_VALUE = 1
    """A parameter is missing or cannot be had."""
    BUSY = 2
    """Not while streaming."""
    UNSUPPORTED = 3
    """No such command in this firmware."""
    FAILED = 4
    """The motion chip did not answer."""
    NOT_SUBSCRIBED = 5
    """START before MOTION was subscribed to."""


def _fields(opcode: Opcode, layout: Struct, data: bytes) -> tuple[Any, ...]:
    """Token and payload of a successful reply to `opcode`."""
    found, token, status = unpack("reply", _BARE, data)[:3]
    if found != opcode | _REPLY or status != Status.OK:
        raise ProtocolError(f"not a successful reply to {opcode.name}", data)
    return (token, *unpack(f"reply to {opcode.name}", layout, data)[3:])


@dataclass(frozen=True, slots=True)
class Started:
    """A stream begins.

    Attributes
    ----------
    token
        The command's.
    boot_id
        As in `Info`: different means that the sensor restarted in between.
    time_us
        The sensor's clock when the stream was begun, µs since boot, modulo 2**32.
    index
        Index that the first sample will have, modulo 2**16.
    stream
        Number that the stream's notifications carry, 0 to 255.
    """

    opcode: ClassVar[Opcode] = Opcode.START
    token: int
    boot_id: int
    time_us: int
    index: int
    stream: int

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)
        check_uint("boot_id", self.boot_id, 32)
        check_uint("time_us", self.time_us, 32)
        check_uint("index", self.index, 16)
        check_uint("stream", self.stream, 8)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode an indication, or raise ProtocolError."""
        return cls(*_fields(cls.opcode, _STARTED, bytes(data)))

    def __bytes__(self) -> bytes:
        ours = (self.boot_id, self.time_us, self.index, self.stream)
        return _STARTED.pack(self.opcode | _REPLY, self.token, Status.OK, *ours)


@dataclass(frozen=True, slots=True)
class Stopped:
    """There is no stream any more, and no notification follows."""

    opcode: ClassVar[Opcode] = Opcode.STOP
    token: int

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode an indication, or raise ProtocolError."""
        return cls(*_fields(cls.opcode, _BARE, bytes(data)))

    def __bytes__(self) -> bytes:
        return _BARE.pack(self.opcode | _REPLY, self.token, Status.OK)


@dataclass(frozen=True, slots=True)
class RateSet:
    """The sampling rate now in force; it may differ from the one asked for, and replaces that of `Info`."""

    opcode: ClassVar[Opcode] = Opcode.SET_RATE
    token: int
    rate: Rate

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode an indication, or raise ProtocolError."""
        data = bytes(data)
        token, rate = _fields(cls.opcode, _RATE_SET, data)
        with blame(data):
            return cls(token, Rate.from_bytes(rate))

    def __bytes__(self) -> bytes:
        return _RATE_SET.pack(self.opcode | _REPLY, self.token, Status.OK, bytes(self.rate))


@dataclass(frozen=True, slots=True)
class RangesSet:
    """The scales and ranges now in force; they replace those of `Info`."""

    opcode: ClassVar[Opcode] = Opcode.SET_RANGES
    token: int
    scales: Scales

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode an indication, or raise ProtocolError."""
        data = bytes(data)
        token, scales = _fields(cls.opcode, _RANGES_SET, data)
        with blame(data):
            return cls(token, Scales.from_bytes(scales))

    def __bytes__(self) -> bytes:
        return _RANGES_SET.pack(self.opcode | _REPLY, self.token, Status.OK, bytes(self.scales))


@dataclass(frozen=True, slots=True)
class Pong:
    """The sensor's clock when the ping arrived: `time_us` µs since boot, modulo 2**32."""

    opcode: ClassVar[Opcode] = Opcode.PING
    token: int
    time_us: int

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)
        check_uint("time_us", self.time_us, 32)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode an indication, or raise ProtocolError."""
        return cls(*_fields(cls.opcode, _PONG, bytes(data)))

    def __bytes__(self) -> bytes:
        return _PONG.pack(self.opcode | _REPLY, self.token, Status.OK, self.time_us)


@dataclass(frozen=True, slots=True)
class Refused:
    """A command was not carried out.

    Attributes
    ----------
    token
        The command's.
    opcode
        The command's, 0 to 127: a number, since firmware also refuses commands it never heard of.
    status
        Why; never OK.
    """

    token: int
    opcode: int
    status: Status

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)
        check_uint("opcode", self.opcode, 7)
        if self.status == Status.OK:
            raise ValueError("status is OK, which is no refusal")

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode an indication, or raise ProtocolError."""
        data = bytes(data)
        opcode, token, status = unpack("reply", _BARE, data)
        if opcode < _REPLY or status == Status.OK:
            raise ProtocolError("not a refusal", data)
        return cls(token, opcode ^ _REPLY, Status(status) if status in _STATUSES else Status.FAILED)

    def __bytes__(self) -> bytes:
        return _BARE.pack(self.opcode | _REPLY, self.token, self.status)


Reply = Started | Stopped | RateSet | RangesSet | Pong | Refused

_STATUSES = frozenset(Status)
_REPLIES: dict[int, type[Reply]] = {kind.opcode | _REPLY: kind for kind in (Started, Stopped, RateSet, RangesSet, Pong)}


def decode_reply(data: Buffer) -> Reply:
    """Decode an indication of the Control characteristic; bytes behind the known ones are ignored.

    Raises
    ------
    ProtocolError
        If it is no reply, is the successful reply to an unknown command, is cut, or has a field out of range.

    Examples
    --------
    >>> decode_reply(bytes.fromhex("85 07 00 40 42 0f 00"))
    Pong(token=7, time_us=1000000)
    >>> decode_reply(bytes.fromhex("81 08 02"))
    Refused(token=8, opcode=1, status=<Status.BUSY: 2>)
    """
    data = bytes(data)
    opcode, _, status = unpack("reply", _BARE, data)[:3]
    if opcode >= _REPLY and status != Status.OK:
        return Refused.from_bytes(data)
    kind = _REPLIES.get(opcode)
    if kind is None:
        raise ProtocolError(f"unknown reply opcode {opcode:#04x}", data)
    return kind.from_bytes(data)


def refusal(data: Buffer) -> Refused | None:
    """Return what firmware owes to a write that `decode_command` rejects; None where it owes nothing.

    Examples
    --------
    >>> refusal(bytes.fromhex("7e 09"))
    Refused(token=9, opcode=126, status=<Status.UNSUPPORTED: 3>)
    >>> refusal(b"") is None
    True
    """
    data = bytes(data)
    if len(data) < 2 or data[0] >= _REPLY:
        return None
    status = Status.BAD_VALUE if data[0] in frozenset(Opcode) else Status.UNSUPPORTED
    return Refused(data[1], data[0], status)
