"""A live session as JSON, an object a line: what a script reads while it happens.

The fields of repetitions, sets, rejections and gaps are those of ``kickback analyze --json``; `event` says which one
it is, `sensor` whose. Repetitions come as they end, without what only the whole set can tell (form, the pause after
the last one); the `set` event has them again, complete.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from tracker.coaching.cues import Cue
from tracker.coaching.range_band import RangeBand
from tracker.coaching.set_form import judge_set
from tracker.coaching.targets import Tempo, targets_of
from tracker.contract import SCHEMA, rep_json, seconds, set_json
from tracker.exercises import Exercise
from tracker.motion.engine import ALGORITHM_VERSION, Value
from tracker.motion.samples import Gap
from tracker.motion.values import ExerciseSet, Peak, Rejected, Rep
from tracker.recording import Header, Marker, MarkerKind
from tracker.sensors.state import SensorState

DIGITS = 2
"""Decimals of rates and percentages."""
_LINK = {MarkerKind.LINK_LOST: "lost", MarkerKind.LINK_BACK: "back"}
"""What is told of the link; the state of the sensor has the rest."""


class JsonLane:
    """One sensor's values as lines.

    Parameters
    ----------
    number
        Of the sensor.
    profile
        The exercise; None: any leg lift counts.
    band
        The personal range band.
    tempo
        What was asked for; None: the exercise's own.

    Attributes
    ----------
    sets
        How many there were.
    """

    def __init__(
        self, number: int, profile: Exercise | None, band: RangeBand | None = None, tempo: Tempo | None = None
    ) -> None:
        self.sets = 0
        self._number = number
        self._targets = targets_of(profile, tempo=tempo, band=band) if profile else None
        self._reps = 0

    def show(self, value: Value | Marker) -> None:
        """Print one value."""
        match value:
            case Peak():
                times = {"at_s": seconds(value.at_s), "reported_s": seconds(value.reported_s)}
                self._say("peak", peak=value.peak, **times)
            case Rep():
                self._reps += 1
                self._say("rep", peak=value.peak, **rep_json(self._reps, value, None))
            case Rejected():
                span = {"start_s": seconds(value.start_s), "end_s": seconds(value.end_s)}
                self._say("rejected", peak=value.peak, **span, reason=value.reason.value, detail=value.detail)
            case ExerciseSet():
                self.sets += 1
                self._reps = 0
                form = judge_set(value, self._targets) if self._targets else None
                self._say("set", **set_json(self.sets, value, form))
            case Gap():
                span = {"start_s": seconds(value.start_s), "end_s": seconds(value.end_s)}
                self._say("gap", **span, samples_lost=value.samples_lost)
            case Marker() if value.kind in _LINK:
                self._say("link", link=_LINK[value.kind], why=value.text)

    def _say(self, event: str, **fields: Any) -> None:
        say(event, sensor=self._number, **fields)


def say(event: str, **fields: Any) -> None:
    """Print one line, at once."""
    print(json.dumps({"event": event, **fields}, allow_nan=False), file=sys.stdout, flush=True)


def say_session(header: Header, rates_hz: Mapping[int, float | None]) -> None:
    """Print what is known when a session begins."""
    say(
        "session",
        schema=SCHEMA,
        algorithm_version=ALGORITHM_VERSION,
        session=header.session,
        started_at=header.started_at,
        exercise=header.exercise,
        working_side=header.working_side,
        load_kg=header.load_kg,
        sensors=[
            {
                "sensor": worn.number,
                "family": worn.family,
                "name": worn.name,
                "address": worn.address,
                "sensor_side": worn.side,
                "rate_hz": _rounded(rates_hz[worn.number]),
            }
            for worn in header.sensors
        ],
    )


def say_cue(cue: Cue) -> None:
    """Print what a person is told."""
    say("cue", kind=cue.kind.value, mode=cue.mode.value, at_s=seconds(cue.at_s), text=cue.text, value=cue.value)


def say_state(state: SensorState) -> None:
    """Print how a sensor is doing."""
    say(
        "sensor",
        sensor=state.number,
        link=state.link.phase.value,
        why=state.link.why,
        losses=state.link.losses,
        battery_percent=state.battery_percent,
        rate_hz=_rounded(state.rate_hz),
        lost_percent=_rounded(state.lost_percent),
        lost_estimated=state.lost_estimated,
        errors=state.errors,
        last_error=state.last_error,
        doubt=state.doubt,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
