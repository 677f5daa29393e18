"""A recording with decoded channels, for viewers such as Foxglove: numbers to plot, events to jump to.

    /left/acceleration  /left/angular_velocity  /left/tilt     as measured, and the angle of each axis to the vertical
    /reps  /sets  /partials  /not_counted  /gaps               what kickback made of it, at the time it ended
    /log                                                       the same in words (foxglove.Log)

Messages are JSON with a JSON Schema; message indexes are written, which raw recordings leave out. A raw recording
cannot be made from this file: it is a view.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from mcap.writer import CompressionType, Writer

from tracker import __version__
from tracker.exports.measured import Measured
from tracker.exports.tables import Row, table
from tracker.exports.workout import Workout
from tracker.motion.orientation import Orienter
from tracker.motion.samples import Array, Samples

VECTOR = {name: {"type": "number"} for name in "xyz"}
TOPICS = {"reps": "/reps", "sets": "/sets", "partials": "/partials", "rejected": "/not_counted", "gaps": "/gaps"}
LOG = {
    "timestamp": {"type": "object", "properties": {"sec": {"type": "integer"}, "nsec": {"type": "integer"}}},
    "level": {"type": "integer"},
    "message": {"type": "string"},
    "name": {"type": "string"},
    "file": {"type": "string"},
    "line": {"type": "integer"},
}
INFO, WARNING = 2, 3
_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
_SLICE = 3000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Message = tuple[int, str, Row]
"""Time in nanoseconds since 1970, topic, content."""


def write(path: Path, workout: Workout, sensors: Sequence[Measured]) -> None:
    """Write the file; where nothing says when it was, it begins in 1970."""
    origin_s = _origin(sensors)
    messages = sorted(_messages(workout, sensors, origin_s), key=lambda message: message[0])
    with path.open("wb") as stream:
        writer = Writer(stream, compression=CompressionType.ZSTD)
        writer.start(profile="", library=f"kickback {__version__}")
        channels = _channels(writer, sensors)
        for sequence, (at_ns, topic, content) in enumerate(messages):
            data = json.dumps(content, allow_nan=False).encode()
            writer.add_message(channels[topic], at_ns, data, at_ns, sequence)
        writer.finish()  # type: ignore[no-untyped-call]


def _origin(sensors: Sequence[Measured]) -> float:
    began = sensors[0].began_at
    # to the microsecond, without the rounding of a float of that size
    return 0.0 if began is None else (began - _EPOCH) / timedelta(seconds=1) - sensors[0].t0_s


def _channels(writer: Writer, sensors: Sequence[Measured]) -> dict[str, int]:
    from tracker.exports.tables import COLUMNS

    def channel(topic: str, name: str, properties: dict[str, Any]) -> int:
        schema = {"type": "object", "properties": properties}
        number = writer.register_schema(name, "jsonschema", json.dumps(schema).encode())
        return writer.register_channel(topic, "json", number)

    out = {}
    for one in sensors:
        for name, unit in (("acceleration", "m/s²"), ("angular_velocity", "rad/s"), ("tilt", "degrees")):
            topic = f"/{_name(one)}/{name}"
            out[topic] = channel(topic, f"kickback.{name}", {k: {**v, "description": unit} for k, v in VECTOR.items()})
    for name, topic in TOPICS.items():
        properties = {column: {"type": [_JSON_TYPES[kind], "null"]} for column, kind in COLUMNS[name].items()}
        out[topic] = channel(topic, f"kickback.{name}", properties)
    out["/log"] = channel("/log", "foxglove.Log", LOG)
    return out


def _messages(workout: Workout, sensors: Sequence[Measured], origin_s: float) -> Iterator[Message]:
    for one in sensors:
        yield from _sampled(one, origin_s)
    for name, topic in TOPICS.items():
        for row in table(workout, name).rows:
            if row["end_s"] is None:  # added by hand, without a place in time
                continue
            at_ns = _ns(origin_s, row["end_s"])
            yield at_ns, topic, row
            yield at_ns, "/log", _said(name, row, at_ns)


def _sampled(one: Measured, origin_s: float) -> Iterator[Message]:
    time_ns = [_ns(origin_s, t) for t in one.time_s.tolist()]
    for name, values in (("acceleration", one.acc), ("angular_velocity", one.gyr), ("tilt", tilt_deg(one))):
        topic = f"/{_name(one)}/{name}"
        for at_ns, vector in zip(time_ns, values.tolist(), strict=True):
            if vector[0] == vector[0]:  # lost samples have no message
                yield at_ns, topic, dict(zip("xyz", vector, strict=True))


def tilt_deg(one: Measured) -> Array:
    """Return the angle of each of the sensor's axes above the horizontal, degrees, shape (n, 3)."""
    out = np.full_like(one.acc, np.nan)
    for begin, end in _runs(one):
        orienter = Orienter(one.period_s)
        block = Samples(
            start_index=0,
            period_s=one.period_s,
            acc=one.acc[begin:end],
            gyr=one.gyr[begin:end],
            valid=np.ones(end - begin, dtype=bool),
            clipped=np.zeros(end - begin, dtype=bool),
        )
        motions = [motion for part in block.sliced(_SLICE) for motion in orienter.push(part)] + orienter.flush()
        for motion in motions:
            at = begin + motion.start_index
            out[at : at + len(motion)] = np.rad2deg(np.arcsin(np.clip(motion.up, -1, 1)))
    return out


def _runs(one: Measured) -> Iterator[tuple[int, int]]:
    """Yield stretches without a hole."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], one.valid, [False])).astype(int)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _said(name: str, row: Row, at_ns: int) -> Row:
    level = INFO if name in ("reps", "sets") else WARNING
    sec, nsec = divmod(at_ns, 1_000_000_000)
    stamp = {"sec": sec, "nsec": nsec}
    return {"timestamp": stamp, "level": level, "message": _words(name, row), "name": name, "file": "", "line": 0}


def _words(name: str, row: Row) -> str:
    if name == "sets":
        return f"set {row['set']}: {row['reps']} repetitions, {row['partials']} partial"
    if name == "gaps":
        return f"gap of {row['end_s'] - row['start_s']:.2f} s, {row['samples_lost']} samples lost"
    if name == "rejected":
        return f"not counted: {row['reason']}, {row['detail']}"
    what = f"set {row['set']} {'repetition' if name == 'reps' else 'partial'} {row['rep']}"
    range_deg = "" if row["range_deg"] is None else f", {row['range_deg']:.0f}°"
    return f"{what}{range_deg}{', ' + row['flags'] if row['flags'] else ''}"


def _name(one: Measured) -> str:
    return one.side or f"sensor{one.number}"


def _ns(origin_s: float, seconds: float) -> int:
    return round(origin_s * 1e6) * 1000 + round(seconds * 1e9)
