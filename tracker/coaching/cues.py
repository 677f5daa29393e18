"""Cues: what a person is told at an instant, as values. One cue drives voice, sound and screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class CueKind(StrEnum):
    """What is told (closed vocabulary)."""

    COUNT = "count"
    """``value`` repetitions; a newer one replaces an older one that is still being spoken."""
    COUNT_BACK = "count-back"
    """The last count did not hold: it is ``value`` again."""
    LIFT = "lift"
    HOLD = "hold"
    TICK = "tick"
    """Another second of the hold is over: ``value`` of them."""
    RETURN = "return"
    RANGE_REACHED = "range-reached"
    ABOVE_CEILING = "above-ceiling"
    BREATHE_OUT = "breathe-out"
    BREATHE_IN = "breathe-in"
    FEW_LEFT = "few-left"
    """``value`` more repetitions: three, two, one."""
    PHRASE = "phrase"
    """One remark on the repetition that is just over."""
    CALIBRATION = "calibration"
    """How a calibration goes on, and the range that it gave."""
    SETUP = "setup"
    """How the check of the strap goes on, what it found, and whether the posture fits."""
    SET_DONE = "set-done"
    SWITCH_LEGS = "switch-legs"
    REST_LEFT = "rest-left"
    """``value`` seconds: three, two, one; 0: go."""
    WORKOUT_DONE = "workout-done"
    JOLT = "jolt"
    """Told without a pause, where nobody could press that it goes on; ``value`` m/s²."""
    PAUSED = "paused"
    RESUMED = "resumed"
    SENSOR_LOST = "sensor-lost"
    SENSOR_BACK = "sensor-back"


class Mode(StrEnum):
    """What can be switched off, or made soft (closed vocabulary)."""

    COUNT = "count"
    TEMPO = "tempo"
    RANGE = "range"
    BREATH = "breath"
    COACH = "coach"
    QUIET = "quiet"
    """Only this: the end of a set and of a rest, and a sensor that is lost."""


class Level(StrEnum):
    """How loud (closed vocabulary)."""

    OFF = "off"
    LOW = "low"
    FULL = "full"


MODE_OF = {
    CueKind.COUNT: Mode.COUNT,
    CueKind.COUNT_BACK: Mode.COUNT,
    CueKind.FEW_LEFT: Mode.COUNT,
    CueKind.LIFT: Mode.TEMPO,
    CueKind.HOLD: Mode.TEMPO,
    CueKind.TICK: Mode.TEMPO,
    CueKind.RETURN: Mode.TEMPO,
    CueKind.RANGE_REACHED: Mode.RANGE,
    CueKind.ABOVE_CEILING: Mode.RANGE,
    CueKind.BREATHE_OUT: Mode.BREATH,
    CueKind.BREATHE_IN: Mode.BREATH,
    CueKind.PHRASE: Mode.COACH,
}
"""The mode that a cue belongs to; the others are `Mode.QUIET`'s, heard in every mode."""


class CountAt(StrEnum):
    """When a repetition is counted aloud (closed vocabulary)."""

    TOP = "top"
    RETURN = "return"


class Breath(StrEnum):
    """What the breath follows (closed vocabulary)."""

    LEG = "leg"
    """The leg as it moves: out on the lift, in on the return."""
    CLOCK = "clock"
    """The plan's tempo, from a set's first lift on."""


class Feedback(StrEnum):
    """Which repetitions are remarked upon (closed vocabulary)."""

    EVERY = "every"
    OUT_OF_BAND = "out-of-band"
    SUMMARY = "summary"
    """None; the set's end says it all."""


USUAL_LEVELS = {
    Mode.COUNT: Level.FULL,
    Mode.TEMPO: Level.LOW,
    Mode.RANGE: Level.FULL,
    Mode.BREATH: Level.OFF,
    Mode.COACH: Level.FULL,
    Mode.QUIET: Level.FULL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a person wants to be coached.

    Attributes
    ----------
    levels
        Of each mode.
    count_at
        At the top, or when the leg is back.
    feedback
        Which repetitions are remarked upon.
    breath
        What the breath follows.
    early_s
        Cues that are foreseen (the end of a rest, the seconds of a hold, the breath by the clock) come this much
        sooner: earphones over Bluetooth add 0.1 to 0.3 s.
    """

    levels: dict[Mode, Level] = field(default_factory=lambda: dict(USUAL_LEVELS))
    count_at: CountAt = CountAt.TOP
    feedback: Feedback = Feedback.OUT_OF_BAND
    breath: Breath = Breath.LEG
    early_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing that is told.

    Attributes
    ----------
    kind
        What.
    at_s
        Stream time at which it is due.
    text
        As it is spoken and shown; empty: a sound alone.
    value
        A number that belongs to it.
    """

    kind: CueKind
    at_s: float
    text: str = ""
    value: float | None = None

    @property
    def mode(self) -> Mode:
        """The mode that it belongs to."""
        return MODE_OF.get(self.kind, Mode.QUIET)
