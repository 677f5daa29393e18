"""The coach: what the core finds in, cues out.

In: the core's values and marks as they come, and where the leg is (`Now`). Out: `Cue`. Remembered: the set that is
under way, what was said of it, and the rest that runs.

Rules
-----
- A count is said once, at the top (or on return), and is the number of repetitions that count so far. If what was
  counted at the top does not hold, the next cue says what is so: a newer count takes an older one's place.
- At most one remark for a repetition, after it is over: its first flag, in the order of ``ORDER``.
- Nothing but the sensor's state is told while the session is paused.
- No clock: time is the stream's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracker.coaching.cues import CountAt, Cue, CueKind, Feedback, Settings
from tracker.coaching.form import FormFlag, judge, tempo_in_band
from tracker.coaching.plan import PlannedSet, WorkoutPlan
from tracker.coaching.range_band import MOST, Calibration, Calibrator, RangeBand, Step
from tracker.coaching.set_form import SetForm, judge_set
from tracker.coaching.targets import Targets, targets_of
from tracker.exercises import Exercise, Leg
from tracker.motion.now import Now, Phase
from tracker.motion.values import ExerciseSet, Peak, Rejected, Rep

FEW = 3
"""So many repetitions before the end of the target are counted down."""
REST_COUNTED_S = (3, 2, 1, 0)
REMARKS = {
    FormFlag.ABOVE_CEILING: "above your ceiling",
    FormFlag.SNAP_BACK: "let the band back slowly",
    FormFlag.DROPPED_RETURN: "lower it slowly",
    FormFlag.SWING: "no swing",
    FormFlag.SHORT: "a little farther",
    FormFlag.NO_HOLD: "hold at the top",
    FormFlag.TOUCHDOWN: "don't touch down",
    FormFlag.BOTTOM_REST: "keep the tension",
    FormFlag.OFF_PLANE: "same direction",
}
ORDER = tuple(REMARKS)
"""What is said first where there is more than one: what may hurt, then what swings, then what is missing."""
_PHASES = {Phase.LIFT: CueKind.LIFT, Phase.HOLD: CueKind.HOLD, Phase.RETURN: CueKind.RETURN}


@dataclass(frozen=True, slots=True)
class Judged:
    """A set that is over, and how it was judged.

    Attributes
    ----------
    measured, targets, form
        The set, what was asked for in it, and its form.
    taken
        Peaks of the repetitions that the person took back.
    """

    measured: ExerciseSet
    targets: Targets
    form: SetForm
    taken: frozenset[int]

    @property
    def tempo_words(self) -> str:
        """How many kept the tempo; empty where that is not known."""
        kept = [tempo_in_band(rep, self.targets) for rep in self.measured.reps if rep.peak not in self.taken]
        return "" if None in kept or not kept else f", {sum(map(bool, kept))} in tempo"


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
    count
        Repetitions in the set under way, as said last: voice and screen agree.
    done
        Sets that are over.
    last
        The last set, and how it was judged.
    rest_until_s
        When the rest ends; None while a set is under way, and after the last one.
    calibrated
        The range that was calibrated last in this session; None: none was.
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
        self.last: Judged | None = None
        self._bands = dict(bands or {})
        self.rest_until_s: float | None = None
        self.paused = False
        self.calibrated: Calibration | None = None
        self._calibrator: Calibrator | None = None
        self._steps = plan.steps()
        self._reps: dict[int, Rep] = {}
        self._tops: set[int] = set()
        self._taken: set[int] = set()
        self.count = 0
        self._phase = Phase.REST
        self._ticks = 0
        self._passed: set[CueKind] = set()
        self._rest_said: set[int] = set()

    @property
    def side(self) -> Leg | None:
        """The leg that works, or comes next."""
        return self.current.side if self.current else None

    @property
    def band(self) -> RangeBand | None:
        """The person's range with the leg that works."""
        return self._bands.get(self.side)

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

    def go_on_behind(self, sets: int) -> None:
        """Go on in a session that has so many sets already."""
        self.done = min(sets, len(self._steps))

    def push(self, value: object) -> list[Cue]:
        """Take one of the core's values, or where the leg is; paused, nothing is told of it."""
        cues = list(self._cues(value))
        return [] if self.paused else cues

    def tick(self, at_s: float) -> list[Cue]:
        """Take how far the stream is: for what is due by time alone."""
        cues = list(self._rested(at_s))
        return [] if self.paused else cues

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
        """Take the last repetition of the set under way back; one whose top was just reached too."""
        if not self._tops and not self._reps:
            return []
        newest = max([*self._tops, *self._reps])
        self._taken.add(newest)
        self._tops.discard(newest)
        self._reps.pop(newest, None)
        self.count = self._so_far
        return [Cue(CueKind.COUNT_BACK, at_s, f"back to {self.count}", self.count)]

    def switch(self, side: Leg, at_s: float) -> list[Cue]:
        """Go to the next set of the other leg: the person has switched."""
        found = next((k for k in range(self.done, len(self._steps)) if self._steps[k].side == side), None)
        if found is not None:
            self.done = found
        self.rest_until_s = None
        return [Cue(CueKind.SWITCH_LEGS, at_s, f"{side} leg")]

    def calibrate(self, at_s: float) -> list[Cue]:
        """Make the person's range of the next three to five slow repetitions; they count like any others."""
        self._calibrator = Calibrator()
        return [Cue(CueKind.CALIBRATION, at_s, f"three to {MOST} slow repetitions, back still")]

    def lost(self, at_s: float) -> list[Cue]:
        """Take that the sensor's link broke."""
        return [Cue(CueKind.SENSOR_LOST, at_s, "sensor lost, looking for it")]

    def back(self, at_s: float) -> list[Cue]:
        """Take that the sensor is back."""
        return [Cue(CueKind.SENSOR_BACK, at_s, "sensor back")]

    def _cues(self, value: object) -> Iterator[Cue]:
        match value:
            case Peak() | Rep() if value.peak in self._taken:
                self._tops.discard(value.peak)
            case Peak():
                self._tops.add(value.peak)
                if self.settings.count_at is CountAt.TOP:
                    yield from self._counted(value.reported_s)
            case Rep():
                self._tops.discard(value.peak)
                self._reps[value.peak] = value
                yield from self._counted(value.reported_s)
                if self._calibrator is None:
                    yield from self._remark(value)
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

    def _counted(self, at_s: float) -> Iterator[Cue]:
        """Say the count, where it has grown; and how many are left."""
        if self._so_far <= self.count or self.paused:
            return
        self.count = self._so_far
        self.rest_until_s = None
        yield Cue(CueKind.COUNT, at_s, str(self.count), self.count)
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
            self._bands[self.side] = one.band
            again = ", but they differ: better make it again" if one.unsteady else ""
            text = f"your range is {one.band.floor_deg:.0f} to {one.band.ceiling_deg:.0f} degrees{again}"
            yield Cue(CueKind.CALIBRATION, at_s, text, one.band.target_deg)

    def _remark(self, rep: Rep) -> Iterator[Cue]:
        """Say at most one thing about a repetition."""
        if self.settings.feedback is Feedback.SUMMARY:
            return
        flags = {verdict.flag for verdict in judge(rep, self.targets)}
        first = next((flag for flag in ORDER if flag in flags), None)
        if first is not None:
            yield Cue(CueKind.PHRASE, rep.reported_s, REMARKS[first])
        elif self.settings.feedback is Feedback.EVERY and tempo_in_band(rep, self.targets):
            yield Cue(CueKind.PHRASE, rep.reported_s, "good")

    def _closed(self, one: ExerciseSet) -> Iterator[Cue]:
        at_s, reps = one.reported_s, sum(rep.peak not in self._taken for rep in one.reps)
        targets = self.targets
        self.last = Judged(one, targets, judge_set(one, targets), frozenset(self._taken))
        if self._calibrator is not None:
            yield from self._calibrates(self._calibrator.flush(), at_s)
            if self._calibrator is not None:
                self._calibrator = None
                yield Cue(CueKind.CALIBRATION, at_s, "too few slow repetitions for a range")
        self._reps, self._tops, self._taken, self.count = {}, set(), set(), 0
        before, self.done = self.current, min(self.done + 1, len(self._steps))
        yield Cue(CueKind.SET_DONE, at_s, f"set done: {repetitions(reps)}{self.last.tempo_words}", reps)
        then = self.current
        if then is None:
            yield Cue(CueKind.WORKOUT_DONE, at_s, "that was the last set")
            return
        if before is not None and then.side != before.side and then.side is not None:
            yield Cue(CueKind.SWITCH_LEGS, at_s, f"now the {then.side} leg")
        self._rest_said = set()
        self.rest_until_s = max(at_s, one.end_s + then.rest_before_s)

    def _moved(self, now: Now) -> Iterator[Cue]:
        if now.phase is not self._phase:
            if now.phase is Phase.LIFT and self._phase is not Phase.HOLD:
                self._passed = set()
                yield Cue(CueKind.BREATHE_OUT, now.at_s, "breathe out")
            if now.phase is Phase.RETURN:
                yield Cue(CueKind.BREATHE_IN, now.at_s, "breathe in")
            self._phase, self._ticks = now.phase, 0
            if now.phase in _PHASES:
                yield Cue(_PHASES[now.phase], now.at_s)
        if now.phase is Phase.HOLD and now.phase_s >= self._ticks + 1:
            self._ticks = int(now.phase_s)
            yield Cue(CueKind.TICK, now.at_s, "", self._ticks)
        band = self.band
        if now.phase in (Phase.LIFT, Phase.HOLD) and band is not None:
            yield from self._ranged(now, band)

    def _ranged(self, now: Now, band: RangeBand) -> Iterator[Cue]:
        """Once for each lift."""
        for kind, limit_deg, text in (
            (CueKind.RANGE_REACHED, band.floor_deg, ""),
            (CueKind.ABOVE_CEILING, band.ceiling_deg, "high enough"),
        ):
            if now.angle_deg >= limit_deg and kind not in self._passed:
                self._passed.add(kind)
                yield Cue(kind, now.at_s, text, limit_deg)

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


def repetitions(count: int) -> str:
    """Return a number of repetitions in words."""
    return f"{count} repetition{'' if count == 1 else 's'}"
