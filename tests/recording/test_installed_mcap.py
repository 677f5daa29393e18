"""Exactly what is leaned on in the installed mcap, beyond its documented surface."""

from __future__ import annotations

import io

from mcap.records import ChunkIndex
from mcap.stream_reader import StreamReader
from mcap.writer import IndexType, Writer

from tracker.recording import Header
from tracker.recording.container import CHUNK_LIST, Container, _ChunkList


def test_flush_ends_the_chunk_in_progress() -> None:
    stream = io.BytesIO()
    writer = Writer(stream)
    writer.start()
    channel = writer.register_channel("/a", "json", 0)
    for i in range(3):
        writer.add_message(channel, i, b"{}", i)
        before = stream.tell()
        writer.flush()  # type: ignore[no-untyped-call]
        assert stream.tell() > before
    writer.flush()  # type: ignore[no-untyped-call]
    writer.finish()  # type: ignore[no-untyped-call]
    stream.seek(0)
    records = list(StreamReader(stream, emit_chunks=True).records)
    assert [type(record).__name__ for record in records].count("Chunk") == 3


def test_the_list_of_chunks_is_where_we_replace_it() -> None:
    writer = Writer(io.BytesIO())
    assert getattr(writer, CHUNK_LIST) == []
    container = Container(io.BytesIO(), Header("0", "s", "", 0, ()))
    assert isinstance(getattr(container._writer, CHUNK_LIST), _ChunkList)


def test_replacing_it_changes_no_byte() -> None:
    ours, theirs = io.BytesIO(), io.BytesIO()
    for stream, replace in ((ours, True), (theirs, False)):
        writer = Writer(stream, index_types=IndexType.CHUNK)
        if replace:
            setattr(writer, CHUNK_LIST, _ChunkList())
        writer.start()
        channel = writer.register_channel("/a", "json", 0)
        for i in range(20):
            writer.add_message(channel, i, bytes(i), i)
            if i % 3 == 0:
                writer.flush()  # type: ignore[no-untyped-call]
        writer.finish()  # type: ignore[no-untyped-call]
    assert ours.getvalue() == theirs.getvalue()


def test_a_chunk_index_has_no_more_than_we_keep() -> None:
    assert set(ChunkIndex.__dataclass_fields__) == {
        "chunk_length",
        "chunk_start_offset",
        "compression",
        "compressed_size",
        "message_end_time",
        "message_index_length",
        "message_index_offsets",
        "message_start_time",
        "uncompressed_size",
    }
