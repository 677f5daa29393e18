"""One MCAP file being written: the only place that leans on ``mcap.writer``.

What is leaned on beyond its documented surface is checked against the installed version by a test:
``flush()`` ends the chunk in progress, and finished chunks are remembered in a list that can be replaced.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator
from typing import IO

from mcap.records import ChunkIndex
from mcap.writer import CompressionType, IndexType, Writer

from . import wire
from .model import GattEvent, Header, Marker

CHUNK_LIST = "_Writer__chunk_indices"
"""Where ``mcap.writer.Writer`` remembers finished chunks, with half a kilobyte each."""


class Container:
    """Header first, then messages in chunks, then (``finish``) the index and the footer.

    Parameters
    ----------
    stream
        Opened for writing bytes, at its beginning.
    header
        Stored in the metadata record and, guarded by the first chunk's CRC, again in channel 1.
    chunk_size
        A chunk ends at the latest when it holds this many bytes.
    index_messages
        Also index single messages, which viewers like; costs 16 bytes of memory and disk per message.
    """

    def __init__(
        self, stream: IO[bytes], header: Header, *, chunk_size: int = 1 << 20, index_messages: bool = False
    ) -> None:
        self.messages = 0
        self._channels = wire.channels_of(header)
        kinds = IndexType.ALL if index_messages else IndexType.CHUNK | IndexType.METADATA
        self._writer = Writer(stream, chunk_size=chunk_size, compression=CompressionType.ZSTD, index_types=kinds)
        if not index_messages:
            setattr(self._writer, CHUNK_LIST, _ChunkList())
        self._writer.start(wire.PROFILE, f"kickback {header.program}")
        self._describe(header)

    def _describe(self, header: Header) -> None:
        text = header.to_json()
        crc = f"{zlib.crc32(text.encode()):08x}"
        self._writer.add_metadata(wire.METADATA, {"json": text, "crc32": crc})
        marks = self._writer.register_schema(wire.MARKER_SCHEMA, "jsonschema", wire.MARKER_DESCRIPTION)
        gatt = self._writer.register_schema(wire.GATT_SCHEMA, "x-text", wire.GATT_DESCRIPTION)
        self._writer.register_channel(wire.MARKER_TOPIC, "json", marks, {wire.METADATA: text})
        for sensor in header.sensors:
            self._writer.register_channel(wire.topic_of(sensor.number), wire.GATT_ENCODING, gatt)

    def put(self, item: GattEvent | Marker) -> None:
        """Add one event or mark; raises ``ValueError`` as ``wire.encode`` does."""
        self.add(*wire.encode(item, self._channels))

    def add(self, channel: int, host_ns: int, data: bytes) -> None:
        """Add one message to the chunk in progress."""
        self._writer.add_message(channel, host_ns, data, host_ns, self.messages & 0xFFFFFFFF)
        self.messages += 1

    def add_metadata(self, name: str, data: dict[str, str]) -> None:
        """Add a metadata record."""
        self._writer.add_metadata(name, data)

    def end_chunk(self) -> None:
        """Finish the chunk in progress, if it holds a message, and flush the stream."""
        self._writer.flush()  # type: ignore[no-untyped-call]

    def finish(self) -> None:
        """Write the index and the footer; nothing can be added afterwards."""
        self._writer.finish()  # type: ignore[no-untyped-call]


class _ChunkList:
    """What mcap's writer asks of a list of ``ChunkIndex``, in 48 bytes a chunk.

    Four chunks a second are 14,400 an hour: 0.7 MB here, 5.8 MB as objects.
    """

    def __init__(self) -> None:
        self._numbers = array("Q")

    def append(self, chunk: ChunkIndex) -> None:
        """Remember one chunk (without message indexes, compressed by zstd)."""
        self._numbers.extend(
            (
                chunk.message_start_time,
                chunk.message_end_time,
                chunk.chunk_start_offset,
                chunk.chunk_length,
                chunk.compressed_size,
                chunk.uncompressed_size,
            )
        )

    def __iter__(self) -> Iterator[ChunkIndex]:
        for i in range(0, len(self._numbers), 6):
            start, end, offset, length, compressed, uncompressed = self._numbers[i : i + 6]
            yield ChunkIndex(
                message_start_time=start,
                message_end_time=end,
                chunk_start_offset=offset,
                chunk_length=length,
                compression="zstd",
                compressed_size=compressed,
                uncompressed_size=uncompressed,
                message_index_offsets={},
                message_index_length=0,
            )
