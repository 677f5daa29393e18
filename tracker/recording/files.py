"""Files that appear whole or not at all, and that a power cut does not take back."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .model import RecordingError


def why(error: OSError) -> str:
    """Return the operating system's reason in a few words."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def sync_data(fd: int) -> None:
    """Bring a file's bytes to the disk (``fdatasync`` where it exists, else ``fsync``)."""
    getattr(os, "fdatasync", os.fsync)(fd)


def sync_directory(folder: Path) -> None:
    """Bring a folder's entries to the disk, where the system can (Windows cannot, and need not)."""
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


@contextlib.contextmanager
def whole_file(path: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """Write to a temporary neighbour; it takes the name ``path`` only when the block ends well.

    What is no file but has a name (a pipe, ``/dev/stdout``) is written to as it is, never replaced.

    Raises
    ------
    RecordingError
        The file exists and ``overwrite`` is False, or the system refused to write.
    """
    if not overwrite and path.exists():
        raise RecordingError(path, "already exists and is never overwritten")
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as device:
                yield device
            return
        with _temporary_beside(path) as (file, name):
            yield file
            file.flush()
            os.fsync(file.fileno())
            file.close()
            _publish(name, path, overwrite)
    except FileExistsError as error:
        raise RecordingError(path, "already exists and is never overwritten") from error
    except OSError as error:
        raise RecordingError(path, f"cannot write: {why(error)}") from error
    sync_directory(path.parent)


@contextlib.contextmanager
def _temporary_beside(path: Path) -> Iterator[tuple[IO[bytes], str]]:
    fd, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(fd, "wb") as file:
            _give_usual_rights(name)
            yield file, name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 a name, not a Path


def _give_usual_rights(name: str) -> None:
    # mkstemp makes private files; give them what open() would have given
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(name, 0o666 & ~mask)  # noqa: PTH101 a name, not a Path


def _publish(name: str, path: Path, overwrite: bool) -> None:
    if overwrite:
        os.replace(name, path)  # noqa: PTH105 a name, not a Path
        return
    try:
        os.link(name, path)  # fails if the name is taken, which rename does not
    except FileExistsError:
        raise
    except (OSError, AttributeError, NotImplementedError):  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(name, path)  # noqa: PTH105 a name, not a Path
