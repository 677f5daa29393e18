"""Evidence: what speaks for one excursion being a lift, and for several being alike.

In: measured excursions (``Candidate``). Out: judgements of one or of a group. Remembered: nothing.

Rule: physical evidence, and as much of it as the movement can give. A lift swings the ankle about the knee or the
hip and brings it back on the same path, so one lever explains the acceleration of both ways; how much it has to
explain depends on how much acceleration the turning makes due.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from statistics import median

from tracker.exercises import Exercise
from tracker.motion.axis import Pivot
from tracker.motion.candidate import Candidate, Lift
from tracker.motion.values import Rep
from tracker.motion.vectors import dot

ALIKE_RANGE = 0.60
ALIKE_DURATION = 0.30
ALIKE_DIRECTION = math.cos(math.radians(40.0))
"""Alike are ranges and times within these ratios, and directions within 40°."""
KIN_RANGE = 0.75
KIN_DURATION = 0.60
KIN_DIRECTION = math.cos(math.radians(20.0))
"""As like each other as neighbours in a set are (in simulation, first percentile: 0.86, 0.7 and 30°)."""
RESUMED_REST = math.cos(math.radians(5.0))
RESUMED_LIFT, RESUMED_HOLD = 0.5, 1.5
"""The first of a later set leaves from the same pose within 5°, takes at least this share of the time to lift and holds
no longer than this many times as long (shifts of the leg and a hand at the cuff: 0.4, and 2 to 3 times)."""
SHORTEST_S = 0.35
"""Lift and return of a leg; half a second per repetition is the fastest that people train."""
LEVER_M = (0.15, 1.2)
"""Knee or hip to ankle, with room for the fit's error."""
LONG_LEVER_M = 2.2
"""A bending knee makes the fitted lever longer than the leg; believed only when the fit is good."""
WELL_EXPLAINED = 0.75
DUE_M_S2 = (0.2, 0.4, 0.8, 1.5, 3.0, 4.5, 6.0)
ALONE_SHARE = (0.30, 0.45, 0.55, 0.60, 0.70, 0.92, 0.92)
COMPANY_SHARE = (0.00, 0.15, 0.30, 0.50, 0.65, 0.82, 0.88)
STEP_SHARE = (0.00, 0.00, 0.15, 0.35, 0.45, 0.45, 0.45)
SMALL_SHARE = (0.00, 0.30, 0.65, 0.70, 0.85, 0.85, 0.85)
SLOW_SHARE = (0.00, 0.00, 0.15, 0.25, 0.33, 0.33, 0.33)
"""Share of the acceleration that one pivot must explain, by how clearly it has to show: for a repetition that stands
alone, for the middle one of those that begin a set, for one in company that is short enough to be a step, for the
middle one of those that are as small and short as steps aside or on the spot (which have up to 0.62, then 0.79), and
for a longer one. At 0.4–0.8 m/s² lifts have 0.7 and more in simulation (real ankles 0.3, 5th percentile), squats up
to 0.4; from 3 m/s² lifts 0.98 (real 0.66), whole strides 0.03 at the shin, 0.3 to 0.55 at the ankle. From 4.5 m/s²
lifts have 0.92 and more (real 0.94 in the middle, 0.78 at least), legs thrown on stairs or turning on the spot 0.66 to
0.91."""
NO_STRIDE = 0.85
"""Whole strides have at most 0.55."""
EVEN_LESS = 0.15
"""The worse explained way may fall short of that by so much."""
HURRIED_M_S2, STEP_M_S2 = 1.5, 0.8
"""Something without a pivot that turned and shook more than this was a step, else a squat, a shift or a shake."""
USUAL_REPS = 4
"""A set of so many tells what is usual for the sets after it."""
CLEAR_M_S2 = 0.2
LEVER_SPREAD = 2.2
"""Those that begin a set swing about one pivot: longest over shortest lever."""
SET_LEVER_SHARE = 0.4
USUAL_LEVER_SHARE = 0.5
"""Where the pivot shows clearly, it is at least this share as far away as in the set so far, and in the sets before:
same leg, same lever."""
POOLED_SHARE = 0.20
"""One lever for all of those that begin a set explains at least this share (sitting down and up in threes: 0.1)."""
SAME_PIVOT_DUE = (0.2, 0.4, 0.8, 1.5)
SAME_PIVOT_SHARE = (0.0, 0.15, 0.45, 0.50)
"""Share of a repetition's acceleration that the lever of its set explains, by how much is due (repetitions in
simulation, first percentile: 0.20, 0.53, 0.79, 0.83; squats between them: −0.8 in the middle)."""
THEIR_DUE_M_S2, THEIR_SHARE = 0.3, 0.90
"""The very pivot of others explains so much of so clear an acceleration (first repetitions that nothing else vouched
for, in simulation: 0.93 and more; shifts of a leg and hands at the cuff: up to 0.78)."""
LEADS_S = 4.0
"""What leads a set is followed by it within this time."""
SLIPPED = math.cos(math.radians(8.0))
"""The sensor sits otherwise when the rest pose or the way of the lift turned by more than this."""
ASIDE = math.cos(math.radians(70.0))
"""A leg that leaves its set's plane still goes more its way than any other."""
ALONE_HOLD_S = 2.5
LONGEST_HOLD_S = 6.0
"""A longer stay at the far end may be another posture, or a hand at the cuff (with at most 0.8 explained). One alone is
believed up to the second of these where it is plainly a swing and came back with control."""
HELD_RETURN_S = 1.0
"""Shifts of a leg that stays for long come back sooner (0.7 to 0.9 s)."""
POSTURE_TIMES, LIFT_TIMES = 2.0, 5.0
"""In company, one that stayed there so many times as long as the others, or took so many times as long to get there, is
another posture too."""
ALONE_DEG = 100.0
"""A shank that turned by more has changed its posture."""
ALONE_RETURN_S = 0.8
ALONE_SWING, FIDGET_DEG = 1.25, 24.0
SHIFT_DEG, SHIFT_LIFT = 30.0, 2.0
"""One alone came back with control, or swung by this much more than it must: a fidget is small and over at once (23° in
simulation), even on top of a change of posture (29°: a slow way there, a quick one back)."""
SMALL_RANGE = 1.25
"""Shifts of a leg, and steps aside or on the spot, turn the shank by less than this share of a sure range."""
SHAKE_EXPLAINED = 0.40
"""A lever this well explained is believed when it is short."""
TOLD_LEVER_M = 0.25
"""Told an exercise in which it works, the leg swings about the hip: lifts have 0.27 m and more, squats up to 0.15,
strides up to 0.28, shifts of the leg mostly less than 0.24. A bridge has less only where its pivot shows less well (1
of the 1 733 that are explained as well as ``WELL_EXPLAINED``)."""
SLOW_LEVER_M = 0.28
SEEN_M_S2 = 0.13
"""What the pivot does not explain makes the lever of a slow movement look longer: between this and ``SLOW_M_S2`` lifts
that are no bridges have 0.30 m and more in simulation (1 873), squats up to 0.27 m (84)."""
SET_LEVER_M = 0.20
"""One pivot for those that begin a set: an ankle shaken by the other leg shows 0.07–0.16 m, lifts from 0.26 m. Also for
each by itself where this leg is carried: a bridge has 0.30 m and more (slow and small ones less clearly)."""
HEADING_DEG = 9.0
"""Steps on the spot turn the body on, each the same way; a lift brings the leg back. Of three in a row, the least so
turned is turned by 7° at most in lifts, real ankles too, and by more than this in 71 of 100 small steps that turn."""
SAME_LEVER = 0.7
"""Swings about one point show levers within this ratio."""
SLOW_M_S2 = 0.3
"""Less is due in a slow movement: a pivot hardly shows, nor which way the ankle goes."""
LEVEL_CLIMB = 0.02
"""Less is neither; one that stands alone must not go the wrong way by more."""
NEAR_REST = math.cos(math.radians(15.0))
ONE_MORE_SHARE = 0.6
"""Of what a pivot explains in a set's repetitions, for the next lift to be said at its top."""
SHORTEST_PHASE_S = 0.15
"""A faster lift or return is a leg that is thrown, as in a step."""
BESIDE_S = 0.4
"""What follows a step within this time, or precedes it, is a step too."""
FOLLOWS_S = 3.0
"""One excursion follows another within this time."""
FIDGET_LONGEST_S = 2.6
"""Small ones that take longer need not be as like each other as neighbours: shifts of a leg are over sooner."""
RHYTHM_PAUSE = 0.9
"""Small quick ones rest no longer between them than this share of the time that the shorter of the two takes."""
STEP_LONGEST_S = 2.1
"""No swing of a walking leg lasts longer."""


def lifted(lift: Lift, exercise: Exercise) -> bool:
    """A fixed pivot as far away as a hip explains the way out as it must for one alone, and the ankle goes its way."""
    if lift.range_deg > ALONE_DEG:
        return False
    fit, climb = lift.fit()
    if exercise.ankle != "either" and (climb if exercise.ankle == "rises" else -climb) < LEVEL_CLIMB:
        return False  # a return to a rest pose not known yet looks like a lift, but for this
    return fit.explained >= share_due(fit.due_m_s2, ALONE_SHARE) and fit.lever_m >= least_lever_m(exercise)


def one_more(lift: Lift, group: list[Candidate]) -> bool:
    """It leaves from where they left, their way, and swings as they do."""
    last = group[-1]
    if dot(lift.rest, last.rest) < NEAR_REST or dot(lift.direction, last.direction) < ALIKE_DIRECTION:
        return False
    return lift.fit()[0].explained >= ONE_MORE_SHARE * median(c.fit.explained for c in group)


def resumes(c: Candidate, group: list[Candidate]) -> bool:
    """It leaves from where they left, and is as like them in direction, size, time and pivot as neighbours in a set."""
    if not group or dot(c.rest, group[-1].rest) < RESUMED_REST:
        return False
    if median(dot(c.direction, g.direction) for g in group) < ALIKE_DIRECTION or not same_pivot(c, group):
        return False
    if ratio(c.range_deg, median(g.range_deg for g in group)) < KIN_RANGE:
        return False
    if ratio(c.rep.under_tension_s, median(g.rep.under_tension_s for g in group)) < KIN_DURATION:
        return False
    if c.rep.concentric_s is None or c.rep.hold_s is None:
        return False
    lift_s = median(g.rep.concentric_s or c.rep.concentric_s for g in group)
    hold_s = median(g.rep.hold_s or 0.0 for g in group)
    longest_s = max(ALONE_HOLD_S, RESUMED_HOLD * hold_s)
    return ratio(c.rep.concentric_s, lift_s) >= RESUMED_LIFT and c.rep.hold_s <= longest_s


def too_fast(c: Candidate) -> str:
    """Why it is over too soon for a leg with a weight; empty if it is not."""
    if c.rep.under_tension_s < SHORTEST_S:
        return f"{c.rep.under_tension_s:.2f} s < {SHORTEST_S:g} s"
    if min(c.rep.concentric_s or math.inf, c.rep.eccentric_s or math.inf) < SHORTEST_PHASE_S:
        return f"lift or return under {SHORTEST_PHASE_S:g} s"
    return ""


def short(rep: Rep) -> bool:
    """It could be a step, by the time it took."""
    return rep.under_tension_s < STEP_LONGEST_S


def may_be_step(c: Candidate) -> bool:
    """Short, and not so plainly a swing out and back about one pivot as no stride is."""
    return short(c.rep) and not plain(c)


def plain(c: Candidate) -> bool:
    """It swings about one pivot as no stride does."""
    return c.fit.explained >= NO_STRIDE and c.fit.even >= NO_STRIDE - EVEN_LESS


def side_steps(group: list[Candidate], exercise: Exercise) -> bool:
    """They are as small and as short as steps aside or on the spot, and no clear swing about one pivot."""
    aside = all(short(c.rep) and small(c, exercise) for c in group)
    return aside and not swings(group, SMALL_SHARE)


def turning(group: list[Candidate]) -> bool:
    """They are as short as steps, and each turned the body on, the same way."""
    left = [c.heading_deg for c in group]
    return all(short(c.rep) for c in group) and max(min(left), -max(left)) > HEADING_DEG


def stepping(c: Candidate) -> bool:
    """It turned and shook as much as a step does."""
    return c.fit.due_m_s2 > HURRIED_M_S2 and c.fit.rms_m_s2 > STEP_M_S2


def controlled(c: Candidate, least_deg: float) -> bool:
    """It looks like one repetition, where no other vouches for it: neither a fidget nor another posture."""
    if c.rep.hold_s is None or c.rep.eccentric_s is None or c.range_deg > ALONE_DEG:
        return False
    if c.rep.hold_s > ALONE_HOLD_S:
        return c.rep.hold_s <= LONGEST_HOLD_S and c.rep.eccentric_s >= HELD_RETURN_S and plain(c)
    if c.rep.eccentric_s >= ALONE_RETURN_S:
        return True
    composite = c.range_deg < SHIFT_DEG and (c.rep.concentric_s or 0.0) > SHIFT_LIFT * c.rep.eccentric_s
    return c.range_deg >= max(ALONE_SWING * least_deg, FIDGET_DEG) and not composite


def same_pivot(c: Candidate, group: list[Candidate]) -> bool:
    """It swung about the point about which they swing, as far as its acceleration can tell."""
    share = _between(c.fit.due_m_s2, SAME_PIVOT_DUE, SAME_PIVOT_SHARE)
    return c.pivot.explained_by(pooled(group).lever) >= share


def leads(c: Candidate, group: list[Candidate]) -> bool:
    """It went their way, about as far and about their very pivot, however small or quick it was."""
    if group[0].rep.start_s - c.rep.end_s >= LEADS_S or ratio(c.fit.lever_m, group[0].fit.lever_m) < SAME_LEVER:
        return False
    return same_way(c, group[0]) and as_large(c, group) and as_long(c, group) and their_pivot(c, group)


def aside(c: Candidate, group: list[Candidate]) -> bool:
    """It left their plane, but about their very pivot."""
    return dot(c.direction, group[-1].direction) >= ASIDE and their_pivot(c, group)


def turned_between(a: Candidate, b: Candidate) -> bool:
    """From one to the other the rest pose, or the way they went, turned as it does where the cuff slips."""
    return min(dot(a.rest, b.rest), dot(a.direction, b.direction)) < SLIPPED


def their_pivot(c: Candidate, group: list[Candidate]) -> bool:
    """It left from where they left, and the point about which they swing explains it plainly."""
    if dot(c.rest, group[0].rest) < NEAR_REST or c.fit.due_m_s2 < THEIR_DUE_M_S2:
        return False
    return c.pivot.explained_by(pooled(group).lever) >= THEIR_SHARE


def without_pivot(c: Candidate) -> bool:
    """No pivot explains it as well as one must, even for a single one in company."""
    if short(c.rep) and not swings([c], STEP_SHARE):
        return True
    if c.fit.explained < share_due(c.fit.due_m_s2, SLOW_SHARE):
        return True
    return stepping(c) and c.fit.arm_m > (LEVER_M[1] if c.fit.explained < WELL_EXPLAINED else LONG_LEVER_M)


def shaken(c: Candidate) -> bool:
    """It turned about a point too close to the sensor."""
    return c.fit.explained >= SHAKE_EXPLAINED and c.fit.lever_m < LEVER_M[0]


def one_pivot(group: list[Candidate], exercise: Exercise | None) -> bool:
    """They swung about the same point, and it is far enough away."""
    levers = _clear_levers_m(group)
    if len(levers) > 1 and max(levers) > LEVER_SPREAD * min(levers):
        return False
    whole = pooled(group)
    arm = whole.lever
    if math.hypot(*arm) < min(SET_LEVER_M, least_lever_m(exercise)):
        return False
    return whole.explained_by(arm) >= POOLED_SHARE or (exercise is not None and _large_and_slow(group, exercise))


def too_close(c: Candidate, exercise: Exercise) -> bool:
    """Told the exercise: it turned about a point closer than a hip, as far as its turning can tell."""
    fit = c.fit
    if fit.due_m_s2 < SEEN_M_S2:
        return False
    if exercise.same_leg and fit.due_m_s2 < SLOW_M_S2:
        return fit.lever_m < SLOW_LEVER_M
    if fit.explained >= WELL_EXPLAINED:
        return fit.lever_m < TOLD_LEVER_M
    return fit.due_m_s2 > CLEAR_M_S2 and fit.lever_m < least_lever_m(exercise)


def least_lever_m(exercise: Exercise | None) -> float:
    """How far away the point is at least about which the leg swings: the hip, where this leg is the one that works."""
    if exercise is None:
        return LEVER_M[0]
    return TOLD_LEVER_M if exercise.same_leg else SET_LEVER_M


def _large_and_slow(group: list[Candidate], exercise: Exercise) -> bool:
    """Too large to be sitting down, and so slow that no pivot shows."""
    slow = median(c.fit.due_m_s2 for c in group) < CLEAR_M_S2
    return slow and median(c.range_deg for c in group) >= 0.9 * exercise.sure_range_deg


def usual_lever_m(group: list[Candidate]) -> float:
    """Usual length of the lever where it shows clearly, 0 where it does not."""
    levers = _clear_levers_m(group)
    return median(levers) if levers else 0.0


def much_closer(c: Candidate, group: list[Candidate]) -> bool:
    """It turned about a point far closer than they did, where that shows clearly: a squat among lifts."""
    return 0.0 < usual_lever_m([c]) < SET_LEVER_SHARE * usual_lever_m(group)


def _clear_levers_m(group: list[Candidate]) -> list[float]:
    return [c.fit.lever_m for c in group if c.fit.due_m_s2 > CLEAR_M_S2]


def pooled(group: list[Candidate]) -> Pivot:
    """The one pivot of all of them."""
    return sum((c.pivot for c in group[1:]), start=group[0].pivot)


def share_due(due_m_s2: float, shares: tuple[float, ...]) -> float:
    """Share that a pivot must explain at a ``due_m_s2``, between the points of one of the tables above."""
    return _between(due_m_s2, DUE_M_S2, shares)


def _between(x: float, points: tuple[float, ...], values: tuple[float, ...]) -> float:
    """Value at ``x`` on straight lines through some points: −∞ before the first, the last one's after it."""
    k = bisect_right(points, x)
    if not k:
        return -math.inf
    if k == len(points):
        return values[-1]
    slope = (values[k] - values[k - 1]) / (points[k] - points[k - 1])
    return slope * (x - points[k - 1]) + values[k - 1]


def swings(group: list[Candidate], shares: tuple[float, ...]) -> bool:
    """A fixed pivot explains the middle one of these as well as it must."""
    share = share_due(median(c.fit.due_m_s2 for c in group), shares)
    explained, even = median(c.fit.explained for c in group), median(c.fit.even for c in group)
    return explained >= share and even >= share - EVEN_LESS


def same_lever(a: Candidate, b: Candidate) -> bool:
    """Both swing about a point about as far away, where that shows clearly."""
    levers = _clear_levers_m([a, b])
    return len(levers) < 2 or max(levers) <= LEVER_SPREAD * min(levers)


def same_way(a: Candidate, b: Candidate) -> bool:
    """Both lifts go the same way."""
    return dot(a.direction, b.direction) >= ALIKE_DIRECTION


def ratio(a: float, b: float) -> float:
    """The smaller over the larger.

    >>> ratio(4.0, 2.0)
    0.5
    """
    return min(a, b) / max(a, b) if max(a, b) > 0.0 else 0.0


def kin(a: Candidate, b: Candidate) -> bool:
    """They are as like each other as neighbours in a set."""
    return (
        dot(a.direction, b.direction) >= KIN_DIRECTION
        and ratio(a.range_deg, b.range_deg) >= KIN_RANGE
        and ratio(a.rep.under_tension_s, b.rep.under_tension_s) >= KIN_DURATION
    )


def other_posture(c: Candidate, group: list[Candidate]) -> bool:
    """It stayed at the far end, or took to get there, far longer than they did: another posture, and back."""
    holds = [r.rep.hold_s for r in group if r.rep.hold_s is not None]
    lifts = [r.rep.concentric_s for r in group if r.rep.concentric_s is not None]
    stayed = bool(holds) and (c.rep.hold_s or 0.0) > max(ALONE_HOLD_S, POSTURE_TIMES * median(holds))
    return stayed or (bool(lifts) and (c.rep.concentric_s or 0.0) > LIFT_TIMES * median(lifts))


def in_rhythm(a: Candidate, b: Candidate, pause_s: float) -> bool:
    """They are kin, and what followed ``a`` came after a pause shorter than the shorter of the two.

    Shifts of a leg come when they come (rests of 1.5 times their own length in the middle, in simulation). In three
    repetitions in a row the longer rest is 0.3 of the shorter one, at most 0.88 where they are small and quick; of real
    ankles, which were slower, 0.31, and 0.90 at the 99th percentile.
    """
    return kin(a, b) and at_once(a, b, pause_s)


def at_once(a: Candidate, b: Candidate, pause_s: float) -> bool:
    """The pause between them is shorter than either."""
    return pause_s <= RHYTHM_PAUSE * min(a.rep.under_tension_s, b.rep.under_tension_s)


def small(c: Candidate, exercise: Exercise) -> bool:
    """No larger than a shift of a leg may be."""
    return c.range_deg < SMALL_RANGE * exercise.sure_range_deg


def as_long(c: Candidate, group: list[Candidate]) -> bool:
    """It takes about as long as they do."""
    usual = median(r.rep.under_tension_s for r in group)
    return ratio(c.rep.under_tension_s, usual) >= ALIKE_DURATION


def as_large(c: Candidate, group: list[Candidate]) -> bool:
    """Its range is about theirs."""
    return ratio(c.range_deg, median(r.range_deg for r in group)) >= ALIKE_RANGE
