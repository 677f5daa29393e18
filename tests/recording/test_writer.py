"""Killed, out of space, on a slow or dying disk: what a recording keeps, and what its caller is told."""

from __future__ import annotations

import errno
import io
import os
import random
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tracker.recording import (
    GattEvent,
    Header,
    Marker,
    MarkerKind,
    Operation,
    RecordingError,
    RecordingWriter,
    SensorEntry,
    open_recording,
    writer,
)

UUID = "0000fe40-cc7a-482a-984a-7f2ed5b3e58f"
HEADER = Header("0.1.0", "s", "2025-03-01T18:30:00+01:00", 0, (SensorEntry(1, "kickback"),))

WRITE_FOREVER = f"""
import os, sys, time
from tracker.recording import *
header = Header("0.1.0", "s", "2025-03-01T18:30:00+01:00", time.monotonic_ns(), (SensorEntry(1, "kickback"),))
writer = RecordingWriter(sys.argv[1], header)
while True:
    now = time.monotonic_ns()
    writer.write(GattEvent(now, 1, Operation.NOTIFY, {UUID!r}, os.urandom(128)))
    os.write(1, b"%d\\n" % now)
    time.sleep(0.01)
"""


def notifications(count: int, size: int = 128, *, rate_hz: int = 10) -> Iterator[GattEvent]:
    noise = random.Random(1)
    for i in range(count):
        at = i * 1_000_000_000 // rate_hz
        yield GattEvent(at, 1, Operation.NOTIFY, UUID, noise.randbytes(size))


def test_killed_at_any_moment(tmp_path: Path) -> None:
    moments = random.Random(0)
    paths = [tmp_path / f"{i}.mcap" for i in range(6)]
    children = [
        subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, str(path)], stdout=subprocess.PIPE) for path in paths
    ]
    outputs = []
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(moments.uniform(0.05, 0.7))
        child.kill()
        outputs.append(child.communicate()[0])
    for path, output in zip(paths, outputs, strict=True):
        written = [int(line) for line in output.split(b"\n")[:-1]]
        recording = open_recording(path)
        read = [item.host_ns for item in recording]
        assert not recording.ending.complete
        kept_ns = read[-1] if read else recording.header.origin_ns
        assert set(written[: len(read) - 1]) <= set(read)
        assert (written[-1] - kept_ns) / 1e9 < 0.5


def test_the_last_event_is_flushed_though_nothing_follows(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    with RecordingWriter(path, HEADER) as recorder:
        events = list(notifications(3))
        for event in events:
            recorder.write(event)
        deadline = time.monotonic() + 2
        while list(open_recording(path)) != events and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list(open_recording(path)) == events
        assert "not closed" in "".join(ending_of(path).reason)
    assert ending_of(path).complete


def ending_of(path: Path) -> Any:
    recording = open_recording(path)
    for _ in recording:
        pass
    return recording.ending


class Disk(io.FileIO):
    """A file on a disk with limits."""

    def __init__(self, path: Path, room: int, error: int = errno.ENOSPC, wait_s: float = 0.0) -> None:
        super().__init__(path, "x+")
        self.room = room
        self.error = error
        self.wait_s = wait_s

    def write(self, data: Any) -> int:
        time.sleep(self.wait_s)
        left = self.room - self.tell()
        if left <= 0:
            raise OSError(self.error, os.strerror(self.error))
        return super().write(bytes(data[:left]))


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def put(room: int = 1 << 40, **limits: Any) -> None:
        monkeypatch.setattr(writer, "_create", lambda path: writer._Sink(Disk(path, room, **limits)))

    return put


def write_until_told(recorder: RecordingWriter, count: int = 20_000, wait_s: float = 0.0) -> None:
    for event in notifications(count):
        recorder.write(event)
        time.sleep(wait_s)
    recorder.close()


@pytest.mark.parametrize("room", [2500, 5000, 50_001, 123_456])
def test_a_full_disk(tmp_path: Path, on_disk: Callable[..., None], room: int) -> None:
    on_disk(room)
    path = tmp_path / "a.mcap"
    recorder = RecordingWriter(path, HEADER)
    with pytest.raises(RecordingError) as caught:
        write_until_told(recorder)
    recording = open_recording(path)
    events = list(recording)
    assert events == list(notifications(len(events)))
    assert recording.ending.bytes_lost == 0, "cut back to the last intact chunk"
    size = path.stat().st_size
    assert size <= room
    assert str(caught.value) == (
        f"{path}: byte {size}: cannot write (no space left on device); "
        + (f"{len(events)} events, {events[-1].host_ns / 1e9:.1f} s, are kept" if events else "no event is kept")
    )
    with pytest.raises(RecordingError):
        recorder.mark(Marker(0, MarkerKind.NOTE))
    recorder.close()
    assert path.stat().st_size == size


def test_a_disk_too_full_for_a_header(tmp_path: Path, on_disk: Callable[..., None]) -> None:
    on_disk(100)
    with pytest.raises(RecordingError, match="cannot write: no space left"):
        RecordingWriter(tmp_path / "a.mcap", HEADER)
    assert not list(tmp_path.iterdir())


def test_no_room_for_the_footer(tmp_path: Path, on_disk: Callable[..., None]) -> None:
    whole = tmp_path / "whole.mcap"
    with RecordingWriter(whole, HEADER) as recorder:
        for event in notifications(20):
            recorder.write(event)
    on_disk(whole.stat().st_size - 10)
    recorder = RecordingWriter(tmp_path / "a.mcap", HEADER)
    for event in notifications(20):
        recorder.write(event)
    with pytest.raises(RecordingError, match=r"20 events, 1\.9 s, are kept"):
        recorder.close()
    assert list(open_recording(tmp_path / "a.mcap")) == list(notifications(20))


def test_an_error_in_the_block_is_not_hidden(tmp_path: Path, on_disk: Callable[..., None]) -> None:
    on_disk(3000)

    def record() -> None:
        with RecordingWriter(tmp_path / "a.mcap", HEADER) as recorder:
            for event in notifications(100):
                recorder.write(event)
            raise KeyError("something else")

    with pytest.raises(KeyError) as caught:
        record()
    assert "no space left" in "".join(caught.value.__notes__)


def test_a_failure_in_the_background_reaches_the_next_call(tmp_path: Path, on_disk: Callable[..., None]) -> None:
    on_disk(2000, error=errno.EIO)
    with RecordingWriter(tmp_path / "a.mcap", HEADER) as recorder:
        for event in notifications(100):
            recorder.write(event)
        time.sleep(0.6)
        with pytest.raises(RecordingError, match="input/output error"):
            recorder.mark(Marker(0, MarkerKind.NOTE))


def test_a_dying_disk_is_noticed_when_syncing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(writer, "SYNC_S", 0.05)
    monkeypatch.setattr(writer, "sync_data", fail)
    recorder = RecordingWriter(tmp_path / "a.mcap", HEADER)
    with pytest.raises(RecordingError, match="input/output error"):
        write_until_told(recorder, 1000, wait_s=0.005)
    recorder.close()


def test_the_disk_is_synced_while_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(writer, "SYNC_S", 0.05)
    monkeypatch.setattr(writer, "sync_data", lambda _fd: synced.append(threading.current_thread().name))
    with RecordingWriter(tmp_path / "a.mcap", HEADER) as recorder:
        recorder.mark(Marker(0, MarkerKind.NOTE))
        time.sleep(0.6)
        assert synced == ["recording-sync"] * 2, "after the header and after the mark, then there is no need"
    assert len(synced) == 3


def test_a_slow_disk_does_not_hold_up_the_caller(tmp_path: Path, on_disk: Callable[..., None]) -> None:
    on_disk(wait_s=0.2)
    longest = 0.0
    with RecordingWriter(tmp_path / "a.mcap", HEADER) as recorder:
        for event in notifications(100):
            before = time.perf_counter()
            recorder.write(event)
            longest = max(longest, time.perf_counter() - before)
            time.sleep(0.005)
        recorder._queue.clear()  # the disk would need 10 s for these
    assert longest < 0.1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file size")
def test_a_limit_of_the_system(tmp_path: Path) -> None:
    program = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from tracker.recording import *
header = Header("0.1.0", "s", "", 0, (SensorEntry(1, "kickback"),))
with RecordingWriter(sys.argv[1], header) as writer:
    for i in range(10_000):
        writer.write(GattEvent(i * 100_000_000, 1, Operation.NOTIFY, {UUID!r}, bytes(range(128))))
"""
    path = tmp_path / "a.mcap"
    ran = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert "RecordingError: " in ran.stderr
    assert "file too large" in ran.stderr
    assert len(list(open_recording(path))) > 50


@pytest.mark.skipif(sys.platform != "linux", reason="needs tmpfs")
def test_a_real_full_disk(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("not allowed to mount a tmpfs")
    try:
        recorder = RecordingWriter(tmp_path / "a.mcap", HEADER)
        with pytest.raises(RecordingError, match="no space left on device"):
            write_until_told(recorder)
        recorder.close()
        events = list(open_recording(tmp_path / "a.mcap"))
        assert len(events) > 200
        assert events == list(notifications(len(events)))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_many_threads_may_write(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    with RecordingWriter(path, HEADER) as recorder:
        threads = [
            threading.Thread(target=lambda: [recorder.write(e) for e in notifications(2000, 8)]) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(list(open_recording(path))) == 8000
    assert ending_of(path).complete


def test_an_hour_in_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    with RecordingWriter(path, HEADER) as recorder:
        for event in notifications(36_000):
            recorder.write(event)
    assert path.stat().st_size < 10e6
    before = time.perf_counter()
    count = sum(1 for _ in open_recording(path))
    assert count == 36_000
    assert time.perf_counter() - before < 2.0, "0.2 s when nothing else runs"


def test_memory_does_not_grow_with_messages(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "a.mcap", HEADER) as recorder:

        def remembered(count: int) -> int:
            for event in notifications(count):
                recorder.write(event)
            with recorder._disk:
                recorder._drain()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        try:
            before = remembered(4000)
            after = remembered(12_000)
        finally:
            tracemalloc.stop()
    assert (after - before) / 12_000 < 24, "bytes per message: 16 for its chunk in the index"
