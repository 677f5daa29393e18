"""Writing a recording while it happens: a crash costs a quarter of a second, a power cut about one second.

In: ``GattEvent`` and ``Marker``, in the order in which they happened. Out: an MCAP file. The caller is
never made to wait for the disk: values are encoded at once (so that nonsense is refused at the call) and
queued; one thread ends the chunk every quarter of a second, another brings the bytes to the disk every
second. What remains in memory is the last quarter of a second and 48 bytes per chunk.

When the disk refuses (full, gone), the file is cut back to its last intact chunk, nothing more is written,
and the next call raises ``RecordingError``.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from . import wire
from .container import Container
from .files import sync_data, sync_directory, why
from .model import GattEvent, Header, Marker, RecordingError

FLUSH_S = 0.25
"""A chunk spans no more than this: what a killed process loses."""
SYNC_S = 1.0
"""What a power cut may lose beyond that; more often wears flash and blocks slow cards."""
QUEUE_LIMIT = 4096
"""Events waiting for the thread before the caller writes them itself (only when converting in bulk)."""

_CHUNK_NS = int(FLUSH_S * 1e9)


class RecordingWriter:
    """A recording in progress.

    Use as a context manager, or call ``close``. All methods may be called from any thread.

    Parameters
    ----------
    path
        The new file; it must not exist.
    header
        Says what is recorded; written at once.

    Raises
    ------
    RecordingError
        The file exists or cannot be created.
    """

    def __init__(self, path: str | os.PathLike[str], header: Header) -> None:
        self.path = Path(path)
        self.header = header
        self._channels = wire.channels_of(header)
        self._queue: deque[tuple[int, int, bytes]] = deque()
        self._disk = threading.Lock()
        self._stop = threading.Event()
        self._failure: RecordingError | None = None
        self._told = False
        self._closed = False
        self._chunk_ns: int | None = None
        self._kept = _Kept()
        self._sink = _create(self.path)
        try:
            self._container = Container(cast("IO[bytes]", self._sink), header)
            self._end_chunk()
        except OSError as error:
            self._sink.close()
            self.path.unlink(missing_ok=True)
            raise RecordingError(self.path, f"cannot write: {why(error)}") from error
        sync_directory(self.path.parent)
        self._threads = (
            threading.Thread(target=self._flush_loop, name="recording-flush", daemon=True),
            threading.Thread(target=self._sync_loop, name="recording-sync", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def write(self, event: GattEvent) -> None:
        """Record one piece of GATT traffic.

        Raises
        ------
        ValueError
            A sensor that is not in the header, a malformed UUID, or a time before the clock's zero.
        RecordingError
            An earlier event could not be written; says what was kept.
        """
        self._put(*wire.encode(event, self._channels))

    def mark(self, marker: Marker) -> None:
        """Record a mark. Raises as ``write`` does."""
        self._put(*wire.encode(marker, self._channels))

    def close(self) -> None:
        """Write what is queued, the index and the footer, and bring all to the disk; twice does no harm.

        Raises
        ------
        RecordingError
            Something could not be written, and no earlier call said so.
        """
        if self._closed:
            return
        self._closed = True
        self._stop.set()
        for thread in self._threads:
            thread.join()
        with self._disk:
            self._drain()
            self._finish()
        if not self._told:
            self._tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except RecordingError as failure:
            if error is None:
                raise
            error.add_note(str(failure))

    def _put(self, channel: int, host_ns: int, data: bytes) -> None:
        self._tell()
        if self._closed:
            raise ValueError(f"{self.path}: the recording is closed")
        self._queue.append((channel, host_ns, data))
        if len(self._queue) >= QUEUE_LIMIT:
            with self._disk:
                self._drain()

    def _tell(self) -> None:
        if self._failure is not None:
            self._told = True
            raise self._failure

    def _flush_loop(self) -> None:
        while not self._stop.wait(FLUSH_S):
            with self._disk:
                self._drain()

    def _sync_loop(self) -> None:
        synced = 0
        while not self._stop.wait(SYNC_S):
            size = self._kept.size
            if size > synced and self._failure is None:
                try:
                    self._sink.sync()
                except OSError as error:
                    with self._disk:
                        self._fail(error)
                synced = size

    def _drain(self) -> None:
        """Write what is queued and end the chunk; the caller holds ``_disk``."""
        if self._failure is not None:
            self._queue.clear()
            return
        try:
            while self._queue:
                self._add(*self._queue.popleft())
            self._end_chunk()
        except OSError as error:
            self._fail(error)

    def _add(self, channel: int, host_ns: int, data: bytes) -> None:
        if self._chunk_ns is not None and not 0 <= host_ns - self._chunk_ns < _CHUNK_NS:
            self._end_chunk()
        if self._chunk_ns is None:
            self._chunk_ns = host_ns
        self._container.add(channel, host_ns, data)
        self._kept.pending_ns = host_ns

    def _end_chunk(self) -> None:
        self._container.end_chunk()
        self._chunk_ns = None
        self._kept.settle(self._sink.size, self._container.messages)

    def _finish(self) -> None:
        try:
            if self._failure is None:
                self._container.finish()
                self._sink.flush()
                self._sink.sync()
        except OSError as error:
            self._fail(error)
        finally:
            with contextlib.suppress(OSError):
                self._sink.close()

    def _fail(self, error: OSError) -> None:
        self._queue.clear()
        self._sink.cut(self._kept.size)
        seconds = max(0.0, (self._kept.last_ns - self.header.origin_ns) / 1e9)
        kept = f"{self._kept.messages} events, {seconds:.1f} s, are kept"
        if not self._kept.messages:
            kept = "no event is kept"
        failure = RecordingError(self.path, f"cannot write ({why(error)}); {kept}", f"byte {self._kept.size}")
        failure.__cause__ = error
        self._failure = failure


class _Kept:
    """What lies in the file in intact chunks."""

    def __init__(self) -> None:
        self.size = 0
        self.messages = 0
        self.last_ns = 0
        self.pending_ns = 0

    def settle(self, size: int, messages: int) -> None:
        self.size, self.messages, self.last_ns = size, messages, self.pending_ns


def _create(path: Path) -> _Sink:
    try:
        return _Sink(open(path, "xb", buffering=0))  # noqa: PTH123 unbuffered, owned by the sink
    except FileExistsError as error:
        raise RecordingError(path, "already exists and is never overwritten") from error
    except OSError as error:
        raise RecordingError(path, f"cannot create: {why(error)}") from error


class _Sink:
    """The stream that mcap writes to: collects, and hands each chunk to the system in one piece."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._pending = bytearray()
        self.size = 0
        """Bytes handed to the system."""

    def write(self, data: bytes) -> int:
        self._pending += data
        return len(data)

    def tell(self) -> int:
        return self.size + len(self._pending)

    def flush(self) -> None:
        while self._pending:
            written = self._raw.write(self._pending)
            self.size += written
            del self._pending[:written]

    def sync(self) -> None:
        sync_data(self._raw.fileno())

    def cut(self, size: int) -> None:
        """Forget what is pending and everything behind ``size``."""
        self._pending.clear()
        with contextlib.suppress(OSError):
            self._raw.truncate(size)
        self.size = size

    def close(self) -> None:
        self._raw.close()
