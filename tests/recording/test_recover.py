"""A recovered copy is complete, holds every intact event, and replaces nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from mcap.reader import make_reader

from tracker.recording import GattEvent, Marker, RecordingError, files, open_recording, recover

Items = list[GattEvent | Marker]


@pytest.fixture
def cut(recorded: Path, tmp_path: Path) -> Path:
    path = tmp_path / "cut.mcap"
    path.write_bytes(recorded.read_bytes()[:2600])
    return path


def test_a_cut_recording_becomes_whole(cut: Path, recorded: Path, tmp_path: Path) -> None:
    intact = list(open_recording(cut))
    report = recover(cut, tmp_path / "whole.mcap")
    copy = open_recording(tmp_path / "whole.mcap")
    assert list(copy) == intact
    assert copy.header == open_recording(recorded).header
    assert copy.ending.complete
    assert report.events == sum(isinstance(item, GattEvent) for item in intact) > 0
    assert report.markers == sum(isinstance(item, Marker) for item in intact)
    assert report.seconds == pytest.approx((intact[-1].host_ns - 5_000_000_000) / 1e9)
    assert "not closed" in report.lost


def test_viewers_get_a_full_index_and_are_told_what_is_missing(cut: Path, tmp_path: Path) -> None:
    report = recover(cut, tmp_path / "whole.mcap")
    with (tmp_path / "whole.mcap").open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        summary = reader.get_summary()
        assert summary is not None
        assert all(index.message_index_offsets for index in summary.chunk_indexes)
        notes = {record.name: record.metadata for record in reader.iter_metadata()}
    assert notes["recovered"] == {"from": "cut.mcap", "lost": report.lost}


def test_a_whole_recording_may_be_copied(recorded: Path, items: Items, tmp_path: Path) -> None:
    report = recover(recorded, tmp_path / "copy.mcap")
    assert report.lost == "complete"
    assert (report.events, report.markers) == (25, 2)
    assert list(open_recording(tmp_path / "copy.mcap")) == items


def test_nothing_is_overwritten(cut: Path, tmp_path: Path) -> None:
    (tmp_path / "there.mcap").write_text("mine")
    with pytest.raises(RecordingError, match="already exists"):
        recover(cut, tmp_path / "there.mcap")
    with pytest.raises(RecordingError, match="already exists"):
        recover(cut, cut)
    assert (tmp_path / "there.mcap").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.mcap", "there.mcap"]


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def lose_the_race() -> None:
        with files.whole_file(path, overwrite=False):
            path.write_text("first")

    with pytest.raises(RecordingError, match="already exists"):
        lose_the_race()
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_file_that_fails_halfway_never_appears(tmp_path: Path, overwrite: bool) -> None:
    def fail() -> None:
        with files.whole_file(tmp_path / "a", overwrite=overwrite) as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(RecordingError, match="cannot write: no space left on device"):
        fail()
    assert not list(tmp_path.iterdir())


def test_without_hard_links_nothing_is_overwritten_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(files.os, "link", refuse)
    with files.whole_file(tmp_path / "a", overwrite=False) as file:
        file.write(b"once")
    assert (tmp_path / "a").read_bytes() == b"once"
    with (
        pytest.raises(RecordingError, match="already exists"),
        files.whole_file(tmp_path / "b", overwrite=False),
    ):
        (tmp_path / "b").write_text("first")
    assert (tmp_path / "b").read_text() == "first"
