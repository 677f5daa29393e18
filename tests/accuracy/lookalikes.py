"""What looks like a repetition and is none: how well does each thing tell them apart that is asked for?

``python -m tests.accuracy.lookalikes [SEEDS] [FIRST]`` prints, for shifts of the leg, squats and turning on the spot,
in how many of them and of the lifts that are as small, as slow or as short, each condition is met. Told the exercise;
the lifts of the traced cell are left out where its recordings are not. Seeds below 9000 are there to look at.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise

import pytest

from tracker.exercises import Exercise, exercise
from tracker.motion import company, evidence
from tracker.motion.candidate import Candidate
from tracker.motion.sets import Outcome, SetBuilder

from .cells import CELLS, case_of
from .prove import DATA
from .proving import tracked
from .scoring import stands_for

SMALL_LIFTS = ("range 10-14°", "range 14-20°", "traced, range 14-20°")
SLOW_LIFTS = ("cadence 5 s", "cadence 8 s")
SHORT_LIFTS = ("cadence 1 s", "cadence 1.5 s", "no pauses")
Group = tuple[Candidate, ...]
Condition = Callable[[Group], bool]


@dataclass(frozen=True)
class Movement:
    """An excursion of a session that was looked at; ``place`` is its set and number, None where it is no repetition."""

    one: Candidate
    profile: Exercise
    place: tuple[int, int] | None


@cache
def movements(cell: str, seed: int) -> list[Movement]:
    """Excursions of one session that are large enough for the exercise, in order of time."""
    case = case_of(next(c for c in CELLS if c.name == cell), seed)
    heard: list[Candidate] = []
    judge = SetBuilder.push

    def push(sets: SetBuilder, candidate: Candidate, now_s: float) -> list[Outcome]:
        heard.append(candidate)
        return judge(sets, candidate, now_s)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SetBuilder, "push", push)
        simulated, _ = tracked(case)
    profile = exercise(case.plan.exercise)
    lifts = {(i, k): asdict(rep) for i, one in enumerate(simulated.sets) for k, rep in enumerate(one.reps)}
    large = [c for c in heard if c.range_deg >= profile.min_range_deg]
    places = [next((place for place, true in lifts.items() if stands_for(c.rep, true)), None) for c in large]
    return [Movement(c, profile, place) for c, place in zip(large, places, strict=True)]


def measured(group: Sequence[Movement]) -> bool:
    """None of them was rejected before it was measured."""
    return all(m.one.rep.hold_s is not None for m in group)


def in_a_row(found: Sequence[Movement], many: int, *, lifts: bool) -> Iterator[Sequence[Movement]]:
    """So many that follow each other: repetitions of one set, or none of them a repetition."""
    for k in range(len(found) - many + 1):
        group = found[k : k + many]
        places = [m.place for m in group]
        if lifts and all(a and b and a[0] == b[0] and a[1] + 1 == b[1] for a, b in pairwise(places)) and places[0]:
            yield group
        if not lifts and not any(places):
            yield group


def small_and_quick(group: Sequence[Movement]) -> bool:
    """As small as shifts of a leg, and some as soon over."""
    small = all(evidence.small(m.one, m.profile) for m in group)
    return small and measured(group) and any(m.one.rep.under_tension_s < evidence.FIDGET_LONGEST_S for m in group)


def slow(group: Sequence[Movement]) -> bool:
    """So slow that the acceleration says little, in an exercise in which the leg itself works."""
    (m,) = group
    return m.profile.same_leg and evidence.SEEN_M_S2 <= m.one.fit.due_m_s2 < evidence.SLOW_M_S2


def short(group: Sequence[Movement]) -> bool:
    """As short as steps."""
    return measured(group) and all(evidence.short(m.one.rep) for m in group)


def alike(group: Group) -> bool:
    """Neighbours are as like each other as in a set."""
    return all(evidence.kin(a, b) for a, b in pairwise(group))


def in_rhythm(group: Group) -> bool:
    """So are they, and they follow each other at once."""
    return all(evidence.in_rhythm(a, b, b.rep.start_s - a.rep.end_s) for a, b in pairwise(group))


def one_point(group: Group) -> bool:
    """They swing about one point."""
    return company.one_point(list(group))


def not_close(group: Group) -> bool:
    """Their pivot is as far away as a hip."""
    return all(c.fit.lever_m >= evidence.SLOW_LEVER_M for c in group)


def not_turning(group: Group) -> bool:
    """They do not turn the body on."""
    return not evidence.turning(list(group))


@dataclass(frozen=True)
class Question:
    """Which of the lifts, and of what looks like them, meet the conditions.

    Attributes
    ----------
    asked, other
        What is compared, and what it is that is no lift.
    lifts, others
        The cells where they are found.
    many
        So many in a row are judged together …
    chosen
        … if this holds for them.
    """

    asked: str
    other: str
    lifts: tuple[str, ...]
    others: tuple[str, ...]
    many: int
    chosen: Callable[[Sequence[Movement]], bool]
    conditions: dict[str, Condition]


SHIFTS: dict[str, Condition] = {
    "alike": alike,
    "alike, in a rhythm": in_rhythm,
    "about one point": one_point,
    "all of these": lambda group: in_rhythm(group) and one_point(group),
}
QUESTIONS = (
    Question("two small quick ones", "shifts", SMALL_LIFTS, ("idle: fidget",), 2, small_and_quick, SHIFTS),
    Question("three small quick ones", "shifts", SMALL_LIFTS, ("idle: fidget",), 3, small_and_quick, SHIFTS),
    Question("a slow one", "squats", SLOW_LIFTS, ("idle: squat", "idle: squats"), 1, slow, {"far point": not_close}),
    Question("three short ones", "turning", SHORT_LIFTS, ("idle: turn",), 3, short, {"not turned on": not_turning}),
)


def groups(question: Question, seeds: Iterable[int], *, lifts: bool) -> list[Group]:
    """What a question is asked of."""
    out = []
    for cell in question.lifts if lifts else question.others:
        if "traced" in cell and not os.environ.get(DATA):
            continue
        for seed in seeds:
            rows = in_a_row(movements(cell, seed), question.many, lifts=lifts)
            out += [tuple(m.one for m in row) for row in rows if question.chosen(row)]
    return out


def main(seeds: int = 8, first: int = 0) -> None:
    """Print a line for each condition."""
    for question in QUESTIONS:
        lifts, others = (groups(question, range(first, first + seeds), lifts=lift) for lift in (True, False))
        print(f"{question.asked:28}{len(lifts):8} lifts {len(others):8} {question.other}")
        for name, condition in question.conditions.items():
            print(f"   {name:25}{_share(lifts, condition):>14}{_share(others, condition):>9}")


def _share(found: Sequence[Group], condition: Condition) -> str:
    return f"{sum(map(condition, found)) / len(found):.1%}" if found else "–"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
