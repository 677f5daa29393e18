"""A complete copy of a recording that was cut off or damaged."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .container import Container
from .files import whole_file
from .model import GattEvent
from .reader import Recording, open_recording
from .whole import CHUNK_SIZE


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """What a recovery brought over.

    Attributes
    ----------
    events, markers
        How many are in the copy.
    seconds
        Host time from the recording's start to its last event.
    lost
        One line: what the original lacks (``Ending.reason``).
    """

    events: int
    markers: int
    seconds: float
    lost: str


def recover(source: str | os.PathLike[str], destination: str | os.PathLike[str]) -> RecoveryReport:
    """Copy every intact event into a new, closed recording with a full index (viewers want one).

    The copy appears when it is whole and never replaces a file. What was lost is also noted inside it.

    Raises
    ------
    RecordingError
        The source is no recording, or the destination exists or cannot be written.
    """
    recording = open_recording(source)
    with whole_file(Path(destination), overwrite=False) as file:
        container = Container(file, recording.header, chunk_size=CHUNK_SIZE, index_messages=True)
        report = _copy(recording, container)
        container.end_chunk()
        container.add_metadata("recovered", {"from": recording.path.name, "lost": report.lost})
        container.finish()
    return report


def _copy(recording: Recording, container: Container) -> RecoveryReport:
    events = markers = 0
    for item in recording:
        container.put(item)
        if isinstance(item, GattEvent):
            events += 1
        else:
            markers += 1
    last_ns = recording.ending.last_host_ns
    seconds = 0.0 if last_ns is None else (last_ns - recording.header.origin_ns) / 1e9
    return RecoveryReport(events, markers, seconds, recording.ending.reason)
