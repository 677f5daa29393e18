"""What goes over the air between an ankle sensor and the program. README.md is the specification.

Each wire type is a frozen value with ``from_bytes`` and ``__bytes__``. Bytes that break the protocol raise
`ProtocolError`; a value that cannot be sent raises ``ValueError`` when it is made. No I/O, nothing
remembered, nothing imported but the standard library.

    Info characteristic      Info (Rate, Scales)
    Motion notifications     MotionPacket
    Control writes           Start, Stop, SetRate, SetRanges, Ping               decode_command
    Control replies          Started, Stopped, RateSet, RangesSet, Pong, Refused decode_reply
"""

from firmware_protocol.commands import Command, Opcode, Ping, SetRanges, SetRate, Start, Stop, decode_command
from firmware_protocol.errors import ProtocolError
from firmware_protocol.info import Info, Rate, Scales
from firmware_protocol.motion import (
    CLIPPED_HIGH,
    CLIPPED_LOW,
    MotionFlags,
    MotionPacket,
    samples_per_notification,
)
from firmware_protocol.replies import (
    Pong,
    RangesSet,
    RateSet,
    Refused,
    Reply,
    Started,
    Status,
    Stopped,
    decode_reply,
    refusal,
)
from firmware_protocol.uuids import UUIDs
from firmware_protocol.wire import PROTOCOL_MAJOR, PROTOCOL_MINOR

__all__ = [
    "CLIPPED_HIGH",
    "CLIPPED_LOW",
    "PROTOCOL_MAJOR",
    "PROTOCOL_MINOR",
    "Command",
    "Info",
    "MotionFlags",
    "MotionPacket",
    "Opcode",
    "Ping",
    "Pong",
    "ProtocolError",
    "RangesSet",
    "Rate",
    "RateSet",
    "Refused",
    "Reply",
    "Scales",
    "SetRanges",
    "SetRate",
    "Start",
    "Started",
    "Status",
    "Stop",
    "Stopped",
    "UUIDs",
    "decode_command",
    "decode_reply",
    "refusal",
    "samples_per_notification",
]
