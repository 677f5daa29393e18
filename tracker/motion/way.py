"""Way: whether the ankle went up or down, and whether the exercise asks for that.

In: measured excursions (``Candidate``). Out: judgements of one, alone or by its company. Remembered: nothing.

Rule: from one end of a lift the ankle rises, from the other it sinks, and gravity tells which: a set that is counted
from its top to rest and back is wrong twice in each repetition. What shows in one too little may show in all of them.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean, median

from tracker.exercises import Exercise
from tracker.motion import evidence
from tracker.motion.candidate import Candidate

CLIMB = 0.05
"""Least share of the lever by which an ankle plainly goes up or down (bridge, machine: −0.03 to −0.5, lifts: 0.03 to
1.3)."""
PLAIN_CLIMB, UNCLEAR_CLIMB, SLOW_CLIMB = 0.06, 0.08, 0.12
RESTED_S, COMMON_CLIMB = 0.6, 0.055
"""Where the exercise lowers the ankle, and the leg rested for so long before, it must go the wrong way more plainly, or
three of them by this much on average: a machine's long push ends higher than it began (up to 0.08, on average 0.05)."""
SHOWN_BY, CLIMBING_DEG, LONG_PUSH_DEG = 3, 15.0, 45.0
"""The mean climb of so many, between these sizes, has the right sign in simulation: where the ankle rises 0.004 and
more from rest (1 163 threes, flawed sensors too), 0.003 and less from the top; where it sinks −0.017 and less from rest
(1 520), −0.012 and more from the top, nearly always 0.03. Of 10° it may be −0.011 from rest; of 50° either."""
LITTLE_CLIMB = 0.03
"""In sets that went up or down by less, as in those long pushes, one alone may go the wrong way by more."""


def goes_against(c: Candidate, exercise: Exercise, least: float) -> bool:
    """The ankle goes down where the exercise lifts it, or up where it lowers it, by more than this share of the arm."""
    if exercise.ankle == "either":
        return False
    return abs(c.climb) > least and (c.climb > 0.0) is not (exercise.ankle == "rises")


def together(c: Candidate, company: list[Candidate]) -> Candidate:
    """With the climb that it and those going the same way show on average: where each is unclear, all may not be."""
    alike = [
        other for other in company if other.climb and evidence.same_way(other, c) and evidence.as_large(other, [c])
    ]
    plain = [other for other in alike if other.fit.even >= c.fit.even - evidence.EVEN_LESS]
    like = [other for other in plain if evidence.ratio(other.fit.lever_m, c.fit.lever_m) >= evidence.SAME_LEVER]
    if not c.climb or not like:
        return c
    return replace(c, climb=fmean(other.climb for other in [*like, c]), climbs=len(like) + 1)


def wrong_way(c: Candidate, exercise: Exercise, usual_climb: float, *, vouched: bool, settled: bool = False) -> bool:
    """It goes against the exercise, plainly if it was slow or others like it vouch for it.

    Three that begin a set tell by their mean, as far as their size lets it show; a set of so many is ``settled``.

    Where either way may be right, the sets before tell which one is; where they hardly went the exercise's way, as a
    push so long that the ankle ends a little higher, the climb says little.
    """
    if exercise.ankle == "either":
        return abs(usual_climb) > PLAIN_CLIMB and abs(c.climb) > PLAIN_CLIMB and c.climb * usual_climb < 0.0
    least = CLIMB
    if exercise.ankle == "sinks" and c.rested_s >= RESTED_S and not c.from_top:
        unclear = 0.0 < abs(usual_climb) < LITTLE_CLIMB
        least = COMMON_CLIMB if c.climbs >= 3 else UNCLEAR_CLIMB if unclear else PLAIN_CLIMB
    unlike = 0.0 < abs(usual_climb) < CLIMB and (usual_climb > 0.0) is not (exercise.ankle == "rises")
    if vouched or unlike or c.fit.due_m_s2 < evidence.SLOW_M_S2:
        least = SLOW_CLIMB
    if c.climbs >= SHOWN_BY and not settled and _shows(c, exercise):
        least = evidence.LEVEL_CLIMB
    return goes_against(c, exercise, least)


def _shows(c: Candidate, exercise: Exercise) -> bool:
    """It is neither so small that it hardly climbs, nor a push so long that it may end where it began."""
    return c.range_deg >= CLIMBING_DEG and (exercise.ankle == "rises" or c.range_deg < LONG_PUSH_DEG)


def usual_climb(group: list[Candidate]) -> float:
    """Usual climb where it shows, 0 where it does not."""
    climbs = [c.climb for c in group if c.climb]
    return median(climbs) if climbs else 0.0
