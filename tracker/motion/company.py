"""Company: which of those who wait belong together, and how long a rest between two is.

In: candidates in the order in which they closed. Out: the newest and those alike before it; rests in seconds.
Remembered: nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from tracker.exercises import Exercise
from tracker.motion import evidence
from tracker.motion.candidate import Candidate
from tracker.motion.values import Reason, Rep
from tracker.motion.vectors import angle

PARTIAL_SHARE = 0.60
"""Less than this share of the usual range is a partial."""
LEAST_PARTIAL_SHARE = 0.20
"""Less is a fidget, not an attempt."""
FULL_SHARE = 0.80
FIDGET_SHARE = 0.36
"""Share of the usual range times share of the usual time, for excursions below full range."""
COMPANY = 3
"""So many alike ones in a row need nothing else to be a set (two: 22 false in the corpus, one: 48)."""
SAME_SHARE = 0.70
"""Range and time this close to the set's: one of them, even if the pivot shows less clearly than it should …"""
SAME_EXPLAINED = 0.50
"""… as long as a pivot explains at least this share of what it explains in the others."""
SLIP_DUE = 2.0
"""Where the turning makes so many times as much acceleration due as in the set's others, the cuff slipped too."""
STRAP_MOVED_RAD = math.radians(15.0)
"""A rest pose that shifts by more from one repetition to the next: the cuff turned or slipped."""
MOST_WAIT = 32
"""Of so many none was alike enough to the ones before it to begin a set: the oldest wait in vain."""
IN_VAIN = {
    Reason.TOO_FEW: f"not plain enough to stand alone; {COMPANY} alike ones in a row make a set",
    Reason.NO_LEVER: "together they did not swing about a knee or hip",
    Reason.WRONG_WAY: "alike ones went the wrong way",
    Reason.WALKING: "they went out and back on different paths, as steps do",
}
"""What is said of those who waited."""
SHARED_LEFT, OWN_LEFT = 1.4, 0.03
"""Of what each one's own lever leaves unexplained (at least this share is taken for it), one lever for all leaves at
most so many times as much, in sets so small that shifts of the leg may be as large. Three repetitions in a row have
1.24 in simulation (99th percentile) and at most 1.35, real ankles 1.29 and 1.39; shifts, each about another point, 2.4
in the middle."""
SHIFT_MOVES_S = 1.8
"""Those whose way there and back takes no longer may be shifts, however long the leg stays in between."""
SET_PAUSE_S = 8.0
SET_PAUSES = 3.0
"""A set ends after max(8 s, 3 × its median bottom pause) without an excursion."""


def family(waiting: Sequence[Candidate], tries: Sequence[Rep], exercise: Exercise | None) -> list[Candidate]:
    """Find the newest of those who wait and the alike ones before it; only smaller ones may stand between them.

    Beside those, two that follow each other may be no farther apart than the rest that ends a set.

    Parameters
    ----------
    waiting
        At least one.
    tries
        Excursions too small to be looked at, which may have been attempts.
    exercise
        The profile, or None: any leg lift counts.
    """
    newest = waiting[-1]
    found = [newest]
    tried_s = 0.0
    for w, after in reversed(list(pairwise(waiting))):
        if not evidence.same_lever(w, newest) or evidence.other_posture(w, found):
            break
        if tried_s and found[0].rep.start_s - w.rep.end_s - tried_s > SET_PAUSE_S:
            break
        partial = w.range_deg < PARTIAL_SHARE * newest.range_deg
        small = exercise is not None and (evidence.small(w, exercise) or evidence.small(newest, exercise))
        if small and not partial and not _goes_on(w, found, _rest_s(w, after, tries)):
            break
        if evidence.same_way(w, found[0]) and evidence.as_long(w, found) and evidence.as_large(w, found):
            found.insert(0, w)
            tried_s = 0.0
        elif partial:
            tried_s += w.rep.end_s - w.rep.start_s
        else:
            break
    return found


def with_leaders(group: list[Candidate], waiting: Sequence[Candidate]) -> list[Candidate]:
    """Those that begin a set, and before them those that nothing vouched for but the very pivot of this set."""
    found = group
    for w in reversed(waiting[: waiting.index(group[0])]):
        if evidence.leads(w, found):
            found = [w, *found]
        elif w.range_deg >= PARTIAL_SHARE * median(g.range_deg for g in group):
            break
    return found


def _goes_on(w: Candidate, found: list[Candidate], rest_s: float) -> bool:
    """So small that they may be shifts, they swing about one point, and are the more alike the quicker they are."""
    if not one_point([w, *found]):
        return False
    if min(w.rep.under_tension_s, found[-1].rep.under_tension_s) < evidence.FIDGET_LONGEST_S:
        return evidence.in_rhythm(w, found[0], rest_s)
    return not (quick(w) or quick(found[-1])) or evidence.at_once(w, found[0], rest_s)


def one_point(group: list[Candidate]) -> bool:
    """One lever explains all of them about as well as each one's own does: the hip stays where it is."""
    energy = sum(c.pivot.energy for c in group)
    own = sum((1.0 - c.fit.explained) * c.pivot.energy for c in group)
    whole = evidence.pooled(group)
    left = (1.0 - whole.explained_by(whole.lever)) * energy
    return left <= SHARED_LEFT * max(own, OWN_LEFT * energy)


def quick(c: Candidate) -> bool:
    """Its ways there and back are as quick as a shift's."""
    return c.rep.hold_s is not None and c.rep.under_tension_s - c.rep.hold_s < SHIFT_MOVES_S


def _rest_s(w: Candidate, after: Candidate, tries: Sequence[Rep]) -> float:
    """Longest rest between the two; an attempt too small to be looked at may lie between them."""
    least = LEAST_PARTIAL_SHARE * w.range_deg
    between = [r for r in tries if w.rep.end_s <= r.start_s < after.rep.start_s and (r.range_deg or 0.0) >= least]
    begins, ends = [r.start_s for r in between], [r.end_s for r in between]
    return max(b - a for a, b in zip([w.rep.end_s, *ends], [*begins, after.rep.start_s], strict=True))


def go_on(strangers: Sequence[Candidate], group: Sequence[Candidate]) -> bool:
    """As many again, as plain as one alone must be, follow those that were strange: what seemed usual was not."""
    if not strangers or len(group) < COMPANY:
        return False
    last, first = strangers[-1], group[0]
    follow = evidence.kin(first, last) and first.rep.start_s - last.rep.end_s < evidence.FOLLOWS_S
    return follow and evidence.swings(list(group), evidence.ALONE_SHARE)


def one_of_them(c: Candidate, reps: Sequence[Candidate]) -> bool:
    """It is so like the open set's that its company is evidence enough."""
    if len(reps) < COMPANY or not as_they_are(c, reps):
        return False
    if c.fit.explained < SAME_EXPLAINED * median(r.fit.explained for r in reps):
        return False
    due = median(r.fit.due_m_s2 for r in reps)
    return not evidence.much_closer(c, list(reps)) or c.fit.due_m_s2 > SLIP_DUE * due


def too_close(c: Candidate, reps: Sequence[Candidate], exercise: Exercise | None) -> bool:
    """It turned about a point too close for a hip, or far closer than the open set's."""
    if exercise is not None and evidence.too_close(c, exercise):
        return True
    return len(reps) >= COMPANY and evidence.much_closer(c, list(reps))


def may_hide_a_slip(c: Candidate, reps: Sequence[Candidate]) -> bool:
    """Where no pivot shows: but for that it is one of the open set's, so that the cuff may have turned in it."""
    if len(reps) < 2 or evidence.short(c.rep) or not as_they_are(c, reps):
        return False
    return angle(c.rest, reps[-1].rest) < STRAP_MOVED_RAD


def as_they_are(c: Candidate, reps: Sequence[Candidate]) -> bool:
    """Their way, their range and their time."""
    if not evidence.same_way(c, reps[-1]):
        return False
    ranges, seconds = median(r.range_deg for r in reps), median(r.rep.under_tension_s for r in reps)
    return min(evidence.ratio(c.range_deg, ranges), evidence.ratio(c.rep.under_tension_s, seconds)) >= SAME_SHARE


def shift(c: Candidate, reps: Sequence[Candidate]) -> bool:
    """Smaller than the set's usual, if not a partial, and over much sooner: the leg shifted, it is no tired lift."""
    share = c.range_deg / median(r.range_deg for r in reps)
    seconds = median(r.rep.under_tension_s for r in reps)
    return PARTIAL_SHARE <= share < FULL_SHARE and share * c.rep.under_tension_s / seconds < FIDGET_SHARE


def pause_s(reps: Sequence[Rep]) -> float:
    """How long a rest ends a set of these."""
    pauses = [b.start_s - a.end_s for a, b in pairwise(reps)]
    return max(SET_PAUSE_S, SET_PAUSES * median(pauses)) if pauses else SET_PAUSE_S
