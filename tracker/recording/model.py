"""What a recording holds: a header that describes itself, GATT traffic, and a person's marks.

Values only; nothing here opens a file. Times are nanoseconds of the recording host's monotonic clock, so that
a clock set back while training cannot reorder anything; ``Header.started_at`` ties them to the calendar.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from os import PathLike
from typing import Any, Literal, get_args

SCHEMA = 1
"""Version of the header, the message encoding and the marks together. Readers refuse a newer one."""

HEAVIEST_KG = 10_000.0
"""Nobody lifts so much: a load in a header beyond it is damage."""

Side = Literal["left", "right"]


class RecordingError(ValueError):
    """A recording cannot be read or written: one line that says what, where and what was expected.

    Attributes
    ----------
    path
        The file, as it was given.
    at
        Where: ``"byte 1234"``, ``"line 17"``, or None for the file as a whole.
    """

    def __init__(self, path: str | PathLike[str], what: str, at: str | None = None) -> None:
        super().__init__(f"{path}: {at}: {what}" if at else f"{path}: {what}")
        self.path = path
        self.at = at


class Operation(IntEnum):
    """Direction and kind of one piece of GATT traffic; the numbers are on disk and never change."""

    READ = 1
    """The host read a characteristic; the data are its answer."""
    WRITE = 2
    """The host wrote and the sensor acknowledged."""
    NOTIFY = 3
    """The sensor sent a notification."""
    WRITE_NO_RESPONSE = 4
    """The host wrote a command that is not acknowledged."""
    INDICATE = 5
    """The sensor sent an indication (a notification that the host acknowledges)."""


class MarkerKind(StrEnum):
    """What happened besides GATT traffic (closed vocabulary)."""

    SET_END = "set-end"
    """The person said that the set is over."""
    UNDO = "undo"
    """The person took a repetition back; ``text`` is its peak, empty in older recordings: the newest one."""
    STRAP_MOVED = "strap-moved"
    """The cuff was taken off, turned or moved."""
    PAUSE = "pause"
    RESUME = "resume"
    EXERCISE = "exercise"
    """From here on another exercise; ``text`` is its id."""
    SIDE = "side"
    """From here on another working side; ``text`` is ``left`` or ``right``."""
    KIND = "kind"
    """From here on sets for something else; ``text`` is ``work``, ``warm-up``, ``activation``,
    ``calibration`` or ``check``. A set under way that was to be a check is of this kind too: it was none."""
    LOAD = "load"
    """From here on another load; ``text`` is kilograms, empty where nobody said."""
    LABEL = "label"
    """From here on another load that is no mass; ``text`` is such as a band's colour, empty for none."""
    CORRECTION = "correction"
    """A set that is over was otherwise; ``text`` is JSON: ``set``, its number, ``what`` and ``value``."""
    LINK_LOST = "link-lost"
    LINK_BACK = "link-back"
    ANSWER = "answer"
    """What the person told; ``text`` is JSON: ``question``, ``value``, and where it is about one set, its number."""
    NOTE = "note"
    """Free text."""


@dataclass(frozen=True, slots=True)
class GattEvent:
    """One GATT read, write or notification, as it went over the air.

    Attributes
    ----------
    host_ns
        Host monotonic time of arrival (or of the write), nanoseconds.
    sensor
        ``SensorEntry.number`` in the header.
    operation
        Direction and kind.
    uuid
        The characteristic: 128-bit, lower case, with dashes.
    data
        The bytes, untouched.
    """

    host_ns: int
    sensor: int
    operation: Operation
    uuid: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Marker:
    """Something said or noticed while recording; ``sensor`` only where it concerns one of them."""

    host_ns: int
    kind: MarkerKind
    text: str = ""
    sensor: int | None = None


@dataclass(frozen=True, slots=True)
class SensorEntry:
    """One sensor of a recording.

    Attributes
    ----------
    number
        Its number in this recording (0–65535), unique.
    family, name, address
        What decodes it, its advertised name, its Bluetooth address (or the operating system's handle).
    side
        The leg that wears it, if known.
    protocol
        Version of the family's protocol, if it has versions.
    info
        The sensor's description of itself (rate, scales, boot id) as read over the air.
    """

    number: int
    family: str
    name: str = ""
    address: str = ""
    side: Side | None = None
    protocol: int | None = None
    info: bytes = b""


@dataclass(frozen=True, slots=True)
class Header:
    """Everything needed to understand a recording without asking anybody.

    Attributes
    ----------
    program
        Version of the program that recorded.
    session
        UUID of the session; one session may have several recordings.
    started_at
        Wall clock at ``origin_ns``, ISO 8601 with the offset from UTC.
    origin_ns
        Host monotonic time of the start, nanoseconds.
    sensors
        The sensors, in order; their position is on disk (it numbers the channels).
    exercise, working_side, load_kg
        As chosen at the start; None where nothing was chosen.
    schema
        Version of this description and of the messages.
    """

    program: str
    session: str
    started_at: str
    origin_ns: int
    sensors: tuple[SensorEntry, ...]
    exercise: str | None = None
    working_side: Side | None = None
    load_kg: float | None = None
    notes: str = ""
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        numbers = [sensor.number for sensor in self.sensors]
        if len(set(numbers)) < len(numbers) or not all(0 <= number <= 0xFFFF for number in numbers):
            raise ValueError(f"sensor numbers must be unique and 0–65535, not {numbers}")
        if self.load_kg is not None:
            _check_load(self.load_kg)

    @property
    def begun_at(self) -> datetime | None:
        """When it was recorded, if that is said in a way that can be believed."""
        try:
            begun = datetime.fromisoformat(self.started_at)
        except ValueError:
            return None
        return begun if begun.tzinfo is not None else None

    def to_json(self) -> str:
        """As one line of JSON; the same header always gives the same bytes."""
        described = {
            "schema": self.schema,
            "program": self.program,
            "session": self.session,
            "started_at": self.started_at,
            "origin_ns": self.origin_ns,
            "sensors": [_sensor_to_dict(sensor) for sensor in self.sensors],
            "exercise": self.exercise,
            "working_side": self.working_side,
            "load_kg": self.load_kg,
            "notes": self.notes,
        }
        return json.dumps(described, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Header:
        """Read ``to_json``'s output; unknown fields are ignored, so that later versions may add some.

        Raises
        ------
        ValueError
            Not JSON, a field missing or of the wrong type, or a newer schema.
        """
        try:
            described = json.loads(text)
        except RecursionError:
            raise ValueError("JSON is nested too deeply") from None
        fields = _Fields(described, "header")
        schema = fields.integer("schema")
        if not 1 <= schema <= SCHEMA:
            raise ValueError(f"made by a newer program (schema {schema}); this one reads up to schema {SCHEMA}")
        return cls(
            program=fields.text("program"),
            session=fields.text("session"),
            started_at=fields.text("started_at"),
            origin_ns=fields.integer("origin_ns"),
            sensors=tuple(_sensor_from(item) for item in fields.items("sensors")),
            exercise=fields.optional_text("exercise"),
            working_side=fields.side("working_side"),
            load_kg=fields.optional_load("load_kg"),
            notes=fields.text("notes"),
            schema=schema,
        )


def _check_load(load_kg: float) -> None:
    if not 0 <= load_kg < HEAVIEST_KG:  # false for not-a-number too
        raise ValueError(f"load_kg is {str(load_kg)[:20]}, expected kilograms")


def _sensor_to_dict(sensor: SensorEntry) -> dict[str, object]:
    return {
        "number": sensor.number,
        "family": sensor.family,
        "name": sensor.name,
        "address": sensor.address,
        "side": sensor.side,
        "protocol": sensor.protocol,
        "info": sensor.info.hex(),
    }


def _sensor_from(item: object) -> SensorEntry:
    fields = _Fields(item, "sensor")
    return SensorEntry(
        number=fields.integer("number"),
        family=fields.text("family"),
        name=fields.text("name"),
        address=fields.text("address"),
        side=fields.side("side"),
        protocol=fields.optional_integer("protocol"),
        info=bytes.fromhex(fields.text("info")),
    )


class _Fields:
    """Typed access to a JSON object from a file: each failure names the field and what was expected."""

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{what} is not a JSON object")
        self._value = value
        self._what = what

    def _get(self, name: str, expected: str, *types: type) -> Any:
        value = self._value.get(name)
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise ValueError(f"{self._what} field {name!r} is not {expected}")
        return value

    def text(self, name: str) -> str:
        return str(self._get(name, "text", str))

    def integer(self, name: str) -> int:
        return int(self._get(name, "a whole number", int))

    def items(self, name: str) -> list[object]:
        return list(self._get(name, "a list", list))

    def optional_text(self, name: str) -> str | None:
        return None if self._value.get(name) is None else self.text(name)

    def optional_integer(self, name: str) -> int | None:
        return None if self._value.get(name) is None else self.integer(name)

    def optional_load(self, name: str) -> float | None:
        if self._value.get(name) is None:
            return None
        value = self._get(name, "a number", int, float)
        _check_load(value)
        return float(value)

    def side(self, name: str) -> Side | None:
        value = self._value.get(name)
        for side in get_args(Side):
            if value == side:
                return side  # type: ignore[no-any-return]
        if value is not None:
            raise ValueError(f"{self._what} field {name!r} is {value!r}, not left or right")
        return None
