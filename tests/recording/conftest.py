"""Small recordings to take apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.recording import (
    GattEvent,
    Header,
    Marker,
    MarkerKind,
    Operation,
    RecordingWriter,
    SensorEntry,
)

UUID = "0000fe40-cc7a-482a-984a-7f2ed5b3e58f"


@pytest.fixture(scope="session")
def header() -> Header:
    return Header(
        program="0.1.0",
        session="6f1b1f0e-2a57-4c58-9e0e-1d7b6d5c9a11",
        started_at="2025-03-01T18:30:00+01:00",
        origin_ns=5_000_000_000,
        sensors=(
            SensorEntry(1, "kickback", "ankle", "C0:FF:EE:00:00:01", "left", 1, bytes(range(8))),
            SensorEntry(7, "other", "", "C0:FF:EE:00:00:02"),
        ),
        exercise="cable",
        working_side="left",
        load_kg=7.5,
        notes="Knöchel",
    )


@pytest.fixture(scope="session")
def items() -> list[GattEvent | Marker]:
    """Two and a half seconds of two sensors, with a mark."""
    made: list[GattEvent | Marker] = [GattEvent(5_000_000_000, 1, Operation.READ, UUID, b"")]
    for i in range(24):
        at = 5_100_000_000 + i * 100_000_000
        made.append(GattEvent(at, (1, 7)[i % 2], Operation.NOTIFY, UUID, bytes([i] * (i % 5 * 8))))
    made.insert(9, Marker(5_800_000_000, MarkerKind.SET_END))
    made.append(Marker(7_500_000_000, MarkerKind.STRAP_MOVED, "nach außen", 7))
    return made


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory, header: Header, items: list[GattEvent | Marker]) -> Path:
    """Those, recorded and closed."""
    path = tmp_path_factory.mktemp("recorded") / "small.mcap"
    with RecordingWriter(path, header) as writer:
        for item in items:
            if isinstance(item, GattEvent):
                writer.write(item)
            else:
                writer.mark(item)
    return path
