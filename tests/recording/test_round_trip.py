"""What was written is what is read, whoever reads it."""

from __future__ import annotations

import json
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.reader import make_reader
from mcap.records import Message, Metadata
from mcap.stream_reader import StreamReader

from tracker.recording import (
    SCHEMA,
    GattEvent,
    Header,
    Marker,
    MarkerKind,
    Operation,
    RecordingError,
    RecordingWriter,
    SensorEntry,
    open_recording,
    wire,
)

texts = st.text(max_size=20)
sides = st.sampled_from([None, "left", "right"])
times = st.integers(0, 2**64 - 1)
headers = st.builds(
    Header,
    program=texts,
    session=st.uuids().map(str),
    started_at=texts,
    origin_ns=st.integers(0, 2**63),
    sensors=st.lists(
        st.builds(
            SensorEntry,
            number=st.integers(0, 65535),
            family=texts,
            name=texts,
            address=texts,
            side=sides,
            protocol=st.none() | st.integers(0, 255),
            info=st.binary(max_size=40),
        ),
        max_size=4,
        unique_by=lambda sensor: sensor.number,
    ).map(tuple),
    exercise=st.none() | texts,
    working_side=sides,
    load_kg=st.none() | st.floats(0, 500),
    notes=texts,
)


def items_of(header: Header) -> st.SearchStrategy[list[GattEvent | Marker]]:
    numbers = [sensor.number for sensor in header.sensors]
    markers = st.builds(Marker, times, st.sampled_from(list(MarkerKind)), texts, st.none() | st.integers(0, 65535))
    if not numbers:
        return st.lists(markers, max_size=10)
    events = st.builds(
        GattEvent,
        times,
        st.sampled_from(numbers),
        st.sampled_from(list(Operation)),
        st.uuids().map(str),
        st.binary(max_size=244),
    )
    return st.lists(events | markers, max_size=30)


def record(path: Path, header: Header, items: list[GattEvent | Marker]) -> None:
    with RecordingWriter(path, header) as writer:
        for item in items:
            if isinstance(item, GattEvent):
                writer.write(item)
            else:
                writer.mark(item)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_was_written_is_read(data: st.DataObject) -> None:
    header = data.draw(headers)
    items = data.draw(items_of(header))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mcap"
        record(path, header, items)
        recording = open_recording(path)
        assert recording.header == header
        assert list(recording) == items
        assert list(recording) == items, "a second pass reads the same"
        assert recording.ending.complete
        assert recording.ending.events_lost == 0
        assert recording.ending.bytes_lost == 0


@pytest.mark.parametrize("load", ["NaN", "Infinity", "-1", "1e5", "1" + "0" * 400, "true", '"5"'])
def test_a_load_in_a_header_is_a_load(load: str) -> None:
    text = Header("0", "s", "", 0, (), load_kg=5.0).to_json()
    assert '"load_kg":5.0' in text
    with pytest.raises(ValueError, match="load_kg"):
        Header.from_json(text.replace('"load_kg":5.0', f'"load_kg":{load}'))
    if load[0] in "NI-":
        with pytest.raises(ValueError, match="load_kg"):
            Header("0", "s", "", 0, (), load_kg=float(load))


@given(headers)
def test_a_header_survives_json(header: Header) -> None:
    assert Header.from_json(header.to_json()) == header
    assert Header.from_json(header.to_json()).to_json() == header.to_json()


def test_unknown_fields_are_ignored(header: Header) -> None:
    described = json.loads(header.to_json()) | {"weather": "rain"}
    described["sensors"][0]["colour"] = "red"
    assert Header.from_json(json.dumps(described)) == header


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": SCHEMA + 1}, "newer program"),
        ({"schema": "1"}, "'schema' is not a whole number"),
        ({"schema": True}, "'schema' is not a whole number"),
        ({"sensors": None}, "'sensors' is not a list"),
        ({"sensors": [1]}, "sensor is not a JSON object"),
        ({"working_side": "both"}, "'working_side' is 'both'"),
        ({"load_kg": "7"}, "'load_kg' is not a number"),
        ({"notes": None}, "'notes' is not text"),
    ],
)
def test_a_wrong_field_is_named(header: Header, change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Header.from_json(json.dumps(json.loads(header.to_json()) | change))


def test_sensor_numbers_are_unique(header: Header) -> None:
    with pytest.raises(ValueError, match="unique"):
        replace(header, sensors=(SensorEntry(1, "a"), SensorEntry(1, "b")))


def test_other_mcap_readers_understand_it(recorded: Path, header: Header, items: list[GattEvent | Marker]) -> None:
    with recorded.open("rb") as file:
        records = list(StreamReader(file, validate_crcs=True).records)
        messages = [record for record in records if isinstance(record, Message)]
        assert [message.log_time for message in messages] == [item.host_ns for item in items]
        assert [message.sequence for message in messages] == list(range(len(items)))
        described = [record for record in records if isinstance(record, Metadata)]
        assert Header.from_json(described[0].metadata["json"]) == header
    with recorded.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        found = list(reader.iter_messages(topics=[wire.topic_of(7)]))
        events = [item for item in items if isinstance(item, GattEvent) and item.sensor == 7]
        assert [message.data[wire.HEAD_SIZE :] for _, _, message in found] == [e.data for e in events]
        assert found[0][0] is not None
        assert found[0][0].data == wire.GATT_DESCRIPTION
        summary = reader.get_summary()
        assert summary is not None
        assert len(summary.chunk_indexes) >= 9
        assert summary.statistics is not None
        assert summary.statistics.message_count == len(items)


def test_the_ending_is_not_known_before_the_end(recorded: Path) -> None:
    recording = open_recording(recorded)
    with pytest.raises(RuntimeError):
        recording.ending  # noqa: B018
    next(iter(recording))
    with pytest.raises(RuntimeError):
        recording.ending  # noqa: B018


def test_a_mark_of_a_kind_yet_unknown_becomes_a_note() -> None:
    assert wire.decode_marker(5, b'{"kind":"rest","text":"90 s"}') == Marker(5, MarkerKind.NOTE, "rest: 90 s")
    for junk in (b"", b"[]", b"{}", b"\xff", b'{"kind":1}'):
        with pytest.raises(ValueError):  # noqa: PT011 any of JSON's
            wire.decode_marker(5, junk)


@given(st.binary(max_size=40))
def test_any_message_head_is_decoded_or_refused(data: bytes) -> None:
    try:
        operation, text = wire.decode_head(data[: wire.HEAD_SIZE])
    except ValueError:
        return
    assert bytes([operation]) + uuid.UUID(text).bytes == data[: wire.HEAD_SIZE]


@pytest.mark.parametrize("bad", ["2a19", "0000FE40-CC7A-482A-984A-7F2ED5B3E58F", "", "x"])
def test_a_malformed_uuid_is_refused_at_the_call(tmp_path: Path, header: Header, bad: str) -> None:
    with RecordingWriter(tmp_path / "a.mcap", header) as writer:
        with pytest.raises(ValueError):  # noqa: PT011 uuid's own or ours
            writer.write(GattEvent(1, 1, Operation.READ, bad, b""))
        with pytest.raises(ValueError, match="sensor 3 is not in"):
            writer.write(GattEvent(1, 3, Operation.READ, str(uuid.UUID(int=1)), b""))
        with pytest.raises(ValueError, match="host_ns -1"):
            writer.mark(Marker(-1, MarkerKind.NOTE))
    assert list(open_recording(tmp_path / "a.mcap")) == []


def test_a_recording_is_never_overwritten(recorded: Path, header: Header) -> None:
    before = recorded.read_bytes()
    with pytest.raises(RecordingError, match="already exists"):
        RecordingWriter(recorded, header)
    assert recorded.read_bytes() == before


def test_a_folder_that_is_missing_is_named(tmp_path: Path, header: Header) -> None:
    with pytest.raises(RecordingError, match=r"no/a\.mcap: cannot create: no such file"):
        RecordingWriter(tmp_path / "no" / "a.mcap", header)


def test_a_closed_recording_takes_nothing_more(tmp_path: Path, header: Header) -> None:
    writer = RecordingWriter(tmp_path / "a.mcap", header)
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="is closed"):
        writer.mark(Marker(1, MarkerKind.NOTE))
