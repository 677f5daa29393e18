"""A recording written all at once, from what is already known: the same header and events give the same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from .container import Container
from .files import whole_file
from .model import GattEvent, Header, Marker

CHUNK_SIZE = 1 << 16
"""Bytes per chunk: compresses well, and a bad sector still costs only half a minute."""


def write_recording(
    path: str | os.PathLike[str], header: Header, events: Iterable[GattEvent | Marker], *, overwrite: bool = False
) -> None:
    """Write a recording with a full index (viewers want one); it appears when it is whole.

    Parameters
    ----------
    path
        The new file.
    header
        Says what is recorded.
    events
        In the order in which they happened.
    overwrite
        Replace a file that exists.

    Raises
    ------
    RecordingError
        The file exists and ``overwrite`` is False, or it cannot be written.
    ValueError
        An event of a sensor that is not in the header, a malformed UUID, or a time before the clock's zero.
    """
    with whole_file(Path(path), overwrite=overwrite) as file:
        container = Container(file, header, chunk_size=CHUNK_SIZE, index_messages=True)
        for event in events:
            container.put(event)
        container.finish()
