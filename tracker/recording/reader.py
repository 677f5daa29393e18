"""Reading a recording, whole or not: every intact event in file order, and one line about what is lost.

A chunk stands for itself, so a damaged one is skipped, with a note, and reading goes on behind it: a bad
sector costs a quarter of a second, not the rest of the workout. A file that was cut off ends at its last
intact chunk.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, Footer, Metadata, Statistics

from . import wire
from .files import why
from .frames import MAGIC, Frame, Frames, Unpacker
from .model import GattEvent, Header, Marker, RecordingError

_BAD_RECORD = (struct.error, ValueError, McapError, IndexError)
"""What mcap's record parsers raise on bytes that are no such record."""

_RECORD = struct.Struct("<BQ")
_MESSAGE = struct.Struct("<HIQQ")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a recording ends.

    Attributes
    ----------
    complete
        Closed by its writer, and no event is missing.
    reason
        One line for people: what is missing and where.
    events_lost
        How many events are known to be missing; None if that cannot be known (the file was cut off).
    bytes_lost
        Bytes that could not be understood.
    lost_at
        Offset of the first of them, or of the end of a file that was cut off between two records.
    last_host_ns
        Host time of the last event that was read; None if there is none.
    """

    complete: bool
    reason: str
    events_lost: int | None
    bytes_lost: int
    lost_at: int | None
    last_host_ns: int | None


class Recording:
    """A recording on disk. Iterating reads it from the beginning, any number of times.

    Attributes
    ----------
    path
        The file.
    header
        What was recorded.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self.header = header
        self._ending: Ending | None = None

    @property
    def ending(self) -> Ending:
        """How it ends; known once an iteration has reached the end.

        Raises
        ------
        RuntimeError
            No iteration has reached the end yet.
        """
        if self._ending is None:
            raise RuntimeError("the ending is known once the recording has been read to its end")
        return self._ending

    def __iter__(self) -> Iterator[GattEvent | Marker]:
        with _open(self.path) as file:
            scan = _Scan(file, self.path)
            for events in scan.events(self.header):
                yield from events
            self._ending = scan.ending(self.header)


def open_recording(path: str | os.PathLike[str]) -> Recording:
    """Open a recording and read its header.

    Raises
    ------
    RecordingError
        The file cannot be opened, is not a recording, its header is damaged, or a newer program made it.
    """
    path = Path(path)
    with _open(path) as file:
        return Recording(path, _Scan(file, path).header())


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise RecordingError(path, f"cannot open: {why(error)}") from error


class _Scan:
    """One pass through a file."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._path = path
        self._size = _check_magic(file, path)
        self._file = file
        self._frames = Frames(file, self._size)
        self._unpacker = Unpacker()
        self._sensors: dict[int, int] = {}
        self._next = 0
        self._missing = 0
        self._last_ns: int | None = None
        self._promised: int | None = None
        self._closed = False
        self._index_damaged = False

    def header(self) -> Header:
        """Find the header: in the metadata record or, should that be damaged, in the first chunk."""
        try:
            return self._find_header()
        except OSError as error:
            raise self._unreadable(error) from error

    def _find_header(self) -> Header:
        profile = b""
        for frame in self._frames:
            if frame.opcode == Opcode.HEADER:
                profile = frame.body
            text = _header_text(frame, self._unpacker)
            if text is not None:
                return self._parse_header(text, frame.offset)
            if frame.opcode in (Opcode.CHUNK, Opcode.MESSAGE, Opcode.DATA_END):
                break
        raise self._no_header(profile)

    def _no_header(self, profile: bytes) -> RecordingError:
        end = self._frames.end
        if end >= self._size or (wire.PROFILE.encode() in profile and not self._frames.damage):
            what = f"cut off or damaged before its header was complete ({self._size} bytes)"
        elif wire.PROFILE.encode() in profile:
            what = "its header is damaged"
        else:
            what = f"an MCAP file of something else: no metadata record {wire.METADATA!r}, so not a recording"
        return RecordingError(self._path, what, f"byte {min(end, self._size)}")

    def _parse_header(self, text: str, offset: int) -> Header:
        try:
            return Header.from_json(text)
        except json.JSONDecodeError as error:
            raise RecordingError(self._path, f"header is not JSON: {error.msg}", f"byte {offset}") from error
        except ValueError as error:
            raise RecordingError(self._path, str(error), f"byte {offset}") from error

    def events(self, header: Header) -> Iterator[list[GattEvent | Marker]]:
        """Yield each intact chunk's events."""
        self._sensors = {channel: number for number, channel in wire.channels_of(header).items()}
        try:
            for frame in self._frames:
                if frame.opcode == Opcode.CHUNK:
                    yield self._chunk(frame)
                elif frame.opcode == Opcode.STATISTICS:
                    self._promised = _promised(frame.body)
                elif frame.opcode == Opcode.FOOTER:
                    self._close(frame)
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> RecordingError:
        return RecordingError(self._path, f"cannot read: {why(error)}", f"byte {self._frames.end}")

    def _close(self, frame: Frame) -> None:
        head = _RECORD.pack(frame.opcode, len(frame.body))
        crc = zlib.crc32(frame.body[:16], zlib.crc32(head, self._frames.summary_crc))
        stored = Footer.read(ReadDataStream(BytesIO(frame.body))).summary_crc
        self._index_damaged = stored not in (0, crc)
        self._closed = self._file.read(len(MAGIC)) == MAGIC

    def _chunk(self, frame: Frame) -> list[GattEvent | Marker]:
        records = self._unpacker.unpack(frame.body)
        try:
            if records is not None:
                return self._decode(records)
        except _BAD_RECORD:
            pass
        self._frames.damage.append((frame.offset, frame.end))
        return []

    def _decode(self, records: bytes) -> list[GattEvent | Marker]:
        events: list[GattEvent | Marker] = []
        sensors, expected, missing, last_ns = self._sensors, self._next, 0, self._last_ns
        at, end = 0, len(records)
        while at < end:
            opcode, length = _RECORD.unpack_from(records, at)
            at += _RECORD.size
            stop = at + length
            if stop > end:
                raise ValueError("record longer than its chunk")
            if opcode == Opcode.MESSAGE:
                channel, sequence, host_ns, _ = _MESSAGE.unpack_from(records, at)
                at += _MESSAGE.size
                skipped = (sequence - expected) & 0xFFFFFFFF
                missing += skipped if skipped < 1 << 31 else 0
                expected = (sequence + 1) & 0xFFFFFFFF
                if channel == wire.MARKER_CHANNEL:
                    events.append(wire.decode_marker(host_ns, records[at:stop]))
                elif channel in sensors:
                    operation, uuid = wire.decode_head(records[at : at + wire.HEAD_SIZE])
                    data = records[at + wire.HEAD_SIZE : stop]
                    events.append(GattEvent(host_ns, sensors[channel], operation, uuid, data))
                last_ns = host_ns
            at = stop
        self._next, self._missing, self._last_ns = expected, self._missing + missing, last_ns
        return events

    def ending(self, header: Header) -> Ending:
        """Sum up, after ``events`` is exhausted."""
        damage = sorted(self._frames.damage)
        if not self._closed:
            damage.append((self._frames.end, self._size))
        trusted = self._closed and self._promised is not None and not self._index_damaged
        missing = self._missing
        if trusted and self._promised is not None:
            missing = max(missing, self._promised - self._next + self._missing)
        complete = self._closed and missing == 0 and not self._lost_data(damage, trusted)
        return Ending(
            complete=complete,
            reason=self._reason(header, damage, missing, complete),
            events_lost=missing if self._closed else None,
            bytes_lost=sum(end - start for start, end in damage),
            lost_at=damage[0][0] if damage else None,
            last_host_ns=self._last_ns,
        )

    def _lost_data(self, damage: list[tuple[int, int]], trusted: bool) -> bool:
        # with a trusted count, a damaged stretch that held no event (a description, an index) is no loss
        return bool(damage) and not trusted

    def _reason(self, header: Header, damage: list[tuple[int, int]], missing: int, complete: bool) -> str:
        if complete:
            harmless = bool(damage) or self._index_damaged
            return "complete" + ("; an index or description is damaged, no event is lost" if harmless else "")
        parts = []
        if missing:
            parts.append(f"{missing} events are lost")
        torn = damage if self._closed else damage[:-1]
        if torn:
            size = sum(end - start for start, end in torn)
            parts.append(f"{size} damaged bytes were skipped from byte {torn[0][0]} on")
        if not self._closed:
            start, end = damage[-1]
            rest = f", {end - start} bytes of an unfinished piece are lost" if end > start else ""
            parts.append(f"not closed: it ends at byte {start}{rest}")
        if self._last_ns is not None:
            parts.append(f"last event at {(self._last_ns - header.origin_ns) / 1e9:.2f} s")
        return "; ".join(parts)


def _check_magic(file: IO[bytes], path: Path) -> int:
    try:
        size = os.fstat(file.fileno()).st_size
        start = file.read(len(MAGIC))
    except OSError as error:
        raise RecordingError(path, f"cannot read: {why(error)}") from error
    if not start:
        raise RecordingError(path, "the file is empty, expected an MCAP recording")
    if start != MAGIC:
        if MAGIC.startswith(start):
            raise RecordingError(path, f"cut off after {len(start)} bytes", f"byte {len(start)}")
        raise RecordingError(path, f"not an MCAP file: it begins with {start.hex(' ')}", "byte 0")
    return size


def _header_text(frame: Frame, unpacker: Unpacker) -> str | None:
    """Return the header's JSON if this record holds it, intact."""
    try:
        if frame.opcode == Opcode.METADATA:
            record = Metadata.read(ReadDataStream(BytesIO(frame.body)))
            text = record.metadata.get("json", "")
            crc = f"{zlib.crc32(text.encode()):08x}"
            if record.name == wire.METADATA and record.metadata.get("crc32") == crc:
                return str(text)
        if frame.opcode == Opcode.CHUNK:
            return _header_in_chunk(unpacker.unpack(frame.body) or b"")
    except _BAD_RECORD:
        pass
    return None


def _header_in_chunk(records: bytes) -> str | None:
    at = 0
    while at < len(records):
        opcode, length = _RECORD.unpack_from(records, at)
        at += _RECORD.size
        if opcode == Opcode.CHANNEL:
            channel = Channel.read(ReadDataStream(BytesIO(records[at : at + length])))
            if channel.topic == wire.MARKER_TOPIC and wire.METADATA in channel.metadata:
                return str(channel.metadata[wire.METADATA])
        at += length
    return None


def _promised(body: bytes) -> int | None:
    """Return how many events the summary says there are."""
    try:
        return int(Statistics.read(ReadDataStream(BytesIO(body))).message_count)
    except _BAD_RECORD:
        return None
