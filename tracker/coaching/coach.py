"""The coach: what the core finds in, cues out.

In: the core's values and marks as they come, and where the leg is (`Now`). Out: `Cue`. Remembered: the set that is
under way, what was said of it, and the rest that runs.

Rules
-----
- A count is said once, at the top (or on return), and is the number of repetitions that count so far. If what was
  counted at the top does not hold, the next cue says what is so: a newer count takes an older one's place.
- At most one remark for a repetition, after it is over (`tracker.coaching.remarks`).
- A jolt in the lift or at the top pauses, where the weight may slip; where nobody could press that it goes on, it is
  told, once for each lift.
- What is done while the strap is checked is no part of the plan. Who does more than the swing that is asked for has
  begun: the check is off, and what came counts.
- Nothing but the sensor's state is told while the session is paused.
- No clock: time is the stream's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tracker.coaching.aside import Aside
from tracker.coaching.breathing import Breathing
from tracker.coaching.cues import CountAt, Cue, CueKind, Settings
from tracker.coaching.judged import Judged, repetitions
from tracker.coaching.limits import Limits
from tracker.coaching.plan import PlannedSet, WorkoutPlan
from tracker.coaching.range_band import MOST, Calibration, Calibrator, RangeBand, Step
from tracker.coaching.remarks import remark
from tracker.coaching.set_form import judge_set
from tracker.coaching.setup_check import Checked, StrapCheck, posture_words
from tracker.coaching.targets import Targets, targets_of
from tracker.exercises import Exercise, Leg
from tracker.motion.now import Now, Phase
from tracker.motion.values import ExerciseSet, Peak, Rejected, Rep
from tracker.motion.vectors import Vector

FEW = 3
"""So many repetitions before the end of the target are counted down."""
REST_COUNTED_S = (3, 2, 1, 0)
_PHASES = {Phase.LIFT: CueKind.LIFT, Phase.HOLD: CueKind.HOLD, Phase.RETURN: CueKind.RETURN}


class Coach:
    """Turns what happens into cues.

    Parameters
    ----------
    plan
        What is to be done.
    exercise
        Its profile.
    bands
        The person's own range with each leg; None: nobody said which leg works. Of an unknown range nothing is said.
    settings
        How the person wants to be coached. What is switched off is a cue all the same: views are who is silent.

    Attributes
    ----------
    holds
        A jolt pauses: somebody can press that it goes on.
    count
        Repetitions in the set under way, as said last: voice and screen agree.
    bands
        The person's ranges, those that were calibrated meanwhile too.
    done
        Sets of the plan that are over.
    logged
        Number of the newest set in the log, that of a check too; 0: there is none.
    last
        The last set, and how it was judged.
    rest_until_s
        When the rest ends; None while a set is under way, and after the last one.
    calibrated
        The range that was calibrated last in this session; None: none was.
    checked, settled
        What the last check of the strap found (None: there was none), and how many have found something and are over.
    """

    def __init__(
        self,
        plan: WorkoutPlan,
        exercise: Exercise,
        *,
        bands: Mapping[Leg | None, RangeBand] | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.plan = plan
        self.exercise = exercise
        self.settings = settings or Settings()
        self.done = 0
        self.logged = 0
        self.last: Judged | None = None
        self.bands = dict(bands or {})
        self.rest_until_s: float | None = None
        self.paused = False
        self.holds = True
        self.calibrated: Calibration | None = None
        self._calibrator: Calibrator | None = None
        self._steps = plan.steps()
        self._reps: dict[int, Rep] = {}
        self._tops: set[int] = set()
        self._taken: set[int] = set()
        self._open = False
        self._then: Leg | None = None
        self._beyond = self._steps[-1].side
        self.count = 0
        self._phase = Phase.REST
        self._ticks = 0
        self._limits = Limits()
        self._rest_said: set[int] = set()
        self._check: StrapCheck | None = None
        self.checked: Checked | None = None
        self.settled = 0
        self._aside = Aside()
        self._rest_pose: Vector | None = None
        self._posture_told = False
        self._breathing = Breathing(self.settings.breath, plan.tempo_s, self.settings.early_s)

    @property
    def checking(self) -> bool:
        """The strap is being checked, or what was done may have been more than the swing."""
        return self._check is not None or self._aside.settles_s is not None

    @property
    def calibrating(self) -> bool:
        """A range is being made."""
        return self._calibrator is not None

    @property
    def newest(self) -> int | None:
        """Peak of the set's newest repetition, one whose top was just reached too; None: there is none."""
        return max([*self._tops, *self._reps], default=None)

    @property
    def side(self) -> Leg | None:
        """The leg that works, or comes next; behind the plan the one that worked last."""
        return self.current.side if self.current else self._beyond

    @property
    def band(self) -> RangeBand | None:
        """The person's range with the leg that works."""
        return self.bands.get(self.side)

    @property
    def targets(self) -> Targets:
        """What is asked for now, of the leg that works."""
        return targets_of(self.exercise, tempo=self.plan.tempo, band=self.band)

    @property
    def _so_far(self) -> int:
        """Repetitions that count, those at the top included where they are counted there."""
        return len(self._reps) + (len(self._tops) if self.settings.count_at is CountAt.TOP else 0)

    @property
    def current(self) -> PlannedSet | None:
        """The set that is under way or comes next; None: all are done."""
        return self._steps[self.done] if self.done < len(self._steps) else None

    @property
    def after(self) -> PlannedSet | None:
        """What comes after `current`; None: nothing."""
        return self._steps[self.done + 1] if self.done + 1 < len(self._steps) else None

    def go_on_behind(self, sets: int, logged: int = 0, last: Judged | None = None) -> None:
        """Go on in a session that has so many sets of the plan, and in its log ``logged`` sets, already."""
        self.done = min(sets, len(self._steps))
        self.logged, self.last = logged, last

    def push(self, value: object) -> list[Cue]:
        """Take one of the core's values, or where the leg is; paused, nothing is told of it."""
        silent = self.paused
        self.logged += isinstance(value, ExerciseSet)
        cues = list(self._set_aside(value) if self._belongs_to_check(value) else self._cues(value))
        return [] if silent else cues

    def tick(self, at_s: float) -> list[Cue]:
        """Take how far the stream is: for what is due by time alone."""
        cues = [*self._rested(at_s), *self._breathing.tick(at_s)]
        if self._check is not None and self._check.late(at_s):
            cues += self._unchecked(at_s)
        if self._aside.settled(at_s):
            self._settle()
        return [] if self.paused else cues

    def look(self, at_s: float, up: Vector) -> list[Cue]:
        """Take the up direction (sensor frame), for the check of the strap and of the posture."""
        if self._check is None:
            if self._phase is Phase.REST and not self.checking:
                self._rest_pose = up
            return []
        if self._check.late(at_s):
            return self._unchecked(at_s)
        said = self._check.push(at_s, up)
        if self._check.found is not None:
            self.checked, self._check = self._check.found, None
            self._posture_told = False
            self._aside.found(at_s)
        return [Cue(CueKind.SETUP, at_s, said)] if said else []

    def check_strap(self, at_s: float) -> list[Cue]:
        """Check whether the cuff holds: stand still, swing once; where it is being checked, leave it unchecked."""
        if self._check is not None:
            return self._unchecked(at_s)
        self._settle()
        if self.exercise.basis == "travel":
            return [Cue(CueKind.SETUP, at_s, "the strap cannot be checked in this exercise")]
        self._check, self._aside, self._tops = StrapCheck(at_s), Aside(self._tops, self.plan.tempo_s[3]), set()
        self.count = self._so_far
        return [Cue(CueKind.SETUP, at_s, "stand upright and still for three seconds")]

    def _unchecked(self, at_s: float) -> list[Cue]:
        """End a check that found nothing; what was set aside of the set under way counts."""
        if not self.checking:
            return []
        said = [] if self._check is None else [Cue(CueKind.SETUP, at_s, "the strap was not checked")]
        self._check = None
        self._tops |= self._aside.tops
        self._reps |= self._aside.reps
        self._open = bool(self._reps)
        self._aside = Aside()
        return [*self._counted(at_s), *said]

    def _settle(self) -> None:
        """End a check that found something: what is set aside was the swing."""
        self.settled += self._aside.settles_s is not None
        self._aside.settles_s = None

    def pause(self, at_s: float) -> list[Cue]:
        """Hold everything: the person's word, or an abrupt event."""
        if self.paused:
            return []
        self.paused = True
        return [Cue(CueKind.PAUSED, at_s, "paused")]

    def resume(self, at_s: float) -> list[Cue]:
        """Go on."""
        if not self.paused:
            return []
        self.paused = False
        self.count = self._so_far  # what was done meanwhile is in the log, and counts
        return [Cue(CueKind.RESUMED, at_s, f"go on from {self.count}" if self.count else "go on", self.count)]

    def undo(self, at_s: float) -> list[Cue]:
        """Take the newest repetition back; none under way: the last set's. Nothing while the strap is checked."""
        newest, last = self.newest, self.last
        if self.checking:
            return []
        if newest is None:
            left = [] if last is None else [rep.peak for rep in last.measured.reps if rep.peak not in last.taken]
            if last is None or not left:
                return []
            self.last = last.corrected(taken=last.taken | {left[-1]})
            return [Cue(CueKind.COUNT_BACK, at_s, "the last repetition is taken back", self.last.reps)]
        self._taken.add(newest)
        self._tops.discard(newest)
        self._reps.pop(newest, None)
        self.count = self._so_far
        return [Cue(CueKind.COUNT_BACK, at_s, f"back to {self.count}", self.count)]

    def correct(self, *, taken: Iterable[int] | None = None, added: int | None = None) -> None:
        """Make the last set what the person says that it was."""
        if self.last is not None:
            self.last = self.last.corrected(taken=taken, added=added)

    def switch(self, side: Leg, at_s: float) -> list[Cue]:
        """Go to the next set of the other leg, in whose place it works where it has none; after a set under way."""
        self._settle()
        cues = self._unchecked(at_s)
        if self._open:
            self._then = side
            return cues
        found = next((k for k in range(self.done, len(self._steps)) if self._steps[k].side == side), None)
        if found is None:
            left = (replace(planned, side=side) for planned in self._steps[self.done :])
            self._steps = (*self._steps[: self.done], *left)
        self.done = self.done if found is None else found
        self._beyond = side if self.current is None else self._steps[-1].side
        self.rest_until_s = None
        return [*cues, Cue(CueKind.SWITCH_LEGS, at_s, f"{side} leg")]

    def calibrate(self, at_s: float) -> list[Cue]:
        """Make the person's range of the next three to five slow repetitions; they count like any others."""
        self._settle()
        cues = self._unchecked(at_s)
        self._calibrator = Calibrator()
        return [*cues, Cue(CueKind.CALIBRATION, at_s, f"three to {MOST} slow repetitions, back still")]

    def lost(self, at_s: float) -> list[Cue]:
        """Take that the sensor's link broke."""
        self._settle()
        return [*self._unchecked(at_s), Cue(CueKind.SENSOR_LOST, at_s, "sensor lost, looking for it")]

    def back(self, at_s: float) -> list[Cue]:
        """Take that the sensor is back."""
        return [Cue(CueKind.SENSOR_BACK, at_s, "sensor back")]

    def _cues(self, value: object) -> Iterator[Cue]:
        match value:
            case Peak() | Rep() if value.peak in self._taken:
                self._tops.discard(value.peak)
                self._open |= isinstance(value, Rep)
            case Peak():
                self._tops.add(value.peak)
                if self.settings.count_at is CountAt.TOP:
                    yield from self._counted(value.reported_s)
            case Rep():
                self._tops.discard(value.peak)
                self._reps[value.peak] = value
                self._open = True
                yield from self._counted(value.reported_s)
                if self._calibrator is None:
                    yield from remark(value, self.targets, self.settings.feedback)
                else:
                    yield from self._calibrates(self._calibrator.push(value), value.reported_s)
            case Rejected() if value.peak in self._tops or value.peak in self._reps:
                self._tops.discard(value.peak)
                self._reps.pop(value.peak, None)
                if self.count > self._so_far:
                    self.count = self._so_far
                    yield Cue(
                        CueKind.COUNT_BACK, value.reported_s, f"that one does not count: {self.count}", self.count
                    )
            case ExerciseSet():
                yield from self._closed(value)
            case Now():
                yield from self._moved(value)

    def _belongs_to_check(self, value: object) -> bool:
        """It is part of the check, or a set of nothing else."""
        if isinstance(value, ExerciseSet):
            return all(rep.peak in self._aside for rep in value.reps)
        if isinstance(value, Peak | Rep | Rejected):
            return self.checking or value.peak in self._aside
        return isinstance(value, Now) and self.checking

    def _set_aside(self, value: object) -> Iterator[Cue]:
        if isinstance(value, ExerciseSet):
            self._settle()
            self._aside = Aside()
        if isinstance(value, Now):
            self._aside.moved(value)
        if isinstance(value, Peak | Rep | Rejected):
            self._aside.take(value)
            if self._aside.is_exercise:
                yield from self._unchecked(value.reported_s)

    def _counted(self, at_s: float) -> Iterator[Cue]:
        """Say the count, where it has grown; and how many are left."""
        if self._so_far <= self.count or self.paused:
            return
        self.count = self._so_far
        self.rest_until_s = None
        yield Cue(CueKind.COUNT, at_s, str(self.count), self.count)
        if self.checked is not None and self._rest_pose is not None and not self._posture_told:
            self._posture_told = True
            said = posture_words(self.exercise.posture, self.checked.upright, self._rest_pose)
            if said:
                yield Cue(CueKind.SETUP, at_s, said)
        left = self.plan.reps[1] - self.count
        if 1 <= left <= FEW:
            yield Cue(CueKind.FEW_LEFT, at_s, "last one" if left == 1 else f"{left} more", left)

    def _calibrates(self, found: list[Step | Calibration], at_s: float) -> Iterator[Cue]:
        """Say what a repetition was good for, and the range once it is made."""
        for one in found:
            if isinstance(one, Step):
                yield Cue(CueKind.CALIBRATION, at_s, one.why_not or f"{one.used} of {one.needed}", one.used)
                continue
            self._calibrator, self.calibrated = None, one
            self.bands[self.side] = one.band
            again = ", but they differ: better make it again" if one.unsteady else ""
            text = f"your range is {one.band.floor_deg:.0f} to {one.band.ceiling_deg:.0f} degrees{again}"
            yield Cue(CueKind.CALIBRATION, at_s, text, one.band.target_deg)

    def _closed(self, one: ExerciseSet) -> Iterator[Cue]:
        at_s, targets = one.reported_s, self.targets
        self.last = Judged(one, targets, judge_set(one, targets), frozenset(self._taken), number=self.logged)
        if self._calibrator is not None:
            yield from self._calibrates(self._calibrator.flush(), at_s)
            if self._calibrator is not None:
                self._calibrator = None
                yield Cue(CueKind.CALIBRATION, at_s, "too few slow repetitions for a range")
        self._reps, self._tops, self._taken, self._open, self.count = {}, set(), set(), False, 0
        self._breathing.end_set()
        before, self.done = self.current, min(self.done + 1, len(self._steps))
        yield Cue(
            CueKind.SET_DONE, at_s, f"set done: {repetitions(self.last.reps)}{self.last.tempo_words}", self.last.reps
        )
        switched, self._then = self._then, None
        if switched is not None:
            yield from self.switch(switched, at_s)
        then = self.current
        if then is None:
            yield Cue(CueKind.WORKOUT_DONE, at_s, "that was the last set")
        if then is None or switched is not None:
            return
        if before is not None and then.side != before.side and then.side is not None:
            yield Cue(CueKind.SWITCH_LEGS, at_s, f"now the {then.side} leg")
        self._rest_said = set()
        self.rest_until_s = max(at_s, one.end_s + then.rest_before_s)

    def _moved(self, now: Now) -> Iterator[Cue]:
        if now.phase is not self._phase:
            if now.phase is Phase.LIFT and self._phase is not Phase.HOLD:
                self._limits = Limits()
            yield from self._breathing.turn(now, self._phase)
            self._phase, self._ticks = now.phase, 0
            if now.phase in _PHASES:
                yield Cue(_PHASES[now.phase], now.at_s)
        held_s = now.phase_s + self.settings.early_s
        if now.phase is Phase.HOLD and held_s >= self._ticks + 1:
            self._ticks = int(held_s)
            yield Cue(CueKind.TICK, now.at_s, "", self._ticks)
        if now.phase not in (Phase.LIFT, Phase.HOLD):
            return
        band = self.band
        if band is not None:
            yield from self._limits.ranged(now, band)
        if self.exercise.may_slip and not self.paused and self._limits.jolted(now, once=not self.holds):
            self.paused = self.holds
            kind, then = (CueKind.PAUSED, "paused. Is") if self.holds else (CueKind.JOLT, "is")
            yield Cue(kind, now.at_s, f"that was a jolt: {then} the weight secure?", now.jolt_m_s2)

    def _rested(self, at_s: float) -> Iterator[Cue]:
        """Count the last seconds of a rest down."""
        if self.rest_until_s is None:
            return
        left_s = self.rest_until_s - self.settings.early_s - at_s
        due = [number for number in REST_COUNTED_S if left_s <= number and number not in self._rest_said]
        if not due:
            return
        self._rest_said |= set(due)
        number = min(due)
        if number == 0:
            self.rest_until_s = None
        yield Cue(CueKind.REST_LEFT, at_s, str(number) if number else "go", number)
