"""Sets: which excursions are repetitions, and which of them belong together.

In: measured excursions (``Candidate``) in the order in which they closed, and the passing of time. Out: ``Rep``,
``Rejected``, ``ExerciseSet``. Remembered: the open set and the candidates that wait for company.

Rule: an excursion is judged by itself first (did the ankle swing about a fixed pivot, was it large enough, did it
come back), then by its company. Three alike ones in a row are a set. Told the exercise, a single sure one is a set
too: large enough for the exercise and for what this person did before, and not part of a walk.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from statistics import median

from tracker.exercises import Exercise
from tracker.motion import company, evidence, way
from tracker.motion.candidate import Candidate, Lift
from tracker.motion.company import COMPANY, LEAST_PARTIAL_SHARE, PARTIAL_SHARE, STRAP_MOVED_RAD
from tracker.motion.values import ExerciseSet, Flag, Reason, Rejected, Rep
from tracker.motion.vectors import angle

OVERLAP_S = 0.15
"""Borders of neighbours may cross by so much."""
SMALL_KEPT = 8
"""So many of the newest that were too small are remembered: attempts between the repetitions of a small set."""
UNTOLD_MIN_RANGE_DEG = 3.5

SMALL_SET_SHARE = 0.35
"""A set may be so much smaller than the ones before it; smaller alike ones are fidgets."""
LIKELY_SHARE = 0.75
ANNOUNCED_SHARE = 0.65
STALL_S = 0.35
"""A top is said at once at this share of the set's usual range; a lower one may be a stall, and is said later."""
USUAL_OF = 6
"""The open set's newest so many show its pivot."""
PLAINLY_SMALL_SHARE = 0.7
"""The segmentation's own range is within a tenth of the measured one; under this share of the least it is too small."""
SLIP_LOOKS = (Reason.NO_LEVER, Reason.WALKING)
"""What a repetition is taken for in which the cuff turns."""
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
        self.either_end = exercise is not None and exercise.ankle != "rises"
        """Whether it matters at which end the leg rested first: the ankle's climb alone may not tell."""
        self._min_deg = exercise.min_range_deg if exercise else UNTOLD_MIN_RANGE_DEG
        self._usual_deg = self._usual_lever_m = self._usual_climb = self._open_deg = 0.0
        self._strangers: list[Candidate] = []
        self._before: list[Candidate] = []
        self._stepped_s = -math.inf
        self._waiting: list[Candidate] = []
        self._reps: list[Candidate] = []
        self._partials: list[Candidate] = []
        self._doubted: tuple[Candidate, Reason, str] | None = None
        self._small: deque[Rep] = deque(maxlen=SMALL_KEPT)
        self._steps = 0
        self._number = 0
        self._outages: list[tuple[float, float]] = []
        self.deadline_s = math.inf
        """Time from which ``tick`` has something to do; infinite when no set is open and nothing waits."""

    def push(self, candidate: Candidate, now_s: float) -> list[Outcome]:
        """Judge a candidate. ``now_s`` is the stream time."""
        doubted = self._doubted
        out = self._judge(candidate, now_s)
        if self._doubted is doubted:
            out = self._dispel(now_s) + out
        out += self._disperse(now_s, but=company.MOST_WAIT)
        self._changed()
        return out

    def resume(self, now_s: float, away_s: float) -> None:
        """Go on behind a hole too long to bridge: nobody knows what was done in it, so it is no rest."""
        self._outages.append((now_s, away_s))
        self._changed()

    def dismiss(self, rough: Rep, now_s: float) -> list[Outcome] | None:
        """Reject an excursion by what the segmentation alone knows of it; None if it may be something."""
        found = rough.range_deg or 0.0
        if found < PLAINLY_SMALL_SHARE * self._min_deg and found < PLAINLY_SMALL_SHARE * self._least_deg():
            self._small.append(rough)
            return [_rejected(rough, Reason.TOO_SMALL, f"range about {found:.0f}°", now_s)]
        after_s = rough.start_s - self._stepped_s
        if self._reps or after_s > evidence.BESIDE_S or not evidence.short(rough):
            return None
        out = [*self._walked(rough, now_s), _rejected(rough, Reason.WALKING, _follows_a_step(after_s), now_s)]
        self._changed()
        return out

    def plainly_not(self, rough: Candidate) -> bool:
        """It need not be measured: no set is open that could vouch for it, and no pivot shows."""
        doubt = None if self._reps else self._veto(rough)
        return doubt is not None and doubt[0] in (Reason.WALKING, Reason.NO_LEVER)

    def _judge(self, candidate: Candidate, now_s: float) -> list[Outcome]:
        doubt = self._veto(candidate)
        if doubt is not None and doubt[0] in SLIP_LOOKS and company.may_hide_a_slip(candidate, self._reps):
            out = self._dispel(now_s)
            self._doubted = (candidate, *doubt)
            return out
        if doubt is not None:
            if doubt[0] is Reason.TOO_SMALL:
                self._small.append(candidate.rep)
            out = self._walked(candidate.rep, now_s) if doubt[0] is Reason.WALKING else []
            if doubt[0] is Reason.WRONG_WAY:
                out += self._wrong_too(candidate, now_s)
            as_large = self._waiting and candidate.range_deg >= PARTIAL_SHARE * self._waiting[-1].range_deg
            if doubt[0] is Reason.NO_LEVER and as_large:
                out += self._disperse(now_s, Reason.NO_LEVER)  # one shake among them: they are shakes
            return [*out, _rejected(candidate.rep, *doubt, now_s)]
        self._steps = 0
        if not self._reps and self._waiting and self._sure(self._waiting[-1]):
            out = self._begin(self._surely(), now_s)
            return out + (self._continue(candidate, now_s) if self._reps else self._wait(candidate, now_s))
        if self._reps:
            return self._continue(candidate, now_s)
        return self._wait(candidate, now_s)

    def may_foresee(self, start_s: float, range_deg: float, waited_s: float) -> bool:
        """A lift that reached its top ``waited_s`` ago follows no step and is large enough to be foreseen."""
        if start_s - self._stepped_s < evidence.BESIDE_S:
            return False
        if self._reps:
            share = LIKELY_SHARE if waited_s < STALL_S else ANNOUNCED_SHARE
            return range_deg >= share * self._open_deg
        if self._exercise is None:
            return False
        return range_deg >= max(self._exercise.sure_range_deg, PARTIAL_SHARE * self._usual_deg)

    def foresees(self, lift: Lift) -> bool:
        """One that may be foreseen will count, as far as that can be known then."""
        if self._reps:
            return evidence.one_more(lift, self._reps)
        return self._exercise is not None and evidence.lifted(lift, self._exercise)

    def counts(self, peak: int) -> bool:
        """The open set counts the excursion with this peak."""
        return any(c.rep.peak == peak for c in self._reps)

    def _wrong_too(self, c: Candidate, now_s: float) -> list[Outcome]:
        """What went the same way just before was wrong too, even the only repetition of a set."""
        if len(self._reps) == 1:
            (only,) = self._reps
            if evidence.same_way(c, only) and c.rep.start_s - only.rep.end_s < evidence.FOLLOWS_S:
                self._partials.append(self._reps.pop())
        if self._waiting and evidence.same_way(c, self._waiting[-1]):
            return self._disperse(now_s, Reason.WRONG_WAY)
        return []

    def tick(self, now_s: float, open_since_s: float | None) -> list[Outcome]:
        """Let time pass. ``open_since_s`` is when the excursion now open left rest, None at rest."""
        due = self.deadline_s
        if now_s <= due or (open_since_s is not None and open_since_s <= due):
            return []
        if self._reps:
            out = self._end_and_wait(now_s)
        elif self._waiting and self._sure(self._waiting[-1]):
            out = self._begin(self._surely(), now_s)
        else:
            out = self._disperse(now_s)
        self._changed()
        return out

    def _changed(self) -> None:
        """Work out what is asked for at every step, and does not change between two changes of the sets."""
        self.deadline_s = self._next_deadline_s()
        self._open_deg = median(r.range_deg for r in self._reps) if self._reps else 0.0

    def _next_deadline_s(self) -> float:
        """When the open set ends, the sure one that waits begins a set, or those who wait are given up."""
        if not self._reps and not self._waiting:
            self._outages = []
            return math.inf
        last = (self._reps or self._waiting)[-1]
        end_s = last.rep.end_s
        self._outages = [(at_s, away_s) for at_s, away_s in self._outages if at_s > end_s]
        away_s = sum(away_s for _, away_s in self._outages)
        if not self._reps and self._sure(last):
            return end_s + away_s + evidence.BESIDE_S
        if self._reps:  # an attempt is no rest either
            away_s += sum(c.rep.end_s - c.rep.start_s for c in self._partials if c.rep.start_s > end_s)
        return end_s + away_s + company.pause_s([c.rep for c in self._reps or self._waiting])

    def end_set(self, now_s: float) -> list[Outcome]:
        """Close the open set: the person said so, or it is over."""
        out = self._dispel(now_s) + self._disperse(now_s)
        if not self._reps:
            self._partials = []
            return out
        reps = [c.rep for c in self._reps]
        partials = [c.rep for c in self._partials]
        starts = sorted(r.start_s for r in reps + partials)
        pauses = [next((s - r.end_s for s in starts if s > r.start_s), None) for r in reps]
        pauses[-1] = None
        self._number += 1
        if len(self._reps) >= evidence.USUAL_REPS:
            self._usual_deg = median(c.range_deg for c in self._reps)
            self._usual_lever_m = evidence.usual_lever_m(self._reps)
            self._usual_climb = way.usual_climb(self._reps)
        if len(self._reps) >= COMPANY:
            self._before = self._reps[-USUAL_OF:]
        out.append(ExerciseSet(self._number, tuple(reps), tuple(partials), tuple(pauses), now_s))
        self._reps, self._partials = [], []
        self.deadline_s = math.inf
        return out

    def _end_and_wait(self, now_s: float) -> list[Outcome]:
        """Close the open set; those who came after it go on waiting."""
        after_s = self._reps[-1].rep.end_s
        later = [w for w in self._waiting if w.rep.start_s > after_s]
        self._waiting = [w for w in self._waiting if w not in later]
        out = self.end_set(now_s)
        self._waiting = later
        return out

    def _veto(self, c: Candidate) -> tuple[Reason, str] | None:
        """Judge the candidate by itself."""
        least = self._least_deg()
        if c.range_deg < least:
            share = "" if least == self._min_deg else f", {LEAST_PARTIAL_SHARE:.0%} of the set's usual"
            return Reason.TOO_SMALL, f"range {c.range_deg:.1f}° < {least:.1f}°{share}"
        hurry = evidence.too_fast(c)
        if hurry:
            return Reason.TOO_FAST, hurry
        known = company.one_of_them(c, self._reps)
        if not known and evidence.without_pivot(c):
            why = f"a fixed pivot explains {c.fit.explained:.0%} of the acceleration"
            return (Reason.WALKING if evidence.stepping(c) else Reason.NO_LEVER), why
        if not known and company.too_close(c, self._reps, self._exercise):
            return Reason.NO_LEVER, f"turned about a point {c.fit.lever_m:.2f} m away, too close for a leg lift"
        after_s = c.rep.start_s - self._stepped_s
        vouched = known or (self._reps and evidence.swings([c], evidence.ALONE_SHARE))
        if after_s < evidence.BESIDE_S and evidence.short(c.rep) and not vouched:
            return Reason.WALKING, _follows_a_step(after_s)
        like = len(self._reps) > 1 and evidence.kin(c, self._reps[-1])
        others = self._reps or self._waiting
        pooled = way.together(c, others)
        settled = len(self._reps) >= COMPANY
        if self._exercise is not None and way.wrong_way(
            pooled, self._exercise, self._usual_climb, vouched=like, settled=settled
        ):
            return Reason.WRONG_WAY, "the ankle came down" if c.climb < 0.0 else "the ankle went up"
        if self._exercise is not None and self._exercise.ankle == "either" and c.from_top and not others:
            return Reason.WRONG_WAY, "the leg rested at its top first"
        if evidence.shaken(c):
            return Reason.NO_LEVER, f"turned about a point {c.fit.lever_m:.2f} m from the sensor"
        return None

    def _dispel(self, now_s: float, after: Candidate | None = None) -> list[Outcome]:
        """Count the doubted one if the cuff sits otherwise in the repetition after it than in the one before."""
        if self._doubted is None:
            return []
        (c, reason, detail), self._doubted = self._doubted, None
        if after is None or not evidence.turned_between(self._reps[-1], after):
            return [_rejected(c.rep, reason, detail, now_s)]
        flags = tuple(sorted({*c.rep.flags, Flag.STRAP_MOVED}))
        self._reps.append(replace(c, rep=replace(c.rep, reported_s=now_s, flags=flags)))
        return [self._reps[-1].rep]

    def _least_deg(self) -> float:
        """Smallest range that is looked at: the exercise's own, or less where a set tells what a partial is."""
        if not self._reps:
            return self._min_deg
        return min(self._min_deg, LEAST_PARTIAL_SHARE * median(r.range_deg for r in self._reps))

    def _walked(self, step: Rep, now_s: float) -> list[Outcome]:
        """Take a step: it ends the set when it is the second in a row."""
        out: list[Outcome] = []
        last = self._waiting[-1] if self._waiting and not self._reps else None
        if last and step.start_s - last.rep.end_s < evidence.BESIDE_S and evidence.short(last.rep):
            out += self._disperse(now_s, Reason.WALKING)
        self._stepped_s = step.end_s
        self._steps += 1
        return out + self.end_set(now_s) if self._steps == 2 else out

    def _wait(self, c: Candidate, now_s: float) -> list[Outcome]:
        """No set is open: wait for company, or begin a set."""
        self._waiting.append(c)
        group = self._surely() if self._sure(c) else self._family()
        sure = self._familiar(c) or (self._sure(c) and not evidence.may_be_step(c))
        if len(group) >= COMPANY or sure:
            return self._begin(group, now_s)
        return []

    def _family(self) -> list[Candidate]:
        """The newest of those who wait and the alike ones before it."""
        return company.family(self._waiting, self._small, self._exercise)

    def _surely(self) -> list[Candidate]:
        """The newest of those who wait, back to the first that needs no company either or is very like it."""
        group = self._family()
        newest = group[-1]
        first = next(k for k, w in enumerate(group) if w is newest or self._sure(w) or evidence.kin(w, newest))
        return group[first:]

    def _sure(self, c: Candidate) -> bool:
        """It needs no company."""
        if self._exercise is None:
            return False
        if self._familiar(c):
            return True
        least = max(self._exercise.sure_range_deg, PARTIAL_SHARE * self._usual_deg)
        if c.range_deg < least or way.goes_against(c, self._exercise, evidence.LEVEL_CLIMB):
            return False
        if not evidence.controlled(c, self._exercise.sure_range_deg):
            return False
        near = c.fit.lever_m <= evidence.LEVER_M[1]
        return near and evidence.swings([c], evidence.ALONE_SHARE) and not self._strange([c])

    def _familiar(self, c: Candidate) -> bool:
        """It is one of those of the set before, by all that shows: they are company enough."""
        if self._exercise is None or c.rep.under_tension_s < evidence.FIDGET_LONGEST_S:
            return False
        if not evidence.resumes(c, self._before):
            return False
        alone = [c]
        proven = evidence.swings(alone, evidence.COMPANY_SHARE) and evidence.one_pivot(alone, self._exercise)
        return proven and not self._strange(alone) and not evidence.side_steps(alone, self._exercise)

    def _strange(self, group: list[Candidate]) -> bool:
        """Told the exercise: too small or too close a pivot for this person's sets so far."""
        if self._exercise is None or not self._usual_deg:
            return False
        ranges = [c.range_deg for c in group]
        if len(group) < COMPANY:  # of a few that are kin, the largest is the sure one
            small = max(ranges) < PARTIAL_SHARE * self._usual_deg
        else:
            small = median(ranges) < SMALL_SET_SHARE * self._usual_deg
        return small or 0.0 < evidence.usual_lever_m(group) < evidence.USUAL_LEVER_SHARE * self._usual_lever_m

    def _begin(self, group: list[Candidate], now_s: float) -> list[Outcome]:
        """Make a set of those who waited for each other."""
        aside = self._exercise is not None and evidence.side_steps(group, self._exercise)
        round_ = len(group) >= COMPANY and evidence.turning(group)
        if aside or round_ or not evidence.swings(group, evidence.COMPANY_SHARE):
            return self._disperse(now_s, Reason.WALKING)
        if not evidence.one_pivot(group, self._exercise):
            return self._disperse(now_s, Reason.NO_LEVER)
        if self._strange(group) and not company.go_on(self._strangers, group):
            self._strangers = group if len(group) >= COMPANY else []
            return self._disperse(now_s, Reason.NO_LEVER)
        self._strangers = []
        group = company.with_leaders(group, self._waiting)
        first = self._waiting.index(group[0])
        between = [w for w in self._waiting[first:] if w not in group]
        self._waiting = self._waiting[:first]
        out = self._disperse(now_s)
        for w in between:
            out.append(self._partial(w, group, now_s))
        self._reps = [replace(w, rep=replace(w.rep, reported_s=now_s)) for w in group]
        return out + [w.rep for w in self._reps]

    def _continue(self, c: Candidate, now_s: float) -> list[Outcome]:
        """A set is open: one more, a partial, or something else."""
        if c.rep.start_s < self._reps[-1].rep.end_s - OVERLAP_S:  # gone over again: this replaces the last one
            self._partials.append(self._reps.pop())
            if not self._reps:
                return self._wait(c, now_s)
        usual = median(r.range_deg for r in self._reps)
        fits = self._goes_their_way(c) and evidence.as_long(c, self._reps)
        too_large = len(self._reps) > 1 and evidence.ALIKE_RANGE * c.range_deg > usual
        shifted = company.shift(c, self._reps) and not self._sure(c)
        if not fits or too_large or shifted or not self._swings_like(c):
            return self._other(c, now_s)
        if c.range_deg < PARTIAL_SHARE * usual:
            if len(self._reps) == 1:  # one alone does not tell what is usual
                return self._other(c, now_s)
            return [self._partial(c, self._reps, now_s)]
        out = self._settle_smaller(now_s)
        if len(self._reps) == 1 and self._reps[0].range_deg < PARTIAL_SHARE * c.range_deg:
            self._partials.insert(0, self._reps.pop())
        out += self._dispel(now_s, c)
        flags = c.rep.flags
        if self._reps and angle(c.rest, self._reps[-1].rest) > STRAP_MOVED_RAD:
            flags = tuple(sorted({*flags, Flag.STRAP_MOVED}))
        counted = replace(c, rep=replace(c.rep, reported_s=now_s, flags=flags))
        self._reps.append(counted)
        return [*out, counted.rep]

    def _goes_their_way(self, c: Candidate) -> bool:
        """The way of the open set, or plainly a lift that leaves its plane."""
        if any(evidence.same_way(c, r) for r in reversed(self._reps[-2:])):
            return True
        return self._sure(c) and evidence.aside(c, self._reps[-USUAL_OF:])

    def _swings_like(self, c: Candidate) -> bool:
        """About the pivot of the open set; where the cuff turned, about one as far away."""
        few = len(self._reps) < COMPANY
        return few or company.one_of_them(c, self._reps) or evidence.same_pivot(c, self._reps[-USUAL_OF:])

    def _settle_smaller(self, now_s: float) -> list[Outcome]:
        """What waited while the set had one repetition: partials of it, or nothing."""
        out: list[Outcome] = []
        if len(self._reps) == 1:
            usual = self._reps[0].range_deg
            like = [
                w for w in self._waiting if evidence.same_way(w, self._reps[0]) and w.range_deg < PARTIAL_SHARE * usual
            ]
            self._waiting = [w for w in self._waiting if w not in like]
            out = [self._partial(w, self._reps, now_s) for w in like]
        return out + self._disperse(now_s)

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
        return _rejected(c.rep, Reason.PARTIAL, detail, now_s)

    def _disperse(self, now_s: float, reason: Reason = Reason.TOO_FEW, *, but: int = 0) -> list[Outcome]:
        """Those who waited in vain, the newest few excepted."""
        vain = max(0, len(self._waiting) - but)
        waiting, self._waiting = self._waiting[:vain], self._waiting[vain:]
        return [_rejected(w.rep, reason, company.IN_VAIN[reason], now_s) for w in waiting]


def _rejected(rep: Rep, reason: Reason, detail: str, now_s: float) -> Rejected:
    rep = rep if rep.reported_s == now_s else replace(rep, reported_s=now_s)
    return Rejected(rep.peak, rep.start_s, rep.end_s, now_s, reason, detail, rep)


def _follows_a_step(after_s: float) -> str:
    return f"{max(0.0, after_s):.2f} s after a step"
