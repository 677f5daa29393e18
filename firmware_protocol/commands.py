"""Commands: what the computer writes to the Control characteristic.

In: the bytes of a write. Out: one of five values, by `decode_command`. Each carries a token that the reply
repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import ClassVar, Self

from firmware_protocol.errors import ProtocolError
from firmware_protocol.wire import Buffer, blame, check_length, check_uint, unpack


class Opcode(IntEnum):
    """First byte of a command; a reply's is 0x80 higher."""

    START = 0x01
    STOP = 0x02
    SET_RATE = 0x03
    SET_RANGES = 0x04
    PING = 0x05


_BARE = Struct("<BB")
_SET_RATE = Struct("<BBH")
_SET_RANGES = Struct("<BBHH")


def _fields(opcode: Opcode, layout: Struct, data: bytes) -> tuple[int, ...]:
    """Everything behind the opcode, which must be `opcode`."""
    check_length("command", data, _BARE.size)
    if data[0] != opcode:
        raise ProtocolError(f"opcode is {data[0]:#04x}, expected {opcode:#04x}", data)
    return unpack(opcode.name, layout, data)[1:]


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a stream; answered by `Started`."""

    opcode: ClassVar[Opcode] = Opcode.START
    token: int

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode a write, or raise ProtocolError."""
        return cls(*_fields(cls.opcode, _BARE, bytes(data)))

    def __bytes__(self) -> bytes:
        return _BARE.pack(self.opcode, self.token)


@dataclass(frozen=True, slots=True)
class Stop:
    """End the stream, if there is one; answered by `Stopped`."""

    opcode: ClassVar[Opcode] = Opcode.STOP
    token: int

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode a write, or raise ProtocolError."""
        return cls(*_fields(cls.opcode, _BARE, bytes(data)))

    def __bytes__(self) -> bytes:
        return _BARE.pack(self.opcode, self.token)


@dataclass(frozen=True, slots=True)
class SetRate:
    """Sample at `rate_hz` (1 to 65535 Hz) or the nearest rate there is; answered by `RateSet`."""

    opcode: ClassVar[Opcode] = Opcode.SET_RATE
    token: int
    rate_hz: int

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)
        check_uint("rate_hz", self.rate_hz, 16, smallest=1)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode a write, or raise ProtocolError."""
        data = bytes(data)
        with blame(data):
            return cls(*_fields(cls.opcode, _SET_RATE, data))

    def __bytes__(self) -> bytes:
        return _SET_RATE.pack(self.opcode, self.token, self.rate_hz)


@dataclass(frozen=True, slots=True)
class SetRanges:
    """Measure up to these full scales (1 to 65535) or the next larger ones; answered by `RangesSet`."""

    opcode: ClassVar[Opcode] = Opcode.SET_RANGES
    token: int
    acc_range_g: int
    gyr_range_dps: int

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)
        check_uint("acc_range_g", self.acc_range_g, 16, smallest=1)
        check_uint("gyr_range_dps", self.gyr_range_dps, 16, smallest=1)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode a write, or raise ProtocolError."""
        data = bytes(data)
        with blame(data):
            return cls(*_fields(cls.opcode, _SET_RANGES, data))

    def __bytes__(self) -> bytes:
        return _SET_RANGES.pack(self.opcode, self.token, self.acc_range_g, self.gyr_range_dps)


@dataclass(frozen=True, slots=True)
class Ping:
    """Ask for the sensor's clock; answered by `Pong`."""

    opcode: ClassVar[Opcode] = Opcode.PING
    token: int

    def __post_init__(self) -> None:
        check_uint("token", self.token, 8)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode a write, or raise ProtocolError."""
        return cls(*_fields(cls.opcode, _BARE, bytes(data)))

    def __bytes__(self) -> bytes:
        return _BARE.pack(self.opcode, self.token)


Command = Start | Stop | SetRate | SetRanges | Ping

_COMMANDS: dict[int, type[Command]] = {kind.opcode: kind for kind in (Start, Stop, SetRate, SetRanges, Ping)}


def decode_command(data: Buffer) -> Command:
    """Decode a write to the Control characteristic; bytes behind the known ones are ignored.

    Raises
    ------
    ProtocolError
        If the opcode is unknown, bytes are missing, or a parameter is out of range; `refusal` has the
        reply to send.

    Examples
    --------
    >>> decode_command(bytes(SetRate(token=1, rate_hz=200)))
    SetRate(token=1, rate_hz=200)
    """
    data = bytes(data)
    check_length("command", data, _BARE.size)
    kind = _COMMANDS.get(data[0])
    if kind is None:
        raise ProtocolError(f"unknown command opcode {data[0]:#04x}", data)
    return kind.from_bytes(data)
