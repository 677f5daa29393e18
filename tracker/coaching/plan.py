"""A workout as it is planned: sets, repetitions, tempo, sides and rests; presets per exercise and goal.

Sources: the usual advice for the exercises (sets and repetitions as the profiles have them); heavier and fewer for
strength is advised without numbers, so those are a choice of this project.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.coaching.targets import Tempo
from tracker.exercises import Exercise, Leg

REST_S = 60.0
"""After both legs, or after each set where only one works."""
STRENGTH_REST_S = 120.0
SWITCH_S = 15.0
"""To turn round and put the cuff on the other ankle, or only to turn round, before the other leg begins."""
STRENGTH_REPS = (6, 8)
ACTIVATION_REPS = (15, 20)
ACTIVATION_SETS = 2
PLAN = "plan"
"""What a session was to be, as an answer in the log."""
_SETS_OF = re.compile(r"(\d+)-(\d+) sets of (\d+)-(\d+)")
_TEMPO = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


class Goal(StrEnum):
    """What a workout is for (closed vocabulary)."""

    MUSCLE = "muscle"
    """Size and endurance: the usual advice of each exercise."""
    STRENGTH = "strength"
    """Fewer and heavier."""
    ACTIVATION = "activation"
    """Before other exercises, without load: no work volume, no records."""


class Kind(StrEnum):
    """What a planned set is for; the log's set kinds have the same names."""

    WORK = "work"
    WARM_UP = "warm-up"
    ACTIVATION = "activation"


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set of one leg.

    Attributes
    ----------
    number
        1, 2, 3 … of each leg and kind.
    side
        The leg that works; None: not said.
    kind
        What it is for.
    rest_before_s
        Rest between the set before it and this one.
    """

    number: int
    side: Leg | None
    kind: Kind
    rest_before_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkoutPlan:
    """What is to be done.

    Attributes
    ----------
    exercise
        Its id.
    goal
        What for.
    sets
        Work sets of each leg.
    reps
        Repetitions of a set, from and to.
    tempo_s
        Lift, hold, return and pause, seconds, as in 2-1-3-0.
    sides
        Legs in the order in which they work; empty: one, and nobody said which.
    rest_s
        Rest after the last leg of a round.
    warm_up_sets
        Of each leg, before the work sets; not counted as work.
    load_kg
        Of the work sets, per leg; a set to warm up has one that nobody said.
    load_label
        Of a load that is no mass, such as a band's colour.
    """

    exercise: str
    goal: Goal = Goal.MUSCLE
    sets: int = 3
    reps: tuple[int, int] = (10, 15)
    tempo_s: tuple[float, float, float, float] = (2.0, 1.0, 3.0, 0.0)
    sides: tuple[Leg, ...] = ()
    rest_s: float = REST_S
    warm_up_sets: int = 0
    load_kg: float | None = None
    load_label: str = ""

    def __post_init__(self) -> None:
        """Check what is asked for.

        Raises
        ------
        ValueError
            Something is out of its range; the message says what.
        """
        low, high = self.reps
        if not 1 <= low <= high <= 100:
            raise ValueError(f"repetitions go from 1 up to 100, not {low}-{high}")
        if not 1 <= self.sets <= 20 or not 0 <= self.warm_up_sets <= 5:
            raise ValueError(f"1 to 20 sets and 0 to 5 to warm up, not {self.sets} and {self.warm_up_sets}")
        if not all(0.0 <= seconds <= 20.0 for seconds in self.tempo_s):
            raise ValueError(f"a phase lasts 0 to 20 s, not {tempo_text(self.tempo_s)}")
        if not 0.0 <= self.rest_s <= 1800.0:
            raise ValueError(f"a rest lasts 0 to 1800 s, not {self.rest_s:g}")

    def said(self) -> dict[str, str | float]:
        """Return what was asked for, as the log keeps it (the answer to ``plan``)."""
        low, high = self.reps
        return {
            "goal": self.goal.value,
            "sets": self.sets,
            "from": low,
            "to": high,
            "tempo": tempo_text(self.tempo_s),
            "rest_s": self.rest_s,
        }

    @property
    def tempo(self) -> Tempo:
        """The tempo as bands."""
        return Tempo.around(*self.tempo_s)

    def steps(self) -> tuple[PlannedSet, ...]:
        """Return all sets in order: every set of one leg, then the other leg's, before the next round."""
        legs: tuple[Leg | None, ...] = self.sides or (None,)
        work = Kind.ACTIVATION if self.goal is Goal.ACTIVATION else Kind.WORK
        rounds = [(number, Kind.WARM_UP) for number in range(1, self.warm_up_sets + 1)]
        rounds += [(number, work) for number in range(1, self.sets + 1)]
        out: list[PlannedSet] = []
        for number, kind in rounds:
            for place, leg in enumerate(legs):
                rest_s = SWITCH_S if place else self.rest_s if out else 0.0
                out.append(PlannedSet(number, leg, kind, rest_s))
        return tuple(out)


def preset(exercise: Exercise, goal: Goal = Goal.MUSCLE) -> WorkoutPlan:
    """Return the usual plan of an exercise.

    Examples
    --------
    >>> from tracker.exercises import exercise
    >>> preset(exercise("cable")).reps, preset(exercise("cable"), Goal.STRENGTH).reps
    ((10, 15), (6, 8))
    """
    found = _SETS_OF.fullmatch(exercise.plan)
    assert found is not None, exercise.plan
    fewest, _, low, high = map(int, found.groups())
    usual = WorkoutPlan(exercise=exercise.id, goal=goal, sets=fewest, reps=(low, high))
    if goal is Goal.STRENGTH:
        return replace(usual, reps=STRENGTH_REPS, rest_s=STRENGTH_REST_S)
    if goal is Goal.ACTIVATION:
        return replace(usual, sets=ACTIVATION_SETS, reps=ACTIVATION_REPS)
    return usual


def tempo_of(text: str) -> tuple[float, float, float, float]:
    """Read a tempo such as 2-1-3-0.

    Raises
    ------
    ValueError
        It is none.
    """
    found = _TEMPO.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"a tempo is lift-hold-return-pause in seconds, such as 2-1-3-0, not {text!r}")
    lift, hold, back, pause = map(float, found.groups())
    return lift, hold, back, pause


def tempo_said(said: object) -> Tempo | None:
    """Return the tempo of a plan that was kept (`WorkoutPlan.said`); None where there is something else.

    Examples
    --------
    >>> tempo_said({"tempo": "2-1-3-0"}) == Tempo.around(2, 1, 3, 0)
    True
    """
    if isinstance(said, Mapping):
        with suppress(ValueError):
            return Tempo.around(*tempo_of(str(said.get("tempo"))))
    return None


def tempo_text(tempo_s: tuple[float, float, float, float]) -> str:
    """Return a tempo as people write it: 2-1-3-0."""
    return "-".join(f"{seconds:g}" for seconds in tempo_s)
