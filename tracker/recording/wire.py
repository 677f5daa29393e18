"""How events lie in an MCAP message. The texts below are stored in every recording: it explains itself.

A message's ``log_time`` is the event's ``host_ns``; its ``sequence`` counts all messages of the file from
0, which lets a reader say how many were lost. Channel 1 holds the marks, channel ``2 + i`` the header's
sensor number ``i``: fixed, so that a damaged first chunk (where MCAP describes its channels) does not make
the later ones unreadable.
"""

from __future__ import annotations

import json
import uuid
from functools import lru_cache

from .model import GattEvent, Header, Marker, MarkerKind, Operation

PROFILE = "kickback"
METADATA = "kickback"
"""Name of the MCAP metadata record with the header (keys ``json`` and ``crc32``), and of its key in channel
1."""

GATT_SCHEMA = "kickback.GattEvent"
GATT_ENCODING = "x-kickback-gatt"
GATT_DESCRIPTION = b"""\
One GATT read, write or notification of one sensor (topic /sensor/N/gatt).
byte 0      operation: 1 read, 2 write, 3 notify, 4 write without response, 5 indicate
byte 1..16  UUID of the characteristic, in the order in which it is printed
byte 17..   the bytes that went over the air, untouched
log_time is the recording host's monotonic clock, ns; the metadata record "kickback" ties it to the calendar
and describes the sensors. sequence counts all messages of the file from 0.
"""
MARKER_SCHEMA = "kickback.Marker"
MARKER_TOPIC = "/markers"
MARKER_DESCRIPTION = json.dumps(
    {
        "type": "object",
        "properties": {
            "kind": {"enum": [kind.value for kind in MarkerKind]},
            "text": {"type": "string"},
            "sensor": {"type": "integer"},
        },
        "required": ["kind"],
    }
).encode()

MARKER_CHANNEL = 1

_OPERATIONS = {operation.value: operation for operation in Operation}
_KINDS = {kind.value: kind for kind in MarkerKind}


def topic_of(sensor: int) -> str:
    """Topic of a sensor's channel."""
    return f"/sensor/{sensor}/gatt"


def channels_of(header: Header) -> dict[int, int]:
    """Sensor number → channel id."""
    return {sensor.number: MARKER_CHANNEL + 1 + i for i, sensor in enumerate(header.sensors)}


def encode(item: GattEvent | Marker, channels: dict[int, int]) -> tuple[int, int, bytes]:
    """Channel, ``log_time`` and data of the message for one event or mark.

    Raises
    ------
    ValueError
        A sensor without a channel, a malformed UUID, or a time before the clock's zero.
    """
    if not 0 <= item.host_ns < 1 << 64:
        raise ValueError(f"host_ns {item.host_ns} is not a clock's reading in nanoseconds")
    if isinstance(item, Marker):
        return MARKER_CHANNEL, item.host_ns, _encode_marker(item)
    if item.sensor not in channels:
        raise ValueError(f"sensor {item.sensor} is not in the recording's header")
    return channels[item.sensor], item.host_ns, _head(item.operation, item.uuid) + item.data


@lru_cache(maxsize=1024)
def _head(operation: int, text: str) -> bytes:
    value = uuid.UUID(text)
    if str(value) != text:
        raise ValueError(f"a UUID is written like {value}, not {text!r}")
    return bytes([Operation(operation)]) + value.bytes


@lru_cache(maxsize=1024)
def decode_head(head: bytes) -> tuple[Operation, str]:
    """Operation and UUID from the first 17 bytes of a message.

    Raises
    ------
    ValueError
        An unknown operation, or too few bytes.
    """
    operation = _OPERATIONS.get(head[0]) if len(head) == HEAD_SIZE else None
    if operation is None:
        raise ValueError(f"{head.hex()} does not begin a GATT message")
    return operation, str(uuid.UUID(bytes=head[1:]))


HEAD_SIZE = 17


def _encode_marker(marker: Marker) -> bytes:
    described: dict[str, object] = {"kind": marker.kind.value, "text": marker.text}
    if marker.sensor is not None:
        described["sensor"] = marker.sensor
    return json.dumps(described, separators=(",", ":")).encode()


def decode_marker(host_ns: int, data: bytes) -> Marker:
    """One mark from message data; a kind that this version does not know becomes a note.

    Raises
    ------
    ValueError
        Not a JSON object with a ``kind``.
    """
    described = json.loads(data)
    if not isinstance(described, dict) or not isinstance(described.get("kind"), str):
        raise ValueError("not a marker")
    kind, text, sensor = described["kind"], str(described.get("text", "")), described.get("sensor")
    number = sensor if isinstance(sensor, int) else None
    if kind in _KINDS:
        return Marker(host_ns, _KINDS[kind], text, number)
    return Marker(host_ns, MarkerKind.NOTE, f"{kind}: {text}", number)
