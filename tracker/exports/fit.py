"""A workout as a FIT activity, for Garmin Connect and whatever else reads FIT (``kickback-tracker[fit]``).

Sets are ``set`` messages with a category that means a leg, repetitions are ``record`` messages. What the profile has
no field for is a developer field: side, tempo, range and the load to the gram (the profile's own weight is in
sixteenths of a kilogram). The times of messages are whole seconds, as FIT has them; the developer fields ``start_s``
and so on have every digit.

Mind the trap: the profile's ``cable_kickback``, ``dumbbell_kickback`` and ``tricep_kickback`` are triceps exercises.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from tracker import __version__
from tracker.exercises import exercises
from tracker.exports.missing import needs
from tracker.exports.tables import MEASURED, measured
from tracker.exports.workout import Workout
from tracker.journal import LoggedRep, LoggedSet

if TYPE_CHECKING:
    from fit_tool.data_message import DataMessage
    from fit_tool.developer_field import DeveloperField

Unit = Literal["string", "count", "number"]

HIP_RAISE, HIP_STABILITY, BANDED_EXERCISES, UNKNOWN = 10, 11, 37, 65534
CATEGORIES: dict[str, tuple[int, int | None, int | None]] = {
    # id: category, its exercise without and with weight; None: the profile has none, or it is not known which
    "cable": (HIP_STABILITY, 31, 31),  # weighted standing rear leg raise
    "ankle-weight-standing": (HIP_STABILITY, 31, 31),
    "ankle-weight-quadruped": (HIP_STABILITY, 18, 18),  # weighted quadruped hip extension
    "ankle-weight-straightening": (HIP_STABILITY, 18, 18),
    "dumbbell": (HIP_STABILITY, 18, 18),
    "band": (BANDED_EXERCISES, 10, 10),  # donkey kick
    "machine": (HIP_STABILITY, 31, 31),
    "glute-bridge": (HIP_RAISE, 30, 31),  # single leg hip raise, weighted
    "bodyweight": (HIP_STABILITY, None, None),  # standing or on all fours: nobody said
}
"""What each exercise is in the profile."""

SET_FIELDS: dict[str, tuple[Unit, str]] = {
    "set": ("count", ""),
    "side": ("string", ""),
    "exercise": ("string", ""),
    "kind": ("string", ""),
    "load_kg": ("number", "kg"),
    "load_label": ("string", ""),
    "start_s": ("number", "s"),
    "end_s": ("number", "s"),
    "time_under_tension_s": ("number", "s"),
    "median_concentric_s": ("number", "s"),
    "median_hold_s": ("number", "s"),
    "median_eccentric_s": ("number", "s"),
    "median_bottom_pause_s": ("number", "s"),
    "median_range_deg": ("number", "deg"),
    "partials": ("count", ""),
}
"""Developer fields of a ``set`` message, with unit."""
REP_FIELDS: dict[str, tuple[Unit, str]] = {
    "set": ("count", ""),
    "rep": ("count", ""),
    **{name: ("number", name.rpartition("_")[2]) for name in (*MEASURED, "bottom_pause_s")},
    "peak_speed_deg_s": ("number", "deg/s"),
    "peak_speed_m_s": ("number", "m/s"),
    "flags": ("string", ""),
}
"""Developer fields of the ``record`` message of a repetition, with unit."""
FIELDS = {**SET_FIELDS, **REP_FIELDS}
_NUMBERS = {name: number for number, name in enumerate(FIELDS)}
APPLICATION = UUID("5f0c2b9e-6a5e-4b0a-9d3e-6b69636b6261")
"""Tells our developer fields from those of others; never changes."""
EPOCH_S = 631_065_600
"""FIT counts seconds from 1989-12-31 UTC."""
DEVELOPMENT = 255
"""The manufacturer of those who have no number."""
LONGEST_TEXT = 200
"""A field has 255 bytes at most."""


def write(path: Path, workout: Workout) -> None:
    """Write the file.

    Raises
    ------
    ValueError
        Nothing says when the workout was, nothing was counted, or the library is missing.
    """
    with needs("fit-tool", "fit"):
        from fit_tool.fit_file_builder import FitFileBuilder
    if workout.started_at is None:
        raise ValueError(f"{workout.name}: nothing in it says when it was, and a FIT activity needs the date")
    builder = FitFileBuilder(auto_define=True)
    builder.add_all(_activity(workout, workout.started_at))
    path.write_bytes(builder.build_bytes())


def category_of(one: LoggedSet) -> tuple[int, int | None]:
    """Return category and exercise of the profile."""
    category, plain, weighted = CATEGORIES.get(one.context.exercise or "", (UNKNOWN, None, None))
    return category, weighted if one.context.load_kg else plain


def _activity(workout: Workout, began: datetime) -> list[DataMessage]:
    from fit_tool.profile.messages.activity_message import ActivityMessage
    from fit_tool.profile.messages.event_message import EventMessage
    from fit_tool.profile.messages.file_id_message import FileIdMessage
    from fit_tool.profile.profile_type import Activity, Event, EventType, FileType

    ended = max([_time(workout, one, one.totals.end_s, began) for one in workout.sets], default=began)
    ended = max(ended, workout.ended_at or ended)
    file_id = FileIdMessage()
    file_id.type = FileType.ACTIVITY
    file_id.manufacturer = DEVELOPMENT
    file_id.product = 0
    file_id.serial_number = int(workout.session[:8], 16) if workout.session else 0
    file_id.time_created = _ms(began)
    out: list[DataMessage] = [file_id, *_described()]
    out.append(_event(EventMessage(), Event.TIMER, EventType.START, began))
    out += _sets(workout, began)
    out.append(_event(EventMessage(), Event.TIMER, EventType.STOP_ALL, ended))
    out += _sums(workout, began, ended)
    activity = ActivityMessage()
    activity.timestamp = _ms(ended)
    local = ended + (ended.utcoffset() or timedelta())
    activity.local_timestamp = round(local.timestamp()) - EPOCH_S
    activity.total_timer_time = (ended - began).total_seconds()
    activity.num_sessions = 1
    activity.type = Activity.MANUAL
    activity.event, activity.event_type = Event.ACTIVITY, EventType.STOP
    return [*out, activity]


def _described() -> list[DataMessage]:
    from fit_tool.profile.messages.developer_data_id_message import DeveloperDataIdMessage
    from fit_tool.profile.messages.field_description_message import FieldDescriptionMessage

    ours = DeveloperDataIdMessage()
    ours.application_id = list(APPLICATION.bytes)
    ours.developer_data_index = 0
    ours.application_version = int("".join(f"{int(part):02d}" for part in __version__.split(".")))
    out: list[DataMessage] = [ours]
    for name, (kind, unit) in FIELDS.items():
        one = FieldDescriptionMessage()
        one.developer_data_index = 0
        one.field_definition_number = _NUMBERS[name]
        one.fit_base_type_id = _base_type(kind).value
        one.field_name = name
        one.units = unit
        out.append(one)
    return out


def _sets(workout: Workout, began: datetime) -> list[DataMessage]:
    out: list[DataMessage] = []
    rested: datetime | None = None
    ordered = sorted(workout.sets, key=lambda one: _time(workout, one, one.totals.start_s, began))
    for one in ordered:
        start, end = (_time(workout, one, s, began) for s in (one.totals.start_s, one.totals.end_s))
        if rested is not None and start > rested:
            out.append(_rest(rested, start))
        out += [_rep(workout, one, rep, began) for rep in one.reps]
        out.append(_set(one, start, end))
        rested = end if rested is None else max(end, rested)
    index = 0
    for message in out:
        if message.name == "set":
            message.message_index = index
            index += 1
    return out


def _set(one: LoggedSet, start: datetime, end: datetime) -> DataMessage:
    from fit_tool.profile.messages.set_message import SetMessage
    from fit_tool.profile.profile_type import FitBaseUnit, SetType

    totals, context = one.totals, one.context
    values: dict[str, Any] = {
        **{name: getattr(totals, name, None) for name in SET_FIELDS},
        "set": one.number,
        "side": context.side,
        "exercise": context.exercise,
        "kind": context.kind.value,
        "load_kg": context.load_kg,
        "load_label": context.load_label,
    }
    out = SetMessage(developer_fields=_developer(values))
    out.timestamp, out.start_time = _ms(end), _ms(start)
    out.duration = (end - start).total_seconds()
    out.set_type = SetType.ACTIVE.value
    out.repetitions = len(one.reps)
    category, exercise = category_of(one)
    out.category = [category]
    if exercise is not None:
        out.category_subtype = [exercise]
    if context.load_kg is not None:
        out.weight = context.load_kg
        out.weight_display_unit = FitBaseUnit.KILOGRAM
    return out


def _rest(start: datetime, end: datetime) -> DataMessage:
    from fit_tool.profile.messages.set_message import SetMessage
    from fit_tool.profile.profile_type import SetType

    out = SetMessage()
    out.timestamp, out.start_time = _ms(end), _ms(start)
    out.duration = (end - start).total_seconds()
    out.set_type = SetType.REST.value
    return out


def _rep(workout: Workout, one: LoggedSet, rep: LoggedRep, began: datetime) -> DataMessage:
    from fit_tool.profile.messages.record_message import RecordMessage

    values = {
        **measured(rep.rep),
        "set": one.number,
        "rep": rep.number,
        "bottom_pause_s": rep.bottom_pause_s,
        "flags": " ".join(rep.flags) or None,
    }
    out = RecordMessage(developer_fields=_developer(values))
    out.timestamp = _ms(_time(workout, one, one.totals.end_s if rep.rep is None else rep.rep.end_s, began))
    return out


def _sums(workout: Workout, began: datetime, ended: datetime) -> list[DataMessage]:
    from fit_tool.profile.messages.lap_message import LapMessage
    from fit_tool.profile.messages.session_message import SessionMessage
    from fit_tool.profile.profile_type import Event, EventType, Sport, SubSport

    out: list[DataMessage] = []
    for message in (LapMessage(), SessionMessage()):
        message.message_index = 0
        message.timestamp, message.start_time = _ms(ended), _ms(began)
        message.total_elapsed_time = message.total_timer_time = (ended - began).total_seconds()
        message.sport, message.sub_sport = Sport.TRAINING, SubSport.STRENGTH_TRAINING
        message.event_type = EventType.STOP
        out.append(message)
    lap, session = out
    lap.event, session.event = Event.LAP, Event.SESSION
    session.first_lap_index, session.num_laps = 0, 1
    profile = exercises().get(workout.exercise or "")
    session.sport_profile_name = profile.name if profile else "kickback"
    return out


def _event(out: Any, event: Any, kind: Any, at: datetime) -> DataMessage:
    out.timestamp, out.event, out.event_type = _ms(at), event, kind
    return out


def _developer(values: Mapping[str, Any]) -> list[DeveloperField]:
    """Return the fields that have a value; FIT has no other way to say that something is not known."""
    from fit_tool.developer_field import DeveloperField

    out = []
    for name, value in values.items():
        if value is None or value == "":
            continue
        kind, unit = FIELDS[name]
        text = value.encode()[:LONGEST_TEXT].decode(errors="ignore") if kind == "string" else value
        size = len(text.encode()) + 1 if kind == "string" else {"count": 4, "number": 8}[kind]
        field = DeveloperField(field_id=_NUMBERS[name], name=name, base_type=_base_type(kind), units=unit, size=size)
        field.set_value(0, text)
        out.append(field)
    return out


def _base_type(kind: Unit) -> Any:
    from fit_tool.base_type import BaseType

    return {"string": BaseType.STRING, "count": BaseType.UINT32, "number": BaseType.FLOAT64}[kind]


def _time(workout: Workout, one: LoggedSet, seconds: float, began: datetime) -> datetime:
    return workout.at(one.recording, seconds) or began + timedelta(seconds=seconds)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
