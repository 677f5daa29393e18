"""The engine: the only place that wires the stages.

``Tracker.push(samples)`` returns what became known; ``flush()`` returns the rest. Everything that is decided is
decided at sample indices that do not depend on how the stream was cut, so cutting it elsewhere gives the same
values, bit for bit.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from math import dist

import numpy as np

from tracker.exercises import Exercise
from tracker.motion import evidence
from tracker.motion.axis import Pivot, PivotFit, PivotHistory, climb, heading, judge
from tracker.motion.bridged import seen_deg
from tracker.motion.candidate import Candidate, Lift
from tracker.motion.gain import Gain
from tracker.motion.grid import Grid
from tracker.motion.history import History
from tracker.motion.now import JOLT_S, Now
from tracker.motion.orientation import GRAVITY_M_S2, Motion, Orienter
from tracker.motion.reps import look_ahead, measure, touched_phases
from tracker.motion.samples import Gap, Samples
from tracker.motion.segmentation import Segmentation, Segmenter
from tracker.motion.set_axis import SetAxis
from tracker.motion.sets import Outcome, SetBuilder
from tracker.motion.shape import shape
from tracker.motion.steps import Steps, pose_speed
from tracker.motion.travel_counter import STILL_BLOCKS, TravelCounter
from tracker.motion.values import ExerciseSet, Flag, Peak, Reason, Rejected, Rep
from tracker.motion.vectors import Vector, angle, cross, tangent
from tracker.motion.watch import CLOSE_LEFT, SLOW_RAD_S, Ending, Excursion, Top

ALGORITHM_VERSION = "7"

STEP_S = 0.04
"""The segmentation looks at the leg 25 times a second."""
LEAVE_S = 0.2
"""An excursion begins so long before it is seen to have left rest, for the fit of a pivot."""
CONFIRM_STEPS = 1
FORESEE_S = 1.0
"""A peak is said so many steps after it was seen, or later, or, after this time, never."""
WHOLE_SHARE = 0.2
"""Behind a hole the leg may be away from rest: the lift was seen whole if it began within this share of the swing."""
LEAST_ROWS = 8
KEEP_S = 24.0
LOST, CLIPPED = -1.0, 1.0
"""Marks of samples in the history; 0 for good ones."""
SLICE = 2048
"""Longer pushes are taken in slices of this many samples, so that memory stays flat."""

Value = Peak | Rep | Rejected | ExerciseSet | Gap


class Tracker:
    """Samples in; peaks, repetitions, rejections, sets and gaps out.

    Parameters
    ----------
    period_s
        Grid step of the stream, seconds (rates from 25 to 500 Hz).
    t0_s
        Time of sample index 0.
    exercise
        Profile, or None: any leg lift counts.
    segmenter
        Makes the segmentation, told the seconds between its steps; not used where travel is counted.
    """

    def __init__(
        self,
        period_s: float,
        *,
        t0_s: float = 0.0,
        exercise: Exercise | None = None,
        segmenter: Callable[[float], Segmentation] = Segmenter,
    ) -> None:
        if not 1 / 500 * 0.99 <= period_s <= 1 / 25 * 1.01:
            raise ValueError(f"rate {1 / period_s:.1f} Hz is outside 25 to 500 Hz")
        self._period_s = period_s
        self._t0_s = t0_s
        self._stride = max(1, round(STEP_S / period_s))
        self._step_s = self._stride * period_s
        self._grid = Grid(period_s, t0_s)
        self._travel: TravelCounter | None = None
        if exercise is not None and exercise.basis == "travel":
            self._travel = TravelCounter(period_s, t0_s=t0_s, min_range_m=exercise.min_range_m, room=SLICE)
        self._orienter = Orienter(period_s, still_blocks=STILL_BLOCKS if self._travel else 2)
        self._segmenter = segmenter(self._step_s)
        self._sets = SetBuilder(exercise)
        self._keep = round(KEEP_S / period_s)
        self._next: int | None = None
        self._began = self._from_step = 0
        self._fine = History(10, self._keep, SLICE)
        self._coarse = PivotHistory(self._step_s, round(KEEP_S / self._step_s), SLICE // self._stride + 1)
        self._due: deque[tuple[int, Excursion]] = deque()
        self._steps = Steps(self._stride)
        self._axis = SetAxis()
        self._gain = Gain(period_s)
        self._judged: deque[Excursion] = deque(maxlen=4)
        self._wrong_until_s, self._turned = -math.inf, -1
        self._top: Top | None = None
        self._said = 0

    @property
    def now(self) -> Now | None:
        """Where the leg is; None before anything is known, in a new posture, behind a hole, where travel is counted."""
        known = self._segmenter.now
        if known is None:
            return None
        phase, since, step, angle_rad = known
        since_s = self._now_s(since)
        recent = self._fine.between(self._fine.end - round(JOLT_S / self._period_s), self._fine.end)[:, 7:]
        jolt_m_s2 = math.sqrt(float(np.square(recent).sum(axis=1).max(initial=0.0)))
        return Now(self._now_s(step), phase, since_s, math.degrees(angle_rad), jolt_m_s2)

    @property
    def up(self) -> Vector | None:
        """The newest up direction, sensor frame, in whatever posture; None before any, where travel is counted."""
        return self._segmenter.pose

    def push(self, samples: Samples) -> list[Value]:
        """Take a block of samples; blocks follow each other, holes between them are allowed."""
        return [value for item in self._grid.push(samples) for value in self._take(item)]

    def flush(self) -> list[Value]:
        """End the stream."""
        out: list[Value] = []
        for item in self._grid.flush():
            out += self._take(item)
        out += self._moved(self._orienter.flush())
        if self._travel is not None:
            return out + self._travel.flush(Reason.INCOMPLETE) + self._travel.end_set()
        out += self._interrupt(Reason.INCOMPLETE)
        return out + self._told(self._sets.end_set(self._time(self._fine.end - 1)))

    def end_set(self) -> list[Value]:
        """Close the open set: the person said that it is over."""
        if self._travel is not None:
            return list(self._travel.end_set())
        return self._told(self._sets.end_set(self._time(self._fine.end - 1)))

    def _told(self, outcomes: list[Outcome]) -> list[Value]:
        """What the sets say, which also tells about what they turn."""
        self._axis.learn(outcomes)
        return list(outcomes)

    def _take(self, item: Samples | Gap) -> list[Value]:
        if isinstance(item, Gap):
            return [item]
        out: list[Value] = []
        if item.start_index != self._next:
            if self._next is not None:
                out += self._broken_off(item.start_index, item.start_index - self._next)
            self._restart(item.start_index)
        self._next = item.start_index + len(item)
        for part in item.sliced(SLICE):
            out += self._moved(self._orienter.push(part))
        return out

    def _broken_off(self, index: int, lost: int) -> list[Value]:
        """End what is open: there is a hole too long to bridge, and the stream goes on at this index."""
        out = self._moved(self._orienter.flush())
        self._orienter.restart()
        if self._travel is not None:
            return out + self._travel.flush(Reason.GAP)
        out += self._interrupt(Reason.GAP)
        self._sets.resume(self._time(index), lost * self._period_s)
        return out

    def _moved(self, motions: list[Motion]) -> list[Value]:
        take = self._follow if self._travel is None else self._travel.push
        return [value for motion in motions for value in take(motion)]

    def _interrupt(self, reason: Reason) -> list[Value]:
        """End what is open: the stream ends here, or has a hole too long to bridge."""
        newest = self._fine.end - 1
        detail = "the stream broke off" if reason is Reason.GAP else "the stream ended"
        out: list[Value] = []
        while self._due:
            e = self._due.popleft()[1]
            out += self._judge(e, newest, self._until(e, newest // self._stride))
        for event in self._segmenter.flush(self._coarse.end - 1):
            if isinstance(event, Excursion):
                over = event.ending is Ending.RETURNED and self._stands_still(newest)
                until = self._until(event, newest // self._stride)
                out += self._judge(event, newest, until) if over else [self._unfinished(event, newest, reason, detail)]
        return out

    def _stands_still(self, newest: int) -> bool:
        """The leg does not turn any more in the last step."""
        rows = self._fine.between(newest + 1 - self._stride, newest + 1)
        turning = pose_speed(rows[:, :3], rows[:, 3:6])
        return bool(turning.max(initial=0.0) < SLOW_RAD_S)

    def _restart(self, index: int) -> None:
        if self._travel is not None:
            self._travel.restart(index)
            return
        self._from_step = self._steps.restart(index)
        self._segmenter.restart(self._from_step)
        self._top = None
        self._fine.restart(index)
        self._began = index
        self._coarse.restart(self._from_step)

    def _follow(self, motion: Motion) -> list[Value]:
        """Step through a block of motion."""
        self._fine.append(motion.gyr, motion.up, np.where(motion.valid, motion.clipped * CLIPPED, LOST), motion.lin)
        stepped = self._steps.push(motion)
        if stepped is None:
            return []
        n, first = self._stride, self._coarse.end
        self._coarse.append(stepped.mean)
        out: list[Value] = []
        step, due, push = first, self._due, self._segmenter.push
        limit = self._deadline_step()
        for pose, pace in zip(zip(*stepped.up.T.tolist(), strict=True), stepped.speed.tolist(), strict=True):
            for event in push(step, pose, pace):
                self._event(event)
            if self._top is not None:
                out += self._announce(self._top, step)
            if due:
                while due and due[0][0] <= step:
                    _, event = due.popleft()
                    until = self._until(event, step)
                    if until > step:
                        due.appendleft((until, event))
                        break
                    out += self._judge(event, (step + 1) * n - 1, until)
                limit = self._deadline_step()
            elif step >= limit:
                opened = self._segmenter.open_since
                open_s = None if opened is None else self._time(opened * n)
                out += self._told(self._sets.tick(self._time((step + 1) * n - 1), open_s))
                limit = self._deadline_step()
            step += 1
        return out

    def _deadline_step(self) -> float:
        """First step at which the sets have something to do by themselves."""
        return (self._sets.deadline_s - self._time(self._stride - 1)) / self._step_s

    def _turn_round(self, e: Excursion, c: Candidate) -> None:
        """Take the other end for rest: at once after a slow excursion, after two fast ones (one may be a step)."""
        again = c.rep.start_s - self._wrong_until_s < evidence.FOLLOWS_S
        self._wrong_until_s = c.rep.end_s
        if evidence.may_be_step(c) and not again:
            return
        first, after = e, max(self._from_step, self._turned)
        for before in reversed(list(self._judged)[:-1]):
            if self._sets.counts(before.peak):
                after = max(after, before.end)
                break
            same_end = dist(before.far, e.far) < CLOSE_LEFT * dist(e.rest, e.far)
            follows = (first.opened - before.end) * self._step_s < evidence.FOLLOWS_S
            if not same_end or not follows or before.top <= self._turned:
                break
            first = before
        if first.top <= self._turned:  # it was turned round there before
            return
        self._turned = first.top
        for event in self._segmenter.turn_round(first, after):
            self._event(event)

    def _time(self, index: float) -> float:
        return self._t0_s + index * self._period_s

    def _event(self, event: Top | Excursion) -> None:
        """Note a top to be announced, or an excursion to be judged."""
        if isinstance(event, Top):
            if event.peak != self._said and event.opened != self._from_step:
                self._top = event
            return
        if self._top is not None and self._top.peak == event.peak:
            self._top = None
        self._due.append((event.step, event))

    def _announce(self, top: Top, step: int) -> list[Value]:
        """Say that a peak was reached, once it is sure enough."""
        if step < top.step + CONFIRM_STEPS:
            return []
        far = self._segmenter.farthest
        waited_s = (step - top.step) * self._step_s
        lift = self._lift(top, far or top.far, math.inf if far is None else waited_s, step)
        if lift is not None and self._sets.foresees(lift):
            self._top, self._said = None, top.peak
            return [Peak(top.peak, self._time((top.top + 1) * self._stride - 1), self._now_s(step))]
        if far is None or waited_s > FORESEE_S:
            self._top = None
        return []

    def _lift(self, top: Top, far: Vector, waited_s: float, step: int) -> Lift | None:
        """Describe the way out so far, where there is enough of it and it may be foreseen to count."""
        first = max(top.opened - round(LEAVE_S / self._step_s), 0)
        start_s, range_deg = self._now_s(top.opened), math.degrees(angle(top.rest, far))
        few = step + 1 - max(first, self._coarse.begin) < LEAST_ROWS
        if few or not self._sets.may_foresee(start_s, range_deg, waited_s):
            return None

        def fit() -> tuple[PivotFit, float]:
            out = self._coarse.fit_out(first, step + 1)
            found = judge(out, out)
            return found, climb(out, found, top.rest, far)

        return Lift(start_s, range_deg, tangent(top.rest, far), top.rest, fit)

    def _now_s(self, step: int) -> float:
        return self._time((step + 1) * self._stride - 1)

    def _until(self, e: Excursion, step: int) -> int:
        """Step that the measurement waits for, as far as can be known now."""
        turning = self._coarse.turning(e.top, step + 1)
        return e.end + look_ahead(turning, e.rest, e.far, step - e.end, e.end - e.top, self._step_s)

    def _judge(self, e: Excursion, newest: int, until: int) -> list[Value]:
        """Measure a closed excursion and hand it to the sets."""
        if e.ending is not Ending.RETURNED:
            return [self._unfinished(e, newest, Reason.INCOMPLETE, "did not come back to the rest pose")]
        rough_rep = self._rough(e, newest)
        dismissed = self._sets.dismiss(rough_rep, self._time(newest))
        if dismissed is not None:
            return self._told(dismissed)
        whole, fit, climb = self._evidence(e, newest)
        swing_deg, rested_s = rough_rep.range_deg or 0.0, (e.opened - e.begin) * self._step_s
        rough = Candidate(rough_rep, whole, fit, climb, tangent(e.rest, e.far), e.rest, swing_deg, rested_s)
        if self._sets.plainly_not(rough):
            return self._told(self._sets.push(rough, self._time(newest)))
        measured = self._measure(e, newest, until)
        if isinstance(measured, Rejected):
            if e.opened == self._from_step:  # the hole goes on until it is over
                self._sets.resume(measured.reported_s, measured.end_s - measured.start_s)
            return [measured]
        rep, own_deg = measured
        rows = self._fine.between(e.opened * self._stride, (e.end + 1) * self._stride)
        if rep.range_deg is None:
            swing_deg = min(swing_deg, seen_deg(rows[:, 3:6], rows[:, 6] == LOST, e.rest))
        heading_deg = math.degrees(heading(rows[:, :3], rows[:, 3:6], self._period_s))
        from_top = self._sets.either_end and self._segmenter.from_top(e)
        candidate = replace(
            rough, rep=rep, swing_deg=swing_deg, from_top=from_top, own_deg=own_deg, heading_deg=heading_deg
        )
        values = self._told(self._sets.push(candidate, self._time(newest)))
        self._judged.append(e)
        if any(isinstance(v, Rejected) and v.peak == e.peak and v.reason is Reason.WRONG_WAY for v in values):
            self._turn_round(e, candidate)
        return values

    def _measure(self, e: Excursion, newest: int, until: int) -> tuple[Rep, float] | Rejected:
        """Measure on all samples of the window; also the range about its own axis, degrees."""
        n = self._stride
        begin = max(e.begin * n, newest + 1 - self._keep, self._began)
        end = min((until + 1) * n - 1, newest)
        window, direction = self._fine.between(begin, end + 1), tangent(e.rest, e.far)
        found = measure(
            window[:, :3],
            window[:, 3:6],
            self._period_s,
            opened=e.opened * n - begin,
            top=min((e.top + 1) * n - 1, end) - begin,
            closed=min((e.end + 1) * n - 1, end) - begin,
            lift=cross(e.rest, e.far),
            known=self._axis.known(e.rest, direction),
        )
        if found is None:
            return self._unfinished(e, newest, Reason.INCOMPLETE, "has no lift and return")
        first, last = math.floor(found.start), math.ceil(found.end) + 1
        if e.opened == self._from_step and not (
            first and dist(window[first, 3:6], e.rest) < WHOLE_SHARE * dist(e.far, e.rest)
        ):
            return self._unfinished(e, newest, Reason.GAP, "left the rest pose while the stream was broken off")
        marks = window[:, 6]
        marked = bool(marks.any())
        touched = touched_phases(found, marks != LOST, self._period_s) if marked else set()
        if "lift" in touched and "return" in touched:
            return self._unfinished(e, newest, Reason.GAP, "samples were lost in the lift and in the return")
        if not marked:
            self._gain.learn(found, window[:, 7:] + GRAVITY_M_S2 * window[:, 3:6])
        found = self._gain.corrected(found)
        flags = [Flag.CLIPPED] if marked and bool((marks[first:last] == CLIPPED).any()) else []
        flags += [Flag.GAP] if touched else []
        if not touched:
            self._axis.measured(e.peak, found.spread, e.rest, direction)
        unknown = "lift" in touched or "hold" in touched
        rep = Rep(
            e.peak,
            self._time(begin + found.start),
            None if "lift" in touched else self._time(begin + found.peak_start),
            None if "hold" in touched or "return" in touched else self._time(begin + found.peak_end),
            self._time(begin + found.end),
            self._time(newest),
            None if unknown else math.degrees(found.range_rad),
            None if "lift" in touched else math.degrees(found.peak_speed_rad_s),
            tuple(sorted(flags)),
            None if touched else shape(found, window[:, 7:], self._period_s),
        )
        return rep, math.degrees(found.own_range_rad)

    def _rough(self, e: Excursion, newest: int) -> Rep:
        """What the segmentation alone knows: when it left and came back, and how far it was."""
        n = self._stride
        far = math.degrees(angle(e.rest, e.far))
        start_s, end_s = self._time((e.opened + 1) * n - 1), self._time((e.end + 1) * n - 1)
        return Rep(e.peak, start_s, None, None, end_s, self._time(newest), far, None)

    def _unfinished(self, e: Excursion, newest: int, reason: Reason, detail: str) -> Rejected:
        rough = self._rough(e, newest)
        return Rejected(e.peak, rough.start_s, rough.end_s, rough.reported_s, reason, detail, rough)

    def _evidence(self, e: Excursion, newest: int) -> tuple[Pivot, PivotFit, float]:
        """Fit a pivot to the window; also the height that the ankle gained, as a share of the lever."""
        first = max(e.begin, e.opened - round(LEAVE_S / self._step_s))
        last = min(max(e.end + 2, first + 8), (newest + 1) // self._stride)
        first = min(first, last - 6)
        out, back = self._coarse.fit(first, last, e.top)
        whole, fit = out + back, judge(out, back)
        return whole, fit, climb(whole, fit, e.rest, e.far)
