"""What every wire type needs: lengths checked, numbers checked, blame put where it belongs.

A value out of range is a ``ValueError`` when our own caller made it, and a ``ProtocolError`` when it came
over the air; ``blame`` turns the former into the latter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from struct import Struct
from typing import Any

from firmware_protocol.errors import ProtocolError

PROTOCOL_MAJOR = 1
PROTOCOL_MINOR = 0

LONGEST = 512
"""Bytes in the longest attribute value (Bluetooth Core Specification, Vol 3, Part F, 3.2.9)."""

Buffer = bytes | bytearray | memoryview
"""What Bluetooth libraries hand over."""


def check_length(what: str, data: bytes, shortest: int) -> None:
    """Raise ProtocolError unless `data` has from `shortest` to 512 bytes."""
    if len(data) < shortest:
        raise ProtocolError(f"{what} too short, {len(data)} of at least {shortest} bytes", data)
    if len(data) > LONGEST:
        raise ProtocolError(f"{what} too long, {len(data)} of at most {LONGEST} bytes", data)


def check_major(what: str, major: int, data: bytes) -> None:
    """Raise ProtocolError for a major version that is not ours."""
    if major != PROTOCOL_MAJOR:
        raise ProtocolError(f"{what} has protocol major version {major}, expected {PROTOCOL_MAJOR}", data)


def unpack(what: str, layout: Struct, data: bytes) -> tuple[Any, ...]:
    """Fields at the start of `data`; bytes behind them belong to a later minor version and are ignored."""
    check_length(what, data, layout.size)
    return layout.unpack_from(data)


def check_uint(name: str, value: int, bits: int, *, smallest: int = 0) -> None:
    """Raise ValueError unless `value` is from `smallest` to 2**bits − 1."""
    if not smallest <= value < 1 << bits:
        raise ValueError(f"{name} is {value}, expected {smallest} to {(1 << bits) - 1}")


@contextmanager
def blame(data: bytes) -> Iterator[None]:
    """Within, a ValueError is the fault of `data`, and the error carries it whole."""
    try:
        yield
    except ProtocolError as error:
        raise ProtocolError(error.message, data) from None
    except ValueError as error:
        raise ProtocolError(str(error), data) from None
