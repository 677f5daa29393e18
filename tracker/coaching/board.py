"""The board: what every view shows, folded from what happens. A view that comes late or comes back sees the same.

In: the core's values, where the leg is, cues, and how the sensors are. Out: `BoardState`, frozen, of plain values.
Remembered: the last set and the last seconds of the angle.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tracker.coaching.coach import Coach
from tracker.coaching.cues import Cue, CueKind
from tracker.coaching.form import range_in_band, tempo_in_band
from tracker.coaching.judged import Judged, repetitions
from tracker.coaching.plan import PlannedSet
from tracker.motion.now import Now, Phase

STRIP_S, STRIP_STEP_S = 6.0, 0.1
"""Of the angle that is shown: two repetitions."""
MILESTONES = (
    CueKind.SET_DONE,
    CueKind.SWITCH_LEGS,
    CueKind.WORKOUT_DONE,
    CueKind.JOLT,
    CueKind.PAUSED,
    CueKind.RESUMED,
    CueKind.SENSOR_LOST,
    CueKind.SENSOR_BACK,
    CueKind.COUNT_BACK,
    CueKind.PHRASE,
    CueKind.CALIBRATION,
    CueKind.SETUP,
    CueKind.ABOVE_CEILING,
)
"""What is shown in words until the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepRow:
    """One repetition as it is listed after the set.

    Attributes
    ----------
    rep
        Its number among those that count; None: the person took it back.
    peak
        Names it.
    concentric_s, hold_s, eccentric_s, range_deg, tempo_in_band, range_in_band, flags
        As measured and judged.
    """

    rep: int | None
    peak: int
    concentric_s: float | None
    hold_s: float | None
    eccentric_s: float | None
    range_deg: float | None
    tempo_in_band: bool | None
    range_in_band: bool | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorRow:
    """How a sensor is doing."""

    number: int
    link: str
    rate_hz: float | None
    lost_percent: float
    lost_estimated: bool
    battery_percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """Everything that is shown.

    Attributes
    ----------
    version
        Rises with every change.
    exercise
        For people.
    count, reps_from, reps_to
        Repetitions of the set under way, and the target.
    set_number, sets, side, kind
        The planned set that is under way or next; None: all are done, or nobody said which leg.
    phase, phase_s, phase_target_s
        What the leg is doing, for how long, and how long it should.
    angle_deg, floor_deg, ceiling_deg
        Angle from rest, and the person's band.
    strip_deg
        The angle of the last seconds, ten a second.
    rest_left_s
        None while no rest runs.
    message
        The last milestone, in words.
    last_set, last_set_number, last_set_added, last_set_words
        The repetitions of the planned set that was done last, its number in the log (None: there is none), how many
        repetitions the person added to it, and its summary.
    checking
        The strap is being checked.
    after
        What comes after the set under way, in words.
    paused, ended
        The person's word.
    sensors
        How they are doing.
    """

    version: int = 0
    exercise: str = ""
    count: int = 0
    reps_from: int = 0
    reps_to: int = 0
    set_number: int | None = None
    sets: int = 0
    side: str | None = None
    kind: str | None = None
    phase: str = Phase.REST.value
    phase_s: float = 0.0
    phase_target_s: float | None = None
    angle_deg: float | None = None
    floor_deg: float | None = None
    ceiling_deg: float | None = None
    strip_deg: tuple[float | None, ...] = ()
    rest_left_s: float | None = None
    message: str = ""
    last_set: tuple[RepRow, ...] = ()
    last_set_number: int | None = None
    last_set_added: int = 0
    last_set_words: str = ""
    checking: bool = False
    after: str = ""
    paused: bool = False
    ended: bool = False
    sensors: tuple[SensorRow, ...] = ()


class Board:
    """Folds what happens into what is shown.

    Parameters
    ----------
    coach
        Knows the plan and the count; its cues are pushed here too.
    """

    def __init__(self, coach: Coach) -> None:
        self._coach = coach
        self._strip: deque[float | None] = deque(maxlen=round(STRIP_S / STRIP_STEP_S))
        self._strip_s = 0.0
        self._last: Judged | None = None
        plan = coach.plan
        self.state = BoardState(
            exercise=coach.exercise.name,
            reps_from=plan.reps[0],
            reps_to=plan.reps[1],
            sets=plan.sets,
            message="begin when you like, or check the strap first",
        )
        self._show()

    def push(self, value: object, cues: Iterable[Cue] = ()) -> None:
        """Take what happened, and the cues that came of it."""
        if isinstance(value, Now):
            self._moved(value)
        for cue in cues:
            if cue.kind in MILESTONES and cue.text:
                self._show(message=cue.text)
            elif cue.kind is CueKind.COUNT:
                self._show(message="")
        self._show(count=self._coach.count, paused=self._coach.paused, checking=self._coach.checking)

    def tick(self, at_s: float, cues: Iterable[Cue] = ()) -> None:
        """Take how far the stream is, and the cues that were due."""
        until_s = self._coach.rest_until_s
        self._show(rest_left_s=None if until_s is None else round(max(0.0, until_s - at_s), 1))
        self.push(None, cues)

    def sensors(self, rows: Iterable[SensorRow]) -> None:
        """Take how the sensors are doing."""
        self._show(sensors=tuple(rows))

    def end(self, message: str) -> None:
        """Take that the session is over."""
        self._show(ended=True, message=message, phase=Phase.REST.value)

    def _moved(self, now: Now) -> None:
        if now.at_s >= self._strip_s + STRIP_STEP_S:
            self._strip.append(round(now.angle_deg, 1))
            self._strip_s = now.at_s
        self._show(
            phase=now.phase.value,
            phase_s=round(now.phase_s, 1),
            phase_target_s=self._target_s(now.phase),
            angle_deg=round(now.angle_deg, 1),
            strip_deg=tuple(self._strip),
        )

    def _target_s(self, phase: Phase) -> float | None:
        lift, hold, back, pause = self._coach.plan.tempo_s
        return {Phase.LIFT: lift, Phase.HOLD: hold, Phase.RETURN: back, Phase.REST: pause or None}[phase]

    def _show(self, **changed: Any) -> None:
        current = self._coach.current
        band = self._coach.band
        if self._coach.last is not self._last:
            self._last = self._coach.last
            changed |= _listed(self._last)
        state = replace(
            self.state,
            set_number=current.number if current else None,
            side=self._coach.side,
            kind=current.kind.value if current else None,
            after=_after(self._coach.after) if current else "",
            floor_deg=band.floor_deg if band else None,
            ceiling_deg=band.ceiling_deg if band else None,
            **changed,
        )
        if state != self.state:
            self.state = replace(state, version=self.state.version + 1)


def _after(planned: PlannedSet | None) -> str:
    if planned is None:
        return "then you are done"
    leg = f", {planned.side} leg" if planned.side else ""
    return f"then set {planned.number}{leg}"


def _listed(last: Judged | None) -> dict[str, Any]:
    """Return what is shown of the last set."""
    if last is None:
        return {}
    return {
        "last_set": _rows(last),
        "last_set_number": last.number or None,
        "last_set_added": last.added,
        "last_set_words": judged_words(last),
    }


def _rows(last: Judged) -> tuple[RepRow, ...]:
    """The repetitions of a set, judged as the log judges them."""
    numbers = itertools.count(1)
    return tuple(
        RepRow(
            rep=None if rep.peak in last.taken else next(numbers),
            peak=rep.peak,
            concentric_s=_rounded(rep.concentric_s, 2),
            hold_s=_rounded(rep.hold_s, 2),
            eccentric_s=_rounded(rep.eccentric_s, 2),
            range_deg=_rounded(rep.range_deg, 1),
            tempo_in_band=tempo_in_band(rep, last.targets),
            range_in_band=range_in_band(rep, last.targets),
            flags=tuple(verdict.flag.value for verdict in verdicts),
        )
        for rep, verdicts in zip(last.measured.reps, last.form.reps, strict=True)
    )


def set_words(reps: int, under_tension_s: float, *, partials: int = 0) -> str:
    """Return a set in words."""
    partial = f", {partials} partial" if partials else ""
    return f"{repetitions(reps)}{partial}, {under_tension_s:.0f} s under tension"


def judged_words(last: Judged) -> str:
    """Return a set that was judged in words."""
    one = last.measured
    kept = [rep for rep in one.reps if rep.peak not in last.taken]
    bands = [(tempo_in_band(rep, last.targets), range_in_band(rep, last.targets)) for rep in kept]
    inside = sum(tempo is True and range_ is not False for tempo, range_ in bands)
    under_tension_s = sum(rep.under_tension_s for rep in kept)
    words = set_words(last.reps, under_tension_s, partials=len(one.partials))
    return f"{words}, {inside} of {len(kept)} in band" if kept else words


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
