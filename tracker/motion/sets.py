"""Sets: which excursions are repetitions, and which of them belong together.

In: measured excursions (``Candidate``) in the order in which they closed, and the passing of time. Out: ``Rep``,
``Rejected``, ``ExerciseSet``. Remembered: the open set and the candidates that wait for company.

Rule: an excursion is judged by itself first (did the ankle swing about a fixed pivot, was it large enough, did it come
back), then by its company. Three alike ones in a row are a set. Told the exercise, a single sure one is a set too: large
enough for the exercise and for what this person did before, and not part of a walk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from tracker.exercises import Exercise
from tracker.motion.axis import Pivot, PivotFit
from tracker.motion.segmentation import Vector, angle
from tracker.motion.values import ExerciseSet, Flag, Reason, Rejected, Rep

PARTIAL_SHARE = 0.60
"""Less than this share of the usual range is a partial."""
SAME_SHARE = 0.70
"""Range and time this close to the set's: one of them, even if the pivot shows less clearly than it should …"""
SAME_EXPLAINED = 0.50
"""… as long as a pivot explains at least this share of what it explains in the others."""
FULL_SHARE = 0.80
FIDGET_SHARE = 0.36
"""Share of the usual range times share of the usual time, for excursions below full range."""
SET_PAUSE_S = 8.0
SET_PAUSES = 3.0
"""A set ends after max(8 s, 3 × its median bottom pause) without an excursion."""
ALIKE_RANGE = 0.60
ALIKE_DURATION = 0.30
ALIKE_DIRECTION = math.cos(math.radians(40.0))
UNTOLD_MIN_RANGE_DEG = 3.5
COMPANY = 3
"""So many alike ones in a row need nothing else to be a set (two: 22 false in the corpus, one: 48)."""

PLAINLY_SMALL_SHARE = 0.7
"""The segmentation's own range is within a tenth of the measured one; under this share of the least it is too small."""
STRAP_MOVED_RAD = math.radians(15.0)
"""A rest pose that shifts by more from one repetition to the next: the cuff turned or slipped."""
SHORTEST_S = 0.35
"""Lift and return of a leg; half a second per repetition is the fastest that people train."""
LEVER_M = (0.15, 1.2)
"""Knee or hip to ankle, with room for the fit's error."""
LONG_LEVER_M = 2.2
"""A bending knee makes the fitted lever longer than the leg; believed only when the fit is good."""
WELL_EXPLAINED = 0.75
DUE_M_S2 = (0.2, 0.4, 0.8, 1.5, 3.0)
ALONE_SHARE = (0.10, 0.30, 0.50, 0.60, 0.70)
COMPANY_SHARE = (0.00, 0.15, 0.30, 0.50, 0.65)
STEP_SHARE = (0.00, 0.00, 0.15, 0.35, 0.45)
SLOW_SHARE = (0.00, 0.00, 0.15, 0.25, 0.33)
"""Share of the acceleration that one pivot must explain, by how clearly it has to show: for a repetition that stands
alone, for the middle one of those that begin a set, for one in company that is short enough to be a step, and for a
longer one. At 0.4–0.8 m/s² lifts have 0.7 and more in
simulation (real ankles 0.3, 5th percentile), squats up to 0.4; from 3 m/s² lifts 0.98 (real 0.66), whole strides 0.03
at the shin, 0.3 to 0.55 at the ankle."""
EVEN_LESS = 0.15
"""The worse explained way may fall short of that by so much."""
HURRIED_M_S2, STEP_M_S2 = 1.5, 0.8
"""Something without a pivot that turned and shook more than this was a step, else a squat, a shift or a shake."""
USUAL_REPS = 4
"""A set of so many tells what is usual for the sets after it."""
CLEAR_M_S2 = 0.8
LEVER_SPREAD = 2.2
"""Those that begin a set swing about one pivot: longest over shortest lever."""
SET_LEVER_SHARE = 0.4
USUAL_LEVER_SHARE = 0.5
"""Where the pivot shows clearly, it is at least this share as far away as in the set so far, and in the sets before:
same leg, same lever."""
SHAKE_EXPLAINED = 0.40
"""A lever this well explained is believed when it is short."""
SET_LEVER_M = 0.20
"""One pivot for those that begin a set: a resting ankle shaken by the other leg shows 0.07–0.16 m, lifts from 0.26 m."""
CLIMB = 0.05
"""Least share of the lever by which an ankle plainly goes up or down (machine and bridge: −0.03 to −0.5, lifts: 0.03 to 1.3)."""
LEVEL_CLIMB = 0.02
"""Less is neither; one that stands alone must not go the wrong way by more."""
SHORTEST_PHASE_S = 0.15
"""A faster lift or return is a leg that is thrown, as in a step."""
BESIDE_S = 0.4
"""What follows a step within this time, or precedes it, is a step too."""
STEP_LONGEST_S = 1.6
"""No swing of a walking leg lasts longer."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measured excursion with its evidence.

    Attributes
    ----------
    rep
        Its numbers.
    pivot
        Its fit of a fixed pivot, to be pooled with others'.
    fit
        How well a fixed pivot explains it by itself.
    climb
        Height that the ankle gains to the top, as a share of the lever; 0 where the fit is too poor to tell.
    direction
        Direction of the lift at the rest pose, unit vector, sensor frame.
    rest
        Up direction at the rest pose, unit vector, sensor frame.
    """

    rep: Rep
    pivot: Pivot
    fit: PivotFit
    climb: float
    direction: Vector
    rest: Vector

    @property
    def range_deg(self) -> float:
        """Range, degrees; 0 where unknown."""
        return self.rep.range_deg or 0.0


Outcome = Rep | Rejected | ExerciseSet


class SetBuilder:
    """Groups candidates into sets.

    Parameters
    ----------
    exercise
        The profile, or None: any leg lift counts.
    """

    def __init__(self, exercise: Exercise | None) -> None:
        self._exercise = exercise
        self._min_deg = exercise.min_range_deg if exercise else UNTOLD_MIN_RANGE_DEG
        self._usual_deg = self._usual_lever_m = 0.0
        self._stepped_s = -math.inf
        self._waiting: list[Candidate] = []
        self._reps: list[Candidate] = []
        self._partials: list[Candidate] = []
        self._steps = 0
        self._number = 0
        self._deadline_s = math.inf

    def push(self, candidate: Candidate, now_s: float) -> list[Outcome]:
        """Judge a candidate. ``now_s`` is the stream time."""
        out = self._judge(candidate, now_s)
        self._deadline_s = self._next_deadline_s()
        return out

    def plainly_not(self, rough: Candidate) -> bool:
        """The candidate need not be measured: far too small, or a step where no set is open that could vouch for it."""
        if rough.range_deg < PLAINLY_SMALL_SHARE * self._min_deg:
            return True
        doubt = None if self._reps else self._veto(rough)
        return doubt is not None and doubt[0] is Reason.WALKING

    def _judge(self, candidate: Candidate, now_s: float) -> list[Outcome]:
        doubt = self._veto(candidate)
        if doubt is not None:
            out = self._walked(candidate, now_s) if doubt[0] is Reason.WALKING else []
            if doubt[0] is Reason.WRONG_WAY and self._waiting and _same_way(candidate, self._waiting[-1]):
                out += self._disperse(now_s, Reason.WRONG_WAY)
            if doubt[0] is Reason.NO_LEVER and self._waiting:
                if candidate.range_deg >= PARTIAL_SHARE * self._waiting[-1].range_deg:
                    out += self._disperse(now_s, Reason.NO_LEVER)  # one shake among them: they are shakes
            return [*out, self._reject(candidate, *doubt, now_s)]
        self._steps = 0
        if not self._reps and self._waiting and self._sure(self._waiting[-1]):
            out = self._begin(self._surely(), now_s)
            return out + (self._continue(candidate, now_s) if self._reps else self._wait(candidate, now_s))
        if self._reps:
            return self._continue(candidate, now_s)
        return self._wait(candidate, now_s)

    @property
    def deadline_s(self) -> float:
        """Time from which ``tick`` has something to do; infinite when no set is open and nothing waits."""
        return self._deadline_s

    def tick(self, now_s: float, open_since_s: float | None) -> list[Outcome]:
        """Let time pass. ``open_since_s`` is when the excursion now open left rest, None at rest."""
        due = self._deadline_s
        if now_s <= due or (open_since_s is not None and open_since_s <= due):
            return []
        if self._reps:
            out = self.end_set(now_s)
        elif self._waiting and due == self._waiting[-1].rep.end_s + BESIDE_S:
            out = self._begin(self._surely(), now_s)
        else:
            out = self._disperse(now_s)
        self._deadline_s = self._next_deadline_s()
        return out

    def _next_deadline_s(self) -> float:
        """When the open set ends, the sure one that waits begins a set, or those who wait are given up."""
        if self._reps:
            return self._reps[-1].rep.end_s + self._pause_s(self._reps)
        if not self._waiting:
            return math.inf
        last = self._waiting[-1]
        return last.rep.end_s + (BESIDE_S if self._sure(last) else self._pause_s(self._waiting))

    def end_set(self, now_s: float) -> list[Outcome]:
        """Close the open set: the person said so, or it is over."""
        out = self._disperse(now_s)
        if not self._reps:
            return out
        reps = [c.rep for c in self._reps]
        partials = [c.rep for c in self._partials]
        starts = sorted(r.start_s for r in reps + partials)
        pauses = [next((s - r.end_s for s in starts if s > r.start_s), None) for r in reps]
        pauses[-1] = None
        self._number += 1
        if len(self._reps) >= USUAL_REPS:
            self._usual_deg = median(c.range_deg for c in self._reps)
            self._usual_lever_m = _lever_m(self._reps)
        out.append(ExerciseSet(self._number, tuple(reps), tuple(partials), tuple(pauses), now_s))
        self._reps, self._partials = [], []
        self._deadline_s = math.inf
        return out

    def _veto(self, c: Candidate) -> tuple[Reason, str] | None:
        """Judge the candidate by itself."""
        p, seconds = c.fit, c.rep.under_tension_s
        beside = c.rep.start_s - self._stepped_s < BESIDE_S and seconds < STEP_LONGEST_S
        if c.range_deg < self._min_deg:
            return Reason.TOO_SMALL, f"range {c.range_deg:.0f}° < {self._min_deg:g}°"
        if seconds < SHORTEST_S:
            return Reason.TOO_FAST, f"{seconds:.2f} s < {SHORTEST_S:g} s"
        if min(c.rep.concentric_s or math.inf, c.rep.eccentric_s or math.inf) < SHORTEST_PHASE_S:
            return Reason.TOO_FAST, f"lift or return under {SHORTEST_PHASE_S:g} s"
        detail = f"a fixed pivot explains {p.explained:.0%} of the acceleration (lever {p.lever_m:.2f} m)"
        poor = not _swings([c], STEP_SHARE) if self._fast(c) else p.explained < _share(p.due_m_s2, SLOW_SHARE)
        too_long = p.lever_m > (LEVER_M[1] if p.explained < WELL_EXPLAINED else LONG_LEVER_M)
        stepping = p.due_m_s2 > HURRIED_M_S2 and p.rms_m_s2 > STEP_M_S2
        known = self._one_of_them(c)
        close = len(self._reps) >= COMPANY and 0.0 < _lever_m([c]) < SET_LEVER_SHARE * _lever_m(self._reps)
        if not known and (poor or close or (too_long and stepping)):
            return (Reason.WALKING if stepping else Reason.NO_LEVER), detail
        if beside and not known and not (self._reps and _swings([c], ALONE_SHARE)):
            return Reason.WALKING, f"{c.rep.start_s - self._stepped_s:.2f} s after a step"
        if self._exercise is not None and abs(c.climb) > CLIMB and (c.climb > 0.0) is not self._exercise.ankle_rises:
            return Reason.WRONG_WAY, "the ankle came down" if c.climb < 0.0 else "the ankle went up"
        if p.explained >= SHAKE_EXPLAINED and p.lever_m < LEVER_M[0]:
            return Reason.NO_LEVER, f"turned about a point {p.lever_m:.2f} m from the sensor"
        return None

    def _one_of_them(self, c: Candidate) -> bool:
        """It is so like the open set's that its company is evidence enough."""
        if len(self._reps) < COMPANY or not _same_way(c, self._reps[-1]):
            return False
        ranges = median(r.range_deg for r in self._reps)
        seconds = median(r.rep.under_tension_s for r in self._reps)
        explained = median(r.fit.explained for r in self._reps)
        alike = min(_ratio(c.range_deg, ranges), _ratio(c.rep.under_tension_s, seconds)) >= SAME_SHARE
        return alike and c.fit.explained >= SAME_EXPLAINED * explained

    def _walked(self, c: Candidate, now_s: float) -> list[Outcome]:
        """Take a step: it ends the set when it is the second in a row."""
        out: list[Outcome] = []
        last = self._waiting[-1] if self._waiting and not self._reps else None
        if last and c.rep.start_s - last.rep.end_s < BESIDE_S and self._fast(last):
            out += self._disperse(now_s, Reason.WALKING)
        self._stepped_s = c.rep.end_s
        self._steps += 1
        return out + self.end_set(now_s) if self._steps == 2 else out

    def _wait(self, c: Candidate, now_s: float) -> list[Outcome]:
        """No set is open: wait for company, or begin a set."""
        self._waiting.append(c)
        family = self._surely() if self._sure(c) else self._family()
        if len(family) >= COMPANY or (self._sure(c) and not self._fast(c)):
            return self._begin(family, now_s)
        return []

    def _surely(self) -> list[Candidate]:
        """The newest of those who wait and the alike ones that need no company either."""
        return [w for w in self._family() if self._sure(w)]

    def _sure(self, c: Candidate) -> bool:
        """It needs no company."""
        if self._exercise is None:
            return False
        rises = abs(c.climb) < LEVEL_CLIMB or (c.climb > 0.0) is self._exercise.ankle_rises
        least = max(self._exercise.sure_range_deg, PARTIAL_SHARE * self._usual_deg)
        return rises and c.range_deg >= least and _swings([c], ALONE_SHARE) and not self._strange([c])

    def _strange(self, group: list[Candidate]) -> bool:
        """Told the exercise: too small or too close a pivot for this person's sets so far."""
        if self._exercise is None or not self._usual_deg:
            return False
        small = median(c.range_deg for c in group) < PARTIAL_SHARE * self._usual_deg
        return small or 0.0 < _lever_m(group) < USUAL_LEVER_SHARE * self._usual_lever_m

    def _fast(self, c: Candidate) -> bool:
        """It could be a step: wait and see whether another step follows."""
        return c.rep.under_tension_s < STEP_LONGEST_S

    def _begin(self, family: list[Candidate], now_s: float) -> list[Outcome]:
        """Make a set of those who waited for each other."""
        if not _swings(family, COMPANY_SHARE):
            return self._disperse(now_s, Reason.WALKING)
        levers = [c.fit.lever_m for c in family if c.fit.due_m_s2 > CLEAR_M_S2]
        scattered = len(levers) > 1 and max(levers) > LEVER_SPREAD * min(levers)
        if scattered or _pooled_lever_m(family) < SET_LEVER_M or self._strange(family):
            return self._disperse(now_s, Reason.NO_LEVER)
        first = self._waiting.index(family[0])
        between = [w for w in self._waiting[first:] if w not in family]
        self._waiting = self._waiting[:first]
        out = self._disperse(now_s)
        for w in between:
            out.append(self._partial(w, family, now_s))
        self._reps = [replace(w, rep=replace(w.rep, reported_s=now_s)) for w in family]
        return out + [w.rep for w in self._reps]

    def _family(self) -> list[Candidate]:
        """The newest of those who wait and the alike ones before it; only smaller ones may stand between them."""
        *earlier, newest = self._waiting
        family = [newest]
        for w in reversed(earlier):
            if _same_way(w, family[0]) and _as_long(w, family) and _as_large(w, family):
                family.insert(0, w)
            elif w.range_deg >= PARTIAL_SHARE * newest.range_deg:
                break
        return family

    def _continue(self, c: Candidate, now_s: float) -> list[Outcome]:
        """A set is open: one more, a partial, or something else."""
        usual = median(r.range_deg for r in self._reps)
        fits = _same_way(c, self._reps[-1]) and _as_long(c, self._reps)
        too_large = len(self._reps) > 1 and ALIKE_RANGE * c.range_deg > usual
        if not fits or too_large or self._fidget(c, usual):
            return self._other(c, now_s)
        if c.range_deg < PARTIAL_SHARE * usual:
            return [self._partial(c, self._reps, now_s)]
        out = self._disperse(now_s)
        if len(self._reps) == 1 and self._reps[0].range_deg < PARTIAL_SHARE * c.range_deg:
            self._partials.insert(0, self._reps.pop())
        flags = c.rep.flags
        if self._reps and angle(c.rest, self._reps[-1].rest) > STRAP_MOVED_RAD:
            flags = tuple(sorted({*flags, Flag.STRAP_MOVED}))
        counted = replace(c, rep=replace(c.rep, reported_s=now_s, flags=flags))
        self._reps.append(counted)
        return [*out, counted.rep]

    def _fidget(self, c: Candidate, usual: float) -> bool:
        """Smaller than usual, if not a partial, and over much sooner: a shift of the leg rather than a tired lift."""
        share = c.range_deg / usual
        seconds = median(r.rep.under_tension_s for r in self._reps)
        return PARTIAL_SHARE <= share < FULL_SHARE and share * c.rep.under_tension_s / seconds < FIDGET_SHARE

    def _other(self, c: Candidate, now_s: float) -> list[Outcome]:
        """Unlike the open set: when enough of these follow each other, they are a new set."""
        self._waiting.append(c)
        small = self._sure(c) and median(r.range_deg for r in self._reps) < PARTIAL_SHARE * c.range_deg
        replaces = small or (len(self._reps) == 1 and self._sure(c) and c.range_deg > self._reps[0].range_deg)
        if len(self._family()) < COMPANY and not replaces:
            return []
        waiting, self._waiting = self._waiting[:-1], []
        out = self.end_set(now_s)
        self._waiting = waiting
        return out + self._wait(c, now_s)

    def _partial(self, c: Candidate, group: list[Candidate], now_s: float) -> Rejected:
        usual = median(r.range_deg for r in group)
        self._partials.append(replace(c, rep=replace(c.rep, reported_s=now_s)))
        detail = f"range {c.range_deg:.0f}° < {PARTIAL_SHARE:.0%} of the usual {usual:.0f}°"
        return self._reject(c, Reason.PARTIAL, detail, now_s)

    def _disperse(self, now_s: float, reason: Reason = Reason.TOO_FEW) -> list[Outcome]:
        """Those who waited in vain."""
        waiting, self._waiting = self._waiting, []
        detail = f"{len(waiting)} alike, {COMPANY} needed"
        if reason is Reason.NO_LEVER:
            detail = "together they did not swing about a knee or hip"
        if reason is Reason.WRONG_WAY:
            detail = "alike ones went the wrong way"
        if reason is Reason.WALKING:
            detail = "they went out and back on different paths, as steps do"
        return [self._reject(w, reason, detail, now_s) for w in waiting]

    def _pause_s(self, group: list[Candidate]) -> float:
        pauses = [b.rep.start_s - a.rep.end_s for a, b in zip(group, group[1:], strict=False)]
        return max(SET_PAUSE_S, SET_PAUSES * median(pauses)) if pauses else SET_PAUSE_S

    def _reject(self, c: Candidate, reason: Reason, detail: str, now_s: float) -> Rejected:
        rep = replace(c.rep, reported_s=now_s)
        return Rejected(rep.peak, rep.start_s, rep.end_s, now_s, reason, detail, rep)


def _lever_m(group: list[Candidate]) -> float:
    """Usual length of the lever where it shows clearly, 0 where it does not."""
    clear = [c.fit.lever_m for c in group if c.fit.due_m_s2 > CLEAR_M_S2]
    return median(clear) if clear else 0.0


def _pooled_lever_m(group: list[Candidate]) -> float:
    """Length of the one lever that fits all of them."""
    return math.hypot(*sum((c.pivot for c in group[1:]), start=group[0].pivot).lever)


def _share(due_m_s2: float, shares: tuple[float, ...]) -> float:
    return float(np.interp(due_m_s2, DUE_M_S2, shares, left=-math.inf))


def _swings(group: list[Candidate], shares: tuple[float, ...]) -> bool:
    """A fixed pivot explains the middle one of these as well as it must."""
    share = _share(median(c.fit.due_m_s2 for c in group), shares)
    explained, even = median(c.fit.explained for c in group), median(c.fit.even for c in group)
    return explained >= share and even >= share - EVEN_LESS


def _same_way(a: Candidate, b: Candidate) -> bool:
    return sum(x * y for x, y in zip(a.direction, b.direction, strict=True)) >= ALIKE_DIRECTION


def _ratio(a: float, b: float) -> float:
    return min(a, b) / max(a, b) if max(a, b) > 0.0 else 0.0


def _as_long(c: Candidate, group: list[Candidate]) -> bool:
    usual = median(r.rep.under_tension_s for r in group)
    return _ratio(c.rep.under_tension_s, usual) >= ALIKE_DURATION


def _as_large(c: Candidate, group: list[Candidate]) -> bool:
    return _ratio(c.range_deg, median(r.range_deg for r in group)) >= ALIKE_RANGE
