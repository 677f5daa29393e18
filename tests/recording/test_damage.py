"""Whatever happens to a file, its reader says so in one line and hands over nothing that was not recorded."""

from __future__ import annotations

import io
import zlib
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.opcode import Opcode
from mcap.writer import Writer

from tracker.recording import (
    Ending,
    GattEvent,
    Header,
    Marker,
    RecordingError,
    open_recording,
    recover,
)
from tracker.recording.frames import Frames

Items = list[GattEvent | Marker]


def read(path: Path, data: bytes) -> tuple[Header, Items, Ending] | None:
    """What the reader makes of these bytes; None for a ``RecordingError`` of one line."""
    path.write_bytes(data)
    try:
        recording = open_recording(path)
    except RecordingError as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert said.startswith(f"{path}: ")
        assert "\n" not in said
        return None
    items = list(recording)
    assert "\n" not in recording.ending.reason
    return recording.header, items, recording.ending


def is_subsequence(part: Items, whole: Items) -> bool:
    rest = iter(whole)
    return all(item in rest for item in part)


def chunks_of(data: bytes) -> list[tuple[int, int]]:
    frames = Frames(io.BytesIO(data), len(data))
    return [(frame.offset, frame.end) for frame in frames if frame.opcode == Opcode.CHUNK]


def test_cut_anywhere(recorded: Path, header: Header, items: Items, tmp_path: Path) -> None:
    data = recorded.read_bytes()
    ends = [end for _, end in chunks_of(data)]
    known = 0
    for size in range(len(data)):
        got = read(tmp_path / "cut.mcap", data[:size])
        if got is None:
            assert known == 0, "a longer prefix never reads worse"
            assert size < ends[0]
            continue
        read_header, events, ending = got
        assert read_header == header
        assert events == items[: len(events)]
        assert len(events) >= known, "a longer prefix never reads worse"
        known = len(events)
        assert not ending.complete
        assert "not closed" in ending.reason
        assert ending.last_host_ns == (events[-1].host_ns if events else None)
        if size < ends[-1]:
            intact = max((end for end in ends if end <= size), default=0)
            assert ending.lost_at is not None
            assert ending.lost_at >= intact
            assert ending.lost_at + ending.bytes_lost == size
    assert known == len(items)


def check_damaged(path: Path, data: bytes, header: Header, items: Items) -> int | None:
    got = read(path, data)
    if got is None:
        return None
    read_header, events, ending = got
    assert read_header == header
    assert is_subsequence(events, items)
    if len(events) < len(items):
        assert not ending.complete, "a loss is never silent"
        assert ending.events_lost in (None, len(items) - len(events))
    return len(events)


def test_flip_a_bit_of_every_byte(recorded: Path, header: Header, items: Items, tmp_path: Path) -> None:
    data = recorded.read_bytes()
    largest = max(end - start for start, end in chunks_of(data))
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << (at * 5 % 8)
        count = check_damaged(tmp_path / "flip.mcap", flipped, header, items)
        if at >= 8:
            assert count is not None, f"one bit in byte {at} made everything unreadable"
            assert count >= len(items) - 4, f"byte {at}: one bit cost more than a chunk of {largest} bytes"


def test_flip_every_bit_of_a_chunk(recorded: Path, header: Header, items: Items, tmp_path: Path) -> None:
    data = recorded.read_bytes()
    start, end = chunks_of(data)[-1]
    for at in range(start * 8, end * 8):
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        count = check_damaged(tmp_path / "flip.mcap", flipped, header, items)
        assert count is not None
        assert count >= len(items) - 4


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_overwrite_or_cut_out_any_stretch(
    recorded: Path,
    header: Header,
    items: Items,
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    whole = recorded.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 400))
    junk = data.draw(st.binary(max_size=200) | st.just(bytes(length)))
    path = tmp_path_factory.getbasetemp() / "stretch.mcap"
    check_damaged(path, whole[:start] + junk + whole[start + length :], header, items)


@given(st.binary(max_size=2000))
@settings(deadline=None)
def test_any_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.mcap"
    assert read(path, data) is None
    assert read(path, b"\x89MCAP0\r\n" + data) is None


def test_a_damaged_chunk_costs_only_itself(recorded: Path, header: Header, items: Items, tmp_path: Path) -> None:
    data = bytearray(recorded.read_bytes())
    start, end = chunks_of(data)[3]
    data[end - 5] ^= 0xFF
    got = read(tmp_path / "a.mcap", data)
    assert got is not None
    _, events, ending = got
    assert events[-1] == items[-1]
    assert 1 <= len(items) - len(events) <= 4
    assert ending.lost_at == start
    assert ending.bytes_lost == end - start
    assert ending.events_lost == len(items) - len(events)
    assert ending.reason == (
        f"{ending.events_lost} events are lost; "
        f"{end - start} damaged bytes were skipped from byte {start} on; last event at 2.50 s"
    )


def test_the_header_is_stored_twice(recorded: Path, header: Header, items: Items, tmp_path: Path) -> None:
    data = bytearray(recorded.read_bytes())
    at = data.index(b'"cable"')
    data[at : at + 7] = b'"table"'
    got = read(tmp_path / "a.mcap", data)
    assert got is not None
    assert got[0] == header
    assert got[1] == items


def other_mcap() -> bytes:
    stream = io.BytesIO()
    writer = Writer(stream)
    writer.start("ros2", "someone")
    writer.add_metadata("rosbag2", {"a": "b"})
    channel = writer.register_channel("/imu", "cdr", writer.register_schema("imu", "ros2msg", b"float64 x"))
    writer.add_message(channel, 1, b"1234", 1)
    writer.finish()
    return stream.getvalue()


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb0043000302020302020303030304")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty, expected an MCAP recording"),
        (JPEG * 50, "byte 0: not an MCAP file: it begins with ff d8 ff e0 00 10 4a 46"),
        (b"\x89MCA", "byte 4: cut off after 4 bytes"),
        (other_mcap(), "an MCAP file of something else: no metadata record 'kickback', so not a recording"),
    ],
)
def test_files_that_are_no_recording(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.mcap"
    path.write_bytes(data)
    for attempt in (lambda: open_recording(path), lambda: recover(path, tmp_path / "b.mcap")):
        with pytest.raises(RecordingError) as caught:
            attempt()
        assert str(caught.value).startswith(f"{path}: ")
        assert str(caught.value).endswith(said)
    assert [file.name for file in tmp_path.iterdir()] == ["a.mcap"], "nothing half-written"


def test_a_header_alone_is_a_recording_without_events(recorded: Path, header: Header, tmp_path: Path) -> None:
    data = recorded.read_bytes()
    got = read(tmp_path / "a.mcap", data[: chunks_of(data)[0][0]])
    assert got is not None
    assert got[:2] == (header, [])
    assert not got[2].complete
    assert got[2].reason == f"not closed: it ends at byte {chunks_of(data)[0][0]}"


def test_a_newer_recording_is_refused(tmp_path: Path, header: Header) -> None:
    stream = io.BytesIO()
    writer = Writer(stream)
    writer.start("kickback", "kickback 9")
    text = header.to_json().replace('"schema":1', '"schema":2')
    writer.add_metadata("kickback", {"json": text, "crc32": f"{zlib.crc32(text.encode()):08x}"})
    writer.finish()
    path = tmp_path / "a.mcap"
    path.write_bytes(stream.getvalue())
    with pytest.raises(RecordingError, match=r"byte \d+: made by a newer program \(schema 2\)"):
        open_recording(path)


def test_a_missing_file_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"no\.mcap: cannot open: no such file"):
        open_recording(tmp_path / "no.mcap")
    with pytest.raises(RecordingError, match=r"cannot (open|read)"):
        open_recording(tmp_path)


def test_a_length_from_the_file_is_no_allocation(recorded: Path, tmp_path: Path) -> None:
    data = bytearray(recorded.read_bytes())
    start, _ = chunks_of(data)[2]
    data[start + 25 : start + 33] = (2**62).to_bytes(8, "little")
    assert check_damaged(tmp_path / "a.mcap", data, open_recording(recorded).header, list(open_recording(recorded)))
    data[start + 1 : start + 9] = (2**62).to_bytes(8, "little")
    assert check_damaged(tmp_path / "a.mcap", data, open_recording(recorded).header, list(open_recording(recorded)))


def test_a_recording_can_be_left_early(recorded: Path, items: Items) -> None:
    assert list(islice(open_recording(recorded), 5)) == items[:5]
