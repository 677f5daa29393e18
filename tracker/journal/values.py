"""What goes into the journal, as frozen values, besides the core's own.

Seconds are stream time of the recording they belong to. Times of day are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, NewType

from tracker.coaching.set_form import SetForm
from tracker.motion.gap import Gap
from tracker.motion.values import ExerciseSet, Rejected

SessionId = NewType("SessionId", str)
"""A session's UUID as text: 36 characters, lower case."""

Side = Literal["left", "right"]
Scalar = str | int | float | bool | None


class Ending(StrEnum):
    """How a session ended (closed vocabulary); None while it is open or after a crash."""

    FINISHED = "finished"
    """The plan was done or the person said so."""
    STOPPED = "stopped"
    """The person broke it off."""
    PAIN = "pain"
    """The person broke it off because something hurt."""
    LINK_LOST = "link-lost"
    """The sensor did not come back."""
    INTERRUPTED = "interrupted"
    """The program or the machine stopped; found and closed later."""


class SetKind(StrEnum):
    """What a set was for (closed vocabulary). Only work counts towards volume and records."""

    WORK = "work"
    WARM_UP = "warm-up"
    ACTIVATION = "activation"
    CALIBRATION = "calibration"
    CHECK = "check"
    """The swing that showed whether the strap holds: no repetition of anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStart:
    """What is known when a session begins.

    Attributes
    ----------
    started_at
        Aware: the offset to UTC is kept.
    algorithm_version
        Of the scoring that is about to be made live.
    exercise
        Exercise id; None where any leg lift counts.
    working_side, sensor_side
        Which leg works, which leg wears the sensor.
    load_kg
        Per leg, never doubled.
    notes
        The person's own words.
    """

    started_at: datetime
    algorithm_version: str
    exercise: str | None = None
    working_side: Side | None = None
    sensor_side: Side | None = None
    load_kg: float | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A sensor of a session. Names come from the device: they are stored without control characters."""

    family: str
    name: str = ""
    address: str = ""
    side: Side | None = None
    info: Mapping[str, Scalar] = field(default_factory=dict)
    number: int = 0
    """1 or 2, given by the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A raw recording of a session; a resumed session has several.

    ``path`` is absolute here; the journal stores it relative to its own folder where it can.
    """

    number: int
    path: Path
    sha256: str | None
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetContext:
    """What the sensor cannot know about a set.

    Attributes
    ----------
    side
        The working side.
    exercise
        Exercise id.
    load_kg
        Per leg, never doubled; None where the load is not a mass.
    load_label
        Such as a band's colour.
    kind
        What the set was for.
    """

    side: Side | None = None
    exercise: str | None = None
    load_kg: float | None = None
    load_label: str | None = None
    kind: SetKind = SetKind.WORK


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSet:
    """A set as it is handed in.

    Attributes
    ----------
    measured
        From the core.
    context
        What the sensor cannot know. None: what was said of the set that an earlier scoring has there, else
        exercise, working side and load of the session.
    recording
        Number of the recording it was found in; None: the session's latest.
    sensor
        Number of the sensor; None: the session's only one.
    form
        What was said of its form; None: it was not judged.
    """

    measured: ExerciseSet
    context: SetContext | None = None
    recording: int | None = None
    sensor: int | None = None
    form: SetForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRejected:
    """A rejected excursion with the recording and sensor it was found in (None as in ``ScoredSet``)."""

    measured: Rejected
    recording: int | None = None
    sensor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredGap:
    """A gap with the recording and sensor it was found in (None as in ``ScoredSet``)."""

    measured: Gap
    recording: int | None = None
    sensor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What one version of the algorithm made of a whole session."""

    algorithm_version: str
    sets: tuple[ScoredSet, ...] = ()
    rejected: tuple[ScoredRejected, ...] = ()
    gaps: tuple[ScoredGap, ...] = ()
    recordings: tuple[int, ...] | None = None
    """Numbers of the recordings it read; None: all of the session's."""
