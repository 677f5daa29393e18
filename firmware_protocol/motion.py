"""Motion notifications: a header of 8 bytes, then 12 bytes per sample.

In: one notification. Out: `MotionPacket`, with the samples still as bytes, because a driver turns them into
an array in one step (``np.frombuffer(packet.payload, "<i2").reshape(-1, 6)``). Nothing is remembered. The
rule: the number of samples follows from the length, and a rest shorter than a sample is ignored.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag
from itertools import chain
from typing import Self

from firmware_protocol.errors import ProtocolError
from firmware_protocol.wire import LONGEST, PROTOCOL_MAJOR, Buffer, check_length, check_major, check_uint

CLIPPED_LOW = -32768
CLIPPED_HIGH = 32767

HEADER_BYTES = 8
SAMPLE_BYTES = 12
MOST_SAMPLES = (LONGEST - HEADER_BYTES) // SAMPLE_BYTES
"""42: as many as the longest attribute value holds."""

SMALLEST_MTU = 23
_ATT_HEADER_BYTES = 3
_BATCHES_PER_S = 10  # at least: a batch of 100 ms is the most a live count can wait for

_HEADER = struct.Struct("<BBHI")
_SAMPLE = struct.Struct("<6h")


class MotionFlags(IntFlag):
    """Low nibble of a notification's first byte."""

    CLIPPED = 0x1
    """Some axis of some sample is at the end of its range."""
    LOST = 0x2
    """The sensor's own queue overflowed just before the first sample."""


_NO_FLAGS = MotionFlags(0)
_KNOWN_FLAGS = MotionFlags.CLIPPED | MotionFlags.LOST
# By low nibble, reserved bits dropped: looking up is several times faster than constructing.
_FLAGS = tuple(MotionFlags(nibble & _KNOWN_FLAGS) for nibble in range(16))


@dataclass(frozen=True, slots=True)
class MotionPacket:
    """One Motion notification.

    Attributes
    ----------
    stream
        Number of the stream, as in the reply to START, 0 to 255.
    index
        Index of the first sample, modulo 2**16.
    time_us
        Time of the first sample, µs since boot, modulo 2**32.
    payload
        The samples: 12 bytes each, six int16 little-endian, acceleration x, y, z, turning rate x, y, z.
    flags
        What befell these samples.

    Raises
    ------
    ValueError
        If a field is out of range, or the payload is not 1 to 42 whole samples.

    Examples
    --------
    >>> packet = MotionPacket.of([(12, -34, 2048, 1, -2, 3)], stream=1, index=65535, time_us=0)
    >>> bytes(packet).hex(" ")
    '10 01 ff ff 00 00 00 00 0c 00 de ff 00 08 01 00 fe ff 03 00'
    >>> MotionPacket.from_bytes(bytes(packet)).samples()
    ((12, -34, 2048, 1, -2, 3),)
    """

    stream: int
    index: int
    time_us: int
    payload: bytes
    flags: MotionFlags = _NO_FLAGS

    def __post_init__(self) -> None:
        check_uint("stream", self.stream, 8)
        check_uint("index", self.index, 16)
        check_uint("time_us", self.time_us, 32)
        if not 0 <= self.flags <= _KNOWN_FLAGS:
            raise ValueError(f"flags is {int(self.flags):#x}, reserved bits are sent as 0")
        count, rest = divmod(len(self.payload), SAMPLE_BYTES)
        if rest or not 0 < count <= MOST_SAMPLES:
            raise ValueError(f"payload has {len(self.payload)} bytes, expected 1 to {MOST_SAMPLES} × {SAMPLE_BYTES}")

    @property
    def count(self) -> int:
        """Number of samples."""
        return len(self.payload) // SAMPLE_BYTES

    def samples(self) -> tuple[tuple[int, ...], ...]:
        """Return the raw integers, a row of six per sample: acceleration x, y, z, turning rate x, y, z."""
        return tuple(_SAMPLE.iter_unpack(self.payload))

    @classmethod
    def of(cls, samples: Iterable[Sequence[int]], *, stream: int, index: int, time_us: int, lost: bool = False) -> Self:
        """Pack rows of six raw integers; CLIPPED is set where one of them says so.

        Parameters
        ----------
        samples
            1 to 42 rows of six, each −32768 to 32767.
        stream, index, time_us
            As the attributes.
        lost
            The sensor's queue overflowed just before.

        Raises
        ------
        ValueError
            If a number does not fit.
        """
        rows = [tuple(row) for row in samples]
        try:
            payload = b"".join(_SAMPLE.pack(*row) for row in rows)
        except struct.error as error:
            raise ValueError(f"a sample is not six integers from {CLIPPED_LOW} to {CLIPPED_HIGH}: {error}") from None
        clipped = any(value in (CLIPPED_LOW, CLIPPED_HIGH) for value in chain.from_iterable(rows))
        flags = MotionFlags(clipped * MotionFlags.CLIPPED | lost * MotionFlags.LOST)
        return cls(stream, index, time_us, payload, flags)

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Decode one notification; reserved flags and a rest of up to 11 bytes are ignored.

        Raises
        ------
        ProtocolError
            If the major version is unknown, or there is no header, no sample, or more than 512 bytes.
        """
        data = bytes(data)
        check_length("motion", data, 1)
        check_major("motion", data[0] >> 4, data)
        check_length("motion", data, HEADER_BYTES)
        count = (len(data) - HEADER_BYTES) // SAMPLE_BYTES
        if not count:
            raise ProtocolError("motion has no whole sample behind its header", data)
        first, stream, index, time_us = _HEADER.unpack_from(data)
        payload = data[HEADER_BYTES : HEADER_BYTES + count * SAMPLE_BYTES]
        return cls(stream, index, time_us, payload, _FLAGS[first & 0xF])

    def __bytes__(self) -> bytes:
        return _HEADER.pack(PROTOCOL_MAJOR << 4 | self.flags, self.stream, self.index, self.time_us) + self.payload


def samples_per_notification(mtu: int, rate_hz: float) -> int:
    """How many samples to send at once: as many as fit, but no more than 100 ms of them, at least one.

    Parameters
    ----------
    mtu
        ATT MTU of the link, bytes, 23 or more.
    rate_hz
        Sampling rate, Hz.

    Raises
    ------
    ValueError
        If the MTU is under 23, or the rate is not positive and finite.

    Examples
    --------
    >>> [samples_per_notification(mtu=247, rate_hz=rate) for rate in (50, 100, 500)]
    [5, 10, 19]
    """
    if mtu < SMALLEST_MTU:
        raise ValueError(f"mtu is {mtu}, expected {SMALLEST_MTU} or more")
    if not (math.isfinite(rate_hz) and rate_hz > 0):
        raise ValueError(f"rate_hz is {rate_hz}, expected a positive number")
    fit = (min(mtu - _ATT_HEADER_BYTES, LONGEST) - HEADER_BYTES) // SAMPLE_BYTES
    return max(1, min(fit, int(rate_hz // _BATCHES_PER_S)))
