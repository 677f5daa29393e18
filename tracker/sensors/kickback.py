"""Our own sensor (`firmware_protocol`): GATT traffic in, packets out.

In: `GattEvent` of one sensor: reads of Info, replies on Control, notifications of Motion; everything else
gives nothing. Out: `Packet` in SI units; one without samples first, where a stream begins. Remembered: Info
as it is in force, and the stream: its number, boot id and scales.

Rule: **a stream keeps the scales and boot id it began with; a packet belongs to a stream by its number.**
The reply to START announces a stream. Where that reply is missing (a recording that begins later), the first
stream is believed at once and any further one at its second packet in a row; packets of an announced stream's
predecessors are dropped. Nonsense is counted and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from firmware_protocol import (
    CLIPPED_HIGH,
    CLIPPED_LOW,
    Info,
    MotionPacket,
    ProtocolError,
    RangesSet,
    RateSet,
    Refused,
    SetRanges,
    SetRate,
    Start,
    Started,
    Stop,
    UUIDs,
    decode_reply,
)
from firmware_protocol.commands import Command
from tracker.motion.clock import Packet
from tracker.motion.samples import Array, Mask
from tracker.recording.model import GattEvent, Operation
from tracker.sensors.driver import SENT, SensorDriver
from tracker.sensors.steps import Read, Step, Subscribe, Unsubscribe, Write

_INFO, _MOTION, _CONTROL = str(UUIDs.INFO), str(UUIDs.MOTION), str(UUIDs.CONTROL)
_REPLY = 0x80
_RAW = np.dtype("<i2")
_LOW, _HIGH = (value.to_bytes(2, "little", signed=True) for value in (CLIPPED_LOW, CLIPPED_HIGH))


@dataclass(frozen=True, slots=True, eq=False)
class _Stream:
    """What was in force when a stream began."""

    number: int
    boot_id: int
    scale: Array
    announced: Started | None


class KickbackSensor(SensorDriver):
    """The driver of our own protocol.

    Parameters
    ----------
    rate_hz
        Rate to ask for in `start`, Hz; None leaves the sensor's.
    ranges
        Full scales to ask for in `start`, g and °/s; None leaves the sensor's.

    Attributes
    ----------
    said
        Info as read, with the rate and scales that replies have set since; None before it was read.
    errors, last_error
        How often the sensor sent nonsense; the newest, with its bytes.
    dropped
        Packets that belonged to another stream.
    """

    def __init__(self, *, rate_hz: int | None = None, ranges: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.said: Info | None = None
        self.dropped = 0
        self._rate_hz = rate_hz
        self._ranges = ranges
        self._token = 0
        self._refused: Refused | None = None
        self._stream: _Stream | None = None
        self._held: tuple[MotionPacket, int] | None = None

    @property
    def period_s(self) -> float | None:
        """Sampling period in force, seconds; None before Info was read."""
        return self.said.rate.period_s if self.said else None

    @property
    def info(self) -> bytes:
        """Info as now in force; empty before it was read."""
        return bytes(self.said) if self.said else b""

    def describe(self, info: bytes) -> None:
        """Take Info from a recording's header; a read in the traffic replaces it.

        Raises
        ------
        ProtocolError
            The bytes are not Info.
        """
        self._on_info(Info.from_bytes(info))

    def start(self) -> Iterator[Step]:
        """Yield what to do after connecting so that samples flow: subscribe first, then start."""
        yield from (Subscribe(_CONTROL), Subscribe(_MOTION), Read(_INFO))
        commands: list[Command] = [Stop(self._next_token())]  # what still runs would make the others BUSY
        if self._rate_hz is not None:
            commands.append(SetRate(self._next_token(), self._rate_hz))
        if self._ranges is not None:
            commands.append(SetRanges(self._next_token(), *self._ranges))
        commands.append(Start(self._next_token()))
        for command in commands:
            yield _write(command)
            refused = self._refused
            if refused is not None and refused.token == command.token:
                name, status = command.opcode.name, refused.status.name
                raise ProtocolError(f"the sensor answered {name} with {status}", bytes(refused))

    def stop(self) -> list[Step]:
        """Return what to do before disconnecting."""
        return [_write(Stop(self._next_token())), Unsubscribe(_MOTION), Unsubscribe(_CONTROL)]

    def _take(self, event: GattEvent) -> list[Packet]:
        if event.uuid == _MOTION and event.operation in SENT:
            return self._on_motion(MotionPacket.from_bytes(event.data), event)
        if event.uuid == _CONTROL and event.operation in SENT:
            return self._on_reply(event)
        if event.uuid == _INFO and event.operation is Operation.READ:
            self._on_info(Info.from_bytes(event.data))
        return []

    def _next_token(self) -> int:
        self._token = (self._token + 1) % 256
        return self._token

    def _on_info(self, info: Info) -> None:
        if self._stream is not None and info.boot_id != self._stream.boot_id:
            self._stream = self._held = None  # the sensor restarted: whatever comes is of a new stream
        self.said = info

    def _on_reply(self, event: GattEvent) -> list[Packet]:
        reply = decode_reply(event.data)
        if isinstance(reply, Started):
            return self._on_started(reply, event)
        if isinstance(reply, Refused):
            self._refused = reply
        if self.said is not None and isinstance(reply, RateSet):
            self.said = replace(self.said, rate=reply.rate)
        elif self.said is not None and isinstance(reply, RangesSet):
            self.said = replace(self.said, scales=reply.scales)
        return []

    def _on_started(self, started: Started, event: GattEvent) -> list[Packet]:
        stream = self._stream
        if self.said is None:
            raise ProtocolError("stream started before Info was read", event.data)
        if stream is not None and (stream.number, stream.boot_id) == (started.stream, started.boot_id):
            if stream.announced is None:  # its first packets overtook the reply
                self._stream = _stream(self.said, started.stream, started.boot_id, started)
                return []
            if stream.announced == started:  # some Bluetooth stacks repeat themselves
                return []
        self._stream = _stream(self.said, started.stream, started.boot_id, started)
        held, self._held = self._held, None
        out = [Packet.begin(started.boot_id, started.index, started.time_us, event.host_ns)]
        if held is not None and held[0].stream == started.stream:
            out.append(_decode(self._stream, *held))
        return out

    def _on_motion(self, motion: MotionPacket, event: GattEvent) -> list[Packet]:
        stream = self._stream
        if stream is not None and motion.stream == stream.number:
            self._held = None
            return [_decode(stream, motion, event.host_ns)]
        if self.said is None:
            raise ProtocolError("motion before Info was read", event.data)
        return self._on_unannounced(self.said, motion, event.host_ns)

    def _on_unannounced(self, info: Info, motion: MotionPacket, host_ns: int) -> list[Packet]:
        """Believe in a stream without a START: the first at once, another at its second packet in a row."""
        stream = self._stream
        if stream is not None and stream.announced and not 0 < (motion.stream - stream.number) % 256 < 128:
            self.dropped += 1
            return []
        held, self._held = self._held, (motion, host_ns)
        if stream is not None and (held is None or held[0].stream != motion.stream):
            self.dropped += held is not None
            return []
        self._held = None
        self._stream = stream = _stream(info, motion.stream, info.boot_id, None)
        packets = [_decode(stream, *item) for item in (held, (motion, host_ns)) if item is not None]
        first = packets[0]
        return [Packet.begin(first.boot_id, first.index, first.time_us, first.host_ns), *packets]


def _stream(info: Info, number: int, boot_id: int, announced: Started | None) -> _Stream:
    scale = np.repeat([info.scales.acc_scale, info.scales.gyr_scale], 3)
    return _Stream(number, boot_id, scale, announced)


def _write(command: Command) -> Write:
    return Write(_CONTROL, bytes(command), bytes([command.opcode | _REPLY, command.token]))


def _decode(stream: _Stream, motion: MotionPacket, host_ns: int) -> Packet:
    """Turn raw integers into SI units, contiguous: no later sum can depend on the layout."""
    raw = np.frombuffer(motion.payload, _RAW).reshape(-1, 6)
    rows = raw * stream.scale
    if _LOW in motion.payload or _HIGH in motion.payload:  # cheap, and rarely so
        clipped: Mask = ((raw == CLIPPED_LOW) | (raw == CLIPPED_HIGH)).any(axis=1)
    else:
        clipped = np.zeros(len(raw), dtype=bool)
    return Packet(
        stream.boot_id, motion.index, motion.time_us, host_ns, rows[:, :3].copy(), rows[:, 3:].copy(), clipped
    )
