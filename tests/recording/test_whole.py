"""Recordings written all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.recording import GattEvent, Header, Marker, MarkerKind, RecordingError, open_recording, write_recording

Items = list[GattEvent | Marker]


def test_what_goes_in_comes_out(tmp_path: Path, header: Header, items: Items) -> None:
    write_recording(tmp_path / "a.mcap", header, items)
    recording = open_recording(tmp_path / "a.mcap")
    assert recording.header == header
    assert list(recording) == items
    assert recording.ending.complete


def test_the_same_gives_the_same_bytes(tmp_path: Path, header: Header, items: Items) -> None:
    write_recording(tmp_path / "a.mcap", header, items)
    write_recording(tmp_path / "b.mcap", header, iter(items))
    assert (tmp_path / "a.mcap").read_bytes() == (tmp_path / "b.mcap").read_bytes()


def test_nothing_is_replaced_unless_asked(tmp_path: Path, header: Header, items: Items) -> None:
    path = tmp_path / "a.mcap"
    write_recording(path, header, items)
    with pytest.raises(RecordingError, match="already exists"):
        write_recording(path, header, [])
    assert list(open_recording(path)) == items
    write_recording(path, header, [], overwrite=True)
    assert list(open_recording(path)) == []


@pytest.mark.parametrize("wrong", [Marker(-1, MarkerKind.NOTE), "sensor", "uuid"])
def test_nonsense_leaves_no_file(tmp_path: Path, header: Header, items: Items, wrong: Marker | str) -> None:
    event = items[0]
    assert isinstance(event, GattEvent)
    number, uuid = (9, event.uuid) if wrong == "sensor" else (event.sensor, event.uuid.upper())
    bad = wrong if isinstance(wrong, Marker) else GattEvent(event.host_ns, number, event.operation, uuid, b"")
    with pytest.raises(ValueError, match=r"host_ns|sensor 9|UUID"):
        write_recording(tmp_path / "a.mcap", header, [*items, bad])
    assert not list(tmp_path.iterdir())
