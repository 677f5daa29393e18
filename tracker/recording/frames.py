"""The records of an MCAP file, one after the other, past whatever is damaged.

In: an open file. Out: ``Frame`` (offset, opcode, body), in file order, and a list of the stretches that
made no sense. MCAP's framing is opcode, length, body; one wrong length and all that follows is out of step.
So a record is believed only if its length fits the file and, for a chunk, agrees with the lengths inside;
otherwise the next chunk is searched by its fixed parts. Nothing here raises on bad bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import zstandard
from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC

MAGIC: bytes = MCAP0_MAGIC
"""First and last bytes of a file."""
RECORD_LIMIT = 1 << 26
"""No record of ours comes near 64 MB; a length beyond it is damage and must not become an allocation."""
_SEARCH_BLOCK = 1 << 20

_RECORD = struct.Struct("<BQ")
_CHUNK = struct.Struct("<QQQII")
_FIXED_LENGTHS = {Opcode.FOOTER: 20, Opcode.DATA_END: 4}
_ZSTD = b"\x04\x00\x00\x00zstd"
_ZSTD_AT = _RECORD.size + _CHUNK.size - 4
"""Where, from a chunk record's first byte, the length and name of its compression stand."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One record: where it begins, what it is, its body."""

    offset: int
    opcode: int
    body: bytes

    @property
    def end(self) -> int:
        """Offset of the byte behind it."""
        return self.offset + _RECORD.size + len(self.body)


class Frames:
    """Iterate once over the records of ``file``, which lies at its beginning, and of ``size`` bytes.

    Attributes
    ----------
    damage
        Stretches (from, to) that were skipped, so far.
    end
        Where reading stopped; less than ``size`` if the rest made no sense.
    summary_crc
        CRC of everything from behind the data's end up to the frame given last, as the footer wants it.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.damage: list[tuple[int, int]] = []
        self.end = len(MAGIC)
        self.summary_crc = 0
        self._file = file
        self._size = size

    def __iter__(self) -> Iterator[Frame]:
        self._file.seek(self.end)
        while self.end < self._size:
            frame = self._read(self.end)
            if frame is None:
                chunk = self._search(self.end + 1)
                if chunk is None:
                    return
                self.damage.append((self.end, chunk))
                self.end = chunk
                self._file.seek(chunk)
                continue
            self.end = frame.end
            yield frame
            if frame.opcode == Opcode.FOOTER:
                return
            self._sum(frame)

    def _read(self, at: int) -> Frame | None:
        head = self._file.read(_RECORD.size)
        if len(head) < _RECORD.size:
            return None
        opcode, length = _RECORD.unpack(head)
        if opcode == 0 or length > min(RECORD_LIMIT, self._size - at - _RECORD.size):
            return None
        if length != _FIXED_LENGTHS.get(opcode, length):
            return None
        body = self._file.read(length)
        if len(body) < length or not _agrees(opcode, body):
            return None
        return Frame(at, opcode, body)

    def _sum(self, frame: Frame) -> None:
        if frame.opcode == Opcode.DATA_END:
            self.summary_crc = 0
        else:
            head = _RECORD.pack(frame.opcode, len(frame.body))
            self.summary_crc = zlib.crc32(frame.body, zlib.crc32(head, self.summary_crc))

    def _search(self, start: int) -> int | None:
        """Offset of the next believable chunk record at or behind ``start``."""
        at = start
        while at < self._size:
            self._file.seek(at)
            block = self._file.read(_SEARCH_BLOCK)
            if len(block) <= _ZSTD_AT:
                return None
            found = block.find(_ZSTD, _ZSTD_AT)
            while found >= 0:
                chunk = at + found - _ZSTD_AT
                self._file.seek(chunk)
                if block[found - _ZSTD_AT] == Opcode.CHUNK and self._read(chunk) is not None:
                    return chunk
                found = block.find(_ZSTD, found + 1)
            at += max(1, len(block) - _ZSTD_AT - len(_ZSTD) + 1)
        return None


def _agrees(opcode: int, body: bytes) -> bool:
    """Whether the lengths inside a record fit the record's own."""
    if opcode == Opcode.CHUNK:
        return chunk_data(body) is not None
    if opcode == Opcode.HEADER:
        return _texts_end(body, 2) == len(body)
    if opcode == Opcode.METADATA:
        pairs = _texts_end(body, 1)
        return pairs + 4 + int.from_bytes(body[pairs : pairs + 4], "little") == len(body)
    return True


def _texts_end(body: bytes, count: int) -> int:
    at = 0
    for _ in range(count):
        at += 4 + int.from_bytes(body[at : at + 4], "little")
    return at


def chunk_data(body: bytes) -> tuple[int, int, str, int] | None:
    """Return uncompressed size, CRC, compression and where the data begin; None if lengths disagree."""
    if len(body) < _CHUNK.size:
        return None
    *_, size, crc, name_length = _CHUNK.unpack_from(body)
    at = _CHUNK.size + name_length + 8
    if name_length > 16 or size > RECORD_LIMIT or at > len(body):
        return None
    (length,) = struct.unpack_from("<Q", body, at - 8)
    if length != len(body) - at:
        return None
    return size, crc, body[_CHUNK.size : at - 8].decode("latin-1"), at


class Unpacker:
    """Chunk bodies to the records inside, verified."""

    def __init__(self) -> None:
        self._zstd = zstandard.ZstdDecompressor()

    def unpack(self, body: bytes) -> bytes | None:
        """Return the uncompressed records of a chunk, or None if they are not what was written."""
        described = chunk_data(body)
        if described is None:
            return None
        size, crc, compression, at = described
        records = self._decompress(body[at:], compression, size)
        if records is None or len(records) != size or (crc and zlib.crc32(records) != crc):
            return None
        return records

    def _decompress(self, data: bytes, compression: str, size: int) -> bytes | None:
        if compression == "":
            return data
        try:
            # a frame that claims another size than its chunk must not be given the memory it asks for
            if compression == "zstd" and zstandard.frame_content_size(data) in (size, -1):
                return bytes(self._zstd.decompress(data, size))
        except zstandard.ZstdError:
            pass
        return None
